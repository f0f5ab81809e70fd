//! Behavioural suites: small texts written by hand, each for one capability, with what must and must not be read.
//! # Source
//! Ribeiro et al. (2020), "Beyond Accuracy: Behavioral Testing of NLP Models with `CheckList`", ACL.

mod case;
mod load;
mod run;

pub use case::{Capability, Case, CaseProblem, Expectation, Kind};
pub use load::{SuiteError, read_dir, read_file};
pub use run::{CaseResult, Failure, Rate, SuiteReport, read, run};
