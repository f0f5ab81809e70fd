//! One case of a suite: its form and what makes it well formed.

use std::collections::BTreeSet;
use std::fmt;

use relat_engine::{Status, Taxonomy};
use serde::{Deserialize, Serialize};

/// What a case tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// What a negation covers and what it does not.
    Negation,
    /// Now, over, or to come.
    Time,
    /// Who it happens to.
    Experiencer,
    /// Told as a supposition.
    Hypothesis,
    /// Told in someone else's words.
    Quotation,
    /// Spelling noise.
    Spelling,
    /// Abbreviations of the trade.
    Abbreviations,
    /// Two languages in one text.
    CodeSwitching,
    /// All in upper case.
    UpperCase,
    /// Without accents.
    NoAccents,
}

impl Capability {
    /// All capabilities, in the order of reports.
    pub const ALL: [Self; 10] = [
        Self::Negation,
        Self::Time,
        Self::Experiencer,
        Self::Hypothesis,
        Self::Quotation,
        Self::Spelling,
        Self::Abbreviations,
        Self::CodeSwitching,
        Self::UpperCase,
        Self::NoAccents,
    ];

    /// The name used in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Negation => "negation",
            Self::Time => "time",
            Self::Experiencer => "experiencer",
            Self::Hypothesis => "hypothesis",
            Self::Quotation => "quotation",
            Self::Spelling => "spelling",
            Self::Abbreviations => "abbreviations",
            Self::CodeSwitching => "code_switching",
            Self::UpperCase => "upper_case",
            Self::NoAccents => "no_accents",
        }
    }
}

/// How a case is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Minimum functionality: the text has known answers.
    Mft,
    /// Invariance: text and variant must be suggested the same codes.
    Inv,
    /// Directional: from text to variant, given codes must disappear or appear.
    Dir,
}

/// A code and the status it must be found in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// A need or a demand.
    pub code: String,
    /// `present` must be suggested; any other status must be found and not suggested. A demand is always present.
    pub status: Status,
}

/// One case. `Debug` hides the texts.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Unique over all suites, such as `ca-negation-001`.
    pub id: String,
    /// What it tests; when left out, the middle of the id names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capability: Option<Capability>,
    /// How it is judged.
    pub kind: Kind,
    /// The text.
    pub text: String,
    /// The changed text of an invariance or directional case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Codes that must be found in the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expect: Vec<Expectation>,
    /// Codes that must not be suggested on the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forbid: Vec<String>,
    /// Codes suggested on the text that must not be suggested on the variant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drop: Vec<String>,
    /// Codes not suggested on the text that must be suggested on the variant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<String>,
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// What is wrong with a case. Holds codes and field names, never its texts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseProblem {
    /// Not a case in JSON.
    #[error("not a case: {category} error at column {column}")]
    Json {
        /// `syntax`, `data` (a field missing, unknown or of the wrong kind) or `eof`.
        category: &'static str,
        /// Column, from 1.
        column: usize,
    },
    /// Neither a `capability` nor an id that names one.
    #[error("no capability: name it in the field 'capability' or in the id, as in 'ca-negation-001'")]
    NoCapability,
    /// The text or the variant is blank.
    #[error("'{0}' is blank")]
    Blank(&'static str),
    /// A code that is neither a need nor a demand.
    #[error("no need and no demand has the code '{0}'")]
    UnknownCode(String),
    /// A demand with a status: what is asked for is asked for.
    #[error("the demand '{0}' can only be present")]
    DemandStatus(String),
    /// The field is needed for this kind of case.
    #[error("a case of kind '{kind:?}' needs '{field}'")]
    Missing {
        /// Kind of the case.
        kind: Kind,
        /// What it lacks.
        field: &'static str,
    },
    /// The field means nothing for this kind of case.
    #[error("a case of kind '{kind:?}' has no use for '{field}'")]
    Unused {
        /// Kind of the case.
        kind: Kind,
        /// What it has too much.
        field: &'static str,
    },
    /// One code is asked for and forbidden, or dropped and added, or named twice.
    #[error("the code '{0}' contradicts itself or stands twice")]
    Contradiction(String),
    /// The variant is the text: nothing is tested.
    #[error("the variant is the text itself")]
    SameText,
    /// Another case has the id.
    #[error("the id '{id}' stands already in {first}")]
    DuplicateId {
        /// The id.
        id: String,
        /// File and line of the first.
        first: String,
    },
}

