//! What can go wrong while a model is made.

use std::path::PathBuf;

/// Training's error type. No variant holds text of a narrative.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file that cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's answer.
        #[source]
        source: std::io::Error,
    },
    /// A recipe that is not one.
    #[error("{}: {source}", path.display())]
    Recipe {
        /// The file.
        path: PathBuf,
        /// The parser's answer, with the line.
        #[source]
        source: toml::de::Error,
    },
    /// A translation that does not fit its record.
    #[error("{}:{line}: {reason}", path.display())]
    Translation {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A corpus from which nothing can be learnt.
    #[error("{reason}")]
    Corpus {
        /// What is missing.
        reason: String,
    },
    /// A model that cannot be laid out; a defect.
    #[error("{reason}")]
    Layout {
        /// What does not fit.
        reason: String,
    },
    /// An encoder of a hub that cannot be had.
    #[error("{source_name}: {reason}")]
    Hub {
        /// The encoder as it was asked for.
        source_name: String,
        /// Why.
        reason: String,
    },
    /// From the tensors of a fit.
    #[error(transparent)]
    Candle(#[from] candle_core::Error),
    /// From the engine.
    #[error(transparent)]
    Engine(#[from] relat_engine::Error),
    /// From the corpus reader.
    #[error(transparent)]
    Records(#[from] relat_eval::corpus::CorpusError),
    /// From the metrics.
    #[error(transparent)]
    Eval(#[from] relat_eval::Error),
}

/// Result with training's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;
