//! Logits of each sentence: a linear layer on hashed n-grams, weights of one byte.

use std::cell::Cell;
use std::collections::HashMap;

use relat_kernels::axpy_i8;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};

use super::grams::{Grams, NgramConfig};
use super::vocabulary::Vocabulary;
use crate::bundle::Bundle;
use crate::document::Document;
use crate::error::Result;
use crate::logits::{Logits, Outputs};
use crate::memory::{Key, Memory, Of};
use crate::reading::Catalogue;

/// Names of the model's files within a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Files {
    /// The configuration.
    pub config: &'static str,
    /// The weights.
    pub weights: &'static str,
}

/// The files of a bundle of n-grams alone.
pub const ALONE: Files = Files { config: "config.json", weights: "model.safetensors" };
/// The files of the n-gram part of a bundle whose `config.json` and `model.safetensors` are an encoder's.
pub const BESIDE: Files = Files { config: "ngrams.json", weights: "ngrams.safetensors" };

thread_local! {
    /// N-grams and features, kept from sentence to sentence and from document to document.
    static BUFFERS: Cell<(Grams, Vec<(u32, f32)>)> = Cell::default();
}

/// The configuration of the model in a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentenceConfig {
    /// Which n-grams are taken.
    pub ngrams: NgramConfig,
    /// Norm of each block of a feature vector.
    pub block_weights: [f32; 4],
}

/// The linear layer.
#[derive(Debug, Clone, PartialEq)]
pub struct SentenceModel {
    /// Which n-grams are taken.
    pub ngrams: NgramConfig,
    /// Known n-grams, a row of weights each.
    pub vocabulary: Vocabulary,
    /// Where each logit stands.
    pub outputs: Outputs,
    /// Shape `(weighted rows, outputs)`; the weight is this times the scale of its column. Rows of the vocabulary past
    /// these have no weight: they count in the length of a feature vector only.
    weights: Vec<i8>,
    /// Shape `(outputs,)`.
    scales: Vec<f32>,
    /// Shape `(outputs,)`.
    bias: Vec<f32>,
}

impl SentenceModel {
    /// Quantises weights to one byte, symmetric, with a scale an output.
    /// # Shapes
    /// `weights`: `(weighted rows, outputs)`, the vocabulary's first rows; `bias`: `(outputs,)`.
    #[must_use]
    pub fn quantise(
        ngrams: NgramConfig,
        vocabulary: Vocabulary,
        outputs: Outputs,
        weights: &[f32],
        bias: Vec<f32>,
    ) -> Self {
        let n = outputs.len();
        let mut scales = vec![0f32; n];
        for row in weights.chunks_exact(n) {
            for (scale, w) in scales.iter_mut().zip(row) {
                *scale = scale.max(w.abs() / 127.0);
            }
        }
        #[expect(clippy::cast_possible_truncation, reason = "the quotient is at most 127 in size")]
        let weights = weights
            .chunks_exact(n)
            .flat_map(|row| {
                row.iter().zip(&scales).map(|(w, s)| if *s > 0.0 { (w / s).round() as i8 } else { 0 })
            })
            .collect();
        Self { ngrams, vocabulary, outputs, weights, scales, bias }
    }

    /// Logits of every sentence of a document, each read with its neighbours' words.
    #[must_use]
    pub fn logits(&self, document: &Document) -> Logits {
        self.recall(document, None)
    }

    /// [`Self::logits`], of which those that this model's memory has are not read again.
    pub(crate) fn recall(&self, document: &Document, memory: Option<&Memory>) -> Logits {
        let n = self.outputs.len();
        let sentences = document.sentences();
        let mut values = vec![0f32; sentences.len() * n];
        let mut kept = BUFFERS.take();
        let (grams, features) = &mut kept;
        let text = |i: Option<usize>| i.and_then(|i| sentences.get(i)).map(|s| document.sentence_text(s));
        for (i, out) in values.chunks_exact_mut(n).enumerate() {
            let sentence = text(Some(i)).unwrap_or_default();
            let (before, after) = (text(i.checked_sub(1)), text(Some(i + 1)));
            let known = memory.map(|memory| {
                // No neighbour is another thing than an empty one.
                let edges = [u8::from(before.is_some()), u8::from(after.is_some())];
                let parts = [before.unwrap_or_default(), sentence, after.unwrap_or_default()];
                (memory, Key::new(Of::Ngrams, parts.map(str::as_bytes).into_iter().chain([&edges[..]])))
            });
            if let Some(found) = known.and_then(|(memory, key)| memory.get(key)) {
                out.copy_from_slice(&found);
                continue;
            }
            grams.fill(self.ngrams, sentence, before, after);
            self.vocabulary.vectorise(grams, features);
            for &(row, value) in &*features {
                let row = row as usize;
                if let Some(weights) = self.weights.get(row * n..(row + 1) * n) {
                    axpy_i8(out, value, weights);
                }
            }
            for ((value, scale), bias) in out.iter_mut().zip(&self.scales).zip(&self.bias) {
                *value = *value * scale + bias;
            }
            if let Some((memory, key)) = known {
                memory.put(key, (&*out).into());
            }
        }
        BUFFERS.set(kept);
        Logits { outputs: self.outputs, values }
    }

