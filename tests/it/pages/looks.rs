//! The intake page in every language and look, without scripts, and with documents that are dropped on it.

use relat_engine::Language;
use serde_json::json;
use thirtyfour::prelude::*;

use super::desk::{STORY, decision, held, suggested, until_held};
use super::house::House;
use super::shell::LOOKS;
use crate::browser::telling;

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
    // Scripts are off, so that only the driver can tell when the answer has come.
    let there = async || browser.driver.current_url().await.unwrap().path().starts_with("/interviews/");
    for _ in 0..200 {
        if there().await {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(there().await);
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
        // As somebody tired would: what stands first, a refusal, two levels, a fact, and closing before it is all decided.
        browser.keys("a").await;
        browser.settled().await;
        browser.keys("r").await;
        browser.keys("5").await;
        browser.keys("m").await;
        browser.keys("20").await;
        browser.settled().await;
        let no =
            "document.querySelector('#facts [value=no]')?.click(); document.getElementById('close').click()";
        browser.script(no, vec![]).await;
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        browser.resize(1360, 2300, "light").await;
        let png = browser.driver.screenshot_as_png().await.unwrap();
        std::fs::write(std::path::Path::new(&folder).join(format!("walk-{i}-{lang}.png")), png).unwrap();
    }
}
