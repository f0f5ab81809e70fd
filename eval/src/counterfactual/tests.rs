//! Laws of rewriting, on every narrative of the corpus.

use std::path::Path;
use std::sync::LazyLock;

use relat_engine::{Document, Span, Taxonomy};

use super::*;
use crate::corpus;
use crate::share::Share;
use crate::testing::{Reads, config, keyword_model};

static NARRATIVES: LazyLock<Vec<Record>> = LazyLock::new(|| {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora/narratives");
    corpus::read_dir(&dir, Taxonomy::shipped()).unwrap()
});

/// Every rewriting of a kind with its record.
fn rewritings(kind: Kind) -> impl Iterator<Item = (&'static Record, Rewriting)> {
    NARRATIVES.iter().filter_map(move |r| rewrite(r, kind).ok().map(|done| (r, done)))
}

/// The words of a text, cut at whatever is no letter.
fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_alphabetic() && c != '·').filter(|w| !w.is_empty()).collect()
}

#[test]
fn sentences_keep_their_number_and_the_untouched_their_bytes() {
    for kind in Kind::all() {
        for (record, done) in rewritings(kind) {
            let spans: Vec<Span> = done.sentences.iter().map(|s| s.rewritten).collect();
            let document = Document::from_spans(done.text.as_str(), &spans).unwrap();
            assert_eq!(document.sentences().len(), record.sentences.len(), "{} {kind:?}", record.id);
            let mut changed = 0;
            for (own, gold) in done.sentences.iter().zip(&record.sentences) {
                assert_eq!((own.original.start, own.original.end), (gold.start, gold.end));
                let old = record.text.get(own.original.range()).unwrap();
                let new = done.text.get(own.rewritten.range()).unwrap();
                assert_eq!(old != new, own.changed, "{} {kind:?}", record.id);
                changed += usize::from(own.changed);
                assert!(!new.contains("  ") || old.contains("  "), "help: {} has a double space", record.id);
            }
            assert!(changed > 0);
            let moved = done.record(record);
            assert_eq!(moved.check(Taxonomy::shipped()), Ok(()));
        }
    }
}

/// Gender changed twice: which sentences are as they were; `None` where the second change is refused.
fn twice(record: &Record, kind: Kind) -> Option<Vec<bool>> {
    let done = rewrite(record, kind).ok()?;
    let mut other = done.record(record);
    if let Some(person) = &mut other.person {
        person.gender = if person.gender == "f" { "m" } else { "f" }.to_owned();
    }
    let again = rewrite(&other, kind).ok()?;
    let same = |(own, gold): (&RewrittenSentence, &crate::corpus::GoldSentence)| {
        again.text.get(own.rewritten.range()) == record.text.get(gold.start..gold.end)
    };
    Some(again.sentences.iter().zip(&record.sentences).map(same).collect())
}

#[test]
fn changing_gender_twice_gives_the_text_back_for_most() {
    // Shares measured: see corpora/lexicon/README.md. Alone, a person changed back may now be one of several men.
    for (scope, texts, sentences) in [(Scope::Person, 0.70, 0.95), (Scope::Everyone, 0.54, 0.92)] {
        let kind = Kind::Gender { scope };
        let back: Vec<Vec<bool>> = NARRATIVES.iter().filter_map(|r| twice(r, kind)).collect();
        let whole = Share::of(&back, |b| b.iter().all(|same| *same));
        let parts = Share::of(back.iter().flatten(), |same| *same);
        println!("{scope:?}: texts {whole:?}, sentences {parts:?}");
        assert!(whole.n > 50 && whole.value.unwrap() >= texts, "{scope:?}: {whole:?}");
        assert!(parts.value.unwrap() >= sentences, "{scope:?}: {parts:?}");
    }
}

