//! Words of a text that show the gender of a person.

use crate::counterfactual::edit::Edit;
use crate::counterfactual::lexicon::{Gender, NounKind, Number};

/// What kind of word shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// A given name.
    Name {
        /// As written.
        name: String,
        /// The age told right after it.
        age: Option<u8>,
        /// After a noun that says who it is: "la mare, la Ndèye".
        apposed: bool,
        /// The first surname, if any.
        surname: Option<String>,
    },
    /// A noun with what agrees with it; `described` when it may be said of the person described.
    Noun {
        /// What kind of noun.
        kind: NounKind,
        /// See above.
        described: bool,
        /// Ages at which the person described may be meant by it or not: "l'avi", the grandfather.
        unsure: Option<(u8, u8)>,
        /// The name that a title stands before.
        titled: Option<String>,
    },
    /// A pronoun or a clitic: about whoever was told of before, never about the one who speaks.
    Pronoun,
    /// An adjective on its own.
    Adjective,
}

impl What {
    /// About whoever was told of before.
    pub(super) fn loose(&self) -> bool {
        matches!(self, Self::Pronoun | Self::Adjective)
    }
}

/// A word that shows the gender of someone, and the edits that show the other one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) what: What,
    pub(super) gender: Gender,
    pub(super) number: Number,
    pub(super) sentence: usize,
    pub(super) edits: Vec<Edit>,
}

impl Mark {
    /// The given name, when it is one.
    pub(super) fn name(&self) -> Option<&str> {
        match &self.what {
            What::Name { name, .. } => Some(name),
            What::Noun { .. } | What::Pronoun | What::Adjective => None,
        }
    }
}
