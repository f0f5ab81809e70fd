//! The age of the person described, changed within the same stage of life.

use super::edit::{Edit, apply};
use super::lexicon::Tongue;
use super::numbers::{in_words, leading};
use super::scene::{Scene, pick};
use super::{Refusal, Rewriting};
use crate::corpus::Record;
use relat_engine::Span;

/// First ages of the stages: within one, the same words hold (child, minor, of working age, retired).
const STAGES: [u8; 12] = [0, 3, 6, 12, 16, 18, 25, 35, 50, 60, 67, 80];

fn stage(age: u8) -> usize {
    STAGES.iter().rposition(|&first| first <= age).unwrap_or(0)
}

/// Rewrites a record with another age.
pub(super) fn rewrite(record: &Record) -> Result<Rewriting, Refusal> {
    let scene = Scene::of(record)?;
    let age = record.person.as_ref().and_then(|p| p.age).ok_or(Refusal::NothingToChange)?;
    let new = another(&record.id, age).ok_or(Refusal::Dependent)?;
    if scene.tokens.iter().any(|t| birth_year(&t.text, age)) {
        return Err(Refusal::Dependent);
    }
    let mut edits = Vec::new();
    let mut told = 0;
    for (i, token) in scene.tokens.iter().enumerate() {
        let sentence = record.sentences.get(token.sentence).map_or(token.span.end, |s| s.end);
        let rest = record.text.get(token.span.start..sentence).unwrap_or_default();
        let Some((number, length)) = leading(scene.tongue, rest).filter(|(n, _)| *n == age) else { continue };
        if i > 0
            && !token.spaced
            && scene.before(i) != "("
            && scene.before(i) != "-"
            && scene.before(i) != "'"
        {
            continue;
        }
        let end = token.span.start + length;
        let after = scene.tokens.iter().find(|t| t.span.start >= end).map_or("", |t| t.lower.as_str());
        let own = scene
            .mentions
            .iter()
            .any(|m| m.age == Some(number) && (1..=4).any(|k| m.surname.end + k == i + 1));
        let years = matches!(after, "anys" | "años" | "years" | "yrs" | "a" | "-")
            && (after != "-" || rest.contains("year"));
        if !(own || years) {
            continue;
        }
        told += usize::from(own || scene.before(i) != "fa" && scene.before(i) != "hace");
        if matches!(
            scene.before(i),
            "fa" | "hace" | "desde" | "des" | "durant" | "durante" | "for" | "hacía" | "feia"
        ) {
            continue;
        }
        let figures = rest.starts_with(|c: char| c.is_ascii_digit());
        let text = if figures { new.to_string() } else { words(scene.tongue, new, rest)? };
        edits.push(Edit { span: Span::new(token.span.start, end), text });
        let article = i.checked_sub(1).and_then(|j| scene.tokens.get(j));
        let english =
            |t: &&super::token::Token| scene.tongue == Tongue::En && matches!(t.lower.as_str(), "a" | "an");
        if let Some(article) = article.filter(english) {
            let vowel = (80..90).contains(&new) || matches!(new, 8 | 11 | 18);
            edits.push(Edit { span: article.span, text: if vowel { "an" } else { "a" }.to_owned() });
        }
    }
    if told == 0 {
        return Err(Refusal::NothingToChange);
    }
    apply(&record.text, &scene.spans, edits)
}

/// An age near by, of the same stage, that needs no other form around it.
fn another(id: &str, age: u8) -> Option<u8> {
    // vint-i-un, veintiuno, onze: their ends and beginnings depend on the words around.
    let plain = |n: u8| n % 10 != 1 && n > 1;
    let steps: [i16; 8] = [3, -3, 2, -2, 4, -4, 1, -1];
    let turn = pick(id, "age", 2);
    let order = |k: usize| steps.get(k ^ turn).copied().unwrap_or(0);
    if !plain(age) {
        return None;
    }
    (0..steps.len())
        .filter_map(|k| u8::try_from(i16::from(age) + order(k)).ok())
        .find(|&n| n != age && plain(n) && stage(n) == stage(age))
}

fn words(tongue: Tongue, n: u8, model: &str) -> Result<String, Refusal> {
    let text = in_words(tongue, n).ok_or(Refusal::Dependent)?;
    Ok(super::edit::with_case_of(model.split_whitespace().next().unwrap_or_default(), &text))
}

/// A year in which someone of this age may have been born, counted from about now.
fn birth_year(word: &str, age: u8) -> bool {
    word.len() == 4
        && word.parse::<i32>().is_ok_and(|year| (2022..=2027).any(|now| now - year == i32::from(age)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_age_is_near_and_of_the_same_stage() {
        let mut none = 0;
        for age in 2..=99 {
            for id in ["a", "b", "c", "d"] {
                match another(id, age) {
                    Some(new) => {
                        assert!(
                            new != age && stage(new) == stage(age) && new.abs_diff(age) <= 4,
                            "{age} {new}"
                        );
                    }
                    None => none += 1,
                }
            }
        }
        assert!(none <= 15 * 4, "help: {none} ages have no other");
        assert_ne!(stage(17), stage(18));
        assert_ne!(stage(66), stage(67));
    }
}
