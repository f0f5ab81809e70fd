//! `relat-train`: from a corpus to a bundle.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use relat_engine::Taxonomy;
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
    }
    Ok(())
}
