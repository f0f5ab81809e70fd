//! Linear layers with weights and activations of one byte.
//!
//! A weight is `q * scale` with a scale an output; an activation `q * scale + middle` with a scale and a middle a row,
//! found as the row is quantised. The products of the bytes are added up exactly, in 32 bits.

use crate::aligned::{Aligned, LINE};
use crate::functions::gelu;
use crate::simd::{Isa, LANES, dispatched, lanes, lanes_mut};

/// Largest size of a quantised number.
pub(crate) const LIMIT: f32 = 127.0;
/// Bytes that a lane takes at once.
const GROUP: usize = 4;
/// Inputs that fit: 2^31 / 255 / 127 products cannot overflow a sum.
pub const MAX_INPUTS: usize = 65_536;

/// Weights, packed for the kernels.
#[derive(Debug, Clone)]
pub struct Linear {
    /// Shape `(panels, groups, 16 outputs, 4 inputs)`.
    weights: Aligned<i8>,
    /// Of each output.
    scales: Aligned<f32>,
    /// Sum of each output's weights: what a row's middle is multiplied with.
    sums: Aligned<f32>,
    bias: Aligned<f32>,
    /// What activations that are stored with an offset of 128 add too much, negative.
    excess: Aligned<i32>,
    inputs: usize,
    outputs: usize,
}

impl Linear {
    /// Quantises weights, symmetrically: the largest of each output is 127.
    /// # Shapes
    /// `weight`: `(outputs, inputs)`; `bias`: `(outputs,)`.
    /// # Panics
    /// If the lengths do not fit each other, or there are more than [`MAX_INPUTS`] inputs.
    #[must_use]
    pub fn new(weight: &[f32], bias: &[f32], inputs: usize) -> Self {
        let outputs = bias.len();
        assert_eq!(weight.len(), outputs * inputs, "weights and bias do not fit each other");
        assert!(inputs <= MAX_INPUTS, "too many inputs");
        let width = outputs.next_multiple_of(LANES);
        let groups = inputs.next_multiple_of(LINE) / GROUP;
        let mut new = Self {
            weights: Aligned::zeros(width * groups * GROUP),
            scales: Aligned::zeros(width),
            sums: Aligned::zeros(width),
            bias: Aligned::zeros(width),
            excess: Aligned::zeros(width),
            inputs,
            outputs,
        };
        for (o, b) in bias.iter().enumerate() {
            let row = &weight[o * inputs..(o + 1) * inputs];
            let scale = row.iter().fold(0f32, |m, w| m.max(w.abs())) / LIMIT;
            let mut sum = 0;
            for (i, w) in row.iter().enumerate() {
                #[expect(clippy::cast_possible_truncation, reason = "the quotient is at most 127 in size")]
                let q = if scale > 0.0 { (w / scale).round() as i8 } else { 0 };
                sum += i32::from(q);
                let group = (o / LANES * groups + i / GROUP) * LANES + o % LANES;
                new.weights[group * GROUP + i % GROUP] = q;
            }
            new.scales[o] = scale;
            #[expect(clippy::cast_precision_loss, reason = "rounds once, on every path")]
            let total = sum as f32;
            new.sums[o] = total * scale;
            new.bias[o] = *b;
            new.excess[o] = -128 * sum;
        }
        new
    }

    /// Inputs.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Outputs.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Numbers of a row of the result: the outputs, and zeros up to a multiple of 16.
    #[must_use]
    pub fn width(&self) -> usize {
        self.bias.len()
    }

    fn groups(&self) -> usize {
        self.inputs.next_multiple_of(LINE) / GROUP
    }
}

/// Rows of activations as bytes.
#[derive(Debug, Clone, Default)]
pub struct Activations {
    /// Rows of a multiple of 64 bytes, each plus the path's offset.
    pub(crate) bytes: Aligned<u8>,
    pub(crate) rows: Vec<Row>,
    pub(crate) stride: usize,
}

/// How to read a row: `q * scale + middle`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Row {
    pub(crate) scale: f32,
    pub(crate) middle: f32,
}

impl Activations {
    /// Makes room for rows of `width` numbers; no memory is asked for if there was as much before.
    pub(crate) fn resize(&mut self, rows: usize, width: usize) {
        self.stride = width.next_multiple_of(LINE);
        self.bytes.resize(rows * self.stride);
        self.rows.resize(rows, Row::default());
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows.len()
    }
}

/// What follows a linear layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Nothing.
    Keep,
    /// GELU, with the error function.
    Gelu,
}

dispatched! {
    /// `out = x weight' + bias`, and what then follows.
    /// # Shapes
    /// `x`: `(rows, inputs)`; `out`: `(rows, width)`, [`Linear::width`].
    /// # Panics
    /// If the shapes do not fit each other.
    pub fn linear(x: &Activations, linear: &Linear, then: Then, out: &mut [f32]) = product
}

