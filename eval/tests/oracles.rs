//! Figures equal those of outside libraries, to 1e-9, on the cases that `oracles/metrics.py` wrote.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use ndarray::Array2;
use relat_engine::Language;
use relat_eval::bootstrap::{BootstrapConfig, Method, bca_interval, percentile_interval};
use relat_eval::corpus::Record;
use relat_eval::groups::{Feature, Grouping};
use relat_eval::metric_frame::{MetricFrame, holm};
use relat_eval::metrics::agreement::{self, KappaWeights, Scale};
use relat_eval::metrics::calibration::{self, Forecast};
use relat_eval::metrics::classification::{self, Counts, MacroOver, Scored};
use relat_eval::metrics::ordinal::{self, LevelCounts};
use relat_eval::metrics::ranking;
use relat_eval::statistic::{Additive, Statistic};
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[expect(clippy::unwrap_used, reason = "a test helper: a missing oracle is a failed test")]
fn cases<T: DeserializeOwned>(name: &str) -> Vec<T> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("oracles").join(name);
    let cases: Vec<T> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(!cases.is_empty());
    cases
}

#[track_caller]
fn check(got: Option<f64>, expected: Option<f64>, what: &str, case: usize) {
    let same = match (got, expected) {
        (Some(g), Some(e)) => (g - e).abs() < 1e-9,
        (g, e) => g == e,
    };
    assert!(same, "help: {what} of case {case} is {got:?}, the oracle says {expected:?}");
}

#[derive(Deserialize)]
struct Classification {
    gold: Vec<Vec<u8>>,
    predicted: Vec<Vec<u8>>,
    scores: Vec<Vec<f64>>,
    precision: Vec<Option<f64>>,
    recall: Vec<Option<f64>>,
    f1: Vec<Option<f64>>,
    micro_f1: Option<f64>,
    macro_f1_supported: Option<f64>,
    macro_f1_seen: Option<f64>,
    average_precision: Vec<Option<f64>>,
}

fn set(row: &[u8]) -> BTreeSet<usize> {
    row.iter().enumerate().filter(|(_, v)| **v == 1).map(|(i, _)| i).collect()
}

#[test]
fn classification_equals_scikit_learn() {
    for (i, case) in cases::<Classification>("classification.json").into_iter().enumerate() {
        let gold: Vec<_> = case.gold.iter().map(|r| set(r)).collect();
        let predicted: Vec<_> = case.predicted.iter().map(|r| set(r)).collect();
        let counts = classification::by_code(gold.iter().zip(&predicted), case.f1.len());
        for (code, c) in counts.iter().enumerate() {
            check(c.precision(), case.precision[code], "precision", i);
            check(c.recall(), case.recall[code], "recall", i);
            check(c.f1(), case.f1[code], "F1", i);
            let scored: Vec<Scored> = (0..gold.len())
                .map(|r| Scored {
                    score: case.scores[r][code],
                    positive: gold[r].contains(&code),
                    weight: 1.0,
                })
                .collect();
            check(
                classification::average_precision(&scored),
                case.average_precision[code],
                "average precision",
                i,
            );
        }
        check(classification::micro_f1(&counts), case.micro_f1, "micro F1", i);
        check(
            classification::macro_f1(&counts, MacroOver::Supported),
            case.macro_f1_supported,
            "macro F1",
            i,
        );
        check(
            classification::macro_f1(&counts, MacroOver::Seen),
            case.macro_f1_seen,
            "macro F1, all seen",
            i,
        );
    }
}

#[derive(Deserialize)]
struct Levels {
    gold: Vec<u8>,
    predicted: Vec<u8>,
    kappa: Option<f64>,
    linear: Option<f64>,
    quadratic: Option<f64>,
    mae: Option<f64>,
    signed: Option<f64>,
    within_1: Option<f64>,
}

