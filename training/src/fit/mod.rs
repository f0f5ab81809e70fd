//! Fine-tuning of an encoder with a linear layer on the sentences, leaving writers out.

mod config;
mod data;
mod monitor;
mod phase;

pub use config::{FitConfig, PhaseConfig};

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use rayon::prelude::*;
use relat_engine::Taxonomy;
use relat_engine::encoder::{SentenceEncoder, int8, load_encoder, load_tokenizer};
use relat_engine::logits::{Logits, Outputs};
use relat_engine::reading::Catalogue;
use relat_eval::corpus::Record;

use crate::checkpoint;
use crate::corpus::Corpus;
use crate::logits;
use crate::rng::Rng;
use data::Text;
use phase::{Phase, Texts};

/// File of the out-of-fold logits within a run's folder.
pub const LOGITS: &str = "logits.safetensors";

/// Fits the folds and the model of everything, or continues where a run was stopped.
///
/// A phase that is finished is not run again. The logits of each narrative are those of the fold's weights after they
/// were rounded to one byte, as a bundle stores them.
/// # Errors
/// If a file cannot be read or written, or a checkpoint is of another recipe.
pub fn run(config: &FitConfig, corpus: &Corpus, taxonomy: &Taxonomy) -> anyhow::Result<()> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(config.threads).build()?;
    pool.install(|| Run::new(config, corpus, taxonomy)?.folds())
}

/// Writers of each fold: every writer is left out once.
#[must_use]
pub fn fold_writers(writers: &[String], folds: usize) -> Vec<Vec<String>> {
    let mut out = vec![Vec::new(); folds.clamp(1, writers.len().max(1))];
    let n = out.len();
    for (i, writer) in writers.iter().enumerate() {
        if let Some(fold) = out.get_mut(i % n) {
            fold.push(writer.clone());
        }
    }
    out
}

struct Run<'a> {
    config: &'a FitConfig,
    corpus: &'a Corpus,
    outputs: Outputs,
    narratives: Vec<Text>,
    bank: Vec<Text>,
}

impl<'a> Run<'a> {
    fn new(config: &'a FitConfig, corpus: &'a Corpus, taxonomy: &Taxonomy) -> anyhow::Result<Self> {
        std::fs::create_dir_all(&config.out)?;
        let writers = corpus.writers();
        if let Some(record) = corpus.bank.iter().find(|r| writers.contains(&r.writer)) {
            anyhow::bail!(
                "writer '{}' has interviews and single sentences: the bank is learnt once for all folds, so its \
                 writers must be others",
                record.writer
            );
        }
        let outputs = Outputs(Catalogue::of(taxonomy));
        let model = fresh(config, outputs)?;
        let mut translations: HashMap<&str, Vec<&Record>> = HashMap::new();
        for record in &corpus.translated {
            translations.entry(record.id.as_str()).or_default().push(record);
        }
        let encode = |records: &[Record]| -> anyhow::Result<Vec<Text>> {
            let none = Vec::new();
            records
                .par_iter()
                .map(|r| {
                    let translated = translations.get(r.id.as_str()).unwrap_or(&none);
                    Text::encode(r, translated, taxonomy, outputs, &model)
                })
                .collect()
        };
        let (narratives, bank) = (encode(&corpus.narratives)?, encode(&corpus.bank)?);
        Ok(Self { config, corpus, outputs, narratives, bank })
    }

    fn folds(&self) -> anyhow::Result<()> {
        let config = self.config;
        let start = fresh(config, self.outputs)?;
        let bank: Vec<&Text> = self.bank.iter().collect();
        let phase = Phase { name: "bank".to_owned(), stream: 1, run: config, config: &config.bank };
        phase.train(&start, Texts { long: &[], short: &bank })?;
        let after_bank = config.out.join("bank.safetensors");

        let mut read: BTreeMap<usize, Logits> = BTreeMap::new();
        let writers = self.corpus.writers();
        for (fold, held_out) in fold_writers(&writers, config.folds).into_iter().enumerate() {
            let name = fold_name(&held_out);
            let model = self.narratives((&name, 100 + fold as u64), &held_out, &after_bank, &bank)?;
            let rounded = rounded(&model)?;
            for (i, text) in self.narratives.iter().enumerate() {
                if held_out.contains(&text.writer) {
                    read.insert(i, rounded.read(&text.windows(&rounded))?);
                }
            }
            self.report(&name, &held_out, &read)?;
        }
        let read: Vec<Logits> = read.into_values().collect();
        logits::save(&config.out.join(LOGITS), &read, "")?;
        self.narratives(("all", 99), &[], &after_bank, &bank)?;
        Ok(())
    }

