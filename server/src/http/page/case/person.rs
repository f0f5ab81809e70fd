//! A summary in plain words that a person takes with them: what was found together, and nothing that nobody confirmed.
//!
//! What could put somebody in danger if another person read the paper, such as violence at home, is on it only when the
//! worker asks for it.

use std::collections::HashMap;
use std::sync::LazyLock;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use relat_engine::{Language, Taxonomy, VerificationStatus};
use serde::Deserialize;
use uuid::Uuid;

use super::summary::{held_code, known};
use super::{Heading, file, heading};
use crate::decisions::Kind;
use crate::http::Error;
use crate::http::caller::Right;
use crate::http::extract::{Path, Query};
use crate::http::page::locale::day;
use crate::http::page::shell::{Room, Shell, Visitor, page};
use crate::state::AppState;
use crate::words::{self, INTERFACE, Words};

/// A need in plain words.
struct Plain {
    careful: bool,
    says: [&'static str; 3],
    /// Of a need that is over: what was so.
    said: [&'static str; 3],
}

static PLAIN: LazyLock<HashMap<&str, Plain>> = LazyLock::new(|| {
    let lines = include_str!("../../../../words/plain.tsv").lines().skip(1);
    let plain = |line: &'static str| {
        let mut fields = line.split('\t');
        let code = fields.next()?;
        let careful = fields.next()? == "1";
        let mut three = || Some([fields.next()?, fields.next()?, fields.next()?]);
        Some((code, Plain { careful, says: three()?, said: three()? }))
    };
    lines.filter_map(plain).collect()
});

impl Plain {
    /// In the words of now, or of before.
    fn says(&self, language: Language, is_over: bool) -> &'static str {
        let [ca, es, en] = if is_over { self.said } else { self.says };
        match language {
            Language::Ca => ca,
            Language::Es => es,
            Language::En | Language::Other => en,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Asked {
    /// The language of the paper, which need not be that of the interface.
    #[serde(default)]
    paper: String,
    /// Whether what needs care is on it.
    #[serde(default)]
    all: String,
}

#[derive(Template)]
#[template(path = "case/person.html")]
struct ForThePerson {
    shell: Shell,
    /// Words of the paper.
    p: Words,
    paper: &'static str,
    papers: Vec<(&'static str, &'static str, bool)>,
    id: Uuid,
    heading: Heading,
    last: String,
    needs: Vec<&'static str>,
    over: Vec<&'static str>,
    demands: Vec<&'static str>,
    actions: Vec<&'static str>,
    left_out: usize,
    all: bool,
    own: Option<String>,
}

pub(super) async fn show(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    let grant = visitor.may(Right::Read)?;
    let file = file(&state, &grant, &id).await?;
    let language = words::from_tag(&asked.paper).unwrap_or(visitor.language);
    let all = asked.all == "1";
    let (open, closed) = file.needs();
    let mut left_out = 0;
    let mut say = |lines: &[super::NeedLine], is_over: bool| {
        let plain = lines.iter().filter_map(|line| PLAIN.get(line.code.as_str()));
        let (shown, kept): (Vec<_>, Vec<_>) = plain.partition(|plain| all || !plain.careful);
        left_out += kept.len();
        let mut says: Vec<_> = shown.into_iter().map(|plain| plain.says(language, is_over)).collect();
        says.dedup();
        says
    };
    let (needs, over) = (say(&open, false), say(&closed, true));
    // What is asked for and explored is that of the last interview.
    let confirmed = |kind| {
        let Some(held) = file.held.last() else { return Vec::new() };
        let current = held.current(kind);
        let holds =
            current.iter().filter(|(_, e)| e.act.verification_status() == VerificationStatus::Confirmed);
        holds
            .filter_map(|(subject, e)| {
                known(Taxonomy::shipped(), &held_code(&e.act, &subject.code), language)
            })
            .collect()
    };
    let mut heading = heading(&state, &visitor, &file.case).await?;
    heading.printed = day(crate::store::now().date(), language);
    let paper = ForThePerson {
        shell: visitor.shell(Room::Cases),
        p: Words::of(language),
        paper: words::tag(language),
        papers: INTERFACE.map(|l| (words::tag(l), words::own_name(l), l == language)).to_vec(),
        id: file.case.id,
        heading,
        last: file.held.last().map(|held| day(held.day(), language)).unwrap_or_default(),
        needs,
        over,
        demands: confirmed(Kind::Demand),
        actions: confirmed(Kind::Action),
        left_out,
        all,
        own: file.own_views.last().map(|view| view.words.clone()),
    };
    page(&paper, StatusCode::OK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_need_has_plain_words_in_three_languages_without_its_code() {
        for need in Taxonomy::shipped().needs() {
            let plain = PLAIN
                .get(need.code.as_str())
                .unwrap_or_else(|| panic!("help: {} has no plain words", need.code));
            for language in INTERFACE {
                let [says, said] = [false, true].map(|is_over| plain.says(language, is_over));
                for words in [says, said] {
                    // A code of one word, such as debt, may be a plain word as well.
                    assert!(words.ends_with('.') && !words.contains('_'), "help: {words}");
                }
                // English has one form for both of being deceived.
                assert!(
                    says != said || need.code == "online_fraud",
                    "help: what is over is told as if it were so: {said}"
                );
            }
            let dangerous = need.code.contains("violence") || need.code.contains("abuse");
            assert!(!dangerous || plain.careful, "help: {} could be read by who must not read it", need.code);
        }
        assert_eq!(PLAIN.len(), Taxonomy::shipped().needs().len());
    }
}
