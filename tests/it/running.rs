//! A service as it runs: what it counts, when it is ready, how it ends, how its model is swapped, and too many requests.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::http::Request;
use relat_server::health::Health;
use relat_server::http;
use relat_server::metrics::Metrics;
use relat_server::store::Location;
use relat_server::vault::Keyring;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::database::Database;
use crate::kill::Client;
use crate::support::{RELAT, Running, Service, bundle};

const TEXT: &str = "Fa tres mesos que no paga el lloguer. No té feina i demana ajut per al menjador.";

/// A port that nothing listens on.
pub(crate) fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Asks once, and returns the status and everything that was answered; nothing when there was no whole answer.
pub(crate) fn get(address: &str, path: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some((answer.split(' ').nth(1)?.parse().ok()?, answer))
}

fn until(what: &str, done: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !done() {
        assert!(Instant::now() < end, "help: waited a minute until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The value of a line of metrics.
fn counted(address: &str, name: &str) -> f64 {
    let (_, text) = get(address, "/metrics").unwrap();
    let lines =
        text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse::<f64>().ok());
    lines.sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_not_there_yet_lives_and_is_not_ready() {
    let (health, metrics) = (Health::default(), Arc::new(Metrics::default()));
    let app = http::health(health.clone(), metrics);
    let ask = async |path: &str| {
        let response = app.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice::<Value>(&body).unwrap_or_default()["code"].clone())
    };
    let check = async |expect: [u16; 3], code: &str| {
        for (path, status) in ["/healthz", "/readyz", "/modelz"].into_iter().zip(expect) {
            let (got, problem) = ask(path).await;
            assert_eq!(got, status, "help: {path}");
            assert!(got == 200 || problem == code, "help: {path}: {problem}");
        }
    };
    check([200, 503, 503], "not_ready").await;
    let service = Service::new(4096).await;
    health.opened(service.state.store.clone());
    check([200, 503, 503], "not_ready").await;
    health.loaded(service.state.inference.clone());
    check([200, 200, 200], "").await;
    health.end();
    check([200, 503, 200], "stopping").await;
}

#[test]
fn what_is_counted_is_told_by_stage_and_route_and_by_nothing_that_a_caller_chooses() {
    let data = tempfile::tempdir().unwrap();
    let health = free().to_string();
    let running = Running::start(data.path(), &["--health-bind", &health]);
    let client = Client { address: &running.address, cookie: "" };
    // The demonstration has read its own cases before.
    let count = |text: &str, name: &str| -> u64 {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("help: no {name} in\n{text}")).trim().parse().unwrap()
    };
    let before = get(&health, "/metrics").unwrap().1;
    for _ in 0..3 {
        assert_eq!(client.json("POST /v1/assessments", ("", &json!({ "text": TEXT }))).unwrap().0, 200);
    }
    for path in ["/v1/cases/Qvetzal", "/Qvetzal", "/v1/taxonomy?Qvetzal=Qvetzal"] {
        get(&running.address, path).unwrap();
    }
    assert_eq!(client.json("QVETZAL /v1/cases", ("", &json!({}))).unwrap().0, 405);
    let (status, text) = get(&health, "/metrics").unwrap();
    assert_eq!(status, 200);
    let mut read: Vec<String> = ["queue", "tokenise", "infer"]
        .map(|stage| format!("relat_text_stage_seconds_count{{stage=\"{stage}\"}}"))
        .into();
    read.push("relat_texts_total{outcome=\"read\"}".to_owned());
    for name in read {
        assert_eq!(count(&text, &name) - count(&before, &name), 3, "help: {name}");
    }
    for line in [
        "relat_http_requests_total{method=\"POST\",route=\"/v1/assessments\",status=\"200\"} 3",
        "relat_http_requests_total{method=\"GET\",route=\"/v1/cases/{id}\",status=\"404\"} 1",
        "relat_http_requests_total{method=\"GET\",route=\"none\",status=\"404\"} 1",
        "relat_http_requests_total{method=\"other\",route=\"/v1/cases\",status=\"405\"} 1",
        "relat_texts_waiting 0",
    ] {
        assert!(text.contains(line), "help: no {line} in\n{text}");
    }
    assert!(!text.to_lowercase().contains("qvetzal"));
    assert_eq!(
        get(&running.address, "/metrics").unwrap().0,
        404,
        "help: counts are for the operator's listener"
    );
}

/// Requests on connections that are kept, one after another, as a load balancer sends them.
struct Kept {
    stream: TcpStream,
}

impl Kept {
    fn open(address: &str) -> Option<Self> {
        let stream = TcpStream::connect(address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
        Some(Self { stream })
    }

    /// The status of one more request, and whether the service ends the connection after it.
    fn ask(&mut self, body: &str) -> Option<(u16, bool)> {
        let request = format!(
            "POST /v1/assessments HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.write_all(request.as_bytes()).ok()?;
        let (mut answer, mut buffer) = (Vec::new(), [0; 8192]);
        loop {
            let n = self.stream.read(&mut buffer).ok().filter(|n| *n > 0)?;
            answer.extend_from_slice(buffer.get(..n)?);
            let text = String::from_utf8_lossy(&answer).into_owned();
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let head = head.to_lowercase();
            let length = head.lines().find_map(|l| l.strip_prefix("content-length: ")?.parse::<usize>().ok());
            if length.is_none_or(|length| body.len() >= length) {
                return Some((head.split(' ').nth(1)?.parse().ok()?, head.contains("connection: close")));
            }
        }
    }
}

#[test]
fn a_service_that_drains_fails_no_request() {
    let data = tempfile::tempdir().unwrap();
    let health = free().to_string();
    let mut running = Running::start(
        data.path(),
        &["--health-bind", &health, "--drain", "2", "--queue", "64", "--log", "warn"],
    );
    let (stop, answered, failed) = (AtomicBool::new(false), AtomicUsize::new(0), Mutex::new(Vec::new()));
    let body = json!({ "text": TEXT.repeat(5) }).to_string();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut kept = None::<Kept>;
                while !stop.load(Ordering::SeqCst) {
                    let mut open = match kept.take().or_else(|| Kept::open(&running.address)) {
                        Some(open) => open,
                        None => {
                            failed.lock().unwrap().push("no connection".to_owned());
                            return;
                        }
                    };
                    match open.ask(&body) {
                        Some((200, close)) => {
                            answered.fetch_add(1, Ordering::SeqCst);
                            kept = (!close).then_some(open);
                        }
                        other => failed.lock().unwrap().push(format!("{other:?}")),
                    }
                }
            });
        }
        until("the load is on", || answered.load(Ordering::SeqCst) > 50);
        running.terminate();
        // As a load balancer does: requests are sent until the service says that it is not ready.
        until("it is not ready", || get(&health, "/readyz").is_none_or(|(status, _)| status == 503));
        std::thread::sleep(Duration::from_millis(300));
        stop.store(true, Ordering::SeqCst);
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "help: of {} requests, failed: {failed:?}", answered.load(Ordering::SeqCst));
    assert!(running.child.wait().unwrap().success());
}

