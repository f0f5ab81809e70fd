//! `relat-eval flips`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use relat_engine::{Pipeline, Taxonomy};
use relat_eval::corpus;
use relat_eval::counterfactual::Kind;
use relat_eval::report::flips_page;

#[derive(Debug, clap::Args)]
pub(crate) struct FlipsArgs {
    /// Folder of the bundle.
    #[arg(long)]
    bundle: PathBuf,
    /// Folder of annotated records, `.jsonl`.
    #[arg(long, default_value = "corpora/narratives")]
    corpus: PathBuf,
    /// How many rewritings of each kind.
    #[arg(long, default_value_t = 20)]
    rewritings: usize,
    /// The page that is written. It holds narratives.
    #[arg(long)]
    out: PathBuf,
}

pub(crate) fn run(args: &FlipsArgs) -> anyhow::Result<ExitCode> {
    let pipeline = Pipeline::load(&args.bundle)?;
    let records = corpus::read_dir(&args.corpus, Taxonomy::shipped())?;
    let page = flips_page(&records, &Kind::all(), args.rewritings, |text| pipeline.assess(text))?;
    std::fs::write(&args.out, page).with_context(|| format!("writing {}", args.out.display()))?;
    Ok(ExitCode::SUCCESS)
}
