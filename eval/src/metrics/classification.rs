//! Precision, recall, F1 and average precision.

use std::collections::BTreeSet;
use std::ops::{Add, AddAssign};

use serde::Serialize;

use super::{mean, share};

/// True positives, false positives and false negatives. Real numbers, so that weighted records count too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Counts {
    /// In the reference and predicted.
    pub true_positives: f64,
    /// Predicted only.
    pub false_positives: f64,
    /// In the reference only.
    pub false_negatives: f64,
}

/// Which codes a macro average takes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MacroOver {
    /// Codes that the reference has at least once. A code that is only ever predicted wrongly does not show here: it
    /// shows in the micro average.
    Supported,
    /// Codes that the reference has or that were predicted. Equal to scikit-learn's `average="macro"` with
    /// `zero_division=np.nan`.
    Seen,
}

impl Counts {
    /// Counts of one pair of sets.
    #[must_use]
    pub fn of_sets<T: Ord>(reference: &BTreeSet<T>, predicted: &BTreeSet<T>) -> Self {
        let shared = reference.intersection(predicted).count() as f64;
        Self {
            true_positives: shared,
            false_positives: predicted.len() as f64 - shared,
            false_negatives: reference.len() as f64 - shared,
        }
    }

    /// How many the reference has.
    #[must_use]
    pub fn support(&self) -> f64 {
        self.true_positives + self.false_negatives
    }

    /// Share of the predicted that the reference has; `None` when nothing was predicted.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        share(self.true_positives, self.true_positives + self.false_positives)
    }

    /// Share of the reference that was predicted; `None` when the reference has none.
    #[must_use]
    pub fn recall(&self) -> Option<f64> {
        share(self.true_positives, self.support())
    }

    /// Harmonic mean of precision and recall, by counts: 0 when nothing is shared, `None` when there is nothing at all.
    #[must_use]
    pub fn f1(&self) -> Option<f64> {
        let twice = 2.0 * self.true_positives;
        share(twice, twice + self.false_positives + self.false_negatives)
    }
}

impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            true_positives: self.true_positives + other.true_positives,
            false_positives: self.false_positives + other.false_positives,
            false_negatives: self.false_negatives + other.false_negatives,
        }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl std::iter::Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), Add::add)
    }
}

/// Counts of each code over pairs of sets of codes.
/// # Shapes
/// Result: one entry a code, `n_codes`; codes from `n_codes` on are left out.
#[must_use]
pub fn by_code<'a>(
    pairs: impl IntoIterator<Item = (&'a BTreeSet<usize>, &'a BTreeSet<usize>)>,
    n_codes: usize,
) -> Vec<Counts> {
    let mut counts = vec![Counts::default(); n_codes];
    for (reference, predicted) in pairs {
        for &code in reference.union(predicted) {
            if let Some(c) = counts.get_mut(code) {
                match (reference.contains(&code), predicted.contains(&code)) {
                    (true, true) => c.true_positives += 1.0,
                    (false, _) => c.false_positives += 1.0,
                    (true, false) => c.false_negatives += 1.0,
                }
            }
        }
    }
    counts
}

/// F1 of all codes counted together.
/// # Source
/// Oracle: scikit-learn `f1_score(average="micro")`.
#[must_use]
pub fn micro_f1(by_code: &[Counts]) -> Option<f64> {
    by_code.iter().copied().sum::<Counts>().f1()
}

/// Mean of the F1 of each code that `over` takes in.
/// # Source
/// Oracle: scikit-learn `f1_score(average="macro")` over the same codes.
#[must_use]
pub fn macro_f1(by_code: &[Counts], over: MacroOver) -> Option<f64> {
    mean(by_code.iter().filter(|c| over == MacroOver::Seen || c.support() > 0.0).map(Counts::f1))
}

/// A scored case of a yes/no question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// Score: higher means likelier.
    pub score: f64,
    /// Whether it is so.
    pub positive: bool,
    /// How often the case counts.
    pub weight: f64,
}

