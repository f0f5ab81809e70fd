//! A person's own view of their case, in their words.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
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

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, create))
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

/// What the person says of their case, in their own words
#[utoipa::path(
    get,
    path = "/v1/cases/{id}/own-views",
    operation_id = "list_own_views",
    tag = "cases",
    params(("id" = Uuid, Path, description = "Its id")),
    responses((status = 200, description = "All of them, oldest first", body = OwnViews)),
)]
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

/// Keep what the person says, in their own words
#[utoipa::path(
    post,
    path = "/v1/cases/{id}/own-views",
    operation_id = "create_own_view",
    tag = "cases",
    params(("id" = Uuid, Path, description = "Its id")),
    request_body = CreateOwnView,
    responses((status = 201, description = "Its id", body = Kept)),
)]
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
