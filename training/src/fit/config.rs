//! The recipe of an encoder's fine-tuning: no value is hidden in the code.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::linear::config::CorpusConfig;
use crate::optimizer::AdamWConfig;
use crate::source::Source;

/// Everything that fine-tuning depends on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FitConfig {
    /// Seed of the order of texts, of what is joined and of what is hidden.
    pub seed: u64,
    /// Threads.
    pub threads: usize,
    /// The encoder to start from.
    pub encoder: Source,
    /// Folder that receives checkpoints, the log and the out-of-fold logits.
    pub out: PathBuf,
    /// Where the text comes from.
    pub corpus: CorpusConfig,
    /// Folds of the cross-validation; each leaves out its share of the writers.
    pub folds: usize,
    /// Tokens of the longest window.
    pub max_tokens: usize,
    /// Tokens of a step.
    pub tokens_per_step: usize,
    /// Share of the tokens that are hidden from a step.
    pub word_dropout: f32,
    /// How much more a true output counts than a false one.
    pub positive_weight: f64,
    /// Steps between two lines of the log.
    pub log_every: usize,
    /// Steps between two checkpoints.
    pub checkpoint_every: usize,
    /// Optimiser.
    pub adamw: AdamWConfig,
    /// First phase, once for all folds: the sentence bank, whose writers are not those of the interviews.
    pub bank: PhaseConfig,
    /// Second phase, a fold each: interviews.
    pub narratives: PhaseConfig,
}

/// One phase.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhaseConfig {
    /// Passes over the texts of the phase.
    pub epochs: usize,
    /// Share of the steps in which the learning rate rises; it falls linearly in the others.
    pub warmup: f32,
    /// Learning rate of the last layer.
    pub rate: f32,
    /// Learning rate of the token table.
    pub embedding_rate: f32,
    /// Learning rate of the linear layer on the sentences.
    pub head_rate: f32,
    /// Factor of the learning rate from a layer to the one below it.
    pub layer_decay: f32,
    /// Chance that a text is read in translation, where it has one.
    pub translated: f32,
    /// Single sentences that are joined into a window, at most; 1 for none.
    pub join: usize,
    /// Share of the sentence bank that is mixed in.
    pub bank_share: f32,
}
