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
    Està molt angoixada, no dorm i plora cada dia. Deu sis mil euros a dues targetes i a una financera, \
    i al cap de setmana van al banc d'aliments. Demana ajuda per pagar el lloguer.";

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
        let conditions =
            json!({ "offline": gone, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.command("Network.enable", json!({})).await;
        self.command("Network.emulateNetworkConditions", conditions).await;
    }
}

/// An interview as the API tells.
fn held(house: &House, interview: &str) -> Value {
    let marta = house.cookie("marta");
    house.get(&marta, &format!("/v1/interviews/{interview}")).json()
}

/// Waits until something holds of an interview.
async fn until_held(house: &House, interview: &str, holds: impl Fn(&Value) -> bool) -> Value {
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
fn decision<'a>(held: &'a Value, code: &str) -> Option<&'a Value> {
    held["decisions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| &d["event"])
        .find(|e| e["code"] == code || e["finding"]["code"] == code)
}

/// Codes that the model suggests in a text, alerts first.
fn suggested(held: &Value) -> Vec<String> {
    let needs = held["assessment"]["needs"].as_array().unwrap().iter();
    let (alerts, needs): (Vec<_>, Vec<_>) =
        needs.filter(|n| n["suggested"] == json!(true)).partition(|n| n["alert"] == json!(true));
    let demands =
        held["assessment"]["demands"].as_array().unwrap().iter().filter(|d| d["suggested"] == json!(true));
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
    browser.script("scrollTo(0, 0)", vec![]).await;
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
    browser.until("closed", "return document.getElementById('main')?.dataset.closed === 'true'").await;
}

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

