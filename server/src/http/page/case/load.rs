//! A case with everything that was decided in it, as its pages show it.

use std::collections::BTreeMap;

use relat_engine::{Language, Taxonomy};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::spells::{Said, Spell, Word, spells, word};
use crate::decisions::{Event, Kind, Subject};
use crate::http::Error;
use crate::http::cases::decided_level;
use crate::http::interviews::{Loaded, load};
use crate::state::AppState;
use crate::store::{Case, OwnView};

/// An interview with its log.
pub(in crate::http::page) struct Held {
    pub(in crate::http::page) loaded: Loaded,
    pub(in crate::http::page) log: Vec<Event>,
}

impl Held {
    pub(in crate::http::page) fn day(&self) -> Date {
        self.loaded.interview.held_on
    }

    /// Decisions that hold of one kind, by code.
    pub(in crate::http::page) fn current(&self, kind: Kind) -> BTreeMap<Subject, &Event> {
        let mut current = self.loaded.state.current();
        current.retain(|subject, _| subject.kind == kind);
        current
    }

    /// What was decided of needs.
    fn words(&self) -> Vec<(String, Word, &Event)> {
        let suggested = |code: &str| {
            let needs = &self.loaded.reading.as_ref()?.assessment.needs;
            needs.iter().find(|need| need.code == code).map(|need| need.status)
        };
        let said = |event: &&Event| word(&event.act, suggested);
        self.current(Kind::Need)
            .into_values()
            .filter_map(|event| said(&event).map(|(code, word)| (code, word, event)))
            .collect()
    }

    /// The level of a domain: as decided, if anybody did; and as suggested.
    pub(in crate::http::page) fn level(&self, domain: &str) -> Level {
        let subject = Subject { kind: Kind::Level, code: domain.to_owned() };
        let decided = self.loaded.state.on(&subject);
        let reading = self.loaded.reading.as_ref().filter(|_| !self.loaded.blind);
        let suggested = reading
            .and_then(|reading| reading.assessment.levels.iter().find(|level| level.domain == domain)?.level);
        Level { decided: decided.map(|event| decided_level(&self.loaded, &event.act, &subject)), suggested }
    }
}

/// A level at an interview.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http::page) struct Level {
    /// Nothing when nobody decided; within it, nothing when it cannot be assessed.
    pub(in crate::http::page) decided: Option<Option<u8>>,
    pub(in crate::http::page) suggested: Option<u8>,
}

/// A need over time.
pub(in crate::http::page) struct NeedLine {
    pub(in crate::http::page) code: String,
    pub(in crate::http::page) spell: Spell,
}

/// A case with all of its interviews, oldest first.
pub(in crate::http::page) struct File {
    pub(in crate::http::page) case: Case,
    pub(in crate::http::page) held: Vec<Held>,
    pub(in crate::http::page) own_views: Vec<OwnView>,
    names: BTreeMap<Uuid, String>,
}

impl File {
    pub(in crate::http::page) async fn load(state: &AppState, case: Case) -> Result<Self, Error> {
        let mut held = Vec::new();
        let mut names = BTreeMap::new();
        for interview in state.store.interviews(case.id).await? {
            let log = state.store.decisions(interview.id).await?.into_iter().map(|(_, event)| event);
            let log: Vec<Event> = log.collect();
            names.extend(log.iter().map(|event| (event.by, String::new())));
            names.insert(interview.author, String::new());
            held.push(Held { loaded: load(state, interview).await?, log });
        }
        let own_views = state.store.own_views(case.id).await?;
        names.extend(own_views.iter().map(|view| (view.author, String::new())));
        for (person, name) in &mut names {
            *name = state.store.person(*person).await?.map(|person| person.name).unwrap_or_default();
        }
        Ok(Self { case, held, own_views, names })
    }

    pub(in crate::http::page) fn name(&self, person: Uuid) -> &str {
        self.names.get(&person).map_or("", String::as_str)
    }

    pub(in crate::http::page) fn days(&self) -> Vec<Date> {
        self.held.iter().map(Held::day).collect()
    }

    /// The day of the interview in which something was said.
    pub(in crate::http::page) fn day_of(&self, said: Said) -> Option<Date> {
        self.held.get(said.interview).map(Held::day)
    }

    /// Needs over time: those that are there, alerts first, in the order of the matrix; then those that are over.
    pub(in crate::http::page) fn needs(&self) -> (Vec<NeedLine>, Vec<NeedLine>) {
        let lines = spells(self.held.iter().map(Held::words));
        let lines = lines.into_iter().flat_map(|(code, spells)| {
            spells.into_iter().map(move |spell| NeedLine { code: code.clone(), spell })
        });
        let (mut open, mut closed): (Vec<_>, Vec<_>) = lines.partition(|line| line.spell.closed.is_none());
        let taxonomy = Taxonomy::shipped();
        let place = |code: &str| {
            let index = taxonomy.need(code).unwrap_or(usize::MAX);
            let need = taxonomy.needs().get(index);
            (!need.is_some_and(|need| need.alert), need.map_or(usize::MAX, |need| need.domain), index)
        };
        open.sort_by_key(|line| place(&line.code));
        closed.sort_by_key(|line| {
            line.spell.closed.map(|(said, _)| std::cmp::Reverse((said.interview, said.at)))
        });
        (open, closed)
    }

    /// When anything of the case was decided last.
    pub(in crate::http::page) fn last_decision(&self) -> Option<OffsetDateTime> {
        self.held.iter().flat_map(|held| &held.log).map(|event| event.at).max()
    }
}

/// The name of a need's domain.
pub(in crate::http::page) fn domain_of(code: &str, language: Language) -> &'static str {
    let taxonomy = Taxonomy::shipped();
    let need = taxonomy.need(code).and_then(|index| taxonomy.needs().get(index));
    need.and_then(|need| taxonomy.domains().get(need.domain)).map_or("", |domain| domain.labels.get(language))
}

/// Whether a need is one on which a service must act at once.
pub(in crate::http::page) fn is_alert(code: &str) -> bool {
    let taxonomy = Taxonomy::shipped();
    taxonomy.need(code).and_then(|index| taxonomy.needs().get(index)).is_some_and(|need| need.alert)
}
