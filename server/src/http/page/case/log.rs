//! Who decided what and when, in the order in which it happened, with what was taken back.

use std::collections::BTreeSet;

use relat_engine::{Language, Taxonomy};

use super::load::{File, Held};
use crate::decisions::{Act, Event, Kind};
use crate::http::page::intake::reason;
use crate::http::page::locale::moment;
use crate::words::{Words, label};

/// A line of an interview's log.
pub(super) struct LogLine {
    pub(super) at: String,
    pub(super) by: String,
    pub(super) did: String,
    pub(super) what: String,
    pub(super) taken_back: bool,
}

/// The log of an interview in words.
pub(super) fn of_interview(file: &File, held: &Held, (w, language): (Words, Language)) -> Vec<LogLine> {
    let gone = taken_back(&held.log);
    let line = |event: &Event| LogLine {
        at: moment(event.at, language),
        by: file.name(event.by).to_owned(),
        did: did(w, &event.act),
        what: what(&event.act, (w, language)),
        taken_back: gone.contains(&event.seq),
    };
    held.log.iter().map(line).collect()
}

/// Places of decisions that do not hold because they were undone and not done again.
fn taken_back(log: &[Event]) -> BTreeSet<u64> {
    let (mut done, mut undone, mut gone) = (Vec::new(), Vec::new(), BTreeSet::new());
    for event in log {
        match event.act {
            Act::Undo => undone.extend(done.pop()),
            Act::Redo => done.extend(undone.pop()),
            Act::Close | Act::Reopen => {}
            Act::Confirm { .. } | Act::Edit { .. } | Act::Refute { .. } | Act::Add { .. } => {
                gone.extend(undone.drain(..));
                done.push(event.seq);
            }
        }
    }
    gone.extend(undone);
    gone
}

fn did(w: Words, act: &Act) -> String {
    match act {
        Act::Confirm { .. } => w.intake_confirmed().to_owned(),
        Act::Edit { .. } => w.intake_edited().to_owned(),
        Act::Refute { reason: why, .. } => format!("{} ({})", w.intake_refuted(), reason(w, *why)),
        Act::Add { .. } => w.intake_added().to_owned(),
        Act::Undo => w.case_did_undo().to_owned(),
        Act::Redo => w.case_did_redo().to_owned(),
        Act::Close => w.case_did_close().to_owned(),
        Act::Reopen => w.case_did_reopen().to_owned(),
    }
}

fn what(act: &Act, (w, language): (Words, Language)) -> String {
    let Some(subject) = act.subject() else { return String::new() };
    let taxonomy = Taxonomy::shipped();
    let mut what = label(taxonomy, &subject.code, language).to_owned();
    if let Act::Edit { to: finding, .. } | Act::Add { finding, .. } = act {
        if finding.code != subject.code {
            what = format!("{what} → {}", label(taxonomy, &finding.code, language));
        }
        if subject.kind == Kind::Level {
            let level =
                finding.level.map_or_else(|| w.intake_not_assessable().to_owned(), |level| level.to_string());
            what = format!("{what}: {level}");
        }
    }
    what
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::OffsetDateTime;
    use uuid::Uuid;

    use super::*;
    use crate::decisions::State;

    proptest! {
        /// What the log shows as standing is what the state holds: of every log of accepted acts.
        #[test]
        fn what_was_taken_back_is_what_the_state_does_not_hold(acts in prop::collection::vec(0..4u8, 0..24)) {
            let mut state = State::default();
            let mut log = Vec::new();
            for (i, act) in acts.into_iter().enumerate() {
                let act = match act {
                    0 | 1 => Act::Confirm { kind: Kind::Need, code: format!("need_{i}") },
                    2 => Act::Undo,
                    _ => Act::Redo,
                };
                let seq = u64::try_from(log.len()).unwrap() + 1;
                let event = Event { seq, id: Uuid::nil(), by: Uuid::nil(), at: OffsetDateTime::UNIX_EPOCH, act };
                if state.apply(event.clone()).is_ok() {
                    log.push(event);
                }
            }
            let gone = taken_back(&log);
            let standing: BTreeSet<u64> =
                log.iter().filter(|e| e.act.decision().is_some() && !gone.contains(&e.seq)).map(|e| e.seq).collect();
            let held: BTreeSet<u64> = state.current().values().map(|event| event.seq).collect();
            prop_assert_eq!(standing, held);
        }
    }
}
