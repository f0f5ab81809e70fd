//! Interviews: their text, what the model read in it, and what people decided.

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::Response;
use relat_engine::{Assessment, VerificationStatus};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;
use uuid::Uuid;

use super::Error;
use super::caller::{Caller, Grant, Right};
use super::cases::{fold, visible};
use super::extract::{Path, Query};
use super::once::{Begun, Once};
use crate::decisions::{Act, Event, State as Decided, check, marks_every_domain, undecided_alerts};
use crate::state::AppState;
use crate::store::audit::Note;
use crate::store::{Appended, Interview, Narrative, Reading, Source, Version, now};

/// Acts that are taken at once.
const MAX_ACTS: usize = 100;

pub(super) fn router(max_bytes: usize) -> OpenApiRouter<AppState> {
    let limit = DefaultBodyLimit::max(max_bytes.saturating_mul(6).saturating_add(1024));
    OpenApiRouter::new()
        .routes(routes!(create).layer(limit))
        .routes(routes!(read))
        .routes(routes!(revise).layer(limit))
        .routes(routes!(log, decide))
}

/// An interview with everything that belongs to it.
pub(super) struct Loaded {
    pub(super) interview: Interview,
    pub(super) narrative: Option<Narrative>,
    /// Of the last revision.
    pub(super) reading: Option<Reading>,
    pub(super) state: Decided,
    /// The worker has to score the matrix before seeing the model's.
    pub(super) blind: bool,
}

/// Loads an interview that the caller was found to be allowed to see.
pub(super) async fn load(state: &AppState, interview: Interview) -> Result<Loaded, Error> {
    let store = &state.store;
    let decided = fold(store.decisions(interview.id).await?.into_iter().map(|(_, event)| event))?;
    let case = store.case(interview.case).await?.ok_or(Error::NotFound)?;
    let centre = store.centre(case.centre).await?.ok_or(Error::NotFound)?;
    Ok(Loaded {
        narrative: store.narrative(interview.id).await?,
        reading: store.readings(interview.id).await?.pop(),
        blind: centre.blind_first && !marks_every_domain(&decided) && !decided.is_closed(),
        state: decided,
        interview,
    })
}

pub(super) async fn found(state: &AppState, grant: &Grant, id: &str) -> Result<Interview, Error> {
    let id = Uuid::try_parse(id).map_err(|_| Error::NotFound)?;
    let interview = state.store.interview(id).await?.ok_or(Error::NotFound)?;
    visible(state, grant, &interview.case.to_string()).await?;
    Ok(interview)
}

time::serde::format_description!(day, Date, "[year]-[month]-[day]");

/// An interview to be kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateInterview {
    /// What the person told.
    #[schema(value_type = crate::schema::Narrative)]
    pub(super) text: String,
    /// The day on which it was held.
    #[serde(with = "day")]
    #[schema(value_type = String, format = Date)]
    pub(super) held_on: Date,
}

/// Where a write left an interview.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Written {
    /// The interview.
    id: Uuid,
    /// The version to be named in the next write.
    version: i64,
    /// Revision of its text.
    revision: i64,
    /// The assessment of this revision.
    assessment: Uuid,
}

