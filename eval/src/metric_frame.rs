//! A figure by group: who a system serves less well, and how sure that is.

use serde::Serialize;

use crate::bootstrap::{Bootstrap, BootstrapConfig, Estimate};
use crate::error::{Error, Result};
use crate::groups::{Feature, Group, GroupTable, Grouping};
use crate::statistic::{OfMembers, Statistic};

/// A figure over all records and by group. The shape is always the same; what is not there is `None` or left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetricFrame {
    /// Name of the figure.
    pub metric: String,
    /// Smallest number of records that is shown.
    pub min_n: usize,
    /// Over all records; `n` is their number.
    pub overall: Estimate,
    /// One entry a set of features.
    pub tables: Vec<FrameTable>,
}

/// A figure by the groups of one set of features.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FrameTable {
    /// The sensitive features.
    pub sensitive_features: Vec<Feature>,
    /// The groups that may be shown.
    pub by_group: Vec<GroupRow>,
    /// True when groups are left out because they are small, or so that a small one cannot be worked out.
    pub some_hidden: bool,
    /// Differences: largest less smallest group, and largest distance of a group from all records.
    pub difference: Comparison,
    /// Ratios: smallest over largest group, and the least ratio of a group and all records, the larger below. `None`
    /// where a value is below 0 or the larger is 0.
    pub ratio: Comparison,
}

/// A comparison of groups. Its intervals are paired: all groups of one resample. The largest difference of several
/// groups is above 0 by chance alone, so read it beside the p-values of the groups. `n` is the number of groups.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Comparison {
    /// Groups against each other.
    pub between_groups: Estimate,
    /// Groups against all records.
    pub to_overall: Estimate,
}

/// A group's figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupRow {
    /// Its level of each feature.
    pub levels: Vec<String>,
    /// Its figure; `n` is its number of records.
    #[serde(flatten)]
    pub estimate: Estimate,
    /// What the figure counts in the group, in its own unit: few cases make a figure shaky however many records.
    pub cases: usize,
    /// The group less all records, paired.
    pub minus_overall: Estimate,
    /// Two-sided bootstrap p-value of no difference from all records.
    pub p_value: Option<f64>,
    /// The same after Holm's correction for the groups of this table.
    pub p_holm: Option<f64>,
}

impl MetricFrame {
    /// A figure by group. `items` are whatever the figure is computed from, one a record of the grouping; `figure` makes
    /// it from some of them.
    /// # Errors
    /// [`Error::LengthMismatch`], [`Error::BadSetting`].
    pub fn new<T: Clone>(
        metric: &str,
        items: &[T],
        grouping: &Grouping,
        figure: &dyn Fn(&[T]) -> Box<dyn Statistic>,
        config: &BootstrapConfig,
    ) -> Result<Self> {
        if items.len() != grouping.records {
            return Err(Error::LengthMismatch {
                what: "items of a metric frame",
                expected: grouping.records,
                got: items.len(),
            });
        }
        let everyone: Vec<usize> = (0..items.len()).collect();
        let of_members = |members| of_members(items, members, figure);
        let groups = grouping.tables.iter().flat_map(|t| &t.groups);
        let statistics: Vec<OfMembers<'_>> = std::iter::once(everyone.as_slice())
            .chain(groups.map(|g| g.members.as_slice()))
            .map(of_members)
            .collect();
        let borrowed: Vec<&dyn Statistic> = statistics.iter().map(|s| s as &dyn Statistic).collect();
        let bootstrap = Bootstrap::run(&borrowed, config)?;
        let overall = Estimate { n: items.len(), ..bootstrap.estimate(OVERALL) };
        let mut first = OVERALL + 1;
        let tables = grouping
            .tables
            .iter()
            .map(|table| {
                let frame = frame_table(table, &bootstrap, first);
                first += table.groups.len();
                frame
            })
            .collect();
        let hidden = Estimate { value: None, low: None, high: None, n: 0 };
        Ok(Self {
            metric: metric.to_owned(),
            min_n: grouping.min_n,
            overall: if grouping.overall_shown { overall } else { hidden },
            tables,
        })
    }
}

/// Place of all records among the figures of the bootstrap; the groups follow.
const OVERALL: usize = 0;