#[test]
fn no_name_of_the_person_is_left_over() {
    let kinds = [
        Kind::Gender { scope: Scope::Person },
        Kind::Name { origin: Origin::Maghrebi },
        Kind::Name { origin: Origin::EastAsian },
    ];
    for kind in kinds {
        let mut named = 0;
        for (record, done) in rewritings(kind) {
            let Ok(scene) = scene::Scene::of(record) else { continue };
            let Ok(name) = scene.described() else { continue };
            named += 1;
            let first = name.split(' ').next().unwrap();
            let left = words(&done.text).into_iter().filter(|w| *w == first).count();
            // A street or an institution of the same name stays: carrer Sant Josep.
            let places = words(&record.text).iter().filter(|w| **w == first).count()
                - scene.mentions.iter().filter(|m| m.name == name).count();
            assert!(left <= places, "{} {kind:?}: the name is left over", record.id);
        }
        assert!(named > 100, "{kind:?} {named}");
    }
}

#[test]
fn records_that_depend_on_gender_or_status_are_refused() {
    for record in NARRATIVES.iter() {
        let labelled = |code: &str| record.sentences.iter().any(|s| s.needs.iter().any(|n| n.code == code));
        let gender = rewrite(record, Kind::Gender { scope: Scope::Everyone });
        if labelled("intimate_partner_violence") {
            assert_eq!(gender, Err(Refusal::GenderedTopic), "{}", record.id);
        }
        if labelled("irregular_status") || labelled("asylum") || labelled("not_registered") {
            assert_eq!(rewrite(record, Kind::Status), Err(Refusal::StatusTopic), "{}", record.id);
        }
        if record.person.as_ref().is_some_and(|p| p.gender == "x") {
            assert!(rewrite(record, Kind::Gender { scope: Scope::Person }).is_err());
        }
    }
}

fn report(
    kinds: Vec<Kind>,
    model: impl Fn(&str) -> relat_engine::Result<relat_engine::Assessment> + Sync,
) -> CounterfactualReport {
    let plan = Plan { kinds, names_per_record: 8, n_worst: 5, bootstrap: config(100, 11) };
    run(&NARRATIVES, &plan, model).unwrap()
}

#[test]
fn a_model_that_drops_a_need_for_a_maghrebi_name_is_found() {
    const RULES: &[(&str, Reads)] = &[(".", Reads::Need("debt", relat_engine::Status::Present))];
    const NAMES: [&str; 4] = ["Mohamed", "Fátima", "Khadija", "Ahmed"];
    let honest = keyword_model(RULES);
    let biased = |text: &str| {
        let mut assessment = honest(text)?;
        if NAMES.iter().any(|n| text.contains(n)) {
            assessment.needs.clear();
        }
        Ok(assessment)
    };
    let names = |origin| Kind::Name { origin };
    let report = report(vec![names(Origin::Maghrebi), names(Origin::EastAsian), Kind::Place], biased);
    for group in report.groups.iter().filter(|g| g.group.language.is_none()) {
        let rate = group.changes.dropped_rate.value.unwrap();
        if group.group.kind == names(Origin::Maghrebi) {
            assert!(rate > 0.15, "{rate}");
            assert_eq!(group.changes.worst.len(), 5);
            assert!(group.changes.dropped_rate.low.unwrap() > 0.1);
        } else {
            assert!(rate < 0.01, "{:?} {rate}", group.group);
        }
    }
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<CounterfactualReport>(&json).unwrap(), report);
}

#[test]
fn a_level_lowered_for_women_shows_with_its_sign_in_each_direction() {
    const RULES: &[(&str, Reads)] = &[(".", Reads::Level("income", 3))];
    let honest = keyword_model(RULES);
    let biased = |text: &str| {
        let mut assessment = honest(text)?;
        if [" ella ", " Ella ", "sola", " she ", "She "].iter().any(|w| text.contains(w)) {
            assessment.levels.iter_mut().for_each(|l| l.level = Some(2));
        }
        Ok(assessment)
    };
    let report = report(vec![Kind::Gender { scope: Scope::Person }], biased);
    let shift = |from: &str| {
        let own = |g: &&GroupReport| g.group.language.is_none() && g.group.from.as_deref() == Some(from);
        report.groups.iter().find(own).unwrap().changes.level_shift["income"].value.unwrap()
    };
    assert!(shift("m") < -0.1 && shift("f") > 0.1, "{} {}", shift("m"), shift("f"));
}
