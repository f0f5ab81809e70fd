//! Everything that can be set, by flag or by environment.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

/// Settings of the service. Nothing in it is secret.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// Settings that scoring shares with the command line.
    #[command(flatten)]
    pub scoring: Scoring,
    /// Address and port to listen on. Port 0 takes any free one.
    #[arg(long, env = "RELAT_BIND", value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub bind: SocketAddr,
    /// Folder of the embedded database; created on the first start.
    #[arg(long, env = "RELAT_DATA", value_name = "DIR", default_value = ".relat")]
    pub data: PathBuf,
    /// Requests that may wait for the model; one more is answered 429.
    #[arg(long, env = "RELAT_QUEUE", value_name = "N", default_value_t = 32,
          value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    pub queue: usize,
    /// Threads that run the model.
    #[arg(long, env = "RELAT_THREADS", value_name = "N", default_value_t = 2,
          value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=256))]
    pub threads: usize,
    /// What is logged, in the syntax of `tracing`: `warn`, `relat_server=debug`…
    #[arg(long, env = "RELAT_LOG", value_name = "FILTER", default_value = "info")]
    pub log: String,
}

/// Settings of scoring a text.
#[derive(Debug, Clone, Args)]
pub struct Scoring {
    /// Model bundle to load. Without it: models/default, or else models/linear, under the working folder, beside the
    /// program, or in the source tree it was built from.
    #[arg(long, env = "RELAT_MODEL", value_name = "DIR")]
    pub model: Option<PathBuf>,
    /// Longest text taken, in bytes of UTF-8.
    #[arg(long, env = "RELAT_MAX_BYTES", value_name = "BYTES", default_value_t = Scoring::MAX_BYTES,
          value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1 << 30))]
    pub max_bytes: usize,
}

impl Scoring {
    /// The default limit: about thirty pages.
    pub const MAX_BYTES: usize = 64 * 1024;
}
