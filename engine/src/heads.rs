//! From the logits of all sentences to what the record tells.
//!
//! Each head is an affine map. Those of the sentences see the whole record: what a sentence says of a need is read
//! beside its neighbours, beside the other needs that it could speak of, and beside the strongest sentence elsewhere.

use serde::{Deserialize, Serialize};

use crate::assessment::Status;
use crate::logits::{Logits, Outputs};
use crate::reading::{ActionReading, Catalogue, LevelReading, Reading, STATUSES};

/// Features of a need in a sentence.
pub const NEED_FEATURES: usize = 15;

/// Logit that stands for a neighbour that is not there.
const NOWHERE: f32 = -8.0;

/// An affine map to one logit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Affine {
    /// One weight a feature.
    pub weights: Vec<f32>,
    /// Logit of no feature.
    pub bias: f32,
}

impl Affine {
    /// The logit.
    #[must_use]
    pub fn logit(&self, features: &[f32]) -> f32 {
        self.bias + self.weights.iter().zip(features).map(|(w, x)| w * x).sum::<f32>()
    }
}

/// Platt scaling with an offset a code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platt {
    /// Slope, shared by all codes.
    pub slope: f32,
    /// Offset of each code.
    pub offsets: Vec<f32>,
}

impl Platt {
    /// Calibrated probability of a code.
    #[must_use]
    pub fn probability(&self, code: usize, logit: f32) -> f32 {
        sigmoid(self.slope * logit + self.offsets[code])
    }
}

/// Every head and the thresholds, as `heads.json` stores them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heads {
    /// Of [`NEED_FEATURES`] to a logit, one a status.
    pub sentence_needs: Vec<Affine>,
    /// Of [`demand_features`] to a logit, one a demand.
    pub sentence_demands: Vec<Affine>,
    /// Calibration of the strongest sentence, one a status.
    pub record_needs: Vec<Platt>,
    /// Calibration of the strongest sentence.
    pub record_demands: Platt,
    /// Of [`record_features`] to a logit, one a domain.
    pub assessable: Vec<Affine>,
    /// Of [`record_features`] to the logits of level at least 2, 3, 4 and 5; four a domain.
    pub levels: Vec<Vec<Affine>>,
    /// Of [`record_features`] to a logit, one an action.
    pub actions: Vec<Affine>,
}

/// Logistic function.
#[must_use]
pub fn sigmoid(z: f32) -> f32 {
    1.0 / (1.0 + (-z).exp())
}

/// What the heads of needs read.
/// # Shapes
/// `(sentences, needs, NEED_FEATURES)`.
#[must_use]
pub fn need_features(logits: &Logits) -> Vec<f32> {
    let outputs = logits.outputs;
    let (needs, sentences) = (outputs.0.needs, logits.sentences());
    let mut strongest = vec![f32::NEG_INFINITY; needs];
    for i in 0..sentences {
        for (best, p) in strongest.iter_mut().zip(logits.sentence(i)) {
            *best = best.max(*p);
        }
    }
    let mut out = Vec::with_capacity(sentences * needs * NEED_FEATURES);
    for i in 0..sentences {
        let here = logits.sentence(i);
        let statuses = Status::ALL.map(|s| here[outputs.status(s)]);
        let (first, second) = top_two((0..needs).map(|n| here[outputs.mention(n)]));
        for need in 0..needs {
            let (present, mention) = (here[outputs.present(need)], here[outputs.mention(need)]);
            let neighbour = |j: Option<usize>| {
                j.filter(|&j| j < sentences).map_or(NOWHERE, |j| logits.sentence(j)[outputs.present(need)])
            };
            let rival = if mention >= first { second } else { first };
            let mentioned = sigmoid(mention);
            out.extend_from_slice(&[present, mention]);
            out.extend_from_slice(&statuses);
            out.extend(statuses.map(|s| mentioned * s));
            out.extend_from_slice(&[
                (mention - rival).clamp(-6.0, 6.0),
                neighbour(i.checked_sub(1)),
                neighbour(Some(i + 1)),
                strongest[need],
                present.max(-4.0),
            ]);
        }
    }
    out
}

