//! The encoder as it is served: weights and activations of one byte, on the kernels of this processor.
//!
//! Built from the reference on candle, whose checks of a checkpoint it so shares. A token's states depend on its own
//! sequence only, and no sum on how the work is cut: the same text gives the same bits alone or among others, on any
//! number of threads.

mod forward;
mod words;

use relat_kernels::{Aligned, Heads, Kernels, Linear, Norm};

use self::words::Words;
use super::EncoderError;
use super::ops::{LayerShape, Part};

/// One layer.
#[derive(Debug)]
struct Layer {
    qkv: Linear,
    out: Linear,
    attention_norm: Norm,
    up: Linear,
    down: Linear,
    final_norm: Norm,
}

/// An encoder of BERT's kind in bytes.
#[derive(Debug)]
pub struct QuantisedEncoder {
    kernels: Kernels,
    heads: Heads,
    hidden: usize,
    words: Words,
    /// Shape `(positions, width)`, the type of all tokens added in.
    positions: Aligned<f32>,
    norm: Norm,
    layers: Vec<Layer>,
    first_position: usize,
    max_tokens: usize,
}

/// The numbers of an encoder of BERT's kind.
pub(super) struct Numbers {
    /// Shape `(vocabulary, hidden)`.
    pub(super) words: Vec<f32>,
    /// Shape `(positions, hidden)`.
    pub(super) positions: Vec<f32>,
    /// Shape `(types, hidden)`, or none.
    pub(super) types: Vec<f32>,
    /// Scale and shift.
    pub(super) norm: [Vec<f32>; 2],
    /// Each as [`super::ops::PARTS`] orders it.
    pub(super) layers: Vec<Vec<f32>>,
    pub(super) shape: LayerShape,
    /// Row of a sequence's first position.
    pub(super) first_position: usize,
    /// Tokens of the longest sequence.
    pub(super) max_tokens: usize,
}

impl QuantisedEncoder {
    /// Quantises and packs.
    pub(super) fn new(kernels: Kernels, numbers: &Numbers) -> Self {
        let LayerShape { hidden, heads, eps, .. } = numbers.shape;
        let norm = Norm::new(&numbers.norm[0], &numbers.norm[1], eps);
        let width = norm.width();
        let mut positions = Aligned::zeros(numbers.positions.len() / hidden * width);
        let first_type = numbers.types.get(..hidden);
        for (to, from) in positions.chunks_exact_mut(width).zip(numbers.positions.chunks_exact(hidden)) {
            for (i, (to, from)) in to.iter_mut().zip(from).enumerate() {
                *to = from + first_type.and_then(|t| t.get(i)).unwrap_or(&0.0);
            }
        }
        Self {
            kernels,
            heads: Heads { count: heads, size: hidden / heads },
            hidden,
            words: Words::new(&numbers.words, hidden, width),
            positions,
            norm,
            layers: numbers.layers.iter().map(|layer| Layer::new(layer, numbers.shape)).collect(),
            first_position: numbers.first_position,
            max_tokens: numbers.max_tokens,
        }
    }

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

impl Layer {
    fn new(numbers: &[f32], shape: LayerShape) -> Self {
        let LayerShape { hidden, intermediate, heads, eps } = shape;
        let part = |part: Part| numbers.get(shape.range(part)).unwrap_or_default();
        let heads = Heads { count: heads, size: hidden / heads };
        let spread = |rows: &[f32], width: usize| spread(rows, width, heads);
        // Outputs of queries, keys and values, and inputs of what reads the heads, stand at the kernels' strides.
        let qkv =
            Linear::new(&spread(part(Part::QkvWeight), hidden), &spread(part(Part::QkvBias), 1), hidden);
        let out: Vec<f32> =
            part(Part::OutWeight).chunks_exact(hidden).flat_map(|row| spread(row, 1)).collect();
        let norm = |scale, shift| Norm::new(part(scale), part(shift), eps);
        Self {
            qkv,
            out: Linear::new(&out, part(Part::OutBias), heads.width()),
            attention_norm: norm(Part::AttentionNormWeight, Part::AttentionNormBias),
            up: Linear::new(part(Part::UpWeight), part(Part::UpBias), hidden),
            down: Linear::new(part(Part::DownWeight), part(Part::DownBias), intermediate),
            final_norm: norm(Part::FinalNormWeight, Part::FinalNormBias),
        }
    }
}

/// Rows of heads, with rows of zeros between the end of each head and the next stride.
/// # Shapes
/// `rows`: `(n * heads * size, width)`; result `(n * heads * stride, width)`.
fn spread(rows: &[f32], width: usize, heads: Heads) -> Vec<f32> {
    let mut out = Vec::with_capacity(rows.len() / heads.size * heads.stride());
    for head in rows.chunks_exact(heads.size * width) {
        out.extend_from_slice(head);
        out.resize(out.len() + (heads.stride() - heads.size) * width, 0.0);
    }
    out
}
