//! The whole way from a small corpus to a bundle that loads.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::path::{Path, PathBuf};

use relat_engine::{Pipeline, Taxonomy};
use relat_eval::corpus;
use relat_training::corpus::Corpus;
use relat_training::export;
use relat_training::linear::config::LinearConfig;
use relat_training::linear::train::{Trained, cross_fit, train};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The shipped recipe on a few records of two writers and a few hundred bank sentences.
fn small() -> (Corpus, LinearConfig) {
    let mut config = LinearConfig::read(&root().join("training/linear.toml")).unwrap();
    config.rows = 3000;
    config.sentence.epochs = 4;
    config.bootstrap.resamples = 50;
    let read = |folder: &str, every: usize| {
        let all = corpus::read_dir(&root().join("corpora").join(folder), Taxonomy::shipped()).unwrap();
        all.into_iter().step_by(every).collect::<Vec<_>>()
    };
    let mut narratives = read("narratives", 4);
    narratives.retain(|r| r.writer == "a" || r.writer == "d");
    (Corpus { narratives, bank: read("bank", 60), translated: Vec::new() }, config)
}

fn write(dir: &Path, trained: &Trained, corpus: &Corpus, config: &LinearConfig) {
    let summary = relat_eval::summary(&trained.examples, Taxonomy::shipped(), &config.bootstrap).unwrap();
    export::write(dir, trained, &summary, corpus, &config.release().unwrap()).unwrap();
}

#[test]
fn one_seed_gives_one_bundle_and_it_reads_as_the_model_in_memory() {
    let (corpus, config) = small();
    let dir = tempfile::tempdir().unwrap();
    let (first, second) = (dir.path().join("first"), dir.path().join("second"));
    let trained = train(&corpus, Taxonomy::shipped(), &config, None).unwrap();
    write(&first, &trained, &corpus, &config);
    write(&second, &train(&corpus, Taxonomy::shipped(), &config, None).unwrap(), &corpus, &config);
    for entry in std::fs::read_dir(&first).unwrap() {
        let name = entry.unwrap().file_name();
        let bytes = |dir: &Path| std::fs::read(dir.join(&name)).unwrap();
        assert!(bytes(&first) == bytes(&second), "help: {name:?} differs between two runs of one seed");
    }
    let loaded = Pipeline::load(&first).unwrap();
    let memory = Pipeline::new(trained.model, trained.thresholds, loaded.versions().clone());
    for record in &corpus.narratives {
        assert!(
            loaded.assess(&record.text).unwrap() == memory.assess(&record.text).unwrap(),
            "{}",
            record.id
        );
    }
}

#[test]
fn a_narrative_is_read_by_a_model_that_had_not_seen_its_writer() {
    let (mut corpus, config) = small();
    let before = cross_fit(&corpus, Taxonomy::shipped(), &config).unwrap();
    // Whatever writer a's labels are, what is read in their own texts stays the same.
    for record in corpus.narratives.iter_mut().filter(|r| r.writer == "a") {
        for sentence in &mut record.sentences {
            sentence.needs.clear();
            sentence.demands.clear();
        }
    }
    let after = cross_fit(&corpus, Taxonomy::shipped(), &config).unwrap();
    for ((record, before), after) in corpus.narratives.iter().zip(&before.logits).zip(&after.logits) {
        assert_eq!(before == after, record.writer == "a", "help: {}", record.id);
    }
}

#[test]
fn a_tampered_or_misshapen_bundle_does_not_load() {
    let (corpus, config) = small();
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &train(&corpus, Taxonomy::shipped(), &config, None).unwrap(), &corpus, &config);
    for name in ["model.safetensors", "heads.json", "thresholds.json", "config.json"] {
        let path = dir.path().join(name);
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        let error = Pipeline::load(dir.path()).unwrap_err();
        assert_eq!(error.code(), "bundle_hash");
        assert!(error.to_string().contains(name), "{error}");
        std::fs::write(&path, bytes).unwrap();
    }
    // A manifest that vouches for heads of another size.
    let heads = std::fs::read_to_string(dir.path().join("heads.json")).unwrap();
    let cut = heads.replacen("\"weights\":[", "\"weights\":[0.0,", 1);
    std::fs::write(dir.path().join("heads.json"), &cut).unwrap();
    let manifest_path = dir.path().join("manifest.json");
    let manifest = std::fs::read_to_string(&manifest_path).unwrap();
    let sha = relat_engine::bundle::sha256_hex;
    std::fs::write(&manifest_path, manifest.replace(&sha(heads.as_bytes()), &sha(cut.as_bytes()))).unwrap();
    let error = Pipeline::load(dir.path()).unwrap_err();
    assert_eq!(error.code(), "bundle");
    assert!(
        error.to_string().contains("sentence_needs: 27 weights of a hidden unit, expected 26"),
        "{error}"
    );
}
