//! Softmax attention in whole numbers of 16 bits.
//!
//! Queries, keys and values of a sequence are rounded to 12, 12 and 16 bits, one scale a head; their products are added up
//! exactly; a row's probabilities are rounded to 16 bits. So the order of the sums changes no bit, and twice as many
//! products are made at once as in single precision.
//!
//! A layer may see a window around each token only: then a block of rows meets no more keys than its rows see.

use std::ops::Range;

use crate::aligned::Aligned;
use crate::simd::{Isa, LANES, dispatched, lanes, lanes_mut};

mod blocks;

use self::blocks::{Panels, product, softmax};

/// Tokens of which two 16-bit numbers stand in the 32 bits of sixteen lanes.
const PAIRS: usize = 2 * LANES;
/// The largest probability and the largest value, as whole numbers.
const LARGEST: f32 = 32_767.0;
/// Sizes below are 0.
const TINY: f32 = 1e-30;

/// Heads of an attention layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heads {
    /// Number of heads.
    pub count: usize,
    /// Numbers of a head: its dimension.
    pub size: usize,
}

impl Heads {
    /// Numbers between the begins of two heads: the size rounded up to 32, the rest zeros.
    #[must_use]
    pub fn stride(self) -> usize {
        self.size.next_multiple_of(PAIRS)
    }

    /// Numbers of the queries of a token, with their padding.
    #[must_use]
    pub fn width(self) -> usize {
        self.count * self.stride()
    }

    /// Largest size of queries and keys as whole numbers: products of a head stay below 2^29.
    fn limit(self) -> f32 {
        let mut limit = 4096;
        while limit * limit * self.stride() > 1 << 29 {
            limit /= 2;
        }
        #[expect(clippy::cast_precision_loss, reason = "at most 4096")]
        let limit = (limit - 1) as f32;
        limit
    }
}

/// What an attention layer must know besides its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attention {
    /// Its heads.
    pub heads: Heads,
    /// Tokens at most this far on either side are seen; all without it.
    pub window: Option<usize>,
}

impl Attention {
    /// Which of a sequence's tokens some neighbouring rows see.
    fn seen(self, rows: Range<usize>, tokens: usize) -> Range<usize> {
        match self.window {
            None => 0..tokens,
            Some(w) => rows.start.saturating_sub(w)..rows.end.saturating_add(w).min(tokens),
        }
    }
}

/// Numbers between steps of [`attend`], kept from call to call.
#[derive(Debug, Clone, Default)]
pub struct AttentionBuffers {
    /// Shape `(rows, stride / 2)`, two numbers in each.
    queries: Aligned<i32>,
    /// Shape `(tokens / 16, stride / 2, 16)`.
    keys: Aligned<i32>,
    /// Shape `(stride / 16, tokens / 2, 16)`.
    values: Aligned<i32>,
    /// Shape `(6, tokens)`, then `(6, stride)`.
    scores: Aligned<i32>,
    exponentials: Aligned<f32>,
    /// Shape `(6, tokens / 2)`.
    probabilities: Aligned<i32>,
}

dispatched! {
    /// What the tokens `rows` of a sequence take from the tokens that they see.
    /// # Shapes
    /// `sequence`: `(tokens, 3 * width)`, queries, keys and values, [`Heads::width`] each; `out`: `(rows, width)`.
    /// # Panics
    /// If the shapes do not fit each other.
    pub fn attend(
        sequence: (&[f32], Attention), rows: Range<usize>, buffers: &mut AttentionBuffers, out: &mut [f32],
    ) = attend_rows
}

