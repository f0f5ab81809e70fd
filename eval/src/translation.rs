//! Language counterfactual: the same narrative, translated, should be suggested the same codes.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use relat_engine::{Assessment, Language};
use serde::{Deserialize, Serialize};

use crate::bootstrap::BootstrapConfig;
use crate::change::{Change, ChangeReport};
use crate::corpus::Record;
use crate::error;
use crate::language;

/// A record's sentences in another language. `Debug` hides them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Translation {
    /// Id of the record.
    pub id: String,
    /// Language translated into.
    pub lang: Language,
    /// One string a sentence, in the record's order.
    pub sentences: Vec<String>,
}

impl fmt::Debug for Translation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Translation")
            .field("id", &self.id)
            .field("n_sentences", &self.sentences.len())
            .finish_non_exhaustive()
    }
}

/// Why translations cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TranslationError {
    /// A file that cannot be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's answer.
        #[source]
        source: std::io::Error,
    },
    /// A line that is not a translation.
    #[error("{}:{line}: not a translation (column {column})", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// A translation of a record that is not there.
    #[error("no record has the id '{id}'")]
    UnknownRecord {
        /// The id.
        id: String,
    },
    /// A translation that has not one string a sentence: make the translations anew.
    #[error("record {id} has {expected} sentences and its translation {got}")]
    SentenceCount {
        /// The record.
        id: String,
        /// Sentences of the record.
        expected: usize,
        /// Sentences of the translation.
        got: usize,
    },
    /// A model that failed, or figures that cannot be made.
    #[error(transparent)]
    Measure(#[from] error::Error),
}

/// What changes from originals to translations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TranslationReport {
    /// By direction, such as `ca-es`.
    pub directions: BTreeMap<String, TranslatedReport>,
}

/// What changes in one direction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TranslatedReport {
    /// Number of translations.
    pub n: usize,
    /// What changed in them.
    pub changes: ChangeReport,
}

/// Reads a file of translations, one JSON object a line.
/// # Errors
/// [`TranslationError::Io`], [`TranslationError::Line`].
pub fn read_file(path: &Path) -> Result<Vec<Translation>, TranslationError> {
    let io = |source| TranslationError::Io { path: path.to_owned(), source };
    let text = std::fs::read_to_string(path).map_err(io)?;
    let parse = |(i, line): (usize, &str)| {
        let bad = |e: serde_json::Error| TranslationError::Line {
            path: path.to_owned(),
            line: i + 1,
            column: e.column(),
        };
        serde_json::from_str(line).map_err(bad)
    };
    text.lines().enumerate().map(parse).collect()
}

impl Translation {
    /// The translated text, with the white space between sentences of the original.
    /// # Errors
    /// [`TranslationError::SentenceCount`].
    pub fn text(&self, record: &Record) -> Result<String, TranslationError> {
        let (expected, got) = (record.sentences.len(), self.sentences.len());
        if expected != got {
            return Err(TranslationError::SentenceCount { id: record.id.clone(), expected, got });
        }
        let mut text = String::with_capacity(record.text.len() + record.text.len() / 8);
        for (gold, own) in record.sentences.iter().zip(&self.sentences) {
            let original = record.text.get(gold.start..gold.end).unwrap_or_default();
            text.push_str(own);
            text.push_str(original.get(original.trim_end().len()..).unwrap_or_default());
        }
        Ok(text)
    }
}

/// Runs originals and translations through a model.
/// # Errors
/// [`TranslationError::UnknownRecord`], [`TranslationError::SentenceCount`], [`TranslationError::Measure`].
pub fn run<F>(
    records: &[Record],
    translations: &[Translation],
    predict: F,
    config: &BootstrapConfig,
    n_worst: usize,
) -> Result<TranslationReport, TranslationError>
where
    F: Fn(&str) -> relat_engine::Result<Assessment> + Sync,
{
    Ok(count(&read(records, translations, predict)?, config, n_worst)?)
}

