//! The gates: which hold, which do not, and who answers for those that do not.

use super::super::collect::Report;
use super::super::page::{Page, cell, escape};
use crate::gates::{GateResult, JudgeBy, Outcome};

impl Report {
    pub(super) fn gates(&self, page: &mut Page) {
        page.heading("gates", "Gates");
        page.text("A gate whose figure was not measured fails. For a gate over many figures, those that do not hold are listed. One judged by \
             the better end of its interval fails only where the data leave no doubt: that it passes is no proof that it holds.");
        page.raw(format_args!(
            "<div class=\"scroll\"><table>\n<tr><th>gate</th><th>outcome</th><th>threshold</th><th>figures</th><th>owner</th>\
             <th>why</th></tr>\n"
        ));
        for result in &self.gates.results {
            gate(page, result);
        }
        page.raw(format_args!("</table></div>\n"));
    }
}

fn gate(page: &mut Page, result: &GateResult) {
    let gate = &result.gate;
    let (class, outcome) = match (result.outcome, &result.exception) {
        (Outcome::Passed, _) => ("passed", "passed".to_owned()),
        (Outcome::Failed, None) => ("failed", "failed".to_owned()),
        (Outcome::Failed, Some(e)) => {
            ("failed", format!("failed; the exception of {} ended on {}", e.name, e.expires))
        }
        (Outcome::Excepted, None) => ("failed", "excepted".to_owned()),
        (Outcome::Excepted, Some(e)) => {
            ("failed", format!("failed, excepted by {} until {}: {}", e.name, e.expires, e.reason))
        }
    };
    let bounds = [("≥", gate.at_least), ("≤", gate.at_most)];
    let threshold: Vec<String> = bounds.iter().filter_map(|(s, b)| b.map(|b| format!("{s} {b}"))).collect();
    let judged = match gate.judge_by {
        JudgeBy::Value => "",
        JudgeBy::WorstEnd => " by the worse end",
        JudgeBy::BestEnd => " by the better end",
    };
    let failing = result.figures.iter().filter(|c| !c.holds);
    let mut shown: Vec<String> =
        failing.map(|c| format!("{} {}, n {}", c.figure, cell(&c.estimate), c.estimate.n)).collect();
    let held = result.figures.len() - shown.len();
    if result.figures.is_empty() {
        shown.push(format!("not measured: {}", gate.figure));
    } else if let ([only], true) = (result.figures.as_slice(), shown.is_empty()) {
        shown.push(format!("{} {}, n {}", only.figure, cell(&only.estimate), only.estimate.n));
    } else if held > 0 {
        shown.push(format!("{held} hold"));
    }
    let shown: Vec<String> = shown.iter().map(|s| escape(s)).collect();
    page.raw(format_args!(
        "<tr><td>{}</td><td class=\"{class}\">{}</td><td>{}</td><td class=\"wide\">{}</td><td>{}</td><td class=\"wide\">{}</td></tr>\n",
        escape(&gate.id),
        escape(&outcome),
        escape(&format!("{}{judged}", threshold.join(", "))),
        shown.join("<br>"),
        escape(&gate.owner),
        escape(&gate.reason)
    ));
}
