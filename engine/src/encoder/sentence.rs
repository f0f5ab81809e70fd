//! Logits of each sentence, read in its context by an encoder.

use std::collections::BTreeMap;
use std::path::Path;

use candle_core::{Tensor, Var};
use serde::{Deserialize, Serialize};
use tokenizers::Tokenizer;

use super::window::{Frame, Window, windows};
use super::{Batch, Encoder, EncoderConfig, EncoderError, Mode, Weights};
use super::{int8, ops};
use crate::bundle::Bundle;
use crate::document::Document;
use crate::logits::{Logits, Outputs};

/// Names of the linear layer's parameters.
const WEIGHT: &str = "sentence.weight";
const BIAS: &str = "sentence.bias";

/// Files of a bundle, the first three named as Hugging Face names them.
const CONFIG: &str = "config.json";
const TOKENIZER: &str = "tokenizer.json";
const WEIGHTS: &str = "model.safetensors";
const SENTENCES: &str = "sentences.json";

/// How an encoder reads sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SentencesConfig {
    /// Tokens of the longest window.
    max_tokens: usize,
}

/// An encoder with a linear layer on the mean state of each sentence.
#[derive(Debug)]
pub struct SentenceEncoder {
    tokenizer: Tokenizer,
    encoder: Encoder,
    frame: Frame,
    /// Shape `(outputs, h)`.
    weight: Var,
    /// Shape `(outputs,)`.
    bias: Var,
    outputs: Outputs,
    max_tokens: usize,
}

impl SentenceEncoder {
    /// Joins the parts; windows have `max_tokens` tokens, or fewer if the encoder reads no more.
    /// # Shapes
    /// `weight`: `(outputs, h)`; `bias`: `(outputs,)`.
    /// # Errors
    /// [`EncoderError::TensorShape`] for a layer of another shape.
    pub fn new(
        tokenizer: Tokenizer,
        encoder: Encoder,
        (weight, bias): (Tensor, Tensor),
        outputs: Outputs,
        max_tokens: usize,
    ) -> Result<Self, EncoderError> {
        let expected = [outputs.len(), encoder.config().hidden_size];
        for (tensor, name, expected) in [(&weight, WEIGHT, &expected[..]), (&bias, BIAS, &expected[..1])] {
            if tensor.dims() != expected {
                return Err(EncoderError::TensorShape {
                    path: "heads".into(),
                    tensor: name.to_owned(),
                    expected: expected.to_vec(),
                    got: tensor.dims().to_vec(),
                });
            }
        }
        let max_tokens = max_tokens.min(encoder.config().max_tokens());
        let frame = frame(&tokenizer);
        let (weight, bias) = (Var::from_tensor(&weight)?, Var::from_tensor(&bias)?);
        Ok(Self { tokenizer, encoder, frame, weight, bias, outputs, max_tokens })
    }

    /// Takes the encoder and the linear layer from what [`Self::tensors`] gave; `origin` is what errors name as their file.
    /// # Errors
    /// [`EncoderError`] naming the tensor that is missing, left over or of another shape.
    pub fn from_tensors(
        origin: &Path,
        config: EncoderConfig,
        mut tensors: BTreeMap<String, Tensor>,
        tokenizer: Tokenizer,
        (outputs, max_tokens): (Outputs, usize),
    ) -> Result<Self, EncoderError> {
        let mut take = |tensor: &str, expected: Vec<usize>| {
            let missing = || EncoderError::MissingTensor {
                path: origin.to_owned(),
                tensor: tensor.to_owned(),
                expected,
            };
            tensors.remove(tensor).ok_or_else(missing)
        };
        let weight = take(WEIGHT, vec![outputs.len(), config.hidden_size])?;
        let bias = take(BIAS, vec![outputs.len()])?;
        let encoder = Encoder::from_weights(config, Weights::from_tensors(origin, tensors))?;
        Self::new(tokenizer, encoder, (weight, bias), outputs, max_tokens)
    }

    /// Every parameter by name: the encoder's as Hugging Face has them, and the linear layer's.
    /// # Errors
    /// [`EncoderError::Tensor`] if memory runs out.
    pub fn tensors(&self) -> Result<BTreeMap<String, Tensor>, EncoderError> {
        let mut all = self.encoder.tensors()?;
        all.insert(WEIGHT.to_owned(), self.weight.as_detached_tensor());
        all.insert(BIAS.to_owned(), self.bias.as_detached_tensor());
        Ok(all)
    }

    /// The files of this model in a bundle: weights of one byte, whose figures are those that were measured.
    /// # Errors
    /// A sentence when a file cannot be laid out.
    pub fn files(&self) -> Result<Vec<(String, Vec<u8>)>, String> {
        let config = SentencesConfig { max_tokens: self.max_tokens };
        let json = |e: serde_json::Error| e.to_string();
        let tensors = self.tensors().map_err(|e| e.to_string())?;
        Ok(vec![
            (CONFIG.to_owned(), serde_json::to_vec_pretty(self.encoder.config()).map_err(json)?),
            (SENTENCES.to_owned(), serde_json::to_vec_pretty(&config).map_err(json)?),
            (TOKENIZER.to_owned(), self.tokenizer.to_string(false).map_err(|e| e.to_string())?.into_bytes()),
            (WEIGHTS.to_owned(), int8::quantise(&tensors)?),
        ])
    }

