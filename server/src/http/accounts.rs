//! People, centres and keys, for administrators; and who one is, for everybody.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::{Date, OffsetDateTime};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::Error;
use super::caller::{Caller, Grant, Right};
use super::cases::Page;
use super::extract::{Path, Query};
use super::once::{Begun, Once};
use crate::state::AppState;
use crate::store::audit::Note;
use crate::store::{Centre, Key, NewPerson, Person, Role, Scope, Tx, now};

/// Longest name, in characters.
const MAX_NAME: usize = 100;
/// Longest life of a key.
const MAX_DAYS: i64 = 366;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(me))
        .routes(routes!(people, add_person))
        .routes(routes!(enable))
        .routes(routes!(set_roles))
        .routes(routes!(invite))
        .routes(routes!(centres, add_centre))
        .routes(routes!(blind_first))
        .routes(routes!(keys, add_key))
        .routes(routes!(revoke))
}

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "is", rename_all = "lowercase")]
pub(super) enum Me {
    /// A person.
    Person(Person),
    /// A program.
    Program(Key),
}

/// Who asks
#[utoipa::path(
    get,
    path = "/v1/me",
    operation_id = "read_me",
    tag = "accounts",
    responses((status = 200, description = "A person or a program", body = Me)),
)]
async fn me(caller: Caller) -> Json<Me> {
    Json(match caller {
        Caller::Person(person) => Me::Person(*person),
        Caller::Program(key) => Me::Program(*key),
    })
}

/// Everybody.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct People {
    people: Vec<Person>,
    /// `after` of the next page; nothing at the end.
    next: Option<Uuid>,
}

/// The people of the administrator's centre, or of all
#[utoipa::path(
    get,
    path = "/v1/people",
    operation_id = "list_people",
    tag = "accounts",
    params(Page),
    responses((status = 200, description = "A page of people", body = People)),
)]
async fn people(
    State(state): State<AppState>,
    caller: Caller,
    Query(page): Query<Page>,
) -> Result<Json<People>, Error> {
    let grant = caller.may(Right::Manage)?;
    let mut people = state.store.people().await?;
    people.retain(|person| manages(&grant, person.centre));
    let (people, next) = page.of(people, |item| item.id)?;
    Ok(Json(People { people, next }))
}

fn manages(grant: &Grant, centre: Option<Uuid>) -> bool {
    centre.map_or(grant.reach == crate::store::Reach::All, |centre| grant.reach.covers(centre))
}

time::serde::format_description!(day, Date, "[year]-[month]-[day]");

/// Somebody to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AddPerson {
    /// What they sign in with.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$")]
    pub(super) login: String,
    /// Their name.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$")]
    pub(super) name: String,
    pub(super) centre: Option<Uuid>,
    /// At least one.
    #[schema(min_items = 1, max_items = 5)]
    pub(super) roles: Vec<Role>,
    /// First day in the job.
    #[serde(with = "day")]
    #[schema(value_type = String, format = Date)]
    pub(super) started_on: Date,
}

/// A link with which a person chooses a password, once.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Invitation {
    /// The person.
    id: Uuid,
    /// Path of the link on this service; it is told now and never again.
    link: String,
}

