//! What data scientists trust and reviewers can stop a release with: gold records, metrics with intervals, groups.

pub mod change;
pub mod corpus;
pub mod counterfactual;
pub mod findings;
pub mod outside;
pub mod share;
pub mod suites;
pub mod translation;

#[cfg(test)]
mod testing;
