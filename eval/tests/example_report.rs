//! The report kept as an example is what the command makes of what is kept beside it, byte for byte, and what is kept beside it
//! is what the bundle reads.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use relat_engine::{Pipeline, Taxonomy};
use relat_eval::corpus::{self, Record};
use relat_eval::counterfactual::Kind;
use relat_eval::outside::{self, Item};
use relat_eval::readings::{Readings, Texts, evidence_texts};
use relat_eval::suites;
use relat_eval::translation::{self, Translation};

const FILES: [&str; 6] =
    ["report.html", "report.json", "MODEL_CARD.md", "plain.ca.html", "plain.es.html", "plain.en.html"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn line(name: &str) -> String {
    std::fs::read_to_string(root().join("docs/report").join(name)).unwrap().trim().to_owned()
}

#[test]
fn the_example_report_is_made_again_bit_for_bit() {
    let kept = root().join("docs/report");
    let out = tempfile::tempdir().unwrap();
    let made = Command::new(env!("CARGO_BIN_EXE_relat-eval"))
        .current_dir(root())
        .args(["report", "--bundle", &line("BUNDLE"), "--predictions", "docs/report/predictions.jsonl.gz"])
        .args([
            "--readings",
            "docs/report/readings.json.gz",
            "--by",
            "relat",
            "--date",
            &line("DATE"),
            "--out",
        ])
        .arg(out.path())
        .output()
        .unwrap();
    let code = made.status.code();
    assert!(matches!(code, Some(0 | 1)), "{code:?}: {}", String::from_utf8_lossy(&made.stderr));
    for name in FILES {
        let [now, then] = [out.path(), kept.as_path()].map(|dir| std::fs::read(dir.join(name)).unwrap());
        assert!(
            now == then,
            "help: {name} has changed; docs/report/make.sh --quick makes it anew, then read what changed"
        );
    }
    let report: serde_json::Value =
        serde_json::from_slice(&std::fs::read(kept.join("report.json")).unwrap()).unwrap();
    assert_eq!(report["gates"]["passed"], code == Some(0), "help: the exit code is the gate");
}

/// The bundle reads a sample of the texts again, on whatever processor this is: the whole takes minutes.
#[test]
fn the_kept_readings_are_what_the_bundle_reads_bit_for_bit() {
    let (root, taxonomy) = (root(), Taxonomy::shipped());
    let corpora = root.join("corpora");
    let kept = Readings::read_file(&root.join("docs/report/readings.json.gz")).unwrap();
    let setting = |name: &str| kept.made_from[name].parse::<usize>().unwrap();
    let all = corpus::read_dir(&corpora.join("narratives"), taxonomy).unwrap();
    let translated = ["ca-es.jsonl", "es-ca.jsonl"].map(|name| corpora.join("translated").join(name));
    let translated = translated.map(|path| translation::read_file(&path).unwrap()).concat();
    let (mapping, items) = outside::read_dir(&corpora.join("external"), taxonomy).unwrap();
    let cases = suites::read_dir(&corpora.join("suites"), taxonomy).unwrap();

    let sample: Vec<Record> = all.iter().step_by(351).cloned().collect();
    let ids: BTreeSet<&str> = sample.iter().map(|r| r.id.as_str()).collect();
    assert!(
        sample.iter().map(|r| r.lang as u8).collect::<BTreeSet<_>>().len() == 3,
        "help: not every language"
    );
    let translations: Vec<Translation> =
        translated.iter().filter(|t| ids.contains(t.id.as_str())).cloned().collect();
    let some_items: Vec<Item> = items.iter().step_by(101).cloned().collect();
    let some_cases: Vec<_> = cases.iter().step_by(31).cloned().collect();
    let texts = Texts {
        records: &sample,
        kinds: &Kind::all(),
        names_per_record: setting("number of names a record"),
        translations: &translations,
        evidence: &evidence_texts(&all, setting("number of records read for evidence"))[..2],
        seed: setting("seed") as u64,
        cases: &some_cases,
        mapping: &mapping,
        items: &some_items,
    };
    let pipeline = Pipeline::load(&root.join(line("BUNDLE"))).unwrap();
    let now = Readings::make(&texts, kept.made_from.clone(), |text| pipeline.assess(text), &|_| {}).unwrap();

    let own_cases: BTreeSet<&str> = some_cases.iter().map(|(_, case)| case.id.as_str()).collect();
    let expected = Readings {
        rewritings: kept.rewritings.into_iter().filter(|t| ids.contains(t.id.as_str())).collect(),
        translations: kept.translations.into_iter().filter(|(_, c)| ids.contains(c.id.as_str())).collect(),
        erased: kept.erased.into_iter().take(2).collect(),
        cases: kept.cases.into_iter().filter(|c| own_cases.contains(c.id.as_str())).collect(),
        outside: kept.outside.into_iter().step_by(101).collect(),
        ..kept
    };
    assert!(now.rewritings.iter().filter(|t| t.outcome.is_ok()).count() > 20 && !now.translations.is_empty());
    // Floats are compared bit for bit: what equals is written alike.
    for (name, now, then) in [
        ("rewritings", serde_json::to_string(&now.rewritings), serde_json::to_string(&expected.rewritings)),
        (
            "translations",
            serde_json::to_string(&now.translations),
            serde_json::to_string(&expected.translations),
        ),
        ("evidence", serde_json::to_string(&now.erased), serde_json::to_string(&expected.erased)),
        ("suites", serde_json::to_string(&now.cases), serde_json::to_string(&expected.cases)),
        ("data of others", serde_json::to_string(&now.outside), serde_json::to_string(&expected.outside)),
    ] {
        assert_eq!(now.unwrap(), then.unwrap(), "help: {name}; docs/report/make.sh reads every text again");
    }
}
