//! What a demonstration begins with: invented cases of the corpus in three languages, some of them decided on.

use relat_engine::{Assessment, Status};
use serde_json::json;
use time::Duration;
use uuid::Uuid;

use crate::decisions::{Act, Event, Kind};
use crate::http;
use crate::state::AppState;
use crate::store::audit::Note;
use crate::store::{Appended, Case, Groups, Interview, Narrative, Person, Source, now};

/// An interview of the demonstration.
struct Told {
    case: &'static str,
    /// Its id in the corpus; empty for the second interview of a case, which the corpus does not have.
    #[cfg_attr(not(test), expect(dead_code, reason = "a test looks whether it is the corpus's text"))]
    source: &'static str,
    days_ago: i64,
    is_closed: bool,
    text: &'static str,
}

fn told() -> impl Iterator<Item = Told> {
    let line = |line: &'static str| {
        let mut fields = line.split('\t');
        Some(Told {
            case: fields.next()?,
            source: fields.next()?,
            days_ago: fields.next()?.parse().ok()?,
            is_closed: fields.next()? == "closed",
            text: fields.next()?,
        })
    };
    include_str!("../words/demo.tsv").lines().skip(1).filter_map(line)
}

/// Fills the centre of a demonstration.
/// # Errors
/// [`http::Error`]: a store that does not write, a model that does not read.
pub(crate) async fn fill(state: &AppState, person: &Person) -> Result<(), http::Error> {
    let Some(centre) = person.centre else { return Ok(()) };
    let store = &state.store;
    let mut case: Option<Case> = None;
    for told in told() {
        let (entry, assessment) = state.read(told.text.to_owned(), Source::Interview).await?;
        let mut tx = store.begin().await?;
        let id = match case.take().filter(|case| case.pseudonym == told.case) {
            Some(same) => case.insert(same).id,
            None => {
                let new = Case {
                    id: Uuid::now_v7(),
                    pseudonym: told.case.to_owned(),
                    centre,
                    groups: Groups::default(),
                    created_at: now(),
                    erased_at: None,
                };
                store.add_case(&mut tx, &new, person.id).await?;
                case.insert(new).id
            }
        };
        let interview = Interview {
            id: Uuid::now_v7(),
            case: id,
            author: person.id,
            held_on: (now() - Duration::days(told.days_ago)).date(),
            language: assessment.language,
            version: 1,
            closed_at: None,
        };
        let narrative = Narrative { revision: 1, text: told.text.to_owned() };
        store.add_interview(&mut tx, &interview).await?;
        store.add_revision(&mut tx, (interview.id, &narrative), (&entry, &assessment)).await?;
        if told.is_closed {
            let events = events(&assessment, person.id);
            let appended = Appended { interview: interview.id, revision: 1, events: &events };
            store.add_events(&mut tx, appended, true).await?;
        }
        let subject = format!("interview:{}", interview.id);
        let detail = json!({ "assessment": entry.id, "demonstration": true });
        store.note_in(&mut tx, Note { actor: "system", action: "interview.create", subject, detail }).await?;
        tx.commit().await.map_err(crate::store::Error::from)?;
    }
    Ok(())
}

/// What somebody who agrees with every suggestion decides.
fn events(assessment: &Assessment, by: Uuid) -> Vec<Event> {
    let needs = assessment.needs.iter().filter(|n| n.suggested && n.status == Status::Present);
    let needs = needs.map(|n| (Kind::Need, &n.code));
    let demands = assessment.demands.iter().filter(|d| d.suggested).map(|d| (Kind::Demand, &d.code));
    let levels = assessment.levels.iter().filter(|l| l.level.is_some()).map(|l| (Kind::Level, &l.domain));
    let confirmed = needs
        .chain(demands)
        .chain(levels)
        .map(|(kind, code)| Act::Confirm { kind, code: code.clone() })
        .chain([Act::Close]);
    (1..).zip(confirmed).map(|(seq, act)| Event { seq, id: Uuid::now_v7(), by, at: now(), act }).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_texts_are_those_of_the_corpus_and_every_language_is_there() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora/narratives");
        let mut known = 0;
        for told in told().filter(|told| !told.source.is_empty()) {
            let writer = told.source.split('-').nth(1).unwrap();
            let lines = std::fs::read_to_string(folder.join(format!("{writer}.jsonl"))).unwrap();
            let record = lines
                .lines()
                .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
                .find(|record| record["id"] == told.source)
                .unwrap_or_else(|| panic!("help: {} is not in the corpus", told.source));
            assert_eq!(record["text"], told.text, "help: {}", told.source);
            known += 1;
        }
        assert_eq!(told().count(), known + 1);
        for language in ["ca", "es", "en"] {
            assert!(told().any(|told| told.source.starts_with(language)), "help: {language}");
        }
    }
}
