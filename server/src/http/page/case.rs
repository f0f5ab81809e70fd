//! A case: its interviews, needs and levels over time, who decided what, and the person's own view.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use relat_engine::{Language, Taxonomy};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::levels::{Cell, LevelLine};
use self::load::{File, Held, NeedLine, domain_of, is_alert};
use self::log::{LogLine, of_interview};
use self::spells::End;
use super::chart::Axis;
use super::locale::{day, moment};
use super::shell::{Room, Shell, Visitor, fresh_key, page};
use crate::decisions::undecided_alerts;
use crate::http::Error;
use crate::http::caller::{Grant, Right};
use crate::http::cases::visible;
use crate::http::extract::Path;
use crate::http::once::Once;
use crate::http::own_view::{self, CreateOwnView, MAX_WORDS};
use crate::state::AppState;
use crate::store::Case;
use crate::words::{Words, label};

mod levels;
mod load;
mod log;
mod person;
mod spells;
mod summary;

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/cases/{id}", get(show))
        .route("/cases/{id}/own-view", post(say))
        .route("/cases/{id}/summary", get(summary::show))
        .route("/cases/{id}/for-the-person", get(person::show))
}

/// An interview in the list of a case.
struct HeldRow {
    id: Uuid,
    held_on: String,
    language: &'static str,
    author: String,
    closed: bool,
    /// Alerts that nobody has decided on.
    alerts: usize,
}

/// A need on a line of time.
struct NeedRow {
    label: &'static str,
    domain: &'static str,
    alert: bool,
    since: String,
    since_by: String,
    again: usize,
    until: Option<Until>,
    track: Track,
}

struct Until {
    day: String,
    by: String,
    why: &'static str,
}

/// Where a need begins, is confirmed again, and ends, in units of a box 200 wide.
struct Track {
    begin: f64,
    end: f64,
    again: Vec<f64>,
}

/// A view in the person's own words.
struct Own {
    words: String,
    at: String,
    by: String,
}

#[derive(Template)]
#[template(path = "case/page.html")]
struct CasePage {
    shell: Shell,
    id: Uuid,
    name: String,
    interviews: Vec<HeldRow>,
    first: String,
    last: String,
    open: Vec<NeedRow>,
    closed: Vec<NeedRow>,
    levels: Vec<LevelLine>,
    /// Days of the interviews that the table of levels has.
    columns: Vec<String>,
    left_out: usize,
    own: Option<Own>,
    earlier: Vec<Own>,
    own_form: Form_,
    log: Vec<(String, Vec<LogLine>)>,
}

/// The form for a person's own view, with what was typed when it was refused.
struct Form_ {
    key: String,
    typed: String,
    max: usize,
    problem: Option<&'static str>,
}

/// The case and everything in it, for somebody who may see it; the audit says that they did.
async fn file(state: &AppState, grant: &Grant, id: &str) -> Result<File, Error> {
    let case = visible(state, grant, id).await?;
    state.view(&grant.actor, format!("case:{}", case.id)).await?;
    File::load(state, case).await
}

async fn show(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let grant = visitor.may(Right::Read)?;
    let file = file(&state, &grant, &id).await?;
    render(&visitor, &file, (StatusCode::OK, String::new(), None))
}

