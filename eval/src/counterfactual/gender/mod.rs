//! The gender of the person described, or of everyone, changed with all that agrees with it.

mod adjective;
mod clitic;
mod english;
mod link;
mod loose;
mod mark;
mod phrase;
mod pronoun;
mod romance;

use std::collections::BTreeSet;

use relat_engine::{Language, Span};
use serde::{Deserialize, Serialize};

use self::mark::{Mark, What};
use self::phrase::Reader;

use super::edit::{Edit, apply};
use super::lexicon::{Gender, Lexicon, NounKind, Number, Tongue};
use super::names;
use super::scene::Scene;
use super::token::{Token, tokenize};
use super::{Refusal, Rewriting};
use crate::corpus::Record;

/// Whose gender is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The person described; everyone else stays as they are.
    Person,
    /// Everyone told of: a mother and her son become a father and his daughter.
    Everyone,
}

/// Needs whose meaning depends on gender, in whatever status.
const GENDERED_NEEDS: [&str; 1] = ["intimate_partner_violence"];

/// Rewrites a record with the other gender.
pub(super) fn rewrite(record: &Record, scope: Scope) -> Result<Rewriting, Refusal> {
    let tongue = Tongue::of(record.lang).ok_or(Refusal::Language)?;
    let told = record.sentences.iter().flat_map(|s| &s.needs);
    if told.into_iter().any(|n| GENDERED_NEEDS.contains(&n.code.as_str())) {
        return Err(Refusal::GenderedTopic);
    }
    let person = match record.person.as_ref().map(|p| p.gender.as_str()) {
        Some("f") => Some(Gender::F),
        Some("m") => Some(Gender::M),
        Some(_) => return Err(Refusal::GenderUnsettled),
        None => None,
    };
    let spans: Vec<Span> = record.sentences.iter().map(|s| Span::new(s.start, s.end)).collect();
    let tokens = tokenize(&record.text, &spans);
    let lexicons: &[Tongue] = if tongue == Tongue::En { &[Tongue::En] } else { &[Tongue::Ca, Tongue::Es] };
    if tokens.iter().any(|t| lexicons.iter().any(|l| Lexicon::of(*l).is_gendered_topic(&t.lower))) {
        return Err(Refusal::GenderedTopic);
    }
    if tokens.iter().any(|t| matches!(t.lower.as_str(), "sor" | "mossèn" | "capellà" | "trans")) {
        return Err(Refusal::GenderedTopic);
    }
    let initials = |m: &names::Mention| names::initial_alone(&tokens, &names::mentions(&tokens, tongue), m);
    if names::mentions(&tokens, tongue).iter().any(initials) {
        return Err(Refusal::Dependent);
    }
    let unnamed = person.is_some() && names::unnamed(&tokens, tongue);
    let doubtful = person.is_some_and(|g| names::doubtful(&tokens, tongue, g));
    if unnamed || doubtful || names::unknown_person(&tokens, tongue) {
        return Err(Refusal::NameUnknown);
    }
    let marks = match record.lang {
        Language::En => english::marks(&tokens)?,
        Language::Ca | Language::Es | Language::Other => romance::marks(&tokens, tongue, person)?,
    };
    let speaks = first_person(&tokens, &record.style);
    let edits = match scope {
        Scope::Person => {
            let gender = person.ok_or(Refusal::GenderUnsettled)?;
            let age = record.person.as_ref().and_then(|p| p.age);
            of_person(&marks, &tokens, &Described { gender, age, speaks })?
        }
        Scope::Everyone => of_everyone(&marks, &tokens, person, tongue)?,
    };
    apply(&record.text, &spans, edits)
}

/// What is known of the person described.
struct Described {
    gender: Gender,
    age: Option<u8>,
    /// The text is in the person's own voice.
    speaks: bool,
}

/// True when the person tells it: no pronoun of the third person is about them.
fn first_person(tokens: &[Token], style: &str) -> bool {
    const OPENINGS: [[&str; 2]; 8] = [
        ["me", "llamo"],
        ["em", "dic"],
        ["my", "name"],
        ["soc", "la"],
        ["soc", "en"],
        ["sóc", "la"],
        ["yo", "soy"],
        ["i", "am"],
    ];
    let says = |w: &[Token]| matches!(w, [a, b] if OPENINGS.contains(&[a.lower.as_str(), b.lower.as_str()]));
    style == "first_person" || tokens.windows(2).any(says)
}

/// The name of the person described: the one with their age, or the first that no noun stands before.
fn name_of<'m>(marks: &[&'m Mark], age: Option<u8>) -> Option<&'m str> {
    let with_age = marks
        .iter()
        .find(|m| matches!(m.what, What::Name { age: told, .. } if told.is_some() && told == age));
    // A name is someone else's when a noun stands before it the first time.
    let first = |m: &&&Mark| {
        let own = marks.iter().find(|o| o.name() == m.name());
        m.name().is_some() && own.is_some_and(|o| matches!(o.what, What::Name { apposed: false, .. }))
    };
    let plain = marks.iter().find(first);
    with_age.or(plain).and_then(|m| m.name())
}

