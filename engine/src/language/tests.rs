use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::*;
use crate::Document;

fn alone(text: &str) -> Language {
    LanguageIdentifier::shipped().evidence(text).language()
}

fn languages(text: &str) -> Vec<Language> {
    Document::new(text).unwrap().sentences().iter().map(|s| s.language).collect()
}

#[test]
fn shipped_tables_are_whole() {
    let weights = include_str!("ngrams.tsv").lines();
    for line in weights.clone() {
        let fields: Vec<&str> = line.split('\t').collect();
        assert_eq!(fields.len(), 4, "help: write the table again with `relat-train language`");
        assert!(fields.iter().skip(1).all(|w| w.parse::<i8>().is_ok()));
    }
    assert!(weights.count() > 1000);
    let names: Vec<&str> =
        include_str!("frequent_words.tsv").lines().filter_map(|l| l.split('\t').next()).collect();
    assert_eq!(names, ["ca", "es", "en"], "help: the order is that of LANGUAGES");
}

#[test]
fn tells_the_three_languages() {
    let cases = [
        (Language::Ca, "La senyora viu sola i no pot pagar el lloguer."),
        (Language::Ca, "No dormo gaire, amb això dels nens."),
        (Language::Ca, "Fa tres mesos que no cobra l'ajut"),
        (Language::Es, "La señora vive sola y no puede pagar el alquiler."),
        (Language::Es, "No duermo mucho, con esto de los niños."),
        (Language::Es, "Hace tres meses que no cobra la ayuda"),
        (Language::En, "She lives on her own and cannot pay the rent."),
        (Language::En, "I hardly sleep, what with the kids."),
        (Language::En, "No benefits for three months"),
    ];
    for (language, text) in cases {
        assert_eq!(alone(text), language);
        assert_eq!(alone(&text.to_uppercase()), language);
        assert_eq!(alone(&text.nfd().collect::<String>()), language);
    }
}

#[test]
fn other_languages_are_other() {
    let (mut n, mut missed) = (0, 0);
    for line in include_str!("foreign_sentences.tsv").lines() {
        let (_, text) = line.split_once('\t').unwrap();
        n += 1;
        missed += usize::from(alone(text) != Language::Other);
        assert_ne!(alone(text), Language::Ca, "help: taken for Catalan: {line}");
    }
    assert!(n > 90 && missed * 50 <= n, "help: {missed} of {n} sentences taken for one of the three");
}

#[test]
fn without_letters_there_is_no_language() {
    for text in ["12/03", "1.180 €", "…", "😭", "- - -", "+34 600 000 000"] {
        assert_eq!(alone(text), Language::Other);
        assert_eq!(languages(text), [Language::Other]);
    }
    assert_eq!(
        languages("Viu sola i no dorm. 12.30. No té feina."),
        [Language::Ca, Language::Other, Language::Ca]
    );
}

#[test]
fn short_fragments_borrow_and_quotes_do_not() {
    let ca = Language::Ca;
    assert_eq!(languages("La mare no treballa gaire. Sola. El fill gran tampoc no ajuda."), [ca, ca, ca]);
    let es = Language::Es;
    assert_eq!(languages("La madre no trabaja mucho. Sola. El hijo mayor tampoco ayuda."), [es, es, es]);
    let quoted = "Explica que no dorm gens. \"Yo aquí no conozco a nadie y no tengo dinero.\" Plora molt.";
    assert_eq!(languages(quoted), [ca, es, ca]);
}

#[test]
fn the_document_is_in_the_language_of_most_of_it() {
    let text = "Sí. Yes. La señora vive sola desde hace tres años y no tiene a nadie.";
    assert_eq!(Document::new(text).unwrap().language(), Language::Es);
    assert_eq!(Document::new("12/03. 14.").unwrap().language(), Language::Other);
}

fn counted(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    ngrams(text, |ngram| all.push(ngram.to_owned()));
    all
}

#[test]
fn ngrams_are_runs_of_one_to_three_and_whole_words() {
    assert_eq!(counted("Té!"), [" t", " té", "t", "té", "té ", "é", "é ", " té "]);
    assert_eq!(counted("a"), [" a", " a ", "a", "a "]);
    assert!(counted("12 — ...").is_empty());
    assert!(counted("col·legi").contains(&"l·l".to_owned()));
}

proptest! {
    #[test]
    fn ngrams_do_not_depend_on_composition_or_case(text in "[a-zàéíòúüñçA-ZÀÉÑÇ ·'.0-9]{0,40}") {
        let expected = counted(&text);
        prop_assert_eq!(&counted(&text.nfd().collect::<String>()), &expected);
        prop_assert_eq!(&counted(&text.to_lowercase()), &expected);
    }

    #[test]
    fn ngrams_come_from_one_word(text in any::<String>()) {
        for ngram in counted(&text) {
            prop_assert!(!ngram.trim_matches(' ').contains(' ') && ngram != " " && !ngram.is_empty());
        }
    }

    #[test]
    fn every_sentence_is_settled(texts in proptest::collection::vec(any::<String>(), 0..8)) {
        let evidence: Vec<_> = texts.iter().map(|t| LanguageIdentifier::shipped().evidence(t)).collect();
        let settled = settle(&evidence);
        prop_assert_eq!(settled.len(), texts.len());
        for (e, language) in evidence.iter().zip(settled) {
            prop_assert!(e.has_letters() || language == Language::Other);
            prop_assert!(e.language() != Language::Other || language == Language::Other);
        }
    }
}
