//! Edits of a text and where its sentences lie afterwards.

use relat_engine::Span;

use super::{Refusal, Rewriting, RewrittenSentence};

/// A stretch of the original and what takes its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edit {
    pub(crate) span: Span,
    pub(crate) text: String,
}

/// Applies edits to a text, each inside one sentence. Edits that change nothing are dropped.
pub(crate) fn apply(text: &str, sentences: &[Span], mut edits: Vec<Edit>) -> Result<Rewriting, Refusal> {
    edits.retain(|e| text.get(e.span.range()) != Some(e.text.as_str()));
    edits.sort();
    edits.dedup();
    if edits.is_empty() {
        return Err(Refusal::NothingToChange);
    }
    let mut out = String::with_capacity(text.len() + 64);
    let mut pairs = Vec::with_capacity(sentences.len());
    let mut queue = edits.into_iter().peekable();
    for &original in sentences {
        let start = out.len();
        let mut at = original.start;
        let mut changed = false;
        while let Some(edit) = queue.next_if(|e| e.span.start < original.end) {
            if edit.span.start < at || edit.span.end > original.end {
                return Err(Refusal::Conflict);
            }
            out.push_str(text.get(at..edit.span.start).unwrap_or_default());
            out.push_str(&edit.text);
            at = edit.span.end;
            changed = true;
        }
        out.push_str(text.get(at..original.end).unwrap_or_default());
        pairs.push(RewrittenSentence { original, rewritten: Span::new(start, out.len()), changed });
    }
    if queue.peek().is_some() {
        return Err(Refusal::Conflict);
    }
    Ok(Rewriting { text: out, sentences: pairs })
}

/// Gives a word the case of the one it replaces: all upper, first upper, or as it is.
pub(crate) fn with_case_of(model: &str, word: &str) -> String {
    let letters = model.chars().filter(|c| c.is_alphabetic());
    let upper = letters.clone().filter(|c| c.is_uppercase()).count();
    if upper > 1 && upper == letters.count() {
        return word.to_uppercase();
    }
    if model.chars().next().is_some_and(char::is_uppercase) { capitalized(word) } else { word.to_owned() }
}

/// The word with its first letter in upper case.
pub(crate) fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_follows_the_word_replaced() {
        assert_eq!(with_case_of("Ella", "ell"), "Ell");
        assert_eq!(with_case_of("ELLA", "ell"), "ELL");
        assert_eq!(with_case_of("ella", "ell"), "ell");
    }

    proptest! {
        #[test]
        fn sentences_cover_the_new_text_and_the_untouched_are_the_same(
            lengths in proptest::collection::vec(3usize..12, 1..6),
            cuts in proptest::collection::vec((0usize..60, 0usize..3, "[a-z]{0,4}"), 1..6),
        ) {
            let text: String = (0..lengths.iter().sum()).map(|i| char::from(b'A' + u8::try_from(i % 26).unwrap())).collect();
            let mut at = 0;
            let sentences: Vec<Span> = lengths.iter().map(|n| { at += n; Span::new(at - n, at) }).collect();
            let edits: Vec<Edit> = cuts.into_iter().map(|(s, n, t)| {
                let start = s % text.len();
                Edit { span: Span::new(start, (start + n).min(text.len())), text: t }
            }).collect();
            if let Ok(done) = apply(&text, &sentences, edits) {
                let joined: String = done.sentences.iter().map(|s| done.text.get(s.rewritten.range()).unwrap()).collect();
                prop_assert_eq!(&joined, &done.text);
                prop_assert_eq!(done.sentences.len(), sentences.len());
                for s in done.sentences.iter().filter(|s| !s.changed) {
                    prop_assert_eq!(done.text.get(s.rewritten.range()), text.get(s.original.range()));
                }
            }
        }
    }
}
