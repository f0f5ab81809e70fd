//! `y = x Wᵀ + b`.

use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor};
use relat_kernels::gemm::{Matrix, Store, matmul};

use super::{numbers, vector, with_numbers};

struct Linear;

/// `x weightᵀ + bias`.
/// # Shapes
/// `x`: `(t, k)`; `weight`: `(n, k)`; `bias`: `(n,)`; result `(t, n)`.
/// # Errors
/// If the shapes do not fit, or a tensor is not f32, contiguous and on the CPU.
pub fn linear(x: &Tensor, weight: &Tensor, bias: &Tensor) -> Result<Tensor> {
    x.apply_op3(weight, bias, Linear)
}

impl CustomOp3 for Linear {
    fn name(&self) -> &'static str {
        "linear"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
        s3: &CpuStorage,
        l3: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let ((t, k), (n, k2), n2) = (l1.shape().dims2()?, l2.shape().dims2()?, l3.shape().dims1()?);
        if k != k2 || n != n2 {
            candle_core::bail!("linear: x ({t}, {k}), weight ({n}, {k2}), bias ({n2})");
        }
        let (x, weight, bias) = (numbers(s1, l1)?, numbers(s2, l2)?, numbers(s3, l3)?);
        let mut y = vec![0.0; t * n];
        matmul(&mut y, Matrix::new(x, t, k), Matrix::new(weight, n, k).t(), Store::Replace);
        vector::add_bias(&mut y, bias);
        Ok((CpuStorage::F32(y), Shape::from((t, n))))
    }

    fn bwd(
        &self,
        x: &Tensor,
        weight: &Tensor,
        bias: &Tensor,
        _res: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let ((t, k), n) = (x.dims2()?, bias.dims1()?);
        let (mut dx, mut dw) = (vec![0.0; t * k], vec![0.0; n * k]);
        let db = with_numbers(grad, |grad| {
            let dy = Matrix::new(grad, t, n);
            with_numbers(weight, |w| matmul(&mut dx, dy, Matrix::new(w, n, k), Store::Replace))?;
            with_numbers(x, |x| matmul(&mut dw, dy.t(), Matrix::new(x, t, k), Store::Replace))?;
            Result::Ok(vector::column_sum(grad, n))
        })??;
        let device = x.device();
        Ok((
            Some(Tensor::from_vec(dx, (t, k), device)?),
            Some(Tensor::from_vec(dw, (n, k), device)?),
            Some(Tensor::from_vec(db, n, device)?),
        ))
    }
}
