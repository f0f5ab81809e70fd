//! A service with a centre and its people, for browsers.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::chromium::Chromium;
use crate::staff::{PASSWORD, fresh};
use crate::support::{RELAT, Running};

/// A service in earnest, its folder, and who may sign in: `admin`, `marta` and `jordi` of one centre.
pub(crate) struct House {
    pub(crate) service: Running,
    pub(crate) folder: TempDir,
    pub(crate) centre: String,
}

/// What a request got.
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("help: {e}: {}", self.body))
    }

    fn cookie(&self) -> String {
        let line = self.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
        line.split(';').next().unwrap().to_owned()
    }
}

impl House {
    /// With one centre, where workers score first if it is blind.
    pub(crate) fn open(blind_first: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("relat.key");
        let made = std::process::Command::new(RELAT).args(["key", "new"]).arg(&key).output().unwrap();
        assert!(made.status.success());
        let (service, link) = Self::start(&folder);
        let mut house = Self { service, folder, centre: String::new() };
        let link = link.unwrap();
        let admin = house.join("admin", link.rsplit_once("token=").unwrap().1);
        let centre = json!({ "name": "Centre Nord", "blind_first": blind_first });
        house.centre = house.post(&admin, "/v1/centres", &centre).json()["id"].as_str().unwrap().to_owned();
        for (login, name, role) in [
            ("marta", "Marta Vila", "worker"),
            ("jordi", "Jordi Camps", "worker"),
            ("núria", "Núria Soler", "supervisor"),
        ] {
            let person = json!({ "login": login, "name": name, "centre": house.centre, "roles": [role],
                                 "started_on": "2019-09-01" });
            let added = house.post(&admin, "/v1/people", &person).json();
            house.join(login, added["link"].as_str().unwrap().split_once("token=").unwrap().1);
        }
        house
    }

    fn start(folder: &TempDir) -> (Running, Option<String>) {
        let data = folder.path().join("data");
        std::fs::create_dir_all(&data).unwrap();
        Running::serve(&folder.path().join("relat.key"), &["--data", data.to_str().unwrap()])
    }

    /// Kills the service as a power cut does.
    pub(crate) fn kill(&mut self) {
        self.service.child.kill().unwrap();
        self.service.child.wait().unwrap();
    }

    /// Starts it again, at the address that it had.
    pub(crate) fn revive(&mut self) {
        let key: PathBuf = self.folder.path().join("relat.key");
        let data = self.folder.path().join("data");
        let bind = self.service.address.clone();
        let arguments = ["--data", data.to_str().unwrap(), "--bind", &bind];
        self.service = Running::serve(&key, &arguments).0;
    }

    fn join(&self, login: &str, token: &str) -> String {
        let password = PASSWORD.replace(' ', "+");
        let form = "content-type: application/x-www-form-urlencoded\r\n";
        let kept = self.ask("POST /welcome", form, &format!("token={token}&password={password}"));
        assert_eq!(kept.status, 303, "help: {login} cannot choose a password: {}", kept.body);
        self.cookie(login)
    }

    /// The session of somebody who signs in.
    pub(crate) fn cookie(&self, login: &str) -> String {
        let (form, password) =
            ("content-type: application/x-www-form-urlencoded\r\n", PASSWORD.replace(' ', "+"));
        let got = self.ask("POST /sign-in", form, &format!("login={login}&password={password}"));
        format!("cookie: {}\r\n", got.cookie())
    }

    pub(crate) fn get(&self, session: &str, path: &str) -> Got {
        self.ask(&format!("GET {path}"), session, "")
    }

    pub(crate) fn post(&self, session: &str, path: &str, body: &Value) -> Got {
        let headers = format!("{session}content-type: application/json\r\nidempotency-key: {}\r\n", fresh());
        let got = self.ask(&format!("POST {path}"), &headers, &body.to_string());
        assert!(got.status < 300, "help: {path} {}: {}", got.status, got.body);
        got
    }

    fn ask(&self, line: &str, headers: &str, body: &str) -> Got {
        let mut stream = TcpStream::connect(&self.service.address).unwrap();
        let request = format!(
            "{line} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n{body}",
            self.service.address,
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Got { status, head: head.to_owned(), body: body.to_owned() }
    }

    /// A case with one interview of a text, by Marta; both ids.
    pub(crate) fn interview(&self, pseudonym: &str, text: &str, held_on: &str) -> (String, String) {
        let marta = self.cookie("marta");
        let groups = json!({ "gender": "f", "age_band": "30-44", "origin": "local", "language": "ca" });
        let case =
            self.post(&marta, "/v1/cases", &json!({ "pseudonym": pseudonym, "groups": groups })).json();
        let case = case["id"].as_str().unwrap().to_owned();
        (case.clone(), self.further_interview(&case, text, held_on))
    }

    /// A further interview of a case.
    pub(crate) fn further_interview(&self, case: &str, text: &str, held_on: &str) -> String {
        let marta = self.cookie("marta");
        let body = json!({ "text": text, "held_on": held_on });
        let interview = self.post(&marta, &format!("/v1/cases/{case}/interviews"), &body).json();
        interview["id"].as_str().unwrap().to_owned()
    }

    /// A browser in which somebody has signed in.
    pub(crate) async fn browser(&self, login: &str, size: (u32, u32)) -> Chromium {
        let browser = Chromium::open(&self.service.address, size).await;
        browser.sign_in(login, PASSWORD).await;
        browser
    }
}
