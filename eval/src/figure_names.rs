//! Every figure of a report under a path, which is how gates speak of it.

use std::collections::BTreeMap;

use crate::bootstrap::Estimate;
use crate::groups::Feature;
use crate::metric_frame::MetricFrame;
use crate::summary::{CodeRow, Summary};

/// Figures by path, such as `overall/needs_micro_f1` or `by_group/gender=f/alert_recall`.
pub type Figures = BTreeMap<String, Estimate>;

impl Summary {
    /// The figures: `overall/METRIC`, `new_centre/METRIC`, `need/CODE/f1` (`precision`, `recall`,
    /// `average_precision`), the same of `demand`, `sentence` and `status`, `domain/DOMAIN/qwk` (`mae`, `signed_error`, `within_1`,
    /// `coverage`, `invented`).
    #[must_use]
    pub fn figures(&self) -> Figures {
        let mut figures = Figures::new();
        for row in &self.overall {
            figures.insert(format!("overall/{}", row.metric.name()), row.estimate);
        }
        for row in &self.new_centre {
            figures.insert(format!("new_centre/{}", row.metric.name()), row.mean);
        }
        let kinds = [
            ("need", &self.needs),
            ("sentence", &self.sentences),
            ("status", &self.statuses),
            ("demand", &self.demands),
        ];
        for (kind, rows) in kinds {
            for row in rows {
                code_figures(kind, row, &mut figures);
            }
        }
        for row in &self.domains {
            let own = [
                ("qwk", row.qwk),
                ("mae", row.mae),
                ("signed_error", row.signed_error),
                ("within_1", row.within_1),
                ("coverage", row.coverage),
                ("invented", row.invented),
            ];
            figures.extend(own.map(|(name, e)| (format!("domain/{}/{name}", row.domain), e)));
        }
        figures
    }
}

fn code_figures(kind: &str, row: &CodeRow, figures: &mut Figures) {
    let own = [("f1", row.f1), ("precision", row.precision), ("recall", row.recall)];
    let with_ap = own.into_iter().chain(row.average_precision.map(|ap| ("average_precision", ap)));
    figures.extend(with_ap.map(|(name, e)| (format!("{kind}/{}/{name}", row.code), e)));
}

impl MetricFrame {
    /// The figures: `by_group/GROUP/METRIC`, `minus_overall/GROUP/METRIC` (the group less all records, paired),
    /// `difference/FEATURES/METRIC` and `ratio/FEATURES/METRIC` (between groups). A group is `gender=f`, or
    /// `gender=f+age_band=80+` of an intersection; features are `gender` or `gender+age_band`.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let mut figures = Figures::new();
        for table in &self.tables {
            let names: Vec<&str> = table.sensitive_features.iter().map(|f| f.name()).collect();
            for row in &table.by_group {
                let levels = names.iter().zip(&row.levels).map(|(name, level)| format!("{name}={level}"));
                let group = levels.collect::<Vec<_>>().join("+");
                figures.insert(format!("by_group/{group}/{}", self.metric), row.estimate);
                figures.insert(format!("minus_overall/{group}/{}", self.metric), row.minus_overall);
            }
            let features = names.join("+");
            figures.insert(format!("difference/{features}/{}", self.metric), table.difference.between_groups);
            figures.insert(format!("ratio/{features}/{}", self.metric), table.ratio.between_groups);
        }
        figures
    }
}

impl Feature {
    /// Stable name, as serialised.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gender => "gender",
            Self::AgeBand => "age_band",
            Self::OriginGroup => "origin_group",
            Self::Language => "language",
            Self::Household => "household",
            Self::Writer => "writer",
            Self::Origin => "origin",
        }
    }
}

#[cfg(test)]
mod tests {
    use relat_engine::Taxonomy;

    use super::*;
    use crate::bootstrap::{BootstrapConfig, Method};
    use crate::corpus::Record;
    use crate::groups::Grouping;
    use crate::metric::Metric;
    use crate::reading::Pair;
    use crate::{summary, testing};

    #[test]
    fn every_figure_has_a_path_of_its_own() {
        let config = BootstrapConfig { resamples: 5, confidence: 0.9, seed: 1, method: Method::Percentile };
        let examples = testing::sample(testing::examples(20..21), 2);
        let s = summary(&examples, Taxonomy::shipped(), &config).unwrap();
        let expected = s.overall.len()
            + s.new_centre.len()
            + 4 * s.needs.len()
            + 3 * (s.demands.len() + s.sentences.len() + s.statuses.len())
            + 6 * s.domains.len();
        assert_eq!(s.figures().len(), expected);

        let pairs = testing::pairs(&examples);
        let records: Vec<&Record> = examples.iter().map(|e| &e.reference).collect();
        let grouping = Grouping::with_intersections(&records, &[vec![Feature::AgeBand, Feature::Gender]], 1);
        let figure = |own: &[Pair]| Metric::SentenceF1.statistic(own, Taxonomy::shipped());
        let frame = MetricFrame::new("sentence_f1", &pairs, &grouping, &figure, &config).unwrap();
        let groups: usize = frame.tables.iter().map(|t| t.by_group.len()).sum();
        assert_eq!(frame.figures().len(), 2 * (groups + frame.tables.len()));
        assert!(frame.figures().contains_key("difference/gender+age_band/sentence_f1"));
    }

    #[test]
    fn names_are_the_serialised_ones() {
        for feature in Feature::ALL {
            assert_eq!(serde_json::to_value(feature).unwrap(), feature.name());
        }
    }
}