/// What the heads of demands read: every demand's logit here and at its strongest, whether anything is asked, and which
/// needs the sentence and the record speak of.
/// # Shapes
/// `(sentences, demand_width(outputs))`.
#[must_use]
pub fn demand_features(logits: &Logits) -> Vec<f32> {
    let outputs = logits.outputs;
    let (needs, demands, sentences) = (outputs.0.needs, outputs.0.demands, logits.sentences());
    let mut strongest = vec![f32::NEG_INFINITY; needs + demands];
    for i in 0..sentences {
        let here = logits.sentence(i);
        let read =
            (0..needs).map(|n| here[outputs.present(n)]).chain((0..demands).map(|d| here[outputs.demand(d)]));
        for (best, value) in strongest.iter_mut().zip(read) {
            *best = best.max(value);
        }
    }
    let soft = |z: f32| sigmoid(z + 1.5);
    let mut out = Vec::with_capacity(sentences * demand_width(outputs));
    for i in 0..sentences {
        let here = logits.sentence(i);
        let demands_here = (0..demands).map(|d| here[outputs.demand(d)]);
        out.extend(demands_here.clone());
        out.push(demands_here.fold(f32::NEG_INFINITY, f32::max));
        out.push(here[outputs.asks()]);
        out.extend(Status::ALL.map(|s| here[outputs.status(s)]));
        out.extend((0..needs).map(|n| soft(here[outputs.present(n)])));
        out.extend(strongest[..needs].iter().map(|&z| soft(z)));
        out.extend_from_slice(&strongest[needs..]);
    }
    out
}

/// Features of a sentence for the heads of demands.
#[must_use]
pub fn demand_width(outputs: Outputs) -> usize {
    2 * outputs.0.demands + 2 + STATUSES + 2 * outputs.0.needs
}

/// What the heads of levels and actions read: the calibrated probabilities of the record.
/// # Shapes
/// `needs`: `(needs, statuses)`; `demands`: `(demands,)`; result: their concatenation.
#[must_use]
pub fn record_features(needs: &[f32], demands: &[f32]) -> Vec<f32> {
    [needs, demands].concat()
}

/// Length of [`record_features`].
#[must_use]
pub fn record_width(catalogue: Catalogue) -> usize {
    catalogue.needs * STATUSES + catalogue.demands
}

fn top_two(values: impl Iterator<Item = f32>) -> (f32, f32) {
    values.fold((f32::NEG_INFINITY, f32::NEG_INFINITY), |(first, second), v| {
        if v > first { (v, first) } else { (first, second.max(v)) }
    })
}

/// Position and value of the largest value, the first of equals.
fn strongest(values: impl Iterator<Item = f32>) -> (usize, f32) {
    values.enumerate().fold((0, f32::NEG_INFINITY), |best, (i, v)| if v > best.1 { (i, v) } else { best })
}

/// Logits of a record's sentences under the sentence heads.
#[derive(Debug, Clone, PartialEq)]
pub struct SentenceHeads {
    /// Shape `(sentences, needs, statuses)`.
    pub needs: Vec<f32>,
    /// Shape `(sentences, demands)`.
    pub demands: Vec<f32>,
}

impl Heads {
    /// Checks every size against the code lists.
    /// # Errors
    /// A sentence that names the first head of another size.
    pub fn check(&self, catalogue: Catalogue) -> Result<(), String> {
        let sizes = |name: &str, heads: &[Affine], count: usize, width: usize| match heads
            .iter()
            .find(|a| a.weights.len() != width)
        {
            Some(a) => Err(format!("{name}: {} weights, expected {width}", a.weights.len())),
            None if heads.len() != count => Err(format!("{name}: {} heads, expected {count}", heads.len())),
            None => Ok(()),
        };
        let width = record_width(catalogue);
        sizes("sentence_needs", &self.sentence_needs, STATUSES, NEED_FEATURES)?;
        sizes(
            "sentence_demands",
            &self.sentence_demands,
            catalogue.demands,
            demand_width(Outputs(catalogue)),
        )?;
        sizes("assessable", &self.assessable, catalogue.domains, width)?;
        sizes("actions", &self.actions, catalogue.actions, width)?;
        for levels in &self.levels {
            sizes("levels", levels, 4, width)?;
        }
        let platt = |name: &str, p: &Platt, codes: usize| match p.offsets.len() {
            n if n == codes => Ok(()),
            n => Err(format!("{name}: {n} offsets, expected {codes}")),
        };
        for p in &self.record_needs {
            platt("record_needs", p, catalogue.needs)?;
        }
        platt("record_demands", &self.record_demands, catalogue.demands)?;
        if self.levels.len() != catalogue.domains || self.record_needs.len() != STATUSES {
            return Err("levels or record_needs: another number of heads".to_owned());
        }
        Ok(())
    }

