//! The export of decisions: the form in which the service gives them.

use std::io::BufRead;
use std::path::Path;

use relat_engine::Taxonomy;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::serde::rfc3339;

use crate::corpus::CorpusError;

/// One line of an export: a suggestion, or an addition by the worker, and the decision that stands on it after every undo.
/// Holds no text and no name. JSON, one object a line, such as
///
/// ```json
/// {"assessment": "0197…", "model": "relat-linear 0.1.0", "kind": "need", "code": "debt", "score": 0.83,
///  "decision": "refuted", "reason": "past", "tenure": "1_to_5_years",
///  "subject": {"gender": "f", "age_band": "30-44", "origin_group": "local", "language": "ca"},
///  "shown_at": "2026-11-30T09:12:03Z", "decided_at": "2026-11-30T09:12:21Z"}
/// ```
///
/// Suggestions on which nobody has decided are not in the export.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Id of the assessment: decisions on one are no independent draws.
    pub assessment: String,
    /// Name and version of the model that suggested.
    pub model: String,
    /// What was suggested.
    pub kind: SuggestionKind,
    /// Code of the taxonomy; of a level, its domain.
    pub code: String,
    /// Probability shown beside the suggestion, 0 to 1; left out where the worker added it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// What the worker did.
    pub decision: Outcome,
    /// Why it was refuted; left out otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// How long the worker has been in the job, in bands.
    pub tenure: Tenure,
    /// Whom the assessment is about, in groups.
    pub subject: Subject,
    /// When the suggestion came into view; of an addition, when the assessment did. RFC 3339.
    #[serde(with = "rfc3339")]
    pub shown_at: OffsetDateTime,
    /// When the decision that stands was taken. RFC 3339.
    #[serde(with = "rfc3339")]
    pub decided_at: OffsetDateTime,
}

/// What was suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuggestionKind {
    /// A need.
    Need,
    /// A demand.
    Demand,
    /// The level of a domain.
    Level,
    /// An action.
    Action,
}

/// What a worker did with a suggestion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Took it as it was.
    Confirmed,
    /// Took it with another code, status, level or evidence.
    Edited,
    /// Refused it.
    Refuted,
    /// Added what was not suggested.
    Added,
}

/// Why a suggestion was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The person denied it.
    Denied,
    /// It is over.
    Past,
    /// It is about someone else.
    OtherPerson,
    /// Somebody sees to it already.
    AlreadyHandled,
    /// The text does not carry it.
    NotEnoughEvidence,
    /// It is wrong.
    Wrong,
}

/// How long a worker has been in the job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Tenure {
    /// Less than a year.
    #[serde(rename = "under_1_year")]
    Under1Year,
    /// One to five years.
    #[serde(rename = "1_to_5_years")]
    From1To5Years,
    /// More than five years.
    #[serde(rename = "over_5_years")]
    Over5Years,
}

/// Whom an assessment is about, in the groups of [`crate::groups::Feature`]; `not_recorded` where it is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// `f`, `m` or `x`.
    pub gender: String,
    /// Such as `30-44`.
    pub age_band: String,
    /// Such as `local` or `africa`.
    pub origin_group: String,
    /// `ca`, `es`, `en`.
    pub language: String,
}

impl SuggestionKind {
    /// Stable name, as serialised.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Need => "need",
            Self::Demand => "demand",
            Self::Level => "level",
            Self::Action => "action",
        }
    }
}

impl Tenure {
    /// Stable name, as serialised.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Under1Year => "under_1_year",
            Self::From1To5Years => "1_to_5_years",
            Self::Over5Years => "over_5_years",
        }
    }
}

impl Decision {
    /// Seconds from the suggestion's coming into view to the decision.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        (self.decided_at - self.shown_at).as_seconds_f64()
    }

    /// What is wrong with it, if anything.
    fn check(&self, taxonomy: &Taxonomy) -> Result<(), String> {
        let known = match self.kind {
            SuggestionKind::Need => taxonomy.need(&self.code),
            SuggestionKind::Demand => taxonomy.demand(&self.code),
            SuggestionKind::Level => taxonomy.domain(&self.code),
            SuggestionKind::Action => taxonomy.action(&self.code),
        };
        if known.is_none() {
            return Err(format!("no {} has the code '{}'", self.kind.name(), self.code));
        }
        let added = self.decision == Outcome::Added;
        if self.score.is_some() == added {
            return Err("a suggestion has a score and an addition has none".to_owned());
        }
        if self.score.is_some_and(|s| !(0.0..=1.0).contains(&s)) {
            return Err("a score is not between 0 and 1".to_owned());
        }
        if self.reason.is_some() != (self.decision == Outcome::Refuted) {
            return Err("what is refuted, and nothing else, has a reason".to_owned());
        }
        if self.decided_at < self.shown_at {
            return Err("decided before it was shown".to_owned());
        }
        Ok(())
    }
}

/// Reads an export, one JSON object a line.
/// # Errors
/// [`CorpusError`], with the file and the line.
pub fn read_file(path: &Path, taxonomy: &Taxonomy) -> Result<Vec<Decision>, CorpusError> {
    let io = |source| CorpusError::Io { path: path.to_owned(), source };
    let reader = std::io::BufReader::new(std::fs::File::open(path).map_err(io)?);
    let parse = |(i, line): (usize, std::io::Result<String>)| {
        let bad = |reason| CorpusError::Line { path: path.to_owned(), line: i + 1, reason };
        let decision: Decision = serde_json::from_str(&line.map_err(io)?).map_err(|e| bad(e.to_string()))?;
        decision.check(taxonomy).map_err(bad)?;
        Ok(decision)
    };
    reader.lines().enumerate().map(parse).collect()
}
