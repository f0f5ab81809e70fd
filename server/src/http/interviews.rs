//! Interviews: their text, what the model read in it, and what people decided.

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use relat_engine::{Assessment, VerificationStatus};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::Date;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Error;
use super::caller::{Caller, Grant, Right};
use super::cases::{fold, visible};
use super::once::{Begun, Once};
use crate::decisions::{Act, Event, State as Decided, check, marks_every_domain, undecided_alerts};
use crate::state::AppState;
use crate::store::audit::Note;
use crate::store::{Appended, Interview, Narrative, Reading, Source, Version, now};

/// Acts that are taken at once.
const MAX_ACTS: usize = 100;

pub(super) fn router(max_bytes: usize) -> Router<AppState> {
    let limit = DefaultBodyLimit::max(max_bytes.saturating_mul(6).saturating_add(1024));
    Router::new()
        .route("/v1/cases/{id}/interviews", post(create).layer(limit))
        .route("/v1/interviews/{id}", get(read))
        .route("/v1/interviews/{id}/text", put(revise).layer(limit))
        .route("/v1/interviews/{id}/decisions", get(log).post(decide))
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
    pub(super) expected_version: i64,
    /// What the person told.
    pub(super) text: String,
}

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
    #[schema(value_type = String)]
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
    #[schema(value_type = Option<Object>)]
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

async fn read(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let grant = caller.may(Right::Read)?;
    let interview = found(&state, &grant, &id).await?;
    let loaded = load(&state, interview).await?;
    state.view(&grant.actor, format!("interview:{}", loaded.interview.id)).await?;
    if let (Some(reading), false) = (&loaded.reading, loaded.blind) {
        state.store.shown(reading.id).await?;
    }
    let tag = format!("\"{}\"", loaded.interview.version);
    let view = view(loaded);
    let mut response = Json(view).into_response();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
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

/// Everything that was done, in order; undone decisions among it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Log {
    events: Vec<Event>,
}

async fn log(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Log>, Error> {
    let grant = caller.may(Right::Read)?;
    let interview = found(&state, &grant, &id).await?;
    state.view(&grant.actor, format!("interview:{}", interview.id)).await?;
    let events = state.store.decisions(interview.id).await?.into_iter().map(|(_, event)| event).collect();
    Ok(Json(Log { events }))
}

/// Acts that are done together or not at all.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Decide {
    /// The version that the caller saw.
    pub(super) expected_version: i64,
    /// 1 to 100.
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
