//! What the tests share: the shipped model, a service without a socket, a service with one.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use relat_engine::{Pipeline, Taxonomy, Versions};
use relat_eval::corpus::{self, Record};
use relat_server::inference::{Inference, Limits, Model, Reader};
use relat_server::metrics::Metrics;
use relat_server::state::AppState;
use relat_server::{bootstrap, http};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

use crate::database::Database;

/// The program, as cargo built it with these tests.
pub(crate) const RELAT: &str = env!("CARGO_BIN_EXE_relat-under-test");

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The bundle that the tests run with: the baseline, which stays whatever ships.
pub(crate) fn bundle() -> PathBuf {
    // Pictures and walks are of the model that ships: RELAT_TEST_MODEL=models/default.
    let asked = std::env::var_os("RELAT_TEST_MODEL");
    root().join(asked.unwrap_or_else(|| "models/linear".into()))
}

/// The card of the baseline.
fn card() -> Arc<str> {
    std::fs::read_to_string(bundle().join("MODEL_CARD.md")).unwrap().into()
}

static PIPELINE: LazyLock<Arc<Pipeline>> = LazyLock::new(|| Arc::new(Pipeline::load(&bundle()).unwrap()));

/// The loaded baseline.
pub(crate) fn pipeline() -> Arc<Pipeline> {
    Arc::clone(&PIPELINE)
}

/// The answer that a text should have, as JSON that has been written and read once: a 32-bit float is written with the
/// digits that tell it apart, and read as the 64-bit float that these digits name.
pub(crate) fn expected(text: &str) -> Value {
    serde_json::from_str(&serde_json::to_string(&pipeline().assess(text).unwrap()).unwrap()).unwrap()
}

/// Every `step`th narrative of the corpus.
pub(crate) fn narratives(step: usize) -> Vec<Record> {
    let all = corpus::read_dir(&root().join("corpora/narratives"), Taxonomy::shipped()).unwrap();
    all.into_iter().step_by(step).collect()
}

/// Threads and queue of a service whose queue is not what is looked at.
const LIMITS: Limits = Limits { threads: 2, queue: 64 };

/// A service that is called without a socket, and its data folder.
pub(crate) struct Service {
    pub(crate) app: Router,
    pub(crate) state: AppState,
    pub(crate) data: TempDir,
}

/// An answer that has been read whole.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("help: no header {name}")).to_str().unwrap()
    }
}

impl Service {
    /// With the baseline.
    pub(crate) async fn new(max_bytes: usize) -> Self {
        let pipeline = pipeline();
        let versions = pipeline.versions().clone();
        let reader = Arc::new(move |text: &str| pipeline.assess(text));
        Self::with(reader, versions, max_bytes, LIMITS).await
    }

    /// With another reader.
    pub(crate) async fn with(
        reader: Arc<dyn Reader>,
        versions: Versions,
        max_bytes: usize,
        limits: Limits,
    ) -> Self {
        let database = Database::sqlite();
        let store = database.open().await;
        let model = Model { reader, versions: Arc::new(versions), card: card() };
        let metrics = Arc::new(Metrics::default());
        let inference = Inference::start(model, limits, Arc::clone(&metrics)).unwrap();
        let state = AppState {
            demo: Some(Arc::new(bootstrap::demo_person(&store).await.unwrap())),
            max_bytes,
            ..AppState::new(inference, store, metrics)
        };
        Self { app: http::app(state.clone()), state, data: database.folder }
    }

    /// With the baseline and people who sign in, on a database.
    pub(crate) async fn real(database: Database) -> Self {
        let pipeline = pipeline();
        let versions = Arc::new(pipeline.versions().clone());
        let reader = Arc::new(move |text: &str| pipeline.assess(text));
        let metrics = Arc::new(Metrics::default());
        let inference =
            Inference::start(Model { reader, versions, card: card() }, LIMITS, Arc::clone(&metrics)).unwrap();
        let state =
            AppState { max_bytes: 1 << 16, ..AppState::new(inference, database.open().await, metrics) };
        Self { app: http::app(state.clone()), state, data: database.folder }
    }

    pub(crate) async fn call(&self, request: Request<Body>) -> Answer {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, usize::MAX).await.unwrap(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, media_type: &str, body: impl Into<Body>) -> Answer {
        let request = Request::post("/v1/assessments").header("content-type", media_type);
        self.call(request.body(body.into()).unwrap()).await
    }

    /// Scores a text as somebody who has signed in.
    pub(crate) async fn assess_as(&self, cookie: &str, text: &str) -> Answer {
        let request = Request::post("/v1/assessments").header("content-type", "application/json");
        let body = Body::from(serde_json::json!({ "text": text }).to_string());
        self.call(request.header("cookie", cookie).body(body).unwrap()).await
    }

    /// Scores a text.
    pub(crate) async fn assess(&self, text: &str) -> Answer {
        self.post("application/json", serde_json::json!({ "text": text }).to_string()).await
    }
}

/// The program, running and ready.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) address: String,
}

impl Running {
    /// Starts the service on a free port, with further arguments.
    pub(crate) fn start(data: &Path, arguments: &[&str]) -> Self {
        Self::demonstrate(&[&["--data", data.to_str().unwrap()], arguments].concat())
    }

    /// The same, wherever the arguments say that it keeps what it is told.
    pub(crate) fn demonstrate(arguments: &[&str]) -> Self {
        let mut child = Command::new(RELAT)
            .args(["--bind", "127.0.0.1:0"])
            .arg("--model")
            .arg(bundle())
            .args(arguments)
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut ready).unwrap();
        let address = ready.trim().trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
        assert!(ready.contains("ready"), "help: relat did not become ready; it printed “{}”", ready.trim());
        Self { child, address }
    }

    /// Starts the service in earnest, with a key; returns the first administrator's link as well, while there is one.
    pub(crate) fn serve(key: &Path, arguments: &[&str]) -> (Self, Option<String>) {
        let mut child = Command::new(RELAT)
            .args(["serve", "--log", "warn", "--key-file"])
            .arg(key)
            // A test may want an address that was used before.
            .args(if arguments.contains(&"--bind") { &[][..] } else { &["--bind", "127.0.0.1:0"] })
            .arg("--model")
            .arg(bundle())
            .args(arguments)
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut link = None;
        for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
            let address = line.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            match line.contains("ready") {
                true => return (Self { address: address.to_owned(), child }, link),
                false => link = Some(line),
            }
        }
        panic!("help: relat did not become ready");
    }

    /// Sends bytes as they are, and reads all that comes back.
    pub(crate) fn send(&self, request: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request).unwrap();
        let mut answer = Vec::new();
        // The server may close early on a body that is too long: what it said is what counts.
        drop(stream.read_to_end(&mut answer));
        answer
    }

    /// Asks the program to end, as a service manager does.
    pub(crate) fn terminate(&self) {
        assert!(
            Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().unwrap().success()
        );
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
