//! Everything that can be set: by flag, else by environment, else by a file.

use std::convert::Infallible;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use relat_engine::kernels;

use crate::oidc;
use crate::store::Location;
use crate::vault::{self, Keyring};

/// A setting that is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The secret itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

/// Settings of the service. What is secret in it is not printed.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// Settings that scoring shares with the command line.
    #[command(flatten)]
    pub scoring: Scoring,
    /// Address and port to listen on. Port 0 takes any free one.
    #[arg(long, env = "RELAT_BIND", value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub bind: SocketAddr,
    /// Where interviews and decisions are kept.
    #[command(flatten)]
    pub storage: Storage,
    /// Signing in by a provider of identities.
    #[command(flatten)]
    pub oidc: oidc::Settings,
    /// Demonstrate: everybody is signed in, the key is thrown away, and with it whatever was entered. `relat` without a
    /// command and without a key does this.
    #[arg(long)]
    pub demo: bool,
    /// Requests that may wait for the model; one more is answered 429.
    #[arg(long, env = "RELAT_QUEUE", value_name = "N", default_value_t = 32,
          value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    pub queue: usize,
    /// Threads that run the model.
    #[arg(long, env = "RELAT_THREADS", value_name = "N", default_value_t = 2,
          value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=256))]
    pub threads: usize,
    /// Longest time that a request may take, seconds; then it is answered 503.
    #[arg(long, env = "RELAT_DEADLINE", value_name = "SECONDS", default_value_t = 30,
          value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub deadline: u64,
    /// How long /readyz says no before a service that was asked to end takes no more requests, seconds: the time that a
    /// load balancer needs to notice.
    #[arg(long, env = "RELAT_DRAIN", value_name = "SECONDS", default_value_t = 0,
          value_parser = clap::value_parser!(u64).range(0..=600))]
    pub drain: u64,
    /// A listener of its own for /metrics, and for /healthz, /readyz and /modelz, which the public one has as well.
    #[arg(long, env = "RELAT_HEALTH_BIND", value_name = "ADDRESS")]
    pub health_bind: Option<SocketAddr>,
    /// Send traces to this collector: its address for OTLP over HTTP, such as `http://127.0.0.1:4318`, without `/v1/traces`.
    #[arg(long, env = "RELAT_OTLP_ENDPOINT", value_name = "URL")]
    pub otlp_endpoint: Option<String>,
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
    /// Instructions that the encoder uses: portable, avx2, avxvnni, vnni or amx. Without it: the fastest that this
    /// processor has. All give the same answers.
    #[arg(long, env = "RELAT_KERNELS", value_name = "PATH")]
    pub kernels: Option<kernels::Path>,
    /// Longest text taken, in bytes of UTF-8.
    #[arg(long, env = "RELAT_MAX_BYTES", value_name = "BYTES", default_value_t = Scoring::MAX_BYTES,
          value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1 << 30))]
    pub max_bytes: usize,
    /// Longest text taken, in characters.
    #[arg(long, env = "RELAT_MAX_CHARS", value_name = "CHARACTERS", default_value_t = Scoring::MAX_CHARS,
          value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1 << 30))]
    pub max_chars: usize,
}

impl Scoring {
    /// Makes the kernels that were asked for those of the process. To be called before a model is loaded.
    /// # Errors
    /// [`kernels::PathError`] where this processor has not the instructions.
    pub fn choose_kernels(&self) -> Result<(), kernels::PathError> {
        self.kernels.map_or(Ok(()), kernels::Kernels::force)
    }

    /// The default limit: about thirty pages.
    pub const MAX_BYTES: usize = 64 * 1024;
    /// The default limit in characters: as many as the bytes may be.
    pub const MAX_CHARS: usize = 64 * 1024;
}

/// Settings of the database.
#[derive(Debug, Clone, Args)]
pub struct Storage {
    /// File of settings, in TOML: `name = value`, with the names of the flags. The environment holds over it, and the
    /// command line over both.
    #[arg(long, env = "RELAT_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder of the embedded database; created on the first start. Without it: .relat, and for a demonstration a
    /// folder that is removed at the end.
    #[arg(long, env = "RELAT_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// PostgreSQL instead of the embedded database: postgres://USER:PASSWORD@HOST/NAME.
    #[arg(long, env = "RELAT_DATABASE", hide_env_values = true, value_name = "URL", conflicts_with = "data")]
    pub database: Option<Secret>,
    /// File with the keys that narratives and names are encrypted with (`relat key new FILE` makes it). The environment
    /// variable RELAT_KEY may hold its contents instead.
    #[arg(long, env = "RELAT_KEY_FILE", value_name = "FILE")]
    pub key_file: Option<PathBuf>,
}

impl Storage {
    /// Where the embedded database is when nothing else is said.
    const DATA: &str = ".relat";
    /// Environment variable with the contents of a key file. No flag: other users see a program's arguments.
    const KEY: &str = "RELAT_KEY";

    /// Whether a key is named, without looking whether it is one.
    #[must_use]
    pub fn has_key(&self) -> bool {
        self.key_file.is_some() || std::env::var_os(Self::KEY).is_some()
    }

    /// The keys that are named.
    /// # Errors
    /// [`vault::Error`]: no key, or not one.
    pub fn keyring(&self) -> Result<Keyring, vault::Error> {
        match (&self.key_file, std::env::var(Self::KEY)) {
            (Some(path), _) => Keyring::read(path),
            (None, Ok(keys)) => Keyring::parse(&keys),
            (None, Err(_)) => Err(vault::Error::Empty),
        }
    }

    /// The database that is meant.
    #[must_use]
    pub fn location(&self) -> Location {
        match &self.database {
            Some(url) => Location::Postgres(url.reveal().to_owned()),
            None => Location::Folder(self.data.clone().unwrap_or_else(|| Self::DATA.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Cli {
        #[command(flatten)]
        config: Config,
    }

    #[test]
    fn no_password_is_printed() {
        let cli = Cli::parse_from(["relat", "--database", "postgres://relat:Qvetzal@localhost/relat"]);
        assert!(!format!("{cli:?}{:?}", cli.config.storage.location()).contains("Qvetzal"));
    }
}
