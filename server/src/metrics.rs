//! What is counted, for Prometheus. Every label has a bounded set of values: routes as they are written in the router,
//! standard methods, statuses, stages. None has a text, an id or a path.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Upper bounds of the histograms, seconds.
const BOUNDS: [f64; 13] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

type Seconds<L> = Family<L, Histogram, fn() -> Histogram>;

/// Which request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    /// As the router has it, such as `/v1/cases/{id}`; `none` where there is no route.
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

/// Where the time of a text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Waiting for a thread of the model.
    Queue,
    /// Sentences, languages and tokens.
    Tokenise,
    /// Everything that the model computes.
    Infer,
}

impl Stage {
    const fn word(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Tokenise => "tokenise",
            Self::Infer => "infer",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InStage {
    stage: &'static str,
}

/// How a text left the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was read.
    Read,
    /// It was refused by the engine.
    Refused,
    /// The model panicked.
    Panicked,
    /// The queue was full.
    Busy,
    /// Nobody waited for it any more.
    Gone,
}

impl Outcome {
    const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Refused => "refused",
            Self::Panicked => "panicked",
            Self::Busy => "busy",
            Self::Gone => "gone",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    outcome: &'static str,
}

/// A model as a label; there is one of them at a time.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Loaded {
    model: String,
    sha256: String,
}

/// The service's counts.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    request_seconds: Seconds<Route>,
    stage_seconds: Seconds<InStage>,
    texts: Family<Ended, Counter>,
    /// Texts that wait.
    pub(crate) waiting: Gauge,
    /// Texts that are being read.
    pub(crate) reading: Gauge,
    model: Family<Loaded, Gauge>,
    swaps: Counter,
    resident: Gauge<f64, AtomicU64>,
}

fn histogram() -> Histogram {
    Histogram::new(BOUNDS)
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("relat");
        let metrics = Self {
            requests: Family::default(),
            request_seconds: Family::new_with_constructor(histogram),
            stage_seconds: Family::new_with_constructor(histogram),
            texts: Family::default(),
            waiting: Gauge::default(),
            reading: Gauge::default(),
            model: Family::default(),
            swaps: Counter::default(),
            resident: Gauge::default(),
            registry: Registry::default(),
        };
        registry.register("http_requests", "Requests by route and status", metrics.requests.clone());
        registry.register_with_unit(
            "http_request",
            "Time from the head of a request to the head of its answer",
            Unit::Seconds,
            metrics.request_seconds.clone(),
        );
        registry.register_with_unit(
            "text_stage",
            "Time of a text by stage: queue, tokenise, infer",
            Unit::Seconds,
            metrics.stage_seconds.clone(),
        );
        registry.register("texts", "Texts by how they left the queue", metrics.texts.clone());
        registry.register("texts_waiting", "Texts that wait for the model", metrics.waiting.clone());
        registry.register("texts_reading", "Texts that are being read", metrics.reading.clone());
        registry.register("model", "1 for the model that is in use", metrics.model.clone());
        registry.register("model_swaps", "Models that took the place of another", metrics.swaps.clone());
        registry.register_with_unit(
            "process_resident",
            "Memory of the process",
            Unit::Bytes,
            metrics.resident.clone(),
        );
        Self { registry, ..metrics }
    }
}

impl Metrics {
    /// Counts an answer.
    pub(crate) fn answered(&self, (method, route): (&'static str, &str), status: u16, took: Duration) {
        let route = route.to_owned();
        self.request_seconds.get_or_create(&Route { route: route.clone() }).observe(took.as_secs_f64());
        self.requests.get_or_create(&Answered { method, route, status }).inc();
    }

    /// Counts the time of a text in a stage.
    pub(crate) fn spent(&self, stage: Stage, took: Duration) {
        self.stage_seconds.get_or_create(&InStage { stage: stage.word() }).observe(took.as_secs_f64());
    }

    /// Counts a text that left the queue.
    pub(crate) fn ended(&self, outcome: Outcome) {
        self.texts.get_or_create(&Ended { outcome: outcome.word() }).inc();
    }

    /// Says which model is in use.
    pub(crate) fn model(&self, model: &str, sha256: &str) {
        self.model.clear();
        let loaded = Loaded { model: model.to_owned(), sha256: sha256.to_owned() };
        self.model.get_or_create(&loaded).set(1);
    }

    /// Counts a swap of models.
    pub(crate) fn swapped(&self) {
        self.swaps.inc();
    }

    /// Everything, in OpenMetrics' text form.
    #[must_use]
    pub fn text(&self) -> String {
        if let Some(bytes) = resident_bytes() {
            self.resident.set(bytes);
        }
        let mut text = String::new();
        if encode(&mut text, &self.registry).is_err() {
            text.clear();
            text.push_str("# EOF\n");
        }
        text
    }
}

/// Memory of this process, where the system tells.
fn resident_bytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u32 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(f64::from(kib) * 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_told_once_by_label() {
        let metrics = Metrics::default();
        for status in [200, 200, 404] {
            metrics.answered(("GET", "/v1/cases/{id}"), status, Duration::from_millis(2));
        }
        metrics.spent(Stage::Infer, Duration::from_millis(30));
        metrics.model("a 1", "00");
        metrics.model("b 2", "11");
        let text = metrics.text();
        for line in [
            "relat_http_requests_total{method=\"GET\",route=\"/v1/cases/{id}\",status=\"200\"} 2",
            "relat_http_requests_total{method=\"GET\",route=\"/v1/cases/{id}\",status=\"404\"} 1",
            "relat_http_request_seconds_count{route=\"/v1/cases/{id}\"} 3",
            "relat_text_stage_seconds_bucket{le=\"0.05\",stage=\"infer\"} 1",
            "relat_model{model=\"b 2\",sha256=\"11\"} 1",
        ] {
            assert!(text.contains(line), "help: no {line} in\n{text}");
        }
        assert!(!text.contains("\"a 1\""), "help: one model is in use");
        assert!(text.ends_with("# EOF\n"));
    }
}
