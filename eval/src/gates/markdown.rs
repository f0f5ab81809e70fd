//! What came of the gates, for readers.

use std::fmt::Write as _;

use super::{Checked, Gate, GateReport, GateResult, Outcome};

impl GateReport {
    /// The report in Markdown: for each gate its worst figure, and every one that does not hold.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut out = String::new();
        let verdict = if self.passed { "The release may go on" } else { "The release is stopped" };
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "{verdict} ({}).\n\n| gate | outcome | threshold | figures | owner | reason |\n|---|---|---|---|---|---|",
            self.date
        );
        for r in &self.results {
            let outcome = match (r.outcome, &r.exception) {
                (Outcome::Passed, _) => "passed".to_owned(),
                (Outcome::Failed, None) => "**failed**".to_owned(),
                (Outcome::Failed, Some(e)) => {
                    format!("**failed**; the exception of {} ended on {}", e.name, e.expires)
                }
                (Outcome::Excepted, None) => "excepted".to_owned(),
                (Outcome::Excepted, Some(e)) => {
                    format!("excepted by {} until {}: {}", e.name, e.expires, e.reason)
                }
            };
            let _ = writeln!(
                out,
                "| {} | {outcome} | {} | {} | {} | {} |",
                r.gate.id,
                r.gate.threshold(),
                shown(r),
                r.gate.owner,
                r.gate.reason
            );
        }
        out
    }
}

/// The figures of a gate in one cell.
fn shown(result: &GateResult) -> String {
    if result.figures.is_empty() {
        return format!("no figure is called {}", result.gate.figure);
    }
    let failing: Vec<&Checked> = result.figures.iter().filter(|c| !c.holds).collect();
    let listed = if failing.is_empty() { result.figures.iter().take(1).collect() } else { failing };
    let one = |c: &Checked| format!("{} {}, n = {}", c.figure, c.estimate, c.estimate.n);
    let more = result.figures.len() - listed.len();
    let rest = if more > 0 { format!("; {more} more hold") } else { String::new() };
    listed.into_iter().map(one).collect::<Vec<_>>().join("; ") + &rest
}

impl Gate {
    fn threshold(&self) -> String {
        let bound = |sign: &str, bound: Option<f64>| bound.map(|b| format!("{sign} {b}"));
        let bounds = [bound("≥", self.at_least), bound("≤", self.at_most)];
        bounds.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}
