//! The recipe of the n-gram model, as its TOML file gives it: no value is hidden in the code.

use std::path::{Path, PathBuf};

use relat_engine::linear::grams::NgramConfig;
use relat_eval::BootstrapConfig;
use serde::{Deserialize, Serialize};

use super::solver::SolverConfig;
use crate::calibrate::perceptron::PerceptronConfig;
use crate::error::{Error, Result};
use crate::export::Release;

/// Everything that makes a bundle of the n-gram model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinearConfig {
    /// Name of the bundle.
    pub name: String,
    /// Version of the bundle.
    pub version: String,
    /// Where the text comes from.
    pub corpus: CorpusConfig,
    /// Which n-grams are taken.
    pub ngrams: NgramConfig,
    /// Norms of the blocks of a feature vector: words, characters, words before, words after.
    pub block_weights: [f32; 4],
    /// Sentences that must have an n-gram for it to be known.
    pub min_df: u32,
    /// Rows of weights that are kept, the heaviest ones.
    pub rows: usize,
    /// Regression of the sentences.
    pub sentence: SolverConfig,
    /// Fit of what a sentence says of a need, in its record.
    pub needs: PerceptronConfig,
    /// Fit of demands, in their record.
    pub demands: PerceptronConfig,
    /// Calibration of the record.
    pub calibration: SolverConfig,
    /// Regression of levels.
    pub levels: SolverConfig,
    /// Regression of actions.
    pub actions: SolverConfig,
    /// How thresholds are chosen.
    pub thresholds: ThresholdConfig,
    /// Intervals of the report.
    pub bootstrap: BootstrapConfig,
}

/// Folders of the corpus, relative to the working directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorpusConfig {
    /// Interviews: folds and every figure are theirs.
    pub narratives: PathBuf,
    /// Single sentences.
    pub bank: PathBuf,
    /// Translations of both; a writer's translations stay in the writer's fold.
    pub translated: Vec<PathBuf>,
}

/// How thresholds are chosen, on out-of-fold predictions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThresholdConfig {
    /// How much a code's own threshold costs a squared logit away from the shared one, in F1.
    pub shrinkage: f32,
    /// An alert need is suggested as early as this precision allows,
    pub alert_precision: f32,
    /// but no earlier than this recall asks for.
    pub alert_recall: f32,
    /// Weight of recall beside precision where a domain is called assessable: F-beta.
    pub assessable_beta: f32,
    /// A domain is assessed only if its sentences add this much to the logit of being assessable: what most interviews
    /// tell of is no evidence of what this one tells.
    pub level_evidence: f32,
}

impl LinearConfig {
    /// Reads a recipe.
    /// # Errors
    /// [`Error::Io`], [`Error::Recipe`] with the line.
    pub fn read(path: &Path) -> Result<Self> {
        let text =
            std::fs::read_to_string(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
        toml::from_str(&text).map_err(|source| Error::Recipe { path: path.to_owned(), source })
    }

    /// What a bundle of n-grams alone says of itself.
    /// # Errors
    /// [`Error::Layout`] when the recipe cannot be written; a defect.
    pub fn release(&self) -> Result<Release> {
        Ok(Release {
            name: self.name.clone(),
            version: self.version.clone(),
            seed: self.sentence.seed,
            command: "relat-train linear",
            tag: "n-grams",
            description: format!(
                "It is the project's baseline: hashed n-grams of words (1 to {}) and\ncharacters ({} to {}), the \
                 neighbouring sentences' words as context, one logistic regression an output, and small\naffine heads \
                 that read the sentences of a record together.",
                self.ngrams.word_max, self.ngrams.char_min, self.ngrams.char_max
            ),
            caveat: String::new(),
            recipe: toml::to_string(self).map_err(|e| Error::Layout { reason: e.to_string() })?,
        })
    }
}
