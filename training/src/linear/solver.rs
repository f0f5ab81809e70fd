//! One-vs-rest logistic regression on sparse features, all outputs at once.
//!
//! `linfa-logistic` takes a dense matrix: 32,345 sentences by some 150,000 n-grams in f32 are 19 GB before the first
//! step. This is stochastic dual coordinate ascent (Shalev-Shwartz and Zhang, 2013) with an exact step a coordinate
//! (Yu, Huang and Lin, 2011, section 3): it reads a sentence's features once for every output, and the duality gap
//! says how far from the optimum it is.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use relat_kernels::axpy;
use serde::{Deserialize, Serialize};

/// Rows of sparse features.
#[derive(Debug, Clone, Default)]
pub struct Sparse {
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
}

impl Sparse {
    /// Appends a row of `(column, value)` pairs.
    pub fn push(&mut self, row: impl IntoIterator<Item = (u32, f32)>) {
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        for (column, value) in row {
            self.columns.push(column);
            self.values.push(value);
        }
        self.starts.push(self.columns.len());
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// True when there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The pairs of a row; empty past the end.
    pub fn row(&self, index: usize) -> impl Iterator<Item = (usize, f32)> + '_ {
        let range = match (self.starts.get(index), self.starts.get(index + 1)) {
            (Some(&start), Some(&end)) => start..end,
            _ => 0..0,
        };
        let columns = self.columns.get(range.clone()).unwrap_or_default();
        let values = self.values.get(range).unwrap_or_default();
        columns.iter().zip(values).map(|(&c, &v)| (c as usize, v))
    }
}

/// What is true of each row.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    /// Number of outputs.
    pub outputs: usize,
    /// For each row, the outputs that are true.
    pub positive: Vec<Vec<u16>>,
    /// For each row, the outputs that it says nothing of; empty when every row speaks of every output.
    pub ignored: Vec<Vec<u16>>,
}

impl Labels {
    /// 1 for true, -1 for false, 0 for not said.
    fn signs(&self, row: usize, out: &mut Vec<f32>) {
        out.clear();
        out.resize(self.outputs, -1.0);
        for (list, sign) in [(&self.positive, 1.0), (&self.ignored, 0.0)] {
            for &output in list.get(row).into_iter().flatten() {
                out[usize::from(output)] = sign;
            }
        }
    }
}

/// How the regression is solved.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SolverConfig {
    /// Inverse strength of the L2 penalty, as in LIBLINEAR and scikit-learn.
    pub c: f32,
    /// Weight of a positive example beside a negative one.
    pub positive_weight: f32,
    /// Passes over the data at most.
    pub epochs: usize,
    /// Stops when no dual variable (each 0 to 1) moves further than this in a pass.
    pub tolerance: f32,
    /// Seed of the order in which rows are visited.
    pub seed: u64,
}

/// Weights of all outputs.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// Number of outputs.
    pub outputs: usize,
    /// Shape `(columns, outputs)`, a column's weights side by side.
    pub values: Vec<f32>,
    /// Shape `(outputs,)`.
    pub bias: Vec<f32>,
    /// Passes made.
    pub epochs: usize,
}

impl Weights {
    /// Logits of a row of features, written to `out`.
    /// # Shapes
    /// `out`: `(outputs,)`.
    pub fn logits(&self, row: impl Iterator<Item = (usize, f32)>, out: &mut Vec<f32>) {
        out.clear();
        out.extend_from_slice(&self.bias);
        for (column, value) in row {
            axpy(out, value, self.column(column));
        }
    }

    fn column(&self, column: usize) -> &[f32] {
        self.values.get(column * self.outputs..(column + 1) * self.outputs).unwrap_or_default()
    }
}

fn sigmoid(z: f32) -> f32 {
    1.0 / (1.0 + (-z).exp())
}

/// Fits every output.
/// # Shapes
/// `x`: `(n, columns)`, a label a row. `progress` is called after each pass with the furthest move.
#[must_use]
pub fn fit(
    x: &Sparse,
    columns: usize,
    labels: &Labels,
    config: &SolverConfig,
    mut progress: impl FnMut(f32),
) -> Weights {
    let outputs = labels.outputs;
    let mut w =
        Weights { outputs, values: vec![0.0; columns * outputs], bias: vec![0.0; outputs], epochs: 0 };
    let mut dual = vec![0f32; x.len() * outputs];
    let mut order: Vec<usize> = (0..x.len()).collect();
    let mut rng = ChaCha8Rng::seed_from_u64(config.seed);
    let norms: Vec<f32> = (0..x.len()).map(|i| 1.0 + x.row(i).map(|(_, v)| v * v).sum::<f32>()).collect();
    let (mut margin, mut delta) = (Vec::with_capacity(outputs), vec![0f32; outputs]);
    let mut signs = Vec::with_capacity(outputs);
    for epoch in 1..=config.epochs {
        order.shuffle(&mut rng);
        let mut furthest = 0f32;
        for &i in &order {
            w.logits(x.row(i), &mut margin);
            labels.signs(i, &mut signs);
            let mut moved = 0f32;
            let dual = &mut dual[i * outputs..(i + 1) * outputs];
            for (((d, &m), &y), delta) in dual.iter_mut().zip(&margin).zip(&signs).zip(&mut delta) {
                let c = if y > 0.0 { config.c * config.positive_weight } else { config.c };
                let change =
                    if y.abs() < 0.5 { 0.0 } else { step(*d, y * m, c * norms[i], config.tolerance * 0.1) };
                *d += change;
                *delta = y * c * change;
                moved = moved.max(change.abs());
            }
            if moved > 0.0 {
                for (column, value) in x.row(i) {
                    axpy(&mut w.values[column * outputs..(column + 1) * outputs], value, &delta);
                }
                axpy(&mut w.bias, 1.0, &delta);
            }
            furthest = furthest.max(moved);
        }
        w.epochs = epoch;
        progress(furthest);
        if furthest < config.tolerance {
            break;
        }
    }
    w
}

