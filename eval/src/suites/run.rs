//! Running cases through a model and counting what holds.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use relat_engine::{Assessment, Language, Status};
use serde::{Deserialize, Serialize};

use super::case::{Capability, Case, Kind};
use crate::findings::{statuses, suggested};
use crate::share::Share;

/// One way in which a case does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "failure", rename_all = "snake_case")]
pub enum Failure {
    /// A code that had to be suggested is not.
    NotSuggested {
        /// The code.
        code: String,
    },
    /// A code that must not be suggested is.
    Suggested {
        /// The code.
        code: String,
    },
    /// A need that had to be found in a status is not found in it.
    OtherStatus {
        /// The code.
        code: String,
        /// The status expected.
        expected: Status,
        /// Statuses found; empty when the need was not found at all.
        got: Vec<Status>,
    },
    /// A code suggested on the text and not on its variant, which should be read alike.
    Lost {
        /// The code.
        code: String,
    },
    /// A code suggested on the variant and not on the text, which should be read alike.
    Gained {
        /// The code.
        code: String,
    },
    /// A code that should disappear is not suggested on the text, or still is on the variant.
    NotDropped {
        /// The code.
        code: String,
    },
    /// A code that should appear is suggested on the text already, or is not on the variant.
    NotAdded {
        /// The code.
        code: String,
    },
}

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseResult {
    /// Id of the case.
    pub id: String,
    /// What it tests.
    pub capability: Capability,
    /// Language of the suite.
    pub language: Language,
    /// How it is judged.
    pub kind: Kind,
    /// Empty when it passes.
    pub failures: Vec<Failure>,
}

impl CaseResult {
    /// True when nothing failed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// Pass rate of a capability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// The capability.
    pub capability: Capability,
    /// The language; null for all of them together.
    pub language: Option<Language>,
    /// Cases that pass, with Wilson's interval.
    pub passed: Share,
}

/// Results of all cases and pass rates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SuiteReport {
    /// One entry a case, in the order given.
    pub cases: Vec<CaseResult>,
    /// Rates by capability, first over all languages and then for each; only those with cases.
    pub rates: Vec<Rate>,
}

/// Runs every case through a model.
/// # Errors
/// The model's first error.
pub fn run<F>(cases: &[(Language, Case)], predict: F) -> relat_engine::Result<SuiteReport>
where
    F: Fn(&str) -> relat_engine::Result<Assessment> + Sync,
{
    Ok(SuiteReport::of(read(cases, predict)?))
}

/// What becomes of every case that has a capability, in the order given.
/// # Errors
/// The model's first error.
pub fn read<F>(cases: &[(Language, Case)], predict: F) -> relat_engine::Result<Vec<CaseResult>>
where
    F: Fn(&str) -> relat_engine::Result<Assessment> + Sync,
{
    let judged = cases.par_iter().filter_map(|(language, case)| {
        let capability = case.capability()?;
        let result = judge(case, &predict).map(|failures| CaseResult {
            id: case.id.clone(),
            capability,
            language: *language,
            kind: case.kind,
            failures,
        });
        Some(result)
    });
    judged.collect()
}

impl SuiteReport {
    /// The rates of some results.
    #[must_use]
    pub fn of(cases: Vec<CaseResult>) -> Self {
        let mut groups: BTreeMap<(Capability, Option<Language>), Vec<bool>> = BTreeMap::new();
        for case in &cases {
            for language in [None, Some(case.language)] {
                groups.entry((case.capability, language)).or_default().push(case.passed());
            }
        }
        let rate = |((capability, language), passed): (_, Vec<bool>)| Rate {
            capability,
            language,
            passed: Share::of(passed, |p| p),
        };
        let rates = groups.into_iter().map(rate).collect();
        Self { cases, rates }
    }
}

