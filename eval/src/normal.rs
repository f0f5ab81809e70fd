//! The normal distribution, as far as intervals need it.

use std::f64::consts::SQRT_2;

/// P(Z ≤ z).
pub(crate) fn cdf(z: f64) -> f64 {
    libm::erfc(-z / SQRT_2) / 2.0
}

/// The z with P(Z ≤ z) = p; infinite at 0 and 1.
///
/// Bisection to the last bit: it runs a handful of times an interval, so it need not be fast, and it cannot disagree
/// with [`cdf`].
pub(crate) fn quantile(p: f64) -> f64 {
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if p >= 1.0 {
        return f64::INFINITY;
    }
    // Above one half the cdf loses digits near 1; the mirror image does not.
    if p > 0.5 {
        return -quantile(1.0 - p);
    }
    let (mut low, mut high) = (-40.0, 0.0);
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if cdf(middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_quantiles() {
        assert!((quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-14);
        assert!(quantile(0.5).abs() < 1e-14);
        assert_eq!((quantile(0.0), quantile(1.0)), (f64::NEG_INFINITY, f64::INFINITY));
    }

    proptest! {
        #[test]
        fn the_quantile_inverts_the_cdf(p in 1e-12f64..1.0) {
            prop_assert!((cdf(quantile(p)) - p).abs() < 1e-14);
        }
    }
}
