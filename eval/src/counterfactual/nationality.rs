//! The country told of, changed for another of the same legal group, with its adjective and its cities.

use std::sync::LazyLock;

use relat_engine::Span;

use super::edit::{Edit, apply, capitalized, with_case_of};
use super::inflect::{article_ca, begins_with_vowel, plural};
use super::lexicon::{Gender, Lexicon, Number, Tongue};
use super::scene::{Scene, pick};
use super::{Refusal, Rewriting};
use crate::corpus::Record;

/// A country in the three languages.
struct Country {
    /// Countries are changed within a group: members of the Union have other rights than others.
    group: &'static str,
    /// Name in Catalan, Spanish and English.
    names: [&'static str; 3],
    /// The article that the Catalan name takes.
    article_ca: &'static str,
    /// Adjective in the masculine and the feminine singular, by language; English has one form.
    adjectives: [[&'static str; 2]; 3],
    /// Cities, each in Catalan, Spanish and English.
    cities: Vec<[&'static str; 3]>,
}

static COUNTRIES: LazyLock<Vec<Country>> = LazyLock::new(|| {
    let list = include_str!("../../../corpora/lexicon/nationalities.tsv");
    list.lines().skip(1).filter_map(country).collect()
});

fn country(line: &'static str) -> Option<Country> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [_, group, ca, article_ca, ca_m, ca_f, es, es_m, es_f, en, adjective, cities] =
        fields.try_into().ok()?;
    let city = |city: &'static str| {
        let forms: Vec<&str> = city.split('|').collect();
        forms.try_into().unwrap_or([city; 3])
    };
    Some(Country {
        group,
        names: [ca, es, en],
        article_ca,
        adjectives: [[ca_m, ca_f], [es_m, es_f], [adjective, adjective]],
        cities: cities.split(';').map(city).collect(),
    })
}

/// What a token says of a country.
enum Said {
    Name,
    City(usize),
    Adjective(Gender, Number),
}

/// Rewrites a record with another country.
pub(super) fn rewrite(record: &Record) -> Result<Rewriting, Refusal> {
    let scene = Scene::of(record)?;
    let column = match scene.tongue {
        Tongue::Ca => 0,
        Tongue::Es => 1,
        Tongue::En => 2,
    };
    let mut found: Vec<(usize, usize, Said)> = Vec::new();
    for i in 0..scene.tokens.len() {
        let in_name = scene.mentions.iter().any(|m| (m.given.start..m.surname.end).contains(&i));
        let said = COUNTRIES
            .iter()
            .enumerate()
            .find_map(|(c, country)| Some((c, said(&scene, i, country, column)?)));
        if let Some((c, said)) = said.filter(|_| !in_name) {
            found.push((i, c, said));
        }
    }
    let own = found.first().map(|f| f.1).ok_or(Refusal::NothingToChange)?;
    if found
        .iter()
        .any(|(i, c, said)| *c != own || matches!(said, Said::Adjective(..)) && is_language(&scene, *i))
    {
        return Err(Refusal::Dependent);
    }
    let old = COUNTRIES.get(own).ok_or(Refusal::NothingToChange)?;
    let others: Vec<&Country> = COUNTRIES
        .iter()
        .enumerate()
        .filter(|(c, o)| *c != own && o.group == old.group)
        .map(|(_, o)| o)
        .collect();
    let new = others.get(pick(&record.id, "country", others.len())).ok_or(Refusal::NothingToChange)?;
    let mut edits = Vec::new();
    for (i, _, said) in &found {
        edits.extend(match said {
            Said::Name => name_edits(&scene, *i, old, new, column)?,
            Said::City(k) => city_edits(&scene, *i, old, new, (*k, column))?,
            Said::Adjective(gender, number) => adjective_edits(&scene, *i, (*gender, *number), new, column),
        });
    }
    apply(&record.text, &scene.spans, edits)
}

fn said(scene: &Scene<'_>, i: usize, country: &Country, column: usize) -> Option<Said> {
    let token = scene.tokens.get(i)?;
    let any = |names: &[&str; 3]| names.contains(&token.text.as_str());
    if any(&country.names) {
        return Some(Said::Name);
    }
    if let Some(k) = country.cities.iter().position(|c| c.get(column).is_some_and(|n| starts(scene, i, n))) {
        return Some(Said::City(k));
    }
    let tongue = scene.tongue;
    let [m, f] = country.adjectives.get(column)?;
    for (gender, form) in [(Gender::M, m), (Gender::F, f)] {
        for number in [Number::Sg, Number::Pl] {
            let written = match (tongue, number) {
                (_, Number::Sg) => (*form).to_owned(),
                (Tongue::En, Number::Pl) => format!("{form}s"),
                (_, Number::Pl) => plural(tongue, gender, form),
            };
            let gender =
                if m == f && tongue != Tongue::En { told_gender(scene, i).unwrap_or(gender) } else { gender };
            if token.text == written
                || (tongue != Tongue::En && token.lower == written && token.capital() && i == 0)
            {
                return Some(Said::Adjective(gender, number));
            }
        }
    }
    None
}

/// The gender that the word before shows of an adjective with one form: la pakistaní, un marroquí.
fn told_gender(scene: &Scene<'_>, i: usize) -> Option<Gender> {
    let before = scene.before(i);
    let lexicon = Lexicon::of(scene.tongue);
    let listed = |word: &str| {
        let noun = lexicon.nouns.readings(word).iter().find_map(|f| f.gender);
        let determiner = lexicon.determiners.readings(word).iter().find_map(|f| f.gender);
        noun.or(determiner).or_else(|| lexicon.thing(word).map(|t| t.0))
    };
    match before {
        "la" | "las" | "les" => Some(Gender::F),
        "el" | "los" | "els" | "del" | "al" | "pel" => Some(Gender::M),
        word => listed(word),
    }
}

/// True when the words of a name stand at a token.
fn starts(scene: &Scene<'_>, i: usize, name: &str) -> bool {
    name.split(' ').enumerate().all(|(k, word)| scene.tokens.get(i + k).is_some_and(|t| t.text == word))
}

/// "parla romanès", "intèrpret de xinès", "speaks Chinese": the language and not the country.
fn is_language(scene: &Scene<'_>, i: usize) -> bool {
    let noun_after_en = scene.tongue == Tongue::En;
    // "Parla wòlof, francès i castellà"
    let sentence = scene.tokens.get(i).map(|t| t.sentence);
    let listed = (1..=6).filter_map(|k| i.checked_sub(k)).any(|j| {
        let same = scene.tokens.get(j).is_some_and(|t| Some(t.sentence) == sentence);
        same && matches!(
            scene.word(j),
            "parla" | "parlen" | "habla" | "hablan" | "speaks" | "speak" | "parlo" | "hablo"
        )
    });
    if listed {
        return true;
    }
    matches!(
        scene.before(i),
        "parla"
            | "parlar"
            | "parlen"
            | "habla"
            | "hablar"
            | "hablan"
            | "en"
            | "del"
            | "el"
            | "al"
            | "entén"
            | "entiende"
            | "escriu"
            | "escribe"
            | "speaks"
            | "speak"
            | "speaking"
            | "in"
            | "reads"
            | "into"
            | "sap"
            | "sabe"
    ) || (scene.before(i) == "de"
        && matches!(
            scene.word(i.saturating_sub(2)),
            "intèrpret" | "intérprete" | "classes" | "clases" | "professor" | "traductora" | "traductor"
        ))
        || (noun_after_en && matches!(scene.word(i + 1), "interpreter" | "-" | "speaker" | "lessons"))
}

fn name_edits(
    scene: &Scene<'_>,
    i: usize,
    old: &Country,
    new: &Country,
    column: usize,
) -> Result<Vec<Edit>, Refusal> {
    let token = scene.tokens.get(i).ok_or(Refusal::Conflict)?;
    let name = new.names.get(column).copied().unwrap_or_default();
    let mut edits = vec![Edit { span: token.span, text: name.to_owned() }];
    if scene.tongue == Tongue::En {
        return Ok(edits);
    }
    // The article before the name now, with the preposition before it.
    let at = i.checked_sub(1).and_then(|j| scene.tokens.get(j)).filter(|t| t.sentence == token.sentence);
    let Some(at) = at else { return Ok(edits) };
    let (preposition, article, mut from) = match at.lower.as_str() {
        "del" => (Some("de"), true, at.span.start),
        "al" => (Some("a"), true, at.span.start),
        "pel" => (Some("per"), true, at.span.start),
        "el" | "la" | "l'" => (None, true, at.span.start),
        "de" | "d'" => (Some("de"), false, at.span.start),
        "a" => (Some("a"), false, at.span.start),
        "per" => (Some("per"), false, at.span.start),
        _ => (None, false, token.span.start),
    };
    let mut preposition = preposition;
    let led = i.checked_sub(2).and_then(|j| scene.tokens.get(j)).filter(|_| article && preposition.is_none());
    if let Some((led, found)) = led.and_then(|t| Some((t, loose_preposition(&t.lower)?))) {
        preposition = Some(found);
        from = led.span.start;
    }
    let model = scene.record.text.get(from..from + 1).unwrap_or_default();
    let text = if scene.tongue == Tongue::Es {
        // Spanish leaves the article out: del Perú, de Colombia.
        preposition.map_or_else(String::new, |p| format!("{p} "))
    } else {
        if article && old.article_ca.is_empty() {
            return Err(Refusal::Dependent);
        }
        match (new.article_ca, preposition) {
            ("", None) => String::new(),
            ("", Some("de")) if begins_with_vowel(name) => "d'".to_owned(),
            ("", Some(p)) => format!("{p} "),
            ("la", p) => article_ca(p, Gender::F, name),
            (_, p) => article_ca(p, Gender::M, name),
        }
    };
    edits.push(Edit { span: Span::new(from, token.span.start), text: with_case_of(model, &text) });
    Ok(edits)
}

fn city_edits(
    scene: &Scene<'_>,
    i: usize,
    old: &Country,
    new: &Country,
    at: (usize, usize),
) -> Result<Vec<Edit>, Refusal> {
    let (k, column) = at;
    let of = |country: &Country| country.cities.get(k).and_then(|c| c.get(column)).copied();
    let (Some(was), Some(name)) = (of(old), of(new)) else { return Err(Refusal::Dependent) };
    let last = i + was.split(' ').count() - 1;
    let (Some(first), Some(last)) = (scene.tokens.get(i), scene.tokens.get(last)) else {
        return Err(Refusal::Conflict);
    };
    let mut edits = vec![Edit { span: Span::new(first.span.start, last.span.end), text: name.to_owned() }];
    edits.extend(super::place::preposition(scene, i, name));
    Ok(edits)
}

fn adjective_edits(
    scene: &Scene<'_>,
    i: usize,
    (gender, number): (Gender, Number),
    new: &Country,
    column: usize,
) -> Vec<Edit> {
    let Some(token) = scene.tokens.get(i) else { return Vec::new() };
    let [m, f] = new.adjectives.get(column).copied().unwrap_or_default();
    let form = if gender == Gender::M { m } else { f };
    let written = match (scene.tongue, number) {
        (_, Number::Sg) => form.to_owned(),
        (Tongue::En, Number::Pl) => format!("{form}s"),
        (tongue, Number::Pl) => plural(tongue, gender, form),
    };
    let text = if token.capital() { capitalized(&written) } else { written };
    let mut edits = vec![Edit { span: token.span, text: text.clone() }];
    let article = i.checked_sub(1).and_then(|j| scene.tokens.get(j));
    if let Some(article) =
        article.filter(|t| scene.tongue == Tongue::En && matches!(t.lower.as_str(), "a" | "an"))
    {
        let vowel = text.starts_with(['A', 'E', 'I', 'O']);
        let new = with_case_of(&article.text, if vowel { "an" } else { "a" });
        edits.push(Edit { span: article.span, text: new });
    }
    edits
}

fn loose_preposition(word: &str) -> Option<&'static str> {
    match word {
        "de" => Some("de"),
        "a" => Some("a"),
        "per" => Some("per"),
        _ => None,
    }
}
