//! Where sentences begin and end.
//!
//! One pass over the characters. A boundary is decided at a mark that may end a sentence, or at a line break, from the
//! word before it, what closes after it, and the first letter that follows ([`decision`]); [`layout`] tells the writer's
//! habits and [`abbreviations`] what a full stop after a word means. Nothing looks further than a few characters, a line,
//! or the white space that it consumes, so the time is linear in the text.

mod abbreviations;
mod characters;
mod decision;
mod layout;

use std::ops::Range;

use crate::span::Span;
pub(crate) use characters::is_blank;
use characters::{is_dash, is_face, is_joiner, is_mark, is_opening, is_terminator};
use decision::Candidate;
use layout::Layout;

/// Sentence spans that cover the text; none when there is nothing but blanks.
pub(crate) fn sentences(text: &str) -> Vec<Span> {
    let mut scanner = Scanner::new(text);
    scanner.run();
    scanner.spans
}

/// The kind of mark that may end a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// One full stop.
    Stop,
    /// `…`, `...`.
    Ellipsis,
    /// A run with a question or an exclamation mark.
    Strong,
    /// A face or a heart where a full stop would stand.
    Emoji,
}

/// The white space after a position.
#[derive(Debug, Clone, Copy)]
struct Gap {
    end: usize,
    line_breaks: usize,
}

/// The first character after a gap, past opening quotes and brackets.
#[derive(Debug, Clone, Copy)]
struct Next<'a> {
    /// The text from the gap's end on.
    rest: &'a str,
    /// The first character.
    first: char,
    /// The first that opens nothing.
    letter: char,
    /// Byte of `letter` in `rest`.
    letter_at: usize,
}

