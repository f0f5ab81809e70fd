//! A summary in plain words that a person takes with them: what was found together, and nothing that nobody confirmed.
//!
//! What could put somebody in danger if another person read the paper, such as violence at home, is on it only when the
//! worker asks for it.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use relat_engine::{Language, Taxonomy, VerificationStatus};
use serde::Deserialize;
use uuid::Uuid;

use super::NeedLine;
use super::spells::End;
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
        words::pick(if is_over { self.said } else { self.says }, language)
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

/// What the paper tells of needs, none of them twice.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    needs: Vec<&'static str>,
    /// What is over, and what is so but seen to.
    over: Vec<&'static str>,
    /// Needs that are not told because another person could read the paper.
    left_out: usize,
}

/// Tells the needs that are there and those that ended, the last ended first. Of each need its last word holds: one that
/// came back is not over, and what the person says was never so is not told at all.
fn told((open, closed): &(Vec<NeedLine>, Vec<NeedLine>), language: Language, all: bool) -> Told {
    let mut codes = HashSet::new();
    let mut told = Told { needs: Vec::new(), over: Vec::new(), left_out: 0 };
    for NeedLine { code, spell } in open.iter().chain(closed) {
        let Some(plain) = PLAIN.get(code.as_str()).filter(|_| codes.insert(code.as_str())) else { continue };
        let end = spell.closed.map(|(_, end)| end);
        let list = match end {
            None => &mut told.needs,
            Some(End::Past | End::Handled) => &mut told.over,
            Some(End::Denied) => continue,
        };
        if plain.careful && !all {
            told.left_out += 1;
        } else {
            list.push(plain.says(language, end == Some(End::Past)));
        }
    }
    told
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
    let Told { needs, over, left_out } = told(&file.needs(), language, all);
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
    use time::OffsetDateTime;

    use super::super::spells::{Said, Spell};
    use super::*;

    fn line(code: &str, interview: usize, end: Option<End>) -> NeedLine {
        let said = |interview| Said { interview, by: Uuid::nil(), at: OffsetDateTime::UNIX_EPOCH };
        let closed = end.map(|end| (said(interview + 1), end));
        NeedLine {
            code: code.to_owned(),
            spell: Spell { opened: said(interview), again: Vec::new(), closed },
        }
    }

    #[test]
    fn what_is_seen_to_is_still_so_what_is_denied_is_not_told_and_what_came_back_is_not_over() {
        let open = vec![line("debt", 2, None)];
        let closed = vec![
            line("unemployment", 3, Some(End::Denied)),
            line("eviction_risk", 2, Some(End::Handled)),
            line("suicide_risk", 2, Some(End::Past)),
            line("no_income", 1, Some(End::Past)),
            line("debt", 0, Some(End::Past)),
            line("eviction_risk", 0, Some(End::Past)),
            line("unemployment", 0, Some(End::Past)),
        ];
        let lines = (open, closed);
        for language in INTERFACE {
            let says = |code: &str, is_over| PLAIN.get(code).unwrap().says(language, is_over);
            let needs = vec![says("debt", false)];
            let over = vec![says("eviction_risk", false), says("no_income", true)];
            assert_eq!(told(&lines, language, false), Told { needs, over, left_out: 1 });
            let all = told(&lines, language, true);
            assert_eq!((all.over.len(), all.left_out), (3, 0));
            assert!(all.over.contains(&says("suicide_risk", true)));
        }
    }

    #[test]
    fn a_need_that_ended_more_than_once_is_told_once() {
        let spells = |n| (0..n).map(|i| line("online_fraud", i, Some(End::Past))).collect();
        assert_eq!(told(&(Vec::new(), spells(3)), Language::En, true).over.len(), 1);
    }

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
