//! The intake page: the narrative, what is suggested beside it, and the worker's decisions.

use std::collections::BTreeMap;

use askama::Template;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use relat_engine::Assessment;
use serde::Deserialize;
use serde_json::json;
use time::Date;
use uuid::Uuid;

use super::findings::{Action, ResultView};
use super::locale::day;
use super::shell::{Room, Shell, Visitor, fresh_key, page, written};
use crate::decisions::{Act, Finding, Kind, Reason, undecided_alerts};
use crate::http::caller::{Grant, Right, is_from_elsewhere};
use crate::http::cases::{Moment, decided_level, moment, visible};
use crate::http::extract::{Path, Query};
use crate::http::interviews::{self as api, Loaded, found, load};
use crate::http::once::Once;
use crate::http::{Error, assess};
use crate::state::AppState;
use crate::store::{Case, Source, now};
use crate::{documents, words};

mod guide;
mod view;

pub(super) use view::reason;
use view::{Decisions, Domain, Matrix, Names, stamp};

/// Above this probability several suggestions are accepted at once; alerts never are.
const BULK_FLOOR: f32 = 0.85;

pub(super) fn router(max_bytes: usize) -> Router<AppState> {
    let text = DefaultBodyLimit::max(max_bytes.saturating_mul(6).saturating_add(4096));
    let document = DefaultBodyLimit::max(documents::MAX_DOCUMENT);
    Router::new()
        .route("/cases/{id}/interviews/new", get(begin))
        .route("/cases/{id}/interviews", post(create).layer(text))
        .route("/cases/{id}/live", post(live_new).layer(text))
        .route("/interviews/{id}", get(show))
        .route("/interviews/{id}/live", post(live).layer(text))
        .route("/interviews/{id}/text", post(revise).layer(text))
        .route("/interviews/{id}/acts", post(act))
        .route("/interviews/{id}/version", get(version))
        .route("/extract", post(document_text).layer(document))
        .route("/codes", get(codes))
        .route("/device-key", get(device_key))
}

#[derive(Template)]
#[template(path = "intake/page.html")]
struct Intake<'a> {
    shell: Shell,
    w: words::Words,
    lang: &'static str,
    case: &'a Case,
    interview: Option<Uuid>,
    /// 0 of an interview that is not kept yet.
    version: i64,
    /// Which interview of the case it is, from 1.
    ordinal: usize,
    held_on: String,
    /// As forms write it.
    held_on_iso: String,
    text: &'a str,
    saved_at: Option<String>,
    blind: bool,
    closed: bool,
    result: Option<ResultView<'a>>,
    decisions: Decisions,
    matrix: Vec<Domain>,
    undo: usize,
    redo: usize,
    /// Suggestions that nobody has decided on, alerts among them.
    undecided: usize,
    undecided_alerts: usize,
    /// What may be accepted at once: `kind:code`.
    bulk: Vec<String>,
    reasons: Vec<(&'static str, &'static str)>,
    codes: Vec<guide::Searched>,
    person: Uuid,
    key_id: String,
    key: String,
    form_key: String,
    problem: Option<&'static str>,
}

impl Intake<'_> {
    /// Where decisions are sent; nowhere before there is an interview.
    fn acts_path(&self) -> String {
        self.interview.map(|id| format!("/interviews/{id}/acts")).unwrap_or_default()
    }

    /// Whether anything that an action answers was not refused.
    fn stands(&self, action: &Action<'_>) -> bool {
        let refused = |code: &str| {
            let on = self.decisions.of("need", code).or_else(|| self.decisions.of("demand", code));
            on.is_some_and(|decided| decided.class == "refuted")
        };
        action.because.iter().any(|because| !refused(because.code))
    }

    fn n_open(&self) -> usize {
        self.matrix.iter().filter(|domain| !domain.is_told()).count()
    }

    fn n_scored(&self) -> usize {
        self.matrix.iter().filter(|domain| domain.decided.is_some()).count()
    }
}

