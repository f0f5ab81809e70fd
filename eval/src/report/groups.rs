//! Which figures are shown by group, and of which groups.

use relat_engine::Taxonomy;

use crate::bootstrap::BootstrapConfig;
use crate::corpus::Record;
use crate::error::Result;
use crate::figures::{self, LevelOf};
use crate::groups::{Feature, Grouping};
use crate::metric::Metric;
use crate::metric_frame::MetricFrame;
use crate::reading::Pair;

/// Figures shown by group: of each part of an assessment one, and those that harm.
pub(super) const BY_GROUP: [Metric; 10] = [
    Metric::NeedsMicroF1,
    Metric::AlertRecall,
    Metric::AlertPrecision,
    Metric::SentenceF1,
    Metric::NonPresentShown,
    Metric::DemandsMicroF1,
    Metric::LevelsMae,
    Metric::LevelsSignedError,
    Metric::LevelsCoverage,
    Metric::ActionsOverlapF1,
];

/// The groups that are shown. `Origin` is a sum of `OriginGroup`s, which suppression learns from their intersection;
/// that table says nothing new and is not shown.
pub(super) fn grouping(records: &[&Record], min_n: usize) -> Grouping {
    let nested = vec![Feature::OriginGroup, Feature::Origin];
    let intersections =
        [vec![Feature::Gender, Feature::AgeBand], vec![Feature::Gender, Feature::Origin], nested.clone()];
    let mut grouping = Grouping::with_intersections(records, &intersections, min_n);
    grouping.tables.retain(|t| t.features != nested);
    grouping
}

/// The main figures by group.
pub(super) fn frames(
    pairs: &[Pair],
    grouping: &Grouping,
    taxonomy: &Taxonomy,
    config: &BootstrapConfig,
) -> Result<Vec<MetricFrame>> {
    let frame = |metric: Metric| {
        MetricFrame::new(metric.name(), pairs, grouping, &|own| metric.statistic(own, taxonomy), config)
    };
    BY_GROUP.into_iter().map(frame).collect()
}

/// The signed level error of each domain by group, single features only: `signed_error_DOMAIN`.
pub(super) fn signed_errors(
    pairs: &[Pair],
    grouping: &Grouping,
    taxonomy: &Taxonomy,
    config: &BootstrapConfig,
) -> Result<Vec<MetricFrame>> {
    let mut single = grouping.clone();
    single.tables.retain(|t| t.features.len() == 1);
    let frame = |(index, domain): (usize, &relat_engine::Domain)| {
        let name = format!("signed_error_{}", domain.code);
        let figure = |own: &[Pair]| -> Box<dyn crate::statistic::Statistic> {
            Box::new(figures::levels(own, Some(index), LevelOf::SignedError))
        };
        MetricFrame::new(&name, pairs, &single, &figure, config)
    };
    taxonomy.domains().iter().enumerate().map(frame).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn a_small_origin_cannot_be_worked_out_from_the_coarser_table() {
        let mut records = testing::sample_records(27, 6);
        for (i, record) in records.iter_mut().enumerate() {
            let origin = ["local", "Morocco", "Peru"][usize::from(i >= 12) + usize::from(i >= 15)];
            record.person.as_mut().unwrap().origin = origin.to_owned();
        }
        let grouping = grouping(&records.iter().collect::<Vec<_>>(), 10);
        let shown = |feature: Feature, level: &str| {
            let table = grouping.tables.iter().find(|t| t.features == [feature]).unwrap();
            table.groups.iter().any(|g| g.levels == [level])
        };
        assert!(!shown(Feature::OriginGroup, "africa"), "help: three records");
        let latin = shown(Feature::OriginGroup, "latin_america");
        let local = shown(Feature::OriginGroup, "local") || shown(Feature::Origin, "local");
        // 27 in all, 12 local, 15 from elsewhere: any of these sums leaves the three over.
        assert!(!(latin && (local || shown(Feature::Origin, "other"))));
        assert!(grouping.tables.iter().all(|t| t.features != [Feature::OriginGroup, Feature::Origin]));
    }
}
