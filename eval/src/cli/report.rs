//! `relat-eval report`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use rayon::prelude::*;
use relat_engine::bundle::{Bundle, MANIFEST};
use relat_engine::{Assessment, Pipeline, Taxonomy};
use relat_eval::corpus::Record;
use relat_eval::counterfactual::{self, Kind, Plan};
use relat_eval::report::behaviour::Counterfactual;
use relat_eval::report::{Artefact, DataCard, Measured, Other, PlainLanguage, Report, Run, Settings};
use relat_eval::{
    BootstrapConfig, Date, Gates, Method, faithfulness, human, outside, predictions, suites, translation,
};

use super::progress::Progress;
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
    /// Decisions of workers, exported by the service, `.jsonl`.
    #[arg(long)]
    decisions: Option<PathBuf>,
    /// Gates over decisions, in TOML; read where decisions are given.
    #[arg(long, default_value = "eval/gates_decisions.toml")]
    decision_gates: PathBuf,
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
    /// Bias-corrected and accelerated intervals instead of percentiles: better for skewed figures, twice the time.
    #[arg(long)]
    bca: bool,
    /// Smallest group that is shown.
    #[arg(long, default_value_t = 10)]
    min_n: usize,
    /// How many of the worst records and rewritings are listed, by id.
    #[arg(long, default_value_t = 20)]
    worst: usize,
    /// How many of the eight origins each record is given names of; fewer are faster.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u8).range(1..=8))]
    names_per_record: u8,
    /// How many records are read again without the evidence of each need, and with it alone.
    #[arg(long, default_value_t = 300)]
    evidence_records: usize,
    /// Folder that receives the pages, their JSON twin and the model card.
    #[arg(long)]
    out: PathBuf,
}

/// Steps that are told of: six here and four while figures are made.
const STEPS: usize = 10;

pub(crate) fn run(args: &ReportArgs) -> anyhow::Result<ExitCode> {
    let progress = Progress::new(STEPS);
    let step = |what: &str| progress.step(what);
    let taxonomy = Taxonomy::shipped();
    let mut gates = read_gates(&args.gates)?;
    if args.decisions.is_some() {
        gates = gates.and(read_gates(&args.decision_gates)?)?;
    }
    let bootstrap = BootstrapConfig {
        resamples: args.resamples,
        confidence: 0.95,
        seed: args.seed,
        method: if args.bca { Method::Bca } else { Method::Percentile },
    };

    step("reading records, assessing them");
    let pipeline = Pipeline::load(&args.source.bundle)?;
    let counter = progress.counter();
    let read = |text: &str| {
        counter.inc(1);
        pipeline.assess(text)
    };
    let records = args.source.records()?;
    let originals = Originals::read(&records, read)?;
    let assess = |text: &str| originals.find(text).map_or_else(|| read(text), Ok);
    let examples = args.source.examples(&records, assess)?;
    let others = args.against.as_ref().map(|path| predictions::read(path, &records)).transpose()?;
    let name = |path: &Path| path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let other = args.against.as_ref().zip(others.as_ref());
    step("evidence taken out and left alone");
    let texts = spread(&records, args.evidence_records);
    let faithfulness = faithfulness::run(&texts, &bootstrap, assess)?;
    step("rewritings and translations");
    let counterfactuals = rewritings(args, &records, &bootstrap, assess)?;
    step("behavioural suites");
    let suites = suites::run(&suites::read_dir(&args.suites, taxonomy)?, assess)?;
    step("data annotated by others");
    let (mapping, items) = outside::read_dir(&args.external, taxonomy)?;
    let outside = outside::run(&mapping, &items, assess)?;
    let decisions = args.decisions.as_ref().map(|path| human::read_file(path, taxonomy)).transpose()?;
    let human = decisions.map(|all| human::measure(&all, args.min_n, &bootstrap)).transpose()?;

    let run = Run {
        by: args.by.clone(),
        date: args.date,
        provenance: args.source.provenance(),
        model: Bundle::open(&args.source.bundle)?.manifest().clone(),
        artefacts: artefacts(args)?,
        data_cards: data_cards()?,
    };
    let measured = Measured {
        examples: &examples,
        counterfactuals,
        suites: Some(suites),
        outside: Some(outside),
        faithfulness: Some(faithfulness),
        human,
        other: other.map(|(path, examples)| Other { name: name(path), examples }),
    };
    let settings = Settings { bootstrap, min_n: args.min_n, worst: args.worst };
    let report = Report::collect(run, measured, &gates, settings, &step)?;
    step("writing");
    write(&report, &args.out)?;
    progress.end();
    Ok(ExitCode::from(report.gates.exit_code()))
}

