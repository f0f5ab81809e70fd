//! Mean of the rows of each span.

use std::ops::Range;

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};

use super::{numbers, vector, with_numbers};

struct MeanRows {
    spans: Vec<Range<usize>>,
}

/// Mean of the rows of each span; spans may overlap and leave rows out.
/// # Shapes
/// `x`: `(t, n)`; result `(spans.len(), n)`.
/// # Errors
/// If a span is empty or ends after `t`, or the tensor is not f32, contiguous and on the CPU.
pub fn mean_rows(x: &Tensor, spans: Vec<Range<usize>>) -> Result<Tensor> {
    x.apply_op1(MeanRows { spans })
}

#[expect(clippy::cast_precision_loss, reason = "a span has far fewer than 2^24 rows")]
fn weight(span: &Range<usize>) -> f32 {
    1.0 / span.len() as f32
}

impl CustomOp1 for MeanRows {
    fn name(&self) -> &'static str {
        "mean-rows"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (t, n) = layout.shape().dims2()?;
        let x = numbers(storage, layout)?;
        let mut out = vec![0.0; self.spans.len() * n];
        for (out, span) in out.chunks_exact_mut(n).zip(&self.spans) {
            let rows = x.get(span.start * n..span.end * n).filter(|rows| !rows.is_empty());
            let Some(rows) = rows else {
                candle_core::bail!("mean-rows: rows {}..{} of {t}", span.start, span.end);
            };
            for row in rows.chunks_exact(n) {
                vector::add_assign(out, row);
            }
            let weight = weight(span);
            for y in out {
                *y *= weight;
            }
        }
        Ok((CpuStorage::F32(out), Shape::from((self.spans.len(), n))))
    }

    fn bwd(&self, x: &Tensor, _res: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let (t, n) = x.dims2()?;
        let mut out = vec![0.0; t * n];
        with_numbers(grad, |grad| {
            for (grad, span) in grad.chunks_exact(n).zip(&self.spans) {
                let weight = weight(span);
                let rows = out.get_mut(span.start * n..span.end * n).unwrap_or_default();
                for row in rows.chunks_exact_mut(n) {
                    for (y, g) in row.iter_mut().zip(grad) {
                        *y = weight.mul_add(*g, *y);
                    }
                }
            }
        })?;
        Ok(Some(Tensor::from_vec(out, (t, n), x.device())?))
    }
}
