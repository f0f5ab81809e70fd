//! What every page stands on: who looks, in which language, the way to other pages, and headers.

use askama::Template;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use relat_engine::Language;
use serde::Deserialize;
use uuid::Uuid;

use crate::http::caller::{Caller, Grant, Right, is_from_elsewhere};
use crate::http::error::Code;
use crate::http::{Error, assets};
use crate::state::AppState;
use crate::store::Person;
use crate::words::{self, INTERFACE, Words};

/// Name of the cookie that keeps the language of the interface.
const LANGUAGE: &str = "relat-language";

/// Longest answer of a write, in bytes.
const MAX_ANSWER: usize = 1 << 20;

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/", get(home))
        .route("/language", post(language))
        .route("/accessibility", get(accessibility))
}

/// Pages that the navigation leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// The list of cases, and what belongs to one.
    Cases,
    /// A text that is read and not kept.
    Scratch,
    /// Figures for coordinators.
    Figures,
    /// People, centres, keys and what is on record.
    Admin,
    /// Pages outside the navigation.
    Elsewhere,
}

/// The navigation: where it leads, and who is led there.
const ROOMS: [(Room, &str, Right); 4] = [
    (Room::Cases, "/cases", Right::Read),
    (Room::Scratch, "/try", Right::Assess),
    (Room::Figures, "/dashboard", Right::Figures),
    (Room::Admin, "/admin", Right::Audit),
];

impl Room {
    fn word(self, w: Words) -> &'static str {
        match self {
            Self::Cases => w.nav_cases(),
            Self::Scratch => w.nav_scratch(),
            Self::Figures => w.nav_figures(),
            Self::Admin => w.nav_admin(),
            Self::Elsewhere => "",
        }
    }
}

/// A place that the navigation leads to.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) path: &'static str,
    pub(super) word: &'static str,
    pub(super) here: bool,
}

/// What the template `shell.html` needs of every page.
#[derive(Debug)]
pub(super) struct Shell {
    pub(super) w: Words,
    pub(super) lang: &'static str,
    pub(super) assets: String,
    pub(super) nav: Vec<Way>,
    /// Name of who has signed in.
    pub(super) who: Option<String>,
    pub(super) demo: bool,
    /// Path of this page, to come back to.
    pub(super) path: String,
    /// Tag, own name, and whether it is the language of this page.
    pub(super) switch: Vec<(&'static str, &'static str, bool)>,
}

impl Shell {
    /// Of a page before anybody has signed in.
    pub(super) fn gate(language: Language, path: &str) -> Self {
        Self {
            w: Words::of(language),
            lang: words::tag(language),
            assets: assets::folder(),
            nav: Vec::new(),
            who: None,
            demo: false,
            path: path.to_owned(),
            switch: INTERFACE.map(|l| (words::tag(l), words::own_name(l), l == language)).to_vec(),
        }
    }
}

/// Somebody who looks at a page.
#[derive(Debug)]
pub(super) struct Visitor {
    pub(super) caller: Caller,
    pub(super) language: Language,
    pub(super) w: Words,
    path: String,
    demo: bool,
}

impl Visitor {
    /// The right, if the visitor has it.
    pub(super) fn may(&self, right: Right) -> Result<Grant, Error> {
        self.caller.may(right)
    }

    /// The person; a program's key opens no pages.
    pub(super) fn person(&self) -> Result<&Person, Error> {
        match &self.caller {
            Caller::Person(person) => Ok(person),
            Caller::Program(_) => Err(Error::Forbidden),
        }
    }

    /// The visitor, in another language.
    pub(super) fn in_language(self, language: Language) -> Self {
        Self { language, w: Words::of(language), ..self }
    }

