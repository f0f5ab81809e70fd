//! A sentence that must not be found again: it goes through every route and every error, and is then looked for in
//! logs, traces, metrics, addresses and the database.

use std::io::Read;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use axum::http::StatusCode;
use relat_server::inference::Limits;
use relat_server::store::Location;
use relat_server::telemetry;
use sqlx::AssertSqlSafe;

use crate::contract::routed;
use crate::database::Database;
use crate::running::{free, get};
use crate::support::{Running, Service, pipeline};
use crate::traces::Collector;

/// Not a word of any language, so that it comes from nowhere else.
const CANARY: &str = "Qvetzalkanari";

fn sentence() -> String {
    format!("La {CANARY} fa tres mesos que no paga el lloguer i demana ajut.")
}

fn request(head: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut request = format!("{head} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    [request.as_bytes(), body].concat()
}

/// Every file under a folder.
fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(dir).unwrap().map(Result::unwrap);
    entries.map(|e| (e.file_name().into_string().unwrap(), std::fs::read(e.path()).unwrap())).collect()
}

fn holds_canary(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    text.contains(&CANARY.to_lowercase())
}

/// Everything that a database keeps: its files, or its rows as text.
async fn kept(database: &Database) -> Vec<(String, Vec<u8>)> {
    if let Location::Folder(folder) = &database.location {
        return files(folder);
    }
    let raw = database.raw().await;
    let sql = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()";
    let tables: Vec<(String,)> = sqlx::query_as(sql).fetch_all(&raw).await.unwrap();
    let mut all = Vec::new();
    for (table,) in tables {
        let sql = format!("SELECT CAST(t AS TEXT) FROM {table} t");
        let rows: Vec<(String,)> = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&raw).await.unwrap();
        let rows: Vec<String> = rows.into_iter().map(|row| row.0).collect();
        all.push((table, rows.join("\n").into_bytes()));
    }
    raw.close().await;
    all
}

#[test]
fn nothing_of_a_narrative_is_in_logs_traces_metrics_addresses_or_the_database() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let paths = runtime.block_on(async { routed(&Service::new(4096).await) });
    for database in runtime.block_on(Database::each()) {
        goes_through(&database, &paths.iter().map(String::as_str).collect::<Vec<_>>(), &runtime);
    }
}

