//! Numbers written in words, for ages.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::lexicon::Tongue;

const CA: [&str; 21] = [
    "zero", "un", "dos", "tres", "quatre", "cinc", "sis", "set", "vuit", "nou", "deu", "onze", "dotze",
    "tretze", "catorze", "quinze", "setze", "disset", "divuit", "dinou", "vint",
];
const CA_TENS: [&str; 10] =
    ["", "", "vint", "trenta", "quaranta", "cinquanta", "seixanta", "setanta", "vuitanta", "noranta"];
const ES: [&str; 30] = [
    "cero",
    "un",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciséis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
    "veinte",
    "veintiún",
    "veintidós",
    "veintitrés",
    "veinticuatro",
    "veinticinco",
    "veintiséis",
    "veintisiete",
    "veintiocho",
    "veintinueve",
];
const ES_TENS: [&str; 10] =
    ["", "", "veinte", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"];
const EN: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const EN_TENS: [&str; 10] =
    ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// A number from 1 to 99 in words, as it stands before "years".
pub(crate) fn in_words(tongue: Tongue, n: u8) -> Option<String> {
    let (tens, units) = (usize::from(n / 10), usize::from(n % 10));
    let compound = |list: &[&str], all: &[&str], link: &str| {
        let ten = list.get(tens).filter(|t| !t.is_empty())?;
        if units == 0 {
            return Some((*ten).to_owned());
        }
        all.get(units).map(|unit| format!("{ten}{link}{unit}"))
    };
    if n == 0 || n > 99 {
        return None;
    }
    match tongue {
        Tongue::Ca => CA
            .get(usize::from(n))
            .map(|w| (*w).to_owned())
            .or_else(|| compound(&CA_TENS, &CA, if tens == 2 { "-i-" } else { "-" })),
        Tongue::Es => {
            ES.get(usize::from(n)).map(|w| (*w).to_owned()).or_else(|| compound(&ES_TENS, &ES, " y "))
        }
        Tongue::En => {
            EN.get(usize::from(n)).map(|w| (*w).to_owned()).or_else(|| compound(&EN_TENS, &EN, "-"))
        }
    }
}

/// Numbers in words of each language, longest first.
static WORDS: LazyLock<HashMap<Tongue, Vec<(String, u8)>>> = LazyLock::new(|| {
    let of = |tongue| {
        let mut words: Vec<(String, u8)> =
            (1..=99).filter_map(|n| in_words(tongue, n).map(|w| (w, n))).collect();
        if tongue == Tongue::En {
            let spaced: Vec<(String, u8)> = words
                .iter()
                .filter(|(w, _)| w.contains('-'))
                .map(|(w, n)| (w.replace('-', " "), *n))
                .collect();
            words.extend(spaced);
        }
        words.sort_by_key(|(w, _)| std::cmp::Reverse(w.len()));
        (tongue, words)
    };
    [Tongue::Ca, Tongue::Es, Tongue::En].into_iter().map(of).collect()
});

/// The number that a text begins with, in figures or in words, and the length of what says it.
pub(crate) fn leading(tongue: Tongue, text: &str) -> Option<(u8, usize)> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    if digits > 0 {
        let goes_on = text.get(digits..).is_some_and(|r| {
            let mut next = r.chars();
            matches!(next.next(), Some('.' | ',' | ':' | '/' | '%'))
                && next.next().is_some_and(|c| c.is_ascii_digit())
        });
        return text.get(..digits).and_then(|d| d.parse().ok()).filter(|_| !goes_on).map(|n| (n, digits));
    }
    let lower = text.chars().take(40).collect::<String>().to_lowercase();
    let ends =
        |w: &str| lower.get(w.len()..).and_then(|r| r.chars().next()).is_none_or(|c| !c.is_alphabetic());
    let words = WORDS.get(&tongue)?;
    words.iter().find(|(w, _)| lower.starts_with(w.as_str()) && ends(w)).map(|(w, n)| (*n, w.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_read_back() {
        for tongue in [Tongue::Ca, Tongue::Es, Tongue::En] {
            for n in 1..=99 {
                let words = in_words(tongue, n).unwrap();
                assert_eq!(leading(tongue, &format!("{words} anys")), Some((n, words.len())), "{words}");
                assert_eq!(leading(tongue, &format!("{n} anys")), Some((n, n.to_string().len())));
            }
        }
        assert_eq!(leading(Tongue::Ca, "setanta-nou, i"), Some((79, 11)));
        assert_eq!(leading(Tongue::Es, "once"), Some((11, 4)));
        assert_eq!(leading(Tongue::Es, "oncena"), None);
        assert_eq!(leading(Tongue::Es, "34,5 kg"), None);
    }
}
