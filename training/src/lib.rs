//! From a corpus to a bundle.

pub mod error;
pub mod import;
pub mod language;
pub mod linear;
pub mod progress;
pub mod translated;