/// What a page of an interview is made of; without an interview, one that is about to begin.
struct Seen<'a> {
    visitor: &'a Visitor,
    case: &'a Case,
    loaded: Option<&'a Loaded>,
    text: &'a str,
    assessment: Option<&'a Assessment>,
    problem: Option<&'static str>,
}

async fn render(state: &AppState, seen: Seen<'_>) -> Result<Response, Error> {
    let Seen { visitor, case, loaded, text, assessment, problem } = seen;
    let language = visitor.language;
    let me = visitor.person()?.id;
    let blind = match loaded {
        Some(loaded) => loaded.blind,
        None => state.store.centre(case.centre).await?.is_some_and(|centre| centre.blind_first),
    };
    let assessment = assessment.filter(|_| !blind);
    let (earlier, ordinal) = earlier(state, case, loaded).await?;
    let current = loaded.map(|l| l.state.current()).unwrap_or_default();
    let mut by = BTreeMap::new();
    for event in current.values() {
        if event.by != me && !by.contains_key(&event.by) {
            let name = state.store.person(event.by).await?.map(|person| person.name).unwrap_or_default();
            by.insert(event.by, name);
        }
    }
    let names = Names { me, by };
    let decisions = Decisions::new(current.values().copied(), (&names, text), language);
    let mine =
        current.iter().filter(|(subject, _)| subject.kind == Kind::Level).filter_map(|(subject, event)| {
            Some((subject.code.clone(), decided_level(loaded?, &event.act, subject)))
        });
    let mine: BTreeMap<_, _> = mine.collect();
    let matrix =
        Matrix { assessment, decisions: &decisions, mine: &mine, earlier: &earlier, language }.rows();
    let result = assessment.map(|assessment| ResultView::new(text, assessment, language));
    let is_open = |kind: &str, code: &str| decisions.of(kind, code).is_none();
    let suggested = assessment.map(suggested).unwrap_or_default();
    let undecided = suggested.iter().filter(|s| is_open(s.kind, s.code)).count();
    let bulk =
        suggested.iter().filter(|s| s.probability >= BULK_FLOOR && !s.alert && is_open(s.kind, s.code));
    let bulk = bulk.map(|s| format!("{}:{}", s.kind, s.code)).collect();
    let alerts = match (loaded, assessment) {
        (Some(loaded), Some(assessment)) => undecided_alerts(&loaded.state, assessment).len(),
        _ => 0,
    };
    let (undo, redo) = loaded.map(|l| l.state.depths()).unwrap_or_default();
    let (key_id, key) = state.store.device_key(me, None).ok_or(Error::Internal)?;
    let held_on = loaded.map_or_else(|| now().date(), |l| l.interview.held_on);
    let intake = Intake {
        shell: visitor.shell(Room::Cases),
        w: visitor.w,
        lang: words::tag(language),
        case,
        interview: loaded.map(|l| l.interview.id),
        version: loaded.map_or(0, |l| l.interview.version),
        ordinal,
        held_on: day(held_on, language),
        held_on_iso: held_on.to_string(),
        text,
        saved_at: loaded.and_then(saved_at).map(stamp),
        blind,
        closed: loaded.is_some_and(|l| l.state.is_closed()),
        result,
        decisions,
        matrix,
        undo,
        redo,
        undecided,
        undecided_alerts: alerts,
        bulk,
        reasons: view::reasons(visitor.w),
        codes: guide::codes(language),
        person: me,
        key_id,
        key: base64(&key),
        form_key: fresh_key(),
        problem,
    };
    page(&intake, StatusCode::OK)
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// A suggestion: only what is present above its threshold is one.
struct Suggested<'a> {
    kind: &'static str,
    code: &'a str,
    probability: f32,
    alert: bool,
}