fn of_person(marks: &[Mark], tokens: &[Token], person: &Described) -> Result<Vec<Edit>, Refusal> {
    if marks.iter().any(|m| matches!(m.what, What::Noun { kind: NounKind::Spouse, described: false, .. })) {
        return Err(Refusal::Couple);
    }
    let own: Vec<&Mark> = marks.iter().filter(|m| m.gender == person.gender).collect();
    if own.iter().any(|m| m.number == Number::Pl && m.what.loose()) {
        return Err(Refusal::PluralAgreement);
    }
    let own: Vec<&Mark> = own.into_iter().filter(|m| m.number == Number::Sg).collect();
    let name = name_of(&own, person.age);
    let surname = own.iter().filter(|m| m.name() == name).find_map(|m| match &m.what {
        What::Name { surname, .. } => surname.as_deref(),
        What::Noun { .. } | What::Pronoun | What::Adjective => None,
    });
    let mine = |m: &&Mark| match &m.what {
        What::Name { name: other, .. } => Some(other.as_str()) == name,
        What::Noun { titled: Some(titled), .. } => {
            let own = name.is_some_and(|n| n.split(' ').any(|part| part == titled));
            own || surname == Some(titled.as_str())
        }
        What::Noun { described, .. } => *described,
        What::Pronoun => !person.speaks,
        What::Adjective => true,
    };
    if person.speaks && own.iter().any(|m| m.what == What::Pronoun) {
        return Err(Refusal::OtherSameGender);
    }
    let meant = |(from, to): (u8, u8)| person.age.is_none_or(|age| from <= age && age <= to);
    if own.iter().any(|m| matches!(m.what, What::Noun { unsure: Some(ages), .. } if meant(ages))) {
        return Err(Refusal::OtherSameGender);
    }
    // "una señora de rosa… la señora": another one was told of.
    let client = |told: bool| {
        let fits = |m: &&&Mark| matches!(m.what, What::Noun { kind: NounKind::Client, described, .. } if described == told);
        own.iter().any(|m| fits(&m))
    };
    if client(true) && client(false) {
        return Err(Refusal::OtherSameGender);
    }
    // A pronoun near someone else of the same gender may be about either.
    let others: BTreeSet<usize> = own.iter().filter(|m| !mine(m)).map(|m| m.sentence).collect();
    let unsure = |m: &&Mark| {
        m.what.loose()
            && (others.contains(&m.sentence)
                || m.sentence.checked_sub(1).is_some_and(|s| others.contains(&s)))
    };
    if own.iter().any(unsure) {
        return Err(Refusal::OtherSameGender);
    }
    if name.and_then(names::counterpart).is_some_and(|new| tokens.iter().any(|t| t.text == new)) {
        return Err(Refusal::NameTaken);
    }
    Ok(own.into_iter().filter(mine).flat_map(|m| m.edits.clone()).collect())
}

/// Everyone: pairs of opposite gender stay pairs, groups of women become groups of men.
fn of_everyone(
    marks: &[Mark],
    tokens: &[Token],
    person: Option<Gender>,
    tongue: Tongue,
) -> Result<Vec<Edit>, Refusal> {
    // A masculine plural may count women in: it stays, unless all that is told of are men.
    let kept = |m: &&Mark| tongue == Tongue::En || m.gender == Gender::F || m.number == Number::Sg;
    let women = marks.iter().any(|m| m.gender == Gender::F);
    if !women && marks.iter().any(|m| !kept(&m) && m.what.loose()) {
        return Err(Refusal::PluralAgreement);
    }
    let shown = |m: &Mark| person.is_none_or(|g| m.gender == g) && m.number == Number::Sg;
    if !marks.iter().any(shown) {
        return Err(Refusal::NothingToChange);
    }
    let changed: Vec<&Mark> = marks.iter().filter(kept).collect();
    let old: BTreeSet<&str> = changed.iter().filter_map(|m| m.name()).collect();
    for new in old.iter().filter_map(|n| names::counterpart(n)) {
        if tokens.iter().any(|t| t.text == new) && !old.contains(new.as_str()) {
            return Err(Refusal::NameTaken);
        }
    }
    Ok(changed.into_iter().flat_map(|m| m.edits.clone()).collect())
}

/// What stands before a name that becomes another of the same gender: articles, d' and de, y and e.
pub(super) fn before_name(scene: &Scene<'_>, start: usize, gender: Gender, new: &str) -> Option<Edit> {
    if scene.tongue == Tongue::En {
        return None;
    }
    let reader = Reader {
        tokens: &scene.tokens,
        tongue: scene.tongue,
        lexicon: Lexicon::of(scene.tongue),
        described: None,
    };
    reader.before_name(start, gender, new)
}
