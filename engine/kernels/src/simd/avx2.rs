//! Two 256-bit registers for the sixteen lanes.

use std::arch::x86_64::*;

use super::{Isa, LANES};

/// AVX2 and FMA, and AVX-VNNI if `VNNI`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx2<const VNNI: bool>(());

impl<const VNNI: bool> Avx2<VNNI> {
    /// # Safety
    /// The processor must have AVX2 and FMA, and AVX-VNNI if `VNNI`.
    #[inline(always)]
    pub(crate) unsafe fn detected() -> Self {
        Self(())
    }
}

/// Methods that are one expression of intrinsics.
macro_rules! intrinsics {
    ($(fn $name:ident($($arg:ident: $type:ty),*) -> $result:ty { $body:expr })*) => {
        $(
            #[inline(always)]
            fn $name(self, $($arg: $type),*) -> $result {
                // SAFETY: a value of this type is the proof that the processor has these instructions; references are
                // to as many numbers as both registers hold, the second of which begins after eight, and unaligned
                // access is what the instructions do.
                unsafe { $body }
            }
        )*
    };
}

/// The tree of eight lanes: i and i + 4, then + 2, + 1.
macro_rules! reduce8 {
    ($name:ident, $wide:ident, $single:ident) => {
        /// # Safety
        /// The processor must have AVX2.
        #[inline(always)]
        pub(super) unsafe fn $name(x: __m256) -> f32 {
            // SAFETY: the caller has AVX2.
            unsafe {
                let x = $wide(_mm256_castps256_ps128(x), _mm256_extractf128_ps::<1>(x));
                let x = $wide(x, _mm_movehl_ps(x, x));
                _mm_cvtss_f32($single(x, _mm_movehdup_ps(x)))
            }
        }
    };
}
reduce8!(sum8, _mm_add_ps, _mm_add_ss);
reduce8!(largest8, _mm_max_ps, _mm_max_ss);
reduce8!(smallest8, _mm_min_ps, _mm_min_ss);

type F = [__m256; 2];
type I = [__m256i; 2];

impl<const VNNI: bool> Isa for Avx2<VNNI> {
    type F = F;
    type I = I;
    /// The weights, and without VNNI their absolute values.
    type W = [I; 2];

    const OFFSET: u8 = if VNNI { 128 } else { 0 };
    const ROWS: usize = if VNNI { 6 } else { 4 };
    const PANELS: usize = 1;

