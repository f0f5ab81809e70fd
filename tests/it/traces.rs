//! Traces by OTLP, as a collector gets them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::kill::Client;
use crate::support::Running;

/// Not a word of any language.
const CANARY: &str = "Qvetzaltrace";

/// A collector: answers every request, and keeps what it was sent.
pub(crate) struct Collector {
    pub(crate) endpoint: String,
    pub(crate) sent: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Collector {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}/", listener.local_addr().unwrap());
        let sent = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&sent);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                // One connection may bring many requests.
                while let Some((head, body)) = request(&mut reader) {
                    keep.lock().unwrap().push((head, serde_json::from_slice(&body).unwrap()));
                    let answer =
                        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
                    stream.write_all(answer.as_bytes()).unwrap();
                }
            }
        });
        Self { endpoint, sent }
    }
}

fn request(reader: &mut impl BufRead) -> Option<(String, Vec<u8>)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
    });
    let mut body = vec![0; length?];
    reader.read_exact(&mut body).ok()?;
    Some((head, body))
}

fn attribute<'a>(span: &'a Value, key: &str) -> Option<&'a Value> {
    span["attributes"].as_array()?.iter().find(|a| a["key"] == key).map(|a| &a["value"])
}

#[test]
fn a_collector_gets_each_request_with_its_stages_and_no_word_of_a_text() {
    let collector = Collector::start();
    let data = tempfile::tempdir().unwrap();
    let set = ["--log", "error", "--otlp-endpoint", &collector.endpoint];
    let mut running = Running::start(data.path(), &set);
    let client = Client { address: &running.address, cookie: "" };
    let text = json!({ "text": format!("La {CANARY} fa tres mesos que no paga el lloguer.") });
    assert_eq!(client.json("POST /v1/assessments", ("", &text)).unwrap().0, 200);
    let (status, problem) = client.json(&format!("GET /v1/cases/{CANARY}"), ("", &json!(null))).unwrap();
    assert_eq!(status, 404);
    client.json(&format!("GET /{CANARY}?{CANARY}={CANARY}"), ("", &json!(null))).unwrap();
    client.json(&format!("{CANARY} /v1/cases"), ("", &text)).unwrap();
    client
        .json(&format!("POST /v1/cases HTTP/1.1\r\ntraceparent: {CANARY}\r\nx-rest: a"), ("", &text))
        .unwrap();
    // What has not been sent when it ends is sent then.
    running.terminate();
    assert!(running.child.wait().unwrap().success());

    let sent = collector.sent.lock().unwrap();
    let mut spans = Vec::new();
    for (head, body) in sent.iter() {
        assert!(head.starts_with("POST /v1/traces HTTP/1.1"), "help: {head}");
        assert!(head.to_lowercase().contains("content-type: application/json"), "help: {head}");
        let told = format!("{head}{body}").to_lowercase();
        assert!(!told.contains(&CANARY.to_lowercase()), "help: {told}");
        let resource = &body["resourceSpans"][0];
        assert_eq!(attribute(&resource["resource"], "service.name").unwrap()["stringValue"], "relat");
        spans.extend(resource["scopeSpans"][0]["spans"].as_array().unwrap().clone());
    }
    let hexadecimal = |value: &Value, n: usize| {
        let id = value.as_str().unwrap();
        id.len() == n && id.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')) && id.contains(|c| c != '0')
    };
    let mut ids = BTreeMap::new();
    for span in &spans {
        assert!(hexadecimal(&span["traceId"], 32) && hexadecimal(&span["spanId"], 16), "help: {span}");
        let time = |key: &str| span[key].as_str().unwrap().parse::<u64>().unwrap();
        assert!(time("startTimeUnixNano") <= time("endTimeUnixNano"), "help: {span}");
        assert!(ids.insert(span["spanId"].as_str().unwrap(), span).is_none(), "help: {span} twice");
    }
    let named = |name: &str| spans.iter().filter(|s| s["name"] == name).collect::<Vec<_>>();
    let scored = named("POST /v1/assessments");
    assert_eq!(scored.len(), 1);
    assert_eq!(attribute(scored[0], "http.response.status_code").unwrap()["intValue"], "200");
    assert_eq!((&scored[0]["kind"], scored[0].get("parentSpanId")), (&json!(2), None));
    for stage in ["queue", "tokenise", "infer"] {
        let stages = named(stage);
        assert_eq!(stages.len(), 1, "help: {stage}");
        let above = ids[stages[0]["parentSpanId"].as_str().unwrap()];
        assert_eq!((above, &above["traceId"]), (scored[0], &stages[0]["traceId"]), "help: {stage}");
    }
    let missing = named("GET /v1/cases/{id}");
    assert_eq!(missing[0]["traceId"], problem["trace_id"], "help: a problem names its trace");
    assert_eq!(attribute(missing[0], "http.route").unwrap()["stringValue"], "/v1/cases/{id}");
    let none = spans.iter().filter(|s| s["kind"] == 2 && attribute(s, "http.route").is_none()).count();
    assert_eq!(none, 1, "help: where there is no route, none is told");
}

#[test]
fn a_collector_that_is_not_there_keeps_nobody_waiting_and_none_is_refused() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let data = tempfile::tempdir().unwrap();
    let endpoint = format!("http://{closed}");
    let mut running = Running::start(data.path(), &["--log", "warn", "--otlp-endpoint", &endpoint]);
    let client = Client { address: &running.address, cookie: "" };
    for _ in 0..3 {
        assert_eq!(client.json("GET /v1/models", ("", &json!(null))).unwrap().0, 200);
    }
    running.terminate();
    let mut err = String::new();
    running.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert!(running.child.wait().unwrap().success());
    assert_eq!(err.matches("the collector does not take traces").count(), 1, "help: {err}");
}
