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
    /// ModernBERT: one layer in this many sees all tokens.
    #[serde(default)]
    pub global_attn_every_n_layers: usize,
    /// ModernBERT: tokens that the other layers see, half on either side.
    #[serde(default)]
    pub local_attention: usize,
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
}

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
        let unsupported =
            |field, got, expected| EncoderError::Unsupported { path: path.to_owned(), field, got, expected };
        if config.hidden_act != "gelu" {
            return Err(unsupported("hidden_act", config.hidden_act, "gelu"));
        }
        let heads = config.num_attention_heads;
        let head_size = config.hidden_size.checked_div(heads).unwrap_or_default();
        if head_size == 0 || head_size * heads != config.hidden_size || !head_size.is_multiple_of(16) {
            let expected = "a divisor of hidden_size that leaves heads of 16, 32, 64 or 128";
            return Err(unsupported("num_attention_heads", heads.to_string(), expected));
        }
        Ok(config)
    }

    /// Id of a sequence's first position.
    #[must_use]
    pub fn first_position(&self) -> u32 {
        match self.model_type {
            Architecture::XlmRoberta => self.pad_token_id.unwrap_or(1) + 1,
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
