//! What fine-tuning asks for.

use candle_core::{Device, Result, Tensor};

use super::data::Item;

/// Targets of the pieces of some windows: 1 where an output is true.
/// # Shapes
/// `(pieces, outputs)`.
/// # Errors
/// If memory runs out.
pub(super) fn targets(items: &[Item], outputs: usize) -> Result<Tensor> {
    let pieces: usize = items.iter().map(|item| item.labels.len()).sum();
    let mut values = vec![0f32; pieces * outputs];
    let rows = values.chunks_exact_mut(outputs.max(1));
    for (row, labels) in rows.zip(items.iter().flat_map(|item| &item.labels)) {
        for &label in labels {
            if let Some(value) = row.get_mut(usize::from(label)) {
                *value = 1.0;
            }
        }
    }
    Tensor::from_vec(values, (pieces, outputs), &Device::Cpu)
}

/// Binary cross-entropy of logits, summed over outputs, the mean over pieces; true outputs count `positive_weight` times.
///
/// Per entry: w (max(z, 0) - z y + ln(1 + exp(-|z|))), which no logit overflows.
/// # Shapes
/// `logits`, `targets`: `(pieces, outputs)`; result `()`.
/// # Errors
/// If the shapes do not fit.
pub(super) fn cross_entropy(logits: &Tensor, targets: &Tensor, positive_weight: f64) -> Result<Tensor> {
    let softplus = (logits.abs()?.neg()?.exp()? + 1.0)?.log()?;
    let each = ((logits.relu()? - (logits * targets)?)? + softplus)?;
    let weights = targets.affine(positive_weight - 1.0, 1.0)?;
    (each * weights)?.sum(1)?.mean(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Var;

    #[test]
    fn the_gradient_is_the_weighted_error() {
        let z = [-90.0f32, -2.0, 0.5, 3.0, 90.0, 0.0];
        let y = [0.0f32, 1.0, 0.0, 1.0, 1.0, 0.0];
        let logits = Var::from_slice(&z, (2, 3), &Device::Cpu).unwrap();
        let targets = Tensor::from_slice(&y, (2, 3), &Device::Cpu).unwrap();
        let loss = cross_entropy(&logits, &targets, 2.0).unwrap();
        let gradient = loss.backward().unwrap().get(&logits).unwrap().flatten_all().unwrap();
        for ((g, z), y) in gradient.to_vec1::<f32>().unwrap().iter().zip(z).zip(y) {
            let expected = (1.0 + y) * (1.0 / (1.0 + (-z).exp()) - y) / 2.0;
            assert!((g - expected).abs() < 1e-6 || z == 0.0, "{g} for {expected} at {z}");
        }
        let expected: f32 = z
            .iter()
            .zip(y)
            .map(|(z, y)| (1.0 + y) * (z.max(0.0) - z * y + (-z.abs()).exp().ln_1p()))
            .sum::<f32>()
            / 2.0;
        assert!((loss.to_scalar::<f32>().unwrap() - expected).abs() < 1e-5);
    }
}
