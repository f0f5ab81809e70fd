//! Chooses thresholds on readings by models that had not seen the writer.

use std::collections::{BTreeMap, BTreeSet};

use relat_engine::decode::Thresholds;
use relat_engine::reading::{Reading, STATUSES};
use relat_engine::{Status, Taxonomy};
use relat_eval::corpus::Record;

use crate::linear::config::ThresholdConfig;

/// A record and what was read in its annotated sentences.
pub type Read<'a> = (&'a Record, &'a Reading);

/// Probabilities with their truth.
type Cases = Vec<(f32, bool)>;

/// Chooses every threshold.
#[must_use]
pub fn choose(reads: &[Read<'_>], taxonomy: &Taxonomy, config: &ThresholdConfig) -> Thresholds {
    let needs: Vec<Cases> = (0..taxonomy.needs().len()).map(|n| need_cases(reads, taxonomy, n)).collect();
    let shared = best(&needs.concat(), 1.0);
    let mut need_thresholds = BTreeMap::new();
    for (need, cases) in taxonomy.needs().iter().zip(&needs) {
        let mut own = shrunk(cases, shared, config.shrinkage);
        if need.alert {
            own = own.min(recall_first(cases, config.alert_precision, config.alert_recall));
        }
        need_thresholds.insert(need.code.clone(), own);
    }
    let demands: Vec<Cases> =
        (0..taxonomy.demands().len()).map(|d| demand_cases(reads, taxonomy, d)).collect();
    let shared = best(&demands.concat(), 1.0);
    let demand_thresholds = taxonomy
        .demands()
        .iter()
        .zip(&demands)
        .map(|(demand, cases)| (demand.code.clone(), shrunk(cases, shared, config.shrinkage)))
        .collect();
    let domains = taxonomy.domains().iter();
    let assessable: Cases = domains
        .clone()
        .enumerate()
        .flat_map(|(d, domain)| {
            reads
                .iter()
                .map(move |(r, read)| (read.levels[d].assessable, r.levels.contains_key(&domain.code)))
        })
        .collect();
    let assessable = best(&assessable, config.assessable_beta);
    Thresholds {
        not_present: best(&not_present_cases(reads, taxonomy), 1.0),
        evidence: best(&evidence_cases(reads, taxonomy, &need_thresholds), 1.0),
        demand_evidence: best(&demand_evidence_cases(reads, taxonomy, &demand_thresholds), 1.0),
        needs: need_thresholds,
        demands: demand_thresholds,
        assessable: domains.map(|d| (d.code.clone(), assessable)).collect(),
        level_evidence: config.level_evidence,
        action: best_action(reads, taxonomy),
    }
}

/// The threshold of highest F-beta; 1 when nothing is true.
fn best(cases: &[(f32, bool)], beta: f32) -> f32 {
    let mut sorted = cases.to_vec();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let total = sorted.iter().filter(|c| c.1).count() as f32;
    let (mut hits, mut best) = (0f32, (0f32, 1f32));
    for (i, &(p, truth)) in sorted.iter().enumerate() {
        hits += if truth { 1.0 } else { 0.0 };
        // A threshold lies between two different probabilities.
        let next = sorted.get(i + 1).map_or(0.0, |c| c.0);
        if next < p {
            let b2 = beta * beta;
            let f = (1.0 + b2) * hits / (b2 * total + (i + 1) as f32);
            if f > best.0 {
                best = (f, (p + next) / 2.0);
            }
        }
    }
    best.1
}

fn logit(p: f32) -> f32 {
    let p = p.clamp(1e-6, 1.0 - 1e-6);
    (p / (1.0 - p)).ln()
}

/// A code's own best threshold, pulled to the shared one: a code has some eighty positives, and the best threshold of
/// so few is mostly chance.
fn shrunk(cases: &[(f32, bool)], shared: f32, shrinkage: f32) -> f32 {
    let centre = logit(shared);
    let total = cases.iter().filter(|c| c.1).count() as f32;
    let score = |offset: f32| {
        let from = centre + offset;
        let shown = cases.iter().filter(|c| logit(c.0) >= from);
        let (mut n, mut hits) = (0f32, 0f32);
        for case in shown {
            n += 1.0;
            hits += if case.1 { 1.0 } else { 0.0 };
        }
        2.0 * hits / (total + n).max(1.0) - shrinkage * offset * offset
    };
    let offsets = (-20..=20i16).map(|k| f32::from(k) * 0.1);
    let best = offsets.map(|o| (score(o), o)).fold((f32::NEG_INFINITY, 0.0), |b, c| {
        // Of equals the nearest to the shared one.
        if c.0 > b.0 + 1e-6 || ((c.0 - b.0).abs() <= 1e-6 && c.1.abs() < f32::abs(b.1)) { c } else { b }
    });
    1.0 / (1.0 + (-(centre + best.1)).exp())
}

/// The highest threshold that reaches the recall, or else the lowest at which the precision is kept.
fn recall_first(cases: &[(f32, bool)], precision: f32, recall: f32) -> f32 {
    let mut sorted = cases.to_vec();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let total = sorted.iter().filter(|c| c.1).count() as f32;
    let (mut hits, mut lowest) = (0f32, 1f32);
    for (i, &(p, truth)) in sorted.iter().enumerate() {
        hits += if truth { 1.0 } else { 0.0 };
        let next = sorted.get(i + 1).map_or(0.0, |c| c.0);
        if next < p && hits >= precision * (i + 1) as f32 {
            lowest = (p + next) / 2.0;
            if hits >= recall * total {
                break;
            }
        }
    }
    lowest
}

fn need_cases(reads: &[Read<'_>], taxonomy: &Taxonomy, need: usize) -> Cases {
    let code = &taxonomy.needs()[need].code;
    reads.iter().map(|(r, read)| (read.need(need, Status::Present), r.has_present(code))).collect()
}

fn demand_cases(reads: &[Read<'_>], taxonomy: &Taxonomy, demand: usize) -> Cases {
    let code = &taxonomy.demands()[demand].code;
    let truth = |r: &Record| r.sentences.iter().any(|s| s.demands.contains(code));
    reads.iter().map(|(r, read)| (read.demands[demand], truth(r))).collect()
}

fn not_present_cases(reads: &[Read<'_>], taxonomy: &Taxonomy) -> Cases {
    let mut out = Vec::new();
    for (record, read) in reads {
        let gold: BTreeSet<(&str, Status)> =
            record.sentences.iter().flat_map(|s| &s.needs).map(|n| (n.code.as_str(), n.status)).collect();
        for (n, need) in taxonomy.needs().iter().enumerate() {
            for status in Status::ALL.into_iter().skip(1) {
                out.push((read.need(n, status), gold.contains(&(need.code.as_str(), status))));
            }
        }
    }
    debug_assert_eq!(STATUSES, Status::ALL.len());
    out
}

/// Sentences of suggested needs only: evidence of the others is not shown.
fn evidence_cases(reads: &[Read<'_>], taxonomy: &Taxonomy, thresholds: &BTreeMap<String, f32>) -> Cases {
    let mut out = Vec::new();
    for (record, read) in reads {
        for (n, need) in taxonomy.needs().iter().enumerate() {
            if read.need(n, Status::Present) >= thresholds[&need.code] {
                for (i, s) in record.sentences.iter().enumerate() {
                    let truth = s.needs.iter().any(|g| g.code == need.code && g.status == Status::Present);
                    out.push((read.sentence_need(i, n, Status::Present), truth));
                }
            }
        }
    }
    out
}

fn demand_evidence_cases(
    reads: &[Read<'_>],
    taxonomy: &Taxonomy,
    thresholds: &BTreeMap<String, f32>,
) -> Cases {
    let mut out = Vec::new();
    for (record, read) in reads {
        for (d, demand) in taxonomy.demands().iter().enumerate() {
            if read.demands[d] >= thresholds[&demand.code] {
                for (i, s) in record.sentences.iter().enumerate() {
                    out.push((read.sentence_demand(i, d), s.demands.contains(&demand.code)));
                }
            }
        }
    }
    out
}

/// The threshold at which the sets of actions agree best with the annotators', a record counting as one.
fn best_action(reads: &[Read<'_>], taxonomy: &Taxonomy) -> f32 {
    let gold: Vec<BTreeSet<usize>> =
        reads.iter().map(|(r, _)| r.actions.iter().filter_map(|a| taxonomy.action(a)).collect()).collect();
    let score = |from: f32| -> f32 {
        let f1 = |((_, read), gold): (&Read<'_>, &BTreeSet<usize>)| {
            let shown: Vec<usize> =
                (0..read.actions.len()).filter(|&a| read.actions[a].probability >= from).collect();
            let hits = shown.iter().filter(|a| gold.contains(a)).count() as f32;
            2.0 * hits / ((shown.len() + gold.len()) as f32).max(1.0)
        };
        reads.iter().zip(&gold).map(f1).sum()
    };
    let candidates = (1..100u8).map(|k| f32::from(k) / 100.0);
    candidates.map(|t| (score(t), t)).fold((0.0, 1.0), |b, c| if c.0 > b.0 { c } else { b }).1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn f1(cases: &[(f32, bool)], from: f32) -> f32 {
        let shown = cases.iter().filter(|c| c.0 >= from).count() as f32;
        let hits = cases.iter().filter(|c| c.0 >= from && c.1).count() as f32;
        let total = cases.iter().filter(|c| c.1).count() as f32;
        2.0 * hits / (shown + total).max(1.0)
    }

    proptest! {
        #[test]
        fn no_threshold_beats_the_best(
            cases in prop::collection::vec((0f32..1.0, any::<bool>()), 1..60), other in 0f32..1.0,
        ) {
            prop_assert!(f1(&cases, best(&cases, 1.0)) >= f1(&cases, other) - 1e-6);
        }

        #[test]
        fn recall_first_keeps_the_precision_and_stops_where_the_recall_is_reached(
            cases in prop::collection::vec((0.01f32..1.0, any::<bool>()), 1..60),
            precision in 0.1f32..1.0,
            recall in 0.5f32..1.0,
        ) {
            let figures = |from: f32| {
                let shown = cases.iter().filter(|c| c.0 >= from).count() as f32;
                (shown, cases.iter().filter(|c| c.0 >= from && c.1).count() as f32)
            };
            let total = cases.iter().filter(|c| c.1).count() as f32;
            let from = recall_first(&cases, precision, recall);
            let (shown, hits) = figures(from);
            prop_assert!(shown < 0.5 || hits >= precision * shown - 1e-4);
            for &(other, _) in &cases {
                let (more, found) = figures(other);
                if found >= precision * more {
                    // Neither does a higher threshold reach the recall, nor a lower one come nearer to it.
                    prop_assert!(more >= shown || found < recall * total);
                    prop_assert!(more <= shown || hits >= recall * total || hits >= found);
                }
            }
        }

        #[test]
        fn without_shrinkage_a_code_does_no_worse_than_the_shared_threshold(
            cases in prop::collection::vec((0.01f32..0.99, any::<bool>()), 1..60), shared in 0.05f32..0.95,
        ) {
            prop_assert!(f1(&cases, shrunk(&cases, shared, 0.0)) >= f1(&cases, shared) - 0.051);
        }
    }
}
