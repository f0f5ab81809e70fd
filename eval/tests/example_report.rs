//! The report kept as an example is what the command makes of what is kept beside it, byte for byte, and what is kept beside it
//! is what the bundle reads.

use std::path::{Path, PathBuf};
use std::process::Command;

use relat_engine::{Pipeline, Taxonomy};
use relat_eval::corpus;
use relat_eval::counterfactual::Kind;
use relat_eval::outside;
use relat_eval::readings::{Readings, Texts, evidence_texts};
use relat_eval::suites;
use relat_eval::translation;

const FILES: [&str; 6] =
    ["report.html", "report.json", "MODEL_CARD.md", "plain.ca.html", "plain.es.html", "plain.en.html"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

// Clippy tells tests from other code by this attribute.
#[cfg(test)]
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

/// The exit code 1 is the gate: who reads it as "there is a report" must not be told it of a failure.
#[test]
fn a_command_that_fails_does_not_end_as_one_whose_gate_stops_the_release() {
    let gates = |figures: &str| {
        let args = ["gates", figures, "eval/gates.toml", "--date", "2026-11-30"];
        let ended = Command::new(env!("CARGO_BIN_EXE_relat-eval")).current_dir(root()).args(args).output();
        ended.unwrap().status.code()
    };
    let dir = tempfile::tempdir().unwrap();
    let none = dir.path().join("figures.json");
    std::fs::write(&none, "{}").unwrap();
    assert_eq!(gates(none.to_str().unwrap()), Some(1), "help: nothing measured is no pass");
    assert_eq!(gates("not-there.json"), Some(2));
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

    let texts = Texts {
        records: &all,
        kinds: &Kind::all(),
        names_per_record: setting("number of names a record"),
        translations: &translated,
        evidence: &evidence_texts(&all, setting("number of records read for evidence")),
        seed: setting("seed") as u64,
        cases: &cases,
        mapping: &mapping,
        items: &items,
    };
    let pipeline = Pipeline::load(&root.join(line("BUNDLE"))).unwrap();
    let differs = kept.differ(&texts, |text| pipeline.assess(text)).unwrap();
    assert_eq!(differs, None, "help: docs/report/make.sh reads every text again");
}
