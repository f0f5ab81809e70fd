//! Biases put into a model on purpose: a report that does not find them is worth nothing.

use std::collections::BTreeMap;
use std::path::Path;

use relat_engine::bundle::Manifest;
use relat_engine::{Assessment, Taxonomy};

use super::behaviour::{Counterfactual, outcomes};
use super::*;
use crate::bootstrap::{BootstrapConfig, Method};
use crate::corpus::{self, Record};
use crate::gates::{Gates, Outcome};
use crate::share::Resampling;
use crate::testing;
use crate::{Date, Example};

const MOROCCAN: [&str; 14] = [
    "Youssef", "Fatima", "Driss", "Salma", "Mina", "Omar", "Nadia", "Brahim", "Samira", "Naima", "Khadija",
    "Said", "Rachid", "Yassine",
];
const LOCAL: [&str; 16] = [
    "Maria",
    "María",
    "Jordi",
    "Montserrat",
    "Josep",
    "Carmen",
    "Antonio",
    "Rosa",
    "Núria",
    "Pere",
    "Joan",
    "Carme",
    "Anna",
    "Manuel",
    "Marta",
    "Laura",
];

/// Every third interview of the corpus.
fn records() -> Vec<Record> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora/narratives");
    corpus::read_dir(&dir, Taxonomy::shipped()).unwrap().into_iter().step_by(3).collect()
}

fn word<'a>(text: &str, words: &[&'a str]) -> Option<&'a str> {
    let tokens: Vec<&str> = text.split(|c: char| !c.is_alphabetic()).collect();
    words.iter().copied().find(|w| tokens.contains(w))
}

/// The record's text with a Moroccan given name in place of a local one. Find-and-replace is enough here: the readers of
/// these tests do not read grammar.
fn renamed(record: &Record) -> Result<Vec<String>, String> {
    let name = word(&record.text, &LOCAL).ok_or("no local name")?;
    Ok(vec![record.text.replace(name, "Youssef")])
}

/// Drops the first need suggested.
fn drop_a_need(assessment: &mut Assessment) {
    if let Some(first) = assessment.needs.iter().position(|n| n.suggested) {
        assessment.needs.remove(first);
    }
}

/// What a reader does to the right answer, given the record it is of and the text that is before it.
type Twist = fn(&Record, &str, &mut Assessment);

/// The report of a reader that knows every answer and twists some.
fn report(records: &[Record], twist: Twist) -> Report {
    let known: BTreeMap<String, &Record> = records
        .iter()
        .flat_map(|r| {
            let new = renamed(r).unwrap_or_default().into_iter();
            new.chain([r.text.clone()]).map(move |text| (text, r))
        })
        .collect();
    let read = |text: &str| {
        let record = known[text];
        let mut assessment = testing::perfect(record);
        twist(record, text, &mut assessment);
        Ok(assessment)
    };
    let examples: Vec<Example> =
        records.iter().map(|r| testing::example(r.clone(), read(&r.text).unwrap())).collect();
    let resampling = Resampling { resamples: 200, seed: 4 };
    let names = outcomes(records, renamed, read).unwrap().counted("name", "all", resampling, 10);
    collect(&examples, vec![names])
}

fn collect(examples: &[Example], counterfactuals: Vec<Counterfactual>) -> Report {
    let bootstrap = BootstrapConfig { resamples: 200, confidence: 0.95, seed: 4, method: Method::Percentile };
    let settings = Settings { bootstrap, min_n: 10, worst: 10 };
    let measured = Measured { examples, counterfactuals, ..Measured::default() };
    Report::collect(run(), measured, &gates(), settings, &|_| {}).unwrap()
}

fn gates() -> Gates {
    Gates::parse(include_str!("../../gates.toml")).unwrap()
}

fn run() -> Run {
    let model = Manifest {
        format: 1,
        name: "test".into(),
        version: "1".into(),
        architecture: "none".into(),
        licence: "CC-BY-4.0".into(),
        taxonomy: Taxonomy::shipped().version().into(),
        thresholds: "1".into(),
        data_sha256: String::new(),
        seed: 1,
        metrics: BTreeMap::new(),
        files: BTreeMap::new(),
    };
    Run {
        by: "Tester <of> \"reports\"".into(),
        date: "2026-11-30".parse::<Date>().unwrap(),
        provenance: Provenance::Seen,
        model,
        artefacts: vec![Artefact { name: "records".into(), sha256: "00".into() }],
        data_cards: vec![DataCard { name: "records".into(), path: "corpora/README.md".into() }],
    }
}

