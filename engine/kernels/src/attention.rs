//! Softmax attention in whole numbers of 16 bits.
//!
//! Queries, keys and values of a sequence are rounded to 12, 12 and 16 bits, one scale a head; their products are added up
//! exactly; a row's probabilities are rounded to 16 bits. So the order of the sums changes no bit, and twice as many
//! products are made at once as in single precision.

use std::ops::Range;

use crate::aligned::Aligned;
use crate::functions::exp2;
use crate::simd::{Isa, LANES, dispatched, lanes, lanes_mut};

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
    /// What the tokens `rows` of a sequence take from all its tokens.
    /// # Shapes
    /// `qkv`: `(tokens, 3 * width)`, queries, keys and values, [`Heads::width`] each; `out`: `(rows, width)`.
    /// # Panics
    /// If the shapes do not fit each other.
    pub fn attend(
        qkv: &[f32], heads: Heads, rows: Range<usize>, buffers: &mut AttentionBuffers, out: &mut [f32],
    ) = attend_rows
}

#[inline(always)]
fn attend_rows<S: Isa>(
    isa: S,
    qkv: &[f32],
    heads: Heads,
    rows: Range<usize>,
    buffers: &mut AttentionBuffers,
    out: &mut [f32],
) {
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
            product(isa, (queries, stride / 2), &buffers.keys, &mut buffers.scores);
            for i in 0..tall {
                softmax(
                    isa,
                    (&buffers.scores[i * padded..(i + 1) * padded], tokens, factor),
                    &mut buffers.exponentials,
                    &mut buffers.probabilities[i * padded / 2..(i + 1) * padded / 2],
                );
            }
            let probabilities = &buffers.probabilities[..tall * padded / 2];
            product(isa, (probabilities, padded / 2), &buffers.values, &mut buffers.scores);
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

/// Probabilities of a row of scores, as whole numbers, those of tokens t and t + 16 of each 32 together.
#[inline(always)]
fn softmax<S: Isa>(
    isa: S,
    (scores, tokens, factor): (&[i32], usize, f32),
    exponentials: &mut [f32],
    out: &mut [i32],
) {
    let whole = tokens / LANES * LANES;
    let mut most = isa.splat_i(i32::MIN);
    for s in scores[..whole].as_chunks().0 {
        most = isa.max_i(most, isa.load_i(s));
    }
    let mut most = isa.largest_i(most);
    for s in &scores[whole..tokens] {
        most = most.max(*s);
    }
    let (top, scale) = (isa.splat_i(most), isa.splat(factor));
    let mut sum = isa.splat(0.0);
    for (s, e) in scores[..whole].as_chunks().0.iter().zip(exponentials.as_chunks_mut().0) {
        let power = exp2(isa, isa.mul(isa.float(isa.sub_i(isa.load_i(s), top)), scale));
        sum = isa.add(sum, power);
        isa.store(e, power);
    }
    if whole < tokens {
        // The last vector: what is beyond the sequence has no weight.
        let mut last = [0f32; LANES];
        let power = exp2(isa, isa.mul(isa.float(isa.sub_i(isa.load_i(lanes(scores, whole)), top)), scale));
        isa.store(&mut last, power);
        last[tokens - whole..].fill(0.0);
        *lanes_mut(exponentials, whole) = last;
        sum = isa.add(sum, isa.load(&last));
    }
    exponentials[tokens.next_multiple_of(LANES)..].fill(0.0);
    let share = isa.splat(LARGEST / isa.sum(sum));
    for (e, out) in exponentials.as_chunks::<PAIRS>().0.iter().zip(out.as_chunks_mut().0) {
        let probability = |at| isa.round(isa.mul(isa.load(lanes(e, at)), share));
        isa.store_i(out, isa.interleave(probability(0), probability(LANES)));
    }
}

/// Rows of pairs of 16-bit numbers times packed ones.
/// # Shapes
/// `a`: `(rows, pairs)`; `b`: `(panels, pairs, 16)`; `out`: `(rows, 16 * panels)`.
#[inline(always)]
fn product<S: Isa>(isa: S, (a, pairs): (&[i32], usize), b: &[i32], out: &mut [i32]) {
    let (rows, panels) = (a.len() / pairs, b.len() / (pairs * LANES));
    assert!(rows <= 6 && b.len() == panels * pairs * LANES, "panels cut short");
    let mut panel = 0;
    while panel < panels {
        let wide = match panels - panel {
            4.. if S::PANELS >= 4 => 4,
            2.. if S::PANELS >= 2 => 2,
            _ => 1,
        };
        let (b, at) = (&b[panel * pairs * LANES..(panel + wide) * pairs * LANES], panel * LANES);
        let to = (&mut *out, at, panels * LANES);
        match (wide, rows) {
            (4, 1) => block::<S, 1, 4>(isa, a, b, to),
            (4, 2) => block::<S, 2, 4>(isa, a, b, to),
            (4, 3) => block::<S, 3, 4>(isa, a, b, to),
            (4, 4) => block::<S, 4, 4>(isa, a, b, to),
            (4, 5) => block::<S, 5, 4>(isa, a, b, to),
            (4, _) => block::<S, 6, 4>(isa, a, b, to),
            (2, 1) => block::<S, 1, 2>(isa, a, b, to),
            (2, 2) => block::<S, 2, 2>(isa, a, b, to),
            (2, 3) => block::<S, 3, 2>(isa, a, b, to),
            (2, 4) => block::<S, 4, 2>(isa, a, b, to),
            (2, 5) => block::<S, 5, 2>(isa, a, b, to),
            (2, _) => block::<S, 6, 2>(isa, a, b, to),
            (_, 1) => block::<S, 1, 1>(isa, a, b, to),
            (_, 2) => block::<S, 2, 1>(isa, a, b, to),
            (_, 3) => block::<S, 3, 1>(isa, a, b, to),
            (_, 4) => block::<S, 4, 1>(isa, a, b, to),
            (_, 5) => block::<S, 5, 1>(isa, a, b, to),
            (_, _) => block::<S, 6, 1>(isa, a, b, to),
        }
        panel += wide;
    }
}

/// One block of [`product`], held in registers until it is whole.
/// # Shapes
/// `a`: `(ROWS, pairs)`; `b`: `(PANELS, pairs, 16)`; `out` is written from `at` on, rows `stride` apart.
#[inline(always)]
fn block<S: Isa, const ROWS: usize, const PANELS: usize>(
    isa: S,
    a: &[i32],
    b: &[i32],
    (out, at, stride): (&mut [i32], usize, usize),
) {
    let pairs = a.len() / ROWS;
    assert!(a.len() == ROWS * pairs && b.len() == PANELS * pairs * LANES, "a block cut short");
    let mut acc = [[isa.splat_i(0); PANELS]; ROWS];
    for pair in 0..pairs {
        let mut ready = [isa.splat_i(0); PANELS];
        for (j, ready) in ready.iter_mut().enumerate() {
            // SAFETY: vector `pair` of panel j: both are within `b`, whose length was checked.
            *ready = isa.load_i(unsafe { &*b.as_ptr().add((j * pairs + pair) * LANES).cast() });
        }
        for (i, acc) in acc.iter_mut().enumerate() {
            // SAFETY: number `pair` of row i: both are within `a`, whose length was checked.
            let two = isa.splat_i(unsafe { *a.as_ptr().add(i * pairs + pair) });
            for (acc, ready) in acc.iter_mut().zip(ready) {
                *acc = isa.dot16(*acc, two, ready);
            }
        }
    }
    for (i, acc) in acc.iter().enumerate() {
        for (j, acc) in acc.iter().enumerate() {
            isa.store_i(lanes_mut(out, i * stride + at + j * LANES), *acc);
        }
    }
}

#[cfg(test)]
mod tests;
