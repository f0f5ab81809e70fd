//! The pages of a case over time, of figures and of the administration, in a real browser.

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::house::House;
use super::shell::LOOKS;
use crate::chromium::Chromium;
use crate::support::narratives;

/// Decides on an interview of the first version.
fn decide(house: &House, session: &str, interview: &str, acts: Vec<Value>) {
    let body = json!({ "expected_version": 1, "acts": acts });
    house.post(session, &format!("/v1/interviews/{interview}/decisions"), &body);
}

fn need(code: &str) -> Value {
    json!({ "act": "add", "kind": "need", "finding": { "code": code } })
}

fn level(domain: &str, level: Option<u8>) -> Value {
    json!({ "act": "edit", "kind": "level", "code": domain, "to": { "code": domain, "level": level } })
}

/// Says of a need that was there that it is over, or so.
fn over(code: &str, status: &str) -> Value {
    json!({ "act": "add", "kind": "need", "finding": { "code": code, "status": status } })
}

/// A case of four interviews.
fn case_over_time(house: &House) -> String {
    let marta = house.cookie("marta");
    let text = "Avui ha vingut a la cita i hem parlat una estona.";
    let (case, first) = house.interview("2026-0417", text, "2026-02-09");
    let later =
        ["2026-05-11", "2026-08-24", "2026-11-20"].map(|day| house.further_interview(&case, text, day));
    let acts = vec![
        need("housing_arrears"),
        need("debt"),
        need("psychological_distress"),
        need("eviction_risk"),
        level("income", Some(1)),
        level("housing", Some(2)),
        level("mental_health", Some(2)),
        level("social_network", Some(3)),
        level("work", Some(2)),
        level("justice", None),
    ];
    decide(house, &marta, &first, acts);
    let [second, third, fourth] = &later;
    let acts = vec![
        need("debt"),
        need("psychological_distress"),
        over("eviction_risk", "past"),
        level("income", Some(2)),
        level("housing", Some(2)),
        level("mental_health", None),
        level("social_network", Some(3)),
        level("work", Some(2)),
    ];
    decide(house, &marta, second, acts);
    let acts = vec![
        need("debt"),
        over("housing_arrears", "past"),
        need("unemployment"),
        json!({ "act": "undo" }),
        need("social_isolation"),
        level("income", Some(3)),
        level("housing", Some(3)),
        level("mental_health", Some(3)),
        level("social_network", Some(2)),
        level("work", Some(3)),
        level("justice", Some(5)),
    ];
    decide(house, &marta, third, acts);
    let acts = vec![
        need("debt"),
        need("social_isolation"),
        level("income", Some(3)),
        level("housing", Some(4)),
        level("mental_health", Some(4)),
        level("work", Some(4)),
        level("justice", Some(5)),
        json!({ "act": "add", "kind": "demand", "finding": { "code": "ask_financial_aid" } }),
    ];
    decide(house, &marta, fourth, acts);
    case
}

/// Interviews of the corpus over a year, decided as somebody might.
fn a_year(house: &House) {
    let marta = house.cookie("marta");
    let jordi = house.cookie("jordi");
    // Small cells are kept back: pictures are of a centre that has enough to show.
    let every = if std::env::var_os("RELAT_PICTURES").is_some() { 9 } else { 20 };
    for (i, record) in narratives(every).iter().enumerate() {
        let session = if i % 3 == 0 { &jordi } else { &marta };
        let case = house.post(session, "/v1/cases", &json!({ "pseudonym": format!("2026-1{i:03}") })).json();
        let month = [1, 2, 3, 4, 5, 6, 9, 10, 11, 11][i % 10];
        let body = json!({ "text": record.text, "held_on": format!("2026-{month:02}-{:02}", 1 + i % 20) });
        let path = format!("/v1/cases/{}/interviews", case["id"].as_str().unwrap());
        let interview = house.post(session, &path, &body).json()["id"].as_str().unwrap().to_owned();
        let read = house.get(session, &format!("/v1/interviews/{interview}")).json();
        let needs =
            read["assessment"]["needs"].as_array().unwrap().iter().filter(|n| n["suggested"] == json!(true));
        let decide_on = |(j, n): (usize, &Value)| match (i + j) % 5 {
            0 => json!({ "act": "refute", "kind": "need", "code": n["code"], "reason": "wrong" }),
            1 => json!({ "act": "edit", "kind": "need", "code": n["code"],
                         "to": { "code": n["code"], "status": "past" } }),
            _ => json!({ "act": "confirm", "kind": "need", "code": n["code"] }),
        };
        let mut acts: Vec<Value> = needs.enumerate().map(decide_on).collect();
        // Some wait for a colleague's eye.
        if i % 15 == 4 {
            acts.clear();
        } else {
            acts.push(json!({ "act": "close" }));
        }
        if !acts.is_empty() {
            decide(house, session, &interview, acts);
        }
    }
}