    /// Logits of every sentence.
    #[must_use]
    pub fn sentences(&self, logits: &Logits) -> SentenceHeads {
        let mut needs = Vec::new();
        for features in need_features(logits).chunks_exact(NEED_FEATURES) {
            needs.extend(self.sentence_needs.iter().map(|head| head.logit(features)));
        }
        let mut demands = Vec::new();
        for features in demand_features(logits).chunks_exact(demand_width(logits.outputs)) {
            demands.extend(self.sentence_demands.iter().map(|head| head.logit(features)));
        }
        SentenceHeads { needs, demands }
    }

    /// Reads a record.
    #[must_use]
    pub fn read(&self, logits: &Logits) -> Reading {
        let catalogue = logits.outputs.0;
        let sentences = logits.sentences();
        let heads = self.sentences(logits);
        let width = catalogue.needs * STATUSES;
        // For each need and status, and for each demand, the sentence that says it most clearly.
        let mut speakers = Vec::with_capacity(width + catalogue.demands);
        let mut needs = Vec::with_capacity(width);
        for column in 0..width {
            let (at, logit) = strongest((0..sentences).map(|i| heads.needs[i * width + column]));
            needs.push(self.record_needs[column % STATUSES].probability(column / STATUSES, logit));
            speakers.push(at);
        }
        let mut demands = Vec::with_capacity(catalogue.demands);
        for demand in 0..catalogue.demands {
            let (at, logit) =
                strongest((0..sentences).map(|i| heads.demands[i * catalogue.demands + demand]));
            demands.push(self.record_demands.probability(demand, logit));
            speakers.push(at);
        }
        let features = record_features(&needs, &demands);
        let levels = (0..catalogue.domains).map(|d| self.level(d, &features, &speakers)).collect();
        let actions = self.actions.iter().map(|head| action(head, &features, catalogue)).collect();
        Reading {
            sentences,
            sentence_needs: heads.needs.into_iter().map(sigmoid).collect(),
            sentence_demands: heads.demands.into_iter().map(sigmoid).collect(),
            needs,
            demands,
            levels,
            actions,
        }
    }

    fn level(&self, domain: usize, features: &[f32], speakers: &[usize]) -> LevelReading {
        let head = &self.assessable[domain];
        // Sentences that make the domain assessable, by what they add to its logit.
        let mut shares: Vec<(usize, f32)> = Vec::new();
        for ((weight, x), &sentence) in head.weights.iter().zip(features).zip(speakers) {
            let share = weight * x;
            match shares.iter_mut().find(|(s, _)| *s == sentence) {
                _ if share <= 0.0 => {}
                Some((_, total)) => *total += share,
                None => shares.push((sentence, share)),
            }
        }
        shares.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let evidence = shares.iter().map(|&(_, share)| share).sum();
        let floor = shares.first().map_or(0.0, |&(_, best)| best * 0.4);
        shares.retain(|&(_, share)| share >= floor);
        let mut at_least = [1.0f32; 6];
        for (k, head) in self.levels[domain].iter().enumerate() {
            at_least[k + 1] = sigmoid(head.logit(features)).min(at_least[k]);
        }
        at_least[5] = 0.0;
        LevelReading {
            assessable: sigmoid(head.logit(features)),
            evidence,
            distribution: std::array::from_fn(|k| at_least[k] - at_least[k + 1]),
            sentences: shares.into_iter().map(|(s, _)| s).take(3).collect(),
        }
    }
}

fn action(head: &Affine, features: &[f32], catalogue: Catalogue) -> ActionReading {
    let shares = |range: std::ops::Range<usize>, every: usize| {
        let mut shares: Vec<(usize, f32)> = range
            .clone()
            .step_by(every)
            .map(|i| ((i - range.start) / every, head.weights[i] * features[i]))
            .filter(|&(_, share)| share > 0.0)
            .collect();
        shares.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        shares
    };
    let needs = catalogue.needs * STATUSES;
    ActionReading {
        probability: sigmoid(head.logit(features)),
        needs: shares(0..needs, STATUSES),
        demands: shares(needs..needs + catalogue.demands, 1),
    }
}
