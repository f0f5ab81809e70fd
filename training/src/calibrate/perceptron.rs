//! Fits a head with one hidden layer beside an affine map, by AdamW on mini-batches.

use candle_core::{Device, Tensor, Var};
use relat_engine::heads::{Affine, Perceptron};
use serde::{Deserialize, Serialize};

use super::scaler::Scaler;
use crate::loss::cross_entropy;
use crate::optimizer::{AdamW, AdamWConfig, Gradient, Update};
use crate::rng::Rng;

/// What a fit depends on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerceptronConfig {
    /// Hidden units.
    pub hidden: usize,
    /// Passes over the examples.
    pub epochs: usize,
    /// Examples of a step.
    pub batch: usize,
    /// Highest learning rate: it rises in a tenth of the steps and falls along half a cosine in the others.
    pub rate: f32,
    /// Share of a weight that decays, times the learning rate.
    pub weight_decay: f32,
    /// The same of the weights of a context.
    pub context_decay: f32,
    /// Share of the hidden units that a step goes without.
    pub dropout: f32,
    /// Seed of the first weights, the order and what is dropped.
    pub seed: u64,
}

/// Examples of a head.
#[derive(Debug, Default)]
pub struct Examples {
    /// Shape `(examples, features)`.
    pub features: Vec<f32>,
    /// Features that say which code an example is of, the last ones: 0 or 1, not to be scaled.
    pub codes: usize,
    /// 1 where an output is true. Shape `(examples, outputs)`.
    pub labels: Vec<f32>,
    /// For a head of one output: which code each example is of and which row of `contexts` goes with it.
    pub context: Vec<(u32, u32)>,
    /// Shape `(rows, contexts' width)`.
    pub contexts: Vec<f32>,
}

/// Fits the head, and the weights of the context, `(codes, contexts' width)`, none where there is none.
/// # Errors
/// If memory runs out.
pub fn fit(
    examples: &Examples,
    (width, outputs): (usize, usize),
    context_width: usize,
    config: &PerceptronConfig,
) -> candle_core::Result<(Perceptron, Vec<Vec<f32>>)> {
    let scaler = Scaler::of(&examples.features, width, width - examples.codes);
    let n = examples.labels.len() / outputs.max(1);
    let mut net = Net::new((width, outputs), (examples.codes, context_width), config)?;
    let batch = config.batch.max(1);
    let steps = config.epochs * n.div_ceil(batch);
    let mut order: Vec<usize> = (0..n).collect();
    let mut rng = Rng::new(config.seed, 1);
    let mut step = 0;
    for _ in 0..config.epochs {
        rng.shuffle(&mut order);
        for rows in order.chunks(batch) {
            let x: Vec<f32> = rows
                .iter()
                .flat_map(|&r| scaler.scaled(&examples.features[r * width..(r + 1) * width]))
                .collect();
            let y: Vec<f32> = rows
                .iter()
                .flat_map(|&r| examples.labels[r * outputs..(r + 1) * outputs].iter().copied())
                .collect();
            let x = Tensor::from_vec(x, (rows.len(), width), &Device::Cpu)?;
            let y = Tensor::from_vec(y, (rows.len(), outputs), &Device::Cpu)?;
            let context = match context_width {
                0 => None,
                w => Some(gather(examples, rows, w)?),
            };
            net.step((&x, &y), context.as_ref(), factor(step, steps), &mut rng)?;
            step += 1;
        }
    }
    net.finish(&scaler)
}

/// The codes and the contexts of some examples.
fn gather(examples: &Examples, rows: &[usize], width: usize) -> candle_core::Result<(Tensor, Tensor)> {
    let of = |r: &usize| examples.context.get(*r).copied().unwrap_or_default();
    let codes: Vec<u32> = rows.iter().map(|r| of(r).0).collect();
    let values: Vec<f32> = rows
        .iter()
        .flat_map(|r| {
            let at = of(r).1 as usize * width;
            examples.contexts[at..at + width].iter().copied()
        })
        .collect();
    let codes = Tensor::from_vec(codes, rows.len(), &Device::Cpu)?;
    Ok((codes, Tensor::from_vec(values, (rows.len(), width), &Device::Cpu)?))
}

