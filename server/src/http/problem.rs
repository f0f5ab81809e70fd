//! Errors as RFC 9457 problems: stable type and code, title and detail in the caller's language, and the id under which
//! the request is in the log.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use relat_engine::Language;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Error;
use super::error::Code;
use super::page::accepted;
use crate::decisions::Invalid;
use crate::rates::TooOften;
use crate::words;

/// Media type of RFC 9457.
pub(super) const MEDIA_TYPE: &str = "application/problem+json";

/// What every problem's type begins with.
const TYPE: &str = "urn:relat:problem:";

/// Title and detail.
type Pair = (String, String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Translated {
    ca: Pair,
    es: Pair,
    en: Pair,
}

impl Translated {
    fn of(&self, language: Language) -> &Pair {
        match language {
            Language::Ca => &self.ca,
            Language::Es => &self.es,
            Language::En | Language::Other => &self.en,
        }
    }
}

#[expect(clippy::expect_used, reason = "a unit test reads the file")]
static WORDS: LazyLock<BTreeMap<String, Translated>> = LazyLock::new(|| {
    toml::from_str(include_str!("../../words/problems.toml")).expect("BUG: the words of problems do not load")
});

/// Every stable code.
pub(super) fn codes() -> impl Iterator<Item = &'static str> {
    WORDS.keys().map(String::as_str).filter(|key| !key.contains('.'))
}

/// Types and titles in English, for the document of the API.
pub(super) fn types() -> impl Iterator<Item = (String, &'static str)> {
    codes().filter_map(|code| Some((format!("{TYPE}{code}"), WORDS.get(code)?.en.0.as_str())))
}

/// A problem as RFC 9457 writes it; what follows `detail` are extension members.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Problem {
    /// `urn:relat:problem:` and the code.
    #[schema(example = "urn:relat:problem:not_found", pattern = "^urn:relat:problem:[a-z0-9_]+$")]
    r#type: String,
    /// What kind of problem it is, in the caller's language.
    title: &'static str,
    /// HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What to do about it, in the caller's language.
    detail: String,
    /// Stable code: the same in logs, answers and documents.
    code: &'static str,
    /// The request's id in the log and the traces, as in `x-request-id`.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    trace_id: String,
    /// Of a conflict: the version as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    current_version: Option<i64>,
    /// Of undecided alerts: which.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    codes: Vec<String>,
}

/// An error that waits for its words: only the outermost layer knows the caller's language and the request's id.
#[derive(Clone)]
struct Untold(Arc<Error>);

/// The answer of an error, without words yet.
pub(super) fn untold(error: Error) -> Response {
    let mut response = error.status().into_response();
    response.extensions_mut().insert(Code(error.code()));
    response.extensions_mut().insert(Untold(Arc::new(error)));
    response
}

/// Puts an error's words into its answer; other answers stay as they are.
pub(super) fn tell(response: Response, language: Language, trace_id: &str) -> Response {
    let (mut parts, body) = response.into_parts();
    let Some(Untold(error)) = parts.extensions.remove::<Untold>() else {
        return Response::from_parts(parts, body);
    };
    let code = error.code();
    let problem = Problem {
        r#type: format!("{TYPE}{code}"),
        title: WORDS.get(code).map_or("", |words| &words.of(language).0),
        status: error.status().as_u16(),
        detail: detail(&error, language),
        code,
        trace_id: trace_id.to_owned(),
        current_version: match error.as_ref() {
            Error::VersionConflict { current } => Some(*current),
            _ => None,
        },
        codes: match error.as_ref() {
            Error::AlertsUndecided { codes } => codes.clone(),
            _ => Vec::new(),
        },
    };
    let headers = &mut parts.headers;
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(words::tag(language)));
    if let Some(seconds) = error.retry_after() {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if matches!(error.as_ref(), Error::Unauthenticated) {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    Response::from_parts(parts, Body::from(serde_json::to_vec(&problem).unwrap_or_default()))
}

/// The language of a program's answers: English when it asks for none.
pub(super) fn language(headers: &HeaderMap) -> Language {
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| accepted(value.to_str().ok()?));
    asked.unwrap_or(Language::En)
}

/// What to do about an error. Of what is the server's own fault the caller learns nothing.
pub(super) fn detail(error: &Error, language: Language) -> String {
    let (key, holes) = holes(error);
    let Some(words) = WORDS.get(key) else { return String::new() };
    let mut detail = words.of(language).1.clone();
    for (name, value) in holes {
        detail = detail.replace(&format!("{{{name}}}"), &value);
    }
    detail
}

