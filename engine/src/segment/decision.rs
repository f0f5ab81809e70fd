//! Whether a mark or a line break parts two sentences.

use super::abbreviations::{Class, classify, expects_more, opens_sentence};
use super::characters::{
    begins, is_blank, is_capitals, is_dash, is_initial, is_mark, is_opening, is_plural_initial, is_roman,
};
use super::layout::bullet;
use super::{Gap, Mark, Next, Scanner};

/// Bytes within which a bracket is expected to close: until then a full stop inside it ends nothing.
const BRACKET_REACH: usize = 200;

/// Bytes within which a question that opens a turn of a dialogue is taken as an echo that the same turn answers.
const ECHO_REACH: usize = 64;

/// A mark that may end a sentence, and what stands around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate<'a> {
    /// Its first byte.
    pub(super) at: usize,
    /// Its kind.
    pub(super) mark: Mark,
    /// Quotes or brackets close after it.
    pub(super) closed: bool,
    /// The line ends after it.
    pub(super) new_line: bool,
    /// The letters and digits before it; empty when something stands between.
    pub(super) word: &'a str,
    /// What follows.
    pub(super) next: Next<'a>,
}

impl Scanner<'_> {
    /// Whether a gap that follows no ending mark parts two sentences: only its line breaks can.
    pub(super) fn breaks_at(&self, at: usize, gap: Gap) -> bool {
        let Some(next) = self.next(gap).filter(|_| gap.line_breaks > 0) else { return false };
        let meant = || self.layout.fits(self.text.get(self.line..at).unwrap_or_default(), next.rest);
        if gap.line_breaks > 1 {
            return true;
        }
        if bullet(next.rest) {
            // A margin may leave "the 8." of a date, or a dash, at a line's head.
            return self.last == ':' || !self.layout.wrapped || meant();
        }
        let word = self.word_before(at);
        if matches!(self.last, ',' | '(' | '[' | '«' | '“' | '/' | '&' | '=' | '¿' | '¡')
            || (self.before_word == ' ' && !self.after_number && expects_more(word))
        {
            return false;
        }
        if next.letter.is_lowercase() {
            return self.layout.small_notes && (self.layout.is_narrow() || meant());
        }
        if matches!(next.first, ',' | ';' | ':' | ')' | ']' | '»' | '”' | '/' | '&' | '=' | '%' | '€' | '$')
        {
            return false;
        }
        if next.letter.is_numeric()
            && matches!(classify(word), Class::Numbered | Class::Date)
            && !word.eq_ignore_ascii_case("no")
        {
            return false;
        }
        !self.layout.wrapped || meant()
    }

    /// Whether a mark followed by white space ends its sentence.
    pub(super) fn ends(&self, candidate: Candidate<'_>) -> bool {
        let Candidate { at, mark, closed, new_line, word, next } = candidate;
        if new_line && bullet(next.rest) {
            return true;
        }
        if !self.spoken || self.is_enumerator(at) {
            return false;
        }
        if is_dash(next.first) {
            let letter = next.rest.chars().skip(1).find(|&c| !is_blank(c) && !is_opening(c));
            return letter.is_some_and(|c| begins(c) && !(c.is_numeric() && next.first == '-'));
        }
        let class = self.class_of(word, next);
        if next.letter.is_lowercase() {
            return self.ends_before_small(candidate, class);
        }
        if !begins(next.letter) {
            return new_line || (next.letter == '→' && class == Class::Word);
        }
        if self.bracket.is_some_and(|open| Some(open) != self.content && at - open < BRACKET_REACH) {
            return false;
        }
        match mark {
            Mark::Strong => !(self.turn && !new_line && self.content.is_some_and(|c| at - c < ECHO_REACH)),
            Mark::Ellipsis | Mark::Emoji => true,
            Mark::Stop if closed => true,
            Mark::Stop => self.stop_ends(candidate, class),
        }
    }

    /// Whether a full stop ends its sentence before a capital or a digit.
    fn stop_ends(&self, Candidate { new_line, word, next, .. }: Candidate<'_>, class: Class) -> bool {
        let inline = !new_line || self.layout.wrapped;
        let follows = next_word(next);
        match class {
            Class::Title => false,
            Class::Kin => !inline || (!next.letter.is_numeric() && opens_sentence(follows)),
            Class::Joint => !inline,
            Class::Numbered | Class::Date if next.letter.is_numeric() => false,
            // The century, "s. XIX".
            Class::Numbered => !(word == "s" && is_roman(follows)),
            Class::Date | Class::Short | Class::Word => true,
        }
    }

    /// Whether a mark ends its sentence before a small letter: only where the writer begins sentences so.
    fn ends_before_small(&self, candidate: Candidate<'_>, class: Class) -> bool {
        let Candidate { at, mark, closed, new_line, next, .. } = candidate;
        let whole = self.text.get(self.word.clone()).is_some_and(|w| w.chars().nth(2).is_some());
        if closed || !whole || class != Class::Word || matches!(mark, Mark::Ellipsis | Mark::Emoji) {
            return false;
        }
        let line = || self.text.get(self.line..at).unwrap_or_default();
        self.layout.small_sentences || (new_line && self.layout.fits(line(), next.rest))
    }

    /// What the full stop after `word` means where it stands.
    fn class_of(&self, word: &str, next: Next<'_>) -> Class {
        if is_initial(word) {
            return Class::Kin;
        }
        let follows = next_word(next);
        if is_plural_initial(word) && is_plural_initial(follows) {
            return Class::Joint;
        }
        let class = classify(word);
        let clitic = matches!(self.before_word, '\'' | '’') && word.len() == 1;
        // "PL. Trae": letters that stand for words, unless the whole text is in capitals.
        let acronym = word.len() > 1
            && is_capitals(word)
            && !is_capitals(follows)
            && !matches!(word, "SR" | "SRA" | "DR" | "DRA");
        let measured = self.after_number && matches!(class, Class::Joint | Class::Short);
        if clitic || acronym {
            Class::Word
        } else if measured {
            Class::Short
        } else if matches!(class, Class::Numbered | Class::Short)
            && self.content != Some(self.word.start)
            && word.chars().next().is_some_and(char::is_uppercase)
            && begins(next.letter)
        {
            // Within a proper name: "Min. Fiscal", "Punt d'Inf. Juvenil".
            Class::Title
        } else {
            class
        }
    }

    /// Whether a mark with no white space after it ends its sentence: a blank was forgotten.
    pub(super) fn ends_glued(&self, candidate: Candidate<'_>) -> bool {
        let Candidate { at, mark, closed, word, next, .. } = candidate;
        if matches!(self.char_at(at), Some('。' | '！' | '？')) {
            // Scripts that write no blank.
            return self.spoken && !matches!(next.first, '」' | '』' | '）');
        }
        let small = |c: Option<char>| c.is_some_and(char::is_lowercase);
        matches!(mark, Mark::Stop | Mark::Strong)
            && !closed
            && !self.address
            && next.first.is_uppercase()
            && small(next.rest.chars().nth(1))
            && small(word.chars().next_back())
            && word.chars().nth(2).is_some()
            && classify(word) == Class::Word
            && word != "www"
            && !matches!(self.before_word, '.' | '@')
    }

    /// True at the mark of `1.` that opens a line or a sentence.
    fn is_enumerator(&self, at: usize) -> bool {
        self.content == Some(self.word.start) && self.word.end == at && bullet(self.rest(self.word.start))
    }
}

/// The word at the head of what follows a mark.
fn next_word(next: Next<'_>) -> &str {
    let rest = next.rest.get(next.letter_at..).unwrap_or_default();
    let len =
        rest.chars().take(12).take_while(|&c| c.is_alphanumeric() || is_mark(c)).map(char::len_utf8).sum();
    rest.get(..len).unwrap_or_default()
}
