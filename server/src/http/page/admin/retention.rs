//! Retention: the rules, and what they would remove now. Removing is done from the command line, where it is on purpose.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use time::OffsetDateTime;

use super::{Tab, Tabs, tabs};
use crate::http::Error;
use crate::http::caller::{Grant, Right};
use crate::http::extract::Query;
use crate::http::page::shell::{Room, Shell, Visitor, page};
use crate::state::AppState;
use crate::store::{Reach, now};

/// Longest time that is asked about, in days: a hundred years.
const MAX_DAYS: i64 = 36_525;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    cases: String,
    #[serde(default)]
    answers: String,
}

/// What the rules would remove.
struct Tried {
    cases: Option<usize>,
    /// Only for an administrator of all centres: answers to writes are of no centre.
    answers: Option<i64>,
}

#[derive(Template)]
#[template(path = "admin/retention.html")]
struct RetentionPage {
    shell: Shell,
    tabs: Tabs,
    cases: String,
    answers: String,
    tried: Option<Tried>,
    problem: Option<&'static str>,
}

pub(super) async fn show(
    State(state): State<AppState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    let grant = visitor.may(Right::Manage)?;
    let is_asked = !(asked.cases.is_empty() && asked.answers.is_empty());
    let (tried, problem) = match (is_asked, days(&asked.cases), days(&asked.answers)) {
        (false, ..) => (None, None),
        (true, Ok(cases), Ok(answers)) => (Some(tried(&state, &grant, (cases, answers)).await?), None),
        (true, ..) => (None, Some(visitor.w.admin_problem_days_of_rule())),
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (cases, answers) = match is_asked {
        true => (asked.cases, asked.answers),
        false => ("1825".to_owned(), "30".to_owned()),
    };
    page(
        &RetentionPage {
            shell: visitor.shell(Room::Admin),
            tabs: tabs(&visitor, Tab::Retention),
            cases,
            answers,
            tried,
            problem,
        },
        status,
    )
}

/// A number of days; nothing for a rule that is not asked about.
fn days(text: &str) -> Result<Option<i64>, ()> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().ok().filter(|days| (1..=MAX_DAYS).contains(days)).map(Some).ok_or(()),
    }
}

fn before(days: i64) -> OffsetDateTime {
    now().checked_sub(time::Duration::days(days)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

async fn tried(
    state: &AppState,
    grant: &Grant,
    (cases, answers): (Option<i64>, Option<i64>),
) -> Result<Tried, Error> {
    let cases = match cases {
        None => None,
        Some(days) => {
            let mut n = 0;
            for case in state.store.cases_without_interview_since(before(days)).await? {
                let case = state.store.case(case).await?;
                n += usize::from(case.is_some_and(|case| grant.reach.covers(case.centre)));
            }
            Some(n)
        }
    };
    let answers = match answers.filter(|_| grant.reach == Reach::All) {
        None => None,
        Some(days) => Some(state.store.answers_before(before(days), false).await?),
    };
    Ok(Tried { cases, answers })
}
