//! What is done to whole rows: quantisation, layer normalisation, means and scores.

use crate::aligned::Aligned;
use crate::linear::{Activations, LIMIT, Row};
use crate::simd::{Isa, LANES, dispatched, lanes};

/// Rows whose numbers lie closer together than this all become their middle.
const FLAT: f32 = 1e-30;

/// Scale, shift and ε of a layer normalisation, padded with zeros to whole vectors.
#[derive(Debug, Clone)]
pub struct Norm {
    scale: Aligned<f32>,
    shift: Aligned<f32>,
    eps: f32,
    hidden: usize,
}

impl Norm {
    /// # Shapes
    /// `scale`, `shift`: `(hidden,)`.
    /// # Panics
    /// If the lengths differ or there are no numbers.
    #[must_use]
    pub fn new(scale: &[f32], shift: &[f32], eps: f32) -> Self {
        assert!(!scale.is_empty() && scale.len() == shift.len(), "scale and shift do not fit each other");
        let width = scale.len().next_multiple_of(LANES);
        let pad = |v: &[f32]| {
            let mut padded = Aligned::zeros(width);
            padded[..v.len()].copy_from_slice(v);
            padded
        };
        Self { scale: pad(scale), shift: pad(shift), eps, hidden: scale.len() }
    }

    /// Numbers of a row, with its padding.
    #[must_use]
    pub fn width(&self) -> usize {
        self.scale.len()
    }
}

/// A row as bytes around its middle.
#[inline(always)]
fn quantise_row<S: Isa>(isa: S, x: &[f32], out: &mut [u8], low: S::F, high: S::F) -> Row {
    let (low, high) = (isa.smallest(low), isa.largest(high));
    // Halved first: the whole difference may be beyond the largest number.
    let reach = 0.5 * high - 0.5 * low;
    let middle = 0.5 * high + 0.5 * low;
    let (scale, inverse) = if reach > FLAT { (reach / LIMIT, LIMIT / reach) } else { (0.0, 0.0) };
    let (centre, factor) = (isa.splat(middle), isa.splat(inverse));
    let (most, least) = (isa.splat(LIMIT), isa.splat(-LIMIT));
    for (x, out) in x.as_chunks().0.iter().zip(out.as_chunks_mut().0) {
        let q = isa.mul(isa.sub(isa.load(x), centre), factor);
        isa.store_bytes(out, isa.round(isa.max(isa.min(q, most), least)));
    }
    Row { scale, middle }
}

dispatched! {
    /// Quantises each row.
    /// # Shapes
    /// `x`: `(rows, width)`, `width` a multiple of 16.
    pub fn quantise(x: &[f32], width: usize, out: &mut Activations) = quantise_rows
}

#[inline(always)]
fn quantise_rows<S: Isa>(isa: S, x: &[f32], width: usize, out: &mut Activations) {
    assert!(width > 0 && width.is_multiple_of(LANES), "rows that are not whole vectors");
    out.resize(x.len() / width, width);
    let stride = out.stride;
    for ((x, bytes), row) in x.chunks_exact(width).zip(out.bytes.chunks_exact_mut(stride)).zip(&mut out.rows)
    {
        let first = isa.load(lanes(x, 0));
        let (mut low, mut high) = (first, first);
        for x in x.as_chunks().0 {
            let v = isa.load(x);
            low = isa.min(low, v);
            high = isa.max(high, v);
        }
        *row = quantise_row(isa, x, bytes, low, high);
    }
}

dispatched! {
    /// `x = norm(x + y)`, quantised into `out` as well.
    /// # Shapes
    /// `x`, `y`: `(rows, width)`, [`Norm::width`].
    pub fn add_norm(x: &mut [f32], y: &[f32], norm: &Norm, out: &mut Activations) = add_norm_rows
}

#[inline(always)]
fn add_norm_rows<S: Isa>(isa: S, x: &mut [f32], y: &[f32], norm: &Norm, out: &mut Activations) {
    let width = norm.width();
    assert_eq!(x.len(), y.len(), "rows of different lengths");
    out.resize(x.len() / width, width);
    let stride = out.stride;
    let rows = x.chunks_exact_mut(width).zip(y.chunks_exact(width));
    for (((x, y), bytes), row) in rows.zip(out.bytes.chunks_exact_mut(stride)).zip(&mut out.rows) {
        let mut sum = isa.splat(0.0);
        for (x, y) in x.as_chunks_mut().0.iter_mut().zip(y.as_chunks().0) {
            let v = isa.add(isa.load(x), isa.load(y));
            sum = isa.add(sum, v);
            isa.store(x, v);
        }
        let (low, high) = normalise(isa, x, isa.sum(sum), norm);
        *row = quantise_row(isa, x, bytes, low, high);
    }
}

