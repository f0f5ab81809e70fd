//! The worker's page: one form, rendered here with and without JavaScript.

use askama::Template;
use axum::Router;
use axum::extract::rejection::FormRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use relat_engine::Language;
use serde::Deserialize;

use super::caller::{Caller, Right};
use super::extract::Query;
use super::{Error, assess, assets};
use crate::state::AppState;
use crate::store::Source;
use crate::words::{self, INTERFACE, Words};

mod evidence;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
mod view;

use view::ResultView;

pub(super) fn router(max_bytes: usize) -> Router<AppState> {
    // A byte of text takes at most three in a form. Twice the limit is taken in, so that a text that is somewhat too
    // long comes back in its box with the reason, instead of being lost.
    let limit = DefaultBodyLimit::max(max_bytes.saturating_mul(6).saturating_add(1024));
    Router::new().route("/", get(show).post(score).layer(limit))
}

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    lang: &'static str,
    w: &'static Words,
    switch: Vec<(&'static str, &'a str, bool)>,
    assets: String,
    text: &'a str,
    problem: Option<&'a str>,
    result: Option<Box<ResultView<'a>>>,
    demo: bool,
}

/// What a page is made for.
#[derive(Debug, Clone, Copy)]
struct Setting {
    language: Language,
    demo: bool,
}

#[derive(Deserialize)]
struct Show {
    lang: Option<String>,
    example: Option<String>,
}

async fn show(
    State(state): State<AppState>,
    caller: Result<Caller, Error>,
    headers: HeaderMap,
    Query(query): Query<Show>,
) -> Result<Response, Error> {
    match caller {
        Err(Error::Unauthenticated) => return Ok(Redirect::to("/sign-in").into_response()),
        caller => caller?.may(Right::Assess)?,
    };
    let language = interface_language(query.lang.as_deref(), &headers);
    let text = if query.example.is_some() { example(language) } else { "" };
    let mut response =
        render(Setting { language, demo: state.demo.is_some() }, text, StatusCode::OK, Outcome::Nothing)?;
    // The form is the same for everybody; letting the browser keep it is what brings typed text back with "back".
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(response)
}

#[derive(Deserialize)]
struct Form {
    #[serde(default)]
    text: String,
    /// Language that the page was in.
    lang: Option<String>,
    /// Language that the switch asks for.
    switch_to: Option<String>,
}

async fn score(
    State(state): State<AppState>,
    caller: Result<Caller, Error>,
    headers: HeaderMap,
    form: Result<axum::Form<Form>, FormRejection>,
) -> Result<Response, Error> {
    let axum::Form(form) = form.map_err(|rejection| match rejection {
        FormRejection::InvalidFormContentType(_) => {
            Error::UnsupportedMediaType { expected: "application/x-www-form-urlencoded" }
        }
        FormRejection::BytesRejection(rejection) => assess::body_error(&rejection, state.max_bytes),
        _ => Error::InvalidBody { line: 1, column: 1 },
    })?;
    let asked = form.switch_to.as_deref().or(form.lang.as_deref());
    let language = interface_language(asked, &headers);
    let setting = Setting { language, demo: state.demo.is_some() };
    // Browsers send line ends as CRLF; in the box, and in what a script counts, they are LF.
    let text = form.text.replace("\r\n", "\n");
    if form.switch_to.is_some() && text.trim().is_empty() {
        return Ok(Redirect::to(&format!("/?lang={}", words::tag(language))).into_response());
    }
    // Who has been signed out meanwhile keeps the text.
    let assessed = match caller.and_then(|caller| caller.may(Right::Assess)) {
        Ok(_) => state.assess(text.clone(), Source::Page).await,
        Err(error) => Err(error),
    };
    match assessed {
        Ok(logged) => {
            let id = assess::id_header(logged.id);
            let result = Box::new(ResultView::new(&text, &logged.assessment, language));
            let mut response = render(setting, &text, StatusCode::OK, Outcome::Result(result))?;
            response.headers_mut().insert(assess::ASSESSMENT_ID, id);
            Ok(response)
        }
        Err(error) => {
            error.log();
            let problem = Words::of(language).problem(error.code());
            let mut response = render(setting, &text, error.status(), Outcome::Problem(problem))?;
            if matches!(error, Error::Busy) {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Ok(response)
        }
    }
}

/// What the page has to show beside the text.
enum Outcome<'a> {
    Nothing,
    Problem(&'a str),
    Result(Box<ResultView<'a>>),
}

fn render(
    Setting { language, demo }: Setting,
    text: &str,
    status: StatusCode,
    outcome: Outcome<'_>,
) -> Result<Response, Error> {
    let (problem, result) = match outcome {
        Outcome::Nothing => (None, None),
        Outcome::Problem(problem) => (Some(problem), None),
        Outcome::Result(result) => (None, Some(result)),
    };
    let page = Page {
        lang: words::tag(language),
        w: Words::of(language),
        switch: INTERFACE.map(|l| (words::tag(l), words::own_name(l), l == language)).to_vec(),
        assets: assets::folder(),
        text,
        problem,
        result,
        demo,
    };
    let html = page.render().map_err(|_| Error::Internal)?;
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(words::tag(language)));
    headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    Ok(response)
}

/// The language that was asked for, or else the first one that the browser prefers; Catalan when there is none.
pub(super) fn interface_language(asked: Option<&str>, headers: &HeaderMap) -> Language {
    asked
        .and_then(words::from_tag)
        .or_else(|| accepted(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?))
        .unwrap_or(Language::Ca)
}

/// The best interface language of an `Accept-Language` value (RFC 9110, 12.5.4).
pub(super) fn accepted(value: &str) -> Option<Language> {
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

fn example(language: Language) -> &'static str {
    match language {
        Language::Ca => include_str!("../../words/example.ca.txt"),
        Language::Es => include_str!("../../words/example.es.txt"),
        Language::En | Language::Other => include_str!("../../words/example.en.txt"),
    }
    .trim_end()
}
