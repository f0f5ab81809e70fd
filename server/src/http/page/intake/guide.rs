//! What helps to decide: the rubric's words for each level, a question for each domain, and other words for codes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use relat_engine::{Language, Taxonomy};
use serde::Serialize;

use crate::words::{INTERFACE, pick};

/// Our working rubric, which is not the official text: domain, level, and its words by language.
static RUBRIC: LazyLock<BTreeMap<(&str, u8), [&str; 3]>> = LazyLock::new(|| {
    let lines = include_str!("../../../../words/rubric.tsv").lines().skip(1);
    let cell = |line: &'static str| {
        let mut fields = line.split('\t');
        let key = (fields.next()?, fields.next()?.parse().ok()?);
        Some((key, [fields.next()?, fields.next()?, fields.next()?]))
    };
    lines.filter_map(cell).collect()
});

static QUESTIONS: LazyLock<BTreeMap<&str, [&str; 3]>> = LazyLock::new(|| {
    let lines = include_str!("../../../../words/questions.tsv").lines().skip(1);
    let question = |line: &'static str| {
        let mut fields = line.split('\t');
        Some((fields.next()?, [fields.next()?, fields.next()?, fields.next()?]))
    };
    lines.filter_map(question).collect()
});

static SYNONYMS: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| {
    include_str!("../../../../words/synonyms.tsv")
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once('\t'))
        .collect()
});

/// The rubric's words for a level of a domain.
pub(super) fn anchor(domain: &str, level: u8, language: Language) -> &'static str {
    RUBRIC.get(&(domain, level)).map_or("", |&words| pick(words, language))
}

/// What to ask when a domain was not told of.
pub(super) fn question(domain: &str, language: Language) -> &'static str {
    QUESTIONS.get(domain).map_or("", |&words| pick(words, language))
}

/// A code as the search finds it.
#[derive(Debug, Serialize)]
pub(super) struct Searched {
    pub(super) kind: &'static str,
    pub(super) code: &'static str,
    pub(super) label: &'static str,
    /// The domain of a need.
    pub(super) domain: &'static str,
    pub(super) alert: bool,
    /// Its names in three languages and other words for it.
    pub(super) words: String,
}

/// Every need, demand and action, named in a language.
pub(super) fn codes(language: Language) -> Vec<Searched> {
    let t = Taxonomy::shipped();
    let words = |labels: &relat_engine::Labels, code: &str| {
        let names = INTERFACE.map(|l| labels.get(l).to_owned()).join(" ");
        format!("{names} {}", SYNONYMS.get(code).copied().unwrap_or_default())
    };
    let needs = t.needs().iter().map(|n| Searched {
        kind: "need",
        code: &n.code,
        label: n.labels.get(language),
        domain: t.domains().get(n.domain).map_or("", |d| d.labels.get(language)),
        alert: n.alert,
        words: words(&n.labels, &n.code),
    });
    let demands = t.demands().iter().map(|d| (("demand", d.code.as_str()), &d.labels));
    let actions = t.actions().iter().map(|a| (("action", a.code.as_str()), &a.labels));
    let others = demands.chain(actions).map(|((kind, code), labels)| Searched {
        kind,
        code,
        label: labels.get(language),
        domain: "",
        alert: false,
        words: words(labels, code),
    });
    needs.chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_has_words_every_domain_a_question_and_every_synonym_a_code() {
        let t = Taxonomy::shipped();
        for language in INTERFACE {
            for domain in t.domains() {
                assert!(question(&domain.code, language).ends_with('?'), "help: {}", domain.code);
                for level in 1..=5 {
                    assert!(
                        !anchor(&domain.code, level, language).is_empty(),
                        "help: {} {level}",
                        domain.code
                    );
                }
            }
        }
        for code in SYNONYMS.keys() {
            assert!(t.need(code).or(t.demand(code)).is_some(), "help: {code} is no code");
        }
        for code in t.needs().iter().map(|n| &n.code).chain(t.demands().iter().map(|d| &d.code)) {
            assert!(SYNONYMS.contains_key(code.as_str()), "help: {code} has no other words");
        }
    }
}
