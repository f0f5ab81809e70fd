//! Whether probabilities mean what they say.

use serde::Serialize;

use super::share;

/// A probability and whether it came true.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// Probability, 0 to 1.
    pub probability: f64,
    /// Whether it came true.
    pub outcome: bool,
    /// How often the case counts.
    pub weight: f64,
}

/// A bin of the reliability curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ReliabilityPoint {
    /// Mean probability given.
    pub predicted: f64,
    /// Share that came true.
    pub observed: f64,
    /// Cases in the bin.
    pub n: f64,
}

/// Sorts forecasts by probability, as the binning functions want them.
pub fn sort(forecasts: &mut [Forecast]) {
    forecasts.sort_by(|a, b| a.probability.total_cmp(&b.probability));
}

/// Bins with about equally many cases each: edges are quantiles (linear interpolation) of the probabilities, and equal
/// probabilities share a bin. Empty bins are left out, so where one probability is very frequent there are fewer
/// bins than asked for. Cases of weight 0 do not count; weights are whole numbers.
///
/// `sorted` must be in ascending order of probability.
/// # Source
/// scikit-learn, `calibration_curve(strategy="quantile")`; oracle: the same.
#[must_use]
pub fn reliability_curve(sorted: &[Forecast], bins: usize) -> Vec<ReliabilityPoint> {
    let edges = quantile_edges(sorted, bins);
    let mut curve = Vec::with_capacity(bins);
    let mut rest = sorted;
    for edge in edges.into_iter().map(Some).chain([None]) {
        let end = edge.map_or(rest.len(), |e| rest.partition_point(|f| f.probability <= e));
        let (bin, after) = rest.split_at(end);
        rest = after;
        let (mut n, mut given, mut came) = (0.0, 0.0, 0.0);
        for f in bin {
            n += f.weight;
            given += f.weight * f.probability;
            came += f.weight * f64::from(f.outcome);
        }
        if n > 0.0 {
            curve.push(ReliabilityPoint { predicted: given / n, observed: came / n, n });
        }
    }
    curve
}

/// The inner edges of equal-mass bins.
fn quantile_edges(sorted: &[Forecast], bins: usize) -> Vec<f64> {
    let total: f64 = sorted.iter().map(|f| f.weight).sum();
    let mut cases = sorted.iter().filter(|f| f.weight > 0.0).peekable();
    let mut edges = Vec::with_capacity(bins.saturating_sub(1));
    // `before` counts the cases passed: the case at rank r is the first with before + weight > r.
    let mut before = 0.0;
    for k in 1..bins {
        // In this order the rank is exact where it is a whole number.
        let rank = (total - 1.0).max(0.0) * k as f64 / bins as f64;
        while let Some(case) = cases.next_if(|f| before + f.weight <= rank.floor()) {
            before += case.weight;
        }
        let mut ahead = cases.clone();
        let Some(low) = ahead.next() else { break };
        let next_is_low = before + low.weight > rank.floor() + 1.0;
        let high = ahead.next().filter(|_| !next_is_low).unwrap_or(low);
        edges.push(low.probability + (high.probability - low.probability) * rank.fract());
    }
    edges
}

/// Expected calibration error over equal-mass bins: the mean gap between probability and frequency. `None` without
/// cases. `sorted` must be in ascending order of probability.
/// # Source
/// Naeini et al. 2015, over the bins of [`reliability_curve`].
#[must_use]
pub fn expected_calibration_error(sorted: &[Forecast], bins: usize) -> Option<f64> {
    let curve = reliability_curve(sorted, bins);
    let total = curve.iter().map(|p| p.n).sum();
    share(curve.iter().map(|p| p.n * (p.predicted - p.observed).abs()).sum(), total)
}

/// Mean squared distance of the probability from what came.
/// # Source
/// Brier 1950; oracle: scikit-learn `brier_score_loss`.
#[must_use]
pub fn brier(forecasts: &[Forecast]) -> Option<f64> {
    mean_loss(forecasts, |f| (f.probability - f64::from(f.outcome)).powi(2))
}

/// Mean negative logarithm of the probability given to what came; probabilities are kept `f64::EPSILON` away from 0
/// and 1.
/// # Source
/// Oracle: scikit-learn `log_loss`.
#[must_use]
pub fn log_loss(forecasts: &[Forecast]) -> Option<f64> {
    mean_loss(forecasts, |f| {
        let p = f.probability.clamp(f64::EPSILON, 1.0 - f64::EPSILON);
        -(if f.outcome { p } else { 1.0 - p }).ln()
    })
}

fn mean_loss(forecasts: &[Forecast], loss: impl Fn(&Forecast) -> f64) -> Option<f64> {
    let total = forecasts.iter().map(|f| f.weight).sum();
    share(forecasts.iter().map(|f| f.weight * loss(f)).sum(), total)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::statistic::to_count;

    fn forecasts() -> impl Strategy<Value = Vec<Forecast>> {
        prop::collection::vec((0u8..=20, any::<bool>(), 0u8..4), 0..60).prop_map(|cases| {
            let mut all: Vec<Forecast> = cases
                .into_iter()
                .map(|(p, outcome, w)| Forecast {
                    probability: f64::from(p) / 20.0,
                    outcome,
                    weight: f64::from(w),
                })
                .collect();
            sort(&mut all);
            all
        })
    }

    proptest! {
        #[test]
        fn a_weight_is_so_many_cases(weighted in forecasts(), bins in 1usize..12) {
            let repeated: Vec<Forecast> = weighted
                .iter()
                .flat_map(|f| std::iter::repeat_n(Forecast { weight: 1.0, ..*f }, to_count(f.weight)))
                .collect();
            let (a, b) = (reliability_curve(&weighted, bins), reliability_curve(&repeated, bins));
            prop_assert_eq!(a.len(), b.len());
            for (a, b) in a.iter().zip(&b) {
                prop_assert!((a.predicted - b.predicted).abs() < 1e-12 && (a.observed - b.observed).abs() < 1e-12);
                prop_assert_eq!(to_count(a.n), to_count(b.n));
            }
            prop_assert_eq!(to_count(a.iter().map(|p| p.n).sum()), repeated.len());
            prop_assert!(a.len() <= bins);
        }

        #[test]
        fn certainty_that_comes_true_is_free(outcomes in prop::collection::vec(any::<bool>(), 1..30)) {
            let mut sure: Vec<Forecast> = outcomes
                .iter()
                .map(|&outcome| Forecast { probability: f64::from(outcome), outcome, weight: 1.0 })
                .collect();
            sort(&mut sure);
            prop_assert_eq!(expected_calibration_error(&sure, 10), Some(0.0));
            prop_assert_eq!(brier(&sure), Some(0.0));
            prop_assert!(log_loss(&sure).unwrap() < 1e-12);
        }
    }

    #[test]
    fn no_data_is_none() {
        assert_eq!((expected_calibration_error(&[], 10), brier(&[]), log_loss(&[])), (None, None, None));
    }
}
