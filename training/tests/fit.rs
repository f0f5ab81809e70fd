//! A tiny encoder fine-tuned on a few records: seeds, folds, `kill -9`, and the way into a bundle.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::path::Path;
use std::process::{Command, Stdio};

use common::Place;
use relat_engine::{Pipeline, Taxonomy};
use relat_training::corpus::Corpus;
use relat_training::recipe::Recipe;
use relat_training::{fit, stages};

fn same_files(a: &Path, b: &Path, names: &[&str]) {
    for name in names {
        let bytes = |dir: &Path| std::fs::read(dir.join(name)).unwrap();
        assert!(bytes(a) == bytes(b), "help: {name} differs");
    }
}

const RESULTS: [&str; 5] =
    ["bank.safetensors", "without-a.safetensors", "without-d.safetensors", "all.safetensors", fit::LOGITS];

#[test]
fn a_run_that_was_killed_ends_as_one_that_was_not() {
    let place = Place::new();
    let (recipe, whole) = place.recipe("whole");
    stages::fit(&whole).unwrap();
    let (path, killed) = place.recipe("killed");
    let train = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_relat-train"));
        command.arg("fit").arg(&path).stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    // Killed soon after it wrote its first checkpoint, and again in a later phase.
    for file in ["bank.safetensors", "without-b.safetensors"] {
        let mut child = train().spawn().unwrap();
        while !killed.fit.out.join(file).exists() && child.try_wait().unwrap().is_none() {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(train().status().unwrap().success());
    same_files(&whole.fit.out, &killed.fit.out, &RESULTS);

    // Another recipe does not continue this one.
    let mut other = whole;
    other.fit.narratives.rate *= 2.0;
    let error = stages::fit(&other).unwrap_err().to_string();
    assert!(
        error.contains("without-a") && error.contains("another recipe"),
        "{error} ({})",
        recipe.display()
    );
}

#[test]
fn a_fold_has_not_seen_its_writer_and_the_bundle_reads_as_measured() {
    let place = Place::new();
    let (_, recipe) = place.recipe("before");
    stages::fit(&recipe).unwrap();
    let corpus = Corpus::read(&recipe.fit.corpus, Taxonomy::shipped()).unwrap();

    // Whatever writer a's labels are, the fold without them stays the same.
    let (_, after) = place.recipe("after");
    let mut changed = Corpus::read(&recipe.fit.corpus, Taxonomy::shipped()).unwrap();
    for record in changed.narratives.iter_mut().filter(|r| r.writer == "a") {
        record.sentences.iter_mut().for_each(|s| s.needs.clear());
    }
    fit::run(&after.fit, &changed, Taxonomy::shipped()).unwrap();
    same_files(&recipe.fit.out, &after.fit.out, &["without-a.safetensors"]);
    let bytes = |r: &Recipe| std::fs::read(r.fit.out.join("without-b.safetensors")).unwrap();
    assert!(bytes(&recipe) != bytes(&after), "help: the labels of writer a taught nothing");

    let summary = stages::calibrate(&recipe).unwrap();
    assert_eq!(summary.records, corpus.narratives.len());
    let to = place.path("shipped");
    assert!(stages::export(&recipe, &to, false).unwrap().contains("written"));
    let error = stages::export(&recipe, &to, false).unwrap_err().to_string();
    assert!(error.contains("stays"), "a bundle is not better than itself: {error}");
    let pipeline = Pipeline::load(&to).unwrap();
    for record in &corpus.narratives {
        let alone = pipeline.assess(&record.text).unwrap();
        assert!(alone == pipeline.assess(&record.text).unwrap(), "{}", record.id);
    }
    // A tensor that is cut off names itself.
    let manifest = std::fs::read_to_string(to.join("manifest.json")).unwrap();
    let old = std::fs::read(to.join("mix.json")).unwrap();
    std::fs::write(to.join("mix.json"), b"{}").unwrap();
    let sha = relat_engine::bundle::sha256_hex;
    std::fs::write(to.join("manifest.json"), manifest.replace(&sha(&old), &sha(b"{}"))).unwrap();
    let error = Pipeline::load(&to).unwrap_err();
    assert!(error.code() == "bundle" && error.to_string().contains("mix.json"), "{error}");
}
