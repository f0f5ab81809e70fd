//! Agreement of readers beyond chance.

use ndarray::{Array1, Array2, ArrayView2, Axis};

use super::share;

/// How far apart two categories are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KappaWeights {
    /// Different is different.
    Unweighted,
    /// The number of steps.
    Linear,
    /// Its square.
    Quadratic,
}

/// Counts of pairs of categories. A category from `k` on is left out.
/// # Shapes
/// Result: `(k, k)`, row first reader, column second.
pub fn confusion(pairs: impl IntoIterator<Item = (usize, usize)>, k: usize) -> Array2<f64> {
    let mut counts = Array2::zeros((k, k));
    for pair in pairs {
        if let Some(count) = counts.get_mut(pair) {
            *count += 1.0;
        }
    }
    counts
}

/// Cohen's kappa: 1 less the disagreement over that expected from the marginals.
/// # Shapes
/// `confusion`: `(k, k)` counts.
/// # Units
/// At most 1; `None` without cases or when no disagreement is expected (both give one same category throughout).
/// # Source
/// Cohen 1960, 1968; oracle: scikit-learn `cohen_kappa_score`.
#[must_use]
pub fn weighted_kappa(confusion: ArrayView2<'_, f64>, weights: KappaWeights) -> Option<f64> {
    let n = confusion.sum();
    let (rows, columns) = (confusion.sum_axis(Axis(1)), confusion.sum_axis(Axis(0)));
    let (mut observed, mut expected) = (0.0, 0.0);
    for ((r, c), count) in confusion.indexed_iter() {
        let steps = r.abs_diff(c) as f64;
        let weight = match weights {
            KappaWeights::Unweighted => f64::from(r != c),
            KappaWeights::Linear => steps,
            KappaWeights::Quadratic => steps * steps,
        };
        observed += weight * count;
        expected += weight * at(&rows, r) * at(&columns, c);
    }
    share(observed * n, expected).map(|d| 1.0 - d)
}

fn at(values: &Array1<f64>, i: usize) -> f64 {
    values.get(i).copied().unwrap_or(0.0)
}

/// Scale of the categories of [`krippendorff_alpha`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Names.
    Nominal,
    /// An order.
    Ordinal,
    /// Equal steps.
    Interval,
}

/// Krippendorff's alpha: 1 less observed over expected disagreement, for any number of readers and missing readings.
/// # Shapes
/// `ratings`: `(units, readers)`, categories `0..k` in order; others are taken as missing.
/// # Units
/// At most 1; `None` when no unit has two readings or all readings are one category.
/// # Source
/// Krippendorff 2011, "Computing Krippendorff's alpha-reliability"; oracle: PyPI `krippendorff`.
#[must_use]
pub fn krippendorff_alpha(ratings: ArrayView2<'_, Option<usize>>, k: usize, scale: Scale) -> Option<f64> {
    // Coincidences: pairs of readings of one unit, each unit's pairs weighing as many as its readings.
    let mut coincidences = Array2::<f64>::zeros((k, k));
    for unit in ratings.rows() {
        let counts = category_counts(unit.iter().copied(), k);
        let m = counts.sum();
        if m < 2.0 {
            continue;
        }
        for ((a, b), cell) in coincidences.indexed_iter_mut() {
            let (na, nb) = (at(&counts, a), at(&counts, b));
            *cell += na * (if a == b { nb - 1.0 } else { nb }) / (m - 1.0);
        }
    }
    alpha(&coincidences, scale)
}

/// [`krippendorff_alpha`] of two readers, from the counts of their pairs of categories.
/// # Shapes
/// `confusion`: `(k, k)` counts of units that both read.
#[must_use]
pub fn alpha_of_two(confusion: ArrayView2<'_, f64>, scale: Scale) -> Option<f64> {
    alpha(&(&confusion + &confusion.t()), scale)
}

fn alpha(coincidences: &Array2<f64>, scale: Scale) -> Option<f64> {
    let marginals = coincidences.sum_axis(Axis(1));
    let n = marginals.sum();
    let distance = |a: usize, b: usize| -> f64 {
        match scale {
            Scale::Nominal => f64::from(a != b),
            Scale::Interval => (a.abs_diff(b) as f64).powi(2),
            Scale::Ordinal => {
                let between: f64 = (a.min(b)..=a.max(b)).map(|c| at(&marginals, c)).sum();
                (between - (at(&marginals, a) + at(&marginals, b)) / 2.0).powi(2)
            }
        }
    };
    let (mut observed, mut expected) = (0.0, 0.0);
    for ((a, b), count) in coincidences.indexed_iter() {
        let d = distance(a, b);
        observed += d * count;
        expected += d * at(&marginals, a) * at(&marginals, b);
    }
    share(observed * (n - 1.0), expected).map(|d| 1.0 - d)
}

