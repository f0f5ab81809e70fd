//! Release gates: thresholds in a file, each with an owner and a reason. Passed and failed are both reported.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::bootstrap::Estimate;
use crate::date::Date;
use crate::error::{Error, Result};
use crate::figure_names::Figures;

mod markdown;

/// A file of gates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gates {
    /// The thresholds.
    #[serde(rename = "gate")]
    pub gates: Vec<Gate>,
    /// Failures that a person answers for until a day.
    #[serde(rename = "exception", default)]
    pub exceptions: Vec<Exception>,
}

/// A threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// Stable name.
    pub id: String,
    /// Path of the figure; `*` stands for any one part between slashes, and then every figure it matches must hold.
    pub figure: String,
    /// Least value that passes.
    pub at_least: Option<f64>,
    /// Largest value that passes.
    pub at_most: Option<f64>,
    /// Which of the value and its interval is held against the threshold.
    pub judge_by: JudgeBy,
    /// Who decides on this threshold.
    pub owner: String,
    /// Why it is there and why it is this number.
    pub reason: String,
}

/// What is held against a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JudgeBy {
    /// The value.
    Value,
    /// The worse end of the interval: it passes when the figure surely holds.
    WorstEnd,
    /// The better end of the interval: it fails when the figure surely does not hold.
    BestEnd,
}

/// A failure that is let pass until a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// Which gate.
    pub gate: String,
    /// The person who answers for it.
    pub name: String,
    /// Last day on which it holds.
    pub expires: Date,
    /// Why.
    pub reason: String,
}

/// What came of all gates.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GateReport {
    /// The day of the decision.
    pub date: Date,
    /// True when nothing stops the release.
    pub passed: bool,
    /// One entry a gate, in the order of the file.
    pub results: Vec<GateResult>,
}

/// What came of a gate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GateResult {
    /// The gate.
    pub gate: Gate,
    /// Whether it holds.
    pub outcome: Outcome,
    /// The figures it was held against.
    pub figures: Vec<Checked>,
    /// The exception made for it, expired or not.
    pub exception: Option<Exception>,
}

/// Whether a gate holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every figure holds.
    Passed,
    /// A figure does not hold, or there is no figure to hold: what was not measured does not pass.
    Failed,
    /// As failed, but somebody answers for it today.
    Excepted,
}

/// A figure held against a gate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Checked {
    /// Path of the figure.
    pub figure: String,
    /// The figure.
    #[serde(flatten)]
    pub estimate: Estimate,
    /// Whether it holds.
    pub holds: bool,
}

impl Gates {
    /// Reads gates in TOML.
    /// # Errors
    /// [`Error::GateSyntax`] for what is not such a file; [`Error::GateRule`] for a gate without threshold, owner or
    /// reason, for two gates of one id, and for an exception without gate, name or reason.
    pub fn parse(text: &str) -> Result<Self> {
        let gates: Self = toml::from_str(text)?;
        gates.check()?;
        Ok(gates)
    }

    /// These gates and others, as one file.
    /// # Errors
    /// [`Error::GateRule`] where the two do not fit together, such as one id in both.
    pub fn and(mut self, others: Self) -> Result<Self> {
        self.gates.extend(others.gates);
        self.exceptions.extend(others.exceptions);
        self.check()?;
        Ok(self)
    }