/// Gates that failed though their figures were measured.
fn failed(report: &Report) -> Vec<&str> {
    let failed =
        report.gates.results.iter().filter(|r| r.outcome == Outcome::Failed && !r.figures.is_empty());
    failed.map(|r| r.gate.id.as_str()).collect()
}

/// Every page and file of a report.
fn pages(report: &Report) -> Vec<String> {
    let plain = PlainLanguage::ALL.map(|l| report.to_plain_html(l));
    let mut all = vec![report.to_html(), serde_json::to_string(report).unwrap(), report.to_model_card()];
    all.extend(plain);
    all
}

#[test]
fn a_reader_that_is_always_right_fails_nothing_that_was_measured() {
    let report = report(&records(), |_, _, _| {});
    assert_eq!(failed(&report), Vec::<&str>::new());
    assert!(!report.gates.passed, "help: the suites were not run, which is no pass");
    assert!(report.worst.is_empty() && report.counterfactuals[0].change.flip_rate.value == Some(0.0));
}

#[test]
fn a_need_dropped_with_a_moroccan_name_is_found_and_stops_the_release() {
    let report = report(&records(), |_, text, assessment| {
        if word(text, &MOROCCAN).is_some() {
            drop_a_need(assessment);
        }
    });
    let failed = failed(&report);
    assert!(
        failed.contains(&"counterfactual_names") && failed.contains(&"counterfactual_dropped"),
        "{failed:?}"
    );
    assert_eq!(report.gates.exit_code(), 1);
    let names = &report.counterfactuals[0];
    assert!(names.change.dropped_rate.low.unwrap() > 0.05 && names.change.added_rate.value == Some(0.0));
    assert!(names.rewritings > 30 && names.refused["no local name"] + names.rewritings == records().len());
    for (language, says) in
        [(PlainLanguage::Ca, "«nom»"), (PlainLanguage::Es, "«nombre»"), (PlainLanguage::En, "“name”")]
    {
        assert!(report.to_plain_html(language).contains(says));
    }
}

#[test]
fn levels_lowered_for_women_are_found_and_stop_the_release() {
    let report = report(&records(), |record, _, assessment| {
        if record.person.as_ref().unwrap().gender == "f" {
            for finding in &mut assessment.levels {
                finding.level = finding.level.map(|l| l.saturating_sub(1).max(1));
            }
        }
    });
    let failed = failed(&report);
    assert!(failed.contains(&"gender_levels") && failed.contains(&"group_levels_signed_error"), "{failed:?}");
    let html = report.to_plain_html(PlainLanguage::En);
    assert!(html.contains("women: shown as worse off than they are"));
    // Only those domains and groups: no other feature was touched.
    let of_gender = report.signed_errors.iter().flat_map(|f| &f.tables).flat_map(|t| &t.by_group);
    assert!(of_gender.filter(|r| r.levels == ["f"]).all(|r| r.estimate.value.unwrap() < -0.2));
}

#[test]
fn a_reader_that_answers_for_another_record_fails() {
    let records = records();
    let strange = |i: usize| testing::perfect(&records[(i * 7 + 131) % records.len()]);
    let examples: Vec<Example> =
        records.iter().enumerate().map(|(i, r)| testing::example(r.clone(), strange(i))).collect();
    let report = collect(&examples, Vec::new());
    let failed = failed(&report);
    for gate in ["needs_micro_f1", "alert_recall", "levels_kappa", "actions_overlap_f1", "evidence_sentences"]
    {
        assert!(failed.contains(&gate), "help: {gate} does not fail a random reader");
    }
}

#[test]
fn the_same_inputs_give_the_same_bytes_on_any_number_of_threads() {
    let records: Vec<Record> = records().into_iter().step_by(3).collect();
    let make = || {
        pages(&report(&records, |_, text, a| {
            if text.len() % 3 == 0 {
                drop_a_need(a)
            }
        }))
    };
    let here = make();
    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert!(pool.install(make) == here, "help: the report depends on threads");
    }
}

