//! Noun phrases of Catalan and Spanish about people: the noun and all that agrees with it.

use super::adjective::other_participle;
use crate::counterfactual::edit::{Edit, with_case_of};
use crate::counterfactual::lexicon::{Form, Gender, Lexicon, NounKind, Number, Tongue};
use crate::counterfactual::token::Token;
use crate::counterfactual::words::{ALSO_VERBS, DEGREE, PERFECT, POSSESSIVES, SKIPPED_LEFT};

/// Tokens of one text with the lists for a sentence's language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) tongue: Tongue,
    pub(super) lexicon: &'static Lexicon,
    /// Gender of the person described, where it is known.
    pub(super) described: Option<Gender>,
}

/// A noun phrase about a person.
#[derive(Debug, Clone)]
pub(super) struct Phrase {
    /// Its tokens: article to last adjective.
    pub(super) range: std::ops::Range<usize>,
    /// The noun.
    pub(super) head: usize,
    pub(super) gender: Gender,
    pub(super) number: Number,
    pub(super) kind: NounKind,
    /// With an article, a demonstrative or a possessive.
    pub(super) determined: bool,
    /// With a possessive.
    pub(super) possessed: bool,
    /// With un, una.
    pub(super) indefinite: bool,
    pub(super) edits: Vec<Edit>,
}

/// A definite article as it stands: the preposition melted into it, if any.
#[derive(Debug, Clone, Copy)]
pub(super) struct Article {
    pub(super) preposition: Option<&'static str>,
    /// None for l'.
    pub(super) gender: Option<Gender>,
    pub(super) number: Number,
}

