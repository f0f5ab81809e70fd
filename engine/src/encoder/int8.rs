//! Weights of one byte: each row of a matrix has a scale of its own.

use std::collections::BTreeMap;

use candle_core::{DType, Device, Tensor};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

/// Ending of the name of a matrix's scales.
const SCALE: &str = ".scale";

/// Serialises tensors as safetensors: matrices as one byte a weight with a scale a row (symmetric, the largest weight is
/// 127), everything else as f32.
/// # Errors
/// A sentence when a tensor is not f32 or cannot be laid out.
pub fn quantise(tensors: &BTreeMap<String, Tensor>) -> Result<Vec<u8>, String> {
    let mut parts: BTreeMap<String, (Dtype, Vec<usize>, Vec<u8>)> = BTreeMap::new();
    let bytes = |v: &[f32]| v.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
    for (name, tensor) in tensors {
        let values = tensor.flatten_all().and_then(|t| t.to_vec1::<f32>()).map_err(|e| e.to_string())?;
        let shape = tensor.dims().to_vec();
        if let [rows, width] = shape[..]
            && width > 0
        {
            let (weights, scales) = rows_to_i8(&values, width);
            parts.insert(format!("{name}{SCALE}"), (Dtype::F32, vec![rows], bytes(&scales)));
            let weights = weights.iter().map(|w| w.cast_unsigned()).collect();
            parts.insert(name.clone(), (Dtype::I8, shape, weights));
        } else {
            parts.insert(name.clone(), (Dtype::F32, shape, bytes(&values)));
        }
    }
    let views: Vec<(&String, TensorView<'_>)> = parts
        .iter()
        .map(|(name, (dtype, shape, data))| {
            TensorView::new(*dtype, shape.clone(), data).map(|view| (name, view)).map_err(|e| e.to_string())
        })
        .collect::<Result<_, _>>()?;
    safetensors::serialize(views, None).map_err(|e| e.to_string())
}

#[expect(clippy::cast_possible_truncation, reason = "the quotient is at most 127 in size")]
fn rows_to_i8(values: &[f32], width: usize) -> (Vec<i8>, Vec<f32>) {
    let mut weights = Vec::with_capacity(values.len());
    let mut scales = Vec::with_capacity(values.len() / width);
    for row in values.chunks_exact(width) {
        let scale = row.iter().fold(0f32, |m, w| m.max(w.abs())) / 127.0;
        weights.extend(row.iter().map(|w| if scale > 0.0 { (w / scale).round() as i8 } else { 0 }));
        scales.push(scale);
    }
    (weights, scales)
}

/// Reads what [`quantise`] wrote, or any safetensors file of floating-point numbers, as f32 on the CPU.
/// # Errors
/// A sentence that names the tensor.
pub fn dequantise(bytes: &[u8]) -> Result<BTreeMap<String, Tensor>, String> {
    let file = SafeTensors::deserialize(bytes).map_err(|e| e.to_string())?;
    let mut out = BTreeMap::new();
    for (name, view) in file.iter() {
        if name.strip_suffix(SCALE).is_some_and(|matrix| file.tensor(matrix).is_ok()) {
            continue;
        }
        let tensor = match view.dtype() {
            Dtype::I8 => scaled(&file, name, &view)?,
            _ => floats(name, &view)?,
        };
        out.insert(name.to_owned(), tensor);
    }
    Ok(out)
}

fn floats(name: &str, view: &TensorView<'_>) -> Result<Tensor, String> {
    let named = |e: candle_core::Error| format!("tensor '{name}': {e}");
    let dtype = match view.dtype() {
        Dtype::F32 => DType::F32,
        Dtype::F16 => DType::F16,
        Dtype::BF16 => DType::BF16,
        other => return Err(format!("tensor '{name}' is {other:?}, expected a floating-point number or I8")),
    };
    Tensor::from_raw_buffer(view.data(), dtype, view.shape(), &Device::Cpu)
        .and_then(|t| t.to_dtype(DType::F32))
        .map_err(named)
}

fn scaled(file: &SafeTensors<'_>, name: &str, view: &TensorView<'_>) -> Result<Tensor, String> {
    let [rows, width] = view.shape()[..] else {
        return Err(format!("tensor '{name}' is I8 of shape {:?}, expected a matrix", view.shape()));
    };
    let scale_name = format!("{name}{SCALE}");
    let scales = file.tensor(&scale_name).map_err(|_| format!("no tensor '{scale_name}'"))?;
    if scales.dtype() != Dtype::F32 || scales.shape() != [rows] {
        let (dtype, shape) = (scales.dtype(), scales.shape());
        return Err(format!("tensor '{scale_name}' is {dtype:?} {shape:?}, expected F32 [{rows}]"));
    }
    let scales = scales.data().as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b));
    let rows_of = view.data().chunks_exact(width.max(1));
    let values: Vec<f32> = rows_of
        .zip(scales)
        .flat_map(|(row, scale)| row.iter().map(move |w| f32::from(w.cast_signed()) * scale))
        .collect();
    Tensor::from_vec(values, (rows, width), &Device::Cpu).map_err(|e| format!("tensor '{name}': {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_weight_comes_back_within_half_a_step_and_the_second_time_exactly(
            values in prop::collection::vec(-10f32..10.0, 24), scale in 1e-6f32..1e3,
        ) {
            let values: Vec<f32> = values.iter().map(|v| v * scale).collect();
            let matrix = Tensor::from_slice(&values, (4, 6), &Device::Cpu).unwrap();
            let vector = Tensor::from_slice(&values, 24, &Device::Cpu).unwrap();
            let tensors = BTreeMap::from([("m".to_owned(), matrix), ("v".to_owned(), vector)]);
            let bytes = quantise(&tensors).unwrap();
            let once = dequantise(&bytes).unwrap();
            prop_assert_eq!(once["v"].to_vec1::<f32>().unwrap(), values.clone());
            let got = once["m"].flatten_all().unwrap().to_vec1::<f32>().unwrap();
            for (row, expected) in got.chunks(6).zip(values.chunks(6)) {
                let step = expected.iter().fold(0f32, |m, w| m.max(w.abs())) / 127.0;
                for (g, e) in row.iter().zip(expected) {
                    prop_assert!((g - e).abs() <= step * 0.5001, "{g} for {e}, step {step}");
                }
            }
            prop_assert!(quantise(&once).unwrap() == bytes);
        }
    }

    #[test]
    fn a_matrix_without_scales_names_them() {
        let bytes = [1u8, 2, 3, 4];
        let view = TensorView::new(Dtype::I8, vec![2, 2], &bytes).unwrap();
        let file = safetensors::serialize([("m", view)], None).unwrap();
        assert_eq!(dequantise(&file).unwrap_err(), "no tensor 'm.scale'");
    }
}
