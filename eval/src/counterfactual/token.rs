//! Words and signs of a text, with the elisions of Catalan and the contractions of English apart.

use relat_engine::Span;

/// A word, a number or a sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) span: Span,
    /// As written.
    pub(crate) text: String,
    /// In lower case, with a straight apostrophe.
    pub(crate) lower: String,
    /// Which sentence it stands in.
    pub(crate) sentence: usize,
    /// White space before it, or the beginning of the text.
    pub(crate) spaced: bool,
    /// A word, not a number or a sign.
    pub(crate) word: bool,
}

impl Token {
    /// True when the first letter is upper case.
    pub(crate) fn capital(&self) -> bool {
        self.text.chars().next().is_some_and(char::is_uppercase)
    }

    /// True for a full stop, comma and the like.
    pub(crate) fn sign(&self) -> bool {
        !self.text.chars().any(char::is_alphanumeric)
    }
}

/// Prefixes that lean on the next word: l'àvia, d'en, n'Oriol, m'ha.
const LEANING: [&str; 6] = ["l", "d", "n", "m", "s", "t"];

/// Cuts a text into tokens; none crosses a sentence.
pub(crate) fn tokenize(text: &str, sentences: &[Span]) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut end_before = 0;
    for (sentence, span) in sentences.iter().enumerate() {
        let mut at = span.start;
        while at < span.end {
            let rest = text.get(at..span.end).unwrap_or_default();
            let Some(first) = rest.chars().next() else { break };
            let length = if first.is_alphabetic() {
                word_length(rest)
            } else if is_apostrophe(first)
                && rest.chars().nth(1).is_some_and(char::is_alphabetic)
                && at == end_before
            {
                first.len_utf8() + letters(rest.get(first.len_utf8()..).unwrap_or_default())
            } else if first.is_numeric() {
                rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len())
            } else {
                first.len_utf8()
            };
            let end = at + length;
            if !first.is_whitespace() {
                let own = text.get(at..end).unwrap_or_default().to_owned();
                let lower = own.to_lowercase().replace('’', "'");
                let word = own.chars().any(char::is_alphabetic) && !first.is_numeric();
                tokens.push(Token {
                    span: Span::new(at, end),
                    text: own,
                    lower,
                    sentence,
                    spaced: at == 0 || at > end_before,
                    word,
                });
                end_before = end;
            }
            at = end;
        }
    }
    tokens
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’')
}

/// Length of the run of letters that a text begins with.
fn letters(text: &str) -> usize {
    text.find(|c: char| !c.is_alphabetic() && c != '·' && c != 'ª' && c != 'º').unwrap_or(text.len())
}

/// Length of the first word; a leaning prefix is a word of its own, its apostrophe with it.
fn word_length(rest: &str) -> usize {
    let length = letters(rest);
    let word = rest.get(..length).unwrap_or_default();
    let next = rest.get(length..).and_then(|r| r.chars().next());
    match next {
        Some(c) if is_apostrophe(c) && LEANING.contains(&word.to_lowercase().as_str()) => {
            length + c.len_utf8()
        }
        Some(_) | None => length,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<String> {
        tokenize(text, &[Span::new(0, text.len())]).into_iter().map(|t| t.text).collect()
    }

    #[test]
    fn elisions_and_contractions_are_words_of_their_own() {
        assert_eq!(words("L'àvia d’en Pol"), ["L'", "àvia", "d’", "en", "Pol"]);
        assert_eq!(words("veure'l, ajudar-la."), ["veure", "'l", ",", "ajudar", "-", "la", "."]);
        assert_eq!(words("She's 34; 'why'"), ["She", "'s", "34", ";", "'", "why", "'"]);
        assert_eq!(words("intel·ligent"), ["intel·ligent"]);
    }

    proptest! {
        #[test]
        fn tokens_are_in_order_and_lose_only_white_space(text in "[a-zàç'’ .,0-9·«»ñ-]{0,60}") {
            let tokens = tokenize(&text, &[Span::new(0, text.len())]);
            let joined: String = tokens.iter().map(|t| t.text.as_str()).collect();
            let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            prop_assert_eq!(joined, bare);
            prop_assert!(tokens.windows(2).all(|w| w[0].span.end <= w[1].span.start));
            prop_assert!(tokens.iter().all(|t| text.get(t.span.range()) == Some(t.text.as_str())));
        }
    }
}
