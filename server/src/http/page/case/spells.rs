//! Since when a need has been there and until when, and who said so: a fold of what was decided in each interview.

use std::collections::BTreeMap;

use relat_engine::Status;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::decisions::{Act, Event, Reason};

/// Why a need is no longer there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The person says that it is not so.
    Denied,
    /// It is over.
    Past,
    /// Somebody sees to it already.
    Handled,
}

/// What an interview says of a need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Present,
    Ended(End),
}

/// Who said it, when, and in which interview.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Said {
    /// Place of the interview, from 0, by day.
    pub(super) interview: usize,
    pub(super) by: Uuid,
    pub(super) at: OffsetDateTime,
}

/// A stretch of time in which a need was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spell {
    pub(super) opened: Said,
    /// Later interviews that say so again.
    pub(super) again: Vec<Said>,
    pub(super) closed: Option<(Said, End)>,
}

/// The code that a decision leaves and what it says of it. That a suggestion is about another person, rests on too little
/// or was read wrongly says nothing of a need that was there before.
pub(super) fn word(act: &Act, suggested: impl Fn(&str) -> Option<Status>) -> Option<(String, Word)> {
    let of_status = |status: Status| match status {
        Status::Present => Some(Word::Present),
        Status::Absent => Some(Word::Ended(End::Denied)),
        Status::Past => Some(Word::Ended(End::Past)),
        Status::Other => None,
    };
    let (code, word) = match act {
        Act::Confirm { code, .. } => (code, of_status(suggested(code).unwrap_or(Status::Present))),
        Act::Edit { to: finding, .. } | Act::Add { finding, .. } => {
            (&finding.code, of_status(finding.status.unwrap_or(Status::Present)))
        }
        Act::Refute { code, reason, .. } => {
            let end = match reason {
                Reason::Denied => Some(End::Denied),
                Reason::Past => Some(End::Past),
                Reason::AlreadyHandled => Some(End::Handled),
                Reason::OtherPerson | Reason::NotEnoughEvidence | Reason::Wrong => None,
            };
            (code, end.map(Word::Ended))
        }
        Act::Undo | Act::Redo | Act::Close | Act::Reopen => return None,
    };
    Some((code.clone(), word?))
}

/// Folds what interviews say, in order of their days. A need that is said to be over without having been there opens
/// nothing.
pub(super) fn spells<'a>(
    interviews: impl IntoIterator<Item = Vec<(String, Word, &'a Event)>>,
) -> BTreeMap<String, Vec<Spell>> {
    let mut spells: BTreeMap<String, Vec<Spell>> = BTreeMap::new();
    for (interview, words) in interviews.into_iter().enumerate() {
        for (code, word, event) in words {
            let said = Said { interview, by: event.by, at: event.at };
            let of_code = spells.entry(code).or_default();
            let open = of_code.last_mut().filter(|spell| spell.closed.is_none());
            match (word, open) {
                (Word::Present, Some(spell)) => spell.again.push(said),
                (Word::Present, None) => {
                    of_code.push(Spell { opened: said, again: Vec::new(), closed: None })
                }
                (Word::Ended(end), Some(spell)) => spell.closed = Some((said, end)),
                (Word::Ended(_), None) => {}
            }
        }
    }
    spells.retain(|_, spells| !spells.is_empty());
    spells
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event(seq: u64) -> Event {
        Event { seq, id: Uuid::nil(), by: Uuid::nil(), at: OffsetDateTime::UNIX_EPOCH, act: Act::Undo }
    }

    proptest! {
        /// Of one code: no spell begins before the one before it ended, only the last may be open, and it is open exactly
        /// when the last word is that the need is there.
        #[test]
        fn spells_follow_one_another_and_the_last_word_holds(words in prop::collection::vec(prop::option::of(any::<bool>()), 0..9)) {
            let log: Vec<Event> = (0..9).map(event).collect();
            let said = |(i, word): (usize, &Option<bool>)| {
                let word = word.map(|there| if there { Word::Present } else { Word::Ended(End::Past) });
                word.map(|word| ("debt".to_owned(), word, log.get(i).unwrap())).into_iter().collect::<Vec<_>>()
            };
            let spells = spells(words.iter().enumerate().map(said)).remove("debt").unwrap_or_default();
            let mut last = None;
            for (i, spell) in spells.iter().enumerate() {
                prop_assert!(last.is_none_or(|end| end < spell.opened.interview));
                let within = [spell.opened].into_iter().chain(spell.again.iter().copied()).map(|s| s.interview).collect::<Vec<_>>();
                prop_assert!(within.is_sorted());
                last = spell.closed.map(|(said, _)| said.interview);
                prop_assert!(last.is_none_or(|end| within.last().unwrap() < &end));
                prop_assert!(last.is_some() || i + 1 == spells.len());
            }
            let last_word = words.iter().rev().find_map(|word| *word);
            prop_assert_eq!(spells.last().is_some_and(|spell| spell.closed.is_none()), last_word == Some(true));
            let present = words.iter().filter(|word| **word == Some(true)).count();
            prop_assert_eq!(spells.iter().map(|spell| 1 + spell.again.len()).sum::<usize>(), present);
        }
    }

    #[test]
    fn only_what_is_said_of_the_person_ends_a_need() {
        let check = |act: Act, expect: Option<Word>| {
            let suggested = |_: &str| Some(Status::Past);
            assert_eq!(word(&act, suggested).map(|(_, word)| word), expect, "help: {act:?}");
        };
        let refute = |reason| Act::Refute { kind: crate::decisions::Kind::Need, code: "debt".into(), reason };
        check(refute(Reason::Denied), Some(Word::Ended(End::Denied)));
        check(refute(Reason::AlreadyHandled), Some(Word::Ended(End::Handled)));
        check(refute(Reason::Wrong), None);
        check(refute(Reason::OtherPerson), None);
        check(
            Act::Confirm { kind: crate::decisions::Kind::Need, code: "debt".into() },
            Some(Word::Ended(End::Past)),
        );
        check(Act::Close, None);
    }
}
