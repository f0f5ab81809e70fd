//! Many texts: up to 32 in one answer, or a stream of lines for more.

use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use futures_util::StreamExt;
use relat_engine::Assessment;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Error;
use super::assess::{body_error, is_type, json, parse};
use super::caller::{Caller, Right};
use crate::state::AppState;
use crate::store::Source;

/// Texts in one request.
const MAX_TEXTS: usize = 32;

/// How long a line of a stream waits when the queue is full.
const WAIT: Duration = Duration::from_millis(20);

const LINES: &str = "application/x-ndjson";

pub(super) fn router(max_bytes: usize) -> Router<AppState> {
    let limit = DefaultBodyLimit::max(max_bytes.saturating_mul(6 * MAX_TEXTS).saturating_add(1024));
    Router::new()
        .route("/v1/assessments/batch", post(batch).layer(limit))
        .route("/v1/assessments/stream", post(stream))
}

/// Texts to read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateMany {
    /// 1 to 32.
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
pub(super) enum Item {
    /// It was read.
    Read {
        /// Its id in the log.
        id: Uuid,
        /// What a request of its own would have answered, byte for byte.
        #[schema(value_type = Object)]
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
    fn failed(index: usize, error: &Error) -> Self {
        error.log();
        Self::Failed { error: ItemError { index, code: error.code(), detail: error.detail() } }
    }
}

/// Reads one of several texts. What is wrong with a text is its own; what is wrong with the service is everybody's.
async fn one(state: &AppState, (index, text): (usize, String)) -> Result<Item, Error> {
    match state.assess(text, Source::Api).await {
        Ok(logged) => Ok(Item::Read { id: logged.id, assessment: Box::new(logged.assessment) }),
        Err(error) if error.status().is_client_error() && !matches!(error, Error::Busy) => {
            Ok(Item::failed(index, &error))
        }
        Err(error) => Err(error),
    }
}

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
    let mut items = Vec::with_capacity(texts.len());
    for text in texts.into_iter().enumerate() {
        items.push(one(&state, text).await?);
    }
    Ok(Json(Many { items }))
}

/// A line of a stream.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    text: String,
}

/// A text a line in, an answer a line out, while lines still come: as many as the caller likes.
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
                    return Some(written(&Item::failed(self.index, &error)));
                }
            };
            if line.trim_ascii().is_empty() {
                continue;
            }
            let index = self.index;
            self.index += 1;
            let item = match parse::<Line>(&line) {
                Ok(Line { text }) => patiently(&self.state, (index, text)).await,
                Err(error) => Item::failed(index, &error),
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
async fn patiently(state: &AppState, (index, text): (usize, String)) -> Item {
    loop {
        match one(state, (index, text.clone())).await {
            Ok(item) => return item,
            Err(Error::Busy) => tokio::time::sleep(WAIT).await,
            Err(error) => return Item::failed(index, &error),
        }
    }
}

fn written(item: &Item) -> String {
    let mut line = serde_json::to_string(item).unwrap_or_default();
    line.push('\n');
    line
}
