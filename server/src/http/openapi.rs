//! The document of the API, OpenAPI 3.1, made from the routes themselves, and the same as a page to read.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::IntoResponse;
use serde_json::{Map, Value, json};
use utoipa::openapi::{Info, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::problem;
use crate::state::AppState;

mod page;

/// What a version of the contract promises: fields and routes are added within it, and neither change nor go.
const DESCRIPTION: &str = "relat reads intake interviews and suggests needs, demands, levels and actions, each with its \
     evidence. It suggests; a person decides.\n\nPeople call with the cookie of a session, programs with a key \
     (`Authorization: Bearer …`). Every write but scoring carries an `Idempotency-Key` of its own: sent again with it, it \
     is answered as the first time. What goes wrong is a problem of RFC 9457, in the language of `Accept-Language` (ca, \
     es, en). Lists come in pages: `next` is the `after` of the next one. Within a version, fields and routes are only \
     added.";

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(document)).routes(routes!(page::page))
}

/// The document that routes are added to.
pub(super) fn base() -> OpenApi {
    let mut info = Info::new("relat", env!("CARGO_PKG_VERSION"));
    info.description = Some(DESCRIPTION.to_owned());
    let mut base = OpenApi::default();
    base.info = info;
    base
}

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| whole(super::api(1).into_openapi()));

/// The document.
pub(crate) fn described() -> &'static Value {
    &DOCUMENT
}

/// This document
#[utoipa::path(
    get,
    path = "/v1/openapi.json",
    operation_id = "read_openapi",
    tag = "reference",
    responses((status = 200, description = "OpenAPI 3.1", body = serde_json::Value)),
)]
async fn document() -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")];
    (headers, described().to_string())
}

/// What every route has is added here, once: security, the problems that it can answer, the key of a write; and the
/// engine's schemas.
fn whole(api: OpenApi) -> Value {
    let mut document = serde_json::to_value(api).unwrap_or_default();
    let schemas = engine_schemas();
    if let Some(known) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        known.extend(schemas);
        known.insert("Problem".to_owned(), problem_schema());
    }
    if let Some(components) = document.pointer_mut("/components").and_then(Value::as_object_mut) {
        components.insert(
            "securitySchemes".to_owned(),
            json!({
                "session": { "type": "apiKey", "in": "cookie", "name": super::caller::COOKIE,
                             "description": "A person who has signed in." },
                "key": { "type": "http", "scheme": "bearer",
                         "description": "A program's key, made by an administrator. Its scopes say what it may do." },
            }),
        );
    }
    let paths = document.pointer_mut("/paths").and_then(Value::as_object_mut);
    for (path, methods) in paths.into_iter().flatten() {
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            if let Some(operation) = operation.as_object_mut() {
                finish(Route { path, method }, operation);
            }
        }
    }
    document
}

#[derive(Clone, Copy)]
struct Route<'a> {
    path: &'a str,
    method: &'a str,
}

impl Route<'_> {
    /// Whether anybody may read it.
    fn is_public(self) -> bool {
        ["/v1/taxonomy", "/v1/models", "/v1/openapi.json", "/v1/docs"].contains(&self.path)
            || self.path.starts_with("/v1/schema/")
    }

    /// Whether a program's key can be enough; the other routes are for people.
    fn is_for_programs(self) -> bool {
        self.path.starts_with("/v1/assessments")
            || ["/v1/me", "/v1/audit", "/v1/exports/decisions"].contains(&self.path)
    }

    /// Whether it changes what is kept.
    fn is_write(self) -> bool {
        self.method != "get" && !self.path.starts_with("/v1/assessments")
    }

    /// Whether the model reads a text for it.
    fn reads_a_text(self) -> bool {
        let kept = self.path.ends_with("/interviews") || self.path.ends_with("/text");
        self.method != "get" && (self.path.starts_with("/v1/assessments") || kept)
    }

    fn problems(self, operation: &Map<String, Value>) -> Vec<(u16, &'static str)> {
        let has = |name: &str| operation.contains_key(name);
        let mut all =
            vec![(500, "An internal error"), (503, "The service is ending, or its store does not answer")];
        if !self.is_public() {
            all.extend([
                (401, "Nobody has signed in"),
                (403, "Not for the caller's roles or scopes"),
                (429, "A key is used too often, or too many texts are waiting: `Retry-After` says when to come back"),
            ]);
        }
        if self.path.contains('{') {
            all.push((404, "There is nothing of this id that the caller may see"));
        }
        if has("requestBody") {
            all.extend([
                (400, "The body is not UTF-8 or not JSON, or there is no Idempotency-Key"),
                (413, "The body or the text is too long"),
                (415, "The body has another media type"),
                (422, "The body is not what this route takes"),
            ]);
        } else if has("parameters") {
            all.push((400, "A parameter is not what this route takes"));
        }
        if self.is_write() {
            all.push((409, "Not possible as things stand"));
        }
        all
    }
}

