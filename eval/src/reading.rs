//! What one reader found in a record, whoever the reader is: an annotator, another annotator or the engine.

use std::collections::{BTreeMap, BTreeSet};

use relat_engine::{Assessment, Span, Status, Taxonomy};

use crate::corpus::Record;
use crate::error::{Error, Result};
use crate::example::sentence_of;

/// A need at a sentence: (index of the sentence in the reference record, index of the need).
pub type SentenceNeed = (usize, usize);

/// What was found, as indices of the taxonomy's lists.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// Needs of the record: present in some sentence, or suggested.
    pub needs: BTreeSet<usize>,
    /// P(present on the record) of each need that a probability was given for; any other has 0.
    pub need_probability: BTreeMap<usize, f64>,
    /// Demands of the record: asked for in some sentence, or suggested.
    pub demands: BTreeSet<usize>,
    /// Level 1-5 of each domain, in matrix order; `None` when the text does not tell.
    pub levels: Vec<Option<u8>>,
    /// Actions proposed.
    pub actions: BTreeSet<usize>,
    /// Actions, best first: more than those proposed where the reader ranked more.
    pub ranking: Vec<usize>,
    /// Status of each need at each sentence where it is told of. Where a reader gives several, present wins, then the
    /// order of [`Status::ALL`].
    pub statuses: BTreeMap<SentenceNeed, Status>,
}

/// Two readings of one record.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// Gold, or the first annotator.
    pub reference: Reading,
    /// The engine, or the second annotator; sentences are the reference's.
    pub predicted: Reading,
}

impl Reading {
    /// An annotator's reading, over the record's own sentences.
    /// # Errors
    /// [`Error::UnknownCode`], [`Error::BadLevel`].
    pub fn of_record(record: &Record, taxonomy: &Taxonomy) -> Result<Self> {
        Self::of_annotator(record, record, taxonomy)
    }

    /// An annotator's reading, over the sentences that another annotator cut the same text into.
    /// # Errors
    /// [`Error::UnknownCode`], [`Error::BadLevel`].
    pub fn of_annotator(record: &Record, reference: &Record, taxonomy: &Taxonomy) -> Result<Self> {
        let codes = Codes { record: &record.id, taxonomy };
        let mut reading = Self::empty(taxonomy);
        for sentence in &record.sentences {
            let at = sentence_of(reference, Span::new(sentence.start, sentence.end));
            for need in &sentence.needs {
                let code = codes.need(&need.code)?;
                if need.status == Status::Present {
                    reading.needs.insert(code);
                    reading.need_probability.insert(code, 1.0);
                }
                reading.tell(at, code, need.status);
            }
            for demand in &sentence.demands {
                reading.demands.insert(codes.demand(demand)?);
            }
        }
        for (domain, &level) in &record.levels {
            reading.set_level(&codes, domain, level)?;
        }
        for action in &record.actions {
            reading.ranking.push(codes.action(action)?);
        }
        reading.actions = reading.ranking.iter().copied().collect();
        Ok(reading)
    }

    /// The engine's reading, its evidence aligned with the sentences of the reference record.
    ///
    /// A need present but below its threshold is not shown as present, so it stands at no sentence; it still has its
    /// probability.
    /// # Errors
    /// [`Error::UnknownCode`], [`Error::BadLevel`].
    pub fn of_assessment(assessment: &Assessment, reference: &Record, taxonomy: &Taxonomy) -> Result<Self> {
        let codes = Codes { record: &reference.id, taxonomy };
        let mut reading = Self::empty(taxonomy);
        for need in &assessment.needs {
            let code = codes.need(&need.code)?;
            if need.status == Status::Present {
                let probability = f64::from(need.probability);
                let known = reading.need_probability.entry(code).or_insert(probability);
                *known = known.max(probability);
                if !need.suggested {
                    continue;
                }
                reading.needs.insert(code);
            }
            for evidence in &need.evidence {
                let at = sentence_of(reference, Span::new(evidence.start, evidence.end));
                reading.tell(at, code, need.status);
            }
        }
        for demand in assessment.demands.iter().filter(|d| d.suggested) {
            reading.demands.insert(codes.demand(&demand.code)?);
        }
        for finding in &assessment.levels {
            if let Some(level) = finding.level {
                reading.set_level(&codes, &finding.domain, level)?;
            }
        }
        for action in &assessment.actions {
            let code = codes.action(&action.code)?;
            reading.ranking.push(code);
            if action.suggested {
                reading.actions.insert(code);
            }
        }
        Ok(reading)
    }

