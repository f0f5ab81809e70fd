//! The intake page, as workers use it.

use relat_engine::Language;
use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::house::House;
use super::shell::LOOKS;
use crate::browser::telling;
use crate::chromium::Chromium;

const READY: &str = "return document.getElementById('main')?.dataset.ready === 'true'";

/// Two alerts, needs, a demand, something denied and something past; in Catalan.
const STORY: &str = "Fa tres mesos que no paga el lloguer i ha rebut una carta del jutjat amb la data del desnonament. \
    Viu sola amb els dos petits des del setembre. Diu que la llum i l'aigua les té al dia. \
    L'any passat l'ex li pegava i tenia ordre d'allunyament. Neteja cases i cobra en mà. \
    Està molt angoixada, no dorm i plora cada dia. Demana ajuda per pagar el lloguer.";

impl Chromium {
    async fn intake(&self, path: &str) {
        self.go(path).await;
        self.until("the intake page is ready", READY).await;
    }

    /// Waits until nothing is left to be sent and the page shows what the server made of it.
    async fn settled(&self) {
        let script = "return document.getElementById('saved').textContent.includes('✓') && \
                      !document.querySelector('.waiting') && document.getElementById('sending').hidden";
        self.until("everything is kept", script).await;
    }

    /// What holds of every card, as `code: decision`.
    async fn decided(&self) -> Value {
        let script = "return Object.fromEntries([...document.querySelectorAll('#findings .card')] \
                      .map((c) => [c.dataset.code, c.dataset.decided || '']))";
        self.script(script, vec![]).await
    }

    /// Goes on by Tab until the focus is on something.
    async fn tab_to(&self, selector: &str) {
        for _ in 0..150 {
            let there = self.script("return document.activeElement.matches(arguments[0])", vec![json!(selector)]).await;
            if there == json!(true) {
                return;
            }
            self.keys(Key::Tab.value().to_string()).await;
        }
        panic!("help: no way to {selector} by Tab");
    }

    async fn focused(&self) -> String {
        self.text("return document.activeElement.dataset.code || document.activeElement.name || document.activeElement.id").await
    }

    /// The chosen card.
    async fn chosen(&self) -> String {
        self.text("return document.querySelector('.item[aria-current]')?.dataset.code").await
    }

    /// Puts a text into the box as a paste does.
    async fn paste(&self, text: &str) {
        let paste = "const box = document.getElementById('text'); box.focus(); box.select(); \
                     document.execCommand('insertText', false, arguments[0])";
        self.script(paste, vec![json!(text)]).await;
    }

    async fn no_network(&self, gone: bool) {
        let conditions = json!({ "offline": gone, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.command("Network.enable", json!({})).await;
        self.command("Network.emulateNetworkConditions", conditions).await;
    }
}

/// An interview as the API tells.
fn held(house: &House, interview: &str) -> Value {
    let marta = house.cookie("marta");
    house.get(&marta, &format!("/v1/interviews/{interview}")).json()
}

/// What was decided on a code, and how.
fn decision<'a>(held: &'a Value, code: &str) -> Option<&'a Value> {
    held["decisions"].as_array().unwrap().iter().map(|d| &d["event"]).find(|e| e["code"] == code || e["finding"]["code"] == code)
}

