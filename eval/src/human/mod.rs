//! What workers do with suggestions: whom they agree with, how fast, and whether they still read.

mod decision;
mod measure;

#[cfg(test)]
mod tests;

pub use decision::{Decision, Outcome, Reason, Subject, SuggestionKind, Tenure, read_file};
pub use measure::{FAST_SECONDS, HumanReport, HumanRow, HumanTable, measure};
