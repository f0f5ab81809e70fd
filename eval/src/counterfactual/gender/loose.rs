//! Words on their own that show gender, and whom they are about.

use super::mark::{Mark, What};
use super::phrase::Reader;
use super::romance::Someone;
use crate::counterfactual::Refusal;
use crate::counterfactual::edit::{Edit, with_case_of};
use crate::counterfactual::lexicon::{Gender, Number, SaidOf, Tongue};
use crate::counterfactual::token::Token;
use crate::counterfactual::words::{BEFORE_ARTICLES, NEUTER, TIMES};

/// A reader at a word outside any noun phrase about a person.
#[derive(Debug, Clone, Copy)]
pub(super) struct Loose<'a> {
    pub(super) reader: Reader<'a>,
    /// People named or told of in the singular.
    pub(super) people: &'a [Someone],
}

impl Loose<'_> {
    /// The mark at a word, if it is one.
    pub(super) fn mark(&self, i: usize) -> Result<Option<Mark>, Refusal> {
        if let Some(mark) = self
            .pronoun(i)
            .or_else(|| self.both_of_them(i))
            .or_else(|| self.the_one_that(i))
            .or_else(|| self.oneself(i))
        {
            return Ok(Some(mark));
        }
        if let Some(mark) = self.clitic(i)? {
            return Ok(Some(mark));
        }
        self.adjective(i)
    }

    pub(super) fn token(&self, i: usize) -> Option<&Token> {
        self.reader.tokens.get(i)
    }

    pub(super) fn one(
        &self,
        i: usize,
        what: What,
        (gender, number): (Gender, Number),
        new: &str,
    ) -> Option<Mark> {
        let token = self.token(i)?;
        let edits = vec![Edit { span: token.span, text: with_case_of(&token.text, new) }];
        Some(Mark { what, gender, number, sentence: token.sentence, edits })
    }

    pub(super) fn edit(&self, i: usize, new: &str) -> Option<Edit> {
        let token = self.token(i)?;
        Some(Edit { span: token.span, text: with_case_of(&token.text, new) })
    }

    pub(super) fn before(&self, i: usize) -> &str {
        i.checked_sub(1).filter(|&j| self.reader.together(j, i)).map_or("", |j| self.reader.lower(j))
    }

    /// True when a clitic or an adjective is about someone and not about something told of before.
    pub(super) fn is_someone(
        &self,
        i: usize,
        gender: Gender,
        object: SaidOf,
        neuter: bool,
    ) -> Result<bool, Refusal> {
        let sentence = self.token(i).map(|t| t.sentence);
        let same = |j: &usize| self.token(*j).map(|t| t.sentence) == sentence;
        let timeless = |j: usize| !TIMES.has(self.reader.lower(j));
        // "A l'ajuntament no el van apuntar": what a place says is not what a clitic stands for; and what stands after
        // any preposition is no subject of an adjective.
        let clitic =
            matches!(self.reader.lower(i), "la" | "el" | "lo" | "'l") || is_clitic_like(self.reader.lower(i));
        let place = |j: usize| if clitic { self.in_place(j) } else { self.led_by_preposition(j) };
        let thing = (0..i)
            .rev()
            .take_while(same)
            .find(|&j| timeless(j) && !place(j) && self.reader.thing(j, gender, Number::Sg));
        let someone =
            self.people.iter().filter(|p| p.gender == gender && p.range.start < i && same(&p.range.start));
        let someone = someone.map(|p| p.range.start).max().max(self.pronoun_before(i, gender));
        match (object, thing, someone) {
            (SaidOf::People, None, _) => Ok(true),
            // "la carta la citó": a thing right before a clitic is what it stands for; "a la piscina la citan" is not.
            (SaidOf::People, Some(thing), _) => Ok(thing + 1 != i || self.after_preposition(thing)),
            (SaidOf::Both, _, _) if neuter && clitic && self.told_as_neuter(i) => Ok(false),
            (SaidOf::Both, None, None) if neuter && !clitic => Ok(false),
            (SaidOf::Both, None, _) => Ok(true),
            (SaidOf::Both, Some(thing), Some(someone)) if someone > thing => Ok(true),
            (SaidOf::Both, Some(_), Some(_)) => Err(Refusal::AmbiguousAgreement),
            (SaidOf::Both, Some(_), None) => Ok(false),
        }
    }

    /// The verb at or after a word is one whose object is often what was said.
    pub(super) fn told_as_neuter(&self, i: usize) -> bool {
        let own = self.reader.lower(i);
        let verb = if own == "lo" { self.reader.lower(i + 1) } else { own };
        // "lo ve llorar", "dejarlo solo": about a person after all.
        let next = self.reader.lower(if own == "lo" { i + 2 } else { i + 1 });
        let does = ["ar", "er", "ir", "ando", "iendo"].iter().any(|e| next.ends_with(e))
            || matches!(next, "solo" | "sola");
        let people = self.reader.lexicon.adjectives.readings(next).iter().any(|f| f.kind == SaidOf::People);
        self.reader.tongue == Tongue::Es && NEUTER.has_stem_of(verb) && !does && !people
    }

    /// A pronoun of the same gender before, in the sentence.
    pub(super) fn pronoun_before(&self, i: usize, gender: Gender) -> Option<usize> {
        let own = |j: usize| match gender {
            Gender::F => self.reader.lower(j) == "ella",
            Gender::M => matches!(self.reader.lower(j), "él" | "ell"),
        };
        (0..i).rev().take_while(|&j| self.reader.together(j, i)).find(|&j| own(j))
    }

    pub(super) fn in_place(&self, thing: usize) -> bool {
        let word = |back: usize| thing.checked_sub(back).map_or("", |j| self.reader.lower(j));
        matches!(word(1), "al" | "en" | "a")
            || (matches!(word(1), "la" | "el" | "l'" | "una" | "un") && matches!(word(2), "a" | "en"))
    }

    /// After a preposition, with or without an article between.
    fn led_by_preposition(&self, thing: usize) -> bool {
        let word = |back: usize| thing.checked_sub(back).map_or("", |j| self.reader.lower(j));
        let article = matches!(
            word(1),
            "la" | "el"
                | "l'"
                | "una"
                | "un"
                | "su"
                | "mi"
                | "seva"
                | "seu"
                | "esta"
                | "este"
                | "aquest"
                | "aquesta"
        );
        BEFORE_ARTICLES.has(word(1))
            || matches!(word(1), "al" | "del" | "pel" | "d'")
            || (article
                && (BEFORE_ARTICLES.has(word(2)) || (word(2) == "la" && BEFORE_ARTICLES.has(word(3)))))
    }

    pub(super) fn after_preposition(&self, thing: usize) -> bool {
        let article = thing.checked_sub(1).map_or("", |j| self.reader.lower(j));
        let led = thing.checked_sub(2).map_or("", |j| self.reader.lower(j));
        matches!(article, "al" | "del" | "pel" | "a" | "en" | "amb" | "con")
            || matches!(led, "a" | "en" | "de" | "amb" | "con" | "por" | "per" | "desde" | "hasta" | "para")
    }
}

/// "lo" or a verb with it: only these can stand for what was said.
fn is_clitic_like(word: &str) -> bool {
    word.ends_with("lo")
}