fn read_gates(path: &Path) -> anyhow::Result<Gates> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    Gates::parse(&text).with_context(|| format!("reading {}", path.display()))
}

/// The model's readings of the records: rewritings are compared with them several times over.
struct Originals<'a>(HashMap<&'a str, Assessment>);

impl<'a> Originals<'a> {
    fn read<F>(records: &'a [Record], predict: F) -> relat_engine::Result<Self>
    where
        F: Fn(&str) -> relat_engine::Result<Assessment> + Sync,
    {
        let one = |record: &'a Record| Ok((record.text.as_str(), predict(&record.text)?));
        Ok(Self(records.par_iter().map(one).collect::<relat_engine::Result<_>>()?))
    }

    fn find(&self, text: &str) -> Option<Assessment> {
        self.0.get(text).cloned()
    }
}

/// The texts of some records, evenly spread over all.
fn spread(records: &[Record], n: usize) -> Vec<&str> {
    let every = records.len().div_ceil(n.max(1)).max(1);
    records.iter().step_by(every).take(n).map(|r| r.text.as_str()).collect()
}

/// The same narratives about another person, and in another language.
fn rewritings<F>(
    args: &ReportArgs,
    records: &[Record],
    bootstrap: &BootstrapConfig,
    predict: F,
) -> anyhow::Result<Vec<Counterfactual>>
where
    F: Fn(&str) -> relat_engine::Result<Assessment> + Sync,
{
    let plan = Plan {
        kinds: Kind::all(),
        names_per_record: usize::from(args.names_per_record),
        n_worst: args.worst,
        bootstrap: *bootstrap,
    };
    let groups = counterfactual::run(records, &plan, &predict)?.groups;
    let translations = args.translations.iter().map(|path| translation::read_file(path));
    let translations: Vec<_> = translations.collect::<Result<Vec<_>, _>>()?.concat();
    let translated = translation::run(records, &translations, &predict, bootstrap, args.worst)?;
    let mut all: Vec<Counterfactual> = groups.into_iter().map(Counterfactual::from).collect();
    all.extend(Counterfactual::of_translations(translated));
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
    let files = [
        ("predictions", &args.source.predictions),
        ("predictions of the other model", &args.against),
        ("decisions of workers", &args.decisions),
        ("gates over decisions", &args.decisions.as_ref().map(|_| args.decision_gates.clone())),
    ];
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

fn data_cards() -> anyhow::Result<Vec<DataCard>> {
    let cards = [
        ("narratives, bank and translations", "corpora/README.md"),
        ("translations", "corpora/translated/README.md"),
        ("behavioural suites", "corpora/suites/README.md"),
        ("data of others", "corpora/external/README.md"),
        ("taxonomy", "corpora/taxonomy/README.md"),
        ("words of rewriting, with its error rate", "corpora/lexicon/README.md"),
        ("names of rewriting", "corpora/names/README.md"),
    ];
    let card = |(name, path): (&str, &str)| {
        let text = std::fs::read_to_string(path).with_context(|| format!("reading the data card {path}"))?;
        Ok(DataCard { name: name.to_owned(), path: path.to_owned(), text })
    };
    cards.into_iter().map(card).collect()
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
