//! Who may do what: every route, role and centre; and how people and programs come in and are kept out.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::contract::{methods, routed};
use crate::database::Database;
use crate::staff::{PASSWORD, Town, fresh};
use crate::support::Answer;

const ROLES: [&str; 5] = ["worker", "supervisor", "data", "ethics", "admin"];

/// What a route is of: a centre's file, which nobody of another centre finds; or a list, cut to what one may see.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    File,
    List,
}
use Of::{File, List};

/// Routes that are not in the table: those that anybody may ask, and those whose row is written out below it.
const BESIDE: [&str; 24] = [
    "GET /",
    "GET /accessibility",
    "GET /assets/{build}/{name}",
    "GET /healthz",
    "GET /modelz",
    "GET /oidc/callback",
    "GET /oidc/start",
    "GET /readyz",
    "GET /sign-in",
    "GET /v1/docs",
    "GET /v1/models",
    "GET /v1/openapi.json",
    "GET /v1/schema/assessment.json",
    "GET /v1/taxonomy",
    "GET /welcome",
    "POST /language",
    "POST /sign-in",
    "POST /sign-out",
    "POST /welcome",
    // Whoever has signed in, for a key of their own.
    "GET /device-key",
    // Of no centre: an entry of the log has codes and no text.
    "GET /v1/assessments/{id}",
    // Erases what the other rows look at.
    "POST /v1/cases/{id}/erasure",
    // For the administrator of all centres alone.
    "POST /admin/centres",
    "POST /v1/centres",
];

/// Method, path, body (a string is a form), roles that may, and what it is of. Bodies ask for what is refused after the rights were looked at,
/// so that nothing changes between two rows.
type Route = (Method, String, Option<Value>, &'static [&'static str], Of);

