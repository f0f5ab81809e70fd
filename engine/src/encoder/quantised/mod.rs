//! The encoder as it is served: weights and activations of one byte, on the kernels of this processor.
//!
//! Built from the reference on candle, whose checks of a checkpoint it so shares. A token's states depend on its own
//! sequence only, and no sum on how the work is cut: the same text gives the same bits alone or among others, on any
//! number of threads.

mod forward;
mod post_norm;
mod pre_norm;
mod words;

use std::sync::Arc;

use relat_kernels::{Aligned, Heads, Kernels, Linear, Norm, Rotation};

pub(super) use self::post_norm::PostNorm;
pub(super) use self::pre_norm::{PreNorm, PreNormLayer};
use self::words::Words;
use super::EncoderError;

/// Where the norms stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// After each part's result was added to the states: the states are normalised.
    PostNorm,
    /// Before each part: the states are the sums.
    PreNorm,
}

/// One layer.
#[derive(Debug)]
struct Layer {
    qkv: Linear,
    /// Turns queries and keys by their positions.
    rotation: Option<Arc<Rotation>>,
    /// Tokens at most this far on either side are seen; all without it.
    window: Option<usize>,
    out: Linear,
    /// What the feed-forward part reads.
    attention_norm: Norm,
    up: Linear,
    /// Multiplied with the activated output of `up`.
    gate: Option<Linear>,
    down: Linear,
    /// What the next layer reads, or who asked.
    final_norm: Norm,
}

/// Positions that are added to the embeddings.
#[derive(Debug)]
struct Positions {
    /// Shape `(positions, width)`, the type of all tokens added in.
    rows: Aligned<f32>,
    /// Row of a sequence's first token.
    first: usize,
}

/// An encoder in bytes.
#[derive(Debug)]
pub struct QuantisedEncoder {
    kernels: Kernels,
    order: Order,
    heads: Heads,
    hidden: usize,
    words: Words,
    positions: Option<Positions>,
    norm: Norm,
    layers: Vec<Layer>,
    max_tokens: usize,
}

impl QuantisedEncoder {
    /// Numbers of a token's state.
    #[must_use]
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    /// Numbers between the begins of two tokens' states: the hidden size rounded up to 16, the rest zeros.
    #[must_use]
    pub fn width(&self) -> usize {
        self.norm.width()
    }

    /// The kernels in use.
    #[must_use]
    pub fn kernels(&self) -> Kernels {
        self.kernels
    }

    /// The same encoder on other kernels.
    #[must_use]
    pub fn on(self, kernels: Kernels) -> Self {
        Self { kernels, ..self }
    }

    fn check(&self, ids: &[u32], lengths: &[usize]) -> Result<(), EncoderError> {
        if let Some(&got) = lengths.iter().find(|&&length| length > self.max_tokens) {
            return Err(EncoderError::TooManyTokens { limit: self.max_tokens, got });
        }
        let rows = self.words.rows();
        match ids.iter().find(|&&id| id as usize >= rows) {
            Some(&got) => Err(EncoderError::UnknownToken { limit: rows, got }),
            None => Ok(()),
        }
    }
}

/// Rows of heads, each of which has its numbers at its `place`s within a stride, and rows of zeros elsewhere.
/// # Shapes
/// `rows`: `(n * heads * size, width)`; result `(n * heads * stride, width)`.
fn spread(rows: &[f32], width: usize, heads: Heads, place: impl Fn(usize) -> usize) -> Vec<f32> {
    let mut out = vec![0.0; rows.len() / heads.size * heads.stride()];
    let strides = out.chunks_exact_mut(heads.stride() * width);
    for (head, to) in rows.chunks_exact(heads.size * width).zip(strides) {
        for (i, row) in head.chunks_exact(width).enumerate() {
            if let Some(to) = to.get_mut(place(i) * width..(place(i) + 1) * width) {
                to.copy_from_slice(row);
            }
        }
    }
    out
}

/// What reads the heads: its inputs stand at their strides.
fn output(weight: &[f32], bias: &[f32], heads: Heads) -> Linear {
    let rows = weight.chunks_exact(heads.count * heads.size);
    let spread: Vec<f32> = rows.flat_map(|row| spread(row, 1, heads, |i| i)).collect();
    Linear::new(&spread, bias, heads.width())
}
