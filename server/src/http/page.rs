//! The pages that people see: a file a page, on one shell.

use axum::Router;

use crate::state::AppState;

mod admin;
mod case;
mod cases;
mod chart;
mod dashboard;
mod evidence;
mod findings;
mod intake;
mod locale;
mod scratch;
mod shell;
mod sign_in;

pub(super) use shell::{accepted, in_their_language, problems_as_pages};

pub(super) fn router(max_bytes: usize) -> Router<AppState> {
    Router::new()
        .merge(admin::router())
        .merge(case::router())
        .merge(cases::router())
        .merge(dashboard::router())
        .merge(intake::router(max_bytes))
        .merge(scratch::router(max_bytes))
        .merge(shell::router())
        .merge(sign_in::router())
}
