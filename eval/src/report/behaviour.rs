//! What a model does with texts other than the records: rewritings of them, small cases, data of others.

use std::collections::BTreeMap;

use relat_engine::Language;
use serde::Serialize;

use crate::Figures;
use crate::change::ChangeReport;
use crate::counterfactual::{Group, GroupReport, Refusal};
use crate::outside::OutsideReport;
use crate::suites::{Rate, SuiteReport};
use crate::translation::{TranslatedReport, TranslationReport};

/// The figures of one way of rewriting. A text is compared with its own rewriting: what is measured is the change, not
/// whether either is right.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Counterfactual {
    /// What is changed, such as `gender` or `name`.
    pub kind: String,
    /// How: `person` or `everyone`, with the gender before the change where it is told apart (`person_from_f`); an origin
    /// of names; a direction of translation; else `all`.
    pub group: String,
    /// Language of the records; null for all together.
    pub language: Option<Language>,
    /// Number of rewritings.
    pub rewritings: usize,
    /// How many records were not rewritten, by reason.
    pub refused: BTreeMap<Refusal, usize>,
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

impl From<GroupReport> for Counterfactual {
    fn from(report: GroupReport) -> Self {
        let Group { kind, language, from } = report.group;
        Self {
            kind: kind.name().to_owned(),
            group: from
                .map_or_else(|| kind.group().to_owned(), |from| format!("{}_from_{from}", kind.group())),
            language,
            rewritings: report.rewritten,
            refused: report.refused,
            change: report.changes,
        }
    }
}

impl Counterfactual {
    /// One entry a direction of translation.
    #[must_use]
    pub fn of_translations(report: TranslationReport) -> Vec<Self> {
        let of = |(group, translated): (String, TranslatedReport)| Self {
            kind: "language".to_owned(),
            group,
            language: None,
            rewritings: translated.n,
            refused: BTreeMap::new(),
            change: translated.changes,
        };
        report.directions.into_iter().map(of).collect()
    }
}

impl Counterfactual {
    /// The figures by path: `counterfactual/KIND/GROUP/flip_rate`, `dropped_rate`, `added_rate`, and
    /// `counterfactual/KIND/GROUP/level_shift/DOMAIN`; of one language `counterfactual/KIND/GROUP/LANGUAGE/flip_rate` and
    /// so on.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let rates = [
            ("flip_rate", self.change.flip_rate),
            ("dropped_rate", self.change.dropped_rate),
            ("added_rate", self.change.added_rate),
        ];
        let language = self.language.map_or_else(String::new, |l| format!("/{}", crate::language::code(l)));
        let path = |name: &str| format!("counterfactual/{}/{}{language}/{name}", self.kind, self.group);
        let rates = rates.into_iter().map(|(name, e)| (path(name), e));
        let shifts = self.change.level_shift.iter().map(|(d, e)| (path(&format!("level_shift/{d}")), *e));
        rates.chain(shifts).collect()
    }

    /// True of all languages and both directions together: the rows that a first look needs.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.language.is_none() && !self.group.contains("_from_")
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
                r.language.map_or("all", crate::language::code)
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
