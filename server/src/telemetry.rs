//! Logs. No narrative reaches them: spans skip bodies, requests are named by their route, and panics by their place.

use std::io::Write;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::prelude::*;

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

/// Sends logs to standard error.
/// # Errors
/// [`BadFilter`].
pub fn start(filter: &str) -> Result<(), BadFilter> {
    let env = EnvFilter::try_new(filter).map_err(|source| BadFilter { filter: filter.to_owned(), source })?;
    let told = filter_fn(|meta| {
        let name = meta.target().split("::").next().unwrap_or_default();
        !SILENT.contains(&name)
    });
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    tracing_subscriber::registry().with(env).with(told).with(lines).init();
    Ok(())
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
