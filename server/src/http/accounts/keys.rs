//! Keys of programs.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{Done, Nothing, centre_of, manages, named, note};
use crate::http::Error;
use crate::http::caller::{Caller, Right};
use crate::http::cases::Page;
use crate::http::extract::{Path, Query};
use crate::http::once::{Begun, Once};
use crate::state::AppState;
use crate::store::{Key, Scope, now};

/// Longest life of a key.
const MAX_DAYS: i64 = 366;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(keys, add_key)).routes(routes!(revoke))
}

/// All keys, without their secrets.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Keys {
    keys: Vec<Key>,
    /// `after` of the next page; nothing at the end.
    next: Option<Uuid>,
}

/// Programs' keys, without their secrets
#[utoipa::path(
    get,
    path = "/v1/keys",
    operation_id = "list_keys",
    tag = "accounts",
    params(Page),
    responses((status = 200, description = "A page of keys", body = Keys)),
)]
async fn keys(
    State(state): State<AppState>,
    caller: Caller,
    Query(page): Query<Page>,
) -> Result<Json<Keys>, Error> {
    let grant = caller.may(Right::Manage)?;
    let mut keys = state.store.keys().await?;
    keys.retain(|key| manages(&grant, key.centre));
    let (keys, next) = page.of(keys, |item| item.id)?;
    Ok(Json(Keys { keys, next }))
}

/// A key to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct AddKey {
    /// What it is for.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$")]
    pub(in crate::http) name: String,
    /// At least one.
    #[schema(min_items = 1, max_items = 8)]
    pub(in crate::http) scopes: Vec<Scope>,
    /// The centre whose data it sees; without one, all.
    pub(in crate::http) centre: Option<Uuid>,
    /// Requests a minute.
    #[schema(minimum = 1, maximum = 100_000)]
    #[serde(deserialize_with = "crate::integer::whole")]
    pub(in crate::http) per_minute: u32,
    /// Days until it ends.
    #[schema(minimum = 1, maximum = 366)]
    #[serde(deserialize_with = "crate::integer::whole")]
    pub(in crate::http) days: i64,
}

/// A key and its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct NewKey {
    #[serde(flatten)]
    key: Key,
    /// It is told now and never again.
    secret: String,
}

/// Make a key for a program
#[utoipa::path(
    post,
    path = "/v1/keys",
    operation_id = "create_key",
    tag = "accounts",
    request_body = AddKey,
    responses((status = 201, description = "The key and its secret", body = NewKey)),
)]
pub(in crate::http) async fn add_key(
    State(state): State<AppState>,
    once: Once<AddKey>,
) -> Result<Response, Error> {
    let grant = once.caller.may(Right::Manage)?;
    let AddKey { name, scopes, centre, per_minute, days } = &once.body;
    named("name", name)?;
    centre_of(&state, &grant, *centre).await?;
    let fields = [
        ("scopes", (1..=8).contains(&scopes.len())),
        ("per_minute", (1..=100_000).contains(per_minute)),
        ("days", (1..=MAX_DAYS).contains(days)),
    ];
    if let Some((field, _)) = fields.into_iter().find(|(_, taken)| !taken) {
        return Err(Error::Field { field });
    }
    let mut tx = match once.begin(&state, &grant).await? {
        Begun::First(tx) => tx,
        Begun::Repeated(response) => return Ok(response),
    };
    let expires_at: OffsetDateTime = now() + time::Duration::days(*days);
    let mut scopes = scopes.clone();
    scopes.sort_unstable();
    scopes.dedup();
    let key = Key {
        id: Uuid::now_v7(),
        name: name.trim().to_owned(),
        scopes,
        centre: *centre,
        per_minute: *per_minute,
        expires_at,
        revoked_at: None,
    };
    let secret = state.store.add_key(&mut tx, &key, grant.person()?).await?;
    let detail = json!({ "scopes": key.scopes });
    note(&state, &mut tx, (&grant, "key.create", format!("key:{}", key.id), detail)).await?;
    once.finish((&state, &grant), tx, (StatusCode::CREATED, &NewKey { key, secret })).await
}

/// End a key
#[utoipa::path(
    post,
    path = "/v1/keys/{id}/revocation",
    operation_id = "revoke_key",
    tag = "accounts",
    params(("id" = Uuid, Path, description = "Its id")),
    request_body = Nothing,
    responses((status = 200, description = "It is done", body = Done)),
)]
pub(in crate::http) async fn revoke(
    State(state): State<AppState>,
    Path(id): Path<String>,
    once: Once<Nothing>,
) -> Result<Response, Error> {
    let grant = once.caller.may(Right::Manage)?;
    let id = Uuid::try_parse(&id).map_err(|_| Error::NotFound)?;
    let known = state.store.keys().await?.into_iter().any(|key| key.id == id && manages(&grant, key.centre));
    if !known {
        return Err(Error::NotFound);
    }
    let mut tx = match once.begin(&state, &grant).await? {
        Begun::First(tx) => tx,
        Begun::Repeated(response) => return Ok(response),
    };
    state.store.revoke_key(&mut tx, id).await?;
    note(&state, &mut tx, (&grant, "key.revoke", format!("key:{id}"), json!({}))).await?;
    once.finish((&state, &grant), tx, (StatusCode::OK, &Done { id })).await
}
