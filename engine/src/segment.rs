//! Where sentences begin and end.

use crate::document::Span;

/// White space and characters without a shape: a sentence has something else.
#[must_use]
pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Sentence spans that cover the text.
pub(crate) fn sentences(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let next_blank = chars.peek().is_none_or(|&(_, n)| is_blank(n));
        if (matches!(c, '.' | '!' | '?' | '…') && next_blank) || c == '\n' {
            let mut end = i + c.len_utf8();
            while let Some(&(j, n)) = chars.peek().filter(|&&(_, n)| is_blank(n)) {
                end = j + n.len_utf8();
                chars.next();
            }
            if text.get(start..end).is_some_and(|s| !s.chars().all(is_blank)) {
                spans.push(Span::new(start, end));
                start = end;
            }
        }
    }
    match text.get(start..) {
        Some(rest) if !rest.chars().all(is_blank) => spans.push(Span::new(start, text.len())),
        Some(_) => {
            if let Some(last) = spans.last_mut() {
                last.end = text.len();
            }
        }
        None => {}
    }
    spans
}
