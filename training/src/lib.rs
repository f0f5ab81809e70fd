//! From a corpus to a bundle.

pub mod calibrate;
pub mod checkpoint;
pub mod corpus;
pub mod distil;
pub mod embed;
pub mod error;
pub mod export;
pub mod fit;
pub mod import;
pub mod joint;
pub mod language;
pub mod linear;
pub mod logits;
mod loss;
pub mod optimizer;
pub mod parallel;
pub mod progress;
pub mod recipe;
pub mod replace;
pub mod retrieval;
pub mod rng;
pub mod source;
pub mod stages;
pub mod tokenizer;
pub mod translated;
