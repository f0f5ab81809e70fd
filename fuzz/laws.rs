//! What holds of any input. The fuzzer's targets call these, and `tests/it/fuzz.rs` does over the kept inputs.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use relat_engine::{Document, Taxonomy, Versions};
use relat_eval::corpus::Record;
use relat_server::decisions::Act;
use relat_server::inference::{Inference, Limits, Model};
use relat_server::metrics::Metrics;
use relat_server::state::AppState;
use relat_server::store::{Location, Store};
use relat_server::vault::Keyring;
use relat_server::{bootstrap, http};
use relat_training::import::{parse_bank, parse_narratives};
use tempfile::TempDir;
use tower::ServiceExt;

/// The sentences of a text cover it, in order, on borders of characters.
pub(crate) fn segment(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(document) = Document::new(text) else {
        assert!(
            text.chars().all(is_unseen),
            "help: only a text in which nothing can be seen has no sentences"
        );
        return;
    };
    let mut at = 0;
    for sentence in document.sentences() {
        let (span, content) = (sentence.span, sentence.content);
        assert_eq!(span.start, at, "help: a gap or an overlap");
        assert!(text.get(span.start..span.end).is_some_and(|s| !s.is_empty()), "help: a character is cut");
        assert!(
            span.start <= content.start && content.end <= span.end,
            "help: content is beyond its sentence"
        );
        assert!(text.get(content.start..content.end).is_some(), "help: a character is cut");
        at = span.end;
    }
    assert_eq!(at, text.len());
}

fn is_unseen(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// A decision that is taken says the same when it is written and read again.
pub(crate) fn decision(bytes: &[u8]) {
    let Ok(act) = serde_json::from_slice::<Act>(bytes) else { return };
    let written = serde_json::to_vec(&act).unwrap();
    assert_eq!(serde_json::from_slice::<Act>(&written).unwrap(), act);
}

/// What annotators write is read, and is the same when it is written and read again; or it is refused with a line that it has.
pub(crate) fn import(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let taxonomy = Taxonomy::shipped();
    let lines = text.lines().count();
    for read in [parse_narratives(text, taxonomy), parse_bank(text, "w", taxonomy)] {
        match read {
            Ok(records) => records.iter().for_each(keeps),
            Err((line, _)) => assert!((1..=lines.max(1)).contains(&line), "help: line {line} of {lines}"),
        }
    }
}

fn keeps(record: &Record) {
    let written = serde_json::to_string(record).unwrap();
    let read: Record = serde_json::from_str(&written).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), written);
    assert!(read.document().is_ok(), "help: the sentences of a record are a text");
}

/// A service without a socket, whose model reads nothing: what is looked at is what comes before.
pub(crate) struct Api {
    runtime: tokio::runtime::Runtime,
    app: Router,
    _data: TempDir,
}

impl Api {
    /// Starts it.
    pub(crate) fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let data = tempfile::tempdir().unwrap();
        let app = runtime.block_on(async {
            let location = Location::Folder(data.path().to_owned());
            let store = Store::open(&location, Arc::new(Keyring::throwaway().unwrap())).await.unwrap();
            let version = String::from("0");
            let versions = Versions {
                engine: version.clone(),
                model: version.clone(),
                model_sha256: version.clone(),
                taxonomy: version.clone(),
                thresholds: version.clone(),
                catalogue: version,
            };
            let reader = Arc::new(|_: &str| Err(relat_engine::Error::EmptyText));
            let model = Model { reader, versions: Arc::new(versions), card: "".into() };
            let metrics = Arc::new(Metrics::default());
            let inference =
                Inference::start(model, Limits { threads: 1, queue: 4 }, Arc::clone(&metrics)).unwrap();
            let demo = Some(Arc::new(bootstrap::demo_person(&store).await.unwrap()));
            http::app(AppState { demo, max_bytes: 4096, ..AppState::new(inference, store, metrics) })
        });
        Self { runtime, app, _data: data }
    }

    /// Any bytes as a body: they are answered, never with an error of the service, and the answer is JSON.
    pub(crate) fn body(&self, bytes: &[u8]) {
        const JSON: &str = "application/json";
        let nobody = "/v1/interviews/00000000-0000-7000-8000-000000000000";
        let routes = [
            ("POST", "/v1/assessments".to_owned(), JSON),
            ("POST", "/v1/assessments/batch".to_owned(), JSON),
            ("POST", "/v1/assessments/stream".to_owned(), "application/x-ndjson"),
            ("POST", "/v1/cases".to_owned(), JSON),
            ("POST", format!("{nobody}/decisions"), JSON),
            ("PUT", format!("{nobody}/text"), JSON),
        ];
        for (method, path, media_type) in routes {
            let request = Request::builder()
                .method(method)
                .uri(&path)
                .header("content-type", media_type)
                .header("idempotency-key", uuid::Uuid::now_v7().to_string());
            let request = request.body(Body::from(bytes.to_vec())).unwrap();
            let (status, answer) = self.runtime.block_on(async {
                let (head, body) = self.app.clone().oneshot(request).await.unwrap().into_parts();
                (head.status, to_bytes(body, usize::MAX).await.unwrap())
            });
            assert!(!status.is_server_error(), "help: {path} answers {status}");
            for line in answer.split(|&b| b == b'\n').filter(|line| !line.is_empty()) {
                let told: serde_json::Value = serde_json::from_slice(line).unwrap();
                assert!(told.is_object(), "help: {path} answers {told}");
            }
        }
    }
}
