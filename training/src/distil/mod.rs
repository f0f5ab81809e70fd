//! Distillation of an English sentence encoder into a small one for three languages, over parallel text
//! (Reimers and Gurevych 2020).

mod config;
mod data;
mod loss;
mod teacher;

pub use config::{DistilConfig, LossConfig, Schedule};

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use candle_core::{Device, Tensor};
use relat_engine::bundle::sha256_hex;
use relat_engine::encoder::{Encoder, EncoderConfig, Mode};
use tokenizers::Tokenizer;

use crate::checkpoint;
use crate::embed::embed_batch;
use crate::optimizer::{AdamW, Gradient, Update};
use crate::{progress, retrieval};
use data::{Batches, Data, batch};

const WORDS: &str = "embeddings.word_embeddings.weight";

/// Runs, or continues, the experiment; writes the student into `config.out/student`.
/// # Errors
/// If a file cannot be read or written, or arithmetic fails.
pub fn run(config: &DistilConfig) -> anyhow::Result<()> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(config.threads).build()?;
    pool.install(|| Run::start(config)?.finish())
}

struct Run<'a> {
    config: &'a DistilConfig,
    tokenizer: Tokenizer,
    encoder_config: EncoderConfig,
    student: Encoder,
    optimizer: AdamW,
    data: Data,
    targets: Vec<f32>,
    step: u64,
    sentences: u64,
    log: std::fs::File,
}

impl<'a> Run<'a> {
    fn start(config: &'a DistilConfig) -> anyhow::Result<Self> {
        std::fs::create_dir_all(&config.out)?;
        let tokenizer = Tokenizer::from_file(&config.tokenizer).map_err(anyhow::Error::msg)?;
        let data = Data::load(config, &tokenizer)?;
        let teacher = config.teacher.folder()?;
        let targets = teacher::embeddings(&teacher, &data.english, config.max_tokens, &config.out)?;
        let (encoder_config, student) = teacher::student(&teacher, &tokenizer)?;
        let log = std::fs::OpenOptions::new().create(true).append(true).open(config.out.join("log.jsonl"))?;
        let optimizer = AdamW::new(config.adamw);
        let (step, sentences) = (0, 0);
        let mut run = Self {
            config,
            tokenizer,
            encoder_config,
            student,
            optimizer,
            data,
            targets,
            step,
            sentences,
            log,
        };
        run.resume()?;
        Ok(run)
    }

    fn finish(mut self) -> anyhow::Result<()> {
        let tokens = self.config.tokens_per_step;
        let total = |row: &[Vec<u32>]| row.iter().map(Vec::len).sum::<usize>();
        let lengths = self.data.triples.iter().map(|row| total(row)).collect();
        let mut triples = Batches::new(lengths, tokens, self.config.seed, 1);
        let lengths = self.data.pairs.iter().map(|row| total(row)).collect();
        let mut pairs = Batches::new(lengths, tokens, self.config.seed, 2);
        let bar = progress::bar(self.config.schedule.steps, "distil");
        bar.set_position(self.step);
        bar.reset_eta();
        let (mut since, mut sentences_then, mut loss_sum) = (Instant::now(), self.sentences, 0.0f64);
        while self.step < self.config.schedule.steps {
            let every = self.config.loss.pairs_every;
            let before = self.step.checked_div(every).unwrap_or(0);
            let loss = if every > 0 && self.step % every == every - 1 {
                self.step_pairs(pairs.get(before))?
            } else {
                self.step_triples(triples.get(self.step - before))?
            };
            anyhow::ensure!(loss.is_finite(), "the loss is {loss} at step {}", self.step);
            loss_sum += f64::from(loss);
            self.step += 1;
            bar.inc(1);
            let at = |every: u64| every > 0 && self.step.is_multiple_of(every);
            let (log, check, save) =
                (at(self.config.log_every), at(self.config.evaluate_every), at(self.config.checkpoint_every));
            if log {
                #[expect(clippy::cast_precision_loss, reason = "for a person's eyes")]
                let (rate, loss) = (
                    (self.sentences - sentences_then) as f64 / since.elapsed().as_secs_f64(),
                    loss_sum / self.config.log_every as f64,
                );
                bar.set_message(format!("loss {loss:.4}, {rate:.0} sentences/s"));
                let (step, sentences) = (self.step, self.sentences);
                let line = serde_json::json!({
                    "step": step, "sentences": sentences, "loss": loss, "sentences_per_s": rate,
                });
                self.write_log(&line)?;
                (since, sentences_then, loss_sum) = (Instant::now(), self.sentences, 0.0);
            }
            if check {
                self.evaluate()?;
                (since, sentences_then, loss_sum) = (Instant::now(), self.sentences, 0.0);
            }
            if save {
                self.save()?;
            }
        }
        bar.finish();
        self.save()?;
        self.evaluate()?;
        self.export(&self.config.out.join("student"))
    }

    /// A step on rows with English: each side learns the teacher's embedding of the English.
    fn step_triples(&mut self, rows: &[usize]) -> anyhow::Result<f32> {
        let batch = batch(&self.data.triples, rows);
        let h = self.encoder_config.hidden_size;
        let mut target = Vec::with_capacity(rows.len() * h);
        for &row in rows {
            target.extend_from_slice(self.targets.get(row * h..(row + 1) * h).unwrap_or_default());
        }
        let target = Tensor::from_vec(target, (rows.len(), h), &Device::Cpu)?;
        let embedded = embed_batch(&self.student, &batch, Mode::Train)?;
        let loss = loss::triples(&embedded, &target, &self.config.loss)?;
        self.update(&loss, rows.len() * 3)
    }