fn goes_through(database: &Database, paths: &[&str], runtime: &tokio::runtime::Runtime) {
    let (collector, health) = (Collector::start(), free().to_string());
    let folder = database.folder.path().to_str().unwrap();
    let storage = match &database.location {
        Location::Folder(_) => ["--data", folder],
        Location::Postgres(url) => ["--database", url],
    };
    let set = ["--log", "trace", "--max-bytes", "2000", "--health-bind", &health];
    let traces = ["--otlp-endpoint", &collector.endpoint];
    let mut running = Running::demonstrate(&[&storage[..], &set, &traces].concat());
    // Read as it comes: a pipe that nobody empties would stop the service.
    let mut stderr = running.child.stderr.take().unwrap();
    let reading = std::thread::spawn(move || {
        let mut err = Vec::new();
        stderr.read_to_end(&mut err).unwrap();
        err
    });
    let said = sentence();
    let json = |body: String| {
        request("POST /v1/assessments", &[("content-type", "application/json")], body.as_bytes())
    };
    let form = |body: String| {
        request("POST /try", &[("content-type", "application/x-www-form-urlencoded")], body.as_bytes())
    };
    let long = said.repeat(40);
    let encoded = said.replace(' ', "+");
    let steps: Vec<(&str, Vec<u8>)> = vec![
        ("200", json(format!("{{\"text\": \"{said}\"}}"))),
        ("200", form(format!("text={encoded}&lang=ca"))),
        ("200", form(format!("text={encoded}&lang=ca&switch_to=es"))),
        ("413", json(format!("{{\"text\": \"{long}\"}}"))),
        ("413", json(format!("{{\"text\": \"{}\"}}", said.repeat(400)))),
        ("413", form(format!("text={}", long.replace(' ', "+")))),
        ("422", json(format!("{{\"txt\": \"{said}\"}}"))),
        ("422", json(format!("{{\"text\": [\"{said}\"]}}"))),
        ("422", json(format!("\"{said}\""))),
        ("400", json(said.clone())),
        ("400", json(format!("{{\"text\": \"{said}"))),
        (
            "400",
            request(
                "POST /v1/assessments",
                &[("content-type", "application/json")],
                &[said.as_bytes(), b"\xff"].concat(),
            ),
        ),
        ("415", request("POST /v1/assessments", &[("content-type", CANARY)], said.as_bytes())),
        ("415", request("POST /try", &[("content-type", "text/plain")], said.as_bytes())),
        ("200", request(&format!("GET /try?lang={CANARY}&text={CANARY}"), &[], b"")),
        ("404", request(&format!("GET /v1/assessments/{CANARY}"), &[], b"")),
        ("404", request(&format!("GET /{CANARY}"), &[], b"")),
        ("404", request(&format!("GET /assets/{CANARY}/{CANARY}"), &[], b"")),
        ("405", request(&format!("{CANARY} /v1/taxonomy"), &[], b"")),
        ("405", request("DELETE /v1/assessments", &[], said.as_bytes())),
        (
            "200",
            request(
                "GET /healthz",
                &[("x-request-id", CANARY), ("user-agent", CANARY), ("cookie", CANARY)],
                b"",
            ),
        ),
        ("200", request("GET /readyz", &[("traceparent", CANARY)], said.as_bytes())),
    ];
    for (i, (status, bytes)) in steps.iter().enumerate() {
        let answer = running.send(bytes);
        let line = String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned();
        assert!(line.contains(status), "help: step {i} expected {status} and got “{line}”");
    }
    keep_an_interview(&running, &said);
    every_route(&running, &said, paths);
    let (status, metrics) = get(&health, "/metrics").unwrap();
    assert!(status == 200 && !holds_canary(metrics.as_bytes()), "help: {metrics}");
    // While it runs, so that the write-ahead log is there as well.
    let while_running = runtime.block_on(kept(database));
    running.terminate();
    let mut out = Vec::new();
    running.child.stdout.take().unwrap().read_to_end(&mut out).unwrap();
    let err = reading.join().unwrap();
    assert!(running.child.wait().unwrap().success(), "help: SIGTERM must end the service in order");
    assert!(
        String::from_utf8_lossy(&err).contains("assessed"),
        "help: nothing was logged, so nothing was looked at"
    );
    assert!(!holds_canary(&out) && !holds_canary(&err), "help: the sentence is in the log");
    let mut looked_at = 0;
    for (name, contents) in while_running.into_iter().chain(runtime.block_on(kept(database))) {
        assert!(!holds_canary(&contents), "help: the sentence is in {name}");
        looked_at += contents.len();
    }
    assert!(looked_at > 4096, "help: the database was not among the files");
    let sent = collector.sent.lock().unwrap();
    assert!(!sent.is_empty(), "help: no trace was sent, so none was looked at");
    for (head, body) in sent.iter() {
        assert!(!holds_canary(format!("{head}{body}").as_bytes()), "help: the sentence is in a trace");
    }
}

/// The sentence in every part of a request to every route: in the address, as JSON and as a form.
fn every_route(running: &Running, said: &str, paths: &[&str]) {
    let json = format!(
        "{{\"text\": \"{said}\", \"words\": \"{said}\", \"pseudonym\": \"{said}\", \"{CANARY}\": \"{said}\"}}"
    );
    let form = ["text", "words", "pseudonym", "q", "login", "password", "name", "held_on", CANARY]
        .map(|field| format!("{field}={}", said.replace(' ', "+")))
        .join("&");
    let bodies = [
        ("application/json", json.as_str()),
        ("application/x-www-form-urlencoded", form.as_str()),
        ("text/plain", said),
    ];
    for path in paths {
        let path = path.replace("{id}", CANARY).replace("{build}", CANARY).replace("{name}", CANARY);
        for method in ["GET", "POST", "PUT", "DELETE"] {
            for (media_type, body) in bodies.iter().take(if method == "GET" { 1 } else { 3 }) {
                let headers =
                    [("content-type", *media_type), ("idempotency-key", CANARY), ("accept", "text/html")];
                let head = format!("{method} {path}?q={CANARY}&{CANARY}={CANARY}");
                let answer = running.send(&request(&head, &headers, body.as_bytes()));
                let answer = String::from_utf8_lossy(&answer).into_owned();
                let status: u16 = answer.split(' ').nth(1).unwrap().parse().unwrap();
                assert!(status < 500, "help: {method} {path} answers {status}");
                let mut fields = answer.split("\r\n\r\n").next().unwrap().lines();
                let leads = fields.find(|line| line.to_lowercase().starts_with("location:"));
                assert!(
                    !leads.is_some_and(|line| holds_canary(line.as_bytes())),
                    "help: {method} {path}: {leads:?}"
                );
            }
        }
    }
}

