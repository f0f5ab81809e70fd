//! The code lists and the versions in use.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use relat_engine::{ActionKind, Labels, Taxonomy, Versions};
use serde::Serialize;

use crate::state::AppState;

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/v1/taxonomy", get(taxonomy)).route("/v1/models", get(models))
}

#[derive(Serialize)]
struct Lists {
    version: &'static str,
    needs: Vec<Need>,
    demands: Vec<Item>,
    domains: Vec<Item>,
    actions: Vec<Action>,
}

#[derive(Serialize)]
struct Names {
    ca: &'static str,
    es: &'static str,
    en: &'static str,
}

#[derive(Serialize)]
struct Item {
    code: &'static str,
    labels: Names,
}

#[derive(Serialize)]
struct Need {
    #[serde(flatten)]
    item: Item,
    domain: Option<&'static str>,
    alert: bool,
    scope: &'static str,
}

#[derive(Serialize)]
struct Action {
    #[serde(flatten)]
    item: Item,
    kind: &'static str,
    addresses: Vec<&'static str>,
    to_check: &'static [String],
}

fn item(code: &'static str, labels: &'static Labels) -> Item {
    Item { code, labels: Names { ca: &labels.ca, es: &labels.es, en: &labels.en } }
}

fn kind(kind: ActionKind) -> &'static str {
    match kind {
        ActionKind::Benefit => "benefit",
        ActionKind::Service => "service",
        ActionKind::Referral => "referral",
        ActionKind::Coordination => "coordination",
        ActionKind::Emergency => "emergency",
    }
}

async fn taxonomy() -> Json<Lists> {
    let t = Taxonomy::shipped();
    let needs = t.needs().iter().map(|n| Need {
        item: item(&n.code, &n.labels),
        domain: t.domains().get(n.domain).map(|d| d.code.as_str()),
        alert: n.alert,
        scope: &n.scope,
    });
    let actions = t.actions().iter().map(|a| Action {
        item: item(&a.code, &a.labels),
        kind: kind(a.kind),
        addresses: a.addresses.iter().filter_map(|&i| t.needs().get(i)).map(|n| n.code.as_str()).collect(),
        to_check: &a.to_check,
    });
    Json(Lists {
        version: t.version(),
        needs: needs.collect(),
        demands: t.demands().iter().map(|d| item(&d.code, &d.labels)).collect(),
        domains: t.domains().iter().map(|d| item(&d.code, &d.labels)).collect(),
        actions: actions.collect(),
    })
}

/// The models in use: one until bundles can be swapped.
#[derive(Serialize)]
struct Models {
    models: [Versions; 1],
}

async fn models(State(state): State<AppState>) -> Json<Models> {
    Json(Models { models: [state.versions.as_ref().clone()] })
}
