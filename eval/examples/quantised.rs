//! What serving the encoder in bytes changes: each narrative read by the reference on candle and by the kernels.
//!
//!     cargo run --release -p relat-eval --example quantised -- models/default corpora/narratives [EVERY]
//!
//! EVERY takes one narrative in so many. The figures are over narratives that the model was trained on: they measure the
//! difference between two arithmetics, not the model.

#![expect(clippy::print_stdout, reason = "its report")]

use std::path::Path;

use rayon::prelude::*;
use relat_engine::bundle::Bundle;
use relat_engine::encoder::SentenceEncoder;
use relat_engine::logits::Outputs;
use relat_engine::model::{Architecture, Context, Model, Sentences};
use relat_engine::pipeline::THRESHOLDS;
use relat_engine::reading::Catalogue;
use relat_engine::{Assessment, Document, Pipeline, Taxonomy};
use relat_eval::bootstrap::{BootstrapConfig, Method};
use relat_eval::{Example, corpus};

/// Items suggested: needs, demands and actions.
fn suggested(a: &Assessment) -> Vec<(&'static str, &str)> {
    let needs = a.needs.iter().filter(|n| n.suggested).map(|n| ("need", n.code.as_str()));
    let demands = a.demands.iter().filter(|d| d.suggested).map(|d| ("demand", d.code.as_str()));
    let actions = a.actions.iter().filter(|d| d.suggested).map(|d| ("action", d.code.as_str()));
    needs.chain(demands).chain(actions).collect()
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (bundle, narratives, every) = match &arguments[..] {
        [bundle, narratives] => (bundle, narratives, 1),
        [bundle, narratives, every] => (bundle, narratives, every.parse()?),
        _ => anyhow::bail!("expected BUNDLE NARRATIVES [EVERY]"),
    };
    let taxonomy = Taxonomy::shipped();
    let records: Vec<_> =
        corpus::read_dir(Path::new(narratives), taxonomy)?.into_iter().step_by(every).collect();
    let served = Pipeline::load(Path::new(bundle))?;
    let opened = Bundle::open(Path::new(bundle))?;
    let catalogue = Catalogue::of(taxonomy);
    let model = || -> anyhow::Result<Model> { Ok(Model::load(&opened, Architecture::Joint, catalogue)?) };
    let (mut single, bytes) = (model()?, model()?);
    if let Sentences::Joint(joint) = &mut single.sentences {
        joint.encoder = Context::Reference(SentenceEncoder::load(&opened, Outputs(catalogue))?);
    }
    let (mut largest, mut sum, mut count) = (0f32, 0f64, 0f64);
    for record in &records {
        let document = Document::new(record.text.as_str())?;
        let views = |model: &Model| {
            let windows = model.sentences.windows(&document)?;
            model.sentences.logits(&document, &windows)
        };
        let (a, b) = (views(&single)?, views(&bytes)?);
        for (a, b) in a.blend().values.iter().zip(&b.blend().values) {
            largest = largest.max((a - b).abs());
            sum += f64::from((a - b).abs());
            count += 1.0;
        }
    }
    println!("records {}; logits: largest difference {largest:.4}, mean {:.5}", records.len(), sum / count);
    let reference = Pipeline::new(single, opened.json(THRESHOLDS)?, served.versions().clone());
    let assess = |pipeline: &Pipeline| -> anyhow::Result<Vec<Example>> {
        let one = |r: &corpus::Record| -> anyhow::Result<Example> {
            Ok(Example { reference: r.clone(), predicted: pipeline.assess(&r.text)? })
        };
        records.par_iter().map(one).collect()
    };
    let (before, after) = (assess(&reference)?, assess(&served)?);
    let (mut all, mut changed, mut levels, mut moved) = (0, 0, 0, 0);
    for (a, b) in before.iter().zip(&after) {
        let (x, y) = (suggested(&a.predicted), suggested(&b.predicted));
        all += x.len();
        changed += x.iter().filter(|i| !y.contains(i)).count() + y.iter().filter(|i| !x.contains(i)).count();
        levels += a.predicted.levels.len();
        let pairs = a.predicted.levels.iter().zip(&b.predicted.levels);
        moved += pairs.filter(|(a, b)| a.level != b.level).count();
    }
    println!("suggestions {all}, added or dropped {changed}; levels {levels}, moved {moved}");
    let config = BootstrapConfig { resamples: 100, confidence: 0.95, seed: 1, method: Method::Percentile };
    let (before, after) = (
        relat_eval::summary::summary(&before, taxonomy, &config)?,
        relat_eval::summary::summary(&after, taxonomy, &config)?,
    );
    for (a, b) in before.overall.iter().zip(&after.overall) {
        if let (Some(x), Some(y)) = (a.estimate.value, b.estimate.value) {
            println!("{:?}: {x:.4} before, {y:.4} after, {:+.4}", a.metric, y - x);
        }
    }
    Ok(())
}
