//! Laws of documents: what holds for any text at all.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by them")]

use std::path::Path;

use proptest::prelude::*;
use relat_engine::{Document, Error, Span};
use unicode_normalization::UnicodeNormalization;

/// Asserts every law on one text.
fn check(text: &str) {
    let blank = |c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
    };
    let document = match Document::new(text) {
        Ok(document) => document,
        Err(Error::EmptyText) => return assert!(text.chars().all(blank)),
        Err(error) => panic!("{}", error.code()),
    };
    let sentences = document.sentences();
    assert!(!sentences.is_empty());
    let mut at = 0;
    for sentence in sentences {
        assert_eq!(sentence.span.start, at, "help: spans follow one another");
        at = sentence.span.end;
        let content = text.get(sentence.content.range()).unwrap();
        assert_eq!(document.sentence_text(sentence), content);
        assert!(!content.is_empty() && !content.starts_with(blank) && !content.ends_with(blank));
        assert!(sentence.span.start <= sentence.content.start && sentence.content.end <= sentence.span.end);
        let rest = text.get(sentence.content.end..sentence.span.end).unwrap();
        assert!(rest.chars().all(blank), "help: only blanks follow the content of a sentence");
    }
    assert_eq!(at, text.len(), "help: spans cover the text");
    let spans: Vec<Span> = sentences.iter().map(|s| s.span).collect();
    assert_eq!(Document::from_spans(text, &spans).unwrap().sentences(), sentences);
}

/// Asserts that offsets agree with those of a browser, at every byte.
fn check_utf16(text: &str) {
    let Ok(document) = Document::new(text) else { return };
    for byte in 0..=text.len() + 1 {
        let expected = text.get(..byte).map(|before| before.encode_utf16().count());
        assert_eq!(document.utf16_offset(byte), expected, "help: at byte {byte}");
    }
}

fn narratives() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora/narratives");
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let lines = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for line in lines.lines() {
            let record: serde_json::Value = serde_json::from_str(line).unwrap();
            texts.push(record["text"].as_str().unwrap().to_owned());
        }
    }
    assert!(texts.len() > 1000, "help: the corpus is missing");
    texts
}

/// Text of the marks, blanks and words that decide boundaries, which random characters seldom meet.
fn noted() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(vec![
            ".",
            "...",
            "…",
            "?",
            "!",
            "?!",
            "\"",
            "«",
            "»",
            "(",
            ")",
            "'",
            "’",
            ",",
            ";",
            ":",
            "-",
            "—",
            "•",
            "1.",
            "a)",
            " ",
            "  ",
            "\n",
            "\r\n",
            "\n\n",
            "\t",
            "\u{a0}",
            "\u{200b}",
            "\u{feff}",
            "\0",
            "😭",
            "👍🏽",
            "❤\u{fe0f}",
            "\u{301}",
            "é",
            "e\u{301}",
            "Sra.",
            "etc.",
            "J.",
            "núm.",
            "q.",
            "12.30",
            "1.180 €",
            "www.x.cat",
            "a@b.cat",
            "Viu",
            "sola",
            "la",
            "Ñ",
            "。",
            "؟",
            "العمل",
            "我",
            "ß",
            "ǅ",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,3}",
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn laws_hold_for_any_text(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn laws_hold_for_notes(text in noted()) {
        check(&text);
        check_utf16(&text);
    }

    #[test]
    fn blanks_around_a_text_add_no_sentence(text in noted(), before in "[ \n\t]{0,3}", after in "[ \n\t]{0,3}") {
        let n = |text: &str| Document::new(text).map_or(0, |d| d.sentences().len());
        let trimmed = text.trim();
        prop_assert_eq!(n(&format!("{before}{trimmed}{after}")), n(trimmed));
    }
}

#[test]
fn nothing_but_blanks_is_empty() {
    for text in ["", " ", "\n\n\t\r\n", "\u{feff}", "\u{200b}\u{200c}\u{200d}", "\0\0\0", "\u{a0}\u{3000}"] {
        assert!(matches!(Document::new(text), Err(Error::EmptyText)));
    }
}

#[test]
fn bytes_that_are_not_utf8_are_named() {
    assert!(matches!(Document::from_utf8(b"Viu sola \xff"), Err(Error::NotUtf8 { valid_up_to: 9 })));
    assert!(Document::from_utf8("Viu sola".as_bytes()).is_ok());
}

#[test]
fn laws_hold_for_a_megabyte_of_anything() {
    let check_long = |piece: &str, bytes: usize| {
        let long = piece.repeat(bytes / piece.len());
        check(&long);
        check(&format!("Viu sola. {long}\nViu sola."));
    };
    for piece in ["a", ".", "\n", " ", "\0"] {
        check_long(piece, 1_000_000);
    }
    for piece in [
        "\"",
        "(",
        "—",
        "\u{301}",
        "\u{200b}",
        "😭",
        "❤",
        "1.",
        "A.",
        "a.",
        "Sra. ",
        "a\n",
        "A\n",
        ". ",
        ".\n",
        "\"A. ",
        "(a. B) ",
        "- ",
        "-\n",
        "\u{5d0}",
        "\u{202e}a",
        "？",
        "\r",
        "www.",
        "a@",
    ] {
        check_long(piece, 100_000);
    }
}

#[test]
fn laws_hold_for_the_corpus() {
    for text in narratives() {
        check(&text);
    }
}

#[test]
fn offsets_hold_for_the_corpus() {
    for text in narratives().iter().step_by(40) {
        check_utf16(text);
    }
}

#[test]
fn composition_changes_no_sentence() {
    for text in narratives() {
        let composed: String = text.nfc().collect();
        let decomposed: String = text.nfd().collect();
        let of = |text: &str| {
            let document = Document::new(text).unwrap();
            let sentences = document.sentences().iter();
            sentences
                .map(|s| (document.sentence_text(s).nfc().collect::<String>(), s.language))
                .collect::<Vec<_>>()
        };
        assert_eq!(of(&composed), of(&decomposed));
    }
}
