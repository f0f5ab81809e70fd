//! `mapping.csv`: what each class of the outside data means in our codes, and why.

use std::path::Path;

use relat_engine::{Status, Taxonomy};
use serde::Deserialize;

use super::data::{Dataset, OutsideError};
use crate::corpus::read_text;

/// What a class of a data set means in our codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// The data set.
    pub dataset: Dataset,
    /// Name of the class there.
    pub name: String,
    /// Needs of which any one is a hit; empty for a class that is left out.
    pub codes: Vec<String>,
    /// Statuses in which finding the need is a hit; present must be suggested.
    pub statuses: Vec<Status>,
    /// Why it is mapped so, or left out.
    pub reason: String,
}

/// The classes of all data sets, mapped or left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    classes: Vec<Class>,
}

#[derive(Deserialize)]
struct Row {
    dataset: Dataset,
    class: String,
    codes: String,
    statuses: String,
    reason: String,
}

impl Mapping {
    /// Reads a mapping and checks its codes.
    /// # Errors
    /// [`OutsideError::Mapping`] with the line: an unknown code or status, a class without reason or named twice, codes
    /// without a status; [`OutsideError::File`].
    pub fn read(path: &Path, taxonomy: &Taxonomy) -> Result<Self, OutsideError> {
        let text = read_text(path)?;
        let mut classes: Vec<Class> = Vec::new();
        for (i, row) in csv::Reader::from_reader(text.as_bytes()).into_deserialize::<Row>().enumerate() {
            let bad = |reason: String| OutsideError::Mapping { path: path.to_owned(), line: i + 2, reason };
            let row = row.map_err(|e| bad(e.to_string()))?;
            let parts = |list: &str| -> Vec<String> {
                list.split(';').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect()
            };
            let statuses = parts(&row.statuses)
                .iter()
                .map(|name| status(name).ok_or_else(|| bad(format!("'{name}' is no status"))))
                .collect::<Result<Vec<Status>, _>>()?;
            let codes = parts(&row.codes);
            if let Some(code) = codes.iter().find(|code| taxonomy.need(code).is_none()) {
                return Err(bad(format!("no need has the code '{code}'")));
            }
            if row.reason.trim().is_empty() || codes.is_empty() != statuses.is_empty() {
                return Err(bad("a class needs a reason, and codes and statuses together".to_owned()));
            }
            if classes.iter().any(|c| c.dataset == row.dataset && c.name == row.class) {
                return Err(bad("the class stands twice".to_owned()));
            }
            let (dataset, name) = (row.dataset, row.class);
            classes.push(Class { dataset, name, codes, statuses, reason: row.reason });
        }
        Ok(Self { classes })
    }

    /// All classes, in file order.
    #[must_use]
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// True when the file decides on a class, to map it or to leave it out.
    #[must_use]
    pub fn decides(&self, dataset: Dataset, class: &str) -> bool {
        self.classes.iter().any(|c| c.dataset == dataset && c.name == class)
    }
}

fn status(name: &str) -> Option<Status> {
    match name {
        "present" => Some(Status::Present),
        "absent" => Some(Status::Absent),
        "past" => Some(Status::Past),
        "other" => Some(Status::Other),
        _ => None,
    }
}
