//! Each figure's sufficient counts a record, so that resampling costs sums and not a second reading.

use std::collections::BTreeSet;

use ndarray::Array2;
use relat_engine::Taxonomy;

use crate::metrics::agreement::{self, Scale};
use crate::metrics::calibration::{self, Forecast};
use crate::metrics::classification::{self, Counts, MacroOver, Scored};
use crate::metrics::ordinal::{self, LEVELS};
use crate::metrics::{mean, share, status};
use crate::reading::Pair;
use crate::statistic::{Additive, Count, Figure, Statistic, get, ratio};

/// Bins of the calibration error of needs.
pub const CALIBRATION_BINS: usize = 10;

/// What to make of counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountOf {
    /// F1; its cases are the reference's.
    F1,
    /// Recall; its cases are the reference's.
    Recall,
    /// Precision; its cases are the predicted.
    Precision,
}

/// What to make of levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LevelOf {
    /// Quadratic-weighted kappa.
    Qwk,
    /// Krippendorff's alpha on an ordinal scale.
    OrdinalAlpha,
    /// Mean absolute error.
    Mae,
    /// Mean of predicted less reference.
    SignedError,
    /// Share at most one step apart.
    Within1,
    /// Share of the reference's levels that were given.
    Coverage,
    /// Share of domains without reference level for which one was given.
    Invented,
}

/// The alert needs of a set.
#[must_use]
pub fn alerts(needs: &BTreeSet<usize>, taxonomy: &Taxonomy) -> BTreeSet<usize> {
    let is_alert = |code: &usize| taxonomy.needs().get(*code).is_some_and(|n| n.alert);
    needs.iter().copied().filter(is_alert).collect()
}

/// A figure of the counts of all records together.
pub fn micro(records: impl IntoIterator<Item = Counts>, of: CountOf) -> Additive {
    let rows = records.into_iter().map(|c| count_row(0, c).collect()).collect();
    let (figure, count): (Figure, Count) = match of {
        CountOf::F1 => (|s| counts_at(s, 0).f1(), |s| counts_at(s, 0).support()),
        CountOf::Recall => (|s| counts_at(s, 0).recall(), |s| counts_at(s, 0).support()),
        CountOf::Precision => (|s| counts_at(s, 0).precision(), |s| get(s, 0) + get(s, 1)),
    };
    Additive { width: 3, rows, figure, count }
}

/// Mean F1 over codes that the reference has.
/// # Shapes
/// `counts`: one entry a record, and within it one a code, `n_codes`.
pub fn macro_f1(counts: impl IntoIterator<Item = Vec<Counts>>, n_codes: usize) -> Additive {
    let row = |counts: Vec<Counts>| {
        counts.into_iter().enumerate().flat_map(|(code, c)| count_row(code, c)).collect()
    };
    Additive {
        width: 3 * n_codes,
        rows: counts.into_iter().map(row).collect(),
        figure: |s| classification::macro_f1(&all_counts(s), MacroOver::Supported),
        count: |s| all_counts(s).into_iter().sum::<Counts>().support(),
    }
}

fn all_counts(sums: &[f64]) -> Vec<Counts> {
    (0..sums.len() / 3).map(|code| counts_at(sums, code)).collect()
}

fn count_row(code: usize, counts: Counts) -> impl Iterator<Item = (usize, f64)> {
    let sums = [counts.true_positives, counts.false_positives, counts.false_negatives];
    sums.into_iter().enumerate().filter(|&(_, n)| n > 0.0).map(move |(i, n)| (3 * code + i, n))
}

fn counts_at(sums: &[f64], code: usize) -> Counts {
    Counts {
        true_positives: get(sums, 3 * code),
        false_positives: get(sums, 3 * code + 1),
        false_negatives: get(sums, 3 * code + 2),
    }
}

/// Share of what the reference has as absent, past or other that is shown as present.
#[must_use]
pub fn non_present_shown(pairs: &[Pair]) -> Additive {
    let row = |pair: &Pair| {
        let (mut shown, mut all) = (0.0, 0.0);
        for (_, predicted) in status::cells(pair).filter(|(reference, _)| (1..4).contains(reference)) {
            all += 1.0;
            shown += f64::from(predicted == 0);
        }
        vec![(0, shown), (1, all)]
    };
    Additive {
        width: 2,
        rows: pairs.iter().map(row).collect(),
        figure: |s| ratio(s, 0, 1),
        count: |s| get(s, 1),
    }
}

// The sums of levels: the confusion matrix row by row, then these.
const MISSED: usize = LEVELS * LEVELS;
const INVENTED: usize = MISSED + 1;
const NEITHER: usize = MISSED + 2;

/// A figure of levels: of one domain, or of all together.
#[must_use]
pub fn levels(pairs: &[Pair], domain: Option<usize>, of: LevelOf) -> Additive {
    let row = |pair: &Pair| {
        let levels = pair.reference.levels.iter().zip(&pair.predicted.levels);
        let wanted = levels.enumerate().filter(|(d, _)| domain.is_none_or(|only| only == *d));
        wanted.map(|(_, (&r, &p))| (level_cell(r, p), 1.0)).collect()
    };
    let (figure, count): (Figure, Count) = match of {
        LevelOf::Qwk => (|s| ordinal::quadratic_weighted_kappa(confusion(s).view()), assessed),
        LevelOf::OrdinalAlpha => (|s| agreement::alpha_of_two(confusion(s).view(), Scale::Ordinal), assessed),
        LevelOf::Mae => (|s| ordinal::mean_absolute_error(confusion(s).view()), assessed),
        LevelOf::SignedError => (|s| ordinal::signed_error(confusion(s).view()), assessed),
        LevelOf::Within1 => (|s| ordinal::within(confusion(s).view(), 1.0), assessed),
        LevelOf::Coverage => (|s| share(assessed(s), gold_levels(s)), gold_levels),
        LevelOf::Invented => (|s| share(get(s, INVENTED), silent(s)), silent),
    };
    Additive { width: NEITHER + 1, rows: pairs.iter().map(row).collect(), figure, count }
}

