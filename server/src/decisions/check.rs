//! What a decision must hold to besides its form: the code lists, the narrative, and what the model found.

use relat_engine::{Assessment, Taxonomy};

use super::{Act, Finding, Kind, State, Subject};

/// Why an act says nothing about this interview. No text is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// Not a code of that list.
    #[error("{code} is not a code of this list: GET /v1/taxonomy has them")]
    UnknownCode {
        /// The code, which is one of another list or none.
        code: String,
    },
    /// The model did not find it and nobody added it.
    #[error("nothing of this kind and code was suggested or added: add it instead")]
    NotSuggested,
    /// The model found it already.
    #[error("this was found already: confirm or edit it instead")]
    AlreadyThere,
    /// A stretch that is empty, outside the text, or cuts a character.
    #[error("stretch {index} of the evidence is empty, outside the text or cuts a character")]
    Evidence {
        /// Place in the list, from 0.
        index: usize,
    },
    /// A level that is not 1 to 5, or a level of what has none.
    #[error("a level is 1 to 5, and only the domains of the matrix have one")]
    Level,
    /// A status of what has none.
    #[error("only needs have a status")]
    Status,
    /// More evidence than anybody reads.
    #[error("at most {limit} stretches of evidence are taken")]
    TooMuch {
        /// The limit.
        limit: usize,
    },
}

/// Stretches of evidence that one finding may have.
const MAX_EVIDENCE: usize = 100;

/// Checks an act against the narrative and what the model found in it.
/// # Errors
/// [`Invalid`].
pub fn check(act: &Act, state: &State, assessment: &Assessment, text: &str) -> Result<(), Invalid> {
    match act {
        Act::Confirm { kind, code } | Act::Refute { kind, code, .. } => {
            known((*kind, code), state, assessment)
        }
        Act::Edit { kind, code, to } => {
            known((*kind, code), state, assessment)?;
            finding(*kind, to, text)
        }
        Act::Add { kind, finding: added } => {
            finding(*kind, added, text)?;
            let subject = Subject { kind: *kind, code: added.code.clone() };
            // A level of one's own stands beside the model's: in blind-first work it comes before it.
            if *kind != Kind::Level && is_suggested(&subject, assessment) {
                return Err(Invalid::AlreadyThere);
            }
            Ok(())
        }
        Act::Undo | Act::Redo | Act::Close | Act::Reopen => Ok(()),
    }
}

fn known((kind, code): (Kind, &str), state: &State, assessment: &Assessment) -> Result<(), Invalid> {
    in_list(kind, code)?;
    let subject = Subject { kind, code: code.to_owned() };
    if is_found(&subject, assessment) || state.on(&subject).is_some() {
        Ok(())
    } else {
        Err(Invalid::NotSuggested)
    }
}

fn in_list(kind: Kind, code: &str) -> Result<(), Invalid> {
    let taxonomy = Taxonomy::shipped();
    let found = match kind {
        Kind::Need => taxonomy.need(code),
        Kind::Demand => taxonomy.demand(code),
        Kind::Level => taxonomy.domain(code),
        Kind::Action => taxonomy.action(code),
    };
    // What is no code may be a piece of text, which no answer repeats.
    let told =
        || taxonomy.need(code).or(taxonomy.demand(code)).or(taxonomy.domain(code)).or(taxonomy.action(code));
    match found {
        Some(_) => Ok(()),
        None => {
            Err(Invalid::UnknownCode { code: told().map_or_else(|| "this".to_owned(), |_| code.to_owned()) })
        }
    }
}

fn finding(kind: Kind, finding: &Finding, text: &str) -> Result<(), Invalid> {
    in_list(kind, &finding.code)?;
    if finding.status.is_some() && kind != Kind::Need {
        return Err(Invalid::Status);
    }
    if finding.level.is_some_and(|level| kind != Kind::Level || !(1..=5).contains(&level)) {
        return Err(Invalid::Level);
    }
    if finding.evidence.len() > MAX_EVIDENCE {
        return Err(Invalid::TooMuch { limit: MAX_EVIDENCE });
    }
    for (index, stretch) in finding.evidence.iter().enumerate() {
        if text.get(stretch.start..stretch.end).is_none_or(|said| said.trim().is_empty()) {
            return Err(Invalid::Evidence { index });
        }
    }
    Ok(())
}

/// Whether the model says anything of a subject, suggested or not.
fn is_found(subject: &Subject, assessment: &Assessment) -> bool {
    let code = &subject.code;
    match subject.kind {
        Kind::Need => assessment.needs.iter().any(|n| n.code == *code),
        Kind::Demand => assessment.demands.iter().any(|d| d.code == *code),
        Kind::Level => assessment.levels.iter().any(|l| l.domain == *code),
        Kind::Action => assessment.actions.iter().any(|a| a.code == *code),
    }
}

fn is_suggested(subject: &Subject, assessment: &Assessment) -> bool {
    let code = &subject.code;
    match subject.kind {
        Kind::Need => assessment.needs.iter().any(|n| n.code == *code && n.suggested),
        Kind::Demand => assessment.demands.iter().any(|d| d.code == *code && d.suggested),
        Kind::Level => assessment.levels.iter().any(|l| l.domain == *code && l.level.is_some()),
        Kind::Action => assessment.actions.iter().any(|a| a.code == *code && a.suggested),
    }
}

/// Codes of the alert needs that the model suggests and nobody has decided on: an interview closes without any.
#[must_use]
pub fn undecided_alerts(state: &State, assessment: &Assessment) -> Vec<String> {
    let alerts = assessment.needs.iter().filter(|need| need.alert && need.suggested);
    alerts
        .map(|need| need.code.clone())
        .filter(|code| state.on(&Subject { kind: Kind::Need, code: code.clone() }).is_none())
        .collect()
}

/// Whether the worker has given every domain of the matrix a level, or said that it cannot be assessed.
#[must_use]
pub fn marks_every_domain(state: &State) -> bool {
    Taxonomy::shipped()
        .domains()
        .iter()
        .all(|domain| state.on(&Subject { kind: Kind::Level, code: domain.code.clone() }).is_some())
}
