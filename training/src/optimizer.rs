//! AdamW (Loshchilov and Hutter 2019), updating variables in place, with a sparse form for token tables.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use candle_core::{CpuStorage, Device, InplaceOp1, Layout, Tensor, Var};
use rayon::prelude::*;
use relat_engine::encoder::ops::RowGradient;
use serde::{Deserialize, Serialize};

/// Constants of AdamW.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdamWConfig {
    /// Decay of the mean gradient.
    pub beta1: f32,
    /// Decay of the mean square.
    pub beta2: f32,
    /// Added to the root of the mean square.
    pub epsilon: f32,
    /// Share of a weight that decays, times the learning rate; token tables do not decay.
    pub weight_decay: f32,
    /// Gradients together longer than this are scaled down to it.
    pub clip_norm: f32,
}

/// Moments of the variables.
#[derive(Debug)]
pub struct AdamW {
    config: AdamWConfig,
    step: i32,
    moments: BTreeMap<String, (Vec<f32>, Vec<f32>)>,
}

/// A variable with its gradient.
#[derive(Debug)]
pub struct Update<'a> {
    /// Name under which its moments are kept.
    pub name: &'a str,
    /// The variable.
    pub variable: &'a Var,
    /// Its gradient, dense or of some rows.
    pub gradient: Gradient,
    /// Learning rate.
    pub rate: f32,
}

/// A gradient.
#[derive(Debug)]
pub enum Gradient {
    /// A number for each of the variable's.
    Dense(Tensor),
    /// Only these rows; the moments of the others stay as they are.
    Rows(RowGradient),
}

const CHUNK: usize = 1 << 15;

impl AdamW {
    /// No moments yet.
    #[must_use]
    pub fn new(config: AdamWConfig) -> Self {
        Self { config, step: 0, moments: BTreeMap::new() }
    }

    /// Applies one step to all variables; returns the norm of the gradients before clipping.
    /// # Errors
    /// If a gradient is not f32, contiguous and of its variable's size.
    pub fn step(&mut self, updates: Vec<Update<'_>>) -> candle_core::Result<f32> {
        self.step += 1;
        let flat = updates
            .into_iter()
            .map(|u| {
                let (rows, values) = match u.gradient {
                    Gradient::Dense(tensor) => (None, tensor.flatten_all()?.to_vec1::<f32>()?),
                    Gradient::Rows(rows) => (Some(rows.rows), rows.values),
                };
                Ok((u.name, u.variable, rows, values, u.rate))
            })
            .collect::<candle_core::Result<Vec<_>>>()?;
        let norm = flat.iter().map(|(_, _, _, g, _)| square_sum(g)).sum::<f64>().sqrt();
        #[expect(clippy::cast_possible_truncation, reason = "a norm of f32 numbers")]
        let norm = norm as f32;
        let scale = if norm > self.config.clip_norm { self.config.clip_norm / norm } else { 1.0 };
        for (name, variable, rows, gradient, rate) in flat {
            let n = variable.elem_count();
            let moments = self.moments.entry(name.to_owned()).or_insert_with(|| (vec![0.0; n], vec![0.0; n]));
            let width = if rows.is_some() { variable.dim(1)? } else { n };
            let decay = if rows.is_some() { 0.0 } else { self.config.weight_decay };
            let op = Step {
                config: AdamWConfig { weight_decay: decay, ..self.config },
                correction: (
                    1.0 - self.config.beta1.powi(self.step),
                    1.0 - self.config.beta2.powi(self.step),
                ),
                rate,
                scale,
                rows,
                width,
                gradient,
                moments: Mutex::new(moments),
            };
            variable.inplace_op1(&op)?;
        }
        Ok(norm)
    }

    /// The moments and the number of steps, to be saved.
    /// # Errors
    /// If memory runs out.
    pub fn tensors(&self) -> candle_core::Result<(i32, Vec<(String, Tensor)>)> {
        let mut all = Vec::new();
        for (name, (mean, square)) in &self.moments {
            for (kind, values) in [("mean", mean), ("square", square)] {
                let tensor = Tensor::from_slice(values, values.len(), &Device::Cpu)?;
                all.push((format!("adamw.{kind}.{name}"), tensor));
            }
        }
        Ok((self.step, all))
    }