/// Codes that the model suggests in a text, alerts first.
fn suggested(held: &Value) -> Vec<String> {
    let needs = held["assessment"]["needs"].as_array().unwrap().iter();
    let (alerts, needs): (Vec<_>, Vec<_>) =
        needs.filter(|n| n["suggested"] == json!(true)).partition(|n| n["alert"] == json!(true));
    let demands = held["assessment"]["demands"].as_array().unwrap().iter().filter(|d| d["suggested"] == json!(true));
    alerts.into_iter().chain(needs).chain(demands).map(|f| f["code"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_intake_without_a_mouse() {
    let house = House::open(false);
    let browser = house.browser("marta", (1360, 900)).await;
    let enter = Key::Enter.value().to_string();
    browser.tab_to("a[href='/cases/new']").await;
    browser.keys(&enter).await;
    browser.until("the form", "return location.pathname === '/cases/new'").await;
    browser.keys(format!("2026-0417{enter}")).await;
    browser.until("the new interview", READY).await;
    assert_eq!(browser.focused().await, "text", "help: one can type at once");
    browser.check("an empty interview").await;
    browser.picture("pages/intake-empty.png").await;

    // Suggestions come beside the text as sentences end, and take neither the focus nor the caret.
    let (first, rest) = STORY.split_once(". ").unwrap();
    browser.keys(format!("{first}. ")).await;
    browser.until("suggestions of the first sentence", "return document.querySelectorAll('#findings .card').length > 0").await;
    assert_eq!(browser.focused().await, "text");
    browser.keys(rest).await;
    let caret = "const t = document.getElementById('text'); return t.selectionStart === t.value.length";
    assert_eq!(browser.script(caret, vec![]).await, json!(true));
    let modifier = Key::Control.value();
    browser.driver.action_chain().key_down(modifier).send_keys(&enter).key_up(modifier).perform().await.unwrap();
    browser.settled().await;
    let interview = browser.text("return location.pathname.split('/').pop()").await;
    let told = held(&house, &interview);
    assert_eq!(told["text"], STORY, "help: what was typed is kept");
    let codes = suggested(&told);
    assert!(codes.len() >= 5, "help: the story has enough to decide on: {codes:?}");

    // From the text to the suggestions; accept, refuse with a reason, skip, edit.
    browser.keys(Key::Escape.value().to_string()).await;
    assert_eq!(browser.chosen().await, codes[0]);
    browser.picture("pages/intake.png").await;
    browser.keys("a").await;
    assert_eq!(browser.chosen().await, codes[1], "help: a decision leads to the next");
    browser.keys("r").await;
    assert_eq!(browser.text("return document.activeElement.value").await, "refute:denied");
    browser.check("a refusal").await;
    browser.picture("pages/intake-refuse.png").await;
    browser.keys("2").await;
    browser.keys(" ").await;
    assert_eq!(browser.chosen().await, codes[3]);
    browser.settled().await;
    browser.keys("e").await;
    browser.until("the box to edit", "return document.getElementById('editor-dialog').open").await;
    browser.check("the box to edit").await;
    browser.tab_to("#status").await;
    browser.keys(Key::Down.value().to_string()).await;
    browser.tab_to("#editor button.main").await;
    browser.keys(&enter).await;
    browser.settled().await;
    assert_eq!(browser.chosen().await, codes[4]);
    let now = held(&house, &interview);
    assert_eq!(decision(&now, &codes[0]).unwrap()["act"], "confirm");
    assert_eq!(decision(&now, &codes[1]).unwrap()["reason"], "past");
    assert!(decision(&now, &codes[2]).is_none(), "help: what is skipped is not decided");
    assert_eq!(decision(&now, &codes[3]).unwrap()["to"]["status"], "absent");

    // Undo, redo.
    browser.keys("z").await;
    browser.until("undone", &format!("return !document.querySelector('.card[data-code={}]').dataset.decided", codes[3])).await;
    browser.settled().await;
    assert!(decision(&held(&house, &interview), &codes[3]).is_none());
    browser.keys("y").await;
    browser.until("redone", &format!("return document.querySelector('.card[data-code={}]').dataset.decided === 'edited'", codes[3])).await;
    browser.settled().await;

    // Something that the model did not say, found by a word of another language, with its sentence.
    browser.keys("t").await;
    assert_eq!(browser.focused().await, "text");
    let select = "const t = document.getElementById('text'); const at = t.value.indexOf('Viu sola'); t.setSelectionRange(at, at + 30)";
    browser.script(select, vec![]).await;
    let alt = Key::Alt.value();
    browser.driver.action_chain().key_down(alt).send_keys(&enter).key_up(alt).perform().await.unwrap();
    browser.until("the box to add", "return document.getElementById('editor-dialog').open").await;
    browser.keys("scooter").await;
    browser.keys(Key::Backspace.value().to_string().repeat(7)).await;
    browser.keys("tragaperr").await;
    browser.until("a hit", "return !document.getElementById('hits').hidden").await;
    browser.check("the search for a code").await;
    browser.picture("pages/intake-add.png").await;
    browser.keys(&enter).await;
    browser.tab_to("#editor button.main").await;
    browser.keys(&enter).await;
    browser.until("added", "return !!document.querySelector('.card.added[data-code=gambling]')").await;
    browser.settled().await;
    let now = held(&house, &interview);
    let stretch = &decision(&now, "gambling").unwrap()["finding"]["evidence"][0];
    let at = |name: &str| usize::try_from(stretch[name].as_u64().unwrap()).unwrap();
    assert_eq!(STORY.get(at("start")..at("end")).unwrap(), "Viu sola amb els dos petits de");

    // The matrix by digits: a level, and one that cannot be assessed.
    browser.tab_to("#findings .item").await;
    browser.keys("m").await;
    assert_eq!(browser.focused().await, "level.income");
    browser.until("the rubric's words", "return !document.getElementById('rubric').hidden").await;
    browser.keys("2").await;
    assert_eq!(browser.focused().await, "level.work", "help: a digit leads to the next row");
    browser.keys("0").await;
    browser.until("both marks", "return document.querySelectorAll('.domain.scored').length === 2").await;
    browser.settled().await;
    browser.picture("pages/intake-matrix.png").await;
    let now = held(&house, &interview);
    let level = |code: &str| decision(&now, code).map(|e| (e["act"].clone(), e["to"]["level"].clone()));
    let model = now["assessment"]["levels"].as_array().unwrap().iter().find(|l| l["domain"] == "income").unwrap();
    let expected = if model["level"] == 2 { (json!("confirm"), Value::Null) } else { (json!("edit"), json!(2)) };
    assert_eq!(level("income"), Some(expected));

    // It closes when every alert has a decision, and says which has not.
    let alerts: Vec<String> = serde_json::from_value(now["undecided_alerts"].clone()).unwrap();
    browser.tab_to("#close").await;
    browser.keys(&enter).await;
    for alert in &alerts {
        browser.until("it says so", "return !!document.querySelector('#notice .problem')").await;
        assert_eq!(&browser.chosen().await, alert, "help: closing leads to the alert without a decision");
        browser.keys("a").await;
    }
    if !alerts.is_empty() {
        browser.settled().await;
        browser.tab_to("#close").await;
        browser.keys(&enter).await;
    }
    browser.until("closed", "return document.getElementById('main')?.dataset.closed === 'true'").await;
    browser.check("a closed interview").await;
    browser.picture("pages/intake-closed.png").await;
    assert!(held(&house, &interview)["closed_at"].is_string());
}
