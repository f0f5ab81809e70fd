//! `relat-eval report`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use relat_engine::Taxonomy;
use relat_engine::bundle::MANIFEST;
use relat_eval::counterfactual::{self, Kind};
use relat_eval::outside::OutsideReport;
use relat_eval::readings::{Texts, evidence_texts};
use relat_eval::report::behaviour::Counterfactual;
use relat_eval::report::{
    Artefact, DataCard, Measured, Other, OtherTexts, PlainLanguage, Report, Run, Settings,
};
use relat_eval::suites::SuiteReport;
use relat_eval::{
    BootstrapConfig, Date, Gates, Method, compiled, faithfulness, human, outside, suites, translation,
};

use super::progress::Progress;
use super::side::Places;
use super::source::{self, SourceArgs};

#[derive(Debug, clap::Args)]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    source: SourceArgs,
    /// What the bundle made of rewritings, suites and the like, kept from an earlier report (`.json.gz`): used where it was
    /// made from the same and a sample of the texts reads the same again, written where it is not there yet.
    #[arg(long)]
    readings: Option<PathBuf>,
    /// Read every text again, and keep that.
    #[arg(long)]
    read_again: bool,
    /// Folder of another bundle, to be set beside this one: every main figure of both, and their paired difference.
    #[arg(long)]
    against: Option<PathBuf>,
    /// Assessments of the records by the other bundle's models that had not seen their writers.
    #[arg(long, requires = "against")]
    against_predictions: Option<PathBuf>,
    /// As `--readings`, of the other bundle.
    #[arg(long, requires = "against")]
    against_readings: Option<PathBuf>,
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
    /// At most how many records, evenly spread, are read again without the evidence of each need, and with it alone.
    #[arg(long, default_value_t = 300)]
    evidence_records: usize,
    /// Folder that receives the pages, their JSON twin and the model card.
    #[arg(long)]
    out: PathBuf,
}

/// Steps that are told of besides those of the bundles: while figures are made, and when they are written.
const STEPS: usize = 5;

impl ReportArgs {
    fn this(&self) -> Places<'_> {
        Places {
            bundle: &self.source.bundle,
            predictions: self.source.predictions.as_deref(),
            readings: self.readings.as_deref(),
            again: self.read_again,
        }
    }

    fn other(&self) -> Option<Places<'_>> {
        Some(Places {
            bundle: self.against.as_deref()?,
            predictions: self.against_predictions.as_deref(),
            readings: self.against_readings.as_deref(),
            again: self.read_again,
        })
    }
}

pub(crate) fn run(args: &ReportArgs) -> anyhow::Result<ExitCode> {
    let (this, other) = (args.this(), args.other());
    if other.is_some_and(|o| o.predictions.is_some() != this.predictions.is_some()) {
        // A model on records that it was trained on would look better than one on unseen writers, and is not.
        bail!("--predictions and --against-predictions are given together or not at all");
    }
    let progress = Progress::new(STEPS + this.steps() + other.map_or(0, |o| o.steps()));
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

    let records = args.source.records()?;
    let translations = args.translations.iter().map(|path| translation::read_file(path));
    let translations = translations.collect::<Result<Vec<_>, _>>()?.concat();
    let cases = suites::read_dir(&args.suites, taxonomy)?;
    let (mapping, items) = outside::read_dir(&args.external, taxonomy)?;
    let texts = Texts {
        records: &records,
        kinds: &Kind::all(),
        names_per_record: usize::from(args.names_per_record),
        translations: &translations,
        evidence: &evidence_texts(&records, args.evidence_records),
        seed: args.seed,
        cases: &cases,
        mapping: &mapping,
        items: &items,
    };
    let data = Data::of(args)?;
    let made_from = made_from(args, &data);
    let side = this.read(&texts, made_from.clone(), &progress)?;
    let beside = other.map(|o| o.read(&texts, made_from, &progress)).transpose()?;
    let decisions = args.decisions.as_ref().map(|path| human::read_file(path, taxonomy)).transpose()?;

    let run = Run {
        by: args.by.clone(),
        date: args.date,
        provenance: args.source.provenance(),
        model: side.model.clone(),
        artefacts: artefacts(args, data)?,
        data_cards: data_cards()?,
    };
    let readings = &side.readings;
    let rewritten = counterfactual::count(&readings.rewritings, &bootstrap, args.worst)?.groups;
    let mut counterfactuals: Vec<Counterfactual> = rewritten.into_iter().map(Counterfactual::from).collect();
    let translated = translation::count(&readings.translations, &bootstrap, args.worst)?;
    counterfactuals.extend(Counterfactual::of_translations(translated));
    let measured = Measured {
        examples: &side.examples,
        counterfactuals,
        suites: Some(SuiteReport::of(readings.cases.clone())),
        outside: Some(OutsideReport::of(&mapping, &readings.outside)),
        faithfulness: Some(faithfulness::count(&readings.erased, &bootstrap)?),
        human: decisions.map(|all| human::measure(&all, args.min_n, &bootstrap)).transpose()?,
        other: beside.as_ref().map(|beside| Other {
            model: beside.model.clone(),
            examples: &beside.examples,
            texts: Some(OtherTexts { this: readings, other: &beside.readings, mapping: &mapping }),
        }),
    };
    let settings = Settings { bootstrap, min_n: args.min_n, worst: args.worst };
    let report = Report::collect(run, measured, &gates, settings, &|what| progress.step(what))?;
    progress.step("writing");
    write(&report, &args.out)?;
    progress.end();
    Ok(ExitCode::from(report.gates.exit_code()))
}

