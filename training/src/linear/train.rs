//! Cross-validation by writer, then the model of everything.

use std::collections::BTreeSet;

use rayon::prelude::*;
use relat_engine::decode::Thresholds;
use relat_engine::linear::LinearModel;
use relat_engine::linear::heads::Heads;
use relat_engine::linear::sentence::{Logits, Outputs, SentenceModel};
use relat_engine::reading::{Catalogue, Reading};
use relat_engine::{Pipeline, Taxonomy, Versions};
use relat_eval::Example;
use relat_eval::corpus::{self, Record};

use super::config::LinearConfig;
use super::data::{self, Encoded};
use super::heads::{self, Sample};
use super::sentence;
use super::thresholds;
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::translated;

/// A trained model with what it was measured by.
#[derive(Debug)]
pub struct Trained {
    /// Trained on everything.
    pub model: LinearModel,
    /// Chosen on out-of-fold readings of everything.
    pub thresholds: Thresholds,
    /// Each narrative with the assessment of its plain text by a model that had not been trained on its writer.
    pub examples: Vec<Example>,
}

/// Everything that is learnt from.
#[derive(Debug)]
pub struct Corpus {
    /// Interviews.
    pub narratives: Vec<Record>,
    /// Single sentences.
    pub bank: Vec<Record>,
    /// Translations of both.
    pub translated: Vec<Record>,
}

impl Corpus {
    /// Reads the folders of a recipe.
    /// # Errors
    /// [`Error::Records`], [`Error::Translation`], [`Error::Io`]: the file and the line; [`Error::Corpus`] when there
    /// are fewer than two writers.
    pub fn read(config: &LinearConfig, taxonomy: &Taxonomy) -> Result<Self> {
        let narratives = corpus::read_dir(&config.corpus.narratives, taxonomy)?;
        let bank = corpus::read_dir(&config.corpus.bank, taxonomy)?;
        let translated = match &config.corpus.translated {
            Some(dir) => translated::read_dir(dir, &[narratives.clone(), bank.clone()].concat())?,
            None => Vec::new(),
        };
        let corpus = Self { narratives, bank, translated };
        if corpus.writers().len() < 2 {
            return Err(Error::Corpus { reason: "cross-validation needs at least two writers".to_owned() });
        }
        Ok(corpus)
    }

    /// Writers of the interviews: a fold each.
    #[must_use]
    pub fn writers(&self) -> Vec<String> {
        self.narratives.iter().map(|r| r.writer.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// All records: interviews first.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.narratives.iter().chain(&self.bank).chain(&self.translated)
    }
}

/// The sentence models of a cross-validation.
#[derive(Debug)]
pub struct Folds {
    /// Writers, sorted; a fold each.
    pub writers: Vec<String>,
    /// For each writer the model that was trained without anything they wrote.
    pub models: Vec<SentenceModel>,
    /// The model that was trained on everything.
    pub all: SentenceModel,
    /// For each narrative, the logits of its annotated sentences by the model without its writer.
    pub logits: Vec<Logits>,
}

impl Folds {
    fn of(&self, record: &Record) -> usize {
        self.writers.binary_search(&record.writer).unwrap_or_default()
    }

