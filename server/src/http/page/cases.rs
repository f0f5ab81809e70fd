//! The list of cases, and the form for a new one.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::locale::day;
use super::shell::{Room, Shell, Visitor, fresh_key, page, written};
use crate::http::Error;
use crate::http::caller::Right;
use crate::http::cases as api;
use crate::http::extract::Query;
use crate::http::once::Once;
use crate::state::AppState;
use crate::store::{Groups, Listed};
use crate::words::Words;

/// Cases on one page of the list.
const PAGE: i64 = 40;

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/cases", get(list).post(make)).route("/cases/new", get(form))
}

/// A row of the list.
struct Row {
    id: Uuid,
    name: String,
    last: String,
    interviews: i64,
    open: Option<Uuid>,
}

#[derive(Template)]
#[template(path = "cases/list.html")]
struct List {
    shell: Shell,
    q: String,
    cases: Vec<Row>,
    next: Option<Uuid>,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    before: Option<Uuid>,
}

async fn list(
    State(state): State<AppState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    let grant = visitor.may(Right::Read)?;
    let found = state.store.listed_cases(grant.reach, asked.q.trim(), (asked.before, PAGE)).await?;
    let full = i64::try_from(found.len()).is_ok_and(|n| n == PAGE);
    let next = found.last().filter(|_| full).map(|listed| listed.id);
    let row = |Listed { id, pseudonym, interviews, last, open }| Row {
        id,
        name: pseudonym,
        last: last.map(|date| day(date, visitor.language)).unwrap_or_default(),
        interviews,
        open,
    };
    let cases = found.into_iter().map(row).collect();
    page(&List { shell: visitor.shell(Room::Cases), q: asked.q, cases, next }, StatusCode::OK)
}

/// A list to choose from: name of the field, label, values with their words.
type Choices = (&'static str, &'static str, Vec<(&'static str, &'static str)>);

#[derive(Template)]
#[template(path = "cases/new.html")]
struct NewCase<'a> {
    shell: Shell,
    key: String,
    pseudonym: &'a str,
    problem: Option<&'static str>,
    groups: Vec<Choices>,
}

fn groups(w: Words) -> Vec<Choices> {
    let ages = ["0-17", "18-29", "30-44", "45-64", "65-79", "80+"];
    vec![
        (
            "gender",
            w.cases_gender(),
            vec![("f", w.cases_gender_f()), ("m", w.cases_gender_m()), ("x", w.cases_gender_x())],
        ),
        ("age_band", w.cases_age(), ages.map(|age| (age, age)).to_vec()),
        (
            "origin",
            w.cases_origin(),
            vec![
                ("local", w.cases_origin_local()),
                ("europe", w.cases_origin_europe()),
                ("africa", w.cases_origin_africa()),
                ("america", w.cases_origin_america()),
                ("asia", w.cases_origin_asia()),
            ],
        ),
        (
            "language",
            w.cases_language(),
            vec![
                ("ca", w.languages_ca()),
                ("es", w.languages_es()),
                ("en", w.languages_en()),
                ("other", w.languages_other()),
            ],
        ),
    ]
}

async fn form(visitor: Visitor) -> Result<Response, Error> {
    visitor.may(Right::Write)?;
    new_case(&visitor, "", (StatusCode::OK, None))
}

fn new_case(
    visitor: &Visitor,
    pseudonym: &str,
    (status, problem): (StatusCode, Option<&'static str>),
) -> Result<Response, Error> {
    let groups = groups(visitor.w);
    page(&NewCase { shell: visitor.shell(Room::Cases), key: fresh_key(), pseudonym, problem, groups }, status)
}

/// The form of a new case; an empty group is one that is not told.
#[derive(Serialize, Deserialize)]
struct Make {
    key: String,
    pseudonym: String,
    #[serde(default)]
    gender: String,
    #[serde(default)]
    age_band: String,
    #[serde(default)]
    origin: String,
    #[serde(default)]
    language: String,
}

async fn make(
    State(state): State<AppState>,
    visitor: Visitor,
    Form(made): Form<Make>,
) -> Result<Response, Error> {
    visitor.may(Right::Write)?;
    let told = |word: &String| Some(word.clone()).filter(|word| !word.is_empty());
    let groups = Groups {
        gender: told(&made.gender),
        age_band: told(&made.age_band),
        origin: told(&made.origin),
        language: told(&made.language),
    };
    let body = api::CreateCase { pseudonym: made.pseudonym.clone(), groups };
    let once = Once::of_form((visitor.caller.clone(), "/cases"), &made.key, (body, &made))?;
    match api::create(State(state), once).await {
        Ok(answer) => {
            let case = written(answer).await?;
            Ok(Redirect::to(&format!("/cases/{case}/interviews/new")).into_response())
        }
        Err(error @ (Error::Field { .. } | Error::Taken)) => {
            let told = (error.status(), Some(visitor.w.problem(error.code())));
            new_case(&visitor, &made.pseudonym, told)
        }
        Err(error) => Err(error),
    }
}
