//! From the logits of sentences to a record: weights between models, heads and thresholds, fitted leaving writers out.

pub mod heads;
pub mod mix;
pub mod perceptron;
mod scaler;
pub mod thresholds;

use rayon::prelude::*;
use relat_engine::decode::{Thresholds, decode};
use relat_engine::heads::Heads;
use relat_engine::logits::{Logits, Mix, Views};
use relat_engine::reading::Reading;
use relat_engine::{Document, Taxonomy, Versions};
use relat_eval::Example;
use relat_eval::corpus::Record;

use crate::linear::config::LinearConfig;
use crate::progress::Progress;
use heads::Sample;

/// Logits of the same sentences by each sentence model, before they are blended.
#[derive(Debug, Clone, PartialEq)]
pub struct Halves {
    /// Of the n-grams.
    pub ngrams: Logits,
    /// Of the encoder, in a model that has one.
    pub encoder: Option<Logits>,
}

impl Halves {
    /// What the heads read.
    #[must_use]
    pub fn views(&self, mix: Option<&Mix>) -> Views {
        match (mix, &self.encoder) {
            (Some(mix), Some(encoder)) => Views::joint(self.ngrams.clone(), encoder.clone(), mix),
            _ => Views::alone(self.ngrams.clone()),
        }
    }
}

/// A narrative as models that had not seen its writer read it.
#[derive(Debug, Clone)]
pub struct Narrative {
    /// Of the sentences that annotators marked.
    pub gold: Halves,
    /// The plain text.
    pub document: Document,
    /// Of the sentences that the engine found in it.
    pub plain: Halves,
}

/// What is fitted on top of the sentence models.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibrated {
    /// Weights between two sentence models, where there are two.
    pub mix: Option<Mix>,
    /// Heads.
    pub heads: Heads,
    /// Thresholds.
    pub thresholds: Thresholds,
}

/// Fits on every record, and measures by leaving each writer out.
///
/// The sentence models that read a narrative have seen nothing of its writer. What is fitted here is fitted on the other
/// writers' records; the logits it is fitted on come from models that left out those writers, not this one. A strict
/// nesting would take as many models as there are pairs of writers.
/// # Errors
/// If memory runs out.
pub fn cross_calibrate(
    records: &[Record],
    read: &[Narrative],
    writers: &[String],
    taxonomy: &Taxonomy,
    config: &LinearConfig,
) -> candle_core::Result<(Calibrated, Vec<Example>)> {
    let progress = Progress::new(writers.len() + 1, "heads and thresholds, a fold a writer");
    let fit = |held_out: Option<&str>| {
        let calibrated = calibrate(records, read, held_out, taxonomy, config);
        progress.step(0.0);
        calibrated
    };
    let folds: Vec<Option<&str>> = writers.iter().map(|w| Some(w.as_str())).chain([None]).collect();
    let mut fitted: Vec<Calibrated> = folds.par_iter().map(|&fold| fit(fold)).collect::<Result<_, _>>()?;
    progress.finish();
    let all = fitted.pop().map_or_else(|| fit(None), Ok)?;
    let versions = unnamed(taxonomy);
    let examples = records
        .par_iter()
        .zip(read)
        .map(|(record, narrative)| {
            let own = writers.binary_search(&record.writer).ok().and_then(|i| fitted.get(i)).unwrap_or(&all);
            let reading = own.heads.read(&narrative.plain.views(own.mix.as_ref()));
            let predicted = decode(&narrative.document, &reading, &own.thresholds, taxonomy, &versions);
            Example { reference: record.clone(), predicted }
        })
        .collect();
    Ok((all, examples))
}

fn calibrate(
    records: &[Record],
    read: &[Narrative],
    held_out: Option<&str>,
    taxonomy: &Taxonomy,
    config: &LinearConfig,
) -> candle_core::Result<Calibrated> {
    let rest: Vec<(&Record, &Halves)> = records
        .iter()
        .zip(read)
        .filter(|(record, _)| Some(record.writer.as_str()) != held_out)
        .map(|(record, narrative)| (record, &narrative.gold))
        .collect();
    let mix = mix::fit(&rest, taxonomy, &config.calibration);
    let views: Vec<Views> = rest.iter().map(|(_, halves)| halves.views(mix.as_ref())).collect();
    let samples: Vec<Sample<'_>> =
        rest.iter().zip(&views).map(|((record, _), views)| Sample { record, views }).collect();
    let heads = heads::fit(&samples, taxonomy, config)?;
    let readings: Vec<Reading> = samples.iter().map(|s| heads.read(s.views)).collect();
    let reads: Vec<_> = samples.iter().zip(&readings).map(|(s, reading)| (s.record, reading)).collect();
    let thresholds = thresholds::choose(&reads, taxonomy, &config.thresholds);
    Ok(Calibrated { mix, heads, thresholds })
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
