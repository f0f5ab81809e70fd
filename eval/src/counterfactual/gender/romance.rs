//! Reading Catalan and Spanish for words that show the gender of people.

use std::collections::BTreeSet;
use std::ops::Range;

use super::loose::Loose;
use super::mark::{Mark, What};
use super::phrase::{Phrase, Reader};
use crate::counterfactual::Refusal;
use crate::counterfactual::edit::Edit;
use crate::counterfactual::lexicon::{Gender, Lexicon, NounKind, Number, Tongue};
use crate::counterfactual::names::{self, Mention};
use crate::counterfactual::token::Token;
use crate::counterfactual::words::{ONLY_CA, ONLY_ES};

/// Someone told of: where, and with which gender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Someone {
    pub(super) range: Range<usize>,
    pub(super) gender: Gender,
}

fn knows(lexicon: &Lexicon, word: &str) -> bool {
    lexicon.thing(word).is_some()
        || !lexicon.nouns.readings(word).is_empty()
        || !lexicon.adjectives.readings(word).is_empty()
}

/// The language around each word: Catalan narratives quote Spanish inside a sentence, and the other way round.
fn tongues(tokens: &[Token], main: Tongue) -> Vec<Tongue> {
    let (ca, es) = (Lexicon::of(Tongue::Ca), Lexicon::of(Tongue::Es));
    let score = |token: &Token| -> i32 {
        let word = token.lower.as_str();
        let function = 2 * (i32::from(ONLY_CA.has(word)) - i32::from(ONLY_ES.has(word)));
        let listed = if token.word { i32::from(knows(ca, word)) - i32::from(knows(es, word)) } else { 0 };
        function + listed
    };
    let scores: Vec<(usize, i32)> = tokens.iter().map(|t| (t.sentence, score(t))).collect();
    let around = |i: usize| {
        let own = scores.get(i).map_or(0, |s| s.0);
        let window = scores.get(i.saturating_sub(4)..(i + 5).min(scores.len())).unwrap_or_default();
        let sum: i32 = window.iter().filter(|s| s.0 == own).map(|s| s.1).sum();
        match (main, sum) {
            (Tongue::Ca, ..=-3) => Tongue::Es,
            (Tongue::Es, 3..) => Tongue::Ca,
            _ => main,
        }
    };
    (0..tokens.len()).map(around).collect()
}

/// All words that show someone's gender.
pub(super) fn marks(tokens: &[Token], main: Tongue, described: Option<Gender>) -> Result<Vec<Mark>, Refusal> {
    let tongues = tongues(tokens, main);
    let reader = |i: usize| {
        let tongue = tongues.get(i).copied().unwrap_or(main);
        // A word for a person that only the other language has is of the other language.
        let other = if tongue == Tongue::Ca { Tongue::Es } else { Tongue::Ca };
        let word = tokens.get(i).map_or("", |t| t.lower.as_str());
        let foreign =
            !knows(Lexicon::of(tongue), word) && !Lexicon::of(other).nouns.readings(word).is_empty();
        let tongue = if foreign { other } else { tongue };
        Reader { tokens, tongue, lexicon: Lexicon::of(tongue), described }
    };
    let mentions = names::mentions(tokens, main);
    let mut taken: BTreeSet<usize> = mentions.iter().flat_map(|m| m.given.start..m.surname.end).collect();
    let mut marks = Vec::new();
    let mut phrases: Vec<Phrase> = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        let free = !taken.contains(&i);
        let Some(phrase) = Some(i).filter(|_| free).and_then(|i| reader(i).phrase(i)) else {
            i += 1;
            continue;
        };
        let next = phrase.range.end.max(i + 1);
        unknown_name(tokens, next, &taken, &phrase)?;
        taken.extend(phrase.range.clone());
        marks.push(noun_mark(&reader(i), &phrase));
        phrases.push(phrase);
        i = next;
    }
    for mention in &mentions {
        marks.push(name_mark(&reader(mention.given.start), mention, &phrases)?);
    }
    let named = mentions.iter().map(|m| Someone { range: m.given.start..m.surname.end, gender: m.gender });
    let told = phrases.iter().filter(|p| p.number == Number::Sg);
    let told = told.map(|p| Someone { range: p.range.clone(), gender: p.gender });
    let people: Vec<Someone> = named.chain(told).collect();
    for i in (0..tokens.len()).filter(|i| !taken.contains(i)) {
        let loose = Loose { reader: reader(i), people: &people };
        if let Some(mark) = loose.mark(i)? {
            marks.push(mark);
        }
    }
    marks.sort_by_key(|m| (m.sentence, m.edits.first().map_or(0, |e| e.span.start)));
    Ok(marks)
}

fn name_mark(reader: &Reader<'_>, mention: &Mention, phrases: &[Phrase]) -> Result<Mark, Refusal> {
    let new = names::counterpart(&mention.name).ok_or(Refusal::NameUnknown)?;
    let mut edits = Vec::new();
    for (i, part) in mention.given.clone().zip(new.split(' ')) {
        let token = reader.tokens.get(i).ok_or(Refusal::NameUnknown)?;
        edits.push(Edit { span: token.span, text: part.to_owned() });
    }
    let start = mention.given.start;
    match reader.determiner_before_name(start, mention.gender) {
        Some(found) => edits.extend(found),
        None => edits.extend(reader.before_name(start, mention.gender.other(), &new)),
    }
    let sentence = reader.tokens.get(start).map_or(0, |t| t.sentence);
    // "la mare, la Ndèye", "su hermana Assumpta": a noun says who it is.
    let mut before = start;
    for skipped in [&["la", "el", "l'", "en", "na", "n'"][..], &[","][..]] {
        if before.checked_sub(1).is_some_and(|j| skipped.contains(&reader.lower(j))) {
            before -= 1;
        }
    }
    let apposed = phrases.iter().any(|p| {
        let other = !matches!(p.kind, NounKind::Client | NounKind::Title);
        other && p.range.end == before && (p.determined || p.possessed)
    });
    let surname = reader.tokens.get(mention.surname.clone()).and_then(|s| s.first()).map(|t| t.text.clone());
    let what = What::Name { name: mention.name.clone(), age: mention.age, apposed, surname };
    Ok(Mark { what, gender: mention.gender, number: Number::Sg, sentence, edits })
}

