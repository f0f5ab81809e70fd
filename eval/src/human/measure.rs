//! Figures of decisions, over all and by group.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::decision::{Decision, Outcome, Reason};
use crate::bootstrap::{Bootstrap, BootstrapConfig, Estimate};
use crate::error::Result;
use crate::figure_names::Figures;
use crate::metric_frame::holm;
use crate::statistic::{Additive, Statistic, get};
use crate::suppression;

/// A confirmation faster than this was hardly read: the sentences of a suggestion take longer.
/// # Units
/// Seconds.
pub const FAST_SECONDS: f64 = 2.0;

/// What workers did, over all and by group. Intervals draw whole assessments.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HumanReport {
    /// Number of assessments.
    pub assessments: usize,
    /// Over all of them; without figures when they are fewer than the least number shown.
    pub overall: HumanRow,
    /// By one thing at a time: gender, age band, origin, language, tenure, model, kind, code.
    pub tables: Vec<HumanTable>,
    /// How often each reason was given for a refusal; reasons given in few assessments are left out.
    pub reasons: BTreeMap<Reason, usize>,
}

/// Figures by the values of one thing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HumanTable {
    /// Which thing.
    pub by: &'static str,
    /// The groups that may be shown.
    pub rows: Vec<HumanRow>,
    /// True when groups are left out because they are small, or so that a small one cannot be worked out.
    pub some_hidden: bool,
}

/// The figures of a group. The `n` of each is the number of decisions that it counts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HumanRow {
    /// The group; `all` for all.
    pub group: String,
    /// Assessments with a decision in the group.
    pub assessments: usize,
    /// Share of suggestions confirmed as they were.
    pub accepted: Estimate,
    /// Share of suggestions taken with a change.
    pub edited: Estimate,
    /// Share of suggestions refused.
    pub refused: Estimate,
    /// Additions by the worker for each suggestion decided.
    pub added: Estimate,
    /// Median time from view to decision, in seconds, additions left out.
    pub median_seconds: Estimate,
    /// Share of confirmations given in less than [`FAST_SECONDS`].
    pub fast: Estimate,
    /// The share accepted less that of all, paired.
    pub accepted_minus_overall: Estimate,
    /// Two-sided p-value of no difference in acceptance, after Holm's correction for the groups of the table.
    pub p_holm: Option<f64>,
}

/// How many figures a row has.
const FIGURES: usize = 6;

/// A group: its name, and the decisions in it by their place.
type Members = (String, Vec<usize>);

/// Makes the figures of an export. Groups told of by fewer assessments than `min_n` are left out, and so are others as far as
/// it takes that they cannot be worked out.
/// # Errors
/// [`crate::Error::BadSetting`].
pub fn measure(decisions: &[Decision], min_n: usize, config: &BootstrapConfig) -> Result<HumanReport> {
    let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
    for decision in decisions {
        let next = ids.len();
        ids.entry(&decision.assessment).or_insert(next);
    }
    let of: Vec<usize> =
        decisions.iter().map(|d| ids.get(d.assessment.as_str()).copied().unwrap_or(0)).collect();
    let told = if ids.len() < min_n { 0 } else { decisions.len() };
    let everything: Members = ("all".to_owned(), (0..told).collect());
    let shown = groups(decisions, &of, min_n);
    let members: Vec<&Members> =
        std::iter::once(&everything).chain(shown.iter().flat_map(|t| &t.groups)).collect();
    let statistics: Vec<Box<dyn Statistic>> =
        members.iter().flat_map(|(_, m)| figures(decisions, &of, m, ids.len())).collect();
    let borrowed: Vec<&dyn Statistic> = statistics.iter().map(AsRef::as_ref).collect();
    let bootstrap = Bootstrap::run(&borrowed, config)?;
    let row = |at: usize, (group, members): &Members, p_holm| {
        let figure = |i: usize| bootstrap.estimate(at * FIGURES + i);
        HumanRow {
            group: group.clone(),
            assessments: members.iter().filter_map(|&d| of.get(d)).collect::<BTreeSet<_>>().len(),
            accepted: figure(0),
            edited: figure(1),
            refused: figure(2),
            added: figure(3),
            median_seconds: figure(4),
            fast: figure(5),
            accepted_minus_overall: bootstrap.difference(at * FIGURES, 0),
            p_holm,
        }
    };
    let mut first = 1;
    let mut tables = Vec::with_capacity(shown.len());
    for table in &shown {
        let at = first..first + table.groups.len();
        let p: Vec<Option<f64>> = at.clone().map(|g| bootstrap.p_value(g * FIGURES, 0)).collect();
        let rows = at.zip(&table.groups).zip(holm(&p)).map(|((at, group), p)| row(at, group, p)).collect();
        first += table.groups.len();
        tables.push(HumanTable { by: table.by, rows, some_hidden: table.some_hidden });
    }
    Ok(HumanReport {
        assessments: ids.len(),
        overall: row(0, &everything, None),
        tables,
        reasons: reasons(decisions, &of, min_n),
    })
}