    /// Writers to leave out in turn, and at last nobody.
    fn held_out(writers: &[String]) -> Vec<Option<&str>> {
        writers.iter().map(|w| Some(w.as_str())).chain([None]).collect()
    }
}

/// Fits the sentence models, leaving each writer out in turn, and reads each narrative with the model without its
/// writer.
/// # Errors
/// As [`sentence::fit`]; [`Error::Engine`] for a record without text.
pub fn cross_fit(corpus: &Corpus, taxonomy: &Taxonomy, config: &LinearConfig) -> Result<Folds> {
    let outputs = Outputs(Catalogue::of(taxonomy));
    let encoded = encode(corpus, taxonomy, config)?;
    let writers = corpus.writers();
    let progress = Progress::new((writers.len() + 1) * config.sentence.epochs, "sentences, a fold a writer");
    let fit = |held_out: Option<&str>| -> Result<SentenceModel> {
        let rest: Vec<&Encoded> = encoded.iter().filter(|r| Some(r.writer.as_str()) != held_out).collect();
        let mut passes = 0;
        let model = sentence::fit(&rest, outputs, config, |moved| {
            passes += 1;
            progress.step(f64::from(moved));
        })?;
        progress.skip(config.sentence.epochs - passes);
        Ok(model)
    };
    let mut models =
        Folds::held_out(&writers).par_iter().map(|&fold| fit(fold)).collect::<Result<Vec<_>>>()?;
    progress.finish();
    let all = models.pop().ok_or_else(|| Error::Layout { reason: "no model was fitted".to_owned() })?;
    let mut folds = Folds { writers, models, all, logits: Vec::new() };
    folds.logits = corpus
        .narratives
        .par_iter()
        .map(|r| Ok(folds.models[folds.of(r)].logits(&r.document()?)))
        .collect::<Result<_>>()?;
    Ok(folds)
}

/// Trains and measures.
///
/// The sentence model that reads a narrative has seen nothing of its writer. The heads and thresholds that follow it
/// are fitted on the other writers' records; the logits they are fitted on come from models that left out those
/// writers, not this one. A strict nesting would take ninety more models.
/// # Errors
/// As [`cross_fit`].
pub fn train(corpus: &Corpus, taxonomy: &Taxonomy, config: &LinearConfig) -> Result<Trained> {
    let mut folds = cross_fit(corpus, taxonomy, config)?;
    let samples: Vec<Sample<'_>> = corpus
        .narratives
        .iter()
        .zip(&folds.logits)
        .map(|(record, logits)| Sample { record, logits })
        .collect();
    let progress = Progress::new(folds.writers.len() + 1, "heads and thresholds, a fold a writer");
    let second = |held_out: Option<&str>| {
        let rest: Vec<Sample<'_>> =
            samples.iter().filter(|s| Some(s.record.writer.as_str()) != held_out).copied().collect();
        let heads = heads::fit(&rest, taxonomy, config);
        let thresholds = thresholds_of(&rest, &heads, taxonomy, config);
        progress.step(0.0);
        (heads, thresholds)
    };
    let mut seconds: Vec<(Heads, Thresholds)> =
        Folds::held_out(&folds.writers).par_iter().map(|&fold| second(fold)).collect();
    progress.finish();
    let (heads, thresholds) =
        seconds.pop().ok_or_else(|| Error::Layout { reason: "no heads were fitted".to_owned() })?;

    let pipelines: Vec<Pipeline> = std::mem::take(&mut folds.models)
        .into_iter()
        .zip(seconds)
        .map(|(sentences, (heads, thresholds))| {
            Pipeline::new(LinearModel { sentences, heads }, thresholds, unnamed(taxonomy))
        })
        .collect();
    let examples = corpus
        .narratives
        .par_iter()
        .map(|r| {
            let predicted = pipelines[folds.of(r)].assess(&r.text)?;
            Ok(Example { reference: r.clone(), predicted })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Trained { model: LinearModel { sentences: folds.all, heads }, thresholds, examples })
}

fn encode(corpus: &Corpus, taxonomy: &Taxonomy, config: &LinearConfig) -> Result<Vec<Encoded>> {
    let records: Vec<&Record> = corpus.records().collect();
    records.par_iter().map(|r| Ok(data::encode(r, &r.document()?, taxonomy, config.ngrams))).collect()
}

fn thresholds_of(
    samples: &[Sample<'_>],
    heads: &Heads,
    taxonomy: &Taxonomy,
    config: &LinearConfig,
) -> Thresholds {
    let readings: Vec<Reading> = samples.iter().map(|s| heads.read(s.logits)).collect();
    let reads: Vec<_> = samples.iter().zip(&readings).map(|(s, reading)| (s.record, reading)).collect();
    thresholds::choose(&reads, taxonomy, &config.thresholds)
}

/// Versions of a model that is being measured and has no bundle yet.
fn unnamed(taxonomy: &Taxonomy) -> Versions {
    Versions {
        engine: env!("CARGO_PKG_VERSION").to_owned(),
        model: "fold".to_owned(),
        model_sha256: String::new(),
        taxonomy: taxonomy.version().to_owned(),
        thresholds: "fold".to_owned(),
        catalogue: taxonomy.version().to_owned(),
    }
}
