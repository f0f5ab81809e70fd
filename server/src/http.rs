//! The HTTP interface: one file a resource, each with its own router.

use axum::Router;
use tower_http::catch_panic::CatchPanicLayer;

use crate::state::AppState;

mod accounts;
mod assess;
mod assets;
mod caller;
mod cases;
mod catalogue;
mod error;
mod health;
mod interviews;
mod many;
mod once;
mod own_view;
mod page;
mod records;
mod trace;

pub use error::Error;

/// The whole service. It is called without a socket as well as through one.
pub fn app(state: AppState) -> Router {
    Router::new()
        .merge(assess::router(state.max_bytes))
        .merge(accounts::router())
        .merge(cases::router())
        .merge(catalogue::router())
        .merge(health::router())
        .merge(interviews::router(state.max_bytes))
        .merge(many::router(state.max_bytes))
        .merge(own_view::router())
        .merge(page::router(state.max_bytes))
        .merge(records::router())
        .merge(assets::router())
        .fallback(async || Error::NotFound)
        .method_not_allowed_fallback(async || Error::MethodNotAllowed)
        .layer(axum::middleware::from_fn_with_state(state.clone(), page::problems_as_pages))
        .layer(CatchPanicLayer::custom(error::from_panic))
        .layer(axum::middleware::from_fn_with_state(state.deadline, trace::deadline))
        .layer(axum::middleware::from_fn(trace::request))
        .with_state(state)
}

/// Whether the service lives and can answer, for a listener of its own: a queue of texts does not keep it waiting.
pub fn health(state: AppState) -> Router {
    Router::new()
        .merge(health::router())
        .fallback(async || Error::NotFound)
        .layer(axum::middleware::from_fn(trace::request))
        .with_state(state)
}
