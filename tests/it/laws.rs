//! What holds for every text and each shipped model.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use proptest::prelude::*;
use relat_engine::explain::Statement;
use relat_engine::{Assessment, Document, Evidence, Pipeline, Status, Taxonomy, VerificationStatus};
use relat_eval::corpus::{self, Record};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The shipped models, and how many times fewer texts each reads here: an encoder takes its time.
static MODELS: LazyLock<[(Pipeline, usize); 2]> = LazyLock::new(|| {
    let load = |name: &str| Pipeline::load(&root().join("models").join(name)).unwrap();
    [(load("linear"), 1), (load("default"), 8)]
});

static NARRATIVES: LazyLock<Vec<Record>> =
    LazyLock::new(|| corpus::read_dir(&root().join("corpora/narratives"), Taxonomy::shipped()).unwrap());

/// Every evidence of an assessment with what it is evidence of.
fn evidence(assessment: &Assessment) -> Vec<(String, &Evidence)> {
    let needs = assessment.needs.iter().flat_map(|f| f.evidence.iter().map(|e| (f.code.clone(), e)));
    let demands = assessment.demands.iter().flat_map(|f| f.evidence.iter().map(|e| (f.code.clone(), e)));
    let levels = assessment.levels.iter().flat_map(|f| f.evidence.iter().map(|e| (f.domain.clone(), e)));
    let actions = assessment.actions.iter().flat_map(|f| f.evidence.iter().map(|e| (f.code.clone(), e)));
    needs.chain(demands).chain(levels).chain(actions).collect()
}

/// What must hold of any assessment of a text.
fn check(text: &str, assessment: &Assessment) {
    assert_eq!(assessment.verification_status, VerificationStatus::Unconfirmed);
    let mut at = 0;
    for sentence in &assessment.sentences {
        assert_eq!(sentence.start, at, "help: sentences must cover the text without a gap");
        at = sentence.end;
    }
    assert_eq!(at, text.len());
    let utf16 = |byte: usize| text.get(..byte).unwrap().encode_utf16().count();
    for (of, e) in evidence(assessment) {
        let quoted = text.get(e.start..e.end).unwrap_or_else(|| panic!("{of}: evidence cuts a character"));
        assert!(!quoted.trim().is_empty(), "{of}: empty evidence");
        assert_eq!((e.start_utf16, e.end_utf16), (utf16(e.start), utf16(e.end)), "{of}");
        assert!((0.0..=1.0).contains(&e.probability), "{of}: {}", e.probability);
    }
    for need in &assessment.needs {
        assert!(!need.evidence.is_empty(), "{}", need.code);
        assert!(!need.suggested || need.status == Status::Present, "{}", need.code);
    }
    assert!(assessment.demands.iter().all(|d| !d.evidence.is_empty()));
    assert_eq!(assessment.levels.len(), Taxonomy::shipped().domains().len());
    for level in &assessment.levels {
        let sum: f32 = level.distribution.iter().sum();
        assert!((sum - 1.0).abs() < 1e-4 && level.distribution.iter().all(|p| *p >= 0.0), "{}", level.domain);
        assert!(
            level.level.is_none_or(|l| (1..=5).contains(&l) && !level.evidence.is_empty()),
            "{}",
            level.domain
        );
    }
    let suggested = |code: &String| {
        assessment.needs.iter().any(|n| n.suggested && n.code == *code)
            || assessment.demands.iter().any(|d| d.suggested && d.code == *code)
    };
    for action in &assessment.actions {
        assert!(!action.because.is_empty() && action.because.iter().all(suggested), "{}", action.code);
        assert!(Taxonomy::shipped().action(&action.code).is_some());
    }
}

#[test]
fn every_assessment_of_the_corpus_keeps_its_promises() {
    for (pipeline, fewer) in &*MODELS {
        for record in NARRATIVES.iter().step_by(7 * fewer) {
            check(&record.text, &pipeline.assess(&record.text).unwrap());
        }
    }
}

#[test]
fn other_texts_before_or_beside_change_nothing() {
    for (pipeline, fewer) in &*MODELS {
        let texts: Vec<&str> = NARRATIVES.iter().step_by(40 * fewer).map(|r| r.text.as_str()).collect();
        let read = |text: &str| serde_json::to_string(&pipeline.assess(text).unwrap()).unwrap();
        let alone: Vec<String> = texts.iter().map(|t| read(t)).collect();
        let backwards: Vec<String> = std::thread::scope(|scope| {
            let work: Vec<_> = texts.iter().rev().map(|t| scope.spawn(|| read(t))).collect();
            work.into_iter().rev().map(|w| w.join().unwrap()).collect()
        });
        assert_eq!(alone, backwards);
    }
}

#[test]
fn an_assessment_survives_its_json_and_fits_its_schema() {
    let schema = Assessment::schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (pipeline, fewer) in &*MODELS {
        for record in NARRATIVES.iter().step_by(60 * fewer) {
            let assessment = pipeline.assess(&record.text).unwrap();
            let json = serde_json::to_value(&assessment).unwrap();
            assert!(
                validator.is_valid(&json),
                "{:?}",
                validator.iter_errors(&json).map(|e| e.to_string()).next()
            );
            assert_eq!(serde_json::from_value::<Assessment>(json).unwrap(), assessment);
        }
    }
    assert!(!validator.is_valid(&serde_json::json!({"needs": []})));
}

