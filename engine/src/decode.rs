//! From probabilities to suggestions: thresholds, evidence, warnings. Thresholds live here and nowhere else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::assessment::{
    Assessment, DemandFinding, Evidence, LevelFinding, NeedFinding, SentenceSpan, Status, VerificationStatus,
    Versions, Warning,
};
use crate::document::Document;
use crate::reading::{LevelReading, Reading};
use crate::segment;
use crate::span::Language;
use crate::taxonomy::{Domain, Taxonomy};

/// When a probability becomes a suggestion; chosen on out-of-fold predictions. `thresholds.json` of a bundle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// A need is suggested from this probability on; by code.
    pub needs: BTreeMap<String, f32>,
    /// A demand is suggested from this probability on; by code.
    pub demands: BTreeMap<String, f32>,
    /// A need is shown as absent, past or other from this probability on.
    pub not_present: f32,
    /// A sentence is evidence of a need from this probability on; the strongest one always is.
    pub evidence: f32,
    /// A sentence is evidence of a demand from this probability on; the strongest one always is.
    pub demand_evidence: f32,
    /// A domain is assessed from this probability on; by code.
    pub assessable: BTreeMap<String, f32>,
    /// A domain is assessed only if its sentences add this much to the logit of being assessable.
    pub level_evidence: f32,
    /// An action is suggested from this probability on.
    pub action: f32,
}

/// Findings below this probability are not worth a line.
const FLOOR: f32 = 0.05;

/// Sentences shown for one finding at most.
const MOST_EVIDENCE: usize = 8;

impl Thresholds {
    /// Checks that every code has its threshold.
    /// # Errors
    /// A sentence that names the code that has none.
    pub fn check(&self, taxonomy: &Taxonomy) -> Result<(), String> {
        let codes = taxonomy.needs().iter().map(|n| (&n.code, &self.needs));
        let codes = codes.chain(taxonomy.demands().iter().map(|d| (&d.code, &self.demands)));
        let codes = codes.chain(taxonomy.domains().iter().map(|d| (&d.code, &self.assessable)));
        for (code, thresholds) in codes {
            if !thresholds.contains_key(code) {
                return Err(format!("no threshold for '{code}'"));
            }
        }
        Ok(())
    }
}

/// Turns a reading into an assessment.
#[must_use]
pub fn decode(
    document: &Document,
    reading: &Reading,
    thresholds: &Thresholds,
    taxonomy: &Taxonomy,
    versions: &Versions,
) -> Assessment {
    let needs = needs(document, reading, thresholds, taxonomy);
    let demands = demands(document, reading, thresholds, taxonomy);
    let actions = crate::actions::rank(reading, thresholds.action, taxonomy, &needs, &demands);
    let warnings = warnings(document, &needs, &demands);
    Assessment {
        verification_status: VerificationStatus::Unconfirmed,
        language: document.language(),
        sentences: sentence_spans(document),
        levels: levels(document, reading, thresholds, taxonomy),
        needs,
        demands,
        actions,
        warnings,
        versions: versions.clone(),
    }
}

fn sentence_spans(document: &Document) -> Vec<SentenceSpan> {
    let at = |byte| document.utf16_offset(byte).unwrap_or_default();
    let spans = document.sentences().iter().map(|s| SentenceSpan {
        start: s.span.start,
        end: s.span.end,
        start_utf16: at(s.span.start),
        end_utf16: at(s.span.end),
        language: s.language,
    });
    spans.collect()
}

/// The sentences of at least `from`, strongest first, but at least the strongest one.
fn evidence(document: &Document, probability: impl Fn(usize) -> f32, from: f32) -> Vec<Evidence> {
    let mut order: Vec<(usize, f32)> = (0..document.sentences().len()).map(|i| (i, probability(i))).collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let enough = order.iter().take_while(|(_, p)| *p >= from).count().clamp(1, MOST_EVIDENCE);
    order.truncate(enough);
    at_sentences(document, order)
}

fn at_sentences(document: &Document, sentences: impl IntoIterator<Item = (usize, f32)>) -> Vec<Evidence> {
    let at =
        |(i, p): (usize, f32)| document.sentences().get(i).and_then(|s| Evidence::at(document, s.content, p));
    sentences.into_iter().filter_map(at).collect()
}

