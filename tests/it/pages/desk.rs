//! The intake page in a browser, and what the API says of its interview meanwhile.

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::house::House;
use crate::chromium::Chromium;

pub(super) const READY: &str = "return document.getElementById('main')?.dataset.ready === 'true'";

/// Two alerts, needs, a demand, something denied and something past; in Catalan.
pub(super) const STORY: &str = "Fa tres mesos que no paga el lloguer i ha rebut una carta del jutjat amb la data del desnonament. \
    Viu sola amb els dos petits des del setembre. Diu que la llum i l'aigua les té al dia. \
    L'any passat l'ex li pegava i tenia ordre d'allunyament. Neteja cases i cobra en mà. \
    Està molt angoixada, no dorm i plora cada dia. Deu sis mil euros a dues targetes i a una financera, \
    i al cap de setmana van al banc d'aliments. Demana ajuda per pagar el lloguer.";

impl Chromium {
    pub(super) async fn intake(&self, path: &str) {
        self.go(path).await;
        self.until("the intake page is ready", READY).await;
    }

    /// Waits until nothing is left to be sent and the page shows what the server made of it.
    pub(super) async fn settled(&self) {
        let script = "return document.getElementById('saved').textContent.includes('✓') && \
                      !document.querySelector('.waiting') && document.getElementById('sending').hidden";
        self.until("everything is kept", script).await;
    }

    /// What holds of every card, as `code: decision`.
    pub(super) async fn decided(&self) -> Value {
        let script = "return Object.fromEntries([...document.querySelectorAll('#findings .card')] \
                      .map((c) => [c.dataset.code, c.dataset.decided || '']))";
        self.script(script, vec![]).await
    }

    /// Goes on by Tab until the focus is on something.
    pub(super) async fn tab_to(&self, selector: &str) {
        for _ in 0..150 {
            let there = self
                .script("return document.activeElement.matches(arguments[0])", vec![json!(selector)])
                .await;
            if there == json!(true) {
                return;
            }
            self.keys(Key::Tab.value().to_string()).await;
        }
        panic!("help: no way to {selector} by Tab");
    }

    pub(super) async fn focused(&self) -> String {
        self.text("return document.activeElement.dataset.code || document.activeElement.name || document.activeElement.id").await
    }

    /// The chosen card.
    pub(super) async fn chosen(&self) -> String {
        self.text("return document.querySelector('.item[aria-current]')?.dataset.code").await
    }

    /// Puts a text into the box as a paste does.
    pub(super) async fn paste(&self, text: &str) {
        let paste = "const box = document.getElementById('text'); box.focus(); box.select(); \
                     document.execCommand('insertText', false, arguments[0])";
        self.script(paste, vec![json!(text)]).await;
    }

    pub(super) async fn no_network(&self, gone: bool) {
        let conditions =
            json!({ "offline": gone, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.command("Network.enable", json!({})).await;
        self.command("Network.emulateNetworkConditions", conditions).await;
    }
}

/// An interview as the API tells.
pub(super) fn held(house: &House, interview: &str) -> Value {
    let marta = house.cookie("marta");
    house.get(&marta, &format!("/v1/interviews/{interview}")).json()
}

/// Waits until something holds of an interview.
pub(super) async fn until_held(house: &House, interview: &str, holds: impl Fn(&Value) -> bool) -> Value {
    let end = std::time::Instant::now() + crate::chromium::PATIENCE;
    loop {
        let now = held(house, interview);
        if holds(&now) {
            return now;
        }
        assert!(std::time::Instant::now() < end, "help: waited in vain; {}", now["decisions"]);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

/// What was decided on a code, and how.
pub(super) fn decision<'a>(held: &'a Value, code: &str) -> Option<&'a Value> {
    held["decisions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| &d["event"])
        .find(|e| e["code"] == code || e["finding"]["code"] == code)
}

/// Codes that the model suggests in a text, alerts first.
pub(super) fn suggested(held: &Value) -> Vec<String> {
    let needs = held["assessment"]["needs"].as_array().unwrap().iter();
    let (alerts, needs): (Vec<_>, Vec<_>) =
        needs.filter(|n| n["suggested"] == json!(true)).partition(|n| n["alert"] == json!(true));
    let demands =
        held["assessment"]["demands"].as_array().unwrap().iter().filter(|d| d["suggested"] == json!(true));
    alerts.into_iter().chain(needs).chain(demands).map(|f| f["code"].as_str().unwrap().to_owned()).collect()
}
