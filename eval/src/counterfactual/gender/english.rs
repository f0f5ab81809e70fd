//! Reading English for words that show the gender of people: pronouns, nouns, titles and names.

use super::mark::{Mark, What};
use crate::counterfactual::Refusal;
use crate::counterfactual::edit::{Edit, with_case_of};
use crate::counterfactual::lexicon::{Gender, Lexicon, NounKind, Number, Tongue};
use crate::counterfactual::names;
use crate::counterfactual::token::Token;
use crate::counterfactual::words::{
    ALSO_ENGLISH, HIS_ALONE, NOT_POSSESSED, POSSESSED_MODIFIERS, TAKES_PERSON_AND_MORE,
};

/// All words that show someone's gender.
pub(super) fn marks(tokens: &[Token]) -> Result<Vec<Mark>, Refusal> {
    let lexicon = Lexicon::of(Tongue::En);
    let mut marks = Vec::new();
    let mut taken = vec![false; tokens.len()];
    for mention in names::mentions(tokens, Tongue::En) {
        let new = names::counterpart(&mention.name).ok_or(Refusal::NameUnknown)?;
        let mut edits = Vec::new();
        for (i, part) in mention.given.clone().zip(new.split(' ')) {
            let token = tokens.get(i).ok_or(Refusal::NameUnknown)?;
            edits.push(Edit { span: token.span, text: part.to_owned() });
        }
        for slot in taken.get_mut(mention.given.start..mention.surname.end).into_iter().flatten() {
            *slot = true;
        }
        let sentence = tokens.get(mention.given.start).map_or(0, |t| t.sentence);
        let surname = tokens.get(mention.surname.clone()).and_then(|s| s.first()).map(|t| t.text.clone());
        let what = What::Name {
            apposed: apposed(tokens, mention.given.start, lexicon),
            age: mention.age,
            name: mention.name,
            surname,
        };
        marks.push(Mark { what, gender: mention.gender, number: Number::Sg, sentence, edits });
    }
    for (i, token) in tokens.iter().enumerate() {
        if taken.get(i).copied().unwrap_or(false) {
            continue;
        }
        if let Some((gender, new)) = pronoun(tokens, i)? {
            let edits = vec![Edit { span: token.span, text: with_case_of(&token.text, new) }];
            marks.push(Mark {
                what: What::Pronoun,
                gender,
                number: Number::Sg,
                sentence: token.sentence,
                edits,
            });
            continue;
        }
        if let Some(mark) = noun(tokens, i, lexicon) {
            unknown_name(tokens, i, &mark, &taken)?;
            marks.push(mark);
        }
    }
    // Words for people in Catalan or Spanish show gender too, and English rules do not reach them.
    let foreign = |t: &Token| {
        let word = t.lower.as_str();
        let of = |tongue| Lexicon::of(tongue).nouns.readings(word).iter().any(|f| f.gender.is_some());
        t.word && !t.capital() && !ALSO_ENGLISH.has(word) && (of(Tongue::Es) || of(Tongue::Ca))
    };
    if tokens.iter().any(foreign) {
        return Err(Refusal::AmbiguousAgreement);
    }
    marks.sort_by_key(|m| m.edits.first().map_or(0, |e| e.span.start));
    Ok(marks)
}

/// "her brother Hernando", "the carer, Rosa".
fn apposed(tokens: &[Token], start: usize, lexicon: &Lexicon) -> bool {
    let word =
        |back: usize| start.checked_sub(back).and_then(|j| tokens.get(j)).map_or("", |t| t.lower.as_str());
    let titled = |w: &str| lexicon.nouns.readings(w).iter().any(|f| f.kind != NounKind::Title);
    titled(word(1)) || (word(1) == "," && titled(word(2)))
}

fn pronoun(tokens: &[Token], i: usize) -> Result<Option<(Gender, &'static str)>, Refusal> {
    let word = tokens.get(i).map_or("", |t| t.lower.as_str());
    Ok(match word {
        "he" => Some((Gender::M, "she")),
        "she" => Some((Gender::F, "he")),
        "him" => Some((Gender::M, "her")),
        "himself" => Some((Gender::M, "herself")),
        "herself" => Some((Gender::F, "himself")),
        "hers" => Some((Gender::F, "his")),
        "his" => Some((Gender::M, if possesses(tokens, i, false)? { "her" } else { "hers" })),
        "her" => Some((Gender::F, if possesses(tokens, i, true)? { "his" } else { "him" })),
        _ => None,
    })
}

