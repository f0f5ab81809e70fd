//! The page for a text that is not kept, in a real browser.

use std::time::{Duration, Instant};

use relat_eval::corpus::Record;
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::prelude::*;

use crate::chromium::Chromium;
use crate::support::{Running, narratives, pipeline};

/// A service that everybody may use, and a browser.
struct Browser {
    chromium: Chromium,
    service: Running,
    _folder: TempDir,
}

impl std::ops::Deref for Browser {
    type Target = Chromium;

    fn deref(&self) -> &Chromium {
        &self.chromium
    }
}

impl Browser {
    async fn open(width: u32, height: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let service = Running::start(folder.path(), &[]);
        let chromium = Chromium::open(&service.address, (width, height)).await;
        Self { chromium, service, _folder: folder }
    }

    /// Puts a text into the box as a paste does, and waits until it has been read.
    async fn paste(&self, text: &str) {
        let read = "return document.getElementById('intake').dataset.read || '0'";
        let before = self.script(read, vec![]).await;
        let paste = "const box = document.getElementById('text'); box.focus(); box.select(); \
                     document.execCommand('insertText', false, arguments[0])";
        self.script(paste, vec![json!(text)]).await;
        let more = format!(
            "return Number(document.getElementById('intake').dataset.read || 0) > {}",
            before.as_str().unwrap()
        );
        self.until("the text has been read", &more).await;
    }

    /// The text of everything that carries a mark, in order.
    async fn marked(&self, class: &str) -> String {
        let script = "return [...document.querySelectorAll('#mirror .piece.' + arguments[0])].map(p => p.textContent).join('')";
        self.script(script, vec![json!(class)]).await.as_str().unwrap().to_owned()
    }
}

