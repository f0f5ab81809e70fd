//! What is kept, as its pages show it, on both databases: a person's own view, summaries, figures, and the forms of the
//! administration.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use relat_server::figures::{self, Sitting};
use relat_server::store::{Reach, Span};
use serde_json::{Value, json};
use time::{Date, Month};
use uuid::Uuid;

use crate::database::Database;
use crate::staff::{Town, fresh};
use crate::support::Answer;

/// A text in which the model finds nothing, so that people add what there is.
const NOTHING: &str = "Avui ha vingut a la cita i hem parlat una estona.";
const ROLES: [&str; 5] = ["worker", "supervisor", "data", "ethics", "admin"];
const WORDS: &str = "Jo el que vull és tornar a treballar.\nLa Qvetzalkanari m’ajuda.";

impl Town {
    /// Sends a form as a browser does, from this site or another.
    async fn send(&self, login: &str, path: &str, (fields, site): (&[(&str, &str)], &str)) -> Answer {
        let encode = |text: &str| {
            let byte = |b: u8| {
                if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }
            };
            text.bytes().map(byte).collect::<String>()
        };
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", self.cookies.get(login).cloned().unwrap_or_default())
            .header("sec-fetch-site", site);
        self.service.call(request.body(Body::from(pairs.join("&"))).unwrap()).await
    }

    async fn form_of(&self, login: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let key = fresh();
        let fields: Vec<_> = fields.iter().copied().chain([("key", key.as_str())]).collect();
        self.send(login, path, (&fields, "same-origin")).await
    }

    async fn page(&self, login: &str, path: &str) -> String {
        let answer = self.get(login, path).await;
        assert_eq!(answer.status, StatusCode::OK, "help: {login} {path}");
        html(&answer)
    }
}

fn html(answer: &Answer) -> String {
    String::from_utf8(answer.body.to_vec()).unwrap()
}

