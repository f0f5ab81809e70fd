//! The code lists and the versions in use.

use axum::Json;
use axum::extract::State;
use relat_engine::{ActionKind, Labels, Taxonomy, Versions};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(taxonomy)).routes(routes!(models))
}

/// The code lists.
#[derive(Serialize, ToSchema)]
#[schema(as = Taxonomy)]
pub(super) struct Lists {
    version: &'static str,
    needs: Vec<Need>,
    demands: Vec<Item>,
    domains: Vec<Item>,
    actions: Vec<Action>,
}

/// Labels by language.
#[derive(Serialize, ToSchema)]
#[schema(as = Labels)]
pub(super) struct Names {
    ca: &'static str,
    es: &'static str,
    en: &'static str,
}

/// A code with its labels.
#[derive(Serialize, ToSchema)]
#[schema(as = Code)]
pub(super) struct Item {
    code: &'static str,
    labels: Names,
}

/// A need.
#[derive(Serialize, ToSchema)]
#[schema(as = NeedCode)]
pub(super) struct Need {
    #[serde(flatten)]
    item: Item,
    domain: Option<&'static str>,
    alert: bool,
    scope: &'static str,
}

/// An action of the catalogue.
#[derive(Serialize, ToSchema)]
#[schema(as = ActionCode)]
pub(super) struct Action {
    #[serde(flatten)]
    item: Item,
    kind: &'static str,
    addresses: Vec<&'static str>,
    #[schema(value_type = Vec<String>)]
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

/// The code lists: needs, demands, domains and actions
#[utoipa::path(
    get,
    path = "/v1/taxonomy",
    operation_id = "read_taxonomy",
    tag = "reference",
    responses((status = 200, description = "The lists", body = Lists)),
)]
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
#[derive(Serialize, ToSchema)]
pub(super) struct Models {
    #[schema(value_type = Vec<crate::schema::Versions>)]
    models: [Versions; 1],
}

/// The model in use
#[utoipa::path(
    get,
    path = "/v1/models",
    operation_id = "list_models",
    tag = "reference",
    responses((status = 200, description = "The models", body = Models)),
)]
async fn models(State(state): State<AppState>) -> Json<Models> {
    Json(Models { models: [state.inference.model().versions.as_ref().clone()] })
}
