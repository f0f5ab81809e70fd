//! An encoder of any of the known architectures, and its loading from a folder.

use std::collections::BTreeMap;
use std::path::Path;

use candle_core::{Tensor, Var};
use relat_kernels::Kernels;
use tokenizers::Tokenizer;

use super::bert::Bert;
use super::modern_bert::ModernBert;
use super::ops::RowSink;
use super::quantised::QuantisedEncoder;
use super::{Architecture, Batch, EncoderConfig, EncoderError, Mode, Weights};

/// An encoder. Its parameters are variables, so that the same value is trained and read with.
#[derive(Debug)]
pub struct Encoder(Kind);

#[derive(Debug)]
enum Kind {
    PostNorm(Bert),
    Modern(ModernBert),
}

impl Encoder {
    /// Takes all tensors from `weights`.
    /// # Errors
    /// [`EncoderError`] naming the tensor that is missing, left over or of another shape.
    pub fn from_weights(config: EncoderConfig, weights: Weights) -> Result<Self, EncoderError> {
        Ok(Self(match config.model_type {
            Architecture::Bert | Architecture::DistilBert | Architecture::XlmRoberta => {
                Kind::PostNorm(Bert::load(config, weights)?)
            }
            Architecture::ModernBert => Kind::Modern(ModernBert::load(config, weights)?),
        }))
    }

    /// Sizes and constants.
    #[must_use]
    pub fn config(&self) -> &EncoderConfig {
        match &self.0 {
            Kind::PostNorm(bert) => bert.config(),
            Kind::Modern(modern) => modern.config(),
        }
    }

    /// Token states.
    /// # Shapes
    /// `(t, h)`, sequences one after another.
    /// # Errors
    /// [`EncoderError::TooManyTokens`] for a sequence longer than the model reads, [`EncoderError::Tensor`] for a token id
    /// beyond the table.
    pub fn forward(&self, batch: &Batch, mode: Mode) -> Result<Tensor, EncoderError> {
        let limit = self.config().max_tokens();
        if let Some(&got) = batch.lengths().iter().find(|&&length| length > limit) {
            return Err(EncoderError::TooManyTokens { limit, got });
        }
        let states = match &self.0 {
            Kind::PostNorm(bert) => bert.forward(batch, mode)?,
            Kind::Modern(modern) => modern.forward(batch, mode)?,
        };
        Ok(if mode == Mode::Train { states } else { states.detach() })
    }

    /// The same encoder in bytes, for serving.
    /// # Errors
    /// [`EncoderError::Tensor`] if memory runs out.
    pub fn quantised(&self, kernels: Kernels) -> Result<QuantisedEncoder, EncoderError> {
        match &self.0 {
            Kind::PostNorm(bert) => bert.quantised(kernels),
            Kind::Modern(modern) => modern.quantised(kernels),
        }
    }

    /// The token table, whose gradient goes to [`Self::words_gradient`].
    #[must_use]
    pub fn words(&self) -> &Var {
        match &self.0 {
            Kind::PostNorm(bert) => bert.words(),
            Kind::Modern(modern) => modern.words(),
        }
    }

    /// Where [`Mode::Train`] leaves the gradient of the token table.
    #[must_use]
    pub fn words_gradient(&self) -> &RowSink {
        match &self.0 {
            Kind::PostNorm(bert) => bert.words_gradient(),
            Kind::Modern(modern) => modern.words_gradient(),
        }
    }

    /// The variables other than the token table, by a name of their own: a whole layer may be one variable.
    #[must_use]
    pub fn variables(&self) -> Vec<(String, Var)> {
        match &self.0 {
            Kind::PostNorm(bert) => bert.variables(),
            Kind::Modern(modern) => modern.variables(),
        }
    }

    /// The tensors under the names and shapes of Hugging Face's checkpoints.
    /// # Errors
    /// [`EncoderError::Tensor`] if memory runs out.
    pub fn tensors(&self) -> Result<BTreeMap<String, Tensor>, EncoderError> {
        match &self.0 {
            Kind::PostNorm(bert) => bert.tensors(),
            Kind::Modern(modern) => Ok(modern.tensors()),
        }
    }
}

/// Reads the encoder of a Hugging Face folder.
/// # Errors
/// [`EncoderError`], naming the file and what is wrong in it; nothing is loaded in part.
pub fn load_encoder(dir: &Path) -> Result<Encoder, EncoderError> {
    let config = EncoderConfig::load(&dir.join("config.json"))?;
    Encoder::from_weights(config, Weights::load(&dir.join("model.safetensors"))?)
}

/// Reads the tokenizer of a Hugging Face folder, without the truncation and padding that it may ask for.
/// # Errors
/// [`EncoderError::Tokenizer`].
pub fn load_tokenizer(dir: &Path) -> Result<Tokenizer, EncoderError> {
    let path = dir.join("tokenizer.json");
    let broken = |e: tokenizers::Error| EncoderError::Tokenizer { path: path.clone(), reason: e.to_string() };
    let mut tokenizer = Tokenizer::from_file(&path).map_err(broken)?;
    tokenizer.with_truncation(None).map_err(broken)?;
    tokenizer.with_padding(None);
    Ok(tokenizer)
}
