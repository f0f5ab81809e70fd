//! Signing in by a certified provider of identities, npm's oidc-provider, which `tests/run.sh` installs.

use std::io::{BufRead, BufReader, Lines, Read};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use relat_server::oidc::{Provider, Settings};
use relat_server::{bootstrap, http};
use serde_json::json;

use crate::database::Database;
use crate::staff::Town;
use crate::support::{self, Answer, root};

/// Set by `tests/run.sh`, which installs the provider; without it this is not tried.
const ASKED: &str = "RELAT_TEST_OIDC";

struct Running {
    child: Child,
    port: u16,
    /// Kept open: the provider goes on to write to it.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

const SECRET: &str = "a secret of the test";

/// Where browsers would find the service; nothing listens there.
const PUBLIC: &str = "http://127.0.0.1:9";

fn settings(issuer: String) -> Settings {
    Settings {
        oidc_issuer: Some(issuer),
        oidc_client: Some("relat".into()),
        oidc_secret: Some(SECRET.parse().unwrap()),
        oidc_ca: None,
        public_url: Some(PUBLIC.into()),
    }
}

fn provider() -> Running {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut child = Command::new("node")
        .arg(root().join("tests/oidc/provider.mjs"))
        .args([&port.to_string(), &format!("{PUBLIC}/oidc/callback")])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.is_ok_and(|line| line == "ready")), "help: the provider did not start");
    Running { child, port, _output: lines }
}

