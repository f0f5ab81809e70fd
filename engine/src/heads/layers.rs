//! The small maps that heads are made of.

use serde::{Deserialize, Serialize};

/// An affine map to one logit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Affine {
    /// One weight a feature.
    pub weights: Vec<f32>,
    /// Logit of no feature.
    pub bias: f32,
}

impl Affine {
    /// The logit.
    #[must_use]
    pub fn logit(&self, features: &[f32]) -> f32 {
        self.bias + dot(&self.weights, features)
    }
}

/// One hidden layer beside an affine map: `a·x + b·silu(Wx + c) + d`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Perceptron {
    /// Of the features, one a hidden unit.
    pub hidden: Vec<Affine>,
    /// Of the features followed by the hidden units, one a logit.
    pub outputs: Vec<Affine>,
}

impl Perceptron {
    /// Appends the logits of `features` to `out`; `scratch` holds the hidden units and is kept between calls.
    pub fn logits(&self, features: &[f32], scratch: &mut Vec<f32>, out: &mut Vec<f32>) {
        scratch.clear();
        scratch.extend(self.hidden.iter().map(|unit| silu(unit.logit(features))));
        let n = features.len();
        out.extend(self.outputs.iter().map(|output| {
            let (own, units) = output.weights.split_at(n.min(output.weights.len()));
            output.bias + dot(own, features) + dot(units, scratch)
        }));
    }

    /// Checks every size.
    /// # Errors
    /// A sentence that says what was expected and found.
    pub fn check(&self, name: &str, features: usize, logits: usize) -> Result<(), String> {
        let size = |what: &str, found: usize, expected: usize| match found == expected {
            true => Ok(()),
            false => Err(format!("{name}: {found} {what}, expected {expected}")),
        };
        size("outputs", self.outputs.len(), logits)?;
        for unit in &self.hidden {
            size("weights of a hidden unit", unit.weights.len(), features)?;
        }
        for output in &self.outputs {
            size("weights of an output", output.weights.len(), features + self.hidden.len())?;
        }
        Ok(())
    }
}

/// Platt scaling with an offset a code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platt {
    /// Slope, shared by all codes.
    pub slope: f32,
    /// Offset of each code.
    pub offsets: Vec<f32>,
}

impl Platt {
    /// Calibrated probability of a code.
    #[must_use]
    pub fn probability(&self, code: usize, logit: f32) -> f32 {
        sigmoid(self.slope * logit + self.offsets[code])
    }
}

/// Logistic function.
#[must_use]
pub fn sigmoid(z: f32) -> f32 {
    1.0 / (1.0 + (-z).exp())
}

/// `x` times its logistic function (Elfwing et al. 2017).
#[must_use]
pub fn silu(x: f32) -> f32 {
    x * sigmoid(x)
}

/// Eight sums side by side, so that the compiler may use vectors; their order is fixed.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0f32; 8];
    let (ends, starts) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = ends.remainder().iter().zip(starts.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a.chunks_exact(8).zip(starts) {
        for ((sum, x), y) in sums.iter_mut().zip(x).zip(y) {
            *sum += x * y;
        }
    }
    sums.iter().sum::<f32>() + rest
}
