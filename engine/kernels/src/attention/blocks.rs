//! The two inner steps of attention: products of 16-bit pairs, and the softmax of a row of them.

use std::ops::Range;

use super::{LARGEST, PAIRS};
use crate::functions::exp2;
use crate::simd::{Isa, LANES, lanes, lanes_mut};

/// Probabilities of a row of scores, as whole numbers, those of tokens t and t + 16 of each 32 together; 0 for tokens that
/// are not `seen`.
/// # Shapes
/// `scores`, `exponentials`: `(tokens,)`, a multiple of 32; `out`: `(tokens / 2,)`. `seen` is not empty.
#[inline(always)]
pub(super) fn softmax<S: Isa>(
    isa: S,
    (scores, seen, factor): (&[i32], Range<usize>, f32),
    exponentials: &mut [f32],
    out: &mut [i32],
) {
    // Vectors of which every token is seen, between two of which some are.
    let first = seen.start / LANES * LANES;
    let whole = seen.start.next_multiple_of(LANES);
    let whole = whole..(seen.end / LANES * LANES).max(whole);
    let last = seen.end.next_multiple_of(LANES);
    let mut most = isa.splat_i(i32::MIN);
    for s in scores[whole.start..whole.end].as_chunks().0 {
        most = isa.max_i(most, isa.load_i(s));
    }
    let mut most = isa.largest_i(most);
    let before = &scores[seen.start..whole.start.min(seen.end)];
    for s in before.iter().chain(&scores[whole.end.min(seen.end)..seen.end]) {
        most = most.max(*s);
    }
    let (top, scale) = (isa.splat_i(most), isa.splat(factor));
    let mut sum = isa.splat(0.0);
    exponentials[..first].fill(0.0);
    if first < whole.start {
        sum = isa.add(sum, edge(isa, (scores, first, &seen), (top, scale), exponentials));
    }
    let between = exponentials[whole.start..whole.end].as_chunks_mut().0;
    for (s, e) in scores[whole.start..whole.end].as_chunks().0.iter().zip(between) {
        let power = power(isa, s, (top, scale));
        sum = isa.add(sum, power);
        isa.store(e, power);
    }
    if whole.end < last {
        sum = isa.add(sum, edge(isa, (scores, whole.end, &seen), (top, scale), exponentials));
    }
    exponentials[last..].fill(0.0);
    let share = isa.splat(LARGEST / isa.sum(sum));
    for (e, out) in exponentials.as_chunks::<PAIRS>().0.iter().zip(out.as_chunks_mut().0) {
        let probability = |at| isa.round(isa.mul(isa.load(lanes(e, at)), share));
        isa.store_i(out, isa.interleave(probability(0), probability(LANES)));
    }
}

/// Powers of two of scores, of which the largest is `top`.
#[inline(always)]
fn power<S: Isa>(isa: S, scores: &[i32; LANES], (top, scale): (S::I, S::F)) -> S::F {
    exp2(isa, isa.mul(isa.float(isa.sub_i(isa.load_i(scores), top)), scale))
}

/// The same for a vector, from `at` on, of which only some tokens are `seen`: 0 for the others.
#[inline(always)]
fn edge<S: Isa>(
    isa: S,
    (scores, at, seen): (&[i32], usize, &Range<usize>),
    top_and_scale: (S::I, S::F),
    exponentials: &mut [f32],
) -> S::F {
    let some = lanes_mut(exponentials, at);
    isa.store(some, power(isa, lanes(scores, at), top_and_scale));
    for (i, e) in some.iter_mut().enumerate() {
        if !seen.contains(&(at + i)) {
            *e = 0.0;
        }
    }
    isa.load(some)
}

/// Packed pairs of 16-bit numbers, sixteen columns a panel.
#[derive(Clone, Copy)]
pub(super) struct Panels<'a> {
    pub(super) pairs: &'a [i32],
    /// Number of panels.
    pub(super) count: usize,
    /// Numbers between the begins of two panels.
    pub(super) pitch: usize,
}

