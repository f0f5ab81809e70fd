//! ModernBERT (Warner et al. 2024): norms before each part, rotary positions, gated feed-forward parts, no biases, and
//! layers that see only their neighbourhood between layers that see all.

use std::collections::BTreeMap;

use candle_core::{DType, Device, Tensor, Var};
use relat_kernels::Kernels;

use super::ops::{self, RowSink};
use super::quantised::{PreNorm, PreNormLayer, QuantisedEncoder};
use super::{Batch, EncoderConfig, EncoderError, Mode, Weights};

#[derive(Debug)]
struct Layer {
    /// The first layer has none: the embeddings are normalised already.
    attention_norm: Option<Var>,
    qkv: Var,
    out: Var,
    norm: Var,
    up: Var,
    down: Var,
}

/// An encoder of ModernBERT's kind.
#[derive(Debug)]
pub(super) struct ModernBert {
    config: EncoderConfig,
    words: Var,
    words_gradient: RowSink,
    norm: Var,
    layers: Vec<Layer>,
    final_norm: Var,
}

impl ModernBert {
    /// Takes all of its tensors from `weights`.
    /// # Errors
    /// [`EncoderError`] naming the tensor that is missing, left over or of another shape.
    pub(super) fn load(config: EncoderConfig, mut weights: Weights) -> Result<Self, EncoderError> {
        weights.strip_prefix("model.");
        for unused in ["head.", "decoder.", "classifier."] {
            weights.ignore(unused);
        }
        let (h, f) = (config.hidden_size, config.intermediate_size);
        let take = |name: &str, shape: &[usize]| -> Result<Var, EncoderError> {
            Ok(Var::from_tensor(&weights.take(name, shape)?)?)
        };
        let words = take("embeddings.tok_embeddings.weight", &[config.vocab_size, h])?;
        let norm = take("embeddings.norm.weight", &[h])?;
        let layers = (0..config.num_hidden_layers)
            .map(|i| {
                let take = |name: &str, shape: &[usize]| take(&format!("layers.{i}.{name}.weight"), shape);
                Ok(Layer {
                    attention_norm: if i == 0 { None } else { Some(take("attn_norm", &[h])?) },
                    qkv: take("attn.Wqkv", &[3 * h, h])?,
                    out: take("attn.Wo", &[h, h])?,
                    norm: take("mlp_norm", &[h])?,
                    up: take("mlp.Wi", &[2 * f, h])?,
                    down: take("mlp.Wo", &[h, f])?,
                })
            })
            .collect::<Result<Vec<_>, EncoderError>>()?;
        let final_norm = take("final_norm.weight", &[h])?;
        weights.finish()?;
        Ok(Self { config, words, words_gradient: RowSink::default(), norm, layers, final_norm })
    }

    pub(super) fn config(&self) -> &EncoderConfig {
        &self.config
    }

    pub(super) fn words(&self) -> &Var {
        &self.words
    }

    pub(super) fn words_gradient(&self) -> &RowSink {
        &self.words_gradient
    }

    /// Token states `(t, h)`.
    pub(super) fn forward(&self, batch: &Batch, mode: Mode) -> Result<Tensor, EncoderError> {
        let (h, f) = (self.config.hidden_size, self.config.intermediate_size);
        let heads = self.config.num_attention_heads;
        let eps = self.config.eps();
        let zeros = |n: usize| Tensor::zeros(n, DType::F32, &Device::Cpu);
        let (zero_h, zero_qkv, zero_up) = (zeros(h)?, zeros(3 * h)?, zeros(2 * f)?);
        let norm = |x: &Tensor, weight: &Var| ops::layer_norm(x, weight, &zero_h, eps);
        let sink = (mode == Mode::Train).then(|| self.words_gradient.clone());
        let mut states = norm(&ops::lookup(&self.words, batch.ids().to_vec(), sink)?, &self.norm)?;
        for (i, layer) in self.layers.iter().enumerate() {
            let normed = match &layer.attention_norm {
                Some(weight) => norm(&states, weight)?,
                None => states.clone(),
            };
            let qkv = ops::linear(&normed, &layer.qkv, &zero_qkv)?; // (t, 3h)
            let theta = self.config.rope_theta(self.config.sees_all(i));
            let qkv = ops::rotate(&qkv, batch.lengths(), h / heads, theta)?;
            let context = ops::attend(&qkv, batch.lengths(), heads, self.config.window(i))?;
            states = states.add(&ops::linear(&context, &layer.out, &zero_h)?)?;
            let up = ops::linear(&norm(&states, &layer.norm)?, &layer.up, &zero_up)?; // (t, 2f)
            let gated = ops::gelu(&up.narrow(1, 0, f)?.contiguous()?)?.mul(&up.narrow(1, f, f)?)?;
            states = states.add(&ops::linear(&gated, &layer.down, &zero_h)?)?;
        }
        Ok(norm(&states, &self.final_norm)?)
    }

    /// The same encoder in bytes.
    /// # Errors
    /// [`EncoderError::Tensor`] if memory runs out.
    pub(super) fn quantised(&self, kernels: Kernels) -> Result<QuantisedEncoder, EncoderError> {
        let layers = self.layers.iter().enumerate().map(|(i, layer)| -> Result<_, EncoderError> {
            let next = self.layers.get(i + 1).and_then(|next| next.attention_norm.as_ref());
            Ok(PreNormLayer {
                qkv: ops::to_vec(&layer.qkv)?,
                out: ops::to_vec(&layer.out)?,
                norm: ops::to_vec(&layer.norm)?,
                up: ops::to_vec(&layer.up)?,
                down: ops::to_vec(&layer.down)?,
                final_norm: ops::to_vec(next.unwrap_or(&self.final_norm))?,
            })
        });
        let numbers = PreNorm {
            config: &self.config,
            words: ops::to_vec(&self.words)?,
            norm: ops::to_vec(&self.norm)?,
        };
        numbers.quantise(kernels, layers)
    }

    pub(super) fn variables(&self) -> Vec<(String, Var)> {
        let mut all = vec![
            ("embeddings.norm.weight".to_owned(), self.norm.clone()),
            ("final_norm.weight".to_owned(), self.final_norm.clone()),
        ];
        for (i, layer) in self.layers.iter().enumerate() {
            let mut push =
                |name: &str, var: &Var| all.push((format!("layers.{i}.{name}.weight"), var.clone()));
            if let Some(norm) = &layer.attention_norm {
                push("attn_norm", norm);
            }
            push("attn.Wqkv", &layer.qkv);
            push("attn.Wo", &layer.out);
            push("mlp_norm", &layer.norm);
            push("mlp.Wi", &layer.up);
            push("mlp.Wo", &layer.down);
        }
        all
    }

    pub(super) fn tensors(&self) -> BTreeMap<String, Tensor> {
        let mut all: BTreeMap<_, _> =
            self.variables().into_iter().map(|(name, var)| (name, var.as_detached_tensor())).collect();
        all.insert("embeddings.tok_embeddings.weight".to_owned(), self.words.as_detached_tensor());
        all
    }
}
