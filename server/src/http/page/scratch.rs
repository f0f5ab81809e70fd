//! A text that is read and not kept: one form, rendered here with and without JavaScript.

use askama::Template;
use axum::Router;
use axum::extract::rejection::FormRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use relat_engine::Language;
use serde::Deserialize;

use super::shell::{Room, Shell, Visitor, language_of, page};
use crate::http::caller::Right;
use crate::http::extract::Query;
use crate::http::{Error, assess};
use crate::state::AppState;
use crate::store::Source;
use crate::words::{self, Words};

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

use super::findings::ResultView;

pub(super) fn router(max_bytes: usize) -> Router<AppState> {
    // A byte of text takes at most three in a form. Twice the limit is taken in, so that a text that is somewhat too
    // long comes back in its box with the reason, instead of being lost.
    let limit = DefaultBodyLimit::max(max_bytes.saturating_mul(6).saturating_add(1024));
    Router::new().route("/try", get(show).post(score).layer(limit))
}

#[derive(Template)]
#[template(path = "scratch/page.html")]
struct Page<'a> {
    shell: Shell,
    lang: &'static str,
    w: Words,
    text: &'a str,
    problem: Option<&'a str>,
    result: Option<Box<ResultView<'a>>>,
}

#[derive(Deserialize)]
struct Show {
    example: Option<String>,
}

async fn show(visitor: Visitor, Query(query): Query<Show>) -> Result<Response, Error> {
    visitor.may(Right::Assess)?;
    let text = if query.example.is_some() { example(visitor.language) } else { "" };
    let shell = visitor.shell(Room::Scratch);
    let mut response = render(shell, text, StatusCode::OK, Outcome::Nothing)?;
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
    visitor: Result<Visitor, Error>,
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
    let asked = form.switch_to.as_deref().or(form.lang.as_deref()).and_then(words::from_tag);
    let language = asked.unwrap_or_else(|| language_of(&headers, None));
    // Browsers send line ends as CRLF; in the box, and in what a script counts, they are LF.
    let text = form.text.replace("\r\n", "\n");
    if form.switch_to.is_some() && text.trim().is_empty() {
        return Ok(Redirect::to(&format!("/try?lang={}", words::tag(language))).into_response());
    }
    // Who has been signed out meanwhile keeps the text.
    let (shell, right) = match visitor {
        Ok(visitor) => {
            let visitor = visitor.in_language(language);
            (visitor.shell(Room::Scratch), visitor.may(Right::Assess))
        }
        Err(error) => (Shell::gate(language, "/try"), Err(error)),
    };
    let assessed = match right {
        Ok(_) => state.assess(text.clone(), Source::Page).await,
        Err(error) => Err(error),
    };
    match assessed {
        Ok(logged) => {
            let id = assess::id_header(logged.id);
            let result = Box::new(ResultView::new(&text, &logged.assessment, language));
            let mut response = render(shell, &text, StatusCode::OK, Outcome::Result(result))?;
            response.headers_mut().insert(assess::ASSESSMENT_ID, id);
            Ok(response)
        }
        Err(error) => {
            error.log();
            let problem = Words::of(language).problem(error.code());
            let mut response = render(shell, &text, error.status(), Outcome::Problem(problem))?;
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

fn render(shell: Shell, text: &str, status: StatusCode, outcome: Outcome<'_>) -> Result<Response, Error> {
    let (problem, result) = match outcome {
        Outcome::Nothing => (None, None),
        Outcome::Problem(problem) => (Some(problem), None),
        Outcome::Result(result) => (None, Some(result)),
    };
    let (lang, w) = (shell.lang, shell.w);
    let mut response = page(&Page { shell, lang, w, text, problem, result }, status)?;
    response.headers_mut().insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang));
    Ok(response)
}

fn example(language: Language) -> &'static str {
    match language {
        Language::Ca => include_str!("../../../words/example.ca.txt"),
        Language::Es => include_str!("../../../words/example.es.txt"),
        Language::En | Language::Other => include_str!("../../../words/example.en.txt"),
    }
    .trim_end()
}
