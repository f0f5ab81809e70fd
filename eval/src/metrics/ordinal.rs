//! Levels: agreement on an ordered scale, and what is gained by abstaining.

use ndarray::{Array2, ArrayView2};
use serde::Serialize;

use super::share;

/// Number of levels of the matrix.
pub const LEVELS: usize = 5;

/// Reference level × predicted level, with what only one of the two could assess.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LevelCounts {
    /// Both assessed: row is the reference's level less 1, column the predicted level less 1. Shape `(5, 5)`.
    #[serde(serialize_with = "super::as_rows")]
    pub confusion: Array2<f64>,
    /// Only the reference assessed: silence where the text tells.
    pub missed: f64,
    /// Only the prediction assessed: a level invented where the text does not tell.
    pub invented: f64,
    /// Neither assessed.
    pub neither: f64,
}

impl Default for LevelCounts {
    fn default() -> Self {
        Self { confusion: Array2::zeros((LEVELS, LEVELS)), missed: 0.0, invented: 0.0, neither: 0.0 }
    }
}

impl LevelCounts {
    /// Counts pairs of levels 1-5; a level outside is taken as none.
    pub fn of_pairs(pairs: impl IntoIterator<Item = (Option<u8>, Option<u8>)>) -> Self {
        let mut counts = Self::default();
        for (reference, predicted) in pairs {
            match (reference.and_then(index), predicted.and_then(index)) {
                (Some(r), Some(p)) => {
                    if let Some(cell) = counts.confusion.get_mut((r, p)) {
                        *cell += 1.0;
                    }
                }
                (Some(_), None) => counts.missed += 1.0,
                (None, Some(_)) => counts.invented += 1.0,
                (None, None) => counts.neither += 1.0,
            }
        }
        counts
    }

    /// Share of the domains that the reference assesses that were assessed.
    #[must_use]
    pub fn coverage(&self) -> Option<f64> {
        let both = self.confusion.sum();
        share(both, both + self.missed)
    }

    /// Share of the domains that the reference leaves out for which a level was given all the same.
    #[must_use]
    pub fn invented_share(&self) -> Option<f64> {
        share(self.invented, self.invented + self.neither)
    }
}

/// Row or column of a level.
pub(crate) fn index(level: u8) -> Option<usize> {
    (1..=LEVELS).contains(&usize::from(level)).then(|| usize::from(level) - 1)
}

/// Mean of `f(row, column)` over a matrix of counts.
fn mean_over(confusion: ArrayView2<'_, f64>, f: impl Fn(f64, f64) -> f64) -> Option<f64> {
    let total = confusion.sum();
    share(confusion.indexed_iter().map(|((r, c), n)| n * f(r as f64, c as f64)).sum(), total)
}

/// Mean absolute difference in steps.
#[must_use]
pub fn mean_absolute_error(confusion: ArrayView2<'_, f64>) -> Option<f64> {
    mean_over(confusion, |r, p| (p - r).abs())
}

/// Mean of predicted less reference, in steps. Above 0 the person is shown as more self-sufficient than the reference
/// says: their need is under-scored.
#[must_use]
pub fn signed_error(confusion: ArrayView2<'_, f64>) -> Option<f64> {
    mean_over(confusion, |r, p| p - r)
}

/// Share at most `steps` apart.
#[must_use]
pub fn within(confusion: ArrayView2<'_, f64>, steps: f64) -> Option<f64> {
    mean_over(confusion, |r, p| f64::from((p - r).abs() <= steps))
}

/// Quadratic-weighted kappa: 1 less the squared disagreement over that expected from the marginals.
/// # Shapes
/// `confusion`: `(k, k)`.
/// # Units
/// At most 1; `None` without cases or when both give one same level throughout.
/// # Source
/// Cohen 1968; oracle: scikit-learn `cohen_kappa_score(weights="quadratic")`.
#[must_use]
pub fn quadratic_weighted_kappa(confusion: ArrayView2<'_, f64>) -> Option<f64> {
    super::agreement::weighted_kappa(confusion, super::agreement::KappaWeights::Quadratic)
}

/// A case that could be abstained from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Abstainable {
    /// How sure the system is.
    pub confidence: f64,
    /// What an answer costs here: for levels, the absolute error in steps.
    pub loss: f64,
}

/// A point of the coverage-against-risk curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RiskPoint {
    /// Lowest confidence that is answered.
    pub threshold: f64,
    /// Share of cases answered.
    pub coverage: f64,
    /// Mean loss of those answered.
    pub risk: f64,
}

