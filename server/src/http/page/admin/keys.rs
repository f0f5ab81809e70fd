//! Keys of programs: made, shown once, and ended.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::people::Press;
use super::{Tab, Tabs, answered, centres_of, chosen, keeps, tabs, text, to_mend};
use crate::http::Error;
use crate::http::accounts::{self as api, AddKey, Nothing};
use crate::http::caller::Right;
use crate::http::extract::Path;
use crate::http::once::Once;
use crate::http::page::locale::day;
use crate::http::page::shell::{Room, Shell, Visitor, fresh_key, page};
use crate::state::AppState;
use crate::store::{Centre, Scope, now};
use crate::words::Words;

struct Row {
    id: Uuid,
    key: String,
    name: String,
    scopes: String,
    centre: String,
    per_minute: u32,
    expires: String,
    /// Whether it still opens anything.
    alive: bool,
    revoked: bool,
}

/// The form of a new key, as it was filled in.
#[derive(Serialize, Deserialize)]
pub(super) struct New {
    key: String,
    name: String,
    #[serde(default)]
    centre: String,
    per_minute: String,
    days: String,
    assess: Option<String>,
    export: Option<String>,
    audit: Option<String>,
}

impl New {
    fn empty() -> Self {
        Self {
            key: fresh_key(),
            name: String::new(),
            centre: String::new(),
            per_minute: "60".to_owned(),
            days: "90".to_owned(),
            assess: Some("1".to_owned()),
            export: None,
            audit: None,
        }
    }

    fn boxes(&self) -> [(Scope, &'static str, bool); 3] {
        [
            (Scope::Assess, "assess", self.assess.is_some()),
            (Scope::Export, "export", self.export.is_some()),
            (Scope::Audit, "audit", self.audit.is_some()),
        ]
    }
}

#[derive(Template)]
#[template(path = "admin/keys.html")]
struct List {
    shell: Shell,
    tabs: Tabs,
    keys: Vec<Row>,
    form: New,
    ticks: Vec<(&'static str, &'static str, bool)>,
    choices: Vec<(String, String, bool)>,
    problem: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "admin/key_made.html")]
struct Made {
    shell: Shell,
    tabs: Tabs,
    name: String,
    secret: String,
}

fn scope_word(scope: Scope, w: Words) -> &'static str {
    match scope {
        Scope::Assess => w.admin_scope_assess(),
        Scope::Export => w.admin_scope_export(),
        Scope::Audit => w.admin_scope_audit(),
    }
}

pub(super) async fn list(State(state): State<AppState>, visitor: Visitor) -> Result<Response, Error> {
    render(&state, &visitor, New::empty(), (StatusCode::OK, None)).await
}

async fn render(
    state: &AppState,
    visitor: &Visitor,
    form: New,
    (status, problem): (StatusCode, Option<&'static str>),
) -> Result<Response, Error> {
    let grant = visitor.may(Right::Manage)?;
    let w = visitor.w;
    let centres: Vec<Centre> = centres_of(state, &grant).await?;
    let mut keys = state.store.keys().await?;
    keys.retain(|key| keeps(&grant, key.centre));
    keys.reverse();
    let name_of = |id: Option<Uuid>| {
        let centre = centres.iter().find(|centre| Some(centre.id) == id);
        centre.map_or_else(|| w.figures_all().to_owned(), |centre| centre.name.clone())
    };
    let rows = keys.into_iter().map(|key| Row {
        id: key.id,
        key: fresh_key(),
        scopes: key.scopes.iter().map(|scope| scope_word(*scope, w)).collect::<Vec<_>>().join(", "),
        centre: name_of(key.centre),
        per_minute: key.per_minute,
        expires: day(key.expires_at.date(), visitor.language),
        alive: key.revoked_at.is_none() && key.expires_at > now(),
        revoked: key.revoked_at.is_some(),
        name: key.name,
    });
    let mut choices = Vec::new();
    if keeps(&grant, None) {
        choices.push((String::new(), w.figures_all().to_owned(), form.centre.is_empty()));
    }
    for centre in &centres {
        let id = centre.id.to_string();
        let is_chosen = id == form.centre;
        choices.push((id, centre.name.clone(), is_chosen));
    }
    let ticks = form.boxes().map(|(scope, field, on)| (field, scope_word(scope, w), on)).to_vec();
    let keys = rows.collect();
    page(
        &List {
            shell: visitor.shell(Room::Admin),
            tabs: tabs(visitor, Tab::Keys),
            keys,
            form,
            ticks,
            choices,
            problem,
        },
        status,
    )
}

pub(super) async fn add(
    State(state): State<AppState>,
    visitor: Visitor,
    Form(new): Form<New>,
) -> Result<Response, Error> {
    visitor.may(Right::Manage)?;
    match made(&state, &visitor, &new).await {
        Ok(answer) => {
            let (shell, tabs) = (visitor.shell(Room::Admin), tabs(&visitor, Tab::Keys));
            page(&Made { shell, tabs, name: new.name, secret: text(&answer, "secret") }, StatusCode::OK)
        }
        Err(error) => match to_mend(visitor.w, &error) {
            Some(problem) => {
                let again = New { key: fresh_key(), ..new };
                render(&state, &visitor, again, (error.status(), Some(problem))).await
            }
            None => Err(error),
        },
    }
}

async fn made(state: &AppState, visitor: &Visitor, new: &New) -> Result<serde_json::Value, Error> {
    let body = AddKey {
        name: new.name.clone(),
        scopes: new.boxes().into_iter().filter(|(.., on)| *on).map(|(scope, ..)| scope).collect(),
        centre: chosen(&new.centre, "centre")?,
        per_minute: new.per_minute.trim().parse().map_err(|_| Error::Field { field: "per_minute" })?,
        days: new.days.trim().parse().map_err(|_| Error::Field { field: "days" })?,
    };
    let once = Once::of_form((visitor.caller.clone(), "/admin/keys"), &new.key, (body, new))?;
    answered(api::add_key(State(state.clone()), once).await?).await
}

pub(super) async fn revoke(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(press): Form<Press>,
) -> Result<Response, Error> {
    visitor.may(Right::Manage)?;
    let path = format!("/admin/keys/{id}/revocation");
    let once = Once::of_form((visitor.caller.clone(), &path), &press.key, (Nothing {}, &press))?;
    api::revoke(State(state), Path(id), once).await?;
    Ok(Redirect::to("/admin/keys").into_response())
}
