//! Writes: a JSON body, and the caller's key for it (draft-ietf-httpapi-idempotency-key-header).

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::Error;
use super::assess::{body_error, json};
use super::caller::{Caller, Grant};
use crate::state::AppState;
use crate::store::{Answer, Claim, Tx, Write};
use crate::vault::digest;

const KEY: &str = "idempotency-key";

/// True when an answer was given before.
const REPEATED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// A write, its body read.
pub(super) struct Once<T> {
    pub(super) caller: Caller,
    pub(super) body: T,
    key: String,
    method: String,
    path: String,
    bytes: Bytes,
    case: Option<Uuid>,
}

/// Whether there is anything to do.
pub(super) enum Begun {
    /// Yes, in this transaction.
    First(Tx),
    /// No: this was answered.
    Repeated(Response),
}

impl<T: DeserializeOwned> FromRequest<AppState> for Once<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Error> {
        let (mut parts, body) = request.into_parts();
        let caller =
            <Caller as axum::extract::FromRequestParts<_>>::from_request_parts(&mut parts, state).await?;
        let key = parts.headers.get(KEY).and_then(|v| v.to_str().ok()).map(str::trim);
        let key = key.filter(|k| (1..=200).contains(&k.len())).ok_or(Error::IdempotencyKey)?;
        // What a caller writes into it is not kept.
        let (key, method, path) = (digest(key), parts.method.to_string(), parts.uri.path().to_owned());
        let headers = parts.headers.clone();
        let bytes = Bytes::from_request(Request::from_parts(parts, body), state)
            .await
            .map_err(|rejection| body_error(&rejection, state.max_bytes))?;
        // A write without anything to say may come without a body.
        let body = if bytes.is_empty() {
            serde_json::from_str("{}").map_err(|_| Error::NotJson { line: 1, column: 1 })?
        } else {
            json(&headers, &bytes)?
        };
        Ok(Self { caller, body, key, method, path, bytes, case: None })
    }
}

impl<T> Once<T> {
    /// A write by a form of a page: `path` and the form's fields stand for the request, and the form carries the key.
    pub(super) fn of_form(
        (caller, path): (Caller, &str),
        key: &str,
        (body, form): (T, &impl Serialize),
    ) -> Result<Self, Error> {
        let key = Some(key.trim()).filter(|k| (1..=200).contains(&k.len())).ok_or(Error::IdempotencyKey)?;
        let bytes = serde_json::to_vec(form).map_err(|_| Error::Internal)?.into();
        let (key, method, path) = (digest(key), "POST".to_owned(), path.to_owned());
        Ok(Self { caller, body, key, method, path, bytes, case: None })
    }

    /// Says that the answer is about a case: it is erased with it.
    pub(super) fn about(mut self, case: Uuid) -> Self {
        self.case = Some(case);
        self
    }

    /// Begins the write, or finds the answer that it got before.
    pub(super) async fn begin(&self, state: &AppState, grant: &Grant) -> Result<Begun, Error> {
        let request = self.request();
        match state.store.claim(&self.write(grant, &request)).await? {
            Claim::First(tx) => Ok(Begun::First(tx)),
            Claim::Repeated(answer) => {
                let mut response = respond(&answer);
                response.headers_mut().insert(REPEATED, HeaderValue::from_static("true"));
                Ok(Begun::Repeated(response))
            }
            Claim::Reused => Err(Error::IdempotencyKeyReused),
        }
    }

    /// Ends it: what was written and what is answered are kept together.
    pub(super) async fn finish(
        &self,
        (state, grant): (&AppState, &Grant),
        tx: Tx,
        (status, body): (StatusCode, &impl Serialize),
    ) -> Result<Response, Error> {
        let body = serde_json::to_string(body).map_err(|_| Error::Internal)?;
        let answer = Answer { status: status.as_u16(), body };
        let request = self.request();
        state.store.finish(tx, &self.write(grant, &request), (&answer, self.case)).await?;
        Ok(respond(&answer))
    }

    fn request(&self) -> [&[u8]; 3] {
        [self.method.as_bytes(), self.path.as_bytes(), &self.bytes]
    }

    fn write<'a>(&'a self, grant: &'a Grant, request: &'a [&'a [u8]]) -> Write<'a> {
        Write { actor: &grant.actor, key: &self.key, request }
    }
}

fn respond(answer: &Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    (status, [(header::CONTENT_TYPE, "application/json")], answer.body.clone()).into_response()
}