/// The sentence as a narrative that is kept, and in every field of the routes around it.
fn keep_an_interview(running: &Running, said: &str) {
    let send = |head: &str, key: &str, body: &str, status: &str| {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        let answer = running.send(&request(head, &headers, body.as_bytes()));
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "help: {head} expected {status}: {answer}"
        );
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        serde_json::from_str::<serde_json::Value>(body).unwrap_or_default()
    };
    let case = send("POST /v1/cases", CANARY, "{\"pseudonym\": \"P-1\"}", "201");
    let head = format!("POST /v1/cases/{}/interviews", case["id"].as_str().unwrap());
    send(&head, CANARY, &format!("{{\"text\": \"{said}\", \"held_on\": \"{CANARY}\"}}"), "422");
    let body = format!("{{\"text\": \"{said}\", \"held_on\": \"2026-11-20\"}}");
    let interview = send(&head, &format!("{CANARY}-2"), &body, "201");
    let path = format!("/v1/interviews/{}", interview["id"].as_str().unwrap());
    let read = send(&format!("GET {path}"), "", "", "200");
    assert!(holds_canary(read.to_string().as_bytes()), "help: what is kept can be read");
    let act = |act: &str| format!("{{\"expected_version\": 1, \"acts\": [{act}]}}");
    let decide = format!("POST {path}/decisions");
    let code = format!("{{\"act\": \"confirm\", \"kind\": \"need\", \"code\": \"{CANARY}\"}}");
    send(&decide, "k1", &act(&code), "422");
    send(&decide, "k2", &act(&format!("{{\"act\": \"{CANARY}\"}}")), "422");
    let body = format!("{{\"expected_version\": 1, \"text\": \"{said} {said}\"}}");
    send(&format!("PUT {path}/text"), "k3", &body, "200");
    send(&format!("PUT {path}/text"), "k3", &body, "200");
    send(&format!("PUT {path}/text"), "k4", &body, "409");
    send(&format!("GET /v1/interviews/{CANARY}"), "", "", "404");
    send("POST /v1/assessments/batch", "", &format!("{{\"texts\": [\"{said}\", \"\"]}}"), "200");
    let lines = [("content-type", "application/x-ndjson")];
    let body = format!("{{\"text\": \"{said}\"}}\n{said}\n");
    let answer = running.send(&request("POST /v1/assessments/stream", &lines, body.as_bytes()));
    assert!(!holds_canary(&answer), "help: an answer quotes no text");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let body = format!("login={CANARY}&password={CANARY}");
    running.send(&request("POST /sign-in", &form, body.as_bytes()));
    running.send(&request(&format!("GET /welcome?token={CANARY}"), &[], b""));
    running.send(&request("GET /v1/me", &[("authorization", &format!("Bearer {CANARY}"))], b""));
}

/// Runs itself again as another process: the hook is for the whole program, and would hide other tests' failures.
#[test]
fn a_panic_tells_its_place_and_not_its_message() {
    const CHILD: &str = "RELAT_TEST_PANIC";
    if std::env::var_os(CHILD).is_some() {
        telemetry::hide_panic_messages();
        tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
            let reader = Arc::new(|text: &str| panic!("cannot cut “{text}”"));
            let versions = pipeline().versions().clone();
            let service = Service::with(reader, versions, 4096, Limits { threads: 1, queue: 1 }).await;
            let answer = service.assess(&sentence()).await;
            assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
            assert!(!holds_canary(&answer.body));
            let files = files(service.data.path());
            assert!(files.iter().all(|(_, contents)| !holds_canary(contents)));
        });
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "leaks::a_panic_tells_its_place_and_not_its_message", "--nocapture"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "help: {}", String::from_utf8_lossy(&output.stderr));
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(err.contains("leaks.rs:"), "help: the place must be told, and this was: {err}");
    assert!(!holds_canary(&output.stderr) && !holds_canary(&output.stdout));
}
