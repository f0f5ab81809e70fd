//! Given names with their gender, and where people are named in a text.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::lexicon::{Gender, Tongue};
use super::numbers;
use super::token::Token;
use super::words::{FIRST_OF_TWO, PLACE_WORDS};

/// A given name: its gender and the name of the other gender it is paired with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) gender: Gender,
    pub(crate) counterpart: String,
    /// The name is a word as well: Rosa, Mar, Joy.
    pub(crate) also_word: bool,
    /// The surname stands before it: Lin Meihua.
    pub(crate) surname_first: bool,
}

static GIVEN: LazyLock<HashMap<String, Given>> = LazyLock::new(|| {
    let list = include_str!("../../../corpora/names/given.tsv");
    let mut names = HashMap::new();
    for line in list.lines().skip(1) {
        let mut fields = line.split('\t');
        let (Some(f), Some(m), Some(origin), words) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        let words: Vec<&str> = words.unwrap_or_default().split(' ').collect();
        for (name, counterpart, gender) in [(f, m, Gender::F), (m, f, Gender::M)] {
            let also_word = words.contains(&name);
            let surname_first = origin == "east_asian";
            let counterpart = counterpart.to_owned();
            names.insert(name.to_owned(), Given { gender, counterpart, also_word, surname_first });
        }
    }
    names
});

/// Looks a given name up, as it is written.
pub(crate) fn given(name: &str) -> Option<&'static Given> {
    GIVEN.get(name)
}

/// The name of the other gender, word for word: `Joan Anton` is `Joana Antònia`.
pub(crate) fn counterpart(name: &str) -> Option<String> {
    let parts: Option<Vec<&str>> =
        name.split(' ').map(|n| given(n).map(|g| g.counterpart.as_str())).collect();
    parts.map(|p| p.join(" "))
}

/// Titles before a name.
const TITLES: [&str; 11] =
    ["sra", "sr", "mr", "mrs", "ms", "don", "doña", "senyora", "señora", "senyor", "señor"];

/// A person's name in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mention {
    /// Indices of the tokens of the given name, one or two: `Joan Anton`.
    pub(crate) given: std::ops::Range<usize>,
    /// Indices of the surnames that follow; empty when there are none.
    pub(crate) surname: std::ops::Range<usize>,
    pub(crate) gender: Gender,
    /// The given name as written.
    pub(crate) name: String,
    /// The age told right after it.
    pub(crate) age: Option<u8>,
}

