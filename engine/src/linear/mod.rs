//! The n-gram model: hashed n-grams and a linear layer a sentence.
//!
//! Alone it is the baseline for ever: every other model is measured against it.

pub mod grams;
pub mod sentence;
pub mod vocabulary;
