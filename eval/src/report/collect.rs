//! All that a report says, in one struct.

use std::collections::{BTreeMap, BTreeSet};

use relat_engine::Taxonomy;
use relat_engine::bundle::Manifest;
use serde::Serialize;

use super::behaviour::{Counterfactual, Suites, outside_figures};
use super::compare::{Compared, Other, compare};
use super::groups;
use crate::bootstrap::BootstrapConfig;
use crate::corpus::Record;
use crate::counterfactual::{Quality, quality};
use crate::date::Date;
use crate::error::Result;
use crate::example::Example;
use crate::faithfulness::Faithfulness;
use crate::gates::{GateReport, Gates};
use crate::human::HumanReport;
use crate::metric_frame::MetricFrame;
use crate::outside::OutsideReport;
use crate::reading::Pair;
use crate::suites::SuiteReport;
use crate::summary::{Summary, summary};

/// What the records are to the model that assessed them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Provenance {
    /// Each record was read by a model that had seen nothing of its writer.
    OutOfFold,
    /// The records were not used in training, as whoever ran the report says.
    Unseen,
    /// The model may have been trained on the records: its figures flatter it.
    Seen,
}

/// Who ran the report, when and on what.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Run {
    /// Who ran it.
    pub by: String,
    /// When, as whoever ran it says.
    pub date: Date,
    /// What the records are to the model.
    pub provenance: Provenance,
    /// The bundle's manifest: name, version, licence, hashes.
    pub model: Manifest,
    /// What the figures were made from.
    pub artefacts: Vec<Artefact>,
    /// The descriptions of the data.
    pub data_cards: Vec<DataCard>,
}

/// A file or folder that figures were made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Artefact {
    /// What it is.
    pub name: String,
    /// Its sha256, hexadecimal.
    pub sha256: String,
}

/// A description of data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DataCard {
    /// Of which data.
    pub name: String,
    /// Path within the project.
    pub path: String,
    /// What it says, in Markdown.
    pub text: String,
}

/// What was measured before the figures are made.
#[derive(Debug, Default)]
pub struct Measured<'a> {
    /// Records beside their assessments.
    pub examples: &'a [Example],
    /// What changes when records are rewritten.
    pub counterfactuals: Vec<Counterfactual>,
    /// Behavioural suites.
    pub suites: Option<SuiteReport>,
    /// Data of others.
    pub outside: Option<OutsideReport>,
    /// Whether evidence is what needs are read from.
    pub faithfulness: Option<Faithfulness>,
    /// What workers did with suggestions.
    pub human: Option<HumanReport>,
    /// Another model on the same records and texts.
    pub other: Option<Other<'a>>,
}

/// How figures are made.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Settings {
    /// Intervals.
    pub bootstrap: BootstrapConfig,
    /// Smallest group that is shown.
    pub min_n: usize,
    /// How many of the worst records are listed.
    pub worst: usize,
}

/// The report. Holds ids and codes, no text of a narrative.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Version of this form.
    pub format: u32,
    /// Who, when, on what.
    pub run: Run,
    /// How figures were made.
    pub settings: Settings,
    /// Whether the release may go on, and by which gates.
    pub gates: GateReport,
    /// Figures over all records, by writer, by code and by domain.
    pub summary: Summary,
    /// Main figures by group.
    pub groups: Vec<MetricFrame>,
    /// Signed level error of each domain by group.
    pub signed_errors: Vec<MetricFrame>,
    /// The records with most errors, by id.
    pub worst: Vec<WorstRecord>,
    /// Rewritings.
    pub counterfactuals: Vec<Counterfactual>,
    /// How often rewritings are wrong, as read by a person.
    pub rewriting_quality: Vec<Quality>,
    /// Behavioural suites; null when they were not run.
    pub suites: Option<Suites>,
    /// Data of others; null when it was not run.
    pub outside: Option<OutsideReport>,
    /// Whether evidence is what needs are read from; null when it was not measured.
    pub faithfulness: Option<Faithfulness>,
    /// What workers did with suggestions; null when no decisions were given.
    pub human: Option<HumanReport>,
    /// Another model on the same records and texts; null when there is none.
    pub compared: Option<Compared>,
    /// Parts that were not measured: what is not said here was looked at.
    pub not_measured: Vec<&'static str>,
    /// Figures of groups, of rewritings and of differences with too few cases for an interval: shown, and held against no gate.
    pub too_few_cases: Vec<String>,
    /// What a reader should know about how the records came to be measured.
    pub cautions: Vec<String>,
}

/// A record with many errors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WorstRecord {
    /// Its id.
    pub id: String,
    /// Needs and demands that were not suggested.
    pub missed: Vec<String>,
    /// Needs and demands that were suggested without ground.
    pub invented: Vec<String>,
    /// Predicted less gold level, where they differ.
    pub level_errors: BTreeMap<String, i16>,
    /// Missed and invented codes plus steps of level.
    pub errors: usize,
}

/// The form that this version writes.
const FORMAT: u32 = 2;

/// Why one of ERASER's figures is not there.
const PLAUSIBILITY: &str = "plausibility of evidence within sentences: annotators marked whole sentences, so there are no \
    words to compare with; that of sentences is the evidence F1";

