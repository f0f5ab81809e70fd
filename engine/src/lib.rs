//! Reads what a person tells in a social-services intake interview, and shows what each suggestion rests on.
//!
//! Text in, [`Assessment`] out: no network, no clock, no environment. The only input or output is loading a bundle.

mod assessment;
mod document;
mod error;
mod language;
mod segment;
mod taxonomy;

pub use assessment::{
    ActionFinding, Assessment, DemandFinding, Evidence, LevelFinding, NeedFinding, SentenceSpan, Status,
    VerificationStatus, Versions, Warning,
};
pub use document::{Document, Language, Sentence, Span};
pub use error::{Error, Result};
pub use taxonomy::{Action, ActionKind, Demand, Domain, ExternalCodes, Labels, Need, Taxonomy};
