//! The model in use: its versions, and its card with its intended use and its figures.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::{Tab, Tabs, tabs};
use crate::card::{Block, Span, blocks};
use crate::http::Error;
use crate::http::caller::Right;
use crate::http::page::shell::{Room, Shell, Visitor, page};
use crate::state::AppState;

#[derive(Template)]
#[template(path = "admin/model.html")]
struct ModelPage {
    shell: Shell,
    tabs: Tabs,
    model: String,
    versions: Vec<(&'static str, String)>,
    card: Vec<Block>,
}

pub(super) async fn show(State(state): State<AppState>, visitor: Visitor) -> Result<Response, Error> {
    visitor.may(Right::Audit)?;
    let in_use = state.inference.model();
    let (w, versions) = (visitor.w, &in_use.versions);
    let shown = ModelPage {
        shell: visitor.shell(Room::Admin),
        tabs: tabs(&visitor, Tab::Model),
        model: versions.model.clone(),
        versions: vec![
            (w.about_thresholds(), versions.thresholds.clone()),
            (w.about_taxonomy(), versions.taxonomy.clone()),
            (w.about_catalogue(), versions.catalogue.clone()),
            (w.about_engine(), versions.engine.clone()),
        ],
        card: blocks(&in_use.card),
    };
    page(&shown, StatusCode::OK)
}
