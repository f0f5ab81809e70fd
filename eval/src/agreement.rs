//! Two annotators' readings of the same records.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use ndarray::Array2;
use relat_engine::Taxonomy;
use serde::Serialize;

use crate::bootstrap::{Bootstrap, BootstrapConfig, Estimate};
use crate::corpus::Record;
use crate::error::{Error, Result};
use crate::figures::{self, LevelOf};
use crate::metric::Metric;
use crate::metrics::agreement::{self, KappaWeights, Scale};
use crate::reading::{Pair, Reading};
use crate::statistic::{Additive, Statistic, get};

/// How far two annotators agree.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgreementReport {
    /// Records that both read.
    pub records: usize,
    /// Records that only the first read.
    pub only_first: usize,
    /// Records that only the second read.
    pub only_second: usize,
    /// How intervals were made.
    pub bootstrap: BootstrapConfig,
    /// The figures.
    pub rows: Vec<AgreementRow>,
}

/// A figure of agreement.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgreementRow {
    /// Stable name.
    pub name: &'static str,
    /// Name for readers.
    pub label: &'static str,
    /// What `n` counts.
    pub unit: &'static str,
    /// Its value.
    #[serde(flatten)]
    pub estimate: Estimate,
}

/// Agreement over the records that both annotators read, by id. F1 figures are the same whoever comes first.
/// # Errors
/// [`Error::TextDiffers`] when one id is of two texts, [`Error::DuplicateId`]; [`Error::UnknownCode`],
/// [`Error::BadLevel`], [`Error::BadSetting`].
pub fn agreement(
    first: &[Record],
    second: &[Record],
    taxonomy: &Taxonomy,
    config: &BootstrapConfig,
) -> Result<AgreementReport> {
    let pairs: Vec<Pair> = read_by_both(first, second, taxonomy)?.into_iter().map(|(_, pair)| pair).collect();
    let figures = figures(&pairs, taxonomy);
    let statistics: Vec<&dyn Statistic> = figures.iter().map(|(_, _, _, s)| s.as_ref()).collect();
    let bootstrap = Bootstrap::run(&statistics, config)?;
    let row = |(i, &(name, label, unit, _)): (usize, &Figure)| AgreementRow {
        name,
        label,
        unit,
        estimate: bootstrap.estimate(i),
    };
    Ok(AgreementReport {
        records: pairs.len(),
        only_first: first.len() - pairs.len(),
        only_second: second.len() - pairs.len(),
        bootstrap: *config,
        rows: figures.iter().enumerate().map(row).collect(),
    })
}

/// The records that both annotators read, by id, each as the first has it, with both readings.
/// # Errors
/// [`Error::TextDiffers`] when one id is of two texts, [`Error::DuplicateId`]; [`Error::UnknownCode`],
/// [`Error::BadLevel`].
pub fn read_by_both<'a>(
    first: &'a [Record],
    second: &[Record],
    taxonomy: &Taxonomy,
) -> Result<Vec<(&'a Record, Pair)>> {
    let (a, b) = (by_id(first)?, by_id(second)?);
    let mut pairs = Vec::new();
    for (id, reference) in a {
        let Some(other) = b.get(id) else { continue };
        if reference.text != other.text {
            return Err(Error::TextDiffers { record: id.to_owned() });
        }
        let pair = Pair {
            reference: Reading::of_record(reference, taxonomy)?,
            predicted: Reading::of_annotator(other, reference, taxonomy)?,
        };
        pairs.push((reference, pair));
    }
    Ok(pairs)
}

fn by_id(records: &[Record]) -> Result<BTreeMap<&str, &Record>> {
    let mut ids = BTreeMap::new();
    for record in records {
        if ids.insert(record.id.as_str(), record).is_some() {
            return Err(Error::DuplicateId { record: record.id.clone() });
        }
    }
    Ok(ids)
}

