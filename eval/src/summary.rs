//! The project's main table: every figure with its interval, over all records and for an unseen writer.

use std::collections::BTreeSet;

use relat_engine::Taxonomy;
use serde::Serialize;

use crate::bootstrap::{Bootstrap, BootstrapConfig, Estimate};
use crate::error::Result;
use crate::example::Example;
use crate::figures::{self, CALIBRATION_BINS, LevelOf, NeedCalibration};
use crate::metric::{Metric, SPOKEN};
use crate::metrics::calibration::{self, ReliabilityPoint};
use crate::metrics::classification::Counts;
use crate::metrics::ordinal::{self, Abstainable, LevelCounts, RiskPoint};
use crate::metrics::status::StatusConfusion;
use crate::reading::Pair;
use crate::statistic::{Additive, Statistic};

mod codes;
mod markdown;

/// All figures of a system on some records.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// Number of records.
    pub records: usize,
    /// How intervals were made.
    pub bootstrap: BootstrapConfig,
    /// Each figure over all records; intervals resample records.
    pub overall: Vec<Row>,
    /// Each figure as the mean over writers, which is what a new centre can expect when predictions leave the writer
    /// out; intervals resample writers, as a new centre is a new writer.
    pub new_centre: Vec<CentreRow>,
    /// Gold status × status shown, over pairs of a sentence and a need.
    pub status: StatusConfusion,
    /// Gold level × predicted level, all domains together.
    pub levels: LevelCounts,
    /// Each need that is in gold or suggested.
    pub needs: Vec<CodeRow>,
    /// Each need at sentences: where it is present in gold, against the evidence shown.
    pub sentences: Vec<CodeRow>,
    /// Each status, over pairs of a sentence and a need.
    pub statuses: Vec<CodeRow>,
    /// Each demand that is in gold or suggested.
    pub demands: Vec<CodeRow>,
    /// Each domain.
    pub domains: Vec<DomainRow>,
    /// Reliability of P(present) where it is at least [`SPOKEN`].
    pub reliability: Vec<ReliabilityPoint>,
    /// Mean absolute error of levels when only the surest are given, by tenths of the gold levels.
    pub abstention: Vec<RiskPoint>,
}

/// A figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Which.
    pub metric: Metric,
    /// What `n` counts.
    pub unit: &'static str,
    /// Its value.
    #[serde(flatten)]
    pub estimate: Estimate,
}

/// A figure by writer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CentreRow {
    /// Which.
    pub metric: Metric,
    /// Mean over writers; `n` is the number of writers.
    #[serde(flatten)]
    pub mean: Estimate,
    /// Each writer's own, intervals by records.
    pub by_writer: Vec<WriterValue>,
}

/// A writer's figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WriterValue {
    /// Who wrote the records.
    pub writer: String,
    /// The figure over them.
    #[serde(flatten)]
    pub estimate: Estimate,
}

/// Figures of one need, demand or status.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CodeRow {
    /// Code of the taxonomy, or name of the status.
    pub code: String,
    /// True for alert needs.
    pub alert: bool,
    /// Over records; of statuses and sentences over pairs of a sentence and a need.
    pub counts: Counts,
    /// F1.
    pub f1: Estimate,
    /// Precision.
    pub precision: Estimate,
    /// Recall.
    pub recall: Estimate,
    /// Average precision; needs of records only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub average_precision: Option<Estimate>,
}

/// Figures of one domain.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DomainRow {
    /// Code of the domain.
    pub domain: String,
    /// Quadratic-weighted kappa.
    pub qwk: Estimate,
    /// Mean absolute error.
    pub mae: Estimate,
    /// Mean of predicted less gold.
    pub signed_error: Estimate,
    /// Share within one step.
    pub within_1: Estimate,
    /// Share of gold levels given.
    pub coverage: Estimate,
    /// Share invented where gold has none.
    pub invented: Estimate,
}

