//! What an assessment found, by code: needs and demands alike.

use std::collections::BTreeSet;

use relat_engine::{Assessment, Status};

/// Codes of the needs and demands that an assessment suggests.
#[must_use]
pub fn suggested(assessment: &Assessment) -> BTreeSet<&str> {
    let needs = assessment.needs.iter().filter(|n| n.suggested).map(|n| n.code.as_str());
    let demands = assessment.demands.iter().filter(|d| d.suggested).map(|d| d.code.as_str());
    needs.chain(demands).collect()
}

/// Statuses in which a need was found, suggested or not.
#[must_use]
pub fn statuses(assessment: &Assessment, code: &str) -> BTreeSet<Status> {
    assessment.needs.iter().filter(|n| n.code == code).map(|n| n.status).collect()
}

/// Largest probability given to a need in a status; `None` where it was not found so.
/// # Units
/// 0 to 1.
#[must_use]
pub fn probability(assessment: &Assessment, code: &str, status: Status) -> Option<f32> {
    let found = assessment.needs.iter().filter(|n| n.code == code && n.status == status);
    found.map(|n| n.probability).max_by(f32::total_cmp)
}
