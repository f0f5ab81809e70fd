//! ModernBERT in bytes.

use std::sync::Arc;

use relat_kernels::{Heads, Kernels, Linear, Norm, Rotation};

use super::words::Words;
use super::{Layer, Order, QuantisedEncoder, output, spread};
use crate::encoder::EncoderConfig;

/// The numbers of an encoder of ModernBERT's kind.
pub(in crate::encoder) struct PreNorm<'a> {
    pub(in crate::encoder) config: &'a EncoderConfig,
    /// Shape `(vocabulary, hidden)`.
    pub(in crate::encoder) words: Vec<f32>,
    /// Scale of the embeddings' norm, shape `(hidden,)`.
    pub(in crate::encoder) norm: Vec<f32>,
}

/// The numbers of a layer.
pub(in crate::encoder) struct PreNormLayer {
    /// Shape `(3 * hidden, hidden)`.
    pub(in crate::encoder) qkv: Vec<f32>,
    /// Shape `(hidden, hidden)`.
    pub(in crate::encoder) out: Vec<f32>,
    /// Scale of the norm before the feed-forward part, shape `(hidden,)`.
    pub(in crate::encoder) norm: Vec<f32>,
    /// Shape `(2 * intermediate, hidden)`: what is activated, then the gate.
    pub(in crate::encoder) up: Vec<f32>,
    /// Shape `(hidden, intermediate)`.
    pub(in crate::encoder) down: Vec<f32>,
    /// Scale of the norm after it: the next layer's before attention, or the last of all, shape `(hidden,)`.
    pub(in crate::encoder) final_norm: Vec<f32>,
}

impl PreNorm<'_> {
    /// Quantises and packs, a layer at a time: all of them in single precision would be most of the memory ever used.
    /// # Errors
    /// Those of `layers`.
    pub(in crate::encoder) fn quantise<E>(
        self,
        kernels: Kernels,
        layers: impl Iterator<Item = Result<PreNormLayer, E>>,
    ) -> Result<QuantisedEncoder, E> {
        let config = self.config;
        let (hidden, count) = (config.hidden_size, config.num_attention_heads);
        let heads = Heads { count, size: hidden / count };
        let rotation =
            |global| Arc::new(Rotation::new(config.max_tokens(), heads, config.rope_theta(global)));
        let rotations = [rotation(false), rotation(true)];
        let layers = layers.enumerate().map(|(i, numbers)| {
            let rotation = Arc::clone(&rotations[usize::from(config.sees_all(i))]);
            Ok(Layer { rotation: Some(rotation), window: config.window(i), ..self.layer(&numbers?, heads) })
        });
        let norm = self.scale(&self.norm);
        Ok(QuantisedEncoder {
            kernels,
            order: Order::PreNorm,
            heads,
            hidden,
            words: Words::new(&self.words, hidden, norm.width()),
            positions: None,
            layers: layers.collect::<Result<_, E>>()?,
            norm,
            max_tokens: config.max_tokens(),
        })
    }

    fn layer(&self, numbers: &PreNormLayer, heads: Heads) -> Layer {
        let (hidden, inner) = (self.config.hidden_size, self.config.intermediate_size);
        // Queries and keys are turned, values are not.
        let (turned, values) = numbers.qkv.split_at(2 * hidden * hidden);
        let mut qkv = spread(turned, hidden, heads, |i| heads.turned(i));
        qkv.extend(spread(values, hidden, heads, |i| i));
        let (up, gate) = numbers.up.split_at(inner * hidden);
        let linear =
            |weight: &[f32], outputs: usize, inputs| Linear::new(weight, &vec![0.0; outputs], inputs);
        Layer {
            qkv: linear(&qkv, 3 * heads.width(), hidden),
            rotation: None,
            window: None,
            out: output(&numbers.out, &vec![0.0; hidden], heads),
            attention_norm: self.scale(&numbers.norm),
            up: linear(up, inner, hidden),
            gate: Some(linear(gate, inner, hidden)),
            down: linear(&numbers.down, hidden, inner),
            final_norm: self.scale(&numbers.final_norm),
        }
    }

    /// A norm without shift.
    fn scale(&self, scale: &[f32]) -> Norm {
        Norm::new(scale, &vec![0.0; scale.len()], self.config.eps())
    }
}
