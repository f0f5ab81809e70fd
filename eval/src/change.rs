//! What changes between the assessment of a text and that of its rewriting, which should be read alike.

use std::collections::{BTreeMap, BTreeSet};

use relat_engine::Assessment;
use serde::{Deserialize, Serialize};

use crate::bootstrap::{Bootstrap, BootstrapConfig, Estimate};
use crate::error::Result;
use crate::findings::suggested;
use crate::share::real;
use crate::statistic::{Additive, Statistic};

/// What changed in one rewriting. Holds ids and codes, no text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Record that was rewritten.
    pub id: String,
    /// Number of codes suggested on the original.
    pub suggested: usize,
    /// Codes suggested on the original only.
    pub dropped: Vec<String>,
    /// Codes suggested on the rewriting only.
    pub added: Vec<String>,
    /// Level of the rewriting minus level of the original, for each domain assessed in both.
    pub shifts: BTreeMap<String, i8>,
}

impl Change {
    /// Compares two assessments of one record.
    #[must_use]
    pub fn between(id: &str, original: &Assessment, rewritten: &Assessment) -> Self {
        let (before, after) = (suggested(original), suggested(rewritten));
        let owned = |code: &&str| (*code).to_owned();
        let mut shifts = BTreeMap::new();
        for finding in &original.levels {
            let other = rewritten.levels.iter().find(|l| l.domain == finding.domain);
            if let (Some(from), Some(to)) = (finding.level, other.and_then(|l| l.level)) {
                let shift = i16::from(to) - i16::from(from);
                shifts.insert(finding.domain.clone(), i8::try_from(shift).unwrap_or_default());
            }
        }
        Self {
            id: id.to_owned(),
            suggested: before.len(),
            dropped: before.difference(&after).map(owned).collect(),
            added: after.difference(&before).map(owned).collect(),
            shifts,
        }
    }

    /// True when a suggestion appeared or disappeared.
    #[must_use]
    pub fn flipped(&self) -> bool {
        !self.dropped.is_empty() || !self.added.is_empty()
    }

    /// Codes changed plus levels moved: how bad the example is.
    #[must_use]
    pub fn severity(&self) -> usize {
        let levels: usize = self.shifts.values().map(|s| usize::from(s.unsigned_abs())).sum();
        self.dropped.len() + self.added.len() + levels
    }
}

/// What changed over many rewritings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangeReport {
    /// Share of rewritings in which any suggestion changed.
    pub flip_rate: Estimate,
    /// Share of the codes suggested on originals that their rewriting lost.
    pub dropped_rate: Estimate,
    /// Codes that the rewriting gained, for each code suggested on the original.
    pub added_rate: Estimate,
    /// Mean of level of the rewriting minus level of the original, by domain; negative is a worse situation.
    pub level_shift: BTreeMap<String, Estimate>,
    /// How often each code was dropped.
    pub dropped_codes: BTreeMap<String, usize>,
    /// How often each code was added.
    pub added_codes: BTreeMap<String, usize>,
    /// The worst examples, worst first.
    pub worst: Vec<Change>,
}

