//! A span and an id for each request.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;
use uuid::Uuid;

use super::{Error, problem};
use crate::state::AppState;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Nothing is fetched from elsewhere, nothing runs inline, nobody frames the page.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Gives the request an id, logs how it ended, and sets the headers that every answer has.
///
/// The span names the route, not the path or the query, and the id is ours, not the caller's: a caller may have put
/// text into either.
pub(super) async fn request(request: Request, next: Next) -> Response {
    let id = Uuid::now_v7().simple().to_string();
    let route = route(&request).to_owned();
    let language = problem::language(request.headers());
    let status = tracing::field::Empty;
    let span = tracing::info_span!("request", id, method = %method(&request), route, status);
    async move {
        let started = Instant::now();
        let mut response = problem::tell(next.run(request).await, language, &id);
        let ms = started.elapsed().as_secs_f64() * 1e3;
        tracing::info!(status = response.status().as_u16(), ms, "answered");
        tracing::Span::current().record("status", u64::from(response.status().as_u16()));
        let headers = response.headers_mut();
        if let Ok(id) = HeaderValue::from_str(&id) {
            headers.insert(REQUEST_ID, id);
        }
        let set = |(name, value): (HeaderName, &'static str)| (name, HeaderValue::from_static(value));
        headers.extend(
            [
                (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (header::REFERRER_POLICY, "no-referrer"),
            ]
            .map(set),
        );
        // What is not said to be cacheable may hold a narrative.
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        response
    }
    .instrument(span)
    .await
}

/// Counts the answers, and has clients leave a service that is ending.
pub(super) async fn count(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (method, route) = (method(&request), route(&request).to_owned());
    let started = Instant::now();
    let mut response = next.run(request).await;
    state.metrics.answered((method, &route), response.status().as_u16(), started.elapsed());
    if state.health.is_ending() {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Ends a request that takes too long: what it waits for is let go, and what it wrote half is taken back.
pub(super) async fn deadline(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Error::Deadline.into_response(),
    }
}

/// The route as the router has it.
fn route(request: &Request) -> &str {
    request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str)
}

/// The method, when it is a standard one: an extension method is the caller's own words.
fn method(request: &Request) -> &'static str {
    match request.method().as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