fn routes(case: &str, interview: &str, person: &str, key: &str, centre: &str) -> Vec<Route> {
    let (get, post, put) = (Method::GET, Method::POST, Method::PUT);
    let late = json!({ "expected_version": 99, "acts": [{ "act": "undo" }] });
    let text = json!({ "expected_version": 99, "text": "No té feina." });
    let staff: &[&str] = &["worker", "supervisor"];
    let admin: &[&str] = &["admin"];
    vec![
        (post.clone(), "/v1/assessments".into(), Some(json!({ "text": " " })), staff, List),
        (post.clone(), "/v1/assessments/batch".into(), Some(json!({ "texts": [] })), staff, List),
        (post.clone(), "/v1/assessments/stream".into(), Some(json!({})), staff, List),
        (get.clone(), "/v1/cases".into(), None, staff, List),
        (post.clone(), "/v1/cases".into(), Some(json!({ "pseudonym": "" })), staff, List),
        (get.clone(), format!("/v1/cases/{case}"), None, staff, File),
        (get.clone(), format!("/v1/cases/{case}/history"), None, staff, File),
        (get.clone(), format!("/v1/cases/{case}/interviews"), None, staff, File),
        (
            post.clone(),
            format!("/v1/cases/{case}/interviews"),
            Some(json!({ "text": " ", "held_on": "2026-11-20" })),
            staff,
            File,
        ),
        (get.clone(), format!("/v1/interviews/{interview}"), None, staff, File),
        (put.clone(), format!("/v1/interviews/{interview}/text"), Some(text), staff, File),
        (get.clone(), format!("/v1/interviews/{interview}/decisions"), None, staff, File),
        (post.clone(), format!("/v1/interviews/{interview}/decisions"), Some(late), staff, File),
        (get.clone(), "/v1/me".into(), None, &ROLES, List),
        (get.clone(), "/v1/people".into(), None, admin, List),
        (
            post.clone(),
            "/v1/people".into(),
            Some(json!({ "login": "", "name": "", "roles": [], "started_on": "2020-01-01" })),
            admin,
            List,
        ),
        (put.clone(), format!("/v1/people/{person}/enabled"), Some(json!({ "on": true })), admin, File),
        (put.clone(), format!("/v1/people/{person}/roles"), Some(json!({ "roles": ["data"] })), admin, File),
        (post.clone(), format!("/v1/people/{person}/invitation"), Some(json!({})), admin, File),
        (get.clone(), "/v1/centres".into(), None, admin, List),
        (put.clone(), format!("/v1/centres/{centre}/blind-first"), Some(json!({ "on": false })), admin, File),
        (get.clone(), "/v1/keys".into(), None, admin, List),
        (
            post.clone(),
            "/v1/keys".into(),
            Some(json!({ "name": "", "scopes": [], "per_minute": 1, "days": 1 })),
            admin,
            List,
        ),
        (post, format!("/v1/keys/{key}/revocation"), Some(json!({})), admin, File),
        (get.clone(), "/v1/audit".into(), None, &["ethics", "admin"], List),
        (get.clone(), "/v1/exports/decisions".into(), None, &["supervisor", "data", "ethics"], List),
        (get.clone(), format!("/v1/cases/{case}/access-pack"), None, &["supervisor"], File),
        (get.clone(), "/try".into(), None, staff, List),
        (get.clone(), "/cases".into(), None, staff, List),
        (get.clone(), "/cases/new".into(), None, staff, List),
        (get.clone(), "/codes".into(), None, &ROLES, List),
        (get.clone(), format!("/cases/{case}"), None, staff, File),
        (get.clone(), format!("/cases/{case}/interviews/new"), None, staff, File),
        (get.clone(), format!("/interviews/{interview}"), None, staff, File),
        (get.clone(), format!("/interviews/{interview}/version"), None, staff, File),
        (get.clone(), format!("/cases/{case}/summary"), None, staff, File),
        (get.clone(), format!("/cases/{case}/for-the-person"), None, staff, File),
        (get.clone(), format!("/v1/cases/{case}/own-views"), None, staff, File),
        (Method::POST, format!("/v1/cases/{case}/own-views"), Some(json!({ "words": " " })), staff, File),
        (get.clone(), "/dashboard".into(), None, &["supervisor", "data", "ethics"], List),
        (get.clone(), "/admin".into(), None, &["ethics", "admin"], List),
        (get.clone(), "/admin/people".into(), None, admin, List),
        (get.clone(), "/admin/people/new".into(), None, admin, List),
        (get.clone(), format!("/admin/people/{person}"), None, admin, File),
        (get.clone(), "/admin/centres".into(), None, admin, List),
        (get.clone(), "/admin/keys".into(), None, admin, List),
        (get.clone(), "/admin/model".into(), None, &["ethics", "admin"], List),
        (get.clone(), "/admin/retention?cases=30&answers=30".into(), None, admin, List),
        (get, "/admin/audit?verify=1".into(), None, &["ethics", "admin"], List),
    ]
}

/// The plain forms of the pages, in the same way.
fn forms(case: &str, interview: &str, person: &str, key: &str, centre: &str) -> Vec<Route> {
    let staff: &[&str] = &["worker", "supervisor"];
    let admin: &[&str] = &["admin"];
    let form = |path: String, fields: &str, roles, of| {
        (Method::POST, path, Some(json!(format!("key={}{fields}", fresh()))), roles, of)
    };
    let text = |path: String, of| (Method::POST, path, Some(json!({ "text": " " })), staff, of);
    vec![
        (Method::POST, "/try".into(), Some(json!("text=+&lang=ca")), staff, List),
        form("/cases".into(), "&pseudonym=", staff, List),
        form(format!("/cases/{case}/own-view"), "&words=+", staff, File),
        form(format!("/cases/{case}/interviews"), "&text=+&held_on=2026-11-20", staff, File),
        text(format!("/cases/{case}/live"), File),
        text(format!("/interviews/{interview}/live"), File),
        form(format!("/interviews/{interview}/text"), "&text=a&expected_version=99", staff, File),
        form(format!("/interviews/{interview}/acts"), "&act=undo&expected_version=99", staff, File),
        (Method::POST, "/extract".into(), Some(json!("no document")), staff, List),
        form("/admin/people/new".into(), "&login=&name=&started_on=2020-01-01", admin, List),
        form(format!("/admin/people/{person}/duties"), "", admin, File),
        form(format!("/admin/people/{person}/enabled"), "&on=1", admin, File),
        form(format!("/admin/people/{person}/invitation"), "", admin, File),
        form(format!("/admin/centres/{centre}/blind-first"), "&on=0", admin, File),
        form("/admin/keys".into(), "&name=&per_minute=1&days=1", admin, List),
        form(format!("/admin/keys/{key}/revocation"), "", admin, File),
    ]
}

