//! Shares and means with their n and their interval: a figure without them is not shown.

use serde::{Deserialize, Serialize};

/// 97.5% quantile of the normal distribution: two-sided 95% intervals.
const Z95: f64 = 1.959_963_984_540_054;

/// How many of how many, with Wilson's 95% interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// Cases counted.
    pub n: usize,
    /// Cases of which the thing is true.
    pub hits: usize,
    /// `hits / n`, 0 to 1; null without cases.
    pub value: Option<f64>,
    /// Lower end of the interval; null without cases.
    pub low: Option<f64>,
    /// Upper end of the interval; null without cases.
    pub high: Option<f64>,
}

impl Share {
    /// The share `hits` of `n`.
    /// # Source
    /// Wilson (1927), score interval without continuity correction.
    #[must_use]
    pub fn new(hits: usize, n: usize) -> Self {
        if n == 0 {
            return Self { n, hits, value: None, low: None, high: None };
        }
        let (k, m) = (real(hits), real(n));
        let p = k / m;
        let z2 = Z95 * Z95;
        let centre = (p + z2 / (2.0 * m)) / (1.0 + z2 / m);
        let half = Z95 / (1.0 + z2 / m) * (p * (1.0 - p) / m + z2 / (4.0 * m * m)).sqrt();
        // At 0 and at n the interval touches the end exactly; arithmetic alone misses it by a rounding.
        let low = if hits == 0 { 0.0 } else { (centre - half).max(0.0) };
        let high = if hits >= n { 1.0 } else { (centre + half).min(1.0) };
        Self { n, hits, value: Some(p), low: Some(low), high: Some(high) }
    }

    /// The share of items of which a test is true.
    #[must_use]
    pub fn of<T>(items: impl IntoIterator<Item = T>, test: impl Fn(T) -> bool) -> Self {
        let (mut hits, mut n) = (0, 0);
        for item in items {
            n += 1;
            hits += usize::from(test(item));
        }
        Self::new(hits, n)
    }
}

/// A mean over units that come in records, such as codes, with a 95% percentile interval from a bootstrap that
/// draws whole records: units of one record are no independent draws.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Records with at least one unit.
    pub records: usize,
    /// Units averaged.
    pub n: usize,
    /// The mean; null without units.
    pub value: Option<f64>,
    /// Lower end of the interval; null without units.
    pub low: Option<f64>,
    /// Upper end of the interval; null without units.
    pub high: Option<f64>,
}

/// How intervals are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resampling {
    /// Number of resamples.
    pub resamples: usize,
    /// Seed: the same seed gives the same interval.
    pub seed: u64,
}

impl Estimate {
    /// The mean of the units of some records, each given as the sum over its units and their number.
    /// # Source
    /// Efron and Tibshirani (1993), chapter 13: percentile interval; Field and Welsh (2007): cluster bootstrap.
    #[must_use]
    pub fn of_records(sums: &[(f64, usize)], resampling: Resampling) -> Self {
        let records: Vec<(f64, usize)> = sums.iter().copied().filter(|&(_, n)| n > 0).collect();
        let n = records.iter().map(|r| r.1).sum();
        if n == 0 || resampling.resamples == 0 {
            return Self { records: records.len(), n, value: None, low: None, high: None };
        }
        let mut random = SplitMix(resampling.seed);
        let mut means: Vec<f64> = (0..resampling.resamples)
            .map(|_| {
                let draws = (0..records.len()).filter_map(|_| records.get(random.below(records.len())));
                let (sum, n) = draws.fold((0.0, 0), |(s, n), r| (s + r.0, n + r.1));
                sum / real(n)
            })
            .collect();
        means.sort_by(f64::total_cmp);
        let at = |per_mille: usize| means.get((means.len() - 1) * per_mille / 1000).copied();
        let value = Some(records.iter().map(|r| r.0).sum::<f64>() / real(n));
        Self { records: records.len(), n, value, low: at(25), high: at(975) }
    }
}

/// Steele, Lea and Flood's `SplitMix64`: a generator small enough to be read, and the same on every machine.
#[derive(Debug, Clone)]
pub(crate) struct SplitMix(pub(crate) u64);

impl SplitMix {
    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`, which is not 0; the bias is under `n / 2^64`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        let wide = u128::from(self.next()) * (n as u128);
        usize::try_from(wide >> 64).unwrap_or(0)
    }
}

/// A count as a real number: exact below 2^53.
#[expect(clippy::cast_precision_loss, reason = "counts of records are far below 2^53")]
pub(crate) fn real(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wilson_interval_equals_statsmodels() {
        // statsmodels 0.15.0 proportion_confint(k, n, method="wilson")
        for (k, n, low, high) in [
            (0, 10, 0.0, 0.277_532_799_862_889_26),
            (8, 10, 0.490_162_471_536_641_83, 0.943_317_848_545_624_7),
            (37, 40, 0.801_357_664_756_894_6, 0.974_163_974_225_411_9),
        ] {
            let share = Share::new(k, n);
            assert!((share.low.unwrap() - low).abs() < 1e-9, "{k}/{n} low {:?}", share.low);
            assert!((share.high.unwrap() - high).abs() < 1e-9, "{k}/{n} high {:?}", share.high);
        }
    }

    proptest! {
        #[test]
        fn an_interval_holds_its_value(hits in 0usize..200, more in 0usize..200, values in proptest::collection::vec(-4.0..4.0f64, 1..60), seed: u64) {
            let share = Share::new(hits, hits + more);
            if let (Some(low), Some(value), Some(high)) = (share.low, share.value, share.high) {
                prop_assert!(0.0 <= low && low <= value && value <= high && high <= 1.0);
            } else {
                prop_assert_eq!(share.n, 0);
            }
            let resampling = Resampling { resamples: 200, seed };
            let units = |by: f64| values.iter().map(|v| (v + by, 1)).collect::<Vec<_>>();
            let mean = Estimate::of_records(&units(0.0), resampling);
            prop_assert!(mean.low.unwrap() <= mean.high.unwrap());
            prop_assert_eq!(mean.n, values.len());
            let up = Estimate::of_records(&units(1.0), resampling);
            prop_assert!((up.low.unwrap() - mean.low.unwrap() - 1.0).abs() < 1e-9, "help: the interval must move with the values");
        }
    }
}
