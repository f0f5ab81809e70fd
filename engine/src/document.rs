//! The immutable text of an interview and its sentences.

use std::fmt;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::language::{self, LanguageIdentifier};
use crate::segment;
use crate::span::{Language, Span};

/// One sentence or note-style fragment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sentence {
    /// Its bytes, with the white space that follows it: the sentences of a document cover its text.
    pub span: Span,
    /// Its bytes without surrounding white space; never empty.
    pub content: Span,
    /// Its language.
    pub language: Language,
    /// UTF-16 code units before `span.start`.
    utf16_start: usize,
}

/// The immutable text of an interview, with sentence spans that cover it.
///
/// `Debug` hides the text: a narrative must not reach a log.
#[derive(Clone)]
pub struct Document {
    text: Arc<str>,
    sentences: Vec<Sentence>,
    language: Language,
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("n_bytes", &self.text.len())
            .field("n_sentences", &self.sentences.len())
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}

impl Document {
    /// Segments a text and tells the language of each sentence.
    /// # Errors
    /// [`Error::EmptyText`] when there is nothing but white space.
    pub fn new(text: impl Into<Arc<str>>) -> Result<Self> {
        let text = text.into();
        let spans = segment::sentences(&text);
        Self::from_spans(text, &spans)
    }

    /// Segments bytes that should be UTF-8.
    /// # Errors
    /// [`Error::NotUtf8`], [`Error::EmptyText`].
    pub fn from_utf8(bytes: &[u8]) -> Result<Self> {
        let text = std::str::from_utf8(bytes).map_err(|e| Error::NotUtf8 { valid_up_to: e.valid_up_to() })?;
        Self::new(text)
    }

    /// A document whose sentences are given, such as those that an annotator marked.
    /// # Errors
    /// [`Error::BadSentence`] unless the spans follow one another from the first byte to the last, on character
    /// boundaries, each with something other than white space; [`Error::EmptyText`] when there is none.
    pub fn from_spans(text: impl Into<Arc<str>>, spans: &[Span]) -> Result<Self> {
        let text = text.into();
        if text.chars().all(segment::is_blank) {
            return Err(Error::EmptyText);
        }
        let identifier = LanguageIdentifier::shipped();
        let mut sentences = Vec::with_capacity(spans.len());
        let mut evidence = Vec::with_capacity(spans.len());
        let (mut at, mut utf16_start) = (0, 0);
        for (index, &span) in spans.iter().enumerate() {
            let bad = || Error::BadSentence { index, start: span.start, end: span.end };
            let raw = text.get(span.range()).filter(|_| span.start == at).ok_or_else(bad)?;
            let lead = raw.len() - raw.trim_start_matches(segment::is_blank).len();
            let body = raw.trim_matches(segment::is_blank);
            if body.is_empty() {
                return Err(bad());
            }
            let content = Span::new(span.start + lead, span.start + lead + body.len());
            sentences.push(Sentence { span, content, language: Language::Other, utf16_start });
            evidence.push(identifier.evidence(body));
            utf16_start += raw.encode_utf16().count();
            at = span.end;
        }
        if at != text.len() {
            return Err(Error::BadSentence { index: spans.len(), start: at, end: text.len() });
        }
        for (sentence, language) in sentences.iter_mut().zip(language::settle(&evidence)) {
            sentence.language = language;
        }
        let language = majority(&sentences);
        Ok(Self { text, sentences, language })
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The sentences, in order; their spans concatenate to the text.
    #[must_use]
    pub fn sentences(&self) -> &[Sentence] {
        &self.sentences
    }

    /// The language that most of the text is written in.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// The text of a sentence without surrounding white space.
    #[must_use]
    pub fn sentence_text(&self, sentence: &Sentence) -> &str {
        self.text.get(sentence.content.range()).unwrap_or_default()
    }

    /// The number of UTF-16 code units before a byte, as a browser counts them; `None` inside a character or past
    /// the end.
    #[must_use]
    pub fn utf16_offset(&self, byte: usize) -> Option<usize> {
        let index = self.sentences.partition_point(|s| s.span.start <= byte).checked_sub(1)?;
        let sentence = self.sentences.get(index)?;
        let before = self.text.get(sentence.span.start..byte)?;
        Some(sentence.utf16_start + before.encode_utf16().count())
    }
}

/// The language of most of the text, by bytes.
fn majority(sentences: &[Sentence]) -> Language {
    let bytes = |language| -> usize {
        sentences.iter().filter(|s| s.language == language).map(|s| s.content.len()).sum()
    };
    // The last of equals is taken: a text in none of the three is the last resort.
    [Language::Other, Language::En, Language::Es, Language::Ca]
        .into_iter()
        .max_by_key(|&l| bytes(l))
        .unwrap_or(Language::Other)
}
