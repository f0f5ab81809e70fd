//! What the engine answers: suggestions with their evidence, and nothing that a person has decided.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::document::Document;
use crate::span::{Language, Span};

/// Everything that was read in a narrative. The JSON form is the API's answer; `schema()` describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Assessment {
    /// `unconfirmed` until a person decides; the engine writes no other value.
    pub verification_status: VerificationStatus,
    /// The language that most of the text is written in.
    pub language: Language,
    /// The sentences, in order: their spans cover the text.
    pub sentences: Vec<SentenceSpan>,
    /// Needs, suggested ones first, then by probability.
    pub needs: Vec<NeedFinding>,
    /// What the person asks for, suggested ones first, then by probability.
    pub demands: Vec<DemandFinding>,
    /// One entry a domain of the matrix, in matrix order.
    pub levels: Vec<LevelFinding>,
    /// What could be explored, best first. Never an entitlement.
    pub actions: Vec<ActionFinding>,
    /// What the reader should know about how the text was read.
    pub warnings: Vec<Warning>,
    /// What made this assessment.
    pub versions: Versions,
}

/// FHIR's `verificationStatus`, as far as it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum VerificationStatus {
    /// Suggested by the engine; no person has decided.
    Unconfirmed,
    /// A person agreed.
    Confirmed,
    /// A person disagreed.
    Refuted,
}

/// Where a need stands in what was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Now, or imminent, for the person or the household.
    Present,
    /// Said explicitly not to be so.
    Absent,
    /// Was so and is over.
    Past,
    /// Concerns someone outside the household, or is only hypothetical.
    Other,
}

impl Status {
    /// All statuses, in the order in which models store them.
    pub const ALL: [Self; 4] = [Self::Present, Self::Absent, Self::Past, Self::Other];
}

/// A sentence as the engine cut it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SentenceSpan {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// First UTF-16 code unit.
    pub start_utf16: usize,
    /// One past the last UTF-16 code unit.
    pub end_utf16: usize,
    /// Language of the sentence.
    pub language: Language,
}

/// A stretch of text that a finding rests on: `text.get(start..end)`, never empty.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// First UTF-16 code unit.
    pub start_utf16: usize,
    /// One past the last UTF-16 code unit.
    pub end_utf16: usize,
    /// Probability that this stretch says it, read beside its neighbours, 0 to 1. For a level: that the domain can be
    /// assessed at all.
    pub probability: f32,
}

impl Evidence {
    /// Evidence at a span of a document; `None` for an empty span or one that cuts a character.
    #[must_use]
    pub fn at(document: &Document, span: Span, probability: f32) -> Option<Self> {
        document.text().get(span.range()).filter(|s| !s.is_empty())?;
        Some(Self {
            start: span.start,
            end: span.end,
            start_utf16: document.utf16_offset(span.start)?,
            end_utf16: document.utf16_offset(span.end)?,
            probability,
        })
    }
}

/// A need that was read, with the status it was read in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NeedFinding {
    /// Code of the taxonomy.
    pub code: String,
    /// The likeliest status of what was read.
    pub status: Status,
    /// Calibrated probability of that status on this record, 0 to 1.
    pub probability: f32,
    /// True when the need is present above its threshold: only these are suggestions.
    pub suggested: bool,
    /// True for needs on which a service must act at once.
    pub alert: bool,
    /// Sentences it rests on, strongest first; never empty.
    pub evidence: Vec<Evidence>,
}

/// Something the person asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DemandFinding {
    /// Code of the taxonomy.
    pub code: String,
    /// Calibrated probability, 0 to 1.
    pub probability: f32,
    /// True above the code's threshold.
    pub suggested: bool,
    /// Sentences it rests on, strongest first; never empty.
    pub evidence: Vec<Evidence>,
}

/// The level of a domain of the matrix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LevelFinding {
    /// Code of the domain.
    pub domain: String,
    /// 1 (acute problem) to 5 (fully self-sufficient); null when the text does not tell. Silence is never a 5.
    pub level: Option<u8>,
    /// Probability of each level 1 to 5 given that the domain can be assessed; sums to 1.
    pub distribution: [f32; 5],
    /// Probability that the text tells enough to assess the domain, 0 to 1.
    pub assessable: f32,
    /// Sentences it rests on, strongest first; empty only when the level is null.
    pub evidence: Vec<Evidence>,
}

/// An entry of the catalogue that could be explored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ActionFinding {
    /// Code of the catalogue.
    pub code: String,
    /// Ranking score, 0 to 1.
    pub score: f32,
    /// True above the threshold for actions.
    pub suggested: bool,
    /// Codes of the needs and demands it answers in this record; never empty.
    pub because: Vec<String>,
    /// Conditions that the worker has still to check.
    pub to_check: Vec<String>,
    /// Sentences it rests on: those of the needs and demands it answers.
    pub evidence: Vec<Evidence>,
}

/// Something the reader should know. Odd text is no error: it is read as far as it can be, and says so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Warning {
    /// Sentences in a language that the model was not trained on.
    OtherLanguage {
        /// How many sentences.
        sentences: usize,
    },
    /// Too short to be an interview: the suggestions rest on little.
    VeryShort {
        /// Number of words.
        words: usize,
    },
    /// Nothing was found that the model would suggest.
    NothingFound,
    /// Invisible or control characters in the text.
    ControlCharacters {
        /// How many.
        characters: usize,
    },
    /// A sentence so long that it was probably several without full stops.
    LongSentence {
        /// First byte of the sentence.
        start: usize,
        /// One past its last byte.
        end: usize,
    },
    /// What was read for one need contradicts itself: said to be so and said not to be so.
    Contradiction {
        /// Code of the need.
        need: String,
    },
}

/// Versions of all that made an assessment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Versions {
    /// Version of the engine.
    pub engine: String,
    /// Name and version of the bundle.
    pub model: String,
    /// sha256 of the bundle's manifest, hexadecimal.
    pub model_sha256: String,
    /// Version of the taxonomy.
    pub taxonomy: String,
    /// Version of the thresholds.
    pub thresholds: String,
    /// Version of the service catalogue.
    pub catalogue: String,
}

impl Assessment {
    /// The JSON Schema (2020-12) of an assessment.
    #[must_use]
    pub fn schema() -> serde_json::Value {
        schemars::schema_for!(Self).to_value()
    }
}
