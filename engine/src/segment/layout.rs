//! How a text is laid out: what its line breaks and its small letters mean can be told only from all of them.

use super::abbreviations::{Class, classify};
use super::characters::{is_blank, is_dash, is_terminator};

/// Lines shorter than this are no hard-wrapped paragraph: nobody sets so narrow a margin.
const NARROWEST_MARGIN: usize = 40;

/// The habits of the person who typed a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// Characters of the longest line.
    width: usize,
    /// Paragraphs are broken at a margin.
    pub(super) wrapped: bool,
    /// Notes one below the other begin with small letters.
    pub(super) small_notes: bool,
    /// Sentences begin with small letters.
    pub(super) small_sentences: bool,
}

impl Layout {
    /// Reads the whole text, once a trait.
    pub(super) fn new(text: &str) -> Self {
        let mut layout = Self { small_sentences: small_sentences(text), ..Self::default() };
        let lines = || text.split('\n').map(|line| line.trim_matches(is_blank));
        layout.width = lines().map(|line| line.chars().count()).max().unwrap_or_default();
        let (mut open, mut small, mut small_fits) = (0_usize, 0_usize, 0_usize);
        for (line, next) in lines().zip(lines().skip(1)) {
            let (Some(last), Some(first)) = (line.chars().next_back(), next.chars().next()) else { continue };
            if is_terminator(last) || last == ':' || bullet(next) {
                continue;
            }
            open += 1;
            if first.is_lowercase() {
                small += 1;
                small_fits += usize::from(layout.fits(line, next));
            }
        }
        let mostly_small = small * 5 >= open * 2 && small > 0;
        layout.small_notes = mostly_small && small >= 3 && small_fits * 5 >= small * 3;
        layout.wrapped = mostly_small && !layout.small_notes && !layout.is_narrow();
        layout
    }

    /// True when no line is long enough for a margin to have broken it.
    pub(super) fn is_narrow(&self) -> bool {
        self.width < NARROWEST_MARGIN
    }

    /// True when the next line's first word had room at the end of this one: the break was meant.
    pub(super) fn fits(&self, line: &str, next: &str) -> bool {
        let word = next.chars().take(self.width).take_while(|&c| !is_blank(c)).count();
        line.trim_matches(is_blank).chars().count() + 1 + word <= self.width
    }
}

/// True when a line opens with a bullet, a dash or an enumerator: `•`, `—`, `1.`, `a)`.
pub(super) fn bullet(line: &str) -> bool {
    let mut chars = line.chars();
    match chars.next() {
        Some(c) if is_dash(c) => true,
        Some('•' | '·' | '▪' | '●' | '○' | '◦' | '‣' | '■' | '□' | '☐' | '☑' | '✓' | '✔' | '→' | '►') => {
            true
        }
        Some('*' | '+' | '>' | 'o') => {
            chars.next().is_some_and(char::is_whitespace) && !line.starts_with('o')
        }
        Some(c) if c.is_ascii_digit() => enumerator(line),
        Some(c) if c.is_ascii_alphabetic() => chars.next() == Some(')'),
        _ => false,
    }
}

/// `1.`, `12)`, `3.-`, `2º`: one or two digits, a mark, then a blank or a letter.
fn enumerator(line: &str) -> bool {
    let digits = line.chars().take(3).take_while(char::is_ascii_digit).count();
    let mut rest = line.chars().skip(digits);
    digits <= 2
        && match rest.next() {
            Some(')') => true,
            Some('.') => rest.next().is_some_and(|c| c.is_whitespace() || c == '-' || c.is_alphabetic()),
            _ => false,
        }
}

/// True when full stops after whole words are followed by small letters three times out of four, capitals at the heads
/// of lines counted too.
fn small_sentences(text: &str) -> bool {
    let (mut small, mut capital) = (0_usize, 0_usize);
    let mut word = 0..0;
    let (mut stopped, mut line_head) = (false, true);
    for (i, c) in text.char_indices() {
        if c == '\n' {
            line_head = true;
        }
        if c.is_alphanumeric() {
            capital += usize::from(line_head && c.is_uppercase());
            if stopped && !line_head && i > word.end + 1 {
                small += usize::from(c.is_lowercase());
                capital += usize::from(c.is_uppercase());
            }
            (stopped, line_head) = (false, false);
            if word.end != i {
                word.start = i;
            }
            word.end = i + c.len_utf8();
        } else if c == '.' {
            let whole = text.get(word.clone()).filter(|w| w.chars().nth(3).is_some());
            stopped = word.end == i && whole.is_some_and(|w| classify(w) == Class::Word);
        } else if !is_blank(c) {
            stopped = false;
        }
    }
    small >= 2 && capital * 3 <= small
}
