//! The page as it is rendered, without a browser and without a model.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use tower::ServiceExt;

use super::fixture;
use crate::inference::{Inference, Limits, Model};
use crate::metrics::Metrics;
use crate::state::AppState;
use crate::store::{Location, Store};
use crate::vault::Keyring;

/// A service whose model knows one narrative.
async fn service() -> (Router, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let reader = Arc::new(|_: &str| Ok(fixture::assessment()));
    let model = Model { reader, versions: Arc::new(fixture::assessment().versions), card: "".into() };
    let metrics = Arc::new(Metrics::default());
    let inference = Inference::start(model, Limits { threads: 1, queue: 4 }, Arc::clone(&metrics)).unwrap();
    let keyring = Arc::new(Keyring::throwaway().unwrap());
    let store = Store::open(&Location::Folder(dir.path().to_owned()), keyring).await.unwrap();
    let state = AppState {
        demo: Some(Arc::new(crate::bootstrap::demo_person(&store).await.unwrap())),
        max_bytes: 4096,
        ..AppState::new(inference, store, metrics)
    };
    (crate::http::app(state), dir)
}

async fn get(path: &str, accept_language: &str) -> Response {
    let (app, _dir) = service().await;
    let request = Request::get(path).header(header::ACCEPT_LANGUAGE, accept_language);
    app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

async fn post(fields: &[(&str, &str)]) -> Response {
    let (app, _dir) = service().await;
    let encode = |text: &str| text.bytes().map(|b| format!("%{b:02x}")).collect::<String>();
    let body: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    let request = Request::post("/try").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    app.oneshot(request.body(Body::from(body.join("&"))).unwrap()).await.unwrap()
}

async fn html(response: Response) -> String {
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}

/// Every value of an attribute.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let opening = format!(" {attribute}=\"");
    html.split(&opening).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// The text as a browser has it in the box: entities resolved, the first line break dropped.
fn in_the_box(html: &str) -> String {
    let from = html.split_once("<textarea").unwrap().1.split_once('>').unwrap().1;
    let raw = from.split_once("</textarea>").unwrap().0.strip_prefix('\n').unwrap();
    unescape(raw)
}

fn unescape(text: &str) -> String {
    let named = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    named
        .replace("&#39;", "'")
        .replace("&#34;", "\"")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}

#[tokio::test]
async fn every_link_within_the_page_has_its_target() {
    let page = html(post(&[("text", fixture::TEXT), ("lang", "ca")]).await).await;
    let ids: Vec<_> = values(&page, "id");
    let unique: BTreeSet<_> = ids.iter().collect();
    assert_eq!(ids.len(), unique.len(), "help: an id is used twice among {ids:?}");
    let targets: Vec<_> =
        values(&page, "href").into_iter().filter_map(|href| href.strip_prefix('#')).collect();
    assert!(
        targets.len() > 15,
        "help: findings and sentences are linked, and there are {} links",
        targets.len()
    );
    for target in targets {
        assert!(ids.contains(&target), "help: nothing on the page has the id {target}");
    }
}

#[tokio::test]
async fn marked_text_and_box_hold_the_text_that_was_sent() {
    let sent = "\nPrimera línia.\r\n<script>alert(\"1\" & '2')</script> 👩‍👧 ñ";
    let page = html(post(&[("text", sent), ("lang", "es")]).await).await;
    let expected = sent.replace("\r\n", "\n");
    assert_eq!(in_the_box(&page), expected);
    let page = html(post(&[("text", fixture::TEXT), ("lang", "es")]).await).await;
    let marked = page.split_once("<p class=\"marked\"").unwrap().1.split_once('>').unwrap().1;
    let marked = marked.split_once("</p>").unwrap().0;
    let mut text = String::new();
    let mut outside = true;
    // The numbers are no part of the text.
    let without_keys: String =
        marked.split("<sup>").map(|part| part.split_once("</sup>").map_or(part, |(_, rest)| rest)).collect();
    for c in without_keys.chars() {
        match c {
            '<' => outside = false,
            '>' => outside = true,
            c if outside => text.push(c),
            _ => {}
        }
    }
    assert_eq!(unescape(&text), fixture::TEXT);
}

#[tokio::test]
async fn findings_stand_in_their_groups_alerts_first() {
    let page = html(post(&[("text", fixture::TEXT), ("lang", "en")]).await).await;
    let shown: Vec<_> = page
        .split("data-code=\"")
        .skip(1)
        .map(|rest| {
            let code = rest.split('"').next().unwrap();
            let kind = rest.split_once("data-kind=\"").unwrap().1.split('"').next().unwrap();
            (kind, code)
        })
        .filter(|(kind, _)| !["level", "action"].contains(kind))
        .collect();
    assert_eq!(
        shown,
        [
            ("alert", "eviction_risk"),
            ("need", "housing_arrears"),
            ("need", "food_insecurity"),
            ("need", "precarious_work"),
            ("demand", "ask_bills"),
            ("demand", "ask_child_support"),
            ("quiet", "energy_poverty"),
            ("quiet", "intimate_partner_violence"),
            ("quiet", "unemployment"),
            ("weak", "psychological_distress"),
        ]
    );
    for words in ["said not to be so", "past", "someone else", "“Rent or mortgage arrears” is said to be so"]
    {
        assert!(page.contains(words), "help: the page must say “{words}”");
    }
    let not_told = page.matches("<tr class=\"na\"").count();
    assert_eq!(not_told, 12, "help: every domain but one is not told of, and silence is never a level");
}

#[tokio::test]
async fn the_policy_is_strict_and_the_page_keeps_to_it() {
    let response = post(&[("text", fixture::TEXT)]).await;
    let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "help: {policy}");
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store", "help: an answer holds a narrative");
    assert!(response.headers().contains_key("x-assessment-id"));
    let page = html(response).await;
    for inline in ["<style", " style=\"", "javascript:", " onclick", " onload"] {
        assert!(!page.contains(inline), "help: the policy refuses {inline}");
    }
    for script in page.split("<script").skip(1) {
        assert!(script.contains("></script>"), "help: a script is inline");
    }
    let (app, _dir) = service().await;
    for path in values(&page, "href").iter().chain(&values(&page, "src")).filter(|p| p.starts_with("/assets"))
    {
        let request = Request::get(*path).body(Body::empty()).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "help: {path}");
        assert!(response.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    }
}

