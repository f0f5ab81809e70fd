//! What can be wrong with a checkpoint.

use std::path::PathBuf;

/// Why an encoder cannot be loaded or run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncoderError {
    /// A file that cannot be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's answer.
        #[source]
        source: std::io::Error,
    },
    /// A config.json that is not one.
    #[error("{}: {source}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What the parser says.
        #[source]
        source: serde_json::Error,
    },
    /// A setting that no architecture here takes.
    #[error("{}: {field} is '{got}', expected {expected}", path.display())]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// Name of the setting.
        field: &'static str,
        /// Its value.
        got: String,
        /// What would be taken.
        expected: &'static str,
    },
    /// A weights file that is cut short or not in safetensors' form.
    #[error("{}: {source}", path.display())]
    Weights {
        /// The file.
        path: PathBuf,
        /// What the reader says.
        #[source]
        source: candle_core::Error,
    },
    /// A tensor that the architecture needs and the file lacks.
    #[error("{}: no tensor '{tensor}', expected with shape {expected:?}", path.display())]
    MissingTensor {
        /// The file.
        path: PathBuf,
        /// Name of the tensor.
        tensor: String,
        /// Its shape.
        expected: Vec<usize>,
    },
    /// A tensor that the architecture does not have.
    #[error("{}: tensor '{tensor}' of shape {got:?} is not part of the architecture", path.display())]
    ExtraTensor {
        /// The file.
        path: PathBuf,
        /// Name of the tensor.
        tensor: String,
        /// Its shape.
        got: Vec<usize>,
    },
    /// A tensor of another shape.
    #[error("{}: tensor '{tensor}' has shape {got:?}, expected {expected:?}", path.display())]
    TensorShape {
        /// The file.
        path: PathBuf,
        /// Name of the tensor.
        tensor: String,
        /// Shape that config.json asks for.
        expected: Vec<usize>,
        /// Shape in the file.
        got: Vec<usize>,
    },
    /// A tensor of another kind of numbers.
    #[error("{}: tensor '{tensor}' of shape {shape:?} holds {got} numbers, expected floating-point ones", path.display())]
    TensorType {
        /// The file.
        path: PathBuf,
        /// Name of the tensor.
        tensor: String,
        /// Its shape.
        shape: Vec<usize>,
        /// Its numbers, as safetensors name them.
        got: &'static str,
    },
    /// A tensor with numbers that are none.
    #[error("{}: tensor '{tensor}' of shape {shape:?} holds numbers that are not finite", path.display())]
    NotFinite {
        /// The file.
        path: PathBuf,
        /// Name of the tensor.
        tensor: String,
        /// Its shape.
        shape: Vec<usize>,
    },
    /// A tokenizer.json that is not one.
    #[error("{}: {reason}", path.display())]
    Tokenizer {
        /// The file.
        path: PathBuf,
        /// What the reader says.
        reason: String,
    },
    /// A tokenizer that fails on a text.
    #[error("the tokenizer failed: {reason}")]
    Tokenize {
        /// What it says; it names no text.
        reason: String,
    },
    /// More tokens in a sequence than the model has positions.
    #[error("a sequence has {got} tokens and the model reads {limit}")]
    TooManyTokens {
        /// Positions of the model.
        limit: usize,
        /// Tokens of the sequence.
        got: usize,
    },
    /// A token id beyond the model's table.
    #[error("a token has id {got} and the model knows {limit}")]
    UnknownToken {
        /// Rows of the table.
        limit: usize,
        /// The id.
        got: u32,
    },
    /// Arithmetic that failed: a bug, or memory that ran out.
    #[error(transparent)]
    Tensor(#[from] candle_core::Error),
}