/// A browser at the provider: signs in there as somebody, allows it, and is sent back to the service.
fn at_the_provider(jar: &Path, address: &str, login: &str) -> String {
    let curl = |arguments: &[&str]| {
        let output = Command::new("curl")
            .args(["-s", "-o", "/dev/null", "-w", "%{redirect_url}", "-b"])
            .arg(jar)
            .arg("-c")
            .arg(jar)
            .args(arguments)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let mut address = address.to_owned();
    for _ in 0..12 {
        let next = if address.contains("/interaction/") {
            // First who one is, then that one allows it.
            let entered = curl(&["-d", &format!("prompt=login&login={login}&password=any"), &address]);
            if entered.is_empty() { curl(&["-d", "prompt=consent", &address]) } else { entered }
        } else {
            curl(&[&address])
        };
        if next.starts_with(PUBLIC) {
            return next.strip_prefix(PUBLIC).unwrap().to_owned();
        }
        assert!(!next.is_empty(), "help: the provider sent nobody on from {address}");
        address = next;
    }
    panic!("help: the provider goes round in circles")
}

#[tokio::test(flavor = "multi_thread")]
async fn people_sign_in_by_a_provider_once_they_are_bound_and_while_they_may() {
    if std::env::var_os(ASKED).is_none() {
        return;
    }
    let running = provider();
    let settings = settings(format!("http://127.0.0.1:{}", running.port));
    for database in Database::each().await {
        let mut town = Town::new(database, &["worker"]).await;
        town.service.state.oidc = Provider::new(&settings).unwrap();
        town.service.app = http::app(town.service.state.clone());
        let get = async |path: &str, cookie: &str| {
            let request = Request::get(path).header("cookie", cookie).body(Body::empty()).unwrap();
            town.service.call(request).await
        };
        let cookie = |answer: &Answer| {
            let set = answer.headers.get_all("set-cookie").iter().map(|v| v.to_str().unwrap().to_owned());
            set.map(|c| c.split(';').next().unwrap().to_owned())
                .filter(|c| !c.ends_with('='))
                .collect::<Vec<_>>()
        };
        let jars = tempfile::tempdir().unwrap();
        // The whole way of somebody: to the provider, and back.
        let sign_in = async |login: &str, invitation: &str| {
            let start = get(&format!("/oidc/start{invitation}"), "").await;
            assert_eq!(start.status, StatusCode::SEE_OTHER, "help: {:?}", start.body);
            let flow = cookie(&start).pop().unwrap();
            let address = start.header("location").to_owned();
            let own = "redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Foidc%2Fcallback&";
            for part in ["response_type=code&", "code_challenge_method=S256", "&state=", "&nonce=", own] {
                assert!(address.contains(part), "help: {part}");
            }
            assert!(!address.contains("secret"));
            let jar = jars.path().join(login);
            let login = login.to_owned();
            let back =
                tokio::task::spawn_blocking(move || at_the_provider(&jar, &address, &login)).await.unwrap();
            (get(&back, &flow).await, back, flow)
        };
        let (unknown, ..) = sign_in("marta", "").await;
        assert_eq!(unknown.status, StatusCode::FORBIDDEN, "help: whom nobody bound stays out");
        assert!(
            unknown.header("set-cookie").contains("Max-Age=0"),
            "help: a sign-in that ended does not end again"
        );

        let id = town.ids["worker1"].clone();
        let invite = async |id: &str| {
            let link = town.post("admin", &format!("/v1/people/{id}/invitation"), json!({})).await.json();
            format!("?token={}", link["link"].as_str().unwrap().split_once("token=").unwrap().1)
        };
        let link = invite(&id).await;
        let (bound, back, flow) = sign_in("marta", &link).await;
        assert_eq!(bound.status, StatusCode::OK, "help: {:?}", bound.body);
        let session = cookie(&bound).pop().unwrap();
        assert_eq!(get("/v1/me", &session).await.json()["login"], "worker1");
        let again = get(&back, &flow).await.status;
        assert!(again.is_client_error() || again == StatusCode::BAD_GATEWAY, "help: a code works once");
        // Nobody ends what another browser began, or what another provider answers.
        let other = cookie(&get("/oidc/start", "").await).pop().unwrap();
        let code = back.split(['?', '&']).find(|part| part.starts_with("code=")).unwrap();
        let state = back.split(['?', '&']).find(|part| part.starts_with("state=")).unwrap();
        let elsewhere = format!("/oidc/callback?{code}&{state}&iss=https%3A%2F%2Fid.example");
        let no_state = format!("/oidc/callback?{code}");
        let changed = format!("{flow}A");
        for (path, flow) in [
            (&back, ""),
            (&back, other.as_str()),
            (&back, session.as_str()),
            (&back, changed.as_str()),
            (&elsewhere, flow.as_str()),
            (&no_state, flow.as_str()),
        ] {
            let answer = get(path, flow).await;
            assert_eq!(
                (answer.status, answer.json()["code"].as_str()),
                (StatusCode::FORBIDDEN, Some("cross_site"))
            );
        }

        let (later, ..) = sign_in("marta", "").await;
        assert_eq!(later.status, StatusCode::OK);
        let (stolen, ..) = sign_in("joan", &link).await;
        assert_eq!(stolen.status, StatusCode::FORBIDDEN, "help: a link binds once");

        let enabled = format!("/v1/people/{id}/enabled");
        town.ask("admin", Method::PUT, &enabled, Some(&json!({ "on": false }))).await;
        assert_eq!(get("/v1/me", &session).await.status, StatusCode::UNAUTHORIZED);
        let (disabled, ..) = sign_in("marta", "").await;
        assert_eq!(disabled.status, StatusCode::FORBIDDEN, "help: who is disabled stays out");
        town.ask("admin", Method::PUT, &enabled, Some(&json!({ "on": true }))).await;
        assert_eq!(sign_in("marta", "").await.0.status, StatusCode::OK);

        // Whoever is bound is who they are, whatever link they bring; and the link stays for its person.
        let other = town.ids["worker2"].clone();
        let link = invite(&other).await;
        let (known, ..) = sign_in("marta", &link).await;
        let session = cookie(&known).pop().unwrap();
        assert_eq!(get("/v1/me", &session).await.json()["login"], "worker1");
        town.ask("admin", Method::PUT, &format!("/v1/people/{other}/enabled"), Some(&json!({ "on": false })))
            .await;
        assert_eq!(
            sign_in("joan", &link).await.0.status,
            StatusCode::FORBIDDEN,
            "help: a disabled person is not bound"
        );
        town.ask("admin", Method::PUT, &format!("/v1/people/{other}/enabled"), Some(&json!({ "on": true })))
            .await;
        let (joan, ..) = sign_in("joan", &link).await;
        assert_eq!(get("/v1/me", cookie(&joan).pop().unwrap().as_str()).await.json()["login"], "worker2");

        // A new link takes the place of the identity before, and ends its sessions.
        let link = invite(&id).await;
        assert_eq!(sign_in("nuria", &link).await.0.status, StatusCode::OK);
        assert_eq!(get("/v1/me", &session).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(sign_in("marta", "").await.0.status, StatusCode::FORBIDDEN);

        let actions: Vec<String> = town.get("admin", "/v1/audit?limit=1000").await.json()["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["action"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(actions.iter().filter(|action| *action == "identity.bind").count(), 3);
        assert!(bootstrap::first_admin(&town.service.state.store).await.unwrap().is_none());
    }
}

#[test]
fn nothing_that_signs_somebody_in_is_in_the_log() {
    if std::env::var_os(ASKED).is_none() {
        return;
    }
    let running = provider();
    let issuer = format!("http://127.0.0.1:{}", running.port);
    let data = tempfile::tempdir().unwrap();
    let set =
        ["--oidc-issuer", &issuer, "--oidc-client", "relat", "--oidc-secret", SECRET, "--public-url", PUBLIC];
    let mut service = support::Running::start(data.path(), &[&["--log", "trace"][..], &set].concat());
    let mut stderr = service.child.stderr.take().unwrap();
    let reading = std::thread::spawn(move || {
        let mut err = Vec::new();
        stderr.read_to_end(&mut err).unwrap();
        String::from_utf8_lossy(&err).into_owned()
    });
    let get = |path: &str, cookie: &str| {
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\naccept: text/html\r\ncookie: {cookie}\r\n\r\n"
        );
        String::from_utf8(service.send(request.as_bytes())).unwrap()
    };
    let value = |answer: &str, name: &str| {
        let line = answer.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).unwrap();
        line.split(';').next().unwrap().to_owned()
    };
    let start = get("/oidc/start?token=Qvetzal", "");
    let (flow, address) = (value(&start, "set-cookie"), value(&start, "location"));
    let back = at_the_provider(&data.path().join("jar"), &address, "marta");
    let answer = get(&back, &flow);
    // The token was fetched and held, and nobody has the identity.
    assert!(answer.starts_with("HTTP/1.1 403") && answer.contains("Demaneu un enllaç nou"), "help: {answer}");
    assert!(answer.contains("set-cookie: __Host-relat-oidc=;"), "help: it ended: {answer}");
    service.terminate();
    let err = reading.join().unwrap();
    assert!(err.contains("/oidc/callback"), "help: nothing was logged, so nothing was looked at");
    let parts =
        address.split(['?', '&']).chain(back.split(['?', '&'])).filter_map(|part| part.split_once('='));
    let mut secrets: Vec<&str> =
        parts.filter(|(name, _)| ["state", "nonce", "code"].contains(name)).map(|p| p.1).collect();
    assert_eq!(secrets.len(), 4, "help: state goes and comes back");
    secrets.extend([SECRET, "Qvetzal", flow.split_once('=').unwrap().1, "eyJ", "Basic ", "ureq"]);
    for secret in secrets {
        assert!(!err.contains(secret), "help: {secret} is in the log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_provider_there_is_none_to_sign_in_by() {
    let town = Town::new(Database::sqlite(), &[]).await;
    for path in ["/oidc/start", "/oidc/callback?code=a&state=b"] {
        assert_eq!(town.get("", path).await.status, StatusCode::NOT_FOUND, "help: {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_lead_to_the_provider_when_there_is_one_and_say_in_ones_language_when_it_came_to_nothing() {
    let mut town = Town::new(Database::sqlite(), &[]).await;
    let page = async |town: &Town, path: &str, language: &str| {
        let request = Request::get(path).header("accept", "text/html").header("accept-language", language);
        let answer = town.service.call(request.body(Body::empty()).unwrap()).await;
        (answer.status, String::from_utf8(answer.body.to_vec()).unwrap())
    };
    let ways =
        [("/sign-in", "href=\"/oidc/start\""), ("/welcome?token=a%26b", "href=\"/oidc/start?token=a%26b\"")];
    for (path, _) in ways {
        assert!(!page(&town, path, "ca").await.1.contains("/oidc/start"), "help: {path}");
    }
    town.service.state.oidc = Provider::new(&settings("http://127.0.0.1:9".into())).unwrap();
    town.service.app = http::app(town.service.state.clone());
    for (path, way) in ways {
        assert!(page(&town, path, "ca").await.1.contains(way), "help: {path}");
    }
    for (language, words) in [("ca", "Torneu a començar"), ("es", "Vuelva a empezar"), ("en", "Begin again")]
    {
        let (status, told) = page(&town, "/oidc/callback?code=a&state=b", language).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(told.contains(words) && told.contains("<html"), "help: {language}: {told}");
    }
}