/// What a finding of the answer rests on, as one text.
fn evidence(text: &str, finding: &Value) -> String {
    let mut spans: Vec<(u64, u64)> = finding["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["start"].as_u64().unwrap(), e["end"].as_u64().unwrap()))
        .collect();
    spans.sort_unstable();
    spans.dedup();
    let at = |byte: u64| usize::try_from(byte).unwrap();
    spans.iter().map(|&(start, end)| text.get(at(start)..at(end)).unwrap()).collect()
}

/// The API's answer for a text.
fn api(service: &Running, text: &str) -> Value {
    let body = json!({ "text": text }).to_string();
    let request = format!(
        "POST /v1/assessments HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = String::from_utf8(service.send(request.as_bytes())).unwrap();
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

/// A narrative with an alert, something set apart and a demand, by what the model finds in it.
pub(crate) fn telling(language: relat_engine::Language) -> Record {
    let score = |record: &Record| {
        let found = pipeline().assess(&record.text).unwrap();
        let alerts = found.needs.iter().filter(|n| n.suggested && n.alert).count();
        let needs = found.needs.iter().filter(|n| n.suggested && !n.alert).count();
        let apart = found.needs.iter().filter(|n| n.status != relat_engine::Status::Present).count();
        let demands = found.demands.iter().filter(|d| d.suggested).count();
        let kinds = [alerts, needs, apart, demands].iter().filter(|&&n| n > 0).count();
        (kinds, alerts.min(1) + needs.min(4) + apart.min(3) + demands.min(2))
    };
    let records = narratives(5).into_iter().filter(|r| r.lang == language && r.text.len() < 1300);
    records.max_by_key(score).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_pastes_an_interview_and_follows_the_links_both_ways() {
    let browser = Browser::open(1360, 900).await;
    browser.go("/try?lang=ca").await;
    browser.picture("page-empty.png").await;
    let record = telling(relat_engine::Language::Ca);
    browser.paste(&record.text).await;
    browser.until("suggestions", "return document.querySelectorAll('#findings .card').length > 0").await;
    let answer = api(&browser.service, &record.text);

    // What is shown is what the API answers, alerts first.
    let shown = browser
        .script("return [...document.querySelectorAll('#findings .card')].map(c => c.dataset.code)", vec![])
        .await;
    let codes = |list: &str, alert: Option<bool>| -> Vec<Value> {
        let list = answer[list].as_array().unwrap().iter();
        let wanted =
            list.filter(|f| f["suggested"] == json!(true) && alert.is_none_or(|a| f["alert"] == json!(a)));
        wanted.map(|f| f["code"].clone()).collect()
    };
    let expected = [codes("needs", Some(true)), codes("needs", Some(false)), codes("demands", None)].concat();
    assert_eq!(shown, Value::Array(expected));

    // From each suggestion to its sentences.
    for list in ["needs", "demands"] {
        for finding in answer[list].as_array().unwrap().iter().filter(|f| f["suggested"] == json!(true)) {
            let code = finding["code"].as_str().unwrap();
            browser.click(&format!("#findings .card[data-code='{code}']")).await;
            assert_eq!(browser.marked("on").await, evidence(&record.text, finding), "help: {code}");
            let seen = "const b = document.querySelector('#mirror .piece.on').getBoundingClientRect(); \
                        return b.top >= 0 && b.top < innerHeight";
            assert_eq!(
                browser.script(seen, vec![]).await,
                json!(true),
                "help: {code} is marked out of sight"
            );
        }
    }
    browser.resize(1360, 1280, "light").await;
    browser
        .script(
            "scrollTo(0, 0); document.querySelector('#findings .card').click(); \
                    document.getElementById('findings').scrollTop = 0",
            vec![],
        )
        .await;
    browser.picture("page.png").await;
    browser.resize(1360, 900, "light").await;

    // From a sentence to what rests on it, by mouse and by the caret keys.
    let first = &answer["needs"][0];
    let span = &first["evidence"][0];
    let (start, code) = (span["start_utf16"].as_u64().unwrap(), first["code"].as_str().unwrap());
    let place = "const box = document.getElementById('text'); box.focus(); \
                 box.setSelectionRange(arguments[0], arguments[0])";
    browser.script(place, vec![json!(start)]).await;
    browser.driver.action_chain().send_keys(Key::Right).perform().await.unwrap();
    let lit = format!(
        "return document.querySelector(\"#findings .card[data-code='{code}']\").classList.contains('lit')"
    );
    browser.until("the card of the sentence under the caret stands out", &lit).await;
    let named = browser.script("return document.querySelectorAll('#resting a').length", vec![]).await;
    assert!(named.as_u64().unwrap() > 0, "help: what rests on the sentence is named under the text");
    browser.driver.action_chain().send_keys(Key::Escape).perform().await.unwrap();
    assert_eq!(browser.marked("on").await, "");

    // Typing on keeps the marks where they belong, and reads again after the sentence.
    let greeting = "Ha trucat. ";
    let insert = "const box = document.getElementById('text'); box.focus(); box.setSelectionRange(0, 0); \
                  document.execCommand('insertText', false, arguments[0]); \
                  const f = document.querySelector('#findings .card'); f.click(); \
                  return [...document.querySelectorAll('#mirror .piece.on')].map(p => p.textContent).join('')";
    let first_card =
        answer["needs"].as_array().unwrap().iter().find(|f| Some(&f["code"]) == shown.get(0)).unwrap();
    let moved = browser.script(insert, vec![json!(greeting)]).await;
    assert_eq!(moved, json!(evidence(&record.text, first_card)), "help: marks move along with the text");
    browser
        .until(
            "the new sentence has been read",
            "return document.getElementById('intake').dataset.read === '2'",
        )
        .await;
    let typed = format!("{greeting}{}", record.text);
    let kept = browser.script("return document.getElementById('text').value", vec![]).await;
    assert_eq!(kept, json!(typed));
    let mirrored = "return document.getElementById('mirror').textContent.replace(/\\u200b$/, '')";
    assert_eq!(browser.script(mirrored, vec![]).await, json!(typed));

    // Another language of the page keeps the text, and nothing of it is kept in the browser.
    browser.click(".switch button[value='en']").await;
    browser.until("the page is English", "return document.documentElement.lang === 'en'").await;
    assert_eq!(browser.script("return document.getElementById('text').value", vec![]).await, json!(typed));
    let stored = "return localStorage.length + sessionStorage.length + document.cookie.length";
    assert_eq!(browser.script(stored, vec![]).await, json!(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_box_and_its_marks_break_their_lines_alike() {
    let browser = Browser::open(1360, 900).await;
    browser.go("/try?lang=es").await;
    let texts = narratives(240).into_iter().map(|r| r.text).chain([
        "Una línea.\n\n\tOtra, con tabulador y  dos  espacios.\n".to_owned(),
        format!("Sin espacios: {} fin.", "palabralarguísima".repeat(20)),
    ]);
    for text in texts {
        browser.paste(&text).await;
        for width in [1360, 900, 700, 360] {
            browser.resize(width, 900, "light").await;
            let heights = "const box = document.getElementById('text'); const mirror = document.getElementById('mirror'); \
                           const before = box.style.height; box.style.height = '0'; const needs = box.scrollHeight; \
                           box.style.height = before; mirror.style.minHeight = '0'; const has = mirror.scrollHeight; \
                           mirror.style.minHeight = ''; return [needs, has]";
            let heights = browser.script(heights, vec![]).await;
            assert_eq!(heights[0], heights[1], "help: at {width} pixels the marks slide away from the text");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_scrolls_sideways_on_a_phone_and_the_dark_page_is_complete() {
    let browser = Browser::open(360, 740).await;
    let record = telling(relat_engine::Language::Es);
    let fits = "return document.documentElement.scrollWidth <= innerWidth && \
                [...document.querySelectorAll('main *')].every(e => e.closest('.hidden') || \
                e.getBoundingClientRect().right <= innerWidth + 1)";
    for language in ["ca", "es", "en"] {
        browser.go(&format!("/try?lang={language}")).await;
        assert_eq!(browser.script(fits, vec![]).await, json!(true), "help: the empty page in {language}");
        browser.paste(&record.text).await;
        browser.script("document.querySelectorAll('details').forEach(d => { d.open = true })", vec![]).await;
        assert_eq!(
            browser.script(fits, vec![]).await,
            json!(true),
            "help: the page with findings in {language}"
        );
    }
    let small = "return [...document.querySelectorAll('button, .card, summary')].filter(e => e.offsetParent && \
                 e.getBoundingClientRect().height < 24).length";
    assert_eq!(browser.script(small, vec![]).await, json!(0), "help: something is too small to touch");
    browser.go("/try?lang=es").await;
    browser.paste(&record.text).await;
    browser.click("#findings .card").await;
    browser.picture("page-phone.png").await;
    browser.resize(1360, 900, "dark").await;
    browser.script("scrollTo(0, 0)", vec![]).await;
    browser.picture("page-dark.png").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_can_be_read_against_what_is_behind_them() {
    let browser = Browser::open(1360, 900).await;
    let record = telling(relat_engine::Language::Ca);
    for scheme in ["light", "dark"] {
        browser.resize(1360, 900, scheme).await;
        browser.go("/try?lang=ca").await;
        browser.paste(&record.text).await;
        browser.script("document.querySelectorAll('details').forEach(d => { d.open = true })", vec![]).await;
        for state in ["", "#findings .card", "#findings .line"] {
            if !state.is_empty() {
                let click = "const e = document.querySelector(arguments[0]); if (e) e.click()";
                browser.script(click, vec![json!(state)]).await;
            }
            let poor = browser.script(CONTRAST, vec![]).await;
            assert_eq!(poor, json!([]), "help: under 4.5 to 1 in the {scheme} page after pressing “{state}”");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_gone_takes_no_typed_text_with_it() {
    let mut browser = Browser::open(1360, 900).await;
    browser.go("/try?lang=en").await;
    let record = telling(relat_engine::Language::En);
    browser.paste(&record.text).await;
    let cards = "return document.querySelectorAll('#findings .card').length";
    let before = browser.script(cards, vec![]).await;
    browser.service.child.kill().unwrap();
    browser.service.child.wait().unwrap();
    let add = "document.getElementById('text').focus(); document.execCommand('insertText', false, ' And no heating.')";
    browser.script(add, vec![]).await;
    browser.click("button.main").await;
    let told = "return document.getElementById('notice').textContent.includes('The server does not answer')";
    browser.until("the page says that the service is gone", told).await;
    let kept = browser.script("return document.getElementById('text').value", vec![]).await;
    assert_eq!(kept, json!(format!("{} And no heating.", record.text)));
    assert_eq!(browser.script(cards, vec![]).await, before, "help: what was read stays as well");
}

/// Texts whose contrast with the colour behind them is under 4.5 to 1, as WCAG 2.1 counts it.
const CONTRAST: &str = r#"
const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
const rgba = (colour) => {
  canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255];
};
const light = ([r, g, b]) => {
  const [x, y, z] = [r, g, b].map((c) => { const s = c / 255; return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
};
const behind = (element) => {
  const layers = [];
  for (let e = element; e; e = e.parentElement) {
    const colour = rgba(getComputedStyle(e).backgroundColor);
    if (colour[3] > 0) layers.push(colour);
    if (colour[3] === 1) break;
  }
  return layers.reverse().reduce((under, [r, g, b, a]) => [r, g, b].map((c, i) => c * a + under[i] * (1 - a)), [255, 255, 255]);
};
document.getAnimations().forEach((a) => a.finish());
const poor = new Set();
for (const element of document.querySelectorAll('body *')) {
  if (element.closest('#mirror, .hidden, .skip, svg') || !element.checkVisibility()) continue;
  const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  if (!own && element.tagName !== 'TEXTAREA') continue;
  const [a, b] = [light(rgba(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05);
  if (ratio < 4.5) poor.add(`${element.tagName.toLowerCase()}.${element.className} ${ratio.toFixed(2)}`);
}
return [...poor];
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_form_does_without_scripts() {
    let browser = Browser::open(1360, 900).await;
    browser.command("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    browser.go("/try?lang=en").await;
    let record = telling(relat_engine::Language::En);
    let find = async |selector: &str| browser.driver.find_all(By::Css(selector)).await.unwrap();
    find("#text").await[0].send_keys(&record.text).await.unwrap();
    browser.click("button.main").await;
    // Without scripts there is nothing to ask whether the answer has come.
    let end = Instant::now() + Duration::from_secs(20);
    let cards = loop {
        let cards = find("#findings .card").await;
        if !cards.is_empty() || Instant::now() > end {
            break cards;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let answer = api(&browser.service, &record.text);
    let suggested = ["needs", "demands"].iter().flat_map(|list| answer[*list].as_array().unwrap());
    assert_eq!(cards.len(), suggested.filter(|f| f["suggested"] == json!(true)).count());
    let kept = find("#text").await[0].value().await.unwrap().unwrap_or_default();
    assert_eq!(kept, record.text);
    // The first suggestion leads to its sentence, and the number of that sentence back to it.
    browser.click("#findings .card").await;
    let place = find(".marked .piece:target").await;
    assert!(
        place.len() == 1 && place[0].is_displayed().await.unwrap(),
        "help: a suggestion leads to its sentence"
    );
    browser.click(".marked sup a[href='#f1']").await;
    assert_eq!(find("#f1:target").await.len(), 1, "help: a sentence leads to its suggestion");
}
