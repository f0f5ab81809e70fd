//! BERT, DistilBERT and XLM-RoBERTa in bytes.

use relat_kernels::{Aligned, Heads, Kernels, Linear, Norm};

use super::words::Words;
use super::{Layer, Order, Positions, QuantisedEncoder, output, spread};
use crate::encoder::ops::{LayerShape, Part};

/// The numbers of an encoder of BERT's kind.
pub(in crate::encoder) struct PostNorm {
    /// Shape `(vocabulary, hidden)`.
    pub(in crate::encoder) words: Vec<f32>,
    /// Shape `(positions, hidden)`.
    pub(in crate::encoder) positions: Vec<f32>,
    /// Shape `(types, hidden)`, or none.
    pub(in crate::encoder) types: Vec<f32>,
    /// Scale and shift.
    pub(in crate::encoder) norm: [Vec<f32>; 2],
    pub(in crate::encoder) shape: LayerShape,
    /// Row of a sequence's first position.
    pub(in crate::encoder) first_position: usize,
    /// Tokens of the longest sequence.
    pub(in crate::encoder) max_tokens: usize,
}

impl PostNorm {
    /// Quantises and packs, a layer at a time: all of them in single precision would be most of the memory ever used.
    /// # Shapes
    /// `layers`: each as [`crate::encoder::ops::PARTS`] orders it.
    /// # Errors
    /// Those of `layers`.
    pub(in crate::encoder) fn quantise<E>(
        self,
        kernels: Kernels,
        layers: impl Iterator<Item = Result<Vec<f32>, E>>,
    ) -> Result<QuantisedEncoder, E> {
        let LayerShape { hidden, heads, eps, .. } = self.shape;
        let norm = Norm::new(&self.norm[0], &self.norm[1], eps);
        let width = norm.width();
        let mut rows = Aligned::zeros(self.positions.len() / hidden * width);
        let first_type = self.types.get(..hidden);
        for (to, from) in rows.chunks_exact_mut(width).zip(self.positions.chunks_exact(hidden)) {
            for (i, (to, from)) in to.iter_mut().zip(from).enumerate() {
                *to = from + first_type.and_then(|t| t.get(i)).unwrap_or(&0.0);
            }
        }
        let words = Words::new(&self.words, hidden, width);
        drop(self.words);
        Ok(QuantisedEncoder {
            kernels,
            order: Order::PostNorm,
            heads: Heads { count: heads, size: hidden / heads },
            hidden,
            words,
            positions: Some(Positions { rows, first: self.first_position }),
            norm,
            layers: layers.map(|numbers| Ok(layer(&numbers?, self.shape))).collect::<Result<_, E>>()?,
            max_tokens: self.max_tokens,
        })
    }
}

fn layer(numbers: &[f32], shape: LayerShape) -> Layer {
    let LayerShape { hidden, intermediate, heads, eps } = shape;
    let part = |part: Part| numbers.get(shape.range(part)).unwrap_or_default();
    let heads = Heads { count: heads, size: hidden / heads };
    let spread = |rows: &[f32], width: usize| spread(rows, width, heads, |i| i);
    let norm = |scale, shift| Norm::new(part(scale), part(shift), eps);
    Layer {
        qkv: Linear::new(&spread(part(Part::QkvWeight), hidden), &spread(part(Part::QkvBias), 1), hidden),
        rotation: None,
        window: None,
        out: output(part(Part::OutWeight), part(Part::OutBias), heads),
        attention_norm: norm(Part::AttentionNormWeight, Part::AttentionNormBias),
        up: Linear::new(part(Part::UpWeight), part(Part::UpBias), hidden),
        gate: None,
        down: Linear::new(part(Part::DownWeight), part(Part::DownBias), intermediate),
        final_norm: norm(Part::FinalNormWeight, Part::FinalNormBias),
    }
}