/// How far one dual variable moves: the root of `z - ym - q (sigmoid(-z) - d)`, where the new variable is
/// `sigmoid(-z)`, by Newton's method within a bracket, since the function is flat at both ends.
fn step(d: f32, ym: f32, q: f32, negligible: f32) -> f32 {
    let mut z = ym;
    let mut s = sigmoid(-z);
    if (s - d).abs() < negligible {
        return 0.0;
    }
    let (mut low, mut high) = (ym - q * d, ym + q * (1.0 - d));
    for _ in 0..30 {
        let f = z - ym - q * (s - d);
        if f.abs() < 1e-4 {
            break;
        }
        if f > 0.0 {
            high = z;
        } else {
            low = z;
        }
        let newton = z - f / (1.0 + q * s * (1.0 - s));
        z = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
        s = sigmoid(-z);
    }
    (s - d).clamp(-d, 1.0 - d)
}

/// What the solver makes as small as it can.
#[cfg(test)]
fn objective(x: &Sparse, labels: &Labels, w: &Weights, c: f64) -> f64 {
    let mut total = 0.0;
    for value in w.values.iter().chain(&w.bias) {
        total += 0.5 * f64::from(*value) * f64::from(*value);
    }
    let (mut out, mut signs) = (Vec::new(), Vec::new());
    for i in 0..x.len() {
        w.logits(x.row(i), &mut out);
        labels.signs(i, &mut signs);
        for (&m, &y) in out.iter().zip(&signs).filter(|(_, y)| y.abs() > 0.5) {
            total += c * (-f64::from(y) * f64::from(m)).exp().ln_1p();
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn problem(rows: &[(Vec<f32>, Vec<u16>)], outputs: usize) -> (Sparse, Labels) {
        let mut x = Sparse::default();
        for (row, _) in rows {
            x.push(row.iter().enumerate().map(|(c, &v)| (u32::try_from(c).unwrap(), v)));
        }
        // The first row says nothing of the first output.
        let ignored = rows.iter().enumerate().map(|(i, _)| if i == 0 { vec![0] } else { vec![] }).collect();
        (x, Labels { outputs, positive: rows.iter().map(|r| r.1.clone()).collect(), ignored })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        // At the optimum of a convex function no small change of the weights helps.
        #[test]
        fn no_neighbour_is_better(
            rows in prop::collection::vec(
                (prop::collection::vec(-1f32..1.0, 4), prop::sample::subsequence(vec![0u16, 1, 2], 0..=3)), 5..30),
            nudge in prop::collection::vec(-1f32..1.0, 15),
            c in prop::sample::select(vec![0.3f32, 3.0, 60.0]),
        ) {
            let (x, labels) = problem(&rows, 3);
            let config = SolverConfig { c, positive_weight: 1.0, epochs: 2000, tolerance: 1e-6, seed: 1 };
            let w = fit(&x, 4, &labels, &config, |_| ());
            let best = objective(&x, &labels, &w, f64::from(c));
            for scale in [0.1, 0.01] {
                let mut other = w.clone();
                for (v, n) in other.values.iter_mut().chain(&mut other.bias).zip(&nudge) {
                    *v += scale * n;
                }
                prop_assert!(objective(&x, &labels, &other, f64::from(c)) >= best - 1e-3);
            }
        }
    }

    #[test]
    fn one_seed_gives_one_answer() {
        let rows = [(vec![1.0, 0.0], vec![0]), (vec![0.0, 1.0], vec![]), (vec![0.5, 0.5], vec![0])];
        let (x, labels) = problem(&rows, 1);
        let config = SolverConfig { c: 1.0, positive_weight: 2.0, epochs: 5, tolerance: 0.0, seed: 7 };
        assert_eq!(fit(&x, 2, &labels, &config, |_| ()), fit(&x, 2, &labels, &config, |_| ()));
    }
}
