//! Shares of independent cases with their n and their interval.

use serde::{Deserialize, Serialize};

use crate::bootstrap::Estimate;

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

impl From<Share> for Estimate {
    fn from(share: Share) -> Self {
        Self { value: share.value, low: share.low, high: share.high, n: share.n }
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
        fn an_interval_holds_its_value(hits in 0usize..200, more in 0usize..200) {
            let share = Share::new(hits, hits + more);
            if let (Some(low), Some(value), Some(high)) = (share.low, share.value, share.high) {
                prop_assert!(0.0 <= low && low <= value && value <= high && high <= 1.0);
            } else {
                prop_assert_eq!(share.n, 0);
            }
        }
    }
}
