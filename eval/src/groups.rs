//! Groups of the people described, for audits: who is in which, and which are too small to show.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::corpus::Record;
use crate::language;
use crate::suppression::{self, Table};

/// A sensitive feature of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// `f`, `m` or `x`.
    Gender,
    /// Age in bands, see [`AGE_BANDS`].
    AgeBand,
    /// Origin in groups, see [`ORIGIN_GROUPS`].
    OriginGroup,
    /// Language of the record.
    Language,
    /// Who the person lives with.
    Household,
    /// Who wrote the record: stands for the centre.
    Writer,
    /// `local` or `other`: coarse enough for the figures of a small corpus.
    Origin,
}

/// Level of a record that does not tell a feature, so that counts by group sum to those of all.
pub const NOT_RECORDED: &str = "not_recorded";

/// First age of each band and its name.
pub const AGE_BANDS: [(u8, &str); 6] =
    [(0, "0-17"), (18, "18-29"), (30, "30-44"), (45, "45-64"), (65, "65-79"), (80, "80+")];

/// Origins taken together, as single countries are too few for a figure. An origin that is not here is a group of its
/// own: nothing is merged silently.
pub const ORIGIN_GROUPS: [(&str, &[&str]); 7] = [
    ("local", &["local"]),
    ("local_roma", &["Roma_local"]),
    ("rest_of_spain", &["Andalusia"]),
    ("europe", &["France", "Georgia", "Italy", "Romania", "Ukraine"]),
    ("africa", &["Algeria", "Gambia", "Mali", "Morocco", "Nigeria", "Senegal"]),
    (
        "latin_america",
        &[
            "Argentina",
            "Bolivia",
            "Brazil",
            "Colombia",
            "Dominican_Republic",
            "Ecuador",
            "Honduras",
            "Peru",
            "Venezuela",
        ],
    ),
    ("asia", &["Bangladesh", "China", "India", "Pakistan"]),
];

impl Feature {
    /// Every feature.
    pub const ALL: [Self; 7] = [
        Self::Gender,
        Self::AgeBand,
        Self::OriginGroup,
        Self::Language,
        Self::Household,
        Self::Writer,
        Self::Origin,
    ];

    /// The record's level.
    #[must_use]
    pub fn level(self, record: &Record) -> String {
        let of_person = |level: fn(&crate::corpus::Person) -> String| {
            record.person.as_ref().map_or_else(|| NOT_RECORDED.to_owned(), level)
        };
        match self {
            Self::Gender => of_person(|p| p.gender.clone()),
            Self::AgeBand => of_person(|p| age_band(p.age).to_owned()),
            Self::OriginGroup => of_person(|p| origin_group(&p.origin).to_owned()),
            Self::Household => of_person(|p| p.household.clone()),
            Self::Writer => record.writer.clone(),
            Self::Origin => of_person(|p| if p.origin == "local" { "local" } else { "other" }.to_owned()),
            Self::Language => language::code(record.lang).to_owned(),
        }
    }
}

fn age_band(age: Option<u8>) -> &'static str {
    let Some(age) = age else { return NOT_RECORDED };
    AGE_BANDS.iter().rev().find(|(from, _)| age >= *from).map_or(NOT_RECORDED, |(_, name)| name)
}

fn origin_group(origin: &str) -> &str {
    ORIGIN_GROUPS.iter().find(|(_, origins)| origins.contains(&origin)).map_or(origin, |(name, _)| name)
}

/// Records by groups, by one feature or the intersection of several, small groups left out.
#[derive(Debug, Clone)]
pub struct Grouping {
    /// Number of records.
    pub records: usize,
    /// Smallest number of records that is shown.
    pub min_n: usize,
    /// False when there are fewer records than that: then nothing is shown at all.
    pub overall_shown: bool,
    /// One table a set of features.
    pub tables: Vec<GroupTable>,
}

/// The groups of one set of features.
#[derive(Debug, Clone)]
pub struct GroupTable {
    /// The features.
    pub features: Vec<Feature>,
    /// The groups that may be shown, in the order of their levels.
    pub groups: Vec<Group>,
    /// True when some groups are left out. Neither which nor how many is told: a combination that is not there may
    /// be hidden or empty.
    pub some_hidden: bool,
}