    intrinsics! {
        fn splat(x: f32) -> F { [_mm256_set1_ps(x); 2] }
        fn load(x: &[f32; LANES]) -> F { [_mm256_loadu_ps(x.as_ptr()), _mm256_loadu_ps(x.as_ptr().add(8))] }
        fn store(out: &mut [f32; LANES], x: F) -> () {
            { _mm256_storeu_ps(out.as_mut_ptr(), x[0]); _mm256_storeu_ps(out.as_mut_ptr().add(8), x[1]); }
        }
        fn add(a: F, b: F) -> F { [_mm256_add_ps(a[0], b[0]), _mm256_add_ps(a[1], b[1])] }
        fn sub(a: F, b: F) -> F { [_mm256_sub_ps(a[0], b[0]), _mm256_sub_ps(a[1], b[1])] }
        fn mul(a: F, b: F) -> F { [_mm256_mul_ps(a[0], b[0]), _mm256_mul_ps(a[1], b[1])] }
        fn mul_add(a: F, b: F, c: F) -> F {
            [_mm256_fmadd_ps(a[0], b[0], c[0]), _mm256_fmadd_ps(a[1], b[1], c[1])]
        }
        fn max(a: F, b: F) -> F { [_mm256_max_ps(a[0], b[0]), _mm256_max_ps(a[1], b[1])] }
        fn min(a: F, b: F) -> F { [_mm256_min_ps(a[0], b[0]), _mm256_min_ps(a[1], b[1])] }
        fn round(x: F) -> I { [_mm256_cvtps_epi32(x[0]), _mm256_cvtps_epi32(x[1])] }
        fn float(x: I) -> F { [_mm256_cvtepi32_ps(x[0]), _mm256_cvtepi32_ps(x[1])] }
        fn power_of_two(n: I) -> F {
            n.map(#[inline(always)] |n| {
                _mm256_castsi256_ps(_mm256_slli_epi32::<23>(_mm256_add_epi32(n, _mm256_set1_epi32(127))))
            })
        }
        fn sum(x: F) -> f32 { sum8(_mm256_add_ps(x[0], x[1])) }
        fn largest(x: F) -> f32 { largest8(_mm256_max_ps(x[0], x[1])) }
        fn smallest(x: F) -> f32 { smallest8(_mm256_min_ps(x[0], x[1])) }
        fn splat_i(x: i32) -> I { [_mm256_set1_epi32(x); 2] }
        fn load_i(x: &[i32; LANES]) -> I {
            [_mm256_loadu_si256(x.as_ptr().cast()), _mm256_loadu_si256(x.as_ptr().add(8).cast())]
        }
        fn store_i(out: &mut [i32; LANES], x: I) -> () {
            {
                _mm256_storeu_si256(out.as_mut_ptr().cast(), x[0]);
                _mm256_storeu_si256(out.as_mut_ptr().add(8).cast(), x[1]);
            }
        }
        fn add_i(a: I, b: I) -> I { [_mm256_add_epi32(a[0], b[0]), _mm256_add_epi32(a[1], b[1])] }
        fn sub_i(a: I, b: I) -> I { [_mm256_sub_epi32(a[0], b[0]), _mm256_sub_epi32(a[1], b[1])] }
        fn max_i(a: I, b: I) -> I { [_mm256_max_epi32(a[0], b[0]), _mm256_max_epi32(a[1], b[1])] }
        fn largest_i(x: I) -> i32 {
            {
                let x = _mm256_max_epi32(x[0], x[1]);
                let x = _mm_max_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256::<1>(x));
                let x = _mm_max_epi32(x, _mm_shuffle_epi32::<0b01_00_11_10>(x));
                _mm_cvtsi128_si32(_mm_max_epi32(x, _mm_shuffle_epi32::<0b10_11_00_01>(x)))
            }
        }
        fn interleave(low: I, high: I) -> I {
            [
                _mm256_blend_epi16::<0xaa>(low[0], _mm256_slli_epi32::<16>(high[0])),
                _mm256_blend_epi16::<0xaa>(low[1], _mm256_slli_epi32::<16>(high[1])),
            ]
        }
        fn store_bytes(out: &mut [u8; LANES], x: I) -> () {
            {
                // Packing works within halves of a register: the permutation puts the quarters back in order.
                let words = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi32(x[0], x[1]));
                let bytes =
                    _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256::<1>(words));
                let offset = _mm_set1_epi8(if VNNI { -128 } else { 0 });
                _mm_storeu_si128(out.as_mut_ptr().cast(), _mm_xor_si128(bytes, offset));
            }
        }
        fn weights(w: &[i8; 4 * LANES]) -> [I; 2] {
            {
                let w = [_mm256_loadu_si256(w.as_ptr().cast()), _mm256_loadu_si256(w.as_ptr().add(32).cast())];
                if VNNI { [w, w] } else { [w, [_mm256_abs_epi8(w[0]), _mm256_abs_epi8(w[1])]] }
            }
        }
        fn dot8(acc: I, a: I, w: [I; 2]) -> I {
            if VNNI {
                [
                    _mm256_dpbusd_avx_epi32(acc[0], a[0], w[0][0]),
                    _mm256_dpbusd_avx_epi32(acc[1], a[1], w[0][1]),
                ]
            } else {
                // |w| times a with w's sign: two products of at most 127 * 127 cannot saturate 16 bits.
                let ones = _mm256_set1_epi16(1);
                let low = _mm256_maddubs_epi16(w[1][0], _mm256_sign_epi8(a[0], w[0][0]));
                let high = _mm256_maddubs_epi16(w[1][1], _mm256_sign_epi8(a[1], w[0][1]));
                [
                    _mm256_add_epi32(acc[0], _mm256_madd_epi16(low, ones)),
                    _mm256_add_epi32(acc[1], _mm256_madd_epi16(high, ones)),
                ]
            }
        }
        fn dot16(acc: I, a: I, b: I) -> I {
            if VNNI {
                [_mm256_dpwssd_avx_epi32(acc[0], a[0], b[0]), _mm256_dpwssd_avx_epi32(acc[1], a[1], b[1])]
            } else {
                [
                    _mm256_add_epi32(acc[0], _mm256_madd_epi16(a[0], b[0])),
                    _mm256_add_epi32(acc[1], _mm256_madd_epi16(a[1], b[1])),
                ]
            }
        }
    }
}
