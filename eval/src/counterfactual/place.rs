//! The town or district told of, changed for another of the same kind.

use std::sync::LazyLock;

use super::edit::{Edit, apply};
use super::inflect::begins_with_vowel;
use super::lexicon::Tongue;
use super::scene::{Scene, pick};
use super::{Refusal, Rewriting};
use crate::corpus::Record;
use relat_engine::Span;

/// Names without an article, with their kind: size, and by the sea or not.
static TOWNS: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    let list = include_str!("../../../corpora/lexicon/towns.tsv");
    list.lines().skip(1).filter_map(|line| line.split_once('\t')).collect()
});

/// Rewrites a record with another town in the place of the first one told of.
pub(super) fn rewrite(record: &Record) -> Result<Rewriting, Refusal> {
    let scene = Scene::of(record)?;
    let in_name = |i: usize| scene.mentions.iter().any(|m| (m.given.start..m.surname.end).contains(&i));
    let town = |i: usize| {
        let token = scene.tokens.get(i)?;
        TOWNS.iter().find(|(name, _)| *name == token.text && !in_name(i) && !part_of_name(&scene, i))
    };
    let (old, class) = (0..scene.tokens.len()).find_map(town).ok_or(Refusal::NothingToChange)?;
    let others: Vec<&str> = TOWNS
        .iter()
        .filter(|(name, own)| own == class && name != old && !scene.tokens.iter().any(|t| t.text == *name))
        .map(|(name, _)| *name)
        .collect();
    let new = others.get(pick(&record.id, "place", others.len())).ok_or(Refusal::NothingToChange)?;
    let mut edits = Vec::new();
    for (i, token) in scene.tokens.iter().enumerate() {
        if token.text != *old || in_name(i) || part_of_name(&scene, i) {
            continue;
        }
        edits.push(Edit { span: token.span, text: (*new).to_owned() });
        edits.extend(preposition(&scene, i, new));
    }
    apply(&record.text, &scene.spans, edits)
}

/// Another capital beside it: Vila-seca, Sant Vicenç de Montalt, Salt Blanc.
fn part_of_name(scene: &Scene<'_>, i: usize) -> bool {
    let near = |j: Option<usize>| j.and_then(|j| scene.tokens.get(j));
    let Some(token) = scene.tokens.get(i) else { return false };
    let before = near(i.checked_sub(1)).is_some_and(|t| {
        t.sentence == token.sentence
            && token.spaced
            && t.word
            && t.capital()
            && t.text.chars().count() > 2
            && !super::names::starts_sentence(&scene.tokens, i - 1)
    });
    let after = near(Some(i + 1)).is_some_and(|t| {
        t.sentence == token.sentence && (t.spaced && t.word && t.capital() || t.text == "-" && !t.spaced)
    });
    before || after
}

/// Catalan de and d' before a name.
pub(super) fn preposition(scene: &Scene<'_>, i: usize, new: &str) -> Option<Edit> {
    if scene.tongue != Tongue::Ca || !matches!(scene.before(i), "de" | "d'") {
        return None;
    }
    let (led, token) = (scene.tokens.get(i - 1)?, scene.tokens.get(i)?);
    let text = if begins_with_vowel(new) { "d'" } else { "de " };
    let text = super::edit::with_case_of(&led.text, text);
    Some(Edit { span: Span::new(led.span.start, token.span.start), text })
}