/// What readings depend on besides the bundle: the data, the lists compiled in, the settings, and the version of this program.
/// Of a change of its code no name tells: for that a sample is read again.
fn made_from(args: &ReportArgs, data: &Data) -> BTreeMap<String, String> {
    let mut all = BTreeMap::from([
        ("version of the program".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ("taxonomy".to_owned(), compiled::taxonomy_sha256()),
        ("set of words and names of rewriting".to_owned(), compiled::rewriting_sha256()),
        ("seed".to_owned(), args.seed.to_string()),
        ("number of names a record".to_owned(), args.names_per_record.to_string()),
        ("number of records read for evidence".to_owned(), args.evidence_records.to_string()),
    ]);
    let hash = |of: &Artefact| of.sha256.clone();
    all.insert("corpus".to_owned(), hash(&data.records));
    all.insert("suites".to_owned(), hash(&data.suites));
    all.insert("data of others".to_owned(), hash(&data.external));
    let translations: Vec<String> = data.translations.iter().map(hash).collect();
    all.insert("translations".to_owned(), translations.join(" "));
    all
}

/// The hashes of what is read.
struct Data {
    records: Artefact,
    suites: Artefact,
    external: Artefact,
    translations: Vec<Artefact>,
}

impl Data {
    fn of(args: &ReportArgs) -> anyhow::Result<Self> {
        let translations = args.translations.iter().map(|path| source::file("translations", path));
        Ok(Self {
            records: source::folder("records", &args.source.corpus)?,
            suites: source::folder("behavioural suites", &args.suites)?,
            external: source::folder("data of others", &args.external)?,
            translations: translations.collect::<anyhow::Result<_>>()?,
        })
    }
}

fn read_gates(path: &Path) -> anyhow::Result<Gates> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    Gates::parse(&text).with_context(|| format!("reading {}", path.display()))
}

fn artefacts(args: &ReportArgs, data: Data) -> anyhow::Result<Vec<Artefact>> {
    let mut all = vec![
        source::file("bundle manifest", &args.source.bundle.join(MANIFEST))?,
        data.records,
        data.suites,
        data.external,
        source::file("gates", &args.gates)?,
    ];
    let files = [
        ("predictions", &args.source.predictions),
        ("readings", &args.readings),
        ("manifest of the other bundle", &args.against.as_ref().map(|bundle| bundle.join(MANIFEST))),
        ("predictions of the other bundle", &args.against_predictions),
        ("readings of the other bundle", &args.against_readings),
        ("decisions of workers", &args.decisions),
        ("gates over decisions", &args.decisions.as_ref().map(|_| args.decision_gates.clone())),
    ];
    for (name, path) in files {
        if let Some(path) = path {
            all.push(source::file(name, path)?);
        }
    }
    all.extend(data.translations);
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
