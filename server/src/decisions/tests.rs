//! Laws of the fold.

use proptest::prelude::*;

use super::*;

const CODES: [&str; 3] = ["rent_arrears", "debt", "loneliness"];

fn subject() -> impl Strategy<Value = Subject> {
    let kind = prop_oneof![Just(Kind::Need), Just(Kind::Demand), Just(Kind::Level), Just(Kind::Action)];
    (kind, prop::sample::select(&CODES[..])).prop_map(|(kind, code)| Subject { kind, code: code.into() })
}

fn finding() -> impl Strategy<Value = Finding> {
    (prop::sample::select(&CODES[..]), prop::option::of(1..=5u8), 0..9usize).prop_map(
        |(code, level, start)| Finding {
            code: code.into(),
            status: Some(Status::Past),
            level,
            evidence: vec![Stretch { start, end: start + 1 }],
        },
    )
}

fn decision() -> impl Strategy<Value = Act> {
    prop_oneof![
        subject().prop_map(|Subject { kind, code }| Act::Confirm { kind, code }),
        (subject(), finding()).prop_map(|(Subject { kind, code }, to)| Act::Edit { kind, code, to }),
        subject().prop_map(|Subject { kind, code }| {
            Act::Refute { kind, code, reason: Reason::AlreadyHandled }
        }),
        (subject(), finding()).prop_map(|(Subject { kind, .. }, finding)| Act::Add { kind, finding }),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => decision(),
        3 => Just(Act::Undo),
        2 => Just(Act::Redo),
        1 => Just(Act::Close),
        1 => Just(Act::Reopen),
    ]
}

fn event(seq: u64, act: Act) -> Event {
    Event { seq, id: Uuid::from_u128(seq.into()), by: Uuid::nil(), at: OffsetDateTime::UNIX_EPOCH, act }
}

/// The log of those acts that are accepted, and the state after each.
fn run(acts: Vec<Act>) -> (Vec<Event>, Vec<State>) {
    let (mut log, mut states) = (Vec::new(), vec![State::default()]);
    let mut state = State::default();
    for act in acts {
        let event = event(state.seq() + 1, act);
        let before = state.clone();
        match state.apply(event.clone()) {
            Ok(()) => {
                log.push(event);
                states.push(state.clone());
            }
            Err(_) => assert_eq!(state, before, "help: a refused act changes nothing"),
        }
    }
    (log, states)
}

/// What holds, without the log's length.
fn holds(state: &State) -> Vec<(Subject, Event)> {
    state.current().into_iter().map(|(subject, event)| (subject, event.clone())).collect()
}

fn then(state: &State, act: Act) -> State {
    let mut next = state.clone();
    next.apply(event(state.seq() + 1, act)).unwrap();
    next
}

proptest! {
    #[test]
    fn every_prefix_of_a_log_folds_to_the_state_it_had(acts in prop::collection::vec(act(), 0..60)) {
        let (log, states) = run(acts);
        for (n, state) in states.iter().enumerate() {
            prop_assert_eq!(&State::fold(log[..n].to_vec()).unwrap(), state);
        }
    }

    #[test]
    fn redo_after_undo_is_the_identity_and_so_is_undo_after_redo(acts in prop::collection::vec(act(), 0..60)) {
        let (_, states) = run(acts);
        for state in states.iter().filter(|s| !s.is_closed()) {
            let (done, undone) = state.depths();
            if done > 0 {
                prop_assert_eq!(holds(&then(&then(state, Act::Undo), Act::Redo)), holds(state));
            }
            if undone > 0 {
                prop_assert_eq!(holds(&then(&then(state, Act::Redo), Act::Undo)), holds(state));
            }
        }
    }

    #[test]
    fn undo_has_no_limit_and_goes_back_the_way_it_came(decisions in prop::collection::vec(decision(), 0..40)) {
        let (_, states) = run(decisions);
        let mut state = states.last().unwrap().clone();
        for before in states.iter().rev().skip(1) {
            state = then(&state, Act::Undo);
            prop_assert_eq!(holds(&state), holds(before));
        }
        prop_assert_eq!(state.allows(&Act::Undo), Err(Refused::NothingToUndo));
        for after in states.iter().skip(1) {
            state = then(&state, Act::Redo);
            prop_assert_eq!(holds(&state), holds(after));
        }
        prop_assert_eq!(state.allows(&Act::Redo), Err(Refused::NothingToRedo));
    }

    #[test]
    fn a_new_decision_after_undo_leaves_nothing_to_redo_and_decides_its_subject(
        acts in prop::collection::vec(act(), 0..40), last in decision(),
    ) {
        let (_, states) = run(acts);
        let state = states.last().unwrap();
        if !state.is_closed() {
            let after = then(state, last.clone());
            prop_assert_eq!(&after.on(&last.subject().unwrap()).unwrap().act, &last);
            prop_assert_eq!(after.depths(), (state.depths().0 + 1, 0));
        }
    }

    #[test]
    fn an_act_is_written_and_read_alike(act in act()) {
        let written = serde_json::to_string(&act).unwrap();
        prop_assert_eq!(serde_json::from_str::<Act>(&written).unwrap(), act);
    }

    #[test]
    fn a_log_with_a_missing_or_doubled_event_does_not_fold(
        decisions in prop::collection::vec(decision(), 2..20), at in any::<prop::sample::Index>(),
    ) {
        let (log, _) = run(decisions);
        let i = at.index(log.len() - 1);
        let mut missing = log.clone();
        missing.remove(i);
        prop_assert!(State::fold(missing).is_err());
        let mut doubled = log.clone();
        doubled.insert(i, log[i].clone());
        prop_assert!(State::fold(doubled).is_err());
    }
}

#[test]
fn words_of_the_api_are_frozen() {
    let check = |act: Act, expect: &str| assert_eq!(serde_json::to_string(&act).unwrap(), expect);
    let (kind, code) = (Kind::Need, "debt".to_owned());
    check(Act::Confirm { kind, code: code.clone() }, r#"{"act":"confirm","kind":"need","code":"debt"}"#);
    check(
        Act::Refute { kind, code: code.clone(), reason: Reason::OtherPerson },
        r#"{"act":"refute","kind":"need","code":"debt","reason":"other_person"}"#,
    );
    let to =
        Finding { code: "rent_arrears".into(), status: Some(Status::Past), level: None, evidence: vec![] };
    check(
        Act::Edit { kind, code, to },
        r#"{"act":"edit","kind":"need","code":"debt","to":{"code":"rent_arrears","status":"past"}}"#,
    );
    let unknown = r#"{"act":"confirm","kind":"need","code":"debt","text":"a"}"#;
    assert!(serde_json::from_str::<Act>(unknown).is_err(), "help: what is not understood is not taken");
    check(Act::Undo, r#"{"act":"undo"}"#);
}
