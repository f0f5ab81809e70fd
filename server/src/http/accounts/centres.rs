//! Centres.

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

use super::{Done, Switch, named, note};
use crate::http::Error;
use crate::http::caller::{Caller, Right};
use crate::http::cases::Page;
use crate::http::extract::{Path, Query};
use crate::http::once::{Begun, Once};
use crate::state::AppState;
use crate::store::{Centre, Reach};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(centres, add_centre)).routes(routes!(blind_first))
}

/// All centres.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Centres {
    centres: Vec<Centre>,
    /// `after` of the next page; nothing at the end.
    next: Option<Uuid>,
}

/// The centres
#[utoipa::path(
    get,
    path = "/v1/centres",
    operation_id = "list_centres",
    tag = "accounts",
    params(Page),
    responses((status = 200, description = "A page of centres", body = Centres)),
)]
async fn centres(
    State(state): State<AppState>,
    caller: Caller,
    Query(page): Query<Page>,
) -> Result<Json<Centres>, Error> {
    let grant = caller.may(Right::Manage)?;
    let mut centres = state.store.centres().await?;
    centres.retain(|centre| grant.reach.covers(centre.id));
    let (centres, next) = page.of(centres, |item| item.id)?;
    Ok(Json(Centres { centres, next }))
}

/// A centre to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct AddCentre {
    /// Its name.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$")]
    pub(in crate::http) name: String,
    /// Workers score the matrix before they see the model's.
    #[serde(default)]
    pub(in crate::http) blind_first: bool,
}

/// Add a centre
#[utoipa::path(
    post,
    path = "/v1/centres",
    operation_id = "create_centre",
    tag = "accounts",
    request_body = AddCentre,
    responses((status = 201, description = "The centre", body = Centre)),
)]
pub(in crate::http) async fn add_centre(
    State(state): State<AppState>,
    once: Once<AddCentre>,
) -> Result<Response, Error> {
    let grant = once.caller.may(Right::Manage)?;
    if grant.reach != Reach::All {
        return Err(Error::Forbidden);
    }
    named("name", &once.body.name)?;
    let mut tx = match once.begin(&state, &grant).await? {
        Begun::First(tx) => tx,
        Begun::Repeated(response) => return Ok(response),
    };
    let AddCentre { name, blind_first } = &once.body;
    let centre = state.store.add_centre(&mut tx, name.trim(), *blind_first).await.map_err(Error::or_taken)?;
    note(&state, &mut tx, (&grant, "centre.create", format!("centre:{}", centre.id), json!({}))).await?;
    once.finish((&state, &grant), tx, (StatusCode::CREATED, &centre)).await
}

/// Whether workers of a centre score before they see the model's levels
#[utoipa::path(
    put,
    path = "/v1/centres/{id}/blind-first",
    operation_id = "set_blind_first",
    tag = "accounts",
    params(("id" = Uuid, Path, description = "Its id")),
    request_body = Switch,
    responses((status = 200, description = "It is done", body = Done)),
)]
pub(in crate::http) async fn blind_first(
    State(state): State<AppState>,
    Path(id): Path<String>,
    once: Once<Switch>,
) -> Result<Response, Error> {
    let grant = once.caller.may(Right::Manage)?;
    let id = Uuid::try_parse(&id).ok().filter(|&id| grant.reach.covers(id)).ok_or(Error::NotFound)?;
    let mut tx = match once.begin(&state, &grant).await? {
        Begun::First(tx) => tx,
        Begun::Repeated(response) => return Ok(response),
    };
    if !state.store.set_blind_first(&mut tx, id, once.body.on).await? {
        return Err(Error::NotFound);
    }
    let detail = json!({ "on": once.body.on });
    note(&state, &mut tx, (&grant, "centre.blind_first", format!("centre:{id}"), detail)).await?;
    once.finish((&state, &grant), tx, (StatusCode::OK, &Done { id })).await
}
