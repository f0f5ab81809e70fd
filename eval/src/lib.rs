//! What data scientists trust and reviewers can stop a release with: gold records, metrics with intervals, groups.

pub mod agreement;
pub mod bootstrap;
pub mod change;
pub mod compiled;
pub mod corpus;
pub mod counterfactual;
mod date;
mod error;
mod example;
pub mod faithfulness;
pub mod figure_names;
pub mod figures;
pub mod findings;
pub mod gates;
pub mod groups;
pub mod human;
pub mod language;
mod metric;
pub mod metric_frame;
pub mod metrics;
mod normal;
pub mod outside;
pub mod predictions;
mod random;
pub mod reading;
pub mod readings;
pub mod report;
pub mod segmentation;
pub mod share;
pub mod statistic;
pub mod suites;
pub mod summary;
mod suppression;
#[cfg(test)]
mod testing;
pub mod translation;

pub use bootstrap::{Bootstrap, BootstrapConfig, Estimate, Method};
pub use date::{Date, NotADate};
pub use error::{Error, Result};
pub use example::{Example, sentence_of};
pub use figure_names::Figures;
pub use gates::{GateReport, Gates};
pub use metric::{Direction, Metric, SPOKEN};
pub use metric_frame::MetricFrame;
pub use reading::{Pair, Reading};
pub use summary::{Summary, summary};
