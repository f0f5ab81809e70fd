//! Differentiable operations that candle lacks or composes slowly, for the CPU.
//!
//! Candle's own fused layer normalisation and softmax return no gradient and raise no error, hence these. Rows are the
//! tokens of all sequences of a batch, one sequence after another, without padding: `(t, h)`.

mod attention;
mod embedding;
mod layer;
mod linear;
mod pool;
mod rotary;
#[cfg(test)]
mod tests;
mod unary;
mod vector;

pub use embedding::{RowGradient, RowSink, lookup};
pub use layer::{LayerShape, PARTS, Part, transformer_layer};
pub use linear::linear;
pub use pool::mean_rows;
pub use rotary::rotate;
pub use unary::{attend, gelu, layer_norm};

use candle_core::{CpuStorage, Layout, Result, Storage, Tensor};

/// The numbers of a contiguous single-precision tensor.
fn numbers<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    let CpuStorage::F32(data) = storage else {
        candle_core::bail!("expected f32 numbers on the CPU");
    };
    layout
        .contiguous_offsets()
        .and_then(|(from, to)| data.get(from..to))
        .ok_or_else(|| candle_core::Error::Msg("expected a contiguous tensor".to_owned()))
}

/// Runs `f` on the numbers of a tensor.
pub(super) fn with_numbers<R>(tensor: &Tensor, f: impl FnOnce(&[f32]) -> R) -> Result<R> {
    let tensor = tensor.contiguous()?;
    let (storage, layout) = tensor.storage_and_layout();
    match &*storage {
        Storage::Cpu(storage) => Ok(f(numbers(storage, layout)?)),
        Storage::Cuda(_) | Storage::Metal(_) => candle_core::bail!("expected a tensor on the CPU"),
    }
}

/// A copy of the numbers of a tensor.
pub(super) fn to_vec(tensor: &Tensor) -> Result<Vec<f32>> {
    with_numbers(tensor, <[f32]>::to_vec)
}
