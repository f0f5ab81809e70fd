//! People: who is there, what they may do, and the links with which they come in.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::Date;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{Done, Nothing, Switch, centre_of, manages, named, note};
use crate::http::Error;
use crate::http::caller::{Caller, Grant, Right};
use crate::http::cases::Page;
use crate::http::extract::{Path, Query};
use crate::http::once::{Begun, Once};
use crate::state::AppState;
use crate::store::{NewPerson, Person, Role};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(people, add_person))
        .routes(routes!(enable))
        .routes(routes!(set_roles))
        .routes(routes!(invite))
}

/// Everybody.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct People {
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

time::serde::format_description!(day, Date, "[year]-[month]-[day]");

/// Somebody to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct AddPerson {
    /// What they sign in with.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$")]
    pub(in crate::http) login: String,
    /// Their name.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$")]
    pub(in crate::http) name: String,
    pub(in crate::http) centre: Option<Uuid>,
    /// At least one.
    #[schema(min_items = 1, max_items = 5)]
    pub(in crate::http) roles: Vec<Role>,
    /// First day in the job.
    #[serde(with = "day")]
    #[schema(value_type = String, format = Date)]
    pub(in crate::http) started_on: Date,
}

/// A link with which a person chooses a password, once.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Invitation {
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
pub(in crate::http) async fn add_person(
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
pub(in crate::http) async fn enable(
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
pub(in crate::http) struct SetRoles {
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
pub(in crate::http) async fn invite(
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