    /// P(present on the record) of a need; 0 when none was given.
    #[must_use]
    pub fn probability(&self, need: usize) -> f64 {
        self.need_probability.get(&need).copied().unwrap_or(0.0)
    }

    /// Where needs stand as present: the evidence of the needs found.
    pub fn evidence(&self) -> impl Iterator<Item = SentenceNeed> {
        self.statuses.iter().filter(|&(_, &s)| s == Status::Present).map(|(&at, _)| at)
    }

    fn empty(taxonomy: &Taxonomy) -> Self {
        Self { levels: vec![None; taxonomy.domains().len()], ..Self::default() }
    }

    fn tell(&mut self, sentence: Option<usize>, need: usize, status: Status) {
        // A span that touches no sentence of the reference lies outside the text; the engine's own laws forbid it.
        let Some(sentence) = sentence else { return };
        let known = self.statuses.entry((sentence, need)).or_insert(status);
        *known = (*known).min(status);
    }

    fn set_level(&mut self, codes: &Codes<'_>, domain: &str, level: u8) -> Result<()> {
        let index = codes.domain(domain)?;
        if !(1..=5).contains(&level) {
            return Err(Error::BadLevel {
                record: codes.record.to_owned(),
                domain: domain.to_owned(),
                got: level,
            });
        }
        if let Some(slot) = self.levels.get_mut(index) {
            *slot = Some(level);
        }
        Ok(())
    }
}

/// Looks codes up and says which record names one that is not there.
struct Codes<'a> {
    record: &'a str,
    taxonomy: &'a Taxonomy,
}

impl Codes<'_> {
    fn need(&self, code: &str) -> Result<usize> {
        self.known(self.taxonomy.need(code), "need", code)
    }

    fn demand(&self, code: &str) -> Result<usize> {
        self.known(self.taxonomy.demand(code), "demand", code)
    }

    fn domain(&self, code: &str) -> Result<usize> {
        self.known(self.taxonomy.domain(code), "domain", code)
    }

    fn action(&self, code: &str) -> Result<usize> {
        self.known(self.taxonomy.action(code), "action", code)
    }

    fn known(&self, index: Option<usize>, kind: &'static str, code: &str) -> Result<usize> {
        index.ok_or_else(|| Error::UnknownCode {
            record: self.record.to_owned(),
            kind,
            code: code.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing;

    proptest! {
        #[test]
        fn an_assessment_that_repeats_the_record_reads_as_the_record(record in testing::record()) {
            let taxonomy = Taxonomy::shipped();
            let gold = Reading::of_record(&record, taxonomy).unwrap();
            let read = Reading::of_assessment(&testing::perfect(&record), &record, taxonomy).unwrap();
            prop_assert_eq!(gold, read);
        }
    }

    #[test]
    fn an_unknown_code_names_the_record() {
        let mut record = testing::sample_records(1, 1).remove(0);
        record.actions.push("gold_coins".to_owned());
        let error = Reading::of_record(&record, Taxonomy::shipped()).unwrap_err();
        assert_eq!(error.code(), "unknown_code");
        assert!(error.to_string().contains(&record.id));
    }

    #[test]
    fn a_need_below_its_threshold_has_a_probability_and_no_sentence() {
        let record = testing::sample_records(40, 3).into_iter().find(|r| !r.levels.is_empty()).unwrap();
        let mut assessment = testing::perfect(&record);
        for need in &mut assessment.needs {
            need.suggested = false;
        }
        let read = Reading::of_assessment(&assessment, &record, Taxonomy::shipped()).unwrap();
        assert!(read.needs.is_empty());
        assert_eq!(read.evidence().count(), 0);
        assert_eq!(
            read.need_probability.len(),
            Reading::of_record(&record, Taxonomy::shipped()).unwrap().needs.len()
        );
    }
}
