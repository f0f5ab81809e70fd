//! What the language of a sentence is told by.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Longest n-gram of letters.
const LONGEST: usize = 3;

/// Visits the n-grams of a text: of each word, in small composed letters between two blanks, every run of one to three
/// characters, then the word whole. A single blank is no n-gram.
pub fn ngrams(text: &str, mut visit: impl FnMut(&str)) {
    words(text, |padded| {
        for (i, (start, c)) in padded.char_indices().enumerate() {
            let ends = padded.get(start..).unwrap_or_default().char_indices();
            for (n, (offset, last)) in ends.take(LONGEST).enumerate() {
                if n > 0 || c != ' ' {
                    visit(padded.get(start..start + offset + last.len_utf8()).unwrap_or_default());
                }
            }
            if i == LONGEST {
                visit(padded);
            }
        }
    });
}

/// Visits the words of a text in small composed letters, each between two blanks.
pub(super) fn words(text: &str, mut visit: impl FnMut(&str)) {
    let mut padded = String::with_capacity(32);
    let mut push = |c: char| {
        if c.is_alphabetic() || (c == '·' && padded.len() > 1) || is_mark(c) {
            if padded.is_empty() {
                padded.push(' ');
            }
            padded.extend(c.to_lowercase());
        } else if !padded.is_empty() {
            padded.push(' ');
            visit(&padded);
            padded.clear();
        }
    };
    if is_nfc_quick(text.chars()) == IsNormalized::Yes {
        text.chars().for_each(&mut push);
    } else {
        text.nfc().for_each(&mut push);
    }
    push(' ');
}

/// A mark that composes with no letter before it.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}