#[test]
fn no_page_of_the_report_holds_text_and_the_page_of_errors_does() {
    const CANARY: &str = "Zxqv canary";
    let mut records: Vec<Record> = records().into_iter().step_by(3).collect();
    for record in &mut records {
        record.text.push_str(CANARY);
        record.sentences.last_mut().unwrap().end = record.text.len();
    }
    let drop: Twist = |_, _, a| drop_a_need(a);
    let report = report(&records, drop);
    for page in pages(&report) {
        assert!(!page.contains("Zxqv"));
        for record in &records {
            for sentence in &record.sentences {
                let text = record.text.get(sentence.start..sentence.end).unwrap().trim();
                assert!(text.len() < 20 || !page.contains(text), "help: a sentence of {}", record.id);
            }
        }
    }
    let examples: Vec<Example> = records
        .iter()
        .map(|r| {
            let mut predicted = testing::perfect(r);
            drop_a_need(&mut predicted);
            testing::example(r.clone(), predicted)
        })
        .collect();
    let page = errors_page(&examples, Taxonomy::shipped(), 5).unwrap();
    assert!(page.contains("This page contains narratives") && page.matches(CANARY).count() == 5);
    assert!(page.contains("<mark class=\"gold\">"), "help: the dropped need stands in gold only");
}

#[test]
fn a_model_beside_itself_does_not_differ_and_beside_a_worse_one_does() {
    let records: Vec<Record> = records().into_iter().step_by(3).collect();
    let reads = |worse: bool| -> Vec<Example> {
        let one = |r: &Record| {
            let mut predicted = testing::perfect(r);
            if worse {
                drop_a_need(&mut predicted);
            }
            testing::example(r.clone(), predicted)
        };
        records.iter().map(one).collect()
    };
    let (good, bad) = (reads(false), reads(true));
    let beside = |other: &[Example]| {
        let bootstrap =
            BootstrapConfig { resamples: 200, confidence: 0.95, seed: 4, method: Method::Percentile };
        let other = Some(Other { name: "other".into(), examples: other });
        let measured = Measured { examples: &good, other, ..Measured::default() };
        let settings = Settings { bootstrap, min_n: 10, worst: 10 };
        Report::collect(run(), measured, &gates(), settings, &|_| {})
    };
    let same = beside(&good).unwrap().compared.unwrap();
    assert!(
        same.rows.iter().all(|r| r.difference.value == Some(0.0) && r.difference.low == r.difference.high)
    );
    let report = beside(&bad).unwrap();
    let needs = &report.compared.as_ref().unwrap().rows[0];
    assert!(needs.difference.low.unwrap() > 0.05 && needs.p_value.unwrap() < 0.05);
    assert!(report.to_html().contains("Beside other"));
    assert_eq!(beside(&bad[1..]).unwrap_err().code(), "length_mismatch");
}

#[test]
fn pages_load_nothing_run_nothing_and_escape_what_they_are_told() {
    let records: Vec<Record> = records().into_iter().step_by(6).collect();
    let report = report(&records, |_, _, a| drop_a_need(a));
    for (i, page) in pages(&report).into_iter().enumerate().filter(|(i, _)| ![1, 2].contains(i)) {
        for banned in ["<script", "src=", "http://", "https://", "@import", "url(", "NaN", "inf\"", "<of>"] {
            assert!(!page.contains(banned), "help: page {i} has {banned}");
        }
        for tag in ["table", "svg", "ul", "details", "div", "p", "h2", "mark"] {
            let (open, close) =
                (page.matches(&format!("<{tag}")).count(), page.matches(&format!("</{tag}>")).count());
            let prefixed = if tag == "p" { page.matches("<polyline").count() } else { 0 };
            assert_eq!(open - prefixed, close, "help: page {i} leaves {tag} open");
        }
    }
    let card = report.to_model_card();
    assert!(card.starts_with("---\nlicense: cc-by-4.0\n") && card.matches("\n---\n").count() == 1);
}
