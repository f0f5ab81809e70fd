//! A folder with all that a small training needs.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use relat_engine::Taxonomy;
use relat_eval::corpus::{self, Record};
use relat_training::recipe::Recipe;
use relat_training::rng::Rng;
use relat_training::source::Source;
use relat_training::tokenizer::{self, TokenizerConfig};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A folder with an untrained encoder of two layers, a few records of three writers, and a recipe for them.
pub(crate) struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
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

    pub(crate) fn path(&self, name: &str) -> PathBuf {
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
    pub(crate) fn recipe(&self, out: &str) -> (PathBuf, Recipe) {
        let shipped = std::fs::read_to_string(root().join("training/default.toml")).unwrap();
        let mut recipe: Recipe = toml::from_str(&shipped).unwrap();
        (recipe.tokenizer, recipe.distil) = (None, None);
        recipe.linear = self.path("linear.toml");
        let fit = &mut recipe.fit;
        (fit.encoder, fit.out) = (Source::Folder(self.path("encoder")), self.path(out));
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
