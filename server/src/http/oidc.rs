//! Signing in by a provider of identities. Somebody is known there by issuer and subject, which a one-time link binds to
//! them once; who is not bound, or may not sign in, stays out.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::Error;
use super::caller::{COOKIE, named_cookie};
use super::extract::Query;
use super::page::in_their_language;
use crate::oidc::{Flow, Identity};
use crate::state::AppState;
use crate::store::audit::Note;
use crate::store::now;
use crate::vault::same;

/// The cookie between the two halves of a sign-in. `Lax`: the browser comes back from another site.
const FLOW: &str = "__Host-relat-oidc";
/// How long somebody may take at the provider, seconds.
const PATIENCE: i64 = 600;
/// Sign-ins that ask the provider at once; anybody can begin one, and each holds a thread.
static ASKING: Semaphore = Semaphore::const_new(16);

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/oidc/start", get(start)).route("/oidc/callback", get(callback))
}

/// A page that goes on to the first one: a cookie that is `Strict` does not travel with a redirect from another site.
#[derive(Template)]
#[template(
    ext = "html",
    source = "<!doctype html><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0; url=/\"><title>relat</title><p><a href=\"/\">relat</a></p>"
)]
struct Onward;

#[derive(Deserialize)]
struct Start {
    /// Of a one-time link: the identity is bound to its person.
    token: Option<String>,
}

async fn start(
    State(state): State<AppState>,
    Query(Start { token }): Query<Start>,
) -> Result<Response, Error> {
    let provider = state.oidc.clone().ok_or(Error::NotFound)?;
    let until = now().unix_timestamp() + PATIENCE;
    let (address, flow) = blocking(move || provider.begin(token, until)).await?;
    let flow = serde_json::to_string(&flow).map_err(|_| Error::Internal)?;
    let sealed = state.store.seal_flow(&flow)?;
    let mut response = Redirect::to(&address).into_response();
    set_cookie(
        &mut response,
        &format!("{FLOW}={sealed}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={PATIENCE}"),
    )?;
    Ok(response)
}

#[derive(Deserialize)]
struct Back {
    code: Option<String>,
    state: Option<String>,
    /// Which provider sends somebody back, where it says so (RFC 9207).
    iss: Option<String>,
}

async fn callback(
    State(state): State<AppState>,
    headers: HeaderMap,
    Query(back): Query<Back>,
) -> Result<Response, Error> {
    let provider = state.oidc.clone().ok_or(Error::NotFound)?;
    let at = now().unix_timestamp();
    let flow = named_cookie(&headers, FLOW).and_then(|sealed| state.store.open_flow(sealed).ok());
    let flow: Flow = flow.and_then(|flow| serde_json::from_str(&flow).ok()).ok_or(Error::CrossSite)?;
    let fits = back.state.is_some_and(|state| same(state.as_bytes(), flow.state.as_bytes()));
    if !fits || flow.until < at || back.iss.is_some_and(|iss| iss != provider.issuer()) {
        return Err(Error::CrossSite);
    }
    let signed_in = match back.code {
        // Whoever turned back at the provider is not signed in.
        None => Err(Error::NotLetIn),
        Some(code) => {
            let invitation = flow.invitation.clone();
            match blocking(move || provider.end(&code, &flow, at)).await {
                Ok(identity) => session(&state, &identity, invitation).await,
                Err(error) => Err(error),
            }
        }
    };
    let mut response = match signed_in {
        Ok((person, token)) => {
            let mut response = Html(Onward.render().map_err(|_| Error::Internal)?).into_response();
            let session =
                format!("{COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=36000");
            set_cookie(&mut response, &session)?;
            in_their_language(&state, person, &mut response).await?;
            response
        }
        Err(error) => {
            note(&state, "anonymous".to_owned(), "sign_in.refused").await?;
            error.into_response()
        }
    };
    // However it ended, it does not end twice.
    set_cookie(&mut response, &format!("{FLOW}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"))?;
    Ok(response)
}

/// Begins a session of whoever an identity is of, and returns them and its token.
async fn session(
    state: &AppState,
    identity: &Identity,
    invitation: Option<String>,
) -> Result<(Uuid, String), Error> {
    let person = person(state, identity, invitation).await?.ok_or(Error::NotLetIn)?;
    let token = state.store.open_session(person).await?.ok_or(Error::NotLetIn)?;
    note(state, format!("person:{person}"), "sign_in").await?;
    Ok((person, token))
}

/// The person of an identity; a one-time link binds one that nobody has.
async fn person(
    state: &AppState,
    identity: &Identity,
    invitation: Option<String>,
) -> Result<Option<Uuid>, Error> {
    if let Some(person) = state.store.person_of_identity(identity).await? {
        return Ok(Some(person));
    }
    let Some(token) = invitation else { return Ok(None) };
    let Some(person) = state.store.bind_identity(&token, identity).await.map_err(Error::or_taken)? else {
        return Ok(None);
    };
    note(state, format!("person:{person}"), "identity.bind").await?;
    Ok(Some(person))
}

async fn note(state: &AppState, actor: String, action: &'static str) -> Result<(), Error> {
    let detail = json!({ "by": "oidc" });
    let note = Note { actor: &actor, action, subject: actor.clone(), detail };
    Ok(state.store.note(note).await?)
}

/// What asks the provider waits for it: not on the threads that answer others.
async fn blocking<T: Send + 'static>(
    ask: impl FnOnce() -> Result<T, crate::oidc::Error> + Send + 'static,
) -> Result<T, Error> {
    let permit = ASKING.acquire().await.map_err(|_| Error::Internal)?;
    // The permit goes along: the thread may outlast a request that was given up.
    let asked = tokio::task::spawn_blocking(move || {
        let answer = ask();
        drop(permit);
        answer
    });
    let answer = asked.await.map_err(|_| Error::Internal)?;
    answer.map_err(|error| {
        tracing::error!(cause = %error, "sign-in by the provider failed");
        Error::Provider
    })
}

fn set_cookie(response: &mut Response, cookie: &str) -> Result<(), Error> {
    let cookie = HeaderValue::from_str(cookie).map_err(|_| Error::Internal)?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(())
}