/// Gwet's AC1: agreement beyond chance that stays steady when one category is rare.
/// # Shapes
/// `ratings`: `(units, readers)`, categories `0..k`; others are taken as missing.
/// # Units
/// At most 1; `None` when no unit has two readings or there are fewer than two categories.
/// # Source
/// Gwet 2008; oracle: PyPI `irrCAC`.
#[must_use]
pub fn gwet_ac1(ratings: ArrayView2<'_, Option<usize>>, k: usize) -> Option<f64> {
    let (mut agreed, mut paired, mut read) = (0.0, 0.0, 0.0);
    let mut prevalence = Array1::<f64>::zeros(k);
    for unit in ratings.rows() {
        let counts = category_counts(unit.iter().copied(), k);
        let m = counts.sum();
        if m > 0.0 {
            read += 1.0;
            prevalence += &(&counts / m);
        }
        if m > 1.0 {
            paired += 1.0;
            agreed += counts.iter().map(|c| c * (c - 1.0)).sum::<f64>() / (m * (m - 1.0));
        }
    }
    let agreement = share(agreed, paired)?;
    prevalence /= read;
    ac1(agreement, &prevalence)
}

/// [`gwet_ac1`] of two readers, from the counts of their pairs of categories.
/// # Shapes
/// `confusion`: `(k, k)` counts of units that both read.
#[must_use]
pub fn ac1_of_two(confusion: ArrayView2<'_, f64>) -> Option<f64> {
    let n = confusion.sum();
    let agreement = share(confusion.diag().sum(), n)?;
    ac1(agreement, &((confusion.sum_axis(Axis(0)) + confusion.sum_axis(Axis(1))) / (2.0 * n)))
}

fn ac1(agreement: f64, prevalence: &Array1<f64>) -> Option<f64> {
    let spread: f64 = prevalence.iter().map(|p| p * (1.0 - p)).sum();
    let chance = share(spread, prevalence.len() as f64 - 1.0)?;
    share(agreement - chance, 1.0 - chance)
}

fn category_counts(readings: impl Iterator<Item = Option<usize>>, k: usize) -> Array1<f64> {
    let mut counts = Array1::zeros(k);
    for category in readings.flatten() {
        if let Some(count) = counts.get_mut(category) {
            *count += 1.0;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ratings() -> impl Strategy<Value = Array2<Option<usize>>> {
        (1usize..25, 2usize..4).prop_flat_map(|(units, readers)| {
            prop::collection::vec(prop::option::weighted(0.8, 0usize..4), units * readers)
                .prop_map(move |v| Array2::from_shape_vec((units, readers), v).unwrap())
        })
    }

    fn close(a: Option<f64>, b: Option<f64>) -> bool {
        match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() < 1e-12,
            (a, b) => a == b,
        }
    }

    proptest! {
        #[test]
        fn readers_and_units_have_no_order(ratings in ratings()) {
            let mut turned = ratings.clone();
            turned.invert_axis(Axis(0));
            turned.invert_axis(Axis(1));
            for scale in [Scale::Nominal, Scale::Ordinal, Scale::Interval] {
                let (a, b) = (krippendorff_alpha(ratings.view(), 4, scale), krippendorff_alpha(turned.view(), 4, scale));
                prop_assert!(close(a, b));
                prop_assert!(a.is_none_or(|a| a <= 1.0));
            }
            prop_assert!(close(gwet_ac1(ratings.view(), 4), gwet_ac1(turned.view(), 4)));
        }

        #[test]
        fn two_readers_by_counts_are_two_readers(pairs in prop::collection::vec((0usize..4, 0usize..4), 0..30)) {
            let counts = confusion(pairs.iter().copied(), 4);
            let ratings = Array2::from_shape_fn((pairs.len(), 2), |(u, reader)| {
                Some(if reader == 0 { pairs[u].0 } else { pairs[u].1 })
            });
            for scale in [Scale::Nominal, Scale::Ordinal, Scale::Interval] {
                prop_assert!(close(alpha_of_two(counts.view(), scale), krippendorff_alpha(ratings.view(), 4, scale)));
            }
            prop_assert!(close(ac1_of_two(counts.view()), gwet_ac1(ratings.view(), 4)));
        }

        #[test]
        fn full_agreement_is_one(units in prop::collection::vec(0usize..4, 1..20)) {
            let same = Array2::from_shape_fn((units.len(), 3), |(u, _)| Some(units[u]));
            let varied = units.iter().any(|&u| u != units[0]);
            for scale in [Scale::Nominal, Scale::Ordinal, Scale::Interval] {
                prop_assert_eq!(krippendorff_alpha(same.view(), 4, scale), varied.then_some(1.0));
            }
            prop_assert!(close(gwet_ac1(same.view(), 4), Some(1.0)));
            let matrix = confusion(units.iter().map(|&u| (u, u)), 4);
            for weights in [KappaWeights::Unweighted, KappaWeights::Linear, KappaWeights::Quadratic] {
                prop_assert_eq!(weighted_kappa(matrix.view(), weights), varied.then_some(1.0));
            }
        }
    }

    #[test]
    fn no_data_is_none() {
        let none = Array2::<Option<usize>>::from_elem((3, 2), None);
        assert_eq!(krippendorff_alpha(none.view(), 4, Scale::Nominal), None);
        assert_eq!(gwet_ac1(none.view(), 4), None);
        assert_eq!(weighted_kappa(Array2::zeros((3, 3)).view(), KappaWeights::Linear), None);
    }
}