/// Share of the highest rate at a step.
#[expect(clippy::cast_precision_loss, reason = "steps are far below 2^24")]
fn factor(step: usize, steps: usize) -> f32 {
    let at = (step + 1) as f32 / steps.max(1) as f32;
    if at < 0.1 { at / 0.1 } else { 0.5 * (1.0 + (std::f32::consts::PI * (at - 0.1) / 0.9).cos()) }
}

/// The parameters while they are fitted, for scaled features.
struct Net {
    config: PerceptronConfig,
    optimizer: AdamW,
    /// That of the context, which decays otherwise.
    beside: AdamW,
    /// `(hidden, features)` and `(hidden,)`.
    hidden: (Var, Var),
    /// `(outputs, features)`, `(outputs, hidden)` and `(outputs,)`.
    output: (Var, Var, Var),
    /// `(codes, contexts' width)`.
    context: Option<Var>,
}

impl Net {
    fn new(
        (width, outputs): (usize, usize),
        (codes, context_width): (usize, usize),
        config: &PerceptronConfig,
    ) -> candle_core::Result<Self> {
        let mut rng = Rng::new(config.seed, 0);
        let mut random = |rows: usize, columns: usize, spread: f32| {
            let values: Vec<f32> = (0..rows * columns).map(|_| spread * rng.normal()).collect();
            Var::from_vec(values, (rows, columns), &Device::Cpu)
        };
        let zeros = |n: usize| Var::from_vec(vec![0f32; n], n, &Device::Cpu);
        #[expect(clippy::cast_precision_loss, reason = "some dozens")]
        let spread = |n: usize| (n.max(1) as f32).sqrt().recip();
        let adamw = AdamWConfig {
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            weight_decay: config.weight_decay,
            clip_norm: 10.0,
        };
        Ok(Self {
            config: *config,
            optimizer: AdamW::new(adamw),
            beside: AdamW::new(AdamWConfig { weight_decay: config.context_decay, ..adamw }),
            hidden: (random(config.hidden, width, spread(width))?, zeros(config.hidden)?),
            output: (
                random(outputs, width, 0.1 * spread(width))?,
                random(outputs, config.hidden, spread(config.hidden))?,
                zeros(outputs)?,
            ),
            context: match context_width {
                0 => None,
                w => Some(Var::from_vec(vec![0f32; codes * w], (codes, w), &Device::Cpu)?),
            },
        })
    }

    fn step(
        &mut self,
        (x, y): (&Tensor, &Tensor),
        context: Option<&(Tensor, Tensor)>,
        factor: f32,
        rng: &mut Rng,
    ) -> candle_core::Result<()> {
        let (w1, b1) = &self.hidden;
        let (a, w2, b2) = &self.output;
        let kept = 1.0 - self.config.dropout;
        let mask: Vec<f32> = (0..x.dim(0)? * self.config.hidden)
            .map(|_| if rng.unit() < self.config.dropout { 0.0 } else { kept.recip() })
            .collect();
        let mask = Tensor::from_vec(mask, (x.dim(0)?, self.config.hidden), &Device::Cpu)?;
        let h = (x.matmul(&w1.t()?)?.broadcast_add(b1)?.silu()? * mask)?;
        let mut logits = (x.matmul(&a.t()?)? + h.matmul(&w2.t()?)?)?.broadcast_add(b2)?;
        if let (Some(weights), Some((codes, values))) = (&self.context, context) {
            logits = (logits + (weights.index_select(codes, 0)? * values)?.sum_keepdim(1)?)?;
        }
        let mut gradients = cross_entropy(&logits, y, 1.0)?.backward()?;
        let rate = factor * self.config.rate;
        let mut updates = Vec::new();
        for (name, variable) in [("w1", w1), ("b1", b1), ("a", a), ("w2", w2), ("b2", b2)] {
            if let Some(gradient) = gradients.remove(variable) {
                updates.push(Update { name, variable, gradient: Gradient::Dense(gradient), rate });
            }
        }
        self.optimizer.step(updates)?;
        if let Some(variable) = &self.context
            && let Some(gradient) = gradients.remove(variable)
        {
            let gradient = Gradient::Dense(gradient);
            self.beside.step(vec![Update { name: "context", variable, gradient, rate }])?;
        }
        Ok(())
    }

