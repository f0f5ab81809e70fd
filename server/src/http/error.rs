//! What can go wrong, with its status and its stable code; `problem` has the words.

use std::any::Any;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use relat_engine::Language;

use super::problem;
use crate::decisions::{Invalid, Refused};
use crate::rates::TooOften;
use crate::{documents, inference, store};

/// Everything that a handler can answer instead of a result. No variant holds any of the request's text.
#[derive(Debug)]
pub enum Error {
    /// The engine refused the text.
    Engine(relat_engine::Error),
    /// The text has more characters than are taken.
    TooManyCharacters {
        /// Most characters taken.
        limit: usize,
    },
    /// The body is longer than any text that would be taken.
    BodyTooLong {
        /// Longest body taken.
        limit: usize,
    },
    /// The body did not arrive whole.
    BodyCut,
    /// The body is not JSON.
    NotJson {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// JSON, but not a request.
    InvalidBody {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// Parameters of the address that the route does not take.
    InvalidQuery,
    /// A media type that the route does not take.
    UnsupportedMediaType {
        /// The one it takes.
        expected: &'static str,
    },
    /// The queue is full.
    Busy,
    /// The model panicked, or a handler did.
    Internal,
    /// The request took longer than it may.
    Deadline,
    /// The service is ending.
    Stopping,
    /// The model is not loaded yet.
    NotReady,
    /// The log of assessments cannot be read or written.
    Store(store::Error),
    /// Nobody has signed in, or the key is not one.
    Unauthenticated,
    /// The caller has no right to this.
    Forbidden,
    /// Another site made a browser ask.
    CrossSite,
    /// The provider of identities did not let somebody pass, or nobody here who may sign in has the identity.
    NotLetIn,
    /// The provider of identities cannot be asked, or answers oddly.
    Provider,
    /// A key is used too often.
    TooOften(TooOften),
    /// A write without a key of its own.
    IdempotencyKey,
    /// A key that stands for another request.
    IdempotencyKeyReused,
    /// Somebody else wrote meanwhile.
    VersionConflict {
        /// The version as it is.
        current: i64,
    },
    /// An act that cannot be done now.
    Refused(Refused),
    /// An act that says nothing about this interview.
    Invalid(Invalid),
    /// Alerts keep the interview from being closed.
    AlertsUndecided {
        /// Their codes.
        codes: Vec<String>,
    },
    /// The worker has to score before seeing the model's.
    BlindFirst,
    /// A field with a value that is not taken.
    Field {
        /// Its name.
        field: &'static str,
    },
    /// A document without text that could be taken.
    Document(documents::Error),
    /// Somebody would shut themselves out.
    OwnAccount,
    /// There is one of that name already.
    Taken,
    /// No such thing.
    NotFound,
    /// The route exists and takes another method.
    MethodNotAllowed,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&problem::detail(self, Language::En))
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Store(source) => Some(source),
            Self::Engine(source) => Some(source),
            _ => None,
        }
    }
}

impl From<documents::Error> for Error {
    fn from(error: documents::Error) -> Self {
        Self::Document(error)
    }
}

impl From<TooOften> for Error {
    fn from(error: TooOften) -> Self {
        Self::TooOften(error)
    }
}

impl From<Refused> for Error {
    fn from(error: Refused) -> Self {
        Self::Refused(error)
    }
}

impl From<Invalid> for Error {
    fn from(error: Invalid) -> Self {
        Self::Invalid(error)
    }
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

    /// Status and code; the one place where they are decided.
    fn parts(&self) -> (StatusCode, &'static str) {
        use relat_engine::Error as Engine;
        match self {
            Self::Engine(e @ Engine::EmptyText) => (StatusCode::UNPROCESSABLE_ENTITY, e.code()),
            Self::Engine(e @ Engine::TextTooLong { .. }) => (StatusCode::PAYLOAD_TOO_LARGE, e.code()),
            Self::Engine(e @ Engine::NotUtf8 { .. }) => (StatusCode::BAD_REQUEST, e.code()),
            Self::Engine(_) | Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
            Self::TooManyCharacters { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "too_many_characters"),
            Self::BodyTooLong { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_long"),
            Self::BodyCut => (StatusCode::BAD_REQUEST, "body_cut"),
            Self::NotJson { .. } => (StatusCode::BAD_REQUEST, "not_json"),
            Self::InvalidBody { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "invalid_body"),
            Self::InvalidQuery => (StatusCode::BAD_REQUEST, "invalid_query"),
            Self::UnsupportedMediaType { .. } => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type")
            }
            Self::Busy => (StatusCode::TOO_MANY_REQUESTS, "busy"),
            Self::Deadline => (StatusCode::SERVICE_UNAVAILABLE, "deadline"),
            Self::Stopping => (StatusCode::SERVICE_UNAVAILABLE, "stopping"),
            Self::NotReady => (StatusCode::SERVICE_UNAVAILABLE, "not_ready"),
            Self::Store(_) => (StatusCode::SERVICE_UNAVAILABLE, "store_unavailable"),
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "unauthenticated"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
            Self::CrossSite => (StatusCode::FORBIDDEN, "cross_site"),
            Self::NotLetIn => (StatusCode::FORBIDDEN, "not_let_in"),
            Self::Provider => (StatusCode::BAD_GATEWAY, "provider"),
            Self::TooOften(_) => (StatusCode::TOO_MANY_REQUESTS, "rate_limited"),
            Self::IdempotencyKey => (StatusCode::BAD_REQUEST, "idempotency_key_missing"),
            Self::IdempotencyKeyReused => (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused"),
            Self::VersionConflict { .. } => (StatusCode::CONFLICT, "version_conflict"),
            Self::Refused(refused) => (StatusCode::CONFLICT, refusal(*refused)),
            Self::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid_decision"),
            Self::AlertsUndecided { .. } => (StatusCode::CONFLICT, "alerts_undecided"),
            Self::BlindFirst => (StatusCode::CONFLICT, "blind_first"),
            Self::Field { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "invalid_field"),
            Self::Document(document) => (StatusCode::UNPROCESSABLE_ENTITY, document.code()),
            Self::OwnAccount => (StatusCode::CONFLICT, "own_account"),
            Self::Taken => (StatusCode::CONFLICT, "taken"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
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

    /// Seconds after which to try again, if that helps.
    pub(super) fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Busy | Self::NotReady | Self::Stopping => Some(1),
            Self::TooOften(TooOften { wait, .. }) => Some(*wait),
            _ => None,
        }
    }

    /// Logs the cause of what is the server's fault. Neither an error of the engine nor of the store holds text.
    pub(super) fn log(&self) {
        if self.status().is_server_error() {
            let cause = match self {
                Self::Store(source) => source.to_string(),
                Self::Engine(source) => source.to_string(),
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

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        self.log();
        problem::untold(self)
    }
}

/// The code of the problem that an answer tells, for who turns it into a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Code(pub(super) &'static str);

/// The answer of a handler that panicked; what it said is not looked at, because it may quote the text.
pub(super) fn from_panic(_: Box<dyn Any + Send>) -> Response {
    Error::Internal.into_response()
}
