//! The API is what its document says: every route is in it and the reverse, and a change of it shows in review.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use relat_server::http;
use serde_json::{Value, json};

use crate::database::Database;
use crate::staff::Town;
use crate::support::{Service, root};

/// Methods by path, as documented.
fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let paths = http::document()["paths"].as_object().unwrap();
    let methods = |m: &Value| m.as_object().unwrap().keys().map(|k| k.to_uppercase()).collect();
    paths.iter().map(|(path, m)| (path.clone(), methods(m))).collect()
}

/// The router writes its paths when it is printed; there is no other way to ask for them.
pub(crate) fn routed(service: &Service) -> BTreeSet<String> {
    let printed = format!("{:?}", service.app);
    printed
        .split('"')
        .filter(|part| part.starts_with('/') && !part.contains("__private"))
        .map(str::to_owned)
        .collect()
}

/// The methods of a path, but for what every GET has: a method that no route takes is told those that it does.
pub(crate) async fn methods(service: &Service, path: &str) -> BTreeSet<String> {
    let path = path.replace("{id}", "0190b0a0-0000-7000-8000-000000000000").replace(['{', '}'], "");
    let request = Request::builder().method("PATCH").uri(&path).body(Body::empty()).unwrap();
    let answer = service.call(request).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "help: {path}");
    answer.header("allow").split(',').map(|m| m.trim().to_owned()).filter(|m| m != "HEAD").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_is_in_the_document_and_everything_in_the_document_is_a_route() {
    let service = Service::new(4096).await;
    let documented = documented();
    let paths: BTreeSet<String> = documented.keys().cloned().collect();
    assert!(paths.len() > 20);
    let mut routed = routed(&service);
    routed.retain(|path| path.starts_with("/v1/"));
    assert_eq!(routed, paths, "help: left, the router; right, the document");
    for (path, expect) in documented {
        assert_eq!(methods(&service, &path).await, expect, "help: {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_that_is_served_is_the_one_that_was_reviewed() {
    let service = Service::new(4096).await;
    let served = service.get("/v1/openapi.json").await;
    assert_eq!(served.status, StatusCode::OK);
    let served = served.json();
    assert!(served["openapi"].as_str().unwrap().starts_with("3.1"));
    let path = root().join("docs/openapi.json");
    let written = format!("{}\n", serde_json::to_string_pretty(&served).unwrap());
    if std::env::var_os("RELAT_UPDATE_CONTRACT").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    let reviewed = std::fs::read_to_string(&path).unwrap();
    assert!(
        reviewed == written,
        "help: the contract has changed; RELAT_UPDATE_CONTRACT=1 cargo test writes docs/openapi.json, for review"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_readable_page_names_every_operation_and_schema_and_runs_no_script() {
    let service = Service::new(4096).await;
    let page = service.get("/v1/docs").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.header("content-security-policy").contains("unsafe"));
    let html = String::from_utf8(page.body.to_vec()).unwrap();
    assert!(!html.contains("<script") && !html.contains("style=") && !html.contains("//cdn"));
    for path in documented().keys() {
        assert!(html.contains(path.as_str()), "help: {path} is not on the page");
    }
    let ids: BTreeSet<&str> =
        html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    for target in html.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(ids.contains(target), "help: a link to #{target} leads nowhere");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn problems_are_told_in_the_callers_language_with_the_id_of_the_request() {
    let service = Service::new(4096).await;
    let ask = async |language: &str| {
        let request = Request::get("/v1/cases/none").header("accept-language", language);
        service.call(request.body(Body::empty()).unwrap()).await
    };
    let mut titles = BTreeSet::new();
    for (asked, told) in
        [("ca", "ca"), ("es-ES,ca;q=0.5", "es"), ("en", "en"), ("fr", "en"), ("fr, ca;q=0.1", "ca")]
    {
        let answer = ask(asked).await;
        assert_eq!(answer.header("content-language"), told, "help: {asked}");
        let problem = answer.json();
        assert_eq!(problem["code"], "not_found");
        assert_eq!(problem["type"], "urn:relat:problem:not_found", "help: the type is of no language");
        assert_eq!(problem["trace_id"], answer.header("x-request-id"));
        titles.insert(problem["title"].as_str().unwrap().to_owned());
    }
    assert_eq!(titles.len(), 3, "help: three languages, three titles: {titles:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_a_resource_already_is_told_so_until_it_changes() {
    let town = Town::new(Database::sqlite(), &["worker"]).await;
    let (case, interview) = town.interview("worker1", "P-1", "Fa tres mesos que no paga el lloguer.").await;
    let read = async |path: &str, tag: Option<&str>| {
        let mut request = Request::get(path).header("cookie", &town.cookies["worker1"]);
        if let Some(tag) = tag {
            request = request.header("if-none-match", tag);
        }
        town.service.call(request.body(Body::empty()).unwrap()).await
    };
    let path = format!("/v1/interviews/{interview}");
    for path in [&path, &format!("/v1/cases/{case}"), "/v1/taxonomy", "/v1/openapi.json", "/v1/models"] {
        let first = read(path, None).await;
        let tag = first.header("etag").to_owned();
        let again = read(path, Some(&tag)).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "help: {path}");
        assert!(again.body.is_empty() && again.header("etag") == tag);
        assert_eq!(read(path, Some("\"other\"")).await.status, StatusCode::OK);
    }
    let tag = read(&path, None).await.header("etag").to_owned();
    let acts = json!([{ "act": "add", "kind": "level", "finding": { "code": "income", "level": 2 } }]);
    assert_eq!(town.decide("worker1", &interview, 1, acts).await.status, StatusCode::CREATED);
    assert_eq!(
        read(&path, Some(&tag)).await.status,
        StatusCode::OK,
        "help: a decision changes the interview"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_every_list_hold_everything_once() {
    let town = Town::new(Database::sqlite(), &["worker", "admin"]).await;
    let mut interview = String::new();
    let mut case = String::new();
    for i in 0..3 {
        (case, interview) =
            town.interview("worker1", &format!("P-{i}"), "No té feina des de fa un any.").await;
        let key = json!({ "name": "k", "scopes": ["assess"], "per_minute": 9, "days": 1 });
        town.post("admin", "/v1/keys", key).await;
    }
    for _ in 0..2 {
        let body = json!({ "text": "Fa tres mesos que no paga el lloguer.", "held_on": "2026-11-20" });
        town.post("worker1", &format!("/v1/cases/{case}/interviews"), body).await;
    }
    for version in 1..=3 {
        let acts =
            json!([{ "act": "add", "kind": "level", "finding": { "code": "income", "level": version } }]);
        assert_eq!(town.decide("worker1", &interview, version, acts).await.status, StatusCode::CREATED);
    }
    for (login, path, list, id, expect) in [
        ("worker1", "/v1/cases".to_owned(), "cases", "id", 3),
        ("worker1", format!("/v1/cases/{case}/interviews"), "interviews", "id", 3),
        ("worker1", format!("/v1/cases/{case}/history"), "interviews", "/interview/id", 3),
        ("worker1", format!("/v1/interviews/{interview}/decisions"), "events", "seq", 3),
        ("admin", "/v1/people".to_owned(), "people", "id", 5),
        ("admin", "/v1/centres".to_owned(), "centres", "id", 2),
        ("admin", "/v1/keys".to_owned(), "keys", "id", 3),
        ("admin", "/v1/audit?limit=2".to_owned(), "rows", "seq", 10),
    ] {
        let (mut seen, mut after) = (Vec::new(), None::<String>);
        loop {
            let glue = if path.contains('?') { '&' } else { '?' };
            let limit = if path.contains("limit=") { "" } else { "limit=2" };
            let after_part = after.as_ref().map(|a| format!("&after={a}")).unwrap_or_default();
            let page = town.get(login, &format!("{path}{glue}{limit}{after_part}")).await;
            assert_eq!(page.status, StatusCode::OK, "help: {path}: {:?}", page.body);
            let page = page.json();
            let items = page[list].as_array().unwrap();
            assert!(items.len() <= 2);
            let name = |item: &Value| {
                if id.starts_with('/') { item.pointer(id).unwrap().to_string() } else { item[id].to_string() }
            };
            seen.extend(items.iter().map(name));
            if seen.len() >= expect && path.contains("audit") {
                break;
            }
            match &page["next"] {
                Value::Null => break,
                next => after = Some(next.to_string().trim_matches('"').to_owned()),
            }
        }
        let unique: BTreeSet<&String> = seen.iter().collect();
        assert_eq!(unique.len(), seen.len(), "help: {path} has something twice");
        assert!(
            seen.len() >= expect && (path.contains("audit") || seen.len() == expect),
            "help: {path}: {seen:?}"
        );
        for wrong in ["limit=0", "limit=100000", "limit=x", "after=x&limit=1"] {
            let refused = town.get(login, &format!("{}?{wrong}", path.split('?').next().unwrap())).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "help: {path}?{wrong}");
            assert_eq!(refused.json()["code"], "invalid_query");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_of_too_many_characters_is_refused_before_it_is_read() {
    let mut service = Service::new(4096).await;
    service.state.max_chars = 10;
    service.app = http::app(service.state.clone());
    assert_eq!(
        service.assess("No té pis.").await.status,
        StatusCode::OK,
        "help: ten characters, eleven bytes"
    );
    let refused = service.assess("No té pisos.").await;
    assert_eq!(
        (refused.status.as_u16(), refused.json()["code"].as_str()),
        (422, Some("too_many_characters"))
    );
    assert_eq!(service.assess(&"é".repeat(4097)).await.status.as_u16(), 413);
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_change_at_once_and_nobody_shuts_themselves_out() {
    for database in Database::each().await {
        let town = Town::new(database, &["worker", "admin"]).await;
        let path = |login: &str, what: &str| format!("/v1/people/{}/{what}", town.ids[login]);
        let put = async |who: &str, path: &str, body: Value| {
            town.ask(who, axum::http::Method::PUT, path, Some(&body)).await
        };
        assert_eq!(town.get("worker1", "/v1/audit").await.status, StatusCode::FORBIDDEN);
        let done = put("admin1", &path("worker1", "roles"), json!({ "roles": ["ethics", "ethics"] })).await;
        assert_eq!(done.status, StatusCode::OK, "help: {:?}", done.body);
        assert_eq!(town.get("worker1", "/v1/audit").await.status, StatusCode::OK);
        assert_eq!(town.get("worker1", "/v1/cases").await.status, StatusCode::FORBIDDEN);
        let nothing = put("admin1", &path("worker1", "roles"), json!({ "roles": [] })).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        let elsewhere = put("admin2", &path("worker1", "roles"), json!({ "roles": ["worker"] })).await;
        assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
        for (what, body) in
            [("roles", json!({ "roles": ["admin", "data"] })), ("enabled", json!({ "on": false }))]
        {
            let own = put("admin1", &path("admin1", what), body).await;
            assert_eq!((own.status.as_u16(), own.json()["code"].as_str()), (409, Some("own_account")));
        }
        let rows = town.get("admin", "/v1/audit?limit=1000").await.json();
        let noted = rows["rows"].as_array().unwrap().iter().filter(|r| r["action"] == "person.roles").count();
        assert_eq!(noted, 1, "help: a change of roles is on record, a refused one is not");
    }
}