/// The groups of one thing that may be shown.
struct Groups {
    by: &'static str,
    groups: Vec<Members>,
    some_hidden: bool,
}

/// A thing to group decisions by.
type By = (&'static str, fn(&Decision) -> String);

/// What is the same for all decisions on one assessment: hidden together, as their sums could give a small cell away.
const OF_ASSESSMENT: [By; 6] = [
    ("gender", |d| d.subject.gender.clone()),
    ("age_band", |d| d.subject.age_band.clone()),
    ("origin_group", |d| d.subject.origin_group.clone()),
    ("language", |d| d.subject.language.clone()),
    ("tenure", |d| d.tenure.name().to_owned()),
    ("model", |d| d.model.clone()),
];
/// Those of them that say whom an assessment is about.
const SUBJECT: [&str; 4] = ["gender", "age_band", "origin_group", "language"];
/// What differs from one decision to the next.
const OF_DECISION: [By; 2] =
    [("kind", |d| d.kind.name().to_owned()), ("code", |d| format!("{} {}", d.kind.name(), d.code))];

fn groups(decisions: &[Decision], of: &[usize], min_n: usize) -> Vec<Groups> {
    // One row an assessment and group that it has a decision in: what is counted are assessments, not decisions.
    let of_one = |bys: &[By]| {
        let cells = |d: &Decision| bys.iter().map(|(_, by)| by(d)).collect::<Vec<_>>();
        let rows: BTreeSet<(usize, Vec<String>)> =
            of.iter().zip(decisions).map(|(&assessment, d)| (assessment, cells(d))).collect();
        let rows: Vec<Vec<String>> = rows.into_iter().map(|(_, cells)| cells).collect();
        let columns: Vec<Vec<usize>> = (0..bys.len()).map(|i| vec![i]).collect();
        let shown = suppression::suppress(&rows, &columns, min_n);
        bys.iter()
            .zip(shown.tables)
            .map(|(&(name, by), table)| {
                let members = |level: String| {
                    let own = decisions.iter().enumerate().filter(|(_, d)| by(d) == level).map(|(i, _)| i);
                    let own = own.collect();
                    (level, own)
                };
                let levels = table.shown.into_iter().filter_map(|(mut levels, _)| levels.pop());
                Groups { by: name, groups: levels.map(members).collect(), some_hidden: table.some_hidden }
            })
            .collect::<Vec<_>>()
    };
    let mut all = of_one(&OF_ASSESSMENT);
    all.extend(OF_DECISION.iter().flat_map(|&by| of_one(&[by])));
    all
}

/// The figures of some decisions, over all assessments: those without one of them count for nothing.
fn figures(decisions: &[Decision], of: &[usize], members: &[usize], n: usize) -> Vec<Box<dyn Statistic>> {
    let own = || {
        let known = members.iter().filter_map(|&i| Some((*of.get(i)?, decisions.get(i)?)));
        known.collect::<Vec<(usize, &Decision)>>()
    };
    let ratio = |part: &dyn Fn(&Decision) -> bool, whole: &dyn Fn(&Decision) -> bool| -> Box<dyn Statistic> {
        let mut sums = vec![(0.0, 0.0); n];
        for (assessment, decision) in own() {
            if let Some(sum) = sums.get_mut(assessment) {
                sum.0 += f64::from(u8::from(part(decision)));
                sum.1 += f64::from(u8::from(whole(decision)));
            }
        }
        Box::new(Additive::ratio(sums))
    };
    let is = |outcome: Outcome| move |d: &Decision| d.decision == outcome;
    let suggested = |d: &Decision| d.decision != Outcome::Added;
    let fast = |d: &Decision| d.decision == Outcome::Confirmed && d.seconds() < FAST_SECONDS;
    let mut seconds: Vec<(f64, usize)> =
        own().into_iter().filter(|(_, d)| suggested(d)).map(|(a, d)| (d.seconds(), a)).collect();
    seconds.sort_by(|a, b| a.0.total_cmp(&b.0));
    vec![
        ratio(&is(Outcome::Confirmed), &suggested),
        ratio(&is(Outcome::Edited), &suggested),
        ratio(&is(Outcome::Refuted), &suggested),
        ratio(&is(Outcome::Added), &suggested),
        Box::new(Median { records: n, cases: seconds }),
        ratio(&fast, &is(Outcome::Confirmed)),
    ]
}

/// The lower median of values that come in records.
struct Median {
    records: usize,
    /// Value and record, ascending.
    cases: Vec<(f64, usize)>,
}

impl Statistic for Median {
    fn records(&self) -> usize {
        self.records
    }

    fn value(&self, weights: &[f64]) -> Option<f64> {
        let half = self.cases(weights) / 2.0;
        let mut sum = 0.0;
        let mut reaches = |weight: f64| {
            sum += weight;
            weight > 0.0 && sum >= half
        };
        self.cases.iter().find(|(_, record)| reaches(get(weights, *record))).map(|(value, _)| *value)
    }

    fn cases(&self, weights: &[f64]) -> f64 {
        self.cases.iter().map(|&(_, record)| get(weights, record)).sum()
    }
}

fn reasons(decisions: &[Decision], of: &[usize], min_n: usize) -> BTreeMap<Reason, usize> {
    let mut by_reason: BTreeMap<Reason, (usize, BTreeSet<usize>)> = BTreeMap::new();
    for (decision, &assessment) in decisions.iter().zip(of) {
        if let Some(reason) = decision.reason {
            let (count, assessments) = by_reason.entry(reason).or_default();
            *count += 1;
            assessments.insert(assessment);
        }
    }
    by_reason.retain(|_, (_, assessments)| assessments.len() >= min_n);
    by_reason.into_iter().map(|(reason, (count, _))| (reason, count)).collect()
}

impl HumanReport {
    /// The figures by path: `human/accepted`, `edited`, `refused`, `added`, `median_seconds`, `fast`; of a group
    /// `human_by_group/gender/f/accepted` and so on; of whom assessments are about `human_minus_overall/gender/f/accepted`.
    /// Those of groups with too few decisions for an interval are left out.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let own = |row: &HumanRow| {
            [
                ("accepted", row.accepted),
                ("edited", row.edited),
                ("refused", row.refused),
                ("added", row.added),
                ("median_seconds", row.median_seconds),
                ("fast", row.fast),
            ]
        };
        let mut figures: Figures = own(&self.overall).map(|(name, e)| (format!("human/{name}"), e)).into();
        for table in &self.tables {
            for row in &table.rows {
                let group = format!("{}/{}", table.by, row.group);
                let of_group = own(row).map(|(name, e)| (format!("human_by_group/{group}/{name}"), e));
                let minus = (format!("human_minus_overall/{group}/accepted"), row.accepted_minus_overall);
                let minus = SUBJECT.contains(&table.by).then_some(minus);
                figures.extend(of_group.into_iter().chain(minus).filter(|(_, e)| e.low.is_some()));
            }
        }
        figures
    }
}
