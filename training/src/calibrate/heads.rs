//! Fits the heads that read the sentences of a record together, on logits from models that had not seen the record's
//! writer.

use relat_engine::heads::{
    self, Affine, Heads, NEED_FEATURES, Platt, SentenceHeads, demand_width, record_features, record_width,
};
use relat_engine::logits::Logits;
use relat_engine::reading::{Catalogue, STATUSES};
use relat_engine::{Status, Taxonomy};
use relat_eval::corpus::Record;

use crate::linear::config::LinearConfig;
use crate::linear::solver::{self, Labels, SolverConfig, Sparse, Weights};

/// A record with the logits of its annotated sentences.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// Gold.
    pub record: &'a Record,
    /// Out-of-fold logits, a row a sentence of the record.
    pub logits: &'a Logits,
}

/// Fits every head.
#[must_use]
pub fn fit(samples: &[Sample<'_>], taxonomy: &Taxonomy, config: &LinearConfig) -> Heads {
    let catalogue = Catalogue::of(taxonomy);
    let sentence_needs = fit_needs(samples, taxonomy, &config.needs);
    let sentence_demands = fit_demands(samples, taxonomy, &config.demands);
    let mut heads = Heads {
        sentence_needs,
        sentence_demands,
        record_needs: vec![flat(catalogue.needs); STATUSES],
        record_demands: flat(catalogue.demands),
        assessable: Vec::new(),
        levels: Vec::new(),
        actions: Vec::new(),
    };
    let read: Vec<SentenceHeads> = samples.iter().map(|s| heads.sentences(s.logits)).collect();
    let gold: Vec<Gold> = samples.iter().map(|s| Gold::of(s.record, taxonomy)).collect();
    let width = catalogue.needs * STATUSES;
    let need_logits: Vec<Vec<f32>> = read.iter().map(|r| strongest(&r.needs, width)).collect();
    let demand_logits: Vec<Vec<f32>> =
        read.iter().map(|r| strongest(&r.demands, catalogue.demands)).collect();
    for status in Status::ALL {
        let logit = |record: usize, need: usize| need_logits[record][need * STATUSES + status as usize];
        let truth = |record: usize, need: usize| gold[record].needs[need * STATUSES + status as usize];
        let codes = (samples.len(), catalogue.needs);
        heads.record_needs[status as usize] = fit_platt(codes, logit, truth, &config.calibration);
    }
    heads.record_demands = fit_platt(
        (samples.len(), catalogue.demands),
        |record, demand| demand_logits[record][demand],
        |record, demand| gold[record].demands[demand],
        &config.calibration,
    );
    let mut x = Sparse::default();
    for (needs, demands) in need_logits.iter().zip(&demand_logits) {
        let needs: Vec<f32> = needs
            .iter()
            .enumerate()
            .map(|(i, &z)| heads.record_needs[i % STATUSES].probability(i / STATUSES, z))
            .collect();
        let demands: Vec<f32> =
            demands.iter().enumerate().map(|(d, &z)| heads.record_demands.probability(d, z)).collect();
        x.push(dense(&record_features(&needs, &demands)));
    }
    let columns = record_width(catalogue);
    let weights = solver::fit(&x, columns, &level_labels(&gold, catalogue), &config.levels, |_| ());
    for domain in 0..catalogue.domains {
        heads.assessable.push(affine(&weights, domain * LEVEL_OUTPUTS));
        heads.levels.push((1..LEVEL_OUTPUTS).map(|k| affine(&weights, domain * LEVEL_OUTPUTS + k)).collect());
    }
    let positive = gold.iter().map(|g| g.actions.clone()).collect();
    let labels = Labels { outputs: catalogue.actions, positive, ignored: Vec::new() };
    let weights = solver::fit(&x, columns, &labels, &config.actions, |_| ());
    heads.actions = (0..catalogue.actions).map(|a| affine(&weights, a)).collect();
    heads
}

/// Outputs a domain: assessable, then level at least 2, 3, 4 and 5.
const LEVEL_OUTPUTS: usize = 5;

/// What an annotator found in a record, as numbers.
struct Gold {
    /// Shape `(needs, statuses)`.
    needs: Vec<bool>,
    demands: Vec<bool>,
    levels: Vec<Option<u8>>,
    actions: Vec<u16>,
}

impl Gold {
    fn of(record: &Record, taxonomy: &Taxonomy) -> Self {
        let catalogue = Catalogue::of(taxonomy);
        let mut needs = vec![false; catalogue.needs * STATUSES];
        let mut demands = vec![false; catalogue.demands];
        for sentence in &record.sentences {
            for need in &sentence.needs {
                if let Some(n) = taxonomy.need(&need.code) {
                    needs[n * STATUSES + need.status as usize] = true;
                }
            }
            for d in sentence.demands.iter().filter_map(|d| taxonomy.demand(d)) {
                demands[d] = true;
            }
        }
        let levels = taxonomy.domains().iter().map(|d| record.levels.get(&d.code).copied()).collect();
        let actions = record.actions.iter().filter_map(|a| taxonomy.action(a));
        Self { needs, demands, levels, actions: actions.map(number).collect() }
    }
}

/// An output's number as the solver stores it.
fn number(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

fn flat(codes: usize) -> Platt {
    Platt { slope: 1.0, offsets: vec![0.0; codes] }
}

fn dense(features: &[f32]) -> impl Iterator<Item = (u32, f32)> + '_ {
    (0u32..).zip(features.iter().copied())
}

fn affine(weights: &Weights, output: usize) -> Affine {
    Affine {
        weights: weights.values.iter().skip(output).step_by(weights.outputs).copied().collect(),
        bias: weights.bias[output],
    }
}

/// Largest logit of each column over the sentences.
fn strongest(logits: &[f32], columns: usize) -> Vec<f32> {
    let mut out = vec![f32::NEG_INFINITY; columns];
    for row in logits.chunks_exact(columns) {
        for (best, z) in out.iter_mut().zip(row) {
            *best = best.max(*z);
        }
    }
    out
}

/// Mean and spread of each column, so that the penalty falls on all alike.
struct Scaler {
    mean: Vec<f32>,
    spread: Vec<f32>,
}

impl Scaler {
    #[expect(clippy::cast_possible_truncation, reason = "sums are taken in f64, the result needs f32")]
    fn of(rows: &[f32], width: usize) -> Self {
        let n = (rows.len() / width).max(1) as f64;
        let (mut sum, mut squares) = (vec![0f64; width], vec![0f64; width]);
        for row in rows.chunks_exact(width) {
            for ((s, q), &x) in sum.iter_mut().zip(&mut squares).zip(row) {
                *s += f64::from(x);
                *q += f64::from(x) * f64::from(x);
            }
        }
        let mean: Vec<f64> = sum.iter().map(|s| s / n).collect();
        let spread = squares.iter().zip(&mean).map(|(q, m)| ((q / n - m * m).max(0.0).sqrt() + 1e-6) as f32);
        Self { spread: spread.collect(), mean: mean.iter().map(|&m| m as f32).collect() }
    }

    fn scaled<'a>(&'a self, row: &'a [f32]) -> impl Iterator<Item = (u32, f32)> + 'a {
        let scaled = row.iter().zip(&self.mean).zip(&self.spread).map(|((x, m), s)| (x - m) / s);
        (0u32..).zip(scaled)
    }

    /// The same map on features as they are.
    fn unscale(&self, head: Affine) -> Affine {
        let shift: f32 =
            head.weights.iter().zip(&self.mean).zip(&self.spread).map(|((w, m), s)| w * m / s).sum();
        let weights = head.weights.iter().zip(&self.spread).map(|(w, s)| w / s).collect();
        Affine { weights, bias: head.bias - shift }
    }
}

/// A sentence and need further below than this in every logit is no example: there are half a million of them and they
/// all say the same.
const HOPELESS: f32 = -6.0;

fn fit_needs(samples: &[Sample<'_>], taxonomy: &Taxonomy, config: &SolverConfig) -> Vec<Affine> {
    let needs = taxonomy.needs().len();
    let (mut rows, mut positive) = (Vec::new(), Vec::new());
    for sample in samples {
        let features = heads::need_features(sample.logits);
        for (i, features) in features.chunks_exact(NEED_FEATURES).enumerate() {
            let code = &taxonomy.needs()[i % needs].code;
            let gold = &sample.record.sentences[i / needs].needs;
            let statuses: Vec<u16> =
                gold.iter().filter(|n| n.code == *code).map(|n| number(n.status as usize)).collect();
            if !statuses.is_empty() || features[0].max(features[1]) > HOPELESS {
                rows.extend_from_slice(features);
                positive.push(statuses);
            }
        }
    }
    fit_scaled(&rows, NEED_FEATURES, Labels { outputs: STATUSES, positive, ignored: Vec::new() }, config)
}

fn fit_demands(samples: &[Sample<'_>], taxonomy: &Taxonomy, config: &SolverConfig) -> Vec<Affine> {
    let (mut rows, mut positive) = (Vec::new(), Vec::new());
    let mut width = 1;
    for sample in samples {
        width = demand_width(sample.logits.outputs);
        rows.extend(heads::demand_features(sample.logits));
        for sentence in &sample.record.sentences {
            let demands = sentence.demands.iter().filter_map(|d| taxonomy.demand(d));
            positive.push(demands.map(number).collect());
        }
    }
    let labels = Labels { outputs: taxonomy.demands().len(), positive, ignored: Vec::new() };
    fit_scaled(&rows, width, labels, config)
}

fn fit_scaled(rows: &[f32], width: usize, labels: Labels, config: &SolverConfig) -> Vec<Affine> {
    let scaler = Scaler::of(rows, width);
    let mut x = Sparse::default();
    for row in rows.chunks_exact(width) {
        x.push(scaler.scaled(row));
    }
    let weights = solver::fit(&x, width, &labels, config, |_| ());
    (0..labels.outputs).map(|o| scaler.unscale(affine(&weights, o))).collect()
}

/// Platt scaling of the strongest sentence's logit, with an offset a code that the penalty keeps small.
fn fit_platt(
    (records, codes): (usize, usize),
    logit: impl Fn(usize, usize) -> f32,
    truth: impl Fn(usize, usize) -> bool,
    config: &SolverConfig,
) -> Platt {
    // The offsets are learnt at twice their size, as the penalty would else hold them to nothing.
    const OFFSET: f32 = 2.0;
    let mut x = Sparse::default();
    let mut labels = Labels { outputs: 1, ..Labels::default() };
    for record in 0..records {
        for code in 0..codes {
            x.push([(0, logit(record, code)), (u32::from(number(code)) + 1, OFFSET)]);
            labels.positive.push(if truth(record, code) { vec![0] } else { Vec::new() });
        }
    }
    let weights = solver::fit(&x, codes + 1, &labels, config, |_| ());
    let offsets = weights.values.iter().skip(1).map(|w| weights.bias[0] + OFFSET * w).collect();
    Platt { slope: weights.values[0], offsets }
}

fn level_labels(gold: &[Gold], catalogue: Catalogue) -> Labels {
    let mut labels = Labels { outputs: catalogue.domains * LEVEL_OUTPUTS, ..Labels::default() };
    for record in gold {
        let (mut positive, mut ignored) = (Vec::new(), Vec::new());
        for (domain, level) in record.levels.iter().enumerate() {
            let first = domain * LEVEL_OUTPUTS;
            match level {
                Some(level) => {
                    positive.push(number(first));
                    positive.extend((2..=*level).map(|k| number(first) + u16::from(k) - 1));
                }
                None => ignored.extend((1..LEVEL_OUTPUTS).map(|k| number(first + k))),
            }
        }
        labels.positive.push(positive);
        labels.ignored.push(ignored);
    }
    labels
}
