//! The summary of a case for the file: what people decided, and nothing that they did not.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use relat_engine::{Taxonomy, VerificationStatus};
use uuid::Uuid;

use super::levels::{self, Cell, LevelLine};
use super::{Heading, NeedRow, Own, file, heading, need_row};
use crate::decisions::Kind;
use crate::http::Error;
use crate::http::caller::Right;
use crate::http::extract::Path;
use crate::http::page::locale::{day, moment};
use crate::http::page::shell::{Room, Shell, Visitor, page};
use crate::state::AppState;
use crate::words::label;

/// What an interview contributes.
struct Sitting {
    day: String,
    author: String,
    closed: bool,
    demands: Vec<&'static str>,
    actions: Vec<&'static str>,
}

#[derive(Template)]
#[template(path = "case/summary.html")]
struct Summary {
    shell: Shell,
    id: Uuid,
    heading: Heading,
    sittings: Vec<Sitting>,
    open: Vec<NeedRow>,
    closed: Vec<NeedRow>,
    levels: Vec<LevelLine>,
    columns: Vec<String>,
    own: Option<Own>,
    last_decision: String,
    models: String,
}

pub(super) async fn show(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let grant = visitor.may(Right::Read)?;
    let file = file(&state, &grant, &id).await?;
    let (w, language) = (visitor.w, visitor.language);
    let taxonomy = Taxonomy::shipped();
    let confirmed = |held: &super::Held, kind| {
        let current = held.current(kind);
        let holds =
            current.iter().filter(|(_, e)| e.act.verification_status() == VerificationStatus::Confirmed);
        let codes: Vec<String> = holds.map(|(subject, event)| held_code(&event.act, &subject.code)).collect();
        codes.iter().filter_map(|code| known(taxonomy, code, language)).collect::<Vec<_>>()
    };
    let (open, closed) = file.needs();
    let rows = |lines: &[super::NeedLine]| lines.iter().map(|l| need_row(&file, l, (w, language))).collect();
    let mut levels = levels::lines(&file, language);
    for line in &mut levels {
        // What nobody decided does not go into the file.
        for cell in line.cells.iter_mut().filter(|cell| matches!(cell, Cell::Suggested(_))) {
            *cell = Cell::Nothing;
        }
    }
    let days = file.days();
    let shown = days.len().min(levels::COLUMNS);
    let models: BTreeSet<&str> = file
        .held
        .iter()
        .filter_map(|held| Some(held.loaded.reading.as_ref()?.assessment.versions.model.as_str()))
        .collect();
    let summary = Summary {
        shell: visitor.shell(Room::Cases),
        id: file.case.id,
        heading: heading(&state, &visitor, &file.case).await?,
        sittings: file
            .held
            .iter()
            .map(|held| Sitting {
                day: day(held.day(), language),
                author: file.name(held.loaded.interview.author).to_owned(),
                closed: held.loaded.interview.closed_at.is_some(),
                demands: confirmed(held, Kind::Demand),
                actions: confirmed(held, Kind::Action),
            })
            .collect(),
        open: rows(&open),
        closed: rows(&closed),
        levels,
        columns: days.iter().skip(days.len() - shown).map(|date| day(*date, language)).collect(),
        own: file.own_views.last().map(|view| Own {
            words: view.words.clone(),
            at: moment(view.created_at, language),
            by: file.name(view.author).to_owned(),
        }),
        last_decision: file.last_decision().map(|at| moment(at, language)).unwrap_or_default(),
        models: models.into_iter().collect::<Vec<_>>().join(", "),
    };
    page(&summary, StatusCode::OK)
}

/// The code that holds after a decision: an edit may have changed it.
pub(super) fn held_code(act: &crate::decisions::Act, code: &str) -> String {
    match act {
        crate::decisions::Act::Edit { to, .. } => to.code.clone(),
        _ => code.to_owned(),
    }
}

/// The name of a demand or an action.
pub(super) fn known(
    taxonomy: &'static Taxonomy,
    code: &str,
    language: relat_engine::Language,
) -> Option<&'static str> {
    let demand = || taxonomy.demand(code).and_then(|i| taxonomy.demands().get(i)).map(|d| d.code.as_str());
    let action = || taxonomy.action(code).and_then(|i| taxonomy.actions().get(i)).map(|a| a.code.as_str());
    Some(label(taxonomy, demand().or_else(action)?, language))
}
