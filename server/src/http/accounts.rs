//! People, centres and keys, for administrators; and who one is, for everybody.

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::Error;
use super::caller::{Caller, Grant};
use crate::state::AppState;
use crate::store::audit::Note;
use crate::store::{Key, Person, Reach, Tx};

mod centres;
mod keys;
mod people;

pub(super) use centres::{AddCentre, add_centre, blind_first};
pub(super) use keys::{AddKey, add_key, revoke};
pub(super) use people::{AddPerson, add_person, enable, invite};

/// Longest name, in characters.
const MAX_NAME: usize = 100;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(me))
        .merge(people::router())
        .merge(centres::router())
        .merge(keys::router())
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

/// Whether something is on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Switch {
    pub(super) on: bool,
}

/// Nothing to be said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// Nothing more to say.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Done {
    id: Uuid,
}

fn manages(grant: &Grant, centre: Option<Uuid>) -> bool {
    centre.map_or(grant.reach == Reach::All, |centre| grant.reach.covers(centre))
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

async fn note(
    state: &AppState,
    tx: &mut Tx,
    (grant, action, subject, detail): (&Grant, &'static str, String, serde_json::Value),
) -> Result<(), Error> {
    state.store.note_in(tx, Note { actor: &grant.actor, action, subject, detail }).await?;
    Ok(())
}
