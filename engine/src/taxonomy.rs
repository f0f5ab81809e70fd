//! The code lists: needs, demands, SSM-Cat domains, actions and their codes in other vocabularies.
//!
//! The shipped lists are compiled in from `corpora/taxonomy`; another set is read from a folder with the same files.

use std::collections::HashMap;
use std::path::Path;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::span::Language;

mod rows;

/// A label in the three languages of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// Catalan.
    pub ca: String,
    /// Spanish.
    pub es: String,
    /// English.
    pub en: String,
}

impl Labels {
    /// The label in a language; English where there is none.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Ca => &self.ca,
            Language::Es => &self.es,
            Language::En | Language::Other => &self.en,
        }
    }
}

/// A need: something that is lacking or wrong now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Stable code.
    pub code: String,
    /// Index of its SSM-Cat domain in [`Taxonomy::domains`].
    pub domain: usize,
    /// True for needs on which a service must act at once: violence, minors, suicide, homelessness and the like.
    pub alert: bool,
    /// Names.
    pub labels: Labels,
    /// What the code takes in, in English.
    pub scope: String,
    /// Codes in other vocabularies.
    pub external: ExternalCodes,
}

/// Codes of a need in other vocabularies; to be verified against a licensed browser before use in health care.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExternalCodes {
    /// SNOMED CT concept.
    pub snomed_ct: Option<String>,
    /// How close the SNOMED CT concept is: exact, close, narrower, broader, weak.
    pub snomed_match: Option<String>,
    /// ICD-10.
    pub icd10: Option<String>,
}

/// A demand: something that the person asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// Stable code.
    pub code: String,
    /// Names.
    pub labels: Labels,
}

/// A domain of the self-sufficiency matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// Stable code.
    pub code: String,
    /// Names.
    pub labels: Labels,
}

/// What kind of thing an action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// A benefit that is applied for.
    Benefit,
    /// A service of the network.
    Service,
    /// A referral to another service.
    Referral,
    /// Coordination with another service.
    Coordination,
    /// Something for today.
    Emergency,
}

/// An entry of the service catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// Stable code.
    pub code: String,
    /// What kind of thing it is.
    pub kind: ActionKind,
    /// Names.
    pub labels: Labels,
    /// Indices in [`Taxonomy::needs`] of the needs it answers.
    pub addresses: Vec<usize>,
    /// Conditions still to be checked by the worker, in English; never an entitlement.
    pub to_check: Vec<String>,
    /// Whether a source was read for the conditions: no, partly or yes.
    pub verified: String,
}

/// The code lists with their version and look-up by code.
#[derive(Debug, Clone)]
pub struct Taxonomy {
    version: String,
    needs: Vec<Need>,
    demands: Vec<Demand>,
    domains: Vec<Domain>,
    actions: Vec<Action>,
    by_code: HashMap<(Kind, String), usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Need,
    Demand,
    Domain,
    Action,
}

/// The lists of `corpora/taxonomy` at build time.
static SHIPPED: LazyLock<Taxonomy> = LazyLock::new(|| {
    let files = rows::Files {
        version: include_str!("../../corpora/taxonomy/VERSION"),
        needs: include_str!("../../corpora/taxonomy/needs.csv"),
        demands: include_str!("../../corpora/taxonomy/demands.csv"),
        domains: include_str!("../../corpora/taxonomy/ssm_domains.csv"),
        actions: include_str!("../../corpora/taxonomy/actions.csv"),
        need_codes: include_str!("../../corpora/taxonomy/need_codes.csv"),
    };
    #[expect(clippy::expect_used, reason = "a unit test reads the shipped lists")]
    Taxonomy::parse(&files).expect("BUG: the shipped taxonomy does not load")
});