/// Every figure of a system on some records.
/// # Errors
/// [`crate::Error::UnknownCode`] or [`crate::Error::BadLevel`] of a record or an assessment;
/// [`crate::Error::BadSetting`].
pub fn summary(examples: &[Example], taxonomy: &Taxonomy, config: &BootstrapConfig) -> Result<Summary> {
    let pairs = examples.iter().map(|e| e.pair(taxonomy)).collect::<Result<Vec<_>>>()?;
    let writers: Vec<&str> = examples.iter().map(|e| e.reference.writer.as_str()).collect();
    let n_needs = taxonomy.needs().len();
    let spoken = NeedCalibration::new(&pairs, n_needs, SPOKEN).forecasts(&vec![1.0; pairs.len()]);
    let levels =
        pairs.iter().flat_map(|p| p.reference.levels.iter().copied().zip(p.predicted.levels.iter().copied()));
    let curve = ordinal::risk_coverage(&abstainable(examples));
    Ok(Summary {
        records: examples.len(),
        bootstrap: *config,
        overall: overall(&pairs, taxonomy, config)?,
        new_centre: new_centre(&pairs, &writers, taxonomy, config)?,
        status: StatusConfusion::of_pairs(&pairs),
        levels: LevelCounts::of_pairs(levels),
        needs: codes::needs(&pairs, taxonomy, config)?,
        sentences: codes::sentences(&pairs, taxonomy, config)?,
        statuses: codes::statuses(&pairs, config)?,
        demands: codes::demands(&pairs, taxonomy, config)?,
        domains: domains(&pairs, taxonomy, config)?,
        reliability: calibration::reliability_curve(&spoken, CALIBRATION_BINS),
        abstention: ordinal::at_coverages(
            &curve,
            &std::array::from_fn::<f64, 10, _>(|i| (i + 1) as f64 / 10.0),
        ),
    })
}

fn estimates(statistics: &[Box<dyn Statistic>], config: &BootstrapConfig) -> Result<Vec<Estimate>> {
    let borrowed: Vec<&dyn Statistic> = statistics.iter().map(AsRef::as_ref).collect();
    let bootstrap = Bootstrap::run(&borrowed, config)?;
    Ok((0..borrowed.len()).map(|i| bootstrap.estimate(i)).collect())
}

fn all_metrics(pairs: &[Pair], taxonomy: &Taxonomy, config: &BootstrapConfig) -> Result<Vec<Estimate>> {
    estimates(&Metric::ALL.map(|m| m.statistic(pairs, taxonomy)), config)
}

fn overall(pairs: &[Pair], taxonomy: &Taxonomy, config: &BootstrapConfig) -> Result<Vec<Row>> {
    let values = all_metrics(pairs, taxonomy, config)?;
    let row = |(metric, estimate): (Metric, Estimate)| Row { metric, unit: metric.unit(), estimate };
    Ok(Metric::ALL.into_iter().zip(values).map(row).collect())
}

fn new_centre(
    pairs: &[Pair],
    writers: &[&str],
    taxonomy: &Taxonomy,
    config: &BootstrapConfig,
) -> Result<Vec<CentreRow>> {
    let names: BTreeSet<&str> = writers.iter().copied().collect();
    let mut by_writer = Vec::with_capacity(names.len());
    for &name in &names {
        let own: Vec<Pair> =
            pairs.iter().zip(writers).filter(|(_, w)| **w == name).map(|(p, _)| p.clone()).collect();
        by_writer.push((name, all_metrics(&own, taxonomy, config)?));
    }
    let of_metric = |i: usize| {
        let values = by_writer.iter().filter_map(move |(name, all)| Some((*name, *all.get(i)?)));
        values.map(|(name, estimate)| WriterValue { writer: name.to_owned(), estimate }).collect::<Vec<_>>()
    };
    let columns: Vec<Vec<WriterValue>> = (0..Metric::ALL.len()).map(of_metric).collect();
    let means: Vec<Box<dyn Statistic>> = columns
        .iter()
        .map(|c| Box::new(Additive::mean(c.iter().map(|w| w.estimate.value))) as Box<dyn Statistic>)
        .collect();
    let rows = Metric::ALL.into_iter().zip(estimates(&means, config)?).zip(columns);
    Ok(rows.map(|((metric, mean), by_writer)| CentreRow { metric, mean, by_writer }).collect())
}

fn domains(pairs: &[Pair], taxonomy: &Taxonomy, config: &BootstrapConfig) -> Result<Vec<DomainRow>> {
    use LevelOf::{Coverage, Invented, Mae, Qwk, SignedError, Within1};
    let of = [Qwk, Mae, SignedError, Within1, Coverage, Invented];
    let statistic = |domain, of| Box::new(figures::levels(pairs, Some(domain), of)) as Box<dyn Statistic>;
    let statistics: Vec<_> =
        (0..taxonomy.domains().len()).flat_map(|domain| of.map(|what| statistic(domain, what))).collect();
    let values = estimates(&statistics, config)?;
    let row = |(domain, values): (&relat_engine::Domain, &[Estimate])| match *values {
        [qwk, mae, signed_error, within_1, coverage, invented] => Some(DomainRow {
            domain: domain.code.clone(),
            qwk,
            mae,
            signed_error,
            within_1,
            coverage,
            invented,
        }),
        _ => None,
    };
    Ok(taxonomy.domains().iter().zip(values.chunks(of.len())).filter_map(row).collect())
}