struct Scanner<'a> {
    text: &'a str,
    layout: Layout,
    spans: Vec<Span>,
    /// First byte of the open sentence.
    start: usize,
    /// First byte of its content, once there is some.
    content: Option<usize>,
    /// It has a letter or a digit.
    spoken: bool,
    /// It opened with a dash.
    turn: bool,
    /// Last run of letters and digits.
    word: Range<usize>,
    /// What stood before that run.
    before_word: char,
    /// A number stood before that run, and a blank between them.
    after_number: bool,
    /// The last character; a space for any gap.
    last: char,
    /// First byte of the line.
    line: usize,
    /// The run between blanks holds `@`, `/` or the like: an address, a date, a fraction.
    address: bool,
    /// Where the innermost round bracket opened.
    bracket: Option<usize>,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            layout: Layout::new(text),
            spans: Vec::new(),
            start: 0,
            content: None,
            spoken: false,
            turn: false,
            word: 0..0,
            before_word: ' ',
            after_number: false,
            last: ' ',
            line: 0,
            address: false,
            bracket: None,
        }
    }

    fn run(&mut self) {
        let mut at = 0;
        while let Some(c) = self.char_at(at) {
            at = if is_blank(c) {
                self.blanks(at)
            } else if is_terminator(c) {
                self.terminator(at)
            } else if is_face(c) {
                self.face(at)
            } else {
                self.ordinary(at, c);
                at + c.len_utf8()
            };
        }
        if self.content.is_some() {
            self.spans.push(Span::new(self.start, self.text.len()));
        } else if let Some(last) = self.spans.last_mut() {
            last.end = self.text.len();
        }
    }

    fn char_at(&self, at: usize) -> Option<char> {
        self.rest(at).chars().next()
    }

    fn rest(&self, at: usize) -> &'a str {
        self.text.get(at..).unwrap_or_default()
    }

    /// The letters and digits that end at `at`.
    fn word_before(&self, at: usize) -> &'a str {
        self.text.get(self.word.clone()).filter(|_| self.word.end == at).unwrap_or_default()
    }

    /// Notes a character that ends nothing.
    fn ordinary(&mut self, at: usize, c: char) {
        if self.content.is_none() {
            self.content = Some(at);
            self.turn = is_dash(c);
        }
        if c.is_alphanumeric() || is_mark(c) || c == '·' {
            if self.word.end != at {
                let before = self.text.get(self.word.clone()).and_then(|w| w.chars().next_back());
                self.after_number = self.last == ' ' && before.is_some_and(char::is_numeric);
                self.word.start = at;
                self.before_word = if at == 0 { ' ' } else { self.last };
            }
            self.word.end = at + c.len_utf8();
            self.spoken = true;
        }
        match c {
            '(' => self.bracket = Some(at),
            ')' => self.bracket = None,
            '@' | '/' | '_' | '\\' => self.address = true,
            _ => {}
        }
        self.last = c;
    }

    /// Ends the sentence before `end` when there is one to end.
    fn cut(&mut self, end: usize) {
        if self.content.take().is_some() {
            self.spans.push(Span::new(self.start, end));
            self.start = end;
            self.spoken = false;
            self.turn = false;
            self.bracket = None;
        }
    }

    fn blanks(&mut self, at: usize) -> usize {
        let gap = self.gap(at);
        if self.breaks_at(at, gap) {
            self.cut(gap.end);
        }
        self.pass(gap);
        gap.end
    }

    /// Leaves a gap behind, cut or not.
    fn pass(&mut self, gap: Gap) {
        self.address = false;
        self.last = ' ';
        if gap.line_breaks > 0 {
            self.line = gap.end;
        }
    }

    fn gap(&self, at: usize) -> Gap {
        let mut gap = Gap { end: at, line_breaks: 0 };
        let mut carriage_return = false;
        for c in self.rest(at).chars().take_while(|&c| is_blank(c)) {
            gap.end += c.len_utf8();
            gap.line_breaks += match c {
                '\n' if carriage_return => 0,
                '\n' | '\r' | '\u{85}' | '\u{2028}' => 1,
                '\u{c}' | '\u{2029}' => 2,
                _ => 0,
            };
            carriage_return = c == '\r';
        }
        gap
    }

    fn next(&self, gap: Gap) -> Option<Next<'a>> {
        let rest = self.rest(gap.end);
        let first = rest.chars().next()?;
        let (letter_at, letter) =
            rest.char_indices().take(6).find(|&(_, c)| !is_opening(c)).unwrap_or((0, first));
        Some(Next { rest, first, letter, letter_at })
    }

    /// Consumes a run of ending marks, what closes after it and the gap; cuts when a sentence ends.
    fn terminator(&mut self, at: usize) -> usize {
        let (mut end, mut stops, mut strong, mut ellipsis) = (at, 0_usize, false, false);
        for c in self.rest(at).chars().take_while(|&c| is_terminator(c)) {
            end += c.len_utf8();
            stops += 1;
            ellipsis |= c == '…';
            strong |= !matches!(c, '.' | '…');
        }
        let mark = match (strong, ellipsis || stops > 1) {
            (true, _) => Mark::Strong,
            (false, true) => Mark::Ellipsis,
            (false, false) => Mark::Stop,
        };
        if self.content.is_none() {
            self.content = Some(at);
        }
        let marks_end = end;
        end = self.closing(end);
        let closed = end > marks_end;
        end = self.faces_after(end);
        self.end_mark(at, end, mark, closed)
    }

    /// Consumes the faces that stand for a mark; like [`Self::terminator`].
    fn face(&mut self, at: usize) -> usize {
        if self.content.is_none() {
            self.content = Some(at);
        }
        let end = self.faces_after(at);
        self.end_mark(at, end, Mark::Emoji, false)
    }

    fn end_mark(&mut self, at: usize, end: usize, mark: Mark, closed: bool) -> usize {
        let gap = self.gap(end);
        let ends = self.next(gap).is_some_and(|next| {
            let word = self.word_before(at);
            let candidate = Candidate { at, mark, closed, new_line: gap.line_breaks > 0, word, next };
            if gap.end == end {
                self.ends_glued(candidate)
            } else {
                gap.line_breaks > 1 || self.ends(candidate)
            }
        });
        if ends {
            self.cut(gap.end);
        }
        self.last = self.text.get(at..end).and_then(|s| s.chars().next_back()).unwrap_or(' ');
        if gap.end > end {
            self.pass(gap);
        }
        gap.end
    }

    /// The end of the quotes and brackets that close at `at`.
    fn closing(&mut self, at: usize) -> usize {
        let mut end = at;
        let mut chars = self.rest(at).chars().peekable();
        while let Some(c) = chars.next() {
            let closes = match c {
                '»' | '”' | '’' | '›' | ')' | ']' | '}' => true,
                // A straight quote before a letter opens.
                '"' | '\'' | '*' | '_' => chars.peek().is_none_or(|n| !n.is_alphanumeric()),
                _ => is_terminator(c) && end > at,
            };
            if !closes {
                break;
            }
            if c == ')' {
                self.bracket = None;
            }
            end += c.len_utf8();
        }
        end
    }

    /// The end of the faces that follow `at`, each after at most one blank.
    fn faces_after(&self, at: usize) -> usize {
        let mut end = at;
        let mut blank = 0;
        for c in self.rest(at).chars() {
            if is_face(c) || (end > at && blank == 0 && is_joiner(c)) {
                end += blank + c.len_utf8();
                blank = 0;
            } else if blank == 0 && matches!(c, ' ' | '\u{a0}') {
                blank = c.len_utf8();
            } else {
                break;
            }
        }
        end
    }
}

#[cfg(test)]
mod tests;