/// Area under the precision-recall curve as a step function: the mean, over positives, of the precision at their
/// score. Cases of one score enter together, so their order does not matter. `None` without positives.
/// # Source
/// scikit-learn, `average_precision_score` (`sum((R_n - R_(n-1)) P_n)`); oracle: the same.
#[must_use]
pub fn average_precision(cases: &[Scored]) -> Option<f64> {
    let mut sorted: Vec<&Scored> = cases.iter().collect();
    sorted.sort_by(|a, b| b.score.total_cmp(&a.score));
    let (mut positives, mut seen, mut area) = (0.0, 0.0, 0.0);
    for tied in sorted.chunk_by(|a, b| a.score.total_cmp(&b.score).is_eq()) {
        let gained: f64 = tied.iter().filter(|c| c.positive).map(|c| c.weight).sum();
        positives += gained;
        seen += tied.iter().map(|c| c.weight).sum::<f64>();
        area += gained * share(positives, seen).unwrap_or(0.0);
    }
    share(area, positives)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::statistic::to_count;

    fn sets() -> impl Strategy<Value = Vec<(BTreeSet<usize>, BTreeSet<usize>)>> {
        let set = || prop::collection::btree_set(0usize..8, 0..6);
        prop::collection::vec((set(), set()), 0..12)
    }

    fn count(pairs: &[(BTreeSet<usize>, BTreeSet<usize>)]) -> Vec<Counts> {
        by_code(pairs.iter().map(|(a, b)| (a, b)), 8)
    }

    proptest! {
        #[test]
        fn counts_add_up(pairs in sets(), at in 0usize..12) {
            let (left, right) = pairs.split_at(at.min(pairs.len()));
            let added: Vec<Counts> = count(left).into_iter().zip(count(right)).map(|(a, b)| a + b).collect();
            prop_assert_eq!(&added, &count(&pairs));
            let total: Counts = added.into_iter().sum();
            prop_assert_eq!(total, pairs.iter().map(|(a, b)| Counts::of_sets(a, b)).sum::<Counts>());
        }

        #[test]
        fn perfect_predictions_give_one(pairs in sets()) {
            let same: Vec<_> = pairs.into_iter().map(|(a, _)| (a.clone(), a)).collect();
            let counts = count(&same);
            let expected = same.iter().any(|(a, _)| !a.is_empty()).then_some(1.0);
            prop_assert_eq!(micro_f1(&counts), expected);
            prop_assert_eq!(macro_f1(&counts, MacroOver::Supported), expected);
            prop_assert_eq!(macro_f1(&counts, MacroOver::Seen), expected);
        }

        #[test]
        fn average_precision_ignores_order_and_repeats_count_as_weight(
            cases in prop::collection::vec((0u8..6, any::<bool>(), 1u8..4), 1..20), rotation in 0usize..20,
        ) {
            let weighted: Vec<Scored> = cases
                .iter()
                .map(|&(s, positive, w)| Scored { score: f64::from(s), positive, weight: f64::from(w) })
                .collect();
            let mut repeated: Vec<Scored> = weighted
                .iter()
                .flat_map(|c| std::iter::repeat_n(Scored { weight: 1.0, ..*c }, to_count(c.weight)))
                .collect();
            let n = repeated.len();
            repeated.rotate_left(rotation % n);
            match (average_precision(&weighted), average_precision(&repeated)) {
                (Some(a), Some(b)) => prop_assert!((a - b).abs() < 1e-12 && a > 0.0 && a <= 1.0 + 1e-12),
                (a, b) => prop_assert_eq!(a, b),
            }
        }
    }

    #[test]
    fn no_data_is_none() {
        let none = Counts::default();
        assert_eq!((none.precision(), none.recall(), none.f1()), (None, None, None));
        assert_eq!(micro_f1(&[]), None);
        let wrong = Counts { false_positives: 2.0, ..none };
        assert_eq!((wrong.precision(), wrong.recall(), wrong.f1()), (Some(0.0), None, Some(0.0)));
        assert_eq!(macro_f1(&[wrong], MacroOver::Supported), None);
        assert_eq!(macro_f1(&[wrong], MacroOver::Seen), Some(0.0));
        assert_eq!(average_precision(&[]), None);
    }
}
