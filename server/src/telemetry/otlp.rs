//! Traces for a collector that the operator names: OTLP 1 over HTTP, in its JSON form.
//!
//! A trace is a request, under the id that its answer and its log lines carry; within it are the stages of the texts that it
//! had read. A span has a name, two times and three attributes, and takes nothing else of what is recorded: so that there is
//! no field that a text could be in. This is why it is written out here, and not left to a library that exports whatever the
//! program and its dependencies record.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;
use ureq::http::Uri;
use uuid::Uuid;

use super::Error;
use crate::store::now;

/// How long a span waits for others to be sent with.
const EVERY: Duration = Duration::from_secs(1);
/// Most spans that are sent at once.
const BATCH: usize = 256;
/// Spans that may wait; what comes then is left out, and the service goes on.
const QUEUE: usize = 4096;
/// How long a collector may take for a batch, and how long in all when the service ends.
const PATIENCE: Duration = Duration::from_secs(10);

/// An address that is none of a collector.
#[derive(Debug, thiserror::Error)]
#[error("--otlp-endpoint must be the http or https address of a collector, such as http://127.0.0.1:4318")]
pub struct BadEndpoint;

/// A finished span, or the word that there are no more.
enum Message {
    Span(Box<Done>),
    End,
}

struct Done {
    open: Open,
    name: &'static str,
    ended: i128,
}

/// A span that is not over.
struct Open {
    /// 32 hexadecimal digits.
    trace: String,
    id: u64,
    parent: Option<u64>,
    /// Nanoseconds since 1970.
    begun: i128,
    seen: Seen,
}

/// What is taken of a span's fields.
#[derive(Default)]
struct Seen {
    id: Option<String>,
    method: Option<String>,
    route: Option<String>,
    status: Option<u64>,
}

impl Visit for Seen {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let place = match field.name() {
            "id" => &mut self.id,
            "method" => &mut self.method,
            "route" => &mut self.route,
            _ => return,
        };
        *place = Some(format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "status" {
            self.status = Some(value);
        }
    }
}

/// Takes spans of requests, and of what is within them.
pub(super) struct Spans(SyncSender<Message>);

/// What is taken: spans of our own, at the level of requests.
pub(super) fn takes(meta: &Metadata<'_>) -> bool {
    meta.is_span() && meta.target().starts_with("relat_server") && *meta.level() <= Level::INFO
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut seen = Seen::default();
        attributes.record(&mut seen);
        let above = span
            .parent()
            .and_then(|above| above.extensions().get::<Open>().map(|open| (open.trace.clone(), open.id)));
        let (trace, parent) = match (above, seen.id.take()) {
            (Some((trace, parent)), _) => (trace, Some(parent)),
            (None, Some(trace)) => (trace, None),
            (None, None) => return,
        };
        let (_, id) = Uuid::now_v7().as_u64_pair();
        let begun = now().unix_timestamp_nanos();
        span.extensions_mut().insert(Open { trace, id, parent, begun, seen });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(open) = span.extensions_mut().get_mut::<Open>()
        {
            values.record(&mut open.seen);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let Some(open) = span.extensions_mut().remove::<Open>() else { return };
        let done = Done { open, name: span.name(), ended: now().unix_timestamp_nanos() };
        // Where a collector is slow, traces have gaps, and the service none.
        drop(self.0.try_send(Message::Span(Box::new(done))));
    }
}

/// Sends spans while it is kept; what is left is sent when it is dropped.
#[derive(Debug)]
pub struct Exporter {
    end: SyncSender<Message>,
    ending: Arc<OnceLock<Instant>>,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Message")
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        // Before the word is put in the queue, which may be full.
        self.ending.get_or_init(Instant::now);
        drop(self.end.send(Message::End));
        drop(self.thread.take().map(JoinHandle::join));
    }
}

/// Begins to send to a collector.
pub(super) fn start(endpoint: &str) -> Result<(Spans, Exporter), Error> {
    let address: Uri = endpoint.parse().map_err(|_| BadEndpoint)?;
    if !matches!(address.scheme_str(), Some("http" | "https")) || address.query().is_some() {
        return Err(BadEndpoint.into());
    }
    // As the specification of OTLP's exporters makes it of OTEL_EXPORTER_OTLP_ENDPOINT.
    let address = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
    let (end, spans) = sync_channel(QUEUE);
    let queue = end.clone();
    let ending = Arc::new(OnceLock::new());
    let ends = Arc::clone(&ending);
    let thread = std::thread::Builder::new().name("traces".into());
    let send = move || send_all(&spans, &address, &ends, PATIENCE);
    let thread = thread.spawn(send).map_err(Error::Thread)?;
    Ok((Spans(queue), Exporter { end, ending, thread: Some(thread) }))
}

