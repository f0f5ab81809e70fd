//! Counterfactual rewritings: the same narrative about another person, made with grammar, to see what a model does.
//!
//! A rewriting that cannot be made well is refused with the reason: how many are refused is part of every report.

mod age;
mod edit;
mod gender;
mod inflect;
mod lexicon;
mod names;
mod nationality;
mod numbers;
mod origin;
mod place;
mod quality;
mod run;
mod scene;
mod status;
mod token;
mod words;

#[cfg(test)]
mod tests;

pub use gender::Scope;
pub use origin::Origin;
pub use quality::{Quality, quality};
pub use run::{CounterfactualReport, Group, GroupReport, Plan, Tried, count, read, run};

use crate::corpus::Record;
use relat_engine::Span;
use serde::{Deserialize, Serialize};

/// A sentence before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RewrittenSentence {
    /// Its bytes in the original.
    pub original: Span,
    /// Its bytes in the rewriting.
    pub rewritten: Span,
    /// False when both are the same text.
    pub changed: bool,
}

/// A rewritten narrative with its sentences, one for each of the original. `Debug` hides the text.
#[derive(Clone, PartialEq, Eq)]
pub struct Rewriting {
    /// The new text.
    pub text: String,
    /// Sentences that cover both texts, in order: gold labels and evidence move along them.
    pub sentences: Vec<RewrittenSentence>,
}

impl std::fmt::Debug for Rewriting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rewriting").field("n_sentences", &self.sentences.len()).finish_non_exhaustive()
    }
}

impl Rewriting {
    /// The record with the new text: labels stay with their sentences.
    #[must_use]
    pub fn record(&self, original: &Record) -> Record {
        let mut record = original.clone();
        record.text.clone_from(&self.text);
        for (sentence, own) in record.sentences.iter_mut().zip(&self.sentences) {
            sentence.start = own.rewritten.start;
            sentence.end = own.rewritten.end;
        }
        record
    }
}

/// Why a record is not rewritten.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, thiserror::Error,
)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// There are no rules for the language.
    #[error("no rules for this language")]
    Language,
    /// The record does not say who is described, or their gender is neither `f` nor `m`.
    #[error("the gender of the person is not settled")]
    GenderUnsettled,
    /// What is told depends on gender: pregnancy, violence by a partner, a place for one gender only.
    #[error("what is told depends on gender")]
    GenderedTopic,
    /// Someone else of the person's gender is told of, so that words may be about either.
    #[error("someone else of the same gender is told of")]
    OtherSameGender,
    /// A partner is told of: changing one of the two alone would change the couple.
    #[error("a partner is told of")]
    Couple,
    /// A word whose gender may be that of a person or of a thing.
    #[error("a word may agree with a person or with a thing")]
    AmbiguousAgreement,
    /// A plural whose members cannot be told.
    #[error("a plural may or may not count the person in")]
    PluralAgreement,
    /// A given name that the lists do not have.
    #[error("a given name is not in the lists")]
    NameUnknown,
    /// The new name is already someone's in the text.
    #[error("the new name is already in the text")]
    NameTaken,
    /// Two edits touch each other.
    #[error("two edits touch each other")]
    Conflict,
    /// The text has nothing of the kind.
    #[error("the text has nothing to change")]
    NothingToChange,
    /// Where the person stands in law is what the text is about.
    #[error("administrative status is the topic")]
    StatusTopic,
    /// A value that more of the text depends on, such as a birth year beside an age.
    #[error("other facts in the text depend on it")]
    Dependent,
}

/// What is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kind {
    /// Gender.
    Gender {
        /// Whose.
        scope: Scope,
    },
    /// Given name and surname of the person described.
    Name {
        /// Where the new name comes from.
        origin: Origin,
    },
    /// Country, nationality and cities abroad.
    Nationality,
    /// Age of the person described, within a stage of life.
    Age,
    /// Town or district.
    Place,
    /// A residence permit, told in passing.
    Status,
}

impl Kind {
    /// Everything that can be changed, names of each origin apart.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let gender = [Self::Gender { scope: Scope::Person }, Self::Gender { scope: Scope::Everyone }];
        let names = Origin::ALL.into_iter().map(|origin| Self::Name { origin });
        let others = [Self::Nationality, Self::Age, Self::Place, Self::Status];
        gender.into_iter().chain(names).chain(others).collect()
    }
}

impl Kind {
    /// Stable name of what is changed, as in the paths of figures.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gender { .. } => "gender",
            Self::Name { .. } => "name",
            Self::Nationality => "nationality",
            Self::Age => "age",
            Self::Place => "town",
            Self::Status => "status",
        }
    }

    /// Stable name of how it is changed: the scope of gender, the origin of names, else `all`.
    #[must_use]
    pub fn group(self) -> &'static str {
        match self {
            Self::Gender { scope: Scope::Person } => "person",
            Self::Gender { scope: Scope::Everyone } => "everyone",
            Self::Name { origin } => origin.name(),
            Self::Nationality | Self::Age | Self::Place | Self::Status => "all",
        }
    }
}

/// Rewrites a record.
/// # Errors
/// The [`Refusal`] that says why it cannot be rewritten well.
pub fn rewrite(record: &Record, kind: Kind) -> Result<Rewriting, Refusal> {
    match kind {
        Kind::Gender { scope } => gender::rewrite(record, scope),
        Kind::Name { origin } => origin::rewrite(record, origin),
        Kind::Nationality => nationality::rewrite(record),
        Kind::Age => age::rewrite(record),
        Kind::Place => place::rewrite(record),
        Kind::Status => status::rewrite(record),
    }
}
