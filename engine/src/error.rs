//! What can go wrong between a narrative, a bundle and an assessment.

use std::path::PathBuf;

/// The engine's one error type. Fields, not sentences: callers word them for their reader.
/// No variant holds text of a narrative.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is empty or only white space.
    #[error("the text is empty: there is nothing to assess")]
    EmptyText,
    /// The text is longer than the caller's limit.
    #[error("the text has {got} bytes and the limit is {limit}: split it or raise the limit")]
    TextTooLong {
        /// Largest number of bytes taken.
        limit: usize,
        /// Number of bytes of the text.
        got: usize,
    },
    /// The bytes are not UTF-8.
    #[error("not UTF-8 from byte {valid_up_to} on: save the text as UTF-8 and try again")]
    NotUtf8 {
        /// Number of leading bytes that are UTF-8.
        valid_up_to: usize,
    },
    /// Sentence spans that do not cover the text in order, or cut a character.
    #[error("sentence {index} spans bytes {start}..{end}, which does not continue a cover of the text")]
    BadSentence {
        /// Position of the sentence.
        index: usize,
        /// First byte.
        start: usize,
        /// One past the last byte.
        end: usize,
    },
    /// A sentence that the document does not have.
    #[error("there is no sentence {index}: the text has {count}, counted from 0")]
    NoSentence {
        /// The position asked for, from 0.
        index: usize,
        /// Number of sentences.
        count: usize,
    },
    /// A code that the taxonomy does not have; the code itself may be anything, so it is not repeated.
    #[error("the taxonomy has no {kind} of that code")]
    NoCode {
        /// What kind of code was looked for: need or demand.
        kind: &'static str,
    },
    /// A row of a taxonomy file that cannot be read.
    #[error("{file}:{line}: {reason}")]
    Taxonomy {
        /// File name within the taxonomy folder.
        file: String,
        /// Line, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A code that the taxonomy does not have.
    #[error("{file}:{line}: no {kind} has the code '{code}'")]
    UnknownCode {
        /// File in which the code stands.
        file: String,
        /// Line, from 1.
        line: u64,
        /// What kind of code was looked for: need, demand, domain or action.
        kind: &'static str,
        /// The code that was not found.
        code: String,
    },
    /// A bundle's file that is missing, unreadable or not what the manifest promises.
    #[error("{}: {reason}", path.display())]
    Bundle {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A bundle's file whose contents are not those of the manifest.
    #[error("{}: sha256 is {got}, the manifest says {expected}: the bundle was changed or cut short", path.display())]
    BundleHash {
        /// The file.
        path: PathBuf,
        /// Digest in the manifest, hexadecimal.
        expected: String,
        /// Digest of the file, hexadecimal.
        got: String,
    },
    /// An encoder that cannot be loaded or run.
    #[error(transparent)]
    Encoder(#[from] crate::encoder::EncoderError),
    /// Nobody waits for the assessment any more.
    #[error("the assessment was given up: nobody waits for it")]
    Cancelled,
    /// A file that cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's answer.
        #[source]
        source: std::io::Error,
    },
}

impl Error {
    /// A stable, searchable code: the same in logs, answers and documents.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::EmptyText => "empty_text",
            Self::TextTooLong { .. } => "text_too_long",
            Self::NotUtf8 { .. } => "not_utf8",
            Self::BadSentence { .. } => "bad_sentence",
            Self::NoSentence { .. } => "no_sentence",
            Self::NoCode { .. } => "no_code",
            Self::Taxonomy { .. } => "taxonomy",
            Self::UnknownCode { .. } => "unknown_code",
            Self::Bundle { .. } => "bundle",
            Self::BundleHash { .. } => "bundle_hash",
            Self::Encoder(_) => "encoder",
            Self::Cancelled => "cancelled",
            Self::Io { .. } => "io",
        }
    }
}

/// Result with the engine's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;
