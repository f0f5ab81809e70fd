//! Features of like size, so that a penalty falls on all alike.

use relat_engine::heads::Affine;

/// Mean and spread of each column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scaler {
    mean: Vec<f32>,
    spread: Vec<f32>,
}

impl Scaler {
    /// Of the first `scaled` columns; the others stay as they are.
    /// # Shapes
    /// `rows`: `(any, width)`.
    #[expect(clippy::cast_possible_truncation, reason = "sums are taken in f64, the result needs f32")]
    pub(super) fn of(rows: &[f32], width: usize, scaled: usize) -> Self {
        let n = (rows.len() / width).max(1) as f64;
        let (mut sum, mut squares) = (vec![0f64; width], vec![0f64; width]);
        for row in rows.chunks_exact(width) {
            for ((s, q), &x) in sum.iter_mut().zip(&mut squares).zip(row) {
                *s += f64::from(x);
                *q += f64::from(x) * f64::from(x);
            }
        }
        let mean: Vec<f64> = sum.iter().map(|s| s / n).collect();
        let spread = squares.iter().zip(&mean).map(|(q, m)| ((q / n - m * m).max(0.0).sqrt() + 1e-6) as f32);
        let mut out = Self { spread: spread.collect(), mean: mean.iter().map(|&m| m as f32).collect() };
        for column in scaled..width {
            (out.mean[column], out.spread[column]) = (0.0, 1.0);
        }
        out
    }

    /// A row, scaled.
    pub(super) fn scaled<'a>(&'a self, row: &'a [f32]) -> impl Iterator<Item = f32> + 'a {
        row.iter().zip(&self.mean).zip(&self.spread).map(|((x, m), s)| (x - m) / s)
    }

    /// The same map on features as they are.
    pub(super) fn unscale(&self, head: Affine) -> Affine {
        let shift: f32 =
            head.weights.iter().zip(&self.mean).zip(&self.spread).map(|((w, m), s)| w * m / s).sum();
        let weights = head.weights.iter().zip(&self.spread).map(|(w, s)| w / s).collect();
        Affine { weights, bias: head.bias - shift }
    }
}
