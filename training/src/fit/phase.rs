//! One phase of fine-tuning: its steps, its log and its checkpoints.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use candle_core::{Tensor, Var};
use relat_engine::encoder::window::Window;
use relat_engine::encoder::{Mode, SentenceEncoder};

use super::config::{FitConfig, PhaseConfig};
use super::data::{self, Item, Text};
use crate::checkpoint;
use crate::loss;
use crate::optimizer::{AdamW, Gradient, Update};
use crate::progress;
use crate::rng::Rng;

/// Name of the token table among the parameters.
const WORDS: &str = "embeddings.word_embeddings.weight";
/// Names of the linear layer's parameters.
const HEAD: [&str; 2] = ["sentence.weight", "sentence.bias"];

/// What a phase trains on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Texts<'a> {
    /// Whole interviews.
    pub(super) long: &'a [&'a Text],
    /// Single sentences.
    pub(super) short: &'a [&'a Text],
}

/// A phase of a run.
#[derive(Debug)]
pub(super) struct Phase<'a> {
    /// Name, of the phase and of its files.
    pub(super) name: String,
    /// Number that its random choices begin with.
    pub(super) stream: u64,
    pub(super) run: &'a FitConfig,
    pub(super) config: &'a PhaseConfig,
}

impl Phase<'_> {
    fn path(&self, ending: &str) -> PathBuf {
        self.run.out.join(format!("{}.{ending}", self.name))
    }

    /// Trains `model` in place; continues from a checkpoint, and does nothing but load it if the phase was finished.
    pub(super) fn train(&self, model: &SentenceEncoder, texts: Texts<'_>) -> anyhow::Result<()> {
        let (tokens, seed) = (self.run.tokens_per_step, self.run.seed);
        let batches: Vec<Vec<Item>> = (0..self.config.epochs)
            .flat_map(|epoch| {
                let rng = Rng::new(seed, self.stream + (epoch as u64) * 1000);
                data::epoch(model, (texts.long, texts.short), self.config, tokens, rng)
            })
            .collect();
        let mut optimizer = AdamW::new(self.run.adamw);
        let mut step = self.resume(model, &mut optimizer, batches.len())?;
        let mask = model.tokenizer().token_to_id("[MASK]").unwrap_or_default();
        let mut log =
            std::fs::OpenOptions::new().create(true).append(true).open(self.run.out.join("log.jsonl"))?;
        let bar = progress::bar(batches.len() as u64, "fit").with_message(self.name.clone());
        bar.set_position(step as u64);
        bar.reset_eta();
        let (mut since, mut sum, mut pieces) = (Instant::now(), 0.0f64, 0usize);
        while let Some(batch) = batches.get(step) {
            let mut items = batch.clone();
            let mut rng = Rng::new(seed ^ 0x5eed, self.stream + (step as u64) * 1_000_000);
            data::hide(&mut items, self.run.word_dropout, mask, &mut rng);
            let value = self.step(model, &mut optimizer, &items, self.factor(step, batches.len()))?;
            anyhow::ensure!(value.is_finite(), "{}: the loss is {value} at step {step}", self.name);
            sum += f64::from(value);
            pieces += items.iter().map(|item| item.labels.len()).sum::<usize>();
            step += 1;
            bar.inc(1);
            if step.is_multiple_of(self.run.log_every) || step == batches.len() {
                #[expect(clippy::cast_precision_loss, reason = "for a person's eyes")]
                let (loss, rate) = (
                    sum / ((step - 1) % self.run.log_every + 1) as f64,
                    pieces as f64 / since.elapsed().as_secs_f64(),
                );
                bar.set_message(format!("{} loss {loss:.3}, {rate:.0} sentences/s", self.name));
                let line = serde_json::json!({
                    "phase": self.name, "step": step, "of": batches.len(), "loss": loss, "sentences_per_s": rate,
                });
                writeln!(log, "{line}")?;
                (since, sum, pieces) = (Instant::now(), 0.0, 0);
            }
            if step.is_multiple_of(self.run.checkpoint_every) || step == batches.len() {
                self.save(model, &optimizer, step, batches.len())?;
            }
        }
        bar.finish();
        Ok(())
    }

    /// Share of the full rate at a step.
    #[expect(clippy::cast_precision_loss, reason = "steps are far below 2^24")]
    fn factor(&self, step: usize, steps: usize) -> f32 {
        let warmup = (self.config.warmup * steps as f32).max(1.0);
        let up = (step + 1) as f32 / warmup;
        let down = (steps - step) as f32 / (steps as f32 - warmup).max(1.0);
        up.min(down).min(1.0)
    }

    fn step(
        &self,
        model: &SentenceEncoder,
        optimizer: &mut AdamW,
        items: &[Item],
        factor: f32,
    ) -> anyhow::Result<f32> {
        let windows: Vec<Window> = items.iter().map(|item| item.window.clone()).collect();
        let logits = model.forward(&windows, Mode::Train)?;
        let targets = data::targets(items, logits.dim(1)?)?;
        let loss = loss::cross_entropy(&logits, &targets, self.run.positive_weight)?;
        let mut gradients = loss.backward()?;
        let encoder = model.encoder();
        let layers = encoder.config().num_hidden_layers;
        let variables = encoder.variables();
        let (weight, bias) = model.head();
        let mut updates = vec![Update {
            name: WORDS,
            variable: encoder.words(),
            gradient: Gradient::Rows(encoder.words_gradient().take()),
            rate: factor * self.config.embedding_rate,
        }];
        let rated = variables.iter().map(|(name, variable)| {
            let depth = layers - layer(name).map_or(0, |i| i + 1).min(layers);
            (
                name.as_str(),
                variable,
                self.config.rate * self.config.layer_decay.powi(i32::try_from(depth).unwrap_or(0)),
            )
        });
        let head = HEAD.into_iter().zip([weight, bias]).map(|(name, v)| (name, v, self.config.head_rate));
        for (name, variable, rate) in rated.chain(head) {
            if let Some(gradient) = gradients.remove(variable) {
                updates.push(Update {
                    name,
                    variable,
                    gradient: Gradient::Dense(gradient),
                    rate: factor * rate,
                });
            }
        }
        optimizer.step(updates)?;
        Ok(loss.to_scalar::<f32>()?)
    }

    fn save(
        &self,
        model: &SentenceEncoder,
        optimizer: &AdamW,
        step: usize,
        steps: usize,
    ) -> anyhow::Result<()> {
        let mut tensors: BTreeMap<String, Tensor> =
            parameters(model).into_iter().map(|(name, v)| (name, v.as_detached_tensor())).collect();
        let mut metadata = HashMap::from([
            ("step".to_owned(), step.to_string()),
            ("steps".to_owned(), steps.to_string()),
            ("run".to_owned(), self.fingerprint()?),
        ]);
        // A finished phase is never continued: what the optimiser remembers can go.
        if step < steps {
            let (adam_step, moments) = optimizer.tensors()?;
            tensors.extend(moments);
            metadata.insert("adamw_step".to_owned(), adam_step.to_string());
        }
        checkpoint::save(&self.path("safetensors"), &tensors, metadata)
    }

    fn resume(&self, model: &SentenceEncoder, optimizer: &mut AdamW, steps: usize) -> anyhow::Result<usize> {
        let path = self.path("safetensors");
        if !path.exists() {
            return Ok(0);
        }
        let (tensors, metadata) = checkpoint::load(&path)?;
        let get = |key: &str| metadata.get(key).map(String::as_str).unwrap_or_default();
        anyhow::ensure!(
            get("run") == self.fingerprint()? && get("steps") == steps.to_string(),
            "{} is of another recipe or corpus: remove it, or give another folder",
            path.display()
        );
        restore(model, &tensors, &path)?;
        let step = get("step").parse()?;
        if step < steps {
            optimizer.restore(get("adamw_step").parse()?, &tensors)?;
        }
        Ok(step)
    }

    /// Everything in the recipe that the phase's result depends on; the first phase is the same for any folds.
    fn fingerprint(&self) -> anyhow::Result<String> {
        let run = FitConfig {
            out: PathBuf::new(),
            log_every: 0,
            checkpoint_every: 0,
            folds: 0,
            narratives: *self.config,
            ..self.run.clone()
        };
        let text = serde_json::to_vec(&(&run, self.config, &self.name, self.stream))?;
        Ok(relat_engine::bundle::sha256_hex(&text))
    }
}

/// Number of the layer that a variable belongs to.
fn layer(name: &str) -> Option<usize> {
    name.split('.').find_map(|part| part.parse().ok())
}

/// All parameters by name.
pub(super) fn parameters(model: &SentenceEncoder) -> Vec<(String, Var)> {
    let (weight, bias) = model.head();
    let mut all = model.encoder().variables();
    all.push((WORDS.to_owned(), model.encoder().words().clone()));
    all.push((HEAD[0].to_owned(), weight.clone()));
    all.push((HEAD[1].to_owned(), bias.clone()));
    all
}

/// Sets every parameter from what [`Phase::train`] saved.
pub(super) fn restore(
    model: &SentenceEncoder,
    tensors: &BTreeMap<String, Tensor>,
    path: &Path,
) -> anyhow::Result<()> {
    for (name, variable) in parameters(model) {
        let saved = tensors.get(&name).ok_or_else(|| anyhow::anyhow!("{} lacks {name}", path.display()))?;
        variable.set(saved)?;
    }
    Ok(())
}
