//! Logs and traces. No narrative reaches them: spans skip bodies, requests are named by their route, and panics by their place.

use std::io::Write;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{FilterExt, LevelFilter, filter_fn};
use tracing_subscriber::prelude::*;

mod otlp;

pub use otlp::{BadEndpoint, Exporter};

/// What asks a provider of identities: at its finest it logs every byte that passes, codes and tokens among them.
const SILENT: [&str; 3] = ["ureq", "ureq_proto", "rustls"];

/// A filter that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the log filter '{filter}' cannot be read: write for example 'info' or 'relat_server=debug'")]
pub struct BadFilter {
    filter: String,
    #[source]
    source: tracing_subscriber::filter::ParseError,
}

/// Why nothing is told.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What is to be logged cannot be read.
    #[error(transparent)]
    Filter(#[from] BadFilter),
    /// Where traces are to go is no address.
    #[error(transparent)]
    Endpoint(#[from] BadEndpoint),
    /// There is nothing to send traces with.
    #[error("the thread that sends traces cannot be started")]
    Thread(#[source] std::io::Error),
}

/// Sends logs to standard error, and traces to a collector if there is one, as long as what is returned is kept.
/// # Errors
/// [`Error`].
pub fn start(filter: &str, collector: Option<&str>) -> Result<Option<Exporter>, Error> {
    let env = EnvFilter::try_new(filter).map_err(|source| BadFilter { filter: filter.to_owned(), source })?;
    let told = filter_fn(|meta| {
        let name = meta.target().split("::").next().unwrap_or_default();
        !SILENT.contains(&name)
    });
    let (spans, exporter) = collector.map(otlp::start).transpose()?.unzip();
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_filter(env.and(told));
    // The level is told as well: without it, whatever is recorded at any level is asked about.
    let taken = filter_fn(otlp::takes).with_max_level_hint(LevelFilter::INFO);
    let spans = spans.map(|spans| spans.with_filter(taken));
    tracing_subscriber::registry().with(lines).with(spans).init();
    Ok(exporter)
}

/// A panic's message can quote the text: a bad slice prints what it was cut from. Only the place is told.
pub fn hide_panic_messages() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        if tracing::dispatcher::has_been_set() {
            tracing::error!(place, "panic");
        } else {
            // Standard error may be closed; there is nowhere else to say it.
            drop(writeln!(std::io::stderr(), "relat: a bug at {place}; please report it"));
        }
    }));
}
