//! The stages of a recipe, each of which leaves what the next one reads.

use std::path::{Path, PathBuf};

use anyhow::Context;
use relat_engine::Taxonomy;
use relat_engine::bundle::Bundle;
use relat_eval::{Summary, predictions};

use crate::corpus::Corpus;
use crate::linear::config::LinearConfig;
use crate::recipe::Recipe;
use crate::replace::{self, COUNTS, Counts};
use crate::{distil as distillation, export as bundles, fit as fitting, joint, tokenizer as tokenizers};

/// File of the out-of-fold assessments within a run's folder: what `relat-eval report --predictions` reads.
pub const PREDICTIONS: &str = "predictions.jsonl";

/// Folder of the finished bundle within a run's folder.
#[must_use]
pub fn bundle_dir(recipe: &Recipe) -> PathBuf {
    recipe.fit.out.join("bundle")
}

/// Trains the tokenizer, unless it is there or the recipe has none.
/// # Errors
/// As [`tokenizers::train`].
pub fn tokenizer(recipe: &Recipe) -> anyhow::Result<()> {
    if let Some(config) = recipe.tokenizer.as_ref().filter(|config| !config.out.exists()) {
        tokenizers::train(config)?;
    }
    Ok(())
}

/// Distils the encoder, or continues; does nothing if the recipe takes one from elsewhere.
/// # Errors
/// As [`distillation::run`].
pub fn distil(recipe: &Recipe) -> anyhow::Result<()> {
    recipe.distil.as_ref().map_or(Ok(()), distillation::run)
}

/// Fine-tunes the encoder, or continues.
/// # Errors
/// As [`fitting::run`].
pub fn fit(recipe: &Recipe) -> anyhow::Result<()> {
    let corpus = Corpus::read(&recipe.fit.corpus, Taxonomy::shipped())?;
    fitting::run(&recipe.fit, &corpus, Taxonomy::shipped())
}

/// Calibrates, measures, and writes the bundle and the out-of-fold assessments into the run's folder.
/// # Errors
/// As [`joint::train`]; if a file cannot be written.
pub fn calibrate(recipe: &Recipe) -> anyhow::Result<Summary> {
    let taxonomy = Taxonomy::shipped();
    let linear = LinearConfig::read(&recipe.linear)?;
    let corpus = Corpus::read(&linear.corpus, taxonomy)?;
    let trained = joint::train(&corpus, taxonomy, recipe, &linear)?;
    let summary = relat_eval::summary(&trained.examples, taxonomy, &linear.bootstrap)?;
    predictions::write(&recipe.fit.out.join(PREDICTIONS), &trained.examples)?;
    bundles::write(&bundle_dir(recipe), &trained, &summary, &corpus, &recipe.release(&linear)?)?;
    Ok(summary)
}

/// Copies the run's bundle to `to` if it is better than the bundle there, or if there is none that was measured on the
/// same narratives; with `force` also if no difference can be told. Returns what was found and done, a line.
/// # Errors
/// If a bundle cannot be read or written, or the new one is not better.
pub fn export(recipe: &Recipe, to: &Path, force: bool) -> anyhow::Result<String> {
    let new = Bundle::open(&bundle_dir(recipe))?;
    let counts: Counts = new.json(COUNTS)?;
    let old: Option<Counts> = Bundle::open(to).ok().and_then(|old| old.json(COUNTS).ok());
    let linear = LinearConfig::read(&recipe.linear)?;
    let difference = match &old {
        Some(old) => replace::difference(&counts, old, &linear.bootstrap)?,
        None => None,
    };
    if let Some(difference) = difference {
        let better = difference.low.is_some_and(|low| low > 0.0);
        let worse = difference.high.is_some_and(|high| high < 0.0);
        anyhow::ensure!(
            better || (force && !worse),
            "{} stays: needs, micro F1, new less old: {difference}",
            to.display()
        );
    }
    let files = new.manifest().files.keys();
    let read = files.map(|name| Ok((name.clone(), new.file(name)?.to_vec()))).collect::<anyhow::Result<_>>();
    relat_engine::bundle::write(to, new.manifest().clone(), &read?)
        .with_context(|| to.display().to_string())?;
    Ok(match difference {
        Some(difference) => format!("{} replaced: needs, micro F1, new less old: {difference}", to.display()),
        None => format!("{} written: nothing there was measured on the same narratives", to.display()),
    })
}
