//! The service is killed while people decide: what was acknowledged is there, and nothing is there twice.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use relat_server::store::Location;
use relat_server::vault::Keyring;
use serde_json::{Value, json};

use crate::database::Database;
use crate::staff::PASSWORD;
use crate::support::Running;

/// How often each store is killed; `tests/long.sh` asks for more.
const KILLS: &str = "RELAT_TEST_KILLS";

/// People who decide at once.
const WORKERS: usize = 4;

/// What a request needs besides its path.
pub(crate) struct Client<'a> {
    pub(crate) address: &'a str,
    pub(crate) cookie: &'a str,
}

impl Client<'_> {
    /// The answer's status, cookie and body; nothing when it did not arrive whole.
    pub(crate) fn send(
        &self,
        head: &str,
        media_type: &str,
        (key, body): (&str, &str),
    ) -> Option<(u16, String, String)> {
        let mut stream = TcpStream::connect(self.address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
        let request = format!(
            "{head} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncookie: {}\r\ncontent-type: {media_type}\r\n\
             idempotency-key: {key}\r\ncontent-length: {}\r\n\r\n{body}",
            self.cookie,
            body.len()
        );
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let field = |name: &str| {
            head.lines().find_map(|l| l.split_once(": ").filter(|(n, _)| *n == name)).map(|(_, v)| v)
        };
        let whole = field("content-length").is_none_or(|n| n.parse() == Ok(body.len()));
        whole.then(|| (status, field("set-cookie").unwrap_or_default().to_owned(), body.to_owned()))
    }

    pub(crate) fn json(&self, head: &str, (key, body): (&str, &Value)) -> Option<(u16, Value)> {
        let (status, _, body) = self.send(head, "application/json", (key, &body.to_string()))?;
        Some((status, serde_json::from_str(&body).ok()?))
    }

    /// Chooses a password by a link, signs in, and returns the cookie.
    pub(crate) fn join(&self, login: &str, token: &str) -> String {
        let (form, password) = ("application/x-www-form-urlencoded", PASSWORD.replace(' ', "+"));
        let chosen =
            self.send("POST /welcome", form, ("", &format!("token={token}&password={password}"))).unwrap();
        assert_eq!(chosen.0, 303);
        let signed_in =
            self.send("POST /sign-in", form, ("", &format!("login={login}&password={password}"))).unwrap();
        signed_in.1.split(';').next().unwrap().to_owned()
    }
}

/// What one worker has done.
struct Desk {
    interview: String,
    version: i64,
    /// Sequence numbers that were acknowledged.
    acknowledged: Vec<u64>,
    /// A write whose answer did not arrive, with its key.
    open: Option<(String, Value)>,
    written: usize,
}

impl Desk {
    /// One write; false when the service is gone.
    fn write(&mut self, client: &Client<'_>) -> bool {
        let (key, body) = self.open.take().unwrap_or_else(|| {
            self.written += 1;
            let act = json!({ "act": "add", "kind": "level", "finding": { "code": "income", "level": self.written % 5 + 1 } });
            let body = json!({ "expected_version": self.version, "acts": [act] });
            (format!("{}-{}", self.interview, self.written), body)
        });
        let head = format!("POST /v1/interviews/{}/decisions", self.interview);
        match client.json(&head, (&key, &body)) {
            Some((201, answer)) => {
                self.version = answer["version"].as_i64().unwrap();
                self.acknowledged.push(answer["events"][0]["seq"].as_u64().unwrap());
                true
            }
            Some((status, answer)) => panic!("help: a write was answered {status}: {answer}"),
            None => {
                self.open = Some((key, body));
                false
            }
        }
    }

    fn check(&self, client: &Client<'_>) {
        let head = format!("GET /v1/interviews/{}/decisions", self.interview);
        let (status, log) = client.json(&head, ("", &json!(null))).unwrap();
        assert_eq!(status, 200);
        let seqs: Vec<u64> =
            log["events"].as_array().unwrap().iter().map(|e| e["seq"].as_u64().unwrap()).collect();
        assert_eq!(
            seqs,
            (1..=self.written as u64).collect::<Vec<_>>(),
            "help: a decision is lost or doubled"
        );
        assert_eq!(self.acknowledged, seqs, "help: each write was acknowledged once, with its own number");
    }
}

