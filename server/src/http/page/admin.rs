//! People, centres, keys, the model in use, retention and the audit, for who keeps them: plain forms.

use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde_json::Value;
use uuid::Uuid;

use super::shell::Visitor;
use crate::http::Error;
use crate::http::caller::{Grant, Right};
use crate::state::AppState;
use crate::store::{Centre, Reach, Role};
use crate::words::Words;

mod audit;
mod centres;
mod keys;
mod model;
mod people;
mod retention;

/// Longest answer of a write, in bytes.
const MAX_ANSWER: usize = 1 << 16;

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/admin", get(first))
        .route("/admin/people", get(people::list))
        .route("/admin/people/new", get(people::form).post(people::add))
        .route("/admin/people/{id}", get(people::show))
        .route("/admin/people/{id}/duties", post(people::reassign))
        .route("/admin/people/{id}/enabled", post(people::enable))
        .route("/admin/people/{id}/invitation", post(people::invite))
        .route("/admin/centres", get(centres::list).post(centres::add))
        .route("/admin/centres/{id}/blind-first", post(centres::blind_first))
        .route("/admin/keys", get(keys::list).post(keys::add))
        .route("/admin/keys/{id}/revocation", post(keys::revoke))
        .route("/admin/model", get(model::show))
        .route("/admin/retention", get(retention::show))
        .route("/admin/audit", get(audit::show))
}

/// A page of the administration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    People,
    Centres,
    Keys,
    Model,
    Retention,
    Audit,
}

const TABS: [(Tab, &str, Right); 6] = [
    (Tab::People, "/admin/people", Right::Manage),
    (Tab::Centres, "/admin/centres", Right::Manage),
    (Tab::Keys, "/admin/keys", Right::Manage),
    (Tab::Model, "/admin/model", Right::Audit),
    (Tab::Retention, "/admin/retention", Right::Manage),
    (Tab::Audit, "/admin/audit", Right::Audit),
];

impl Tab {
    fn word(self, w: Words) -> &'static str {
        match self {
            Self::People => w.admin_people(),
            Self::Centres => w.admin_centres(),
            Self::Keys => w.admin_keys(),
            Self::Model => w.admin_model(),
            Self::Retention => w.admin_retention(),
            Self::Audit => w.admin_audit(),
        }
    }
}

/// Pages of the administration: path, word, and whether it is this one.
type Tabs = Vec<(&'static str, &'static str, bool)>;

/// Those that the visitor may see.
fn tabs(visitor: &Visitor, here: Tab) -> Tabs {
    let open = TABS.iter().filter(|(_, _, right)| visitor.may(*right).is_ok());
    open.map(|&(tab, path, _)| (path, tab.word(visitor.w), tab == here)).collect()
}

/// The first page that the visitor may see.
async fn first(visitor: Visitor) -> Result<Response, Error> {
    let open = TABS.iter().find(|(_, _, right)| visitor.may(*right).is_ok());
    Ok(Redirect::to(open.ok_or(Error::Forbidden)?.1).into_response())
}

/// What a write of the API answered.
async fn answered(response: Response) -> Result<Value, Error> {
    let bytes = axum::body::to_bytes(response.into_body(), MAX_ANSWER).await.map_err(|_| Error::Internal)?;
    serde_json::from_slice(&bytes).map_err(|_| Error::Internal)
}

fn text(answer: &Value, field: &str) -> String {
    answer.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The centres that an administrator keeps, to choose from.
async fn centres_of(state: &AppState, grant: &Grant) -> Result<Vec<Centre>, Error> {
    let mut centres = state.store.centres().await?;
    centres.retain(|centre| grant.reach.covers(centre.id));
    Ok(centres)
}

/// A centre by the value of a field: nothing for none.
fn chosen(value: &str, field: &'static str) -> Result<Option<Uuid>, Error> {
    match value {
        "" => Ok(None),
        value => Uuid::try_parse(value).map(Some).map_err(|_| Error::Field { field }),
    }
}

fn keeps(grant: &Grant, centre: Option<Uuid>) -> bool {
    centre.map_or(grant.reach == Reach::All, |centre| grant.reach.covers(centre))
}

fn role_word(role: Role, w: Words) -> &'static str {
    match role {
        Role::Worker => w.admin_role_worker(),
        Role::Supervisor => w.admin_role_supervisor(),
        Role::Data => w.admin_role_data(),
        Role::Ethics => w.admin_role_ethics(),
        Role::Admin => w.admin_role_admin(),
    }
}

/// What is to be mended in a form that was refused, if it is the form that was wrong.
fn to_mend(w: Words, error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::Taken => w.admin_problem_taken(),
        Error::Field { field: "login" } => w.admin_problem_login(),
        Error::Field { field: "name" } => w.admin_problem_name(),
        Error::Field { field: "roles" } => w.admin_problem_roles(),
        Error::Field { field: "centre" } => w.admin_problem_centre(),
        Error::Field { field: "started_on" } => w.admin_problem_started(),
        Error::Field { field: "scopes" } => w.admin_problem_scopes(),
        Error::Field { field: "per_minute" } => w.admin_problem_rate(),
        Error::Field { field: "days" } => w.admin_problem_days(),
        Error::Field { field: "yourself" } => w.admin_problem_yourself(),
        _ => return None,
    })
}
