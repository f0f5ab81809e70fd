//! `relat-train`: from a corpus to a bundle.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use relat_engine::Taxonomy;

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
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
fn main() -> anyhow::Result<()> {
    match Args::parse().command {
        Command::Import { from, to } => {
            let n = relat_training::import::import_dir(&from, &to, Taxonomy::shipped())?;
            println!("{} records, {} sentences", n.records, n.sentences);
        }
    }
    Ok(())
}