#[test]
fn levels_equal_scikit_learn() {
    for (i, case) in cases::<Levels>("levels.json").into_iter().enumerate() {
        let pairs = case.gold.iter().zip(&case.predicted).map(|(&g, &p)| (Some(g), Some(p)));
        let counts = LevelCounts::of_pairs(pairs);
        let c = counts.confusion.view();
        check(agreement::weighted_kappa(c, KappaWeights::Unweighted), case.kappa, "kappa", i);
        check(agreement::weighted_kappa(c, KappaWeights::Linear), case.linear, "linear kappa", i);
        check(ordinal::quadratic_weighted_kappa(c), case.quadratic, "quadratic kappa", i);
        check(ordinal::mean_absolute_error(c), case.mae, "absolute error", i);
        check(ordinal::signed_error(c), case.signed, "signed error", i);
        check(ordinal::within(c, 1.0), case.within_1, "within one", i);
    }
}

#[derive(Deserialize)]
struct Calibration {
    probabilities: Vec<f64>,
    outcomes: Vec<u8>,
    bins: usize,
    observed: Vec<f64>,
    predicted: Vec<f64>,
    sizes: Vec<f64>,
    ece: Option<f64>,
    brier: Option<f64>,
    log_loss: Option<f64>,
}

#[test]
fn calibration_equals_scikit_learn() {
    for (i, case) in cases::<Calibration>("calibration.json").into_iter().enumerate() {
        let mut forecasts: Vec<Forecast> = case
            .probabilities
            .iter()
            .zip(&case.outcomes)
            .map(|(&probability, &y)| Forecast { probability, outcome: y == 1, weight: 1.0 })
            .collect();
        calibration::sort(&mut forecasts);
        let curve = calibration::reliability_curve(&forecasts, case.bins);
        assert_eq!(curve.len(), case.sizes.len(), "help: number of bins of case {i}");
        for (bin, point) in curve.iter().enumerate() {
            check(Some(point.observed), Some(case.observed[bin]), "observed", i);
            check(Some(point.predicted), Some(case.predicted[bin]), "predicted", i);
            check(Some(point.n), Some(case.sizes[bin]), "size of a bin", i);
        }
        check(calibration::expected_calibration_error(&forecasts, case.bins), case.ece, "ECE", i);
        check(calibration::brier(&forecasts), case.brier, "Brier", i);
        check(calibration::log_loss(&forecasts), case.log_loss, "log loss", i);
    }
}

#[derive(Deserialize)]
struct Ranking {
    gold: BTreeSet<usize>,
    ranking: Vec<usize>,
    ndcg: BTreeMap<String, f64>,
    recall: BTreeMap<String, f64>,
}

#[test]
fn ranking_equals_scikit_learn() {
    for (i, case) in cases::<Ranking>("ranking.json").into_iter().enumerate() {
        for (k, expected) in &case.ndcg {
            let got = ranking::ndcg_at_k(&case.gold, &case.ranking, k.parse().unwrap());
            check(got, Some(*expected), "nDCG", i);
        }
        for (k, expected) in &case.recall {
            let got = ranking::recall_at_k(&case.gold, &case.ranking, k.parse().unwrap());
            check(got, Some(*expected), "recall@k", i);
        }
        let first: BTreeSet<usize> = case.ranking.iter().take(5).copied().collect();
        check(
            ranking::overlap_f1(&case.gold, &first),
            Counts::of_sets(&case.gold, &first).f1(),
            "overlap",
            i,
        );
    }
}

#[derive(Deserialize)]
struct Agreement {
    ratings: Vec<Vec<Option<usize>>>,
    k: usize,
    nominal: Option<f64>,
    ordinal: Option<f64>,
    interval: Option<f64>,
    gwet_ac1: Option<f64>,
}

#[test]
fn agreement_equals_krippendorff_and_irr_cac() {
    for (i, case) in cases::<Agreement>("agreement.json").into_iter().enumerate() {
        let shape = (case.ratings.len(), case.ratings[0].len());
        let ratings = Array2::from_shape_vec(shape, case.ratings.concat()).unwrap();
        let alpha = |scale| agreement::krippendorff_alpha(ratings.view(), case.k, scale);
        check(alpha(Scale::Nominal), case.nominal, "nominal alpha", i);
        check(alpha(Scale::Ordinal), case.ordinal, "ordinal alpha", i);
        check(alpha(Scale::Interval), case.interval, "interval alpha", i);
        check(agreement::gwet_ac1(ratings.view(), case.k), case.gwet_ac1, "AC1", i);
    }
}

