//! Given name and surname of the person described, as people of another origin have them.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::edit::{Edit, apply};
use super::gender::before_name;
use super::lexicon::Gender;
use super::names::{self, Mention};
use super::scene::{Scene, pick};
use super::{Refusal, Rewriting};
use crate::corpus::Record;
use relat_engine::Span;

/// Where a name comes from, in broad groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Catalan.
    Catalan,
    /// Spanish.
    Spanish,
    /// Morocco and Algeria.
    Maghrebi,
    /// Senegal, Gambia, Mali.
    SubSaharan,
    /// Latin America.
    LatinAmerican,
    /// Romania and Ukraine.
    EasternEuropean,
    /// Pakistan and India.
    SouthAsian,
    /// China.
    EastAsian,
}

impl Origin {
    /// All groups.
    pub const ALL: [Self; 8] = [
        Self::Catalan,
        Self::Spanish,
        Self::Maghrebi,
        Self::SubSaharan,
        Self::LatinAmerican,
        Self::EasternEuropean,
        Self::SouthAsian,
        Self::EastAsian,
    ];

    /// The name in the lists.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Catalan => "catalan",
            Self::Spanish => "spanish",
            Self::Maghrebi => "maghrebi",
            Self::SubSaharan => "sub_saharan",
            Self::LatinAmerican => "latin_american",
            Self::EasternEuropean => "eastern_european",
            Self::SouthAsian => "south_asian",
            Self::EastAsian => "east_asian",
        }
    }
}

struct Target {
    origin: &'static str,
    gender: Gender,
    given: &'static str,
    surname: &'static str,
}

static TARGETS: LazyLock<Vec<Target>> = LazyLock::new(|| {
    let list = include_str!("../../../corpora/names/targets.tsv");
    let row = |line: &'static str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [origin, gender, given, surname, _] = fields.try_into().ok()?;
        Some(Target { origin, gender: if gender == "f" { Gender::F } else { Gender::M }, given, surname })
    };
    list.lines().skip(1).filter_map(row).collect()
});

/// Rewrites a record with a name of another origin and the same gender.
pub(super) fn rewrite(record: &Record, origin: Origin) -> Result<Rewriting, Refusal> {
    let scene = Scene::of(record)?;
    let name = scene.described()?.to_owned();
    let own: Vec<_> = scene.mentions.iter().filter(|m| m.name == name).collect();
    let gender = own.first().map(|m| m.gender).ok_or(Refusal::NothingToChange)?;
    let targets: Vec<&Target> =
        TARGETS.iter().filter(|t| t.origin == origin.name() && t.gender == gender).collect();
    let target =
        targets.get(pick(&record.id, origin.name(), targets.len())).ok_or(Refusal::NothingToChange)?;
    let taken = |new: &str| scene.tokens.iter().any(|t| t.text == new);
    if taken(target.given) || taken(target.surname) {
        return Err(Refusal::NameTaken);
    }
    if own.iter().any(|m| names::initial_alone(&scene.tokens, &scene.mentions, m)) {
        return Err(Refusal::Dependent);
    }
    let full: Vec<(usize, usize, bool)> = own.iter().map(|m| extent(&scene, m)).collect();
    let after = own.iter().find(|m| !m.surname.is_empty()).and_then(|m| scene.tokens.get(m.surname.start));
    let before =
        full.iter().zip(&own).find(|(f, m)| f.0 < m.given.start).and_then(|(f, _)| scene.tokens.get(f.0));
    let surname = before.or(after);
    let mut edits = Vec::new();
    let mut covered = vec![false; scene.tokens.len()];
    for (start, end, with_surname) in full {
        let (Some(first), Some(last)) = (scene.tokens.get(start), scene.tokens.get(end - 1)) else {
            continue;
        };
        let text = if with_surname {
            format!("{} {}", target.given, target.surname)
        } else {
            target.given.to_owned()
        };
        edits.push(Edit { span: Span::new(first.span.start, last.span.end), text });
        edits.extend(before_name(&scene, start, gender, target.given));
        for slot in covered.get_mut(start..end).into_iter().flatten() {
            *slot = true;
        }
    }
    // Li is a pronoun as well.
    let long = |t: &super::token::Token| t.text.chars().count() > 2;
    // The surname alone, or a relative's: "Ms Mulvey", "la família Puig".
    let alone = scene
        .tokens
        .iter()
        .zip(&covered)
        .filter(|(t, done)| !**done && long(t) && Some(&t.text) == surname.map(|s| &s.text));
    edits.extend(alone.map(|(token, _)| Edit { span: token.span, text: target.surname.to_owned() }));
    apply(&record.text, &scene.spans, edits)
}

/// First token, one past the last, and whether there is a surname; Lin Meihua has it before the name.
fn extent(scene: &Scene<'_>, mention: &Mention) -> (usize, usize, bool) {
    let first = scene.tokens.get(mention.given.start);
    let surname_first = first.and_then(|t| names::given(&t.text)).is_some_and(|g| g.surname_first);
    let led = mention.given.start.checked_sub(1).and_then(|j| scene.tokens.get(j)).filter(|t| {
        let same = first.is_some_and(|f| f.sentence == t.sentence && f.spaced);
        let particle = matches!(
            t.lower.as_str(),
            "la" | "el" | "en" | "l'" | "sr" | "sra" | "mr" | "mrs" | "ms" | "don" | "doña"
        );
        same && t.word && t.capital() && !particle && names::given(&t.text).is_none()
    });
    match led {
        Some(led) if surname_first && !names::starts_sentence(&scene.tokens, mention.given.start) => {
            let known = led.text.chars().count() < 6;
            (
                mention.given.start - usize::from(known),
                mention.surname.end,
                known || !mention.surname.is_empty(),
            )
        }
        _ => (mention.given.start, mention.surname.end, !mention.surname.is_empty()),
    }
}
