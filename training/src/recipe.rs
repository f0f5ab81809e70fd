//! The one file of an experiment: tokenizer, distillation, fine-tuning, and the n-grams beside the encoder.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::distil::DistilConfig;
use crate::error::{Error, Result};
use crate::export::Release;
use crate::fit::FitConfig;
use crate::linear::config::LinearConfig;
use crate::tokenizer::TokenizerConfig;

/// Everything that makes a bundle of n-grams beside an encoder: no value is hidden in the code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Name of the bundle.
    pub name: String,
    /// Version of the bundle.
    pub version: String,
    /// Recipe of the n-grams, the heads and the thresholds, a file.
    pub linear: PathBuf,
    /// The encoder's tokenizer; without it the encoder brings its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokenizer: Option<TokenizerConfig>,
    /// Distillation of the encoder; without it the encoder is one from elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distil: Option<DistilConfig>,
    /// Fine-tuning of the encoder.
    pub fit: FitConfig,
}

impl Recipe {
    /// Reads a recipe.
    /// # Errors
    /// [`Error::Io`], [`Error::Recipe`] with the line.
    pub fn read(path: &Path) -> Result<Self> {
        let text =
            std::fs::read_to_string(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
        toml::from_str(&text).map_err(|source| Error::Recipe { path: path.to_owned(), source })
    }

    /// What the bundle says of itself.
    /// # Errors
    /// [`Error::Layout`] when the recipe cannot be written; a defect.
    pub fn release(&self, linear: &LinearConfig) -> Result<Release> {
        let toml = |e: toml::ser::Error| Error::Layout { reason: e.to_string() };
        let recipe = format!(
            "{}\n# {}\n{}",
            toml::to_string(self).map_err(toml)?,
            self.linear.display(),
            toml::to_string(linear).map_err(toml)?.lines().map(|l| format!("# {l}\n")).collect::<String>()
        );
        Ok(Release {
            name: self.name.clone(),
            version: self.version.clone(),
            seed: self.fit.seed,
            command: "relat-train run",
            tag: "sentence-encoder",
            description: "A small trilingual encoder, distilled from all-MiniLM-L6-v2\nover parallel text and fine-tuned, \
                 reads each sentence in its context; hashed n-grams read it too, and their logits\nare added up before \
                 small affine heads read the sentences of a record together."
                .to_owned(),
            caveat: format!(
                "- **Folds**: the n-grams leave out one writer at a time, the encoder one of {} folds of writers. Weights of \
                 the encoder\n\x20 were rounded to one byte before it was measured, as in this bundle.\n",
                self.fit.folds
            ),
            recipe,
        })
    }
}
