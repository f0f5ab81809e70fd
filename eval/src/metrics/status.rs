//! Whether what is denied, over or about somebody else is told apart from what is so.

use ndarray::{Array2, Axis, Slice};
use relat_engine::Status;
use serde::Serialize;

use super::classification::Counts;
use super::share;
use crate::reading::{Pair, SentenceNeed};

/// Names of the rows and columns of [`StatusConfusion`].
pub const STATUS_NAMES: [&str; 5] = ["present", "absent", "past", "other", "none"];

/// Status in the reference × status shown, over pairs of a sentence and a need that either names.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StatusConfusion {
    /// Rows: reference. Columns: predicted. Order of [`STATUS_NAMES`]; none × none is not counted and stays 0.
    #[serde(serialize_with = "super::as_rows")]
    pub counts: Array2<f64>,
}

/// Row or column of a status, or of none.
pub(crate) fn index(status: Option<Status>) -> usize {
    match status {
        Some(Status::Present) => 0,
        Some(Status::Absent) => 1,
        Some(Status::Past) => 2,
        Some(Status::Other) => 3,
        None => 4,
    }
}

/// The (reference, predicted) cells that a pair of readings falls into, one a sentence and need that either names.
pub(crate) fn cells(pair: &Pair) -> impl Iterator<Item = (usize, usize)> {
    let (reference, predicted) = (&pair.reference.statuses, &pair.predicted.statuses);
    let cell =
        move |at: &SentenceNeed| (index(reference.get(at).copied()), index(predicted.get(at).copied()));
    let only_predicted = predicted.keys().filter(move |at| !reference.contains_key(at));
    reference.keys().chain(only_predicted).map(cell)
}

/// How many statuses there are beside none.
pub(crate) const STATUSES: usize = STATUS_NAMES.len() - 1;

/// Right, invented and missed of each status, over pairs of a sentence and a need.
/// # Shapes
/// Result: one entry a status, in the order of [`STATUS_NAMES`] without none.
#[must_use]
pub fn counts_by_status(pair: &Pair) -> Vec<Counts> {
    let mut counts = vec![Counts::default(); STATUSES];
    for (reference, predicted) in cells(pair) {
        if reference == predicted {
            if let Some(c) = counts.get_mut(reference) {
                c.true_positives += 1.0;
            }
            continue;
        }
        if let Some(c) = counts.get_mut(predicted) {
            c.false_positives += 1.0;
        }
        if let Some(c) = counts.get_mut(reference) {
            c.false_negatives += 1.0;
        }
    }
    counts
}

impl StatusConfusion {
    /// Counts pairs of readings.
    #[must_use]
    pub fn of_pairs(pairs: &[Pair]) -> Self {
        let mut counts = Array2::zeros((STATUS_NAMES.len(), STATUS_NAMES.len()));
        for cell in pairs.iter().flat_map(cells) {
            if let Some(count) = counts.get_mut(cell) {
                *count += 1.0;
            }
        }
        Self { counts }
    }

    /// Share of what the reference has as absent, past or other that is shown as present: the harm of reading past a
    /// "no". `None` when the reference has no such pair.
    #[must_use]
    pub fn non_present_shown(&self) -> Option<f64> {
        let rows = self.counts.slice_axis(Axis(0), Slice::from(1..4));
        share(rows.column(0).sum(), rows.sum())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use relat_engine::Taxonomy;

    use super::*;
    use crate::statistic::to_count;
    use crate::testing;

    proptest! {
        #[test]
        fn every_told_pair_is_counted_once(examples in testing::examples(1..6)) {
            let pairs = testing::pairs(&examples);
            let confusion = StatusConfusion::of_pairs(&pairs);
            let told: usize = pairs.iter().map(|p| p.reference.statuses.len()).sum();
            let rows = confusion.counts.slice_axis(Axis(0), Slice::from(..4));
            prop_assert_eq!(to_count(rows.sum()), told);
            let shown: usize = pairs.iter().map(|p| p.predicted.statuses.len()).sum();
            let columns = confusion.counts.slice_axis(Axis(1), Slice::from(..4));
            prop_assert_eq!(to_count(columns.sum()), shown);
        }
    }

    #[test]
    fn a_denied_need_shown_as_present_is_found() {
        let records = testing::sample_records(60, 5);
        let mut pairs: Vec<Pair> = records
            .iter()
            .map(|r| testing::example(r.clone(), testing::perfect(r)).pair(Taxonomy::shipped()).unwrap())
            .collect();
        assert_eq!(StatusConfusion::of_pairs(&pairs).non_present_shown(), Some(0.0));
        for pair in &mut pairs {
            for status in pair.predicted.statuses.values_mut() {
                *status = Status::Present;
            }
        }
        assert_eq!(StatusConfusion::of_pairs(&pairs).non_present_shown(), Some(1.0));
        assert_eq!(StatusConfusion::of_pairs(&[]).non_present_shown(), None);
    }
}
