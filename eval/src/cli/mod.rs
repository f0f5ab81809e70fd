//! Commands that read and write many files.

pub(crate) mod errors;
pub(crate) mod flips;
mod progress;
pub(crate) mod report;
mod side;
mod source;