/// Add an interview to a case, and read it
#[utoipa::path(
    post,
    path = "/v1/cases/{id}/interviews",
    operation_id = "create_interview",
    tag = "interviews",
    params(("id" = Uuid, Path, description = "The case")),
    request_body = CreateInterview,
    responses((status = 201, description = "Where it is", body = Written)),
)]
pub(super) async fn create(
    State(state): State<AppState>,
    Path(case): Path<String>,
    once: Once<CreateInterview>,
) -> Result<Response, Error> {
    let grant = once.caller.may(Right::Write)?;
    let case = visible(&state, &grant, &case).await?;
    if case.erased_at.is_some() {
        return Err(Error::NotFound);
    }
    // Read before the transaction: nobody waits for the model to write.
    let (entry, assessment) = state.read(once.body.text.clone(), Source::Interview).await?;
    let mut tx = match once.begin(&state, &grant).await? {
        Begun::First(tx) => tx,
        Begun::Repeated(response) => return Ok(response),
    };
    let interview = Interview {
        id: Uuid::now_v7(),
        case: case.id,
        author: grant.person()?,
        held_on: once.body.held_on,
        language: assessment.language,
        version: 1,
        closed_at: None,
    };
    let narrative = Narrative { revision: 1, text: once.body.text.clone() };
    state.store.add_interview(&mut tx, &interview).await?;
    state.store.add_revision(&mut tx, (interview.id, &narrative), (&entry, &assessment)).await?;
    let subject = format!("interview:{}", interview.id);
    let detail = json!({ "assessment": entry.id, "model": entry.versions.model });
    state
        .store
        .note_in(&mut tx, Note { actor: &grant.actor, action: "interview.create", subject, detail })
        .await?;
    let written = Written { id: interview.id, version: 1, revision: 1, assessment: entry.id };
    once.about(case.id).finish((&state, &grant), tx, (StatusCode::CREATED, &written)).await
}

/// A text that takes the place of the last one, which is kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Revise {
    /// The version that the caller saw.
    #[serde(deserialize_with = "crate::integer::whole")]
    pub(super) expected_version: i64,
    /// What the person told.
    #[schema(value_type = crate::schema::Narrative)]
    pub(super) text: String,
}

/// Put a text in the place of the last one, and read it
#[utoipa::path(
    put,
    path = "/v1/interviews/{id}/text",
    operation_id = "revise_interview",
    tag = "interviews",
    params(("id" = Uuid, Path, description = "Its id")),
    request_body = Revise,
    responses((status = 200, description = "Where it is", body = Written)),
)]
pub(super) async fn revise(
    State(state): State<AppState>,
    Path(id): Path<String>,
    once: Once<Revise>,
) -> Result<Response, Error> {
    let grant = once.caller.may(Right::Write)?;
    let interview = found(&state, &grant, &id).await?;
    let (entry, assessment) = state.read(once.body.text.clone(), Source::Interview).await?;
    let mut tx = match once.begin(&state, &grant).await? {
        Begun::First(tx) => tx,
        Begun::Repeated(response) => return Ok(response),
    };
    let version = advance(&state, &mut tx, (interview.id, once.body.expected_version)).await?;
    // The version stands still now: what is read here is what this write follows.
    let before = state.store.narrative(interview.id).await?.ok_or(Error::NotFound)?;
    if state.store.interview(interview.id).await?.is_some_and(|i| i.closed_at.is_some()) {
        return Err(crate::decisions::Refused::Closed.into());
    }
    let narrative = Narrative { revision: before.revision + 1, text: once.body.text.clone() };
    state.store.add_revision(&mut tx, (interview.id, &narrative), (&entry, &assessment)).await?;
    let subject = format!("interview:{}", interview.id);
    let detail =
        json!({ "assessment": entry.id, "model": entry.versions.model, "revision": narrative.revision });
    state
        .store
        .note_in(&mut tx, Note { actor: &grant.actor, action: "interview.revise", subject, detail })
        .await?;
    let written = Written { id: interview.id, version, revision: narrative.revision, assessment: entry.id };
    once.about(interview.case).finish((&state, &grant), tx, (StatusCode::OK, &written)).await
}

async fn advance(
    state: &AppState,
    tx: &mut crate::store::Tx,
    (interview, expected): (Uuid, i64),
) -> Result<i64, Error> {
    match state.store.advance(tx, interview, expected).await? {
        Version::Next(version) => Ok(version),
        Version::Conflict(current) => Err(Error::VersionConflict { current }),
    }
}

/// A decision that holds.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Held {
    /// FHIR's word.
    #[schema(value_type = crate::schema::VerificationStatus)]
    verification_status: VerificationStatus,
    /// The event that decided.
    event: Event,
}

