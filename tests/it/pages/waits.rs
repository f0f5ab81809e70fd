//! How long somebody who types waits for the first suggestion, on a slow machine. A measurement, not a test: it asserts
//! nothing about time, and runs only when `RELAT_WAITS` names the file that its figures go to.

use serde_json::json;

use super::house::House;

/// The processor of the browser, and not that of the service, is slowed down so many times.
const SLOWER: u32 = 6;
const SENTENCES: [&str; 3] = [
    "Fa tres mesos que no paga el lloguer i ha rebut una carta del jutjat. ",
    "Debe cuatro meses de alquiler y le han cortado la luz. ",
    "She owes four months of rent and they have cut off the electricity. ",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_first_suggestion() {
    let Some(file) = std::env::var_os("RELAT_WAITS") else { return };
    let house = House::open(false);
    let browser = house.browser("marta", (1360, 900)).await;
    browser.command("Emulation.setCPUThrottlingRate", json!({ "rate": SLOWER })).await;
    let mut waits = Vec::new();
    for round in 0..7 {
        for (i, sentence) in SENTENCES.iter().enumerate() {
            let (case, _) = house.interview(&format!("W-{round}-{i}"), "Primera visita.", "2026-11-20");
            browser.intake(&format!("/cases/{case}/interviews/new")).await;
            // From the moment that the sentence stands in the box to the moment that a card stands beside it.
            let begin = "const seen = () => { if (!window.waited && document.querySelector('#findings .card')) \
                           window.waited = performance.now() - window.begun; }; \
                         new MutationObserver(seen).observe(document.body, { childList: true, subtree: true }); \
                         document.getElementById('text').focus(); \
                         document.execCommand('insertText', false, arguments[0]); window.begun = performance.now();";
            browser.script(begin, vec![json!(sentence)]).await;
            browser.until("a suggestion", "return Boolean(window.waited)").await;
            waits.push(browser.script("return window.waited", vec![]).await.as_f64().unwrap());
        }
    }
    waits.sort_by(f64::total_cmp);
    let figures = json!({
        "what": "milliseconds from a sentence in the box to the first suggestion beside it",
        "browser_slower": SLOWER,
        "n": waits.len(),
        "median": waits[waits.len() / 2].round(),
        "max": waits[waits.len() - 1].round(),
    });
    std::fs::write(file, format!("{figures:#}\n")).unwrap();
}
