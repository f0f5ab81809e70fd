//! What is decided on the intake page: several at once, back and forth, and what narrows the actions.

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::desk::{READY, STORY, held, suggested};
use super::house::House;

#[tokio::test(flavor = "multi_thread")]
async fn several_are_accepted_at_once_but_no_alert() {
    let house = House::open(false);
    let (_, interview) = house.interview("2026-0423", STORY, "2026-11-20");
    let browser = house.browser("marta", (1360, 900)).await;
    browser.intake(&format!("/interviews/{interview}")).await;
    let told = held(&house, &interview);
    let sure = |list: &str| {
        told["assessment"][list]
            .as_array()
            .unwrap()
            .iter()
            .filter(|f| {
                f["suggested"] == json!(true)
                    && f["alert"] != json!(true)
                    && f["probability"].as_f64().unwrap() >= 0.85
            })
            .count()
    };
    let expected = sure("needs") + sure("demands");
    assert!(expected > 1);
    browser.click("#bulk").await;
    browser.settled().await;
    let now = held(&house, &interview);
    assert_eq!(now["decisions"].as_array().unwrap().len(), expected);
    assert_eq!(now["undecided_alerts"], told["undecided_alerts"], "help: no alert is accepted in passing");
    browser.click("#notice button").await;
    browser.until("all undone", "return !document.querySelector('.card[data-decided]')").await;
    browser.settled().await;
    assert_eq!(held(&house, &interview)["decisions"], json!([]));
    // What takes back the last so many decisions goes when one more is among them.
    browser.click("#bulk").await;
    browser.until("all can be undone", "return Boolean(document.querySelector('#notice button'))").await;
    browser.click("#findings .card:not([data-decided]) [name=act][value=confirm]").await;
    browser.settled().await;
    browser.until("the offer is gone", "return !document.querySelector('#notice button')").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_that_comes_late_takes_no_decision_back() {
    let house = House::open(false);
    let (_, interview) = house.interview("2026-0428", STORY, "2026-11-20");
    let browser = house.browser("marta", (1360, 900)).await;
    browser.intake(&format!("/interviews/{interview}")).await;
    // The first reading is answered, but the answer stays on its way until it is let go.
    let hold = "const real = window.fetch; \
                window.fetch = async (path, options) => { \
                  const answer = await real(path, options); \
                  if (String(path).includes('/live') && !window.late) await new Promise((go) => { window.late = go; }); \
                  return answer; \
                }; \
                document.getElementById('intake').requestSubmit()";
    browser.script(hold, vec![]).await;
    browser.until("it is on its way", "return Boolean(window.late)").await;
    browser.tab_to("#findings .item").await;
    let code = browser.chosen().await;
    browser.keys("a").await;
    browser.until("one can be undone", "return document.getElementById('main').dataset.undo === '1'").await;
    browser.settled().await;
    let read = "return Number(document.getElementById('main').dataset.read ?? 0) > 0";
    assert_eq!(browser.script(read, vec![]).await, json!(false));
    browser.script("window.late()", vec![]).await;
    browser.until("it is read", read).await;
    assert_eq!(browser.decided().await[&code], "confirmed");
    let undo = browser.text("return document.getElementById('main').dataset.undo").await;
    assert_eq!(undo, "1", "help: the decision can be undone");
}

/// Codes that are decided on, with how, as the API tells.
fn standing(held: &Value) -> Vec<(Value, Value)> {
    let events = held["decisions"].as_array().unwrap().iter().map(|d| &d["event"]);
    events.map(|e| (e["code"].clone(), e["act"].clone())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_goes_back_to_the_beginning_and_redo_to_the_end() {
    let house = House::open(false);
    let (_, interview) = house.interview("2026-0426", STORY, "2026-11-20");
    let browser = house.browser("marta", (1360, 900)).await;
    browser.intake(&format!("/interviews/{interview}")).await;
    let codes = suggested(&held(&house, &interview));
    browser.tab_to("#findings .item").await;
    // Nothing is waited for in between: a hand on the keys is faster than the network.
    browser.keys("aar5a").await;
    browser.settled().await;
    let decided = standing(&held(&house, &interview));
    assert_eq!(decided.len(), 4);
    let enabled = |id: &str| format!("return !document.getElementById('{id}').disabled");
    browser.keys("zzzz").await;
    browser.until("no more to undo", &enabled("undo").replace('!', "")).await;
    browser.settled().await;
    assert_eq!(standing(&held(&house, &interview)), []);
    let told = browser.text("return document.getElementById('told').textContent").await;
    assert!(told.contains("Desfet"), "help: it is told what was undone: {told}");
    assert_eq!(browser.chosen().await, codes[0], "help: undoing leads to what was undone");
    browser.keys("zyyyy").await;
    browser.until("no more to redo", &enabled("redo").replace('!', "")).await;
    browser.settled().await;
    assert_eq!(standing(&held(&house, &interview)), decided);
    // With the buttons, and after the page is loaded anew: the focus stays on something that answers to keys.
    browser.intake(&format!("/interviews/{interview}")).await;
    for n in (0..4).rev() {
        browser.click("#undo").await;
        let left = format!("return document.getElementById('main').dataset.undo === '{n}'");
        browser.until("one is undone", &left).await;
        let focus = "return document.activeElement.matches('#undo:enabled, #redo:enabled')";
        browser.until("the focus is kept", focus).await;
    }
    browser.settled().await;
    assert_eq!(standing(&held(&house, &interview)), []);
    browser.click("#redo").await;
    browser.settled().await;
    assert_eq!(standing(&held(&house, &interview)).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_narrows_the_actions() {
    let house = House::open(false);
    let (_, interview) = house.interview("2026-0427", STORY, "2026-11-20");
    let browser = house.browser("marta", (1360, 900)).await;
    let ways = "return [...document.querySelectorAll('#ways > .way')].map((w) => w.dataset.code)";
    let aside = "return [...document.querySelectorAll('#aside .way')].map((w) => w.dataset.code)";
    for (language, no) in [("ca", "la resposta és no"), ("es", "la respuesta es no"), ("en", "is no")] {
        let path = format!("/interviews/{interview}?lang={language}");
        browser.intake(&path).await;
        let before = browser.script(ways, vec![]).await;
        // A fact that an action needs, answered without a mouse.
        let fact = browser.text("return document.querySelector('#ways [data-needed]').dataset.of").await;
        let needing = browser
            .script("return [...document.querySelectorAll('#ways .way')].filter((w) => w.querySelector('[data-needed][data-of=\"' + arguments[0] + '\"]')).map((w) => w.dataset.code)", vec![json!(fact)])
            .await;
        let radio = format!("#facts [name='fact.{fact}']");
        let aim = format!(
            "const all = document.getElementById('more-facts'); if (all) all.open = true; document.querySelector(\"{radio}:checked\").focus()"
        );
        browser.script(&aim, vec![]).await;
        browser.keys(Key::Left.value().to_string()).await;
        let set = "return document.querySelectorAll('#aside .way').length > 0";
        browser.until("some are set aside", set).await;
        assert_eq!(browser.script(aside, vec![]).await, needing);
        let why = browser.text("return document.querySelector('#aside .why-aside').textContent").await;
        assert!(why.contains(no), "help: {why}");
        let focused = browser.text("return document.activeElement.name").await;
        assert_eq!(focused, format!("fact.{fact}"), "help: the focus stays on the answer");
        browser.script("document.querySelector('#aside').open = true", vec![]).await;
        browser.check(&format!("actions set aside, {language}")).await;
        if language == "ca" {
            browser.script("document.getElementById('actions').scrollIntoView()", vec![]).await;
            browser.picture("pages/intake-actions.png").await;
        }
        // It outlives a decision, which brings the parts anew, and the page; what was shut stays shut.
        browser.script("document.getElementById('facts').open = false", vec![]).await;
        browser.script("document.querySelector('#findings .card:not([data-decided])').focus()", vec![]).await;
        browser.keys("a").await;
        browser.settled().await;
        assert_eq!(browser.script(aside, vec![]).await, needing);
        let shut = browser.script("return !document.getElementById('facts').open", vec![]).await;
        assert_eq!(shut, json!(true), "help: the list of facts opens by itself");
        browser.intake(&path).await;
        browser.until("it is there again", set).await;
        let stored = browser.text("return JSON.stringify(localStorage)").await;
        assert!(!stored.contains(&fact), "help: {fact} lies open on the device");
        // A yes, and not knowing, bring them back in their order.
        browser.script(&aim, vec![]).await;
        browser.keys(Key::Right.value().to_string()).await;
        browser.until("none is set aside", "return document.getElementById('aside').hidden").await;
        let after = browser.script(ways, vec![]).await;
        assert_eq!(after, before);
        assert!(browser.script(READY, vec![]).await == json!(true));
    }
}
