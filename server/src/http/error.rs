//! What a caller is told when something goes wrong: RFC 9457 problems with stable types and codes.

use std::any::Any;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::decisions::{Invalid, Refused};
use crate::rates::TooOften;
use crate::{documents, inference, store};

/// Everything that a handler can answer instead of a result. No variant holds any of the request's text.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The engine refused the text.
    #[error(transparent)]
    Engine(relat_engine::Error),
    /// The body is longer than any text that would be taken.
    #[error("the body is longer than {limit} bytes: send a shorter text")]
    BodyTooLong {
        /// Longest body taken.
        limit: usize,
    },
    /// The body did not arrive whole.
    #[error("the body did not arrive whole: send it again")]
    BodyCut,
    /// The body is not JSON.
    #[error("not JSON at line {line}, column {column}")]
    NotJson {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// JSON, but not a request.
    #[error("not a request at line {line}, column {column}: send {{\"text\": \"…\"}} and no other field")]
    InvalidBody {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// A media type that the route does not take.
    #[error("this route takes {expected}: say so in content-type")]
    UnsupportedMediaType {
        /// The one it takes.
        expected: &'static str,
    },
    /// The queue is full.
    #[error("too many texts are waiting: try again after a second")]
    Busy,
    /// The model panicked, or a handler did.
    #[error("an internal error: the log has the place")]
    Internal,
    /// The request took longer than it may.
    #[error("this took too long and was given up: try again")]
    Deadline,
    /// The service is ending.
    #[error("the service is ending: try again when it is back")]
    Stopping,
    /// The log of assessments cannot be read or written.
    #[error("the log of assessments cannot be read or written: nothing is answered that is not logged")]
    Store(#[source] store::Error),
    /// Nobody has signed in, or the key is not one.
    #[error("sign in, or send a key as `Authorization: Bearer …`")]
    Unauthenticated,
    /// The caller has no right to this.
    #[error("this is not for the roles or the scopes that you have")]
    Forbidden,
    /// Another site made a browser ask.
    #[error("another site asked for this: nothing was done")]
    CrossSite,
    /// A key is used too often.
    #[error(transparent)]
    TooOften(#[from] TooOften),
    /// A write without a key of its own.
    #[error("send a new Idempotency-Key of 1 to 200 characters with every write")]
    IdempotencyKey,
    /// A key that stands for another request.
    #[error("this Idempotency-Key was used for another request: take a new one")]
    IdempotencyKeyReused,
    /// Somebody else wrote meanwhile.
    #[error("somebody else wrote meanwhile, and this is now version {current}: read it again, then decide")]
    VersionConflict {
        /// The version as it is.
        current: i64,
    },
    /// An act that cannot be done now.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// An act that says nothing about this interview.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Alerts keep the interview from being closed.
    #[error("decide on every alert first: {}", .codes.join(", "))]
    AlertsUndecided {
        /// Their codes.
        codes: Vec<String>,
    },
    /// The worker has to score before seeing the model's.
    #[error("score every domain of the matrix first: your centre works without the model's levels before it")]
    BlindFirst,
    /// A field with a value that is not taken.
    #[error("{field} is not one that is taken")]
    Field {
        /// Its name.
        field: &'static str,
    },
    /// A document without text that could be taken.
    #[error(transparent)]
    Document(#[from] documents::Error),
    /// There is one of that name already.
    #[error("there is one of that name already")]
    Taken,
    /// No such thing.
    #[error("there is nothing here")]
    NotFound,
    /// The route exists and takes another method.
    #[error("this route does not take this method")]
    MethodNotAllowed,
}

impl From<relat_engine::Error> for Error {
    fn from(error: relat_engine::Error) -> Self {
        Self::Engine(error)
    }
}

impl From<inference::Error> for Error {
    fn from(error: inference::Error) -> Self {
        match error {
            inference::Error::Busy => Self::Busy,
            inference::Error::Engine(error) => Self::Engine(error),
            inference::Error::Panicked => Self::Internal,
            inference::Error::Stopped => Self::Stopping,
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

impl Error {
    /// What was broken by adding a second of a name is the caller's to mend.
    pub(super) fn or_taken(error: store::Error) -> Self {
        if error.is_taken() { Self::Taken } else { Self::Store(error) }
    }

    /// Status, code and title; the one place where they are decided.
    fn parts(&self) -> (StatusCode, &'static str, &'static str) {
        use relat_engine::Error as Engine;
        match self {
            Self::Engine(e @ Engine::EmptyText) => {
                (StatusCode::UNPROCESSABLE_ENTITY, e.code(), "The text is empty")
            }
            Self::Engine(e @ Engine::TextTooLong { .. }) => {
                (StatusCode::PAYLOAD_TOO_LARGE, e.code(), "The text is too long")
            }
            Self::Engine(e @ Engine::NotUtf8 { .. }) => {
                (StatusCode::BAD_REQUEST, e.code(), "The body is not UTF-8")
            }
            Self::Engine(_) | Self::Internal => {
                (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal error")
            }
            Self::BodyTooLong { .. } => {
                (StatusCode::PAYLOAD_TOO_LARGE, "body_too_long", "The body is too long")
            }
            Self::BodyCut => (StatusCode::BAD_REQUEST, "body_cut", "The body did not arrive whole"),
            Self::NotJson { .. } => (StatusCode::BAD_REQUEST, "not_json", "The body is not JSON"),
            Self::InvalidBody { .. } => {
                (StatusCode::UNPROCESSABLE_ENTITY, "invalid_body", "The body is not a request")
            }
            Self::UnsupportedMediaType { .. } => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "Unsupported media type")
            }
            Self::Busy => (StatusCode::TOO_MANY_REQUESTS, "busy", "Too many requests are waiting"),
            Self::Deadline => (StatusCode::SERVICE_UNAVAILABLE, "deadline", "It took too long"),
            Self::Stopping => (StatusCode::SERVICE_UNAVAILABLE, "stopping", "The service is ending"),
            Self::Store(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", "The log does not answer")
            }
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "unauthenticated", "Not signed in"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden", "Not allowed"),
            Self::CrossSite => (StatusCode::FORBIDDEN, "cross_site", "Asked for by another site"),
            Self::TooOften(_) => (StatusCode::TOO_MANY_REQUESTS, "rate_limited", "The key is used too often"),
            Self::IdempotencyKey => {
                (StatusCode::BAD_REQUEST, "idempotency_key_missing", "No Idempotency-Key")
            }
            Self::IdempotencyKeyReused => {
                (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", "Idempotency-Key used before")
            }
            Self::VersionConflict { .. } => {
                (StatusCode::CONFLICT, "version_conflict", "Somebody else wrote meanwhile")
            }
            Self::Refused(refused) => (StatusCode::CONFLICT, refusal(*refused), "Not possible now"),
            Self::Invalid(_) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "invalid_decision", "Not a decision on this")
            }
            Self::AlertsUndecided { .. } => {
                (StatusCode::CONFLICT, "alerts_undecided", "Alerts are not decided on")
            }
            Self::BlindFirst => (StatusCode::CONFLICT, "blind_first", "Score first"),
            Self::Field { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "invalid_field", "A field is not taken"),
            Self::Document(document) => {
                (StatusCode::UNPROCESSABLE_ENTITY, document.code(), "No text in the document")
            }
            Self::Taken => (StatusCode::CONFLICT, "taken", "The name is taken"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", "Not found"),
            Self::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Method not allowed")
            }
        }
    }

    /// HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.parts().0
    }

    /// The stable code: the same in logs, answers and documents.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.parts().1
    }

    /// What to do about it. An engine's error that is the server's own fault tells the caller nothing.
    pub(super) fn detail(&self) -> String {
        match self {
            Self::Engine(_) if self.status().is_server_error() => Self::Internal.to_string(),
            _ => self.to_string(),
        }
    }

    /// Logs the cause of what is the server's fault. Neither an error of the engine nor of the store holds text.
    pub(super) fn log(&self) {
        if self.status().is_server_error() {
            let cause = match self {
                Self::Store(source) => source.to_string(),
                other => other.to_string(),
            };
            tracing::error!(code = self.code(), cause, "request failed");
        }
    }
}

fn refusal(refused: Refused) -> &'static str {
    match refused {
        Refused::NothingToUndo => "nothing_to_undo",
        Refused::NothingToRedo => "nothing_to_redo",
        Refused::Closed => "interview_closed",
        Refused::Open => "interview_open",
        Refused::Gap => "log_gap",
    }
}

/// The code of the problem that an answer tells, for who turns it into a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Code(pub(super) &'static str);

/// A problem as RFC 9457 writes it; `code` is an extension member.
#[derive(Debug, Serialize)]
struct Problem {
    r#type: String,
    title: &'static str,
    status: u16,
    code: &'static str,
    detail: String,
    /// Of a conflict: the version as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    current_version: Option<i64>,
    /// Of undecided alerts: which.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    codes: Vec<String>,
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        self.log();
        let (status, code, title) = self.parts();
        let problem = Problem {
            r#type: format!("urn:relat:problem:{code}"),
            title,
            status: status.as_u16(),
            code,
            detail: self.detail(),
            current_version: match &self {
                Self::VersionConflict { current } => Some(*current),
                _ => None,
            },
            codes: match &self {
                Self::AlertsUndecided { codes } => codes.clone(),
                _ => Vec::new(),
            },
        };
        let mut response = (status, Json(problem)).into_response();
        response.extensions_mut().insert(Code(code));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if matches!(self, Self::Busy) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if let Self::TooOften(TooOften { wait, .. }) = self {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        if matches!(self, Self::Unauthenticated) {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// The answer of a handler that panicked; what it said is not looked at, because it may quote the text.
pub(super) fn from_panic(_: Box<dyn Any + Send>) -> Response {
    Error::Internal.into_response()
}