/// What changes in each translation, with its direction, such as `ca-es`: in the order of the translations.
/// # Errors
/// [`TranslationError::UnknownRecord`], [`TranslationError::SentenceCount`], [`TranslationError::Measure`].
pub fn read<F>(
    records: &[Record],
    translations: &[Translation],
    predict: F,
) -> Result<Vec<(String, Change)>, TranslationError>
where
    F: Fn(&str) -> relat_engine::Result<Assessment> + Sync,
{
    let by_id: BTreeMap<&str, &Record> = records.iter().map(|r| (r.id.as_str(), r)).collect();
    translations
        .par_iter()
        .map(|translation| {
            let unknown = || TranslationError::UnknownRecord { id: translation.id.clone() };
            let record = by_id.get(translation.id.as_str()).ok_or_else(unknown)?;
            let read = |text: &str| predict(text).map_err(error::Error::from);
            let translated = read(&translation.text(record)?)?;
            let change = Change::between(&record.id, &read(&record.text)?, &translated);
            Ok((format!("{}-{}", language::code(record.lang), language::code(translation.lang)), change))
        })
        .collect()
}

/// What changes by direction, each with at most `n_worst` examples.
/// # Errors
/// [`crate::Error::BadSetting`].
pub fn count(
    changes: &[(String, Change)],
    config: &BootstrapConfig,
    n_worst: usize,
) -> error::Result<TranslationReport> {
    let mut directions: BTreeMap<String, Vec<Change>> = BTreeMap::new();
    for (direction, change) in changes {
        directions.entry(direction.clone()).or_default().push(change.clone());
    }
    let report = |(direction, changes): (_, Vec<Change>)| {
        Ok((
            direction,
            TranslatedReport { n: changes.len(), changes: ChangeReport::of(&changes, config, n_worst)? },
        ))
    };
    let directions: error::Result<_> = directions.into_iter().map(report).collect();
    Ok(TranslationReport { directions: directions? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus;
    use crate::testing::{Reads, config, keyword_model};
    use relat_engine::{Status, Taxonomy};

    fn shipped() -> (Vec<Record>, Vec<Translation>) {
        let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora");
        let records = corpus::read_dir(&corpora.join("narratives"), Taxonomy::shipped()).unwrap();
        let read = |name: &str| read_file(&corpora.join("translated").join(name)).unwrap();
        (records, [read("ca-es.jsonl"), read("es-ca.jsonl")].concat())
    }

    #[test]
    fn every_catalan_and_spanish_narrative_has_its_translation_sentence_by_sentence() {
        let (records, translations) = shipped();
        let by_id: BTreeMap<_, _> = translations.iter().map(|t| (t.id.as_str(), t)).collect();
        assert_eq!(by_id.len(), translations.len());
        for record in records.iter().filter(|r| r.lang != Language::En) {
            let translation = by_id[record.id.as_str()];
            assert_ne!(translation.lang, record.lang);
            let text = translation.text(record).unwrap();
            assert!(translation.sentences.iter().all(|s| !s.trim().is_empty() && text.contains(s.as_str())));
            assert_eq!(text.matches('\n').count(), record.text.matches('\n').count(), "{}", record.id);
        }
    }

    #[test]
    fn a_model_of_one_language_flips_and_one_of_both_does_not() {
        const SPANISH: &[(&str, Reads)] = &[("alquiler", Reads::Need("housing_arrears", Status::Present))];
        const FIGURES: &[(&str, Reads)] = &[("€", Reads::Need("debt", Status::Present))];
        let (records, translations) = shipped();
        let of =
            |rules| run(&records, &translations, keyword_model(rules), &config(50, 3), 5).unwrap().directions;
        let (spanish, figures) = (of(SPANISH), of(FIGURES));
        assert!(spanish["es-ca"].changes.dropped_rate.value.unwrap() > 0.9, "help: the word is Spanish only");
        assert!(spanish["ca-es"].changes.added_codes["housing_arrears"] > 50);
        assert!(
            figures.values().all(|d| d.changes.flip_rate.value.unwrap() < 0.01),
            "help: a sign is the same in both"
        );
    }

    #[test]
    fn a_translation_of_another_length_is_refused() {
        let (records, mut translations) = shipped();
        translations[0].sentences.pop();
        let error =
            translations[0].text(records.iter().find(|r| r.id == translations[0].id).unwrap()).unwrap_err();
        assert!(
            matches!(error, TranslationError::SentenceCount { expected, got, .. } if expected == got + 1)
        );
    }
}
