//! Reads what a person tells in a social-services intake interview, and shows what each suggestion rests on.
//!
//! Text in, [`Assessment`] out: no network, no clock, no environment. The only input or output is loading a bundle.

pub mod actions;
mod assessment;
pub mod bundle;
pub mod decode;
mod document;
mod error;
pub mod language;
pub mod linear;
pub mod pipeline;
pub mod reading;
mod segment;
mod taxonomy;

pub use assessment::{
    ActionFinding, Assessment, DemandFinding, Evidence, LevelFinding, NeedFinding, SentenceSpan, Status,
    VerificationStatus, Versions, Warning,
};
pub use document::{Document, Language, Sentence, Span};
pub use error::{Error, Result};
pub use pipeline::Pipeline;
pub use taxonomy::{Action, ActionKind, Demand, Domain, ExternalCodes, Labels, Need, Taxonomy};