impl<'a> Reader<'a> {
    pub(super) fn lower(&self, i: usize) -> &'a str {
        self.tokens.get(i).map_or("", |t| t.lower.as_str())
    }

    /// True when two neighbours stand in one sentence.
    pub(super) fn together(&self, i: usize, j: usize) -> bool {
        matches!((self.tokens.get(i), self.tokens.get(j)), (Some(a), Some(b)) if a.sentence == b.sentence)
    }

    pub(super) fn article(&self, i: usize) -> Option<Article> {
        let one = |preposition, gender, number| Some(Article { preposition, gender, number });
        let (m, f, sg, pl) = (Some(Gender::M), Some(Gender::F), Number::Sg, Number::Pl);
        match (self.tongue, self.lower(i)) {
            (_, "la") => one(None, f, sg),
            (_, "el") => one(None, m, sg),
            (_, "del") => one(Some("de"), m, sg),
            (_, "al") => one(Some("a"), m, sg),
            (Tongue::Es, "los") => one(None, m, pl),
            (Tongue::Es, "las") => one(None, f, pl),
            (Tongue::Ca, "l'") => one(None, None, sg),
            (Tongue::Ca, "pel") => one(Some("per"), m, sg),
            (Tongue::Ca, "els") => one(None, m, pl),
            (Tongue::Ca, "les") => one(None, f, pl),
            (Tongue::Ca, "dels") => one(Some("de"), m, pl),
            (Tongue::Ca, "als") => one(Some("a"), m, pl),
            (Tongue::Ca, "pels") => one(Some("per"), m, pl),
            _ => None,
        }
    }

    /// A word that names a thing, of a gender and a number.
    pub(super) fn thing(&self, i: usize, gender: Gender, number: Number) -> bool {
        self.gender_of_thing(i) == Some((gender, number))
            && self.lexicon.nouns.readings(self.lower(i)).is_empty()
    }

    /// A noun of the lists, for a thing or a person.
    pub(super) fn is_noun(&self, i: usize) -> bool {
        self.gender_of_thing(i).is_some() || !self.lexicon.nouns.readings(self.lower(i)).is_empty()
    }

    /// Gender and number of a word that names a thing, its plural by the singular.
    pub(super) fn gender_of_thing(&self, i: usize) -> Option<(Gender, Number)> {
        let word = self.lower(i);
        let listed = |w: &str| self.lexicon.thing(w);
        let singular = || {
            let stem = word.strip_suffix('s')?;
            let ca = stem.strip_suffix('e').map(|s| format!("{s}a"));
            let found = listed(stem)
                .or_else(|| ca.and_then(|w| listed(&w)))
                .or_else(|| listed(stem.strip_suffix('e')?));
            found.filter(|f| f.1 == Number::Sg).map(|f| (f.0, Number::Pl))
        };
        let by_ending = || {
            let ending = |ends: &[&str]| ends.iter().any(|e| word.ends_with(e) && word.len() > e.len() + 2);
            let f = ending(&["ció", "sió", "ción", "sión", "tat", "dad", "tud"]);
            let m = ending(&["ment", "miento", "isme", "ismo", "aje"]);
            let fitting = if f { Some(Gender::F) } else { m.then_some(Gender::M) };
            fitting.filter(|_| self.lexicon.adjectives.readings(word).is_empty()).map(|g| (g, Number::Sg))
        };
        listed(word).or_else(singular).or_else(by_ending)
    }

    /// The phrase around a noun; None where the word is no noun here or shows no gender.
    pub(super) fn phrase(&self, i: usize) -> Option<Phrase> {
        let word = self.lower(i);
        let readings = self.lexicon.nouns.readings(word);
        let first = readings.first()?;
        // socio-sanitario: part of a compound.
        if self.tokens.get(i + 1).is_some_and(|t| t.text == "-" && !t.spaced) && self.lower(i) != "ex" {
            return None;
        }
        let (mut left, mut gender, number) = (i, first.gender, first.number);
        let (mut determined, mut possessed, mut indefinite) = (false, false, false);
        let mut article = None;
        // Leftwards, to the article.
        while let Some(j) = left.checked_sub(1).filter(|&j| self.together(j, left)) {
            // ex-cuñado
            if self.lower(j) == "-" && j.checked_sub(1).is_some_and(|k| self.lower(k) == "ex") {
                left = j - 1;
                continue;
            }
            let own = self.lower(j);
            let apart = self.tokens.get(left).is_some_and(|t| t.spaced) || own.ends_with('\'');
            if !apart {
                break;
            }
            if let Some(found) = self.article(j) {
                if found.number == number && found.gender.is_none_or(|g| gender.is_none_or(|o| o == g)) {
                    gender = gender.or(found.gender);
                    article = Some((j, found));
                    determined = true;
                    left = j;
                }
                break;
            }
            let candidates = [gender, Some(Gender::F), Some(Gender::M)];
            let fitting = candidates
                .into_iter()
                .flatten()
                .find(|&g| gender.is_none_or(|o| o == g) && self.determiner(j, g, number).is_some());
            if let Some(found) = fitting {
                gender = Some(found);
            } else if !SKIPPED_LEFT.has(own) {
                break;
            }
            determined |= !matches!(own, "gran" | "joven" | "jove" | "menor" | "mayor" | "ex");
            possessed |= POSSESSIVES.has(own);
            indefinite |= matches!(
                own,
                "un" | "una" | "algún" | "alguna" | "algun" | "otra" | "otro" | "altra" | "altre"
            );
            left = j;
        }
        // A lone word after the noun of a thing is its adjective: comida casera.
        let bare = left == i;
        let before = i.checked_sub(1).filter(|&j| self.together(j, i));
        if bare && before.is_some_and(|j| gender.is_some_and(|g| self.thing(j, g, number))) {
            return None;
        }
        // lo único asegurado: the neuter article makes no person of it.
        if left.checked_sub(1).is_some_and(|j| self.lower(j) == "lo")
            || self.is_other_word(i, left, determined)
        {
            return None;
        }
        let (right, adjectives) = self.right_of(i + 1, gender, number);
        let gender = gender?;
        let kind = self.kind(i, possessed, (gender, number))?;
        let of_someone =
            matches!(self.lower(i + 1), "de" | "d'") && matches!(word, "neta" | "net" | "néta" | "nét");
        let placed = determined || of_someone;
        if kind == NounKind::Substantive && (!placed || self.goes_on_as_noun_phrase(i + 1)) {
            return None;
        }
        if kind == NounKind::Title && !self.titles_someone(i) {
            return None;
        }
        let mut edits = adjectives;
        let mut first_word = String::new();
        let start = article.as_ref().map_or(left, |(j, _)| j + 1);
        for j in (start..=i).rev() {
            let Some(token) = self.tokens.get(j) else { continue };
            let new = if j == i {
                self.other_noun(&kind, word, gender, number)?
            } else {
                self.determiner(j, gender, number).map_or_else(|| token.lower.clone(), str::to_owned)
            };
            first_word.clone_from(&new);
            edits.push(Edit { span: token.span, text: with_case_of(&token.text, &new) });
        }
        edits.extend(self.link(start, article, (gender.other(), number), &first_word));
        Some(Phrase {
            range: left..right,
            head: i,
            gender,
            number,
            kind,
            determined,
            possessed,
            indefinite,
            edits,
        })
    }

    /// A determiner or an adjective before a noun, in the other gender.
    fn determiner(&self, i: usize, gender: Gender, number: Number) -> Option<&str> {
        let word = self.lower(i);
        if let Some(form) = self.lexicon.determiners.reading(word, gender, number) {
            return Some(self.lexicon.determiners.inflected(&form, gender.other())).filter(|w| !w.is_empty());
        }
        let before = i.checked_sub(1).filter(|&j| self.together(j, i))?;
        let led = self.article(before).is_some()
            || POSSESSIVES.has(self.lower(before))
            || self.lexicon.determiners.reading(self.lower(before), gender, number).is_some();
        let form = self.lexicon.adjectives.reading(word, gender, number).filter(|_| led)?;
        Some(self.lexicon.adjectives.inflected(&form, gender.other()))
    }

    /// Adjectives to the right, linked by degree adverbs, commas-free conjunctions.
    fn right_of(&self, from: usize, gender: Option<Gender>, number: Number) -> (usize, Vec<Edit>) {
        let mut edits = Vec::new();
        let mut end = from;
        let Some(gender) = gender else { return (end, edits) };
        let mut j = from;
        while self.together(from.saturating_sub(1), j) && self.tokens.get(j).is_some_and(|t| t.spaced) {
            let word = self.lower(j);
            let form = self.adjective(j, gender, number).or_else(|| {
                self.lexicon
                    .determiners
                    .reading(word, gender, number)
                    .filter(|_| is_after_noun(word))
                    .map(|f| self.lexicon.determiners.inflected(&f, gender.other()))
            });
            // "doctora asignada": a participle right after the noun, in no list.
            let participle =
                (j == from && !self.is_noun(j)).then(|| other_participle(self.tongue, word)).flatten();
            let participle =
                participle.filter(|(g, _)| *g == gender && number == Number::Sg).map(|(_, new)| new);
            let form = form.map(str::to_owned).or(participle);
            if let Some(new) = form.filter(|_| !ALSO_VERBS.has(word)) {
                if let Some(token) = self.tokens.get(j) {
                    edits.push(Edit { span: token.span, text: with_case_of(&token.text, &new) });
                }
                j += 1;
                end = j;
            } else if DEGREE.has(word) || (matches!(word, "i" | "y" | "e") && end > from) {
                j += 1;
            } else {
                break;
            }
        }
        (end, edits)
    }

    /// An adjective of a gender and a number, in the other gender.
    pub(super) fn adjective(&self, i: usize, gender: Gender, number: Number) -> Option<&str> {
        let form = self.lexicon.adjectives.reading(self.lower(i), gender, number)?;
        Some(self.lexicon.adjectives.inflected(&form, gender.other()))
    }

    fn kind(&self, i: usize, possessed: bool, (gender, number): (Gender, Number)) -> Option<NounKind> {
        let readings = self.lexicon.nouns.readings(self.lower(i));
        let fits = |f: &&Form<NounKind>| f.gender.is_none_or(|g| g == gender) && f.number == number;
        let of_someone = self.lower(i + 1) == "de" && self.tokens.get(i + 2).is_some_and(Token::capital);
        let spouse = |f: &&Form<NounKind>| f.kind == NounKind::Spouse;
        let fitting = readings.iter().filter(fits);
        if fitting.clone().any(|f| spouse(&f)) && fitting.clone().any(|f| !spouse(&f)) {
            // "la dona" told of a man is his wife, told of a woman she herself.
            let article = i.checked_sub(1).is_some_and(|j| self.together(j, i) && self.article(j).is_some());
            let of_him = article && self.described == Some(Gender::M) && number == Number::Sg;
            return Some(if possessed || of_someone || of_him { NounKind::Spouse } else { NounKind::Client });
        }
        fitting.map(|f| f.kind).next()
    }

    fn other_noun(&self, kind: &NounKind, word: &str, gender: Gender, number: Number) -> Option<String> {
        let readings = self.lexicon.nouns.readings(word);
        let form = readings
            .iter()
            .find(|f| f.kind == *kind && f.number == number && f.gender.is_none_or(|g| g == gender))?;
        Some(self.lexicon.nouns.inflected(form, gender.other()).to_owned())
    }

    /// Words for people that are other words too: dona, gives; mama, breast; enfermo, fall ill.
    fn is_other_word(&self, i: usize, left: usize, determined: bool) -> bool {
        let before = left.checked_sub(1).filter(|&j| self.together(j, left)).map_or("", |j| self.lower(j));
        match self.lower(i) {
            "dona" if self.tongue == Tongue::Ca && !determined => {
                let noun_before = matches!(before, "és" | "com" | "era" | "," | "ni" | "home");
                let noun_after = matches!(self.lower(i + 1), "de" | "sola" | "," | "d'" | "gran" | "jove");
                !(noun_before || before.is_empty()) || !noun_after
            }
            _ if !determined && PERFECT.has(before) => true,
            "mama" => before == "de" && !determined,
            "papa" | "mare" | "madre" => before == "ni" && !determined,
            "enfermo" | "enferma" | "novia" | "casera" | "casero" | "sirvienta" | "limpiadora"
                if !determined =>
            {
                matches!(before, "me" | "se" | "te" | "nos")
                    || self.thing(left.wrapping_sub(1), Gender::F, Number::Sg)
            }
            _ => {
                matches!(before, "me" | "te" | "nos")
                    && !determined
                    && self.lexicon.object_of(self.lower(i)).is_some()
            }
        }
    }

    /// "la mayor parte", "el petit comerç": a noun follows, so the adjective is no word for a person.
    fn goes_on_as_noun_phrase(&self, i: usize) -> bool {
        let word = self.lower(i);
        let noun = self.lexicon.thing(word).is_some() || !self.lexicon.nouns.readings(word).is_empty();
        let adjective = !self.lexicon.adjectives.readings(word).is_empty() && self.is_noun(i + 1);
        let unknown_noun = self.tokens.get(i).is_some_and(|t| t.capital() || !t.word && !t.sign());
        noun || adjective || unknown_noun
    }

    /// A title needs a name after it: "la Sra. Pilar", "don Máximo".
    fn titles_someone(&self, i: usize) -> bool {
        let next = if self.lower(i + 1) == "." { i + 2 } else { i + 1 };
        self.together(i, next) && self.tokens.get(next).is_some_and(Token::capital)
    }
}

fn is_after_noun(word: &str) -> bool {
    matches!(
        word,
        "única"
            | "único"
            | "únic"
            | "mateixa"
            | "mateix"
            | "misma"
            | "mismo"
            | "propia"
            | "pròpia"
            | "mía"
            | "mío"
            | "suya"
            | "suyo"
            | "seva"
            | "seu"
            | "meva"
            | "meu"
            | "nova"
            | "nou"
            | "nueva"
            | "nuevo"
    )
}