#[derive(Deserialize)]
struct Bca {
    confidence: f64,
    observed: f64,
    replicates: Vec<f64>,
    jackknife: Vec<f64>,
    low: f64,
    high: f64,
    percentile_low: f64,
    percentile_high: f64,
}

#[test]
fn intervals_equal_scipy() {
    for (i, mut case) in cases::<Bca>("bca.json").into_iter().enumerate() {
        case.replicates.sort_by(f64::total_cmp);
        let bca = bca_interval(&case.replicates, case.observed, &case.jackknife, case.confidence).unwrap();
        check(Some(bca.low), Some(case.low), "BCa low", i);
        check(Some(bca.high), Some(case.high), "BCa high", i);
        let percentile = percentile_interval(&case.replicates, case.confidence).unwrap();
        check(Some(percentile.low), Some(case.percentile_low), "percentile low", i);
        check(Some(percentile.high), Some(case.percentile_high), "percentile high", i);
    }
}

#[derive(Deserialize)]
struct Groups {
    gold: Vec<u8>,
    predicted: Vec<u8>,
    group: Vec<usize>,
    accuracy: Disaggregated,
    selection_rate: Disaggregated,
}

#[derive(Deserialize)]
struct Disaggregated {
    overall: Option<f64>,
    by_group: BTreeMap<String, Option<f64>>,
    difference: BTreeMap<String, Option<f64>>,
    ratio: BTreeMap<String, Option<f64>>,
}

fn record(writer: usize) -> Record {
    Record {
        id: String::new(),
        lang: Language::Ca,
        writer: writer.to_string(),
        style: String::new(),
        text: String::new(),
        sentences: Vec::new(),
        levels: BTreeMap::new(),
        actions: Vec::new(),
        person: None,
    }
}

#[test]
fn groups_equal_fairlearn() {
    let config = BootstrapConfig { resamples: 1, confidence: 0.9, seed: 1, method: Method::Percentile };
    for (i, case) in cases::<Groups>("groups.json").into_iter().enumerate() {
        let records: Vec<Record> = case.group.iter().map(|&g| record(g)).collect();
        let refs: Vec<&Record> = records.iter().collect();
        let grouping = Grouping::new(&refs, &[vec![Feature::Writer]], 1);
        let items: Vec<(u8, u8)> = case.gold.iter().copied().zip(case.predicted.iter().copied()).collect();
        let accuracy = |own: &[(u8, u8)]| -> Box<dyn Statistic> {
            Box::new(Additive::mean(own.iter().map(|(g, p)| Some(f64::from(u8::from(g == p))))))
        };
        let selection = |own: &[(u8, u8)]| -> Box<dyn Statistic> {
            Box::new(Additive::mean(own.iter().map(|(_, p)| Some(f64::from(*p)))))
        };
        type Figure<'a> = &'a dyn Fn(&[(u8, u8)]) -> Box<dyn Statistic>;
        for (figure, expected) in
            [(&accuracy as Figure<'_>, &case.accuracy), (&selection as Figure<'_>, &case.selection_rate)]
        {
            let frame = MetricFrame::new("figure", &items, &grouping, figure, &config).unwrap();
            let table = &frame.tables[0];
            check(frame.overall.value, expected.overall, "overall", i);
            assert_eq!(table.by_group.len(), expected.by_group.len());
            for row in &table.by_group {
                check(row.estimate.value, expected.by_group[&row.levels[0]], "by_group", i);
            }
            let (d, r) = (&table.difference, &table.ratio);
            check(d.between_groups.value, expected.difference["between_groups"], "difference", i);
            check(d.to_overall.value, expected.difference["to_overall"], "difference to overall", i);
            check(r.between_groups.value, expected.ratio["between_groups"], "ratio", i);
            check(r.to_overall.value, expected.ratio["to_overall"], "ratio to overall", i);
        }
    }
}

#[derive(Deserialize)]
struct Holm {
    p: Vec<Option<f64>>,
    adjusted: Vec<Option<f64>>,
}

#[test]
fn holm_equals_statsmodels() {
    for (i, case) in cases::<Holm>("holm.json").into_iter().enumerate() {
        for (got, expected) in holm(&case.p).into_iter().zip(case.adjusted) {
            check(got, expected, "Holm", i);
        }
    }
}
