//! The intake page: the narrative, what is suggested beside it, and the worker's decisions.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use relat_engine::Assessment;
use serde::Deserialize;
use serde_json::json;
use time::Date;

use super::shell::{Visitor, written};
use crate::documents;
use crate::http::caller::{Grant, Right};
use crate::http::cases::visible;
use crate::http::extract::{Path, Query};
use crate::http::interviews::{self as api, Loaded, found, load};
use crate::http::once::Once;
use crate::http::{Error, assess};
use crate::state::AppState;
use crate::store::{Case, Source};

mod acts;
mod checklist;
mod guide;
mod render;
mod view;

use acts::act;
use render::{Seen, base64, render};
pub(super) use view::reason;

pub(super) fn router(max_bytes: usize) -> Router<AppState> {
    let text = DefaultBodyLimit::max(max_bytes.saturating_mul(6).saturating_add(4096));
    let document = DefaultBodyLimit::max(documents::MAX_DOCUMENT);
    Router::new()
        .route("/cases/{id}/interviews/new", get(begin))
        .route("/cases/{id}/interviews", post(create).layer(text))
        .route("/cases/{id}/live", post(live_new).layer(text))
        .route("/interviews/{id}", get(show))
        .route("/interviews/{id}/live", post(live).layer(text))
        .route("/interviews/{id}/text", post(revise).layer(text))
        .route("/interviews/{id}/acts", post(act))
        .route("/interviews/{id}/version", get(version))
        .route("/extract", post(document_text).layer(document))
        .route("/codes", get(codes))
        .route("/device-key", get(device_key))
}

async fn begin(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(case): Path<String>,
) -> Result<Response, Error> {
    let grant = visitor.may(Right::Write)?;
    let case = visible(&state, &grant, &case).await?;
    let seen =
        Seen { visitor: &visitor, case: &case, loaded: None, text: "", assessment: None, problem: None };
    render(&state, seen).await
}

/// An interview with its case, as the visitor may see it.
async fn seen(state: &AppState, grant: &Grant, id: &str) -> Result<(Case, Loaded), Error> {
    let interview = found(state, grant, id).await?;
    let case = visible(state, grant, &interview.case.to_string()).await?;
    Ok((case, load(state, interview).await?))
}

async fn show(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    shown(&state, &visitor, &id, None).await
}

async fn shown(
    state: &AppState,
    visitor: &Visitor,
    id: &str,
    problem: Option<&'static str>,
) -> Result<Response, Error> {
    let grant = visitor.may(Right::Read)?;
    let (case, loaded) = seen(state, &grant, id).await?;
    state.view(&grant.actor, format!("interview:{}", loaded.interview.id)).await?;
    let text = loaded.narrative.as_ref().map(|n| n.text.as_str()).unwrap_or_default();
    if let (Some(reading), false) = (&loaded.reading, loaded.blind) {
        state.store.shown(reading.id).await?;
    }
    let assessment = loaded.reading.as_ref().map(|r| &r.assessment);
    render(state, Seen { visitor, case: &case, loaded: Some(&loaded), text, assessment, problem }).await
}

/// A text as it is being written.
#[derive(Deserialize)]
struct Written {
    text: String,
}