/// Finds the people named.
pub(crate) fn mentions(tokens: &[Token], tongue: Tongue) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    let mut i = 0;
    while let Some(token) = tokens.get(i) {
        let Some(name) = candidate(tokens, i, tongue) else {
            i += 1;
            continue;
        };
        let mut end = i + 1;
        let mut gender = name.gender;
        let second = tokens.get(end).filter(|t| t.spaced && t.capital() && t.sentence == token.sentence);
        if let Some((second, other)) = second.and_then(|t| given(&t.text).map(|g| (t, g))) {
            let first = |n: &str| FIRST_OF_TWO.has(n);
            let double = first(&token.text)
                || first(&name.counterpart)
                || matches!(second.text.as_str(), "Maria" | "Màrius");
            // Maria José, Josep Maria: the first name decides; but Juan Amaya has a surname.
            let fits = other.gender == name.gender
                || matches!(second.text.as_str(), "Maria" | "María" | "José" | "Josep" | "Jesús");
            if double && fits && !surname_follows_only(tokens, end) {
                gender = if other.gender == name.gender { other.gender } else { name.gender };
                end += usize::from(!second.text.is_empty());
            }
        }
        let surname_end = surname_end(tokens, end);
        let text = tokens.get(i..end).unwrap_or_default();
        let name = text.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
        let age = age_after(tokens, surname_end, tongue);
        found.push(Mention { given: i..end, surname: end..surname_end, gender, name, age });
        i = surname_end;
    }
    // A name found once is a name wherever it stands: "From Monday to Saturday Orlando leaves".
    let covered: Vec<usize> = found.iter().flat_map(|m| m.given.start..m.surname.end).collect();
    let again: Vec<Mention> = (0..tokens.len())
        .filter(|i| !covered.contains(i))
        .filter_map(|i| {
            let token = tokens.get(i)?;
            let same = found.iter().find(|m| m.name == token.text)?;
            let before = i.checked_sub(1).and_then(|j| tokens.get(j)).map_or("", |t| t.lower.as_str());
            let place = PLACE_WORDS.has(before)
                || (tongue == Tongue::Ca
                    && matches!(token.text.as_str(), "Montserrat" | "Núria")
                    && matches!(before, "a" | "de" | "per" | "des"));
            (!place).then(|| Mention { given: i..i + 1, surname: i + 1..i + 1, age: None, ..same.clone() })
        })
        .collect();
    found.extend(again);
    found.sort_by_key(|m| m.given.start);
    // A name that is a word as well needs a sign that it is a name: a use inside a sentence or a surname.
    let sure = |m: &Mention| {
        let word = tokens.get(m.given.start).and_then(|t| given(&t.text)).is_some_and(|g| g.also_word);
        let before = |back: usize| {
            let token = m.given.start.checked_sub(back).and_then(|j| tokens.get(j));
            token.map_or("", |t| t.lower.as_str())
        };
        !word
            || TITLES.contains(&before(1))
            || (before(1) == "." && TITLES.contains(&before(2)))
            || found.iter().any(|o| {
                o.name == m.name && (!starts_sentence(tokens, o.given.start) || !o.surname.is_empty())
            })
    };
    let keep: Vec<bool> = found.iter().map(sure).collect();
    let mut keep = keep.into_iter();
    found.retain(|_| keep.next().unwrap_or(false));
    found
}

/// With nothing capitalised after it, the second name of two may be the surname: `Joan Martí`.
fn surname_follows_only(tokens: &[Token], second: usize) -> bool {
    let next = tokens.get(second + 1);
    let more = next.is_some_and(|t| t.spaced && t.capital() && t.word);
    let usual = tokens.get(second).is_some_and(|t| {
        matches!(
            t.text.as_str(),
            "Vidal" | "Martí" | "Roca" | "Simón" | "Ventura" | "Benet" | "Gil" | "Roman" | "Pascual"
        )
    });
    usual && !more
}

fn candidate(tokens: &[Token], i: usize, tongue: Tongue) -> Option<&'static Given> {
    let token = tokens.get(i)?;
    // Names that are mountains: people have an article in Catalan.
    let led = i.checked_sub(1).and_then(|j| tokens.get(j)).map_or("", |t| t.lower.as_str());
    let mountain = tongue == Tongue::Ca && matches!(token.text.as_str(), "Montserrat" | "Núria");
    if mountain && matches!(led, "a" | "de" | "per" | "des") {
        return None;
    }
    // Months in English.
    if tongue == Tongue::En
        && matches!(token.text.as_str(), "Mar" | "Jan" | "Juli" | "April" | "May" | "August")
    {
        return None;
    }
    let name = given(&token.text)?;
    let before = i.checked_sub(1).and_then(|j| tokens.get(j)).filter(|t| t.sentence == token.sentence);
    let title = |t: &Token| matches!(t.lower.as_str(), "d" | "dña" | "sr" | "sra");
    // "St. Pere", "Vall d'Hebron", "carrer de Pere": up to two small words between.
    let mut j = i;
    for _ in 0..3 {
        let Some(previous) =
            j.checked_sub(1).and_then(|k| tokens.get(k)).filter(|t| t.sentence == token.sentence)
        else {
            break;
        };
        let upper = previous.capital()
            || matches!(previous.lower.as_str(), "san" | "sant" | "santa" | "santo")
            || matches!(
                previous.lower.as_str(),
                "carrer"
                    | "calle"
                    | "plaça"
                    | "plaza"
                    | "hospital"
                    | "escola"
                    | "escuela"
                    | "institut"
                    | "instituto"
                    | "parròquia"
                    | "parroquia"
                    | "avinguda"
                    | "avenida"
                    | "passeig"
                    | "paseo"
                    | "mercat"
                    | "síndrome"
            );
        if PLACE_WORDS.has(previous.lower.as_str()) && upper && previous.lower != "maria" && !title(previous)
        {
            return None;
        }
        if !matches!(previous.lower.as_str(), "de" | "d'" | "del" | "la" | "." | "l'" | "el") {
            break;
        }
        j -= 1;
    }
    // A capital before it, inside the sentence: the second word of another name or a surname already taken.
    let part = before.filter(|t| t.capital() && t.word && token.spaced).is_some_and(|t| {
        let article = matches!(
            t.lower.as_str(),
            "la" | "l'" | "en" | "el" | "na" | "n'" | "don" | "doña" | "diu" | "amb" | "con"
        );
        !article
            && !name.surname_first
            && given(&t.text).is_none()
            && !starts_sentence(tokens, i - 1)
            && !title(t)
    });
    (!part).then_some(name)
}

