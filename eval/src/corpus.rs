//! Annotated records: the gold that models are trained on and measured against.

use std::collections::BTreeMap;
use std::fmt;
use std::io::BufRead;
use std::path::{Path, PathBuf};

use relat_engine::{Document, Language, Span, Status, Taxonomy};
use serde::{Deserialize, Serialize};

/// One annotated text: an interview, or a single sentence of the bank.
///
/// `Debug` hides the text and the person.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Unique id, such as `ca-a-001`.
    pub id: String,
    /// Main language.
    pub lang: Language,
    /// Who wrote it; folds keep a writer together.
    pub writer: String,
    /// Kind of text: `telegraphic_notes`, `phone_call`… `bank` for single sentences.
    pub style: String,
    /// The whole text.
    pub text: String,
    /// Sentences, whose spans cover the text.
    pub sentences: Vec<GoldSentence>,
    /// SSM-Cat level a domain; a domain that the text does not tell of is left out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub levels: BTreeMap<String, u8>,
    /// Actions that a worker would propose, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<String>,
    /// Who is described: for audits only, never an input of a model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("id", &self.id)
            .field("n_sentences", &self.sentences.len())
            .finish_non_exhaustive()
    }
}

/// A sentence and what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoldSentence {
    /// First byte.
    pub start: usize,
    /// One past the last byte, white space after the sentence included.
    pub end: usize,
    /// Needs with their status.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<GoldNeed>,
    /// Demands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub demands: Vec<String>,
}

/// A need in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoldNeed {
    /// Code of the taxonomy.
    pub code: String,
    /// Where it stands.
    pub status: Status,
}

/// The person a record describes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// `f`, `m` or `x`.
    pub gender: String,
    /// Years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<u8>,
    /// `local` or a country.
    pub origin: String,
    /// Who they live with.
    pub household: String,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").finish_non_exhaustive()
    }
}

/// Why a corpus cannot be read; each names the file and the line.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// A file that cannot be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's answer.
        #[source]
        source: std::io::Error,
    },
    /// A line that is not a record.
    #[error("{}:{line}: {reason}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is wrong with it; holds no text of the narrative.
        reason: String,
    },
}

impl Record {
    /// The record's text with its annotated sentences.
    /// # Errors
    /// [`relat_engine::Error::BadSentence`], [`relat_engine::Error::EmptyText`].
    pub fn document(&self) -> relat_engine::Result<Document> {
        let spans: Vec<Span> = self.sentences.iter().map(|s| Span::new(s.start, s.end)).collect();
        Document::from_spans(self.text.as_str(), &spans)
    }

    /// True when a sentence has the need as present.
    #[must_use]
    pub fn has_present(&self, code: &str) -> bool {
        self.sentences.iter().any(|s| s.needs.iter().any(|n| n.code == code && n.status == Status::Present))
    }

    /// Checks codes, levels and spans against a taxonomy.
    /// # Errors
    /// A sentence that names the first thing wrong, without text of the narrative.
    pub fn check(&self, taxonomy: &Taxonomy) -> Result<(), String> {
        self.document().map_err(|e| e.to_string())?;
        let unknown = |kind: &str, code: &str| format!("record {}: no {kind} has the code '{code}'", self.id);
        for sentence in &self.sentences {
            for need in &sentence.needs {
                taxonomy.need(&need.code).ok_or_else(|| unknown("need", &need.code))?;
            }
            for demand in &sentence.demands {
                taxonomy.demand(demand).ok_or_else(|| unknown("demand", demand))?;
            }
        }
        for (domain, level) in &self.levels {
            taxonomy.domain(domain).ok_or_else(|| unknown("domain", domain))?;
            if !(1..=5).contains(level) {
                return Err(format!("record {}: level {level} of '{domain}' is not 1 to 5", self.id));
            }
        }
        for action in &self.actions {
            taxonomy.action(action).ok_or_else(|| unknown("action", action))?;
        }
        Ok(())
    }
}

/// Reads one file of records, one JSON object a line, and checks each against the taxonomy.
/// # Errors
/// [`CorpusError`], with the file and the line.
pub fn read_file(path: &Path, taxonomy: &Taxonomy) -> Result<Vec<Record>, CorpusError> {
    let io = |source| CorpusError::Io { path: path.to_owned(), source };
    let reader = std::io::BufReader::new(std::fs::File::open(path).map_err(io)?);
    let mut records = Vec::new();
    for (i, line) in reader.lines().enumerate() {
        let bad = |reason| CorpusError::Line { path: path.to_owned(), line: i + 1, reason };
        let record: Record = serde_json::from_str(&line.map_err(io)?).map_err(|e| bad(e.to_string()))?;
        record.check(taxonomy).map_err(bad)?;
        records.push(record);
    }
    Ok(records)
}

/// The text of a file.
/// # Errors
/// [`CorpusError::Io`].
pub(crate) fn read_text(path: &Path) -> Result<String, CorpusError> {
    std::fs::read_to_string(path).map_err(|source| CorpusError::Io { path: path.to_owned(), source })
}

/// Reads every `.jsonl` file of a folder, in the order of their names.
/// # Errors
/// [`CorpusError`], with the file and the line.
pub fn read_dir(dir: &Path, taxonomy: &Taxonomy) -> Result<Vec<Record>, CorpusError> {
    let io = |source| CorpusError::Io { path: dir.to_owned(), source };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if path.extension().is_some_and(|e| e == "jsonl") {
            paths.push(path);
        }
    }
    paths.sort();
    let mut records = Vec::new();
    for path in paths {
        records.extend(read_file(&path, taxonomy)?);
    }
    Ok(records)
}