    /// Continues from what [`Self::tensors`] gave.
    /// # Errors
    /// If a tensor is not a vector of f32.
    pub fn restore(&mut self, step: i32, tensors: &BTreeMap<String, Tensor>) -> candle_core::Result<()> {
        self.step = step;
        self.moments.clear();
        for (key, mean) in tensors {
            let Some(name) = key.strip_prefix("adamw.mean.") else { continue };
            let Some(square) = tensors.get(&format!("adamw.square.{name}")) else {
                candle_core::bail!("the checkpoint has no adamw.square.{name}");
            };
            self.moments.insert(name.to_owned(), (mean.to_vec1()?, square.to_vec1()?));
        }
        Ok(())
    }
}

fn square_sum(values: &[f32]) -> f64 {
    let parts: Vec<f64> =
        values.par_chunks(CHUNK).map(|c| c.iter().map(|&x| f64::from(x) * f64::from(x)).sum()).collect();
    parts.into_iter().sum()
}

struct Step<'a> {
    config: AdamWConfig,
    correction: (f32, f32),
    rate: f32,
    scale: f32,
    rows: Option<Vec<u32>>,
    width: usize,
    gradient: Vec<f32>,
    moments: Mutex<&'a mut (Vec<f32>, Vec<f32>)>,
}

impl Step<'_> {
    fn apply(&self, weights: &mut [f32], gradient: &[f32], mean: &mut [f32], square: &mut [f32]) {
        let AdamWConfig { beta1, beta2, epsilon, weight_decay, .. } = self.config;
        let (rate, scale, keep) = (self.rate, self.scale, 1.0 - self.rate * weight_decay);
        let (mean_scale, square_scale) = (1.0 / self.correction.0, 1.0 / self.correction.1);
        for (((w, g), m), v) in weights.iter_mut().zip(gradient).zip(mean).zip(square) {
            let g = g * scale;
            *m = beta1 * *m + (1.0 - beta1) * g;
            *v = beta2 * *v + (1.0 - beta2) * g * g;
            *w = keep * *w - rate * (*m * mean_scale) / ((*v * square_scale).sqrt() + epsilon);
        }
    }
}

impl InplaceOp1 for Step<'_> {
    fn name(&self) -> &'static str {
        "adamw"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> candle_core::Result<()> {
        let range = layout.contiguous_offsets();
        let CpuStorage::F32(data) = storage else { candle_core::bail!("adamw: expected f32 numbers") };
        let Some(weights) = range.and_then(|(from, to)| data.get_mut(from..to)) else {
            candle_core::bail!("adamw: expected a contiguous variable");
        };
        let mut moments = self.moments.lock().unwrap_or_else(PoisonError::into_inner);
        let (mean, square) = &mut **moments;
        if let Some(rows) = &self.rows {
            for (&row, gradient) in rows.iter().zip(self.gradient.chunks_exact(self.width)) {
                let from = usize::try_from(row).unwrap_or(usize::MAX).saturating_mul(self.width);
                let at = from..from.saturating_add(self.width);
                let parts = (weights.get_mut(at.clone()), mean.get_mut(at.clone()), square.get_mut(at));
                let (Some(weights), Some(mean), Some(square)) = parts else {
                    candle_core::bail!("adamw: the gradient has a row that the table lacks");
                };
                self.apply(weights, gradient, mean, square);
            }
            return Ok(());
        }
        if weights.len() != self.gradient.len() {
            candle_core::bail!("adamw: {} weights, {} gradients", weights.len(), self.gradient.len());
        }
        weights
            .par_chunks_mut(CHUNK)
            .zip(self.gradient.par_chunks(CHUNK))
            .zip(mean.par_chunks_mut(CHUNK))
            .zip(square.par_chunks_mut(CHUNK))
            .for_each(|(((w, g), m), v)| self.apply(w, g, m, v));
        Ok(())
    }
}
