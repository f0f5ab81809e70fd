//! Plurals and articles of Catalan and Spanish.

use super::lexicon::{Gender, Tongue};

/// The plural of a word given in the singular.
pub(crate) fn plural(tongue: Tongue, gender: Gender, word: &str) -> String {
    match tongue {
        Tongue::Ca => plural_ca(gender, word),
        Tongue::Es => plural_es(word),
        Tongue::En => plural_en(word),
    }
}

fn replace_end(word: &str, end: &str, by: &str) -> Option<String> {
    word.strip_suffix(end).map(|stem| format!("{stem}{by}"))
}

fn plural_ca(gender: Gender, word: &str) -> String {
    const CHANGED: [(&str, &str); 8] = [
        ("ça", "ces"),
        ("ca", "ques"),
        ("ga", "gues"),
        ("ja", "ges"),
        ("qua", "qües"),
        ("gua", "gües"),
        ("a", "es"),
        ("e", "es"),
    ];
    const STRESSED: [(&str, &str); 6] =
        [("à", "ans"), ("é", "ens"), ("è", "ens"), ("í", "ins"), ("ó", "ons"), ("ú", "uns")];
    // Oxytones in -ès, -ós: francès, francesos.
    const SIBILANT: [(&str, &str); 4] = [("ès", "esos"), ("és", "esos"), ("ós", "osos"), ("às", "assos")];
    if gender == Gender::M {
        if let Some(found) = SIBILANT.iter().find_map(|(from, to)| replace_end(word, from, to)) {
            return found;
        }
        if word.ends_with(['s', 'ç', 'x']) || word.ends_with("ig") {
            return format!("{word}os");
        }
    }
    let rules = CHANGED.iter().chain(&STRESSED);
    rules.into_iter().find_map(|(from, to)| replace_end(word, from, to)).unwrap_or_else(|| format!("{word}s"))
}

fn plural_es(word: &str) -> String {
    const OXYTONES: [(&str, &str); 5] =
        [("ón", "ones"), ("és", "eses"), ("án", "anes"), ("ín", "ines"), ("z", "ces")];
    if let Some(found) = OXYTONES.iter().find_map(|(from, to)| replace_end(word, from, to)) {
        return found;
    }
    let vowel = word.ends_with(|c: char| "aeiouáéó".contains(c));
    if vowel { format!("{word}s") } else { format!("{word}es") }
}

fn plural_en(word: &str) -> String {
    if let Some(found) = replace_end(word, "man", "men").or_else(|| replace_end(word, "fe", "ves")) {
        return found;
    }
    let consonant_y = word.ends_with('y') && !word.ends_with(|_: char| false) && {
        let before = word.chars().rev().nth(1);
        before.is_some_and(|c| !"aeiou".contains(c))
    };
    if consonant_y {
        return replace_end(word, "y", "ies").unwrap_or_default();
    }
    if word.ends_with(['s', 'x', 'h']) { format!("{word}es") } else { format!("{word}s") }
}

/// True when the word begins with the sound of a vowel, as Catalan elision hears it.
pub(crate) fn begins_with_vowel(word: &str) -> bool {
    let lower = word.to_lowercase();
    let sound = lower.strip_prefix('h').unwrap_or(&lower);
    let mut chars = sound.chars();
    let (Some(first), second) = (chars.next(), chars.next()) else { return false };
    // iaia, iogurt, hiena: the i is a consonant.
    let glide = matches!(first, 'i' | 'u') && second.is_some_and(|c| "aeiouàèéòó".contains(c));
    "aeiouàèéíòóúïü".contains(first) && !glide
}

/// The Catalan definite article before a word, with the preposition it melts into and the space or apostrophe after.
pub(crate) fn article_ca(preposition: Option<&str>, gender: Gender, next: &str) -> String {
    let vowel = begins_with_vowel(next);
    let lower = next.to_lowercase();
    let first = lower.strip_prefix('h').unwrap_or(&lower).chars().next();
    // la infermera, la usuària: unstressed i and u keep the article whole.
    let whole = gender == Gender::F && matches!(first, Some('i' | 'u'));
    let before = preposition.map_or_else(String::new, |p| format!("{p} "));
    if vowel && !whole {
        return format!("{before}l'");
    }
    match (gender, preposition) {
        (Gender::F, _) => format!("{before}la "),
        (Gender::M, Some("de")) => "del ".to_owned(),
        (Gender::M, Some("a")) => "al ".to_owned(),
        (Gender::M, Some("per")) => "pel ".to_owned(),
        (Gender::M, _) => format!("{before}el "),
    }
}

/// The Catalan personal article before a given name, likewise.
pub(crate) fn personal_article_ca(preposition: Option<&str>, gender: Gender, name: &str) -> String {
    if gender == Gender::F || begins_with_vowel(name) {
        return article_ca(preposition, gender, name);
    }
    match preposition {
        Some("de") => "d'en ".to_owned(),
        Some(other) => format!("{other} en "),
        None => "en ".to_owned(),
    }
}

/// The Spanish definite article with the preposition it melts into and the space after.
pub(crate) fn article_es(preposition: Option<&str>, gender: Gender) -> String {
    match (gender, preposition) {
        (Gender::M, Some("de")) => "del ".to_owned(),
        (Gender::M, Some("a")) => "al ".to_owned(),
        (_, before) => {
            let article = if gender == Gender::M { "el " } else { "la " };
            before.map_or_else(|| article.to_owned(), |p| format!("{p} {article}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_follow_the_spelling() {
        for (word, gender, expected) in [
            ("veïna", Gender::F, "veïnes"),
            ("amiga", Gender::F, "amigues"),
            ("boja", Gender::F, "boges"),
            ("germà", Gender::M, "germans"),
            ("francès", Gender::M, "francesos"),
            ("orgullós", Gender::M, "orgullosos"),
            ("cosí", Gender::M, "cosins"),
            ("fill", Gender::M, "fills"),
            ("pres", Gender::M, "presos"),
        ] {
            assert_eq!(plural(Tongue::Ca, gender, word), expected);
        }
        for (word, expected) in
            [("patrón", "patrones"), ("juez", "jueces"), ("francés", "franceses"), ("hija", "hijas")]
        {
            assert_eq!(plural(Tongue::Es, Gender::M, word), expected);
        }
        for (word, expected) in
            [("wife", "wives"), ("lady", "ladies"), ("woman", "women"), ("niece", "nieces")]
        {
            assert_eq!(plural(Tongue::En, Gender::F, word), expected);
        }
    }

    #[test]
    fn catalan_articles_elide_and_melt() {
        assert_eq!(article_ca(Some("de"), Gender::M, "fill"), "del ");
        assert_eq!(article_ca(Some("de"), Gender::M, "avi"), "de l'");
        assert_eq!(article_ca(Some("a"), Gender::F, "àvia"), "a l'");
        assert_eq!(article_ca(None, Gender::F, "infermera"), "la ");
        assert_eq!(article_ca(None, Gender::M, "infermer"), "l'");
        assert_eq!(article_ca(None, Gender::F, "iaia"), "la ");
        assert_eq!(personal_article_ca(Some("de"), Gender::M, "Pol"), "d'en ");
        assert_eq!(personal_article_ca(Some("de"), Gender::M, "Oriol"), "de l'");
        assert_eq!(personal_article_ca(None, Gender::F, "Imma"), "la ");
    }
}
