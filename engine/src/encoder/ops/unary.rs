//! Layer normalisation, GELU and softmax attention as operations of their own.

use candle_core::{CpuStorage, CustomOp1, CustomOp3, Layout, Result, Shape, Tensor};

use super::{attention, numbers, to_vec, vector, with_numbers};

struct LayerNorm {
    eps: f32,
}

/// Layer normalisation over the last dimension.
/// # Shapes
/// `x`: `(t, n)`; `weight`, `bias`: `(n,)`; result `(t, n)`.
/// # Errors
/// If the shapes do not fit, or a tensor is not f32, contiguous and on the CPU.
pub fn layer_norm(x: &Tensor, weight: &Tensor, bias: &Tensor, eps: f32) -> Result<Tensor> {
    x.apply_op3(weight, bias, LayerNorm { eps })
}

impl CustomOp3 for LayerNorm {
    fn name(&self) -> &'static str {
        "layer-norm"
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
        let ((t, n), n2, n3) = (l1.shape().dims2()?, l2.shape().dims1()?, l3.shape().dims1()?);
        if n != n2 || n != n3 {
            candle_core::bail!("layer-norm: x ({t}, {n}), weight ({n2}), bias ({n3})");
        }
        let norm = vector::Norm { weight: numbers(s2, l2)?, bias: numbers(s3, l3)?, eps: self.eps };
        let mut out = vec![0.0; t * n];
        vector::norm(numbers(s1, l1)?, norm, &mut out);
        Ok((CpuStorage::F32(out), Shape::from((t, n))))
    }

    fn bwd(
        &self,
        x: &Tensor,
        weight: &Tensor,
        bias: &Tensor,
        _res: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let mut dx = to_vec(grad)?;
        let (weight_now, bias_now) = (to_vec(weight)?, to_vec(bias)?);
        let norm = vector::Norm { weight: &weight_now, bias: &bias_now, eps: self.eps };
        let (dw, db) = with_numbers(x, |x| vector::norm_backward(x, norm, &mut dx))?;
        let n = dw.len();
        Ok((
            Some(Tensor::from_vec(dx, x.shape(), x.device())?),
            Some(Tensor::from_vec(dw, n, x.device())?),
            Some(Tensor::from_vec(db, n, x.device())?),
        ))
    }
}

struct Gelu;

/// GELU with the error function.
/// # Shapes
/// Any; result alike.
/// # Errors
/// If the tensor is not f32, contiguous and on the CPU.
pub fn gelu(x: &Tensor) -> Result<Tensor> {
    x.apply_op1(Gelu)
}

impl CustomOp1 for Gelu {
    fn name(&self) -> &'static str {
        "gelu-erf"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let x = numbers(storage, layout)?;
        let mut out = vec![0.0; x.len()];
        vector::gelu(x, &mut out);
        Ok((CpuStorage::F32(out), layout.shape().clone()))
    }

    fn bwd(&self, x: &Tensor, _res: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let mut dx = to_vec(grad)?;
        with_numbers(x, |x| vector::gelu_backward(x, &mut dx))?;
        Ok(Some(Tensor::from_vec(dx, x.shape(), x.device())?))
    }
}

struct Attend {
    lengths: Vec<usize>,
    heads: usize,
    window: Option<usize>,
}

impl Attend {
    fn shape(&self, hidden: usize) -> attention::Shape<'_> {
        attention::Shape {
            lengths: &self.lengths,
            heads: self.heads,
            head_size: hidden / self.heads,
            window: self.window,
        }
    }
}

/// Softmax attention of each sequence to itself, at most `window` rows away when given.
/// # Shapes
/// `qkv`: `(t, 3h)`, queries then keys then values, each `heads` heads side by side; result `(t, h)`. `lengths` sum to t.
/// # Errors
/// If the shapes do not fit, or the tensor is not f32, contiguous and on the CPU.
pub fn attend(qkv: &Tensor, lengths: &[usize], heads: usize, window: Option<usize>) -> Result<Tensor> {
    qkv.apply_op1(Attend { lengths: lengths.to_vec(), heads, window })
}

/// Checks what the loops of [`attention`] rely on.
pub(super) fn check_attention(rows: usize, hidden: usize, lengths: &[usize], heads: usize) -> Result<()> {
    if heads == 0 || hidden == 0 || !hidden.is_multiple_of(heads) {
        candle_core::bail!("attention: {heads} heads of {hidden} in all");
    }
    if lengths.iter().sum::<usize>() != rows {
        candle_core::bail!("attention: the lengths do not sum to {rows} rows");
    }
    Ok(())
}

impl CustomOp1 for Attend {
    fn name(&self) -> &'static str {
        "softmax-attention"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (t, width) = layout.shape().dims2()?;
        let hidden = width / 3;
        check_attention(t, hidden, &self.lengths, self.heads)?;
        let mut out = vec![0.0; t * hidden];
        attention::forward(numbers(storage, layout)?, self.shape(hidden), &mut out);
        Ok((CpuStorage::F32(out), Shape::from((t, hidden))))
    }

    fn bwd(&self, qkv: &Tensor, res: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let (t, hidden) = res.dims2()?;
        let mut out = vec![0.0; t * hidden * 3];
        with_numbers(grad, |grad| {
            with_numbers(qkv, |qkv| attention::backward(qkv, self.shape(hidden), grad, &mut out))
        })??;
        Ok(Some(Tensor::from_vec(out, qkv.shape(), qkv.device())?))
    }
}
