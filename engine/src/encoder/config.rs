//! What config.json says, under the names that Hugging Face gives it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::EncoderError;

/// Layout of a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Architecture {
    /// BERT and models saved as BERT.
    Bert,
    /// DistilBERT: BERT without token types, under other names.
    #[serde(rename = "distilbert")]
    DistilBert,
    /// XLM-RoBERTa: BERT whose positions begin after the padding token's id.
    XlmRoberta,
    /// ModernBERT.
    #[serde(rename = "modernbert")]
    ModernBert,
}

/// Sizes and constants of an encoder. Settings that only training reads are ignored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EncoderConfig {
    /// Layout.
    pub model_type: Architecture,
    /// Rows of the token table.
    pub vocab_size: usize,
    /// Width of a state.
    #[serde(alias = "dim")]
    pub hidden_size: usize,
    /// Number of layers.
    #[serde(alias = "n_layers")]
    pub num_hidden_layers: usize,
    /// Heads a layer.
    #[serde(alias = "n_heads")]
    pub num_attention_heads: usize,
    /// Width of the feed-forward part.
    #[serde(alias = "hidden_dim")]
    pub intermediate_size: usize,
    /// Activation of the feed-forward part: `gelu` (with the error function) is the one known.
    #[serde(alias = "activation", alias = "hidden_activation")]
    pub hidden_act: String,
    /// Rows of the position table; for rotary positions the longest sequence.
    pub max_position_embeddings: usize,
    /// Rows of the table of token types, 0 without one.
    #[serde(default)]
    pub type_vocab_size: usize,
    /// Added to the variance in layer normalisation. DistilBERT does not store it: always 1e-12.
    #[serde(alias = "norm_eps", default = "distilbert_eps")]
    pub layer_norm_eps: f64,
    /// Token that fills up batches, if the checkpoint names one.
    #[serde(default)]
    pub pad_token_id: Option<u32>,
    /// ModernBERT: one layer in this many sees all tokens, unless [`Self::layer_types`] says which; 3 if it is not told.
    #[serde(default)]
    pub global_attn_every_n_layers: usize,
    /// ModernBERT: tokens that the other layers see, half on either side; 128 if it is not told.
    #[serde(default)]
    pub local_attention: usize,
    /// ModernBERT since transformers 5: what each layer sees.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layer_types: Vec<LayerType>,
    /// ModernBERT before transformers 5: base of the rotary frequencies where all tokens are seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub global_rope_theta: Option<f32>,
    /// ModernBERT before transformers 5: the base elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_rope_theta: Option<f32>,
    /// ModernBERT since transformers 5: the bases by kind of layer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rope_parameters: BTreeMap<String, RopeParameters>,
}

/// Rotary positions of one kind of layer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RopeParameters {
    /// Base of the frequencies.
    pub rope_theta: f32,
    /// How the frequencies come from it.
    #[serde(default)]
    pub rope_type: RopeType,
}

/// How rotary frequencies come from their base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RopeType {
    /// As Su et al. (2021).
    #[default]
    Default,
}

/// What a layer of ModernBERT sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LayerType {
    /// All tokens.
    FullAttention,
    /// Those near by.
    SlidingAttention,
}

/// Most inputs of a layer, and most numbers of a state.
const MAX_WIDTH: usize = relat_kernels::MAX_INPUTS;
/// Most layers, and most positions: far above any model's, and below what a number in a damaged file would ask of memory.
const MAX_LAYERS: usize = 1 << 10;
const MAX_POSITIONS: usize = 1 << 20;

fn distilbert_eps() -> f64 {
    1e-12
}

impl EncoderConfig {
    /// Reads `path`, a config.json.
    /// # Errors
    /// [`EncoderError::Io`], [`EncoderError::Config`], [`EncoderError::Unsupported`].
    pub fn load(path: &Path) -> Result<Self, EncoderError> {
        let io = |source| EncoderError::Io { path: path.to_owned(), source };
        let text = std::fs::read_to_string(path).map_err(io)?;
        let config: Self = serde_json::from_str(&text)
            .map_err(|source| EncoderError::Config { path: path.to_owned(), source })?;
        config.check(path)?;
        Ok(config)
    }

