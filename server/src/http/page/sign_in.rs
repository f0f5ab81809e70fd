//! Signing in and out, and the one-time links with which a person chooses a password: plain forms.

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use relat_engine::Language;
use serde::Deserialize;
use serde_json::json;

use super::shell::{Shell, in_their_language, language_of, page};
use crate::http::Error;
use crate::http::caller::{COOKIE, cookie, is_from_elsewhere};
use crate::http::extract::Query;
use crate::state::AppState;
use crate::store::SignIn;
use crate::store::audit::Note;
use crate::words::Words;

/// Shortest and longest password, in characters (NIST SP 800-63B asks for length, not for kinds of characters).
const PASSWORD: std::ops::RangeInclusive<usize> = 12..=200;

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/sign-in", get(form).post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/welcome", get(welcome).post(accept))
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    shell: Shell,
    problem: Option<&'a str>,
    /// Of a one-time link; without it the form signs in.
    token: Option<&'a str>,
    /// Whether there is a provider of identities to sign in by.
    provider: bool,
}

fn render(
    state: &AppState,
    language: Language,
    token: Option<&str>,
    (status, problem): (StatusCode, Option<&str>),
) -> Result<Response, Error> {
    // The switch of languages leads back to a form of its own: a link's token is not in any address but its own.
    let path = token.map_or_else(|| "/sign-in".to_owned(), |token| format!("/welcome?token={token}"));
    let provider = state.oidc.is_some();
    page(&SignInPage { shell: Shell::gate(language, &path), problem, token, provider }, status)
}

async fn form(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, Error> {
    render(&state, language_of(&headers, None), None, (StatusCode::OK, None))
}

#[derive(Deserialize)]
struct Credentials {
    login: String,
    password: String,
}

fn own_site(headers: &HeaderMap) -> Result<(), Error> {
    if is_from_elsewhere(&Method::POST, headers) { Err(Error::CrossSite) } else { Ok(()) }
}

fn taken<T>(form: Result<Form<T>, FormRejection>) -> Result<T, Error> {
    form.map(|Form(form)| form).map_err(|_| Error::InvalidBody { line: 1, column: 1 })
}

async fn sign_in(
    State(state): State<AppState>,
    headers: HeaderMap,
    form: Result<Form<Credentials>, FormRejection>,
) -> Result<Response, Error> {
    own_site(&headers)?;
    let Credentials { login, password } = taken(form)?;
    let language = language_of(&headers, None);
    let w = Words::of(language);
    let (status, problem) = match state.store.sign_in(login.trim(), password).await? {
        SignIn::Done { person, token } => {
            note(&state, format!("person:{person}"), "sign_in").await?;
            let mut response = Redirect::to("/").into_response();
            let set = format!("{COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=36000");
            let set = HeaderValue::from_str(&set).map_err(|_| Error::Internal)?;
            response.headers_mut().insert(header::SET_COOKIE, set);
            in_their_language(&state, person, &mut response).await?;
            return Ok(response);
        }
        SignIn::Wrong => (StatusCode::UNAUTHORIZED, w.sign_in_wrong()),
        SignIn::Locked => (StatusCode::TOO_MANY_REQUESTS, w.sign_in_locked()),
    };
    // Which login was tried is not put on record: people type their password there.
    note(&state, "anonymous".to_owned(), "sign_in.refused").await?;
    render(&state, language, None, (status, Some(problem)))
}

async fn note(state: &AppState, actor: String, action: &'static str) -> Result<(), Error> {
    let note = Note { actor: &actor, action, subject: actor.clone(), detail: json!({}) };
    Ok(state.store.note(note).await?)
}

async fn sign_out(State(state): State<AppState>, request: Request) -> Result<Response, Error> {
    own_site(request.headers())?;
    if let Some(token) = cookie(request.headers()) {
        state.store.sign_out(token).await?;
    }
    let mut response = Redirect::to("/sign-in").into_response();
    let gone = format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
    response
        .headers_mut()
        .insert(header::SET_COOKIE, HeaderValue::from_str(&gone).map_err(|_| Error::Internal)?);
    Ok(response)
}

#[derive(Deserialize)]
struct Link {
    #[serde(default)]
    token: String,
}

async fn welcome(
    State(state): State<AppState>,
    headers: HeaderMap,
    Query(link): Query<Link>,
) -> Result<Response, Error> {
    render(&state, language_of(&headers, None), Some(&link.token), (StatusCode::OK, None))
}

#[derive(Deserialize)]
struct Choice {
    token: String,
    password: String,
}

async fn accept(
    State(state): State<AppState>,
    headers: HeaderMap,
    form: Result<Form<Choice>, FormRejection>,
) -> Result<Response, Error> {
    own_site(&headers)?;
    let Choice { token, password } = taken(form)?;
    let language = language_of(&headers, None);
    let w = Words::of(language);
    if !PASSWORD.contains(&password.chars().count()) {
        return render(
            &state,
            language,
            Some(&token),
            (StatusCode::UNPROCESSABLE_ENTITY, Some(w.sign_in_short())),
        );
    }
    match state.store.accept(&token, password).await? {
        Some(person) => {
            note(&state, format!("person:{person}"), "password.choose").await?;
            Ok(Redirect::to("/sign-in").into_response())
        }
        None => render(&state, language, Some(&token), (StatusCode::GONE, Some(w.sign_in_used()))),
    }
}
