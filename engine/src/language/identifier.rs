//! Evidence for the languages, a sentence at a time.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::features::{ngrams, words};
use crate::span::Language;

/// The languages that have a table, in the order of their weights.
pub const LANGUAGES: [Language; 3] = [Language::Ca, Language::Es, Language::En];

/// Weights of an n-gram, one a language of [`LANGUAGES`]: log-odds in 24ths of a nat.
pub type Weights = [i8; 3];

/// Languages of `foreign_words.tsv` at most.
const FOREIGN: usize = 8;

/// Common words of a language that count for it; the rest only do not count for another.
const MOST_FREQUENT: usize = 100;

/// Place of the bit of the [`MOST_FREQUENT`] words.
const COMMONEST: usize = 4;

/// Words of a language without a table that tell it when they are more than those of the nearest with one.
const MORE_FOREIGN_WORDS: usize = 2;

/// Words of a language without a table that tell it when they are as many.
const AS_MANY_FOREIGN_WORDS: usize = 3;

/// Margin a letter, in 24ths of a nat, that nearly every sentence of the three exceeds.
const LIKELY_MARGIN: i32 = 12;

/// Letters below which the margin says little.
const SHORT: usize = 25;

/// Tells Catalan, Spanish and English sentences from one another and from the rest.
#[derive(Debug, Clone)]
pub struct LanguageIdentifier {
    weights: HashMap<Box<str>, Weights>,
    /// Common words, a bit a language of [`LANGUAGES`]; the commonest have a second bit, [`COMMONEST`] places higher.
    frequent: HashMap<Box<str>, u8>,
    /// Commonest words of other languages, a bit a language.
    foreign: HashMap<Box<str>, u8>,
}

/// What a sentence shows of its language.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LanguageEvidence {
    /// Summed weights, one a language of [`LANGUAGES`].
    scores: [i32; 3],
    /// Letters.
    letters: usize,
    /// It is in none of [`LANGUAGES`].
    other: bool,
}

impl LanguageIdentifier {
    /// From weights of n-grams, as [`ngrams`] gives them, and from the common words of each of [`LANGUAGES`], the commonest
    /// first.
    #[must_use]
    pub fn new(
        weights: impl IntoIterator<Item = (String, Weights)>,
        frequent: impl IntoIterator<Item = (Language, String)>,
    ) -> Self {
        let mut bits: HashMap<Box<str>, u8> = HashMap::new();
        let mut ranks = [0; LANGUAGES.len()];
        for (language, word) in frequent {
            let place = LANGUAGES.iter().position(|&l| l == language);
            if let Some((i, rank)) = place.and_then(|i| Some((i, ranks.get_mut(i)?))) {
                let commonest = u8::from(*rank < MOST_FREQUENT) << (i + COMMONEST);
                *bits.entry(word.into()).or_default() |= 1 << i | commonest;
                *rank += 1;
            }
        }
        let mut foreign: HashMap<Box<str>, u8> = HashMap::new();
        for (i, line) in include_str!("foreign_words.tsv").lines().take(FOREIGN).enumerate() {
            for word in line.split('\t').nth(1).unwrap_or_default().split(' ') {
                *foreign.entry(word.into()).or_default() |= 1 << i;
            }
        }
        let weights = weights.into_iter().map(|(ngram, w)| (ngram.into(), w)).collect();
        Self { weights, frequent: bits, foreign }
    }