fn confirm(code: &str) -> Value {
    json!({ "act": "add", "kind": "need", "finding": { "code": code } })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_own_view_is_sealed_shown_packed_and_gone_with_its_person() {
    for database in Database::each().await {
        drop(database.open().await);
        let raw_url = database.raw().await;
        let town = Town::new(database, &ROLES).await;
        let (case, interview) = town.interview("worker1", "P-1", NOTHING).await;
        let path = format!("/cases/{case}/own-view");
        let refused = town.form_of("worker1", &path, &[("words", "  ")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(html(&refused).contains("class=\"problem\""), "help: the form says what is to be mended");
        let kept = town.form_of("worker1", &path, &[("words", WORDS)]).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "help: {}", html(&kept));
        // A form that is sent twice is done once.
        for _ in 0..2 {
            let again = [("words", "I ara ho veig millor."), ("key", "the same key")];
            let sent = town.send("worker1", &path, (&again, "same-origin")).await;
            assert_eq!(sent.status, StatusCode::SEE_OTHER);
        }
        let other_site = town.send("worker1", &path, (&[("words", "x"), ("key", "k")], "cross-site")).await;
        assert_eq!(other_site.status, StatusCode::FORBIDDEN);
        assert_eq!(town.form_of("worker2", &path, &[("words", "x")]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(town.form_of("admin1", &path, &[("words", "x")]).await.status, StatusCode::FORBIDDEN);

        let views = town.get("supervisor1", &format!("/v1/cases/{case}/own-views")).await.json();
        let said: Vec<&str> =
            views["own_views"].as_array().unwrap().iter().map(|v| v["words"].as_str().unwrap()).collect();
        assert_eq!(said, [WORDS, "I ara ho veig millor."]);
        for page in ["", "/summary", "/for-the-person"] {
            let shown = town.page("worker1", &format!("/cases/{case}{page}")).await;
            assert!(shown.contains("I ara ho veig millor."), "help: not on {page}");
        }
        let sealed: Vec<(String,)> =
            sqlx::query_as("SELECT words_sealed FROM own_views").fetch_all(&raw_url).await.unwrap();
        assert_eq!(sealed.len(), 2);
        assert!(sealed.iter().all(|(words,)| !words.contains("Qvetzal") && !words.contains("treballar")));
        let pack = town.get("supervisor1", &format!("/v1/cases/{case}/access-pack")).await;
        assert!(
            String::from_utf8_lossy(&pack.body).contains("Qvetzalkanari"),
            "help: the pack is stored, not deflated"
        );

        let erased = town.post("supervisor1", &format!("/v1/cases/{case}/erasure"), json!({})).await.json();
        assert_eq!((&erased["own_views"], &erased["interviews"]), (&json!(2), &json!(1)));
        let left: Vec<(String,)> =
            sqlx::query_as("SELECT id FROM own_views").fetch_all(&raw_url).await.unwrap();
        assert!(left.is_empty());
        let late = town.form_of("worker1", &path, &[("words", "x")]).await;
        assert_eq!(late.status, StatusCode::NOT_FOUND, "help: nothing is added to who was erased");
        assert_eq!(
            town.get("worker1", &format!("/interviews/{interview}")).await.status,
            StatusCode::NOT_FOUND
        );
        raw_url.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_paper_for_the_person_has_only_what_was_confirmed_and_nothing_dangerous_unasked() {
    let town = Town::new(Database::sqlite(), &ROLES).await;
    let (case, interview) = town.interview("worker1", "P-1", NOTHING).await;
    let acts = json!([confirm("debt"), confirm("intimate_partner_violence"), confirm("unemployment"),
                      { "act": "refute", "kind": "need", "code": "unemployment", "reason": "wrong" }]);
    let decided = town.decide("worker1", &interview, 1, acts).await;
    assert_eq!(decided.status, StatusCode::CREATED, "help: {}", html(&decided));
    let paper =
        async |query: &str| town.page("worker1", &format!("/cases/{case}/for-the-person?{query}")).await;
    let (debt, violence) = ("You have debts that are hard to pay.", "It is not your fault.");
    let careful = paper("paper=en").await;
    assert!(careful.contains(debt) && !careful.contains(violence), "help: somebody else could read it");
    let all = paper("paper=en&all=1").await;
    assert!(all.contains(debt) && all.contains(violence));
    for page in [&careful, &all] {
        assert!(
            !page.contains("You have no job")
                && !page.contains("intimate_partner")
                && !page.contains("unemployment")
        );
    }
    assert!(paper("paper=es").await.contains("Tiene deudas que le cuesta pagar."));
    assert!(paper("paper=ca").await.contains("Té deutes que li costa pagar."));
    let summary = town.page("worker1", &format!("/cases/{case}/summary?lang=en")).await;
    assert!(summary.contains("Debt") && !summary.contains("estona"), "help: no narrative in the summary");
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_what_was_decided_within_reach_and_few_people_are_not_told() {
    for database in Database::each().await {
        let town = Town::new(database, &ROLES).await;
        let mut seen = 0;
        for (n, worker) in [(0, "worker1"), (7, "worker2")] {
            for i in 0..7 {
                let pseudonym = format!("P-{}", n + i);
                let (_, interview) = town.interview(worker, &pseudonym, NOTHING).await;
                let mut acts = vec![confirm("debt"), confirm("gambling"), json!({ "act": "undo" })];
                acts.extend((i < 2).then(|| confirm("legal_proceedings")));
                let decided = town.decide(worker, &interview, 1, Value::Array(acts)).await;
                assert_eq!(decided.status, StatusCode::CREATED, "help: {}", html(&decided));
                seen += 1;
            }
        }
        assert_eq!(seen, 14);
        let centre = Uuid::parse_str(&town.centres[0]).unwrap();
        let from = Date::from_calendar_date(2026, Month::January, 1).unwrap();
        let to = Date::from_calendar_date(2026, Month::December, 31).unwrap();
        let store = &town.service.state.store;
        let count = async |reach, only_open| {
            let span = Span { from, to, only_open };
            let counted =
                store.count_interviews(reach, span, |c| Sitting::new(&c, false).unwrap()).await.unwrap();
            assert!(counted.iter().all(|s| s.needs.contains("debt") && !s.needs.contains("gambling")));
            counted
        };
        assert_eq!(
            (count(Reach::All, false).await.len(), count(Reach::Centre(centre), true).await.len()),
            (14, 7)
        );
        let sittings = count(Reach::Centre(centre), false).await;
        let table = figures::needs(&sittings);
        let november = 10;
        let shown: u64 = table.cells.iter().filter_map(|row| row[november]).sum();
        assert!(
            shown == 7 || shown == 0,
            "help: seven debts are shown, or kept back for the two lawsuits: {table:?}"
        );
        let justice = table.cells.last().unwrap();
        assert!(justice.iter().all(Option::is_none), "help: two people with a lawsuit are few");
        assert!(table.total.is_none() || shown == 0, "help: the total would give the two away");
        assert!(
            sittings.iter().all(
                |s| !s.outcomes.is_empty() && s.outcomes.iter().all(|o| o.2 == sittings[0].outcomes[0].2)
            )
        );

        for (login, place) in [("supervisor1", "Nord"), ("data2", "Sud"), ("ethics1", "Nord")] {
            let page = town.page(login, "/dashboard?year=2026").await;
            assert!(page.contains(place), "help: {login} sees the figures of {place}");
            assert_eq!(
                page.contains("Nom worker1"),
                login == "supervisor1",
                "help: work by person is for who leads"
            );
            assert!(!page.contains("Nom worker2"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_forms_of_the_administration_do_what_they_say_and_only_for_administrators() {
    for database in Database::each().await {
        let town = Town::new(database, &ROLES).await;
        let (nord, sud) = (town.centres[0].clone(), town.centres[1].clone());
        let data1 = town.ids["data1"].clone();
        let new = |login: &'static str, centre: &'static str| {
            [
                ("login", login),
                ("name", "Pau Serra"),
                ("started_on", "2026-11-02"),
                ("centre", centre),
                ("worker", "1"),
            ]
        };
        // What is wrong is told beside the form, which keeps what was typed.
        let nord_: &'static str = Box::leak(nord.clone().into_boxed_str());
        let sud_: &'static str = Box::leak(sud.clone().into_boxed_str());
        for (fields, problem) in [
            (new("worker1", nord_).to_vec(), "There is one of that name already."),
            (new("", nord_).to_vec(), "The login needs 1 to 100 letters."),
            (new("pau", nord_)[..4].to_vec(), "Choose at least one role."),
            (new("pau", sud_).to_vec(), "Choose a centre that you keep."),
            (
                vec![
                    ("login", "pau"),
                    ("name", "Pau Serra"),
                    ("started_on", "soon"),
                    ("centre", nord_),
                    ("worker", "1"),
                ],
                "Give the first day in the job.",
            ),
        ] {
            let refused = town.form_of("admin1", "/admin/people/new?lang=en", &fields).await;
            let page = html(&refused);
            assert!(
                refused.status.is_client_error() && page.contains(problem),
                "help: {problem}: {}",
                refused.status
            );
            assert!(page.contains("Pau Serra"), "help: what was typed stays");
        }
        let added = town.form_of("admin1", "/admin/people/new", &new("pau", nord_)).await;
        assert_eq!(added.status, StatusCode::OK);
        assert!(html(&added).contains("/welcome?token="), "help: the link is shown, once");
        assert!(!town.page("admin1", "/admin/people").await.contains("token="));

        // Every form is for administrators, and each person's for the one of their centre.
        let person = format!("/admin/people/{data1}");
        let forms: [(String, &[(&str, &str)]); 5] = [
            (format!("{person}/duties"), &[("centre", nord_), ("ethics", "1")]),
            (format!("{person}/enabled"), &[("on", "0")]),
            (format!("{person}/invitation"), &[]),
            (format!("/admin/centres/{nord}/blind-first"), &[("on", "1")]),
            (
                "/admin/keys".to_owned(),
                &[("name", "k"), ("centre", nord_), ("per_minute", "9"), ("days", "9"), ("assess", "1")],
            ),
        ];
        for (path, fields) in &forms {
            for role in ["worker", "supervisor", "data", "ethics"] {
                let status = town.form_of(&format!("{role}1"), path, fields).await.status;
                assert_eq!(status, StatusCode::FORBIDDEN, "help: {role} {path}");
            }
            let other = town.form_of("admin2", path, fields).await.status;
            let expect =
                if path == "/admin/keys" { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::NOT_FOUND };
            assert_eq!(other, expect, "help: {path}");
            let fields: Vec<_> = fields.iter().copied().chain([("key", "k")]).collect();
            let elsewhere = town.send("admin1", path, (&fields, "cross-site")).await.status;
            assert_eq!(elsewhere, StatusCode::FORBIDDEN, "help: another site, {path}");
            assert_eq!(town.send("", path, (&fields, "same-origin")).await.status, StatusCode::UNAUTHORIZED);
        }
        let duties = town.form_of("admin1", &forms[0].0, forms[0].1).await;
        assert_eq!(duties.status, StatusCode::SEE_OTHER, "help: {}", html(&duties));
        assert_eq!(
            town.get("data1", "/admin/audit").await.status,
            StatusCode::OK,
            "help: roles hold at once"
        );
        assert_eq!(town.form_of("admin1", &forms[1].0, forms[1].1).await.status, StatusCode::SEE_OTHER);
        assert_eq!(town.get("data1", "/v1/me").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(town.form_of("admin1", &forms[3].0, forms[3].1).await.status, StatusCode::SEE_OTHER);
        let own = format!("/admin/people/{}", town.ids["admin1"]);
        for (form, fields) in [("duties", [("worker", "1")]), ("enabled", [("on", "0")])] {
            let refused = town.form_of("admin1", &format!("{own}/{form}?lang=en"), &fields).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(html(&refused).contains("You cannot change your own roles"));
        }
        let refused = town
            .form_of(
                "admin1",
                "/admin/keys?lang=en",
                &[("name", "k"), ("centre", nord_), ("per_minute", "many"), ("days", "9"), ("assess", "1")],
            )
            .await;
        assert!(refused.status.is_client_error() && html(&refused).contains("Requests a minute go from 1"));
        let made = html(&town.form_of("admin1", &forms[4].0, forms[4].1).await);
        let secret =
            made.split("class=\"secret\" tabindex=\"0\">").nth(1).and_then(|s| s.split('<').next()).unwrap();
        assert!(secret.starts_with("relat_"));
        let keys = town.page("admin1", "/admin/keys").await;
        assert!(!keys.contains(secret), "help: a secret is shown once");
        let id = keys.split("/admin/keys/").nth(1).and_then(|s| s.split('/').next()).unwrap();
        let me = async || {
            let ask = Request::get("/v1/me").header("authorization", format!("Bearer {secret}"));
            town.service.call(ask.body(Body::empty()).unwrap()).await.status
        };
        assert_eq!(me().await, StatusCode::OK);
        assert_eq!(
            town.form_of("admin1", &format!("/admin/keys/{id}/revocation"), &[]).await.status,
            StatusCode::SEE_OTHER
        );
        assert_eq!(me().await, StatusCode::UNAUTHORIZED);

        // The audit is searched, and verified.
        let found = town.page("ethics2", "/admin/audit?lang=en&action=person.duties&verify=1").await;
        assert!(found.contains(&format!("person:{data1}")) && found.contains("as it was written"));
        assert!(!found.contains("<code>key.create</code>"));
        let none = town
            .page("ethics2", "/admin/audit?lang=en&subject=case%3Anobody&from=2026-01-01&to=2026-01-02")
            .await;
        assert!(none.contains("No row answers to this."));
        assert_eq!(
            town.get("ethics2", "/admin/audit?from=never").await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let by_name = town.page("ethics2", "/admin/audit?actor=admin1&action=key.revoke").await;
        assert!(by_name.contains("<code>key.revoke</code>"), "help: people are found by their login");
        let tried = town.page("admin", "/admin/retention?lang=en&cases=1&answers=1").await;
        assert!(tried.contains("0 cases") && tried.contains("0 answers"));
        assert_eq!(
            town.get("admin", "/admin/retention?cases=-4").await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let card = town.page("ethics1", "/admin/model").await;
        assert!(card.contains("Intended use") && card.contains("relat-linear"));
    }
}