/// Mean loss of the answers when only the most confident are given, from the most confident to all. One point a
/// distinct confidence, so the order of cases does not matter; empty without cases.
/// # Source
/// El-Yaniv and Wiener 2010, selective classification.
#[must_use]
pub fn risk_coverage(cases: &[Abstainable]) -> Vec<RiskPoint> {
    let mut sorted: Vec<&Abstainable> = cases.iter().collect();
    sorted.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then(a.loss.total_cmp(&b.loss)));
    let total = cases.len() as f64;
    let (mut answered, mut loss) = (0.0, 0.0);
    let mut curve = Vec::new();
    for tied in sorted.chunk_by(|a, b| a.confidence.total_cmp(&b.confidence).is_eq()) {
        answered += tied.len() as f64;
        loss += tied.iter().map(|c| c.loss).sum::<f64>();
        if let Some(first) = tied.first() {
            curve.push(RiskPoint {
                threshold: first.confidence,
                coverage: answered / total,
                risk: loss / answered,
            });
        }
    }
    curve
}

/// The curve at given coverages: the first point that covers at least as much.
#[must_use]
pub fn at_coverages(curve: &[RiskPoint], coverages: &[f64]) -> Vec<RiskPoint> {
    coverages.iter().filter_map(|&c| curve.iter().find(|p| p.coverage >= c - 1e-12)).copied().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::statistic::to_count;

    fn levels() -> impl Strategy<Value = Vec<(Option<u8>, Option<u8>)>> {
        let level = || prop::option::of(1u8..=5);
        prop::collection::vec((level(), level()), 0..60)
    }

    proptest! {
        #[test]
        fn kappa_is_symmetric_and_signed_error_antisymmetric(pairs in levels()) {
            let counts = LevelCounts::of_pairs(pairs.iter().copied());
            let swapped = LevelCounts::of_pairs(pairs.iter().map(|&(a, b)| (b, a)));
            let close = |a: Option<f64>, b: Option<f64>| match (a, b) {
                (Some(a), Some(b)) => (a - b).abs() < 1e-12,
                (a, b) => a == b,
            };
            let (c, s) = (counts.confusion.view(), swapped.confusion.view());
            prop_assert!(close(quadratic_weighted_kappa(c), quadratic_weighted_kappa(s)));
            prop_assert!(close(mean_absolute_error(c), mean_absolute_error(s)));
            prop_assert!(close(signed_error(c), signed_error(s).map(|e| -e)));
            prop_assert_eq!((counts.missed, counts.invented), (swapped.invented, swapped.missed));
            let all = counts.confusion.sum() + counts.missed + counts.invented + counts.neither;
            prop_assert_eq!(to_count(all), pairs.len());
        }

        #[test]
        fn perfect_levels_give_one(pairs in levels()) {
            let counts = LevelCounts::of_pairs(pairs.iter().map(|&(a, _)| (a, a)));
            let c = counts.confusion.view();
            let told = pairs.iter().filter_map(|p| p.0).collect::<std::collections::BTreeSet<_>>();
            prop_assert_eq!(quadratic_weighted_kappa(c), (told.len() > 1).then_some(1.0));
            let expected = |v: f64| (!told.is_empty()).then_some(v);
            prop_assert_eq!(mean_absolute_error(c), expected(0.0));
            prop_assert_eq!(within(c, 1.0), expected(1.0));
            prop_assert_eq!(counts.coverage(), expected(1.0));
            let silent = pairs.iter().any(|p| p.0.is_none());
            prop_assert_eq!(counts.invented_share(), silent.then_some(0.0));
        }

        #[test]
        fn the_risk_of_answering_all_is_the_mean_loss(
            cases in prop::collection::vec((0u8..8, 0u8..5), 1..40), rotation in 0usize..40,
        ) {
            let mut cases: Vec<Abstainable> = cases
                .iter()
                .map(|&(c, l)| Abstainable { confidence: f64::from(c) / 8.0, loss: f64::from(l) })
                .collect();
            let curve = risk_coverage(&cases);
            let last = curve.last().unwrap();
            let mean = cases.iter().map(|c| c.loss).sum::<f64>() / cases.len() as f64;
            prop_assert!((last.coverage - 1.0).abs() < 1e-12 && (last.risk - mean).abs() < 1e-12);
            prop_assert!(curve.windows(2).all(|w| w[0].coverage < w[1].coverage && w[0].threshold > w[1].threshold));
            let n = cases.len();
            cases.rotate_left(rotation % n);
            prop_assert_eq!(curve, risk_coverage(&cases));
        }
    }

    #[test]
    fn no_data_is_none() {
        let none = LevelCounts::default();
        let c = none.confusion.view();
        assert_eq!((quadratic_weighted_kappa(c), mean_absolute_error(c), within(c, 1.0)), (None, None, None));
        assert_eq!((none.coverage(), none.invented_share()), (None, None));
        assert!(risk_coverage(&[]).is_empty());
        assert!(at_coverages(&[], &[0.5]).is_empty());
    }
}
