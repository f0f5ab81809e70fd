//! The language of each sentence.
//!
//! Catalan, Spanish and English are told apart by the log-odds of letter n-grams and whole words, summed over the
//! sentence (Cavnar and Trenkle 1994 weighed as naive Bayes); `relat-train language` writes the table from the corpus.
//! Other languages have no table: a sentence is theirs when its script is, or when it has more of their commonest words
//! than of those of the nearest of the three. Those words (`foreign_words.tsv`: French, Italian, Portuguese, Galician,
//! Romanian, German, Dutch) and the sentences that test them are written by hand.

mod features;
mod identifier;

pub use features::ngrams;
pub use identifier::{LANGUAGES, LanguageEvidence, LanguageIdentifier, Weights};

use crate::span::Language;

/// Points that the language of a sentence nearby is worth to one that cannot be told alone.
const NEIGHBOUR: i32 = 120;

/// The language of every sentence of a text: one too short to tell takes that of the sentences around it.
#[must_use]
pub fn settle(evidence: &[LanguageEvidence]) -> Vec<Language> {
    let sure = |e: &&LanguageEvidence| e.language() == Language::Other || e.margin() > 2 * NEIGHBOUR;
    let mut before = Vec::with_capacity(evidence.len());
    let mut last = None;
    for e in evidence {
        before.push(last);
        if e.has_letters() && sure(&e) {
            last = Some(e.language());
        }
    }
    let mut languages = Vec::with_capacity(evidence.len());
    let mut after = None;
    for (e, before) in evidence.iter().zip(before).rev() {
        if e.has_letters() && sure(&e) {
            after = Some(e.language());
        }
        let near = if e.has_letters() && !sure(&e) { [before, after] } else { [None, None] };
        languages.push(e.language_among(near, NEIGHBOUR));
    }
    languages.reverse();
    languages
}

#[cfg(test)]
mod tests;