    /// Refuses what no architecture here takes, in the name of the file `path`.
    /// # Errors
    /// [`EncoderError::Unsupported`].
    pub(super) fn check(&self, path: &Path) -> Result<(), EncoderError> {
        let modern = self.model_type == Architecture::ModernBert;
        let (hidden, heads) = (self.hidden_size, self.num_attention_heads);
        let head_size = hidden.checked_div(heads).unwrap_or_default();
        let number = |field, value: usize, fits: bool, expected| (field, value.to_string(), fits, expected);
        let width = 1..=MAX_WIDTH;
        let layer_types = self.layer_types.is_empty() || self.layer_types.len() == self.num_hidden_layers;
        let checks = [
            ("hidden_act", self.hidden_act.clone(), self.hidden_act == "gelu", "gelu"),
            number("vocab_size", self.vocab_size, self.vocab_size > 0, "at least 1"),
            number(
                "hidden_size",
                hidden,
                width.contains(&hidden) && hidden.is_multiple_of(8),
                "a multiple of 8, at most 65536",
            ),
            number(
                "num_attention_heads",
                heads,
                head_size * heads == hidden && head_size > 0 && !(modern && head_size % 2 == 1),
                "a divisor of hidden_size that leaves heads of an even size",
            ),
            number(
                "num_hidden_layers",
                self.num_hidden_layers,
                (1..=MAX_LAYERS).contains(&self.num_hidden_layers),
                "1 to 1024",
            ),
            number(
                "intermediate_size",
                self.intermediate_size,
                width.contains(&self.intermediate_size),
                "1 to 65536",
            ),
            number(
                "max_position_embeddings",
                self.max_position_embeddings,
                self.max_tokens() > 0 && self.max_position_embeddings <= MAX_POSITIONS,
                "more than a sequence's first position, at most 1048576",
            ),
            (
                "layer_norm_eps",
                self.layer_norm_eps.to_string(),
                self.eps() > 0.0 && self.eps().is_finite(),
                "a positive number",
            ),
            number("layer_types", self.layer_types.len(), layer_types, "one for each layer"),
        ];
        match checks.into_iter().find(|(.., fits, _)| !fits) {
            None => Ok(()),
            Some((field, got, _, expected)) => {
                Err(EncoderError::Unsupported { path: path.to_owned(), field, got, expected })
            }
        }
    }

    /// Whether layer `i` of ModernBERT sees all tokens.
    pub(super) fn sees_all(&self, i: usize) -> bool {
        let every = if self.global_attn_every_n_layers > 0 { self.global_attn_every_n_layers } else { 3 };
        self.layer_types.get(i).map_or(i.is_multiple_of(every), |kind| *kind == LayerType::FullAttention)
    }

    /// How far on either side layer `i` of ModernBERT sees; everything without it.
    pub(super) fn window(&self, i: usize) -> Option<usize> {
        let width = if self.local_attention > 0 { self.local_attention } else { 128 };
        (!self.sees_all(i)).then_some(width / 2)
    }

    /// Id of a sequence's first position.
    #[must_use]
    pub fn first_position(&self) -> u32 {
        match self.model_type {
            Architecture::XlmRoberta => self.pad_token_id.unwrap_or(1).saturating_add(1),
            Architecture::Bert | Architecture::DistilBert | Architecture::ModernBert => 0,
        }
    }

    /// Tokens that the longest sequence may have.
    #[must_use]
    pub fn max_tokens(&self) -> usize {
        let first = usize::try_from(self.first_position()).unwrap_or(usize::MAX);
        self.max_position_embeddings.saturating_sub(first)
    }

    #[expect(clippy::cast_possible_truncation, reason = "a small constant that f32 arithmetic uses")]
    pub(super) fn eps(&self) -> f32 {
        self.layer_norm_eps as f32
    }

    /// ModernBERT's base of the rotary frequencies, by default as in its paper.
    pub(super) fn rope_theta(&self, global: bool) -> f32 {
        let (kind, before, default) = if global {
            ("full_attention", self.global_rope_theta, 160_000.0)
        } else {
            ("sliding_attention", self.local_rope_theta, 10_000.0)
        };
        self.rope_parameters.get(kind).map(|p| p.rope_theta).or(before).unwrap_or(default)
    }
}