fn suggested(assessment: &Assessment) -> Vec<Suggested<'_>> {
    let needs = assessment.needs.iter().filter(|n| n.suggested).map(|n| Suggested {
        kind: "need",
        code: &n.code,
        probability: n.probability,
        alert: n.alert,
    });
    let demands = assessment.demands.iter().filter(|d| d.suggested).map(|d| Suggested {
        kind: "demand",
        code: &d.code,
        probability: d.probability,
        alert: false,
    });
    needs.chain(demands).collect()
}

/// When the last decision that holds was kept.
fn saved_at(loaded: &Loaded) -> Option<time::OffsetDateTime> {
    loaded.state.current().into_values().map(|event| event.at).max()
}

/// The interviews of a case before one, and which one it is.
async fn earlier(
    state: &AppState,
    case: &Case,
    loaded: Option<&Loaded>,
) -> Result<(Vec<Moment>, usize), Error> {
    let all = state.store.interviews(case.id).await?;
    let this = loaded.and_then(|l| all.iter().position(|i| i.id == l.interview.id)).unwrap_or(all.len());
    let mut moments = Vec::new();
    for interview in all.into_iter().take(this) {
        moments.push(moment(state, interview).await?);
    }
    Ok((moments, this + 1))
}

async fn begin(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(case): Path<String>,
) -> Result<Response, Error> {
    let grant = visitor.may(Right::Write)?;
    let case = visible(&state, &grant, &case).await?;
    let seen =
        Seen { visitor: &visitor, case: &case, loaded: None, text: "", assessment: None, problem: None };
    render(&state, seen).await
}

/// An interview with its case, as the visitor may see it.
async fn seen(state: &AppState, grant: &Grant, id: &str) -> Result<(Case, Loaded), Error> {
    let interview = found(state, grant, id).await?;
    let case = visible(state, grant, &interview.case.to_string()).await?;
    Ok((case, load(state, interview).await?))
}

async fn show(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    shown(&state, &visitor, &id, None).await
}

async fn shown(
    state: &AppState,
    visitor: &Visitor,
    id: &str,
    problem: Option<&'static str>,
) -> Result<Response, Error> {
    let grant = visitor.may(Right::Read)?;
    let (case, loaded) = seen(state, &grant, id).await?;
    state.view(&grant.actor, format!("interview:{}", loaded.interview.id)).await?;
    let text = loaded.narrative.as_ref().map(|n| n.text.as_str()).unwrap_or_default();
    if let (Some(reading), false) = (&loaded.reading, loaded.blind) {
        state.store.shown(reading.id).await?;
    }
    let assessment = loaded.reading.as_ref().map(|r| &r.assessment);
    render(state, Seen { visitor, case: &case, loaded: Some(&loaded), text, assessment, problem }).await
}

/// A text as it is being written.
#[derive(Deserialize)]
struct Written {
    text: String,
}