impl ChangeReport {
    /// Counts over some changes. Intervals draw whole records: several changes of one are no independent draws.
    /// # Errors
    /// [`crate::Error::BadSetting`].
    /// # Source
    /// Field and Welsh (2007): cluster bootstrap.
    pub fn of(changes: &[Change], config: &BootstrapConfig, n_worst: usize) -> Result<Self> {
        let mut by_record: BTreeMap<&str, Vec<&Change>> = BTreeMap::new();
        for change in changes {
            by_record.entry(&change.id).or_default().push(change);
        }
        let over = |units: &dyn Fn(&Change) -> (f64, usize)| {
            let add = |a: (f64, f64), b: (f64, usize)| (a.0 + b.0, a.1 + real(b.1));
            let of_record = |all: &Vec<&Change>| all.iter().map(|c| units(c)).fold((0.0, 0.0), add);
            Additive::ratio(by_record.values().map(of_record))
        };
        let domains: BTreeSet<&String> = changes.iter().flat_map(|c| c.shifts.keys()).collect();
        let rates = [
            over(&|c| (f64::from(u8::from(c.flipped())), 1)),
            over(&|c| (real(c.dropped.len()), c.suggested)),
            over(&|c| (real(c.added.len()), c.suggested)),
        ];
        let shift =
            |domain: &&String| over(&|c| c.shifts.get(*domain).map_or((0.0, 0), |&s| (f64::from(s), 1)));
        let figures: Vec<Additive> = rates.into_iter().chain(domains.iter().map(shift)).collect();
        let borrowed: Vec<&dyn Statistic> = figures.iter().map(|f| f as &dyn Statistic).collect();
        let bootstrap = Bootstrap::run(&borrowed, config)?;
        let mut worst: Vec<Change> = changes.iter().filter(|c| c.severity() > 0).cloned().collect();
        worst.sort_by(|a, b| b.severity().cmp(&a.severity()).then_with(|| a.id.cmp(&b.id)));
        worst.truncate(n_worst);
        Ok(Self {
            flip_rate: bootstrap.estimate(0),
            dropped_rate: bootstrap.estimate(1),
            added_rate: bootstrap.estimate(2),
            level_shift: domains.into_iter().cloned().zip((3..).map(|i| bootstrap.estimate(i))).collect(),
            dropped_codes: count(changes.iter().flat_map(|c| &c.dropped)),
            added_codes: count(changes.iter().flat_map(|c| &c.added)),
            worst,
        })
    }
}

fn count<'a>(codes: impl Iterator<Item = &'a String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for code in codes {
        *counts.entry(code.clone()).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Reads, config, keyword_model};
    use proptest::prelude::*;
    use relat_engine::Status;

    const RULES: &[(&str, Reads)] = &[
        ("debt", Reads::Need("debt", Status::Present)),
        ("food", Reads::Demand("ask_food")),
        ("low", Reads::Level("income", 2)),
        ("middle", Reads::Level("income", 3)),
        ("friends", Reads::Level("social_network", 4)),
    ];

    fn change(id: &str, from: &str, to: &str) -> Change {
        let model = keyword_model(RULES);
        Change::between(id, &model(from).unwrap(), &model(to).unwrap())
    }

    #[test]
    fn dropped_added_and_shifted_are_told_apart() {
        let change = change("a", "debt middle friends", "food low");
        assert_eq!((change.dropped.join(" "), change.added.join(" ")), ("debt".into(), "ask_food".into()));
        assert_eq!(change.shifts, BTreeMap::from([("income".to_owned(), -1)]), "help: one level is null");
        let report = ChangeReport::of(&[change], &config(50, 1), 5).unwrap();
        assert_eq!(report.flip_rate.value, Some(1.0));
        assert_eq!(report.level_shift["income"].value, Some(-1.0));
        assert_eq!(report.worst[0].severity(), 3);
    }

    proptest! {
        #[test]
        fn reversing_every_pair_swaps_dropped_and_added(texts in proptest::collection::vec((0usize..6, 0usize..6), 1..20)) {
            let words = ["nothing", "debt low", "food", "debt food", "low", "middle debt"];
            let pairs = texts.iter().enumerate().map(|(i, &(a, b))| (format!("r{i}"), words[a], words[b]));
            let there: Vec<Change> = pairs.clone().map(|(id, a, b)| change(&id, a, b)).collect();
            let back: Vec<Change> = pairs.map(|(id, a, b)| change(&id, b, a)).collect();
            let of = |changes: &[Change]| ChangeReport::of(changes, &config(20, 7), 3).unwrap();
            let (x, y) = (of(&there), of(&back));
            prop_assert_eq!(x.flip_rate, y.flip_rate);
            prop_assert_eq!(&x.dropped_codes, &y.added_codes);
            let sum = |r: &ChangeReport| r.level_shift.get("income").and_then(|e| e.value).unwrap_or(0.0);
            prop_assert!((sum(&x) + sum(&y)).abs() < 1e-12);
        }
    }
}