#[inline(always)]
fn attend_rows<S: Isa>(
    isa: S,
    (qkv, attention): (&[f32], Attention),
    rows: Range<usize>,
    buffers: &mut AttentionBuffers,
    out: &mut [f32],
) {
    let heads = attention.heads;
    let (width, stride) = (heads.width(), heads.stride());
    let tokens = qkv.len() / (3 * width);
    assert!(rows.start <= rows.end && rows.end <= tokens, "rows that the sequence has not");
    assert_eq!(qkv.len(), tokens * 3 * width, "tokens cut short");
    assert_eq!(out.len(), rows.len() * width, "output of another size");
    if rows.is_empty() {
        return;
    }
    let padded = tokens.next_multiple_of(PAIRS);
    buffers.queries.resize(rows.len() * stride / 2);
    buffers.keys.resize(padded * stride / 2);
    buffers.values.resize(padded * stride / 2);
    buffers.scores.resize(S::ROWS * padded.max(stride));
    buffers.exponentials.resize(padded);
    buffers.probabilities.resize(S::ROWS * padded / 2);
    let sequence = Sequence { isa, qkv, width, stride, tokens, padded };
    for head in 0..heads.count {
        let (at, limit) = (head * stride, heads.limit());
        let q = sequence.step(at, limit);
        let k = sequence.step(width + at, limit);
        let v = sequence.step(2 * width + at, LARGEST);
        sequence.queries(at, q, rows.clone(), &mut buffers.queries);
        sequence.keys(width + at, k, &mut buffers.keys);
        sequence.values(2 * width + at, v, &mut buffers.values);
        #[expect(clippy::cast_precision_loss, reason = "the size of a head")]
        let factor = q * k * std::f32::consts::LOG2_E / (heads.size as f32).sqrt();
        let mut row = 0;
        while row < rows.len() {
            let tall = S::ROWS.min(rows.len() - row);
            let queries = &buffers.queries[row * stride / 2..(row + tall) * stride / 2];
            let at_row = rows.start + row;
            // Whole pairs of vectors of tokens: a token stands in the same lane for every row, however rows are cut.
            let seen = attention.seen(at_row..at_row + tall, tokens);
            let met = seen.start / PAIRS * PAIRS..seen.end.next_multiple_of(PAIRS);
            let keys = Panels {
                pairs: &buffers.keys[met.start * stride / 2..met.end * stride / 2],
                count: met.len() / LANES,
                pitch: stride / 2 * LANES,
            };
            product(isa, (queries, stride / 2), keys, &mut buffers.scores);
            let exponentials = &mut buffers.exponentials[..met.len()];
            for i in 0..tall {
                let seen = attention.seen(at_row + i..at_row + i + 1, tokens);
                softmax(
                    isa,
                    (
                        &buffers.scores[i * met.len()..(i + 1) * met.len()],
                        seen.start - met.start..seen.end - met.start,
                        factor,
                    ),
                    exponentials,
                    &mut buffers.probabilities[i * met.len() / 2..(i + 1) * met.len() / 2],
                );
            }
            let probabilities = &buffers.probabilities[..tall * met.len() / 2];
            let values = Panels {
                pairs: &buffers.values[met.start / 2 * LANES..],
                count: stride / LANES,
                pitch: padded / 2 * LANES,
            };
            product(isa, (probabilities, met.len() / 2), values, &mut buffers.scores);
            let share = isa.splat(v / LARGEST);
            for i in 0..tall {
                for j in (0..stride).step_by(LANES) {
                    let y = isa.mul(isa.float(isa.load_i(lanes(&buffers.scores, i * stride + j))), share);
                    isa.store(lanes_mut(out, (row + i) * width + at + j), y);
                }
            }
            row += tall;
        }
    }
}

/// The numbers of a sequence, and how they are laid out.
struct Sequence<'a, S> {
    isa: S,
    qkv: &'a [f32],
    width: usize,
    stride: usize,
    tokens: usize,
    padded: usize,
}

impl<S: Isa> Sequence<'_, S> {
    #[inline(always)]
    fn vector(&self, token: usize, at: usize) -> S::F {
        self.isa.load(lanes(self.qkv, token * 3 * self.width + at))
    }

    /// What 1 stands for when the largest number of a head, of all tokens, is `limit`.
    #[inline(always)]
    fn step(&self, at: usize, limit: f32) -> f32 {
        let isa = self.isa;
        let (mut low, mut high) = (isa.splat(0.0), isa.splat(0.0));
        for token in 0..self.tokens {
            for j in (0..self.stride).step_by(LANES) {
                let v = self.vector(token, at + j);
                low = isa.min(low, v);
                high = isa.max(high, v);
            }
        }
        let largest = isa.largest(high).max(-isa.smallest(low));
        if largest > TINY { largest / limit } else { 0.0 }
    }

    /// Numbers j and j + stride / 2 of a token as whole numbers, for j in sixteen lanes.
    #[inline(always)]
    fn pair(&self, token: usize, at: usize, inverse: S::F) -> S::I {
        let whole = |at| self.isa.round(self.isa.mul(self.vector(token, at), inverse));
        self.isa.interleave(whole(at), whole(at + self.stride / 2))
    }

    #[inline(always)]
    fn queries(&self, at: usize, step: f32, rows: Range<usize>, out: &mut [i32]) {
        let inverse = self.isa.splat(inverse(step));
        for (token, out) in rows.zip(out.chunks_exact_mut(self.stride / 2)) {
            for (j, out) in (0..).step_by(LANES).zip(out.as_chunks_mut().0) {
                self.isa.store_i(out, self.pair(token, at + j, inverse));
            }
        }
    }

    #[inline(always)]
    fn keys(&self, at: usize, step: f32, out: &mut [i32]) {
        let half = self.stride / 2;
        let inverse = self.isa.splat(inverse(step));
        let mut pairs = [0; LANES];
        for token in 0..self.tokens {
            let block = (token / LANES) * half * LANES + token % LANES;
            for j in (0..half).step_by(LANES) {
                self.isa.store_i(&mut pairs, self.pair(token, at + j, inverse));
                for (i, pair) in pairs.iter().enumerate() {
                    out[block + (j + i) * LANES] = *pair;
                }
            }
        }
    }

    /// Tokens t and t + 16 of each 32 stand together.
    #[inline(always)]
    fn values(&self, at: usize, step: f32, out: &mut [i32]) {
        let isa = self.isa;
        let inverse = isa.splat(inverse(step));
        for panel in 0..self.stride / LANES {
            let whole = |token: usize| {
                if token < self.tokens {
                    isa.round(isa.mul(self.vector(token, at + panel * LANES), inverse))
                } else {
                    isa.splat_i(0)
                }
            };
            for block in (0..self.padded).step_by(PAIRS) {
                for t in block..block + LANES {
                    let to = panel * self.padded / 2 + block / 2 + t - block;
                    isa.store_i(lanes_mut(out, to * LANES), isa.interleave(whole(t), whole(t + LANES)));
                }
            }
        }
    }
}

#[inline(always)]
fn inverse(step: f32) -> f32 {
    if step > 0.0 { 1.0 / step } else { 0.0 }
}

#[cfg(test)]
mod tests;
