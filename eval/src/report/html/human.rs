//! What workers do with suggestions.

use super::super::page::{Page, cell, value};
use super::super::svg::{self, Bar};
use crate::human::{FAST_SECONDS, HumanReport, HumanRow, HumanTable};

pub(super) fn human(page: &mut Page, report: &HumanReport) {
    page.heading("human", "Decisions of workers");
    page.text(&format!(
        "{} assessments with a decision. Intervals draw whole assessments. Acceptance says what workers do, not what is right: \
         it rises with good suggestions, and also where nobody reads them any more. That is why time is counted: a \
         confirmation in less than {FAST_SECONDS:.0} seconds was hardly read.",
        report.assessments
    ));
    rows(page, "All decisions", std::slice::from_ref(&report.overall));
    let bars: Vec<Bar> = report.tables.iter().filter(|t| t.by != "code").flat_map(bars).collect();
    page.raw(format_args!(
        "{}",
        svg::intervals("Share of suggestions accepted", &bars, report.overall.accepted.value)
    ));
    if !report.reasons.is_empty() {
        let reason = |(reason, n): (&crate::human::Reason, &usize)| {
            let name = serde_json::to_value(reason).ok().and_then(|v| v.as_str().map(str::to_owned));
            vec![name.unwrap_or_default(), n.to_string()]
        };
        page.table("Reasons of refusals", &["reason", "refusals"], report.reasons.iter().map(reason));
    }
    for table in &report.tables {
        page.raw(format_args!("<details><summary>By {}</summary>\n", table.by.replace('_', " ")));
        let hidden = if table.some_hidden { "; some groups are too small to show" } else { "" };
        rows(page, &format!("Decisions by {}{hidden}", table.by.replace('_', " ")), &table.rows);
        page.raw(format_args!("</details>\n"));
    }
}

fn bars(table: &HumanTable) -> Vec<Bar> {
    let bar = |r: &HumanRow| Bar { label: format!("{}={}", table.by, r.group), estimate: r.accepted };
    table.rows.iter().map(bar).collect()
}

fn rows(page: &mut Page, caption: &str, rows: &[HumanRow]) {
    let row = |r: &HumanRow| {
        let mut cells = vec![r.group.clone(), r.assessments.to_string(), r.accepted.n.to_string()];
        cells.extend([r.accepted, r.accepted_minus_overall, r.edited, r.refused, r.added].map(|e| cell(&e)));
        cells.push(value(r.p_holm));
        cells.extend([r.median_seconds, r.fast].map(|e| cell(&e)));
        cells
    };
    let head = [
        "group",
        "assessments",
        "suggestions",
        "accepted",
        "less all",
        "edited",
        "refused",
        "added",
        "p",
        "median seconds",
        "accepted unread",
    ];
    page.table(caption, &head, rows.iter().map(row));
}