fn level_cell(reference: Option<u8>, predicted: Option<u8>) -> usize {
    match (reference.and_then(ordinal::index), predicted.and_then(ordinal::index)) {
        (Some(r), Some(p)) => r * LEVELS + p,
        (Some(_), None) => MISSED,
        (None, Some(_)) => INVENTED,
        (None, None) => NEITHER,
    }
}

fn confusion(sums: &[f64]) -> Array2<f64> {
    Array2::from_shape_fn((LEVELS, LEVELS), |(r, p)| get(sums, r * LEVELS + p))
}

fn assessed(sums: &[f64]) -> f64 {
    sums.iter().take(MISSED).sum()
}

fn gold_levels(sums: &[f64]) -> f64 {
    assessed(sums) + get(sums, MISSED)
}

fn silent(sums: &[f64]) -> f64 {
    get(sums, INVENTED) + get(sums, NEITHER)
}

/// P(present) of each need of a record, and whether it is.
fn need_outcomes(pair: &Pair, n_needs: usize) -> impl Iterator<Item = (f64, bool)> {
    (0..n_needs).map(|code| (pair.predicted.probability(code), pair.reference.needs.contains(&code)))
}

/// Brier score of needs over every pair of a record and a need.
#[must_use]
pub fn brier(pairs: &[Pair], n_needs: usize) -> Additive {
    let row = |pair: &Pair| {
        let loss = need_outcomes(pair, n_needs).map(|(p, so)| (p - f64::from(so)).powi(2)).sum();
        vec![(0, loss), (1, n_needs as f64)]
    };
    Additive {
        width: 2,
        rows: pairs.iter().map(row).collect(),
        figure: |s| ratio(s, 0, 1),
        count: |s| get(s, 1),
    }
}

/// Calibration error of needs. The bins' edges are quantiles of the resample, so it is not a function of sums: the
/// cases are sorted once and weighed on each resample.
#[derive(Debug, Clone)]
pub struct NeedCalibration {
    records: usize,
    /// In ascending order of probability.
    cases: Vec<(Forecast, usize)>,
}

impl NeedCalibration {
    /// Over the pairs of a record and a need given at least `floor`.
    #[must_use]
    pub fn new(pairs: &[Pair], n_needs: usize, floor: f64) -> Self {
        let of_record = |(record, pair): (usize, &Pair)| {
            need_outcomes(pair, n_needs)
                .map(move |(probability, outcome)| (Forecast { probability, outcome, weight: 1.0 }, record))
                .collect::<Vec<_>>()
        };
        let mut cases: Vec<_> = pairs.iter().enumerate().flat_map(of_record).collect();
        cases.retain(|(f, _)| f.probability >= floor);
        cases.sort_by(|(a, _), (b, _)| a.probability.total_cmp(&b.probability));
        Self { records: pairs.len(), cases }
    }

    /// The cases when record `i` counts `weights[i]` times, in ascending order of probability.
    #[must_use]
    pub fn forecasts(&self, weights: &[f64]) -> Vec<Forecast> {
        self.cases.iter().map(|&(f, record)| Forecast { weight: get(weights, record), ..f }).collect()
    }
}

impl Statistic for NeedCalibration {
    fn records(&self) -> usize {
        self.records
    }

    fn value(&self, weights: &[f64]) -> Option<f64> {
        calibration::expected_calibration_error(&self.forecasts(weights), CALIBRATION_BINS)
    }

    fn cases(&self, weights: &[f64]) -> f64 {
        self.cases.iter().map(|&(_, record)| get(weights, record)).sum()
    }
}

/// Mean over codes that the reference has of the average precision of P(present).
#[derive(Debug, Clone)]
pub struct MacroAp {
    records: usize,
    /// For each code, its cases in descending order of probability: sorting them again on a resample is then cheap.
    codes: Vec<Vec<(f64, bool, usize)>>,
}

impl MacroAp {
    /// Over all needs.
    #[must_use]
    pub fn new(pairs: &[Pair], n_needs: usize) -> Self {
        Self::of_codes(pairs, 0..n_needs)
    }

    /// Over some needs; over one, its average precision.
    #[must_use]
    pub fn of_codes(pairs: &[Pair], codes: impl IntoIterator<Item = usize>) -> Self {
        let of_code = |code: usize| {
            let case = |(record, pair): (usize, &Pair)| {
                (pair.predicted.probability(code), pair.reference.needs.contains(&code), record)
            };
            let mut cases: Vec<_> = pairs.iter().enumerate().map(case).collect();
            cases.sort_by(|a, b| b.0.total_cmp(&a.0));
            cases
        };
        Self { records: pairs.len(), codes: codes.into_iter().map(of_code).collect() }
    }
}

impl Statistic for MacroAp {
    fn records(&self) -> usize {
        self.records
    }

    fn value(&self, weights: &[f64]) -> Option<f64> {
        let of_code = |cases: &Vec<(f64, bool, usize)>| {
            let weigh =
                |&(score, positive, record): &_| Scored { score, positive, weight: get(weights, record) };
            classification::average_precision(&cases.iter().map(weigh).collect::<Vec<_>>())
        };
        mean(self.codes.iter().map(of_code))
    }

    fn cases(&self, weights: &[f64]) -> f64 {
        let positives = self.codes.iter().flatten().filter(|(_, positive, _)| *positive);
        positives.map(|&(_, _, record)| get(weights, record)).sum()
    }
}
