//! One bundle of a report: what it made of the records, and of every other text.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::{Context as _, bail};
use rayon::prelude::*;
use relat_engine::bundle::{Bundle, MANIFEST, Manifest};
use relat_engine::{Assessment, Pipeline, Taxonomy};
use relat_eval::corpus::Record;
use relat_eval::readings::{Readings, Texts};
use relat_eval::{Example, Metric, Pair, predictions};

use super::progress::Progress;
use super::source;

/// Where a bundle and what is kept of it lie.
#[derive(Clone, Copy)]
pub(crate) struct Places<'a> {
    pub(crate) bundle: &'a Path,
    pub(crate) predictions: Option<&'a Path>,
    pub(crate) readings: Option<&'a Path>,
    /// Reads every text, whatever is kept.
    pub(crate) again: bool,
}

/// What a bundle made of everything.
pub(crate) struct Side {
    pub(crate) model: Manifest,
    pub(crate) examples: Vec<Example>,
    pub(crate) readings: Readings,
}

impl Places<'_> {
    /// Steps that [`Self::read`] tells of.
    pub(crate) fn steps(&self) -> usize {
        if self.kept().is_some() { 1 } else { 5 }
    }

    fn kept(&self) -> Option<&Path> {
        self.readings.filter(|path| path.exists() && !self.again)
    }

    /// Reads what is kept, and the rest with the bundle's model. `made_from` is what readings depend on besides the bundle.
    pub(crate) fn read(
        &self,
        texts: &Texts<'_>,
        mut made_from: BTreeMap<String, String>,
        progress: &Progress,
    ) -> anyhow::Result<Side> {
        let manifest = source::file("bundle manifest", &self.bundle.join(MANIFEST))?;
        made_from.insert("bundle".to_owned(), manifest.sha256);
        let model = Bundle::open(self.bundle)?.manifest().clone();
        progress.step(&format!("reading records, assessing them: {} {}", model.name, model.version));
        let kept = self.kept().map(|path| Readings::read_matching(path, &made_from)).transpose()?;
        // Before anything is read that takes minutes.
        let predicted = self.predictions.map(|path| read_predictions(path, texts.records, &model));
        let (kept, predicted) = match (kept, predicted.transpose()?) {
            (Some(readings), Some(examples)) => return Ok(Side { model, examples, readings }),
            other => other,
        };
        let pipeline = Pipeline::load(self.bundle)?;
        let counter = progress.counter();
        let read = |text: &str| {
            counter.inc(1);
            pipeline.assess(text)
        };
        let originals = Originals::read(texts.records, read)?;
        let assess = |text: &str| originals.find(text).map_or_else(|| read(text), Ok);
        let examples = match predicted {
            Some(examples) => examples,
            None => originals.examples(texts.records)?,
        };
        let readings = match kept {
            Some(readings) => readings,
            None => Readings::make(texts, made_from, assess, &|what| progress.step(what))?,
        };
        if let (Some(path), None) = (self.readings, self.kept()) {
            readings.write_file(path)?;
        }
        Ok(Side { model, examples, readings })
    }
}

/// The predictions of the bundle's own models on unseen writers.
fn read_predictions(path: &Path, records: &[Record], model: &Manifest) -> anyhow::Result<Vec<Example>> {
    let examples = predictions::read(path, records).with_context(|| format!("reading {}", path.display()))?;
    let taxonomy = Taxonomy::shipped();
    let mut by_writer: BTreeMap<&str, Vec<Pair>> = BTreeMap::new();
    for example in &examples {
        by_writer.entry(&example.reference.writer).or_default().push(example.pair(taxonomy)?);
    }
    for metric in Metric::ALL {
        let told = model.metrics.get(metric.name()).copied();
        let of = |pairs: &Vec<Pair>| metric.statistic(pairs, taxonomy).value(&vec![1.0; pairs.len()]);
        let values: Vec<f64> = by_writer.values().filter_map(of).collect();
        // A manifest has the means over writers: what a new centre can expect.
        let own = values.iter().sum::<f64>() / values.len() as f64;
        // Another model's predictions would be another model's report.
        if let Some(told) = told
            && (told - own).abs() > 1e-9
        {
            bail!(
                "{}: not the predictions that {} {} was measured on: {} is {told} in its manifest and {own} here",
                path.display(),
                model.name,
                model.version,
                metric.name()
            );
        }
    }
    Ok(examples)
}

/// The model's readings of the records: rewritings are compared with them several times over.
struct Originals<'a>(HashMap<&'a str, Assessment>);

impl<'a> Originals<'a> {
    fn read<F>(records: &'a [Record], predict: F) -> relat_engine::Result<Self>
    where
        F: Fn(&str) -> relat_engine::Result<Assessment> + Sync,
    {
        let one = |record: &'a Record| Ok((record.text.as_str(), predict(&record.text)?));
        Ok(Self(records.par_iter().map(one).collect::<relat_engine::Result<_>>()?))
    }

    fn find(&self, text: &str) -> Option<Assessment> {
        self.0.get(text).cloned()
    }

    fn examples(&self, records: &[Record]) -> anyhow::Result<Vec<Example>> {
        let one = |record: &Record| {
            let predicted = self.find(&record.text).context("BUG: a record was not read")?;
            Ok(Example { reference: record.clone(), predicted })
        };
        records.iter().map(one).collect()
    }
}
