//! Cases: people by pseudonym, their interviews and their levels over time.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use relat_engine::VerificationStatus;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Error;
use super::caller::{Caller, Grant, Right};
use super::once::{Begun, Once};
use crate::decisions::{Act, Kind, State as Decided, Subject};
use crate::state::AppState;
use crate::store::audit::Note;
use crate::store::{Case, Groups, Interview, now};

/// Longest pseudonym, in bytes.
const MAX_PSEUDONYM: usize = 64;

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/v1/cases", get(list).post(create))
        .route("/v1/cases/{id}", get(read))
        .route("/v1/cases/{id}/history", get(history))
}

/// The page of a list that is asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Page {
    after: Option<Uuid>,
    limit: Option<i64>,
}

impl Page {
    pub(super) fn limit(&self) -> i64 {
        self.limit.unwrap_or(50).clamp(1, 200)
    }
}

/// A page of cases.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Cases {
    cases: Vec<Case>,
    /// `after` of the next page; nothing at the end.
    next: Option<Uuid>,
}

async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Query(page): Query<Page>,
) -> Result<Json<Cases>, Error> {
    let grant = caller.may(Right::Read)?;
    let cases = state.store.cases(grant.reach, page.after, page.limit()).await?;
    let full = i64::try_from(cases.len()).is_ok_and(|n| n == page.limit());
    let next = cases.last().filter(|_| full).map(|case| case.id);
    Ok(Json(Cases { cases, next }))
}

/// A case to be made, in the caller's centre.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateCase {
    /// What the centre calls the person; not a name. Up to 64 bytes.
    pub(super) pseudonym: String,
    #[serde(default)]
    pub(super) groups: Groups,
}

pub(super) async fn create(State(state): State<AppState>, once: Once<CreateCase>) -> Result<Response, Error> {
    let grant = once.caller.may(Right::Write)?;
    let crate::store::Reach::Centre(centre) = grant.reach else { return Err(Error::Forbidden) };
    let pseudonym = once.body.pseudonym.trim();
    let plain =
        !pseudonym.is_empty() && pseudonym.len() <= MAX_PSEUDONYM && !pseudonym.chars().any(char::is_control);
    if !plain {
        return Err(Error::Field { field: "pseudonym" });
    }
    if !once.body.groups.are_words() {
        return Err(Error::Field { field: "groups" });
    }
    let mut tx = match once.begin(&state, &grant).await? {
        Begun::First(tx) => tx,
        Begun::Repeated(response) => return Ok(response),
    };
    let case = Case {
        id: Uuid::now_v7(),
        pseudonym: pseudonym.to_owned(),
        centre,
        groups: once.body.groups.clone(),
        created_at: now(),
        erased_at: None,
    };
    state.store.add_case(&mut tx, &case, grant.person()?).await.map_err(Error::or_taken)?;
    let subject = format!("case:{}", case.id);
    let note = Note { actor: &grant.actor, action: "case.create", subject, detail: json!({}) };
    state.store.note_in(&mut tx, note).await?;
    once.about(case.id).finish((&state, &grant), tx, (StatusCode::CREATED, &case)).await
}

/// A case that the caller may see: one of another centre is not there for them.
pub(super) async fn visible(state: &AppState, grant: &Grant, id: &str) -> Result<Case, Error> {
    let id = Uuid::try_parse(id).map_err(|_| Error::NotFound)?;
    let case = state.store.case(id).await?.filter(|case| grant.reach.covers(case.centre));
    case.ok_or(Error::NotFound)
}

/// A case with its interviews.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CaseView {
    #[serde(flatten)]
    case: Case,
    interviews: Vec<Interview>,
}

async fn read(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<CaseView>, Error> {
    let grant = caller.may(Right::Read)?;
    let case = visible(&state, &grant, &id).await?;
    let interviews = state.store.interviews(case.id).await?;
    state.view(&grant.actor, format!("case:{}", case.id)).await?;
    Ok(Json(CaseView { case, interviews }))
}

/// What an interview left: decided needs, and levels as decided and as suggested.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Moment {
    pub(super) interview: Interview,
    /// Confirmed needs, edited and added ones among them.
    confirmed: Vec<String>,
    /// Refuted needs.
    refuted: Vec<String>,
    /// Suggested needs that nobody decided on.
    undecided: Vec<String>,
    /// By domain.
    pub(super) levels: BTreeMap<String, Levels>,
}

/// A level as a person gave it and as the model suggested it.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct Levels {
    /// Whether a person decided; a decided domain without a level cannot be assessed.
    pub(super) is_decided: bool,
    pub(super) decided: Option<u8>,
    pub(super) suggested: Option<u8>,
}

/// Needs and levels over time.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct History {
    interviews: Vec<Moment>,
}

async fn history(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<History>, Error> {
    let grant = caller.may(Right::Read)?;
    let case = visible(&state, &grant, &id).await?;
    let mut interviews = Vec::new();
    for interview in state.store.interviews(case.id).await? {
        interviews.push(moment(&state, interview).await?);
    }
    state.view(&grant.actor, format!("case:{}", case.id)).await?;
    Ok(Json(History { interviews }))
}

pub(super) async fn moment(state: &AppState, interview: Interview) -> Result<Moment, Error> {
    let view = super::interviews::load(state, interview).await?;
    let mut moment = Moment {
        interview: view.interview.clone(),
        confirmed: vec![],
        refuted: vec![],
        undecided: vec![],
        levels: BTreeMap::new(),
    };
    let current = view.state.current();
    for (subject, event) in &current {
        match (subject.kind, event.act.verification_status()) {
            (Kind::Need, VerificationStatus::Confirmed) => moment.confirmed.push(held(&event.act, subject)),
            (Kind::Need, VerificationStatus::Refuted) => moment.refuted.push(subject.code.clone()),
            (Kind::Level, _) => {
                let level = moment.levels.entry(subject.code.clone()).or_default();
                (level.is_decided, level.decided) = (true, decided_level(&view, &event.act, subject));
            }
            _ => {}
        }
    }
    // In blind-first work nothing of the model is told before the worker has scored.
    if let (Some(reading), false) = (view.reading.as_ref(), view.blind) {
        for need in reading.assessment.needs.iter().filter(|need| need.suggested) {
            if !current.contains_key(&Subject { kind: Kind::Need, code: need.code.clone() }) {
                moment.undecided.push(need.code.clone());
            }
        }
        for level in &reading.assessment.levels {
            moment.levels.entry(level.domain.clone()).or_default().suggested = level.level;
        }
    }
    Ok(moment)
}

/// The code that holds after a decision: an edit may have changed it.
fn held(act: &Act, subject: &Subject) -> String {
    match act {
        Act::Edit { to, .. } => to.code.clone(),
        _ => subject.code.clone(),
    }
}

pub(super) fn decided_level(view: &super::interviews::Loaded, act: &Act, subject: &Subject) -> Option<u8> {
    match act {
        Act::Edit { to: finding, .. } | Act::Add { finding, .. } => finding.level,
        Act::Confirm { .. } => view.reading.as_ref().and_then(|reading| {
            reading.assessment.levels.iter().find(|l| l.domain == subject.code).and_then(|l| l.level)
        }),
        Act::Refute { .. } | Act::Undo | Act::Redo | Act::Close | Act::Reopen => None,
    }
}

/// Folds a log, which only ever held accepted acts.
pub(super) fn fold(log: impl IntoIterator<Item = crate::decisions::Event>) -> Result<Decided, Error> {
    Decided::fold(log).map_err(|refused| {
        Error::Store(crate::store::Error::Row { table: "decisions", reason: refused.to_string() })
    })
}