fn being_written(
    state: &AppState,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<String, Error> {
    let body = body.map_err(|rejection| assess::body_error(&rejection, state.max_bytes))?;
    assess::json(headers, &body).map(|Written { text }| text)
}

/// Reads a text that is not kept yet, and answers the page that it would have.
async fn live(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Error> {
    let grant = visitor.may(Right::Write)?;
    let text = being_written(&state, &headers, body)?;
    let (case, loaded) = seen(&state, &grant, &id).await?;
    let assessment = read(&state, &text, loaded.blind).await?;
    let seen = Seen {
        visitor: &visitor,
        case: &case,
        loaded: Some(&loaded),
        text: &text,
        assessment: assessment.as_ref(),
        problem: None,
    };
    render(&state, seen).await
}

async fn live_new(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(case): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Error> {
    let grant = visitor.may(Right::Write)?;
    let text = being_written(&state, &headers, body)?;
    let case = visible(&state, &grant, &case).await?;
    let blind = state.store.centre(case.centre).await?.is_some_and(|centre| centre.blind_first);
    let assessment = read(&state, &text, blind).await?;
    let assessment = assessment.as_ref();
    let seen = Seen { visitor: &visitor, case: &case, loaded: None, text: &text, assessment, problem: None };
    render(&state, seen).await
}

/// What the model reads in a text; nothing in an empty one, nor where the worker scores first.
async fn read(state: &AppState, text: &str, blind: bool) -> Result<Option<Assessment>, Error> {
    if blind || text.trim().is_empty() {
        return Ok(None);
    }
    Ok(Some(state.assess(text.to_owned(), Source::Page).await?.assessment))
}

/// The plain form of a new interview.
#[derive(serde::Serialize, Deserialize)]
struct Create {
    key: String,
    text: String,
    held_on: String,
}

async fn create(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(form): Form<Create>,
) -> Result<Response, Error> {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    let held_on = Date::parse(&form.held_on, format).map_err(|_| Error::Field { field: "held_on" })?;
    let body = api::CreateInterview { text: form.text.replace("\r\n", "\n"), held_on };
    let path = format!("/cases/{case}/interviews");
    let once = Once::of_form((visitor.caller.clone(), &path), &form.key, (body, &form))?;
    let id = written(api::create(State(state), Path(case), once).await?).await?;
    Ok(Redirect::to(&format!("/interviews/{id}")).into_response())
}

/// The plain form of a text that is changed.
#[derive(serde::Serialize, Deserialize)]
struct Revise {
    key: String,
    text: String,
    expected_version: i64,
}

async fn revise(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(form): Form<Revise>,
) -> Result<Response, Error> {
    let body = api::Revise { expected_version: form.expected_version, text: form.text.replace("\r\n", "\n") };
    let path = format!("/interviews/{id}/text");
    let once = Once::of_form((visitor.caller.clone(), &path), &form.key, (body, &form))?;
    match api::revise(State(state.clone()), Path(id.clone()), once).await {
        Ok(_) => Ok(Redirect::to(&format!("/interviews/{id}")).into_response()),
        Err(error) => refused(&state, &visitor, (&id, error)).await,
    }
}

/// The page again, with what went wrong.
async fn refused(state: &AppState, visitor: &Visitor, (id, error): (&str, Error)) -> Result<Response, Error> {
    error.log();
    let mut response = shown(state, visitor, id, Some(visitor.w.problem(error.code()))).await?;
    *response.status_mut() = error.status();
    Ok(response)
}

/// Which version an interview is at: asked now and then, so that nobody works on an old page.
async fn version(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let grant = visitor.may(Right::Read)?;
    let interview = found(&state, &grant, &id).await?;
    let mut response = Json(json!({ "version": interview.version })).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The text of a document that was dropped on the page.
async fn document_text(visitor: Visitor, body: Result<Bytes, BytesRejection>) -> Result<Response, Error> {
    visitor.may(Right::Write)?;
    let body = body.map_err(|rejection| assess::body_error(&rejection, documents::MAX_DOCUMENT))?;
    let text =
        tokio::task::spawn_blocking(move || documents::text(&body)).await.map_err(|_| Error::Internal)?;
    Ok(Json(json!({ "text": text? })).into_response())
}

/// Every code with its names and other words, for the search.
async fn codes(visitor: Visitor) -> Result<Response, Error> {
    Ok(Json(guide::codes(visitor.language)).into_response())
}

#[derive(Deserialize)]
struct KeyAsked {
    id: String,
}

/// The key with which this person's browser sealed what it had not sent, when the service's key has changed since.
async fn device_key(
    State(state): State<AppState>,
    visitor: Visitor,
    Query(asked): Query<KeyAsked>,
) -> Result<Response, Error> {
    let person = visitor.person()?.id;
    let (id, key) = state.store.device_key(person, Some(&asked.id)).ok_or(Error::NotFound)?;
    let mut response = Json(json!({ "id": id, "key": base64(&key) })).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
