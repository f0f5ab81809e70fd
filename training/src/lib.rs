//! From a corpus to a bundle.

pub mod import;