#[test]
fn the_published_schema_is_that_of_the_code() {
    let published = std::fs::read_to_string(root().join("docs/assessment.schema.json")).unwrap();
    let published: serde_json::Value = serde_json::from_str(&published).unwrap();
    assert_eq!(
        published,
        Assessment::schema(),
        "help: curl -s 127.0.0.1:8080/v1/schema/assessment.json > docs/assessment.schema.json, and bump the version"
    );
}

#[test]
fn alert_needs_bring_their_protocol_first() {
    let taxonomy = Taxonomy::shipped();
    let mut seen = 0;
    let texts =
        MODELS.iter().flat_map(|(p, fewer)| NARRATIVES.iter().step_by(5 * fewer).map(move |r| (p, r)));
    for (pipeline, record) in texts {
        let assessment = pipeline.assess(&record.text).unwrap();
        let alerts: Vec<usize> = assessment
            .needs
            .iter()
            .filter(|n| n.suggested && n.alert)
            .filter_map(|n| taxonomy.need(&n.code))
            .collect();
        if alerts.is_empty() {
            continue;
        }
        seen += 1;
        let first = taxonomy.action(&assessment.actions[0].code).unwrap();
        assert!(
            alerts.iter().any(|n| taxonomy.actions()[first].addresses.contains(n)),
            "{}: {} comes first",
            record.id,
            assessment.actions[0].code
        );
        assert!(assessment.actions[0].suggested);
    }
    assert!(seen > 20);
}

#[test]
fn debug_of_a_document_hides_its_text() {
    let record = &NARRATIVES[0];
    let shown = format!("{:?} {:?}", Document::new(record.text.as_str()).unwrap(), record);
    for word in record.text.split_whitespace().filter(|w| w.len() > 6) {
        assert!(!shown.contains(word), "{word}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_text_is_assessed_or_refused(text in "\\PC{0,200}|[a-zà-ÿ .,;:!?\n\u{0}\u{200b}«»—]{0,300}") {
        for (pipeline, _) in &*MODELS {
            match pipeline.assess(&text) {
                Ok(assessment) => check(&text, &assessment),
                Err(error) => prop_assert_eq!(error.code(), "empty_text"),
            }
        }
    }
}

#[test]
fn huge_and_odd_texts_end() {
    for (pipeline, fewer) in &*MODELS {
        let n = |times: usize| times / (fewer * fewer);
        for text in ["a".repeat(n(1 << 20)), "\0 a\u{301}\u{200b}".repeat(n(2000)), "No. ".repeat(n(5000))] {
            check(&text, &pipeline.assess(&text).unwrap());
        }
    }
}

#[test]
fn a_short_text_gets_no_level_of_what_it_does_not_speak_of() {
    for (pipeline, _) in &*MODELS {
        for text in
            ["Fa tres mesos que no paga el lloguer.", "No paga el alquiler.", "She is behind with the rent."]
        {
            for level in pipeline.assess(text).unwrap().levels {
                let related = ["income", "housing", "justice"];
                assert!(
                    level.level.is_none() || related.contains(&level.domain.as_str()),
                    "{}: {text}",
                    level.domain
                );
            }
        }
    }
}

/// The mean fall of a sentence's probability when three of its words are taken out together: those that speak most for
/// it by themselves, and those that speak least.
#[test]
fn the_words_that_explain_a_need_are_those_it_goes_without() {
    for (pipeline, fewer) in &*MODELS {
        let (mut most, mut least, mut needs) = (0.0, 0.0, 0);
        for record in NARRATIVES.iter().step_by(97 * fewer) {
            let document = Document::new(record.text.as_str()).unwrap();
            let assessment = pipeline.assess_document(&document).unwrap();
            for need in assessment.needs.iter().filter(|n| n.suggested).take(2) {
                let at = document
                    .sentences()
                    .iter()
                    .position(|s| s.span.range().contains(&need.evidence[0].start));
                let statement = Statement::Need(&need.code, need.status);
                let explained = pipeline.explain(&document, at.unwrap(), statement).unwrap();
                assert_eq!(
                    explained.probability.to_bits(),
                    need.evidence[0].probability.to_bits(),
                    "{}",
                    need.code
                );
                let mut words = explained.words.clone();
                if words.len() < 8 {
                    continue;
                }
                words.sort_by(|a, b| a.probability.total_cmp(&b.probability));
                let fall = |words: &[Evidence]| {
                    let mut text = record.text.clone();
                    let mut cut: Vec<_> = words.iter().map(|w| w.start..w.end).collect();
                    cut.sort_by_key(|range| std::cmp::Reverse(range.start));
                    let mut spans: Vec<_> = document.sentences().iter().map(|s| s.span).collect();
                    for range in cut {
                        for span in &mut spans {
                            span.start -= if span.start >= range.end { range.len() } else { 0 };
                            span.end -= if span.end >= range.end { range.len() } else { 0 };
                        }
                        text.replace_range(range, "");
                    }
                    let need = pipeline.taxonomy().need(&need.code).unwrap();
                    let read = pipeline.read(&Document::from_spans(text, &spans).unwrap()).unwrap();
                    f64::from(explained.probability - read.sentence_need(at.unwrap(), need, Status::Present))
                };
                most += fall(&words[..3]);
                least += fall(&words[words.len() - 3..]);
                needs += 1;
            }
        }
        assert!(needs >= 5, "{needs}");
        let (most, least) = (most / f64::from(needs), least / f64::from(needs));
        assert!(most > 0.3 && least < 0.1, "{most} {least} of {needs} needs");
    }
}