    /// What surrounds a page.
    pub(super) fn shell(&self, here: Room) -> Shell {
        let open = ROOMS.iter().filter(|(_, _, right)| self.may(*right).is_ok());
        Shell {
            nav: open
                .map(|&(room, path, _)| Way { path, word: room.word(self.w), here: room == here })
                .collect(),
            who: self.person().ok().map(|person| person.name.clone()),
            demo: self.demo,
            ..Shell::gate(self.language, &self.path)
        }
    }
}

impl FromRequestParts<AppState> for Visitor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let language = language_of(&parts.headers, parts.uri.query());
        let path = parts.uri.path().to_owned();
        Ok(Self { caller, language, w: Words::of(language), path, demo: state.demo.is_some() })
    }
}

/// A page as an answer.
pub(super) fn page(template: &impl Template, status: StatusCode) -> Result<Response, Error> {
    let html = template.render().map_err(|_| Error::Internal)?;
    Ok((status, Html(html)).into_response())
}

/// The id that a write of the API answered.
pub(super) async fn written(answer: Response) -> Result<Uuid, Error> {
    #[derive(Deserialize)]
    struct Written {
        id: Uuid,
    }
    let bytes = axum::body::to_bytes(answer.into_body(), MAX_ANSWER).await.map_err(|_| Error::Internal)?;
    serde_json::from_slice(&bytes).map(|Written { id }| id).map_err(|_| Error::Internal)
}

/// A key for a form's write, so that a form that is sent twice is done once.
pub(super) fn fresh_key() -> String {
    Uuid::now_v7().to_string()
}

/// The first page of everybody: the one that the navigation begins with.
async fn home(visitor: Visitor) -> Result<Response, Error> {
    let first = ROOMS.iter().find(|(_, _, right)| visitor.may(*right).is_ok());
    Ok(Redirect::to(first.map_or("/accessibility", |(_, path, _)| path)).into_response())
}

#[derive(Deserialize)]
struct Choice {
    language: String,
    #[serde(default)]
    back: String,
}

/// Keeps the language that was chosen, on this device and for who has signed in, and goes back.
async fn language(
    State(state): State<AppState>,
    headers: HeaderMap,
    visitor: Result<Visitor, Error>,
    Form(choice): Form<Choice>,
) -> Result<Response, Error> {
    if is_from_elsewhere(&Method::POST, &headers) {
        return Err(Error::CrossSite);
    }
    let tag = words::from_tag(&choice.language).map_or("ca", words::tag);
    // In a demonstration everybody is the same person.
    if let Ok(person) = visitor.as_ref().map_err(|_| Error::Unauthenticated).and_then(Visitor::person)
        && state.demo.is_none()
    {
        state.store.set_language(person.id, tag).await?;
    }
    // Only a path of this service: `//host` would be another one.
    let own = choice.back.starts_with('/') && !choice.back.starts_with("//") && !choice.back.contains('\\');
    let back = if own { choice.back.as_str() } else { "/" };
    let mut response = Redirect::to(back).into_response();
    response.headers_mut().insert(header::SET_COOKIE, kept_language(tag)?);
    Ok(response)
}

/// The cookie that keeps a language on a device.
fn kept_language(tag: &'static str) -> Result<HeaderValue, Error> {
    let cookie = format!("{LANGUAGE}={tag}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000");
    HeaderValue::from_str(&cookie).map_err(|_| Error::Internal)
}

/// Has a device that somebody signs in on speak the language that they chose elsewhere.
pub(in crate::http) async fn in_their_language(
    state: &AppState,
    person: Uuid,
    response: &mut Response,
) -> Result<(), Error> {
    let chosen = state.store.language_of(person).await.unwrap_or_else(|error| {
        tracing::warn!(cause = %error, "somebody is signed in, but not in the language that they chose");
        None
    });
    if let Some(language) = chosen.as_deref().and_then(words::from_tag) {
        response.headers_mut().append(header::SET_COOKIE, kept_language(words::tag(language))?);
    }
    Ok(())
}

#[derive(Template)]
#[template(path = "accessibility.html")]
struct Accessibility {
    shell: Shell,
}

