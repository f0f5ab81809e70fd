//! Rotary positions: each pair of a query's or key's numbers turned by an angle that grows with the token's number.

use crate::aligned::Aligned;
use crate::attention::Heads;
use crate::simd::{Isa, LANES, dispatched, lanes, lanes_mut};

/// Cosines and sines of every position.
#[derive(Debug, Clone)]
pub struct Rotation {
    /// Shape `(positions, stride / 2)`, the numbers beyond half a head zeros.
    cosines: Aligned<f32>,
    sines: Aligned<f32>,
    heads: Heads,
}

impl Rotation {
    /// The angles of Su et al. 2021: position times `theta^(-2i / size)`.
    /// # Panics
    /// If a head's size is odd.
    #[must_use]
    pub fn new(positions: usize, heads: Heads, theta: f32) -> Self {
        assert!(heads.size.is_multiple_of(2), "heads of an odd size have no pairs");
        let half = heads.stride() / 2;
        let mut new = Self {
            cosines: Aligned::zeros(positions * half),
            sines: Aligned::zeros(positions * half),
            heads,
        };
        for i in 0..heads.size / 2 {
            #[expect(clippy::cast_precision_loss, reason = "the size of a head")]
            let frequency = theta.powf(-((2 * i) as f32) / heads.size as f32);
            for position in 0..positions {
                #[expect(clippy::cast_precision_loss, reason = "positions are far below 2^24")]
                let (sine, cosine) = (position as f32 * frequency).sin_cos();
                new.cosines[position * half + i] = cosine;
                new.sines[position * half + i] = sine;
            }
        }
        new
    }

    /// Positions that have angles.
    #[must_use]
    pub fn positions(&self) -> usize {
        self.cosines.len() / (self.heads.stride() / 2)
    }
}

impl Heads {
    /// Where number `i` of a head stands for [`rotate`]: the second half of its numbers begins at half the stride.
    #[must_use]
    pub fn turned(self, i: usize) -> usize {
        let half = self.size / 2;
        if i < half { i } else { self.stride() / 2 + i - half }
    }
}

dispatched! {
    /// Turns the queries and keys of neighbouring tokens, of which the first is number `first` of its sequence; values
    /// stay.
    /// # Shapes
    /// `qkv`: `(tokens, 3 * width)`, queries, keys and values, [`Heads::width`] each, numbers where [`Heads::turned`]
    /// says.
    /// # Panics
    /// If there are more tokens than positions.
    pub fn rotate(qkv: &mut [f32], rotation: &Rotation, first: usize) = rotate_rows
}

#[inline(always)]
fn rotate_rows<S: Isa>(isa: S, qkv: &mut [f32], rotation: &Rotation, first: usize) {
    let (width, stride) = (rotation.heads.width(), rotation.heads.stride());
    let half = stride / 2;
    let tokens = qkv.len() / (3 * width);
    let angles = first * half..(first + tokens) * half;
    let angles =
        rotation.cosines[angles.clone()].chunks_exact(half).zip(rotation.sines[angles].chunks_exact(half));
    for (row, (cosines, sines)) in qkv.chunks_exact_mut(3 * width).zip(angles) {
        for head in row[..2 * width].chunks_exact_mut(stride) {
            for j in (0..half).step_by(LANES) {
                let (cosine, sine) = (isa.load(lanes(cosines, j)), isa.load(lanes(sines, j)));
                let (a, b) = (isa.load(lanes(head, j)), isa.load(lanes(head, half + j)));
                let low = isa.sub(isa.mul(a, cosine), isa.mul(b, sine));
                let high = isa.add(isa.mul(b, cosine), isa.mul(a, sine));
                isa.store(lanes_mut(head, j), low);
                isa.store(lanes_mut(head, half + j), high);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::linear::tests::{bits, numbers, supported};

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

        #[test]
        fn pairs_are_turned_by_their_angles_with_the_same_bits_on_every_path(
            tokens in 1usize..40, count in 1usize..4, half in 1usize..70, first in 0usize..30, seed in any::<u64>(),
        ) {
            let heads = Heads { count, size: 2 * half };
            let rotation = Rotation::new(first + tokens, heads, 10_000.0);
            prop_assert_eq!(rotation.positions(), first + tokens);
            let start = numbers(tokens * 3 * heads.width(), seed);
            let mut results = supported().map(|kernels| {
                let mut qkv = start.clone();
                rotate(kernels, &mut qkv, &rotation, first);
                qkv
            });
            let got = results.next().unwrap();
            for (t, (got, before)) in got.chunks(3 * heads.width()).zip(start.chunks(3 * heads.width())).enumerate() {
                prop_assert_eq!(bits(&got[2 * heads.width()..]), bits(&before[2 * heads.width()..]));
                for head in (0..2 * heads.width()).step_by(heads.stride()) {
                    for i in 0..half {
                        #[expect(clippy::cast_precision_loss, reason = "of a test")]
                        let angle = (first + t) as f64 * 10_000f64.powf(-((2 * i) as f64) / (2 * half) as f64);
                        let (low, high) = (head + heads.turned(i), head + heads.turned(i + half));
                        let (a, b) = (f64::from(before[low]), f64::from(before[high]));
                        let bound = 1e-4 * (a.abs() + b.abs()) + 1e-44;
                        let (x, y) = (a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin());
                        prop_assert!((f64::from(got[low]) - x).abs() <= bound, "{} for {x}", got[low]);
                        prop_assert!((f64::from(got[high]) - y).abs() <= bound, "{} for {y}", got[high]);
                    }
                }
            }
            for other in results {
                prop_assert!(bits(&other) == bits(&got));
            }
        }
    }
}
