//! Fits the heads that read the sentences of a record together, on logits from models that had not seen the record's
//! writer.

use relat_engine::heads::{
    Affine, DemandFeatures, DemandHead, Heads, NeedFeatures, Perceptron, Platt, SentenceHeads, demand_width,
    need_width, record_features, record_width,
};
use relat_engine::logits::Views;
use relat_engine::reading::{Catalogue, STATUSES};
use relat_engine::{Status, Taxonomy};
use relat_eval::corpus::Record;

use super::perceptron::{self, Examples, PerceptronConfig};
use crate::linear::config::LinearConfig;
use crate::linear::solver::{self, Labels, SolverConfig, Sparse, Weights};

/// A record with the logits of its annotated sentences.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// Gold.
    pub record: &'a Record,
    /// Out-of-fold logits, a row a sentence of the record.
    pub views: &'a Views,
}

/// Fits every head.
/// # Errors
/// If memory runs out.
pub fn fit(samples: &[Sample<'_>], taxonomy: &Taxonomy, config: &LinearConfig) -> candle_core::Result<Heads> {
    let catalogue = Catalogue::of(taxonomy);
    let sentence_needs = fit_needs(samples, taxonomy, &config.needs)?;
    let sentence_demands = fit_demands(samples, taxonomy, &config.demands)?;
    let mut heads = Heads {
        sentence_needs,
        sentence_demands,
        record_needs: vec![flat(catalogue.needs); STATUSES],
        record_demands: flat(catalogue.demands),
        assessable: Vec::new(),
        levels: Vec::new(),
        actions: Vec::new(),
    };
    let read: Vec<SentenceHeads> = samples.iter().map(|s| heads.sentences(s.views)).collect();
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
    Ok(heads)
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

/// Of every sentence and need that is not too far off.
fn fit_needs(
    samples: &[Sample<'_>],
    taxonomy: &Taxonomy,
    config: &PerceptronConfig,
) -> candle_core::Result<Perceptron> {
    let mut examples = Examples::default();
    let mut width = 0;
    for sample in samples {
        width = need_width(sample.views.all().count());
        let features = NeedFeatures::new(sample.views);
        for (i, sentence) in sample.record.sentences.iter().enumerate() {
            for (n, need) in taxonomy.needs().iter().enumerate() {
                let mut labels = [false; STATUSES];
                for gold in sentence.needs.iter().filter(|g| g.code == need.code) {
                    labels[gold.status as usize] = true;
                }
                if labels.contains(&true) || !features.hopeless(i, n) {
                    features.push(i, n, &mut examples.features);
                    examples.labels.extend(labels.map(f32::from));
                }
            }
        }
    }
    Ok(perceptron::fit(&examples, (width, STATUSES), 0, config)?.0)
}

/// Of every sentence and demand that is not too far off.
fn fit_demands(
    samples: &[Sample<'_>],
    taxonomy: &Taxonomy,
    config: &PerceptronConfig,
) -> candle_core::Result<DemandHead> {
    let catalogue = Catalogue::of(taxonomy);
    let mut examples = Examples { codes: catalogue.demands, ..Examples::default() };
    let (mut width, mut row) = (0, 0u32);
    for sample in samples {
        width = demand_width(catalogue, sample.views.all().count());
        let features = DemandFeatures::new(sample.views);
        for (i, sentence) in sample.record.sentences.iter().enumerate() {
            features.context(i, &mut examples.contexts);
            for (code, (d, demand)) in (0u32..).zip(taxonomy.demands().iter().enumerate()) {
                let asked = sentence.demands.contains(&demand.code);
                if asked || !features.hopeless(i, d) {
                    features.push(i, d, &mut examples.features);
                    examples.labels.push(if asked { 1.0 } else { 0.0 });
                    examples.context.push((code, row));
                }
            }
            row += 1;
        }
    }
    let (perceptron, context) = perceptron::fit(&examples, (width, 1), 2 * catalogue.needs, config)?;
    Ok(DemandHead { perceptron, context })
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
