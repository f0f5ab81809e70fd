//! The encoder: a reference on candle, which training differentiates, and the same in bytes on fast kernels, which serves.
//!
//! An encoder is a folder as the Hugging Face tools write it: config.json, model.safetensors, tokenizer.json.

mod bert;
mod config;
mod error;
pub mod int8;
mod kind;
mod modern_bert;
pub mod ops;
mod pieces;
mod quantised;
mod reader;
mod sentence;
mod weights;
pub mod window;

pub use config::{Architecture, EncoderConfig, LayerType, RopeParameters, RopeType};
pub use error::EncoderError;
pub use kind::{Encoder, load_encoder, load_tokenizer};
pub use quantised::QuantisedEncoder;
pub use reader::SentenceReader;
pub use sentence::SentenceEncoder;
pub use weights::Weights;

/// What a forward pass is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Keeps what the gradient needs.
    Train,
    /// Keeps nothing: the result has no gradient.
    Infer,
}

/// Token ids of several sequences, one after another, without padding.
#[derive(Clone, PartialEq, Eq)]
pub struct Batch {
    ids: Vec<u32>,
    lengths: Vec<usize>,
}

impl std::fmt::Debug for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Token ids spell the text.
        f.debug_struct("Batch").field("lengths", &self.lengths).finish_non_exhaustive()
    }
}

impl Batch {
    /// Joins the sequences; empty ones are left out.
    #[must_use]
    pub fn new<'a>(sequences: impl IntoIterator<Item = &'a [u32]>) -> Self {
        let (mut ids, mut lengths) = (Vec::new(), Vec::new());
        for sequence in sequences.into_iter().filter(|s| !s.is_empty()) {
            ids.extend_from_slice(sequence);
            lengths.push(sequence.len());
        }
        Self { ids, lengths }
    }

    /// Token ids of all sequences.
    #[must_use]
    pub fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// Tokens of each sequence.
    #[must_use]
    pub fn lengths(&self) -> &[usize] {
        &self.lengths
    }

    /// Rows of each sequence within the token states.
    #[must_use]
    pub fn spans(&self) -> Vec<std::ops::Range<usize>> {
        let mut start = 0;
        self.lengths
            .iter()
            .map(|&length| {
                start += length;
                start - length..start
            })
            .collect()
    }

    /// Number of each token within its sequence, from `first`.
    fn positions(&self, first: u32) -> Vec<u32> {
        self.lengths.iter().flat_map(|&length| (first..).take(length)).collect()
    }
}
