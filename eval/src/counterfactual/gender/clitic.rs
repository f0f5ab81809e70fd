//! Object clitics before and after verbs: la cuida, ajudar-lo, verla.

use super::loose::Loose;
use super::mark::{Mark, What};
use crate::counterfactual::Refusal;
use crate::counterfactual::edit::Edit;
use crate::counterfactual::lexicon::{Gender, Number, SaidOf, Tongue};
use crate::counterfactual::token::Token;
use crate::counterfactual::words::{AUXILIARIES, BEFORE_ARTICLES, CAUSATIVE};
use relat_engine::Span;

impl Loose<'_> {
    pub(super) fn clitic(&self, i: usize) -> Result<Option<Mark>, Refusal> {
        let word = self.reader.lower(i);
        if let Some(mark) = self.enclitic(i)? {
            return Ok(Some(mark));
        }
        let plural = match (self.reader.tongue, word) {
            (Tongue::Es, "las") => Some((Gender::F, "los")),
            (Tongue::Es, "los") => Some((Gender::M, "las")),
            (Tongue::Ca, "les") => Some((Gender::F, "els")),
            _ => None,
        };
        if let Some((gender, new)) = plural {
            let sentence = self.token(i).map(|t| t.sentence);
            let things = (0..i).rev().take_while(|&j| self.token(j).map(|t| t.sentence) == sentence);
            let of_things = things.into_iter().any(|j| self.reader.thing(j, gender, Number::Pl));
            let people = match self.object_after(i) {
                Some(SaidOf::People) => true,
                Some(SaidOf::Both) => gender == Gender::F && !of_things,
                None => false,
            };
            return Ok(if people { self.one(i, What::Pronoun, (gender, Number::Pl), new) } else { None });
        }
        let gender = match (self.reader.tongue, word) {
            (_, "la") => Gender::F,
            (Tongue::Es, "lo") | (Tongue::Ca, "el") => Gender::M,
            _ => return Ok(None),
        };
        let Some(object) = self.object_after(i) else { return Ok(None) };
        if !self.is_someone(i, gender, object, word == "lo")? {
            return Ok(None);
        }
        let new = match (self.reader.tongue, gender) {
            (Tongue::Es, Gender::F) => "lo",
            (Tongue::Ca, Gender::F) => "el",
            (_, Gender::M) => "la",
            (Tongue::En, Gender::F) => return Ok(None),
        };
        // se la, se'l: the Catalan clitic leans on the one before it.
        if self.reader.tongue == Tongue::Ca && matches!(self.before(i), "me" | "te" | "se") {
            let (Some(led), Some(token)) = (i.checked_sub(1).and_then(|j| self.token(j)), self.token(i))
            else {
                return Ok(None);
            };
            let edits = vec![Edit { span: Span::new(led.span.end, token.span.end), text: "'l".to_owned() }];
            let what = What::Pronoun;
            return Ok(Some(Mark { what, gender, number: Number::Sg, sentence: token.sentence, edits }));
        }
        Ok(self.one(i, What::Pronoun, (gender, Number::Sg), new))
    }

    /// What the verb after a clitic takes; None when no verb follows.
    pub(super) fn object_after(&self, i: usize) -> Option<SaidOf> {
        let next = i + 1;
        if !self.reader.together(i, next) || !self.token(next)?.spaced {
            return None;
        }
        let before = self.before(i);
        if BEFORE_ARTICLES.has(before) {
            return None;
        }
        let word = self.reader.lower(next);
        let lexicon = self.reader.lexicon;
        let gender = match self.reader.lower(i) {
            "la" | "las" | "les" => Gender::F,
            _ => Gender::M,
        };
        // Nothing but a verb follows the Spanish lo, or a clitic after another one; el porta is no door.
        let clitic = self.reader.lower(i) == "lo" || matches!(before, "se" | "me" | "te" | "nos");
        let noun = match self.reader.gender_of_thing(next) {
            Some((own, _)) => own == gender,
            None => self.reader.is_noun(next) || !lexicon.determiners.readings(word).is_empty(),
        };
        let adjective = !lexicon.adjectives.readings(word).is_empty();
        let upper = self.token(next).is_some_and(Token::capital);
        let nominal = noun
            || adjective
            || word.ends_with("ción")
            || ["ció", "dad", "cion", "cio", "sión", "sió"].iter().any(|e| word.ends_with(e));
        if upper || (!clitic && nominal) {
            return None;
        }
        if self.reader.lower(i) == "les" && word.ends_with("es") && !AUXILIARIES.has(word) {
            return None;
        }
        let main = (next + 1..next + 4)
            .take_while(|&j| self.reader.together(i, j) && self.token(j).is_some_and(|t| t.word))
            .map(|j| self.reader.lower(j))
            .find(|w| is_verb_form(w))
            .and_then(|w| lexicon.object_of(w));
        // "la fa patir", "lo dio de alta": about a person, whatever the verb.
        let after = self.reader.lower(next + 1);
        let causative = CAUSATIVE.has(word) && is_infinitive(after) && !matches!(after, "servir" | "falta");
        let listed =
            matches!(after, "de" | "d'") && matches!(self.reader.lower(next + 2), "alta" | "baja" | "baixa");
        if listed {
            return Some(SaidOf::People);
        }
        if causative && main.is_none() {
            return Some(SaidOf::Both);
        }
        if AUXILIARIES.has(word) { main.or_else(|| lexicon.object_of(word)) } else { lexicon.object_of(word) }
    }

    pub(super) fn enclitic(&self, i: usize) -> Result<Option<Mark>, Refusal> {
        match self.reader.tongue {
            Tongue::Es => self.enclitic_es(i),
            Tongue::Ca => self.enclitic_ca(i),
            Tongue::En => Ok(None),
        }
    }

    /// verla, acompañándolo
    pub(super) fn enclitic_es(&self, i: usize) -> Result<Option<Mark>, Refusal> {
        let Some(token) = self.token(i) else { return Ok(None) };
        let word = token.lower.as_str();
        let (stem, gender, new) = if let Some(stem) = word.strip_suffix("la") {
            (stem, Gender::F, "lo")
        } else if let Some(stem) = word.strip_suffix("lo") {
            (stem, Gender::M, "la")
        } else {
            return Ok(None);
        };
        let bare = ["me", "te", "se", "nos"].iter().find_map(|c| stem.strip_suffix(c)).unwrap_or(stem);
        let verb = ["ar", "er", "ir", "ár", "ér", "ír", "ando", "iendo", "ándo", "iéndo"]
            .iter()
            .any(|e| bare.ends_with(e));
        let lexicon = self.reader.lexicon;
        if !verb || lexicon.thing(word).is_some() || !lexicon.nouns.readings(word).is_empty() {
            return Ok(None);
        }
        let Some(object) = lexicon.object_of(&plain(bare)) else { return Ok(None) };
        if !self.is_someone(i, gender, object, gender == Gender::M)? {
            return Ok(None);
        }
        Ok(self.one(i, What::Pronoun, (gender, Number::Sg), &format!("{stem}{new}")))
    }

    /// ajudar-la, veure'l
    pub(super) fn enclitic_ca(&self, i: usize) -> Result<Option<Mark>, Refusal> {
        let Some(token) = self.token(i) else { return Ok(None) };
        let hyphen = i.checked_sub(1).and_then(|j| self.token(j)).filter(|t| t.text == "-" && !token.spaced);
        let (verb, gender, from) = match (token.lower.as_str(), hyphen) {
            ("la", Some(h)) if !h.spaced => (i.checked_sub(2), Gender::F, h.span.start),
            ("lo", Some(h)) if !h.spaced => (i.checked_sub(2), Gender::M, h.span.start),
            ("'l", _) => (i.checked_sub(1), Gender::M, token.span.start),
            _ => return Ok(None),
        };
        let Some(verb) = verb.and_then(|j| self.token(j)).map(|t| t.lower.as_str()) else { return Ok(None) };
        // se'l trobessin
        if matches!(verb, "se" | "me" | "te") && gender == Gender::M {
            let Some(object) = self.object_after(i) else { return Ok(None) };
            if !self.is_someone(i, gender, object, false)? {
                return Ok(None);
            }
            let edits = vec![Edit { span: token.span, text: " la".to_owned() }];
            let what = What::Pronoun;
            return Ok(Some(Mark { what, gender, number: Number::Sg, sentence: token.sentence, edits }));
        }
        let Some(object) = self.reader.lexicon.object_of(verb).filter(|_| is_verb_form(verb)) else {
            return Ok(None);
        };
        if !self.is_someone(i, gender, object, false)? {
            return Ok(None);
        }
        let new = match gender {
            Gender::M => "-la",
            Gender::F if verb.ends_with('e') => "'l",
            Gender::F => "-lo",
        };
        let edits = vec![Edit { span: Span::new(from, token.span.end), text: new.to_owned() }];
        Ok(Some(Mark { what: What::Pronoun, gender, number: Number::Sg, sentence: token.sentence, edits }))
    }
}

fn is_infinitive(word: &str) -> bool {
    ["ar", "er", "ir", "re", "dur"].iter().any(|e| word.ends_with(e))
}

/// Infinitives, participles and gerunds.
fn is_verb_form(word: &str) -> bool {
    const ENDS: [&str; 22] = [
        "ar", "er", "ir", "re", "ado", "ido", "ada", "ida", "ando", "iendo", "at", "it", "ut", "uda", "ant",
        "ent", "int", "rla", "rlo", "echo", "isto", "uesto",
    ];
    matches!(word, "dur" | "fer" | "dir") || ENDS.iter().any(|e| word.ends_with(e))
}

/// Without the accents that clitics bring: acompañándo, acompañando.
fn plain(word: &str) -> String {
    word.replace('á', "a").replace('é', "e").replace('í', "i")
}
