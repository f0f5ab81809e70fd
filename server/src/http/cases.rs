//! Cases: people by pseudonym, their interviews and their levels over time.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use relat_engine::VerificationStatus;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::Error;
use super::caller::{Caller, Grant, Right};
use super::extract::{Path, Query};
use super::once::{Begun, Once};
use crate::decisions::{Act, Kind, State as Decided, Subject};
use crate::state::AppState;
use crate::store::audit::Note;
use crate::store::{Case, Groups, Interview, now};

/// Longest pseudonym, in characters.
const MAX_PSEUDONYM: usize = 64;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read))
        .routes(routes!(interviews))
        .routes(routes!(history))
}

/// The page of a list that is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// Id of the last item of the page before; without it, the first page.
    #[param(nullable = false)]
    after: Option<Uuid>,
    /// Items of a page at most; 50 without it.
    #[param(minimum = 1, maximum = 200, nullable = false)]
    limit: Option<i64>,
}

impl Page {
    pub(super) fn limit(&self) -> Result<i64, Error> {
        let limit = self.limit.unwrap_or(50);
        if (1..=200).contains(&limit) { Ok(limit) } else { Err(Error::InvalidQuery) }
    }

    /// The items of this page, of a list that is whole, and `after` of the next one.
    pub(super) fn of<T>(
        &self,
        mut items: Vec<T>,
        id: impl Fn(&T) -> Uuid,
    ) -> Result<(Vec<T>, Option<Uuid>), Error> {
        let limit = usize::try_from(self.limit()?).unwrap_or_default();
        items.sort_by_key(&id);
        let mut rest = items.into_iter().filter(|item| self.after.is_none_or(|after| id(item) > after));
        let page: Vec<T> = rest.by_ref().take(limit).collect();
        let next = rest.next().and_then(|_| page.last().map(&id));
        Ok((page, next))
    }
}

/// A page of cases.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Cases {
    cases: Vec<Case>,
    /// `after` of the next page; nothing at the end.
    next: Option<Uuid>,
}

/// The cases of the caller's centre
#[utoipa::path(
    get,
    path = "/v1/cases",
    operation_id = "list_cases",
    tag = "cases",
    params(Page),
    responses((status = 200, description = "A page of cases", body = Cases)),
)]
async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Query(page): Query<Page>,
) -> Result<Json<Cases>, Error> {
    let grant = caller.may(Right::Read)?;
    let cases = state.store.cases(grant.reach, page.after, page.limit()?).await?;
    let full = i64::try_from(cases.len()).is_ok_and(|n| page.limit().is_ok_and(|limit| n == limit));
    let next = cases.last().filter(|_| full).map(|case| case.id);
    Ok(Json(Cases { cases, next }))
}

/// A case to be made, in the caller's centre.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateCase {
    /// What the centre calls the person; not a name.
    #[schema(min_length = 1, max_length = 64, pattern = r"^[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$")]
    pub(super) pseudonym: String,
    #[serde(default)]
    pub(super) groups: Groups,
}

/// Add a case
#[utoipa::path(
    post,
    path = "/v1/cases",
    operation_id = "create_case",
    tag = "cases",
    request_body = CreateCase,
    responses((status = 201, description = "The case", body = Case)),
)]
pub(super) async fn create(State(state): State<AppState>, once: Once<CreateCase>) -> Result<Response, Error> {
    let grant = once.caller.may(Right::Write)?;
    let crate::store::Reach::Centre(centre) = grant.reach else { return Err(Error::Forbidden) };
    let pseudonym = once.body.pseudonym.trim();
    let plain = !pseudonym.is_empty()
        && pseudonym.chars().count() <= MAX_PSEUDONYM
        && !pseudonym.chars().any(char::is_control);
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
    /// The first of them, in the order in which they were written down.
    interviews: Vec<Interview>,
    /// `after` of the next ones, in `/v1/cases/{id}/interviews`; nothing at the end.
    next: Option<Uuid>,
}

/// A page of a case's interviews.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Interviews {
    interviews: Vec<Interview>,
    /// `after` of the next page; nothing at the end.
    next: Option<Uuid>,
}

/// A case with its first interviews
#[utoipa::path(
    get,
    path = "/v1/cases/{id}",
    operation_id = "read_case",
    tag = "cases",
    params(("id" = Uuid, Path, description = "Its id")),
    responses((status = 200, description = "The case", body = CaseView)),
)]
async fn read(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<CaseView>, Error> {
    let grant = caller.may(Right::Read)?;
    let case = visible(&state, &grant, &id).await?;
    let first = Page { after: None, limit: None };
    let (interviews, next) = first.of(state.store.interviews(case.id).await?, |i| i.id)?;
    state.view(&grant.actor, format!("case:{}", case.id)).await?;
    Ok(Json(CaseView { case, interviews, next }))
}

/// A case's interviews, without text
#[utoipa::path(
    get,
    path = "/v1/cases/{id}/interviews",
    operation_id = "list_interviews",
    tag = "cases",
    params(("id" = Uuid, Path, description = "Its id"), Page),
    responses((status = 200, description = "A page of interviews", body = Interviews)),
)]
async fn interviews(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Query(page): Query<Page>,
) -> Result<Json<Interviews>, Error> {
    let grant = caller.may(Right::Read)?;
    let case = visible(&state, &grant, &id).await?;
    let (interviews, next) = page.of(state.store.interviews(case.id).await?, |i| i.id)?;
    state.view(&grant.actor, format!("case:{}", case.id)).await?;
    Ok(Json(Interviews { interviews, next }))
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
    /// `after` of the next page; nothing at the end.
    next: Option<Uuid>,
}

/// Needs and levels of a case over time
#[utoipa::path(
    get,
    path = "/v1/cases/{id}/history",
    operation_id = "read_history",
    tag = "cases",
    params(("id" = Uuid, Path, description = "Its id"), Page),
    responses((status = 200, description = "A page of moments", body = History)),
)]
async fn history(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Query(page): Query<Page>,
) -> Result<Json<History>, Error> {
    let grant = caller.may(Right::Read)?;
    let case = visible(&state, &grant, &id).await?;
    let mut interviews = Vec::new();
    let (kept, next) = page.of(state.store.interviews(case.id).await?, |i| i.id)?;
    for interview in kept {
        interviews.push(moment(&state, interview).await?);
    }
    state.view(&grant.actor, format!("case:{}", case.id)).await?;
    Ok(Json(History { interviews, next }))
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