impl Report {
    /// Makes every figure and holds them against the gates. `step` is told what is done next.
    /// # Errors
    /// [`crate::Error::UnknownCode`] or [`crate::Error::BadLevel`] of a record or an assessment; [`crate::Error::BadSetting`];
    /// [`crate::Error::LengthMismatch`] when the other model has not read the same records and texts.
    pub fn collect(
        run: Run,
        measured: Measured<'_>,
        gates: &Gates,
        settings: Settings,
        step: &dyn Fn(&str),
    ) -> Result<Self> {
        let taxonomy = Taxonomy::shipped();
        let config = &settings.bootstrap;
        let pairs = pairs(measured.examples, taxonomy)?;
        step("figures over all records, by writer, by code");
        let summary = summary(measured.examples, taxonomy, config)?;
        step("figures by group");
        let records: Vec<&Record> = measured.examples.iter().map(|e| &e.reference).collect();
        let grouping = groups::grouping(&records, settings.min_n);
        let groups = groups::frames(&pairs, &grouping, taxonomy, config)?;
        step("signed level errors by group");
        let signed_errors = groups::signed_errors(&pairs, &grouping, taxonomy, config)?;
        step("comparison and gates");
        let counterfactuals = measured.counterfactuals;
        let suites = measured.suites.map(Suites::of);
        let compared = measured.other.map(|o| compare(&pairs, o, &grouping, config)).transpose()?;

        let mut figures = summary.figures();
        let of_groups = groups.iter().chain(&signed_errors).flat_map(MetricFrame::figures);
        let of_rewritings = counterfactuals.iter().flat_map(Counterfactual::figures);
        let of_differences = compared.iter().flat_map(Compared::figures);
        let (judged, too_few): (Vec<_>, Vec<_>) =
            of_groups.chain(of_rewritings).chain(of_differences).partition(|(_, e)| e.low.is_some());
        figures.extend(judged);
        figures.extend(suites.iter().flat_map(Suites::figures));
        figures.extend(measured.outside.iter().flat_map(outside_figures));
        figures.extend(measured.faithfulness.iter().flat_map(Faithfulness::figures));
        figures.extend(measured.human.iter().flat_map(HumanReport::figures));
        let mut not_measured = vec![PLAUSIBILITY];
        not_measured.extend(measured.human.is_none().then_some("decisions of workers: none were given"));
        not_measured.extend(measured.faithfulness.is_none().then_some("faithfulness of evidence"));
        not_measured.extend(counterfactuals.is_empty().then_some("rewritings"));
        not_measured.extend(suites.is_none().then_some("behavioural suites"));
        not_measured.extend(measured.outside.is_none().then_some("data of others"));
        let read: Vec<(&Record, &Pair)> = records.iter().copied().zip(&pairs).collect();
        let cautions = lone_writers(&records, run.provenance);
        Ok(Self {
            format: FORMAT,
            gates: gates.judge(&figures, run.date),
            run,
            settings,
            summary,
            groups,
            signed_errors,
            worst: worst(&read, taxonomy, settings.worst),
            counterfactuals,
            rewriting_quality: quality()?,
            suites,
            outside: measured.outside,
            faithfulness: measured.faithfulness,
            human: measured.human,
            compared,
            not_measured,
            too_few_cases: too_few.into_iter().map(|(path, _)| path).collect(),
            cautions,
        })
    }
}

pub(super) fn pairs(examples: &[Example], taxonomy: &Taxonomy) -> Result<Vec<Pair>> {
    examples.iter().map(|e| e.pair(taxonomy)).collect()
}

/// Languages of one writer alone: when the writer is left out, so is the language.
fn lone_writers(records: &[&Record], provenance: Provenance) -> Vec<String> {
    if provenance != Provenance::OutOfFold {
        return Vec::new();
    }
    let mut writers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for record in records {
        writers.entry(crate::language::code(record.lang)).or_default().insert(&record.writer);
    }
    let caution = |(language, writers): (&str, BTreeSet<&str>)| match writers.into_iter().collect::<Vec<_>>()
        [..]
    {
        [only] => Some(format!(
            "Writer {only} alone writes in '{language}': those records were read by a model that had seen no narrative in that \
             language, so their figures are lower than those of the released model may be."
        )),
        _ => None,
    };
    writers.into_iter().filter_map(caution).collect()
}

/// The records with most errors, worst first; of equals, by id.
pub(super) fn worst(read: &[(&Record, &Pair)], taxonomy: &Taxonomy, n: usize) -> Vec<WorstRecord> {
    let of = |&(record, pair): &(&Record, &Pair)| {
        let (gold, read) = (&pair.reference, &pair.predicted);
        let need = |&i: &usize| taxonomy.needs().get(i).map(|n| n.code.clone());
        let demand = |&i: &usize| taxonomy.demands().get(i).map(|d| d.code.clone());
        let only = |needs: (&BTreeSet<usize>, &BTreeSet<usize>),
                    demands: (&BTreeSet<usize>, &BTreeSet<usize>)| {
            let needs = needs.0.difference(needs.1).filter_map(need);
            needs.chain(demands.0.difference(demands.1).filter_map(demand)).collect::<Vec<String>>()
        };
        let missed = only((&gold.needs, &read.needs), (&gold.demands, &read.demands));
        let invented = only((&read.needs, &gold.needs), (&read.demands, &gold.demands));
        let levels = taxonomy.domains().iter().zip(gold.levels.iter().zip(&read.levels));
        let level_errors: BTreeMap<String, i16> = levels
            .filter_map(|(domain, (&gold, &read))| {
                let error = i16::from(read?) - i16::from(gold?);
                (error != 0).then(|| (domain.code.clone(), error))
            })
            .collect();
        let steps: usize = level_errors.values().map(|e| usize::from(e.unsigned_abs())).sum();
        let errors = missed.len() + invented.len() + steps;
        WorstRecord { id: record.id.clone(), missed, invented, level_errors, errors }
    };
    let mut all: Vec<WorstRecord> = read.iter().map(of).filter(|w| w.errors > 0).collect();
    all.sort_by(|a, b| b.errors.cmp(&a.errors).then_with(|| a.id.cmp(&b.id)));
    all.truncate(n);
    all
}
