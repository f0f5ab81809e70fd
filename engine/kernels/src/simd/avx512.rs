//! One 512-bit register for the sixteen lanes.

use std::arch::x86_64::*;

use super::{Isa, LANES};

/// AVX-512 with VNNI.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx512(());

impl Avx512 {
    /// # Safety
    /// The processor must have AVX2, FMA, and of AVX-512 the parts F, BW, VL, DQ and VNNI.
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
                // to as many numbers as the instruction reads or writes, and unaligned access is what it does.
                unsafe { $body }
            }
        )*
    };
}

/// Lane i and lane i + 8.
#[inline(always)]
unsafe fn halves(x: __m512) -> (__m256, __m256) {
    // SAFETY: the caller has AVX-512.
    unsafe { (_mm512_castps512_ps256(x), _mm512_extractf32x8_ps::<1>(x)) }
}

impl Isa for Avx512 {
    type F = __m512;
    type I = __m512i;
    type W = __m512i;

    const OFFSET: u8 = 128;
    const ROWS: usize = 6;
    const PANELS: usize = 4;

    intrinsics! {
        fn splat(x: f32) -> __m512 { _mm512_set1_ps(x) }
        fn load(x: &[f32; LANES]) -> __m512 { _mm512_loadu_ps(x.as_ptr()) }
        fn store(out: &mut [f32; LANES], x: __m512) -> () { _mm512_storeu_ps(out.as_mut_ptr(), x) }
        fn add(a: __m512, b: __m512) -> __m512 { _mm512_add_ps(a, b) }
        fn sub(a: __m512, b: __m512) -> __m512 { _mm512_sub_ps(a, b) }
        fn mul(a: __m512, b: __m512) -> __m512 { _mm512_mul_ps(a, b) }
        fn mul_add(a: __m512, b: __m512, c: __m512) -> __m512 { _mm512_fmadd_ps(a, b, c) }
        fn max(a: __m512, b: __m512) -> __m512 { _mm512_max_ps(a, b) }
        fn min(a: __m512, b: __m512) -> __m512 { _mm512_min_ps(a, b) }
        fn round(x: __m512) -> __m512i { _mm512_cvtps_epi32(x) }
        fn float(x: __m512i) -> __m512 { _mm512_cvtepi32_ps(x) }
        fn power_of_two(n: __m512i) -> __m512 {
            _mm512_castsi512_ps(_mm512_slli_epi32::<23>(_mm512_add_epi32(n, _mm512_set1_epi32(127))))
        }
        fn sum(x: __m512) -> f32 {
            { let (low, high) = halves(x); super::avx2::sum8(_mm256_add_ps(low, high)) }
        }
        fn largest(x: __m512) -> f32 {
            { let (low, high) = halves(x); super::avx2::largest8(_mm256_max_ps(low, high)) }
        }
        fn smallest(x: __m512) -> f32 {
            { let (low, high) = halves(x); super::avx2::smallest8(_mm256_min_ps(low, high)) }
        }
        fn splat_i(x: i32) -> __m512i { _mm512_set1_epi32(x) }
        fn load_i(x: &[i32; LANES]) -> __m512i { _mm512_loadu_si512(x.as_ptr().cast()) }
        fn store_i(out: &mut [i32; LANES], x: __m512i) -> () {
            _mm512_storeu_si512(out.as_mut_ptr().cast(), x)
        }
        fn add_i(a: __m512i, b: __m512i) -> __m512i { _mm512_add_epi32(a, b) }
        fn sub_i(a: __m512i, b: __m512i) -> __m512i { _mm512_sub_epi32(a, b) }
        fn max_i(a: __m512i, b: __m512i) -> __m512i { _mm512_max_epi32(a, b) }
        fn largest_i(x: __m512i) -> i32 { _mm512_reduce_max_epi32(x) }
        fn interleave(low: __m512i, high: __m512i) -> __m512i {
            _mm512_mask_blend_epi16(0xaaaa_aaaa, low, _mm512_slli_epi32::<16>(high))
        }
        fn store_bytes(out: &mut [u8; LANES], x: __m512i) -> () {
            _mm_storeu_si128(
                out.as_mut_ptr().cast(),
                _mm_xor_si128(_mm512_cvtepi32_epi8(x), _mm_set1_epi8(-128)),
            )
        }
        fn weights(w: &[i8; 4 * LANES]) -> __m512i { _mm512_loadu_si512(w.as_ptr().cast()) }
        fn dot8(acc: __m512i, a: __m512i, w: __m512i) -> __m512i { _mm512_dpbusd_epi32(acc, a, w) }
        fn dot16(acc: __m512i, a: __m512i, b: __m512i) -> __m512i { _mm512_dpwssd_epi32(acc, a, b) }
    }
}
