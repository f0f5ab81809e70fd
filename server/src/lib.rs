//! The relat service: its HTTP API, the worker's page and the command line.
//!
//! [`http::app`] turns an [`state::AppState`] into a router that can be called without a socket; [`cli::main`] is the
//! whole program. The narrative is in request bodies and in answers, and nowhere else: not in logs, not in errors, not
//! in the store.

pub mod bootstrap;
pub mod bundle;
mod card;
pub mod cli;
mod conditions;
pub mod config;
pub mod decisions;
mod demo;
pub mod documents;
pub mod figures;
pub mod health;
pub mod http;
pub mod inference;
mod integer;
pub mod metrics;
pub mod models;
pub mod oidc;
pub mod rates;
mod schema;
pub mod state;
pub mod store;
pub mod suppression;
pub mod telemetry;
pub mod vault;
pub mod words;
