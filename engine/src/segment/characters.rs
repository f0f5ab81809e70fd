//! Kinds of characters and of short words.

/// White space and characters without a shape: a sentence has something else.
#[must_use]
pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// A mark that ends sentences.
pub(super) fn is_terminator(c: char) -> bool {
    matches!(c, '.' | '?' | '!' | '…' | '‽' | '؟' | '۔' | '。' | '！' | '？' | '।')
}

/// A dash that opens a turn of a dialogue or a list's line.
pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '–' | '—' | '―')
}

/// One capital letter, with its accents: `J.`.
pub(super) fn is_initial(word: &str) -> bool {
    let mut letters = word.chars().filter(|&c| !is_mark(c));
    letters.next().is_some_and(char::is_uppercase) && letters.next().is_none()
}

/// Capitals alone.
pub(super) fn is_capitals(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| !c.is_lowercase())
}

/// A doubled capital, half of `RR. HH.` or `EE. UU.`
pub(super) fn is_plural_initial(word: &str) -> bool {
    let mut letters = word.chars();
    let first = letters.next();
    first.is_some_and(char::is_uppercase) && letters.next() == first && letters.next().is_none()
}

pub(super) fn is_roman(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| matches!(c, 'I' | 'V' | 'X'))
}

/// True for what a sentence begins with: a capital, a digit, a letter of a script without case, a face.
pub(super) fn begins(c: char) -> bool {
    (c.is_alphanumeric() && !c.is_lowercase()) || is_face(c)
}

/// An accent that follows its letter.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

pub(super) fn is_opening(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '«' | '“' | '”' | '‘' | '’' | '„' | '‹' | '(' | '[' | '{' | '¿' | '¡' | '*' | '_'
    )
}

/// A face, a gesture or a heart, which people type where a full stop would stand.
pub(super) fn is_face(c: char) -> bool {
    matches!(c,
        '\u{1f600}'..='\u{1f64f}' | '\u{1f910}'..='\u{1f92f}' | '\u{1f970}'..='\u{1f97a}' | '\u{1f440}'..='\u{1f450}'
        | '\u{1f493}'..='\u{1f49f}' | '\u{2639}' | '\u{263a}' | '\u{2764}')
}

/// What joins or colours the parts of an emoji.
pub(super) fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200d}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}
