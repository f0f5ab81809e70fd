//! The model of n-grams beside an encoder: both halves fitted leaving writers out, then calibrated together.

use rayon::prelude::*;
use relat_engine::logits::{Logits, Outputs};
use relat_engine::model::{Context, Joint, Model, Sentences};
use relat_engine::reading::Catalogue;
use relat_engine::{Document, Taxonomy};

use crate::calibrate::{Halves, Narrative, cross_calibrate};
use crate::corpus::Corpus;
use crate::fit;
use crate::linear::config::LinearConfig;
use crate::linear::ngrams;
use crate::linear::train::Trained;
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
    let ngrams = ngrams::read(corpus, &documents, taxonomy, linear, Some(&config.fit.out))?;
    let (gold, _) = logits::load(&config.fit.out.join(fit::LOGITS), outputs)?;
    anyhow::ensure!(gold.len() == corpus.narratives.len(), "the encoder's logits are of another corpus");
    let plain = encoder_logits(corpus, &documents, taxonomy, config)?;
    let read: Vec<Narrative> = (ngrams.gold, ngrams.plain, gold, plain, documents)
        .into_par_iter()
        .map(|(ngrams, plain_ngrams, encoder, plain_encoder, document)| Narrative {
            gold: Halves { ngrams, encoder: Some(encoder) },
            plain: Halves { ngrams: plain_ngrams, encoder: Some(plain_encoder) },
            document,
        })
        .collect();
    let (calibrated, examples) =
        cross_calibrate(&corpus.narratives, &read, &corpus.writers(), taxonomy, linear)?;
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

/// Each plain text as the encoder reads it that had not seen its writer, in bytes, as it will be served.
fn encoder_logits(
    corpus: &Corpus,
    documents: &[Document],
    taxonomy: &Taxonomy,
    config: &Recipe,
) -> anyhow::Result<Vec<Logits>> {
    let mut out: Vec<Option<Logits>> = vec![None; documents.len()];
    for writers in fit::fold_writers(&corpus.writers(), config.fit.folds) {
        let model = Context::serving(&fit::load_fold(&config.fit, &writers, taxonomy)?)?;
        let held_out = corpus.narratives.par_iter().zip(documents).zip(&mut out);
        held_out.filter(|((record, _), _)| writers.contains(&record.writer)).try_for_each(
            |((_, document), logits)| {
                *logits = Some(model.read(&model.windows(document)?)?);
                anyhow::Ok(())
            },
        )?;
    }
    out.into_iter().map(|l| l.ok_or_else(|| anyhow::anyhow!("a narrative is in no fold"))).collect()
}
