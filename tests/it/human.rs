//! What workers decide, from the service's own export to the evaluation's figures and gates.

use axum::http::StatusCode;
use relat_engine::Taxonomy;
use relat_eval::gates::Outcome;
use relat_eval::human::{self, HumanReport, HumanRow};
use relat_eval::{BootstrapConfig, Gates, Method};
use serde_json::{Value, json};

use crate::database::Database;
use crate::staff::Town;
use crate::support::{expected, narratives};

/// Narratives in which at least three needs are suggested.
fn telling(n: usize) -> Vec<String> {
    let suggested = |text: &str| {
        let found = expected(text);
        found["needs"].as_array().unwrap().iter().filter(|need| need["suggested"] == json!(true)).count()
    };
    let all = narratives(31).into_iter().map(|record| record.text);
    all.filter(|text| suggested(text) >= 3).take(n).collect()
}

/// One need confirmed, one refused, one edited and one added.
fn acts(view: &Value) -> Value {
    let needs = view["assessment"]["needs"].as_array().unwrap();
    let code = |need: &Value| need["code"].as_str().unwrap().to_owned();
    let suggested: Vec<String> =
        needs.iter().filter(|n| n["suggested"] == json!(true)).map(code).take(3).collect();
    let found: Vec<String> = needs.iter().map(code).collect();
    let new = Taxonomy::shipped().needs().iter().find(|n| !found.contains(&n.code)).unwrap();
    let first = &view["assessment"]["sentences"][0];
    let evidence = json!([{ "start": first["start"], "end": first["end"] }]);
    json!([
        { "act": "confirm", "kind": "need", "code": suggested[0] },
        { "act": "refute", "kind": "need", "code": suggested[1], "reason": "past" },
        { "act": "edit", "kind": "need", "code": suggested[2],
          "to": { "code": suggested[2], "status": "past", "evidence": evidence } },
        { "act": "add", "kind": "need", "finding": { "code": new.code, "status": "present", "evidence": evidence } },
    ])
}

fn row<'a>(report: &'a HumanReport, by: &str, group: &str) -> &'a HumanRow {
    let table = report.tables.iter().find(|t| t.by == by).unwrap();
    table.rows.iter().find(|r| r.group == group).unwrap_or_else(|| panic!("help: no {by} {group}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_export_of_decisions_gives_the_figures_of_who_decided_what_and_how_fast() {
    /// Interviews of each worker.
    const EACH: usize = 6;
    let mut town = Town::new(Database::sqlite(), &["data"]).await;
    town.hire("experienced", "worker", 0).await;
    let today = relat_server::store::now().date();
    let lately = (today - time::Duration::days(30)).to_string();
    town.hire_since("novice", ("worker", &lately), 0).await;

    let texts = telling(2 * EACH);
    let mut shown = Vec::new();
    for (i, text) in texts.iter().enumerate() {
        let (login, gender) = if i < EACH { ("experienced", "f") } else { ("novice", "m") };
        let groups = json!({ "gender": gender, "age_band": "30-44", "origin": "local", "language": "ca" });
        let (_, interview) = town.interview_with(login, (&format!("P-{i}"), groups), text).await;
        shown.push((login, interview));
    }
    let view = async |login: &str, interview: &str| {
        town.get(login, &format!("/v1/interviews/{interview}")).await.json()
    };
    // The experienced worker reads before she decides: what she saw is set back by years, and the test does not wait for her.
    // The novice writes as soon as the page is there.
    let url = format!("sqlite://{}/relat.db", town.service.data.path().display());
    sqlx::any::install_default_drivers();
    let raw = sqlx::AnyPool::connect(&url).await.unwrap();
    for (i, (login, interview)) in shown.iter().enumerate() {
        let acts = acts(&view(login, interview).await);
        if i < EACH {
            let sql = "UPDATE readings SET shown_at = '2020' || substr(shown_at, 5) WHERE interview_id = $1";
            let set = sqlx::query(sql).bind(interview.as_str()).execute(&raw).await.unwrap();
            assert_eq!(set.rows_affected(), 1, "help: nothing was shown");
        }
        let written = town.decide(login, interview, 1, acts).await;
        assert_eq!(written.status, StatusCode::CREATED, "help: {:?}", written.body);
    }
    raw.close().await;

    let export = town.get("data1", "/v1/exports/decisions").await;
    let path = town.service.data.path().join("decisions.jsonl");
    std::fs::write(&path, &export.body).unwrap();
    let decisions = human::read_file(&path, Taxonomy::shipped()).unwrap();
    assert_eq!(decisions.len(), 2 * EACH * 4);
    let config = BootstrapConfig { resamples: 200, confidence: 0.95, seed: 1, method: Method::Percentile };
    let report = human::measure(&decisions, 5, &config).unwrap();
    assert_eq!(report.assessments, 2 * EACH);
    let third = Some(1.0 / 3.0);
    for row in [&report.overall, row(&report, "gender", "f"), row(&report, "gender", "m")] {
        assert_eq!((row.accepted.value, row.edited.value, row.refused.value), (third, third, third));
        assert_eq!((row.added.value, row.accepted.n), (third, 3 * row.assessments));
    }
    assert_eq!(report.reasons.values().sum::<usize>(), 2 * EACH);
    let model = expected(&texts[0])["versions"]["model"].as_str().unwrap().to_owned();
    assert_eq!(row(&report, "model", &model).assessments, 2 * EACH);
    let (slow, fast) = (row(&report, "tenure", "over_5_years"), row(&report, "tenure", "under_1_year"));
    assert_eq!((slow.assessments, fast.assessments), (EACH, EACH));
    assert!(slow.median_seconds.value.unwrap() >= human::FAST_SECONDS && slow.fast.value == Some(0.0));
    assert!(fast.median_seconds.value.unwrap() < human::FAST_SECONDS && fast.fast.value == Some(1.0));

    let gates = Gates::parse(include_str!("../../eval/gates_decisions.toml")).unwrap();
    let judged = gates.judge(&report.figures(), "2026-11-30".parse().unwrap());
    let failed = judged.results.iter().filter(|r| r.outcome == Outcome::Failed);
    let failed: Vec<&str> = failed.map(|r| r.gate.id.as_str()).collect();
    for alert in ["fast_accept", "fast_accept_by_tenure"] {
        assert!(failed.contains(&alert), "help: {alert} is not among {failed:?}");
    }
    let by_tenure = judged.results.iter().find(|r| r.gate.id == "fast_accept_by_tenure").unwrap();
    for (tenure, holds) in [("over_5_years", true), ("under_1_year", false)] {
        let path = format!("human_by_group/tenure/{tenure}/fast");
        let checked = by_tenure.figures.iter().find(|c| c.figure == path);
        assert_eq!(checked.map(|c| c.holds), Some(holds), "help: {path}");
    }
}
