//! Rotary positions: each pair of a query's or key's numbers turned by an angle that grows with the token's number.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};

use super::{numbers, with_numbers};

#[derive(Debug, Clone)]
struct Rotate {
    lengths: Vec<usize>,
    head_size: usize,
    theta: f32,
    back: bool,
}

/// Turns queries and keys by their positions (Su et al. 2021, in the half-split form of Hugging Face); values stay.
/// # Shapes
/// `qkv`: `(t, 3h)`, queries then keys then values; result alike. `lengths` sum to t; `head_size` divides h.
/// # Errors
/// If the shapes do not fit, or the tensor is not f32, contiguous and on the CPU.
pub fn rotate(qkv: &Tensor, lengths: &[usize], head_size: usize, theta: f32) -> Result<Tensor> {
    qkv.apply_op1(Rotate { lengths: lengths.to_vec(), head_size, theta, back: false })
}

impl Rotate {
    fn apply(&self, x: &mut [f32], width: usize) {
        let half = self.head_size / 2;
        let turned = width / 3 * 2;
        let positions = self.lengths.iter().flat_map(|&length| 0..length);
        for (row, position) in x.chunks_exact_mut(width).zip(positions) {
            let angles: Vec<(f32, f32)> = (0..half).map(|i| self.angle(position, i).sin_cos()).collect();
            let Some(row) = row.get_mut(..turned) else { continue };
            for head in row.chunks_exact_mut(self.head_size) {
                let (low, high) = head.split_at_mut(half);
                for ((a, b), &(sin, cos)) in low.iter_mut().zip(high).zip(&angles) {
                    (*a, *b) = (*a * cos - *b * sin, *b * cos + *a * sin);
                }
            }
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "positions and head widths are far below 2^24")]
    fn angle(&self, position: usize, i: usize) -> f32 {
        let frequency = self.theta.powf(-((2 * i) as f32) / self.head_size as f32);
        let angle = position as f32 * frequency;
        if self.back { -angle } else { angle }
    }
}

impl CustomOp1 for Rotate {
    fn name(&self) -> &'static str {
        "rotary-positions"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (t, width) = layout.shape().dims2()?;
        if self.lengths.iter().sum::<usize>() != t || !(width / 3).is_multiple_of(self.head_size) {
            candle_core::bail!("rotary-positions: ({t}, {width}) with heads of {}", self.head_size);
        }
        let mut out = numbers(storage, layout)?.to_vec();
        self.apply(&mut out, width);
        Ok((CpuStorage::F32(out), layout.shape().clone()))
    }

    fn bwd(&self, qkv: &Tensor, _res: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let mut out = with_numbers(grad, <[f32]>::to_vec)?;
        Self { back: true, ..self.clone() }.apply(&mut out, qkv.dim(1)?);
        Ok(Some(Tensor::from_vec(out, qkv.shape(), qkv.device())?))
    }
}