impl Taxonomy {
    /// The lists compiled into the program.
    #[must_use]
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Reads the lists from a folder that holds `VERSION` and the five CSV files.
    /// # Errors
    /// [`Error::Io`], [`Error::Taxonomy`] or [`Error::UnknownCode`], which name the file and the line.
    pub fn from_dir(dir: &Path) -> Result<Self> {
        let read = |name: &str| {
            let path = dir.join(name);
            std::fs::read_to_string(&path).map_err(|source| Error::Io { path, source })
        };
        Self::parse(&rows::Files {
            version: &read("VERSION")?,
            needs: &read("needs.csv")?,
            demands: &read("demands.csv")?,
            domains: &read("ssm_domains.csv")?,
            actions: &read("actions.csv")?,
            need_codes: &read("need_codes.csv")?,
        })
    }

    fn parse(files: &rows::Files<'_>) -> Result<Self> {
        let mut by_code = HashMap::new();
        let domains = rows::domains(files.domains, &mut by_code)?;
        let mut needs = rows::needs(files.needs, &mut by_code)?;
        rows::external_codes(files.need_codes, &mut needs, &by_code)?;
        let demands = rows::demands(files.demands, &mut by_code)?;
        let actions = rows::actions(files.actions, &mut by_code)?;
        Ok(Self { version: files.version.trim().to_owned(), needs, demands, domains, actions, by_code })
    }

    /// Version of the lists.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Needs, in file order.
    #[must_use]
    pub fn needs(&self) -> &[Need] {
        &self.needs
    }

    /// Demands, in file order.
    #[must_use]
    pub fn demands(&self) -> &[Demand] {
        &self.demands
    }

    /// SSM-Cat domains, in matrix order.
    #[must_use]
    pub fn domains(&self) -> &[Domain] {
        &self.domains
    }

    /// Catalogue, in file order.
    #[must_use]
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }

    /// Index of a need.
    #[must_use]
    pub fn need(&self, code: &str) -> Option<usize> {
        self.index(Kind::Need, code)
    }

    /// Index of a demand.
    #[must_use]
    pub fn demand(&self, code: &str) -> Option<usize> {
        self.index(Kind::Demand, code)
    }

    /// Index of a domain.
    #[must_use]
    pub fn domain(&self, code: &str) -> Option<usize> {
        self.index(Kind::Domain, code)
    }

    /// Index of an action.
    #[must_use]
    pub fn action(&self, code: &str) -> Option<usize> {
        self.index(Kind::Action, code)
    }

    fn index(&self, kind: Kind, code: &str) -> Option<usize> {
        self.by_code.get(&(kind, code.to_owned())).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_lists_have_their_sizes() {
        let t = Taxonomy::shipped();
        assert_eq!(
            (t.needs().len(), t.demands().len(), t.domains().len(), t.actions().len()),
            (57, 23, 13, 57)
        );
        for (i, need) in t.needs().iter().enumerate() {
            assert_eq!(t.need(&need.code), Some(i));
            assert!(need.domain < t.domains().len());
        }
    }

    #[test]
    fn every_need_is_answered_by_an_action() {
        let t = Taxonomy::shipped();
        for (i, need) in t.needs().iter().enumerate() {
            assert!(
                t.actions().iter().any(|a| a.addresses.contains(&i)),
                "help: no action addresses {}",
                need.code
            );
        }
    }

    #[test]
    fn an_unknown_code_names_file_and_line() {
        let dir = tempfile::tempdir().unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora/taxonomy");
        for entry in std::fs::read_dir(source).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), dir.path().join(entry.file_name())).unwrap();
        }
        let path = dir.path().join("actions.csv");
        let changed = std::fs::read_to_string(&path).unwrap().replacen("no_income;", "no_incme;", 1);
        for text in [changed.clone(), changed.replace('\n', "\r\n")] {
            std::fs::write(&path, text).unwrap();
            let error = Taxonomy::from_dir(dir.path()).unwrap_err();
            assert_eq!(error.code(), "unknown_code");
            assert_eq!(error.to_string(), "actions.csv:2: no need has the code 'no_incme'");
        }
    }
}
