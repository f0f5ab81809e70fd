//! What a sentence model says: one logit an output and sentence.

use serde::{Deserialize, Serialize};

use crate::assessment::Status;
use crate::reading::{Catalogue, STATUSES};

/// Where each logit of a sentence stands: presence of each need, mention of each need in any status, each demand, each
/// status whatever the need, and whether anything is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outputs(pub Catalogue);

impl Outputs {
    /// Number of logits.
    #[must_use]
    pub fn len(self) -> usize {
        self.asks() + 1
    }

    /// False: there is always the logit of asking.
    #[must_use]
    pub fn is_empty(self) -> bool {
        false
    }

    /// A need is present.
    #[must_use]
    pub fn present(self, need: usize) -> usize {
        need
    }

    /// A need is mentioned, in any status.
    #[must_use]
    pub fn mention(self, need: usize) -> usize {
        self.0.needs + need
    }

    /// A demand is stated.
    #[must_use]
    pub fn demand(self, demand: usize) -> usize {
        2 * self.0.needs + demand
    }

    /// Some need has the status.
    #[must_use]
    pub fn status(self, status: Status) -> usize {
        2 * self.0.needs + self.0.demands + status as usize
    }

    /// Something is asked for.
    #[must_use]
    pub fn asks(self) -> usize {
        2 * self.0.needs + self.0.demands + STATUSES
    }
}

/// Logits of the sentences of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Logits {
    /// Where each logit stands.
    pub outputs: Outputs,
    /// Shape `(sentences, outputs)`.
    pub values: Vec<f32>,
}

impl Logits {
    /// Number of sentences.
    #[must_use]
    pub fn sentences(&self) -> usize {
        self.values.len() / self.outputs.len()
    }

    /// Takes in what was read of further windows: of a sentence in both, the larger of each logit.
    pub fn take_in(&mut self, more: &Self) {
        self.values.resize(self.values.len().max(more.values.len()), f32::NEG_INFINITY);
        for (best, z) in self.values.iter_mut().zip(&more.values) {
            *best = best.max(*z);
        }
    }

    /// Logits of one sentence, shape `(outputs,)`.
    #[must_use]
    pub fn sentence(&self, index: usize) -> &[f32] {
        &self.values[index * self.outputs.len()..(index + 1) * self.outputs.len()]
    }
}

/// Weights with which the logits of n-grams and of an encoder are added up, a kind of output each.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mix {
    /// Of [`Outputs::present`].
    pub present: Blend,
    /// Of [`Outputs::mention`].
    pub mention: Blend,
    /// Of [`Outputs::demand`].
    pub demand: Blend,
    /// Of [`Outputs::status`].
    pub status: Blend,
    /// Of [`Outputs::asks`].
    pub asks: Blend,
}

/// `ngrams z₁ + encoder z₂ + bias`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blend {
    /// Weight of the n-grams' logit.
    pub ngrams: f32,
    /// Weight of the encoder's logit.
    pub encoder: f32,
    /// Added.
    pub bias: f32,
}

impl Mix {
    /// The blend of an output.
    #[must_use]
    pub fn of(&self, outputs: Outputs, output: usize) -> Blend {
        let Catalogue { needs, demands, .. } = outputs.0;
        match output {
            o if o < needs => self.present,
            o if o < 2 * needs => self.mention,
            o if o < 2 * needs + demands => self.demand,
            o if o < 2 * needs + demands + STATUSES => self.status,
            _ => self.asks,
        }
    }

    /// The blended logits of the same sentences.
    #[must_use]
    pub fn blend(&self, ngrams: &Logits, encoder: &Logits) -> Logits {
        let outputs = ngrams.outputs;
        let blends: Vec<Blend> = (0..outputs.len()).map(|o| self.of(outputs, o)).collect();
        let values = ngrams.values.iter().zip(&encoder.values).zip(blends.iter().cycle());
        let values = values.map(|((z1, z2), b)| b.ngrams * z1 + b.encoder * z2 + b.bias).collect();
        Logits { outputs, values }
    }
}

/// The logits of the same sentences by every sentence model of a bundle, and what they come to together.
#[derive(Debug, Clone, PartialEq)]
pub struct Views {
    /// Of each model; empty where there is one alone.
    models: Vec<Logits>,
    /// Of all of them.
    blend: Logits,
}

impl Views {
    /// Of one model alone.
    #[must_use]
    pub fn alone(logits: Logits) -> Self {
        Self { models: Vec::new(), blend: logits }
    }

    /// Of n-grams beside an encoder.
    #[must_use]
    pub fn joint(ngrams: Logits, encoder: Logits, mix: &Mix) -> Self {
        let blend = mix.blend(&ngrams, &encoder);
        Self { models: vec![ngrams, encoder], blend }
    }

    /// What the models come to together.
    #[must_use]
    pub fn blend(&self) -> &Logits {
        &self.blend
    }

    /// Every model, and last their blend; one, or three.
    pub fn all(&self) -> impl Iterator<Item = &Logits> {
        self.models.iter().chain([&self.blend])
    }
}
