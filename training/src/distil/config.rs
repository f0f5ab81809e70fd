//! The experiment file of `relat-train distil`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::optimizer::AdamWConfig;
use crate::source::Source;

/// Everything that a run depends on; nothing has a default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DistilConfig {
    /// Seed of the order in which pairs are seen.
    pub seed: u64,
    /// The teacher, an English sentence encoder.
    pub teacher: Source,
    /// The student's tokenizer.json.
    pub tokenizer: PathBuf,
    /// Files of parallel text; rows without English are pairs of Spanish and Catalan.
    pub parallel: Vec<PathBuf>,
    /// Folder of held-out tables, for retrieval figures.
    pub heldout: PathBuf,
    /// Folder that receives the teacher's embeddings, checkpoints, the log and, at the end, the student.
    pub out: PathBuf,
    /// Threads.
    pub threads: usize,
    /// Longest sequence; longer sentences are cut.
    pub max_tokens: usize,
    /// Tokens of a step.
    pub tokens_per_step: usize,
    /// Steps.
    pub schedule: Schedule,
    /// Optimiser.
    pub adamw: AdamWConfig,
    /// Loss.
    pub loss: LossConfig,
    /// Steps between two lines of the log.
    pub log_every: u64,
    /// Steps between two checkpoints.
    pub checkpoint_every: u64,
    /// Steps between two measurements of retrieval.
    pub evaluate_every: u64,
}

/// Learning rates over the run: up, level, and linearly down to zero.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Steps in all.
    pub steps: u64,
    /// Steps until the full rate.
    pub warmup: u64,
    /// Last steps, during which the rate falls. `steps - warmup` makes the usual linear decay; fewer leave a level part
    /// in between, so that a run can be made longer without beginning again.
    pub decay: u64,
    /// Learning rate of the layers.
    pub rate: f32,
    /// Learning rate of the token table.
    pub embedding_rate: f32,
}

impl Schedule {
    /// Share of the full rate at `step`, from 0.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "steps are far below 2^24")]
    pub fn factor(&self, step: u64) -> f32 {
        let up = (step + 1) as f32 / self.warmup.max(1) as f32;
        let down = self.steps.saturating_sub(step) as f32 / self.decay.max(1) as f32;
        up.min(down).min(1.0)
    }
}

/// Parts of the loss.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossConfig {
    /// Weight of the contrastive term between Spanish and Catalan, in steps with English.
    pub contrastive: f64,
    /// Factor of the cosines in the contrastive term.
    pub contrastive_scale: f64,
    /// One step in this many is of Spanish-Catalan pairs without English; 0 for none.
    pub pairs_every: u64,
    /// Weight of the contrastive term in those steps.
    pub pairs_contrastive: f64,
    /// Weight of the squared distance between the two sides in those steps.
    pub pairs_distance: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_rises_stays_and_falls_to_nearly_nothing() {
        let s = Schedule { steps: 100, warmup: 10, decay: 20, rate: 1.0, embedding_rate: 1.0 };
        assert!((s.factor(0) - 0.1).abs() < 1e-6);
        assert!((10..=80).all(|i| (s.factor(i) - 1.0).abs() < 1e-6));
        assert!((81..100).all(|i| s.factor(i) < s.factor(i - 1)));
        assert!((s.factor(99) - 0.05).abs() < 1e-6);
    }
}
