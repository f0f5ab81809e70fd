//! What people decide on suggestions: events that only accumulate, and a state that is nothing but a fold of them.
//!
//! The model's answer is never an argument of the fold: whatever is decided, its scores stay as they were.

use std::collections::BTreeMap;

use relat_engine::{Status, VerificationStatus};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

mod check;
#[cfg(test)]
mod tests;

pub use check::{Invalid, check, marks_every_domain, undecided_alerts};

/// What a decision is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A need.
    Need,
    /// A demand.
    Demand,
    /// The level of a domain.
    Level,
    /// An action of the catalogue.
    Action,
}

/// A suggestion, or something that a worker added: one code of one kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct Subject {
    /// Which list the code is of.
    pub kind: Kind,
    /// Code of the taxonomy.
    pub code: String,
}

/// Why a suggestion is refuted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The person says that it is not so.
    Denied,
    /// It was so and is over.
    Past,
    /// It is about somebody else.
    OtherPerson,
    /// Somebody sees to it already.
    AlreadyHandled,
    /// The text does not say enough.
    NotEnoughEvidence,
    /// It was read wrongly.
    Wrong,
}

/// A stretch of the narrative that a person chose, in bytes of UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Stretch {
    /// First byte.
    #[serde(deserialize_with = "crate::integer::whole")]
    pub start: usize,
    /// One past the last byte.
    #[serde(deserialize_with = "crate::integer::whole")]
    pub end: usize,
}

/// What a person says instead of the model, or besides it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Code of the taxonomy.
    pub code: String,
    /// For needs; present when it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<crate::schema::Status>)]
    pub status: Option<Status>,
    /// For levels: 1 to 5. Without it the domain cannot be assessed from what was told.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::integer::whole_or_none"
    )]
    #[schema(minimum = 1, maximum = 5)]
    pub level: Option<u8>,
    /// What it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Stretch>,
}

/// Something that a person did to an interview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "lowercase", deny_unknown_fields)]
pub enum Act {
    /// The suggestion holds.
    Confirm {
        /// Which list the code is of.
        kind: Kind,
        /// Code of the suggestion.
        code: String,
    },
    /// It holds with another code, status, level or evidence.
    Edit {
        /// Which list the code is of.
        kind: Kind,
        /// Code of the suggestion.
        code: String,
        /// What holds.
        to: Finding,
    },
    /// It does not hold.
    Refute {
        /// Which list the code is of.
        kind: Kind,
        /// Code of the suggestion.
        code: String,
        /// Why.
        reason: Reason,
    },
    /// The model did not say it.
    Add {
        /// Which list the code is of.
        kind: Kind,
        /// What holds.
        finding: Finding,
    },
    /// Takes back the last decision that was not taken back.
    Undo,
    /// Gives again what was taken back last.
    Redo,
    /// Ends the interview: nothing more is decided.
    Close,
    /// Opens it again.
    Reopen,
}

impl Act {
    /// What it decides on; nothing for undo, redo, close and reopen.
    #[must_use]
    pub fn subject(&self) -> Option<Subject> {
        match self {
            Self::Confirm { kind, code }
            | Self::Edit { kind, code, .. }
            | Self::Refute { kind, code, .. } => Some(Subject { kind: *kind, code: code.clone() }),
            Self::Add { kind, finding } => Some(Subject { kind: *kind, code: finding.code.clone() }),
            Self::Undo | Self::Redo | Self::Close | Self::Reopen => None,
        }
    }

