//! Whether the service lives, has a model, and takes requests; and what it counts.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::Error;
use crate::health::{Health, Ready};
use crate::metrics::Metrics;

pub(super) fn router<S>(health: Health) -> Router<S> {
    Router::new()
        .route("/healthz", get(live))
        .route("/readyz", get(ready))
        .route("/modelz", get(model))
        .with_state(health)
}

pub(super) fn metrics<S>(metrics: Arc<Metrics>) -> Router<S> {
    Router::new().route("/metrics", get(text)).with_state(metrics)
}

async fn live() -> Json<Value> {
    Json(json!({ "status": "live" }))
}

async fn ready(State(health): State<Health>) -> Result<Json<Value>, Error> {
    match health.ready().await {
        Ready::Yes => Ok(Json(json!({ "status": "ready" }))),
        Ready::NotYet => Err(Error::NotReady),
        Ready::Ending => Err(Error::Stopping),
        Ready::NoStore(error) => Err(Error::Store(error)),
    }
}

async fn model(State(health): State<Health>) -> Result<Json<Value>, Error> {
    let versions = health.model().ok_or(Error::NotReady)?;
    Ok(Json(json!({ "status": "loaded", "model": versions.model, "model_sha256": versions.model_sha256 })))
}

async fn text(State(metrics): State<Arc<Metrics>>) -> impl IntoResponse {
    let media_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, media_type)], metrics.text())
}
