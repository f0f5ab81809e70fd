//! `relat-eval`: figures that can be trusted and gates that can stop a release.

mod cli;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use relat_engine::Taxonomy;
use relat_eval::agreement::{agreement, read_by_both};
use relat_eval::report::{Wanted, differences_page};
use relat_eval::{BootstrapConfig, Date, Figures, Gates, Method, corpus, segmentation};

/// Measures assessments against gold records.
#[derive(Debug, Parser)]
#[command(name = "relat-eval", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
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
    /// How far two annotators agree on the same records.
    Agreement(AgreementArgs),
    /// Holds figures against release gates; exit code 1 when one stops the release.
    Gates(GatesArgs),
    /// The report of a bundle: figures, groups, rewritings, suites and gates; exit code 1 when a gate stops the release.
    Report(Box<cli::report::ReportArgs>),
    /// The records with most errors as a page with their texts.
    Errors(cli::errors::ErrorsArgs),
    /// The rewritings that change most as a page with their texts.
    Flips(cli::flips::FlipsArgs),
}

#[derive(Debug, clap::Args)]
struct AgreementArgs {
    /// Records of the first annotator, one JSON object a line.
    first: PathBuf,
    /// Records of the second annotator.
    second: PathBuf,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// Resamples of the intervals.
    #[arg(long, default_value_t = 1000)]
    resamples: usize,
    /// Seed of the intervals.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A page of the records on which they differ most, with their texts, to be written here.
    #[arg(long)]
    differences: Option<PathBuf>,
    /// How many records that page has.
    #[arg(long, default_value_t = 100)]
    records: usize,
}

#[derive(Debug, clap::Args)]
struct GatesArgs {
    /// Figures by path, a JSON object.
    figures: PathBuf,
    /// Gates, in TOML.
    gates: PathBuf,
    /// The day that exceptions are held against, such as 2026-11-30.
    #[arg(long)]
    date: Date,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

/// What a command that could not do its work ends with, as for options that it does not know: 1 is a gate's.
const FAILED: u8 = 2;

#[expect(clippy::print_stderr, reason = "why the command failed")]
fn main() -> ExitCode {
    run(Cli::parse().command).unwrap_or_else(|error| {
        eprintln!("Error: {error:?}");
        ExitCode::from(FAILED)
    })
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Segmentation { corpus, errors } => print_segmentation(&corpus, errors),
        Command::Agreement(args) => run_agreement(&args),
        Command::Gates(args) => run_gates(&args),
        Command::Report(args) => cli::report::run(&args),
        Command::Errors(args) => cli::errors::run(&args),
        Command::Flips(args) => cli::flips::run(&args),
    }
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
fn print_segmentation(folder: &Path, errors: bool) -> anyhow::Result<ExitCode> {
    let measured = segmentation::measure(&corpus::read_dir(folder, Taxonomy::shipped())?)?;
    if errors {
        for d in &measured.disagreements {
            let kind = if d.spurious { "spurious" } else { "missed" };
            println!("{kind:<8} {:<24} {} {:?} | {:?}", d.variant, d.id, d.before, d.after);
        }
    }
    print!("{measured}");
    Ok(ExitCode::SUCCESS)
}

fn run_agreement(args: &AgreementArgs) -> anyhow::Result<ExitCode> {
    let taxonomy = Taxonomy::shipped();
    let first = corpus::read_file(&args.first, taxonomy)?;
    let second = corpus::read_file(&args.second, taxonomy)?;
    let config = BootstrapConfig {
        resamples: args.resamples,
        confidence: 0.95,
        seed: args.seed,
        method: Method::Percentile,
    };
    let report = agreement(&first, &second, taxonomy, &config)?;
    if let Some(path) = &args.differences {
        let both = read_by_both(&first, &second, taxonomy)?;
        let both: Vec<_> = both.iter().map(|(record, pair)| (*record, pair)).collect();
        let wanted = Wanted { records: args.records, code: None, language: None };
        let page = differences_page(&both, taxonomy, &wanted);
        std::fs::write(path, page).with_context(|| format!("writing {}", path.display()))?;
    }
    print(args.json, &report, || report.to_markdown())?;
    Ok(ExitCode::SUCCESS)
}

fn run_gates(args: &GatesArgs) -> anyhow::Result<ExitCode> {
    let read =
        |path: &PathBuf| std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()));
    let figures: Figures = serde_json::from_str(&read(&args.figures)?)
        .with_context(|| format!("{}: not figures by path", args.figures.display()))?;
    let gates =
        Gates::parse(&read(&args.gates)?).with_context(|| format!("reading {}", args.gates.display()))?;
    let report = gates.judge(&figures, args.date);
    print(args.json, &report, || report.to_markdown())?;
    Ok(ExitCode::from(report.exit_code()))
}

fn print(json: bool, report: &impl serde::Serialize, table: impl FnOnce() -> String) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, report)?;
        writeln!(out)?;
    } else {
        write!(out, "{}", table())?;
    }
    Ok(())
}
