//! A whole post-norm transformer layer as one operation, so that a training step writes and reads each intermediate
//! once and candle's graph has one node a layer.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor};
use relat_kernels::gemm::{Matrix, Store, matmul};

use super::unary::check_attention;
use super::{attention, numbers, vector, with_numbers};

/// A parameter of a layer. All of a layer's parameters stand one after another in one vector, in the order of [`PARTS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `(3h, h)`: queries, keys, values.
    QkvWeight,
    /// `(3h,)`.
    QkvBias,
    /// `(h, h)`.
    OutWeight,
    /// `(h,)`.
    OutBias,
    /// `(h,)`: scale of the norm after attention.
    AttentionNormWeight,
    /// `(h,)`: shift of the norm after attention.
    AttentionNormBias,
    /// `(f, h)`.
    UpWeight,
    /// `(f,)`.
    UpBias,
    /// `(h, f)`.
    DownWeight,
    /// `(h,)`.
    DownBias,
    /// `(h,)`: scale of the norm after the feed-forward part.
    FinalNormWeight,
    /// `(h,)`: shift of the norm after the feed-forward part.
    FinalNormBias,
}

/// The parts in the order in which they are stored.
pub const PARTS: [Part; 12] = [
    Part::QkvWeight,
    Part::QkvBias,
    Part::OutWeight,
    Part::OutBias,
    Part::AttentionNormWeight,
    Part::AttentionNormBias,
    Part::UpWeight,
    Part::UpBias,
    Part::DownWeight,
    Part::DownBias,
    Part::FinalNormWeight,
    Part::FinalNormBias,
];

/// Sizes of a layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LayerShape {
    /// Width of a state, h.
    pub hidden: usize,
    /// Width of the feed-forward part, f.
    pub intermediate: usize,
    /// Number of attention heads.
    pub heads: usize,
    /// Added to the variance in layer normalisation.
    pub eps: f32,
}

impl LayerShape {
    /// Where `part` stands in the layer's vector.
    #[must_use]
    pub fn range(&self, part: Part) -> Range<usize> {
        let mut start = 0;
        for p in PARTS {
            let size = self.size(p);
            if p == part {
                return start..start + size;
            }
            start += size;
        }
        start..start
    }

    /// Number of parameters.
    #[must_use]
    pub fn parameters(&self) -> usize {
        PARTS.iter().map(|&p| self.size(p)).sum()
    }

    fn size(&self, part: Part) -> usize {
        let (h, f) = (self.hidden, self.intermediate);
        match part {
            Part::QkvWeight => 3 * h * h,
            Part::QkvBias => 3 * h,
            Part::OutWeight => h * h,
            Part::UpWeight | Part::DownWeight => f * h,
            Part::UpBias => f,
            Part::OutBias
            | Part::AttentionNormWeight
            | Part::AttentionNormBias
            | Part::DownBias
            | Part::FinalNormWeight
            | Part::FinalNormBias => h,
        }
    }

    fn part<'a>(&self, parameters: &'a [f32], part: Part) -> &'a [f32] {
        parameters.get(self.range(part)).unwrap_or_default()
    }
}

/// What the gradient needs of a forward pass.
struct Saved {
    qkv: Vec<f32>,
    context: Vec<f32>,
    attention_sum: Vec<f32>,
    attention_normed: Vec<f32>,
    up: Vec<f32>,
    activated: Vec<f32>,
    final_sum: Vec<f32>,
}

struct TransformerLayer {
    shape: LayerShape,
    lengths: Arc<[usize]>,
    saved: Option<Mutex<Option<Saved>>>,
}

