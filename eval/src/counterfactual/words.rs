//! Lists of function words, from `corpora/lexicon/function_words.tsv`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

static LISTS: LazyLock<HashMap<&'static str, HashSet<&'static str>>> = LazyLock::new(|| {
    let mut lists: HashMap<&str, HashSet<&str>> = HashMap::new();
    let file = include_str!("../../../corpora/lexicon/function_words.tsv");
    for (list, word) in file.lines().skip(1).filter_map(|line| line.split_once('\t')) {
        lists.entry(list).or_default().insert(word);
    }
    lists
});

/// One list.
#[derive(Debug)]
pub(crate) struct Words(&'static str);

impl Words {
    /// True when the list has the word, given in lower case.
    pub(crate) fn has(&self, word: &str) -> bool {
        LISTS.get(self.0).is_some_and(|list| list.contains(word))
    }

    /// True when some entry of the list, taken as a stem, begins the word; one of two letters is a whole word.
    pub(crate) fn has_stem_of(&self, word: &str) -> bool {
        let fits = |stem: &&str| if stem.len() < 3 { word == *stem } else { word.starts_with(*stem) };
        LISTS.get(self.0).is_some_and(|list| list.iter().any(fits))
    }
}

/// English words that are words for people in Catalan or Spanish.
pub(crate) const ALSO_ENGLISH: Words = Words("also_english");
/// Forms that are adjectives and verbs alike: beside a noun they are read as verbs.
pub(crate) const ALSO_VERBS: Words = Words("also_verbs");
/// Auxiliaries before the verb that a clitic belongs to.
pub(crate) const AUXILIARIES: Words = Words("auxiliaries");
/// Words after which la, el and lo are articles.
pub(crate) const BEFORE_ARTICLES: Words = Words("before_articles");
/// Verbs that make someone do something.
pub(crate) const CAUSATIVE: Words = Words("causative");
/// Adverbs that stand between a noun and its adjective.
pub(crate) const DEGREE: Words = Words("degree");
/// Names whose second part is a given name too and not a surname: Joan Anton, María José.
pub(crate) const FIRST_OF_TWO: Words = Words("first_of_two");
/// Words before which "his" stands for "the one that is his".
pub(crate) const HIS_ALONE: Words = Words("his_alone");
/// Verbs after which an adjective is said of the subject.
pub(crate) const LINKING: Words = Words("linking");
/// Verbs whose object "lo" is more often what was said than a person.
pub(crate) const NEUTER: Words = Words("neuter");
/// Words that cannot begin what "her" or "his" possesses: before them, "her" is an object and "his" stands alone.
pub(crate) const NOT_POSSESSED: Words = Words("not_possessed");
/// Function words of Catalan that are none of Spanish.
pub(crate) const ONLY_CA: Words = Words("only_ca");
/// Function words of Spanish that are none of Catalan.
pub(crate) const ONLY_ES: Words = Words("only_es");
/// Forms of haver and haber: a participle after them agrees with nothing in the masculine.
pub(crate) const PERFECT: Words = Words("perfect");
/// Words after which a name is that of a place, a street or an institution.
pub(crate) const PLACE_WORDS: Words = Words("place_words");
/// Adjectives and other words that stand between "her" and what she possesses.
pub(crate) const POSSESSED_MODIFIERS: Words = Words("possessed_modifiers");
/// Possessives.
pub(crate) const POSSESSIVES: Words = Words("possessives");
/// Words without gender that may stand before a noun.
pub(crate) const SKIPPED_LEFT: Words = Words("skipped_left");
/// Words that tell of status already, by their beginning.
pub(crate) const STATUS_WORDS: Words = Words("status_words");
/// Verbs that take a person and a bare verb or a thing: "let her stay", "gave her money".
pub(crate) const TAKES_PERSON_AND_MORE: Words = Words("takes_person_and_more");
/// Nouns of time: no clitic stands for them.
pub(crate) const TIMES: Words = Words("times");
/// Verbs of state: a participle after them agrees with the subject.
pub(crate) const STATE_VERBS: Words = Words("state_verbs");
/// Words after which sol and sola are no adjectives: el sol, the sun.
pub(crate) const NOT_BEFORE_ALONE: Words = Words("not_before_alone");
/// Words that may follow solo when it means alone.
pub(crate) const AFTER_ALONE: Words = Words("after_alone");
/// Words after which an adjective stands for a noun or goes before one.
pub(crate) const LEADS_A_NOUN: Words = Words("leads_a_noun");
/// Names of languages, which are adjectives of people as well.
pub(crate) const LANGUAGES: Words = Words("languages");
/// Verbs in the present that look like participles: traslada, olvida.
pub(crate) const NOT_PARTICIPLES: Words = Words("not_participles");
/// Words between two adjectives of one subject.
pub(crate) const BETWEEN_ADJECTIVES: Words = Words("between_adjectives");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_of_the_file_has_its_name_here_and_words() {
        let names = [
            LANGUAGES,
            NOT_PARTICIPLES,
            BETWEEN_ADJECTIVES,
            LEADS_A_NOUN,
            AFTER_ALONE,
            NOT_BEFORE_ALONE,
            STATE_VERBS,
            ALSO_ENGLISH,
            ALSO_VERBS,
            AUXILIARIES,
            BEFORE_ARTICLES,
            CAUSATIVE,
            DEGREE,
            FIRST_OF_TWO,
            HIS_ALONE,
            LINKING,
            NEUTER,
            NOT_POSSESSED,
            ONLY_CA,
            ONLY_ES,
            PERFECT,
            PLACE_WORDS,
            POSSESSED_MODIFIERS,
            POSSESSIVES,
            SKIPPED_LEFT,
            STATUS_WORDS,
            TAKES_PERSON_AND_MORE,
            TIMES,
        ];
        for list in &names {
            assert!(LISTS.get(list.0).is_some_and(|l| !l.is_empty()), "help: no words for {}", list.0);
        }
        assert_eq!(LISTS.len(), names.len());
    }
}