    /// The files of this model in a bundle: name and contents.
    /// # Errors
    /// A sentence when the tensors cannot be laid out.
    pub fn files(&self, names: Files) -> std::result::Result<Vec<(String, Vec<u8>)>, String> {
        let f32s = |v: &[f32]| v.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
        let hashes: Vec<u8> = self.vocabulary.hashes().iter().flat_map(|h| h.to_le_bytes()).collect();
        let weights: Vec<u8> = self.weights.iter().map(|w| w.cast_unsigned()).collect();
        let (idf, scales, bias) = (f32s(self.vocabulary.idf()), f32s(&self.scales), f32s(&self.bias));
        let (rows, n) = (self.vocabulary.len(), self.outputs.len());
        let view =
            |dtype, shape: Vec<usize>, bytes| TensorView::new(dtype, shape, bytes).map_err(|e| e.to_string());
        let tensors = vec![
            ("hashes", view(Dtype::U32, vec![rows], &hashes)?),
            ("idf", view(Dtype::F32, vec![rows], &idf)?),
            ("weights", view(Dtype::I8, vec![self.weights.len() / n, n], &weights)?),
            ("scales", view(Dtype::F32, vec![n], &scales)?),
            ("bias", view(Dtype::F32, vec![n], &bias)?),
        ];
        let config = self.config();
        Ok(vec![
            (names.config.to_owned(), serde_json::to_vec_pretty(&config).map_err(|e| e.to_string())?),
            (
                names.weights.to_owned(),
                safetensors::serialize(tensors, None::<HashMap<String, String>>)
                    .map_err(|e| e.to_string())?,
            ),
        ])
    }

    /// Reads the model from an opened bundle.
    /// # Errors
    /// [`crate::Error::Bundle`] names the file and the tensor, with its expected and found shape.
    pub fn load(bundle: &Bundle, names: Files, catalogue: Catalogue) -> Result<Self> {
        let config: SentenceConfig = bundle.json(names.config)?;
        Self::from_safetensors(config, bundle.file(names.weights)?, catalogue)
            .map_err(|reason| bundle.error(names.weights, reason))
    }

    /// Reads the model from what [`Self::files`] gave as its weights.
    /// # Errors
    /// A sentence that names the tensor, with its expected and found shape.
    pub fn from_safetensors(
        config: SentenceConfig,
        bytes: &[u8],
        catalogue: Catalogue,
    ) -> std::result::Result<Self, String> {
        let outputs = Outputs(catalogue);
        let n = outputs.len();
        let tensors = SafeTensors::deserialize(bytes).map_err(|e| e.to_string())?;
        let rows = tensors.tensor("hashes").map_or(0, |t| t.shape().iter().product());
        let get = |name: &str, dtype: Dtype, shape: &[usize]| {
            let tensor = tensors.tensor(name).map_err(|e| format!("tensor '{name}': {e}"))?;
            if tensor.dtype() != dtype || tensor.shape() != shape {
                let (got, found) = (tensor.dtype(), tensor.shape());
                return Err(format!("tensor '{name}' is {got:?} {found:?}, expected {dtype:?} {shape:?}"));
            }
            Ok(tensor.data())
        };
        let f32s =
            |data: &[u8]| data.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect::<Vec<_>>();
        let hashes = get("hashes", Dtype::U32, &[rows])?;
        let hashes = hashes.as_chunks::<4>().0.iter().map(|b| u32::from_le_bytes(*b)).collect();
        let idf = f32s(get("idf", Dtype::F32, &[rows])?);
        let weighted =
            tensors.tensor("weights").map_or(0, |t| t.shape().first().copied().unwrap_or(0)).min(rows);
        let weights = get("weights", Dtype::I8, &[weighted, n])?.iter().map(|b| b.cast_signed()).collect();
        let scales = f32s(get("scales", Dtype::F32, &[n])?);
        let bias = f32s(get("bias", Dtype::F32, &[n])?);
        let vocabulary = Vocabulary::new(hashes, idf, config.block_weights)
            .map_err(|reason| format!("tensor 'hashes': {reason}"))?;
        Ok(Self { ngrams: config.ngrams, vocabulary, outputs, weights, scales, bias })
    }

    /// What [`Self::from_safetensors`] needs beside the weights.
    #[must_use]
    pub fn config(&self) -> SentenceConfig {
        SentenceConfig { ngrams: self.ngrams, block_weights: self.vocabulary.block_weights() }
    }
}
