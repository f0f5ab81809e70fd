//! A town with two centres and people of every role, who signed in as people do.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use relat_server::bootstrap;
use serde_json::{Value, json};

use crate::database::Database;
use crate::support::{Answer, Service};

pub(crate) const PASSWORD: &str = "quatre gats i un ca";

/// A service with its people: `admin`, and by role and centre, such as `worker1` and `ethics2`.
pub(crate) struct Town {
    pub(crate) service: Service,
    /// Cookies by login.
    pub(crate) cookies: BTreeMap<String, String>,
    /// Ids by login.
    pub(crate) ids: BTreeMap<String, String>,
    pub(crate) centres: Vec<String>,
}

static KEYS: AtomicU64 = AtomicU64::new(0);

/// A key that no other write has.
pub(crate) fn fresh() -> String {
    format!("test-{}", KEYS.fetch_add(1, Ordering::Relaxed))
}

impl Town {
    pub(crate) async fn new(database: Database, roles: &[&str]) -> Self {
        let service = Service::real(database).await;
        let token = bootstrap::first_admin(&service.state.store).await.unwrap().unwrap();
        let mut town = Self { service, cookies: BTreeMap::new(), ids: BTreeMap::new(), centres: Vec::new() };
        town.join("admin", &token).await;
        for name in ["Nord", "Sud"] {
            let centre = town.post("admin", "/v1/centres", json!({ "name": name })).await;
            assert_eq!(centre.status, StatusCode::CREATED);
            town.centres.push(centre.json()["id"].as_str().unwrap().to_owned());
        }
        for role in roles {
            for i in 1..=2 {
                town.hire(&format!("{role}{i}"), role, i - 1).await;
            }
        }
        town
    }

    /// Adds somebody, who chooses a password and signs in.
    pub(crate) async fn hire(&mut self, login: &str, role: &str, centre: usize) {
        self.hire_since(login, (role, "2019-09-01"), centre).await;
    }

    /// The same with the day from which they have been in the job.
    pub(crate) async fn hire_since(&mut self, login: &str, (role, since): (&str, &str), centre: usize) {
        let person = json!({ "login": login, "name": format!("Nom {login}"), "centre": self.centres[centre],
                             "roles": [role], "started_on": since });
        let added = self.post("admin", "/v1/people", person).await;
        assert_eq!(added.status, StatusCode::CREATED, "help: {:?}", added.body);
        let added = added.json();
        self.ids.insert(login.to_owned(), added["id"].as_str().unwrap().to_owned());
        let link = added["link"].as_str().unwrap();
        self.join(login, link.split_once("token=").unwrap().1).await;
    }

    async fn join(&mut self, login: &str, token: &str) {
        let form = format!("token={token}&password={}", PASSWORD.replace(' ', "+"));
        assert_eq!(self.form("/welcome", form).await.status, StatusCode::SEE_OTHER);
        let signed_in = self.sign_in(login, PASSWORD).await;
        assert_eq!(signed_in.status, StatusCode::SEE_OTHER, "help: {login} cannot sign in");
        let cookie = signed_in.header("set-cookie").split(';').next().unwrap().to_owned();
        self.cookies.insert(login.to_owned(), cookie);
    }

    pub(crate) async fn sign_in(&self, login: &str, password: &str) -> Answer {
        self.form("/sign-in", format!("login={login}&password={}", password.replace(' ', "+"))).await
    }

    async fn form(&self, path: &str, form: String) -> Answer {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.service.call(request.body(Body::from(form)).unwrap()).await
    }

    /// Asks as somebody; nobody when the login is empty.
    pub(crate) async fn ask(&self, login: &str, method: Method, path: &str, body: Option<&Value>) -> Answer {
        self.ask_with(login, (method, path), (body, &fresh())).await
    }

    pub(crate) async fn ask_with(
        &self,
        login: &str,
        (method, path): (Method, &str),
        (body, key): (Option<&Value>, &str),
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("idempotency-key", key);
        if let Some(cookie) = self.cookies.get(login) {
            request = request.header("cookie", cookie).header("sec-fetch-site", "same-origin");
        }
        let body = match body {
            // A string is a form that is filled in.
            Some(Value::String(form)) => {
                request = request.header("content-type", "application/x-www-form-urlencoded");
                Body::from(form.clone())
            }
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.service.call(request.body(body).unwrap()).await
    }

    pub(crate) async fn get(&self, login: &str, path: &str) -> Answer {
        self.ask(login, Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, login: &str, path: &str, body: Value) -> Answer {
        self.ask(login, Method::POST, path, Some(&body)).await
    }

    /// A case with an interview of a text; returns both ids.
    pub(crate) async fn interview(&self, login: &str, pseudonym: &str, text: &str) -> (String, String) {
        let groups = json!({ "gender": "f", "age_band": "30-44", "origin": "local", "language": "ca" });
        self.interview_with(login, (pseudonym, groups), text).await
    }

    /// The same with somebody in those groups.
    pub(crate) async fn interview_with(
        &self,
        login: &str,
        (pseudonym, groups): (&str, Value),
        text: &str,
    ) -> (String, String) {
        let case = self.post(login, "/v1/cases", json!({ "pseudonym": pseudonym, "groups": groups })).await;
        assert_eq!(case.status, StatusCode::CREATED, "help: {:?}", case.body);
        let case = case.json()["id"].as_str().unwrap().to_owned();
        let body = json!({ "text": text, "held_on": "2026-11-20" });
        let interview = self.post(login, &format!("/v1/cases/{case}/interviews"), body).await;
        assert_eq!(interview.status, StatusCode::CREATED, "help: {:?}", interview.body);
        (case, interview.json()["id"].as_str().unwrap().to_owned())
    }

    /// Decides for a version.
    pub(crate) async fn decide(&self, login: &str, interview: &str, version: i64, acts: Value) -> Answer {
        let body = json!({ "expected_version": version, "acts": acts });
        self.post(login, &format!("/v1/interviews/{interview}/decisions"), body).await
    }
}