    /// The head for features as they are.
    fn finish(self, scaler: &Scaler) -> candle_core::Result<(Perceptron, Vec<Vec<f32>>)> {
        let (w1, b1) = (self.hidden.0.to_vec2::<f32>()?, self.hidden.1.to_vec1::<f32>()?);
        let (a, w2) = (self.output.0.to_vec2::<f32>()?, self.output.1.to_vec2::<f32>()?);
        let b2 = self.output.2.to_vec1::<f32>()?;
        let hidden =
            w1.into_iter().zip(b1).map(|(weights, bias)| scaler.unscale(Affine { weights, bias })).collect();
        let outputs = a
            .into_iter()
            .zip(w2)
            .zip(b2)
            .map(|((weights, units), bias)| {
                let mut own = scaler.unscale(Affine { weights, bias });
                own.weights.extend(units);
                own
            })
            .collect();
        let context = self.context.map_or(Ok(Vec::new()), |c| c.to_vec2::<f32>())?;
        Ok((Perceptron { hidden, outputs }, context))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: PerceptronConfig = PerceptronConfig {
        hidden: 8,
        epochs: 60,
        batch: 32,
        rate: 0.03,
        weight_decay: 1e-3,
        context_decay: 1e-3,
        dropout: 0.0,
        seed: 3,
    };

    /// Whether exactly one of two numbers is positive: no affine map can tell.
    fn either(n: usize) -> Examples {
        let mut rng = Rng::new(9, 9);
        let mut out = Examples::default();
        for _ in 0..n {
            let (a, b) = (5.0 + 3.0 * rng.normal(), rng.normal());
            out.features.extend([a, b]);
            out.labels.push(if (a > 5.0) == (b > 0.0) { 0.0 } else { 1.0 });
        }
        out
    }

    fn share_right(head: &Perceptron, examples: &Examples) -> f32 {
        let (mut scratch, mut out) = (Vec::new(), Vec::new());
        for row in examples.features.chunks_exact(2) {
            head.logits(row, &mut scratch, &mut out);
        }
        let right = out.iter().zip(&examples.labels).filter(|(z, y)| (**z > 0.0) == (**y > 0.5)).count();
        right as f32 / out.len() as f32
    }

    #[test]
    fn it_learns_what_no_affine_map_can_say_on_features_as_they_are() {
        let (seen, unseen) = (either(1500), either(3000));
        let (head, context) = fit(&seen, (2, 1), 0, &CONFIG).unwrap();
        assert!(context.is_empty());
        assert!(share_right(&head, &unseen) > 0.93, "{}", share_right(&head, &unseen));
        let flat = PerceptronConfig { hidden: 0, ..CONFIG };
        assert!(share_right(&fit(&seen, (2, 1), 0, &flat).unwrap().0, &unseen) < 0.65);
    }

    #[test]
    fn one_seed_gives_one_head() {
        let seen = either(200);
        assert_eq!(fit(&seen, (2, 1), 0, &CONFIG).unwrap(), fit(&seen, (2, 1), 0, &CONFIG).unwrap());
    }

    #[test]
    fn a_context_counts_for_its_code_alone() {
        let mut rng = Rng::new(4, 4);
        let mut examples = Examples { codes: 2, ..Examples::default() };
        for i in 0..800u32 {
            let (code, seen) = (i % 2, rng.unit() < 0.5);
            examples.features.extend([0.0, f32::from(code == 0), f32::from(code == 1)]);
            examples.contexts.push(f32::from(seen));
            examples.context.push((code, i));
            // Code 0 is true where the context is there, code 1 by chance.
            examples.labels.push(f32::from(if code == 0 { seen } else { rng.unit() < 0.5 }));
        }
        let (_, context) = fit(&examples, (3, 1), 1, &CONFIG).unwrap();
        assert!(context[0][0] > 2.0 && context[1][0].abs() < 0.7, "{context:?}");
    }
}
