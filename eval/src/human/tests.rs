//! Decisions made up by chance, with habits put in on purpose.

use proptest::prelude::*;
use relat_engine::Taxonomy;
use time::{Duration, OffsetDateTime};

use super::*;
use crate::gates::{Gates, Outcome as GateOutcome};
use crate::random::SplitMix64;
use crate::testing::config;

/// What an invented worker does.
#[derive(Clone, Copy)]
struct Habits {
    /// Refusals of suggestions about women, in hundredths; about others it is 10.
    refuses_women: usize,
    /// Confirmations without reading by new workers, in hundredths.
    hurries_when_new: usize,
}

const STEADY: Habits = Habits { refuses_women: 10, hurries_when_new: 0 };

fn invented(assessments: usize, seed: u64, habits: Habits) -> Vec<Decision> {
    let mut random = SplitMix64(seed);
    let needs = Taxonomy::shipped().needs();
    let start = OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap();
    let mut all = Vec::new();
    for a in 0..assessments {
        let gender = ["f", "m"][random.below(2)];
        let tenure = [Tenure::Under1Year, Tenure::From1To5Years, Tenure::Over5Years][random.below(3)];
        let origin = ["local", "africa", "asia"][if random.below(10) == 0 { 2 } else { random.below(2) }];
        for _ in 0..3 + random.below(4) {
            let refuses = if gender == "f" { habits.refuses_women } else { 10 };
            let decision = match random.below(100) {
                d if d < refuses => Outcome::Refuted,
                d if d < 75 => Outcome::Confirmed,
                d if d < 90 => Outcome::Edited,
                _ => Outcome::Added,
            };
            let hurries = tenure == Tenure::Under1Year && random.below(100) < habits.hurries_when_new;
            let milliseconds = if hurries { 700 } else { 3000 + random.below(20_000) };
            all.push(Decision {
                assessment: format!("a{a}"),
                model: "invented 1".to_owned(),
                kind: SuggestionKind::Need,
                code: needs[random.below(6)].code.clone(),
                score: (decision != Outcome::Added).then_some(0.7),
                decision,
                reason: (decision == Outcome::Refuted).then_some(Reason::Past),
                tenure,
                subject: Subject {
                    gender: gender.to_owned(),
                    age_band: "30-44".to_owned(),
                    origin_group: origin.to_owned(),
                    language: "ca".to_owned(),
                },
                shown_at: start,
                decided_at: start + Duration::milliseconds(i64::try_from(milliseconds).unwrap()),
            });
        }
    }
    all
}

fn table<'a>(report: &'a HumanReport, by: &str) -> &'a HumanTable {
    report.tables.iter().find(|t| t.by == by).unwrap()
}

fn failed(report: &HumanReport) -> Vec<String> {
    let gates = Gates::parse(include_str!("../../gates_decisions.toml")).unwrap();
    let judged = gates.judge(&report.figures(), "2026-11-30".parse().unwrap());
    assert!(judged.results.iter().all(|r| !r.figures.is_empty()), "help: a gate speaks of no figure");
    judged.results.into_iter().filter(|r| r.outcome == GateOutcome::Failed).map(|r| r.gate.id).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_is_done_adds_up_and_small_groups_are_not_told(n in 1usize..60, seed: u64, min_n in 1usize..12) {
        let decisions = invented(n, seed, STEADY);
        let report = measure(&decisions, min_n, &config(20, seed)).unwrap();
        let rows = || report.tables.iter().flat_map(|t| &t.rows);
        prop_assert!(rows().all(|r| r.assessments >= min_n));
        for row in rows().chain([&report.overall]) {
            if let (Some(a), Some(e), Some(r)) = (row.accepted.value, row.edited.value, row.refused.value) {
                prop_assert!((a + e + r - 1.0).abs() < 1e-12);
            }
        }
        for table in &report.tables {
            let told: usize = table.rows.iter().map(|r| r.accepted.n).sum();
            prop_assert!(told <= report.overall.accepted.n);
            prop_assert!(table.some_hidden || told == report.overall.accepted.n);
        }
        if n < min_n {
            prop_assert_eq!((rows().count(), report.overall.accepted.n), (0, 0));
        }
    }

    #[test]
    fn an_export_round_trips(seed: u64) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("decisions.jsonl");
        let decisions = invented(5, seed, STEADY);
        let lines: Vec<String> = decisions.iter().map(|d| serde_json::to_string(d).unwrap()).collect();
        std::fs::write(&path, lines.join("\n")).unwrap();
        prop_assert_eq!(read_file(&path, Taxonomy::shipped()).unwrap(), decisions);
    }
}

#[test]
fn steady_workers_fail_no_gate_and_no_group_stands_out() {
    let report = measure(&invented(400, 3, STEADY), 10, &config(300, 1)).unwrap();
    assert_eq!(failed(&report), Vec::<String>::new());
    assert!(table(&report, "gender").rows.iter().all(|r| r.p_holm.unwrap() > 0.05));
    assert!(report.reasons[&Reason::Past] > 100 && report.overall.added.value.unwrap() > 0.05);
    assert!(report.overall.median_seconds.value.unwrap() > 3.0);
}

#[test]
fn suggestions_about_women_refused_more_often_are_found() {
    let report =
        measure(&invented(400, 3, Habits { refuses_women: 35, ..STEADY }), 10, &config(300, 1)).unwrap();
    assert_eq!(failed(&report), ["acceptance_by_group"]);
    let women = table(&report, "gender").rows.iter().find(|r| r.group == "f").unwrap();
    assert!(women.accepted_minus_overall.high.unwrap() < -0.05 && women.p_holm.unwrap() < 0.05);
    assert!(
        table(&report, "tenure").rows.iter().all(|r| r.p_holm.unwrap() > 0.05),
        "help: only gender was touched"
    );
}

#[test]
fn confirming_without_reading_raises_the_alert() {
    let report =
        measure(&invented(400, 3, Habits { hurries_when_new: 90, ..STEADY }), 10, &config(300, 1)).unwrap();
    assert_eq!(failed(&report), ["fast_accept", "fast_accept_by_tenure"]);
    let fast = |tenure: &str| table(&report, "tenure").rows.iter().find(|r| r.group == tenure).unwrap().fast;
    assert!(fast("under_1_year").low.unwrap() > 0.8);
    assert_eq!((fast("over_5_years").value, fast("1_to_5_years").value), (Some(0.0), Some(0.0)));
}

#[test]
fn lines_that_contradict_themselves_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("decisions.jsonl");
    let first = |of: fn(&&Decision) -> bool| invented(30, 1, STEADY).iter().find(of).unwrap().clone();
    let confirmed = first(|d| d.decision == Outcome::Confirmed);
    let refused = |change: fn(&mut Decision)| {
        let mut decision = confirmed.clone();
        change(&mut decision);
        std::fs::write(&path, serde_json::to_string(&decision).unwrap()).unwrap();
        read_file(&path, Taxonomy::shipped()).unwrap_err().to_string()
    };
    for (change, says) in [
        ((|d| d.code = "gold_coins".to_owned()) as fn(&mut Decision), "no need has the code"),
        (|d| d.score = None, "has a score"),
        (|d| d.score = Some(1.5), "between 0 and 1"),
        (|d| d.reason = Some(Reason::Wrong), "has a reason"),
        (|d| d.decided_at = d.shown_at - Duration::seconds(1), "before it was shown"),
    ] {
        let error = refused(change);
        assert!(error.contains(says) && error.contains(":1:"), "help: {error}");
    }
}
