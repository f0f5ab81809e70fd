//! Cross-validation by writer, then the model of everything.

use std::path::Path;

use rayon::prelude::*;
use relat_engine::decode::Thresholds;
use relat_engine::linear::sentence::SentenceModel;
use relat_engine::logits::{Logits, Outputs};
use relat_engine::model::{Model, Sentences};
use relat_engine::reading::Catalogue;
use relat_engine::{Document, Taxonomy};
use relat_eval::Example;
use relat_eval::corpus::Record;

use super::config::LinearConfig;
use super::data::{self, Encoded};
use super::{ngrams, sentence};
use crate::calibrate::{Halves, Narrative, cross_calibrate};
use crate::corpus::Corpus;
use crate::error::{Error, Result};
use crate::progress::Progress;

/// A trained model with what it was measured by.
#[derive(Debug)]
pub struct Trained {
    /// Trained on everything.
    pub model: Model,
    /// Chosen on out-of-fold readings of everything.
    pub thresholds: Thresholds,
    /// Each narrative with the assessment of its plain text by a model that had not been trained on its writer.
    pub examples: Vec<Example>,
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
    /// Position of the model that had not seen the record's writer.
    #[must_use]
    pub fn of(&self, record: &Record) -> usize {
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

/// Trains and measures, as [`crate::calibrate::cross_calibrate`] says; `kept` is a folder as [`ngrams::read`] takes it.
/// # Errors
/// As [`ngrams::read`].
pub fn train(
    corpus: &Corpus,
    taxonomy: &Taxonomy,
    config: &LinearConfig,
    kept: Option<&Path>,
) -> anyhow::Result<Trained> {
    let documents: Vec<Document> =
        corpus.narratives.iter().map(|r| Document::new(r.text.as_str())).collect::<Result<_, _>>()?;
    let ngrams = ngrams::read(corpus, &documents, taxonomy, config, kept)?;
    let alone = |ngrams| Halves { ngrams, encoder: None };
    let read: Vec<Narrative> = (ngrams.gold, ngrams.plain, documents)
        .into_par_iter()
        .map(|(gold, plain, document)| Narrative { gold: alone(gold), document, plain: alone(plain) })
        .collect();
    let (calibrated, examples) =
        cross_calibrate(&corpus.narratives, &read, &corpus.writers(), taxonomy, config)?;
    let model = Model { sentences: Sentences::Ngrams(Box::new(ngrams.all)), heads: calibrated.heads };
    Ok(Trained { model, thresholds: calibrated.thresholds, examples })
}

fn encode(corpus: &Corpus, taxonomy: &Taxonomy, config: &LinearConfig) -> Result<Vec<Encoded>> {
    let records: Vec<&Record> = corpus.records().collect();
    records.par_iter().map(|r| Ok(data::encode(r, &r.document()?, taxonomy, config.ngrams))).collect()
}
