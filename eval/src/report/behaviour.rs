//! What a model does with texts other than the records: rewritings of them, small cases, data of others.

use std::collections::BTreeMap;

use rayon::prelude::*;
use relat_engine::Assessment;
use serde::Serialize;

use crate::Figures;
use crate::bootstrap::Estimate;
use crate::change::{Change, ChangeReport};
use crate::corpus::Record;
use crate::outside::OutsideReport;
use crate::share::{self, Resampling, Share};
use crate::suites::{Rate, SuiteReport};

/// The figures of one way of rewriting. A text is compared with its own rewriting: what is measured is the change, not
/// whether either is right.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Counterfactual {
    /// What is changed, such as `gender` or `name`.
    pub kind: String,
    /// How, or in which records: `all`, an origin of names, a direction of translation.
    pub group: String,
    /// Number of rewritings.
    pub rewritings: usize,
    /// How many records were not rewritten, by reason.
    pub refused: BTreeMap<String, usize>,
    /// What changed.
    #[serde(flatten)]
    pub change: ChangeReport,
}

/// Pass rates of the behavioural suites.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suites {
    /// By capability, first over all languages and then for each.
    pub rates: Vec<Rate>,
    /// Ids of the cases that fail.
    pub failed: Vec<String>,
}

/// Assesses records and their rewritings. `rewrite` gives the new texts of a record, or the reason why there is none.
/// # Errors
/// The model's first error.
pub fn outcomes<R, P>(records: &[Record], rewrite: R, predict: P) -> relat_engine::Result<Outcomes>
where
    R: Fn(&Record) -> Result<Vec<String>, String> + Sync,
    P: Fn(&str) -> relat_engine::Result<Assessment> + Sync,
{
    let one = |record: &Record| match rewrite(record) {
        Err(reason) => Ok(Err(reason)),
        Ok(texts) => {
            let original = predict(&record.text)?;
            let changes = texts.iter().map(|t| Ok(Change::between(&record.id, &original, &predict(t)?)));
            changes.collect::<relat_engine::Result<Vec<_>>>().map(Ok)
        }
    };
    let all = records.par_iter().map(one).collect::<relat_engine::Result<Vec<_>>>()?;
    let mut outcomes = Outcomes::default();
    for outcome in all {
        match outcome {
            Ok(changes) => outcomes.changes.extend(changes),
            Err(reason) => *outcomes.refused.entry(reason).or_default() += 1,
        }
    }
    Ok(outcomes)
}

/// What came of rewriting records in one way.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcomes {
    /// One entry a rewriting.
    pub changes: Vec<Change>,
    /// How many records were not rewritten, by reason.
    pub refused: BTreeMap<String, usize>,
}

impl Outcomes {
    /// Their figures; intervals draw whole records.
    #[must_use]
    pub fn counted(self, kind: &str, group: &str, resampling: Resampling, n_worst: usize) -> Counterfactual {
        Counterfactual {
            kind: kind.to_owned(),
            group: group.to_owned(),
            rewritings: self.changes.len(),
            change: ChangeReport::of(&self.changes, resampling, n_worst),
            refused: self.refused,
        }
    }
}

impl Counterfactual {
    /// The figures by path: `counterfactual/KIND/GROUP/flip_rate`, `dropped_rate`, `added_rate`, and
    /// `counterfactual/KIND/GROUP/level_shift/DOMAIN`.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let rates = [
            ("flip_rate", self.change.flip_rate),
            ("dropped_rate", self.change.dropped_rate),
            ("added_rate", self.change.added_rate),
        ];
        let path = |name: &str| format!("counterfactual/{}/{}/{name}", self.kind, self.group);
        let rates = rates.into_iter().map(|(name, e)| (path(name), e.into()));
        let shifts =
            self.change.level_shift.iter().map(|(d, e)| (path(&format!("level_shift/{d}")), (*e).into()));
        rates.chain(shifts).collect()
    }
}

impl Suites {
    /// Rates and failures of a run, without the cases' texts.
    #[must_use]
    pub fn of(report: SuiteReport) -> Self {
        let failed = report.cases.iter().filter(|c| !c.passed()).map(|c| c.id.clone()).collect();
        Self { rates: report.rates, failed }
    }

    /// The figures by path: `suite/CAPABILITY/LANGUAGE/pass_rate`, the language `all` for all of them together.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let path = |r: &Rate| {
            format!(
                "suite/{}/{}/pass_rate",
                r.capability.name(),
                r.language.map_or("all", super::page::language)
            )
        };
        self.rates.iter().map(|r| (path(r), r.passed.into())).collect()
    }
}

/// The figures of outside data by path: `outside/DATASET/CLASS/recall` and `precision`, and `outside/false_alarms`.
#[must_use]
pub fn outside_figures(report: &OutsideReport) -> Figures {
    let mut figures = Figures::from([("outside/false_alarms".to_owned(), report.false_alarms.into())]);
    for class in &report.classes {
        let at = format!("outside/{}/{}", super::page::dataset(class.dataset), class.class);
        figures.insert(format!("{at}/recall"), class.recall.into());
        figures.insert(format!("{at}/precision"), class.precision.into());
    }
    figures
}

impl From<Share> for Estimate {
    fn from(share: Share) -> Self {
        Self { value: share.value, low: share.low, high: share.high, n: share.n }
    }
}

impl From<share::Estimate> for Estimate {
    fn from(e: share::Estimate) -> Self {
        Self { value: e.value, low: e.low, high: e.high, n: e.n }
    }
}
