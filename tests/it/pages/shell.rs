//! Signing in, the list of cases and their forms.

use serde_json::json;
use thirtyfour::prelude::*;

use super::house::House;
use crate::chromium::Chromium;

/// Light and dark, wide, at 200 %, and narrow.
pub(super) const LOOKS: [(u32, u32, &str); 4] =
    [(1280, 860, "light"), (1280, 860, "dark"), (640, 430, "light"), (360, 740, "light")];

#[tokio::test(flavor = "multi_thread")]
async fn somebody_signs_in_makes_a_case_and_finds_it_without_a_mouse() {
    let house = House::open(false);
    let browser = Chromium::open(&house.service.address, (1280, 860)).await;
    browser.go("/cases").await;
    assert_eq!(browser.text("return location.pathname").await, "/sign-in");
    browser.check("the form to sign in").await;
    browser.picture("pages/sign-in.png").await;
    browser.driver.find(By::Css("[name=login]")).await.unwrap().send_keys("marta").await.unwrap();
    browser.keys(format!("{}not the password{}", Key::Tab.value(), Key::Enter.value())).await;
    browser.until("it is refused", "return !!document.querySelector('[role=alert] .problem')").await;
    browser.check("a refused password").await;
    browser.sign_in("marta", crate::staff::PASSWORD).await;
    assert_eq!(browser.text("return location.pathname").await, "/cases");
    browser.check("an empty list of cases").await;
    browser.picture("pages/cases-empty.png").await;

    browser.go("/cases/new").await;
    browser.check("the form of a case").await;
    browser.keys("2026-0417").await;
    browser.picture("pages/case-new.png").await;
    browser.keys(Key::Enter.value().to_string()).await;
    browser
        .until("the first interview of the new case", "return location.pathname.endsWith('/interviews/new')")
        .await;

    // The same code twice in a centre is not a second case.
    browser.go("/cases/new").await;
    browser.keys(format!("2026-0417{}", Key::Enter.value())).await;
    browser.until("it is told", "return !!document.querySelector('[role=alert] .problem')").await;
    let kept = browser.text("return document.querySelector('[name=pseudonym]').value").await;
    assert_eq!(kept, "2026-0417", "help: what was typed stays");
    browser.check("a case that is refused").await;
    for (number, text) in ["Fa tres mesos que no paga el lloguer.", "Viu sola i no dorm."].iter().enumerate()
    {
        house.interview(&format!("2026-05{number:02}"), text, "2026-11-12");
    }
    for (width, height, scheme) in LOOKS {
        browser.resize(width, height, scheme).await;
        for language in ["ca", "es", "en"] {
            browser.go("/cases").await;
            browser.click(&format!(".switch button[value={language}]")).await;
            let done = format!(
                "return document.documentElement.lang === '{language}' && location.pathname === '/cases'"
            );
            browser.until("the page is in the other language", &done).await;
            browser.check(&format!("the list of cases, {language}, {scheme}, {width}")).await;
            let path = match language {
                "ca" => "/accessibility",
                "es" => "/nothing/here",
                _ => "/cases/new",
            };
            browser.go(path).await;
            assert_eq!(browser.text("return document.documentElement.lang").await, language);
            browser.check(&format!("{path}, {language}, {scheme}, {width}")).await;
        }
    }
    browser.go("/cases?q=0501").await;
    assert_eq!(browser.script("return document.querySelectorAll('tbody tr').length", vec![]).await, json!(1));
    browser.go("/cases").await;
    browser.picture("pages/cases-phone.png").await;
    browser.resize(1280, 860, "light").await;
    browser.click(".switch button[value=ca]").await;
    browser.until("Catalan", "return document.documentElement.lang === 'ca'").await;
    browser.picture("pages/cases.png").await;
    browser.go("/accessibility").await;
    browser.picture("pages/accessibility.png").await;

    // Who signs out is out.
    browser.click(".leave button").await;
    browser.until("signed out", "return location.pathname === '/sign-in'").await;
    browser.go("/cases").await;
    assert_eq!(browser.text("return location.pathname").await, "/sign-in");
}
