//! Logits of each sentence, read in its context by an encoder in bytes.

use std::cell::Cell;
use std::sync::Arc;

use relat_kernels::{Aligned, Kernels, mean, scores};
use tokenizers::Tokenizer;

use super::pieces::{PieceBuffers, Pieces};
use super::sentence::ids;
use super::window::{Frame, Piece, Window, windows};
use super::{EncoderError, QuantisedEncoder, SentenceEncoder, ops};
use crate::document::Document;
use crate::logits::{Logits, Outputs};
use crate::memory::{Key, Memory, Of};

/// A [`SentenceEncoder`] as it is served.
#[derive(Debug)]
pub struct SentenceReader {
    tokenizer: Tokenizer,
    /// Reads most sentences, where the tokenizer is of a known form.
    tokens: Option<Pieces>,
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
    static TOKENS: Cell<(PieceBuffers, Vec<u32>)> = Cell::default();
}

impl SentenceReader {
    /// Quantises an encoder.
    /// # Errors
    /// [`EncoderError::Tensor`] if memory runs out.
    pub fn new(sentences: &SentenceEncoder, kernels: Kernels) -> Result<Self, EncoderError> {
        let encoder = sentences.encoder().quantised(kernels)?;
        let (weight, bias) = sentences.head();
        let (rows, bias) = (ops::to_vec(weight)?, ops::to_vec(bias)?);
        let mut weight = Aligned::zeros(bias.len() * encoder.width());
        for (to, from) in weight.chunks_exact_mut(encoder.width()).zip(rows.chunks_exact(encoder.hidden())) {
            for (to, from) in to.iter_mut().zip(from) {
                *to = *from;
            }
        }
        Ok(Self {
            tokenizer: sentences.tokenizer().clone(),
            tokens: Pieces::new(sentences.tokenizer()),
            frame: sentences.frame(),
            weight,
            bias,
            outputs: sentences.outputs(),
            max_tokens: sentences.max_tokens(),
            encoder,
        })
    }

    /// Windows of a document.
    /// # Errors
    /// [`EncoderError::Tokenize`]; a defect of the tokenizer's file.
    pub fn windows(&self, document: &Document) -> Result<Vec<Window>, EncoderError> {
        let sentences = document.sentences().iter();
        let ids: Vec<Vec<u32>> =
            sentences.map(|s| self.ids(document.sentence_text(s))).collect::<Result<_, _>>()?;
        Ok(windows(&ids, self.frame, self.max_tokens))
    }

    /// Token ids of a sentence, without frame.
    fn ids(&self, text: &str) -> Result<Vec<u32>, EncoderError> {
        let mut kept = TOKENS.take();
        let (buffers, out) = &mut kept;
        out.clear();
        let read = self.tokens.as_ref().is_some_and(|pieces| pieces.read(text, buffers, out));
        let result = if read { Ok(out.clone()) } else { ids(&self.tokenizer, text) };
        TOKENS.set(kept);
        result
    }

    /// Logits of the sentences of some windows of one document; a sentence in several pieces has the largest of theirs.
    /// # Errors
    /// As [`QuantisedEncoder::forward`].
    pub fn read(&self, windows: &[Window]) -> Result<Logits, EncoderError> {
        self.recall(windows, None)
    }

