//! A tiny encoder fine-tuned on a few records: seeds, folds, `kill -9`, and the way into a bundle.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use candle_core::{Device, Tensor};
use relat_engine::{Pipeline, Taxonomy};
use relat_eval::corpus::{self, Record};
use relat_training::corpus::Corpus;
use relat_training::recipe::Recipe;
use relat_training::rng::Rng;
use relat_training::tokenizer::{self, TokenizerConfig};
use relat_training::{fit, stages};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A folder with an untrained encoder of two layers, a few records of three writers, and a recipe for them.
struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { dir: tempfile::tempdir().unwrap() };
        for (folder, keep) in [("narratives", 40), ("bank", 300)] {
            let all = corpus::read_dir(&root().join("corpora").join(folder), Taxonomy::shipped()).unwrap();
            let few: Vec<Record> = all.into_iter().step_by(keep).collect();
            let few = few.into_iter().filter(|r| folder == "bank" || "abd".contains(&r.writer));
            let mut text = String::new();
            for record in few {
                writeln!(text, "{}", serde_json::to_string(&record).unwrap()).unwrap();
            }
            std::fs::create_dir_all(place.path(folder)).unwrap();
            std::fs::write(place.path(folder).join("few.jsonl"), text).unwrap();
        }
        place.encoder();
        let linear = std::fs::read_to_string(root().join("training/linear.toml")).unwrap();
        let linear = linear
            .replace("rows = 65536", "rows = 2000")
            .replace("resamples = 1000", "resamples = 30")
            .replace("epochs = 12", "epochs = 3");
        let linear = linear
            .replace("\"corpora/narratives\"", &format!("{:?}", place.path("narratives")))
            .replace("\"corpora/bank\"", &format!("{:?}", place.path("bank")))
            .replace("[\"corpora/translated\", \"corpora/translated/english\"]", "[]");
        std::fs::write(place.path("linear.toml"), linear).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes an encoder with random weights as Hugging Face would.
    fn encoder(&self) {
        let dir = self.path("encoder");
        std::fs::create_dir_all(&dir).unwrap();
        let tokenizer = tokenizer::train(&TokenizerConfig {
            parallel: Vec::new(),
            records: vec![self.path("narratives"), self.path("bank")],
            records_weight: 1,
            vocab_size: 400,
            max_piece_length: 8,
            out: dir.join("tokenizer.json"),
        })
        .unwrap();
        let vocabulary = tokenizer.get_vocab_size(true);
        let config = serde_json::json!({
            "model_type": "bert", "vocab_size": vocabulary, "hidden_size": 32, "num_hidden_layers": 2,
            "num_attention_heads": 2, "intermediate_size": 64, "hidden_act": "gelu",
            "max_position_embeddings": 64, "type_vocab_size": 2, "layer_norm_eps": 1e-12, "pad_token_id": 0,
        });
        std::fs::write(dir.join("config.json"), config.to_string()).unwrap();
        let mut rng = Rng::new(5, 5);
        let mut tensors = HashMap::new();
        let mut add = |name: &str, shape: &[usize]| {
            let n = shape.iter().product();
            let norm = name.contains("LayerNorm.weight");
            let values: Vec<f32> = (0..n).map(|_| if norm { 1.0 } else { 0.2 * rng.normal() }).collect();
            tensors.insert(name.to_owned(), Tensor::from_vec(values, shape, &Device::Cpu).unwrap());
        };
        let e = "embeddings";
        add(&format!("{e}.word_embeddings.weight"), &[vocabulary, 32]);
        add(&format!("{e}.position_embeddings.weight"), &[64, 32]);
        add(&format!("{e}.token_type_embeddings.weight"), &[2, 32]);
        add(&format!("{e}.LayerNorm.weight"), &[32]);
        add(&format!("{e}.LayerNorm.bias"), &[32]);
        for layer in 0..2 {
            let l = format!("encoder.layer.{layer}");
            for (name, out, input) in [
                ("attention.self.query", 32, 32),
                ("attention.self.key", 32, 32),
                ("attention.self.value", 32, 32),
                ("attention.output.dense", 32, 32),
                ("intermediate.dense", 64, 32),
                ("output.dense", 32, 64),
            ] {
                add(&format!("{l}.{name}.weight"), &[out, input]);
                add(&format!("{l}.{name}.bias"), &[out]);
            }
            for name in ["attention.output.LayerNorm", "output.LayerNorm"] {
                add(&format!("{l}.{name}.weight"), &[32]);
                add(&format!("{l}.{name}.bias"), &[32]);
            }
        }
        candle_core::safetensors::save(&tensors, dir.join("model.safetensors")).unwrap();
    }

    /// Writes a recipe whose run goes to the folder `out`, and reads it.
    fn recipe(&self, out: &str) -> (PathBuf, Recipe) {
        let shipped = std::fs::read_to_string(root().join("training/default.toml")).unwrap();
        let mut recipe: Recipe = toml::from_str(&shipped).unwrap();
        (recipe.tokenizer, recipe.distil) = (None, None);
        recipe.linear = self.path("linear.toml");
        let fit = &mut recipe.fit;
        (fit.encoder, fit.out) = (self.path("encoder"), self.path(out));
        (fit.corpus.narratives, fit.corpus.bank) = (self.path("narratives"), self.path("bank"));
        fit.corpus.translated = Vec::new();
        (fit.folds, fit.max_tokens, fit.tokens_per_step) = (3, 64, 256);
        (fit.log_every, fit.checkpoint_every) = (1, 2);
        (fit.bank.epochs, fit.narratives.epochs) = (1, 1);
        let path = self.path(&format!("{out}.toml"));
        std::fs::write(&path, toml::to_string(&recipe).unwrap()).unwrap();
        (path, recipe)
    }
}

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