#[tokio::test(flavor = "multi_thread")]
async fn an_interview_in_three_languages_light_dark_and_narrow() {
    let house = House::open(false);
    let record = telling(Language::Es);
    let (case, _) = house.interview(
        "2026-0422",
        "Treballa a mitja jornada. Viu amb la germana i no té deutes.",
        "2026-09-14",
    );
    let interview = house.further_interview(&case, &record.text, "2026-11-20");
    let browser = house.browser("marta", (1280, 860)).await;
    for (width, height, scheme) in LOOKS {
        browser.resize(width, height, scheme).await;
        for language in ["ca", "es", "en"] {
            let path = format!("/interviews/{interview}?lang={language}");
            browser.intake(&path).await;
            assert_eq!(browser.text("return document.getElementById('text').value").await, record.text);
            browser
                .script("document.querySelectorAll('details[id]').forEach((d) => { d.open = true })", vec![])
                .await;
            browser.check(&format!("an interview, {language}, {scheme}, {width}")).await;
            if scheme == "dark" && language == "es" {
                browser.intake(&path).await;
                browser.picture("pages/intake-dark.png").await;
            }
        }
    }
    // The last levels, as dots and as a line, and the keys.
    browser.resize(1280, 860, "light").await;
    browser.intake(&format!("/interviews/{interview}?lang=en")).await;
    let earlier = browser.script("return document.querySelectorAll('.before polyline').length", vec![]).await;
    assert_eq!(earlier, json!(13));
    // A decision brings parts of the page anew: they stay in the language that was asked for.
    let heading = "return document.getElementById('findings-heading').textContent";
    assert_eq!(browser.text(heading).await, "Suggestions");
    browser.keys("a").await;
    browser.settled().await;
    assert_eq!(browser.text(heading).await, "Suggestions");
    browser.keys("?").await;
    browser.until("the keys", "return document.getElementById('keys').open").await;
    browser.check("the keys").await;
    browser.picture("pages/intake-keys.png").await;
    browser.keys(Key::Escape.value().to_string()).await;
    // At 200 %, nothing scrolls sideways.
    browser.resize(640, 430, "light").await;
    browser.intake(&format!("/interviews/{interview}?lang=en")).await;
    browser.check("an interview at 200 %").await;
}

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
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_forms_do_without_scripts() {
    let house = House::open(false);
    let (case, interview) = house.interview("2026-0424", STORY, "2026-11-20");
    let browser = house.browser("marta", (1280, 860)).await;
    let codes = suggested(&held(&house, &interview));
    browser.command("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    browser.go(&format!("/interviews/{interview}")).await;
    browser.click(&format!("#findings .card[data-code='{}'] [value=confirm]", codes[0])).await;
    browser.click(&format!("#findings .card[data-code='{}'] .refuse summary", codes[1])).await;
    browser.click(&format!("#findings .card[data-code='{}'] [value='refute:denied']", codes[1])).await;
    browser.click("input[name='level.housing'][value='1']").await;
    browser.click("#matrix button").await;
    let now = until_held(&house, &interview, |now| decision(now, "housing").is_some()).await;
    assert_eq!(decision(&now, &codes[0]).unwrap()["act"], "confirm");
    assert_eq!(decision(&now, &codes[1]).unwrap()["reason"], "denied");
    browser.go(&format!("/cases/{case}/interviews/new")).await;
    browser.driver.find(By::Css("#text")).await.unwrap().send_keys(STORY).await.unwrap();
    browser.click("#intake button.main").await;
    assert!(browser.driver.current_url().await.unwrap().path().starts_with("/interviews/"));
    assert!(!browser.driver.find_all(By::Css("#findings .card")).await.unwrap().is_empty());
}

/// A PDF of one page with one line of text.
fn pdf(line: &str) -> Vec<u8> {
    let content = format!("BT /F1 12 Tf 72 720 Td ({line}) Tj ET");
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
            .to_owned(),
        format!("<</Length {}>>stream\n{content}\nendstream", content.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
    ];
    let mut out = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (i, object) in objects.iter().enumerate() {
        places.push(out.len());
        out += &format!("{} 0 obj{object}endobj\n", i + 1);
    }
    let start = out.len();
    out += "xref\n0 6\n0000000000 65535 f \n";
    for place in places {
        out += &format!("{place:010} 00000 n \n");
    }
    out += &format!("trailer<</Size 6/Root 1 0 R>>\nstartxref\n{start}\n%%EOF");
    out.into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_opened_and_what_is_none_is_told() {
    let house = House::open(false);
    let (case, _) = house.interview("2026-0425", STORY, "2026-11-20");
    let browser = house.browser("marta", (1280, 860)).await;
    browser.intake(&format!("/cases/{case}/interviews/new")).await;
    let give = async |name: &str, bytes: &[u8]| {
        let path = house.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let input = browser.driver.find(By::Css("#file")).await.unwrap();
        input.send_keys(path.to_str().unwrap()).await.unwrap();
    };
    give("notes.pdf", &pdf("No paga el lloguer des de fa tres mesos. Viu sola.")).await;
    let text = "return document.getElementById('text').value === 'No paga el lloguer des de fa tres mesos. Viu sola.'";
    browser.until("the text of the document", text).await;
    browser
        .until("what is read in it", "return document.querySelectorAll('#findings .item').length > 0")
        .await;
    for (name, bytes) in
        [("scan.pdf", pdf("")), ("broken.pdf", b"%PDF-1.4 cut".to_vec()), ("letter.txt", b"hello".to_vec())]
    {
        browser.script("document.getElementById('notice').replaceChildren()", vec![]).await;
        give(name, &bytes).await;
        browser.until("it is told", "return !!document.querySelector('#notice .problem')").await;
    }
    browser.until("the text stays", text).await;
}

/// Ten interviews of the corpus, in pictures, where a folder for them is named: for people to walk through.
#[tokio::test(flavor = "multi_thread")]
async fn walks() {
    let Some(folder) = std::env::var_os("RELAT_WALKS") else { return };
    let house = House::open(false);
    let browser = house.browser("marta", (1360, 900)).await;
    for (i, record) in crate::support::narratives(131).iter().enumerate() {
        let (_, interview) = house.interview(&format!("W-{i}"), &record.text, "2026-11-20");
        let lang = ["ca", "es", "en"][i % 3];
        browser.resize(1360, 900, "light").await;
        browser.intake(&format!("/interviews/{interview}?lang={lang}")).await;
        browser.keys("a").await;
        browser.settled().await;
        browser.keys("r").await;
        browser.keys("5").await;
        browser.settled().await;
        browser.resize(1360, 2300, "light").await;
        let png = browser.driver.screenshot_as_png().await.unwrap();
        std::fs::write(std::path::Path::new(&folder).join(format!("walk-{i}-{lang}.png")), png).unwrap();
    }
}
