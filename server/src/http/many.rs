//! Many texts: up to 32 in one answer, or a stream of lines for more.

use std::time::Duration;

use axum::Json;
use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use relat_engine::{Assessment, Language};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;
use uuid::Uuid;

use super::Error;
use super::assess::{body_error, is_type, json, parse};
use super::caller::{Caller, Right};
use super::problem;
use crate::state::AppState;
use crate::store::Source;

/// Texts in one request.
const MAX_TEXTS: usize = 32;

/// How long a line of a stream waits when the queue is full.
const WAIT: Duration = Duration::from_millis(20);

const LINES: &str = "application/x-ndjson";

pub(super) fn router(max_bytes: usize) -> OpenApiRouter<AppState> {
    let limit = DefaultBodyLimit::max(max_bytes.saturating_mul(6 * MAX_TEXTS).saturating_add(1024));
    OpenApiRouter::new().routes(routes!(batch).layer(limit)).routes(routes!(stream))
}

/// Texts to read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateMany {
    /// 1 to 32. What is wrong with one is told in its place.
    #[schema(min_items = 1, max_items = 32)]
    texts: Vec<String>,
}

/// What was read, in the order of the texts.
#[derive(Serialize, ToSchema)]
pub(super) struct Many {
    items: Vec<Item>,
}

/// The answer to one text.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = BatchItem)]
pub(super) enum Item {
    /// It was read.
    Read {
        /// Its id in the log.
        id: Uuid,
        /// What a request of its own would have answered, byte for byte.
        #[schema(value_type = crate::schema::Assessment)]
        assessment: Box<Assessment>,
    },
    /// It was not.
    Failed {
        /// Why.
        error: ItemError,
    },
}

/// Why a text was not read.
#[derive(Serialize, ToSchema)]
pub(super) struct ItemError {
    /// Place of the text, from 0.
    index: usize,
    /// Stable code of the problem.
    code: &'static str,
    /// What to do.
    detail: String,
}

impl Item {
    fn failed(index: usize, error: &Error, language: Language) -> Self {
        error.log();
        let detail = problem::detail(error, language);
        Self::Failed { error: ItemError { index, code: error.code(), detail } }
    }
}

/// Reads one of several texts. What is wrong with a text is its own; what is wrong with the service is everybody's.
async fn one(state: &AppState, (index, text): (usize, String), language: Language) -> Result<Item, Error> {
    match state.assess(text, Source::Api).await {
        Ok(logged) => Ok(Item::Read { id: logged.id, assessment: Box::new(logged.assessment) }),
        Err(error) if error.status().is_client_error() && !matches!(error, Error::Busy) => {
            Ok(Item::failed(index, &error, language))
        }
        Err(error) => Err(error),
    }
}

/// Score up to 32 texts that are not kept
#[utoipa::path(
    post,
    path = "/v1/assessments/batch",
    operation_id = "create_assessments",
    tag = "assessments",
    request_body = CreateMany,
    responses((status = 200, description = "What was read, in the order of the texts", body = Many)),
)]
async fn batch(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Many>, Error> {
    caller.may(Right::Assess)?;
    let body = body.map_err(|rejection| body_error(&rejection, state.max_bytes))?;
    let CreateMany { texts } = json(&headers, &body)?;
    if !(1..=MAX_TEXTS).contains(&texts.len()) {
        return Err(Error::Field { field: "texts" });
    }
    let language = problem::language(&headers);
    let mut items = Vec::with_capacity(texts.len());
    for text in texts.into_iter().enumerate() {
        items.push(one(&state, text, language).await?);
    }
    Ok(Json(Many { items }))
}

/// A line of a stream.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StreamLine)]
pub(super) struct Line {
    /// What was told.
    text: String,
}

/// Score any number of texts, a line of JSON each
///
/// A text a line in, an answer a line out, while lines still come.
#[utoipa::path(
    post,
    path = "/v1/assessments/stream",
    operation_id = "stream_assessments",
    tag = "assessments",
    request_body(content_type = "application/x-ndjson", content = String, description = "A `StreamLine` a line"),
    responses((status = 200, description = "A `BatchItem` a line, in the order of the lines", content_type = "application/x-ndjson", body = String)),
)]
async fn stream(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    caller.may(Right::Assess)?;
    if !is_type(&headers, LINES) {
        return Err(Error::UnsupportedMediaType { expected: LINES });
    }
    let lines = Lines {
        longest: state.max_bytes.saturating_mul(6).saturating_add(1024),
        state,
        body: body.into_data_stream(),
        buffer: Vec::new(),
        index: 0,
        ended: false,
        language: problem::language(&headers),
    };
    let answers = futures_util::stream::unfold(lines, |mut lines| async move {
        let answer = lines.next().await?;
        Some((Ok::<_, std::convert::Infallible>(answer), lines))
    });
    Ok(([(header::CONTENT_TYPE, LINES)], Body::from_stream(answers)).into_response())
}

/// A request that is read as its answer is written: no more than a line of either is held.
struct Lines {
    state: AppState,
    body: BodyDataStream,
    buffer: Vec<u8>,
    longest: usize,
    index: usize,
    ended: bool,
    language: Language,
}

impl Lines {
    /// The answer to the next line; nothing after the last.
    async fn next(&mut self) -> Option<String> {
        loop {
            let line = match self.line().await {
                Ok(line) => line?,
                // The rest cannot be told apart: this is the last answer.
                Err(error) => {
                    self.ended = true;
                    self.buffer.clear();
                    return Some(written(&Item::failed(self.index, &error, self.language)));
                }
            };
            if line.trim_ascii().is_empty() {
                continue;
            }
            let index = self.index;
            self.index += 1;
            let item = match parse::<Line>(&line) {
                Ok(Line { text }) => patiently(&self.state, (index, text), self.language).await,
                Err(error) => Item::failed(index, &error, self.language),
            };
            return Some(written(&item));
        }
    }

    async fn line(&mut self) -> Result<Option<Vec<u8>>, Error> {
        loop {
            if let Some(end) = self.buffer.iter().position(|&b| b == b'\n') {
                let rest = self.buffer.split_off(end + 1);
                return Ok(Some(std::mem::replace(&mut self.buffer, rest)));
            }
            if self.buffer.len() > self.longest {
                return Err(Error::BodyTooLong { limit: self.longest });
            }
            if self.ended {
                let last = std::mem::take(&mut self.buffer);
                return Ok((!last.is_empty()).then_some(last));
            }
            match self.body.next().await {
                Some(Ok(bytes)) => self.buffer.extend_from_slice(&bytes),
                Some(Err(_)) => return Err(Error::BodyCut),
                None => self.ended = true,
            }
        }
    }
}

/// Waits for a place in the queue: a stream goes as fast as there is room.
async fn patiently(state: &AppState, (index, text): (usize, String), language: Language) -> Item {
    loop {
        match one(state, (index, text.clone()), language).await {
            Ok(item) => return item,
            Err(Error::Busy) => tokio::time::sleep(WAIT).await,
            Err(error) => return Item::failed(index, &error, language),
        }
    }
}

fn written(item: &Item) -> String {
    let mut line = serde_json::to_string(item).unwrap_or_default();
    line.push('\n');
    line
}