fn noun_mark(reader: &Reader<'_>, phrase: &Phrase) -> Mark {
    let before = phrase.range.start.checked_sub(1).map_or("", |j| reader.lower(j));
    let linked = matches!(
        before,
        "es" | "era" | "soy" | "ser" | "soc" | "sóc" | "és" | "fue" | "sido" | "estat" | "sigut"
    );
    let said = linked
        || matches!(
            before,
            "como" | "com" | "siendo" | "sent" | "de" | "," | "" | ";" | "—" | "(" | ":" | "."
        )
        || phrase.range.start.checked_sub(1).is_none_or(|j| !reader.together(j, phrase.range.start));
    let described = match phrase.kind {
        NounKind::Kin | NounKind::Spouse => {
            let of_children = matches!(reader.lower(phrase.range.end), "de" | "d'");
            let alone = phrase.range.len() > 1 || linked || matches!(before, "como" | "com" | "de");
            said && (of_children || alone) && !phrase.determined && !phrase.possessed
        }
        NounKind::Trade | NounKind::Person => {
            (linked || matches!(before, "como" | "com" | "de")) && !phrase.determined && !phrase.possessed
        }
        NounKind::Title => false,
        NounKind::Client => {
            let placed = phrase.determined || linked || (said && before != ",");
            placed
                && !phrase.possessed
                && (!phrase.indefinite || linked)
                && reader.lower(phrase.range.end) != "que"
        }
        NounKind::Substantive => false,
    };
    let sentence = reader.tokens.get(phrase.range.start).map_or(0, |t| t.sentence);
    // "l'avi", "abuelo": of the family, but whether it is the person described cannot be told; "l'avi, en Pere" can.
    let next = reader.tokens.get(phrase.range.end);
    let named = next.is_some_and(|t| t.capital())
        || next.is_some_and(|t| t.text == ",")
            && (1..3).any(|k| {
                reader.tokens.get(phrase.range.end + k).is_some_and(|t| names::given(&t.text).is_some())
            });
    let family = matches!(phrase.kind, NounKind::Kin | NounKind::Person) && !phrase.possessed && !described;
    // "veïna del Masnou", "l'han fet encarregada": said of someone, and nobody says of whom.
    let bare = matches!(phrase.kind, NounKind::Trade | NounKind::Person)
        && !(phrase.determined || phrase.possessed || described);
    let meant = meant_ages(reader.lower(phrase.head)).filter(|_| family && !named && !phrase.indefinite);
    let unsure = if bare { Some((0, u8::MAX)) } else { meant };
    // "el meu home" is a husband.
    let partner = phrase.possessed && matches!(reader.lower(phrase.head), "home" | "hombre");
    let kind = if partner { NounKind::Spouse } else { phrase.kind };
    let what = What::Noun { kind, described, unsure, titled: titled_name(reader, phrase) };
    Mark { what, gender: phrase.gender, number: phrase.number, sentence, edits: phrase.edits.clone() }
}

/// The name after a title.
fn titled_name(reader: &Reader<'_>, phrase: &Phrase) -> Option<String> {
    let next = if reader.lower(phrase.head + 1) == "." { phrase.head + 2 } else { phrase.head + 1 };
    reader.tokens.get(next).filter(|_| phrase.kind == NounKind::Title).map(|t| t.text.clone())
}

/// Ages at which "the grandmother", "the mother", "the daughter" may be the person described.
fn meant_ages(word: &str) -> Option<(u8, u8)> {
    match word {
        "abuela" | "abuelo" | "àvia" | "avi" | "iaia" | "iaio" | "yaya" | "yayo" | "padrina" | "padrí" => {
            Some((50, 120))
        }
        "madre" | "padre" | "mare" | "pare" | "mamá" | "papá" | "mama" | "papa" => Some((16, 120)),
        "hija" | "hijo" | "filla" | "fill" | "chica" | "chico" | "noia" | "noi" => Some((0, 45)),
        "niña" | "niño" | "nena" | "nen" | "cría" | "crío" => Some((0, 13)),
        "nieta" | "nieto" | "neta" | "net" | "néta" | "nét" => Some((0, 30)),
        _ => None,
    }
}

/// A capital right after a word for a relative is a name: one that is not in the lists cannot be changed.
fn unknown_name(
    tokens: &[Token],
    next: usize,
    taken: &BTreeSet<usize>,
    phrase: &Phrase,
) -> Result<(), Refusal> {
    let relative = matches!(phrase.kind, NounKind::Kin | NounKind::Spouse | NounKind::Client);
    let follows = tokens.get(next).filter(|t| {
        let upper = t.text.chars().filter(|c| c.is_uppercase()).count() == 1;
        t.spaced
            && t.capital()
            && upper
            && t.word
            && Some(t.sentence) == tokens.get(next - 1).map(|b| b.sentence)
    });
    if relative && phrase.number == Number::Sg && follows.is_some() && !taken.contains(&next) {
        return Err(Refusal::NameUnknown);
    }
    Ok(())
}
