//! Biases put into a model on purpose: a report that does not find them is worth nothing.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::LazyLock;

use relat_engine::bundle::Manifest;
use relat_engine::{Assessment, Taxonomy};

use super::behaviour::Counterfactual;
use super::*;
use crate::corpus::{self, Record};
use crate::counterfactual::{self, Kind, Origin, Plan, Scope, rewrite};
use crate::gates::{Gates, Outcome};
use crate::testing;
use crate::{Date, Example};

mod beside;

/// Every third interview of the corpus.
fn records() -> Vec<Record> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora/narratives");
    corpus::read_dir(&dir, Taxonomy::shipped()).unwrap().into_iter().step_by(3).collect()
}

fn word<'a>(text: &str, words: &[&'a str]) -> Option<&'a str> {
    let tokens: Vec<&str> = text.split(|c: char| !c.is_alphabetic()).collect();
    words.iter().copied().find(|w| tokens.contains(w))
}

/// Given names of the Maghreb, as the lists of rewriting have them.
static MAGHREBI: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let rows =
        include_str!("../../../corpora/names/targets.tsv").lines().map(|l| l.split('\t').collect::<Vec<_>>());
    rows.filter(|r| r[0] == "maghrebi").map(|r| r[2]).collect()
});

/// What is rewritten in these tests.
const KINDS: [Kind; 4] = [
    Kind::Name { origin: Origin::Maghrebi },
    Kind::Name { origin: Origin::EastAsian },
    Kind::Gender { scope: Scope::Person },
    Kind::Gender { scope: Scope::Everyone },
];

/// A record and its rewritings, with the gender that each tells of.
fn versions(record: &Record) -> Vec<Record> {
    let rewritten = KINDS.iter().filter_map(|&kind| {
        let mut new = rewrite(record, kind).ok()?.record(record);
        if let (Kind::Gender { .. }, Some(person)) = (kind, &mut new.person) {
            person.gender = if person.gender == "f" { "m" } else { "f" }.to_owned();
        }
        Some(new)
    });
    rewritten.chain([record.clone()]).collect()
}

/// Drops the first need suggested.
fn drop_a_need(assessment: &mut Assessment) {
    if let Some(first) = assessment.needs.iter().position(|n| n.suggested) {
        assessment.needs.remove(first);
    }
}

/// What a reader does to the right answer, given the record that it reads.
type Twist = fn(&Record, &mut Assessment);

/// The report of a reader that knows every answer and twists some.
fn report(records: &[Record], twist: Twist) -> Report {
    let known: HashMap<String, Record> =
        records.iter().flat_map(versions).map(|r| (r.text.clone(), r)).collect();
    let read = |text: &str| {
        let record = &known[text];
        let mut assessment = testing::perfect(record);
        twist(record, &mut assessment);
        Ok(assessment)
    };
    read_all(records, read)
}

/// The report of a reader, its rewritings included.
fn read_all<F>(records: &[Record], read: F) -> Report
where
    F: Fn(&str) -> relat_engine::Result<Assessment> + Sync,
{
    let examples: Vec<Example> =
        records.iter().map(|r| testing::example(r.clone(), read(&r.text).unwrap())).collect();
    let plan =
        Plan { kinds: KINDS.to_vec(), names_per_record: 8, n_worst: 10, bootstrap: testing::config(200, 4) };
    let rewritten = counterfactual::run(records, &plan, read).unwrap().groups;
    collect(&examples, rewritten.into_iter().map(Counterfactual::from).collect())
}

fn collect(examples: &[Example], counterfactuals: Vec<Counterfactual>) -> Report {
    let bootstrap = testing::config(200, 4);
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
        data_cards: vec![DataCard {
            name: "records".into(),
            path: "corpora/README.md".into(),
            text: "# <of> records".into(),
        }],
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
    let report = report(&records(), |_, _| {});
    assert_eq!(failed(&report), Vec::<&str>::new());
    assert!(!report.gates.passed, "help: the suites were not run, which is no pass");
    assert!(report.worst.is_empty());
    assert!(report.counterfactuals.iter().all(|c| c.change.flip_rate.value == Some(0.0)));
}

#[test]
fn a_need_dropped_with_a_moroccan_name_is_found_and_stops_the_release() {
    let report = report(&records(), |record, assessment| {
        if word(&record.text, &MAGHREBI).is_some() {
            drop_a_need(assessment);
        }
    });
    let failed = failed(&report);
    assert!(
        failed.contains(&"counterfactual_names") && failed.contains(&"counterfactual_dropped"),
        "{failed:?}"
    );
    assert_eq!(report.gates.exit_code(), 1);
    let names = |origin: &str| {
        report.counterfactuals.iter().find(|c| c.group == origin && c.language.is_none()).unwrap()
    };
    let maghrebi = names("maghrebi");
    assert!(maghrebi.rewritings > 200 && maghrebi.change.dropped_rate.low.unwrap() > 0.1);
    // People who have such a name already lose it with the bias against it, which adds a need.
    assert!(
        names("east_asian").change.dropped_rate.value.unwrap() < 0.01,
        "help: only one origin was touched"
    );
    let html = report.to_html();
    assert!(html.contains("name: maghrebi") && html.contains(&maghrebi.change.worst[0].id));
    for (language, says) in [
        (PlainLanguage::Ca, "«nom (noms del Magrib)»"),
        (PlainLanguage::Es, "«nombre (nombres magrebíes)»"),
        (PlainLanguage::En, "“name (Maghrebi names)”"),
    ] {
        assert!(report.to_plain_html(language).contains(says));
    }
}