fn of_members<'a, T: Clone>(
    items: &[T],
    members: &'a [usize],
    figure: &dyn Fn(&[T]) -> Box<dyn Statistic>,
) -> OfMembers<'a> {
    let own: Vec<T> = members.iter().filter_map(|&i| items.get(i).cloned()).collect();
    OfMembers { records: items.len(), inner: figure(&own), members }
}

fn frame_table(table: &GroupTable, bootstrap: &Bootstrap, first: usize) -> FrameTable {
    let groups = first..first + table.groups.len();
    let p_values: Vec<Option<f64>> = groups.clone().map(|g| bootstrap.p_value(g, OVERALL)).collect();
    let adjusted = holm(&p_values);
    let row = |(i, group): (usize, &Group)| {
        let index = first + i;
        let (estimate, n) = (bootstrap.estimate(index), group.members.len());
        GroupRow {
            levels: group.levels.clone(),
            cases: estimate.n,
            estimate: Estimate { n, ..estimate },
            minus_overall: Estimate { n, ..bootstrap.difference(index, OVERALL) },
            p_value: p_values.get(i).copied().flatten(),
            p_holm: adjusted.get(i).copied().flatten(),
        }
    };
    let rows = table.groups.iter().enumerate().map(row).collect();
    let compare = |of: fn(f64, &[f64]) -> Option<f64>| {
        let of = |values: &[Option<f64>]| {
            let own: Vec<f64> = groups.clone().filter_map(|g| values.get(g).copied().flatten()).collect();
            // One group alone has nothing to be compared with.
            if own.len() < 2 { None } else { of(values.get(OVERALL).copied().flatten()?, &own) }
        };
        bootstrap.estimate_of(of, table.groups.len())
    };
    FrameTable {
        sensitive_features: table.features.clone(),
        by_group: rows,
        some_hidden: table.some_hidden,
        difference: Comparison {
            between_groups: compare(|_, own| Some(largest(own) - smallest(own))),
            to_overall: compare(|all, own| {
                Some(own.iter().map(|v| (v - all).abs()).fold(f64::NEG_INFINITY, f64::max))
            }),
        },
        ratio: Comparison {
            between_groups: compare(|_, own| ratio(smallest(own), largest(own))),
            to_overall: compare(|all, own| {
                let ratios: Option<Vec<f64>> = own.iter().map(|v| ratio(v.min(all), v.max(all))).collect();
                ratios.map(|r| smallest(&r))
            }),
        },
    }
}

fn largest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

fn smallest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

fn ratio(low: f64, high: f64) -> Option<f64> {
    (low >= 0.0 && high > 0.0).then(|| low / high)
}

