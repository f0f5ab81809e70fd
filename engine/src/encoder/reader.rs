//! Logits of each sentence, read in its context by an encoder in bytes.

use std::cell::Cell;

use relat_kernels::{Aligned, Kernels, mean, scores};
use tokenizers::Tokenizer;

use super::sentence::ids;
use super::window::{Frame, Window, windows};
use super::{EncoderError, QuantisedEncoder, SentenceEncoder, ops};
use crate::document::Document;
use crate::logits::{Logits, Outputs};

/// A [`SentenceEncoder`] as it is served.
#[derive(Debug)]
pub struct SentenceReader {
    tokenizer: Tokenizer,
    encoder: QuantisedEncoder,
    frame: Frame,
    /// Shape `(outputs, width)`, [`QuantisedEncoder::width`].
    weight: Aligned<f32>,
    /// Shape `(outputs,)`.
    bias: Vec<f32>,
    outputs: Outputs,
    max_tokens: usize,
}

/// Buffers of a call.
#[derive(Debug, Default)]
struct Buffers {
    ids: Vec<u32>,
    lengths: Vec<usize>,
    /// Shape `(tokens, width)`.
    states: Aligned<f32>,
    /// Shape `(width,)`.
    pooled: Aligned<f32>,
    /// Shape `(outputs,)`.
    scores: Vec<f32>,
}

thread_local! {
    static BUFFERS: Cell<Buffers> = Cell::default();
}

impl SentenceReader {
    /// Quantises an encoder; `None` if the kernels do not know its architecture.
    /// # Errors
    /// [`EncoderError::Tensor`] if memory runs out.
    pub fn new(sentences: &SentenceEncoder, kernels: Kernels) -> Result<Option<Self>, EncoderError> {
        let Some(encoder) = sentences.encoder().quantised(kernels)? else {
            return Ok(None);
        };
        let (weight, bias) = sentences.head();
        let (rows, bias) = (ops::to_vec(weight)?, ops::to_vec(bias)?);
        let mut weight = Aligned::zeros(bias.len() * encoder.width());
        for (to, from) in weight.chunks_exact_mut(encoder.width()).zip(rows.chunks_exact(encoder.hidden())) {
            for (to, from) in to.iter_mut().zip(from) {
                *to = *from;
            }
        }
        Ok(Some(Self {
            tokenizer: sentences.tokenizer().clone(),
            frame: sentences.frame(),
            weight,
            bias,
            outputs: sentences.outputs(),
            max_tokens: sentences.max_tokens(),
            encoder,
        }))
    }

    /// Windows of a document.
    /// # Errors
    /// [`EncoderError::Tokenize`]; a defect of the tokenizer's file.
    pub fn windows(&self, document: &Document) -> Result<Vec<Window>, EncoderError> {
        let sentences = document.sentences().iter();
        let ids: Vec<Vec<u32>> =
            sentences.map(|s| ids(&self.tokenizer, document.sentence_text(s))).collect::<Result<_, _>>()?;
        Ok(windows(&ids, self.frame, self.max_tokens))
    }

    /// Logits of the sentences of some windows of one document; a sentence in several pieces has the largest of theirs.
    /// # Errors
    /// As [`QuantisedEncoder::forward`].
    pub fn read(&self, windows: &[Window]) -> Result<Logits, EncoderError> {
        let mut buffers = BUFFERS.take();
        let result = self.read_with(windows, &mut buffers);
        BUFFERS.set(buffers);
        result
    }

    fn read_with(&self, windows: &[Window], buffers: &mut Buffers) -> Result<Logits, EncoderError> {
        let Buffers { ids, lengths, states, pooled, scores: read } = buffers;
        ids.clear();
        lengths.clear();
        for window in windows {
            ids.extend_from_slice(&window.ids);
            lengths.push(window.ids.len());
        }
        let (n, width) = (self.outputs.len(), self.encoder.width());
        states.resize(ids.len() * width);
        pooled.resize(width);
        read.resize(n, 0.0);
        self.encoder.forward(ids, lengths, states)?;
        let sentences = windows.iter().flat_map(|w| &w.pieces).map(|p| p.sentence + 1).max();
        let mut values = vec![f32::NEG_INFINITY; sentences.unwrap_or_default() * n];
        let mut start = 0;
        for window in windows {
            for piece in &window.pieces {
                let rows = (start + piece.rows.start) * width..(start + piece.rows.end) * width;
                let kernels = self.encoder.kernels();
                mean(kernels, states.get(rows).unwrap_or_default(), pooled);
                scores(kernels, pooled, &self.weight, &self.bias, read);
                let at = piece.sentence * n;
                for (best, z) in values.get_mut(at..at + n).unwrap_or_default().iter_mut().zip(&*read) {
                    *best = best.max(*z);
                }
            }
            start += window.ids.len();
        }
        Ok(Logits { outputs: self.outputs, values })
    }
}