fn judge<F>(case: &Case, predict: &F) -> relat_engine::Result<Vec<Failure>>
where
    F: Fn(&str) -> relat_engine::Result<Assessment>,
{
    let first = predict(&case.text)?;
    let before = suggested(&first);
    let mut failures = Vec::new();
    for expectation in &case.expect {
        let code = expectation.code.clone();
        if expectation.status == Status::Present {
            if !before.contains(code.as_str()) {
                failures.push(Failure::NotSuggested { code });
            }
            continue;
        }
        let got = statuses(&first, &code);
        if before.contains(code.as_str()) {
            failures.push(Failure::Suggested { code: code.clone() });
        }
        if !got.contains(&expectation.status) {
            let got = got.into_iter().collect();
            failures.push(Failure::OtherStatus { code, expected: expectation.status, got });
        }
    }
    for code in &case.forbid {
        let failure = Failure::Suggested { code: code.clone() };
        if before.contains(code.as_str()) && !failures.contains(&failure) {
            failures.push(failure);
        }
    }
    let Some(variant) = &case.variant else { return Ok(failures) };
    let second = predict(variant)?;
    let after = suggested(&second);
    if case.kind == Kind::Inv {
        failures.extend(before.difference(&after).map(|code| Failure::Lost { code: (*code).to_owned() }));
        failures.extend(after.difference(&before).map(|code| Failure::Gained { code: (*code).to_owned() }));
    }
    let moved =
        |code: &str, from: &BTreeSet<&str>, to: &BTreeSet<&str>| from.contains(code) && !to.contains(code);
    let kept = case.drop.iter().filter(|code| !moved(code, &before, &after));
    failures.extend(kept.map(|code| Failure::NotDropped { code: code.clone() }));
    let absent = case.add.iter().filter(|code| !moved(code, &after, &before));
    failures.extend(absent.map(|code| Failure::NotAdded { code: code.clone() }));
    Ok(failures)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Reads, keyword_model};

    const RULES: &[(&str, Reads)] = &[
        ("owes", Reads::Need("debt", Status::Present)),
        ("paid off", Reads::Need("debt", Status::Past)),
        ("hungry", Reads::Need("food_insecurity", Status::Present)),
        ("asks for food", Reads::Demand("ask_food")),
    ];

    fn case(json: &str) -> (Language, Case) {
        (Language::En, serde_json::from_str(json).unwrap())
    }

    fn failures(json: &str) -> Vec<Failure> {
        let cases = [case(json)];
        cases[0].1.check(relat_engine::Taxonomy::shipped()).unwrap();
        run(&cases, keyword_model(RULES)).unwrap().cases.remove(0).failures
    }

    #[test]
    fn each_kind_of_expectation_holds_and_fails() {
        let code = || "debt".to_owned();
        let present = r#"{"id":"en-time-1","kind":"mft","text":"TEXT","expect":[{"code":"debt","status":"present"},{"code":"ask_food","status":"present"}]}"#;
        assert_eq!(failures(&present.replace("TEXT", "owes, asks for food")), []);
        assert_eq!(
            failures(&present.replace("TEXT", "paid off, asks for food")),
            [Failure::NotSuggested { code: code() }]
        );
        let past = r#"{"id":"en-time-1","kind":"mft","text":"TEXT","expect":[{"code":"debt","status":"past"}],"forbid":["debt"]}"#;
        assert_eq!(failures(&past.replace("TEXT", "paid off")), []);
        assert_eq!(
            failures(&past.replace("TEXT", "owes")),
            [
                Failure::Suggested { code: code() },
                Failure::OtherStatus { code: code(), expected: Status::Past, got: vec![Status::Present] }
            ]
        );
        let inv = r#"{"id":"en-spelling-1","kind":"inv","text":"owes","variant":"VARIANT"}"#;
        assert_eq!(failures(&inv.replace("VARIANT", "she owes")), []);
        assert_eq!(
            failures(&inv.replace("VARIANT", "hungry")),
            [Failure::Lost { code: code() }, Failure::Gained { code: "food_insecurity".into() }]
        );
        let dir = r#"{"id":"en-time-1","kind":"dir","text":"owes","variant":"VARIANT","drop":["debt"],"add":["ask_food"]}"#;
        assert_eq!(failures(&dir.replace("VARIANT", "paid off, asks for food")), []);
        assert_eq!(
            failures(&dir.replace("VARIANT", "still owes")),
            [Failure::NotDropped { code: code() }, Failure::NotAdded { code: "ask_food".into() }]
        );
    }

    #[test]
    fn rates_count_each_case_once_a_language_and_once_in_all() {
        let mut cases = Vec::new();
        for (i, text) in ["owes", "nothing", "owes", "hungry"].into_iter().enumerate() {
            let (_, mut case) = case(
                r#"{"id":"x-time-1","kind":"mft","text":"t","expect":[{"code":"debt","status":"present"}]}"#,
            );
            case.text = text.to_owned();
            cases.push((if i < 3 { Language::Ca } else { Language::En }, case));
        }
        let report = run(&cases, keyword_model(RULES)).unwrap();
        let counts: Vec<_> = report.rates.iter().map(|r| (r.language, r.passed.hits, r.passed.n)).collect();
        assert_eq!(counts, [(None, 2, 4), (Some(Language::Ca), 2, 3), (Some(Language::En), 0, 1)]);
        let json = serde_json::to_string(&report).unwrap();
        assert_eq!(serde_json::from_str::<SuiteReport>(&json).unwrap(), report);
    }
}
