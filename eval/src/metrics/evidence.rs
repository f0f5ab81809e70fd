//! Whether what is shown as evidence is where the annotator found it.

use std::collections::BTreeSet;

use super::classification::Counts;
use crate::reading::{Pair, SentenceNeed};

/// Sentence-need pairs: present in the reference against evidence of suggested needs.
#[must_use]
pub fn sentence_counts(pair: &Pair) -> Counts {
    let reference: BTreeSet<SentenceNeed> = pair.reference.evidence().collect();
    Counts::of_sets(&reference, &pair.predicted.evidence().collect())
}

/// The same counts for each need.
/// # Shapes
/// Result: one entry a need, `n_needs`.
#[must_use]
pub fn counts_by_need(pair: &Pair, n_needs: usize) -> Vec<Counts> {
    let (mut reference, mut predicted) = (vec![BTreeSet::new(); n_needs], vec![BTreeSet::new(); n_needs]);
    for (reading, sets) in [(&pair.reference, &mut reference), (&pair.predicted, &mut predicted)] {
        for (sentence, need) in reading.evidence() {
            if let Some(set) = sets.get_mut(need) {
                set.insert(sentence);
            }
        }
    }
    reference.iter().zip(&predicted).map(|(r, p)| Counts::of_sets(r, p)).collect()
}

/// F1 over the sentence-need pairs of all records; `None` when neither reading has any.
#[must_use]
pub fn sentence_f1(pairs: &[Pair]) -> Option<f64> {
    pairs.iter().map(sentence_counts).sum::<Counts>().f1()
}

#[cfg(test)]
mod tests {
    use relat_engine::Taxonomy;

    use super::*;
    use crate::testing;

    #[test]
    fn evidence_in_another_sentence_is_wrong() {
        let record =
            testing::sample_records(60, 5).into_iter().find(|r| !r.sentences[0].needs.is_empty()).unwrap();
        let mut example = testing::example(record.clone(), testing::perfect(&record));
        assert_eq!(sentence_f1(&[example.pair(Taxonomy::shipped()).unwrap()]), Some(1.0));
        let last = record.sentences.last().unwrap();
        for need in &mut example.predicted.needs {
            for evidence in &mut need.evidence {
                (evidence.start, evidence.end) = (last.start, last.end);
            }
        }
        assert!(sentence_f1(&[example.pair(Taxonomy::shipped()).unwrap()]).unwrap() < 1.0);
        assert_eq!(sentence_f1(&[]), None);
    }
}
