//! Figures for coordinators: needs by area and month, work, what became of suggestions, alerts that wait.

use std::collections::BTreeSet;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use relat_engine::{Language, Taxonomy};
use serde::Deserialize;
use time::{Date, Month};
use uuid::Uuid;

use super::chart::tenth;
use super::locale::{day, month, share};
use super::shell::{Room, Shell, Visitor, page};
use crate::figures::{self, Acceptance, Sitting};
use crate::http::Error;
use crate::http::caller::Right;
use crate::http::extract::Query;
use crate::state::AppState;
use crate::store::{Reach, Span, now};
use crate::suppression::{LEAST, Published};
use crate::words::label;

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/dashboard", get(show))
}

/// A bar of a chart 240 by 70, or the place of one that is left out.
struct Bar {
    x: f64,
    y: f64,
    height: f64,
    hidden: bool,
}

/// A row of numbers with its chart.
struct Row {
    label: &'static str,
    cells: Vec<Option<u64>>,
    total: Option<u64>,
    bars: Vec<Bar>,
    /// Whether nothing of it can be shown.
    is_hidden: bool,
}

/// What became of a code's suggestions.
struct CodeRow {
    label: String,
    cells: Vec<Option<u64>>,
    total: Option<u64>,
    /// The share that was taken as it was: in words, and as a part of 100.
    accepted: Option<(String, f64)>,
}

struct ModelTable {
    model: String,
    rows: Vec<CodeRow>,
    totals: Vec<Option<u64>>,
    total: Option<u64>,
    /// Codes of which only the total can be shown.
    sums: Vec<(String, u64)>,
    /// Rows of which nothing can be shown.
    left_out: usize,
}

struct Worker {
    name: String,
    interviews: usize,
    cases: usize,
    open: usize,
    alerts: usize,
    /// Width of the bar, of 100.
    width: f64,
}

struct Waiting {
    interview: Uuid,
    pseudonym: String,
    held_on: String,
    worker: String,
    codes: Vec<&'static str>,
}

#[derive(Template)]
#[template(path = "dashboard/page.html")]
struct Dashboard {
    shell: Shell,
    place: String,
    year: i32,
    years: Vec<i32>,
    least: usize,
    months: Vec<&'static str>,
    needs: Vec<Row>,
    needs_columns: Vec<Option<u64>>,
    needs_total: Option<u64>,
    interviews: Vec<Row>,
    models: Vec<ModelTable>,
    /// For who leads a centre.
    workers: Option<Vec<Worker>>,
    waiting: Option<Vec<Waiting>>,
    /// For everybody else: how many alerts wait, where that is about enough people.
    alerts: Option<usize>,
}

#[derive(Deserialize)]
struct Asked {
    year: Option<i32>,
}

async fn show(
    State(state): State<AppState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    let grant = visitor.may(Right::Figures)?;
    let leads = visitor.may(Right::Person).is_ok();
    let language = visitor.language;
    let days = state.store.days_of_interviews(grant.reach).await?;
    let this = now().date().year();
    let (first, last) =
        days.map_or((this, this), |(first, last)| (first.year(), last.year().max(first.year())));
    let year = asked.year.filter(|year| (first..=last).contains(year)).unwrap_or(last);
    let sittings = load(&state, grant.reach, of_year(year)).await?;
    let always = Span { from: Date::MIN, to: Date::MAX, only_open: true };
    let open = load(&state, grant.reach, always).await?;
    state.view(&grant.actor, "figures".to_owned()).await?;

    let taxonomy = Taxonomy::shipped();
    let areas: Vec<&'static str> = taxonomy.domains().iter().map(|d| d.labels.get(language)).collect();
    let needs = figures::needs(&sittings);
    let interviews = figures::interviews(&sittings);
    let waiting = open.iter().filter(|sitting| !sitting.alerts.is_empty());
    let alerts = about_enough(waiting.clone());
    let place = match grant.reach {
        Reach::All => visitor.w.figures_all().to_owned(),
        Reach::Centre(centre) => state.store.centre(centre).await?.map(|c| c.name).unwrap_or_default(),
    };
    let dashboard = Dashboard {
        shell: visitor.shell(Room::Figures),
        place,
        year,
        years: (first..=last).rev().collect(),
        least: LEAST,
        months: (0..figures::MONTHS).map(|index| month(index, language)).collect(),
        needs: rows(&areas, &needs),
        needs_columns: needs.columns,
        needs_total: needs.total,
        interviews: rows(&[visitor.w.cases_interviews()], &interviews),
        models: figures::acceptance(&sittings).iter().map(|a| model_table(a, language)).collect(),
        workers: if leads { Some(workers(&state, &sittings).await?) } else { None },
        waiting: if leads { Some(waiting_list(&state, waiting, language).await?) } else { None },
        alerts,
    };
    page(&dashboard, StatusCode::OK)
}

fn of_year(year: i32) -> Span {
    let from = Date::from_calendar_date(year, Month::January, 1).unwrap_or(Date::MIN);
    let to = Date::from_calendar_date(year, Month::December, 31).unwrap_or(Date::MAX);
    Span { from, to, only_open: false }
}