/// Add a person, who gets a link to choose a password with
#[utoipa::path(
    post,
    path = "/v1/people",
    operation_id = "create_person",
    tag = "accounts",
    request_body = AddPerson,
    responses((status = 201, description = "Their id and link", body = Invitation)),
)]
pub(super) async fn add_person(
    State(state): State<AppState>,
    once: Once<AddPerson>,
) -> Result<Response, Error> {
    let grant = once.caller.may(Right::Manage)?;
    let new = &once.body;
    named("login", &new.login)?;
    named("name", &new.name)?;
    if new.roles.is_empty() || new.roles.len() > Role::ALL.len() {
        return Err(Error::Field { field: "roles" });
    }
    centre_of(&state, &grant, new.centre).await?;
    let mut tx = match once.begin(&state, &grant).await? {
        Begun::First(tx) => tx,
        Begun::Repeated(response) => return Ok(response),
    };
    let new = NewPerson {
        login: new.login.trim().to_owned(),
        name: new.name.trim().to_owned(),
        centre: new.centre,
        roles: new.roles.clone(),
        started_on: new.started_on,
    };
    let roles = new.roles.clone();
    let person = state.store.add_person(&mut tx, new).await.map_err(Error::or_taken)?;
    let token = state.store.invite(&mut tx, person.id).await?;
    note(
        &state,
        &mut tx,
        (&grant, "person.create", format!("person:{}", person.id), json!({ "roles": roles })),
    )
    .await?;
    let invitation = Invitation { id: person.id, link: format!("/welcome?token={token}") };
    once.finish((&state, &grant), tx, (StatusCode::CREATED, &invitation)).await
}

async fn note(
    state: &AppState,
    tx: &mut Tx,
    (grant, action, subject, detail): (&Grant, &'static str, String, serde_json::Value),
) -> Result<(), Error> {
    state.store.note_in(tx, Note { actor: &grant.actor, action, subject, detail }).await?;
    Ok(())
}

fn named(field: &'static str, value: &str) -> Result<(), Error> {
    let name = value.trim();
    let plain = !name.is_empty() && name.chars().count() <= MAX_NAME && !name.chars().any(char::is_control);
    if plain { Ok(()) } else { Err(Error::Field { field }) }
}

/// A centre that exists and that the administrator keeps; only one of all centres keeps people without one.
pub(super) async fn centre_of(state: &AppState, grant: &Grant, centre: Option<Uuid>) -> Result<(), Error> {
    if !manages(grant, centre) {
        return Err(Error::Field { field: "centre" });
    }
    match centre {
        Some(id) if state.store.centre(id).await?.is_none() => Err(Error::Field { field: "centre" }),
        _ => Ok(()),
    }
}

/// Whether something is on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Switch {
    pub(super) on: bool,
}

/// Nothing more to say.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Done {
    id: Uuid,
}

async fn managed(state: &AppState, grant: &Grant, id: &str) -> Result<Uuid, Error> {
    let id = Uuid::try_parse(id).map_err(|_| Error::NotFound)?;
    let person = state.store.person(id).await?.filter(|person| manages(grant, person.centre));
    person.map(|person| person.id).ok_or(Error::NotFound)
}

/// Let a person sign in, or not: who may not is signed out at once
#[utoipa::path(
    put,
    path = "/v1/people/{id}/enabled",
    operation_id = "enable_person",
    tag = "accounts",
    params(("id" = Uuid, Path, description = "Its id")),
    request_body = Switch,
    responses((status = 200, description = "It is done", body = Done)),
)]
pub(super) async fn enable(
    State(state): State<AppState>,
    Path(id): Path<String>,
    once: Once<Switch>,
) -> Result<Response, Error> {
    let grant = once.caller.may(Right::Manage)?;
    let id = managed(&state, &grant, &id).await?;
    let mut tx = match once.begin(&state, &grant).await? {
        Begun::First(tx) => tx,
        Begun::Repeated(response) => return Ok(response),
    };
    if !once.body.on && grant.person == Some(id) {
        return Err(Error::OwnAccount);
    }
    state.store.enable(&mut tx, id, once.body.on).await?;
    let detail = json!({ "enabled": once.body.on });
    note(&state, &mut tx, (&grant, "person.enable", format!("person:{id}"), detail)).await?;
    once.finish((&state, &grant), tx, (StatusCode::OK, &Done { id })).await
}

/// What somebody may do from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetRoles {
    /// At least one.
    #[schema(min_items = 1, max_items = 5)]
    roles: Vec<Role>,
}

