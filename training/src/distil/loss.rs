//! What the student is asked for.

use candle_core::{Result, Tensor};

use super::LossConfig;

/// Squared distance of each side to the teacher, plus the contrastive term between Spanish and Catalan.
/// # Shapes
/// `embedded`: `(3n, h)`, English then Spanish then Catalan, of length one; `target`: `(n, h)`; result `()`.
/// # Errors
/// If the shapes do not fit.
pub(super) fn triples(embedded: &Tensor, target: &Tensor, config: &LossConfig) -> Result<Tensor> {
    let n = target.dim(0)?;
    let wanted = Tensor::cat(&[target, target, target], 0)?;
    let distance = squared_distance(embedded, &wanted)?;
    let (es, ca) = (embedded.narrow(0, n, n)?, embedded.narrow(0, 2 * n, n)?);
    let contrast = contrastive(&es, &ca, config.contrastive_scale)?;
    distance.add(&contrast.affine(config.contrastive, 0.0)?)
}

/// Contrastive term and squared distance between Spanish and Catalan.
/// # Shapes
/// `embedded`: `(2n, h)`, Spanish then Catalan, of length one; result `()`.
/// # Errors
/// If the shapes do not fit.
pub(super) fn pairs(embedded: &Tensor, config: &LossConfig) -> Result<Tensor> {
    let n = embedded.dim(0)? / 2;
    let (es, ca) = (embedded.narrow(0, 0, n)?, embedded.narrow(0, n, n)?);
    let contrast = contrastive(&es, &ca, config.contrastive_scale)?;
    let distance = squared_distance(&es, &ca)?;
    contrast.affine(config.pairs_contrastive, 0.0)?.add(&distance.affine(config.pairs_distance, 0.0)?)
}

/// Mean over rows of the squared distance.
fn squared_distance(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    a.sub(b)?.sqr()?.sum(1)?.mean(0)
}

/// Cross-entropy of finding each row's partner among all partners, both ways.
///
/// Cosines times the scale stay below 88, so no maximum needs to be taken out of the exponentials.
fn contrastive(a: &Tensor, b: &Tensor, scale: f64) -> Result<Tensor> {
    let scores = a.matmul(&b.t()?)?.affine(scale, 0.0)?; // (n, n)
    let partner = a.mul(b)?.sum(1)?.affine(scale, 0.0)?; // (n,)
    let exp = scores.exp()?;
    let forth = exp.sum(1)?.log()?.sub(&partner)?;
    let back = exp.sum(0)?.log()?.sub(&partner)?;
    forth.add(&back)?.mean(0)?.affine(0.5, 0.0)
}