    /// The one that ships with the engine, written by `relat-train language`.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static SHIPPED: LazyLock<LanguageIdentifier> = LazyLock::new(|| {
            let weights = include_str!("ngrams.tsv").lines().filter_map(|line| {
                let mut fields = line.split('\t');
                let ngram = fields.next()?.to_owned();
                let mut weight = || fields.next()?.parse().ok();
                Some((ngram, [weight()?, weight()?, weight()?]))
            });
            let frequent = include_str!("frequent_words.tsv").lines().zip(LANGUAGES).flat_map(|(line, l)| {
                line.split('\t').nth(1).unwrap_or_default().split(' ').map(move |w| (l, w.to_owned()))
            });
            LanguageIdentifier::new(weights, frequent)
        });
        &SHIPPED
    }

    /// What a sentence read alone shows.
    #[must_use]
    pub fn evidence(&self, text: &str) -> LanguageEvidence {
        let mut scores = [0_i32; 3];
        ngrams(text, |ngram| {
            for (score, &w) in scores.iter_mut().zip(self.weights.get(ngram).into_iter().flatten()) {
                *score = score.saturating_add(w.into());
            }
        });
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        let latin = text.chars().filter(|&c| c.is_alphabetic() && is_latin(c)).count();
        let mut evidence = LanguageEvidence { scores, letters, other: false };
        evidence.other = 2 * latin <= letters || self.is_foreign(text, &evidence);
        evidence
    }

    /// True when a text has more of the commonest words of a language without a table than of the nearest of
    /// [`LANGUAGES`]. A word with a
    /// letter that none of [`LANGUAGES`] writes counts as any other's.
    fn is_foreign(&self, text: &str, evidence: &LanguageEvidence) -> bool {
        let nearest = evidence.best();
        let letters = i32::try_from(evidence.letters).unwrap_or(i32::MAX);
        let unlikely = evidence.letters >= SHORT && evidence.margin() < letters.saturating_mul(LIKELY_MARGIN);
        let mut theirs = [0_usize; FOREIGN];
        let mut ours = [0_usize; FOREIGN];
        words(text, |padded| {
            let word = padded.trim_matches(' ');
            let strange = word.chars().any(is_strange);
            let foreign = if strange { u8::MAX } else { self.foreign.get(word).copied().unwrap_or_default() };
            let bits = self.frequent.get(word).copied().unwrap_or_default();
            let (frequent, commonest) =
                (bits & (1 << nearest) != 0, bits & (1 << (nearest + COMMONEST)) != 0);
            for (i, (theirs, ours)) in theirs.iter_mut().zip(&mut ours).enumerate() {
                match (foreign & (1 << i) != 0, frequent) {
                    (true, false) => *theirs += 1,
                    (false, _) if commonest => *ours += 1,
                    _ => {}
                }
            }
        });
        theirs.iter().zip(ours).any(|(&theirs, ours)| {
            (theirs >= MORE_FOREIGN_WORDS && theirs > ours)
                || (theirs >= AS_MANY_FOREIGN_WORDS && theirs == ours)
                || (theirs > 0 && ours == 0 && unlikely)
        })
    }
}

impl LanguageEvidence {
    /// The language of the sentence read alone.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language_among([None, None], 0)
    }

    /// True when the sentence has a letter.
    #[must_use]
    pub fn has_letters(&self) -> bool {
        self.letters > 0
    }

    /// How far the best language is from the second, in 24ths of a nat.
    #[must_use]
    pub fn margin(&self) -> i32 {
        let best = self.best();
        let second = self.scores.iter().enumerate().filter(|&(i, _)| i != best).map(|(_, &s)| s).max();
        self.scores.get(best).copied().unwrap_or_default().saturating_sub(second.unwrap_or_default())
    }

    /// The language when each of `near` is worth `bonus` points.
    pub(super) fn language_among(&self, near: [Option<Language>; 2], bonus: i32) -> Language {
        if !self.has_letters() || self.other || near == [Some(Language::Other); 2] {
            return Language::Other;
        }
        let mut with = *self;
        for (score, language) in with.scores.iter_mut().zip(LANGUAGES) {
            for _ in near.iter().filter(|&&l| l == Some(language)) {
                *score = score.saturating_add(bonus);
            }
        }
        LANGUAGES.get(with.best()).copied().unwrap_or(Language::Other)
    }

    /// Position of the best of [`LANGUAGES`], the first of equals.
    fn best(&self) -> usize {
        self.scores.iter().enumerate().rev().max_by_key(|&(_, s)| s).map_or(0, |(i, _)| i)
    }
}

fn is_latin(c: char) -> bool {
    c < '\u{250}' || matches!(c, '\u{1e00}'..='\u{1eff}')
}

/// A small letter of European languages that Catalan, Spanish and English do not write.
fn is_strange(c: char) -> bool {
    "ăâîșțşţãõłżźśćńęąßčšžřěůőűığøåæœđ".contains(c)
}
