//! A gold record beside what was predicted for it, and the alignment of their sentences.

use relat_engine::{Assessment, Span, Taxonomy};

use crate::corpus::Record;
use crate::error::Result;
use crate::reading::{Pair, Reading};

/// A record and the assessment of its text.
#[derive(Debug, Clone)]
pub struct Example {
    /// What the annotator found.
    pub reference: Record,
    /// What the engine found in the same text.
    pub predicted: Assessment,
}

impl Example {
    /// Both readings as indices of the taxonomy.
    /// # Errors
    /// [`crate::Error::UnknownCode`], [`crate::Error::BadLevel`].
    pub fn pair(&self, taxonomy: &Taxonomy) -> Result<Pair> {
        Ok(Pair {
            reference: Reading::of_record(&self.reference, taxonomy)?,
            predicted: Reading::of_assessment(&self.predicted, &self.reference, taxonomy)?,
        })
    }
}

/// The sentence of a record that shares most bytes with a span: the earliest of equals, `None` when none shares any.
///
/// The engine may cut a text elsewhere than the annotator did; this is where its evidence counts.
#[must_use]
pub fn sentence_of(record: &Record, span: Span) -> Option<usize> {
    // Sentences follow one another, so those that touch the span are a run.
    let first = record.sentences.partition_point(|s| s.end <= span.start);
    let mut best: Option<(usize, usize)> = None;
    for (i, sentence) in record.sentences.iter().enumerate().skip(first) {
        if sentence.start >= span.end {
            break;
        }
        let shared = sentence.end.min(span.end).saturating_sub(sentence.start.max(span.start));
        if shared > best.map_or(0, |(_, most)| most) {
            best = Some((i, shared));
        }
    }
    best.map(|(i, _)| i)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing;

    proptest! {
        #[test]
        fn alignment_is_the_largest_overlap(record in testing::record(), a in 0usize..80, len in 0usize..40) {
            let span = Span::new(a, a + len);
            let shared = |i: usize| {
                let s = &record.sentences[i];
                s.end.min(span.end).saturating_sub(s.start.max(span.start))
            };
            match sentence_of(&record, span) {
                Some(i) => {
                    prop_assert!(shared(i) > 0);
                    for j in 0..record.sentences.len() {
                        prop_assert!(shared(j) < shared(i) || (shared(j) == shared(i) && j >= i));
                    }
                }
                None => prop_assert!((0..record.sentences.len()).all(|j| shared(j) == 0)),
            }
        }

        #[test]
        fn a_sentence_aligns_with_itself(record in testing::record()) {
            for (i, s) in record.sentences.iter().enumerate() {
                prop_assert_eq!(sentence_of(&record, Span::new(s.start, s.end)), Some(i));
            }
        }
    }
}
