//! The HTTP interface: one file a resource, each with its own router.

use std::sync::Arc;

use axum::Router;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;

use crate::health::Health;
use crate::metrics::Metrics;
use crate::state::AppState;

mod accounts;
mod assess;
mod assets;
mod caller;
mod cases;
mod catalogue;
mod error;
mod extract;
mod health;
mod interviews;
mod many;
mod oidc;
mod once;
mod openapi;
mod own_view;
mod page;
mod problem;
mod records;
mod revalidate;
mod trace;

pub use error::Error;

/// The routes of `/v1`, each with its description: none is in one and not in the other.
fn api(max_bytes: usize) -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(openapi::base())
        .merge(accounts::router())
        .merge(assess::router(max_bytes))
        .merge(cases::router())
        .merge(catalogue::router())
        .merge(interviews::router(max_bytes))
        .merge(many::router(max_bytes))
        .merge(openapi::router())
        .merge(own_view::router())
        .merge(records::router())
}

/// The document of the API: OpenAPI 3.1.
#[must_use]
pub fn document() -> &'static serde_json::Value {
    openapi::described()
}

/// The whole service. It is called without a socket as well as through one.
pub fn app(state: AppState) -> Router {
    let (api, _) = api(state.max_bytes).split_for_parts();
    Router::new()
        .merge(api)
        .merge(health::router(state.health.clone()))
        .merge(oidc::router())
        .merge(page::router(state.max_bytes))
        .merge(assets::router())
        .fallback(async || Error::NotFound)
        .method_not_allowed_fallback(async || Error::MethodNotAllowed)
        .layer(axum::middleware::from_fn_with_state(state.clone(), page::problems_as_pages))
        .layer(CatchPanicLayer::custom(error::from_panic))
        .layer(axum::middleware::from_fn(revalidate::tag))
        .layer(axum::middleware::from_fn_with_state(state.deadline, trace::deadline))
        .layer(axum::middleware::from_fn_with_state(state.clone(), trace::count))
        .layer(axum::middleware::from_fn(trace::request))
        .with_state(state)
}

/// Whether the service lives and can answer, and what it counts, for a listener of its own: a queue of texts does not keep
/// it waiting, and it answers before the model is loaded.
pub fn health(health: Health, metrics: Arc<Metrics>) -> Router {
    Router::new()
        .merge(health::router(health))
        .merge(health::metrics(metrics))
        .fallback(async || Error::NotFound)
        .method_not_allowed_fallback(async || Error::MethodNotAllowed)
        .layer(axum::middleware::from_fn(trace::request))
}
