//! Invented records and assessments for tests.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use relat_engine::{
    ActionFinding, Assessment, DemandFinding, Document, Evidence, Language, LevelFinding, NeedFinding,
    SentenceSpan, Span, Status, Taxonomy, VerificationStatus, Versions,
};

use crate::bootstrap::{BootstrapConfig, Method};
use crate::corpus::{GoldNeed, GoldSentence, Person, Record};
use crate::example::Example;
use crate::reading::Pair;

/// Codes used: few, so that readings meet, and some of them alerts.
const CODES: usize = 12;

fn codes(n: usize, max: usize) -> impl Strategy<Value = Vec<usize>> {
    prop::collection::btree_set(0..n, 0..=max).prop_map(|s| s.into_iter().collect::<Vec<_>>()).prop_shuffle()
}

fn status() -> impl Strategy<Value = Status> {
    prop_oneof![4 => Just(Status::Present), 1 => Just(Status::Absent), 1 => Just(Status::Past), 1 => Just(Status::Other)]
}

fn sentence() -> impl Strategy<Value = (usize, Vec<(usize, Status)>, Vec<usize>)> {
    let needs = (codes(CODES, 3), prop::collection::vec(status(), 3))
        .prop_map(|(codes, statuses)| codes.into_iter().zip(statuses).collect());
    (1usize..12, needs, codes(5, 1))
}

fn person() -> impl Strategy<Value = Person> {
    let of = |choices: &'static [&'static str]| prop::sample::select(choices).prop_map(str::to_owned);
    (
        of(&["f", "m", "x"]),
        prop::option::of(16u8..95),
        of(&["local", "Morocco", "Peru"]),
        of(&["alone", "couple"]),
    )
        .prop_map(|(gender, age, origin, household)| Person { gender, age, origin, household })
}

/// Any record that the corpus reader would take.
pub(crate) fn record() -> impl Strategy<Value = Record> {
    let t = Taxonomy::shipped();
    let levels = prop::collection::btree_map(0..t.domains().len(), 1u8..=5, 0..8);
    let lang = prop::sample::select(&[Language::Ca, Language::Es, Language::En][..]);
    let writer = prop::sample::select(&["a", "b", "c"][..]);
    (prop::collection::vec(sentence(), 1..6), levels, codes(9, 4), person(), lang, writer, any::<u32>())
        .prop_map(move |(parts, levels, actions, person, lang, writer, id)| {
            let mut text = String::new();
            let sentences = parts
                .into_iter()
                .map(|(len, needs, demands)| {
                    let start = text.len();
                    text.push_str(&"x".repeat(len));
                    text.push_str(". ");
                    let need =
                        |(c, status): (usize, Status)| GoldNeed { code: t.needs()[c].code.clone(), status };
                    GoldSentence {
                        start,
                        end: text.len(),
                        needs: needs.into_iter().map(need).collect(),
                        demands: demands.into_iter().map(|d| t.demands()[d].code.clone()).collect(),
                    }
                })
                .collect();
            Record {
                id: format!("{writer}-{id}"),
                lang,
                writer: writer.to_owned(),
                style: "walk_in".to_owned(),
                text,
                sentences,
                levels: levels.into_iter().map(|(d, l)| (t.domains()[d].code.clone(), l)).collect(),
                actions: actions.into_iter().map(|a| t.actions()[a].code.clone()).collect(),
                person: Some(person),
            }
        })
}

fn evidence(start: usize, end: usize, probability: f32) -> Evidence {
    Evidence { start, end, start_utf16: start, end_utf16: end, probability }
}

fn distribution(level: Option<u8>) -> [f32; 5] {
    std::array::from_fn(|i| match level {
        Some(l) => f32::from(u8::from(usize::from(l) == i + 1)),
        None => 0.2,
    })
}