fn being_written(
    state: &AppState,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<String, Error> {
    let body = body.map_err(|rejection| assess::body_error(&rejection, state.max_bytes))?;
    assess::json(headers, &body).map(|Written { text }| text)
}

/// Reads a text that is not kept yet, and answers the page that it would have.
async fn live(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Error> {
    let grant = visitor.may(Right::Write)?;
    let text = being_written(&state, &headers, body)?;
    let (case, loaded) = seen(&state, &grant, &id).await?;
    let assessment = read(&state, &text, loaded.blind).await?;
    let seen = Seen {
        visitor: &visitor,
        case: &case,
        loaded: Some(&loaded),
        text: &text,
        assessment: assessment.as_ref(),
        problem: None,
    };
    render(&state, seen).await
}

async fn live_new(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(case): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Error> {
    let grant = visitor.may(Right::Write)?;
    let text = being_written(&state, &headers, body)?;
    let case = visible(&state, &grant, &case).await?;
    let blind = state.store.centre(case.centre).await?.is_some_and(|centre| centre.blind_first);
    let assessment = read(&state, &text, blind).await?;
    let assessment = assessment.as_ref();
    let seen = Seen { visitor: &visitor, case: &case, loaded: None, text: &text, assessment, problem: None };
    render(&state, seen).await
}

/// What the model reads in a text; nothing in an empty one, nor where the worker scores first.
async fn read(state: &AppState, text: &str, blind: bool) -> Result<Option<Assessment>, Error> {
    if blind || text.trim().is_empty() {
        return Ok(None);
    }
    Ok(Some(state.assess(text.to_owned(), Source::Page).await?.assessment))
}

/// The plain form of a new interview.
#[derive(serde::Serialize, Deserialize)]
struct Create {
    key: String,
    text: String,
    held_on: String,
}

async fn create(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(form): Form<Create>,
) -> Result<Response, Error> {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    let held_on = Date::parse(&form.held_on, format).map_err(|_| Error::Field { field: "held_on" })?;
    let body = api::CreateInterview { text: form.text.replace("\r\n", "\n"), held_on };
    let path = format!("/cases/{case}/interviews");
    let once = Once::of_form((visitor.caller.clone(), &path), &form.key, (body, &form))?;
    let id = written(api::create(State(state), Path(case), once).await?).await?;
    Ok(Redirect::to(&format!("/interviews/{id}")).into_response())
}

/// The plain form of a text that is changed.
#[derive(serde::Serialize, Deserialize)]
struct Revise {
    key: String,
    text: String,
    expected_version: i64,
}

async fn revise(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(form): Form<Revise>,
) -> Result<Response, Error> {
    let body = api::Revise { expected_version: form.expected_version, text: form.text.replace("\r\n", "\n") };
    let path = format!("/interviews/{id}/text");
    let once = Once::of_form((visitor.caller.clone(), &path), &form.key, (body, &form))?;
    match api::revise(State(state.clone()), Path(id.clone()), once).await {
        Ok(_) => Ok(Redirect::to(&format!("/interviews/{id}")).into_response()),
        Err(error) => refused(&state, &visitor, (&id, error)).await,
    }
}

/// The page again, with what went wrong.
async fn refused(state: &AppState, visitor: &Visitor, (id, error): (&str, Error)) -> Result<Response, Error> {
    error.log();
    let mut response = shown(state, visitor, id, Some(visitor.w.problem(error.code()))).await?;
    *response.status_mut() = error.status();
    Ok(response)
}

async fn act(
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

/// Which version an interview is at: asked now and then, so that nobody works on an old page.
async fn version(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let grant = visitor.may(Right::Read)?;
    let interview = found(&state, &grant, &id).await?;
    let mut response = Json(json!({ "version": interview.version })).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The text of a document that was dropped on the page.
async fn document_text(visitor: Visitor, body: Result<Bytes, BytesRejection>) -> Result<Response, Error> {
    visitor.may(Right::Write)?;
    let body = body.map_err(|rejection| assess::body_error(&rejection, documents::MAX_DOCUMENT))?;
    let text =
        tokio::task::spawn_blocking(move || documents::text(&body)).await.map_err(|_| Error::Internal)?;
    Ok(Json(json!({ "text": text? })).into_response())
}

/// Every code with its names and other words, for the search.
async fn codes(visitor: Visitor) -> Result<Response, Error> {
    Ok(Json(guide::codes(visitor.language)).into_response())
}

#[derive(Deserialize)]
struct KeyAsked {
    id: String,
}

/// The key with which this person's browser sealed what it had not sent, when the service's key has changed since.
async fn device_key(
    State(state): State<AppState>,
    visitor: Visitor,
    Query(asked): Query<KeyAsked>,
) -> Result<Response, Error> {
    let person = visitor.person()?.id;
    let (id, key) = state.store.device_key(person, Some(&asked.id)).ok_or(Error::NotFound)?;
    let mut response = Json(json!({ "id": id, "key": base64(&key) })).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
