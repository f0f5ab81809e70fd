//! Plain forms of decisions: what a page does without scripts.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;

use super::refused;
use crate::decisions::{Act, Finding, Kind, Reason};
use crate::http::Error;
use crate::http::caller::{Right, is_from_elsewhere};
use crate::http::cases::decided_level;
use crate::http::extract::Path;
use crate::http::interviews::{self as api, Loaded, found, load};
use crate::http::once::Once;
use crate::http::page::shell::Visitor;
use crate::state::AppState;

pub(super) async fn act(
    State(state): State<AppState>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Result<Response, Error> {
    if is_from_elsewhere(&axum::http::Method::POST, &headers) {
        return Err(Error::CrossSite);
    }
    let field = |name: &'static str| form.get(name).map(String::as_str).ok_or(Error::Field { field: name });
    let expected_version =
        field("expected_version")?.parse().map_err(|_| Error::Field { field: "expected_version" })?;
    let grant = visitor.may(Right::Write)?;
    let loaded = load(&state, found(&state, &grant, &id).await?).await?;
    let acts = acts(&form, &loaded)?;
    let body = api::Decide { expected_version, acts };
    let path = format!("/interviews/{id}/acts");
    let once = Once::of_form((visitor.caller.clone(), &path), field("key")?, (body, &form))?;
    match api::decide(State(state.clone()), Path(id.clone()), once).await {
        Ok(_) => {
            let at = form.get("at").filter(|at| at.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
            let anchor = at.map(|at| format!("#{at}")).unwrap_or_default();
            Ok(Redirect::to(&format!("/interviews/{id}{anchor}")).into_response())
        }
        Err(error) => refused(&state, &visitor, (&id, error)).await,
    }
}

/// What a plain form does: one act on one thing, or the levels that were marked.
fn acts(form: &BTreeMap<String, String>, loaded: &Loaded) -> Result<Vec<Act>, Error> {
    let field = |name: &'static str| form.get(name).map(String::as_str).ok_or(Error::Field { field: name });
    let word = field("act")?;
    let of = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let named = || -> Result<(Kind, String), Error> {
        Ok((
            serde_json::from_value(json!(field("kind")?)).map_err(|_| Error::Field { field: "kind" })?,
            field("code")?.to_owned(),
        ))
    };
    let act = match word {
        "undo" => Act::Undo,
        "redo" => Act::Redo,
        "close" => Act::Close,
        "reopen" => Act::Reopen,
        "confirm" => {
            let (kind, code) = named()?;
            Act::Confirm { kind, code }
        }
        "levels" => return Ok(levels(form, loaded)),
        "present" => {
            let (kind, code) = named()?;
            let status = Some(relat_engine::Status::Present);
            Act::Edit {
                kind,
                to: Finding { code: code.clone(), status, level: None, evidence: vec![] },
                code,
            }
        }
        "add" => {
            let (kind, code) = of("what").split_once(':').ok_or(Error::Field { field: "what" })?;
            let kind: Kind =
                serde_json::from_value(json!(kind)).map_err(|_| Error::Field { field: "what" })?;
            let status =
                (kind == Kind::Need).then(|| serde_json::from_value(json!(of("status"))).ok()).flatten();
            let finding = Finding { code: code.to_owned(), status, level: None, evidence: vec![] };
            match of("instead").split_once(':') {
                Some((_, old)) => Act::Edit { kind, code: old.to_owned(), to: finding },
                None => Act::Add { kind, finding },
            }
        }
        refute => {
            let (kind, code) = named()?;
            let reason = refute.strip_prefix("refute:").ok_or(Error::Field { field: "act" })?;
            let reason: Reason =
                serde_json::from_value(json!(reason)).map_err(|_| Error::Field { field: "act" })?;
            Act::Refute { kind, code, reason }
        }
    };
    Ok(vec![act])
}

/// The levels of the plain form that differ from what holds.
fn levels(form: &BTreeMap<String, String>, loaded: &Loaded) -> Vec<Act> {
    let current = loaded.state.current();
    let marked = form
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix("level.")?, value.parse::<u8>().ok())));
    marked
        .filter_map(|(code, level)| {
            let subject = crate::decisions::Subject { kind: Kind::Level, code: code.to_owned() };
            if let Some(event) = current.get(&subject)
                && decided_level(loaded, &event.act, &subject) == level
            {
                return None;
            }
            let suggested = loaded
                .reading
                .as_ref()
                .and_then(|r| r.assessment.levels.iter().find(|l| l.domain == code).map(|l| l.level));
            let code = code.to_owned();
            let finding = Finding { code: code.clone(), status: None, level, evidence: vec![] };
            Some(match suggested.filter(|_| !loaded.blind) {
                Some(model) if model == level => Act::Confirm { kind: Kind::Level, code },
                Some(_) => Act::Edit { kind: Kind::Level, code, to: finding },
                None => Act::Add { kind: Kind::Level, finding },
            })
        })
        .collect()
}
