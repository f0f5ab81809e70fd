//! From token ids to token states.

use std::cell::Cell;
use std::ops::Range;

use relat_kernels::{
    Activations, Aligned, AttentionBuffers, Kernels, Linear, Then, add_norm, attend, linear, quantise,
};

use super::{Layer, QuantisedEncoder};
use crate::encoder::EncoderError;

/// Rows that go through a layer's weights together: so many that reading the weights costs little, so few that what lies
/// between two weights stays in the second cache.
const ROWS: usize = 96;
/// Tokens of sequences that are read together.
const BLOCK: usize = 384;
/// Fewer rows than this are not split over threads.
const SPLIT_FROM: usize = 48;

/// Buffers of one thread at work on some rows.
#[derive(Debug, Default)]
struct Buffers {
    attention: AttentionBuffers,
    /// What attention gave, shape `(rows, heads * stride)`.
    context: Aligned<f32>,
    /// Shape `(rows, width)`.
    sum: Aligned<f32>,
    /// Shape `(rows, intermediate)`.
    inner: Aligned<f32>,
    narrow: Activations,
    wide: Activations,
}

/// Queries, keys and values of a block, of this layer and the next.
#[derive(Debug, Default)]
struct Between {
    now: Aligned<f32>,
    next: Aligned<f32>,
}

thread_local! {
    static BUFFERS: Cell<Buffers> = Cell::default();
    static BETWEEN: Cell<Between> = Cell::default();
}

/// Lends what this thread has kept. Where a thread waits for another it may begin a second job, which then finds nothing
/// kept and starts afresh.
fn with_buffers<R>(f: impl FnOnce(&mut Buffers) -> R) -> R {
    let mut buffers = BUFFERS.take();
    let result = f(&mut buffers);
    BUFFERS.set(buffers);
    result
}

impl QuantisedEncoder {
    /// Token states.
    /// # Shapes
    /// `ids`: the sequences, one after another, of `lengths` tokens, none of them empty; `out`: `(tokens, width)`,
    /// [`Self::width`].
    /// # Errors
    /// [`EncoderError::TooManyTokens`], [`EncoderError::UnknownToken`].
    /// # Panics
    /// If `ids`, `lengths` and `out` do not fit each other.
    pub fn forward(&self, ids: &[u32], lengths: &[usize], out: &mut [f32]) -> Result<(), EncoderError> {
        assert_eq!(ids.len(), lengths.iter().sum::<usize>(), "ids and lengths do not fit each other");
        assert_eq!(out.len(), ids.len() * self.width(), "output of another size");
        self.check(ids, lengths)?;
        self.blocks(ids, lengths, out, rayon::current_num_threads());
        Ok(())
    }

    /// Cuts the sequences into blocks, and what is left of the threads when there are few of these, blocks into rows.
    fn blocks(&self, ids: &[u32], lengths: &[usize], out: &mut [f32], threads: usize) {
        if ids.len() <= BLOCK || lengths.len() < 2 {
            return self.block(ids, lengths, out, threads);
        }
        // About in the middle, at the end of a sequence.
        let (mut first, mut tokens) = (0, 0);
        for length in lengths.iter().take(lengths.len() - 1) {
            if first > 0 && tokens + length / 2 > ids.len() / 2 {
                break;
            }
            first += 1;
            tokens += length;
        }
        let ((ids, more_ids), (lengths, more)) = (ids.split_at(tokens), lengths.split_at(first));
        let (out, more_out) = out.split_at_mut(tokens * self.width());
        if rayon::current_num_threads() > 1 {
            let half = (threads / 2).max(1);
            rayon::join(
                || self.blocks(ids, lengths, out, half),
                || self.blocks(more_ids, more, more_out, half),
            );
        } else {
            self.blocks(ids, lengths, out, 1);
            self.blocks(more_ids, more, more_out, 1);
        }
    }

    fn block(&self, ids: &[u32], lengths: &[usize], states: &mut [f32], threads: usize) {
        let Some(first) = self.layers.first() else { return };
        let tokens = ids.len();
        let mut between = BETWEEN.take();
        between.now.resize(tokens * first.qkv.width());
        between.next.resize(tokens * first.qkv.width());
        with_buffers(|buffers| self.embed((ids, lengths), states, &mut between.now, buffers));
        for (i, layer) in self.layers.iter().enumerate() {
            let step = Step {
                encoder: self,
                layer,
                next: self.layers.get(i + 1).map(|l| &l.qkv),
                qkv: &between.now,
                lengths,
            };
            step.split(0..tokens, threads, states, &mut between.next);
            std::mem::swap(&mut between.now, &mut between.next);
        }
        BETWEEN.set(between);
    }

