//! The audit: who did what, newest first, searched; and whether it is as it was written.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

use super::{Tab, Tabs, tabs};
use crate::http::Error;
use crate::http::caller::Right;
use crate::http::extract::Query;
use crate::http::page::locale::moment;
use crate::http::page::shell::{Room, Shell, Visitor, page};
use crate::state::AppState;
use crate::store::audit::{Row, Search};
use crate::store::{moment as of_row, parse_day};

/// Rows on a page.
const PAGE: i64 = 50;
/// Longest filter, in bytes.
const MAX_FILTER: usize = 100;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    actor: String,
    #[serde(default)]
    action: String,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    before: Option<i64>,
    #[serde(default)]
    verify: String,
}

struct Line {
    seq: i64,
    at: String,
    /// The name of a person who is known, else what the row says.
    actor: String,
    actor_id: String,
    action: String,
    subject: String,
    detail: String,
}

/// What was found when the whole chain was read.
struct Verified {
    sound: bool,
    says: String,
}

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct AuditPage {
    shell: Shell,
    tabs: Tabs,
    asked: Asked,
    actions: Vec<String>,
    lines: Vec<Line>,
    next: Option<i64>,
    verified: Option<Verified>,
    problem: Option<&'static str>,
}

pub(super) async fn show(
    State(state): State<AppState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    let grant = visitor.may(Right::Audit)?;
    let (w, language) = (visitor.w, visitor.language);
    let days = [&asked.from, &asked.to].map(|day| day.is_empty() || parse_day(day).is_ok());
    let short = [&asked.actor, &asked.action, &asked.subject].iter().all(|filter| filter.len() <= MAX_FILTER);
    let problem = (!short || days.contains(&false)).then(|| w.problems_field());
    let people = state.store.people().await?;
    let names: HashMap<Uuid, &str> = people.iter().map(|person| (person.id, person.name.as_str())).collect();
    let named = |actor: &str| {
        let id = actor.strip_prefix("person:").and_then(|id| Uuid::try_parse(id).ok());
        id.and_then(|id| names.get(&id)).map_or_else(|| actor.to_owned(), |name| (*name).to_owned())
    };
    // Who is searched for by name or login is found by id.
    let wanted = asked.actor.trim();
    let person = people.iter().find(|person| person.login == wanted || person.name == wanted);
    let search = Search {
        actor: person.map_or_else(|| wanted.to_owned(), |person| format!("person:{}", person.id)),
        action: asked.action.trim().to_owned(),
        subject: asked.subject.trim().to_owned(),
        from: asked.from.clone(),
        to: asked.to.clone(),
    };
    let rows = match problem {
        None => state.store.search_audit(&search, asked.before, PAGE).await?,
        Some(_) => Vec::new(),
    };
    state.view(&grant.actor, "audit".to_owned()).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|n| n == PAGE);
    let next = rows.last().filter(|_| full).map(|row| row.seq);
    let line = |row: Row| Line {
        seq: row.seq,
        at: of_row(&row.at).map(|at| moment(at, language)).unwrap_or_default(),
        actor: named(&row.actor),
        actor_id: row.actor,
        action: row.action,
        subject: row.subject,
        detail: if row.detail == "{}" { String::new() } else { row.detail },
    };
    let verified = match asked.verify.as_str() {
        "1" => Some(match state.store.verify_audit(None).await? {
            Ok(head) => Verified { sound: true, says: w.admin_audit_sound(head.seq, head.to_string()) },
            Err(finding) => Verified { sound: false, says: w.admin_audit_broken(finding.to_string()) },
        }),
        _ => None,
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let actions = state.store.audit_actions().await?;
    let lines = rows.into_iter().map(line).collect();
    let (shell, tabs) = (visitor.shell(Room::Admin), tabs(&visitor, Tab::Audit));
    page(&AuditPage { shell, tabs, asked, actions, lines, next, verified, problem }, status)
}
