//! Pronouns of the third person, pairs and relatives: ella, las dos, la que.

use super::loose::Loose;
use super::mark::{Mark, What};
use crate::counterfactual::edit::{Edit, with_case_of};
use crate::counterfactual::lexicon::{Gender, Number, SaidOf, Tongue};
use relat_engine::Span;

impl Loose<'_> {
    pub(super) fn pronoun(&self, i: usize) -> Option<Mark> {
        let (gender, number, new) = match (self.reader.tongue, self.reader.lower(i)) {
            (Tongue::Es, "ella") => (Gender::F, Number::Sg, "él"),
            (Tongue::Ca, "ella") => (Gender::F, Number::Sg, "ell"),
            (Tongue::Es, "él") => (Gender::M, Number::Sg, "ella"),
            (Tongue::Ca, "ell") => (Gender::M, Number::Sg, "ella"),
            (Tongue::Es, "ellas") => (Gender::F, Number::Pl, "ellos"),
            (Tongue::Ca, "elles") => (Gender::F, Number::Pl, "ells"),
            (Tongue::Es, "ellos") => (Gender::M, Number::Pl, "ellas"),
            (Tongue::Ca, "ells") => (Gender::M, Number::Pl, "elles"),
            (Tongue::Es, "nosotras") => (Gender::F, Number::Pl, "nosotros"),
            (Tongue::Es, "nosotros") => (Gender::M, Number::Pl, "nosotras"),
            _ => return None,
        };
        let mut mark = self.one(i, What::Pronoun, (gender, number), new)?;
        // una de ellas
        if number == Number::Pl && matches!(self.before(i), "de" | "d'") {
            let one = match (self.reader.tongue, i.checked_sub(2).map_or("", |j| self.reader.lower(j))) {
                (Tongue::Es, "una") => Some("uno"),
                (Tongue::Ca, "una") => Some("un"),
                (Tongue::Es, "ninguna") => Some("ninguno"),
                _ => None,
            };
            mark.edits.extend(one.and_then(|new| self.edit(i - 2, new)));
        }
        // ella misma, ell sol
        let next = self.reader.lower(i + 1);
        let same = self
            .reader
            .lexicon
            .determiners
            .reading(next, gender, number)
            .filter(|_| matches!(next, "misma" | "mismo" | "mateixa" | "mateix" | "mismas" | "mateixes"));
        let new = same
            .map(|f| self.reader.lexicon.determiners.inflected(&f, gender.other()))
            .or_else(|| self.alone(i + 1).filter(|(g, _)| *g == gender).map(|(_, new)| new));
        if let (Some(new), Some(token)) = (new, self.token(i + 1)) {
            mark.edits.push(Edit { span: token.span, text: with_case_of(&token.text, new) });
        }
        Some(mark)
    }

    /// "yo misma", "jo mateixa", "sí misma"; "en Nelson, un dels tres germans".
    pub(super) fn oneself(&self, i: usize) -> Option<Mark> {
        let (gender, new) = match self.reader.lower(i) {
            "misma" => (Gender::F, "mismo"),
            "mismo" => (Gender::M, "misma"),
            "mateixa" => (Gender::F, "mateix"),
            "mateix" => (Gender::M, "mateixa"),
            "ésta" => (Gender::F, "éste"),
            "éste" => (Gender::M, "ésta"),
            "una" => (Gender::F, if self.reader.tongue == Tongue::Es { "uno" } else { "un" }),
            "uno" | "un" => (Gender::M, "una"),
            _ => return None,
        };
        if matches!(self.reader.lower(i), "una" | "uno" | "un") {
            let of_them = matches!(self.reader.lower(i + 1), "dels" | "de")
                && (self.reader.lower(i + 1) == "dels" || matches!(self.reader.lower(i + 2), "los" | "les"));
            let near = self.people.iter().any(|p| {
                p.gender == gender
                    && p.range.end < i
                    && i - p.range.end < 6
                    && self.reader.together(p.range.start, i)
            });
            return if of_them && near && self.before(i) == "," {
                self.one(i, What::Adjective, (gender, Number::Sg), new)
            } else {
                None
            };
        }
        if matches!(self.reader.lower(i), "ésta" | "éste") {
            let ends = self.token(i + 1).is_none_or(|t| t.sign());
            let about = ends && self.is_someone(i, gender, SaidOf::Both, true).unwrap_or(false);
            return if about { self.one(i, What::Pronoun, (gender, Number::Sg), new) } else { None };
        }
        let own = matches!(self.before(i), "yo" | "jo" | "mí" | "mi" | "sí" | "si" | "tú" | "tu");
        if own { self.one(i, What::Adjective, (gender, Number::Sg), new) } else { None }
    }

    /// las dos, totes dues, ambas: a plural on its own.
    pub(super) fn both_of_them(&self, i: usize) -> Option<Mark> {
        let next = self.reader.lower(i + 1);
        let (gender, news): (Gender, &[&str]) = match (self.reader.lower(i), next) {
            ("las", "dos") => (Gender::F, &["los"]),
            ("los", "dos") => (Gender::M, &["las"]),
            ("les", "dues") => (Gender::F, &["els", "dos"]),
            ("els", "dos") => (Gender::M, &["les", "dues"]),
            ("totes", "dues") => (Gender::F, &["tots", "dos"]),
            ("tots", "dos") => (Gender::M, &["totes", "dues"]),
            ("las", "tres" | "cuatro" | "cinco" | "seis") => (Gender::F, &["los"]),
            ("los", "tres" | "cuatro" | "cinco" | "seis") => (Gender::M, &["las"]),
            ("les" | "totes", "tres" | "quatre" | "cinc" | "sis") => (Gender::F, &["els"]),
            ("els" | "tots", "tres" | "quatre" | "cinc" | "sis") => (Gender::M, &["les"]),
            ("ambas", _) => (Gender::F, &["ambos"]),
            ("ambos", _) => (Gender::M, &["ambas"]),
            ("ambdues", _) => (Gender::F, &["ambdós"]),
            ("ambdós", _) => (Gender::M, &["ambdues"]),
            _ => return None,
        };
        let after =
            i + if matches!(self.reader.lower(i), "ambas" | "ambos" | "ambdues" | "ambdós") { 1 } else { 2 };
        let noun = self.reader.together(i, after)
            && self.token(after).is_some_and(|t| t.word && (t.capital() || self.reader.is_noun(after)));
        let hour = matches!(
            self.before(i),
            "a" | "hasta" | "desde" | "sobre" | "fins" | "cap" | "de" | "o" | "y" | "i"
        ) && gender == Gender::F;
        let sentence = self.token(i)?.sentence;
        let things = (0..i).rev().take_while(|&j| self.token(j).is_some_and(|t| t.sentence == sentence));
        let of_things = things.into_iter().any(|j| self.reader.thing(j, gender, Number::Pl));
        let told = self
            .people
            .iter()
            .filter(|p| p.gender == gender && p.range.start < i && self.reader.together(p.range.start, i));
        if noun || hour || (of_things && (told.count() < 2 || !matches!(next, "dos" | "dues"))) {
            return None;
        }
        let all = self.reader.lower(i) == "totes";
        let news = if all && news.len() == 1 { &["tots"][..] } else { news };
        let edits: Vec<Edit> = news.iter().enumerate().filter_map(|(k, new)| self.edit(i + k, new)).collect();
        Some(Mark { what: What::Pronoun, gender, number: Number::Pl, sentence, edits })
    }

    /// "es ella la que paga", "el oncle, el de Reus"
    pub(super) fn the_one_that(&self, i: usize) -> Option<Mark> {
        // "en Dani, al que conoce"
        let melted = match (self.reader.lower(i), self.reader.lower(i + 1)) {
            ("al", "que" | "qual" | "cual") => Some("a la"),
            ("del", "que" | "qual" | "cual") => Some("de la"),
            _ => None,
        };
        if let Some(new) = melted {
            let comma = i.checked_sub(1).filter(|_| self.before(i) == ",").unwrap_or(i);
            let told = self.people.iter().any(|p| p.gender == Gender::M && p.range.end == comma);
            return if told { self.one(i, What::Pronoun, (Gender::M, Number::Sg), new) } else { None };
        }
        let gender = match self.reader.lower(i) {
            "la" => Gender::F,
            "el" => Gender::M,
            _ => return None,
        };
        let relative = match self.reader.lower(i + 1) {
            "que" => true,
            "de" | "del" => false,
            _ => return None,
        };
        let near = |j: usize| {
            let pronoun =
                matches!((gender, self.reader.lower(j)), (Gender::F, "ella") | (Gender::M, "él" | "ell"));
            pronoun || self.people.iter().any(|p| p.gender == gender && p.range.end == j + 1)
        };
        let copula = matches!(
            self.before(i),
            "es" | "era" | "fue" | "és" | "sea" | "será" | "serà" | "soy" | "soc" | "sóc"
        );
        let someone = match (relative, self.before(i)) {
            (true, _) if copula => {
                (2..=6).filter_map(|k| i.checked_sub(k)).any(|j| self.reader.together(j, i) && near(j))
            }
            (true, "a" | "con" | "amb" | "de" | "por" | "per" | "en") => {
                self.is_someone(i, gender, SaidOf::Both, true).unwrap_or(false)
                    && self.people.iter().any(|p| {
                        p.gender == gender && p.range.end < i && self.reader.together(p.range.start, i)
                    })
            }
            (true, ",") | (false, ",") => {
                i.checked_sub(2).is_some_and(|j| self.reader.together(j, i) && near(j))
            }
            (true, _) => i.checked_sub(1).is_some_and(|j| near(j) && self.reader.lower(j).starts_with("el")),
            (false, _) => false,
        };
        if !someone {
            return None;
        }
        let sentence = self.token(i)?.sentence;
        let text = match (self.before(i), gender) {
            ("a", Gender::F) => "al",
            ("de", Gender::F) => "del",
            (_, Gender::F) => "el",
            (_, Gender::M) => "la",
        };
        if text.len() < 3 && !matches!(text, "al") {
            return self.one(i, What::Pronoun, (gender, Number::Sg), text);
        }
        // a la que, al que
        let led = self.token(i - 1)?;
        let edits = vec![Edit {
            span: Span::new(led.span.start, self.token(i)?.span.end),
            text: with_case_of(&led.text, text),
        }];
        Some(Mark { what: What::Pronoun, gender, number: Number::Sg, sentence, edits })
    }

    /// sola, solo, sol: alone.
    pub(super) fn alone(&self, i: usize) -> Option<(Gender, &'static str)> {
        match (self.reader.tongue, self.reader.lower(i)) {
            (Tongue::Es, "sola") => Some((Gender::F, "solo")),
            (Tongue::Es, "solo") => Some((Gender::M, "sola")),
            (Tongue::Ca, "sola") => Some((Gender::F, "sol")),
            (Tongue::Ca, "sol") => Some((Gender::M, "sola")),
            _ => None,
        }
    }
}
