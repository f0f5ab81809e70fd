//! Commands that read and write many files.

pub(crate) mod errors;
mod progress;
pub(crate) mod report;
mod source;