/// One layer of BERT: attention and feed-forward part, each added to its input and then normalised.
///
/// Only with `keep` can the result be differentiated, once; without it less memory is held.
/// # Shapes
/// `x`: `(t, h)`; `parameters`: `(shape.parameters(),)`; result `(t, h)`. `lengths` sum to t.
/// # Errors
/// If the shapes do not fit, or a tensor is not f32, contiguous and on the CPU.
pub fn transformer_layer(
    x: &Tensor,
    parameters: &Tensor,
    shape: LayerShape,
    lengths: Arc<[usize]>,
    keep: bool,
) -> Result<Tensor> {
    let saved = keep.then(Mutex::default);
    x.apply_op2(parameters, TransformerLayer { shape, lengths, saved })
}

impl TransformerLayer {
    fn attention(&self) -> attention::Shape<'_> {
        let LayerShape { hidden, heads, .. } = self.shape;
        attention::Shape { lengths: &self.lengths, heads, head_size: hidden / heads, window: None }
    }

    fn norm<'a>(&self, parameters: &'a [f32], weight: Part, bias: Part) -> vector::Norm<'a> {
        vector::Norm {
            weight: self.shape.part(parameters, weight),
            bias: self.shape.part(parameters, bias),
            eps: self.shape.eps,
        }
    }

    fn forward(&self, x: &[f32], parameters: &[f32]) -> Vec<f32> {
        let LayerShape { hidden: h, intermediate: f, .. } = self.shape;
        let t = x.len() / h;
        let part = |p| self.shape.part(parameters, p);
        let product = |input: &[f32], weight: Part, (n, k): (usize, usize)| {
            let mut out = vec![0.0; t * n];
            let weight = Matrix::new(part(weight), n, k).t();
            matmul(&mut out, Matrix::new(input, t, k), weight, Store::Replace);
            out
        };
        let mut qkv = product(x, Part::QkvWeight, (3 * h, h));
        vector::add_bias(&mut qkv, part(Part::QkvBias));
        let mut context = vec![0.0; t * h];
        attention::forward(&qkv, self.attention(), &mut context);
        let mut attention_sum = product(&context, Part::OutWeight, (h, h));
        let mut attention_normed = vec![0.0; t * h];
        let norm = self.norm(parameters, Part::AttentionNormWeight, Part::AttentionNormBias);
        vector::add_norm(&mut attention_sum, x, part(Part::OutBias), norm, &mut attention_normed);
        let mut up = product(&attention_normed, Part::UpWeight, (f, h));
        let mut activated = vec![0.0; t * f];
        vector::bias_gelu(&mut up, part(Part::UpBias), &mut activated);
        let mut final_sum = product(&activated, Part::DownWeight, (h, f));
        let mut out = vec![0.0; t * h];
        let norm = self.norm(parameters, Part::FinalNormWeight, Part::FinalNormBias);
        vector::add_norm(&mut final_sum, &attention_normed, part(Part::DownBias), norm, &mut out);
        if let Some(saved) = &self.saved {
            let kept = Saved { qkv, context, attention_sum, attention_normed, up, activated, final_sum };
            *saved.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        }
        out
    }

    /// Gradients of the input and of the parameters.
    fn backward(&self, x: &[f32], parameters: &[f32], kept: Saved, grad: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let LayerShape { hidden: h, intermediate: f, .. } = self.shape;
        let t = x.len() / h;
        let mut into = vec![0.0; self.shape.parameters()];
        let part = |p| self.shape.part(parameters, p);

        let mut d_sum = grad.to_vec(); // (t, h)
        let norm = self.norm(parameters, Part::FinalNormWeight, Part::FinalNormBias);
        let (dw, db) = vector::norm_backward(&kept.final_sum, norm, &mut d_sum);
        self.put(&mut into, Part::FinalNormWeight, &dw);
        self.put(&mut into, Part::FinalNormBias, &db);
        self.linear_backward(&mut into, (Part::DownWeight, Part::DownBias), &d_sum, &kept.activated);
        let mut d_up = vec![0.0; t * f];
        let weight = Matrix::new(part(Part::DownWeight), h, f);
        matmul(&mut d_up, Matrix::new(&d_sum, t, h), weight, Store::Replace);
        vector::gelu_backward(&kept.up, &mut d_up);
        self.linear_backward(&mut into, (Part::UpWeight, Part::UpBias), &d_up, &kept.attention_normed);
        // The residual's gradient is there already; that of the feed-forward part is added.
        let weight = Matrix::new(part(Part::UpWeight), f, h);
        matmul(&mut d_sum, Matrix::new(&d_up, t, f), weight, Store::Add);

        let norm = self.norm(parameters, Part::AttentionNormWeight, Part::AttentionNormBias);
        let (dw, db) = vector::norm_backward(&kept.attention_sum, norm, &mut d_sum);
        self.put(&mut into, Part::AttentionNormWeight, &dw);
        self.put(&mut into, Part::AttentionNormBias, &db);
        self.linear_backward(&mut into, (Part::OutWeight, Part::OutBias), &d_sum, &kept.context);
        let mut d_context = vec![0.0; t * h];
        let weight = Matrix::new(part(Part::OutWeight), h, h);
        matmul(&mut d_context, Matrix::new(&d_sum, t, h), weight, Store::Replace);
        let mut d_qkv = vec![0.0; t * 3 * h];
        attention::backward(&kept.qkv, self.attention(), &d_context, &mut d_qkv);
        self.linear_backward(&mut into, (Part::QkvWeight, Part::QkvBias), &d_qkv, x);
        let weight = Matrix::new(part(Part::QkvWeight), 3 * h, h);
        matmul(&mut d_sum, Matrix::new(&d_qkv, t, 3 * h), weight, Store::Add);
        (d_sum, into)
    }

    fn put(&self, into: &mut [f32], part: Part, values: &[f32]) {
        if let Some(place) = into.get_mut(self.shape.range(part)) {
            place.copy_from_slice(values);
        }
    }

    /// Gradients of a weight `(n, k)` and its bias `(n,)`, from that of the output `(t, n)` and the input `(t, k)`.
    fn linear_backward(&self, into: &mut [f32], parts: (Part, Part), grad: &[f32], input: &[f32]) {
        let n = self.shape.size(parts.1);
        let t = grad.len() / n;
        let k = input.len() / t;
        if let Some(place) = into.get_mut(self.shape.range(parts.0)) {
            matmul(place, Matrix::new(grad, t, n).t(), Matrix::new(input, t, k), Store::Replace);
        }
        self.put(into, parts.1, &vector::column_sum(grad, n));
    }
}