/// Sends batches until there are no more. While the service ends, it does not wait for a collector that does not answer.
fn send_all(spans: &Receiver<Message>, address: &str, ending: &OnceLock<Instant>, patience: Duration) {
    // To the collector that the operator names, and not by way of a proxy that the environment does.
    let agent = ureq::Agent::config_builder().timeout_global(Some(patience)).max_redirects(0).proxy(None);
    let agent = ureq::Agent::new_with_config(agent.build());
    let (mut over, mut taken) = (false, true);
    while !over {
        let mut batch = Vec::new();
        let mut until = None::<Instant>;
        while batch.len() < BATCH {
            let wait = until.map_or(Duration::MAX, |until| until.saturating_duration_since(Instant::now()));
            match spans.recv_timeout(wait) {
                Ok(Message::Span(done)) => batch.push(written(&done)),
                Err(RecvTimeoutError::Timeout) => break,
                Ok(Message::End) | Err(RecvTimeoutError::Disconnected) => {
                    over = true;
                    break;
                }
            }
            until.get_or_insert_with(|| Instant::now() + EVERY);
        }
        if batch.is_empty() {
            continue;
        }
        let request = agent.post(address).content_type("application/json");
        let sent = request.send(&*envelope(batch).to_string());
        // Told when it changes, and not for each batch.
        match (&sent, taken) {
            (Err(error), true) => tracing::warn!(cause = %error, "the collector does not take traces"),
            (Ok(_), false) => tracing::info!("the collector takes traces again"),
            _ => {}
        }
        taken = sent.is_ok();
        if ending.get().is_some_and(|since| !taken || since.elapsed() > patience) {
            return;
        }
    }
}

/// A request of the OTLP/HTTP protocol, <https://opentelemetry.io/docs/specs/otlp/>.
fn envelope(spans: Vec<Value>) -> Value {
    let attributes =
        [attribute("service.name", "relat"), attribute("service.version", env!("CARGO_PKG_VERSION"))];
    json!({ "resourceSpans": [{
        "resource": { "attributes": attributes },
        "scopeSpans": [{ "scope": { "name": "relat_server" }, "spans": spans }],
    }] })
}

fn attribute(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

/// A span, with the names of the semantic conventions for HTTP servers.
fn written(Done { open, name, ended }: &Done) -> Value {
    const INTERNAL: u8 = 1;
    const SERVER: u8 = 2;
    const FAILED: u8 = 2;
    let Open { trace, id, parent, begun, seen } = open;
    // No route is a label of metrics; here there is then no attribute.
    let route = seen.route.as_deref().filter(|route| *route != "none");
    let told = match (&seen.method, route) {
        (Some(method), Some(route)) => format!("{method} {route}"),
        (Some(method), None) => method.clone(),
        (None, _) => (*name).to_owned(),
    };
    let mut attributes = Vec::new();
    attributes.extend(seen.method.as_deref().map(|method| attribute("http.request.method", method)));
    attributes.extend(route.map(|route| attribute("http.route", route)));
    attributes.extend(seen.status.map(
        |status| json!({ "key": "http.response.status_code", "value": { "intValue": status.to_string() } }),
    ));
    let mut span = json!({
        "traceId": trace,
        "spanId": format!("{id:016x}"),
        "name": told,
        "kind": if seen.method.is_some() { SERVER } else { INTERNAL },
        "startTimeUnixNano": begun.to_string(),
        "endTimeUnixNano": ended.to_string(),
        "attributes": attributes,
    });
    if let Some(parent) = parent {
        span["parentSpanId"] = json!(format!("{parent:016x}"));
    }
    if seen.status.is_some_and(|status| status >= 500) {
        span["status"] = json!({ "code": FAILED });
    }
    span
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_collector_that_never_answers_is_asked_once_when_the_service_ends() {
        let collector = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/v1/traces", collector.local_addr().unwrap());
        let (end, spans) = sync_channel(QUEUE);
        for id in 0..3 * BATCH as u64 {
            let trace = Uuid::nil().simple().to_string();
            let open = Open { trace, id, parent: None, begun: 0, seen: Seen::default() };
            let done = Done { open, name: "request", ended: 1 };
            end.try_send(Message::Span(Box::new(done))).unwrap();
        }
        end.try_send(Message::End).unwrap();
        let ending = OnceLock::from(Instant::now());
        send_all(&spans, &address, &ending, Duration::from_millis(50));
        collector.set_nonblocking(true).unwrap();
        let asked = std::iter::from_fn(|| collector.accept().ok()).count();
        assert_eq!(asked, 1, "help: each batch waits for an answer in its turn");
    }
}
