//! The corpus as features and labels of sentences.

use std::collections::HashMap;

use relat_engine::linear::grams::{Block, Grams, NgramConfig};
use relat_engine::linear::vocabulary::Vocabulary;
use relat_engine::logits::Outputs;
use relat_engine::{Document, Status, Taxonomy};
use relat_eval::corpus::{GoldSentence, Record};

/// The sentences of a record with their n-grams and what is true of them.
#[derive(Debug)]
pub struct Encoded {
    /// Who wrote the record.
    pub writer: String,
    /// One entry a sentence.
    pub sentences: Vec<EncodedSentence>,
}

/// A sentence as the solver reads it.
#[derive(Debug)]
pub struct EncodedSentence {
    grams: Grams,
    /// Outputs that are true, sorted.
    pub positive: Vec<u16>,
}

/// An output's number as the solver stores it.
fn output(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

/// Outputs that are true of a sentence.
#[must_use]
pub fn positive(sentence: &GoldSentence, taxonomy: &Taxonomy, outputs: Outputs) -> Vec<u16> {
    let mut out = Vec::new();
    for need in &sentence.needs {
        if let Some(index) = taxonomy.need(&need.code) {
            if need.status == Status::Present {
                out.push(output(outputs.present(index)));
            }
            out.push(output(outputs.mention(index)));
            out.push(output(outputs.status(need.status)));
        }
    }
    for demand in sentence.demands.iter().filter_map(|d| taxonomy.demand(d)) {
        out.push(output(outputs.demand(demand)));
        out.push(output(outputs.asks()));
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// Reads the n-grams of every sentence of a record.
#[must_use]
pub fn encode(record: &Record, document: &Document, taxonomy: &Taxonomy, ngrams: NgramConfig) -> Encoded {
    let outputs = Outputs(relat_engine::reading::Catalogue::of(taxonomy));
    let text =
        |i: Option<usize>| i.and_then(|i| document.sentences().get(i)).map(|s| document.sentence_text(s));
    let sentences = record.sentences.iter().enumerate().map(|(i, gold)| {
        let mut grams = Grams::default();
        grams.fill(ngrams, text(Some(i)).unwrap_or_default(), text(i.checked_sub(1)), text(Some(i + 1)));
        grams.shrink();
        EncodedSentence { grams, positive: positive(gold, taxonomy, outputs) }
    });
    Encoded { writer: record.writer.clone(), sentences: sentences.collect() }
}

impl EncodedSentence {
    /// The n-grams of the sentence.
    #[must_use]
    pub fn grams(&self) -> &Grams {
        &self.grams
    }
}

/// The n-grams that at least `min_df` sentences have, by hash, with smoothed inverse document frequencies as
/// scikit-learn has them.
/// # Errors
/// A sentence when two rows cannot be told apart; a defect.
pub fn vocabulary<'a>(
    sentences: impl Iterator<Item = &'a EncodedSentence>,
    min_df: u32,
    block_weights: [f32; 4],
) -> Result<Vocabulary, String> {
    let mut frequency: HashMap<u32, u32> = HashMap::new();
    let mut n = 0u32;
    for sentence in sentences {
        n += 1;
        for (block, weight) in Block::ALL.into_iter().zip(block_weights) {
            if weight > 0.0 {
                for &(hash, _) in sentence.grams.block(block) {
                    *frequency.entry(hash).or_default() += 1;
                }
            }
        }
    }
    let mut kept: Vec<(u32, u32)> = frequency.into_iter().filter(|&(_, df)| df >= min_df).collect();
    kept.sort_unstable();
    #[expect(clippy::cast_possible_truncation, reason = "a frequency needs no more than f32")]
    let idf = |df: u32| ((f64::from(1 + n) / f64::from(1 + df)).ln() + 1.0) as f32;
    Vocabulary::new(
        kept.iter().map(|&(hash, _)| hash).collect(),
        kept.iter().map(|&(_, df)| idf(df)).collect(),
        block_weights,
    )
}
