//! Run-time choice of the widest registers on x86-64.

use std::sync::LazyLock;

use crate::portable;

#[derive(Clone, Copy)]
enum Path {
    Avx512,
    Avx2,
    Baseline,
}

static PATH: LazyLock<Path> = LazyLock::new(|| {
    if std::arch::is_x86_feature_detected!("avx512f") && std::arch::is_x86_feature_detected!("avx512bw") {
        Path::Avx512
    } else if std::arch::is_x86_feature_detected!("avx2") {
        Path::Avx2
    } else {
        Path::Baseline
    }
});

#[target_feature(enable = "avx512f,avx512bw")]
fn axpy_avx512(y: &mut [f32], a: f32, x: &[f32]) {
    portable::axpy(y, a, x);
}

#[target_feature(enable = "avx2")]
fn axpy_avx2(y: &mut [f32], a: f32, x: &[f32]) {
    portable::axpy(y, a, x);
}

#[target_feature(enable = "avx512f,avx512bw")]
fn axpy_i8_avx512(y: &mut [f32], a: f32, x: &[i8]) {
    portable::axpy_i8(y, a, x);
}

#[target_feature(enable = "avx2")]
fn axpy_i8_avx2(y: &mut [f32], a: f32, x: &[i8]) {
    portable::axpy_i8(y, a, x);
}

/// False when the baseline has to do it.
pub(crate) fn axpy(y: &mut [f32], a: f32, x: &[f32]) -> bool {
    match *PATH {
        // SAFETY: `PATH` is `Avx512` only after the processor said it has avx512f and avx512bw.
        Path::Avx512 => unsafe { axpy_avx512(y, a, x) },
        // SAFETY: `PATH` is `Avx2` only after the processor said it has avx2.
        Path::Avx2 => unsafe { axpy_avx2(y, a, x) },
        Path::Baseline => return false,
    }
    true
}

/// False when the baseline has to do it.
pub(crate) fn axpy_i8(y: &mut [f32], a: f32, x: &[i8]) -> bool {
    match *PATH {
        // SAFETY: `PATH` is `Avx512` only after the processor said it has avx512f and avx512bw.
        Path::Avx512 => unsafe { axpy_i8_avx512(y, a, x) },
        // SAFETY: `PATH` is `Avx2` only after the processor said it has avx2.
        Path::Avx2 => unsafe { axpy_i8_avx2(y, a, x) },
        Path::Baseline => return false,
    }
    true
}
