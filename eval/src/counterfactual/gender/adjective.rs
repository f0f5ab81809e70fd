//! Adjectives and participles on their own: está cansada, viu sol, derivada del CAP.

use super::loose::Loose;
use super::mark::{Mark, What};
use crate::counterfactual::Refusal;
use crate::counterfactual::lexicon::{Gender, Number, SaidOf, Tongue};
use crate::counterfactual::words::{
    AFTER_ALONE, BEFORE_ARTICLES, BETWEEN_ADJECTIVES, DEGREE, LANGUAGES, LEADS_A_NOUN, LINKING,
    NOT_BEFORE_ALONE, NOT_PARTICIPLES, PERFECT, STATE_VERBS,
};

impl Loose<'_> {
    pub(super) fn adjective(&self, i: usize) -> Result<Option<Mark>, Refusal> {
        let word = self.reader.lower(i);
        if let Some((gender, new)) = self.alone(i) {
            let said = (gender, Number::Sg);
            return Ok(if self.stands_alone(i) { self.one(i, What::Adjective, said, new) } else { None });
        }
        let readings = self.reader.lexicon.adjectives.readings(word);
        let Some((form, gender)) = readings.iter().find_map(|f| f.gender.map(|g| (f, g))) else {
            return Ok(self.participle(i));
        };
        // "me enfermo": a verb.
        let verb = match self.reader.tongue {
            Tongue::Es => matches!(self.before(i), "me" | "te" | "se" | "nos" | "lo" | "que"),
            Tongue::Ca => matches!(self.before(i), "em" | "et" | "es" | "ens" | "m'" | "s'" | "t'" | "que"),
            Tongue::En => false,
        };
        // "de pequeño", "de petita": as a child.
        let as_child = matches!(self.before(i), "de" | "d'")
            && matches!(word, "pequeña" | "pequeño" | "petita" | "petit" | "menuda" | "menut");
        if as_child && !self.reader.is_noun(i + 1) && self.is_someone(i, gender, SaidOf::Both, false)? {
            let new = self.reader.lexicon.adjectives.inflected(form, gender.other()).to_owned();
            return Ok(self.one(i, What::Adjective, (gender, Number::Sg), &new));
        }
        if (verb && !is_participle(word)) || self.belongs_to_a_thing(i, gender, form.number) {
            return Ok(None);
        }
        // dreta, said of nobody's hand or leg: standing.
        let said = if word == "dreta" { SaidOf::People } else { form.kind };
        let linked = self.linked(i);
        // "ensenyar català", "habla rumano": the language.
        if LANGUAGES.has(word) && !linked {
            return Ok(None);
        }
        let new = self.reader.lexicon.adjectives.inflected(form, gender.other()).to_owned();
        if form.number == Number::Pl {
            let sentence = self.token(i).map(|t| t.sentence);
            let things = (0..i).rev().take_while(|&j| self.token(j).map(|t| t.sentence) == sentence);
            let of_things = things.into_iter().any(|j| self.reader.thing(j, gender, Number::Pl));
            let people = said == SaidOf::People && !of_things;
            return Ok(if people { self.one(i, What::Adjective, (gender, Number::Pl), &new) } else { None });
        }
        let beside_a_name = self.people.iter().any(|p| p.gender == gender && p.range.end == i);
        if said == SaidOf::Both && !beside_a_name {
            if !linked && !self.opens_clause(i) && !self.after_verb_about_someone(i, gender) {
                return Ok(None);
            }
            if !self.is_someone(i, gender, said, gender == Gender::M && !linked)? {
                return Ok(None);
            }
        }
        Ok(self.one(i, What::Adjective, (gender, Number::Sg), &new))
    }

    /// "la señora cosía escondida": after a word that is neither noun nor function word, someone told of before.
    pub(super) fn after_verb_about_someone(&self, i: usize, gender: Gender) -> bool {
        let Some(j) = i.checked_sub(1).filter(|&j| self.reader.together(j, i)) else { return false };
        let word = self.reader.lower(j);
        let lexicon = self.reader.lexicon;
        let verb_like = self.token(j).is_some_and(|t| t.word && !t.capital())
            && word.chars().count() > 3
            && ["a", "ó", "e", "aba", "ía", "ava", "eix", "t", "r"].iter().any(|end| word.ends_with(end))
            && !self.reader.is_noun(j)
            && lexicon.adjectives.readings(word).is_empty()
            && lexicon.determiners.readings(word).is_empty()
            && !BEFORE_ARTICLES.has(word)
            && !DEGREE.has(word);
        let told = self
            .people
            .iter()
            .any(|p| p.gender == gender && p.range.end < i && self.reader.together(p.range.start, i));
        // "tras tres años parado", "lleva 13 meses parada"
        if matches!(word, "años" | "anys" | "meses" | "mesos" | "semanas" | "setmanes" | "días" | "dies") {
            return true;
        }
        verb_like && (told || self.pronoun_before(i, gender).is_some())
    }

    /// A participle that is in no list, said of someone told of in the sentence: "ella ya está servida".
    pub(super) fn participle(&self, i: usize) -> Option<Mark> {
        let word = self.reader.lower(i);
        let (gender, new) = other_participle(self.reader.tongue, word)?;
        // The Catalan es is a clitic and no verb.
        let reflexive = self.reader.tongue == Tongue::Ca && self.before(i) == "es";
        let copula = STATE_VERBS.has(self.before(i)) && !reflexive;
        // "Antonio Gálvez, 47, destinado por la empresa"
        let apposed = self.opens_clause(i)
            && matches!(
                self.reader.lower(i + 1),
                "por" | "per" | "en" | "a" | "de" | "con" | "amb" | "des" | "desde" | "del" | "al"
            );
        // "no l'ha molestada mai": a feminine participle agrees with the clitic.
        let led = i.checked_sub(2).map_or("", |j| self.reader.lower(j));
        let agrees = self.reader.tongue == Tongue::Ca
            && gender == Gender::F
            && PERFECT.has(self.before(i))
            && matches!(led, "l'" | "la" | "'l");
        if (agrees && self.is_someone(i, gender, SaidOf::Both, false).unwrap_or(false))
            || self.before(i) == "recién"
        {
            return self.one(i, What::Adjective, (gender, Number::Sg), &new);
        }
        let listed = self.reader.is_noun(i) || self.belongs_to_a_thing(i, gender, Number::Sg);
        if !(copula || apposed) || listed || !self.is_someone(i, gender, SaidOf::Both, true).unwrap_or(false)
        {
            return None;
        }
        let same = |j: &usize| self.reader.together(*j, i);
        let told =
            self.people.iter().any(|p| p.gender == gender && p.range.start < i && same(&p.range.start));
        if !told && self.pronoun_before(i, gender).is_none() {
            return None;
        }
        self.one(i, What::Adjective, (gender, Number::Sg), &new)
    }

    /// "sola" said of a person; "solo", only, and "el sol", the sun, are not.
    pub(super) fn stands_alone(&self, i: usize) -> bool {
        let before = i.checked_sub(1).filter(|&j| self.reader.together(j, i));
        let previous = before.map_or("", |j| self.reader.lower(j));
        let article = NOT_BEFORE_ALONE.has(previous);
        let next = self.reader.lower(i + 1);
        let ends = self.token(i + 1).is_none_or(|t| t.sign() || !self.reader.together(i, i + 1));
        match self.reader.lower(i) {
            "sola" => !article || previous == "tota",
            "sol" => !article,
            _ if matches!(previous, "yo" | "jo" | "él" | "ell") => true,
            _ => {
                // "la visita es solo para mirar": only.
                let only = matches!(previous, "es" | "era" | "fue" | "son" | "ser") && !ends;
                let linked = !only && (self.linked(i) || previous.ends_with("se"));
                linked && (ends || AFTER_ALONE.has(next))
            }
        }
    }

    /// Next to the noun of a thing, or of a person whose phrase has been read, with which it agrees.
    pub(super) fn belongs_to_a_thing(&self, i: usize, gender: Gender, number: Number) -> bool {
        let readings = self.reader.lexicon.adjectives.readings(self.reader.lower(i));
        let people = readings.iter().any(|f| f.kind == SaidOf::People);
        let mut j = i;
        while let Some(k) = j.checked_sub(1).filter(|&k| self.reader.together(k, i)) {
            if !DEGREE.has(self.reader.lower(k)) {
                break;
            }
            j = k;
        }
        let previous = j.checked_sub(1).filter(|&k| self.reader.together(k, i));
        let after_thing = previous.is_some_and(|k| {
            self.reader.thing(k, gender, number)
                || !people
                    && self.token(k).is_some_and(|t| {
                        t.word && t.capital() && !self.people.iter().any(|p| p.range.contains(&k))
                    })
                    && !self.opens_sentence(k)
        });
        let before_noun = self.reader.together(i, i + 1)
            && self.token(i + 1).is_some_and(|t| t.spaced)
            && (self.reader.thing(i + 1, gender, number));
        let led = previous.is_some_and(|k| LEADS_A_NOUN.has(self.reader.lower(k)));
        // ha estat, haver-se criat, no l'ha hagut de
        let mut led_by = previous;
        while let Some(k) =
            led_by.filter(|&k| matches!(self.reader.lower(k), "se" | "-" | "me" | "'s" | "te" | "nos"))
        {
            led_by = k.checked_sub(1).filter(|&j| self.reader.together(j, i));
        }
        let perfect = led_by.is_some_and(|k| PERFECT.has(self.reader.lower(k)));
        after_thing || before_noun || led || (perfect && (gender == Gender::M || number == Number::Pl))
    }

    pub(super) fn opens_sentence(&self, i: usize) -> bool {
        i.checked_sub(1).is_none_or(|j| !self.reader.together(j, i))
    }

    /// After a verb that links it to the subject, degree adverbs and other adjectives between.
    pub(super) fn linked(&self, i: usize) -> bool {
        let mut j = i;
        for _ in 0..4 {
            let Some(k) = j.checked_sub(1).filter(|&k| self.reader.together(k, i)) else { return false };
            let word = self.reader.lower(k);
            if LINKING.has(word) {
                return !(self.reader.tongue == Tongue::Ca && word == "es");
            }
            let between = DEGREE.has(word)
                || BETWEEN_ADJECTIVES.has(word)
                || !self.reader.lexicon.adjectives.readings(word).is_empty()
                || self.alone(k).is_some();
            if !between {
                return false;
            }
            j = k;
        }
        false
    }

    /// First word of a sentence or of a part set off by a sign.
    pub(super) fn opens_clause(&self, i: usize) -> bool {
        let mut i = i;
        while i.checked_sub(1).is_some_and(|j| self.reader.together(j, i) && DEGREE.has(self.reader.lower(j)))
        {
            i -= 1;
        }
        let previous = i.checked_sub(1).filter(|&j| self.reader.together(j, i)).and_then(|j| self.token(j));
        previous
            .is_none_or(|t| matches!(t.text.as_str(), "," | ";" | ":" | "(" | "—" | "–" | "\"" | "“" | "«"))
    }
}

fn is_participle(word: &str) -> bool {
    ["ado", "ada", "ido", "ida", "at", "it", "ut", "uda"].iter().any(|e| word.ends_with(e))
        && word.chars().count() > 4
}

/// The other gender of a regular participle in the singular.
pub(super) fn other_participle(tongue: Tongue, word: &str) -> Option<(Gender, String)> {
    const ES: [(&str, &str); 2] = [("ada", "ado"), ("ida", "ido")];
    const CA: [(&str, &str); 3] = [("ada", "at"), ("ida", "it"), ("uda", "ut")];
    let pairs: &[(&str, &str)] = if tongue == Tongue::Es { &ES } else { &CA };
    if word.chars().count() < 6 || NOT_PARTICIPLES.has(word) {
        return None;
    }
    let swap = |from: &str, to: &str| word.strip_suffix(from).map(|stem| format!("{stem}{to}"));
    let feminine = pairs.iter().find_map(|(f, m)| swap(f, m)).map(|w| (Gender::F, w));
    feminine.or_else(|| pairs.iter().find_map(|(f, m)| swap(m, f)).map(|w| (Gender::M, w)))
}