/// A path as the router has it.
fn template(path: &str, ids: &[&String]) -> String {
    let path = path.split('?').next().unwrap().to_owned();
    ids.iter().fold(path, |path, id| path.replace(id.as_str(), "{id}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn no_route_is_beside_the_table_but_those_that_are_named() {
    let town = Town::new(Database::sqlite(), &[]).await;
    let id = "0190b0a0-0000-7000-8000-000000000000".to_owned();
    let [case, interview, person, key, centre] = [&id; 5];
    let table = routes(case, interview, person, key, centre).into_iter();
    let table = table.chain(forms(case, interview, person, key, centre));
    let table = table.map(|(method, path, ..)| format!("{method} {}", template(&path, &[&id])));
    let asked: BTreeSet<String> = table.chain(BESIDE.map(str::to_owned)).collect();
    let mut there = BTreeSet::new();
    for path in routed(&town.service) {
        let methods = methods(&town.service, &path).await;
        there.extend(methods.into_iter().map(|method| format!("{method} {path}")));
    }
    assert!(there.len() > 60, "help: the router tells {there:?}");
    assert_eq!(there, asked, "help: left, the router; right, what is asked");
    let nobody = town.get("", "/device-key?id=x").await.status;
    assert_eq!(nobody, StatusCode::UNAUTHORIZED);
    for path in ["/admin/centres", "/v1/centres"] {
        assert_eq!(town.post("", path, json!({})).await.status, StatusCode::UNAUTHORIZED, "help: {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_is_for_its_roles_and_files_are_for_their_centre() {
    for database in Database::each().await {
        let town = Town::new(database, &ROLES).await;
        let (case, interview) =
            town.interview("worker1", "P-1", "Fa tres mesos que no paga el lloguer.").await;
        let key = json!({ "name": "k", "scopes": ["assess"], "centre": town.centres[0], "per_minute": 9, "days": 1 });
        let key = town.post("admin", "/v1/keys", key).await.json()["id"].as_str().unwrap().to_owned();
        let mut routes = routes(&case, &interview, &town.ids["data1"], &key, &town.centres[0]);
        routes.extend(forms(&case, &interview, &town.ids["data1"], &key, &town.centres[0]));
        for (method, path, body, roles, of) in &routes {
            let ask = async |login: &str| town.ask(login, method.clone(), path, body.as_ref()).await.status;
            let nobody = ask("").await;
            assert_eq!(nobody, StatusCode::UNAUTHORIZED, "help: nobody, {method} {path}");
            for role in ROLES {
                for centre in [1, 2] {
                    let status = ask(&format!("{role}{centre}")).await;
                    let expect = match (roles.contains(&role), of, centre) {
                        (false, ..) => Some(StatusCode::FORBIDDEN),
                        (true, File, 2) => Some(StatusCode::NOT_FOUND),
                        (true, ..) => None,
                    };
                    let refused = [401, 403, 404].contains(&status.as_u16()) || status.is_server_error();
                    match expect {
                        Some(expect) => {
                            assert_eq!(status, expect, "help: {role} of centre {centre}, {method} {path}")
                        }
                        None => {
                            assert!(!refused, "help: {role} of centre {centre}, {method} {path}: {status}")
                        }
                    }
                }
            }
        }
        let scored = town.post("worker1", "/v1/assessments", json!({ "text": "No té feina." })).await;
        let entry = format!("/v1/assessments/{}", scored.header("x-assessment-id"));
        for role in ROLES {
            for centre in [1, 2] {
                let status = town.get(&format!("{role}{centre}"), &entry).await.status;
                let may = ["worker", "supervisor"].contains(&role);
                let expect = if may { StatusCode::OK } else { StatusCode::FORBIDDEN };
                assert_eq!(status, expect, "help: {role}{centre}");
            }
        }
        assert_eq!(town.get("", &entry).await.status, StatusCode::UNAUTHORIZED);
        // What changes something comes last: erasure, for its role and centre only.
        let erasure = format!("/v1/cases/{case}/erasure");
        for login in ["worker1", "data1", "ethics1", "admin1", "admin"] {
            assert_eq!(
                town.post(login, &erasure, json!({})).await.status,
                StatusCode::FORBIDDEN,
                "help: {login}"
            );
        }
        assert_eq!(town.post("", &erasure, json!({})).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(town.post("supervisor2", &erasure, json!({})).await.status, StatusCode::NOT_FOUND);
        assert_eq!(town.post("supervisor1", &erasure, json!({})).await.status, StatusCode::OK);
        // Lists show nothing of the other centre, and the administrator of all sees both.
        assert_eq!(town.get("worker2", "/v1/cases").await.json()["cases"], json!([]));
        let people = async |login: &str| {
            town.get(login, "/v1/people").await.json()["people"].as_array().unwrap().len()
        };
        assert_eq!((people("admin1").await, people("admin2").await, people("admin").await), (5, 5, 11));
        let outside = json!({ "login": "x", "name": "x", "centre": town.centres[1], "roles": ["admin"], "started_on": "2020-01-01" });
        let everywhere = json!({ "login": "x", "name": "x", "roles": ["admin"], "started_on": "2020-01-01" });
        for person in [outside, everywhere] {
            let refused = town.post("admin1", "/v1/people", person).await;
            assert_eq!(
                refused.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "help: nobody gives what they do not have"
            );
        }
        assert_eq!(
            town.post("admin1", "/v1/centres", json!({ "name": "Est" })).await.status,
            StatusCode::FORBIDDEN
        );
        // The administrator of all has no centre, and with it nobody's file.
        assert_eq!(
            town.get("admin", &format!("/v1/interviews/{interview}")).await.status,
            StatusCode::FORBIDDEN
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_lock_links_work_once_and_who_is_disabled_is_out_at_once() {
    for database in Database::each().await {
        let mut town = Town::new(database, &["worker"]).await;
        let wrong = town.sign_in("worker1", "not the password at all").await;
        let unknown = town.sign_in("nobody", PASSWORD).await;
        let plain = |answer: &Answer| String::from_utf8(answer.body.to_vec()).unwrap();
        assert_eq!((wrong.status, plain(&wrong)), (StatusCode::UNAUTHORIZED, plain(&unknown)));
        for _ in 0..4 {
            assert_eq!(town.sign_in("worker1", "still wrong").await.status, StatusCode::UNAUTHORIZED);
        }
        let locked = town.sign_in("worker1", PASSWORD).await;
        assert_eq!(
            locked.status,
            StatusCode::TOO_MANY_REQUESTS,
            "help: five wrong ones lock, the right one too"
        );
        assert_eq!(town.get("worker1", "/v1/me").await.status, StatusCode::OK, "help: a session goes on");

        let me = town.get("worker2", "/v1/me").await.json();
        assert_eq!(
            (&me["is"], &me["login"], &me["name"]),
            (&json!("person"), &json!("worker2"), &json!("Nom worker2"))
        );
        let id = town.ids["worker2"].clone();
        let path = format!("/v1/people/{id}/enabled");
        let put =
            async |on: bool| town.ask("admin", Method::PUT, &path, Some(&json!({ "on": on }))).await.status;
        assert_eq!(put(false).await, StatusCode::OK);
        assert_eq!(town.get("worker2", "/v1/me").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(town.sign_in("worker2", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(put(true).await, StatusCode::OK);
        assert_eq!(
            town.get("worker2", "/v1/me").await.status,
            StatusCode::UNAUTHORIZED,
            "help: old sessions stay ended"
        );
        assert_eq!(town.sign_in("worker2", PASSWORD).await.status, StatusCode::SEE_OTHER);

        let link = town.post("admin", &format!("/v1/people/{id}/invitation"), json!({})).await.json();
        let token = link["link"].as_str().unwrap().split_once("token=").unwrap().1.to_owned();
        let accept = async |password: &str| {
            let request =
                Request::post("/welcome").header("content-type", "application/x-www-form-urlencoded");
            let form = format!("token={token}&password={password}");
            town.service.call(request.body(Body::from(form)).unwrap()).await.status
        };
        assert_eq!(accept("short").await, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(accept("a+long+new+password").await, StatusCode::SEE_OTHER);
        assert_eq!(accept("another+new+password").await, StatusCode::GONE);
        assert_eq!(town.sign_in("worker2", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
        let cookie = town.sign_in("worker2", "a long new password").await.header("set-cookie").to_owned();
        for part in ["__Host-relat=", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
            assert!(cookie.contains(part), "help: {part} is not in the cookie");
        }
        town.cookies.insert("worker2".into(), cookie.split(';').next().unwrap().to_owned());
        assert_eq!(town.get("worker2", "/v1/me").await.status, StatusCode::OK);
        let out = Request::post("/sign-out")
            .header("cookie", &town.cookies["worker2"])
            .body(Body::empty())
            .unwrap();
        assert_eq!(town.service.call(out).await.status, StatusCode::SEE_OTHER);
        assert_eq!(town.get("worker2", "/v1/me").await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_has_its_scopes_its_rate_and_its_end() {
    for database in Database::each().await {
        let town = Town::new(database, &["worker"]).await;
        let make = async |scopes: Value, per_minute: u32| {
            let key = json!({ "name": "k", "scopes": scopes, "per_minute": per_minute, "days": 1 });
            let made = town.post("admin", "/v1/keys", key).await;
            assert_eq!(made.status, StatusCode::CREATED, "help: {:?}", made.body);
            let made = made.json();
            (made["id"].as_str().unwrap().to_owned(), made["secret"].as_str().unwrap().to_owned())
        };
        let ask = async |secret: &str, path: &str, body: Option<&Value>| {
            let method = if body.is_some() { Method::POST } else { Method::GET };
            let request = Request::builder()
                .method(method)
                .uri(path)
                .header("authorization", format!("Bearer {secret}"));
            let request =
                request.header("content-type", "application/json").header("idempotency-key", fresh());
            let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
            town.service.call(request.body(body).unwrap()).await
        };
        let text = json!({ "text": "Fa tres mesos que no paga el lloguer." });
        let (id, assess) = make(json!(["assess"]), 1000).await;
        assert_eq!(ask(&assess, "/v1/assessments", Some(&text)).await.status, StatusCode::OK);
        assert_eq!(ask(&assess, "/v1/me", None).await.json()["is"], "program");
        for (path, body) in
            [("/v1/cases", None), ("/v1/cases", Some(json!({ "pseudonym": "P" }))), ("/v1/people", None)]
        {
            assert_eq!(ask(&assess, path, body.as_ref()).await.status, StatusCode::FORBIDDEN, "help: {path}");
        }
        let (_, export) = make(json!(["export"]), 1000).await;
        assert_eq!(ask(&export, "/v1/assessments", Some(&text)).await.status, StatusCode::FORBIDDEN);
        assert_eq!(ask("relat_nonsense", "/v1/me", None).await.status, StatusCode::UNAUTHORIZED);
        let listed = town.get("admin", "/v1/keys").await;
        assert!(!String::from_utf8_lossy(&listed.body).contains(&assess), "help: a secret is told once");

        let (_, slow) = make(json!(["assess"]), 2).await;
        let statuses = [ask(&slow, "/v1/me", None).await.status, ask(&slow, "/v1/me", None).await.status];
        assert_eq!(statuses, [StatusCode::OK; 2]);
        let refused = ask(&slow, "/v1/me", None).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert!((1..=30).contains(&refused.header("retry-after").parse::<u32>().unwrap()));

        town.post("admin", &format!("/v1/keys/{id}/revocation"), json!({})).await;
        assert_eq!(ask(&assess, "/v1/me", None).await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_site_cannot_make_a_browser_write() {
    let town = Town::new(Database::sqlite(), &["worker"]).await;
    let ask = async |path: &str, headers: &[(&str, &str)]| {
        let mut request = Request::post(path).header("cookie", &town.cookies["worker1"]);
        request = request.header("content-type", "application/json").header("idempotency-key", fresh());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        town.service.call(request.body(Body::from("{\"pseudonym\": \"P\"}")).unwrap()).await.status
    };
    let evil = [("sec-fetch-site", "cross-site")];
    for path in ["/v1/cases", "/v1/assessments", "/sign-out", "/sign-in", "/welcome"] {
        assert_eq!(ask(path, &evil).await, StatusCode::FORBIDDEN, "help: {path}");
    }
    let other = [("origin", "https://evil.example"), ("host", "relat.example")];
    assert_eq!(ask("/v1/cases", &other).await, StatusCode::FORBIDDEN);
    assert_eq!(ask("/v1/cases", &[("sec-fetch-site", "same-origin")]).await, StatusCode::CREATED);
    let page = town.get("", "/sign-in").await;
    for (name, part) in [
        ("content-security-policy", "default-src 'none'"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
    ] {
        assert!(page.header(name).contains(part), "help: {name}");
    }
    assert!(!page.header("content-security-policy").contains("unsafe"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_language_that_somebody_chose_is_theirs_on_every_device() {
    for database in Database::each().await {
        let town = Town::new(database, &["worker"]).await;
        let speaks = |answer: &Answer| {
            let set = answer.headers.get_all("set-cookie").iter().map(|v| v.to_str().unwrap());
            set.filter_map(|c| c.strip_prefix("relat-language=")?.split(';').next())
                .map(str::to_owned)
                .collect()
        };
        let none: Vec<String> = speaks(&town.sign_in("worker1", PASSWORD).await);
        assert!(none.is_empty(), "help: who chose none has the browser's");
        let choice = json!("language=es&back=/cases");
        let chosen = town.ask("worker1", Method::POST, "/language", Some(&choice)).await;
        assert_eq!((chosen.status, chosen.header("location")), (StatusCode::SEE_OTHER, "/cases"));
        let nobody = town.ask("", Method::POST, "/language", Some(&json!("language=en"))).await;
        assert_eq!((speaks(&chosen), speaks(&nobody)), (vec!["es".to_owned()], vec!["en".to_owned()]));
        let again = town.sign_in("worker1", PASSWORD).await;
        assert_eq!(speaks(&again), ["es"]);
        assert!(again.header("set-cookie").starts_with("__Host-relat="), "help: the session comes first");
        assert!(speaks(&town.sign_in("worker2", PASSWORD).await).is_empty(), "help: it is theirs alone");
        let evil = Request::post("/language").header("sec-fetch-site", "cross-site");
        let evil = evil.header("content-type", "application/x-www-form-urlencoded");
        let refused = town.service.call(evil.body(Body::from("language=en")).unwrap()).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
}
