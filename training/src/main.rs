//! `relat-train`: from a corpus to a bundle.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Parser, Subcommand};
use relat_engine::Taxonomy;
use relat_engine::model::{load_encoder, load_tokenizer};
use relat_eval::corpus::read_dir;
use relat_eval::predictions;
use relat_training::language::{self, Counts};
use relat_training::linear::config::LinearConfig;
use relat_training::linear::export;
use relat_training::linear::train::{Corpus, train};

#[derive(Parser)]
#[command(version, about)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Convert annotators' text files into records.
    Import {
        /// Folder of `.txt` files in the format of corpora/GUIDE.md.
        #[arg(long)]
        from: PathBuf,
        /// Folder that receives `narratives/*.jsonl` and `bank/*.jsonl`.
        #[arg(long, default_value = "corpora")]
        to: PathBuf,
    },
    /// Train the n-gram model and measure it on unseen writers.
    Linear {
        /// The recipe.
        #[arg(default_value = "training/linear.toml")]
        recipe: PathBuf,
        /// Folder of the bundle that is written.
        #[arg(long, default_value = "models/linear")]
        out: PathBuf,
        /// File that receives the assessment of each narrative by a model that had not seen its writer, one JSON object
        /// a line: what `relat-eval report --predictions` reads.
        #[arg(long)]
        examples: Option<PathBuf>,
    },
    /// Count the table that tells the language of a sentence, and report its accuracy by leave-one-writer-out.
    Language {
        /// Folder with `narratives/` and `bank/`.
        #[arg(long, default_value = "corpora")]
        corpus: PathBuf,
        /// Folder that receives `ngrams.tsv` and `frequent_words.tsv`.
        #[arg(long, default_value = "engine/src/language")]
        to: PathBuf,
    },
    /// Train a Unigram tokenizer on parallel text and records.
    Tokenizer {
        /// Experiment file.
        config: PathBuf,
    },
    /// Distil a sentence encoder into one for three languages; continues from a checkpoint if there is one.
    Distil {
        /// Experiment file.
        config: PathBuf,
    },
    /// Measure how often an encoder finds translations.
    Retrieval {
        /// Folder of the encoder.
        encoder: PathBuf,
        /// Folder of held-out tables.
        #[arg(long, default_value = "corpora/parallel/heldout")]
        heldout: PathBuf,
    },
}

/// Reads an experiment file.
fn read_config<T: serde::de::DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    toml::from_str(&text).with_context(|| path.display().to_string())
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
fn main() -> anyhow::Result<()> {
    match Args::parse().command {
        Command::Import { from, to } => {
            let n = relat_training::import::import_dir(&from, &to, Taxonomy::shipped())?;
            println!("{} records, {} sentences", n.records, n.sentences);
        }
        Command::Linear { recipe, out, examples } => {
            let taxonomy = Taxonomy::shipped();
            let config = LinearConfig::read(&recipe)?;
            let corpus = Corpus::read(&config, taxonomy)?;
            let trained = train(&corpus, taxonomy, &config)?;
            let summary = relat_eval::summary(&trained.examples, taxonomy, &config.bootstrap)?;
            export::write(&out, &trained, &summary, &corpus, &config)?;
            if let Some(path) = examples {
                predictions::write(&path, &trained.examples)?;
            }
            println!("{}", summary.to_markdown());
        }
        Command::Language { corpus, to } => {
            let narratives = read_dir(&corpus.join("narratives"), Taxonomy::shipped())?;
            let bank = read_dir(&corpus.join("bank"), Taxonomy::shipped())?;
            print!("{}", language::leave_one_writer_out(&narratives, &bank));
            Counts::new(narratives.iter().chain(&bank)).tables().write(&to)?;
        }
        Command::Tokenizer { config } => {
            let tokenizer = relat_training::tokenizer::train(&read_config(&config)?)?;
            println!("{} tokens", tokenizer.get_vocab_size(true));
        }
        Command::Distil { config } => relat_training::distil::run(&read_config(&config)?)?,
        Command::Retrieval { encoder, heldout } => {
            let (model, tokenizer) = (load_encoder(&encoder)?, load_tokenizer(&encoder)?);
            for result in relat_training::retrieval::measure(&model, &tokenizer, &heldout)? {
                println!("{}", serde_json::to_string(&result)?);
            }
        }
    }
    Ok(())
}
