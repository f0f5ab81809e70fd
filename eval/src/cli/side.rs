//! One bundle of a report: what it made of the records, and of every other text.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::{Context as _, bail};
use rayon::prelude::*;
use relat_engine::bundle::{Bundle, Manifest};
use relat_engine::{Assessment, Pipeline, Taxonomy};
use relat_eval::corpus::Record;
use relat_eval::readings::{Readings, Texts};
use relat_eval::{Example, Metric, Pair, predictions};

use super::progress::Progress;

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
        let bundle = Bundle::open(self.bundle)?;
        made_from.insert("bundle".to_owned(), bundle.sha256().to_owned());
        let model = bundle.manifest().clone();
        // What cannot be kept is known before it is read.
        if let Some(folder) = self.readings.and_then(Path::parent) {
            std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        }
        progress.step(&format!("reading records, assessing them: {} {}", model.name, model.version));
        let kept = match self.kept() {
            Some(path) => Some(Readings::read_matching(path, &made_from)?),
            None => None,
        };
        // Before anything is read that takes minutes.
        let predicted =
            self.predictions.map(|path| read_predictions(path, texts.records, &model)).transpose()?;
        let pipeline = Pipeline::load(self.bundle)?;
        let counter = progress.counter();
        let read = |text: &str| {
            counter.inc(1);
            pipeline.assess(text)
        };
        if let (Some(readings), Some(path)) = (&kept, self.readings)
            && let Some(what) = readings.differ(texts, read)?
        {
            bail!("{}: {what} read by another program; --read-again makes them anew", path.display());
        }
        let (kept, predicted) = match (kept, predicted) {
            (Some(readings), Some(examples)) => return Ok(Side { model, examples, readings }),
            other => other,
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
        let own = (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
        let same = match (told, own) {
            (Some(told), Some(own)) => (told - own).abs() <= 1e-9,
            (told, own) => told == own,
        };
        // Another model's predictions would be another model's report; and a manifest without figures vouches for none.
        if !same {
            let figure = |of: Option<f64>| of.map_or_else(|| "not given".to_owned(), |v| v.to_string());
            bail!(
                "{}: not the predictions that {} {} was measured on: {} is {} in its manifest and {} here",
                path.display(),
                model.name,
                model.version,
                metric.name(),
                figure(told),
                figure(own)
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

#[cfg(test)]
mod tests {
    use relat_eval::corpus;

    use super::*;

    #[test]
    fn predictions_are_taken_for_the_bundle_that_was_measured_on_them_and_no_other() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let report = root.join("docs/report");
        let bundle = std::fs::read_to_string(report.join("BUNDLE")).unwrap();
        let model = Bundle::open(&root.join(bundle.trim())).unwrap().manifest().clone();
        let records = corpus::read_dir(&root.join("corpora/narratives"), Taxonomy::shipped()).unwrap();
        let path = report.join("predictions.jsonl.gz");
        let read = |model: &Manifest| read_predictions(&path, &records, model);
        assert_eq!(read(&model).unwrap().len(), records.len());
        let name = Metric::ALL[0].name();
        let mut other = model.clone();
        other.metrics.insert(name.to_owned(), 0.123);
        let error = read(&other).unwrap_err().to_string();
        assert!(error.contains(name) && error.contains("0.123"), "help: {error}");
        // A manifest that tells nothing vouches for nothing.
        other.metrics.clear();
        let error = read(&other).unwrap_err().to_string();
        assert!(error.contains("not given in its manifest"), "help: {error}");
    }
}
