//! A demonstration, as who has just installed it sees it.

use serde_json::json;

use crate::chromium::Chromium;
use crate::support::Running;

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_sees_cases_in_three_languages() {
    let folder = tempfile::tempdir().unwrap();
    let service = Running::start(folder.path(), &[]);
    let browser = Chromium::open(&service.address, (1280, 900)).await;
    browser.go("/cases").await;
    browser.check("the cases of a demonstration").await;
    browser.picture("pages/demo.png").await;
    let rows = "return document.querySelectorAll('tbody tr').length";
    assert_eq!(browser.script(rows, vec![]).await, json!(4));
    // One of them over time, decided on by whoever agrees with everything.
    let second = "return [...document.querySelectorAll('tbody a')].find((a) => a.textContent.trim() === 'DEMO-ES').getAttribute('href')";
    browser.go(&browser.text(second).await).await;
    browser.check("a case of a demonstration").await;
    let interviews =
        "return document.querySelectorAll('section[aria-labelledby=interviews-heading] tbody tr').length";
    assert_eq!(browser.script(interviews, vec![]).await, json!(2));
    let mut languages = Vec::new();
    for case in ["DEMO-CA", "DEMO-ES", "DEMO-EN"] {
        browser.go("/cases").await;
        let path = "return [...document.querySelectorAll('tbody a')].find((a) => a.textContent.trim() === arguments[0]).getAttribute('href')";
        let path = browser.script(path, vec![json!(case)]).await.as_str().unwrap().to_owned();
        browser.go(&path).await;
        let interview = "return document.querySelector('section[aria-labelledby=interviews-heading] tbody tr:last-child a').getAttribute('href')";
        browser.go(&browser.text(interview).await).await;
        browser.until("the intake page is ready", super::desk::READY).await;
        let cards = "return document.querySelectorAll('#findings .card').length";
        assert!(browser.script(cards, vec![]).await.as_u64().unwrap() > 2, "help: {case} has suggestions");
        let text =
            "return document.getElementById('text')?.lang || document.getElementById('closed-text').lang";
        languages.push(browser.text(text).await);
    }
    languages.sort();
    assert_eq!(languages, ["ca", "en", "es"]);
}
