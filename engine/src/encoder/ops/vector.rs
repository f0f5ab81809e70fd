//! Row-wise arithmetic on slices, compiled for the widest registers of the processor at hand.
//!
//! Rows are cut into blocks of a fixed number, shared between the threads of the current rayon pool; sums over rows add
//! the blocks' sums in order, so that no result depends on the number of threads.

use rayon::prelude::*;

/// Rows of a block.
const BLOCK: usize = 128;
/// Numbers of a register: sums run in this many lanes.
pub(super) const LANES: usize = 16;

/// Runs `f` compiled for the processor at hand.
#[inline(always)]
pub(super) fn dispatch<R>(f: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(f)
}

/// `e^x`, relative error below 2e-7 for x in [-87, 88]; values outside count as the nearest bound.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    // Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits.
    const ROUND: f32 = 12_582_912.0;
    let x = x.clamp(-87.0, 88.0);
    let shifted = x.mul_add(std::f32::consts::LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = n.mul_add(-0.693_359_4, x);
    let r = n.mul_add(2.121_944_4e-4, r);
    let p = 1.987_569_2e-4f32;
    let p = p.mul_add(r, 1.398_2e-3);
    let p = p.mul_add(r, 8.333_452e-3);
    let p = p.mul_add(r, 4.166_579_6e-2);
    let p = p.mul_add(r, 1.666_666_6e-1);
    let p = p.mul_add(r, 0.5);
    let p = p.mul_add(r * r, r) + 1.0;
    p * f32::from_bits((shifted.to_bits() << 23).wrapping_add(0x3f80_0000))
}

/// The standard normal distribution at `x`: cumulative probability and density.
///
/// Abramowitz and Stegun 7.1.26, absolute error of the probability below 1e-7.
#[inline(always)]
pub(super) fn normal(x: f32) -> (f32, f32) {
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / z.mul_add(0.327_591_1, 1.0);
    let e = exp(-z * z);
    let p = 1.061_405_4f32;
    let p = p.mul_add(t, -1.453_152);
    let p = p.mul_add(t, 1.421_413_8);
    let p = p.mul_add(t, -0.284_496_72);
    let p = p.mul_add(t, 0.254_829_6);
    let tail = 0.5 * p * t * e;
    (if x < 0.0 { tail } else { 1.0 - tail }, e * 0.398_942_3)
}

/// Sum of a row, in lanes.
#[inline(always)]
pub(super) fn sum(row: &[f32], f: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0; LANES];
    let (blocks, rest) = row.as_chunks::<LANES>();
    for block in blocks {
        for (lane, &x) in lanes.iter_mut().zip(block) {
            *lane += f(x);
        }
    }
    lanes.iter().sum::<f32>() + rest.iter().map(|&x| f(x)).sum::<f32>()
}

/// Sum of a function of two rows, in lanes.
#[inline(always)]
pub(super) fn sum2(a: &[f32], b: &[f32], f: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [0.0; LANES];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a, b) in a.iter().zip(b) {
        for ((lane, &x), &y) in lanes.iter_mut().zip(a).zip(b) {
            *lane += f(x, y);
        }
    }
    lanes.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(&x, &y)| f(x, y)).sum::<f32>()
}

/// `y += x`.
#[inline(always)]
pub(super) fn add_assign(y: &mut [f32], x: &[f32]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += x;
    }
}

/// Adds the vectors of `parts` in order.
pub(super) fn reduce(parts: Vec<Vec<f32>>, width: usize) -> Vec<f32> {
    let mut total = vec![0.0; width];
    for part in parts {
        add_assign(&mut total, &part);
    }
    total
}

/// Adds `bias` to each row.
/// # Shapes
/// `x`: `(rows, n)`; `bias`: `(n,)`.
pub(crate) fn add_bias(x: &mut [f32], bias: &[f32]) {
    let n = bias.len();
    x.par_chunks_mut(BLOCK * n).for_each(|block| {
        dispatch(
            #[inline(always)]
            || {
                for row in block.chunks_exact_mut(n) {
                    add_assign(row, bias);
                }
            },
        );
    });
}

