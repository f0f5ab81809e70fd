//! Softmax attention over the rows of each sequence, forward and backward.
//!
//! Sequences stand one after another without padding, so there is nothing to mask but the other sequences and, for a
//! local layer, what is farther than its window.

use rayon::prelude::*;

use super::vector::{LANES, dispatch, exp, sum2};

/// What attention must know besides its numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape<'a> {
    /// Rows of each sequence; they sum to the number of rows.
    pub(crate) lengths: &'a [usize],
    /// Number of heads.
    pub(crate) heads: usize,
    /// Width of a head.
    pub(crate) head_size: usize,
    /// Rows at most this far on either side are seen; `None` for all.
    pub(crate) window: Option<usize>,
}

impl Shape<'_> {
    fn hidden(&self) -> usize {
        self.heads * self.head_size
    }

    /// The width of a head, rounded up to whole vectors.
    fn wide(&self) -> usize {
        self.head_size.next_multiple_of(LANES)
    }

    #[expect(clippy::cast_precision_loss, reason = "head widths are far below 2^24")]
    fn scale(&self) -> f32 {
        1.0 / (self.head_size as f32).sqrt()
    }
}

/// Cuts `x` into the rows of each sequence.
fn split<'a>(mut x: &'a mut [f32], lengths: &[usize], width: usize) -> Vec<&'a mut [f32]> {
    let mut parts = Vec::with_capacity(lengths.len());
    for &length in lengths {
        let end = (length * width).min(x.len());
        let (head, tail) = std::mem::take(&mut x).split_at_mut(end);
        parts.push(head);
        x = tail;
    }
    parts
}

fn starts(lengths: &[usize]) -> Vec<usize> {
    lengths
        .iter()
        .scan(0, |next, &length| {
            let start = *next;
            *next += length;
            Some(start)
        })
        .collect()
}

/// Copies a head's `d` columns out of rows of width `stride` into rows of width `wide`, the rest of which stays.
#[inline(always)]
fn gather(out: &mut [f32], rows: &[f32], stride: usize, from: usize, (d, wide): (usize, usize)) {
    for (out, row) in out.chunks_exact_mut(wide).zip(rows.chunks_exact(stride)) {
        if let (Some(out), Some(part)) = (out.get_mut(..d), row.get(from..from + d)) {
            out.copy_from_slice(part);
        }
    }
}

/// The same, transposed to `(head_size, padded)`, whose columns beyond the length stay zero.
#[inline(always)]
fn gather_transposed(out: &mut [f32], rows: &[f32], stride: usize, from: usize, padded: usize) {
    for (j, row) in rows.chunks_exact(stride).enumerate() {
        for (line, &x) in out.chunks_exact_mut(padded).zip(row.iter().skip(from)) {
            if let Some(y) = line.get_mut(j) {
                *y = x;
            }
        }
    }
}

/// `out = a b`, all row-major and small.
/// # Shapes
/// `a`: `(m, k)` with rows of width `a_stride`; `b`: `(k, n)`, `n` a multiple of [`LANES`]; `out`: `(m, n)`.
#[inline(always)]
fn small_matmul(out: &mut [f32], a: &[f32], a_stride: usize, b: &[f32], (k, n): (usize, usize)) {
    for (out, a) in out.chunks_exact_mut(n).zip(a.chunks_exact(a_stride)) {
        let (blocks, _) = out.as_chunks_mut::<LANES>();
        for (column, block) in blocks.iter_mut().enumerate() {
            let mut lanes = [0.0f32; LANES];
            for (&x, row) in a.iter().take(k).zip(b.chunks_exact(n)) {
                let (row, _) = row.as_chunks::<LANES>();
                if let Some(row) = row.get(column) {
                    for (lane, y) in lanes.iter_mut().zip(row) {
                        *lane = x.mul_add(*y, *lane);
                    }
                }
            }
            *block = lanes;
        }
    }
}