/// Name, label, unit and the figure.
type Figure = (&'static str, &'static str, &'static str, Box<dyn Statistic>);

fn figures(pairs: &[Pair], taxonomy: &Taxonomy) -> Vec<Figure> {
    let (n_needs, n_demands) = (taxonomy.needs().len(), taxonomy.demands().len());
    let metric = |m: Metric| m.statistic(pairs, taxonomy);
    let needs = |of| yes_no(pairs, of, |p| sets(&p.reference.needs, &p.predicted.needs, n_needs));
    let demands = |of| yes_no(pairs, of, |p| sets(&p.reference.demands, &p.predicted.demands, n_demands));
    let assessed = |of| {
        yes_no(pairs, of, |p| {
            let both = p.reference.levels.iter().zip(&p.predicted.levels);
            count(both.map(|(a, b)| (a.is_some(), b.is_some())))
        })
    };
    let levels = |of| Box::new(figures::levels(pairs, None, of)) as Box<dyn Statistic>;
    const NEED_PAIRS: &str = "record-need pairs";
    const DEMAND_PAIRS: &str = "record-demand pairs";
    const DOMAIN_PAIRS: &str = "record-domain pairs";
    const LEVELS: &str = "levels given by both";
    vec![
        ("needs_micro_f1", "Needs, micro F1", "needs of the first", metric(Metric::NeedsMicroF1)),
        ("needs_kappa", "Needs, Cohen's kappa", NEED_PAIRS, needs(YesNo::Kappa)),
        ("needs_alpha", "Needs, Krippendorff's alpha", NEED_PAIRS, needs(YesNo::Alpha)),
        ("needs_ac1", "Needs, Gwet's AC1", NEED_PAIRS, needs(YesNo::Ac1)),
        (
            "sentence_f1",
            "Evidence, sentence F1",
            "sentence-need pairs of the first",
            metric(Metric::SentenceF1),
        ),
        ("demands_micro_f1", "Demands, micro F1", "demands of the first", metric(Metric::DemandsMicroF1)),
        ("demands_kappa", "Demands, Cohen's kappa", DEMAND_PAIRS, demands(YesNo::Kappa)),
        ("demands_alpha", "Demands, Krippendorff's alpha", DEMAND_PAIRS, demands(YesNo::Alpha)),
        ("demands_ac1", "Demands, Gwet's AC1", DEMAND_PAIRS, demands(YesNo::Ac1)),
        (
            "levels_assessed_kappa",
            "Levels, given or not, Cohen's kappa",
            DOMAIN_PAIRS,
            assessed(YesNo::Kappa),
        ),
        ("levels_assessed_ac1", "Levels, given or not, Gwet's AC1", DOMAIN_PAIRS, assessed(YesNo::Ac1)),
        ("levels_qwk", "Levels, quadratic-weighted kappa", LEVELS, levels(LevelOf::Qwk)),
        ("levels_alpha", "Levels, Krippendorff's ordinal alpha", LEVELS, levels(LevelOf::OrdinalAlpha)),
        ("levels_within_1", "Levels, within one step", LEVELS, levels(LevelOf::Within1)),
        ("levels_mae", "Levels, mean absolute difference", LEVELS, levels(LevelOf::Mae)),
        (
            "actions_overlap_f1",
            "Actions, overlap F1",
            "records with actions",
            metric(Metric::ActionsOverlapF1),
        ),
    ]
}

/// What to make of yes/no decisions.
#[derive(Debug, Clone, Copy)]
enum YesNo {
    Kappa,
    Alpha,
    Ac1,
}

/// A figure of yes/no decisions; `decisions` counts those of a record, row the first reader's, column the second's.
fn yes_no(pairs: &[Pair], of: YesNo, decisions: impl Fn(&Pair) -> [[f64; 2]; 2]) -> Box<dyn Statistic> {
    let row =
        |pair: &Pair| decisions(pair).concat().into_iter().enumerate().filter(|(_, n)| *n > 0.0).collect();
    let figure = match of {
        YesNo::Kappa => |s: &[f64]| agreement::weighted_kappa(table(s).view(), KappaWeights::Unweighted),
        YesNo::Alpha => |s: &[f64]| agreement::alpha_of_two(table(s).view(), Scale::Nominal),
        YesNo::Ac1 => |s: &[f64]| agreement::ac1_of_two(table(s).view()),
    };
    Box::new(Additive { width: 4, rows: pairs.iter().map(row).collect(), figure, count: |s| s.iter().sum() })
}

fn table(sums: &[f64]) -> Array2<f64> {
    Array2::from_shape_fn((2, 2), |(a, b)| get(sums, 2 * a + b))
}

/// One decision a code.
fn sets(a: &BTreeSet<usize>, b: &BTreeSet<usize>, n_codes: usize) -> [[f64; 2]; 2] {
    count((0..n_codes).map(|code| (a.contains(&code), b.contains(&code))))
}

fn count(decisions: impl Iterator<Item = (bool, bool)>) -> [[f64; 2]; 2] {
    let [mut both_no, mut second, mut first, mut both] = [0.0; 4];
    for decision in decisions {
        match decision {
            (false, false) => both_no += 1.0,
            (false, true) => second += 1.0,
            (true, false) => first += 1.0,
            (true, true) => both += 1.0,
        }
    }
    [[both_no, second], [first, both]]
}

impl AgreementReport {
    /// The report as a table in Markdown.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let percent = self.bootstrap.confidence * 100.0;
        let mut out = format!(
            "{} records read by both, {} by the first only, {} by the second only. In brackets, {percent:.0} % bootstrap \
             intervals ({} resamples of records, seed {}).\n\n| figure | value | n |\n|---|---|---|\n",
            self.records, self.only_first, self.only_second, self.bootstrap.resamples, self.bootstrap.seed
        );
        for row in &self.rows {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "| {} | {} | {} {} |", row.label, row.estimate, row.estimate.n, row.unit);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::bootstrap::Method;
    use crate::testing;

    fn config() -> BootstrapConfig {
        BootstrapConfig { resamples: 20, confidence: 0.9, seed: 1, method: Method::Percentile }
    }

    fn run(a: &[Record], b: &[Record]) -> Result<AgreementReport> {
        agreement(a, b, Taxonomy::shipped(), &config())
    }

    /// The same texts, labelled by somebody else.
    fn relabelled(records: &[Record], others: &[Record]) -> Vec<Record> {
        let one = |(r, o): (&Record, &Record)| {
            let mut r = r.clone();
            for (s, from) in r.sentences.iter_mut().zip(o.sentences.iter().cycle()) {
                s.needs.clone_from(&from.needs);
                s.demands.clone_from(&from.demands);
            }
            r.levels.clone_from(&o.levels);
            r.actions.clone_from(&o.actions);
            r
        };
        records.iter().zip(others).map(one).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn agreement_has_no_first_reader(a in prop::collection::vec(testing::record(), 3), b in prop::collection::vec(testing::record(), 3)) {
            prop_assume!(a.iter().map(|r| &r.id).collect::<BTreeSet<_>>().len() == 3);
            let b = relabelled(&a, &b);
            let (one, other) = (run(&a, &b).unwrap(), run(&b, &a).unwrap());
            for (x, y) in one.rows.iter().zip(&other.rows) {
                match (x.estimate.value, y.estimate.value) {
                    (Some(v), Some(w)) => prop_assert!((v - w).abs() < 1e-9, "{}", x.name),
                    (v, w) => prop_assert_eq!(v, w, "{}", x.name),
                }
            }
        }
    }

    #[test]
    fn one_agrees_with_oneself() {
        let records = testing::sample_records(30, 6);
        let report = run(&records, &records[..20]).unwrap();
        assert_eq!((report.records, report.only_first, report.only_second), (20, 10, 0));
        for row in &report.rows {
            let best = if row.name == "levels_mae" { 0.0 } else { 1.0 };
            assert!((row.estimate.value.unwrap() - best).abs() < 1e-12, "help: {}", row.name);
            assert!(report.to_markdown().contains(row.label));
        }
    }

    #[test]
    fn records_that_do_not_fit_are_errors() {
        let records = testing::sample_records(3, 6);
        let mut changed = records.clone();
        changed[1].text.push('x');
        changed[1].sentences.last_mut().unwrap().end += 1;
        let error = run(&records, &changed).unwrap_err();
        assert_eq!(error.code(), "text_differs");
        assert!(!error.to_string().contains(&changed[1].text));
        changed[1] = changed[0].clone();
        assert_eq!(run(&changed, &records).unwrap_err().code(), "duplicate_id");
    }
}
