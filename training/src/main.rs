//! `relat-train`: from a corpus to a bundle.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Parser, Subcommand};
use relat_engine::Taxonomy;
use relat_engine::encoder::{load_encoder, load_tokenizer};
use relat_eval::corpus::read_dir;
use relat_eval::predictions;
use relat_training::corpus::Corpus;
use relat_training::export;
use relat_training::language::{self, Counts};
use relat_training::linear::config::LinearConfig;
use relat_training::linear::train::train;
use relat_training::recipe::Recipe;
use relat_training::source::{Hub, Source};
use relat_training::stages;

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
        /// Folder that keeps the fitted n-grams, and gives them back for the same recipe and corpus: that of a run of
        /// `calibrate`, for example.
        #[arg(long)]
        kept: Option<PathBuf>,
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
    /// Train the tokenizer of a recipe.
    Tokenizer(RecipeArgs),
    /// Distil a sentence encoder into one for three languages; continues where it was stopped.
    Distil(RecipeArgs),
    /// Fine-tune an encoder on the corpus, leaving writers out; continues where it was stopped.
    Fit(RecipeArgs),
    /// Fit what reads a whole record on top of what `fit` left, measure all of it on unseen writers, and write the bundle
    /// into the run's folder.
    Calibrate(RecipeArgs),
    /// Copy the bundle to where it ships, if it is better than what is there: paired, on the same narratives.
    Export {
        #[command(flatten)]
        recipe: RecipeArgs,
        /// Folder of the bundle that is replaced.
        #[arg(long, default_value = "models/default")]
        to: PathBuf,
        /// Replace it also where no difference can be told.
        #[arg(long)]
        force: bool,
    },
    /// All of these, in their order; what is finished is not done again.
    Run {
        #[command(flatten)]
        recipe: RecipeArgs,
        /// Folder of the bundle that is replaced.
        #[arg(long, default_value = "models/default")]
        to: PathBuf,
        /// Replace it also where no difference can be told.
        #[arg(long)]
        force: bool,
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

/// A recipe, with what may differ from machine to machine.
#[derive(clap::Args)]
struct RecipeArgs {
    /// The recipe.
    #[arg(default_value = "training/default.toml")]
    recipe: PathBuf,
    /// The encoder to fine-tune, in place of the recipe's: a folder in Hugging Face's form, or hub:owner/name@revision.
    #[arg(long)]
    encoder: Option<Source>,
    /// The teacher, in place of the recipe's, likewise.
    #[arg(long)]
    teacher: Option<Source>,
}

impl RecipeArgs {
    fn read(self) -> anyhow::Result<Recipe> {
        let mut recipe = Recipe::read(&self.recipe)?;
        if let Some(teacher) = self.teacher {
            let distil = recipe.distil.as_mut().context("the recipe has no [distil]")?;
            distil.teacher = teacher;
        }
        if let Some(encoder) = self.encoder {
            (recipe.tokenizer, recipe.distil) = (None, None);
            recipe.fit.encoder = encoder;
        }
        // What moves is pinned here, so that the bundle says which commit it was made from.
        let hub = Hub::from_environment();
        if let Some(distil) = &mut recipe.distil {
            distil.teacher = distil.teacher.pin(&hub)?.0;
        } else {
            recipe.fit.encoder = recipe.fit.encoder.pin(&hub)?.0;
        }
        Ok(recipe)
    }
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
fn main() -> anyhow::Result<()> {
    match Args::parse().command {
        Command::Import { from, to } => {
            let n = relat_training::import::import_dir(&from, &to, Taxonomy::shipped())?;
            println!("{} records, {} sentences", n.records, n.sentences);
        }
        Command::Linear { recipe, out, examples, kept } => {
            let taxonomy = Taxonomy::shipped();
            let config = LinearConfig::read(&recipe)?;
            let corpus = Corpus::read(&config.corpus, taxonomy)?;
            let trained = train(&corpus, taxonomy, &config, kept.as_deref())?;
            let summary = relat_eval::summary(&trained.examples, taxonomy, &config.bootstrap)?;
            export::write(&out, &trained, &summary, &corpus, &config.release()?)?;
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
        Command::Tokenizer(recipe) => stages::tokenizer(&recipe.read()?)?,
        Command::Distil(recipe) => stages::distil(&recipe.read()?)?,
        Command::Fit(recipe) => stages::fit(&recipe.read()?)?,
        Command::Calibrate(recipe) => println!("{}", stages::calibrate(&recipe.read()?)?.to_markdown()),
        Command::Export { recipe, to, force } => println!("{}", stages::export(&recipe.read()?, &to, force)?),
        Command::Run { recipe, to, force } => {
            let recipe = recipe.read()?;
            stages::tokenizer(&recipe)?;
            stages::distil(&recipe)?;
            stages::fit(&recipe)?;
            println!("{}", stages::calibrate(&recipe)?.to_markdown());
            println!("{}", stages::export(&recipe, &to, force)?);
        }
        Command::Retrieval { encoder, heldout } => {
            let (model, tokenizer) = (load_encoder(&encoder)?, load_tokenizer(&encoder)?);
            for result in relat_training::retrieval::measure(&model, &tokenizer, &heldout)? {
                println!("{}", serde_json::to_string(&result)?);
            }
        }
    }
    Ok(())
}
