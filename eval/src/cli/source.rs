//! Where records and their assessments come from.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use rayon::prelude::*;
use relat_engine::bundle::sha256_hex;
use relat_engine::{Assessment, Taxonomy};
use relat_eval::corpus::{self, Record};
use relat_eval::report::{Artefact, Provenance};
use relat_eval::{Example, predictions};

/// What is measured.
#[derive(Debug, clap::Args)]
pub(crate) struct SourceArgs {
    /// Folder of the bundle.
    #[arg(long)]
    pub(crate) bundle: PathBuf,
    /// Folder of annotated records, `.jsonl`.
    #[arg(long, default_value = "corpora/narratives")]
    pub(crate) corpus: PathBuf,
    /// Assessments of the records by models that had not seen their writers, as `relat-train linear --examples` and
    /// `relat-train run` (`predictions.jsonl`) leave them. Without it the bundle assesses the records.
    #[arg(long)]
    pub(crate) predictions: Option<PathBuf>,
    /// Declare that the bundle was not trained on the records, nor another that it is set beside.
    #[arg(long, conflicts_with = "predictions")]
    pub(crate) unseen: bool,
}

impl SourceArgs {
    pub(crate) fn provenance(&self) -> Provenance {
        match (&self.predictions, self.unseen) {
            (Some(_), _) => Provenance::OutOfFold,
            (None, true) => Provenance::Unseen,
            (None, false) => Provenance::Seen,
        }
    }

    pub(crate) fn records(&self) -> anyhow::Result<Vec<Record>> {
        Ok(corpus::read_dir(&self.corpus, Taxonomy::shipped())?)
    }

    /// Every record beside its assessment.
    pub(crate) fn examples<F>(&self, records: &[Record], predict: F) -> anyhow::Result<Vec<Example>>
    where
        F: Fn(&str) -> relat_engine::Result<Assessment> + Sync,
    {
        if let Some(path) = &self.predictions {
            return Ok(predictions::read(path, records)?);
        }
        let one = |record: &Record| -> relat_engine::Result<Example> {
            Ok(Example { reference: record.clone(), predicted: predict(&record.text)? })
        };
        Ok(records.par_iter().map(one).collect::<relat_engine::Result<_>>()?)
    }
}

/// A file with its hash.
pub(crate) fn file(name: &str, path: &Path) -> anyhow::Result<Artefact> {
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    Ok(Artefact { name: name.to_owned(), sha256: sha256_hex(&bytes) })
}

/// The data files of a folder and those below it, with a hash of their hashes: that of `sha256sum` lines in the order
/// of paths.
pub(crate) fn folder(name: &str, dir: &Path) -> anyhow::Result<Artefact> {
    let mut paths = Vec::new();
    list(dir, &mut paths)?;
    paths.sort();
    let mut lines = String::new();
    for path in paths {
        let hash = sha256_hex(&std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?);
        // Separators differ by system; the hash must not.
        let parts: Vec<_> = path.strip_prefix(dir)?.iter().map(|p| p.to_string_lossy()).collect();
        lines.push_str(&format!("{hash}  {}\n", parts.join("/")));
    }
    Ok(Artefact { name: name.to_owned(), sha256: sha256_hex(lines.as_bytes()) })
}

fn list(dir: &Path, paths: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(dir).with_context(|| format!("reading {}", dir.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            list(&path, paths)?;
        } else if path.extension().is_some_and(|e| e == "jsonl" || e == "csv") {
            paths.push(path);
        }
    }
    Ok(())
}
