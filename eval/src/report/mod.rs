//! One report of a model: what it is, what it was measured on, every figure with its interval, who it serves less well
//! and whether it may be released. The JSON and the pages are made from one struct, and the same inputs give the same
//! bytes: there is no clock and no chance in it.

pub mod behaviour;
mod card;
mod collect;
mod compare;
mod errors_page;
mod flips_page;
mod groups;
mod html;
mod page;
mod plain;
mod svg;
#[cfg(test)]
mod tests;

pub use collect::{Artefact, DataCard, Measured, Provenance, Report, Run, Settings, WorstRecord};
pub use compare::{Compared, ComparedRow, ComparedSection, Other, OtherTexts, Verdict};
pub use errors_page::{Wanted, differences_page, errors_page};
pub use flips_page::flips_page;
pub use plain::PlainLanguage;
