//! A hand-written assessment of one narrative: what a careful reader finds in the Catalan example.

use relat_engine::{
    ActionFinding, Assessment, DemandFinding, Document, Evidence, LevelFinding, NeedFinding, SentenceSpan,
    Status, Taxonomy, VerificationStatus, Versions, Warning,
};

/// The narrative.
pub(super) const TEXT: &str = include_str!("../../../../words/example.ca.txt");

const NEEDS: [(&str, Status, f32, &[&str]); 8] = [
    (
        "eviction_risk",
        Status::Present,
        0.97,
        &["ha rebut una carta del jutjat: el desnonament és el 14 de març"],
    ),
    ("housing_arrears", Status::Present, 0.93, &["Fa tres mesos que no paga el lloguer"]),
    (
        "food_insecurity",
        Status::Present,
        0.71,
        &["Els vespres sopa una poma i prou, perquè els nens tinguin plat."],
    ),
    ("precarious_work", Status::Present, 0.64, &["Neteja en tres cases sense contracte", "no entra res"]),
    ("psychological_distress", Status::Present, 0.22, &["fa setmanes que no dorm"]),
    ("energy_poverty", Status::Absent, 0.9, &["Diu que la llum i l'aigua les té al dia."]),
    ("intimate_partner_violence", Status::Past, 0.8, &["L'any passat tenia ordre d'allunyament contra l'ex"]),
    ("unemployment", Status::Other, 0.7, &["La germana, que és a Lleida, també està a l'atur."]),
];

const DEMANDS: [(&str, f32, &str); 2] = [
    ("ask_bills", 0.92, "Demana si la podem ajudar amb el lloguer"),
    ("ask_child_support", 0.5, "si els petits es podrien quedar a dinar a l'escola"),
];

/// The assessment of [`TEXT`].
pub(super) fn assessment() -> Assessment {
    let document = Document::new(TEXT).unwrap();
    let taxonomy = Taxonomy::shipped();
    let at = |quote: &&str| {
        let start = TEXT.find(quote).unwrap_or_else(|| panic!("help: the example does not say “{quote}”"));
        Evidence::at(&document, relat_engine::Span::new(start, start + quote.len()), 0.8).unwrap()
    };
    let needs = NEEDS.map(|(code, status, probability, quotes)| NeedFinding {
        code: code.into(),
        status,
        probability,
        suggested: status == Status::Present && probability > 0.5,
        alert: taxonomy.needs()[taxonomy.need(code).unwrap()].alert,
        evidence: quotes.iter().map(at).collect(),
    });
    let demands = DEMANDS.map(|(code, probability, quote)| DemandFinding {
        code: code.into(),
        probability,
        suggested: probability > 0.4,
        evidence: vec![at(&quote)],
    });
    let levels = taxonomy.domains().iter().map(|domain| {
        let told = domain.code == "housing";
        LevelFinding {
            domain: domain.code.clone(),
            level: told.then_some(1),
            distribution: if told { [0.7, 0.2, 0.06, 0.03, 0.01] } else { [0.2; 5] },
            assessable: if told { 0.95 } else { 0.1 },
            evidence: if told { needs[0].evidence.clone() } else { vec![] },
        }
    });
    let action = |code: &str, because: &NeedFinding, suggested| ActionFinding {
        code: code.into(),
        score: 0.8,
        suggested,
        because: vec![because.code.clone()],
        to_check: vec!["No alternative tonight".into()],
        evidence: because.evidence.clone(),
    };
    let actions =
        vec![action("housing_emergency_board", &needs[0], true), action("food_bank", &needs[2], false)];
    let sentences = document.sentences().iter().map(|s| SentenceSpan {
        start: s.span.start,
        end: s.span.end,
        start_utf16: document.utf16_offset(s.span.start).unwrap(),
        end_utf16: document.utf16_offset(s.span.end).unwrap(),
        language: s.language,
    });
    Assessment {
        verification_status: VerificationStatus::Unconfirmed,
        language: document.language(),
        sentences: sentences.collect(),
        levels: levels.collect(),
        needs: needs.into(),
        demands: demands.into(),
        actions,
        warnings: vec![Warning::Contradiction { need: "housing_arrears".into() }],
        versions: Versions {
            engine: "0".into(),
            model: "by hand".into(),
            model_sha256: "0".into(),
            taxonomy: taxonomy.version().into(),
            thresholds: "0".into(),
            catalogue: "0".into(),
        },
    }
}
