//! The n-gram model: features, regression, and the baseline's way from a corpus to a bundle.

pub mod config;
pub mod data;
pub mod ngrams;
pub mod sentence;
pub mod solver;
pub mod train;
