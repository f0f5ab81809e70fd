//! Which words of a sentence a finding rests on: the sentence is read again without each of them.
//!
//! Taking a word out (occlusion) asks the whole model, n-grams, encoder and heads alike, what that word is worth; a
//! gradient would see one of them. It costs a reading a word, so it is done on demand, for one sentence.
//! # Source
//! Zeiler and Fergus (2014), "Visualizing and Understanding Convolutional Networks", section 4.2; Li, Monroe and Jurafsky
//! (2016), "Understanding Neural Networks through Representation Erasure".

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::assessment::{Evidence, Status};
use crate::document::{Document, Sentence};
use crate::error::{Error, Result};
use crate::pipeline::Pipeline;
use crate::reading::Reading;
use crate::segment;
use crate::span::Span;

/// What a sentence is asked to account for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statement<'a> {
    /// A need in a status.
    Need(&'a str, Status),
    /// A demand.
    Demand(&'a str),
}

/// Why a sentence says something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Explanation {
    /// Probability that the sentence says it, 0 to 1: that of its evidence in an assessment.
    pub probability: f32,
    /// Its words, in order of the text; `probability` of each is that of the sentence without it. A word speaks for the
    /// statement where that is lower than the sentence's own, and against it where it is higher.
    pub words: Vec<Evidence>,
}

impl Pipeline {
    /// Reads a sentence again without each of its words.
    /// # Errors
    /// [`Error::NoCode`] for a code that the taxonomy lacks; [`Error::NoSentence`]; as [`Pipeline::read`].
    pub fn explain(
        &self,
        document: &Document,
        sentence: usize,
        statement: Statement<'_>,
    ) -> Result<Explanation> {
        let column = self.column(statement)?;
        let sentences = document.sentences();
        let no_sentence = || Error::NoSentence { index: sentence, count: sentences.len() };
        let at = sentences.get(sentence).ok_or_else(no_sentence)?;
        let probability =
            |document: &Document| -> Result<f32> { Ok(column.of(&self.read(document)?, sentence)) };
        let words = words(document.sentence_text(at)).map(|word| -> Result<Option<Evidence>> {
            let span = Span::new(at.content.start + word.start, at.content.start + word.end);
            let without = probability(&without(document, at, span)?)?;
            Ok(Evidence::at(document, span, without))
        });
        let words = words.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
        Ok(Explanation { probability: probability(document)?, words })
    }

    fn column(&self, statement: Statement<'_>) -> Result<Column> {
        let taxonomy = self.taxonomy();
        match statement {
            Statement::Need(code, status) => {
                Ok(Column::Need(taxonomy.need(code).ok_or(Error::NoCode { kind: "need" })?, status))
            }
            Statement::Demand(code) => {
                Ok(Column::Demand(taxonomy.demand(code).ok_or(Error::NoCode { kind: "demand" })?))
            }
        }
    }
}

/// Where a [`Reading`] holds a statement.
#[derive(Clone, Copy)]
enum Column {
    Need(usize, Status),
    Demand(usize),
}

impl Column {
    fn of(self, reading: &Reading, sentence: usize) -> f32 {
        match self {
            Self::Need(need, status) => reading.sentence_need(sentence, need, status),
            Self::Demand(demand) => reading.sentence_demand(sentence, demand),
        }
    }
}

/// Stretches without white space, less the punctuation at their ends; one of punctuation alone is none.
fn words(text: &str) -> impl Iterator<Item = Span> {
    text.split_whitespace().filter_map(move |chunk| {
        let word = chunk.trim_matches(|c: char| !c.is_alphanumeric());
        // Both are parts of `text`: the difference of their addresses is the offset.
        let start = word.as_ptr().addr() - text.as_ptr().addr();
        (!word.is_empty()).then(|| Span::new(start, start + word.len()))
    })
}

/// The document without a stretch of one sentence; a sentence of nothing else becomes an ellipsis, so that the others
/// keep their places.
fn without(document: &Document, sentence: &Sentence, cut: Span) -> Result<Document> {
    let text = document.text();
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let mut rest =
        part(sentence.span.start, cut.start).chars().chain(part(cut.end, sentence.span.end).chars());
    let filler = if rest.all(segment::is_blank) { "…" } else { "" };
    let changed = [part(0, cut.start), filler, part(cut.end, text.len())].concat();
    let (removed, added) = (cut.len(), filler.len());
    let moved = |at: usize| if at >= cut.end { at - removed + added } else { at };
    let spans: Vec<Span> =
        document.sentences().iter().map(|s| Span::new(moved(s.span.start), moved(s.span.end))).collect();
    Document::from_spans(changed, &spans)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> Vec<&'static str> {
        vec![
            "Fa tres mesos que no paga el lloguer. Té un fill de dos anys; «no dormo», diu.",
            "Sola.\n- deute\n… 🙂 no té menjar\n",
            "He can't pay the rent.  The heating is off—since May.",
        ]
    }

    #[test]
    fn words_lie_in_order_and_carry_no_punctuation_at_their_ends() {
        for text in texts() {
            let mut last = 0;
            for word in words(text) {
                let piece = text.get(word.range()).expect("on character boundaries");
                assert!(word.start >= last && !piece.contains(char::is_whitespace), "{piece}");
                assert!(piece.starts_with(char::is_alphanumeric) && piece.ends_with(char::is_alphanumeric));
                last = word.end;
            }
            let letters = |s: &str| s.chars().filter(|c| c.is_alphanumeric()).count();
            let found: usize = words(text).map(|w| letters(text.get(w.range()).unwrap())).sum();
            assert_eq!(found, letters(text), "no letter belongs to no word");
        }
    }

    #[test]
    fn a_cut_keeps_every_other_byte_and_the_number_of_sentences() {
        for text in texts() {
            let document = Document::new(text).unwrap();
            for sentence in document.sentences() {
                for word in words(document.sentence_text(sentence)) {
                    let cut =
                        Span::new(sentence.content.start + word.start, sentence.content.start + word.end);
                    let changed = without(&document, sentence, cut).unwrap();
                    assert_eq!(changed.sentences().len(), document.sentences().len());
                    let rest = [text.get(..cut.start).unwrap(), text.get(cut.end..).unwrap()].concat();
                    let alone = document.sentence_text(sentence).len() == cut.len();
                    assert_eq!(changed.text().len(), rest.len() + if alone { "…".len() } else { 0 });
                    assert!(alone || changed.text() == rest);
                }
            }
        }
    }
}
