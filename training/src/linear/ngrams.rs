//! Each narrative as n-grams read it that had not seen its writer, fitted once for every bundle that has them.

use std::path::Path;

use rayon::prelude::*;
use relat_engine::bundle::sha256_hex;
use relat_engine::linear::sentence::{BESIDE, SentenceConfig, SentenceModel};
use relat_engine::logits::{Logits, Outputs};
use relat_engine::reading::Catalogue;
use relat_engine::{Document, Taxonomy};

use super::config::LinearConfig;
use super::train::cross_fit;
use crate::corpus::Corpus;
use crate::{checkpoint, logits};

/// The n-grams, and what they say of the corpus.
#[derive(Debug)]
pub struct Ngrams {
    /// Trained on everything.
    pub all: SentenceModel,
    /// Logits of each narrative's annotated sentences by the model without its writer.
    pub gold: Vec<Logits>,
    /// The same of the sentences that the engine finds.
    pub plain: Vec<Logits>,
}

const GOLD: &str = "ngrams-gold.safetensors";
const PLAIN: &str = "ngrams-plain.safetensors";
const ALL: &str = "ngrams-all.safetensors";

/// Fits the n-grams, or reads what an earlier fit of the same recipe and corpus left in the folder `kept`.
/// # Errors
/// As [`cross_fit`]; if a file cannot be written.
pub fn read(
    corpus: &Corpus,
    documents: &[Document],
    taxonomy: &Taxonomy,
    config: &LinearConfig,
    kept: Option<&Path>,
) -> anyhow::Result<Ngrams> {
    let parts = (config.ngrams, config.block_weights, config.min_df, config.rows, &config.sentence);
    let run = sha256_hex(&serde_json::to_vec(&(parts, corpus.sha256()?))?);
    if let Some(ngrams) = kept.and_then(|dir| load(dir, &run, taxonomy, config)) {
        return Ok(ngrams);
    }
    let folds = cross_fit(corpus, taxonomy, config)?;
    let plain: Vec<Logits> = corpus
        .narratives
        .par_iter()
        .zip(documents)
        .map(|(record, document)| folds.models[folds.of(record)].logits(document))
        .collect();
    let ngrams = Ngrams { all: folds.all, gold: folds.logits, plain };
    if let Some(dir) = kept {
        save(dir, &run, &ngrams)?;
    }
    Ok(ngrams)
}

fn load(dir: &Path, run: &str, taxonomy: &Taxonomy, config: &LinearConfig) -> Option<Ngrams> {
    let catalogue = Catalogue::of(taxonomy);
    let shape = SentenceConfig { ngrams: config.ngrams, block_weights: config.block_weights };
    let (gold, of_gold) = logits::load(&dir.join(GOLD), Outputs(catalogue)).ok()?;
    let (plain, of_plain) = logits::load(&dir.join(PLAIN), Outputs(catalogue)).ok()?;
    let all = std::fs::read(dir.join(ALL)).ok()?;
    let all = SentenceModel::from_safetensors(shape, &all, catalogue).ok()?;
    (of_gold == run && of_plain == run).then_some(Ngrams { all, gold, plain })
}

/// The weights first: what names the run is written when they are there.
fn save(dir: &Path, run: &str, ngrams: &Ngrams) -> anyhow::Result<()> {
    for (name, bytes) in ngrams.all.files(BESIDE).map_err(anyhow::Error::msg)? {
        if name == BESIDE.weights {
            checkpoint::write_atomically(&dir.join(ALL), &bytes)?;
        }
    }
    logits::save(&dir.join(PLAIN), &ngrams.plain, run)?;
    logits::save(&dir.join(GOLD), &ngrams.gold, run)
}
