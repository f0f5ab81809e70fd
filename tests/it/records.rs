//! The audit, erasure, backups, exports and a person's own pack, on both databases.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use relat_server::store::Store;
use relat_server::store::audit::{Finding, Head};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use crate::database::Database;
use crate::staff::Town;

const TEXT: &str = "La Qvetzalkanari fa tres mesos que no paga el lloguer i demana ajut.";

fn postgres(database: &Database) -> bool {
    database.url.starts_with("postgres")
}

/// Statements past the store, with the guards taken away first.
async fn tamper(database: &Database, statements: &[String]) {
    let raw = database.raw().await;
    for event in ["update", "delete"] {
        let on = if postgres(database) { " ON audit" } else { "" };
        let drop = format!("DROP TRIGGER IF EXISTS audit_no_{event}{on}");
        sqlx::raw_sql(AssertSqlSafe(drop)).execute(&raw).await.unwrap();
    }
    for statement in statements {
        sqlx::raw_sql(AssertSqlSafe(statement.clone())).execute(&raw).await.unwrap();
    }
    raw.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn any_change_or_gap_in_the_audit_is_found() {
    for kind in 0..2 {
        let fresh = async || match kind {
            0 => Some(Database::sqlite()),
            _ => Database::postgres().await,
        };
        let check = async |statements: &[&str], noted: bool, expect: fn(&Finding) -> bool| {
            let Some(database) = fresh().await else { return };
            let store = database.open().await;
            let note = async |n: usize| {
                for _ in 0..n {
                    store.view("person:1", "case:1").await;
                }
            };
            note(5).await;
            let early = store.verify_audit(None).await.unwrap().unwrap();
            assert_eq!(early.seq, 5);
            let raw = database.raw().await;
            let old: (i64, String, String) =
                sqlx::query_as("SELECT seq, hash, signature FROM audit_head").fetch_one(&raw).await.unwrap();
            raw.close().await;
            note(5).await;
            let head = store.verify_audit(Some(&early)).await.unwrap().unwrap();
            assert_eq!(head.seq, 10);
            let statements: Vec<String> = statements
                .iter()
                .map(|s| s.replace("OLD_HASH", &old.1).replace("OLD_SIGNATURE", &old.2))
                .collect();
            tamper(&database, &statements).await;
            let found = store.verify_audit(noted.then_some(&head)).await.unwrap();
            match found {
                Err(finding) => assert!(expect(&finding), "help: {statements:?} was found as {finding}"),
                Ok(_) => panic!("help: {statements:?} was not found"),
            }
        };
        check(&["UPDATE audit SET detail = '{}x' WHERE seq = 4"], false, |f| {
            *f == Finding::Changed { seq: 4 }
        })
        .await;
        check(&["UPDATE audit SET actor = 'person:2' WHERE seq = 10"], false, |f| {
            *f == Finding::Changed { seq: 10 }
        })
        .await;
        check(&["DELETE FROM audit WHERE seq = 4"], false, |f| *f == Finding::Gap { seq: 4 }).await;
        check(&["DELETE FROM audit WHERE seq = 10"], false, |f| *f == Finding::Head { seq: 9 }).await;
        check(&["DELETE FROM audit WHERE seq = 1"], false, |f| *f == Finding::Gap { seq: 1 }).await;
        check(
            &[
                "DELETE FROM audit WHERE seq = 10",
                "UPDATE audit_head SET seq = 9, hash = (SELECT hash FROM audit WHERE seq = 9)",
            ],
            false,
            |f| *f == Finding::Signature,
        )
        .await;
        let set_back = "UPDATE audit_head SET seq = 5, hash = 'OLD_HASH', signature = 'OLD_SIGNATURE'";
        check(&[set_back], false, |f| *f == Finding::Head { seq: 5 }).await;
        // Cut off together with its head: found by whoever noted a head.
        check(&["DELETE FROM audit WHERE seq > 5", set_back], true, |f| *f == Finding::Head { seq: 5 }).await;
    }
}

/// Puts a row into the audit.
trait View {
    async fn view(&self, actor: &str, subject: &str);
}

impl View for Store {
    async fn view(&self, actor: &str, subject: &str) {
        let note = relat_server::store::audit::Note {
            actor,
            action: "view",
            subject: subject.to_owned(),
            detail: json!({}),
        };
        self.note(note).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_person_is_nowhere_and_the_chain_still_holds() {
    for database in Database::each().await {
        let (url, keyring, location) =
            (database.url.clone(), Arc::clone(&database.keyring), database.location.clone());
        let town = Town::new(database, &["worker", "supervisor", "ethics"]).await;
        let (case, interview) = town.interview("worker1", "Qvetzal-7", TEXT).await;
        let (_, other) = town.interview("worker1", "P-2", "No té feina.").await;
        for id in [&interview, &other] {
            let acts =
                json!([{ "act": "add", "kind": "level", "finding": { "code": "income", "level": 2 } }]);
            assert_eq!(town.decide("worker1", id, 1, acts).await.status, StatusCode::CREATED);
        }
        let raw = sqlx::AnyPool::connect(&url).await.unwrap();
        let count = async |sql: &str| {
            let (n,): (i64,) = sqlx::query_as(AssertSqlSafe(sql.to_owned())).fetch_one(&raw).await.unwrap();
            n
        };
        let refused = sqlx::query("DELETE FROM decisions").execute(&raw).await.unwrap_err().to_string();
        assert!(refused.contains("only grows"), "help: {refused}");
        let pack = town.get("supervisor1", &format!("/v1/cases/{case}/access-pack")).await;
        assert_eq!(pack.header("content-type"), "application/zip");
        let plain = String::from_utf8_lossy(&pack.body);
        for part in [TEXT, "Qvetzal-7", "suggested", "decided", "interview.create", "README.txt"] {
            assert!(plain.contains(part), "help: the pack has no “{part}”");
        }

        let erased = town.post("supervisor1", &format!("/v1/cases/{case}/erasure"), json!({})).await;
        assert_eq!(erased.status, StatusCode::OK, "help: {:?}", erased.body);
        let erased = erased.json();
        for what in ["interviews", "texts", "readings", "decisions"] {
            assert_eq!(erased[what], 1, "help: {what}");
        }
        assert_eq!(
            town.get("worker1", &format!("/v1/interviews/{interview}")).await.status,
            StatusCode::NOT_FOUND
        );
        let view = town.get("worker1", &format!("/v1/cases/{case}")).await.json();
        assert_eq!((&view["interviews"], &view["groups"]), (&json!([]), &json!({})));
        assert!(view["erased_at"].is_string() && !view.to_string().contains("Qvetzal"));
        let body = json!({ "text": "No té feina.", "held_on": "2026-11-20" });
        let more = town.post("worker1", &format!("/v1/cases/{case}/interviews"), body).await;
        assert_eq!(more.status, StatusCode::NOT_FOUND, "help: nothing is added to who was erased");
        for table in ["interviews", "narratives", "readings", "decisions"] {
            assert_eq!(
                count(&format!("SELECT COUNT(*) FROM {table}")).await,
                1,
                "help: the other person's {table} stay"
            );
        }
        assert_eq!(count("SELECT COUNT(*) FROM cases WHERE pseudonym LIKE '%Qvetzal%'").await, 0);
        assert_eq!(count("SELECT COUNT(*) FROM assessments WHERE findings LIKE '%code%'").await, 0);
        assert_eq!(
            town.get("worker1", &format!("/v1/interviews/{other}")).await.json()["text"],
            "No té feina."
        );
        // Nothing sealed is left that would open to it either.
        let mut backup = Vec::new();
        town.service.state.store.backup(&mut backup).await.unwrap();
        for line in String::from_utf8(backup).unwrap().lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let table = line["table"].as_str().unwrap();
            for (field, sealed) in
                line["row"].as_object().unwrap().iter().filter(|(f, _)| f.ends_with("_sealed"))
            {
                let places = [
                    ("narratives", "id", "text_sealed"),
                    ("readings", "assessment_id", "answer_sealed"),
                    ("idempotency", "id", "answer_sealed"),
                    ("people", "id", "name_sealed"),
                    ("about", "name", "value_sealed"),
                ];
                let (table, key, field) = *places.iter().find(|(t, _, f)| t == &table && f == field).unwrap();
                let row = line["row"][key].as_str().unwrap();
                let place = relat_server::vault::Place { table, row, field };
                let opened = keyring.open(place, sealed.as_str().unwrap()).unwrap();
                assert!(!opened.contains("Qvetzal"), "help: {table} still has it");
            }
        }
        let head = town.service.state.store.verify_audit(None).await.unwrap().unwrap();
        let proof = &erased["proof"];
        let proof =
            Head { seq: proof["seq"].as_i64().unwrap(), hash: proof["hash"].as_str().unwrap().to_owned() };
        assert_eq!(town.service.state.store.verify_audit(Some(&proof)).await.unwrap(), Ok(head));
        let audit = town.get("ethics1", "/v1/audit?limit=1000").await.json();
        let row =
            audit["rows"].as_array().unwrap().iter().find(|row| row["seq"] == json!(proof.seq)).unwrap();
        assert_eq!((&row["action"], &row["subject"]), (&json!("case.erase"), &json!(format!("case:{case}"))));
        assert!(!audit.to_string().contains("Qvetzal"));
        drop(location);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_restores_into_either_database() {
    for database in Database::each().await {
        let keyring = Arc::clone(&database.keyring);
        let town = Town::new(database, &["worker"]).await;
        let (_, interview) = town.interview("worker1", "P-1", TEXT).await;
        let acts = json!([{ "act": "add", "kind": "level", "finding": { "code": "income", "level": 2 } }, { "act": "undo" }]);
        assert_eq!(town.decide("worker1", &interview, 1, acts).await.status, StatusCode::CREATED);
        town.service.assess_as(&town.cookies["worker1"], TEXT).await;
        let id = interview.parse().unwrap();
        let store = &town.service.state.store;
        let mut first = Vec::new();
        let rows = store.backup(&mut first).await.unwrap();
        assert!(!String::from_utf8_lossy(&first).contains("Qvetzal"), "help: what is sealed stays sealed");
        for mut empty in Database::each().await {
            empty.keyring = Arc::clone(&keyring);
            let restored = empty.open().await;
            assert_eq!(restored.restore(first.as_slice()).await.unwrap(), rows);
            let mut again = Vec::new();
            restored.backup(&mut again).await.unwrap();
            assert!(again == first, "help: a backup of what was restored is the backup");
            assert_eq!(restored.narrative(id).await.unwrap(), store.narrative(id).await.unwrap());
            assert_eq!(restored.decisions(id).await.unwrap(), store.decisions(id).await.unwrap());
            assert_eq!(restored.readings(id).await.unwrap(), store.readings(id).await.unwrap());
            assert_eq!(restored.verify_audit(None).await.unwrap(), store.verify_audit(None).await.unwrap());
            assert!(restored.restore(first.as_slice()).await.is_err(), "help: only into an empty one");
        }
        // Kept until the end: it is the folder that the store is in.
        let third = Database::sqlite();
        let broken = third.open().await;
        let cut = first.len() / 2;
        assert!(broken.restore(&first[..cut]).await.is_err());
        assert_eq!(broken.people().await.unwrap(), vec![], "help: all or none");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_export_has_a_line_a_decision_in_the_words_of_the_evaluation() {
    for database in Database::each().await {
        let town = Town::new(database, &["worker", "data"]).await;
        let (_, interview) = town.interview("worker1", "Qvetzal-7", TEXT).await;
        let path = format!("/v1/interviews/{interview}");
        // A level that is given before the suggestions were seen is no decision on one.
        let early = json!([{ "act": "add", "kind": "level", "finding": { "code": "housing", "level": 2 } }]);
        assert_eq!(town.decide("worker1", &interview, 1, early).await.status, StatusCode::CREATED);
        let view = town.get("worker1", &path).await.json();
        let need = &view["assessment"]["needs"][0];
        let code = need["code"].as_str().unwrap();
        let level =
            view["assessment"]["levels"].as_array().unwrap().iter().find(|l| l["level"].is_u64()).unwrap();
        let acts = json!([
            { "act": "confirm", "kind": "need", "code": code },
            { "act": "refute", "kind": "need", "code": code, "reason": "already_handled" },
            { "act": "edit", "kind": "level", "code": level["domain"], "to": { "code": level["domain"], "level": 4 } },
            { "act": "add", "kind": "level", "finding": { "code": "justice", "level": 5 } },
        ]);
        assert_eq!(town.decide("worker1", &interview, 2, acts).await.status, StatusCode::CREATED);
        let export = town.get("data1", "/v1/exports/decisions").await;
        assert_eq!(export.header("content-type"), "application/x-ndjson");
        let text = String::from_utf8(export.body.to_vec()).unwrap();
        assert!(!text.contains("Qvetzal"));
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 3, "help: {text}");
        let subject =
            json!({ "gender": "f", "age_band": "30-44", "origin_group": "local", "language": "ca" });
        for line in &lines {
            assert_eq!(line["assessment"], view["assessment_id"]);
            assert_eq!(line["model"], view["assessment"]["versions"]["model"]);
            assert_eq!((&line["subject"], &line["tenure"]), (&subject, &json!("over_5_years")));
            let (shown, decided) = (line["shown_at"].as_str().unwrap(), line["decided_at"].as_str().unwrap());
            assert!(shown <= decided);
            let known = [
                "assessment",
                "model",
                "kind",
                "code",
                "score",
                "decision",
                "reason",
                "tenure",
                "subject",
                "shown_at",
                "decided_at",
            ];
            assert!(
                line.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())),
                "help: {line}"
            );
        }
        let of = |decision: &str| lines.iter().find(|line| line["decision"] == json!(decision)).unwrap();
        let refuted = of("refuted");
        assert_eq!(
            (&refuted["code"], &refuted["reason"], &refuted["score"]),
            (&json!(code), &json!("already_handled"), &need["probability"])
        );
        let place = usize::try_from(level["level"].as_u64().unwrap()).unwrap() - 1;
        assert_eq!(of("edited")["score"], level["distribution"][place]);
        assert!(of("added").get("score").is_none() && of("added").get("reason").is_none());
        assert_eq!(
            town.get("data2", "/v1/exports/decisions").await.body.len(),
            0,
            "help: another centre's export"
        );
        let undone = json!([{ "act": "undo" }, { "act": "undo" }, { "act": "undo" }, { "act": "undo" }]);
        assert_eq!(town.decide("worker1", &interview, 3, undone).await.status, StatusCode::CREATED);
        assert_eq!(
            town.get("data1", "/v1/exports/decisions").await.body.len(),
            0,
            "help: what was undone is not decided"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn retention_says_before_it_does() {
    for database in Database::each().await {
        let town = Town::new(database, &["worker"]).await;
        let (case, _) = town.interview("worker1", "P-1", TEXT).await;
        let store = &town.service.state.store;
        let id: uuid::Uuid = case.parse().unwrap();
        let (past, soon) = (relat_server::store::now() - time(1), relat_server::store::now() + time(1));
        assert_eq!(store.cases_without_interview_since(past).await.unwrap(), Vec::<uuid::Uuid>::new());
        assert_eq!(store.cases_without_interview_since(soon).await.unwrap(), vec![id]);
        let answers = store.answers_before(soon, false).await.unwrap();
        assert!(answers > 0 && store.answers_before(soon, false).await.unwrap() == answers);
        store.answers_before(soon, true).await.unwrap();
        assert_eq!(store.answers_before(soon, false).await.unwrap(), 0);
        store.erase_case(id, "system").await.unwrap();
        assert_eq!(store.cases_without_interview_since(soon).await.unwrap(), Vec::<uuid::Uuid>::new());
        assert!(store.verify_audit(None).await.unwrap().is_ok());
        let gone = town.ask("worker1", Method::GET, &format!("/v1/cases/{case}"), None).await.json();
        assert_eq!(gone["interviews"], json!([]));
    }
}

fn time(hours: u64) -> std::time::Duration {
    std::time::Duration::from_secs(hours * 3600)
}
