//! Actions: how good the first few are.

use std::collections::BTreeSet;

use super::classification::Counts;
use super::share;

/// Share of the reference that is among the first `k`; `None` when the reference has none.
#[must_use]
pub fn recall_at_k(reference: &BTreeSet<usize>, ranking: &[usize], k: usize) -> Option<f64> {
    let first: BTreeSet<usize> = ranking.iter().take(k).copied().collect();
    share(reference.intersection(&first).count() as f64, reference.len() as f64)
}

/// Normalised discounted cumulative gain of the first `k`, each of the reference worth 1: 1 when the first places are
/// all taken by it. `None` when the reference has none. A code ranked twice counts at its first place only.
/// # Source
/// Järvelin and Kekäläinen 2002; oracle: scikit-learn `ndcg_score(ignore_ties=True)`.
#[must_use]
pub fn ndcg_at_k(reference: &BTreeSet<usize>, ranking: &[usize], k: usize) -> Option<f64> {
    let discount = |place: usize| 1.0 / (place as f64 + 2.0).log2();
    let mut seen = BTreeSet::new();
    let gain: f64 = ranking
        .iter()
        .filter(|&&code| seen.insert(code))
        .take(k)
        .enumerate()
        .filter(|(_, code)| reference.contains(code))
        .map(|(place, _)| discount(place))
        .sum();
    share(gain, (0..reference.len().min(k)).map(discount).sum())
}

/// F1 of two sets: twice what they share over what they hold. `None` when both are empty.
#[must_use]
pub fn overlap_f1(reference: &BTreeSet<usize>, predicted: &BTreeSet<usize>) -> Option<f64> {
    Counts::of_sets(reference, predicted).f1()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_reference_first_gives_one(reference in prop::collection::btree_set(0usize..20, 1..8), k in 1usize..8) {
            let ranking: Vec<usize> =
                reference.iter().copied().chain((0..20).filter(|c| !reference.contains(c))).collect();
            prop_assert_eq!(ndcg_at_k(&reference, &ranking, k), Some(1.0));
            prop_assert_eq!(recall_at_k(&reference, &ranking, reference.len()), Some(1.0));
            prop_assert_eq!(overlap_f1(&reference, &reference), Some(1.0));
        }

        #[test]
        fn overlap_is_symmetric(a in prop::collection::btree_set(0usize..9, 0..6), b in prop::collection::btree_set(0usize..9, 0..6)) {
            prop_assert_eq!(overlap_f1(&a, &b), overlap_f1(&b, &a));
        }
    }

    #[test]
    fn no_data_is_none() {
        let none = BTreeSet::new();
        assert_eq!(
            (recall_at_k(&none, &[1], 5), ndcg_at_k(&none, &[1], 5), overlap_f1(&none, &none)),
            (None, None, None)
        );
    }
}