dispatched! {
    /// `x = x + y`, then `y = norm(x)`, quantised into `out` as well: for layers that normalise what they read.
    /// # Shapes
    /// `x`, `y`: `(rows, width)`, [`Norm::width`].
    pub fn add_norm_beside(x: &mut [f32], y: &mut [f32], norm: &Norm, out: &mut Activations) = add_norm_beside_rows
}

#[inline(always)]
fn add_norm_beside_rows<S: Isa>(isa: S, x: &mut [f32], y: &mut [f32], norm: &Norm, out: &mut Activations) {
    let width = norm.width();
    assert_eq!(x.len(), y.len(), "rows of different lengths");
    out.resize(x.len() / width, width);
    let stride = out.stride;
    let rows = x.chunks_exact_mut(width).zip(y.chunks_exact_mut(width));
    for (((x, y), bytes), row) in rows.zip(out.bytes.chunks_exact_mut(stride)).zip(&mut out.rows) {
        let mut sum = isa.splat(0.0);
        for (x, y) in x.as_chunks_mut().0.iter_mut().zip(y.as_chunks_mut().0) {
            let v = isa.add(isa.load(x), isa.load(y));
            sum = isa.add(sum, v);
            isa.store(x, v);
            isa.store(y, v);
        }
        let (low, high) = normalise(isa, y, isa.sum(sum), norm);
        *row = quantise_row(isa, y, bytes, low, high);
    }
}

/// Normalises a row whose sum is known; the smallest and largest of each lane.
#[inline(always)]
fn normalise<S: Isa>(isa: S, x: &mut [f32], sum: f32, norm: &Norm) -> (S::F, S::F) {
    #[expect(clippy::cast_precision_loss, reason = "a width")]
    let n = norm.hidden as f32;
    let mean = isa.splat(sum / n);
    for x in x.as_chunks_mut().0 {
        let v = isa.sub(isa.load(x), mean);
        isa.store(x, v);
    }
    // The padding stood for zeros, of which the mean was taken away.
    x[norm.hidden..].fill(0.0);
    let mut square = isa.splat(0.0);
    for x in x.as_chunks().0 {
        let v = isa.load(x);
        square = isa.mul_add(v, v, square);
    }
    let variance = isa.sum(square) / n;
    let factor = isa.splat(1.0 / (variance + norm.eps).sqrt());
    let scale = isa.load(lanes(&norm.scale, 0));
    let shift = isa.load(lanes(&norm.shift, 0));
    let first = isa.mul_add(isa.mul(isa.load(lanes(x, 0)), factor), scale, shift);
    let (mut low, mut high) = (first, first);
    let parameters = norm.scale.as_chunks().0.iter().zip(norm.shift.as_chunks().0);
    for (x, (scale, shift)) in x.as_chunks_mut().0.iter_mut().zip(parameters) {
        let v = isa.mul_add(isa.mul(isa.load(x), factor), isa.load(scale), isa.load(shift));
        low = isa.min(low, v);
        high = isa.max(high, v);
        isa.store(x, v);
    }
    (low, high)
}

dispatched! {
    /// The mean of some rows.
    /// # Shapes
    /// `x`: `(rows, width)`; `out`: `(width,)`, a multiple of 16.
    pub fn mean(x: &[f32], out: &mut [f32]) = mean_rows
}

#[inline(always)]
fn mean_rows<S: Isa>(isa: S, x: &[f32], out: &mut [f32]) {
    let width = out.len();
    assert!(width > 0 && width.is_multiple_of(LANES), "rows that are not whole vectors");
    #[expect(clippy::cast_precision_loss, reason = "a number of tokens")]
    let share = isa.splat(1.0 / (x.len() / width).max(1) as f32);
    for (at, out) in (0..width).step_by(LANES).zip(out.as_chunks_mut().0) {
        let mut sum = isa.splat(0.0);
        for x in x.chunks_exact(width) {
            sum = isa.add(sum, isa.load(lanes(x, at)));
        }
        isa.store(out, isa.mul(sum, share));
    }
}

dispatched! {
    /// `out = weight x + bias` in single precision.
    /// # Shapes
    /// `x`: `(width,)`, a multiple of 16; `weight`: `(outputs, width)`; `bias`, `out`: `(outputs,)`.
    pub fn scores(x: &[f32], weight: &[f32], bias: &[f32], out: &mut [f32]) = score_rows
}

#[inline(always)]
fn score_rows<S: Isa>(isa: S, x: &[f32], weight: &[f32], bias: &[f32], out: &mut [f32]) {
    for ((weight, bias), out) in weight.chunks_exact(x.len()).zip(bias).zip(out) {
        let mut sum = isa.splat(0.0);
        for (w, x) in weight.as_chunks().0.iter().zip(x.as_chunks().0) {
            sum = isa.mul_add(isa.load(w), isa.load(x), sum);
        }
        *out = isa.sum(sum) + bias;
    }
}

#[cfg(test)]
mod tests;