/// Change what somebody else may do; it holds at their next request
#[utoipa::path(
    put,
    path = "/v1/people/{id}/roles",
    operation_id = "set_roles",
    tag = "accounts",
    params(("id" = Uuid, Path, description = "Its id")),
    request_body = SetRoles,
    responses((status = 200, description = "It is done", body = Done)),
)]
async fn set_roles(
    State(state): State<AppState>,
    Path(id): Path<String>,
    once: Once<SetRoles>,
) -> Result<Response, Error> {
    let grant = once.caller.may(Right::Manage)?;
    let id = managed(&state, &grant, &id).await?;
    let mut roles = once.body.roles.clone();
    if roles.is_empty() || roles.len() > Role::ALL.len() {
        return Err(Error::Field { field: "roles" });
    }
    roles.sort_unstable();
    roles.dedup();
    if grant.person == Some(id) {
        return Err(Error::OwnAccount);
    }
    let mut tx = match once.begin(&state, &grant).await? {
        Begun::First(tx) => tx,
        Begun::Repeated(response) => return Ok(response),
    };
    state.store.set_roles(&mut tx, id, &roles).await?;
    let detail = json!({ "roles": roles });
    note(&state, &mut tx, (&grant, "person.roles", format!("person:{id}"), detail)).await?;
    once.finish((&state, &grant), tx, (StatusCode::OK, &Done { id })).await
}

/// Nothing to be said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// A new one-time link for a person
#[utoipa::path(
    post,
    path = "/v1/people/{id}/invitation",
    operation_id = "invite_person",
    tag = "accounts",
    params(("id" = Uuid, Path, description = "Its id")),
    request_body = Nothing,
    responses((status = 201, description = "The link", body = Invitation)),
)]
pub(super) async fn invite(
    State(state): State<AppState>,
    Path(id): Path<String>,
    once: Once<Nothing>,
) -> Result<Response, Error> {
    let grant = once.caller.may(Right::Manage)?;
    let id = managed(&state, &grant, &id).await?;
    let mut tx = match once.begin(&state, &grant).await? {
        Begun::First(tx) => tx,
        Begun::Repeated(response) => return Ok(response),
    };
    let token = state.store.invite(&mut tx, id).await?;
    note(&state, &mut tx, (&grant, "person.invite", format!("person:{id}"), json!({}))).await?;
    let invitation = Invitation { id, link: format!("/welcome?token={token}") };
    once.finish((&state, &grant), tx, (StatusCode::CREATED, &invitation)).await
}

/// All centres.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Centres {
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
pub(super) struct AddCentre {
    /// Its name.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$")]
    pub(super) name: String,
    /// Workers score the matrix before they see the model's.
    #[serde(default)]
    pub(super) blind_first: bool,
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
pub(super) async fn add_centre(
    State(state): State<AppState>,
    once: Once<AddCentre>,
) -> Result<Response, Error> {
    let grant = once.caller.may(Right::Manage)?;
    if grant.reach != crate::store::Reach::All {
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
pub(super) async fn blind_first(
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

/// All keys, without their secrets.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Keys {
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
pub(super) struct AddKey {
    /// What it is for.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$")]
    pub(super) name: String,
    /// At least one.
    #[schema(min_items = 1, max_items = 8)]
    pub(super) scopes: Vec<Scope>,
    /// The centre whose data it sees; without one, all.
    pub(super) centre: Option<Uuid>,
    /// Requests a minute.
    #[schema(minimum = 1, maximum = 100_000)]
    #[serde(deserialize_with = "crate::integer::whole")]
    pub(super) per_minute: u32,
    /// Days until it ends.
    #[schema(minimum = 1, maximum = 366)]
    #[serde(deserialize_with = "crate::integer::whole")]
    pub(super) days: i64,
}

/// A key and its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NewKey {
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
pub(super) async fn add_key(State(state): State<AppState>, once: Once<AddKey>) -> Result<Response, Error> {
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
pub(super) async fn revoke(
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
