//! Reading the outside data sets.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use relat_engine::Taxonomy;
use serde::{Deserialize, Serialize};

use super::mapping::Mapping;
use crate::corpus::{CorpusError, read_text};

/// A data set of `corpora/external`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dataset {
    /// Stress Annotated Dataset: one-sentence stressors.
    Sad,
    /// SDOH-NLI: social-history snippets with entailed statements.
    SdohNli,
}

impl Dataset {
    /// All data sets, with the names of their files.
    pub const FILES: [(Self, &'static str); 2] =
        [(Self::Sad, "sad.jsonl"), (Self::SdohNli, "sdoh_nli.jsonl")];
}

/// A text with the classes that are true and false of it; a class in neither is not known. `Debug` hides the text.
#[derive(Clone, PartialEq, Eq)]
pub struct Item {
    /// The data set.
    pub dataset: Dataset,
    /// The text, in English.
    pub text: String,
    /// Classes that are true of it.
    pub holds: BTreeSet<String>,
    /// Classes that are false of it.
    pub fails: BTreeSet<String>,
    /// True when the annotators found nothing stressful in it: nothing should be suggested.
    pub harmless: bool,
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Item").field("dataset", &self.dataset).finish_non_exhaustive()
    }
}

/// Why the outside data cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum OutsideError {
    /// A file that cannot be read.
    #[error(transparent)]
    File(#[from] CorpusError),
    /// A row of the mapping that cannot be used.
    #[error("{}:{line}: {reason}", path.display())]
    Mapping {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A line of a data set that is not an item.
    #[error("{}:{line}: not an item (column {column})", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// A class of the data that the mapping does not decide on.
    #[error("{}:{line}: the mapping says nothing of the class '{class}'", path.display())]
    Undecided {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// The class.
        class: String,
    },
}

#[derive(Deserialize)]
struct SadLine {
    text: String,
    labels: Vec<String>,
    second_label: String,
    is_stressor: u8,
}

#[derive(Deserialize)]
struct NliLine {
    text: String,
    labels: BTreeSet<String>,
    not_entailed: BTreeSet<String>,
}

/// Reads the data sets of a folder with its `mapping.csv`.
/// # Errors
/// [`OutsideError`], with the file and the line.
pub fn read_dir(dir: &Path, taxonomy: &Taxonomy) -> Result<(Mapping, Vec<Item>), OutsideError> {
    let mapping = Mapping::read(&dir.join("mapping.csv"), taxonomy)?;
    let mut items = Vec::new();
    for (dataset, name) in Dataset::FILES {
        let path = dir.join(name);
        let text = read_text(&path)?;
        for (i, line) in text.lines().enumerate() {
            let bad = |e: serde_json::Error| OutsideError::Line {
                path: path.clone(),
                line: i + 1,
                column: e.column(),
            };
            let item = match dataset {
                Dataset::Sad => sad(serde_json::from_str(line).map_err(bad)?, &mapping),
                Dataset::SdohNli => nli(serde_json::from_str(line).map_err(bad)?),
            };
            let undecided = item.holds.union(&item.fails).find(|c| !mapping.decides(dataset, c));
            if let Some(class) = undecided {
                return Err(OutsideError::Undecided { path, line: i + 1, class: class.clone() });
            }
            items.push(item);
        }
    }
    Ok((mapping, items))
}

/// A sentence has a first class and perhaps a second; the second is too weak to be true and too strong to be false.
fn sad(line: SadLine, mapping: &Mapping) -> Item {
    let holds: BTreeSet<String> = line.labels.into_iter().collect();
    let all = mapping.classes().iter().filter(|c| c.dataset == Dataset::Sad).map(|c| &c.name);
    let fails = all.filter(|c| !holds.contains(*c) && **c != line.second_label).cloned().collect();
    Item { dataset: Dataset::Sad, text: line.text, holds, fails, harmless: line.is_stressor == 0 }
}

/// A statement that is entailed in one row and not in another is not known.
fn nli(line: NliLine) -> Item {
    let holds = line.labels.difference(&line.not_entailed).cloned().collect();
    let fails = line.not_entailed.difference(&line.labels).cloned().collect();
    Item { dataset: Dataset::SdohNli, text: line.text, holds, fails, harmless: false }
}
