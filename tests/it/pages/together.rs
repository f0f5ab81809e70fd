//! An intake that something interrupts: the network, the service, a colleague, a centre that scores first.

use serde_json::json;
use thirtyfour::prelude::*;

use super::desk::{STORY, decision, held, suggested, until_held};
use super::house::House;

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_network_and_a_killed_service_lose_nothing() {
    let mut house = House::open(false);
    let (_, interview) = house.interview("2026-0419", STORY, "2026-11-20");
    let browser = house.browser("marta", (1360, 900)).await;
    browser.intake(&format!("/interviews/{interview}")).await;
    let codes = suggested(&held(&house, &interview));

    // The network goes: the worker goes on, and the page says what is not sent.
    browser.no_network(true).await;
    browser.tab_to("#findings .item").await;
    browser.keys("a").await;
    browser.keys("a").await;
    browser.until("it says so", "return document.getElementById('sending').textContent.includes('2')").await;
    browser.check("without a network").await;
    browser.picture("pages/intake-offline.png").await;
    assert_eq!(browser.decided().await[&codes[0]], "confirmed");
    browser.no_network(false).await;
    browser.settled().await;
    let now = held(&house, &interview);
    assert_eq!(now["decisions"].as_array().unwrap().len(), 2, "help: each once");

    // The service is killed in the middle of typing and deciding, and then the page is left.
    house.kill();
    let more = " Ha perdut la feina aquest matí i no té ningú a qui demanar ajuda.";
    browser.keys("a").await;
    let type_at_end = "const t = document.getElementById('text'); t.focus(); t.setSelectionRange(t.value.length, t.value.length); \
                       document.execCommand('insertText', false, arguments[0])";
    browser.script(type_at_end, vec![json!(more)]).await;
    browser.until("it says so", "return !document.getElementById('sending').hidden").await;
    browser.until("a sealed copy", "return Object.keys(localStorage).length === 1").await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let stored = browser.text("return JSON.stringify(localStorage)").await;
    for open in ["feina", "lloguer", codes[2].as_str(), "confirm"] {
        assert!(!stored.contains(open), "help: “{open}” lies open on the device");
    }
    browser.driver.goto("about:blank").await.unwrap();
    house.revive();
    browser.intake(&format!("/interviews/{interview}")).await;
    browser
        .until(
            "the text is back",
            "return document.getElementById('text').value.includes('Ha perdut la feina')",
        )
        .await;
    browser
        .until("it is told", "return document.getElementById('notice').textContent.includes('recuperat')")
        .await;
    let whole = format!("{STORY}{more}");
    let now = until_held(&house, &interview, |now| {
        now["text"] == whole && now["decisions"].as_array().unwrap().len() == 3
    })
    .await;
    assert_eq!(decision(&now, &codes[2]).unwrap()["act"], "confirm");
    browser.until("nothing stays on the device", "return Object.keys(localStorage).length === 0").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_on_one_case_see_each_other() {
    let house = House::open(false);
    let (_, interview) = house.interview("2026-0420", STORY, "2026-11-20");
    let path = format!("/interviews/{interview}");
    let (marta, jordi) =
        (house.browser("marta", (1360, 900)).await, house.browser("jordi", (1360, 900)).await);
    marta.intake(&path).await;
    jordi.intake(&path).await;
    let codes = suggested(&held(&house, &interview));
    marta.tab_to("#findings .item").await;
    marta.keys("a").await;
    marta.settled().await;

    // Another suggestion: both decisions hold, though Jordi's page was of an older version.
    jordi.tab_to("#findings .item").await;
    jordi.keys(Key::Down.value().to_string()).await;
    jordi.keys("a").await;
    jordi.settled().await;
    let now = held(&house, &interview);
    assert_eq!(now["decisions"].as_array().unwrap().len(), 2);
    jordi
        .until(
            "Jordi sees who decided",
            "return document.getElementById('findings').textContent.includes('Marta Vila')",
        )
        .await;

    // The same suggestion: the second is told, and chooses.
    jordi.driver.goto("about:blank").await.unwrap();
    jordi.intake(&path).await;
    let third = format!("#findings .card[data-code='{}']", codes[2]);
    for (browser, key) in [(&marta, "a"), (&jordi, "r")] {
        browser.script("document.querySelector(arguments[0]).focus()", vec![json!(third)]).await;
        browser.keys(key).await;
        if key == "a" {
            browser.settled().await;
        }
    }
    jordi.keys("6").await;
    jordi.until("he is told", "return document.querySelectorAll('#notice button').length === 2").await;
    let notice = jordi.text("return document.getElementById('notice').textContent").await;
    assert!(notice.contains("Marta Vila"), "help: he is told who decided, not what he wants: {notice}");
    jordi.check("a conflict").await;
    jordi.picture("pages/intake-conflict.png").await;
    assert_eq!(
        decision(&held(&house, &interview), &codes[2]).unwrap()["act"],
        "confirm",
        "help: nothing is overwritten unasked"
    );
    jordi.click("#notice button:nth-of-type(2)").await;
    jordi.settled().await;
    assert_eq!(decision(&held(&house, &interview), &codes[2]).unwrap()["act"], "refute");
    marta
        .until(
            "Marta sees it",
            "return document.getElementById('findings').textContent.includes('Jordi Camps')",
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blind_centre_scores_first() {
    let house = House::open(true);
    let (_, interview) = house.interview("2026-0421", STORY, "2026-11-20");
    let browser = house.browser("marta", (1360, 900)).await;
    browser.intake(&format!("/interviews/{interview}")).await;
    assert_eq!(browser.decided().await, json!({}), "help: nothing of the model is on the page");
    let bars = browser.script("return [...document.querySelectorAll('.cell rect')].filter((r) => r.getAttribute('height') !== '0').length", vec![]).await;
    assert_eq!(bars, json!(0));
    browser.check("an interview to be scored first").await;
    browser.picture("pages/intake-blind.png").await;
    browser.tab_to("input[name='level.income']").await;
    browser.keys("2345010234512").await;
    browser.until("the suggestions", "return document.querySelectorAll('#findings .card').length > 3").await;
    assert_eq!(held(&house, &interview)["decisions"].as_array().unwrap().len(), 13);
}
