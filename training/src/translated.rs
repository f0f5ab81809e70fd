//! Records translated by machine, sentence by sentence: more text for a language from what was written in another.

use std::collections::HashMap;
use std::io::BufRead;
use std::path::{Path, PathBuf};

use relat_engine::Language;
use relat_eval::corpus::Record;
use serde::Deserialize;

use crate::error::{Error, Result};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    lang: Language,
    sentences: Vec<String>,
}

/// Reads every `.jsonl` file of a folder and gives each translation the labels, writer and layout of its record.
/// # Errors
/// [`Error::Io`]; [`Error::Translation`] for a line that is not a translation of one of the records.
pub fn read_dir(dir: &Path, records: &[Record]) -> Result<Vec<Record>> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::Io { path, source }
    };
    let by_id: HashMap<&str, &Record> = records.iter().map(|r| (r.id.as_str(), r)).collect();
    let mut paths: Vec<PathBuf> = std::fs::read_dir(dir)
        .map_err(io(dir))?
        .map(|entry| entry.map(|e| e.path()).map_err(io(dir)))
        .collect::<Result<_>>()?;
    paths.retain(|p| p.extension().is_some_and(|e| e == "jsonl"));
    paths.sort();
    let mut out = Vec::new();
    for path in paths {
        let file = std::io::BufReader::new(std::fs::File::open(&path).map_err(io(&path))?);
        for (i, line) in file.lines().enumerate() {
            let bad = |reason: String| Error::Translation { path: path.clone(), line: i + 1, reason };
            let row: Row = serde_json::from_str(&line.map_err(io(&path))?).map_err(|e| bad(e.to_string()))?;
            let original = by_id
                .get(row.id.as_str())
                .ok_or_else(|| bad(format!("no record has the id '{}'", row.id)))?;
            out.push(translate(original, &row).map_err(bad)?);
        }
    }
    Ok(out)
}

fn translate(original: &Record, row: &Row) -> Result<Record, String> {
    if row.sentences.len() != original.sentences.len() {
        let (got, expected) = (row.sentences.len(), original.sentences.len());
        return Err(format!("{got} sentences, record '{}' has {expected}", row.id));
    }
    let mut record = original.clone();
    record.lang = row.lang;
    record.text.clear();
    for (sentence, text) in record.sentences.iter_mut().zip(&row.sentences) {
        let source = original.text.get(sentence.start..sentence.end).unwrap_or_default();
        let space = source.strip_prefix(source.trim_end()).unwrap_or_default();
        // A sentence that came out empty keeps its words: a span must hold something.
        let text = if text.trim().is_empty() { source.trim() } else { text.trim() };
        sentence.start = record.text.len();
        record.text.push_str(text);
        record.text.push_str(space);
        sentence.end = record.text.len();
    }
    Ok(record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use relat_engine::Taxonomy;

    fn record() -> Record {
        let text = "@ id=ca-z-001 lang=ca style=notes gender=f origin=local household=alone\nDeu diners. || debt\nViu sola || -\nI ja. || -\n\n";
        crate::import::parse_narratives(text, Taxonomy::shipped()).unwrap().remove(0)
    }

    fn read(line: &str) -> Result<Vec<Record>> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("t.jsonl"), format!("{line}\n")).unwrap();
        read_dir(dir.path(), &[record()])
    }

    #[test]
    fn a_translation_keeps_labels_writer_and_layout() {
        let done =
            read(r#"{"id":"ca-z-001","lang":"es","sentences":["Debe dinero.","Vive sola",""]}"#).unwrap();
        assert_eq!(done[0].text, "Debe dinero. Vive sola\nI ja.");
        assert_eq!((done[0].writer.as_str(), done[0].lang), ("z", Language::Es));
        assert_eq!(done[0].sentences[0].needs, record().sentences[0].needs);
        done[0].check(Taxonomy::shipped()).unwrap();
    }

    #[test]
    fn a_translation_of_nothing_known_names_its_line() {
        for line in [
            r#"{"id":"ca-z-002","lang":"es","sentences":["a","b","c"]}"#,
            r#"{"id":"ca-z-001","lang":"es","sentences":["a","b"]}"#,
            "{}",
        ] {
            let error = read(line).unwrap_err();
            assert!(matches!(error, Error::Translation { line: 1, .. }), "{error}");
        }
    }
}
