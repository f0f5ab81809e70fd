//! Administrative status, told in passing: "34 anys, amb permís de residència".

use relat_engine::Span;

use super::edit::{Edit, apply};
use super::lexicon::Tongue;
use super::scene::Scene;
use super::words::STATUS_WORDS;
use super::{Refusal, Rewriting};
use crate::corpus::Record;

/// Needs that make status the topic, whatever their own status.
const TOPICS: [&str; 3] = ["irregular_status", "asylum", "not_registered"];

/// Rewrites a record with a residence permit told after the age.
pub(super) fn rewrite(record: &Record) -> Result<Rewriting, Refusal> {
    let told = record.sentences.iter().flat_map(|s| &s.needs).any(|n| TOPICS.contains(&n.code.as_str()));
    let scene = Scene::of(record)?;
    let worded = scene.tokens.iter().any(|t| STATUS_WORDS.has_stem_of(&t.lower));
    if told || worded {
        return Err(Refusal::StatusTopic);
    }
    let name = scene.described()?.to_owned();
    let aged =
        scene.mentions.iter().find(|m| m.name == name && m.age.is_some()).ok_or(Refusal::NothingToChange)?;
    let phrase = match scene.tongue {
        Tongue::Ca => "amb permís de residència",
        Tongue::Es => "con permiso de residencia",
        Tongue::En => "with a residence permit",
    };
    let closing = closing(&scene, aged.surname.end).ok_or(Refusal::NothingToChange)?;
    let at = scene.tokens.get(closing).map(|t| t.span.start).ok_or(Refusal::NothingToChange)?;
    apply(&record.text, &scene.spans, vec![Edit { span: Span::new(at, at), text: format!(", {phrase}") }])
}

/// The sign that closes "Name Surname, 34 anys": a comma, a bracket, a stop.
fn closing(scene: &Scene<'_>, from: usize) -> Option<usize> {
    let opening = scene.word(from);
    if !matches!(opening, "," | "(") {
        return None;
    }
    for i in from + 1..from + 8 {
        let token = scene.tokens.get(i)?;
        match token.text.as_str() {
            // "29 a.,": the stop of an abbreviation is no end.
            "." if scene.before(i) == "a" && matches!(scene.word(i + 1), "," | ";" | ")") => {}
            "." if scene.before(i) == "a" => return None,
            "," | ";" | "." if opening == "," => return Some(i),
            ")" if opening == "(" => return Some(i),
            "," | "-" => {}
            _ if token.word
                && !matches!(
                    token.lower.as_str(),
                    "anys" | "años" | "a" | "years" | "de" | "y" | "i" | "yrs"
                )
                && !is_number_word(scene, i) =>
            {
                return None;
            }
            _ => {}
        }
    }
    None
}

fn is_number_word(scene: &Scene<'_>, i: usize) -> bool {
    let number =
        |w: &str| (1..100).any(|n| super::numbers::in_words(scene.tongue, n).is_some_and(|t| t.contains(w)));
    number(scene.word(i))
}