/// The baseline with another version: another bundle.
fn other_bundle(dir: &Path) -> PathBuf {
    let other = dir.join("other");
    std::fs::create_dir(&other).unwrap();
    for entry in std::fs::read_dir(bundle()).unwrap().map(Result::unwrap) {
        std::fs::copy(entry.path(), other.join(entry.file_name())).unwrap();
    }
    let path = other.join("manifest.json");
    let manifest = std::fs::read_to_string(&path).unwrap();
    let mut manifest: Value = serde_json::from_str(&manifest).unwrap();
    manifest["version"] = json!("99.0.0");
    std::fs::write(&path, manifest.to_string()).unwrap();
    other
}

#[test]
fn a_model_is_swapped_and_rolled_back_under_load_without_a_dropped_request() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    for database in runtime.block_on(Database::each()) {
        let folder = database.folder.path();
        let key = folder.join("relat.key");
        Keyring::add_to_file(&key).unwrap();
        let data = folder.join("data");
        let storage: Vec<String> = match &database.location {
            Location::Folder(_) => vec!["--data".into(), data.to_str().unwrap().into()],
            Location::Postgres(url) => vec!["--database".into(), url.clone()],
        };
        let storage: Vec<&str> = storage.iter().map(String::as_str).collect();
        let relat = |arguments: &[&str]| -> Output {
            let mut command = Command::new(RELAT);
            command.args(arguments).arg("--key-file").arg(&key).args(&storage).env_clear();
            command.output().unwrap()
        };
        let (running, link) = Running::serve(&key, &storage);
        let anybody = Client { address: &running.address, cookie: "" };
        let token = link.unwrap().split_once("token=").unwrap().1.trim().to_owned();
        let cookie = anybody.join("admin", &token);
        let admin = Client { address: &running.address, cookie: &cookie };
        let made = json!({ "name": "k", "scopes": ["assess"], "per_minute": 100_000, "days": 1 });
        let secret =
            admin.json("POST /v1/keys", ("k1", &made)).unwrap().1["secret"].as_str().unwrap().to_owned();

        let (stop, seen, failed) =
            (AtomicBool::new(false), Mutex::new(BTreeMap::new()), Mutex::new(Vec::new()));
        let in_use = || {
            let (_, answer) = anybody.json("GET /v1/models", ("", &json!(null))).unwrap();
            answer["models"][0]["model"].as_str().unwrap().to_owned()
        };
        let first = in_use();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let client = Client { address: &running.address, cookie: "" };
                    let head = format!(
                        "POST /v1/assessments HTTP/1.1\r\nauthorization: Bearer {secret}\r\nx-rest: a"
                    );
                    while !stop.load(Ordering::SeqCst) {
                        match client.json(&head, ("", &json!({ "text": TEXT }))) {
                            Some((200, answer)) => {
                                let model = answer["versions"]["model"].as_str().unwrap().to_owned();
                                *seen.lock().unwrap().entry(model).or_insert(0usize) += 1;
                            }
                            other => failed.lock().unwrap().push(format!("{other:?}")),
                        }
                    }
                });
            }
            let done = relat(&["model", "use", other_bundle(folder).to_str().unwrap()]);
            assert!(done.status.success(), "help: {}", String::from_utf8_lossy(&done.stderr));
            until("the other model is in use", || in_use().ends_with("99.0.0"));
            std::thread::sleep(Duration::from_millis(300));
            assert!(
                !relat(&["model", "use", folder.to_str().unwrap()]).status.success(),
                "help: no bundle, no change"
            );
            let done = relat(&["model", "rollback"]);
            assert!(done.status.success(), "help: {}", String::from_utf8_lossy(&done.stderr));
            until("the first model is in use again", || in_use() == first);
            std::thread::sleep(Duration::from_millis(300));
            stop.store(true, Ordering::SeqCst);
        });
        let (seen, failed) = (seen.into_inner().unwrap(), failed.into_inner().unwrap());
        assert!(failed.is_empty(), "help: of {seen:?} requests, failed: {failed:?}");
        assert_eq!(seen.len(), 2, "help: both models answered, and each answer names its own: {seen:?}");
        assert!(
            !relat(&["model", "rollback"]).status.success(),
            "help: there is nothing further to go back to"
        );
        let audit = relat(&["audit", "export"]);
        let actions: Vec<String> = String::from_utf8_lossy(&audit.stdout)
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["action"].as_str().unwrap().to_owned())
            .filter(|action| action.starts_with("model."))
            .collect();
        assert_eq!(actions, ["model.use", "model.swap", "model.rollback", "model.swap"]);
        assert!(relat(&["audit", "verify"]).status.success());
    }
}

