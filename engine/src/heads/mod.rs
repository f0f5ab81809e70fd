//! From the logits of all sentences to what the record tells.
//!
//! The heads of the sentences see the whole record: what a sentence says of a need is read beside its neighbours, beside
//! the other needs that it could speak of, and beside the rest of the record. Those of the record are affine, so that what
//! a level or an action rests on can be told.

mod demands;
mod layers;
mod needs;

pub use demands::{DemandFeatures, DemandHead, demand_width};
pub use layers::{Affine, Perceptron, Platt, sigmoid, silu};
pub use needs::{NeedFeatures, need_width};

use serde::{Deserialize, Serialize};

use crate::logits::Views;
use crate::reading::{ActionReading, Catalogue, LevelReading, Reading, STATUSES};

/// Logit of what is too far off to be looked at.
const FAR: f32 = -8.0;

/// Every head, as `heads.json` stores them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heads {
    /// Of [`NeedFeatures::push`] to a logit, one a status.
    pub sentence_needs: Perceptron,
    /// Of [`DemandFeatures`] to a logit.
    pub sentence_demands: DemandHead,
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
    pub fn check(&self, catalogue: Catalogue, views: usize) -> Result<(), String> {
        let sizes = |name: &str, heads: &[Affine], count: usize, width: usize| match heads
            .iter()
            .find(|a| a.weights.len() != width)
        {
            Some(a) => Err(format!("{name}: {} weights, expected {width}", a.weights.len())),
            None if heads.len() != count => Err(format!("{name}: {} heads, expected {count}", heads.len())),
            None => Ok(()),
        };
        let width = record_width(catalogue);
        self.sentence_needs.check("sentence_needs", need_width(views), STATUSES)?;
        let DemandHead { perceptron, context } = &self.sentence_demands;
        perceptron.check("sentence_demands", demand_width(catalogue, views), 1)?;
        if context.len() != catalogue.demands || context.iter().any(|row| row.len() != 2 * catalogue.needs) {
            return Err(format!(
                "sentence_demands: context is not {} by {}",
                catalogue.demands,
                2 * catalogue.needs
            ));
        }
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
    pub fn sentences(&self, views: &Views) -> SentenceHeads {
        let blend = views.blend();
        let Catalogue { needs: codes, demands: asks, .. } = blend.outputs.0;
        let (mut features, mut hidden, mut context) = (Vec::new(), Vec::new(), Vec::new());
        let (of_needs, of_demands) = (NeedFeatures::new(views), DemandFeatures::new(views));
        let mut needs = Vec::with_capacity(blend.sentences() * codes * STATUSES);
        let mut demands = Vec::with_capacity(blend.sentences() * asks);
        for i in 0..blend.sentences() {
            for need in 0..codes {
                if of_needs.hopeless(i, need) {
                    needs.extend([FAR; STATUSES]);
                    continue;
                }
                features.clear();
                of_needs.push(i, need, &mut features);
                self.sentence_needs.logits(&features, &mut hidden, &mut needs);
            }
            context.clear();
            of_demands.context(i, &mut context);
            for (demand, weights) in self.sentence_demands.context.iter().enumerate() {
                if of_demands.hopeless(i, demand) {
                    demands.push(FAR);
                    continue;
                }
                features.clear();
                of_demands.push(i, demand, &mut features);
                self.sentence_demands.perceptron.logits(&features, &mut hidden, &mut demands);
                if let Some(logit) = demands.last_mut() {
                    *logit += weights.iter().zip(&context).map(|(w, x)| w * x).sum::<f32>();
                }
            }
        }
        SentenceHeads { needs, demands }
    }

    /// Reads a record.
    #[must_use]
    pub fn read(&self, views: &Views) -> Reading {
        let catalogue = views.blend().outputs.0;
        let sentences = views.blend().sentences();
        let heads = self.sentences(views);
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
