//! What is kept, as others may have it: the audit, the export of decisions, a person's own pack, and their erasure.

use std::collections::HashMap;
use std::io::{Cursor, Write};

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use relat_engine::Assessment;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::{Date, OffsetDateTime};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use zip::write::SimpleFileOptions;

use super::Error;
use super::accounts::Nothing;
use super::caller::{Caller, Right};
use super::cases::{fold, visible};
use super::extract::{Path, Query};
use super::once::{Begun, Once};
use crate::decisions::{Act, Event, Kind, Reason};
use crate::state::AppState;
use crate::store::audit::{Note, Row};
use crate::store::{Case, Interview, Reach, Reading};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(audit))
        .routes(routes!(export))
        .routes(routes!(pack))
        .routes(routes!(erase))
}

/// The part of the audit that is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct After {
    /// `seq` of the last row of the part before; without it, the first part.
    #[param(minimum = 0, nullable = false)]
    after: Option<i64>,
    /// Rows at most; 100 without it.
    #[param(minimum = 1, maximum = 1000, nullable = false)]
    limit: Option<i64>,
}

/// A part of the audit.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Audit {
    rows: Vec<Row>,
    /// `after` of the next part; nothing at the end.
    next: Option<i64>,
}

/// Who did what, in order, each row with the hash of the one before
#[utoipa::path(
    get,
    path = "/v1/audit",
    operation_id = "list_audit",
    tag = "records",
    params(After),
    responses((status = 200, description = "A part of the audit", body = Audit)),
)]
async fn audit(
    State(state): State<AppState>,
    caller: Caller,
    Query(page): Query<After>,
) -> Result<Json<Audit>, Error> {
    let grant = caller.may(Right::Audit)?;
    let (after, limit) = (page.after.unwrap_or(0), page.limit.unwrap_or(100));
    if after < 0 || !(1..=1000).contains(&limit) {
        return Err(Error::InvalidQuery);
    }
    let rows = state.store.audit_after(after, limit).await?;
    state.view(&grant.actor, "audit".to_owned()).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|n| n == limit);
    let next = rows.last().filter(|_| full).map(|row| row.seq);
    Ok(Json(Audit { rows, next }))
}

/// A line of the export: `eval` reads it. No text, no name, no pseudonym.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Exported {
    assessment: Uuid,
    model: String,
    kind: Kind,
    code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f32>,
    decision: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    tenure: &'static str,
    subject: Subject,
    #[serde(with = "time::serde::rfc3339")]
    shown_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    decided_at: OffsetDateTime,
}

/// Whom a decision is about, in groups.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ExportedSubject)]
pub(super) struct Subject {
    gender: String,
    age_band: String,
    origin_group: String,
    language: String,
}

/// The decisions that hold, a line of JSON each, without text
///
/// Left out: levels that were given before the model's were shown (they are no decisions on a suggestion), and what
/// was decided on a colleague's own addition.
#[utoipa::path(
    get,
    path = "/v1/exports/decisions",
    operation_id = "export_decisions",
    tag = "records",
    responses((status = 200, description = "An `Exported` a line", content_type = "application/x-ndjson", body = String)),
)]
async fn export(State(state): State<AppState>, caller: Caller) -> Result<Response, Error> {
    let grant = caller.may(Right::Export)?;
    let started: HashMap<Uuid, Date> =
        state.store.people().await?.into_iter().map(|person| (person.id, person.started_on)).collect();
    let mut lines = String::new();
    let mut after = None;
    let mut n = 0;
    loop {
        let cases = state.store.cases(grant.reach, after, 200).await?;
        let Some(last) = cases.last() else { break };
        after = Some(last.id);
        for case in cases.iter().filter(|case| case.erased_at.is_none()) {
            for interview in state.store.interviews(case.id).await? {
                for line in of_interview(&state, (case, &interview), &started).await? {
                    lines.push_str(&serde_json::to_string(&line).map_err(|_| Error::Internal)?);
                    lines.push('\n');
                    n += 1;
                }
            }
        }
    }
    let centre = match grant.reach {
        Reach::All => Value::Null,
        Reach::Centre(centre) => json!(centre),
    };
    let detail = json!({ "lines": n, "centre": centre });
    let note = Note { actor: &grant.actor, action: "export", subject: "decisions".to_owned(), detail };
    state.store.note(note).await?;
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], lines).into_response())
}

async fn of_interview(
    state: &AppState,
    (case, interview): (&Case, &Interview),
    started: &HashMap<Uuid, Date>,
) -> Result<Vec<Exported>, Error> {
    let readings: HashMap<i64, Reading> =
        state.store.readings(interview.id).await?.into_iter().map(|r| (r.revision, r)).collect();
    let log = state.store.decisions(interview.id).await?;
    let revisions: HashMap<u64, i64> = log.iter().map(|(revision, event)| (event.seq, *revision)).collect();
    let folded = fold(log.into_iter().map(|(_, event)| event))?;
    let or = |group: &Option<String>| group.clone().unwrap_or_else(|| "not_recorded".to_owned());
    let subject = Subject {
        gender: or(&case.groups.gender),
        age_band: or(&case.groups.age_band),
        origin_group: or(&case.groups.origin),
        language: or(&case.groups.language),
    };
    let line = |event: &Event| {
        let reading = readings.get(revisions.get(&event.seq)?)?;
        let (about, decision) = (event.act.subject()?, event.act.decision()?);
        let score = match &event.act {
            Act::Add { .. } => None,
            _ => Some(score(&reading.assessment, about.kind, &about.code)?),
        };
        let shown_at = reading.shown_at.filter(|shown| *shown <= event.at)?;
        Some(Exported {
            assessment: reading.id,
            model: reading.assessment.versions.model.clone(),
            kind: about.kind,
            code: about.code,
            score,
            decision,
            reason: match &event.act {
                Act::Refute { reason, .. } => Some(*reason),
                _ => None,
            },
            tenure: tenure(*started.get(&event.by)?, event.at.date()),
            subject: subject.clone(),
            shown_at,
            decided_at: event.at,
        })
    };
    Ok(folded.current().into_values().filter_map(line).collect())
}