    /// The decision in the words of exports: confirmed, edited, refuted or added.
    #[must_use]
    pub fn decision(&self) -> Option<&'static str> {
        match self {
            Self::Confirm { .. } => Some("confirmed"),
            Self::Edit { .. } => Some("edited"),
            Self::Refute { .. } => Some("refuted"),
            Self::Add { .. } => Some("added"),
            Self::Undo | Self::Redo | Self::Close | Self::Reopen => None,
        }
    }

    /// FHIR's word for what it makes of its subject.
    #[must_use]
    pub fn verification_status(&self) -> VerificationStatus {
        match self {
            Self::Confirm { .. } | Self::Edit { .. } | Self::Add { .. } => VerificationStatus::Confirmed,
            Self::Refute { .. } => VerificationStatus::Refuted,
            Self::Undo | Self::Redo | Self::Close | Self::Reopen => VerificationStatus::Unconfirmed,
        }
    }
}

/// An act with its author and time: a row of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Event {
    /// Place in the interview's log, from 1.
    pub seq: u64,
    /// Its own id.
    pub id: Uuid,
    /// Who.
    pub by: Uuid,
    /// When, UTC.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What.
    #[serde(flatten)]
    pub act: Act,
}

/// Why an act cannot be done now. The log has no such act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Everything was taken back, or nothing was decided.
    #[error("there is nothing to undo")]
    NothingToUndo,
    /// Nothing was taken back since the last decision.
    #[error("there is nothing to redo")]
    NothingToRedo,
    /// The interview is closed.
    #[error("the interview is closed: open it again first")]
    Closed,
    /// The interview is open.
    #[error("the interview is open")]
    Open,
    /// An event that does not follow the one before it.
    #[error("the log has a gap")]
    Gap,
}

/// Where an interview stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    done: Vec<Event>,
    undone: Vec<Event>,
    closed: bool,
    seq: u64,
}

impl State {
    /// The state after a log.
    /// # Errors
    /// [`Refused`] for a log that no sequence of accepted acts makes.
    pub fn fold(log: impl IntoIterator<Item = Event>) -> Result<Self, Refused> {
        let mut state = Self::default();
        for event in log {
            state.apply(event)?;
        }
        Ok(state)
    }

    /// Takes a further event.
    /// # Errors
    /// [`Refused`]; the state is then as it was.
    pub fn apply(&mut self, event: Event) -> Result<(), Refused> {
        self.allows(&event.act)?;
        if event.seq != self.seq + 1 {
            return Err(Refused::Gap);
        }
        self.seq = event.seq;
        match event.act {
            Act::Undo => self.undone.extend(self.done.pop()),
            Act::Redo => self.done.extend(self.undone.pop()),
            Act::Close => self.closed = true,
            Act::Reopen => self.closed = false,
            Act::Confirm { .. } | Act::Edit { .. } | Act::Refute { .. } | Act::Add { .. } => {
                // Another decision after an undo is another future.
                self.undone.clear();
                self.done.push(event);
            }
        }
        Ok(())
    }

    /// Whether an act can be done now.
    /// # Errors
    /// [`Refused`].
    pub fn allows(&self, act: &Act) -> Result<(), Refused> {
        match (act, self.closed) {
            (Act::Reopen, false) => Err(Refused::Open),
            (Act::Reopen, true) => Ok(()),
            (_, true) => Err(Refused::Closed),
            (Act::Undo, false) if self.done.is_empty() => Err(Refused::NothingToUndo),
            (Act::Redo, false) if self.undone.is_empty() => Err(Refused::NothingToRedo),
            (_, false) => Ok(()),
        }
    }

    /// What holds of each subject: the last decision on it that was not taken back.
    #[must_use]
    pub fn current(&self) -> BTreeMap<Subject, &Event> {
        self.done.iter().filter_map(|event| Some((event.act.subject()?, event))).collect()
    }

    /// The decision that holds of one subject.
    #[must_use]
    pub fn on(&self, subject: &Subject) -> Option<&Event> {
        self.done.iter().rev().find(|event| event.act.subject().as_ref() == Some(subject))
    }

    /// How many decisions can be taken back, and how many given again.
    #[must_use]
    pub fn depths(&self) -> (usize, usize) {
        (self.done.len(), self.undone.len())
    }

    /// Whether nothing more is decided.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Number of events.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq
    }
}
