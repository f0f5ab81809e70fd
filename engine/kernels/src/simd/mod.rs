//! Sixteen lanes of numbers, whatever the width of the registers behind them.
//!
//! A kernel is written once, over [`Isa`], and compiled for each kind of registers. Every operation is exact or rounds
//! once, as IEEE 754 says, and reductions add up lanes in one tree: so all kinds give the same bits.

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512;
pub(crate) mod portable;

/// Lanes of a vector.
pub(crate) const LANES: usize = 16;

/// A kind of registers. A value is the proof that the processor has them.
pub(crate) trait Isa: Copy {
    /// Single-precision lanes.
    type F: Copy;
    /// 32-bit lanes.
    type I: Copy;
    /// Four bytes of weights a lane, made ready for [`Self::dot8`].
    type W: Copy;

    /// What [`Self::dot8`] takes as activation: a signed byte plus this.
    const OFFSET: u8;
    /// Rows of a block of a product, at most 6.
    const ROWS: usize;
    /// Vectors of a block's row: 1, 2 or 4.
    const PANELS: usize;

    fn splat(self, x: f32) -> Self::F;
    fn load(self, x: &[f32; LANES]) -> Self::F;
    fn store(self, out: &mut [f32; LANES], x: Self::F);
    fn add(self, a: Self::F, b: Self::F) -> Self::F;
    fn sub(self, a: Self::F, b: Self::F) -> Self::F;
    fn mul(self, a: Self::F, b: Self::F) -> Self::F;
    /// `a * b + c`, rounded once.
    fn mul_add(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F;
    /// The larger; `b` where neither is.
    fn max(self, a: Self::F, b: Self::F) -> Self::F;
    /// The smaller; `b` where neither is.
    fn min(self, a: Self::F, b: Self::F) -> Self::F;
    /// To the nearest integer, halves to even. Numbers beyond 32 bits have no defined result.
    fn round(self, x: Self::F) -> Self::I;
    fn float(self, x: Self::I) -> Self::F;
    /// `2^n` for n in -126..=127.
    fn power_of_two(self, n: Self::I) -> Self::F;
    /// The halves of a vector, then the quarters, ...: lane i and lane i + 8, then + 4, + 2, + 1.
    fn sum(self, x: Self::F) -> f32;
    fn largest(self, x: Self::F) -> f32;
    fn smallest(self, x: Self::F) -> f32;

    fn splat_i(self, x: i32) -> Self::I;
    fn load_i(self, x: &[i32; LANES]) -> Self::I;
    fn store_i(self, out: &mut [i32; LANES], x: Self::I);
    fn add_i(self, a: Self::I, b: Self::I) -> Self::I;
    fn sub_i(self, a: Self::I, b: Self::I) -> Self::I;
    fn max_i(self, a: Self::I, b: Self::I) -> Self::I;
    fn largest_i(self, x: Self::I) -> i32;
    /// The low half of each lane of `low`, and above it the low half of the lane of `high`.
    fn interleave(self, low: Self::I, high: Self::I) -> Self::I;
    /// Each lane, -127..=127, as one byte plus [`Self::OFFSET`].
    fn store_bytes(self, out: &mut [u8; LANES], x: Self::I);

    /// Makes sixteen groups of four signed weights ready.
    fn weights(self, w: &[i8; 4 * LANES]) -> Self::W;
    /// Adds to each lane the products of its four weights with the four activations in `a`, exactly.
    fn dot8(self, acc: Self::I, a: Self::I, w: Self::W) -> Self::I;
    /// Adds to each lane the products of the two 16-bit halves of `a` and `b`, exactly.
    fn dot16(self, acc: Self::I, a: Self::I, b: Self::I) -> Self::I;
}

/// The sixteen numbers from `at`.
/// # Panics
/// If there are not as many.
#[inline(always)]
pub(crate) fn lanes<T>(x: &[T], at: usize) -> &[T; LANES] {
    x[at..].first_chunk().expect("BUG: a buffer that is not padded to whole vectors")
}

/// The sixteen numbers from `at`.
/// # Panics
/// If there are not as many.
#[inline(always)]
pub(crate) fn lanes_mut<T>(x: &mut [T], at: usize) -> &mut [T; LANES] {
    x[at..].first_chunk_mut().expect("BUG: a buffer that is not padded to whole vectors")
}

/// Compiles a generic kernel for each path and calls the one whose instructions the [`crate::Kernels`] prove.
macro_rules! dispatched {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?) = $generic:path) => {
        $(#[$meta])*
        $vis fn $name(kernels: $crate::path::Kernels, $($arg: $type),*) {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            fn avx2(isa: $crate::simd::avx2::Avx2<false>, $($arg: $type),*) {
                $generic(isa, $($arg),*);
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma,avxvnni")]
            fn avx_vnni(isa: $crate::simd::avx2::Avx2<true>, $($arg: $type),*) {
                $generic(isa, $($arg),*);
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
            fn avx512(isa: $crate::simd::avx512::Avx512, $($arg: $type),*) {
                $generic(isa, $($arg),*);
            }
            match kernels.path() {
                #[cfg(target_arch = "x86_64")]
                // SAFETY: `Kernels` of this path exist only where AVX2 and FMA were detected.
                $crate::Path::Avx2 => unsafe { avx2($crate::simd::avx2::Avx2::detected(), $($arg),*) },
                #[cfg(target_arch = "x86_64")]
                // SAFETY: `Kernels` of this path exist only where AVX2, FMA and AVX-VNNI were detected.
                $crate::Path::AvxVnni => unsafe { avx_vnni($crate::simd::avx2::Avx2::detected(), $($arg),*) },
                #[cfg(target_arch = "x86_64")]
                // SAFETY: `Kernels` of these paths exist only where these parts of AVX-512 were detected.
                $crate::Path::Avx512Vnni | $crate::Path::Amx => unsafe {
                    avx512($crate::simd::avx512::Avx512::detected(), $($arg),*)
                },
                _ => $generic($crate::simd::portable::Portable, $($arg),*),
            }
        }
    };
}
pub(crate) use dispatched;
