//! The language of each sentence.

use crate::document::{Language, Sentence};

/// The language of one sentence read alone.
pub(crate) fn detect(_text: &str) -> Language {
    Language::Other
}

/// Settles sentences too short to tell by what surrounds them.
pub(crate) fn smooth(_text: &str, _sentences: &mut [Sentence]) {}

/// The language of most of the text, by bytes.
pub(crate) fn majority(sentences: &[Sentence]) -> Language {
    sentences.first().map_or(Language::Other, |s| s.language)
}