fn run(database: &Database) {
    let key = database.folder.path().join("relat.key");
    Keyring::add_to_file(&key).unwrap();
    let data = database.folder.path().join("data");
    let start = || match &database.location {
        Location::Folder(_) => Running::serve(&key, &["--data", data.to_str().unwrap()]),
        Location::Postgres(url) => Running::serve(&key, &["--database", url]),
    };
    let (mut running, link) = start();
    let mut desks = Vec::new();
    let cookie = {
        let anybody = Client { address: &running.address, cookie: "" };
        let admin = anybody.join("admin", link.unwrap().split_once("token=").unwrap().1);
        let admin = Client { address: &running.address, cookie: &admin };
        let centre = admin.json("POST /v1/centres", ("centre", &json!({ "name": "Nord" }))).unwrap().1;
        let person = json!({ "login": "w", "name": "W", "centre": centre["id"], "roles": ["worker"], "started_on": "2020-01-01" });
        let added = admin.json("POST /v1/people", ("person", &person)).unwrap().1;
        let cookie = anybody.join("w", added["link"].as_str().unwrap().split_once("token=").unwrap().1);
        let worker = Client { address: &running.address, cookie: &cookie };
        for i in 0..WORKERS {
            let case = worker
                .json("POST /v1/cases", (&format!("c{i}"), &json!({ "pseudonym": format!("P-{i}") })))
                .unwrap()
                .1;
            let head = format!("POST /v1/cases/{}/interviews", case["id"].as_str().unwrap());
            let body = json!({ "text": "Fa tres mesos que no paga el lloguer.", "held_on": "2026-11-20" });
            let (status, interview) = worker.json(&head, (&format!("i{i}"), &body)).unwrap();
            assert_eq!(status, 201);
            let interview = interview["id"].as_str().unwrap().to_owned();
            desks.push(Desk { interview, version: 1, acknowledged: vec![], open: None, written: 0 });
        }
        cookie
    };
    let kills: u64 = std::env::var(KILLS).ok().and_then(|n| n.parse().ok()).unwrap_or(20);
    let mut cut = 0;
    for round in 0..kills {
        let (over, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
        let address = running.address.clone();
        std::thread::scope(|scope| {
            for desk in &mut desks {
                let (client, over) = (Client { address: &address, cookie: &cookie }, &over);
                let answered = &answered;
                scope.spawn(move || {
                    while !over.load(Ordering::SeqCst) && desk.write(&client) {
                        answered.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
            // In the midst of the writes, each time at another moment of them.
            let end = Instant::now() + Duration::from_secs(60);
            while answered.load(Ordering::SeqCst) < WORKERS * 3 && Instant::now() < end {
                std::thread::sleep(Duration::from_millis(1));
            }
            std::thread::sleep(Duration::from_micros(round * 1700 % 30_000));
            running.child.kill().unwrap();
            running.child.wait().unwrap();
            over.store(true, Ordering::SeqCst);
        });
        cut += desks.iter().filter(|desk| desk.open.is_some()).count();
        running = start().0;
        let client = Client { address: &running.address, cookie: &cookie };
        for desk in &mut desks {
            // Whoever had no answer asks again, with the same key.
            if desk.open.is_some() {
                assert!(desk.write(&client));
            }
            desk.check(&client);
        }
    }
    let written: usize = desks.iter().map(|desk| desk.written).sum();
    assert!(
        cut > 0 && written > 2 * cut,
        "help: {cut} writes were cut of {written}, so that little was tried"
    );
    println!("{kills} kills: {written} decisions, {cut} of them cut short, none lost, none doubled");
}

#[test]
fn sqlite_loses_and_doubles_no_decision_when_the_service_is_killed() {
    run(&Database::sqlite());
}

#[test]
fn postgresql_loses_and_doubles_no_decision_when_the_service_is_killed() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    if let Some(database) = runtime.block_on(Database::postgres()) {
        run(&database);
    }
}

#[test]
fn a_service_that_is_asked_to_end_answers_what_it_began() {
    let database = Database::sqlite();
    let mut running = Running::start(database.folder.path(), &[]);
    let address = running.address.clone();
    let body = json!({ "text": "Fa tres mesos que no paga el lloguer. ".repeat(400) }).to_string();
    let asked: Vec<_> = (0..8)
        .map(|_| {
            let mut stream = TcpStream::connect(&address).unwrap();
            let head = format!(
                "POST /v1/assessments HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n\
                 content-length: {}\r\n\r\n",
                body.len()
            );
            // The head and half of the body: the request is in progress.
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(body.as_bytes().get(..1000).unwrap()).unwrap();
            stream
        })
        .collect();
    std::thread::sleep(Duration::from_millis(300));
    running.terminate();
    std::thread::sleep(Duration::from_millis(200));
    for mut stream in asked {
        stream.write_all(body.as_bytes().get(1000..).unwrap()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "help: {}", answer.lines().next().unwrap_or_default());
    }
    assert!(running.child.wait().unwrap().success());
    assert!(Path::new(database.folder.path()).exists());
}