    /// The second phase without some writers.
    fn narratives(
        &self,
        (name, stream): (&str, u64),
        held_out: &[String],
        from: &Path,
        bank: &[&Text],
    ) -> anyhow::Result<SentenceEncoder> {
        let model = fresh(self.config, self.outputs)?;
        let (tensors, _) = checkpoint::load(from)?;
        phase::restore(&model, &tensors, from)?;
        let rest: Vec<&Text> = self.narratives.iter().filter(|t| !held_out.contains(&t.writer)).collect();
        let (run, config) = (self.config, &self.config.narratives);
        let phase = Phase { name: name.to_owned(), stream, run, config };
        phase.train(&model, Texts { long: &rest, short: bank })?;
        Ok(model)
    }

    fn report(
        &self,
        name: &str,
        held_out: &[String],
        logits: &BTreeMap<usize, Logits>,
    ) -> anyhow::Result<()> {
        let read = logits.iter().filter_map(|(&i, logits)| {
            let record = self.corpus.narratives.get(i)?;
            held_out.contains(&record.writer).then_some((record, logits))
        });
        let figures = monitor::micro_f1(read);
        let mut log = std::fs::OpenOptions::new().append(true).open(self.config.out.join("log.jsonl"))?;
        let line = serde_json::json!({
            "fold": name, "record_micro_f1_at_best_threshold": figures.0, "sentence_micro_f1": figures.1,
        });
        Ok(writeln!(log, "{line}")?)
    }
}

/// The encoder of the recipe under a linear layer of small random numbers, the same for one seed.
fn fresh(config: &FitConfig, outputs: Outputs) -> anyhow::Result<SentenceEncoder> {
    /// Spread of the layer's first weights, as BERT's.
    const SPREAD: f32 = 0.02;
    /// Nearly everything is false of nearly every sentence.
    const BIAS: f32 = -4.0;
    let folder = config.encoder.folder()?;
    let (encoder, tokenizer) = (load_encoder(&folder)?, load_tokenizer(&folder)?);
    let h = encoder.config().hidden_size;
    let mut rng = Rng::new(config.seed, 0);
    let weight: Vec<f32> = (0..outputs.len() * h).map(|_| SPREAD * rng.normal()).collect();
    let weight = Tensor::from_vec(weight, (outputs.len(), h), &Device::Cpu)?;
    let bias = Tensor::full(BIAS, outputs.len(), &Device::Cpu)?;
    Ok(SentenceEncoder::new(tokenizer, encoder, (weight, bias), outputs, config.max_tokens)?)
}

/// The same model with weights of one byte.
fn rounded(model: &SentenceEncoder) -> anyhow::Result<SentenceEncoder> {
    let bytes = int8::quantise(&model.tensors()?).map_err(anyhow::Error::msg)?;
    let tensors = int8::dequantise(&bytes).map_err(anyhow::Error::msg)?;
    let config = model.encoder().config().clone();
    let origin = Path::new("weights of one byte");
    Ok(SentenceEncoder::from_tensors(
        origin,
        config,
        tensors,
        model.tokenizer().clone(),
        (model.outputs(), model.max_tokens()),
    )?)
}

/// Name of the phase that leaves out some writers.
fn fold_name(held_out: &[String]) -> String {
    format!("without-{}", held_out.join("-"))
}

/// The model of everything, as a finished run left it.
/// # Errors
/// If the run is not finished.
pub fn load_all(config: &FitConfig, taxonomy: &Taxonomy) -> anyhow::Result<SentenceEncoder> {
    load(config, "all", taxonomy)
}

/// The model that has not seen some writers, with weights of one byte.
/// # Errors
/// If the run is not finished.
pub fn load_fold(
    config: &FitConfig,
    held_out: &[String],
    taxonomy: &Taxonomy,
) -> anyhow::Result<SentenceEncoder> {
    rounded(&load(config, &fold_name(held_out), taxonomy)?)
}

fn load(config: &FitConfig, name: &str, taxonomy: &Taxonomy) -> anyhow::Result<SentenceEncoder> {
    let model = fresh(config, Outputs(Catalogue::of(taxonomy)))?;
    let path: PathBuf = config.out.join(format!("{name}.safetensors"));
    let (tensors, metadata) = checkpoint::load(&path)?;
    anyhow::ensure!(metadata.get("step") == metadata.get("steps"), "{} is not finished", path.display());
    phase::restore(&model, &tensors, &path)?;
    Ok(model)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_writer_is_left_out_once() {
        let writers: Vec<String> = "abcdefg".chars().map(String::from).collect();
        for folds in 1..10 {
            let mut all = fold_writers(&writers, folds).concat();
            all.sort();
            assert_eq!(all, writers);
        }
        assert_eq!(fold_writers(&writers, 3).len(), 3);
    }
}