/// Holm's step-down correction: p-values that may be read side by side. What is not there stays so and does not count.
/// # Source
/// Holm 1979; oracle: statsmodels `multipletests(method="holm")`.
#[must_use]
pub fn holm(p_values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut ranked: Vec<(usize, f64)> =
        p_values.iter().enumerate().filter_map(|(i, p)| Some((i, (*p)?))).collect();
    ranked.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut adjusted = vec![None; p_values.len()];
    let (m, mut least) = (ranked.len(), 0.0f64);
    for (rank, (i, p)) in ranked.into_iter().enumerate() {
        least = least.max((p * (m - rank) as f64).min(1.0));
        if let Some(slot) = adjusted.get_mut(i) {
            *slot = Some(least);
        }
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use relat_engine::Taxonomy;

    use super::*;
    use crate::bootstrap::Method;
    use crate::corpus::Record;
    use crate::figures::{self, LevelOf};
    use crate::metric::Metric;
    use crate::reading::Pair;
    use crate::testing;

    fn config() -> BootstrapConfig {
        BootstrapConfig { resamples: 60, confidence: 0.9, seed: 5, method: Method::Percentile }
    }

    fn frame(metric: Metric, pairs: &[Pair], grouping: &Grouping) -> MetricFrame {
        let figure = |own: &[Pair]| metric.statistic(own, Taxonomy::shipped());
        MetricFrame::new(metric.name(), pairs, grouping, &figure, &config()).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn counts_by_group_sum_to_overall(examples in testing::examples(2..20)) {
            let pairs = testing::pairs(&examples);
            let records: Vec<&Record> = examples.iter().map(|e| &e.reference).collect();
            let grouping = Grouping::with_intersections(&records, &[vec![Feature::Gender, Feature::Writer]], 1);
            for metric in Metric::ALL {
                let all = metric.statistic(&pairs, Taxonomy::shipped()).cases(&vec![1.0; pairs.len()]);
                for table in frame(metric, &pairs, &grouping).tables {
                    let cases: usize = table.by_group.iter().map(|g| g.cases).sum();
                    prop_assert_eq!(cases, crate::statistic::to_count(all), "{}", metric.name());
                    prop_assert_eq!(table.by_group.iter().map(|g| g.estimate.n).sum::<usize>(), pairs.len());
                }
            }
        }

        #[test]
        fn a_group_is_what_its_records_alone_give(examples in testing::examples(2..20)) {
            let pairs = testing::pairs(&examples);
            let records: Vec<&Record> = examples.iter().map(|e| &e.reference).collect();
            let grouping = Grouping::new(&records, &[vec![Feature::Writer]], 1);
            let f = frame(Metric::NeedsMicroF1, &pairs, &grouping);
            for row in &f.tables[0].by_group {
                let own: Vec<Pair> = examples
                    .iter()
                    .zip(&pairs)
                    .filter(|(e, _)| e.reference.writer == row.levels[0])
                    .map(|(_, p)| p.clone())
                    .collect();
                let alone = Metric::NeedsMicroF1.statistic(&own, Taxonomy::shipped()).value(&vec![1.0; own.len()]);
                prop_assert_eq!(row.estimate.value, alone);
            }
        }

        #[test]
        fn holm_never_lowers_and_keeps_the_order(p in prop::collection::vec(prop::option::of(0.0f64..1.0), 0..12)) {
            let adjusted = holm(&p);
            for (i, (a, b)) in p.iter().zip(&adjusted).enumerate() {
                prop_assert_eq!(a.is_some(), b.is_some());
                prop_assert!(b >= a && b.unwrap_or(0.0) <= 1.0);
                for (c, d) in p.iter().zip(&adjusted).skip(i) {
                    if a.is_some() && c.is_some() && a <= c {
                        prop_assert!(b <= d);
                    }
                }
            }
        }
    }

    /// Levels one step too high for women only: the need of women is under-scored.
    #[test]
    fn a_level_raised_for_one_group_is_found() {
        let records = testing::sample_records(240, 8);
        let examples: Vec<_> = records
            .iter()
            .map(|r| {
                let mut predicted = testing::perfect(r);
                if r.person.as_ref().unwrap().gender == "f" {
                    for finding in &mut predicted.levels {
                        finding.level = finding.level.map(|l| (l + 1).min(5));
                    }
                }
                testing::example(r.clone(), predicted)
            })
            .collect();
        let pairs = testing::pairs(&examples);
        let refs: Vec<&Record> = records.iter().collect();
        let grouping = Grouping::with_intersections(&refs, &[], 10);
        let f = frame(Metric::LevelsSignedError, &pairs, &grouping);
        let gender = &f.tables[0];
        let of: BTreeMap<&str, &GroupRow> =
            gender.by_group.iter().map(|g| (g.levels[0].as_str(), g)).collect();
        assert_eq!(of["m"].estimate.value, Some(0.0));
        assert!(of["f"].estimate.value.unwrap() > 0.5);
        assert!(of["f"].minus_overall.low.unwrap() > 0.0);
        assert!(of["f"].p_holm.unwrap() < 0.11, "help: 60 resamples allow no less than 3 × 2/61");
        assert!(gender.difference.between_groups.low.unwrap() > 0.5);
        // Household has nothing to do with it.
        let household = &f.tables[4];
        assert!(household.difference.between_groups.value.unwrap() < 0.2);
        let alone = figures::levels(&pairs, None, LevelOf::SignedError);
        assert_eq!(f.overall.value, alone.value(&vec![1.0; pairs.len()]));
    }

    #[test]
    fn the_shape_is_the_same_without_data() {
        let grouping = Grouping::with_intersections(&[], &[], 10);
        let f = frame(Metric::NeedsMicroF1, &[], &grouping);
        assert_eq!(f.tables.len(), Feature::ALL.len());
        assert_eq!((f.overall.value, f.overall.n), (None, 0));
        assert!(
            f.tables.iter().all(|t| t.difference.between_groups.value.is_none() && t.by_group.is_empty())
        );
        let error = MetricFrame::new("x", &[1], &grouping, &|_| unreachable!(), &config()).unwrap_err();
        assert_eq!(error.code(), "length_mismatch");
    }
}
