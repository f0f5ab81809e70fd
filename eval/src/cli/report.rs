//! `relat-eval report`.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use relat_engine::bundle::{Bundle, MANIFEST};
use relat_engine::{Pipeline, Taxonomy};
use relat_eval::corpus::Record;
use relat_eval::report::behaviour::{Counterfactual, outcomes};
use relat_eval::report::{Artefact, DataCard, Measured, Other, PlainLanguage, Report, Run, Settings};
use relat_eval::share::Resampling;
use relat_eval::{BootstrapConfig, Date, Gates, Method, outside, predictions, suites, translation};

use super::source::{self, SourceArgs};

#[derive(Debug, clap::Args)]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    source: SourceArgs,
    /// Assessments of the same records by another model, to be set beside this one.
    #[arg(long)]
    against: Option<PathBuf>,
    /// Folder of behavioural suites.
    #[arg(long, default_value = "corpora/suites")]
    suites: PathBuf,
    /// Folder of data annotated by others, with its mapping.
    #[arg(long, default_value = "corpora/external")]
    external: PathBuf,
    /// Translations of the records, `.jsonl`; may be given several times.
    #[arg(long, default_values = ["corpora/translated/ca-es.jsonl", "corpora/translated/es-ca.jsonl"])]
    translations: Vec<PathBuf>,
    /// Gates, in TOML.
    #[arg(long, default_value = "eval/gates.toml")]
    gates: PathBuf,
    /// Who runs the report.
    #[arg(long)]
    by: String,
    /// The day of the report, such as 2026-11-30: decides which exceptions stand.
    #[arg(long)]
    date: Date,
    /// Resamples of the intervals.
    #[arg(long, default_value_t = 1000)]
    resamples: usize,
    /// Seed of the intervals.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Smallest group that is shown.
    #[arg(long, default_value_t = 10)]
    min_n: usize,
    /// How many of the worst records and rewritings are listed, by id.
    #[arg(long, default_value_t = 20)]
    worst: usize,
    /// Folder that receives the pages, their JSON twin and the model card.
    #[arg(long)]
    out: PathBuf,
}

/// Steps that are told of: five here and four while figures are made.
const STEPS: usize = 9;

pub(crate) fn run(args: &ReportArgs) -> anyhow::Result<ExitCode> {
    let done = Cell::new(0);
    let step = |what: &str| {
        done.set(done.get() + 1);
        progress(done.get(), what);
    };
    let taxonomy = Taxonomy::shipped();
    let text =
        std::fs::read_to_string(&args.gates).with_context(|| format!("reading {}", args.gates.display()))?;
    let gates = Gates::parse(&text).with_context(|| format!("reading {}", args.gates.display()))?;

    step("reading records, assessing them where no predictions are given");
    let pipeline = Pipeline::load(&args.source.bundle)?;
    let assess = |text: &str| pipeline.assess(text);
    let records = args.source.records()?;
    let examples = args.source.examples(&records, &pipeline)?;
    let others = args.against.as_ref().map(|path| predictions::read(path, &records)).transpose()?;
    let name = |path: &Path| path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let other = args.against.as_ref().zip(others.as_ref());
    step("rewritings");
    let counterfactuals = rewritings(args, &records, &pipeline)?;
    step("behavioural suites");
    let suites = suites::run(&suites::read_dir(&args.suites, taxonomy)?, assess)?;
    step("data annotated by others");
    let (mapping, items) = outside::read_dir(&args.external, taxonomy)?;
    let outside = outside::run(&mapping, &items, assess)?;

    let run = Run {
        by: args.by.clone(),
        date: args.date,
        provenance: args.source.provenance(),
        model: Bundle::open(&args.source.bundle)?.manifest().clone(),
        artefacts: artefacts(args)?,
        data_cards: data_cards(),
    };
    let measured = Measured {
        examples: &examples,
        counterfactuals,
        suites: Some(suites),
        outside: Some(outside),
        other: other.map(|(path, examples)| Other { name: name(path), examples }),
    };
    let bootstrap = BootstrapConfig {
        resamples: args.resamples,
        confidence: 0.95,
        seed: args.seed,
        method: Method::Percentile,
    };
    let settings = Settings { bootstrap, min_n: args.min_n, worst: args.worst };
    let report = Report::collect(run, measured, &gates, settings, &step)?;
    step("writing");
    write(&report, &args.out)?;
    Ok(ExitCode::from(report.gates.exit_code()))
}

#[expect(clippy::print_stderr, reason = "progress of a command that takes minutes")]
fn progress(step: usize, what: &str) {
    eprintln!("{step}/{STEPS} {what}");
}

/// The same narrative in another language, one group a file.
fn rewritings(
    args: &ReportArgs,
    records: &[Record],
    pipeline: &Pipeline,
) -> anyhow::Result<Vec<Counterfactual>> {
    let resampling = Resampling { resamples: args.resamples, seed: args.seed };
    let mut all = Vec::new();
    for path in &args.translations {
        let translations = translation::read_file(path)?;
        let by_id: std::collections::BTreeMap<&str, _> =
            translations.iter().map(|t| (t.id.as_str(), t)).collect();
        let direction = path.file_stem().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let rewrite = |record: &Record| match by_id.get(record.id.as_str()) {
            Some(translation) => translation.text(record).map(|t| vec![t]).map_err(|e| e.to_string()),
            None => Err("no translation in this direction".to_owned()),
        };
        let outcomes = outcomes(records, rewrite, |text| pipeline.assess(text))?;
        all.push(outcomes.counted("language", &direction, resampling, args.worst));
    }
    Ok(all)
}

fn artefacts(args: &ReportArgs) -> anyhow::Result<Vec<Artefact>> {
    let mut all = vec![
        source::file("bundle manifest", &args.source.bundle.join(MANIFEST))?,
        source::folder("records", &args.source.corpus)?,
        source::folder("behavioural suites", &args.suites)?,
        source::folder("data of others", &args.external)?,
        source::file("gates", &args.gates)?,
    ];
    let files =
        [("predictions", &args.source.predictions), ("predictions of the other model", &args.against)];
    for (name, path) in files {
        if let Some(path) = path {
            all.push(source::file(name, path)?);
        }
    }
    for path in &args.translations {
        all.push(source::file("translations", path)?);
    }
    Ok(all)
}

fn data_cards() -> Vec<DataCard> {
    let card = |name: &str, path: &str| DataCard { name: name.to_owned(), path: path.to_owned() };
    vec![
        card("narratives and their translations", "corpora/README.md"),
        card("behavioural suites", "corpora/suites/README.md"),
        card("data of others", "corpora/external/README.md"),
        card("taxonomy", "corpora/taxonomy/README.md"),
    ]
}

fn write(report: &Report, out: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(out).with_context(|| format!("making {}", out.display()))?;
    let put = |name: &str, text: &str| {
        let path = out.join(name);
        std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))
    };
    put("report.html", &report.to_html())?;
    put("report.json", &(serde_json::to_string(report)? + "\n"))?;
    put("MODEL_CARD.md", &report.to_model_card())?;
    for language in PlainLanguage::ALL {
        put(&format!("plain.{}.html", language.code()), &report.to_plain_html(language))?;
    }
    Ok(())
}
