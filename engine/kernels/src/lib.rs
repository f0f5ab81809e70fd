//! Arithmetic of the engine's hot loops, and nothing but arithmetic.
//!
//! Each kernel is plain Rust that the compiler vectorises, compiled once for the baseline and once for the wider
//! registers that the processor at hand turns out to have. Both give the same bits: multiplications and additions are
//! element by element, never fused, never reordered.

mod aligned;
mod attention;
#[cfg(target_arch = "x86_64")]
mod dispatch;
mod functions;
pub mod gemm;
mod linear;
mod path;
mod rotary;
mod rows;
mod simd;

pub use aligned::Aligned;
pub use attention::{Attention, AttentionBuffers, Heads, attend};
pub use linear::{Activations, Linear, MAX_INPUTS, Then, linear};
pub use path::{Kernels, Path, PathError};
pub use rotary::{Rotation, rotate};
pub use rows::{Norm, add_norm, add_norm_beside, mean, quantise, scores};

/// `y[i] += a * x[i]`.
/// # Shapes
/// `x`, `y`: `(n,)`; the shorter length counts.
pub fn axpy(y: &mut [f32], a: f32, x: &[f32]) {
    #[cfg(target_arch = "x86_64")]
    if dispatch::axpy(y, a, x) {
        return;
    }
    portable::axpy(y, a, x);
}

/// `y[i] += a * x[i]` for weights stored as bytes.
/// # Shapes
/// `x`, `y`: `(n,)`; the shorter length counts.
pub fn axpy_i8(y: &mut [f32], a: f32, x: &[i8]) {
    #[cfg(target_arch = "x86_64")]
    if dispatch::axpy_i8(y, a, x) {
        return;
    }
    portable::axpy_i8(y, a, x);
}

/// The loops themselves, inlined into each compiled variant.
mod portable {
    #[inline(always)]
    pub(crate) fn axpy(y: &mut [f32], a: f32, x: &[f32]) {
        for (y, x) in y.iter_mut().zip(x) {
            *y += a * x;
        }
    }

    #[inline(always)]
    pub(crate) fn axpy_i8(y: &mut [f32], a: f32, x: &[i8]) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y += a * f32::from(x);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bits(values: &[f32]) -> Vec<u32> {
        values.iter().map(|v| v.to_bits()).collect()
    }

    /// Numbers of any size, zeros and denormals among them; sums and products stay finite.
    fn number() -> impl Strategy<Value = f32> {
        prop_oneof![8 => -1e3f32..1e3, 1 => Just(0.0), 1 => -1e-39f32..1e-39, 1 => Just(-4e7)]
    }

    proptest! {
        #[test]
        fn dispatched_equals_portable_bit_for_bit(
            a in prop::sample::select(vec![0.0f32, 1e-41, 3e30, -7.25, 1.0]),
            pairs in prop::collection::vec((number(), number(), any::<i8>()), 0..=512),
        ) {
            let start: Vec<f32> = pairs.iter().map(|p| p.0).collect();
            let x: Vec<f32> = pairs.iter().map(|p| p.1).collect();
            let x8: Vec<i8> = pairs.iter().map(|p| p.2).collect();
            let (mut here, mut reference) = (start.clone(), start.clone());
            axpy(&mut here, a, &x);
            portable::axpy(&mut reference, a, &x);
            prop_assert_eq!(bits(&here), bits(&reference));
            let (mut here, mut reference) = (start.clone(), start);
            axpy_i8(&mut here, a, &x8);
            portable::axpy_i8(&mut reference, a, &x8);
            prop_assert_eq!(bits(&here), bits(&reference));
        }
    }
}
