//! The intake page, as workers use it.

use std::time::Duration;

use relat_engine::Language;
use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::house::House;
use crate::browser::telling;
use crate::chromium::Chromium;

const READY: &str = "return document.getElementById('main')?.dataset.ready === 'true'";
const SENT: &str = "return document.getElementById('saved').textContent.includes('✓') && \
                    !document.body.classList.contains('offline')";

impl Chromium {
    async fn intake(&self, path: &str) {
        self.go(path).await;
        self.until("the intake page is ready", READY).await;
    }

    /// The number of things that the server has kept since this page was opened.
    async fn sent(&self) -> u64 {
        self.text("return document.getElementById('main').dataset.sent || '0'").await.parse().unwrap()
    }

    async fn until_sent(&self, n: u64) {
        let script = format!("return Number(document.getElementById('main').dataset.sent || 0) >= {n}");
        self.until(&format!("{n} things are kept"), &script).await;
    }

    /// What holds of every card, as `code: decision`.
    async fn decided(&self) -> Value {
        let script = "return Object.fromEntries([...document.querySelectorAll('#findings .card')] \
                      .map((c) => [c.dataset.code, c.dataset.decided || '']))";
        self.script(script, vec![]).await
    }
}

/// What holds of an interview, as the API tells.
fn held(house: &House, interview: &str) -> Value {
    let marta = house.cookie("marta");
    house.get(&marta, &format!("/v1/interviews/{interview}")).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_an_interview() {
    let house = House::open(false);
    let record = telling(Language::Ca);
    let (case, _) = house.interview("2026-0417", "Treballa a mitja jornada i arriba just. Viu amb la germana.", "2026-09-14");
    let interview = house.further_interview(&case, &record.text, "2026-11-20");
    let browser = house.browser("marta", (1360, 900)).await;
    browser.intake(&format!("/interviews/{interview}")).await;
    browser.check("an interview").await;
    browser.picture("pages/intake.png").await;
    browser.resize(360, 740, "light").await;
    browser.intake(&format!("/interviews/{interview}")).await;
    browser.check("an interview on a phone").await;
    browser.whole_picture("pages/intake-phone.png").await;
}
