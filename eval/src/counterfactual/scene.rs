//! A record read for rewriting: its tokens, the people named and which of them is described.

use relat_engine::Span;

use super::Refusal;
use super::lexicon::{Gender, Lexicon, NounKind, Tongue};
use super::names::{self, Mention};
use super::token::{Token, tokenize};
use crate::corpus::Record;

/// A record with its tokens.
#[derive(Debug)]
pub(crate) struct Scene<'r> {
    pub(crate) record: &'r Record,
    pub(crate) tongue: Tongue,
    pub(crate) spans: Vec<Span>,
    pub(crate) tokens: Vec<Token>,
    pub(crate) mentions: Vec<Mention>,
}

impl<'r> Scene<'r> {
    /// Reads a record.
    pub(crate) fn of(record: &'r Record) -> Result<Self, Refusal> {
        let tongue = Tongue::of(record.lang).ok_or(Refusal::Language)?;
        let spans: Vec<Span> = record.sentences.iter().map(|s| Span::new(s.start, s.end)).collect();
        let tokens = tokenize(&record.text, &spans);
        let mentions = names::mentions(&tokens, tongue);
        Ok(Self { record, tongue, spans, tokens, mentions })
    }

    /// The given name of the person described: the one with their age, or the first that no noun stands before.
    /// Where nobody is described, the only name.
    pub(crate) fn described(&self) -> Result<&str, Refusal> {
        let Some(person) = &self.record.person else {
            let mut named = self.mentions.iter().map(|m| m.name.as_str());
            let first = named.next().ok_or(Refusal::NothingToChange)?;
            return if named.all(|n| n == first) { Ok(first) } else { Err(Refusal::OtherSameGender) };
        };
        if names::unknown_person(&self.tokens, self.tongue) {
            return Err(Refusal::NameUnknown);
        }
        let gender = match person.gender.as_str() {
            "f" => Some(Gender::F),
            "m" => Some(Gender::M),
            _ => None,
        };
        let own: Vec<&Mention> =
            self.mentions.iter().filter(|m| gender.is_none_or(|g| m.gender == g)).collect();
        let aged = own.iter().find(|m| m.age.is_some() && m.age == person.age);
        // A name is someone else's when a noun stands before it the first time.
        let first =
            |m: &&&Mention| own.iter().find(|o| o.name == m.name).is_some_and(|o| !apposed(&self.tokens, o));
        let plain = own.iter().find(first).filter(|_| gender.is_some());
        aged.or(plain).map(|m| m.name.as_str()).ok_or(Refusal::NothingToChange)
    }

    /// The word before a token of the same sentence, in lower case.
    pub(crate) fn before(&self, i: usize) -> &str {
        let own = self.tokens.get(i).map(|t| t.sentence);
        let previous = i.checked_sub(1).and_then(|j| self.tokens.get(j)).filter(|t| Some(t.sentence) == own);
        previous.map_or("", |t| t.lower.as_str())
    }

    /// The word at an index, in lower case.
    pub(crate) fn word(&self, i: usize) -> &str {
        self.tokens.get(i).map_or("", |t| t.lower.as_str())
    }
}

/// True when a noun says who someone named is: "la mare, la Ndèye", "her brother Hernando", "mi hermana grande, Mariama".
pub(crate) fn apposed(tokens: &[Token], mention: &Mention) -> bool {
    let sentence = tokens.get(mention.given.start).map(|t| t.sentence);
    let is_noun = |word: &str| {
        [Tongue::Ca, Tongue::Es, Tongue::En].into_iter().any(|tongue| {
            let readings = Lexicon::of(tongue).nouns.readings(word);
            readings.iter().any(|f| !matches!(f.kind, NounKind::Client | NounKind::Title))
        })
    };
    let mut commas = 0;
    for back in 1..=4 {
        let Some(token) = mention.given.start.checked_sub(back).and_then(|j| tokens.get(j)) else {
            return false;
        };
        if Some(token.sentence) != sentence {
            return false;
        }
        if is_noun(&token.lower) {
            return true;
        }
        commas += usize::from(token.text == ",");
        let goes_on = matches!(
            token.lower.as_str(),
            "la" | "el"
                | "l'"
                | "en"
                | "na"
                | "n'"
                | ","
                | "gran"
                | "grande"
                | "mayor"
                | "petita"
                | "pequeña"
                | "petit"
                | "pequeño"
                | "seva"
                | "eldest"
        );
        if !goes_on || commas > 1 {
            return false;
        }
    }
    false
}

/// A number from a record's id, the same on every machine: which of several rewritings it gets.
pub(crate) fn pick(id: &str, salt: &str, n: usize) -> usize {
    // FNV-1a
    let hash = id
        .bytes()
        .chain(salt.bytes())
        .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    usize::try_from(hash % (n.max(1) as u64)).unwrap_or(0)
}
