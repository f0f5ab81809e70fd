//! `relat-eval errors`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use relat_engine::{Language, Pipeline, Taxonomy};
use relat_eval::language::of_code;
use relat_eval::report::{Wanted, errors_page};

use super::source::SourceArgs;

#[derive(Debug, clap::Args)]
pub(crate) struct ErrorsArgs {
    #[command(flatten)]
    source: SourceArgs,
    /// How many records.
    #[arg(long, default_value_t = 100)]
    records: usize,
    /// Only records in which this need or demand is missed or invented, or the level of this domain is off.
    #[arg(long)]
    code: Option<String>,
    /// Only records in this language.
    #[arg(long, value_parser = language)]
    language: Option<Language>,
    /// The page that is written. It holds narratives.
    #[arg(long)]
    out: PathBuf,
}

pub(crate) fn run(args: &ErrorsArgs) -> anyhow::Result<ExitCode> {
    let taxonomy = Taxonomy::shipped();
    if let Some(code) = &args.code {
        let known = taxonomy.need(code).or(taxonomy.demand(code)).or(taxonomy.domain(code)).is_some();
        anyhow::ensure!(known, "no need, demand or domain has the code '{code}'");
    }
    let wanted = Wanted { records: args.records, code: args.code.clone(), language: args.language };
    let pipeline = Pipeline::load(&args.source.bundle)?;
    let examples = args.source.examples(&args.source.records()?, |text| pipeline.assess(text))?;
    let page = errors_page(&examples, taxonomy, &wanted)?;
    std::fs::write(&args.out, page).with_context(|| format!("writing {}", args.out.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn language(name: &str) -> Result<Language, String> {
    of_code(name).ok_or_else(|| "ca, es or en".to_owned())
}
