//! The model of n-grams beside an encoder: both halves fitted leaving writers out, then calibrated together.

use rayon::prelude::*;
use relat_engine::bundle::sha256_hex;
use relat_engine::encoder::SentenceEncoder;
use relat_engine::linear::sentence::{BESIDE, SentenceConfig, SentenceModel};
use relat_engine::logits::{Logits, Outputs};
use relat_engine::model::{Context, Joint, Model, Sentences};
use relat_engine::reading::Catalogue;
use relat_engine::{Document, Taxonomy};

use crate::calibrate::{Narrative, Views, cross_calibrate};
use crate::checkpoint;
use crate::corpus::Corpus;
use crate::fit;
use crate::linear::config::LinearConfig;
use crate::linear::train::{Trained, cross_fit};
use crate::logits;
use crate::recipe::Recipe;

/// Calibrates and measures on what `relat-train fit` left, and joins the parts.
/// # Errors
/// If the run is not finished or its files cannot be read.
pub fn train(
    corpus: &Corpus,
    taxonomy: &Taxonomy,
    config: &Recipe,
    linear: &LinearConfig,
) -> anyhow::Result<Trained> {
    let outputs = Outputs(Catalogue::of(taxonomy));
    let documents: Vec<Document> =
        corpus.narratives.iter().map(|r| Document::new(r.text.as_str())).collect::<Result<_, _>>()?;
    let ngrams = ngrams(corpus, &documents, taxonomy, config, linear)?;
    let (gold, _) = logits::load(&config.fit.out.join(fit::LOGITS), outputs)?;
    anyhow::ensure!(gold.len() == corpus.narratives.len(), "the encoder's logits are of another corpus");
    let plain = encoder_logits(corpus, &documents, taxonomy, config)?;
    let read: Vec<Narrative> = (ngrams.gold, ngrams.plain, gold, plain, documents)
        .into_par_iter()
        .map(|(ngrams, plain_ngrams, encoder, plain_encoder, document)| Narrative {
            gold: Views { ngrams, encoder: Some(encoder) },
            plain: Views { ngrams: plain_ngrams, encoder: Some(plain_encoder) },
            document,
        })
        .collect();
    let (calibrated, examples) =
        cross_calibrate(&corpus.narratives, &read, &corpus.writers(), taxonomy, linear);
    let mix = calibrated.mix.ok_or_else(|| anyhow::anyhow!("the two models were not joined"))?;
    let encoder = fit::load_all(&config.fit, taxonomy)?;
    let sentences =
        Sentences::Joint(Box::new(Joint { ngrams: ngrams.all, encoder: Context::Reference(encoder), mix }));
    Ok(Trained {
        model: Model { sentences, heads: calibrated.heads },
        thresholds: calibrated.thresholds,
        examples,
    })
}

/// The n-grams' half.
struct Ngrams {
    /// Trained on everything.
    all: SentenceModel,
    /// Logits of each narrative's annotated sentences by the model without its writer.
    gold: Vec<Logits>,
    /// The same of the sentences that the engine finds.
    plain: Vec<Logits>,
}

/// Files of the n-grams' half within a run's folder.
const GOLD: &str = "ngrams-gold.safetensors";
const PLAIN: &str = "ngrams-plain.safetensors";
const ALL: &str = "ngrams-all.safetensors";

/// Fits the n-grams, or reads what an earlier run with the same recipe and corpus left.
fn ngrams(
    corpus: &Corpus,
    documents: &[Document],
    taxonomy: &Taxonomy,
    config: &Recipe,
    linear: &LinearConfig,
) -> anyhow::Result<Ngrams> {
    let path = |name: &str| config.fit.out.join(name);
    let parts = (linear.ngrams, linear.block_weights, linear.min_df, linear.rows, &linear.sentence);
    let run = sha256_hex(&serde_json::to_vec(&(parts, corpus.sha256()?))?);
    let catalogue = Catalogue::of(taxonomy);
    let outputs = Outputs(catalogue);
    let shape = SentenceConfig { ngrams: linear.ngrams, block_weights: linear.block_weights };
    if let (Ok((gold, of_gold)), Ok((plain, of_plain)), Ok(all)) =
        (logits::load(&path(GOLD), outputs), logits::load(&path(PLAIN), outputs), std::fs::read(path(ALL)))
        && of_gold == run
        && of_plain == run
    {
        let all = SentenceModel::from_safetensors(shape, &all, catalogue).map_err(anyhow::Error::msg)?;
        return Ok(Ngrams { all, gold, plain });
    }
    let folds = cross_fit(corpus, taxonomy, linear)?;
    let plain: Vec<Logits> = corpus
        .narratives
        .par_iter()
        .zip(documents)
        .map(|(record, document)| folds.models[folds.of(record)].logits(document))
        .collect();
    for (name, bytes) in folds.all.files(BESIDE).map_err(anyhow::Error::msg)? {
        if name == BESIDE.weights {
            checkpoint::write_atomically(&path(ALL), &bytes)?;
        }
    }
    logits::save(&path(PLAIN), &plain, &run)?;
    logits::save(&path(GOLD), &folds.logits, &run)?;
    Ok(Ngrams { all: folds.all, gold: folds.logits, plain })
}

/// Each plain text as the encoder reads it that had not seen its writer.
fn encoder_logits(
    corpus: &Corpus,
    documents: &[Document],
    taxonomy: &Taxonomy,
    config: &Recipe,
) -> anyhow::Result<Vec<Logits>> {
    let mut out: Vec<Option<Logits>> = vec![None; documents.len()];
    for writers in fit::fold_writers(&corpus.writers(), config.fit.folds) {
        let model: SentenceEncoder = fit::load_fold(&config.fit, &writers, taxonomy)?;
        for ((record, document), logits) in corpus.narratives.iter().zip(documents).zip(&mut out) {
            if writers.contains(&record.writer) {
                *logits = Some(model.logits(document)?);
            }
        }
    }
    out.into_iter().map(|l| l.ok_or_else(|| anyhow::anyhow!("a narrative is in no fold"))).collect()
}
