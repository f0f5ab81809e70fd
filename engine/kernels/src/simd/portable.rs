//! The lanes as arrays, in plain Rust: the reference.

use super::{Isa, LANES};

/// Arrays.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Portable;

#[inline(always)]
fn zip<T: Copy, U: Copy>(a: [T; LANES], b: [T; LANES], f: impl Fn(T, T) -> U) -> [U; LANES] {
    std::array::from_fn(|i| f(a[i], b[i]))
}

#[inline(always)]
fn tree<T: Copy>(mut x: [T; LANES], f: impl Fn(T, T) -> T) -> T {
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            x[i] = f(x[i], x[i + half]);
        }
        half /= 2;
    }
    x[0]
}

/// The two 16-bit numbers in 32 bits.
#[inline(always)]
fn halves(x: i32) -> [i32; 2] {
    let [a, b, c, d] = x.to_le_bytes();
    [i16::from_le_bytes([a, b]), i16::from_le_bytes([c, d])].map(i32::from)
}

impl Isa for Portable {
    type F = [f32; LANES];
    type I = [i32; LANES];
    type W = [[i8; 4]; LANES];

    const OFFSET: u8 = 0;
    const ROWS: usize = 4;
    const PANELS: usize = 1;

    #[inline(always)]
    fn splat(self, x: f32) -> Self::F {
        [x; LANES]
    }

    #[inline(always)]
    fn load(self, x: &[f32; LANES]) -> Self::F {
        *x
    }

    #[inline(always)]
    fn store(self, out: &mut [f32; LANES], x: Self::F) {
        *out = x;
    }

    #[inline(always)]
    fn add(self, a: Self::F, b: Self::F) -> Self::F {
        zip(a, b, |a, b| a + b)
    }

    #[inline(always)]
    fn sub(self, a: Self::F, b: Self::F) -> Self::F {
        zip(a, b, |a, b| a - b)
    }

    #[inline(always)]
    fn mul(self, a: Self::F, b: Self::F) -> Self::F {
        zip(a, b, |a, b| a * b)
    }

    #[inline(always)]
    fn mul_add(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F {
        std::array::from_fn(|i| a[i].mul_add(b[i], c[i]))
    }

    #[inline(always)]
    fn max(self, a: Self::F, b: Self::F) -> Self::F {
        zip(a, b, |a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    fn min(self, a: Self::F, b: Self::F) -> Self::F {
        zip(a, b, |a, b| if a < b { a } else { b })
    }

    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "the contract excludes numbers beyond 32 bits")]
    fn round(self, x: Self::F) -> Self::I {
        x.map(|x| x.round_ties_even() as i32)
    }

    #[inline(always)]
    #[expect(clippy::cast_precision_loss, reason = "rounds once, as every path does")]
    fn float(self, x: Self::I) -> Self::F {
        x.map(|x| x as f32)
    }

    #[inline(always)]
    fn power_of_two(self, n: Self::I) -> Self::F {
        n.map(|n| f32::from_bits((n.wrapping_add(127) << 23).cast_unsigned()))
    }

    #[inline(always)]
    fn sum(self, x: Self::F) -> f32 {
        tree(x, |a, b| a + b)
    }

    #[inline(always)]
    fn largest(self, x: Self::F) -> f32 {
        tree(x, |a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    fn smallest(self, x: Self::F) -> f32 {
        tree(x, |a, b| if a < b { a } else { b })
    }

    #[inline(always)]
    fn splat_i(self, x: i32) -> Self::I {
        [x; LANES]
    }

    #[inline(always)]
    fn load_i(self, x: &[i32; LANES]) -> Self::I {
        *x
    }

    #[inline(always)]
    fn store_i(self, out: &mut [i32; LANES], x: Self::I) {
        *out = x;
    }

    #[inline(always)]
    fn add_i(self, a: Self::I, b: Self::I) -> Self::I {
        zip(a, b, i32::wrapping_add)
    }

    #[inline(always)]
    fn sub_i(self, a: Self::I, b: Self::I) -> Self::I {
        zip(a, b, i32::wrapping_sub)
    }

    #[inline(always)]
    fn max_i(self, a: Self::I, b: Self::I) -> Self::I {
        zip(a, b, |a, b| a.max(b))
    }

    #[inline(always)]
    fn largest_i(self, x: Self::I) -> i32 {
        tree(x, Ord::max)
    }

    #[inline(always)]
    fn interleave(self, low: Self::I, high: Self::I) -> Self::I {
        zip(low, high, |low, high| (low & 0xffff) | (high << 16))
    }

    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "lanes are -127..=127")]
    fn store_bytes(self, out: &mut [u8; LANES], x: Self::I) {
        *out = x.map(|x| (x as i8).cast_unsigned());
    }

    #[inline(always)]
    fn weights(self, w: &[i8; 4 * LANES]) -> Self::W {
        std::array::from_fn(|i| [w[4 * i], w[4 * i + 1], w[4 * i + 2], w[4 * i + 3]])
    }

    #[inline(always)]
    fn dot8(self, acc: Self::I, a: Self::I, w: Self::W) -> Self::I {
        std::array::from_fn(|i| {
            let a = a[i].to_le_bytes().map(|a| i32::from(a.cast_signed()));
            let w = w[i].map(i32::from);
            acc[i] + a[0] * w[0] + a[1] * w[1] + a[2] * w[2] + a[3] * w[3]
        })
    }

    #[inline(always)]
    fn dot16(self, acc: Self::I, a: Self::I, b: Self::I) -> Self::I {
        std::array::from_fn(|i| {
            let ([a0, a1], [b0, b1]) = (halves(a[i]), halves(b[i]));
            acc[i] + a0 * b0 + a1 * b1
        })
    }
}
