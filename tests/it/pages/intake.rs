//! A whole intake: without a mouse, and by touch on a phone.

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::desk::{READY, STORY, decision, held, suggested};
use super::house::House;

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
    browser
        .until(
            "suggestions of the first sentence",
            "return document.querySelectorAll('#findings .card').length > 0",
        )
        .await;
    assert_eq!(browser.focused().await, "text");
    browser.keys(rest).await;
    let caret = "const t = document.getElementById('text'); return t.selectionStart === t.value.length";
    assert_eq!(browser.script(caret, vec![]).await, json!(true));
    let modifier = Key::Control.value();
    browser
        .driver
        .action_chain()
        .key_down(modifier)
        .send_keys(&enter)
        .key_up(modifier)
        .perform()
        .await
        .unwrap();
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
    browser
        .until(
            "undone",
            &format!("return !document.querySelector('.card[data-code={}]').dataset.decided", codes[3]),
        )
        .await;
    browser.settled().await;
    assert!(decision(&held(&house, &interview), &codes[3]).is_none());
    browser.keys("y").await;
    browser
        .until(
            "redone",
            &format!(
                "return document.querySelector('.card[data-code={}]').dataset.decided === 'edited'",
                codes[3]
            ),
        )
        .await;
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
    let model =
        now["assessment"]["levels"].as_array().unwrap().iter().find(|l| l["domain"] == "income").unwrap();
    let expected =
        if model["level"] == 2 { (json!("confirm"), Value::Null) } else { (json!("edit"), json!(2)) };
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
    // What was skipped is told of, and does not keep it from being closed.
    browser.until("what is left is told", "return !!document.querySelector('#notice .closing')").await;
    browser.check("closing with suggestions left").await;
    assert_eq!(browser.text("return document.activeElement.id").await, "close");
    browser.keys(&enter).await;
    browser.until("closed", "return document.getElementById('main')?.dataset.closed === 'true'").await;
    browser.check("a closed interview").await;
    browser.picture("pages/intake-closed.png").await;
    assert!(held(&house, &interview)["closed_at"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_intake_by_touch_on_a_phone() {
    let house = House::open(false);
    let browser = house.browser("marta", (360, 740)).await;
    browser.command("Emulation.setTouchEmulationEnabled", json!({ "enabled": true })).await;
    browser.tap("a[href='/cases/new']").await;
    browser
        .until("the form", "return location.pathname === '/cases/new' && document.readyState === 'complete'")
        .await;
    browser.tap("[name=pseudonym]").await;
    browser.keys("2026-0418").await;
    browser.tap("button.main").await;
    browser.until("the new interview", READY).await;
    browser.tap("#text").await;
    browser.paste(STORY).await;
    browser.until("suggestions", "return document.querySelectorAll('#findings .card').length > 3").await;
    browser.settled().await;
    browser.check("suggestions on a phone").await;
    let interview = browser.text("return location.pathname.split('/').pop()").await;
    let codes = suggested(&held(&house, &interview));
    let card = |i: usize| format!("#findings .card[data-code='{}']", codes[i]);
    let chosen =
        |i: usize| format!("return document.querySelector(\"{}\").hasAttribute('aria-current')", card(i));
    browser.tap(&card(0)).await;
    browser.until("a touch chooses", &chosen(0)).await;
    browser.tap(&format!("{} [value=confirm]", card(0))).await;
    browser.until("the next is chosen", &chosen(1)).await;
    browser.tap(&format!("{} .refuse summary", card(1))).await;
    browser.check("reasons on a phone").await;
    browser.picture("pages/intake-phone-refuse.png").await;
    browser.tap(&format!("{} [value='refute:wrong']", card(1))).await;
    browser.until("the third is chosen", &chosen(2)).await;
    browser.tap(&format!("{} .later", card(2))).await;
    browser.until("the fourth is chosen", &chosen(3)).await;
    browser.settled().await;
    browser.tap("input[name='level.income'][value='2']").await;
    browser.until("a mark", "return document.querySelectorAll('.domain.scored').length === 1").await;
    browser.settled().await;
    let now = held(&house, &interview);
    assert_eq!(decision(&now, &codes[0]).unwrap()["act"], "confirm");
    assert_eq!(decision(&now, &codes[1]).unwrap()["reason"], "wrong");
    assert!(decision(&now, "income").is_some());
    let small = "return [...document.querySelectorAll('main button, main summary, main label:has(input)')] \
                 .filter((e) => e.checkVisibility() && !e.closest('.check') && e.getBoundingClientRect().height < 36).map((e) => e.outerHTML.slice(0, 80))";
    assert_eq!(browser.script(small, vec![]).await, json!([]), "help: too small for a finger");
    browser.script("document.activeElement.blur(); scrollTo(0, 0)", vec![]).await;
    browser.whole_picture("pages/intake-phone.png").await;
    let alerts: Vec<String> = serde_json::from_value(now["undecided_alerts"].clone()).unwrap();
    for alert in &alerts {
        browser.tap("#close").await;
        let led = format!("return document.querySelector('.item[aria-current]').dataset.code === '{alert}'");
        browser.until("closing leads to the alert", &led).await;
        browser.tap(&format!("#findings .card[data-code='{alert}'] [value=confirm]")).await;
        browser.settled().await;
    }
    browser.tap("#close").await;
    browser.until("what is left is told", "return !!document.querySelector('#notice .closing')").await;
    browser.tap("#close").await;
    browser.until("closed", "return document.getElementById('main')?.dataset.closed === 'true'").await;
}
