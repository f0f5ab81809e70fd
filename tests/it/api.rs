//! The HTTP API, against the baseline.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use relat_engine::{Assessment, Document, Evidence, Taxonomy};
use relat_server::inference::Limits;
use serde_json::{Value, json};

use crate::support::{Answer, Service, expected, narratives, pipeline};

const MAX: usize = 4096;

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_is_the_engines_own_and_keeps_to_the_published_schema() {
    let service = Service::new(1 << 16).await;
    let schema = service.get("/v1/schema/assessment.json").await;
    assert_eq!(schema.header("content-type"), "application/schema+json");
    let validator = jsonschema::draft202012::new(&schema.json()).unwrap();
    for record in narratives(100) {
        let answer = service.assess(&record.text).await;
        assert_eq!(answer.status, StatusCode::OK, "help: {}", record.id);
        assert_eq!(answer.json(), expected(&record.text), "help: {}", record.id);
        let errors: Vec<_> =
            validator.iter_errors(&answer.json()).map(|e| e.instance_path().to_string()).collect();
        assert!(errors.is_empty(), "help: {} differs from the schema at {errors:?}", record.id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_finding_rests_on_text_that_bytes_and_utf16_name_alike() {
    let service = Service::new(1 << 16).await;
    for record in narratives(40) {
        // Characters outside the basic plane count two in UTF-16 and four in bytes.
        let text = format!("👩‍👧 {}", record.text);
        let wide: Vec<u16> = text.encode_utf16().collect();
        let answer: Assessment = serde_json::from_slice(&service.assess(&text).await.body).unwrap();
        let check = |evidence: &[Evidence], what: &str| {
            for e in evidence {
                let said = text.get(e.start..e.end).unwrap_or_default();
                assert!(!said.trim().is_empty(), "help: {what} of {} rests on nothing", record.id);
                let in_browser = wide.get(e.start_utf16..e.end_utf16).unwrap_or_default();
                assert_eq!(String::from_utf16(in_browser).unwrap(), said, "help: {what} of {}", record.id);
            }
        };
        for need in &answer.needs {
            assert!(!need.evidence.is_empty());
            check(&need.evidence, &need.code);
        }
        for demand in &answer.demands {
            assert!(!demand.evidence.is_empty());
            check(&demand.evidence, &demand.code);
        }
        for level in &answer.levels {
            assert!(level.level.is_none() || !level.evidence.is_empty());
            check(&level.evidence, &level.domain);
        }
        let covered: String = answer.sentences.iter().filter_map(|s| text.get(s.start..s.end)).collect();
        assert_eq!(covered, text);
    }
}

fn check_problem(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status.as_u16(), status, "help: expected {code}");
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = answer.json();
    assert_eq!(problem["code"], code);
    assert_eq!(problem["status"], status);
    assert_eq!(problem["type"], format!("urn:relat:problem:{code}"));
    for member in ["title", "detail"] {
        assert!(
            problem[member].as_str().is_some_and(|words| !words.is_empty()),
            "help: no {member} in {code}"
        );
    }
    assert!(!answer.headers.contains_key("x-assessment-id"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_a_problem_with_a_stable_code() {
    let service = Service::new(MAX).await;
    let json = "application/json";
    let check = async |media_type: &str, body: Vec<u8>, status: u16, code: &str| {
        check_problem(&service.post(media_type, body).await, status, code);
    };
    let text = |text: &str| json!({ "text": text }).to_string().into_bytes();
    check(json, text(""), 422, "empty_text").await;
    check(json, text(" \n\u{a0}\t"), 422, "empty_text").await;
    check(json, text(&"a".repeat(MAX + 1)), 413, "text_too_long").await;
    check(json, text(&"é".repeat(MAX / 2 + 1)), 413, "text_too_long").await;
    check(json, text(&"a".repeat(MAX * 7)), 413, "body_too_long").await;
    check(json, b"{\"text\": \"a".to_vec(), 400, "not_json").await;
    check(json, vec![], 400, "not_json").await;
    check(json, b"{\"text\": \"\\ud800\"}".to_vec(), 400, "not_json").await;
    check(json, b"{\"text\": \"\xff\"}".to_vec(), 400, "not_utf8").await;
    check(json, b"{\"txt\": \"a\"}".to_vec(), 422, "invalid_body").await;
    check(json, b"{\"text\": \"a\", \"more\": 1}".to_vec(), 422, "invalid_body").await;
    check(json, b"{\"text\": 7}".to_vec(), 422, "invalid_body").await;
    check(json, b"[]".to_vec(), 422, "invalid_body").await;
    check("text/plain", text("a"), 415, "unsupported_media_type").await;
    check("", text("a"), 415, "unsupported_media_type").await;
    let ok = service.post("Application/JSON; charset=utf-8", text("No té feina.")).await;
    assert_eq!(ok.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_as_long_as_the_limit_is_taken_even_when_json_writes_it_six_times_as_long() {
    let service = Service::new(MAX).await;
    let text = format!("No té feina.{}", "\u{1}".repeat(MAX - "No té feina.".len()));
    assert_eq!(text.len(), MAX);
    let answer = service.assess(&text).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_paths_methods_and_ids_are_problems_too() {
    let service = Service::new(MAX).await;
    check_problem(&service.get("/v2/assessments").await, 404, "not_found");
    check_problem(&service.get("/v1/assessments").await, 405, "method_not_allowed");
    check_problem(&service.get("/v1/assessments/not-an-id").await, 404, "not_found");
    check_problem(
        &service.get("/v1/assessments/01930000-0000-7000-8000-000000000000").await,
        404,
        "not_found",
    );
    check_problem(&service.get("/assets/0/nothing.js").await, 404, "not_found");
    let put = Request::put("/v1/taxonomy").body(Body::empty()).unwrap();
    check_problem(&service.call(put).await, 405, "method_not_allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_in_the_log_with_its_codes_and_without_its_text() {
    let service = Service::new(1 << 16).await;
    for record in narratives(300) {
        let answer = service.assess(&record.text).await;
        let id = answer.header("x-assessment-id");
        let entry = service.get(&format!("/v1/assessments/{id}")).await;
        assert_eq!(entry.status, StatusCode::OK);
        let (entry, assessment) = (entry.json(), answer.json());
        assert_eq!(entry["id"], id);
        assert_eq!(entry["source"], "api");
        assert_eq!(entry["n_bytes"], record.text.len());
        assert_eq!(entry["language"], assessment["language"]);
        assert_eq!(entry["versions"], assessment["versions"]);
        let pick = |list: &Value, keys: &[&str]| -> Vec<Vec<Value>> {
            let list = list.as_array().unwrap();
            list.iter().map(|item| keys.iter().map(|&key| item[key].clone()).collect()).collect()
        };
        let needs = ["code", "status", "probability", "suggested"];
        assert_eq!(pick(&entry["findings"]["needs"], &needs), pick(&assessment["needs"], &needs));
        let demands = ["code", "probability", "suggested"];
        assert_eq!(pick(&entry["findings"]["demands"], &demands), pick(&assessment["demands"], &demands));
        let levels = ["domain", "level", "assessable"];
        assert_eq!(pick(&entry["findings"]["levels"], &levels), pick(&assessment["levels"], &levels));
        for key in ["start", "end", "evidence", "text", "sentences"] {
            assert!(!entry.to_string().contains(&format!("\"{key}\"")), "help: {key} is in the log");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_answered_that_cannot_be_logged() {
    let service = Service::new(MAX).await;
    assert_eq!(service.get("/readyz").await.status, StatusCode::OK);
    service.state.store.close().await;
    let answer = service.assess("Fa tres mesos que no paga el lloguer.").await;
    check_problem(&answer, 503, "store_unavailable");
    check_problem(&service.get("/readyz").await, 503, "store_unavailable");
    assert_eq!(
        service.get("/healthz").await.status,
        StatusCode::OK,
        "help: a service without its log still lives"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_is_429_and_a_panic_is_500_and_both_pass() {
    let (entered, leave) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let calm = Arc::new(AtomicBool::new(false));
    let pipeline = pipeline();
    let versions = pipeline.versions().clone();
    let reader = {
        let (entered, leave, calm) = (Arc::clone(&entered), Arc::clone(&leave), Arc::clone(&calm));
        move |text: &str| {
            if !calm.load(Ordering::SeqCst) {
                entered.wait();
                leave.wait();
                panic!("help: this panic is the test's own");
            }
            pipeline.assess(text)
        }
    };
    let service = Service::with(Arc::new(reader), versions, MAX, Limits { threads: 1, queue: 1 }).await;
    let service = Arc::new(service);
    let ask = || {
        let service = Arc::clone(&service);
        tokio::spawn(async move { service.assess("No té feina.").await })
    };
    let running = ask();
    tokio::task::spawn_blocking(move || entered.wait()).await.unwrap();
    // The thread is busy: of these, one waits and every other one is refused.
    let mut others: Vec<_> = (0..8).map(|_| ask()).collect();
    let mut refused = 0;
    while refused < 7 {
        let (answer, _, rest) = select_first(others).await;
        check_problem(&answer, 429, "busy");
        assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0);
        (others, refused) = (rest, refused + 1);
    }
    calm.store(true, Ordering::SeqCst);
    tokio::task::spawn_blocking(move || leave.wait()).await.unwrap();
    check_problem(&running.await.unwrap(), 500, "internal");
    for waiting in others {
        assert_eq!(waiting.await.unwrap().status, StatusCode::OK);
    }
    assert_eq!(service.assess("No té feina.").await.status, StatusCode::OK);
}

type Asked = tokio::task::JoinHandle<Answer>;

/// The first of several that ends, its place, and the others.
async fn select_first(mut asked: Vec<Asked>) -> (Answer, usize, Vec<Asked>) {
    loop {
        if let Some(i) = asked.iter().position(tokio::task::JoinHandle::is_finished) {
            let first = asked.swap_remove(i);
            return (first.await.unwrap(), i, asked);
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_get_what_each_gets_alone() {
    let service = Arc::new(Service::new(1 << 16).await);
    let records = narratives(50);
    let together: Vec<_> = records
        .iter()
        .map(|record| {
            let (service, text) = (Arc::clone(&service), record.text.clone());
            tokio::spawn(async move { service.assess(&text).await.body })
        })
        .collect();
    for (record, answer) in records.iter().zip(together) {
        let alone = serde_json::to_vec(&pipeline().assess(&record.text).unwrap()).unwrap();
        assert_eq!(answer.await.unwrap(), alone, "help: {}", record.id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lists_and_the_versions_are_those_in_use() {
    let service = Service::new(MAX).await;
    let lists = service.get("/v1/taxonomy").await.json();
    let t = Taxonomy::shipped();
    assert_eq!(lists["version"], t.version());
    let sizes = ["needs", "demands", "domains", "actions"].map(|list| lists[list].as_array().unwrap().len());
    assert_eq!(sizes, [t.needs().len(), t.demands().len(), t.domains().len(), t.actions().len()]);
    for (need, item) in t.needs().iter().zip(lists["needs"].as_array().unwrap()) {
        assert_eq!((&item["code"], &item["alert"]), (&json!(need.code), &json!(need.alert)));
        assert_eq!(item["domain"], t.domains()[need.domain].code);
        assert_eq!(
            item["labels"],
            json!({ "ca": need.labels.ca, "es": need.labels.es, "en": need.labels.en })
        );
    }
    let models = service.get("/v1/models").await.json();
    let expected = serde_json::to_value(pipeline().versions()).unwrap();
    assert_eq!(models, json!({ "models": [expected] }));
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_texts_are_read_and_not_refused() {
    let service = Service::new(1 << 16).await;
    let combining = "No te\u{301} feina, i a\u{300} més no dorm.";
    for text in ["a", "\u{0}", "…", "🙂", combining, "x\u{200b}y", &"a".repeat(1 << 16), "日本語の文章。"]
    {
        let answer = service.assess(text).await;
        let expected =
            if Document::new(text).is_ok() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        assert_eq!(
            answer.status,
            expected,
            "help: {} bytes beginning with {:?}",
            text.len(),
            text.chars().next()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_texts_are_answered_byte_for_byte_as_each_alone() {
    let service = Service::new(1 << 16).await;
    let texts: Vec<String> = narratives(37).into_iter().take(32).map(|r| r.text).collect();
    assert_eq!(texts.len(), 32);
    let ask = async |path: &str, media_type: &str, body: String| {
        let request = Request::post(path).header("content-type", media_type).body(Body::from(body)).unwrap();
        service.call(request).await
    };
    let batch = ask("/v1/assessments/batch", "application/json", json!({ "texts": texts }).to_string()).await;
    assert_eq!(batch.status, StatusCode::OK);
    let lines: String = texts.iter().map(|text| format!("{}\n", json!({ "text": text }))).collect();
    let streamed = ask("/v1/assessments/stream", "application/x-ndjson", lines).await;
    assert_eq!(streamed.header("content-type"), "application/x-ndjson");
    let (mut rest, stream) =
        (String::from_utf8(batch.body.to_vec()).unwrap(), String::from_utf8(streamed.body.to_vec()).unwrap());
    let mut answers = stream.lines();
    for text in &texts {
        let alone = String::from_utf8(service.assess(text).await.body.to_vec()).unwrap();
        // The batch is in the order of the texts: each answer follows the one before.
        let item = format!("\"assessment\":{alone}}}");
        rest = rest
            .split_once(&item)
            .expect("help: a text's answer in a batch is its answer alone")
            .1
            .to_owned();
        assert!(answers.next().unwrap().ends_with(&item), "help: a line is the answer alone as well");
    }
    assert_eq!((rest.as_str(), answers.next()), ("]}", None));

    let mixed = ask(
        "/v1/assessments/batch",
        "application/json",
        json!({ "texts": ["No té feina.", " "] }).to_string(),
    )
    .await
    .json();
    assert_eq!(
        (&mixed["items"][1]["error"]["index"], &mixed["items"][1]["error"]["code"]),
        (&json!(1), &json!("empty_text"))
    );
    assert!(mixed["items"][0]["assessment"].is_object());
    for texts in [json!([]), json!(vec!["a"; 33])] {
        let refused =
            ask("/v1/assessments/batch", "application/json", json!({ "texts": texts }).to_string()).await;
        check_problem(&refused, 422, "invalid_field");
    }
    let odd =
        "{\"text\": \"No té feina.\"}\n\nnot json\n{\"text\": \"\"}\r\n{\"text\": \"No dorm.\"}".to_owned();
    let odd = ask("/v1/assessments/stream", "application/x-ndjson", odd).await;
    let codes: Vec<Value> = String::from_utf8(odd.body.to_vec())
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["error"]["code"].clone())
        .collect();
    assert_eq!(codes, [Value::Null, json!("not_json"), json!("empty_text"), Value::Null]);
    let endless = ask("/v1/assessments/stream", "application/x-ndjson", "a".repeat(1 << 20)).await;
    assert!(String::from_utf8_lossy(&endless.body).contains("body_too_long"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_too_long_is_given_up() {
    let versions = pipeline().versions().clone();
    let (open, wait) = std::sync::mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let reader = move |_: &str| {
        wait.lock().unwrap().recv().unwrap();
        Err(relat_engine::Error::EmptyText)
    };
    let mut service = Service::with(Arc::new(reader), versions, MAX, Limits { threads: 1, queue: 1 }).await;
    service.state.deadline = std::time::Duration::from_millis(50);
    service.app = relat_server::http::app(service.state.clone());
    check_problem(&service.assess("No té feina.").await, 503, "deadline");
    assert_eq!(service.get("/healthz").await.status, StatusCode::OK);
    open.send(()).unwrap();
}
