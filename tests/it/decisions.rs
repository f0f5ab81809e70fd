//! Interviews and decisions through the API, on both databases.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::database::Database;
use crate::staff::{Town, fresh};
use crate::support::{Answer, expected, narratives};

fn problem(answer: &Answer, status: u16, code: &str) {
    assert_eq!(
        (answer.status.as_u16(), answer.json()["code"].as_str()),
        (status, Some(code)),
        "help: {:?}",
        answer.body
    );
}

/// A narrative in which the model suggests alerts and other needs.
fn alarming() -> String {
    let suggested = |found: &Value, alert: bool| {
        let needs = found["needs"].as_array().unwrap();
        needs.iter().filter(|n| n["suggested"] == json!(true) && n["alert"] == json!(alert)).count()
    };
    let mut records = narratives(7).into_iter().map(|r| r.text);
    records
        .find(|text| {
            let found = expected(text);
            suggested(&found, true) >= 2 && suggested(&found, false) >= 2
        })
        .unwrap()
}

fn codes(view: &Value, alert: bool) -> Vec<String> {
    let needs = view["assessment"]["needs"].as_array().unwrap().iter();
    let wanted = needs.filter(|n| n["suggested"] == json!(true) && n["alert"] == json!(alert));
    wanted.map(|n| n["code"].as_str().unwrap().to_owned()).collect()
}