/// Every page in three languages, light, dark and narrow: axe-core, no scrolling sideways, the language said.
async fn look_over(browser: &Chromium, paths: &[String]) {
    for (width, height, scheme) in LOOKS {
        browser.resize(width, height, scheme).await;
        for language in ["ca", "es", "en"] {
            for path in paths {
                let sign = if path.contains('?') { '&' } else { '?' };
                browser.go(&format!("{path}{sign}lang={language}")).await;
                let said = browser.text("return document.documentElement.lang").await;
                assert_eq!(said, language, "help: {path}");
                browser.check(&format!("{path}, {language}, {scheme}, {width}")).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_over_time_and_its_papers() {
    let house = House::open(false);
    let case = case_over_time(&house);
    let browser = house.browser("marta", (1280, 900)).await;
    // The person's own view, by keyboard alone.
    browser.go(&format!("/cases/{case}?lang=ca")).await;
    browser.check("a case without an own view").await;
    browser.script("document.querySelector('#own-view textarea').focus()", vec![]).await;
    browser.keys(Key::Tab.value().to_string()).await;
    let focused = browser.text("return document.activeElement.textContent.trim()").await;
    assert_eq!(focused, "Desa-ho");
    browser.keys(format!("{}{}", Key::Shift.value(), Key::Tab.value())).await;
    browser.script("document.querySelector('#own-view textarea').focus()", vec![]).await;
    browser
        .keys(format!(
            "Jo vull tornar a treballar i dormir tranquil·la. El pis m’agrada.{}{}",
            Key::Tab.value(),
            Key::Enter.value()
        ))
        .await;
    browser
        .until(
            "it is kept",
            "return document.querySelector('#own-view blockquote')?.textContent.startsWith('Jo vull')",
        )
        .await;
    browser.script("document.querySelector('#own-view textarea').value = '   '; document.querySelector('#own-view button').click()", vec![]).await;
    browser.until("it is refused", "return !!document.querySelector('#own-view .problem')").await;
    browser.check("an own view that is refused").await;
    browser.go(&format!("/cases/{case}?lang=ca")).await;
    let needs = "return [document.querySelectorAll('section[aria-labelledby=needs-heading] table')[0].tBodies[0].rows.length, \
                 document.querySelectorAll('section[aria-labelledby=needs-heading] table')[1].tBodies[0].rows.length, \
                 document.querySelectorAll('.multiples > li').length]";
    // Open: debt, social isolation, and distress, which nobody said was over. Closed: arrears, the risk of eviction.
    assert_eq!(browser.script(needs, vec![]).await, json!([3, 2, 13]));
    let paths = ["", "/summary", "/for-the-person?all=1"].map(|page| format!("/cases/{case}{page}"));
    look_over(&browser, &paths).await;
    browser.go(&format!("/cases/{case}?lang=ca")).await;
    browser.whole_picture("pages/case-phone.png").await;
    browser.resize(1280, 900, "dark").await;
    browser.go(&format!("/cases/{case}?lang=ca")).await;
    browser.whole_picture("pages/case-dark.png").await;
    browser.resize(1280, 900, "light").await;
    for (page, name) in [
        ("?lang=ca", "case"),
        ("/summary?lang=ca", "case-summary"),
        ("/for-the-person?lang=ca", "case-for-the-person"),
    ] {
        browser.go(&format!("/cases/{case}{page}")).await;
        browser.whole_picture(&format!("pages/{name}.png")).await;
    }
    // What is printed has neither tools nor navigation.
    browser.command("Emulation.setEmulatedMedia", json!({ "media": "print" })).await;
    let left =
        "return [...document.querySelectorAll('.tools, .top, .foot')].filter((e) => e.offsetParent).length";
    assert_eq!(browser.script(left, vec![]).await, json!(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_for_who_leads_a_centre() {
    let house = House::open(false);
    let browser = house.browser("núria", (1280, 900)).await;
    browser.go("/dashboard?lang=ca").await;
    browser.check("figures of nothing").await;
    a_year(&house);
    look_over(&browser, &["/dashboard?year=2026".to_owned()]).await;
    browser.go("/dashboard?year=2026&lang=ca").await;
    browser.whole_picture("pages/dashboard-phone.png").await;
    browser.resize(1280, 900, "dark").await;
    browser.go("/dashboard?year=2026&lang=ca").await;
    browser.picture("pages/dashboard-dark.png").await;
    browser.resize(1280, 900, "light").await;
    browser.go("/dashboard?year=2026&lang=ca").await;
    browser.whole_picture("pages/dashboard.png").await;
    let waiting = browser
        .script(
            "return document.querySelectorAll('section[aria-labelledby=alerts-heading] tbody tr').length",
            vec![],
        )
        .await;
    assert!(waiting.as_u64().unwrap() > 0, "help: some alerts wait");
    // Numbers of a row that is shown whole add up to its total, as a reader sees them.
    let sums = "return [...document.querySelectorAll('section[aria-labelledby=needs-heading] tbody tr, section[aria-labelledby=needs-heading] tfoot tr')] \
        .map((r) => [...r.querySelectorAll('td')].map((c) => c.querySelector('.few') ? null : Number(c.textContent))) \
        .filter((c) => c.every((n) => n !== null)).every((c) => c.slice(0, -1).reduce((a, b) => a + b, 0) === c.at(-1))";
    assert_eq!(browser.script(sums, vec![]).await, json!(true));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_administration_by_keyboard_in_three_languages() {
    let house = House::open(false);
    let browser = house.browser("admin", (1280, 900)).await;
    assert_eq!(browser.text("return location.pathname").await, "/admin/people");
    // A person is added without a mouse.
    browser.go("/admin/people/new?lang=ca").await;
    browser.picture("pages/admin-person-new.png").await;
    browser.script("document.querySelector('[name=name]').focus()", vec![]).await;
    browser.keys(format!("Pau Serra{}pau{}", Key::Tab.value(), Key::Enter.value())).await;
    browser
        .until(
            "the link is shown",
            "return document.querySelector('.secret')?.textContent.startsWith('/welcome?token=')",
        )
        .await;
    browser.check("a link that is shown once").await;
    // A key is made without a mouse, after it was refused.
    browser.go("/admin/keys?lang=ca").await;
    browser.script("const r = document.querySelector('[name=per_minute]'); r.value = 'moltes'; document.querySelector('form.sheet [name=name]').focus()", vec![]).await;
    browser.keys(format!("Gestor d’expedients{}", Key::Enter.value())).await;
    browser.until("it is refused", "return !!document.querySelector('[role=alert] .problem')").await;
    browser.check("a key that is refused").await;
    assert_eq!(
        browser.text("return document.querySelector('form.sheet [name=name]').value").await,
        "Gestor d’expedients"
    );
    browser
        .script("const r = document.querySelector('[name=per_minute]'); r.value = '60'; r.focus()", vec![])
        .await;
    browser.keys(Key::Enter.value().to_string()).await;
    browser
        .until(
            "the secret is shown",
            "return document.querySelector('.secret')?.textContent.startsWith('relat_')",
        )
        .await;
    browser.check("a secret that is shown once").await;
    browser.go("/admin/people").await;
    let person = browser.text("return document.querySelector('tbody a').getAttribute('href')").await;
    let mut paths: Vec<String> = [
        "people",
        "people/new",
        "centres",
        "keys",
        "model",
        "retention?cases=30&answers=30",
        "audit?verify=1",
    ]
    .iter()
    .map(|page| format!("/admin/{page}"))
    .collect();
    paths.push(person.clone());
    look_over(&browser, &paths).await;
    browser.go("/admin/audit?lang=ca").await;
    browser.picture("pages/admin-audit-phone.png").await;
    browser.resize(1280, 900, "light").await;
    for (page, name) in [
        ("people", "people"),
        ("centres", "centres"),
        ("keys", "keys"),
        ("model", "model"),
        ("retention?cases=30&answers=30", "retention"),
        ("audit?verify=1", "audit"),
    ] {
        let sign = if page.contains('?') { '&' } else { '?' };
        browser.go(&format!("/admin/{page}{sign}lang=ca")).await;
        browser.picture(&format!("pages/admin-{name}.png")).await;
    }
    browser.go(&format!("{person}?lang=ca")).await;
    browser.picture("pages/admin-person.png").await;
}
