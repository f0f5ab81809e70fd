//! Assessments for machines.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use relat_engine::Assessment;
use serde::Deserialize;
use serde_json::error::Category;
use utoipa::ToSchema;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;
use uuid::Uuid;

use super::Error;
use super::caller::{Caller, Right};
use super::extract::Path;
use crate::state::{AppState, Logged};
use crate::store::{Entry, Source};

/// The id under which an answer is in the log.
pub(super) const ASSESSMENT_ID: HeaderName = HeaderName::from_static("x-assessment-id");

pub(super) fn router(max_bytes: usize) -> OpenApiRouter<AppState> {
    // A byte of text takes at most six in JSON, as `\u0000`; the rest is the object around it.
    let limit = DefaultBodyLimit::max(max_bytes.saturating_mul(6).saturating_add(1024));
    OpenApiRouter::new().routes(routes!(create).layer(limit)).routes(routes!(read)).routes(routes!(schema))
}

/// A text to read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateAssessment)]
pub(super) struct Create {
    /// What was told. It is neither stored nor logged.
    #[schema(value_type = crate::schema::Narrative)]
    text: String,
}

/// Score a text that is not kept
#[utoipa::path(
    post,
    path = "/v1/assessments",
    operation_id = "create_assessment",
    tag = "assessments",
    request_body = Create,
    responses((status = 200, description = "What was read", body = crate::schema::Assessment,
        headers(("x-assessment-id" = Uuid, description = "Its id in the log")))),
)]
async fn create(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Error> {
    caller.may(Right::Assess)?;
    let body = body.map_err(|rejection| body_error(&rejection, state.max_bytes))?;
    let Create { text } = json(&headers, &body)?;
    let Logged { id, assessment } = state.assess(text, Source::Api).await?;
    Ok(([(ASSESSMENT_ID, id_header(id))], Json(assessment)).into_response())
}

/// What is in the log of an assessment: codes and versions, no text
#[utoipa::path(
    get,
    path = "/v1/assessments/{id}",
    operation_id = "read_assessment",
    tag = "assessments",
    params(("id" = Uuid, Path, description = "Its id")),
    responses((status = 200, description = "The entry of the log", body = Entry)),
)]
async fn read(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Entry>, Error> {
    caller.may(Right::Assess)?;
    let id = Uuid::try_parse(&id).map_err(|_| Error::NotFound)?;
    state.store.get(id).await?.map(Json).ok_or(Error::NotFound)
}

/// The JSON Schema of an assessment
#[utoipa::path(
    get,
    path = "/v1/schema/assessment.json",
    operation_id = "read_assessment_schema",
    tag = "reference",
    responses((status = 200, description = "The schema", content_type = "application/schema+json", body = serde_json::Value)),
)]
async fn schema() -> impl IntoResponse {
    let body = Assessment::schema().to_string();
    ([(header::CONTENT_TYPE, "application/schema+json"), (header::CACHE_CONTROL, "no-cache")], body)
}

/// The header's value of an id.
pub(super) fn id_header(id: Uuid) -> HeaderValue {
    #[expect(clippy::expect_used, reason = "an id is hexadecimal digits and hyphens")]
    HeaderValue::from_str(&id.to_string()).expect("BUG: an id is not a header value")
}

/// Why there is no body.
pub(super) fn body_error(rejection: &BytesRejection, limit: usize) -> Error {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Error::BodyTooLong { limit },
        _ => Error::BodyCut,
    }
}

/// True when the request says that its body is of a media type, whatever its parameters.
pub(super) fn is_type(headers: &HeaderMap, expected: &str) -> bool {
    let said = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    said.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case(expected))
}

/// Reads a JSON body. What serde says of it is not passed on: it quotes the body.
pub(super) fn json<T: serde::de::DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, Error> {
    const EXPECTED: &str = "application/json";
    if !is_type(headers, EXPECTED) {
        return Err(Error::UnsupportedMediaType { expected: EXPECTED });
    }
    parse(body)
}

/// Reads JSON without saying anything of it.
pub(super) fn parse<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    let text = std::str::from_utf8(body)
        .map_err(|e| relat_engine::Error::NotUtf8 { valid_up_to: e.valid_up_to() })?;
    serde_json::from_str(text).map_err(|e| {
        let (line, column) = (e.line(), e.column());
        match e.classify() {
            Category::Data => Error::InvalidBody { line, column },
            Category::Syntax | Category::Eof | Category::Io => Error::NotJson { line, column },
        }
    })
}