fn render(
    visitor: &Visitor,
    file: &File,
    (status, typed, problem): (StatusCode, String, Option<&'static str>),
) -> Result<Response, Error> {
    let (w, language) = (visitor.w, visitor.language);
    let (open, closed) = file.needs();
    let days = file.days();
    let mut own: Vec<Own> = file
        .own_views
        .iter()
        .map(|view| Own {
            words: view.words.clone(),
            at: moment(view.created_at, language),
            by: file.name(view.author).to_owned(),
        })
        .collect();
    let latest = own.pop();
    own.reverse();
    let shown = days.len().min(levels::COLUMNS);
    let ends = |date: Option<&time::Date>| date.map(|date| day(*date, language)).unwrap_or_default();
    let log = file.held.iter().rev().filter(|held| !held.log.is_empty());
    page(
        &CasePage {
            shell: visitor.shell(Room::Cases),
            id: file.case.id,
            name: file.case.pseudonym.clone(),
            interviews: file.held.iter().rev().map(|held| held_row(file, held, (w, language))).collect(),
            first: ends(days.first()),
            last: ends(days.last()),
            open: open.iter().map(|line| need_row(file, line, (w, language))).collect(),
            closed: closed.iter().map(|line| need_row(file, line, (w, language))).collect(),
            levels: levels::lines(file, language),
            columns: days.iter().skip(days.len() - shown).map(|date| day(*date, language)).collect(),
            left_out: days.len() - shown,
            own: latest,
            earlier: own,
            own_form: Form_ { key: fresh_key(), typed, max: MAX_WORDS, problem },
            log: log
                .map(|held| (day(held.day(), language), of_interview(file, held, (w, language))))
                .collect(),
        },
        status,
    )
}

fn held_row(file: &File, held: &Held, (w, language): (Words, Language)) -> HeldRow {
    let interview = &held.loaded.interview;
    let reading = held.loaded.reading.as_ref().filter(|_| !held.loaded.blind);
    let alerts = reading.map(|r| undecided_alerts(&held.loaded.state, &r.assessment).len());
    HeldRow {
        id: interview.id,
        held_on: day(interview.held_on, language),
        language: w.language(interview.language),
        author: file.name(interview.author).to_owned(),
        closed: interview.closed_at.is_some(),
        alerts: alerts.unwrap_or_default(),
    }
}

fn need_row(file: &File, line: &NeedLine, (w, language): (Words, Language)) -> NeedRow {
    let NeedLine { code, spell } = line;
    let axis = Axis::new(&file.days(), (8.0, 184.0));
    let x = |said| file.day_of(said).map_or(0.0, |date| axis.x(date));
    let day_of = |said| file.day_of(said).map(|date| day(date, language)).unwrap_or_default();
    let begin = x(spell.opened);
    NeedRow {
        label: label(Taxonomy::shipped(), code_of(code), language),
        domain: domain_of(code, language),
        alert: is_alert(code),
        since: day_of(spell.opened),
        since_by: file.name(spell.opened.by).to_owned(),
        again: spell.again.len(),
        until: spell.closed.map(|(said, end)| Until {
            day: day_of(said),
            by: file.name(said.by).to_owned(),
            why: why(w, end),
        }),
        track: Track {
            begin,
            // What is still there goes on to the edge.
            end: spell.closed.map_or(200.0, |(said, _)| x(said)),
            again: spell.again.iter().map(|said| x(*said)).collect(),
        },
    }
}

/// The taxonomy's own copy of a code.
fn code_of(code: &str) -> &'static str {
    let taxonomy = Taxonomy::shipped();
    taxonomy.need(code).and_then(|index| taxonomy.needs().get(index)).map_or("", |need| need.code.as_str())
}

fn why(w: Words, end: End) -> &'static str {
    match end {
        End::Denied => w.case_end_denied(),
        End::Past => w.case_end_past(),
        End::Handled => w.case_end_handled(),
    }
}

/// The form of a person's own view.
#[derive(Serialize, Deserialize)]
struct Say {
    key: String,
    words: String,
}

async fn say(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(said): Form<Say>,
) -> Result<Response, Error> {
    let grant = visitor.may(Right::Write)?;
    let body = CreateOwnView { words: said.words.clone() };
    let path = format!("/cases/{id}/own-view");
    let once = Once::of_form((visitor.caller.clone(), &path), &said.key, (body, &said))?;
    match own_view::create(State(state.clone()), Path(id.clone()), once).await {
        Ok(_) => Ok(Redirect::to(&format!("/cases/{id}#own-view")).into_response()),
        Err(error @ Error::Field { .. }) => {
            let file = file(&state, &grant, &id).await?;
            render(&visitor, &file, (error.status(), said.words, Some(visitor.w.case_own_problem())))
        }
        Err(error) => Err(error),
    }
}

/// What the printed pages of a case begin with.
struct Heading {
    name: String,
    centre: String,
    printed: String,
    by: String,
}

async fn heading(state: &AppState, visitor: &Visitor, case: &Case) -> Result<Heading, Error> {
    Ok(Heading {
        name: case.pseudonym.clone(),
        centre: state.store.centre(case.centre).await?.map(|centre| centre.name).unwrap_or_default(),
        printed: day(crate::store::now().date(), visitor.language),
        by: visitor.person()?.name.clone(),
    })
}