/// Rows of pairs of 16-bit numbers times packed ones.
/// # Shapes
/// `a`: `(rows, pairs)`; `b`: panels of at least `(pairs, 16)`; `out`: `(rows, 16 * panels)`.
#[inline(always)]
pub(super) fn product<S: Isa>(isa: S, (a, pairs): (&[i32], usize), b: Panels<'_>, out: &mut [i32]) {
    let (rows, panels) = (a.len() / pairs, b.count);
    assert!(rows <= 6, "more rows than a block has");
    let mut panel = 0;
    while panel < panels {
        let wide = match panels - panel {
            4.. if S::PANELS >= 4 => 4,
            2.. if S::PANELS >= 2 => 2,
            _ => 1,
        };
        let b = Panels { pairs: &b.pairs[panel * b.pitch..], count: wide, pitch: b.pitch };
        let to = (&mut *out, panel * LANES, panels * LANES);
        match (wide, rows) {
            (4, 1) => block::<S, 1, 4>(isa, a, b, to),
            (4, 2) => block::<S, 2, 4>(isa, a, b, to),
            (4, 3) => block::<S, 3, 4>(isa, a, b, to),
            (4, 4) => block::<S, 4, 4>(isa, a, b, to),
            (4, 5) => block::<S, 5, 4>(isa, a, b, to),
            (4, _) => block::<S, 6, 4>(isa, a, b, to),
            (2, 1) => block::<S, 1, 2>(isa, a, b, to),
            (2, 2) => block::<S, 2, 2>(isa, a, b, to),
            (2, 3) => block::<S, 3, 2>(isa, a, b, to),
            (2, 4) => block::<S, 4, 2>(isa, a, b, to),
            (2, 5) => block::<S, 5, 2>(isa, a, b, to),
            (2, _) => block::<S, 6, 2>(isa, a, b, to),
            (_, 1) => block::<S, 1, 1>(isa, a, b, to),
            (_, 2) => block::<S, 2, 1>(isa, a, b, to),
            (_, 3) => block::<S, 3, 1>(isa, a, b, to),
            (_, 4) => block::<S, 4, 1>(isa, a, b, to),
            (_, 5) => block::<S, 5, 1>(isa, a, b, to),
            (_, _) => block::<S, 6, 1>(isa, a, b, to),
        }
        panel += wide;
    }
}

/// One block of [`product`], held in registers until it is whole.
/// # Shapes
/// `a`: `(ROWS, pairs)`; `b`: `PANELS` panels of at least `(pairs, 16)`; `out` is written from `at` on, rows `stride` apart.
#[inline(always)]
fn block<S: Isa, const ROWS: usize, const PANELS: usize>(
    isa: S,
    a: &[i32],
    b: Panels<'_>,
    (out, at, stride): (&mut [i32], usize, usize),
) {
    let pairs = a.len() / ROWS;
    assert!(
        a.len() == ROWS * pairs && b.pairs.len() >= (PANELS - 1) * b.pitch + pairs * LANES,
        "a block cut short"
    );
    let mut acc = [[isa.splat_i(0); PANELS]; ROWS];
    for pair in 0..pairs {
        let mut ready = [isa.splat_i(0); PANELS];
        for (j, ready) in ready.iter_mut().enumerate() {
            // SAFETY: vector `pair` of panel j: both are within `b`, whose length was checked.
            *ready = isa.load_i(unsafe { &*b.pairs.as_ptr().add(j * b.pitch + pair * LANES).cast() });
        }
        for (i, acc) in acc.iter_mut().enumerate() {
            // SAFETY: number `pair` of row i: both are within `a`, whose length was checked.
            let two = isa.splat_i(unsafe { *a.as_ptr().add(i * pairs + pair) });
            for (acc, ready) in acc.iter_mut().zip(ready) {
                *acc = isa.dot16(*acc, two, ready);
            }
        }
    }
    for (i, acc) in acc.iter().enumerate() {
        for (j, acc) in acc.iter().enumerate() {
            isa.store_i(lanes_mut(out, i * stride + at + j * LANES), *acc);
        }
    }
}