    /// A step on Spanish-Catalan pairs: each side learns to be nearest to the other.
    fn step_pairs(&mut self, rows: &[usize]) -> anyhow::Result<f32> {
        let batch = batch(&self.data.pairs, rows);
        let embedded = embed_batch(&self.student, &batch, Mode::Train)?;
        let loss = loss::pairs(&embedded, &self.config.loss)?;
        self.update(&loss, rows.len() * 2)
    }

    fn update(&mut self, loss: &Tensor, sentences: usize) -> anyhow::Result<f32> {
        let mut gradients = loss.backward()?;
        let schedule = &self.config.schedule;
        let factor = schedule.factor(self.step);
        let variables = self.student.variables();
        let mut updates = vec![Update {
            name: WORDS,
            variable: self.student.words(),
            gradient: Gradient::Rows(self.student.words_gradient().take()),
            rate: factor * schedule.embedding_rate,
        }];
        for (name, variable) in &variables {
            if let Some(gradient) = gradients.remove(variable) {
                let (gradient, rate) = (Gradient::Dense(gradient), factor * schedule.rate);
                updates.push(Update { name, variable, gradient, rate });
            }
        }
        self.optimizer.step(updates)?;
        self.sentences += u64::try_from(sentences)?;
        Ok(loss.to_scalar::<f32>()?)
    }

    fn evaluate(&mut self) -> anyhow::Result<()> {
        for result in retrieval::measure(&self.student, &self.tokenizer, &self.config.heldout)? {
            let line = serde_json::json!({"step": self.step, "retrieval": result});
            self.write_log(&line)?;
        }
        Ok(())
    }

    fn write_log(&mut self, line: &serde_json::Value) -> std::io::Result<()> {
        writeln!(self.log, "{line}")
    }

    fn save(&self) -> anyhow::Result<()> {
        let mut tensors: BTreeMap<String, Tensor> = BTreeMap::new();
        tensors.insert(WORDS.to_owned(), self.student.words().as_detached_tensor());
        for (name, variable) in self.student.variables() {
            tensors.insert(name, variable.as_detached_tensor());
        }
        let (adam_step, moments) = self.optimizer.tensors()?;
        tensors.extend(moments);
        let metadata = HashMap::from([
            ("step".to_owned(), self.step.to_string()),
            ("sentences".to_owned(), self.sentences.to_string()),
            ("adamw_step".to_owned(), adam_step.to_string()),
            ("run".to_owned(), self.fingerprint()?),
        ]);
        checkpoint::save(&self.config.out.join("checkpoint.safetensors"), &tensors, metadata)
    }

    fn resume(&mut self) -> anyhow::Result<()> {
        let path = self.config.out.join("checkpoint.safetensors");
        if !path.exists() {
            return Ok(());
        }
        let (tensors, metadata) = checkpoint::load(&path)?;
        let get = |key: &str| metadata.get(key).map(String::as_str).unwrap_or_default();
        anyhow::ensure!(
            get("run") == self.fingerprint()?,
            "{} is of another recipe or other texts: remove it, or give another folder",
            path.display()
        );
        let mut variables = self.student.variables();
        variables.push((WORDS.to_owned(), self.student.words().clone()));
        for (name, variable) in variables {
            let saved =
                tensors.get(&name).ok_or_else(|| anyhow::anyhow!("{} lacks {name}", path.display()))?;
            variable.set(saved)?;
        }
        self.optimizer.restore(get("adamw_step").parse()?, &tensors)?;
        self.step = get("step").parse()?;
        self.sentences = get("sentences").parse()?;
        let line = serde_json::json!({"step": self.step, "resumed": true});
        Ok(self.write_log(&line)?)
    }

    /// Everything that the student depends on but the number of steps: a run can be made longer.
    fn fingerprint(&self) -> anyhow::Result<String> {
        let mut config = self.config.clone();
        (config.out, config.heldout) = Default::default();
        (config.log_every, config.checkpoint_every, config.evaluate_every) = (0, 0, 0);
        (config.schedule.steps, config.schedule.decay) = (0, 0);
        let lengths = (self.data.triples.len(), self.data.pairs.len(), self.targets.len());
        let first: Vec<&[Vec<u32>; 3]> = self.data.triples.iter().take(1000).collect();
        Ok(sha256_hex(&serde_json::to_vec(&(&config, lengths, first))?))
    }

    /// Writes the student as the Hugging Face tools would.
    fn export(&self, dir: &Path) -> anyhow::Result<()> {
        let config = serde_json::to_vec_pretty(&self.encoder_config)?;
        checkpoint::write_atomically(&dir.join("config.json"), &config)?;
        let metadata = HashMap::from([("format".to_owned(), "pt".to_owned())]);
        let weights = safetensors::serialize(self.student.tensors()?, Some(metadata))?;
        checkpoint::write_atomically(&dir.join("model.safetensors"), &weights)?;
        let tokenizer = std::fs::read(&self.config.tokenizer)?;
        Ok(checkpoint::write_atomically(&dir.join("tokenizer.json"), &tokenizer)?)
    }
}