fn finish(route: Route<'_>, operation: &mut Map<String, Value>) {
    if !route.is_public() {
        let mut security = vec![json!({ "session": [] })];
        if route.is_for_programs() {
            security.push(json!({ "key": [] }));
        }
        operation.insert("security".to_owned(), Value::Array(security));
    }
    if route.is_write() {
        let key = json!({
            "name": "Idempotency-Key", "in": "header", "required": true,
            "description": "New for every write, and the same when it is sent again.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$" },
        });
        if let Some(parameters) = operation.entry("parameters").or_insert_with(|| json!([])).as_array_mut() {
            parameters.push(key);
        }
    }
    let problems = route.problems(operation);
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    for (status, description) in problems {
        let mut response = json!({
            "description": description,
            "content": { problem::MEDIA_TYPE: { "schema": { "$ref": "#/components/schemas/Problem" } } },
        });
        if status == 429 && (route.is_for_programs() || route.reads_a_text()) {
            response["headers"] = json!({ "retry-after": { "description": "Seconds", "schema": { "type": "integer", "minimum": 1 } } });
        }
        responses.insert(status.to_string(), response);
    }
    link(operation);
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    // What is read has a tag, and whoever sends it back learns that it still holds.
    let reads_json = responses.get("200").and_then(|ok| ok.get("content")).is_some_and(|content| {
        ["application/json", "application/schema+json"].iter().any(|t| content.get(t).is_some())
    });
    if route.method == "get" && reads_json {
        if let Some(ok) = responses.get_mut("200").and_then(Value::as_object_mut) {
            let tag =
                json!({ "description": "Names this state of the resource", "schema": { "type": "string" } });
            if let Some(headers) = ok.entry("headers").or_insert_with(|| json!({})).as_object_mut() {
                headers.insert("etag".to_owned(), tag);
            }
        }
        responses.insert("304".to_owned(), json!({ "description": "`If-None-Match` has it already" }));
    }
}

/// Where an answer leads: the operation, the status of its answer, the operation that it leads to, and where in the answer
/// the id for it is.
const LINKS: [(&str, &str, &str, &str); 16] = [
    ("create_case", "201", "read_case", "/id"),
    ("create_case", "201", "create_interview", "/id"),
    ("create_case", "201", "list_interviews", "/id"),
    ("create_case", "201", "read_history", "/id"),
    ("create_case", "201", "read_access_pack", "/id"),
    ("create_case", "201", "erase_case", "/id"),
    ("create_interview", "201", "read_interview", "/id"),
    ("create_interview", "201", "list_decisions", "/id"),
    ("create_interview", "201", "create_decisions", "/id"),
    ("create_interview", "201", "revise_interview", "/id"),
    ("create_interview", "201", "read_assessment", "/assessment"),
    ("create_centre", "201", "set_blind_first", "/id"),
    ("create_person", "201", "enable_person", "/id"),
    ("create_person", "201", "set_roles", "/id"),
    ("create_person", "201", "invite_person", "/id"),
    ("create_key", "201", "revoke_key", "/id"),
];