/// The assessment that says what the record says, with certainty.
pub(crate) fn perfect(record: &Record) -> Assessment {
    let t = Taxonomy::shipped();
    let mut needs: BTreeMap<(&str, Status), Vec<Evidence>> = BTreeMap::new();
    let mut demands: BTreeMap<&str, Vec<Evidence>> = BTreeMap::new();
    for s in &record.sentences {
        let here = evidence(s.start, s.end, 1.0);
        for n in &s.needs {
            needs.entry((&n.code, n.status)).or_default().push(here);
        }
        for d in &s.demands {
            demands.entry(d).or_default().push(here);
        }
    }
    let span = |s: &GoldSentence| SentenceSpan {
        start: s.start,
        end: s.end,
        start_utf16: s.start,
        end_utf16: s.end,
        language: record.lang,
    };
    Assessment {
        verification_status: VerificationStatus::Unconfirmed,
        language: record.lang,
        sentences: record.sentences.iter().map(span).collect(),
        needs: needs
            .into_iter()
            .map(|((code, status), evidence)| NeedFinding {
                code: code.to_owned(),
                status,
                probability: 1.0,
                suggested: status == Status::Present,
                alert: t.needs()[t.need(code).unwrap()].alert,
                evidence,
            })
            .collect(),
        demands: demands
            .into_iter()
            .map(|(code, evidence)| DemandFinding {
                code: code.to_owned(),
                probability: 1.0,
                suggested: true,
                evidence,
            })
            .collect(),
        levels: t
            .domains()
            .iter()
            .map(|d| {
                let level = record.levels.get(&d.code).copied();
                LevelFinding {
                    domain: d.code.clone(),
                    level,
                    distribution: distribution(level),
                    assessable: f32::from(u8::from(level.is_some())),
                    evidence: Vec::new(),
                }
            })
            .collect(),
        actions: record
            .actions
            .iter()
            .map(|code| ActionFinding {
                code: code.clone(),
                score: 1.0,
                suggested: true,
                because: Vec::new(),
                to_check: Vec::new(),
                evidence: Vec::new(),
            })
            .collect(),
        warnings: Vec::new(),
        versions: Versions {
            engine: "0".into(),
            model: "test".into(),
            model_sha256: String::new(),
            taxonomy: t.version().to_owned(),
            thresholds: "0".into(),
            catalogue: "0".into(),
        },
    }
}

/// A record beside an assessment of its text.
pub(crate) fn example(reference: Record, predicted: Assessment) -> Example {
    Example { reference, predicted }
}

/// Records beside what another record says, cut and labelled otherwise, with uneven probabilities.
pub(crate) fn examples(n: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Example>> {
    let one = (record(), record(), any::<u8>()).prop_map(|(reference, other, p)| {
        let mut predicted = perfect(&other);
        for (i, need) in predicted.needs.iter_mut().enumerate() {
            let turn = u8::try_from(i % 4).unwrap() * 57;
            need.probability = f32::from(p.wrapping_mul(31).wrapping_add(turn)) / 255.0;
            need.suggested &= need.probability > 0.2;
        }
        example(reference, predicted)
    });
    prop::collection::vec(one, n)
}

/// Settings of quick intervals.
pub(crate) fn config(resamples: usize, seed: u64) -> BootstrapConfig {
    BootstrapConfig { resamples, confidence: 0.95, seed, method: Method::Percentile }
}

/// Readings of examples.
pub(crate) fn pairs(examples: &[Example]) -> Vec<Pair> {
    examples.iter().map(|e| e.pair(Taxonomy::shipped()).unwrap()).collect()
}

/// The same values of a strategy every time.
pub(crate) fn sample<T>(strategy: impl Strategy<Value = T>, seed: u8) -> T {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    strategy.new_tree(&mut TestRunner::new_with_rng(Config::default(), rng)).unwrap().current()
}

/// The same records every time.
pub(crate) fn sample_records(n: usize, seed: u8) -> Vec<Record> {
    sample(prop::collection::vec(record(), n), seed)
}

/// A word and what the model reads where it stands: a need with a status, a demand, or a level.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reads {
    Need(&'static str, Status),
    Demand(&'static str),
    Level(&'static str, u8),
}

/// Reads each rule's word wherever it stands, letter for letter.
pub(crate) fn keyword_model(
    rules: &'static [(&'static str, Reads)],
) -> impl Fn(&str) -> relat_engine::Result<Assessment> + Sync {
    move |text| {
        let document = Document::from_spans(text, &[Span::new(0, text.len())])?;
        let mut needs: Vec<NeedFinding> = Vec::new();
        let mut demands = Vec::new();
        let mut levels: Vec<LevelFinding> = Vec::new();
        for (word, reads) in rules {
            let Some(at) = text.find(word) else { continue };
            let evidence: Vec<Evidence> =
                Evidence::at(&document, Span::new(at, at + word.len()), 0.9).into_iter().collect();
            match *reads {
                Reads::Need(code, status) => needs.push(NeedFinding {
                    code: code.to_owned(),
                    status,
                    probability: 0.9,
                    suggested: status == Status::Present,
                    alert: false,
                    evidence,
                }),
                Reads::Demand(code) => demands.push(DemandFinding {
                    code: code.to_owned(),
                    probability: 0.9,
                    suggested: true,
                    evidence,
                }),
                Reads::Level(domain, level) => levels.push(LevelFinding {
                    domain: domain.to_owned(),
                    level: Some(level),
                    distribution: [0.2; 5],
                    assessable: 0.9,
                    evidence,
                }),
            }
        }
        Ok(Assessment {
            verification_status: VerificationStatus::Unconfirmed,
            language: Language::Other,
            sentences: Vec::new(),
            needs,
            demands,
            levels,
            actions: Vec::new(),
            warnings: Vec::new(),
            versions: Versions {
                engine: "test".into(),
                model: "keywords".into(),
                model_sha256: String::new(),
                taxonomy: Taxonomy::shipped().version().to_owned(),
                thresholds: "1".into(),
                catalogue: "1".into(),
            },
        })
    }
}
