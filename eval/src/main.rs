//! `relat-eval`: what the engine gets right, with figures.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use relat_engine::Taxonomy;
use relat_eval::{corpus, segmentation};

#[derive(Parser)]
#[command(version, about)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Sentence boundaries against those that annotators marked: F1 by style, language and layout.
    Segmentation {
        /// Folder of annotated records, `.jsonl`.
        #[arg(long, default_value = "corpora/narratives")]
        corpus: PathBuf,
        /// Print the boundaries in error with the text around them.
        #[arg(long)]
        errors: bool,
    },
}

fn main() -> anyhow::Result<()> {
    match Args::parse().command {
        Command::Segmentation { corpus, errors } => print_segmentation(&corpus, errors),
    }
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
fn print_segmentation(folder: &std::path::Path, errors: bool) -> anyhow::Result<()> {
    let measured = segmentation::measure(&corpus::read_dir(folder, Taxonomy::shipped())?)?;
    if errors {
        for d in &measured.disagreements {
            let kind = if d.spurious { "spurious" } else { "missed" };
            println!("{kind:<8} {:<24} {} {:?} | {:?}", d.variant, d.id, d.before, d.after);
        }
    }
    print!("{measured}");
    Ok(())
}
