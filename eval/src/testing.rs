//! A model for tests: words that stand for codes.

use relat_engine::{
    Assessment, DemandFinding, Document, Evidence, Language, LevelFinding, NeedFinding, Span, Status,
    Taxonomy, VerificationStatus, Versions,
};

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
