//! The document of the API as a page to read, without a script.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use serde_json::Value;

use super::described;
use crate::http::{Error, assets, problem};

#[derive(Template)]
#[template(path = "api.html")]
struct Page<'a> {
    assets: String,
    title: &'a str,
    version: &'a str,
    description: Vec<&'a str>,
    operations: Vec<Operation<'a>>,
    schemas: Vec<Schema<'a>>,
    problems: Vec<(String, &'static str)>,
}

struct Operation<'a> {
    id: &'a str,
    method: String,
    path: &'a str,
    summary: &'a str,
    description: &'a str,
    callers: &'static str,
    parameters: Vec<Field<'a>>,
    body: Option<Link>,
    responses: Vec<Answer<'a>>,
}

struct Answer<'a> {
    status: &'a str,
    description: &'a str,
    body: Option<Link>,
}

struct Schema<'a> {
    name: &'a str,
    description: &'a str,
    fields: Vec<Field<'a>>,
    whole: String,
}

struct Field<'a> {
    name: &'a str,
    place: &'a str,
    required: bool,
    kind: Link,
    description: &'a str,
}

/// What something is: words, and the schema of this page that it leads to.
struct Link {
    words: String,
    target: Option<String>,
}

/// This document as a page to read
#[utoipa::path(
    get,
    path = "/v1/docs",
    operation_id = "read_docs",
    tag = "reference",
    responses((status = 200, description = "The page", content_type = "text/html", body = String)),
)]
pub(super) async fn page() -> Result<Response, Error> {
    let document = described();
    let page = Page {
        assets: assets::folder(),
        title: text(&document["info"]["title"]),
        version: text(&document["info"]["version"]),
        description: text(&document["info"]["description"]).split("\n\n").collect(),
        operations: operations(document),
        schemas: document
            .pointer("/components/schemas")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(name, schema)| self::schema(name, schema))
            .collect(),
        problems: problem::types().collect(),
    };
    Ok(Html(page.render().map_err(|_| Error::Internal)?).into_response())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn operations(document: &Value) -> Vec<Operation<'_>> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().into_iter().flatten();
            methods.map(move |(method, described)| operation(method, path, described))
        })
        .collect()
}

fn operation<'a>(method: &str, path: &'a str, described: &'a Value) -> Operation<'a> {
    let parameters = described["parameters"].as_array().into_iter().flatten().map(|p| Field {
        name: text(&p["name"]),
        place: text(&p["in"]),
        required: p["required"] == true,
        kind: kind(&p["schema"]),
        description: text(&p["description"]),
    });
    let responses = described["responses"].as_object().into_iter().flatten();
    Operation {
        id: text(&described["operationId"]),
        method: method.to_uppercase(),
        path,
        summary: text(&described["summary"]),
        description: text(&described["description"]),
        callers: match described["security"].as_array().map(Vec::len) {
            None => "anybody",
            Some(1) => "people",
            Some(_) => "people and programs",
        },
        parameters: parameters.collect(),
        body: content(&described["requestBody"]),
        responses: responses
            .map(|(status, response)| Answer {
                status,
                description: text(&response["description"]),
                body: content(response),
            })
            .collect(),
    }
}

/// The media type and the schema of a body.
fn content(value: &Value) -> Option<Link> {
    let (media_type, described) = value.get("content")?.as_object()?.iter().next()?;
    let Link { words, target } = kind(&described["schema"]);
    Some(Link { words: format!("{media_type}: {words}"), target })
}

/// What a schema takes, in a few words.
fn kind(schema: &Value) -> Link {
    if let Some(name) = schema["$ref"].as_str().and_then(|target| target.rsplit('/').next()) {
        return Link { words: name.to_owned(), target: Some(name.to_owned()) };
    }
    let one_of = ["oneOf", "anyOf", "allOf"].iter().find_map(|word| schema[word].as_array());
    if let Some(choices) = one_of {
        let choices: Vec<Link> = choices.iter().map(kind).collect();
        let target = choices.iter().find_map(|choice| choice.target.clone());
        let words: Vec<String> = choices.into_iter().map(|choice| choice.words).collect();
        return Link { words: words.join(" or "), target };
    }
    let base = match &schema["type"] {
        Value::String(one) => one.clone(),
        Value::Array(several) => several.iter().map(text).collect::<Vec<_>>().join(" or "),
        _ if schema.get("const").is_some() => schema["const"].to_string(),
        _ => "anything".to_owned(),
    };
    if schema.get("items").is_some() {
        let Link { words, target } = kind(&schema["items"]);
        return Link { words: format!("{base} of {words}"), target };
    }
    let mut words = base;
    if let Some(format) = schema["format"].as_str() {
        words = format!("{words} ({format})");
    }
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> =
            values.iter().map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).collect();
        words = format!("{words}: {}", values.join(", "));
    }
    let bounds = ["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern"];
    let bounds: Vec<String> = bounds
        .iter()
        .filter_map(|&bound| {
            let value = schema.get(bound)?;
            Some(format!("{bound} {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        })
        .collect();
    if !bounds.is_empty() {
        words = format!("{words}, {}", bounds.join(", "));
    }
    Link { words, target: None }
}

fn schema<'a>(name: &'a str, described: &'a Value) -> Schema<'a> {
    let required: Vec<&str> = described["required"].as_array().into_iter().flatten().map(text).collect();
    let properties = described["properties"].as_object().into_iter().flatten();
    Schema {
        name,
        description: text(&described["description"]),
        fields: properties
            .map(|(name, property)| Field {
                name,
                place: "",
                required: required.contains(&name.as_str()),
                kind: kind(property),
                description: text(&property["description"]),
            })
            .collect(),
        whole: match described.get("properties") {
            Some(_) => String::new(),
            None => serde_json::to_string_pretty(described).unwrap_or_default(),
        },
    }
}