    /// Reads the model from an opened bundle.
    /// # Errors
    /// [`crate::Error::Bundle`] and [`crate::Error::Encoder`] name the file and, for a tensor, its expected and found
    /// shape.
    pub fn load(bundle: &Bundle, outputs: Outputs) -> crate::Result<Self> {
        let config: EncoderConfig = bundle.json(CONFIG)?;
        config.check(&bundle.path(CONFIG))?;
        let sentences: SentencesConfig = bundle.json(SENTENCES)?;
        let tokenizer = Tokenizer::from_bytes(bundle.file(TOKENIZER)?)
            .map_err(|e| bundle.error(TOKENIZER, e.to_string()))?;
        let tensors = int8::dequantise(bundle.file(WEIGHTS)?).map_err(|e| bundle.error(WEIGHTS, e))?;
        let path = bundle.path(WEIGHTS);
        Ok(Self::from_tensors(&path, config, tensors, tokenizer, (outputs, sentences.max_tokens))?)
    }

    /// Token ids of a sentence, without frame.
    /// # Errors
    /// [`EncoderError::Tokenize`]; a defect of the tokenizer's file.
    pub fn ids(&self, text: &str) -> Result<Vec<u32>, EncoderError> {
        ids(&self.tokenizer, text)
    }

    /// Windows of sentences whose ids are known.
    #[must_use]
    pub fn windows(&self, sentences: &[Vec<u32>]) -> Vec<Window> {
        windows(sentences, self.frame, self.max_tokens)
    }

    /// Logits of the pieces of some windows.
    /// # Shapes
    /// `(pieces, outputs)`, windows one after another.
    /// # Errors
    /// As [`Encoder::forward`].
    pub fn forward(&self, windows: &[Window], mode: Mode) -> Result<Tensor, EncoderError> {
        let batch = Batch::new(windows.iter().map(|w| w.ids.as_slice()));
        let states = self.encoder.forward(&batch, mode)?; // (t, h)
        let mut spans = Vec::new();
        let mut start = 0;
        for window in windows {
            spans.extend(window.pieces.iter().map(|p| start + p.rows.start..start + p.rows.end));
            start += window.ids.len();
        }
        let pooled = ops::mean_rows(&states, spans)?; // (pieces, h)
        let logits = ops::linear(&pooled, &self.weight, &self.bias)?;
        Ok(if mode == Mode::Train { logits } else { logits.detach() })
    }

    /// Logits of the sentences of some windows of one document; a sentence in several pieces has the largest of theirs.
    /// # Errors
    /// As [`Encoder::forward`].
    pub fn read(&self, windows: &[Window]) -> Result<Logits, EncoderError> {
        let n = self.outputs.len();
        let pieces = windows.iter().flat_map(|w| &w.pieces);
        let sentences = pieces.clone().map(|p| p.sentence + 1).max().unwrap_or_default();
        let mut values = vec![f32::NEG_INFINITY; sentences * n];
        let read = self.forward(windows, Mode::Infer)?.flatten_all()?.to_vec1::<f32>()?;
        for (piece, logits) in pieces.zip(read.chunks_exact(n)) {
            let at = piece.sentence * n;
            for (best, z) in values.get_mut(at..at + n).unwrap_or_default().iter_mut().zip(logits) {
                *best = best.max(*z);
            }
        }
        Ok(Logits { outputs: self.outputs, values })
    }

    /// Logits of every sentence of a document.
    /// # Errors
    /// As [`Encoder::forward`].
    pub fn logits(&self, document: &Document) -> Result<Logits, EncoderError> {
        let sentences = document.sentences().iter();
        let ids: Vec<Vec<u32>> =
            sentences.map(|s| self.ids(document.sentence_text(s))).collect::<Result<_, _>>()?;
        self.read(&self.windows(&ids))
    }

    /// The encoder.
    #[must_use]
    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// The tokenizer.
    #[must_use]
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// Where each logit stands.
    #[must_use]
    pub fn outputs(&self) -> Outputs {
        self.outputs
    }

    /// Ids that frame a window.
    pub(super) fn frame(&self) -> Frame {
        self.frame
    }

    /// Tokens of the longest window.
    #[must_use]
    pub fn max_tokens(&self) -> usize {
        self.max_tokens
    }

    /// Weight `(outputs, h)` and bias `(outputs,)` of the linear layer.
    #[must_use]
    pub fn head(&self) -> (&Var, &Var) {
        (&self.weight, &self.bias)
    }
}

/// Token ids of a sentence, without frame.
pub(super) fn ids(tokenizer: &Tokenizer, text: &str) -> Result<Vec<u32>, EncoderError> {
    let encoding =
        tokenizer.encode_fast(text, false).map_err(|e| EncoderError::Tokenize { reason: e.to_string() })?;
    Ok(encoding.get_ids().to_vec())
}

/// The tokens that frame a window, under the names that the architectures' tokenizers give them.
fn frame(tokenizer: &Tokenizer) -> Frame {
    let first = |names: &[&str]| names.iter().find_map(|name| tokenizer.token_to_id(name));
    Frame {
        start: first(&["[CLS]", "<s>"]),
        end: first(&["[SEP]", "</s>"]),
        unknown: first(&["[UNK]", "<unk>"]).unwrap_or_default(),
    }
}
