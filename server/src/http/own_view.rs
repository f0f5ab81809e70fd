//! A person's own view of their case, in their words.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Error;
use super::caller::{Caller, Right};
use super::cases::visible;
use super::extract::Path;
use super::once::{Begun, Once};
use crate::state::AppState;
use crate::store::audit::Note;
use crate::store::{OwnView, now};

/// Longest view, in bytes: some four pages.
pub(super) const MAX_WORDS: usize = 16 * 1024;

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/v1/cases/{id}/own-views", get(list).post(create))
}

/// What the person says.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateOwnView {
    /// In their words.
    pub(super) words: String,
}

/// A view that is kept.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Kept {
    id: Uuid,
}

/// All that the person said of their case, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OwnViews {
    own_views: Vec<OwnView>,
}

async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<OwnViews>, Error> {
    let grant = caller.may(Right::Read)?;
    let case = visible(&state, &grant, &id).await?;
    let own_views = state.store.own_views(case.id).await?;
    state.view(&grant.actor, format!("case:{}", case.id)).await?;
    Ok(Json(OwnViews { own_views }))
}

pub(super) async fn create(
    State(state): State<AppState>,
    Path(id): Path<String>,
    once: Once<CreateOwnView>,
) -> Result<Response, Error> {
    let grant = once.caller.may(Right::Write)?;
    let case = visible(&state, &grant, &id).await?;
    if case.erased_at.is_some() {
        return Err(Error::NotFound);
    }
    let words = once.body.words.trim().replace("\r\n", "\n");
    let is_text = words.chars().all(|c| !c.is_control() || c == '\n' || c == '\t');
    if words.is_empty() || words.len() > MAX_WORDS || !is_text {
        return Err(Error::Field { field: "words" });
    }
    let mut tx = match once.begin(&state, &grant).await? {
        Begun::First(tx) => tx,
        Begun::Repeated(response) => return Ok(response),
    };
    let view =
        OwnView { id: Uuid::now_v7(), case: case.id, author: grant.person()?, words, created_at: now() };
    state.store.add_own_view(&mut tx, &view).await?;
    let subject = format!("case:{}", case.id);
    let note = Note { actor: &grant.actor, action: "own_view.create", subject, detail: json!({}) };
    state.store.note_in(&mut tx, note).await?;
    once.about(case.id).finish((&state, &grant), tx, (StatusCode::CREATED, &Kept { id: view.id })).await
}