fn surname_end(tokens: &[Token], from: usize) -> usize {
    let mut end = from;
    while let Some(token) = tokens.get(end) {
        let previous = end.checked_sub(1).and_then(|j| tokens.get(j));
        let same = previous.is_some_and(|p| p.sentence == token.sentence);
        if !same || !token.spaced {
            break;
        }
        if token.capital()
            && token.word
            && token.text.chars().count() > 1
            && token.text.chars().any(char::is_lowercase)
        {
            end += 1;
            continue;
        }
        // Particles: de la Fuente, i Puig.
        let particle = matches!(token.lower.as_str(), "de" | "i" | "del" | "dos" | "da");
        let next = tokens.get(end + 1);
        let goes_on = particle
            && end > from
            && next.is_some_and(|t| t.spaced && t.capital() && t.word && given(&t.text).is_none());
        if goes_on && token.lower == "i" {
            end += 2;
            continue;
        }
        break;
    }
    end
}

/// True for the first word of a sentence, or after a sign that begins a new one.
pub(crate) fn starts_sentence(tokens: &[Token], i: usize) -> bool {
    let Some(token) = tokens.get(i) else { return false };
    match i.checked_sub(1).and_then(|j| tokens.get(j)) {
        None => true,
        Some(before) => {
            before.sentence != token.sentence
                || matches!(
                    before.text.as_str(),
                    "." | "!" | "?" | "¿" | "¡" | ":" | "\"" | "“" | "«" | "—" | "-" | "–" | "…" | "("
                )
        }
    }
}

/// The age after a name: ", 34 anys", " (71)", ", de veintidós años".
fn age_after(tokens: &[Token], from: usize, tongue: Tongue) -> Option<u8> {
    let mut i = from;
    while tokens.get(i).is_some_and(|t| matches!(t.lower.as_str(), "," | "(" | "de" | "aged" | "d'" | "age"))
    {
        i += 1;
    }
    if i == from || i > from + 2 {
        return None;
    }
    let (age, length) = numbers::leading(tongue, &rest_of_sentence(tokens, i))?;
    let end = tokens.get(i)?.span.start + length;
    let next = tokens.iter().skip(i).find(|t| t.span.start >= end);
    let closes = next.is_none_or(|t| {
        matches!(
            t.lower.as_str(),
            "," | ")"
                | "."
                | ";"
                | ":"
                | "anys"
                | "años"
                | "a"
                | "yrs"
                | "years"
                | "y"
                | "i"
                | "and"
                | "tiene"
                | "is"
        )
    });
    (closes && (1..=105).contains(&age)).then_some(age)
}

fn rest_of_sentence(tokens: &[Token], i: usize) -> String {
    let sentence = tokens.get(i).map(|t| t.sentence);
    let mut rest = String::new();
    for token in tokens.iter().skip(i).take(6).take_while(|t| Some(t.sentence) == sentence) {
        if token.spaced && !rest.is_empty() {
            rest.push(' ');
        }
        rest.push_str(&token.text);
    }
    rest
}