/// Sum over the rows: the gradient of a bias.
/// # Shapes
/// `x`: `(rows, n)` to `(n,)`.
pub(crate) fn column_sum(x: &[f32], n: usize) -> Vec<f32> {
    let parts = x
        .par_chunks(BLOCK * n)
        .map(|block| {
            let mut part = vec![0.0; n];
            dispatch(
                #[inline(always)]
                || {
                    for row in block.chunks_exact(n) {
                        add_assign(&mut part, row);
                    }
                },
            );
            part
        })
        .collect();
    reduce(parts, n)
}

/// GELU with the error function: `out = x Φ(x)` where `x` becomes `x + bias`.
/// # Shapes
/// `x`, `out`: `(rows, n)`; `bias`: `(n,)`.
pub(crate) fn bias_gelu(x: &mut [f32], bias: &[f32], out: &mut [f32]) {
    let n = bias.len();
    x.par_chunks_mut(BLOCK * n).zip(out.par_chunks_mut(BLOCK * n)).for_each(|(x, out)| {
        dispatch(
            #[inline(always)]
            || {
                for (x, out) in x.chunks_exact_mut(n).zip(out.chunks_exact_mut(n)) {
                    for ((x, out), b) in x.iter_mut().zip(out).zip(bias) {
                        *x += b;
                        *out = *x * normal(*x).0;
                    }
                }
            },
        );
    });
}

/// GELU without a bias.
/// # Shapes
/// `x`, `out`: `(n,)`.
pub(crate) fn gelu(x: &[f32], out: &mut [f32]) {
    x.par_chunks(1 << 14).zip(out.par_chunks_mut(1 << 14)).for_each(|(x, out)| {
        dispatch(
            #[inline(always)]
            || {
                for (&x, out) in x.iter().zip(out) {
                    *out = x * normal(x).0;
                }
            },
        );
    });
}

/// Gradient of GELU: `grad *= Φ(x) + x φ(x)`.
/// # Shapes
/// `x`, `grad`: `(n,)`.
pub(crate) fn gelu_backward(x: &[f32], grad: &mut [f32]) {
    x.par_chunks(1 << 14).zip(grad.par_chunks_mut(1 << 14)).for_each(|(x, grad)| {
        dispatch(
            #[inline(always)]
            || {
                for (&x, grad) in x.iter().zip(grad) {
                    let (cdf, density) = normal(x);
                    *grad *= x.mul_add(density, cdf);
                }
            },
        );
    });
}

/// Scale, shift and ε of a layer normalisation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Norm<'a> {
    pub(crate) weight: &'a [f32],
    pub(crate) bias: &'a [f32],
    pub(crate) eps: f32,
}

#[inline(always)]
fn moments(row: &[f32], n: f32, eps: f32) -> (f32, f32) {
    let mean = sum(row, |x| x) / n;
    let variance = sum(row, |x| (x - mean) * (x - mean)) / n;
    (mean, 1.0 / (variance + eps).sqrt())
}

#[expect(clippy::cast_precision_loss, reason = "row widths are far below 2^24")]
fn width(n: usize) -> f32 {
    n as f32
}

/// Layer normalisation of `x + residual + bias`; `x` is left holding that sum, which the gradient needs.
/// # Shapes
/// `x`, `residual`, `out`: `(rows, n)`; `bias`: `(n,)`.
pub(crate) fn add_norm(x: &mut [f32], residual: &[f32], bias: &[f32], norm: Norm<'_>, out: &mut [f32]) {
    let n = bias.len();
    x.par_chunks_mut(BLOCK * n)
        .zip(residual.par_chunks(BLOCK * n))
        .zip(out.par_chunks_mut(BLOCK * n))
        .for_each(|((x, residual), out)| {
            dispatch(
                #[inline(always)]
                || {
                    for ((x, r), out) in
                        x.chunks_exact_mut(n).zip(residual.chunks_exact(n)).zip(out.chunks_exact_mut(n))
                    {
                        for ((x, r), b) in x.iter_mut().zip(r).zip(bias) {
                            *x += r + b;
                        }
                        norm_row(x, norm, out);
                    }
                },
            );
        });
}