/// An interview as it stands.
#[derive(Serialize, ToSchema)]
pub(super) struct InterviewView {
    #[serde(flatten)]
    interview: Interview,
    /// The text; nothing after an erasure.
    text: Option<String>,
    revision: Option<i64>,
    assessment_id: Option<Uuid>,
    /// What the model suggests, as it was answered. Nothing while the worker has to score first.
    #[schema(value_type = Option<crate::schema::Assessment>)]
    assessment: Option<Assessment>,
    /// True while the worker has to score the matrix before seeing the model's.
    blind: bool,
    /// The decisions that hold; every other suggestion is unconfirmed.
    decisions: Vec<Held>,
    /// Decisions that can be undone.
    undo: usize,
    /// Decisions that can be redone.
    redo: usize,
    /// Alert needs that keep the interview from being closed.
    undecided_alerts: Vec<String>,
}

/// An interview: its text, what the model suggests, and what people decided
#[utoipa::path(
    get,
    path = "/v1/interviews/{id}",
    operation_id = "read_interview",
    tag = "interviews",
    params(("id" = Uuid, Path, description = "Its id")),
    responses((status = 200, description = "The interview", body = InterviewView)),
)]
async fn read(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<InterviewView>, Error> {
    let grant = caller.may(Right::Read)?;
    let interview = found(&state, &grant, &id).await?;
    let loaded = load(&state, interview).await?;
    state.view(&grant.actor, format!("interview:{}", loaded.interview.id)).await?;
    if let (Some(reading), false) = (&loaded.reading, loaded.blind) {
        state.store.shown(reading.id).await?;
    }
    Ok(Json(view(loaded)))
}

fn view(loaded: Loaded) -> InterviewView {
    let (undo, redo) = loaded.state.depths();
    let shown = loaded.reading.filter(|_| !loaded.blind);
    let current = loaded.state.current();
    InterviewView {
        text: loaded.narrative.as_ref().map(|n| n.text.clone()),
        revision: loaded.narrative.as_ref().map(|n| n.revision),
        assessment_id: shown.as_ref().map(|r| r.id),
        undecided_alerts: shown
            .as_ref()
            .map(|r| undecided_alerts(&loaded.state, &r.assessment))
            .unwrap_or_default(),
        assessment: shown.map(|r| r.assessment),
        blind: loaded.blind,
        decisions: current
            .into_values()
            .map(|event| Held { verification_status: event.act.verification_status(), event: event.clone() })
            .collect(),
        undo,
        redo,
        interview: loaded.interview,
    }
}

/// The part of a log that is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LogPage {
    /// `seq` of the last event of the page before; without it, the first page.
    #[param(minimum = 0, nullable = false)]
    after: Option<i64>,
    /// Events of a page at most; 1000 without it.
    #[param(minimum = 1, maximum = 1000, nullable = false)]
    limit: Option<usize>,
}

/// What was done, in order; undone decisions among it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Log {
    events: Vec<Event>,
    /// `after` of the next page; nothing at the end.
    next: Option<u64>,
}

/// Every decision on an interview, in order
#[utoipa::path(
    get,
    path = "/v1/interviews/{id}/decisions",
    operation_id = "list_decisions",
    tag = "interviews",
    params(("id" = Uuid, Path, description = "The interview"), LogPage),
    responses((status = 200, description = "A page of events", body = Log)),
)]
async fn log(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Query(page): Query<LogPage>,
) -> Result<Json<Log>, Error> {
    let grant = caller.may(Right::Read)?;
    let after = u64::try_from(page.after.unwrap_or_default()).map_err(|_| Error::InvalidQuery)?;
    let limit = page.limit.unwrap_or(1000);
    if !(1..=1000).contains(&limit) {
        return Err(Error::InvalidQuery);
    }
    let interview = found(&state, &grant, &id).await?;
    state.view(&grant.actor, format!("interview:{}", interview.id)).await?;
    let events = state.store.decisions(interview.id).await?.into_iter().map(|(_, event)| event);
    let mut rest = events.filter(|event| event.seq > after);
    let events: Vec<Event> = rest.by_ref().take(limit).collect();
    let next = rest.next().and_then(|_| events.last().map(|event| event.seq));
    Ok(Json(Log { events, next }))
}

