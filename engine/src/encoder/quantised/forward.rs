//! From token ids to token states.

use std::cell::Cell;
use std::ops::Range;

use relat_kernels::{
    Activations, Aligned, Attention, AttentionBuffers, Kernels, Norm, Then, add_norm, add_norm_beside,
    attend, linear, quantise, rotate,
};

use super::{Layer, Order, QuantisedEncoder};
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
            let step =
                Step { encoder: self, layer, next: self.layers.get(i + 1), qkv: &between.now, lengths };
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
        for (id, state) in ids.iter().zip(states.chunks_exact_mut(width)) {
            self.words.write(*id, state);
        }
        match &self.positions {
            Some(positions) => {
                let places = lengths.iter().flat_map(|&length| (positions.first..).take(length));
                for (place, row) in places.zip(buffers.sum.chunks_exact_mut(width)) {
                    let from = positions.rows.get(place * width..(place + 1) * width);
                    row.copy_from_slice(from.unwrap_or_default());
                }
            }
            None => buffers.sum.fill(0.0),
        }
        add_norm(self.kernels, states, &buffers.sum, &self.norm, &mut buffers.narrow);
        linear(self.kernels, &buffers.narrow, &first.qkv, Then::Keep, qkv);
        self.turn(first, lengths, 0..ids.len(), qkv);
    }

    /// Turns the queries and keys of `rows` by their positions, in layers that do.
    fn turn(&self, layer: &Layer, lengths: &[usize], rows: Range<usize>, qkv: &mut [f32]) {
        let Some(rotation) = &layer.rotation else { return };
        let width = layer.qkv.width();
        for (whole, part) in sequences(lengths, rows.clone()) {
            let qkv = qkv.get_mut((part.start - rows.start) * width..(part.end - rows.start) * width);
            rotate(self.kernels, qkv.unwrap_or_default(), rotation, part.start - whole.start);
        }
    }

    /// Adds a part's result to the states, and quantises what the next part reads. Where that is normalised beside the
    /// states, it is left in `sum`.
    fn settle(&self, (states, sum): (&mut [f32], &mut [f32]), norm: &Norm, out: &mut Activations) {
        match self.order {
            Order::PostNorm => add_norm(self.kernels, states, sum, norm, out),
            Order::PreNorm => add_norm_beside(self.kernels, states, sum, norm, out),
        }
    }
}

/// The sequences, of `lengths` rows one after another, that have some of `rows`: all rows of each, and those.
fn sequences(lengths: &[usize], rows: Range<usize>) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
    let mut next = 0;
    let all = lengths.iter().map(move |length| {
        next += length;
        next - length..next
    });
    all.filter_map(move |whole| {
        let part = whole.start.max(rows.start)..whole.end.min(rows.end);
        (part.start < part.end).then_some((whole, part))
    })
}

/// A layer, of which each row can be done apart once all queries, keys and values are there.
#[derive(Clone, Copy)]
struct Step<'a> {
    encoder: &'a QuantisedEncoder,
    layer: &'a Layer,
    /// Gives the next layer's queries, keys and values.
    next: Option<&'a Layer>,
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
        self.attention(rows.clone(), buffers);
        let Buffers { context, sum, inner, narrow, wide, .. } = buffers;
        let kernels: Kernels = encoder.kernels;
        let width = encoder.width();
        let chunks = context.chunks(ROWS * context_width).zip(states.chunks_mut(ROWS * width));
        let nexts = next.chunks_mut(ROWS * layer.qkv.width());
        let mut start = rows.start;
        for ((context, states), next) in chunks.zip(nexts) {
            let rows = start..start + states.len() / width;
            start = rows.end;
            sum.resize(rows.len() * width);
            inner.resize(rows.len() * layer.up.width());
            quantise(kernels, context, context_width, narrow);
            linear(kernels, narrow, &layer.out, Then::Keep, sum);
            encoder.settle((states, sum), &layer.attention_norm, narrow);
            linear(kernels, narrow, &layer.up, Then::Gelu, inner);
            if let Some(gate) = &layer.gate {
                linear(kernels, narrow, gate, Then::Times, inner);
            }
            quantise(kernels, inner, layer.up.width(), wide);
            linear(kernels, wide, &layer.down, Then::Keep, sum);
            encoder.settle((states, sum), &layer.final_norm, narrow);
            match self.next {
                Some(layer) => {
                    linear(kernels, narrow, &layer.qkv, Then::Keep, next);
                    encoder.turn(layer, self.lengths, rows, next);
                }
                None if encoder.order == Order::PreNorm => states.copy_from_slice(sum),
                None => {}
            }
        }
    }

    /// What `rows` take from the tokens of their sequences.
    fn attention(self, rows: Range<usize>, buffers: &mut Buffers) {
        let (encoder, layer) = (self.encoder, self.layer);
        let (qkv_width, width) = (layer.qkv.width(), encoder.heads.width());
        let attention = Attention { heads: encoder.heads, window: layer.window };
        for (whole, part) in sequences(self.lengths, rows.clone()) {
            let qkv = self.qkv.get(whole.start * qkv_width..whole.end * qkv_width).unwrap_or_default();
            let out = (part.start - rows.start) * width..(part.end - rows.start) * width;
            let out = buffers.context.get_mut(out).unwrap_or_default();
            let part = part.start - whole.start..part.end - whole.start;
            attend(encoder.kernels, (qkv, attention), part, &mut buffers.attention, out);
        }
    }
}
