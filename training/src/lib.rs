//! From a corpus to a bundle.

pub mod checkpoint;
pub mod distil;
pub mod embed;
pub mod error;
pub mod import;
pub mod language;
pub mod linear;
pub mod optimizer;
pub mod parallel;
pub mod progress;
pub mod retrieval;
pub mod rng;
pub mod tokenizer;
pub mod translated;
