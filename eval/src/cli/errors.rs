//! `relat-eval errors`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use relat_engine::{Pipeline, Taxonomy};
use relat_eval::report::errors_page;

use super::source::SourceArgs;

#[derive(Debug, clap::Args)]
pub(crate) struct ErrorsArgs {
    #[command(flatten)]
    source: SourceArgs,
    /// How many records.
    #[arg(long, default_value_t = 100)]
    records: usize,
    /// The page that is written. It holds narratives.
    #[arg(long)]
    out: PathBuf,
}

pub(crate) fn run(args: &ErrorsArgs) -> anyhow::Result<ExitCode> {
    let pipeline = Pipeline::load(&args.source.bundle)?;
    let examples = args.source.examples(&args.source.records()?, |text| pipeline.assess(text))?;
    let page = errors_page(&examples, Taxonomy::shipped(), args.records)?;
    std::fs::write(&args.out, page).with_context(|| format!("writing {}", args.out.display()))?;
    Ok(ExitCode::SUCCESS)
}