/// True when a noun phrase follows that belongs to the pronoun.
fn possesses(tokens: &[Token], i: usize, may_be_object: bool) -> Result<bool, Refusal> {
    let Some(token) = tokens.get(i) else { return Ok(false) };
    let Some(next) = tokens.get(i + 1).filter(|t| t.sentence == token.sentence && t.spaced) else {
        return Ok(false);
    };
    let word = next.lower.as_str();
    if next.sign() && !matches!(next.text.as_str(), "\"" | "'" | "‘" | "“") {
        return Ok(false);
    }
    if !may_be_object {
        return Ok(!HIS_ALONE.has(word));
    }
    let modifier = POSSESSED_MODIFIERS.has(word);
    if !modifier && NOT_POSSESSED.has(word) {
        return Ok(false);
    }
    let before = i.checked_sub(1).and_then(|j| tokens.get(j)).map_or("", |t| t.lower.as_str());
    let person = !Lexicon::of(Tongue::En).nouns.readings(word).is_empty();
    // "suits her best, after eight"
    let ends = tokens.get(i + 2).is_none_or(|t| t.sign() || t.sentence != token.sentence);
    if may_be_object && ends && matches!(word, "best" | "right" | "first" | "last" | "good" | "one") {
        return Ok(false);
    }
    if may_be_object && TAKES_PERSON_AND_MORE.has(before) && !person && !modifier {
        return if matches!(before, "let" | "lets" | "letting") {
            Ok(false)
        } else {
            Err(Refusal::AmbiguousAgreement)
        };
    }
    // "found her crying": a gerund is said of her.
    if may_be_object && word.ends_with("ing") && !before.is_empty() && !is_function(before) {
        return Err(Refusal::AmbiguousAgreement);
    }
    Ok(true)
}

fn is_function(word: &str) -> bool {
    NOT_POSSESSED.has(word)
}

fn noun(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<Mark> {
    let token = tokens.get(i)?;
    let form = lexicon.nouns.readings(&token.lower).iter().find(|f| f.gender.is_some())?;
    let gender = form.gender?;
    // A capital inside a sentence is a name: an Argentinian called Male.
    if token.capital()
        && matches!(token.lower.as_str(), "male" | "female" | "king" | "prince" | "queen" | "monk")
    {
        return None;
    }
    // "Da", "Ma" and "Miss" are words of other kinds in lower case.
    let upper_only = matches!(token.lower.as_str(), "da" | "ma" | "pa" | "miss" | "nan");
    let titled =
        tokens.get(i + 1).is_some_and(Token::capital) || tokens.get(i + 2).is_some_and(Token::capital);
    if (upper_only && !token.capital()) || (form.kind == NounKind::Title && !(token.capital() && titled)) {
        return None;
    }
    let new = lexicon.nouns.inflected(form, gender.other());
    let mut edits = vec![Edit { span: token.span, text: with_case_of(&token.text, new) }];
    let before = i.checked_sub(1).and_then(|j| tokens.get(j)).filter(|t| t.sentence == token.sentence);
    if let Some(article) = before.filter(|t| matches!(t.lower.as_str(), "a" | "an")) {
        let vowel = new.starts_with(['a', 'e', 'i', 'o']);
        edits.push(Edit {
            span: article.span,
            text: with_case_of(&article.text, if vowel { "an" } else { "a" }),
        });
    }
    let owned = before.is_some_and(|t| {
        matches!(
            t.lower.as_str(),
            "her" | "his" | "my" | "your" | "our" | "their" | "'s" | "the" | "elder" | "younger" | "older"
        )
    });
    let described = match form.kind {
        NounKind::Title => true,
        NounKind::Client => {
            before.is_some_and(|t| matches!(t.lower.as_str(), "a" | "old" | "young" | "elderly" | "as"))
        }
        NounKind::Kin | NounKind::Spouse | NounKind::Person | NounKind::Trade | NounKind::Substantive => {
            !owned
                && (before.is_none()
                    || before.is_some_and(|t| {
                        matches!(t.lower.as_str(), "a" | "an" | "as" | "," | "is" | "single" | "lone")
                    }))
        }
    };
    let what =
        What::Noun { kind: form.kind, described, unsure: None, titled: titled_name(tokens, i, form.kind) };
    Some(Mark { what, gender, number: form.number, sentence: token.sentence, edits })
}

/// The name after a title.
fn titled_name(tokens: &[Token], i: usize, kind: NounKind) -> Option<String> {
    let next = if tokens.get(i + 1).is_some_and(|t| t.text == ".") { i + 2 } else { i + 1 };
    tokens.get(next).filter(|_| kind == NounKind::Title).map(|t| t.text.clone())
}

/// A capital right after a word for a relative is a name: one that is not in the lists cannot be changed.
fn unknown_name(tokens: &[Token], i: usize, mark: &Mark, taken: &[bool]) -> Result<(), Refusal> {
    let relative = matches!(mark.what, What::Noun { kind: NounKind::Kin | NounKind::Spouse, .. });
    let named = tokens.get(i + 1).is_some_and(|t| {
        let upper = t.text.chars().filter(|c| c.is_uppercase()).count() == 1;
        t.spaced && t.capital() && upper && t.word && t.text.len() > 1 && t.sentence == mark.sentence
    });
    if relative && mark.number == Number::Sg && named && !taken.get(i + 1).copied().unwrap_or(false) {
        return Err(Refusal::NameUnknown);
    }
    Ok(())
}
