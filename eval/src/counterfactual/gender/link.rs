//! What stands before a noun phrase or a name: articles, the prepositions they melt into, elisions.

use super::phrase::{Article, Reader};
use crate::counterfactual::edit::{Edit, with_case_of};
use crate::counterfactual::inflect::{article_ca, article_es, begins_with_vowel, personal_article_ca};
use crate::counterfactual::lexicon::{Gender, Number, Tongue};
use relat_engine::Span;

impl Reader<'_> {
    /// What stands between the noun phrase and the word before it: the article, the preposition it melts into, or d'.
    pub(super) fn link(
        &self,
        start: usize,
        article: Option<(usize, Article)>,
        (gender, number): (Gender, Number),
        first_word: &str,
    ) -> Option<Edit> {
        let first = self.tokens.get(start)?;
        let Some((at, article)) = article else { return self.bare_preposition(start, first_word) };
        let token = self.tokens.get(at)?;
        if number == Number::Pl {
            let new = plural_article(self.tongue, article.preposition, &token.lower, gender);
            return Some(Edit { span: token.span, text: with_case_of(&token.text, &new) });
        }
        let before = at.checked_sub(1).filter(|&j| self.together(j, at) && token.spaced);
        let loose = before.and_then(|j| preposition(self.lower(j)).map(|p| (j, p)));
        let (from, written) = match (article.preposition, loose) {
            (Some(p), _) => (token, Some(p)),
            (None, Some((j, p))) => (self.tokens.get(j)?, Some(p)),
            (None, None) => (token, None),
        };
        let new = match self.tongue {
            Tongue::Ca => article_ca(written, gender, first_word),
            Tongue::Es | Tongue::En => article_es(written, gender),
        };
        Some(Edit {
            span: Span::new(from.span.start, first.span.start),
            text: with_case_of(&from.text, &new),
        })
    }

    /// Catalan d' before a vowel, de before a consonant.
    pub(super) fn bare_preposition(&self, start: usize, first_word: &str) -> Option<Edit> {
        let before = start.checked_sub(1).filter(|&j| self.together(j, start))?;
        let (token, first) = (self.tokens.get(before)?, self.tokens.get(start)?);
        if self.tongue != Tongue::Ca || !matches!(token.lower.as_str(), "d'" | "de") {
            return None;
        }
        let new = if begins_with_vowel(first_word) { "d'" } else { "de " };
        Some(Edit {
            span: Span::new(token.span.start, first.span.start),
            text: with_case_of(&token.text, new),
        })
    }

    /// "La mateixa Meihua": a determiner between the article and a name.
    pub(super) fn determiner_before_name(&self, start: usize, gender: Gender) -> Option<Vec<Edit>> {
        let at = start.checked_sub(1).filter(|&j| self.together(j, start))?;
        let (token, article) = (self.tokens.get(at)?, self.tokens.get(at.checked_sub(1)?)?);
        let form = self.lexicon.determiners.reading(&token.lower, gender, Number::Sg)?;
        if !matches!(article.lower.as_str(), "la" | "el" | "l'") {
            return None;
        }
        let new = self.lexicon.determiners.inflected(&form, gender.other());
        let edit = self.link(at, Some((at - 1, self.article(at - 1)?)), (gender.other(), Number::Sg), new)?;
        Some(vec![edit, Edit { span: token.span, text: new.to_owned() }])
    }

    /// The personal article of Catalan before a name that becomes another.
    pub(super) fn before_name(&self, start: usize, gender: Gender, new_name: &str) -> Option<Edit> {
        let first = self.tokens.get(start)?;
        let at = start.checked_sub(1).filter(|&j| self.together(j, start))?;
        let token = self.tokens.get(at)?;
        let personal = match token.lower.as_str() {
            "la" | "el" | "l'" | "en" | "na" | "n'" => Some(None),
            "del" => Some(Some("de")),
            "al" => Some(Some("a")),
            "pel" => Some(Some("per")),
            _ => None,
        };
        let Some(melted) = personal else { return self.conjunction(at, start, new_name) };
        if self.tongue == Tongue::Es {
            let gender_now = article_es(melted, gender);
            return Some(Edit {
                span: Span::new(token.span.start, first.span.start),
                text: with_case_of(&token.text, &gender_now),
            });
        }
        let before = at.checked_sub(1).filter(|&j| self.together(j, at));
        let loose = before.and_then(|j| match self.lower(j) {
            "d'" => Some((j, "de")),
            word => preposition(word).filter(|_| token.spaced).map(|p| (j, p)),
        });
        let (from, written) = match (melted, loose) {
            (Some(p), _) => (token, Some(p)),
            (None, Some((j, p))) => (self.tokens.get(j)?, Some(p)),
            (None, None) => (token, None),
        };
        let new = personal_article_ca(written, gender, new_name);
        Some(Edit {
            span: Span::new(from.span.start, first.span.start),
            text: with_case_of(&from.text, &new),
        })
    }

    /// Before a name without article: d'Anna and de Pere, y Marta and e Inés.
    pub(super) fn conjunction(&self, at: usize, start: usize, new_name: &str) -> Option<Edit> {
        let token = self.tokens.get(at)?;
        if self.tongue == Tongue::Es && matches!(token.lower.as_str(), "y" | "e") {
            let lower = new_name.to_lowercase();
            let sound = lower.strip_prefix('h').unwrap_or(&lower);
            let close = sound.starts_with(['i', 'í']) && !sound.starts_with("ie");
            return Some(Edit {
                span: token.span,
                text: with_case_of(&token.text, if close { "e" } else { "y" }),
            });
        }
        self.bare_preposition(start, new_name)
    }
}

fn preposition(word: &str) -> Option<&'static str> {
    match word {
        "de" => Some("de"),
        "a" => Some("a"),
        "per" => Some("per"),
        _ => None,
    }
}

fn plural_article(tongue: Tongue, melted: Option<&str>, own: &str, gender: Gender) -> String {
    match (tongue, melted, gender) {
        (Tongue::Es, _, Gender::M) => "los".to_owned(),
        (Tongue::Es, _, Gender::F) => "las".to_owned(),
        (_, None, Gender::M) => "els".to_owned(),
        (_, None, Gender::F) => "les".to_owned(),
        (_, Some(p), Gender::F) => format!("{p} les"),
        (_, Some(_), Gender::M) => own.to_owned(),
    }
}
