//! Rows of a table by number, with a gradient for only the rows that were read.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};

use super::{numbers, vector, with_numbers};

/// Gradient of the rows that a batch read.
/// # Shapes
/// `rows`: `(r,)`, ascending; `values`: `(r, n)`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RowGradient {
    /// Row numbers.
    pub rows: Vec<u32>,
    /// Their gradients, one row after another.
    pub values: Vec<f32>,
}

/// Where a lookup leaves the gradient of its table, instead of a dense one that is nearly all zeros.
#[derive(Debug, Clone, Default)]
pub struct RowSink(Arc<Mutex<RowGradient>>);

impl RowSink {
    /// The gradient gathered since the last call.
    #[must_use]
    pub fn take(&self) -> RowGradient {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&self, ids: &[u32], grad: &[f32], width: usize) {
        let mut sink = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let held = std::mem::take(&mut *sink);
        let ids = held.rows.iter().chain(ids).copied();
        let rows = held.values.chunks_exact(width).chain(grad.chunks_exact(width));
        *sink = gather(ids, rows, width);
    }
}

/// Sums the rows of one number, in the order in which they stand.
fn gather<'a>(
    ids: impl Iterator<Item = u32>,
    grads: impl Iterator<Item = &'a [f32]>,
    width: usize,
) -> RowGradient {
    let mut by_row: BTreeMap<u32, Vec<&[f32]>> = BTreeMap::new();
    for (id, grad) in ids.zip(grads) {
        by_row.entry(id).or_default().push(grad);
    }
    let mut values = vec![0.0; by_row.len() * width];
    for (out, grads) in values.chunks_exact_mut(width).zip(by_row.values()) {
        for grad in grads {
            vector::add_assign(out, grad);
        }
    }
    RowGradient { rows: by_row.into_keys().collect(), values }
}

struct Lookup {
    ids: Vec<u32>,
    sink: Option<RowSink>,
}

/// Rows `ids` of `table`. With a `sink`, the table's gradient goes there and candle sees none.
/// # Shapes
/// `table`: `(v, n)`; result `(ids.len(), n)`.
/// # Errors
/// If an id is not below `v`, or the table is not f32, contiguous and on the CPU.
pub fn lookup(table: &Tensor, ids: Vec<u32>, sink: Option<RowSink>) -> Result<Tensor> {
    table.apply_op1(Lookup { ids, sink })
}

impl CustomOp1 for Lookup {
    fn name(&self) -> &'static str {
        "embedding-lookup"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (rows, n) = layout.shape().dims2()?;
        let table = numbers(storage, layout)?;
        let mut out = Vec::with_capacity(self.ids.len() * n);
        for &id in &self.ids {
            let at = usize::try_from(id).unwrap_or(usize::MAX).saturating_mul(n);
            let Some(row) = table.get(at..at.saturating_add(n)) else {
                candle_core::bail!("embedding-lookup: row {id} of a table of {rows}");
            };
            out.extend_from_slice(row);
        }
        Ok((CpuStorage::F32(out), Shape::from((self.ids.len(), n))))
    }

    fn bwd(&self, table: &Tensor, _res: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let (rows, n) = table.dims2()?;
        if let Some(sink) = &self.sink {
            with_numbers(grad, |grad| sink.add(&self.ids, grad, n))?;
            return Ok(None);
        }
        let sparse = with_numbers(grad, |grad| gather(self.ids.iter().copied(), grad.chunks_exact(n), n))?;
        let mut dense = vec![0.0; rows * n];
        for (&row, values) in sparse.rows.iter().zip(sparse.values.chunks_exact(n)) {
            let at = usize::try_from(row).unwrap_or(usize::MAX).saturating_mul(n);
            if let Some(out) = dense.get_mut(at..at.saturating_add(n)) {
                out.copy_from_slice(values);
            }
        }
        Ok(Some(Tensor::from_vec(dense, (rows, n), table.device())?))
    }
}
