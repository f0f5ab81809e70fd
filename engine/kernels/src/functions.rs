//! GELU and the powers of two, by polynomials.

use crate::simd::Isa;

/// `erf(x / √2) / (2 x)` for x² = 12.5 (t + 1), t in -1..=1, by powers of t: a minimax fit, whose GELU is within 2e-5 of
/// the true one everywhere.
const HALF_ERF: [f32; 11] = [
    0.141_364_31,
    -0.070_300_52,
    0.051_488_01,
    -0.040_319_186,
    0.031_744_167,
    -0.024_215_095,
    0.015_547_841,
    -0.008_329_941,
    0.007_021_356,
    -0.006_277_951_4,
    0.002_277_238,
];
/// Beyond this size the normal distribution is 0 or 1.
const EDGE: f32 = 5.0;

/// `x Φ(x)`, the GELU with the error function.
#[inline(always)]
pub(crate) fn gelu<S: Isa>(isa: S, x: S::F) -> S::F {
    let inner = isa.max(isa.min(x, isa.splat(EDGE)), isa.splat(-EDGE));
    let t = isa.mul_add(isa.mul(inner, inner), isa.splat(2.0 / (EDGE * EDGE)), isa.splat(-1.0));
    let mut p = isa.splat(HALF_ERF[HALF_ERF.len() - 1]);
    for c in HALF_ERF.iter().rev().skip(1) {
        p = isa.mul_add(p, t, isa.splat(*c));
    }
    let phi = isa.mul_add(inner, p, isa.splat(0.5));
    isa.mul(x, phi)
}

/// `2^f` for f in -0.5..=0.5, by powers of f: a minimax fit within 1e-7.
const POWER: [f32; 6] = [1.0, 0.693_147_24, 0.240_221_07, 0.055_502_973, 0.009_676_036, 0.001_341];
/// Powers of two below are 0 for all that follows.
const LOWEST: f32 = -126.0;

/// `2^x` for x up to 0; below -126 no less than 2^-126.
#[inline(always)]
pub(crate) fn exp2<S: Isa>(isa: S, x: S::F) -> S::F {
    let x = isa.max(x, isa.splat(LOWEST));
    let n = isa.round(x);
    let f = isa.sub(x, isa.float(n));
    let mut p = isa.splat(POWER[POWER.len() - 1]);
    for c in POWER.iter().rev().skip(1) {
        p = isa.mul_add(p, f, isa.splat(*c));
    }
    isa.mul(p, isa.power_of_two(n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::portable::Portable;

    fn phi(x: f64) -> f64 {
        // The series of Marsaglia (2004).
        let (mut term, mut sum, mut i) = (x, x, 1.0);
        while f64::abs(term) > 1e-17 * sum.abs() && i < 400.0 {
            i += 2.0;
            term *= x * x / i;
            sum += term;
        }
        0.5 + sum * (-0.5 * x * x - 0.918_938_533_204_672_8).exp()
    }

    #[test]
    fn gelu_is_near_the_true_one() {
        for i in -1_200..=1_200 {
            let x = f64::from(i) * 0.005;
            #[expect(clippy::cast_possible_truncation, reason = "of a test")]
            let [got, ..] = gelu(Portable, [x as f32; 16]);
            assert!((f64::from(got) - x * phi(x)).abs() < 2e-5, "{x}: {got}");
        }
        assert_eq!(gelu(Portable, [0.0; 16]), [0.0; 16]);
        for (x, expected) in [(80.0, 80.0), (-80.0, 0.0), (1e9f32, 1e9)] {
            let [got, ..] = gelu(Portable, [x; 16]);
            assert!((got - expected).abs() <= 2e-6 * x.abs(), "{x}: {got}");
        }
    }

    #[test]
    fn powers_of_two_are_near_the_true_ones() {
        for i in 0..=12_600 {
            #[expect(clippy::cast_precision_loss, reason = "of a test")]
            let x = -(i as f32) * 0.01;
            let [got, ..] = exp2(Portable, [x; 16]);
            assert!((f64::from(got) / f64::from(x).exp2() - 1.0).abs() < 3e-7, "{x}: {got}");
        }
        let [least, ..] = exp2(Portable, [-1e9; 16]);
        assert!(least > 0.0 && least < 1e-37);
    }
}