/// Softmax of the first `length` numbers of each row (within the window around the row's number), zero elsewhere.
#[inline(always)]
fn softmax_rows(scores: &mut [f32], padded: usize, length: usize, window: Option<usize>) {
    for (i, row) in scores.chunks_exact_mut(padded).enumerate() {
        let from = window.map_or(0, |w| i.saturating_sub(w));
        let to = window.map_or(length, |w| (i + w + 1).min(length));
        for (j, x) in row.iter_mut().enumerate() {
            if j < from || j >= to {
                *x = f32::NEG_INFINITY;
            }
        }
        let mut lanes = [f32::NEG_INFINITY; LANES];
        let (blocks, _) = row.as_chunks_mut::<LANES>();
        for block in &*blocks {
            for (lane, &x) in lanes.iter_mut().zip(block) {
                *lane = if x > *lane { x } else { *lane };
            }
        }
        let max = lanes.iter().fold(f32::NEG_INFINITY, |a, &b| a.max(b));
        let mut total = [0.0f32; LANES];
        for block in blocks {
            for (lane, x) in total.iter_mut().zip(block) {
                // exp(-87) is not 0, but masked places must be.
                *x = if *x == f32::NEG_INFINITY { 0.0 } else { exp(*x - max) };
                *lane += *x;
            }
        }
        let inverse = 1.0 / total.iter().sum::<f32>();
        for x in row {
            *x *= inverse;
        }
    }
}

struct Scratch {
    q: Vec<f32>,
    k: Vec<f32>,
    k_t: Vec<f32>,
    v: Vec<f32>,
    v_t: Vec<f32>,
    p: Vec<f32>,
    out: Vec<f32>,
}

impl Scratch {
    fn new(length: usize, padded: usize, shape: Shape<'_>) -> Self {
        let flat = || vec![0.0; length * shape.wide()];
        let transposed = || vec![0.0; padded * shape.head_size];
        Self {
            q: flat(),
            k: flat(),
            k_t: transposed(),
            v: flat(),
            v_t: transposed(),
            p: vec![0.0; length * padded],
            out: flat(),
        }
    }
}

/// Fills `s.q` (scaled), `s.k_t`, `s.v` and the probabilities `s.p` of one head.
#[inline(always)]
fn probabilities(s: &mut Scratch, qkv: &[f32], head: usize, shape: Shape<'_>) {
    let (h, d, wide) = (shape.hidden(), shape.head_size, shape.wide());
    let length = qkv.len() / (3 * h);
    let padded = length.next_multiple_of(LANES);
    gather(&mut s.q, qkv, 3 * h, head * d, (d, wide));
    let scale = shape.scale();
    for x in &mut s.q {
        *x *= scale;
    }
    gather_transposed(&mut s.k_t, qkv, 3 * h, h + head * d, padded);
    gather(&mut s.v, qkv, 3 * h, 2 * h + head * d, (d, wide));
    small_matmul(&mut s.p, &s.q, wide, &s.k_t, (d, padded));
    softmax_rows(&mut s.p, padded, length, shape.window);
}

/// Attention of each sequence to itself.
/// # Shapes
/// `qkv`: `(rows, 3 hidden)`, queries then keys then values; `out`: `(rows, hidden)`.
pub(crate) fn forward(qkv: &[f32], shape: Shape<'_>, out: &mut [f32]) {
    let (h, d, wide) = (shape.hidden(), shape.head_size, shape.wide());
    let parts = split(out, shape.lengths, h);
    parts.into_par_iter().zip(starts(shape.lengths)).for_each(|(out, start)| {
        let length = out.len() / h;
        let padded = length.next_multiple_of(LANES);
        let Some(qkv) = qkv.get(start * 3 * h..(start + length) * 3 * h) else { return };
        let mut s = Scratch::new(length, padded, shape);
        dispatch(
            #[inline(always)]
            || {
                for head in 0..shape.heads {
                    probabilities(&mut s, qkv, head, shape);
                    small_matmul(&mut s.out, &s.p, padded, &s.v, (length, wide));
                    scatter(out, &s.out, h, head * d, (d, 1.0));
                }
            },
        );
    });
}