/// Where an error's words are, and what they leave open.
fn holes(error: &Error) -> (&'static str, Vec<(&'static str, String)>) {
    let limit = |n: usize| vec![("limit", n.to_string())];
    match error {
        Error::Engine(relat_engine::Error::TextTooLong { limit: n, .. })
        | Error::BodyTooLong { limit: n }
        | Error::TooManyCharacters { limit: n } => (error.code(), limit(*n)),
        Error::NotJson { line, column } | Error::InvalidBody { line, column } => {
            (error.code(), vec![("line", line.to_string()), ("column", column.to_string())])
        }
        Error::UnsupportedMediaType { expected } => {
            (error.code(), vec![("expected", (*expected).to_owned())])
        }
        Error::TooOften(TooOften { per_minute, .. }) => {
            (error.code(), vec![("limit", per_minute.to_string())])
        }
        Error::VersionConflict { current } => (error.code(), vec![("current", current.to_string())]),
        Error::AlertsUndecided { codes } => (error.code(), vec![("codes", codes.join(", "))]),
        Error::Field { field } => (error.code(), vec![("field", (*field).to_owned())]),
        Error::Invalid(invalid) => match invalid {
            Invalid::UnknownCode { code } => {
                ("invalid_decision.unknown_code", vec![("unknown", code.clone())])
            }
            Invalid::NotSuggested => ("invalid_decision.not_suggested", vec![]),
            Invalid::AlreadyThere => ("invalid_decision.already_there", vec![]),
            Invalid::Evidence { index } => ("invalid_decision.evidence", vec![("index", index.to_string())]),
            Invalid::Level => ("invalid_decision.level", vec![]),
            Invalid::Status => ("invalid_decision.status", vec![]),
            Invalid::TooMuch { limit: n } => ("invalid_decision.too_much", limit(*n)),
        },
        _ => (error.code(), vec![]),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::decisions::Refused;
    use crate::words::INTERFACE;

    /// One of each kind; `holes` and `Error::parts` match on all of them, so that none is forgotten in words.
    fn every() -> Vec<Error> {
        use relat_engine::Error as Engine;
        let refused =
            [Refused::NothingToUndo, Refused::NothingToRedo, Refused::Closed, Refused::Open, Refused::Gap];
        let invalid = [
            Invalid::UnknownCode { code: "x".into() },
            Invalid::NotSuggested,
            Invalid::AlreadyThere,
            Invalid::Evidence { index: 7 },
            Invalid::Level,
            Invalid::Status,
            Invalid::TooMuch { limit: 7 },
        ];
        let mut all = vec![
            Error::Engine(Engine::EmptyText),
            Error::Engine(Engine::TextTooLong { limit: 7, got: 8 }),
            Error::Engine(Engine::NotUtf8 { valid_up_to: 7 }),
            Error::TooManyCharacters { limit: 7 },
            Error::BodyTooLong { limit: 7 },
            Error::BodyCut,
            Error::NotJson { line: 7, column: 7 },
            Error::InvalidBody { line: 7, column: 7 },
            Error::InvalidQuery,
            Error::UnsupportedMediaType { expected: "7" },
            Error::Busy,
            Error::Internal,
            Error::Deadline,
            Error::Stopping,
            Error::NotReady,
            Error::Store(crate::store::Error::Address),
            Error::Unauthenticated,
            Error::Forbidden,
            Error::CrossSite,
            Error::NotLetIn,
            Error::Provider,
            Error::TooOften(TooOften { per_minute: 7, wait: 7 }),
            Error::IdempotencyKey,
            Error::IdempotencyKeyReused,
            Error::VersionConflict { current: 7 },
            Error::AlertsUndecided { codes: vec!["7".into()] },
            Error::BlindFirst,
            Error::Field { field: "7" },
            Error::OwnAccount,
            Error::Taken,
            Error::NotFound,
            Error::MethodNotAllowed,
        ];
        use crate::documents::Error as Document;
        let documents = [Document::Kind, Document::Broken, Document::TooLong, Document::NoText];
        all.extend(documents.map(Error::Document));
        all.extend(refused.map(Error::Refused));
        all.extend(invalid.map(Error::Invalid));
        all
    }

    #[test]
    fn every_error_has_words_in_every_language_and_all_words_are_used() {
        let mut used = BTreeSet::new();
        for error in every() {
            let (key, holes) = holes(&error);
            used.extend([key.to_owned(), error.code().to_owned()]);
            for language in INTERFACE {
                let title = &WORDS.get(error.code()).expect("help: words are missing").of(language).0;
                let detail = detail(&error, language);
                assert!(!title.is_empty() && !detail.is_empty(), "help: {key} in {language:?}");
                assert!(!detail.contains('{'), "help: a hole is left in “{detail}”");
                for (name, _) in &holes {
                    let left = &WORDS.get(key).unwrap().of(language).1;
                    assert!(
                        left.contains(&format!("{{{name}}}")),
                        "help: {key} in {language:?} has no {name}"
                    );
                }
            }
        }
        let all: BTreeSet<String> = WORDS.keys().cloned().collect();
        assert_eq!(used, all, "help: words that nothing says");
    }

    #[test]
    fn an_error_of_the_engine_tells_nothing_of_itself() {
        let path = "/secret/place".into();
        let error = Error::Engine(relat_engine::Error::Bundle { path, reason: "secret".into() });
        for language in INTERFACE {
            assert!(!detail(&error, language).contains("secret"));
        }
    }
}