/// The gold levels as cases to abstain from: confidence is P(assessable) times the highest P(level); where the system
/// abstained, the level it would have given is its likeliest.
#[must_use]
pub fn abstainable(examples: &[Example]) -> Vec<Abstainable> {
    let of_example = |example: &Example| {
        let levels = example.predicted.levels.iter().filter_map(|finding| {
            let gold = *example.reference.levels.get(&finding.domain)?;
            let likeliest =
                (1u8..).zip(finding.distribution).max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
            let level = finding.level.unwrap_or(likeliest.0);
            let confidence = f64::from(finding.assessable) * f64::from(likeliest.1);
            Some(Abstainable { confidence, loss: f64::from(level.abs_diff(gold)) })
        });
        levels.collect::<Vec<_>>()
    };
    examples.iter().flat_map(of_example).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bootstrap::Method;
    use crate::statistic::to_count;
    use crate::testing;

    fn config() -> BootstrapConfig {
        BootstrapConfig { resamples: 50, confidence: 0.95, seed: 3, method: Method::Percentile }
    }

    fn make(examples: &[Example]) -> Summary {
        summary(examples, Taxonomy::shipped(), &config()).unwrap()
    }

    #[test]
    fn the_order_of_records_changes_no_value() {
        let mut examples = testing::sample(testing::examples(30..31), 4);
        let before = make(&examples);
        examples.reverse();
        let after = make(&examples);
        let values = |s: &Summary| -> Vec<Option<f64>> {
            let centre = s.new_centre.iter().map(|r| r.mean.value);
            s.overall.iter().map(|r| r.estimate.value).chain(centre).collect()
        };
        for (a, b) in values(&before).into_iter().zip(values(&after)) {
            assert!(a.is_some() == b.is_some());
            assert!((a.unwrap_or(0.0) - b.unwrap_or(0.0)).abs() < 1e-9);
        }
        assert_eq!((before.status, before.abstention), (after.status, after.abstention));
    }

    #[test]
    fn writers_and_codes_add_up_to_all() {
        let examples = testing::sample(testing::examples(30..31), 4);
        let s = make(&examples);
        let micro = |m: Metric| s.overall.iter().position(|r| r.metric == m).unwrap();
        let needs = &s.overall[micro(Metric::NeedsMicroF1)].estimate;
        let counts: Counts = s.needs.iter().map(|r| r.counts).sum();
        assert_eq!(counts.f1(), needs.value);
        assert_eq!(to_count(counts.support()), needs.n);
        for (metric, rows) in [(Metric::SentenceF1, &s.sentences), (Metric::StatusMicroF1, &s.statuses)] {
            let counts: Counts = rows.iter().map(|r| r.counts).sum();
            assert_eq!(counts.f1(), s.overall[micro(metric)].estimate.value);
        }
        let by_writer = &s.new_centre[micro(Metric::NeedsMicroF1)].by_writer;
        assert_eq!(by_writer.iter().map(|w| w.estimate.n).sum::<usize>(), needs.n);
        let qwk = &s.overall[micro(Metric::LevelsQwk)].estimate;
        assert_eq!(s.domains.iter().map(|d| d.qwk.n).sum::<usize>(), qwk.n);
        assert_eq!(to_count(s.levels.confusion.sum()), qwk.n);
    }

    #[test]
    fn every_figure_is_in_the_markdown() {
        let s = make(&testing::sample(testing::examples(12..13), 6));
        let text = s.to_markdown();
        for metric in Metric::ALL {
            assert_eq!(
                text.matches(&format!("| {} |", metric.label())).count(),
                1,
                "help: {}",
                metric.label()
            );
        }
        // A table needs as many cells in each row as in its head.
        for table in text.split("\n\n") {
            let widths: BTreeSet<usize> =
                table.lines().filter(|l| l.starts_with('|')).map(|l| l.matches('|').count()).collect();
            assert!(widths.len() <= 1, "help: uneven table\n{table}");
        }
        assert!(!text.contains("NaN") && !text.contains("inf"));
    }

    #[test]
    fn nothing_gives_nothing() {
        let s = make(&[]);
        assert_eq!(s.records, 0);
        assert!(s.overall.iter().all(|r| r.estimate.value.is_none() && r.estimate.n == 0));
        assert!(!s.to_markdown().is_empty());
    }

    #[test]
    fn the_json_has_value_low_high_n() {
        let s = make(&testing::sample(testing::examples(12..13), 6));
        let json = serde_json::to_value(&s).unwrap();
        let row = &json["overall"][0];
        assert_eq!(row["metric"], "needs_micro_f1");
        for key in ["value", "low", "high", "n"] {
            assert!(row[key].is_number(), "help: {key}");
        }
    }
}