impl CustomOp2 for TransformerLayer {
    fn name(&self) -> &'static str {
        "transformer-layer"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let ((t, h), n) = (l1.shape().dims2()?, l2.shape().dims1()?);
        if h != self.shape.hidden || n != self.shape.parameters() || t == 0 {
            candle_core::bail!("transformer-layer: x ({t}, {h}), parameters ({n}) for {:?}", self.shape);
        }
        check_attention(t, h, &self.lengths, self.shape.heads)?;
        let out = self.forward(numbers(s1, l1)?, numbers(s2, l2)?);
        Ok((CpuStorage::F32(out), Shape::from((t, h))))
    }

    fn bwd(
        &self,
        x: &Tensor,
        parameters: &Tensor,
        _res: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let saved = self.saved.as_ref();
        let kept = saved.and_then(|s| s.lock().unwrap_or_else(PoisonError::into_inner).take());
        let Some(kept) = kept else {
            return Err(candle_core::Error::BackwardNotSupported { op: self.name() });
        };
        let (dx, dp) = with_numbers(x, |x| {
            with_numbers(parameters, |p| with_numbers(grad, |g| self.backward(x, p, kept, g)))
        })???;
        Ok((
            Some(Tensor::from_vec(dx, x.shape(), x.device())?),
            Some(Tensor::from_vec(dp, parameters.shape(), x.device())?),
        ))
    }
}
