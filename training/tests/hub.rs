//! An encoder of a hub: pinned to its commit, kept for use without a network, asked for with the person's token. The hub is
//! a server of the test's own.

#![cfg(feature = "hub")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use common::Place;
use relat_training::recipe::Recipe;
use relat_training::source::{Hub, Source};

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
const TOKEN: &str = "hf_only_for_this_test";

/// A hub with one repository, `somebody/small`, whose branch `main` is [`COMMIT`]; counts what is asked of it.
struct Server {
    endpoint: String,
    /// Method, path, and whether the token came along.
    asked: Arc<Mutex<Vec<(String, String, bool)>>>,
}

impl Server {
    fn start(files: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (files, seen) = (files.clone(), Arc::clone(&seen));
                std::thread::spawn(move || answer(stream, &files, &seen));
            }
        });
        Self { endpoint, asked }
    }

    fn asked(&self) -> Vec<(String, String, bool)> {
        self.asked.lock().unwrap().clone()
    }
}

/// Answers the one request of a connection as the hub would.
fn answer(mut stream: TcpStream, files: &Path, seen: &Mutex<Vec<(String, String, bool)>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut first = String::new();
    reader.read_line(&mut first).unwrap();
    let mut words = first.split_whitespace();
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut token = false;
    for line in reader.by_ref().lines() {
        let line = line.unwrap();
        if line.is_empty() {
            break;
        }
        token |= line.to_lowercase() == format!("authorization: bearer {TOKEN}");
    }
    seen.lock().unwrap().push((method.to_owned(), path.to_owned(), token));
    let known = ["main", COMMIT]
        .into_iter()
        .find_map(|revision| path.strip_prefix(&format!("/somebody/small/resolve/{revision}/")));
    let body = known.and_then(|name| std::fs::read(files.join(name)).ok());
    let head = match &body {
        Some(body) => {
            let (n, etag) = (body.len(), relat_engine::bundle::sha256_hex(body));
            format!(
                "HTTP/1.1 200 OK\r\nETag: \"{etag}\"\r\nX-Repo-Commit: {COMMIT}\r\nContent-Length: {n}\r\nConnection: close\r\n\r\n"
            )
        }
        None => "HTTP/1.1 404 Not Found\r\nX-Error-Code: RepoNotFound\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(),
    };
    stream.write_all(head.as_bytes()).unwrap();
    if method == "GET" {
        stream.write_all(&body.unwrap_or_default()).unwrap();
    }
}

/// Runs a command of `relat-train` as a person with a token would.
fn relat_train(args: &[&str], endpoint: &str, cache: &Path, offline: bool) -> Output {
    Command::new(env!("CARGO_BIN_EXE_relat-train"))
        .args(args)
        .env("HF_ENDPOINT", endpoint)
        .env("HF_HUB_CACHE", cache)
        .env("HF_TOKEN", TOKEN)
        .env("HF_HUB_OFFLINE", if offline { "1" } else { "0" })
        .output()
        .unwrap()
}

#[test]
fn an_encoder_of_a_hub_is_pinned_and_read_again_without_a_network() {
    let place = Place::new();
    let server = Server::start(place.path("encoder"));
    let cache = place.path("cache");
    let hub = Hub { endpoint: Some(server.endpoint.clone()), cache: Some(cache.clone()), offline: false };
    let source: Source = "hub:somebody/small".parse().unwrap();
    let (pinned, folder) = source.pin(&hub).unwrap();
    assert_eq!(pinned.to_string(), format!("hub:somebody/small@{COMMIT}"));
    for file in ["config.json", "tokenizer.json", "model.safetensors"] {
        let same = |dir: &Path| std::fs::read(dir.join(file)).unwrap();
        assert!(same(&folder) == same(&place.path("encoder")), "{file}");
    }
    // The pinned commit is never asked for again, and neither is anything without a network.
    let before = server.asked().len();
    assert_eq!(pinned.pin(&hub).unwrap(), (pinned.clone(), folder.clone()));
    let offline = Hub { offline: true, ..hub.clone() };
    assert_eq!(source.pin(&offline).unwrap(), (pinned, folder));
    assert_eq!(server.asked().len(), before);
    // What was never downloaded is not to be had without one, and says so.
    let empty = Hub { cache: Some(place.path("empty")), ..offline };
    assert!(source.pin(&empty).unwrap_err().to_string().starts_with("hub:somebody/small@main: config.json"));
    let unknown: Source = "hub:somebody/else".parse().unwrap();
    assert!(unknown.pin(&hub).unwrap_err().to_string().contains("somebody/else"));
}

#[test]
fn fine_tuning_takes_an_encoder_of_a_hub_and_its_commit_stands_in_the_bundle() {
    let place = Place::new();
    let server = Server::start(place.path("encoder"));
    let (path, recipe) = place.recipe("from-hub");
    let recipe_file = path.to_str().unwrap();
    let args = |command: &'static str| [command, recipe_file, "--encoder", "hub:somebody/small"];
    let cache = place.path("cache");
    let done = relat_train(&args("fit"), &server.endpoint, &cache, false);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let asked = server.asked();
    assert!(!asked.is_empty() && asked.iter().all(|(.., token)| *token), "{asked:?}");
    // The rest needs no network.
    let done = relat_train(&args("calibrate"), "http://127.0.0.1:9", &cache, true);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let bundle = relat_training::stages::bundle_dir(&recipe);
    let kept: Recipe = toml::from_str(&std::fs::read_to_string(bundle.join("recipe.toml")).unwrap()).unwrap();
    assert_eq!(kept.fit.encoder.to_string(), format!("hub:somebody/small@{COMMIT}"));
    assert!(
        !walk(&bundle).iter().any(|bytes| contains(bytes, TOKEN.as_bytes())),
        "help: the token is in the bundle"
    );
}

fn walk(dir: &Path) -> Vec<Vec<u8>> {
    std::fs::read_dir(dir).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect()
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}