/// Gradient of [`forward`]; the probabilities are computed again rather than kept.
/// # Shapes
/// `qkv`, `grad_qkv`: `(rows, 3 hidden)`; `grad`: `(rows, hidden)`.
pub(crate) fn backward(qkv: &[f32], shape: Shape<'_>, grad: &[f32], grad_qkv: &mut [f32]) {
    let (h, d, wide) = (shape.hidden(), shape.head_size, shape.wide());
    let parts = split(grad_qkv, shape.lengths, 3 * h);
    parts.into_par_iter().zip(starts(shape.lengths)).for_each(|(grad_qkv, start)| {
        let length = grad_qkv.len() / (3 * h);
        let padded = length.next_multiple_of(LANES);
        let Some(qkv) = qkv.get(start * 3 * h..(start + length) * 3 * h) else { return };
        let Some(grad) = grad.get(start * h..(start + length) * h) else { return };
        let mut s = Scratch::new(length, padded, shape);
        let mut g = vec![0.0; length * wide];
        let mut gp = vec![0.0; length * padded];
        let mut transposed = vec![0.0; padded * length];
        let scale = shape.scale();
        dispatch(
            #[inline(always)]
            || {
                for head in 0..shape.heads {
                    probabilities(&mut s, qkv, head, shape);
                    gather(&mut s.k, qkv, 3 * h, h + head * d, (d, wide));
                    gather_transposed(&mut s.v_t, qkv, 3 * h, 2 * h + head * d, padded);
                    gather(&mut g, grad, h, head * d, (d, wide));
                    // dV = Pᵀ dO
                    transpose(&mut transposed, &s.p, length, padded);
                    small_matmul(&mut s.out, &transposed, length, &g, (length, wide));
                    scatter(grad_qkv, &s.out, 3 * h, 2 * h + head * d, (d, 1.0));
                    // dP = dO Vᵀ, then dS = P (dP - Σ P dP)
                    small_matmul(&mut gp, &g, wide, &s.v_t, (d, padded));
                    for (gp, p) in gp.chunks_exact_mut(padded).zip(s.p.chunks_exact(padded)) {
                        let along = sum2(gp, p, |a, b| a * b);
                        for (g, p) in gp.iter_mut().zip(p) {
                            *g = p * (*g - along);
                        }
                    }
                    // dQ = scale dS K; dK = dSᵀ (scale Q)
                    small_matmul(&mut s.out, &gp, padded, &s.k, (length, wide));
                    scatter(grad_qkv, &s.out, 3 * h, head * d, (d, scale));
                    transpose(&mut transposed, &gp, length, padded);
                    small_matmul(&mut s.out, &transposed, length, &s.q, (length, wide));
                    scatter(grad_qkv, &s.out, 3 * h, h + head * d, (d, 1.0));
                }
            },
        );
    });
}

/// `(length, padded)` to `(length, length)`, transposed.
#[inline(always)]
fn transpose(out: &mut [f32], x: &[f32], length: usize, padded: usize) {
    for (i, row) in x.chunks_exact(padded).enumerate() {
        for (line, &x) in out.chunks_exact_mut(length).zip(row) {
            if let Some(y) = line.get_mut(i) {
                *y = x;
            }
        }
    }
}

/// Writes the first `d` columns of `x`, which has whole vectors, times `scale` into a head's columns.
#[inline(always)]
fn scatter(rows: &mut [f32], x: &[f32], stride: usize, from: usize, (d, scale): (usize, f32)) {
    for (row, x) in rows.chunks_exact_mut(stride).zip(x.chunks_exact(d.next_multiple_of(LANES))) {
        for (y, x) in row.iter_mut().skip(from).zip(x.iter().take(d)) {
            *y = scale * x;
        }
    }
}