fn holding(view: &Value) -> Vec<(String, String)> {
    let decisions = view["decisions"].as_array().unwrap().iter();
    decisions
        .map(|held| {
            let event = &held["event"];
            let code = event["code"].as_str().or(event["finding"]["code"].as_str()).unwrap();
            (code.to_owned(), held["verification_status"].as_str().unwrap().to_owned())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interview_is_decided_undone_redone_and_closed_and_the_models_answer_never_moves() {
    for database in Database::each().await {
        let town = Town::new(database, &["worker"]).await;
        let text = alarming();
        let (case, interview) = town.interview("worker1", "P-1", &text).await;
        let path = format!("/v1/interviews/{interview}");
        let read = async || town.get("worker1", &path).await.json();
        let view = read().await;
        assert_eq!(view["text"], json!(text));
        assert_eq!(view["assessment"], expected(&text), "help: what was stored is what the model said");
        let (alerts, needs) = (codes(&view, true), codes(&view, false));
        assert_eq!(view["undecided_alerts"], json!(alerts));

        problem(
            &town.decide("worker1", &interview, 1, json!([{ "act": "undo" }])).await,
            409,
            "nothing_to_undo",
        );
        problem(
            &town.decide("worker1", &interview, 1, json!([{ "act": "close" }])).await,
            409,
            "alerts_undecided",
        );
        let acts = json!([
            { "act": "confirm", "kind": "need", "code": needs[0] },
            { "act": "refute", "kind": "need", "code": needs[1], "reason": "other_person" },
            { "act": "edit", "kind": "need", "code": needs[0],
              "to": { "code": needs[0], "status": "past", "evidence": [{ "start": 0, "end": 4 }] } },
        ]);
        let written = town.decide("worker1", &interview, 1, acts).await;
        assert_eq!(written.status, StatusCode::CREATED, "help: {:?}", written.body);
        assert_eq!(written.json()["version"], 2);
        let all = read().await;
        let mut both =
            vec![(needs[0].clone(), "confirmed".to_owned()), (needs[1].clone(), "refuted".to_owned())];
        both.sort();
        assert_eq!(holding(&all), both);
        assert_eq!((&all["undo"], &all["redo"]), (&json!(3), &json!(0)));

        let three = json!([{ "act": "undo" }, { "act": "undo" }, { "act": "undo" }]);
        assert_eq!(town.decide("worker1", &interview, 2, three).await.status, StatusCode::CREATED);
        let none = read().await;
        assert_eq!((holding(&none), &none["redo"]), (vec![], &json!(3)));
        let back = json!([{ "act": "redo" }, { "act": "redo" }, { "act": "redo" }]);
        assert_eq!(town.decide("worker1", &interview, 3, back).await.status, StatusCode::CREATED);
        assert_eq!(read().await["decisions"], all["decisions"]);

        let rest: Vec<Value> =
            alerts.iter().map(|code| json!({ "act": "confirm", "kind": "need", "code": code })).collect();
        assert_eq!(town.decide("worker1", &interview, 4, json!(rest)).await.status, StatusCode::CREATED);
        let closed = town.decide("worker1", &interview, 5, json!([{ "act": "close" }])).await;
        assert_eq!(closed.json()["closed"], true);
        problem(
            &town.decide("worker1", &interview, 6, json!([{ "act": "undo" }])).await,
            409,
            "interview_closed",
        );
        let body = json!({ "expected_version": 6, "text": "Una altra cosa." });
        let put = town.ask("worker1", Method::PUT, &format!("{path}/text"), Some(&body)).await;
        problem(&put, 409, "interview_closed");
        assert!(read().await["closed_at"].is_string());
        let opened = town.decide("worker1", &interview, 6, json!([{ "act": "reopen" }])).await;
        assert_eq!(opened.json()["closed"], false);
        let at_last = read().await;
        assert!(at_last["closed_at"].is_null());
        assert_eq!(at_last["assessment"], view["assessment"], "help: the model's scores stay as they were");

        let log = town.get("worker1", &format!("{path}/decisions")).await.json();
        let seqs: Vec<u64> =
            log["events"].as_array().unwrap().iter().map(|e| e["seq"].as_u64().unwrap()).collect();
        assert_eq!(
            seqs,
            (1..=seqs.len() as u64).collect::<Vec<_>>(),
            "help: nothing is ever taken from the log"
        );
        assert_eq!(seqs.len(), 9 + alerts.len() + 2);

        let history = town.get("worker1", &format!("/v1/cases/{case}/history")).await.json();
        let moment = &history["interviews"][0];
        assert!(moment["confirmed"].as_array().unwrap().len() > alerts.len());
        assert_eq!(moment["refuted"], json!([needs[1]]));
        let listed = town.get("worker1", &format!("/v1/cases/{case}")).await.json();
        assert_eq!(listed["interviews"][0]["id"], json!(interview));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_write_gets_the_first_answer_and_is_done_once() {
    for database in Database::each().await {
        let town = Town::new(database, &["worker"]).await;
        let (_, interview) = town.interview("worker1", "P-1", &alarming()).await;
        let path = format!("/v1/interviews/{interview}/decisions");
        let body = json!({ "expected_version": 1, "acts": [{ "act": "add", "kind": "level", "finding": { "code": "income", "level": 2 } }] });
        let key = fresh();
        let ask = async |login: &'static str, body: &Value| {
            town.ask_with(login, (Method::POST, path.as_str()), (Some(body), key.as_str())).await
        };
        let first = ask("worker1", &body).await;
        assert_eq!(first.status, StatusCode::CREATED, "help: {:?}", first.body);
        for _ in 0..3 {
            let again = ask("worker1", &body).await;
            assert_eq!((again.status, &again.body), (first.status, &first.body));
            assert_eq!(again.header("idempotency-replayed"), "true");
        }
        let other = json!({ "expected_version": 2, "acts": [{ "act": "undo" }] });
        problem(&ask("worker1", &other).await, 422, "idempotency_key_reused");
        let log = town.get("worker1", &path).await.json();
        assert_eq!(log["events"].as_array().unwrap().len(), 1);
        let without = town.ask_with("worker1", (Method::POST, path.as_str()), (Some(&other), "")).await;
        problem(&without, 400, "idempotency_key_missing");

        // Also when all come at once.
        let (key, body) = (fresh(), json!({ "pseudonym": "P-2" }));
        let asked = (0..8)
            .map(|_| town.ask_with("worker1", (Method::POST, "/v1/cases"), (Some(&body), key.as_str())));
        let answers = join(asked).await;
        for answer in &answers {
            assert_eq!((answer.status, &answer.body), (StatusCode::CREATED, &answers[0].body));
        }
        assert_eq!(town.get("worker1", "/v1/cases").await.json()["cases"].as_array().unwrap().len(), 2);
        problem(&town.post("worker1", "/v1/cases", body).await, 409, "taken");
    }
}

/// All at once, each on its own turn.
async fn join<F: Future<Output = Answer>>(asked: impl Iterator<Item = F>) -> Vec<Answer> {
    let mut asked: Vec<_> = asked.map(Box::pin).collect();
    let mut answers: Vec<Option<Answer>> = asked.iter().map(|_| None).collect();
    std::future::poll_fn(move |context| {
        for (future, answer) in asked.iter_mut().zip(&mut answers) {
            if answer.is_none()
                && let std::task::Poll::Ready(ready) = future.as_mut().poll(context)
            {
                *answer = Some(ready);
            }
        }
        if answers.iter().all(Option::is_some) {
            std::task::Poll::Ready(answers.drain(..).map(Option::unwrap).collect())
        } else {
            std::task::Poll::Pending
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_workers_who_write_at_once_one_is_told_and_neither_is_lost() {
    for database in Database::each().await {
        let mut town = Town::new(database, &["worker"]).await;
        town.hire("worker3", "worker", 0).await;
        let (_, interview) = town.interview("worker1", "P-1", &alarming()).await;
        let acts = |level: u8| json!([{ "act": "add", "kind": "level", "finding": { "code": "housing", "level": level } }]);
        let mut version = 1;
        let mut taken = 0;
        for _ in 0..10 {
            let asked = ["worker1", "worker3"].map(|login| town.decide(login, &interview, version, acts(3)));
            let answers = join(asked.into_iter()).await;
            let done = answers.iter().filter(|a| a.status == StatusCode::CREATED).count();
            assert_eq!(done, 1, "help: exactly one of two gets a version");
            let refused = answers.iter().find(|a| a.status != StatusCode::CREATED).unwrap();
            problem(refused, 409, "version_conflict");
            version += 1;
            taken += 1;
            assert_eq!(refused.json()["current_version"], version);
        }
        let log = town.get("worker1", &format!("/v1/interviews/{interview}/decisions")).await.json();
        assert_eq!(log["events"].as_array().unwrap().len(), taken);
        let view = town.get("worker1", &format!("/v1/interviews/{interview}")).await.json();
        assert_eq!(view["version"], version);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_must_say_something_of_this_interview() {
    for database in Database::each().await {
        let town = Town::new(database, &["worker"]).await;
        let text = format!("é{}", alarming());
        let (_, interview) = town.interview("worker1", "P-1", &text).await;
        let view = town.get("worker1", &format!("/v1/interviews/{interview}")).await.json();
        let found: Vec<&str> = view["assessment"]["needs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|n| n["code"].as_str().unwrap())
            .collect();
        let taxonomy = relat_engine::Taxonomy::shipped();
        let absent =
            taxonomy.needs().iter().find(|n| !found.contains(&n.code.as_str())).unwrap().code.as_str();
        let add = |kind: &str, finding: Value| json!([{ "act": "add", "kind": kind, "finding": finding }]);
        let check = async |acts: Value| {
            problem(&town.decide("worker1", &interview, 1, acts).await, 422, "invalid_decision")
        };
        check(json!([{ "act": "confirm", "kind": "need", "code": absent }])).await;
        check(json!([{ "act": "confirm", "kind": "demand", "code": found[0] }])).await;
        check(add("need", json!({ "code": "Qvetzal" }))).await;
        check(add("need", json!({ "code": absent, "evidence": [{ "start": 1, "end": 4 }] }))).await;
        check(add("need", json!({ "code": absent, "evidence": [{ "start": 4, "end": 4 }] }))).await;
        check(add("need", json!({ "code": absent, "evidence": [{ "start": 0, "end": text.len() + 1 }] })))
            .await;
        check(add("need", json!({ "code": absent, "level": 3 }))).await;
        check(add("level", json!({ "code": "income", "level": 6 }))).await;
        check(add("level", json!({ "code": "income", "status": "past" }))).await;
        check(add("need", json!({ "code": codes(&view, true)[0] }))).await;
        // Of several acts, all or none.
        let acts = json!([{ "act": "confirm", "kind": "need", "code": found[0] }, { "act": "redo" }]);
        problem(&town.decide("worker1", &interview, 1, acts).await, 409, "nothing_to_redo");
        problem(&town.decide("worker1", &interview, 1, json!([])).await, 422, "invalid_field");
        problem(&town.decide("worker1", &interview, 1, json!([{ "act": "win" }])).await, 422, "invalid_body");
        let log = town.get("worker1", &format!("/v1/interviews/{interview}/decisions")).await.json();
        assert_eq!(log["events"], json!([]));
        let good = add("need", json!({ "code": absent, "evidence": [{ "start": 0, "end": 2 }] }));
        assert_eq!(town.decide("worker1", &interview, 1, good).await.status, StatusCode::CREATED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_blind_first_centre_the_worker_scores_before_seeing() {
    for database in Database::each().await {
        let town = Town::new(database, &["worker"]).await;
        let on = json!({ "on": true });
        let set = town
            .ask("admin", Method::PUT, &format!("/v1/centres/{}/blind-first", town.centres[0]), Some(&on))
            .await;
        assert_eq!(set.status, StatusCode::OK);
        let text = alarming();
        let (case, interview) = town.interview("worker1", "P-1", &text).await;
        let path = format!("/v1/interviews/{interview}");
        let view = town.get("worker1", &path).await.json();
        assert_eq!(
            (&view["blind"], &view["assessment"], &view["undecided_alerts"]),
            (&json!(true), &Value::Null, &json!([]))
        );
        let history = town.get("worker1", &format!("/v1/cases/{case}/history")).await.json();
        assert_eq!(
            (&history["interviews"][0]["undecided"], &history["interviews"][0]["levels"]),
            (&json!([]), &json!({}))
        );
        let confirm = json!([{ "act": "confirm", "kind": "level", "code": "income" }]);
        problem(&town.decide("worker1", &interview, 1, confirm).await, 409, "blind_first");
        let domains = relat_engine::Taxonomy::shipped().domains();
        for (i, domain) in domains.iter().enumerate() {
            let blind = town.get("worker1", &path).await.json()["blind"].clone();
            assert_eq!(blind, json!(true), "help: after {i} domains");
            // A domain that cannot be assessed is scored as well.
            let finding = if i % 2 == 0 {
                json!({ "code": domain.code, "level": 3 })
            } else {
                json!({ "code": domain.code })
            };
            let add = json!([{ "act": "add", "kind": "level", "finding": finding }]);
            let version = i64::try_from(i).unwrap() + 1;
            assert_eq!(town.decide("worker1", &interview, version, add).await.status, StatusCode::CREATED);
        }
        let view = town.get("worker1", &path).await.json();
        assert_eq!((&view["blind"], &view["assessment"]), (&json!(false), &expected(&text)));
    }
}
