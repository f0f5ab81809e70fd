//! Centres, and whether their workers score before they see the model's levels.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};

use super::people::Press;
use super::{Tab, Tabs, centres_of, tabs, to_mend};
use crate::http::Error;
use crate::http::accounts::{self as api, AddCentre, Switch};
use crate::http::caller::Right;
use crate::http::extract::Path;
use crate::http::once::Once;
use crate::http::page::shell::{Room, Shell, Visitor, fresh_key, page};
use crate::state::AppState;
use crate::store::{Centre, Reach};

#[derive(Template)]
#[template(path = "admin/centres.html")]
struct List {
    shell: Shell,
    tabs: Tabs,
    /// Each with a key of its own for its form.
    centres: Vec<(Centre, String)>,
    /// For an administrator of all centres: the form for a further one.
    form: Option<String>,
    name: String,
    problem: Option<&'static str>,
}

pub(super) async fn list(State(state): State<AppState>, visitor: Visitor) -> Result<Response, Error> {
    render(&state, &visitor, String::new(), (StatusCode::OK, None)).await
}

async fn render(
    state: &AppState,
    visitor: &Visitor,
    name: String,
    (status, problem): (StatusCode, Option<&'static str>),
) -> Result<Response, Error> {
    let grant = visitor.may(Right::Manage)?;
    let centres = centres_of(state, &grant).await?.into_iter().map(|centre| (centre, fresh_key())).collect();
    let form = (grant.reach == Reach::All).then(fresh_key);
    page(
        &List {
            shell: visitor.shell(Room::Admin),
            tabs: tabs(visitor, Tab::Centres),
            centres,
            form,
            name,
            problem,
        },
        status,
    )
}

#[derive(Serialize, Deserialize)]
pub(super) struct New {
    key: String,
    name: String,
    blind_first: Option<String>,
}

pub(super) async fn add(
    State(state): State<AppState>,
    visitor: Visitor,
    Form(new): Form<New>,
) -> Result<Response, Error> {
    visitor.may(Right::Manage)?;
    let body = AddCentre { name: new.name.clone(), blind_first: new.blind_first.is_some() };
    let once = Once::of_form((visitor.caller.clone(), "/admin/centres"), &new.key, (body, &new))?;
    match api::add_centre(State(state.clone()), once).await {
        Ok(_) => Ok(Redirect::to("/admin/centres").into_response()),
        Err(error) => match to_mend(visitor.w, &error) {
            Some(problem) => render(&state, &visitor, new.name, (error.status(), Some(problem))).await,
            None => Err(error),
        },
    }
}

pub(super) async fn blind_first(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(press): Form<Press>,
) -> Result<Response, Error> {
    visitor.may(Right::Manage)?;
    let (path, body) = (format!("/admin/centres/{id}/blind-first"), Switch { on: press.on == "1" });
    let once = Once::of_form((visitor.caller.clone(), &path), &press.key, (body, &press))?;
    api::blind_first(State(state), Path(id), once).await?;
    Ok(Redirect::to("/admin/centres").into_response())
}