async fn load(state: &AppState, reach: Reach, span: Span) -> Result<Vec<Sitting>, Error> {
    let centres = state.store.centres().await?;
    // Over all centres it is not told which one an interview is of: where one of them is blind, all are taken to be.
    let blind = centres.iter().any(|centre| reach.covers(centre.id) && centre.blind_first);
    let counted = state.store.count_interviews(reach, span, |counted| Sitting::new(&counted, blind)).await?;
    counted.into_iter().collect::<Result<_, _>>().map_err(|refused| {
        Error::Store(crate::store::Error::Row { table: "decisions", reason: refused.to_string() })
    })
}

/// How many alerts wait, unless that is about few people.
fn about_enough<'a>(waiting: impl Iterator<Item = &'a Sitting>) -> Option<usize> {
    let (mut n, mut people) = (0, BTreeSet::new());
    for sitting in waiting {
        n += sitting.alerts.len();
        people.insert(sitting.case);
    }
    (people.len() >= LEAST).then_some(n)
}

fn rows(labels: &[&'static str], table: &Published) -> Vec<Row> {
    let largest = table.cells.iter().flatten().flatten().max().copied().unwrap_or(0);
    let row = |((label, cells), total): ((&&'static str, &Vec<Option<u64>>), &Option<u64>)| Row {
        label,
        bars: cells.iter().enumerate().map(|(i, n)| bar(i, *n, largest)).collect(),
        is_hidden: cells.iter().all(Option::is_none) && total.is_none(),
        cells: cells.clone(),
        total: *total,
    };
    labels.iter().zip(&table.cells).zip(&table.rows).map(row).collect()
}

fn bar(index: usize, n: Option<u64>, largest: u64) -> Bar {
    let x = u32::try_from(index).map_or(0.0, |index| 4.0 + 19.6 * f64::from(index));
    let height = match n {
        Some(n) => 56.0 * figures::share(n, largest).unwrap_or(0.0),
        None => 4.0,
    };
    Bar { x: tenth(x), y: tenth(62.0 - height), height: tenth(height), hidden: n.is_none() }
}

fn model_table(of_model: &Acceptance, language: Language) -> ModelTable {
    let taxonomy = Taxonomy::shipped();
    let row = |(i, (_, code)): (usize, &(crate::decisions::Kind, String))| CodeRow {
        label: label(taxonomy, code, language).to_owned(),
        cells: of_model.table.cells.get(i).cloned().unwrap_or_default(),
        total: of_model.table.rows.get(i).copied().flatten(),
        accepted: of_model.accepted(i).map(|accepted| (share(accepted, language), tenth(accepted * 100.0))),
    };
    let all: Vec<CodeRow> = of_model.rows.iter().enumerate().map(row).collect();
    let n = all.len();
    let (mut rows, rest): (Vec<CodeRow>, Vec<CodeRow>) =
        all.into_iter().partition(|row| row.cells.iter().any(|cell| cell.is_some_and(|n| n > 0)));
    rows.sort_by_key(|row| (row.accepted.is_none(), std::cmp::Reverse(row.total)));
    let mut sums: Vec<_> = rest.into_iter().filter_map(|row| Some((row.label, row.total?))).collect();
    sums.sort_by_key(|(_, total)| std::cmp::Reverse(*total));
    ModelTable {
        model: of_model.model.clone(),
        left_out: n - rows.len() - sums.len(),
        rows,
        sums,
        totals: of_model.table.columns.clone(),
        total: of_model.table.total,
    }
}

async fn workers(state: &AppState, sittings: &[Sitting]) -> Result<Vec<Worker>, Error> {
    let work = figures::workload(sittings);
    let most = work.values().map(|work| work.interviews).max().unwrap_or(0);
    let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let mut workers = Vec::new();
    for (person, work) in work {
        workers.push(Worker {
            name: state.store.person(person).await?.map(|person| person.name).unwrap_or_default(),
            interviews: work.interviews,
            cases: work.cases.len(),
            open: work.open,
            alerts: work.alerts,
            width: tenth(100.0 * figures::share(number(work.interviews), number(most)).unwrap_or(0.0)),
        });
    }
    workers.sort_by(|a, b| b.interviews.cmp(&a.interviews).then_with(|| a.name.cmp(&b.name)));
    Ok(workers)
}

async fn waiting_list<'a>(
    state: &AppState,
    waiting: impl Iterator<Item = &'a Sitting>,
    language: Language,
) -> Result<Vec<Waiting>, Error> {
    let taxonomy = Taxonomy::shipped();
    let name = |code: &String| {
        let need = taxonomy.need(code).and_then(|index| taxonomy.needs().get(index));
        need.map_or("", |need| need.labels.get(language))
    };
    let mut rows = Vec::new();
    let mut waiting: Vec<&Sitting> = waiting.collect();
    // Those that have waited longest come first.
    waiting.sort_by_key(|sitting| (sitting.held_on, sitting.interview));
    for sitting in waiting {
        rows.push(Waiting {
            interview: sitting.interview,
            pseudonym: state.store.case(sitting.case).await?.map(|case| case.pseudonym).unwrap_or_default(),
            held_on: day(sitting.held_on, language),
            worker: state.store.person(sitting.author).await?.map(|person| person.name).unwrap_or_default(),
            codes: sitting.alerts.iter().map(name).collect(),
        });
    }
    Ok(rows)
}