/// Says where an operation's answers lead.
fn link(operation: &mut Map<String, Value>) {
    let name = operation.get("operationId").and_then(Value::as_str).unwrap_or_default().to_owned();
    for (_, status, to, pointer) in LINKS.iter().filter(|(from, ..)| *from == name) {
        let answer =
            operation.get_mut("responses").and_then(|r| r.get_mut(*status)).and_then(Value::as_object_mut);
        let Some(links) = answer.and_then(|a| a.entry("links").or_insert_with(|| json!({})).as_object_mut())
        else {
            continue;
        };
        let id = format!("$response.body#{pointer}");
        links.insert((*to).to_owned(), json!({ "operationId": to, "parameters": { "id": id } }));
    }
    // A write with nothing to say may come without a body.
    let body = operation.get_mut("requestBody").and_then(Value::as_object_mut);
    if let Some(body) =
        body.filter(|body| serde_json::to_string(body).is_ok_and(|b| b.contains("/schemas/Nothing")))
    {
        body.insert("required".to_owned(), json!(false));
    }
    // Bodies that are no JSON are of any shape.
    for body in ["requestBody", "responses"] {
        open_shapes(operation.get_mut(body));
    }
}

fn open_shapes(value: Option<&mut Value>) {
    const OPEN: [&str; 2] = ["application/x-ndjson", "application/zip"];
    let Some(Value::Object(object)) = value else { return };
    for (key, value) in object {
        match value {
            Value::Object(described) if OPEN.contains(&key.as_str()) => drop(described.remove("schema")),
            other => open_shapes(Some(other)),
        }
    }
}

/// The engine's own description of an assessment, with its parts where the document keeps schemas.
fn engine_schemas() -> Map<String, Value> {
    let mut assessment = relat_engine::Assessment::schema();
    point_to_components(&mut assessment);
    let mut all = match assessment.get_mut("$defs").map(Value::take) {
        Some(Value::Object(parts)) => parts,
        _ => Map::new(),
    };
    if let Some(object) = assessment.as_object_mut() {
        object.retain(|key, _| key != "$defs" && key != "$schema");
    }
    all.insert("Assessment".to_owned(), assessment);
    all
}

fn point_to_components(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::String(target) if key == "$ref" => {
                        *target = target.replace("#/$defs/", "#/components/schemas/");
                    }
                    other => point_to_components(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(point_to_components),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A problem, with every code that there is.
fn problem_schema() -> Value {
    use utoipa::PartialSchema;
    let mut schema = serde_json::to_value(problem::Problem::schema()).unwrap_or_default();
    let codes: Vec<&str> = problem::codes().collect();
    if let Some(code) = schema.pointer_mut("/properties/code").and_then(Value::as_object_mut) {
        code.insert("enum".to_owned(), json!(codes));
    }
    schema
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Every `$ref` of a value.
    fn targets(value: &Value, into: &mut BTreeSet<String>) {
        match value {
            Value::Object(object) => {
                if let Some(Value::String(target)) = object.get("$ref") {
                    into.insert(target.clone());
                }
                object.values().for_each(|value| targets(value, into));
            }
            Value::Array(items) => items.iter().for_each(|value| targets(value, into)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_of_the_document_leads_somewhere() {
        let mut all = BTreeSet::new();
        targets(described(), &mut all);
        assert!(all.len() > 40);
        for target in all {
            let found = described().pointer(target.trim_start_matches('#'));
            let is_itself = found.is_some_and(|f| f["$ref"] == target.as_str());
            assert!(found.is_some() && !is_itself, "help: {target} leads nowhere");
        }
    }

    #[test]
    fn every_operation_has_a_name_a_summary_and_its_problems() {
        let mut names = BTreeSet::new();
        for (path, methods) in described()["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let name = operation["operationId"].as_str().unwrap();
                assert!(names.insert(name), "help: two operations are called {name}");
                assert!(
                    operation["summary"].as_str().is_some_and(|s| !s.is_empty()),
                    "help: {method} {path}"
                );
                assert!(operation["responses"]["500"].is_object());
                let is_public = operation["security"].as_array().is_none();
                assert_eq!(is_public, operation["responses"].get("401").is_none(), "help: {method} {path}");
            }
        }
        assert!(names.len() > 30);
        for (from, _, to, _) in LINKS {
            assert!(names.contains(from) && names.contains(to), "help: {from} to {to}");
        }
    }
}