fn needs(
    document: &Document,
    reading: &Reading,
    thresholds: &Thresholds,
    taxonomy: &Taxonomy,
) -> Vec<NeedFinding> {
    let mut out = Vec::new();
    for (n, need) in taxonomy.needs().iter().enumerate() {
        for status in Status::ALL {
            let probability = reading.need(n, status);
            let present = status == Status::Present;
            let suggested =
                present && probability >= thresholds.needs.get(&need.code).copied().unwrap_or(1.0);
            if !suggested && probability < (if present { FLOOR } else { thresholds.not_present }) {
                continue;
            }
            // A sentence that rather denies a need, or puts it in the past or on others, does not show it as present.
            let says = |i: usize| {
                let p = reading.sentence_need(i, n, status);
                let mut others = Status::ALL.into_iter().filter(|s| *s != status);
                if present && others.any(|s| reading.sentence_need(i, n, s) > p) { 0.0 } else { p }
            };
            let mut evidence = evidence(document, says, thresholds.evidence);
            evidence.retain(|e| e.probability > 0.0);
            if !evidence.is_empty() {
                let (code, alert) = (need.code.clone(), need.alert);
                out.push(NeedFinding { code, status, probability, suggested, alert, evidence });
            }
        }
    }
    out.sort_by(|a, b| b.suggested.cmp(&a.suggested).then(b.probability.total_cmp(&a.probability)));
    out
}

fn demands(
    document: &Document,
    reading: &Reading,
    thresholds: &Thresholds,
    taxonomy: &Taxonomy,
) -> Vec<DemandFinding> {
    let mut out = Vec::new();
    for (d, demand) in taxonomy.demands().iter().enumerate() {
        let probability = reading.demands[d];
        let suggested = probability >= thresholds.demands.get(&demand.code).copied().unwrap_or(1.0);
        if suggested || probability >= FLOOR {
            let evidence = evidence(document, |i| reading.sentence_demand(i, d), thresholds.demand_evidence);
            if !evidence.is_empty() {
                out.push(DemandFinding { code: demand.code.clone(), probability, suggested, evidence });
            }
        }
    }
    out.sort_by(|a, b| b.suggested.cmp(&a.suggested).then(b.probability.total_cmp(&a.probability)));
    out
}

fn levels(
    document: &Document,
    reading: &Reading,
    thresholds: &Thresholds,
    taxonomy: &Taxonomy,
) -> Vec<LevelFinding> {
    let domains = taxonomy.domains().iter().zip(&reading.levels);
    let level = |(domain, read): (&Domain, &LevelReading)| {
        let threshold = thresholds.assessable.get(&domain.code).copied().unwrap_or(1.0);
        let evidence = at_sentences(document, read.sentences.iter().map(|&s| (s, read.assessable)));
        let level = (read.assessable >= threshold
            && read.evidence >= thresholds.level_evidence
            && !evidence.is_empty())
        .then(|| median(&read.distribution));
        LevelFinding {
            domain: domain.code.clone(),
            evidence: if level.is_some() { evidence } else { Vec::new() },
            level,
            distribution: read.distribution,
            assessable: read.assessable,
        }
    };
    domains.map(level).collect()
}

/// The middle level of a distribution: the first at which half of it is reached. Steadier than the likeliest one where
/// two levels are close.
fn median(distribution: &[f32; 5]) -> u8 {
    let mut sum = 0.0;
    for (level, p) in (1u8..).zip(distribution) {
        sum += p;
        if sum >= 0.5 {
            return level;
        }
    }
    5
}

fn warnings(document: &Document, needs: &[NeedFinding], demands: &[DemandFinding]) -> Vec<Warning> {
    let mut out = Vec::new();
    let words = document.text().split_whitespace().count();
    if words < 15 {
        out.push(Warning::VeryShort { words });
    }
    let other = document.sentences().iter().filter(|s| s.language == Language::Other).count();
    if other > 0 {
        out.push(Warning::OtherLanguage { sentences: other });
    }
    let odd = |c: &char| segment::is_blank(*c) && !c.is_whitespace();
    let characters = document.text().chars().filter(odd).count();
    if characters > 0 {
        out.push(Warning::ControlCharacters { characters });
    }
    for sentence in document.sentences() {
        if document.sentence_text(sentence).split_whitespace().nth(120).is_some() {
            out.push(Warning::LongSentence { start: sentence.content.start, end: sentence.content.end });
        }
    }
    if !needs.iter().any(|n| n.suggested) && !demands.iter().any(|d| d.suggested) {
        out.push(Warning::NothingFound);
    }
    for need in needs.iter().filter(|n| n.suggested) {
        let denied =
            |n: &NeedFinding| n.code == need.code && n.status == Status::Absent && n.probability >= 0.5;
        if needs.iter().any(denied) {
            out.push(Warning::Contradiction { need: need.code.clone() });
        }
    }
    out
}