/// Acts that are done together or not at all.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Decide {
    /// The version that the caller saw.
    #[serde(deserialize_with = "crate::integer::whole")]
    pub(super) expected_version: i64,
    /// 1 to 100.
    #[schema(min_items = 1, max_items = 100)]
    pub(super) acts: Vec<Act>,
}

/// Where decisions left an interview.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DecisionsWritten {
    /// The version to be named in the next write.
    version: i64,
    /// The events as they are in the log.
    events: Vec<Event>,
    undo: usize,
    redo: usize,
    closed: bool,
}

/// Decide: confirm, edit, refute, add, undo, redo, close, reopen
#[utoipa::path(
    post,
    path = "/v1/interviews/{id}/decisions",
    operation_id = "create_decisions",
    tag = "interviews",
    params(("id" = Uuid, Path, description = "The interview")),
    request_body = Decide,
    responses((status = 201, description = "Where it left the interview", body = DecisionsWritten)),
)]
pub(super) async fn decide(
    State(state): State<AppState>,
    Path(id): Path<String>,
    once: Once<Decide>,
) -> Result<Response, Error> {
    let grant = once.caller.may(Right::Write)?;
    let interview = found(&state, &grant, &id).await?;
    if !(1..=MAX_ACTS).contains(&once.body.acts.len()) {
        return Err(Error::Field { field: "acts" });
    }
    let mut tx = match once.begin(&state, &grant).await? {
        Begun::First(tx) => tx,
        Begun::Repeated(response) => return Ok(response),
    };
    let version = advance(&state, &mut tx, (interview.id, once.body.expected_version)).await?;
    // Nobody else moves this interview until the transaction ends: what is read now is what the acts follow.
    let mut loaded = load(&state, interview).await?;
    let (Some(narrative), Some(reading)) = (&loaded.narrative, &loaded.reading) else {
        return Err(Error::NotFound);
    };
    let by = grant.person()?;
    let mut events = Vec::with_capacity(once.body.acts.len());
    for act in &once.body.acts {
        check(act, &loaded.state, &reading.assessment, &narrative.text)?;
        // Who has not seen the suggestions cannot decide on them.
        let sighted = matches!(act, Act::Confirm { .. } | Act::Edit { .. } | Act::Refute { .. } | Act::Close);
        if loaded.blind && sighted {
            return Err(Error::BlindFirst);
        }
        if *act == Act::Close {
            let codes = undecided_alerts(&loaded.state, &reading.assessment);
            if !codes.is_empty() {
                return Err(Error::AlertsUndecided { codes });
            }
        }
        let event =
            Event { seq: loaded.state.seq() + 1, id: Uuid::now_v7(), by, at: now(), act: act.clone() };
        loaded.state.apply(event.clone())?;
        events.push(event);
    }
    let closed = loaded.state.is_closed();
    let appended = Appended { interview: loaded.interview.id, revision: narrative.revision, events: &events };
    state.store.add_events(&mut tx, appended, closed).await?;
    let subject = format!("interview:{}", loaded.interview.id);
    let seqs: Vec<u64> = events.iter().map(|event| event.seq).collect();
    let detail = json!({ "assessment": reading.id, "events": seqs });
    state
        .store
        .note_in(&mut tx, Note { actor: &grant.actor, action: "decisions.append", subject, detail })
        .await?;
    let (undo, redo) = loaded.state.depths();
    let written = DecisionsWritten { version, events, undo, redo, closed };
    once.about(loaded.interview.case).finish((&state, &grant), tx, (StatusCode::CREATED, &written)).await
}