/// The probability that was shown beside a suggestion.
fn score(assessment: &Assessment, kind: Kind, code: &str) -> Option<f32> {
    match kind {
        Kind::Need => assessment.needs.iter().find(|n| n.code == code).map(|n| n.probability),
        Kind::Demand => assessment.demands.iter().find(|d| d.code == code).map(|d| d.probability),
        Kind::Action => assessment.actions.iter().find(|a| a.code == code).map(|a| a.score),
        Kind::Level => assessment.levels.iter().find(|l| l.domain == code).map(|l| match l.level {
            Some(level) => {
                l.distribution.get(usize::from(level).saturating_sub(1)).copied().unwrap_or_default()
            }
            None => 1.0 - l.assessable,
        }),
    }
}

fn tenure(started: Date, at: Date) -> &'static str {
    match (at - started).whole_days() {
        ..365 => "under_1_year",
        365..1826 => "1_to_5_years",
        _ => "over_5_years",
    }
}

/// Everything that is kept of a person (GDPR Art. 15), as a zip
#[utoipa::path(
    get,
    path = "/v1/cases/{id}/access-pack",
    operation_id = "read_access_pack",
    tag = "records",
    params(("id" = Uuid, Path, description = "The case")),
    responses((status = 200, description = "A zip", content_type = "application/zip", body = Vec<u8>)),
)]
async fn pack(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let grant = caller.may(Right::Person)?;
    let case = visible(&state, &grant, &id).await?;
    let subject = format!("case:{}", case.id);
    let note =
        Note { actor: &grant.actor, action: "case.access_pack", subject: subject.clone(), detail: json!({}) };
    state.store.note(note).await?;
    let mut files =
        vec![("README.txt".to_owned(), PACK_README.to_owned()), ("case.json".to_owned(), pretty(&case)?)];
    let mut rows = state.store.audit_on(&subject).await?;
    for interview in state.store.interviews(case.id).await? {
        let name = format!("interviews/{}", interview.id);
        if let Some(narrative) = state.store.narrative(interview.id).await? {
            files.push((format!("{name}.txt"), narrative.text));
        }
        let readings = state.store.readings(interview.id).await?;
        let readings: Vec<Value> = readings
            .iter()
            .map(|r| json!({ "assessment_id": r.id, "revision": r.revision, "assessment": r.assessment }))
            .collect();
        let events: Vec<Event> =
            state.store.decisions(interview.id).await?.into_iter().map(|(_, event)| event).collect();
        rows.extend(state.store.audit_on(&format!("interview:{}", interview.id)).await?);
        let whole = json!({ "interview": interview, "suggested": readings, "decided": events });
        files.push((format!("{name}.json"), pretty(&whole)?));
    }
    let own_views = state.store.own_views(case.id).await?;
    if !own_views.is_empty() {
        files.push(("own_view.json".to_owned(), pretty(&own_views)?));
    }
    rows.sort_by_key(|row| row.seq);
    files.push(("who_saw_and_did_what.json".to_owned(), pretty(&rows)?));
    let bytes = zipped(&files).map_err(|_| Error::Internal)?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"access-pack.zip\""),
    ];
    Ok((headers, bytes).into_response())
}

const PACK_README: &str = "What is kept of you, as asked for under Article 15 of the GDPR.\n\n\
case.json: the record that holds it together.\n\
interviews/*.txt: what was written down of what you told.\n\
interviews/*.json: what a program suggested from it (suggested), and what people decided (decided). The program only \
suggests; people decide.\n\
own_view.json: your own view, in your words, if you had it written down.\n\
who_saw_and_did_what.json: who looked at it or worked on it, and when. People are named by their ids.\n";

fn pretty(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string_pretty(value).map_err(|_| Error::Internal)
}

fn zipped(files: &[(String, String)]) -> zip::result::ZipResult<Vec<u8>> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, contents) in files {
        zip.start_file(name, options)?;
        zip.write_all(contents.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Erase the person of a case (GDPR Art. 17)
#[utoipa::path(
    post,
    path = "/v1/cases/{id}/erasure",
    operation_id = "erase_case",
    tag = "records",
    params(("id" = Uuid, Path, description = "The case")),
    request_body = Nothing,
    responses((status = 200, description = "What went, and the proof", body = crate::store::Erased)),
)]
async fn erase(
    State(state): State<AppState>,
    Path(id): Path<String>,
    once: Once<Nothing>,
) -> Result<Response, Error> {
    let grant = once.caller.may(Right::Person)?;
    let case = visible(&state, &grant, &id).await?;
    let mut tx = match once.begin(&state, &grant).await? {
        Begun::First(tx) => tx,
        Begun::Repeated(response) => return Ok(response),
    };
    let erased = state.store.erase(&mut tx, case.id, &grant.actor).await?;
    let response = once.finish((&state, &grant), tx, (StatusCode::OK, &erased)).await?;
    state.store.forget_pages().await?;
    Ok(response)
}
