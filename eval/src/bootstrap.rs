//! Intervals by resampling records, seeded, the same on any number of threads.

use std::fmt;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::normal;
use crate::random::SplitMix64;
use crate::statistic::{Statistic, to_count};

/// Settings of a bootstrap; all must be given.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BootstrapConfig {
    /// Number of resamples; 1,000 or more for what is published.
    pub resamples: usize,
    /// Share of the distribution inside the interval, between 0 and 1.
    pub confidence: f64,
    /// Seed.
    pub seed: u64,
    /// Kind of interval.
    pub method: Method,
}

/// Kind of interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Quantiles of the resamples.
    Percentile,
    /// Bias-corrected and accelerated: better for skewed figures; costs one more evaluation a record.
    Bca,
}

/// A figure with its interval and the number of cases it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The figure; `None` without data.
    pub value: Option<f64>,
    /// Lower end of the interval.
    pub low: Option<f64>,
    /// Upper end of the interval.
    pub high: Option<f64>,
    /// Number of cases, in the figure's unit.
    pub n: usize,
}

/// The value with its interval; a dash where there is none.
impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.value, self.low, self.high) {
            (Some(value), Some(low), Some(high)) => write!(f, "{value:.3} ({low:.3} to {high:.3})"),
            (Some(value), _, _) => write!(f, "{value:.3}"),
            (None, _, _) => f.write_str("–"),
        }
    }
}

/// An interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Figures over the same resamples of the same records, so that any difference between them is paired.
#[derive(Debug, Clone)]
pub struct Bootstrap {
    /// One entry a figure.
    observed: Vec<Option<f64>>,
    /// Number of cases of each figure.
    cases: Vec<usize>,
    /// `(resamples, figures)`.
    replicates: Vec<Vec<Option<f64>>>,
    /// `(records, figures)`, each without one record; empty unless BCa.
    jackknife: Vec<Vec<Option<f64>>>,
    confidence: f64,
}

/// Share of resamples in which a figure must exist for its interval to be given.
const DEFINED: f64 = 0.9;

impl BootstrapConfig {
    fn check(&self) -> Result<()> {
        if self.resamples == 0 {
            return Err(Error::BadSetting { field: "resamples", got: 0.0, expected: "at least 1" });
        }
        if !(self.confidence > 0.0 && self.confidence < 1.0) {
            return Err(Error::BadSetting {
                field: "confidence",
                got: self.confidence,
                expected: "between 0 and 1, both excluded",
            });
        }
        Ok(())
    }
}

impl Bootstrap {
    /// Resamples the records with replacement and computes every figure on each resample.
    /// # Errors
    /// [`Error::BadSetting`]; [`Error::LengthMismatch`] when the figures are not over the same number of records.
    pub fn run(statistics: &[&dyn Statistic], config: &BootstrapConfig) -> Result<Self> {
        config.check()?;
        let records = statistics.first().map_or(0, |s| s.records());
        if let Some(other) = statistics.iter().map(|s| s.records()).find(|&r| r != records) {
            return Err(Error::LengthMismatch {
                what: "records under one bootstrap",
                expected: records,
                got: other,
            });
        }
        let evaluate = |weights: &[f64]| statistics.iter().map(|s| s.value(weights)).collect::<Vec<_>>();
        let all = vec![1.0; records];
        // Each resample has its own stream of numbers, so the order in which threads take them does not matter.
        let replicates = (0..config.resamples)
            .into_par_iter()
            .map_init(
                || vec![0.0; records],
                |weights, replicate| {
                    resample(weights, config.seed, replicate as u64);
                    evaluate(weights)
                },
            )
            .collect();
        let jackknife = match config.method {
            Method::Percentile => Vec::new(),
            Method::Bca => (0..records)
                .into_par_iter()
                .map_init(
                    || all.clone(),
                    |weights, left_out| {
                        set(weights, left_out, 0.0);
                        let values = evaluate(weights);
                        set(weights, left_out, 1.0);
                        values
                    },
                )
                .collect(),
        };
        Ok(Self {
            observed: evaluate(&all),
            cases: statistics.iter().map(|s| to_count(s.cases(&all))).collect(),
            replicates,
            jackknife,
            confidence: config.confidence,
        })
    }

    /// A figure with its interval; `None` values past the last figure.
    #[must_use]
    pub fn estimate(&self, figure: usize) -> Estimate {
        let n = self.cases.get(figure).copied().unwrap_or(0);
        self.estimate_of(|values| values.get(figure).copied().flatten(), n)
    }

    /// Figure `a` less figure `b`, paired; `n` is the smaller number of cases.
    #[must_use]
    pub fn difference(&self, a: usize, b: usize) -> Estimate {
        let n = self.cases.get(a).copied().unwrap_or(0).min(self.cases.get(b).copied().unwrap_or(0));
        self.estimate_of(|v| difference(v, a, b), n)
    }

