//! The n-gram model: hashed n-grams, a linear layer a sentence, and small heads that read the sentences together.
//!
//! It is the baseline for ever: every other model is measured against it.

pub mod grams;
pub mod heads;
pub mod sentence;
pub mod vocabulary;

use crate::bundle::Bundle;
use crate::document::Document;
use crate::error::Result;
use crate::reading::{Catalogue, Reading};

use heads::Heads;
use sentence::SentenceModel;

/// The whole n-gram model.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearModel {
    /// Logits of each sentence.
    pub sentences: SentenceModel,
    /// From the logits of all sentences to what the record tells.
    pub heads: Heads,
}

impl LinearModel {
    /// Reads the model's files from an opened bundle.
    /// # Errors
    /// [`crate::Error::Bundle`] names the file and, for a tensor, its expected and found shape.
    pub fn load(bundle: &Bundle, catalogue: Catalogue) -> Result<Self> {
        let sentences = SentenceModel::load(bundle, catalogue)?;
        let heads: Heads = bundle.json(HEADS)?;
        heads.check(catalogue).map_err(|reason| bundle.error(HEADS, reason))?;
        Ok(Self { sentences, heads })
    }

    /// Reads a document.
    #[must_use]
    pub fn read(&self, document: &Document) -> Reading {
        self.heads.read(&self.sentences.logits(document))
    }
}

/// File of the heads within a bundle.
pub const HEADS: &str = "heads.json";