    /// [`Self::read`], of which the windows that this model's memory has are not read again. A window's answer does not
    /// depend on what is read beside it.
    pub(crate) fn recall(&self, windows: &[Window], memory: Option<&Memory>) -> Result<Logits, EncoderError> {
        let sentences = windows.iter().flat_map(|w| &w.pieces).map(|p| p.sentence + 1).max();
        let mut values = vec![f32::NEG_INFINITY; sentences.unwrap_or_default() * self.outputs.len()];
        let Some(memory) = memory else {
            self.pieces(windows, |window, piece, scores| {
                if let Some(piece) = windows.get(window).and_then(|w| w.pieces.get(piece)) {
                    self.take_larger(&mut values, piece, scores);
                }
            })?;
            return Ok(Logits { outputs: self.outputs, values });
        };
        let keys: Vec<Key> = windows.iter().map(key).collect();
        let mut read: Vec<Option<Arc<[f32]>>> = keys.iter().map(|key| memory.get(*key)).collect();
        let unknown = windows.iter().zip(&read).filter(|(_, known)| known.is_none()).map(|(w, _)| w);
        let mut fresh: Vec<Vec<f32>> = unknown.clone().map(|_| Vec::new()).collect();
        if !fresh.is_empty() {
            self.pieces(unknown, |window, _, scores| {
                if let Some(all) = fresh.get_mut(window) {
                    all.extend_from_slice(scores);
                }
            })?;
        }
        let mut fresh = fresh.into_iter();
        for ((window, key), read) in windows.iter().zip(keys).zip(&mut read) {
            let scores = match read {
                Some(known) => known,
                None => {
                    let scores: Arc<[f32]> = fresh.next().unwrap_or_default().into();
                    memory.put(key, Arc::clone(&scores));
                    read.insert(scores)
                }
            };
            for (piece, scores) in window.pieces.iter().zip(scores.chunks_exact(self.outputs.len())) {
                self.take_larger(&mut values, piece, scores);
            }
        }
        Ok(Logits { outputs: self.outputs, values })
    }

    /// A sentence in several pieces has the largest of their logits.
    fn take_larger(&self, values: &mut [f32], piece: &Piece, scores: &[f32]) {
        let n = self.outputs.len();
        let at = piece.sentence * n;
        for (best, z) in values.get_mut(at..at + n).unwrap_or_default().iter_mut().zip(scores) {
            *best = best.max(*z);
        }
    }

    /// Gives the logits of every piece of some windows, with the places of both.
    fn pieces<'a>(
        &self,
        windows: impl IntoIterator<Item = &'a Window> + Clone,
        give: impl FnMut(usize, usize, &[f32]),
    ) -> Result<(), EncoderError> {
        let mut buffers = BUFFERS.take();
        let result = self.pieces_with(windows, &mut buffers, give);
        BUFFERS.set(buffers);
        result
    }

    fn pieces_with<'a>(
        &self,
        windows: impl IntoIterator<Item = &'a Window> + Clone,
        buffers: &mut Buffers,
        mut give: impl FnMut(usize, usize, &[f32]),
    ) -> Result<(), EncoderError> {
        let Buffers { ids, lengths, states, pooled, scores: read } = buffers;
        ids.clear();
        lengths.clear();
        for window in windows.clone() {
            ids.extend_from_slice(&window.ids);
            lengths.push(window.ids.len());
        }
        let width = self.encoder.width();
        states.resize(ids.len() * width);
        pooled.resize(width);
        read.resize(self.outputs.len(), 0.0);
        self.encoder.forward(ids, lengths, states)?;
        let mut start = 0;
        for (i, window) in windows.into_iter().enumerate() {
            for (j, piece) in window.pieces.iter().enumerate() {
                let rows = (start + piece.rows.start) * width..(start + piece.rows.end) * width;
                let kernels = self.encoder.kernels();
                mean(kernels, states.get(rows).unwrap_or_default(), pooled);
                scores(kernels, pooled, &self.weight, &self.bias, read);
                give(i, j, read);
            }
            start += window.ids.len();
        }
        Ok(())
    }
}

/// Everything that the logits of a window depend on: its tokens, and where its sentences begin and end.
fn key(window: &Window) -> Key {
    let ids: Vec<u8> = window.ids.iter().flat_map(|id| id.to_le_bytes()).collect();
    let ends = window.pieces.iter().flat_map(|p| [p.rows.start, p.rows.end]);
    let ends: Vec<u8> = ends.flat_map(|row| (row as u64).to_le_bytes()).collect();
    Key::new(Of::Encoder, [&ids[..], &ends[..]])
}