    /// Anything computed from the figures, such as the largest less the smallest, with its interval.
    #[must_use]
    pub fn estimate_of(&self, of: impl Fn(&[Option<f64>]) -> Option<f64>, n: usize) -> Estimate {
        let value = of(&self.observed);
        let interval = value.and_then(|v| self.interval(v, of));
        Estimate { value, low: interval.map(|i| i.low), high: interval.map(|i| i.high), n }
    }

    /// Two-sided bootstrap p-value of "figure `a` equals figure `b`": twice the smaller share of resamples on either
    /// side of 0, never below 2 over the number of resamples plus 1. `None` as for intervals.
    #[must_use]
    pub fn p_value(&self, a: usize, b: usize) -> Option<f64> {
        difference(&self.observed, a, b)?;
        let values = self.defined(|v| difference(v, a, b))?;
        let n = values.len() as f64;
        let below = values.iter().filter(|&&v| v <= 0.0).count() as f64;
        let above = values.iter().filter(|&&v| v >= 0.0).count() as f64;
        Some((2.0 * (below.min(above) + 1.0) / (n + 1.0)).min(1.0))
    }

    fn defined(&self, of: impl Fn(&[Option<f64>]) -> Option<f64>) -> Option<Vec<f64>> {
        let mut values: Vec<f64> = self.replicates.iter().filter_map(|v| of(v)).collect();
        values.sort_by(f64::total_cmp);
        (!values.is_empty() && values.len() as f64 >= DEFINED * self.replicates.len() as f64)
            .then_some(values)
    }

    fn interval(&self, observed: f64, of: impl Fn(&[Option<f64>]) -> Option<f64>) -> Option<Interval> {
        let replicates = self.defined(&of)?;
        let jackknife: Vec<f64> = self.jackknife.iter().filter_map(|v| of(v)).collect();
        if jackknife.is_empty() {
            percentile_interval(&replicates, self.confidence)
        } else {
            bca_interval(&replicates, observed, &jackknife, self.confidence)
        }
    }
}

/// The middle of a sorted distribution.
#[must_use]
pub fn percentile_interval(sorted: &[f64], confidence: f64) -> Option<Interval> {
    let tail = (1.0 - confidence) / 2.0;
    Some(Interval { low: quantile(sorted, tail)?, high: quantile(sorted, 1.0 - tail)? })
}

/// Bias-corrected and accelerated interval of a sorted distribution. Where the correction is not defined (all resamples
/// on one side of the observed value) it is the percentile interval.
/// # Shapes
/// `sorted`: one value a resample; `jackknife`: one value a record left out.
/// # Source
/// Efron and Tibshirani 1993, chapter 14; oracle: SciPy `bootstrap(method="BCa")`.
#[must_use]
pub fn bca_interval(sorted: &[f64], observed: f64, jackknife: &[f64], confidence: f64) -> Option<Interval> {
    let below = sorted.partition_point(|&v| v < observed);
    let up_to = sorted.partition_point(|&v| v <= observed);
    let bias = normal::quantile((below + up_to) as f64 / (2.0 * sorted.len() as f64));
    if !bias.is_finite() {
        return percentile_interval(sorted, confidence);
    }
    let n = jackknife.len() as f64;
    let mean = jackknife.iter().sum::<f64>() / n;
    let power = |p: i32| jackknife.iter().map(|v| (mean - v).powi(p)).sum::<f64>();
    let spread = power(2);
    let acceleration = if spread > 0.0 { power(3) / (6.0 * spread.powf(1.5)) } else { 0.0 };
    let z = normal::quantile((1.0 - confidence) / 2.0);
    let level = |z: f64| normal::cdf(bias + (bias + z) / (1.0 - acceleration * (bias + z)));
    Some(Interval { low: quantile(sorted, level(z))?, high: quantile(sorted, level(-z))? })
}

/// Quantile of sorted values, linear between ranks as NumPy's default; `None` without values.
#[must_use]
pub fn quantile(sorted: &[f64], q: f64) -> Option<f64> {
    let rank = q.clamp(0.0, 1.0) * (sorted.len().checked_sub(1)? as f64);
    let below = to_count(rank.floor());
    let low = *sorted.get(below)?;
    let high = sorted.get(below + 1).copied().unwrap_or(low);
    Some(low + (high - low) * rank.fract())
}

fn difference(values: &[Option<f64>], a: usize, b: usize) -> Option<f64> {
    Some(values.get(a).copied().flatten()? - values.get(b).copied().flatten()?)
}

fn set(weights: &mut [f64], i: usize, weight: f64) {
    if let Some(w) = weights.get_mut(i) {
        *w = weight;
    }
}