#[tokio::test]
async fn the_page_speaks_the_language_that_is_asked_for() {
    let check = async |path: &str, accepted: &str, expect: &str| {
        let response = get(path, accepted).await;
        assert_eq!(response.headers()[header::CONTENT_LANGUAGE], expect, "help: {path} with {accepted}");
        let page = html(response).await;
        assert!(page.contains(&format!("<html lang=\"{expect}\">")));
    };
    check("/try", "es-ES,es;q=0.9", "es").await;
    check("/try", "fr", "ca").await;
    check("/try?lang=en", "es", "en").await;
    check("/try?lang=xx", "es", "es").await;
    check("/try?lang=es&example=1", "", "es").await;
    let switched = post(&[("text", fixture::TEXT), ("lang", "ca"), ("switch_to", "es")]).await;
    assert_eq!(switched.headers()[header::CONTENT_LANGUAGE], "es");
    assert_eq!(in_the_box(&html(switched).await), fixture::TEXT, "help: switching must not lose the text");
    let blank = post(&[("text", " "), ("lang", "ca"), ("switch_to", "en")]).await;
    assert_eq!(
        (blank.status(), &blank.headers()[header::LOCATION]),
        (StatusCode::SEE_OTHER, &"/try?lang=en".parse().unwrap())
    );
}

#[tokio::test]
async fn a_text_that_is_refused_comes_back_with_the_reason() {
    let check = async |text: &str, status: StatusCode, words: &str| {
        let response = post(&[("text", text), ("lang", "en")]).await;
        assert_eq!(response.status(), status);
        let page = html(response).await;
        assert!(page.contains(words), "help: the page must say “{words}”");
        assert_eq!(in_the_box(&page), text);
    };
    check(" \n ", StatusCode::UNPROCESSABLE_ENTITY, "There is no text yet.").await;
    check(&"a".repeat(4097), StatusCode::PAYLOAD_TOO_LARGE, "The text is too long").await;
}

#[tokio::test]
async fn the_examples_are_in_the_language_of_the_page() {
    for language in ["ca", "es", "en"] {
        let page = html(get(&format!("/try?lang={language}&example=1"), "").await).await;
        let text = in_the_box(&page);
        let document = relat_engine::Document::new(text).unwrap();
        assert_eq!(crate::words::tag(document.language()), language);
    }
}