    fn check(&self) -> Result<()> {
        let rule = |id: &str, reason| Err(Error::GateRule { id: id.to_owned(), reason });
        let blank = |text: &str| text.trim().is_empty();
        let mut ids = BTreeSet::new();
        for gate in &self.gates {
            if !ids.insert(gate.id.as_str()) {
                return rule(&gate.id, "two gates have this id");
            }
            if blank(&gate.owner) || blank(&gate.reason) {
                return rule(&gate.id, "a gate needs an owner and a reason");
            }
            let bounds = [gate.at_least, gate.at_most];
            if bounds.iter().flatten().any(|b| !b.is_finite()) {
                return rule(&gate.id, "a threshold must be a finite number");
            }
            match (gate.at_least, gate.at_most) {
                (None, None) => return rule(&gate.id, "a gate needs at_least, at_most or both"),
                (Some(low), Some(high)) if low > high => return rule(&gate.id, "at_least is above at_most"),
                _ => {}
            }
        }
        let mut excepted = BTreeSet::new();
        for exception in &self.exceptions {
            if !ids.contains(exception.gate.as_str()) {
                return rule(&exception.gate, "an exception names a gate that is not there");
            }
            if blank(&exception.name) || blank(&exception.reason) {
                return rule(&exception.gate, "an exception needs a person's name and a reason");
            }
            if !excepted.insert(exception.gate.as_str()) {
                return rule(&exception.gate, "two exceptions are for this gate");
            }
        }
        Ok(())
    }

    /// Holds figures against the gates, on a day that decides which exceptions still stand.
    #[must_use]
    pub fn judge(&self, figures: &Figures, today: Date) -> GateReport {
        let result = |gate: &Gate| {
            let matching = figures.iter().filter(|(path, _)| matches(&gate.figure, path));
            let checked: Vec<Checked> = matching
                .map(|(figure, estimate)| Checked {
                    figure: figure.clone(),
                    estimate: *estimate,
                    holds: gate.holds(estimate),
                })
                .collect();
            let exception = self.exceptions.iter().find(|e| e.gate == gate.id).cloned();
            let outcome = if !checked.is_empty() && checked.iter().all(|c| c.holds) {
                Outcome::Passed
            } else if exception.as_ref().is_some_and(|e| today <= e.expires) {
                Outcome::Excepted
            } else {
                Outcome::Failed
            };
            GateResult { gate: gate.clone(), outcome, figures: checked, exception }
        };
        let results: Vec<GateResult> = self.gates.iter().map(result).collect();
        GateReport { date: today, passed: results.iter().all(|r| r.outcome != Outcome::Failed), results }
    }
}

impl Gate {
    fn holds(&self, estimate: &Estimate) -> bool {
        let (for_least, for_most) = match self.judge_by {
            JudgeBy::Value => (estimate.value, estimate.value),
            JudgeBy::WorstEnd => (estimate.low, estimate.high),
            JudgeBy::BestEnd => (estimate.high, estimate.low),
        };
        self.at_least.is_none_or(|least| for_least.is_some_and(|v| v >= least))
            && self.at_most.is_none_or(|most| for_most.is_some_and(|v| v <= most))
    }
}

/// Whether a path is of a pattern, in which `*` is any one part.
fn matches(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut parts) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), parts.next()) {
            (None, None) => return true,
            (Some(w), Some(p)) if w == "*" || w == p => {}
            _ => return false,
        }
    }
}

impl GateReport {
    /// Exit code of a command that ends with this report: 0 when nothing stops the release, else 1.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        u8::from(!self.passed)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use relat_engine::{Assessment, Taxonomy};

    use super::*;
    use crate::bootstrap::{BootstrapConfig, Method};
    use crate::corpus::Record;
    use crate::example::Example;
    use crate::groups::Grouping;
    use crate::metric::Metric;
    use crate::metric_frame::MetricFrame;
    use crate::reading::Pair;
    use crate::{summary, testing};

    fn estimate(value: f64, half: f64) -> Estimate {
        Estimate { value: Some(value), low: Some(value - half), high: Some(value + half), n: 10 }
    }