/// A group that may be shown.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its level of each feature of the table.
    pub levels: Vec<String>,
    /// Its records, ascending.
    pub members: Vec<usize>,
}

impl Grouping {
    /// Groups records by each set of features. A group of fewer than `min_n` is left out, and so are as many others
    /// as it takes that it cannot be worked out from what is shown (primary and complementary suppression). Every
    /// table that is ever shown of the same records should be asked for at once: tables made apart do not protect each
    /// other.
    #[must_use]
    pub fn new(records: &[&Record], by: &[Vec<Feature>], min_n: usize) -> Self {
        let by: Vec<Vec<Feature>> = by.iter().map(|f| unique(f)).collect();
        let features: Vec<Feature> =
            by.iter().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let rows: Vec<Vec<String>> =
            records.iter().map(|r| features.iter().map(|f| f.level(r)).collect()).collect();
        let column = |f: &Feature| features.iter().position(|known| known == f);
        let sets: Vec<Vec<usize>> = by.iter().map(|set| set.iter().filter_map(column).collect()).collect();
        let shown = suppression::suppress(&rows, &sets, min_n);
        let tables =
            by.into_iter().zip(shown.tables).map(|(features, table)| group_table(features, table)).collect();
        Self { records: records.len(), min_n, overall_shown: shown.overall_shown, tables }
    }

    /// By each feature alone and by the given intersections.
    #[must_use]
    pub fn with_intersections(records: &[&Record], intersections: &[Vec<Feature>], min_n: usize) -> Self {
        let single = Feature::ALL.map(|f| vec![f]);
        let by: Vec<Vec<Feature>> = single.into_iter().chain(intersections.iter().cloned()).collect();
        Self::new(records, &by, min_n)
    }
}

/// The features once each, in the order of their columns.
fn unique(features: &[Feature]) -> Vec<Feature> {
    features.iter().copied().collect::<BTreeSet<_>>().into_iter().collect()
}

fn group_table(features: Vec<Feature>, table: Table) -> GroupTable {
    let groups = table.shown.into_iter().map(|(levels, members)| Group { levels, members }).collect();
    GroupTable { features, groups, some_hidden: table.some_hidden }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing;

    proptest! {
        #[test]
        fn groups_share_out_the_records(records in prop::collection::vec(testing::record(), 1..25)) {
            let refs: Vec<&Record> = records.iter().collect();
            let grouping = Grouping::with_intersections(&refs, &[vec![Feature::Gender, Feature::AgeBand]], 1);
            for table in &grouping.tables {
                let mut all: Vec<usize> = table.groups.iter().flat_map(|g| g.members.clone()).collect();
                all.sort_unstable();
                prop_assert_eq!(all, (0..records.len()).collect::<Vec<_>>());
                prop_assert!(!table.some_hidden);
                for group in &table.groups {
                    for &i in &group.members {
                        let levels: Vec<String> = table.features.iter().map(|f| f.level(refs[i])).collect();
                        prop_assert_eq!(&levels, &group.levels);
                    }
                }
            }
        }

        #[test]
        fn no_group_below_the_least_is_shown(records in prop::collection::vec(testing::record(), 1..25), min_n in 1usize..8) {
            let refs: Vec<&Record> = records.iter().collect();
            let grouping = Grouping::with_intersections(&refs, &[], min_n);
            for group in grouping.tables.iter().flat_map(|t| &t.groups) {
                prop_assert!(group.members.len() >= min_n);
            }
        }
    }

    #[test]
    fn bands_take_in_every_age() {
        assert_eq!(
            [0, 17, 18, 64, 65, 79, 80, 255].map(|a| age_band(Some(a))),
            ["0-17", "0-17", "18-29", "45-64", "65-79", "65-79", "80+", "80+"]
        );
        assert_eq!(
            (age_band(None), origin_group("Morocco"), origin_group("Tonga")),
            (NOT_RECORDED, "africa", "Tonga")
        );
    }
}
