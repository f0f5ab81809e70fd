//! What a model does when nothing changes but who the person is.

use std::collections::BTreeMap;

use rayon::prelude::*;
use relat_engine::{Assessment, Language};
use serde::{Deserialize, Serialize};

use super::scene::pick;
use super::{Kind, Origin, Refusal, rewrite};
use crate::bootstrap::BootstrapConfig;
use crate::change::{Change, ChangeReport};
use crate::corpus::Record;
use crate::error::Result;

/// What to rewrite and how to count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// What is changed.
    pub kinds: Vec<Kind>,
    /// How many of the origins each record is given names of, 1 to 8: fewer are faster.
    pub names_per_record: usize,
    /// How many examples each group shows.
    pub n_worst: usize,
    /// How intervals are drawn.
    pub bootstrap: BootstrapConfig,
}

/// Rewritings counted together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Group {
    /// What is changed.
    pub kind: Kind,
    /// Language of the records; null for all together.
    pub language: Option<Language>,
    /// Gender of the person before the change, where gender is changed: the two directions would cancel each other
    /// out. Null for both together and for other kinds.
    pub from: Option<String>,
}

/// What changed in a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupReport {
    /// Which rewritings.
    pub group: Group,
    /// Records that were tried.
    pub tried: usize,
    /// Records that were rewritten.
    pub rewritten: usize,
    /// How many were not, and why.
    pub refused: BTreeMap<Refusal, usize>,
    /// What changed in those that were.
    pub changes: ChangeReport,
}

/// What changed, by group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CounterfactualReport {
    /// One entry a kind, and within it a language and a direction; groups without a rewriting are left out.
    pub groups: Vec<GroupReport>,
}

/// One record, one kind. Holds ids and codes, no text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tried {
    /// Id of the record.
    pub id: String,
    /// What was to be changed.
    pub kind: Kind,
    /// Language of the record.
    pub language: Language,
    /// Gender of the person described, where gender is changed and the record says it.
    pub from: Option<String>,
    /// What changed in the assessment, or why there is no rewriting.
    pub outcome: std::result::Result<Change, Refusal>,
}

/// Rewrites every record in every way that it can be, and runs originals and rewritings through a model.
/// # Errors
/// The model's first error as [`crate::Error::Model`]; [`crate::Error::BadSetting`].
pub fn run<F>(records: &[Record], plan: &Plan, predict: F) -> Result<CounterfactualReport>
where
    F: Fn(&str) -> relat_engine::Result<Assessment> + Sync,
{
    count(&read(records, &plan.kinds, plan.names_per_record, predict)?, &plan.bootstrap, plan.n_worst)
}

/// Rewrites every record in every way of `kinds` that it can be, and runs originals and rewritings through a model: in the
/// records' order, and within one in that of `kinds`. `names_per_record` is that of a [`Plan`].
/// # Errors
/// The model's first error as [`crate::Error::Model`].
pub fn read<F>(records: &[Record], kinds: &[Kind], names_per_record: usize, predict: F) -> Result<Vec<Tried>>
where
    F: Fn(&str) -> relat_engine::Result<Assessment> + Sync,
{
    let of_record = |record| {
        let planned = kinds.iter().copied().filter(|k| planned(record, *k, names_per_record));
        try_all(record, planned, &predict)
    };
    let tried: Vec<Vec<Tried>> = records.par_iter().map(of_record).collect::<Result<_>>()?;
    Ok(tried.concat())
}

/// What changed, by group, each with at most `n_worst` examples.
/// # Errors
/// [`crate::Error::BadSetting`].
pub fn count(tried: &[Tried], bootstrap: &BootstrapConfig, n_worst: usize) -> Result<CounterfactualReport> {
    let mut groups: BTreeMap<Group, Vec<&Tried>> = BTreeMap::new();
    for one in tried {
        for language in [None, Some(one.language)] {
            for from in [None, one.from.clone()].into_iter().take(if one.from.is_some() { 2 } else { 1 }) {
                groups.entry(Group { kind: one.kind, language, from }).or_default().push(one);
            }
        }
    }
    let report = |(group, all): (Group, Vec<&Tried>)| {
        let changes: Vec<Change> = all.iter().filter_map(|t| t.outcome.as_ref().ok().cloned()).collect();
        let mut refused = BTreeMap::new();
        for refusal in all.iter().filter_map(|t| t.outcome.as_ref().err()) {
            *refused.entry(*refusal).or_default() += 1;
        }
        Ok(GroupReport {
            group,
            tried: all.len(),
            rewritten: changes.len(),
            refused,
            changes: ChangeReport::of(&changes, bootstrap, n_worst)?,
        })
    };
    let mut groups: Vec<GroupReport> = groups.into_par_iter().map(report).collect::<Result<_>>()?;
    groups.retain(|g| g.rewritten > 0);
    Ok(CounterfactualReport { groups })
}

fn try_all<F>(record: &Record, kinds: impl Iterator<Item = Kind>, predict: &F) -> Result<Vec<Tried>>
where
    F: Fn(&str) -> relat_engine::Result<Assessment> + Sync,
{
    let mut original: Option<Assessment> = None;
    let mut tried = Vec::new();
    for kind in kinds {
        let outcome = match rewrite(record, kind) {
            Err(refusal) => Err(refusal),
            Ok(rewriting) => {
                let before = match original.take() {
                    Some(assessment) => assessment,
                    None => predict(&record.text)?,
                };
                let change = Change::between(&record.id, &before, &predict(&rewriting.text)?);
                original = Some(before);
                Ok(change)
            }
        };
        let gender = matches!(kind, Kind::Gender { .. });
        let from = record.person.as_ref().map(|p| p.gender.clone()).filter(|_| gender);
        tried.push(Tried { id: record.id.clone(), kind, language: record.lang, from, outcome });
    }
    Ok(tried)
}

/// Each record gets as many origins as planned, in a row from one that its id decides.
fn planned(record: &Record, kind: Kind, names_per_record: usize) -> bool {
    let Kind::Name { origin } = kind else { return true };
    let n = Origin::ALL.len();
    let first = pick(&record.id, "origin", n);
    let place = Origin::ALL.iter().position(|o| *o == origin).unwrap_or(0);
    (place + n - first) % n < names_per_record
}