impl Case {
    /// The capability, from its field or from the id.
    #[must_use]
    pub fn capability(&self) -> Option<Capability> {
        let named = || Capability::ALL.into_iter().find(|c| self.id.split('-').any(|part| part == c.name()));
        self.capability.or_else(named)
    }

    /// Checks the fields against the kind and the codes against a taxonomy.
    /// # Errors
    /// The first [`CaseProblem`].
    pub fn check(&self, taxonomy: &Taxonomy) -> Result<(), CaseProblem> {
        self.capability().ok_or(CaseProblem::NoCapability)?;
        if self.text.trim().is_empty() {
            return Err(CaseProblem::Blank("text"));
        }
        match &self.variant {
            Some(variant) if variant.trim().is_empty() => return Err(CaseProblem::Blank("variant")),
            Some(variant) if *variant == self.text => return Err(CaseProblem::SameText),
            Some(_) | None => {}
        }
        self.check_fields()?;
        self.check_codes(taxonomy)
    }

    fn check_fields(&self) -> Result<(), CaseProblem> {
        let kind = self.kind;
        let fields = [
            ("variant", self.variant.is_some(), kind != Kind::Mft),
            ("expect", !self.expect.is_empty(), kind == Kind::Mft),
            ("forbid", !self.forbid.is_empty(), kind == Kind::Mft),
            ("drop", !self.drop.is_empty(), kind == Kind::Dir),
            ("add", !self.add.is_empty(), kind == Kind::Dir),
        ];
        if let Some(&(field, ..)) = fields.iter().find(|(_, given, used)| *given && !used) {
            return Err(CaseProblem::Unused { kind, field });
        }
        let lacks = match kind {
            Kind::Mft => (self.expect.is_empty() && self.forbid.is_empty()).then_some("expect or forbid"),
            Kind::Inv => self.variant.is_none().then_some("variant"),
            Kind::Dir if self.variant.is_none() => Some("variant"),
            Kind::Dir => (self.drop.is_empty() && self.add.is_empty()).then_some("drop or add"),
        };
        lacks.map_or(Ok(()), |field| Err(CaseProblem::Missing { kind, field }))
    }

    fn check_codes(&self, taxonomy: &Taxonomy) -> Result<(), CaseProblem> {
        let expected = self.expect.iter().map(|e| &e.code);
        for code in expected.chain(&self.forbid).chain(&self.drop).chain(&self.add) {
            if taxonomy.need(code).is_none() && taxonomy.demand(code).is_none() {
                return Err(CaseProblem::UnknownCode(code.clone()));
            }
        }
        for expectation in &self.expect {
            let demand = taxonomy.demand(&expectation.code).is_some();
            if demand && expectation.status != Status::Present {
                return Err(CaseProblem::DemandStatus(expectation.code.clone()));
            }
        }
        // A code expected with another status is forbidden as a suggestion anyhow: naming it twice is no contradiction.
        let present = self.expect.iter().filter(|e| e.status == Status::Present).map(|e| &e.code);
        let mut seen = BTreeSet::new();
        for code in present.chain(&self.forbid).chain(&self.drop).chain(&self.add) {
            if !seen.insert(code) {
                return Err(CaseProblem::Contradiction(code.clone()));
            }
        }
        let mut expected = BTreeSet::new();
        match self.expect.iter().find(|e| !expected.insert(&e.code)) {
            Some(twice) => Err(CaseProblem::Contradiction(twice.code.clone())),
            None => Ok(()),
        }
    }
}
