//! A text that changes, read with a memory of what it was, gives what a fresh reading gives, bit for bit.

#![expect(clippy::unwrap_used, clippy::string_slice, reason = "helpers of tests, on sentences' own ends")]

use std::path::Path;

use relat_engine::{Assessment, Document, Memory, Pipeline};

fn pipeline(model: &str) -> Pipeline {
    Pipeline::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../models").join(model)).unwrap()
}

/// Some narratives of the corpus, one of them longer than a window, in several languages.
fn narratives() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora/narratives");
    let text = |name: &str, line: usize| {
        let lines = std::fs::read_to_string(folder.join(name)).unwrap();
        let record: serde_json::Value = serde_json::from_str(lines.lines().nth(line).unwrap()).unwrap();
        record["text"].as_str().unwrap().to_owned()
    };
    let some = [("a.jsonl", 0), ("d.jsonl", 60), ("k.jsonl", 7)].map(|(name, line)| text(name, line));
    let long = some.join("\n");
    some.into_iter().chain([long]).collect()
}

/// The text as it is at each pause: sentence after sentence, then with one changed, one taken out and one repeated.
fn pauses(text: &str) -> Vec<String> {
    let document = Document::new(text).unwrap();
    let spans = document.sentences().iter().map(|s| s.span);
    let sentences: Vec<&str> = spans.map(|span| &text[span.start..span.end]).collect();
    let mut pauses: Vec<String> = (1..=sentences.len()).map(|n| sentences[..n].concat()).collect();
    let middle = sentences.len() / 2;
    let with = |changed: &[&str]| [&sentences[..middle], changed, &sentences[middle + 1..]].concat().concat();
    pauses.extend([
        with(&["Ha perdut la feina i no dorm. "]),
        with(&[]),
        with(&[sentences[0], sentences[middle]]),
        text.to_owned(),
    ]);
    pauses
}

/// Every number with its bits: the JSON of an assessment has the shortest digits that read back as the same one.
fn bits(assessment: &Assessment) -> String {
    serde_json::to_string(assessment).unwrap()
}

#[test]
fn what_is_remembered_changes_no_bit() {
    for model in ["linear", "default"] {
        let fresh = pipeline(model);
        // One that has room for everything, and one that forgets all the time.
        let ample = pipeline(model).remembering(Memory::new(1 << 20));
        let scarce = pipeline(model).remembering(Memory::new(1 << 10));
        for text in narratives() {
            for pause in pauses(&text) {
                let expected = bits(&fresh.assess(&pause).unwrap());
                for remembering in [&ample, &scarce] {
                    assert_eq!(bits(&remembering.assess(&pause).unwrap()), expected, "help: {model}");
                }
            }
        }
        let (found, missed) = ample.memory().unwrap().asked();
        assert!(found > missed, "help: {model}: of what is typed, most was read before: {found}, {missed}");
        assert!(scarce.memory().unwrap().asked().1 > missed, "help: {model}: a small memory forgets");
    }
}

#[test]
fn the_same_text_again_is_not_read_again() {
    for model in ["linear", "default"] {
        let pipeline = pipeline(model).remembering(Memory::new(1 << 20));
        for text in narratives() {
            let first = pipeline.assess(&text).unwrap();
            let missed = pipeline.memory().unwrap().asked().1;
            assert_eq!(bits(&pipeline.assess(&text).unwrap()), bits(&first));
            assert_eq!(pipeline.memory().unwrap().asked().1, missed, "help: {model}");
        }
    }
}
