//! Whether the service lives, and whether it can answer.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::Error;
use crate::state::AppState;

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/healthz", get(live)).route("/readyz", get(ready))
}

async fn live() -> Json<Value> {
    Json(json!({ "status": "live" }))
}

/// The model is loaded before the first request is answered, so that what is left to ask is the store.
async fn ready(State(state): State<AppState>) -> Result<Json<Value>, Error> {
    state.store.check().await?;
    Ok(Json(json!({ "status": "ready" })))
}