#[test]
fn levels_lowered_for_women_are_found_and_stop_the_release() {
    let report = report(&records(), |record, assessment| {
        if record.person.as_ref().unwrap().gender == "f" {
            for finding in &mut assessment.levels {
                finding.level = finding.level.map(|l| l.saturating_sub(1).max(1));
            }
        }
    });
    let failed = failed(&report);
    for gate in ["gender_levels", "group_levels_signed_error", "counterfactual_levels"] {
        assert!(failed.contains(&gate), "help: {gate} is not among {failed:?}");
    }
    let shift = |group: &str| {
        let all = &report.counterfactuals;
        let of = all.iter().find(|c| c.group == group && c.language.is_none()).unwrap();
        of.change.level_shift.values().filter_map(|e| e.value).sum::<f64>()
    };
    assert!(shift("everyone_from_f") > 1.0 && shift("everyone_from_m") < -1.0);
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
fn a_reader_that_answers_by_chance_fails_on_rewritings_too() {
    let records = records();
    let read = |text: &str| {
        let drawn = text.bytes().fold(7usize, |h, b| h.wrapping_mul(31).wrapping_add(usize::from(b)));
        Ok(testing::perfect(&records[drawn % records.len()]))
    };
    let report = read_all(&records, read);
    let failed = failed(&report);
    for gate in [
        "needs_micro_f1",
        "alert_recall",
        "counterfactual_names",
        "counterfactual_gender",
        "counterfactual_dropped",
    ] {
        assert!(failed.contains(&gate), "help: {gate} does not fail chance: {failed:?}");
    }
}

#[test]
fn the_same_inputs_give_the_same_bytes_on_any_number_of_threads() {
    let records: Vec<Record> = records().into_iter().step_by(3).collect();
    let make = || {
        pages(&report(&records, |record, a| {
            if record.text.len() % 3 == 0 {
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
    let drop: Twist = |_, a| drop_a_need(a);
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
    let wanted = |code: Option<&str>| Wanted { records: 5, code: code.map(str::to_owned), language: None };
    let page = errors_page(&examples, Taxonomy::shipped(), &wanted(None)).unwrap();
    assert!(page.contains("This page contains narratives") && page.matches(CANARY).count() == 5);
    assert!(page.contains("<mark class=\"gold\">"), "help: the dropped need stands in gold only");
    // Of one code: only records in which it is missed, and in one language only those.
    let missed = |e: &&Example| {
        let gold = testing::perfect(&e.reference);
        let has = |a: &relat_engine::Assessment| a.needs.iter().any(|n| n.suggested && n.code == "debt");
        has(&gold) && !has(&e.predicted)
    };
    let expected = examples.iter().filter(missed).count();
    assert!(expected > 0, "help: the test misses nothing");
    let page = errors_page(&examples, Taxonomy::shipped(), &wanted(Some("debt"))).unwrap();
    assert_eq!(page.matches("<h2 id=").count(), expected.min(5));
    let catalan = Wanted { records: 500, code: None, language: Some(relat_engine::Language::Ca) };
    let page = errors_page(&examples, Taxonomy::shipped(), &catalan).unwrap();
    assert!(page.contains("<h2 id=\"ca-") && !page.contains("<h2 id=\"es-"));
    // A reader that counts letters answers otherwise to another name.
    let fickle = |text: &str| Ok(testing::perfect(&records[text.len() % records.len()]));
    let page = flips_page(&records, &KINDS[..1], 3, fickle).unwrap();
    assert!(page.contains("This page contains narratives") && page.matches("<h3>").count() == 3);
    let names = MAGHREBI.iter().filter(|n| page.contains(**n)).count();
    assert!(names > 0 && (page.contains("dropped: ") || page.contains("added: ")));
}

#[test]
fn pages_load_nothing_run_nothing_and_escape_what_they_are_told() {
    let records: Vec<Record> = records().into_iter().step_by(6).collect();
    let report = report(&records, |_, a| drop_a_need(a));
    for (i, page) in pages(&report).into_iter().enumerate().filter(|(i, _)| ![1, 2].contains(i)) {
        for banned in ["<script", "src=", "http://", "https://", "@import", "url(", "NaN", "inf\"", "<of>"] {
            assert!(!page.contains(banned), "help: page {i} has {banned}");
        }
        for tag in ["table", "svg", "ul", "details", "div", "p", "h2", "mark"] {
            let (open, close) =
                (page.matches(&format!("<{tag}")).count(), page.matches(&format!("</{tag}>")).count());
            let prefixed =
                if tag == "p" { page.matches("<polyline").count() + page.matches("<pre").count() } else { 0 };
            assert_eq!(open - prefixed, close, "help: page {i} leaves {tag} open");
        }
    }
    let card = report.to_model_card();
    assert!(card.starts_with("---\nlicense: cc-by-4.0\n") && card.matches("\n---\n").count() == 1);
}