    /// Embeddings, normalised, and the first layer's queries, keys and values.
    fn embed(
        &self,
        (ids, lengths): (&[u32], &[usize]),
        states: &mut [f32],
        qkv: &mut [f32],
        buffers: &mut Buffers,
    ) {
        let Some(first) = self.layers.first() else { return };
        let width = self.width();
        buffers.sum.resize(ids.len() * width);
        let places = lengths.iter().flat_map(|&length| (self.first_position..).take(length));
        let rows = states.chunks_exact_mut(width).zip(buffers.sum.chunks_exact_mut(width));
        for ((id, place), (state, position)) in ids.iter().zip(places).zip(rows) {
            self.words.write(*id, state);
            position
                .copy_from_slice(self.positions.get(place * width..(place + 1) * width).unwrap_or_default());
        }
        add_norm(self.kernels, states, &buffers.sum, &self.norm, &mut buffers.narrow);
        linear(self.kernels, &buffers.narrow, &first.qkv, Then::Keep, qkv);
    }
}

/// A layer, of which each row can be done apart once all queries, keys and values are there.
#[derive(Clone, Copy)]
struct Step<'a> {
    encoder: &'a QuantisedEncoder,
    layer: &'a Layer,
    /// Gives the next layer's queries, keys and values.
    next: Option<&'a Linear>,
    qkv: &'a [f32],
    lengths: &'a [usize],
}

impl Step<'_> {
    /// Does `rows` in some parts at once.
    fn split(self, rows: Range<usize>, parts: usize, states: &mut [f32], next: &mut [f32]) {
        if parts < 2 || rows.len() < SPLIT_FROM {
            return with_buffers(|buffers| self.rows(rows, states, next, buffers));
        }
        let half = parts / 2;
        let here = rows.len() * half / parts;
        let (states, more_states) = states.split_at_mut(here * self.encoder.width());
        let (next, more_next) = next.split_at_mut(here * self.layer.qkv.width());
        let (first, second) = (rows.start..rows.start + here, rows.start + here..rows.end);
        rayon::join(
            || self.split(first, half, states, next),
            || self.split(second, parts - half, more_states, more_next),
        );
    }

    /// # Shapes
    /// `states`, `next`: those of `rows` only.
    fn rows(self, rows: Range<usize>, states: &mut [f32], next: &mut [f32], buffers: &mut Buffers) {
        let Self { encoder, layer, .. } = self;
        let context_width = encoder.heads.width();
        buffers.context.resize(rows.len() * context_width);
        self.attention(rows, buffers);
        let Buffers { context, sum, inner, narrow, wide, .. } = buffers;
        let kernels: Kernels = encoder.kernels;
        let width = encoder.width();
        let chunks = context.chunks(ROWS * context_width).zip(states.chunks_mut(ROWS * width));
        let nexts = next.chunks_mut(ROWS * layer.qkv.width());
        for ((context, states), next) in chunks.zip(nexts) {
            let rows = states.len() / width;
            sum.resize(rows * width);
            inner.resize(rows * layer.up.width());
            quantise(kernels, context, context_width, narrow);
            linear(kernels, narrow, &layer.out, Then::Keep, sum);
            add_norm(kernels, states, sum, &layer.attention_norm, narrow);
            linear(kernels, narrow, &layer.up, Then::Gelu, inner);
            quantise(kernels, inner, layer.up.width(), wide);
            linear(kernels, wide, &layer.down, Then::Keep, sum);
            add_norm(kernels, states, sum, &layer.final_norm, narrow);
            if let Some(qkv) = self.next {
                linear(kernels, narrow, qkv, Then::Keep, next);
            }
        }
    }

    /// What `rows` take from the tokens of their sequences.
    fn attention(self, rows: Range<usize>, buffers: &mut Buffers) {
        let encoder = self.encoder;
        let (qkv_width, width) = (self.layer.qkv.width(), encoder.heads.width());
        let mut start = 0;
        for &length in self.lengths {
            let end = start + length;
            let (from, to) = (rows.start.max(start), rows.end.min(end));
            if from < to {
                let qkv = self.qkv.get(start * qkv_width..end * qkv_width).unwrap_or_default();
                let out = (from - rows.start) * width..(to - rows.start) * width;
                let out = buffers.context.get_mut(out).unwrap_or_default();
                let rows = from - start..to - start;
                attend(encoder.kernels, (qkv, encoder.heads), rows, &mut buffers.attention, out);
            }
            start = end;
        }
    }
}
