//! The project's figures by name, each as a [`Statistic`] over pairs of readings.

use relat_engine::Taxonomy;
use serde::{Deserialize, Serialize};

use crate::figures::{self, CountOf, LevelOf, MacroAp, NeedCalibration, alerts};
use crate::metrics::classification::{Counts, by_code};
use crate::metrics::{evidence, ranking, status};
use crate::reading::Pair;
use crate::statistic::{Additive, Statistic};

/// Probability from which a need counts as one that the system speaks of, in [`Metric::NeedsEceSpoken`].
pub const SPOKEN: f64 = 0.01;

/// A figure. The names are stable: reports, gates and model cards use them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// F1 of needs a record, all codes together.
    NeedsMicroF1,
    /// F1 of needs a record, mean over codes with gold support.
    NeedsMacroF1,
    /// Average precision of needs a record, mean over codes with gold support.
    NeedsMacroAp,
    /// Share of gold alert needs that are suggested.
    AlertRecall,
    /// Share of suggested alert needs that are gold.
    AlertPrecision,
    /// F1 of evidence: pairs of a sentence and a need present in it.
    SentenceF1,
    /// F1 of evidence, mean over codes with gold support.
    SentenceMacroF1,
    /// F1 of statuses: pairs of a sentence and a need with their status, all statuses together.
    StatusMicroF1,
    /// F1 of statuses, mean over those with gold support.
    StatusMacroF1,
    /// Share of absent, past and other pairs of a sentence and a need that are shown as present.
    NonPresentShown,
    /// F1 of demands a record, all codes together.
    DemandsMicroF1,
    /// F1 of demands a record, mean over codes with gold support.
    DemandsMacroF1,
    /// Quadratic-weighted kappa of levels, all domains together, where both assess.
    LevelsQwk,
    /// Mean absolute error of levels in steps, where both assess.
    LevelsMae,
    /// Mean of predicted less gold level; above 0, need is under-scored.
    LevelsSignedError,
    /// Share of levels at most one step from gold, where both assess.
    #[serde(rename = "levels_within_1")]
    LevelsWithin1,
    /// Share of gold levels for which a level was given.
    LevelsCoverage,
    /// Share of domains without gold level for which a level was given.
    LevelsInvented,
    /// Mean over records of the F1 of suggested actions against gold actions.
    ActionsOverlapF1,
    /// Mean over records of the share of gold actions among the first five.
    #[serde(rename = "actions_recall_5")]
    ActionsRecall5,
    /// Mean over records of the nDCG of the first five actions.
    #[serde(rename = "actions_ndcg_5")]
    ActionsNdcg5,
    /// Calibration error of P(present) over every pair of a record and a need.
    NeedsEce,
    /// Calibration error of P(present) over the pairs given at least 1 %: stricter, as the many easy zeros are out.
    NeedsEceSpoken,
    /// Brier score of P(present) over every pair of a record and a need.
    NeedsBrier,
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Higher is better.
    Higher,
    /// Lower is better.
    Lower,
    /// Nearer 0 is better.
    Zero,
}

/// What is fixed about a figure.
struct Facts {
    name: &'static str,
    label: &'static str,
    unit: &'static str,
    direction: Direction,
}

impl Metric {
    /// Every figure, in the order of reports.
    pub const ALL: [Self; 24] = [
        Self::NeedsMicroF1,
        Self::NeedsMacroF1,
        Self::NeedsMacroAp,
        Self::AlertRecall,
        Self::AlertPrecision,
        Self::SentenceF1,
        Self::SentenceMacroF1,
        Self::StatusMicroF1,
        Self::StatusMacroF1,
        Self::NonPresentShown,
        Self::DemandsMicroF1,
        Self::DemandsMacroF1,
        Self::LevelsQwk,
        Self::LevelsMae,
        Self::LevelsSignedError,
        Self::LevelsWithin1,
        Self::LevelsCoverage,
        Self::LevelsInvented,
        Self::ActionsOverlapF1,
        Self::ActionsRecall5,
        Self::ActionsNdcg5,
        Self::NeedsEce,
        Self::NeedsEceSpoken,
        Self::NeedsBrier,
    ];

