//! Linear layers with weights and activations of one byte.
//!
//! A weight is `q * scale` with a scale an output; an activation `q * scale + middle` with a scale and a middle a row,
//! found as the row is quantised. The products of the bytes are added up exactly, in 32 bits.

#[cfg(target_arch = "x86_64")]
pub(crate) mod amx;

use crate::aligned::{Aligned, LINE};
use crate::functions::gelu;
use crate::path::Kernels;
#[cfg(target_arch = "x86_64")]
use crate::path::Path;
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
        // Whole tiles, of which AMX reads the last in full.
        self.bytes.resize(rows.next_multiple_of(32) * self.stride);
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
    /// The product with what the output holds: a gate.
    Times,
}

/// `out = x weight' + bias`, and what then follows.
/// # Shapes
/// `x`: `(rows, inputs)`; `out`: `(rows, width)`, [`Linear::width`].
/// # Panics
/// If the shapes do not fit each other.
pub fn linear(kernels: Kernels, x: &Activations, linear: &Linear, then: Then, out: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if kernels.path() == Path::Amx {
        // SAFETY: `Kernels` of this path exist only where the tiles were granted and AVX-512 with VNNI was detected.
        return unsafe { amx::product(crate::simd::avx512::Avx512::detected(), x, linear, then, out) };
    }
    vectors(kernels, x, linear, then, out);
}

dispatched! { fn vectors(x: &Activations, linear: &Linear, then: Then, out: &mut [f32]) = product }

/// Rows and panels, after a check that all lengths fit.
#[inline(always)]
fn check(x: &Activations, linear: &Linear, out: &[f32]) -> (usize, usize) {
    let (rows, panels) = (x.rows.len(), linear.width() / LANES);
    assert_eq!(x.stride, linear.groups() * GROUP, "activations of another width");
    assert!(x.bytes.len() >= rows * x.stride, "rows without their bytes");
    assert_eq!(out.len(), rows * linear.width(), "output of another size");
    (rows, panels)
}

/// Walks over blocks: panels outside, so that a block of weights stays in the first cache for all rows.
#[inline(always)]
fn product<S: Isa>(isa: S, x: &Activations, linear: &Linear, then: Then, out: &mut [f32]) {
    let (rows, panels) = check(x, linear, out);
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
        let Self { isa, x, linear, row, panel, .. } = *self;
        let (groups, stride) = (linear.groups(), x.stride);
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
            self.finish(i, j, acc[i][j], out);
        }
    }

    /// Sums of row `row + i` and panel `panel + j` as numbers.
    #[inline(always)]
    fn finish(&self, i: usize, j: usize, sums: S::I, out: &mut [f32]) {
        let Self { isa, x, linear, then, row, panel } = *self;
        let at = (panel + j) * LANES;
        let column = |v: &[f32]| isa.load(lanes(v, at));
        let sums = if S::OFFSET == 0 { sums } else { isa.add_i(sums, isa.load_i(lanes(&linear.excess, at))) };
        let Row { scale, middle } = x.rows[row + i];
        let scale = isa.mul(isa.splat(scale), column(&linear.scales));
        let base = isa.mul_add(isa.splat(middle), column(&linear.sums), column(&linear.bias));
        let y = isa.mul_add(isa.float(sums), scale, base);
        let out = lanes_mut(out, (row + i) * linear.width() + at);
        let y = match then {
            Then::Keep => y,
            Then::Gelu => gelu(isa, y),
            Then::Times => isa.mul(isa.load(out), y),
        };
        isa.store(out, y);
    }
}

/// Whether kernels give the portable path's bits on a fixed layer: what is asked of instructions that no test has run.
#[cfg(target_arch = "x86_64")]
pub(crate) fn agree(kernels: Kernels, reference: Kernels) -> bool {
    const INPUTS: usize = 192;
    const OUTPUTS: usize = 80;
    const ROWS: usize = 37;
    let numbers = |n: usize, step: usize| -> Vec<f32> {
        #[expect(clippy::cast_precision_loss, reason = "below 256")]
        (0..n).map(|i| (i * step % 251) as f32 - 125.0).collect()
    };
    let layer = Linear::new(&numbers(OUTPUTS * INPUTS, 17), &numbers(OUTPUTS, 5), INPUTS);
    let x = numbers(ROWS * INPUTS, 31);
    let run = |kernels| {
        let (mut bytes, mut out) = (Activations::default(), vec![0.0; ROWS * layer.width()]);
        crate::rows::quantise(kernels, &x, INPUTS, &mut bytes);
        linear(kernels, &bytes, &layer, Then::Gelu, &mut out);
        out.into_iter().map(f32::to_bits).collect::<Vec<_>>()
    };
    run(kernels) == run(reference)
}

#[cfg(test)]
pub(crate) mod tests;