/// Walks over blocks: panels outside, so that a block of weights stays in the first cache for all rows.
#[inline(always)]
fn product<S: Isa>(isa: S, x: &Activations, linear: &Linear, then: Then, out: &mut [f32]) {
    let (rows, panels) = (x.rows.len(), linear.width() / LANES);
    assert_eq!(x.stride, linear.groups() * GROUP, "activations of another width");
    assert_eq!(x.bytes.len(), rows * x.stride, "rows without their bytes");
    assert_eq!(out.len(), rows * linear.width(), "output of another size");
    let mut panel = 0;
    while panel < panels {
        let wide = match panels - panel {
            4.. if S::PANELS >= 4 => 4,
            2.. if S::PANELS >= 2 => 2,
            _ => 1,
        };
        let mut row = 0;
        while row < rows {
            let tall = S::ROWS.min(rows - row);
            let job = Job { isa, x, linear, then, row, panel };
            // SAFETY: `row + tall <= rows`, `panel + wide <= panels`, and the lengths were checked above.
            unsafe {
                match (wide, tall) {
                    (4, 1) => job.block::<1, 4>(out),
                    (4, 2) => job.block::<2, 4>(out),
                    (4, 3) => job.block::<3, 4>(out),
                    (4, 4) => job.block::<4, 4>(out),
                    (4, 5) => job.block::<5, 4>(out),
                    (4, _) => job.block::<6, 4>(out),
                    (2, 1) => job.block::<1, 2>(out),
                    (2, 2) => job.block::<2, 2>(out),
                    (2, 3) => job.block::<3, 2>(out),
                    (2, 4) => job.block::<4, 2>(out),
                    (2, 5) => job.block::<5, 2>(out),
                    (2, _) => job.block::<6, 2>(out),
                    (_, 1) => job.block::<1, 1>(out),
                    (_, 2) => job.block::<2, 1>(out),
                    (_, 3) => job.block::<3, 1>(out),
                    (_, 4) => job.block::<4, 1>(out),
                    (_, 5) => job.block::<5, 1>(out),
                    (_, _) => job.block::<6, 1>(out),
                }
            }
            row += tall;
        }
        panel += wide;
    }
}

/// Where a block begins.
struct Job<'a, S> {
    isa: S,
    x: &'a Activations,
    linear: &'a Linear,
    then: Then,
    row: usize,
    panel: usize,
}

impl<S: Isa> Job<'_, S> {
    /// The product of some rows and some panels, held in registers until it is whole.
    /// # Safety
    /// `row + ROWS` rows and `panel + PANELS` panels must exist, `out` be of the right size, `x` as wide as the weights.
    #[inline(always)]
    unsafe fn block<const ROWS: usize, const PANELS: usize>(&self, out: &mut [f32]) {
        let Self { isa, x, linear, then, row, panel } = *self;
        let (groups, stride, width) = (linear.groups(), x.stride, linear.width());
        let mut acc = [[isa.splat_i(0); PANELS]; ROWS];
        // SAFETY: the first byte of row `row`, which exists.
        let a = unsafe { x.bytes.as_ptr().add(row * stride) };
        // SAFETY: the first weight of panel `panel`, which exists.
        let w = unsafe { linear.weights.as_ptr().add(panel * groups * GROUP * LANES) };
        for group in 0..groups {
            let mut ready = [isa.weights(&[0; GROUP * LANES]); PANELS];
            for (j, ready) in ready.iter_mut().enumerate() {
                // SAFETY: group `group` of panel `panel + j`, both of which exist; weights are bytes.
                *ready = isa.weights(unsafe { &*w.add((j * groups + group) * GROUP * LANES).cast() });
            }
            for (i, acc) in acc.iter_mut().enumerate() {
                // SAFETY: four bytes of row `row + i`, which exists and has `groups` times four of them.
                let four = unsafe { a.add(i * stride + group * GROUP).cast::<i32>().read_unaligned() };
                let four = isa.splat_i(four);
                for (acc, ready) in acc.iter_mut().zip(ready) {
                    *acc = isa.dot8(*acc, four, ready);
                }
            }
        }
        for (j, i) in (0..PANELS).flat_map(|j| (0..ROWS).map(move |i| (j, i))) {
            let at = (panel + j) * LANES;
            let column = |v: &[f32]| isa.load(lanes(v, at));
            let sum = if S::OFFSET == 0 {
                acc[i][j]
            } else {
                isa.add_i(acc[i][j], isa.load_i(lanes(&linear.excess, at)))
            };
            let Row { scale, middle } = x.rows[row + i];
            let scale = isa.mul(isa.splat(scale), column(&linear.scales));
            let base = isa.mul_add(isa.splat(middle), column(&linear.sums), column(&linear.bias));
            let y = isa.mul_add(isa.float(sum), scale, base);
            let y = if then == Then::Gelu { gelu(isa, y) } else { y };
            isa.store(lanes_mut(out, (row + i) * width + at), y);
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