#[test]
fn ten_times_too_many_requests_are_answered_200_429_or_503_and_health_goes_on() {
    let data = tempfile::tempdir().unwrap();
    let health = free().to_string();
    let mut running = Running::start(
        data.path(),
        &["--health-bind", &health, "--queue", "4", "--threads", "1", "--log", "warn"],
    );
    let mut stderr = running.child.stderr.take().unwrap();
    let log = std::thread::spawn(move || {
        let mut log = String::new();
        stderr.read_to_string(&mut log).unwrap();
        log
    });
    let body = json!({ "text": TEXT.repeat(100) }).to_string();
    let (statuses, stop) = (Mutex::new(BTreeMap::new()), AtomicBool::new(false));
    let alive = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut alive = 0;
            while !stop.load(Ordering::SeqCst) {
                assert_eq!(get(&health, "/healthz").map(|(status, _)| status), Some(200));
                alive += 1;
                std::thread::sleep(Duration::from_millis(5));
            }
            alive
        });
        let clients: Vec<_> = (0..50)
            .map(|_| {
                scope.spawn(|| {
                    let client = Client { address: &running.address, cookie: "" };
                    for _ in 0..6 {
                        let answer = client.send("POST /v1/assessments", "application/json", ("", &body));
                        let status = answer.map_or(0, |(status, ..)| status);
                        *statuses.lock().unwrap().entry(status).or_insert(0usize) += 1;
                    }
                })
            })
            .collect();
        clients.into_iter().for_each(|client| client.join().unwrap());
        stop.store(true, Ordering::SeqCst);
        watcher.join().unwrap()
    });
    let statuses = statuses.into_inner().unwrap();
    println!("{statuses:?}, health answered {alive} times");
    assert!(statuses.keys().all(|status| [200, 429, 503].contains(status)), "help: {statuses:?}");
    assert!(statuses[&200] > 4 && statuses[&429] > 50, "help: it was not too many: {statuses:?}");
    assert_eq!(statuses.values().sum::<usize>(), 300);
    assert!(alive > 3);
    running.terminate();
    assert!(running.child.wait().unwrap().success());
    assert!(!log.join().unwrap().contains("panic"));
}

#[test]
fn a_text_is_not_read_for_a_client_who_has_gone() {
    let data = tempfile::tempdir().unwrap();
    let health = free().to_string();
    let running = Running::start(
        data.path(),
        &["--health-bind", &health, "--queue", "64", "--threads", "1", "--log", "warn"],
    );
    let body = json!({ "text": TEXT.repeat(400) }).to_string();
    let head = format!(
        "POST /v1/assessments HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let streams: Vec<TcpStream> = (0..24)
        .map(|_| {
            let mut stream = TcpStream::connect(&running.address).unwrap();
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(body.as_bytes()).unwrap();
            stream
        })
        .collect();
    until("texts wait", || counted(&health, "relat_texts_waiting") > 8.0);
    drop(streams);
    until("nothing waits", || {
        counted(&health, "relat_texts_waiting") + counted(&health, "relat_texts_reading") < 0.5
    });
    let gone = counted(&health, "relat_texts_total{outcome=\"gone\"}");
    let read = counted(&health, "relat_texts_total{outcome=\"read\"}");
    assert!(gone > 4.0, "help: {gone} were not read for nobody, {read} were read");
}