    fn gates(body: &str, exception: &str) -> Result<Gates> {
        Gates::parse(&format!(
            "[[gate]]\nid = \"g\"\nfigure = \"overall/x\"\nowner = \"o\"\nreason = \"r\"\n{body}\n{exception}"
        ))
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    proptest! {
        #[test]
        fn the_worst_end_is_the_strictest_and_the_best_end_the_mildest(
            value in -1.0f64..1.0, half in 0.0f64..0.5, least in prop::option::of(-1.0f64..0.0), most in 0.0f64..1.0,
        ) {
            let e = estimate(value, half);
            let holds = |judge_by| {
                Gate {
                    id: "g".into(), figure: "x".into(), at_least: least, at_most: Some(most), judge_by,
                    owner: "o".into(), reason: "r".into(),
                }
                .holds(&e)
            };
            prop_assert!(!holds(JudgeBy::WorstEnd) || holds(JudgeBy::Value));
            prop_assert!(!holds(JudgeBy::Value) || holds(JudgeBy::BestEnd));
            prop_assert_eq!(holds(JudgeBy::Value), value <= most && least.is_none_or(|l| value >= l));
        }
    }

    #[test]
    fn an_exception_holds_to_its_last_day_and_no_longer() {
        let exception = "[[exception]]\ngate = \"g\"\nname = \"N\"\nexpires = \"2026-12-31\"\nreason = \"r\"";
        let gates = gates("at_least = 0.5\njudge_by = \"value\"", exception).unwrap();
        let failing = Figures::from([("overall/x".to_owned(), estimate(0.4, 0.0))]);
        let outcome = |figures: &Figures, today| {
            let report = gates.judge(figures, day(today));
            (report.results[0].outcome, report.exit_code())
        };
        assert_eq!(outcome(&failing, "2026-12-31"), (Outcome::Excepted, 0));
        assert_eq!(outcome(&failing, "2027-01-01"), (Outcome::Failed, 1));
        let passing = Figures::from([("overall/x".to_owned(), estimate(0.5, 0.0))]);
        assert_eq!(outcome(&passing, "2027-01-01"), (Outcome::Passed, 0));
        let report = gates.judge(&failing, day("2027-01-01")).to_markdown();
        assert!(report.contains("ended on 2026-12-31") && report.contains("stopped"));
    }

    #[test]
    fn what_was_not_measured_does_not_pass() {
        let gates = gates("at_most = 0.5\njudge_by = \"worst_end\"", "").unwrap();
        assert_eq!(gates.judge(&Figures::new(), day("2026-11-30")).exit_code(), 1);
        let none = Estimate { value: None, low: None, high: None, n: 0 };
        let figures = Figures::from([("overall/x".to_owned(), none)]);
        assert_eq!(gates.judge(&figures, day("2026-11-30")).exit_code(), 1);
    }

    #[test]
    fn a_star_holds_every_match() {
        let mut gates = gates("at_least = 0.0\njudge_by = \"value\"", "").unwrap();
        gates.gates[0].figure = "minus_overall/*/recall".to_owned();
        let mut figures = Figures::from([
            ("minus_overall/gender=f/recall".to_owned(), estimate(0.1, 0.0)),
            ("minus_overall/gender=m/recall".to_owned(), estimate(0.0, 0.0)),
            ("minus_overall/gender=m/f1".to_owned(), estimate(-1.0, 0.0)),
            ("minus_overall/gender=m".to_owned(), estimate(-1.0, 0.0)),
        ]);
        let report = gates.judge(&figures, day("2026-11-30"));
        assert_eq!((report.results[0].figures.len(), report.exit_code()), (2, 0));
        figures.insert("minus_overall/gender=x/recall".to_owned(), estimate(-0.1, 0.0));
        let report = gates.judge(&figures, day("2026-11-30"));
        assert_eq!(report.exit_code(), 1);
        assert!(report.to_markdown().contains("gender=x") && !report.to_markdown().contains("gender=f"));
    }

    #[test]
    fn a_file_that_breaks_a_rule_is_an_error() {
        let rule = |body: &str, exception: &str| gates(body, exception).unwrap_err().code();
        let value = "judge_by = \"value\"";
        assert_eq!(rule(value, ""), "gate_rule");
        assert_eq!(rule(&format!("{value}\nat_least = 2\nat_most = 1"), ""), "gate_rule");
        assert_eq!(rule(&format!("{value}\nat_least = nan"), ""), "gate_rule");
        assert_eq!(rule("at_least = 1", ""), "gate_syntax");
        assert_eq!(rule(&format!("{value}\nat_least = 1\nextra = 1"), ""), "gate_syntax");
        let good = format!("{value}\nat_least = 1");
        let exception = |gate: &str, name: &str, expires: &str| {
            format!(
                "[[exception]]\ngate = \"{gate}\"\nname = \"{name}\"\nexpires = \"{expires}\"\nreason = \"r\""
            )
        };
        assert_eq!(rule(&good, &exception("h", "N", "2026-12-31")), "gate_rule");
        assert_eq!(rule(&good, &exception("g", " ", "2026-12-31")), "gate_rule");
        assert_eq!(rule(&good, &exception("g", "N", "2026-12-32")), "gate_syntax");
        let twice = exception("g", "N", "2026-12-31") + "\n" + &exception("g", "M", "2026-12-31");
        assert_eq!(rule(&good, &twice), "gate_rule");
        assert!(gates(&good, &exception("g", "N", "2026-12-31")).is_ok());
    }

    #[test]
    fn the_shipped_gates_are_good() {
        let shipped = Gates::parse(include_str!("../gates.toml")).unwrap();
        assert!(shipped.gates.len() > 5 && shipped.exceptions.is_empty());
    }

    /// Figures of all metrics the shipped gates name, over all records and by group.
    fn audit(examples: &[Example]) -> Figures {
        let config =
            BootstrapConfig { resamples: 100, confidence: 0.95, seed: 2, method: Method::Percentile };
        let taxonomy = Taxonomy::shipped();
        let pairs = testing::pairs(examples);
        let records: Vec<&Record> = examples.iter().map(|e| &e.reference).collect();
        let grouping = Grouping::with_intersections(&records, &[], 10);
        let mut figures = summary(examples, taxonomy, &config).unwrap().figures();
        for metric in [Metric::NeedsMicroF1, Metric::AlertRecall, Metric::LevelsSignedError] {
            let figure = |own: &[Pair]| metric.statistic(own, taxonomy);
            figures.extend(
                MetricFrame::new(metric.name(), &pairs, &grouping, &figure, &config).unwrap().figures(),
            );
        }
        figures
    }

    fn failed(examples: &[Example]) -> Vec<String> {
        let shipped = Gates::parse(include_str!("../gates.toml")).unwrap();
        let report = shipped.judge(&audit(examples), day("2026-11-30"));
        // Gates of figures that are not made here are the report's to test.
        let measured = report.results.into_iter().filter(|r| !r.figures.is_empty());
        measured.filter(|r| r.outcome == Outcome::Failed).map(|r| r.gate.id).collect()
    }

    fn perfect_but(change: impl Fn(&Record, &mut Assessment)) -> Vec<Example> {
        let one = |r: Record| {
            let mut predicted = testing::perfect(&r);
            change(&r, &mut predicted);
            testing::example(r, predicted)
        };
        testing::sample_records(300, 11).into_iter().map(one).collect()
    }

    #[test]
    fn a_good_reader_passes_and_a_random_one_fails() {
        assert_eq!(failed(&perfect_but(|_, _| {})), Vec::<String>::new());
        let random = failed(&testing::sample(testing::examples(300..301), 12));
        assert!(random.contains(&"needs_micro_f1".to_owned()) && random.contains(&"alert_recall".to_owned()));
    }

    #[test]
    fn an_injected_bias_fails_its_gate() {
        let deaf = perfect_but(|r, a| {
            if r.person.as_ref().unwrap().origin == "Morocco" {
                a.needs.retain(|n| !n.alert);
            }
        });
        assert!(failed(&deaf).contains(&"group_alert_recall".to_owned()));
        // A level lowered by one for women alone.
        let harsh = perfect_but(|r, a| {
            if r.person.as_ref().unwrap().gender == "f" {
                a.levels.iter_mut().for_each(|l| l.level = l.level.map(|v| (v - 1).max(1)));
            }
        });
        assert!(failed(&harsh).contains(&"group_levels_signed_error".to_owned()));
    }
}