    /// Stable name, as serialised.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// Name for readers.
    #[must_use]
    pub fn label(self) -> &'static str {
        self.facts().label
    }

    /// What its `n` counts.
    #[must_use]
    pub fn unit(self) -> &'static str {
        self.facts().unit
    }

    /// Which way is better.
    #[must_use]
    pub fn direction(self) -> Direction {
        self.facts().direction
    }

    fn facts(self) -> Facts {
        use Direction::{Higher, Lower, Zero};
        const NEEDS: &str = "gold needs of records";
        const PAIRS: &str = "record-need pairs";
        const LEVELS: &str = "levels given by both";
        const STATUSES: &str = "gold sentence-need pairs of any status";
        let (name, label, unit, direction) = match self {
            Self::NeedsMicroF1 => ("needs_micro_f1", "Needs, micro F1", NEEDS, Higher),
            Self::NeedsMacroF1 => ("needs_macro_f1", "Needs, macro F1 (codes with gold)", NEEDS, Higher),
            Self::NeedsMacroAp => {
                ("needs_macro_ap", "Needs, mean average precision (codes with gold)", NEEDS, Higher)
            }
            Self::AlertRecall => ("alert_recall", "Alert needs, recall", "gold alert needs", Higher),
            Self::AlertPrecision => {
                ("alert_precision", "Alert needs, precision", "suggested alert needs", Higher)
            }
            Self::SentenceF1 => ("sentence_f1", "Evidence, sentence F1", "gold sentence-need pairs", Higher),
            Self::SentenceMacroF1 => (
                "sentence_macro_f1",
                "Evidence, sentence macro F1 (codes with gold)",
                "gold sentence-need pairs",
                Higher,
            ),
            Self::StatusMicroF1 => ("status_micro_f1", "Status at sentences, micro F1", STATUSES, Higher),
            Self::StatusMacroF1 => ("status_macro_f1", "Status at sentences, macro F1", STATUSES, Higher),
            Self::NonPresentShown => (
                "non_present_shown",
                "Absent, past, other shown as present",
                "gold sentence-need pairs not present",
                Lower,
            ),
            Self::DemandsMicroF1 => {
                ("demands_micro_f1", "Demands, micro F1", "gold demands of records", Higher)
            }
            Self::DemandsMacroF1 => {
                ("demands_macro_f1", "Demands, macro F1 (codes with gold)", "gold demands of records", Higher)
            }
            Self::LevelsQwk => ("levels_qwk", "Levels, quadratic-weighted kappa", LEVELS, Higher),
            Self::LevelsMae => ("levels_mae", "Levels, mean absolute error", LEVELS, Lower),
            Self::LevelsSignedError => {
                ("levels_signed_error", "Levels, signed error (predicted - gold)", LEVELS, Zero)
            }
            Self::LevelsWithin1 => ("levels_within_1", "Levels, within one step", LEVELS, Higher),
            Self::LevelsCoverage => ("levels_coverage", "Levels, coverage of gold", "gold levels", Higher),
            Self::LevelsInvented => (
                "levels_invented",
                "Levels, invented where gold has none",
                "domains without gold level",
                Lower,
            ),
            Self::ActionsOverlapF1 => {
                ("actions_overlap_f1", "Actions, overlap F1", "records with actions", Higher)
            }
            Self::ActionsRecall5 => {
                ("actions_recall_5", "Actions, recall@5", "records with gold actions", Higher)
            }
            Self::ActionsNdcg5 => ("actions_ndcg_5", "Actions, nDCG@5", "records with gold actions", Higher),
            Self::NeedsEce => ("needs_ece", "Needs, calibration error", PAIRS, Lower),
            Self::NeedsEceSpoken => (
                "needs_ece_spoken",
                "Needs, calibration error where P ≥ 0.01",
                "record-need pairs with P ≥ 0.01",
                Lower,
            ),
            Self::NeedsBrier => ("needs_brier", "Needs, Brier score", PAIRS, Lower),
        };
        Facts { name, label, unit, direction }
    }

    /// The figure over these records, ready to be resampled.
    #[must_use]
    pub fn statistic(self, pairs: &[Pair], taxonomy: &Taxonomy) -> Box<dyn Statistic> {
        let n_needs = taxonomy.needs().len();
        let alert_counts = |p: &Pair| {
            Counts::of_sets(&alerts(&p.reference.needs, taxonomy), &alerts(&p.predicted.needs, taxonomy))
        };
        let mean_of = |value: fn(&Pair) -> Option<f64>| Additive::mean(pairs.iter().map(value));
        match self {
            Self::NeedsMicroF1 => Box::new(figures::micro(
                pairs.iter().map(|p| Counts::of_sets(&p.reference.needs, &p.predicted.needs)),
                CountOf::F1,
            )),
            Self::NeedsMacroF1 => Box::new(figures::macro_f1(
                pairs.iter().map(|p| by_code([(&p.reference.needs, &p.predicted.needs)], n_needs)),
                n_needs,
            )),
            Self::NeedsMacroAp => Box::new(MacroAp::new(pairs, n_needs)),
            Self::AlertRecall => Box::new(figures::micro(pairs.iter().map(alert_counts), CountOf::Recall)),
            Self::AlertPrecision => {
                Box::new(figures::micro(pairs.iter().map(alert_counts), CountOf::Precision))
            }
            Self::SentenceF1 => {
                Box::new(figures::micro(pairs.iter().map(evidence::sentence_counts), CountOf::F1))
            }
            Self::SentenceMacroF1 => {
                let of = |p: &Pair| evidence::counts_by_need(p, n_needs);
                Box::new(figures::macro_f1(pairs.iter().map(of), n_needs))
            }
            Self::StatusMicroF1 => {
                let of = |p: &Pair| status::counts_by_status(p).into_iter().sum();
                Box::new(figures::micro(pairs.iter().map(of), CountOf::F1))
            }
            Self::StatusMacroF1 => {
                Box::new(figures::macro_f1(pairs.iter().map(status::counts_by_status), status::STATUSES))
            }
            Self::NonPresentShown => Box::new(figures::non_present_shown(pairs)),
            Self::DemandsMicroF1 => Box::new(figures::micro(
                pairs.iter().map(|p| Counts::of_sets(&p.reference.demands, &p.predicted.demands)),
                CountOf::F1,
            )),
            Self::DemandsMacroF1 => {
                let n = taxonomy.demands().len();
                let of = |p: &Pair| by_code([(&p.reference.demands, &p.predicted.demands)], n);
                Box::new(figures::macro_f1(pairs.iter().map(of), n))
            }
            Self::LevelsQwk => Box::new(figures::levels(pairs, None, LevelOf::Qwk)),
            Self::LevelsMae => Box::new(figures::levels(pairs, None, LevelOf::Mae)),
            Self::LevelsSignedError => Box::new(figures::levels(pairs, None, LevelOf::SignedError)),
            Self::LevelsWithin1 => Box::new(figures::levels(pairs, None, LevelOf::Within1)),
            Self::LevelsCoverage => Box::new(figures::levels(pairs, None, LevelOf::Coverage)),
            Self::LevelsInvented => Box::new(figures::levels(pairs, None, LevelOf::Invented)),
            Self::ActionsOverlapF1 => {
                Box::new(mean_of(|p| ranking::overlap_f1(&p.reference.actions, &p.predicted.actions)))
            }
            Self::ActionsRecall5 => {
                Box::new(mean_of(|p| ranking::recall_at_k(&p.reference.actions, &p.predicted.ranking, 5)))
            }
            Self::ActionsNdcg5 => {
                Box::new(mean_of(|p| ranking::ndcg_at_k(&p.reference.actions, &p.predicted.ranking, 5)))
            }
            Self::NeedsEce => Box::new(NeedCalibration::new(pairs, n_needs, 0.0)),
            Self::NeedsEceSpoken => Box::new(NeedCalibration::new(pairs, n_needs, SPOKEN)),
            Self::NeedsBrier => Box::new(figures::brier(pairs, n_needs)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing;

    fn value(metric: Metric, pairs: &[Pair]) -> Option<f64> {
        metric.statistic(pairs, Taxonomy::shipped()).value(&vec![1.0; pairs.len()])
    }

    /// The best value there is.
    fn best(metric: Metric) -> f64 {
        if metric.direction() == Direction::Higher { 1.0 } else { 0.0 }
    }

    #[test]
    fn names_are_the_serialised_ones_and_each_is_listed_once() {
        for metric in Metric::ALL {
            assert_eq!(serde_json::to_value(metric).unwrap(), metric.name());
            assert_eq!(Metric::ALL.iter().filter(|m| **m == metric).count(), 1);
        }
    }

    #[test]
    fn perfect_predictions_are_best() {
        let examples: Vec<_> = testing::sample_records(40, 9)
            .into_iter()
            .map(|r| testing::example(r.clone(), testing::perfect(&r)))
            .collect();
        let pairs = testing::pairs(&examples);
        for metric in Metric::ALL {
            let got = value(metric, &pairs).unwrap();
            assert!(
                (got - best(metric)).abs() < 1e-12,
                "help: {} of a perfect reading is {got}",
                metric.name()
            );
        }
    }

    #[test]
    fn no_data_is_none() {
        for metric in Metric::ALL {
            assert_eq!(value(metric, &[]), None, "help: {}", metric.name());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn order_does_not_matter_and_a_weight_is_so_many_records(
            examples in testing::examples(2..7), weights in prop::collection::vec(0u8..4, 7), turn in 0usize..7,
        ) {
            let pairs = testing::pairs(&examples);
            let weights = &weights[..pairs.len()];
            let mut repeated: Vec<Pair> = pairs
                .iter()
                .zip(weights)
                .flat_map(|(p, &w)| std::iter::repeat_n(p.clone(), usize::from(w)))
                .collect();
            let n = repeated.len();
            repeated.rotate_left(if n == 0 { 0 } else { turn % n });
            let as_real: Vec<f64> = weights.iter().map(|&w| f64::from(w)).collect();
            for metric in Metric::ALL {
                let statistic = metric.statistic(&pairs, Taxonomy::shipped());
                let (a, b) = (statistic.value(&as_real), value(metric, &repeated));
                match (a, b) {
                    (Some(a), Some(b)) => prop_assert!((a - b).abs() < 1e-9, "{}: {a} {b}", metric.name()),
                    (a, b) => prop_assert_eq!(a, b, "{}", metric.name()),
                }
                let cases = metric.statistic(&repeated, Taxonomy::shipped()).cases(&vec![1.0; n]);
                prop_assert!((statistic.cases(&as_real) - cases).abs() < 1e-9);
            }
        }
    }
}
