//! Reads what a person tells in a social-services intake interview, and shows what each suggestion rests on.
//!
//! Text in, [`Assessment`] out: no network, no clock, no environment. The only input or output is loading a bundle.
//!
//! ```
//! use relat_engine::Pipeline;
//!
//! # fn main() -> relat_engine::Result<()> {
//! let pipeline = Pipeline::load("../models/linear".as_ref())?;
//! let text = "Fa tres mesos que no paga el lloguer i ha rebut una carta del jutjat amb data de desnonament.";
//! let assessment = pipeline.assess(text)?;
//! let arrears = assessment.needs.iter().find(|n| n.code == "housing_arrears" && n.suggested);
//! let evidence = arrears.map(|n| &n.evidence[0]);
//! assert_eq!(evidence.and_then(|e| text.get(e.start..e.end)), Some(text));
//! # Ok(())
//! # }
//! ```

pub mod actions;
mod assessment;
pub mod bundle;
pub mod decode;
mod document;
pub mod encoder;
mod error;
pub mod explain;
pub mod heads;
pub mod language;
pub mod linear;
pub mod logits;
mod memory;
/// Which instructions the encoder's kernels use.
pub mod kernels {
    pub use relat_kernels::{Kernels, Path, PathError};
}
pub mod model;
pub mod pipeline;
pub mod reading;
mod segment;
mod span;
mod taxonomy;

pub use assessment::{
    ActionFinding, Assessment, DemandFinding, Evidence, LevelFinding, NeedFinding, SentenceSpan, Status,
    VerificationStatus, Versions, Warning,
};
pub use document::{Document, Sentence};
pub use error::{Error, Result};
pub use memory::Memory;
pub use pipeline::Pipeline;
pub use span::{Language, Span};
pub use taxonomy::{Action, ActionKind, Demand, Domain, ExternalCodes, Labels, Need, Taxonomy};
