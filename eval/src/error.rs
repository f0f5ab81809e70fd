//! What can go wrong between gold records, assessments and figures.

/// The crate's error. No variant holds text of a narrative.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A record or an assessment names a code that the taxonomy does not have.
    #[error("record {record}: no {kind} has the code '{code}': was it made with another taxonomy?")]
    UnknownCode {
        /// Id of the record.
        record: String,
        /// What kind of code was looked for: need, demand, domain or action.
        kind: &'static str,
        /// The code that was not found.
        code: String,
    },
    /// A level that is not 1 to 5.
    #[error("record {record}: level {got} of '{domain}' is not 1 to 5")]
    BadLevel {
        /// Id of the record.
        record: String,
        /// Code of the domain.
        domain: String,
        /// The level.
        got: u8,
    },
    /// A setting outside its range.
    #[error("{field} is {got}: {expected}")]
    BadSetting {
        /// Name of the setting.
        field: &'static str,
        /// Its value.
        got: f64,
        /// What it should be.
        expected: &'static str,
    },
    /// Two things that should have the same length.
    #[error("{what}: expected {expected}, got {got}")]
    LengthMismatch {
        /// What was counted.
        what: &'static str,
        /// Expected length.
        expected: usize,
        /// Length found.
        got: usize,
    },
    /// One id twice in a set of records.
    #[error("record {record} comes twice")]
    DuplicateId {
        /// The id.
        record: String,
    },
    /// One id of two texts.
    #[error("record {record}: the two annotators did not read the same text")]
    TextDiffers {
        /// The id.
        record: String,
    },
    /// A file of gates that is not TOML, or not of gates.
    #[error("gates: {0}")]
    GateSyntax(#[from] toml::de::Error),
    /// A gate or an exception that breaks a rule of the file.
    #[error("gate '{id}': {reason}")]
    GateRule {
        /// Id of the gate.
        id: String,
        /// Which rule.
        reason: &'static str,
    },
    /// A model that failed on a text.
    #[error(transparent)]
    Model(#[from] relat_engine::Error),
}

impl Error {
    /// A stable, searchable code: the same in logs, answers and documents.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownCode { .. } => "unknown_code",
            Self::BadLevel { .. } => "bad_level",
            Self::BadSetting { .. } => "bad_setting",
            Self::LengthMismatch { .. } => "length_mismatch",
            Self::DuplicateId { .. } => "duplicate_id",
            Self::TextDiffers { .. } => "text_differs",
            Self::GateSyntax(_) => "gate_syntax",
            Self::GateRule { .. } => "gate_rule",
            Self::Model(error) => error.code(),
        }
    }
}

/// Result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;