async fn accessibility(headers: HeaderMap, visitor: Result<Visitor, Error>) -> Result<Response, Error> {
    let shell = match visitor {
        Ok(visitor) => visitor.shell(Room::Elsewhere),
        Err(_) => Shell::gate(language_of(&headers, None), "/accessibility"),
    };
    page(&Accessibility { shell }, StatusCode::OK)
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    shell: Shell,
    problem: &'static str,
    status: u16,
}

/// Gives people a page where programs get a problem, and keeps pages from being kept.
pub(in crate::http) async fn problems_as_pages(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    let method = request.method().clone();
    let language = language_of(request.headers(), request.uri().query());
    let asked = request.headers().get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let is_for_people = asked.contains("text/html") && !path.starts_with("/v1/");
    let mut response = next.run(request).await;
    if let (true, Some(code)) = (is_for_people, response.extensions().get::<Code>().copied()) {
        if code.0 == "unauthenticated" && method == Method::GET {
            return Redirect::to("/sign-in").into_response();
        }
        let status = response.status();
        let problem = Words::of(language).problem(code.0);
        let shell = Shell { demo: state.demo.is_some(), ..Shell::gate(language, "/") };
        if let Ok(html) = page(&ProblemPage { shell, problem, status: status.as_u16() }, status) {
            // The words change, and not what else the answer says; a sign-in that ended takes its cookie away.
            let kept = std::mem::replace(&mut response, html);
            for name in [header::RETRY_AFTER, header::SET_COOKIE] {
                for value in kept.headers().get_all(&name) {
                    response.headers_mut().append(name.clone(), value.clone());
                }
            }
        }
    }
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page {
        let headers = response.headers_mut();
        headers.insert(header::VARY, HeaderValue::from_static("accept-language, cookie"));
        headers.entry(header::CONTENT_LANGUAGE).or_insert(HeaderValue::from_static(words::tag(language)));
        // A page may tell of people: no copy of it stays on the device.
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}

/// The language of the interface: what the address asks for, else what was chosen before, else what the browser
/// prefers; Catalan when there is none.
pub(super) fn language_of(headers: &HeaderMap, query: Option<&str>) -> Language {
    let asked = query
        .and_then(|q| q.split('&').find_map(|pair| pair.strip_prefix("lang=")))
        .and_then(words::from_tag);
    asked.or_else(|| chosen(headers)).unwrap_or_else(|| preferred(headers))
}

fn chosen(headers: &HeaderMap) -> Option<Language> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    let mut pairs = cookies.flat_map(|v| v.split(';')).filter_map(|pair| pair.trim().split_once('='));
    words::from_tag(pairs.find(|(name, _)| *name == LANGUAGE)?.1)
}

fn preferred(headers: &HeaderMap) -> Language {
    let value = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
    value.and_then(accepted).unwrap_or(Language::Ca)
}

/// The best interface language of an `Accept-Language` value (RFC 9110, 12.5.4).
pub(in crate::http) fn accepted(value: &str) -> Option<Language> {
    let mut best: Option<(f32, Language)> = None;
    for range in value.split(',') {
        let mut parts = range.split(';');
        let Some(language) = parts.next().and_then(words::from_tag) else { continue };
        let quality = parts.find_map(|p| p.trim().strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
        if quality > 0.0 && best.is_none_or(|(q, _)| quality > q) {
            best = Some((quality, language));
        }
    }
    best.map(|(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_first_language_of_ours_is_taken() {
        use relat_engine::Language;
        let check = |value, expect| assert_eq!(accepted(value), expect, "help: {value}");
        check("ca", Some(Language::Ca));
        check("fr, es-ES;q=0.8, en;q=0.9", Some(Language::En));
        check("de,fr", None);
        check("es;q=0, en;q=0.1", Some(Language::En));
        check("en;q=nonsense", Some(Language::En));
        check("", None);
    }
}
