//! Everything that is learnt from.

use std::collections::BTreeSet;

use relat_engine::Taxonomy;
use relat_eval::corpus::{self, Record};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::linear::config::CorpusConfig;
use crate::translated;

/// Interviews, single sentences and their translations.
#[derive(Debug)]
pub struct Corpus {
    /// Interviews.
    pub narratives: Vec<Record>,
    /// Single sentences.
    pub bank: Vec<Record>,
    /// Translations of both.
    pub translated: Vec<Record>,
}

impl Corpus {
    /// Reads the folders of a recipe.
    /// # Errors
    /// [`Error::Records`], [`Error::Translation`], [`Error::Io`]: the file and the line; [`Error::Corpus`] when there
    /// are fewer than two writers.
    pub fn read(config: &CorpusConfig, taxonomy: &Taxonomy) -> Result<Self> {
        let narratives = corpus::read_dir(&config.narratives, taxonomy)?;
        let bank = corpus::read_dir(&config.bank, taxonomy)?;
        let originals = [narratives.clone(), bank.clone()].concat();
        let mut translated = Vec::new();
        for dir in &config.translated {
            translated.extend(translated::read_dir(dir, &originals)?);
        }
        let corpus = Self { narratives, bank, translated };
        if corpus.writers().len() < 2 {
            return Err(Error::Corpus { reason: "cross-validation needs at least two writers".to_owned() });
        }
        Ok(corpus)
    }

    /// Writers of the interviews, sorted.
    #[must_use]
    pub fn writers(&self) -> Vec<String> {
        self.narratives.iter().map(|r| r.writer.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// All records: interviews first.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.narratives.iter().chain(&self.bank).chain(&self.translated)
    }

    /// sha256 of every record, hexadecimal.
    /// # Errors
    /// [`Error::Layout`] when a record cannot be written; a defect.
    pub fn sha256(&self) -> Result<String> {
        let mut digest = Sha256::new();
        for record in self.records() {
            let json = serde_json::to_vec(record).map_err(|e| Error::Layout { reason: e.to_string() })?;
            digest.update(json);
            digest.update(b"\n");
        }
        Ok(digest.finalize().iter().map(|b| format!("{b:02x}")).collect())
    }
}
