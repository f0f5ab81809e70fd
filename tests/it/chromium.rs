//! A real browser, by WebDriver: Debian's Chromium and its driver.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities;
use thirtyfour::prelude::*;

use crate::support::root;

pub(crate) const HELP: &str =
    "help: the page is tested in Chromium; on Debian: apt-get install chromium chromium-driver";

/// The flags of a browser that fetches nothing on its own.
const FLAGS: [&str; 11] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--accept-lang=ca",
];

/// How long a page is waited for: machines that build something else meanwhile are slow.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// axe-core, as npm installed it in `tests/`.
static AXE: LazyLock<String> = LazyLock::new(|| {
    std::fs::read_to_string(root().join("tests/node_modules/axe-core/axe.min.js"))
        .expect("help: axe-core is not there; run `npm ci` in tests/")
});

/// A driver and a browser; both end with it, also when a test fails.
pub(crate) struct Chromium {
    pub(crate) driver: WebDriver,
    /// Address of the service, without a scheme.
    pub(crate) address: String,
    chromedriver: Child,
    port: u16,
    _profile: TempDir,
}

impl Chromium {
    /// A browser that prefers Catalan, for the service at an address.
    pub(crate) async fn open(address: &str, (width, height): (u32, u32)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut chromedriver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("chromedriver: {error}\n{HELP}"));
        let lines = BufReader::new(chromedriver.stdout.take().unwrap()).lines();
        let port = lines.map_while(Result::ok).find_map(|line| {
            let port = line.split_once("started successfully on port ")?.1;
            port.trim_end_matches('.').parse::<u16>().ok()
        });
        let port = port.unwrap_or_else(|| panic!("chromedriver did not start\n{HELP}"));
        let mut capabilities = DesiredCapabilities::chrome();
        let profile = format!("--user-data-dir={}", folder.path().display());
        let size = format!("--window-size={width},{height}");
        for flag in FLAGS.into_iter().chain([profile.as_str(), size.as_str(), "--lang=ca"]) {
            capabilities.add_arg(flag).unwrap();
        }
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities)
            .await
            .unwrap_or_else(|error| panic!("no browser: {error}\n{HELP}"));
        let browser = Self { driver, address: address.to_owned(), chromedriver, port, _profile: folder };
        browser.resize(width, height, "light").await;
        browser
    }

    /// Sets the size of the page itself: a headless window is no narrower than 500 pixels.
    pub(crate) async fn resize(&self, width: u32, height: u32, scheme: &str) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.command("Emulation.setDeviceMetricsOverride", size).await;
        let media = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.command("Emulation.setEmulatedMedia", media).await;
    }

    pub(crate) async fn command(&self, name: &str, parameters: Value) -> Value {
        self.driver.cdp().send_raw(name, parameters).await.unwrap()
    }

    pub(crate) async fn go(&self, path: &str) {
        self.driver.goto(format!("http://{}{path}", self.address)).await.unwrap();
    }

    pub(crate) async fn script(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.driver.execute(script, arguments).await.unwrap().json().clone()
    }

    /// A script's answer as a text.
    pub(crate) async fn text(&self, script: &str) -> String {
        self.script(script, vec![]).await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until a script answers true; a page that is just being left answers nothing.
    pub(crate) async fn until(&self, what: &str, script: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            let answer = self.driver.execute(script, vec![]).await;
            if answer.is_ok_and(|answer| *answer.json() == json!(true)) {
                return;
            }
            if Instant::now() >= end {
                let seen = "return ['saved', 'sending', 'notice', 'told', 'reading', 'left'].map((id) => `${id}: ${document.getElementById(id)?.textContent}`).join(' | ') + ' | waiting: ' + document.querySelectorAll('.waiting').length + ' | ' + location.pathname";
                panic!("help: waited in vain for: {what}; {}", self.text(seen).await);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Presses an element; one of a page that is just being replaced is looked for again.
    pub(crate) async fn click(&self, selector: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            let pressed = match self.driver.find(By::Css(selector)).await {
                Ok(element) => element.click().await,
                Err(error) => Err(error),
            };
            match pressed {
                Ok(()) => return,
                Err(error) => assert!(Instant::now() < end, "help: cannot press {selector}: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Types into whatever has the focus.
    pub(crate) async fn keys(&self, keys: impl AsRef<str>) {
        self.driver.action_chain().send_keys(keys.as_ref()).perform().await.unwrap();
    }

    /// Touches the middle of an element, as a finger does.
    pub(crate) async fn tap(&self, selector: &str) {
        let place = "const e = document.querySelector(arguments[0]); e.scrollIntoView({ block: 'center' }); \
                     const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2, b.width, b.height]";
        let at = self.script(place, vec![json!(selector)]).await;
        let point = json!({ "x": at[0], "y": at[1] });
        self.command("Input.dispatchTouchEvent", json!({ "type": "touchStart", "touchPoints": [point] }))
            .await;
        self.command("Input.dispatchTouchEvent", json!({ "type": "touchEnd", "touchPoints": [] })).await;
    }

    /// Signs in, as a person does.
    pub(crate) async fn sign_in(&self, login: &str, password: &str) {
        self.go("/sign-in").await;
        self.driver.find(By::Css("[name=login]")).await.unwrap().send_keys(login).await.unwrap();
        self.keys(format!("{}{password}{}", Key::Tab.value(), Key::Enter.value())).await;
        self.until(
            "signed in",
            "return location.pathname !== '/sign-in' && document.readyState === 'complete'",
        )
        .await;
    }

    /// What axe-core finds that is serious or critical, with where it is.
    pub(crate) async fn axe(&self) -> Vec<String> {
        self.script("document.getAnimations().forEach((a) => a.finish())", vec![]).await;
        self.driver.execute(AXE.as_str(), vec![]).await.unwrap();
        let run = "const done = arguments[arguments.length - 1]; \
                   axe.run(document, { resultTypes: ['violations'], \
                   runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }).then((r) => done(r.violations \
                   .filter((v) => ['serious', 'critical'].includes(v.impact)) \
                   .map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 4).join(' | ')}`)), (e) => done([String(e)]))";
        let found = self.driver.execute_async(run, vec![]).await.unwrap().json().clone();
        found.as_array().unwrap().iter().map(|v| v.as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Fails when axe-core finds anything serious, or the page scrolls sideways.
    pub(crate) async fn check(&self, state: &str) {
        let found = self.axe().await;
        assert!(found.is_empty(), "help: axe-core on {state}: {found:#?}");
        // On a phone the window grows with what is too wide for it: what counts is what the page was laid out for.
        let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        let over = self.script(wide, vec![]).await.as_i64().unwrap_or_default();
        assert!(over <= 0, "help: {state} scrolls {over} pixels sideways");
    }

    /// Saves what is seen, where pictures are asked for: tests leave the working tree as it is.
    pub(crate) async fn picture(&self, name: &str) {
        let Some(_) = std::env::var_os("RELAT_PICTURES") else { return };
        let png = self.driver.screenshot_as_png().await.unwrap();
        write(name, &png);
    }

    /// Saves the whole page, however long it is.
    pub(crate) async fn whole_picture(&self, name: &str) {
        let Some(_) = std::env::var_os("RELAT_PICTURES") else { return };
        let shot = json!({ "format": "png", "captureBeyondViewport": true });
        let answer = self.command("Page.captureScreenshot", shot).await;
        let data = answer["data"].as_str().unwrap();
        let script = "return Uint8Array.from(atob(arguments[0]), (c) => c.charCodeAt(0)).length";
        let length = self.script(script, vec![json!(data)]).await;
        let png = base64(data);
        assert_eq!(length, json!(png.len()));
        write(name, &png);
    }
}

fn base64(text: &str) -> Vec<u8> {
    let value = |b: u8| match b {
        b'A'..=b'Z' => u32::from(b - b'A'),
        b'a'..=b'z' => u32::from(b - b'a') + 26,
        b'0'..=b'9' => u32::from(b - b'0') + 52,
        b'+' => 62,
        _ => 63,
    };
    let digits: Vec<u8> = text.bytes().filter(|b| *b != b'=').collect();
    digits
        .chunks(4)
        .flat_map(|four| {
            let bits = four.iter().fold(0, |bits, &b| bits << 6 | value(b)) << (6 * (4 - four.len()));
            bits.to_be_bytes()[1..four.len()].to_vec()
        })
        .collect()
}

fn write(name: &str, png: &[u8]) {
    let path = root().join("docs").join(Path::new(name));
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, png).unwrap();
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Asked to shut down, the driver ends its browser; killed, it would leave it behind.
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
            let request = "GET /shutdown HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
            drop(stream.write_all(request.as_bytes()));
            drop(stream.read_to_end(&mut Vec::new()));
        } else {
            drop(self.chromedriver.kill());
        }
        drop(self.chromedriver.wait());
    }
}