/// True when someone is named whose given name is not in the lists.
pub(crate) fn unknown_person(tokens: &[Token], tongue: Tongue) -> bool {
    let name_like = |t: &Token| {
        t.word
            && t.capital()
            && t.text.chars().filter(|c| c.is_uppercase()).count() == 1
            && t.text.chars().count() > 2
    };
    let unknown = |t: &Token| name_like(t) && given(&t.text).is_none();
    for (i, token) in tokens.iter().enumerate() {
        let next = tokens.get(i + 1).filter(|n| n.sentence == token.sentence);
        let two = (
            i.checked_sub(1).and_then(|j| tokens.get(j)).map_or("", |t| t.lower.as_str()),
            token.lower.as_str(),
        );
        // M.ª Rosa: the first of two names is abbreviated.
        if matches!(token.lower.as_str(), "ª" | "mª") && next.is_some_and(Token::capital) {
            return true;
        }
        let introduces = matches!(two, ("me", "llamo") | ("se", "llama") | ("em", "dic") | ("es", "diu"))
            || matches!(token.lower.as_str(), "don" | "doña" | "called" | "named")
            || (tongue == Tongue::Ca && matches!(two.1, "en" | "n'" | "na") && !token.capital());
        if introduces && next.is_some_and(unknown) && !starts_sentence(tokens, i + 1) {
            return true;
        }
        // "Aoibheann Tully, 25": a run of capitals with an age, none of it a given name.
        let opens = i == 0
            || !tokens
                .get(i - 1)
                .is_some_and(|t| t.sentence == token.sentence && name_like(t) && token.spaced);
        if opens && unknown(token) {
            let end = surname_end(tokens, i + 1);
            let listed = tokens.get(i..end).unwrap_or_default().iter().any(|t| given(&t.text).is_some());
            if end > i + 1 && !listed && age_after(tokens, end, tongue).is_some_and(|a| a > 15) {
                return true;
            }
        }
    }
    false
}

/// True when nobody is named whose name is in the lists, and someone seems to be: "Violeta Argüello nació".
pub(crate) fn unnamed(tokens: &[Token], tongue: Tongue) -> bool {
    if !mentions(tokens, tongue).is_empty() {
        return false;
    }
    let name_like = |t: &Token| {
        t.word
            && t.capital()
            && t.text.chars().filter(|c| c.is_uppercase()).count() == 1
            && t.text.chars().count() > 2
    };
    let pair = |w: &[Token]| matches!(w, [a, b] if name_like(a) && name_like(b) && b.spaced && a.sentence == b.sentence);
    tokens.windows(2).any(pair)
}

/// An initial that stands for a name, and would be wrong after a change: "L. wants carers".
pub(crate) fn initial_alone(tokens: &[Token], mentions: &[Mention], of: &Mention) -> bool {
    let first = |i: usize| tokens.get(i).and_then(|t| t.text.chars().next());
    let letters =
        [first(of.given.start), (!of.surname.is_empty()).then(|| first(of.surname.start)).flatten()];
    tokens.iter().enumerate().any(|(i, token)| {
        let mut chars = token.text.chars();
        let single = chars.next().filter(|_| chars.next().is_none());
        let inside = mentions.iter().any(|m| (m.given.start..=m.surname.end).contains(&i));
        let dotted = tokens.get(i + 1).is_some_and(|t| t.text == "." && !t.spaced);
        single.is_some_and(char::is_uppercase) && letters.contains(&single) && dotted && !inside
    })
}

/// True when nobody of a gender is named for sure and a sentence begins with what may be a name: "Milagros me dice".
pub(crate) fn doubtful(tokens: &[Token], tongue: Tongue, gender: Gender) -> bool {
    let named = mentions(tokens, tongue);
    let begins = |i: usize, t: &Token| {
        let next = tokens.get(i + 1).is_some_and(|n| n.word && !n.capital());
        next && starts_sentence(tokens, i)
            && given(&t.text).is_some_and(|g| g.also_word && g.gender == gender)
    };
    !named.iter().any(|m| m.gender == gender) && tokens.iter().enumerate().any(|(i, t)| begins(i, t))
}
