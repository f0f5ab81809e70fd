//! The n-gram baseline: features, regression, heads, thresholds, and their figures on unseen writers.

pub mod config;
pub mod data;
pub mod export;
pub mod heads;
pub mod sentence;
pub mod solver;
pub mod thresholds;
pub mod train;