/// Draws as many records as there are, with replacement: how often each came.
fn resample(weights: &mut [f64], seed: u64, replicate: u64) {
    weights.fill(0.0);
    let n = weights.len();
    let mut random = SplitMix64(SplitMix64(seed).next() ^ SplitMix64(!replicate).next());
    for _ in 0..n {
        if let Some(w) = weights.get_mut(random.below(n)) {
            *w += 1.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::statistic::Additive;

    fn config(seed: u64, method: Method) -> BootstrapConfig {
        BootstrapConfig { resamples: 200, confidence: 0.9, seed, method }
    }

    fn run(values: &[f64], seed: u64, method: Method) -> Bootstrap {
        let mean = Additive::mean(values.iter().copied().map(Some));
        let double = Additive::mean(values.iter().map(|v| Some(2.0 * v)));
        Bootstrap::run(&[&mean, &double], &config(seed, method)).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn the_seed_decides_and_threads_do_not(values in prop::collection::vec(0.0f64..1.0, 2..40), seed: u64) {
            for method in [Method::Percentile, Method::Bca] {
                let here = run(&values, seed, method);
                for threads in [1, 3] {
                    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                    let there = pool.install(|| run(&values, seed, method));
                    prop_assert_eq!(&here.replicates, &there.replicates);
                    prop_assert_eq!(here.estimate(0), there.estimate(0));
                }
            }
        }

        #[test]
        fn a_system_does_not_differ_from_itself(values in prop::collection::vec(0.0f64..1.0, 2..40), seed: u64) {
            let b = run(&values, seed, Method::Bca);
            let d = b.difference(0, 0);
            prop_assert_eq!((d.value, d.low, d.high), (Some(0.0), Some(0.0), Some(0.0)));
            prop_assert_eq!(b.p_value(0, 0), Some(1.0));
            // Pairing: twice the values less the values is the values again, on every resample.
            let (mean, gap) = (b.estimate(0), b.difference(1, 0));
            prop_assert!((mean.low.unwrap() - gap.low.unwrap()).abs() < 1e-9);
            prop_assert!((mean.high.unwrap() - gap.high.unwrap()).abs() < 1e-9);
        }

        #[test]
        fn the_interval_holds_the_distribution(values in prop::collection::vec(0.0f64..1.0, 2..40), seed: u64) {
            let b = run(&values, seed, Method::Percentile);
            let e = b.estimate(0);
            let inside = b.replicates.iter().filter(|r| e.low <= r[0] && r[0] <= e.high).count();
            prop_assert!(inside as f64 >= 0.9 * 200.0);
            let (lowest, highest) = values.iter().fold((1.0f64, 0.0f64), |(l, h), &v| (l.min(v), h.max(v)));
            prop_assert!(e.low.unwrap() >= lowest - 1e-12 && e.high.unwrap() <= highest + 1e-12);
        }

        #[test]
        fn a_resample_draws_as_many(n in 1usize..200, seed: u64, replicate: u64) {
            let mut weights = vec![0.0; n];
            resample(&mut weights, seed, replicate);
            prop_assert_eq!(to_count(weights.iter().sum()), n);
        }
    }

    #[test]
    fn the_width_is_that_of_the_standard_error() {
        // The mean of n draws of variance s² has standard error s/√n; a 90 % interval is 1.645 of it either side.
        let values: Vec<f64> = (0..400).map(|i| f64::from(i % 20)).collect();
        let mean = Additive::mean(values.iter().copied().map(Some));
        for method in [Method::Percentile, Method::Bca] {
            let config = BootstrapConfig { resamples: 4000, ..config(7, method) };
            let e = Bootstrap::run(&[&mean], &config).unwrap().estimate(0);
            let expected = 2.0 * 1.645 * (399.0f64 / 12.0 / 400.0).sqrt();
            let got = e.high.unwrap() - e.low.unwrap();
            assert!((got / expected - 1.0).abs() < 0.06, "help: width {got}, expected about {expected}");
            assert_eq!((e.value, e.n), (Some(9.5), 400));
        }
    }

    #[test]
    fn no_data_is_none_and_bad_settings_are_errors() {
        let none = Additive::mean([None, None]);
        let e = Bootstrap::run(&[&none], &config(1, Method::Bca)).unwrap().estimate(0);
        assert_eq!((e.value, e.low, e.high, e.n), (None, None, None, 0));
        // One record in fifty has data: a third of the resamples have none, so there is a figure but no interval.
        let rare = Additive::mean((0..50).map(|i| (i == 0).then_some(1.0)));
        let e = Bootstrap::run(&[&rare], &config(1, Method::Percentile)).unwrap().estimate(0);
        assert_eq!((e.value, e.low, e.n), (Some(1.0), None, 1));
        let bad = BootstrapConfig { confidence: 1.0, ..config(1, Method::Bca) };
        assert_eq!(Bootstrap::run(&[&none], &bad).unwrap_err().code(), "bad_setting");
        let longer = Additive::mean([None, None, None]);
        let error = Bootstrap::run(&[&none, &longer], &config(1, Method::Bca)).unwrap_err();
        assert_eq!(error.code(), "length_mismatch");
    }
}