#[inline(always)]
fn norm_row(x: &[f32], norm: Norm<'_>, out: &mut [f32]) {
    let (mean, scale) = moments(x, width(x.len()), norm.eps);
    for (((x, out), w), b) in x.iter().zip(out).zip(norm.weight).zip(norm.bias) {
        *out = ((x - mean) * scale).mul_add(*w, *b);
    }
}

/// Layer normalisation.
/// # Shapes
/// `x`, `out`: `(rows, n)`.
pub(crate) fn norm(x: &[f32], norm: Norm<'_>, out: &mut [f32]) {
    let n = norm.weight.len();
    x.par_chunks(BLOCK * n).zip(out.par_chunks_mut(BLOCK * n)).for_each(|(x, out)| {
        dispatch(
            #[inline(always)]
            || {
                for (x, out) in x.chunks_exact(n).zip(out.chunks_exact_mut(n)) {
                    norm_row(x, norm, out);
                }
            },
        );
    });
}

/// Gradient of a layer normalisation: `grad` becomes the gradient of `x`; returns those of scale and shift.
/// # Shapes
/// `x`, `grad`: `(rows, n)`; returned: `(n,)`, `(n,)`.
pub(crate) fn norm_backward(x: &[f32], norm: Norm<'_>, grad: &mut [f32]) -> (Vec<f32>, Vec<f32>) {
    let n = norm.weight.len();
    let parts = x
        .par_chunks(BLOCK * n)
        .zip(grad.par_chunks_mut(BLOCK * n))
        .map(|(x, grad)| {
            let mut part = vec![0.0; 2 * n];
            let (weight_grad, bias_grad) = part.split_at_mut(n);
            let mut normed = vec![0.0; n];
            dispatch(
                #[inline(always)]
                || {
                    for (x, grad) in x.chunks_exact(n).zip(grad.chunks_exact_mut(n)) {
                        let (mean, scale) = moments(x, width(n), norm.eps);
                        for (y, x) in normed.iter_mut().zip(x) {
                            *y = (x - mean) * scale;
                        }
                        for ((w, g), y) in weight_grad.iter_mut().zip(&*grad).zip(&normed) {
                            *w = g.mul_add(*y, *w);
                        }
                        add_assign(bias_grad, grad);
                        for (g, w) in grad.iter_mut().zip(norm.weight) {
                            *g *= w;
                        }
                        let mean_grad = sum(grad, |g| g) / width(n);
                        let along = sum2(grad, &normed, |g, y| g * y) / width(n);
                        for (g, y) in grad.iter_mut().zip(&normed) {
                            *g = scale * (-along).mul_add(*y, *g - mean_grad);
                        }
                    }
                },
            );
            part
        })
        .collect();
    let mut weight_grad = reduce(parts, 2 * n);
    let bias_grad = weight_grad.split_off(n);
    (weight_grad, bias_grad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_and_the_normal_distribution_are_accurate() {
        for i in -8_000..8_000 {
            let x = i as f32 * 0.01;
            let expected = f64::from(x).exp();
            assert!((f64::from(exp(x)) / expected - 1.0).abs() < 3e-7, "exp({x})");
        }
        // Φ at 0, 1, -2 and 3, from tables.
        for (x, cdf) in [(0.0, 0.5), (1.0, 0.841_344_7), (-2.0, 0.022_750_13), (3.0, 0.998_650_1)] {
            assert!((normal(x).0 - cdf).abs() < 2e-7, "Φ({x})");
            assert!((normal(x).0 + normal(-x).0 - 1.0).abs() < 2e-7);
        }
    }
}
