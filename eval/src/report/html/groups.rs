//! Figures by group.

use super::super::collect::Report;
use super::super::page::{self, Page, cell, value};
use super::super::svg::{self, Bar};
use crate::metric::Metric;
use crate::metric_frame::{FrameTable, GroupRow, MetricFrame};

impl Report {
    pub(super) fn by_group(&self, page: &mut Page) {
        page.heading("groups", "By group");
        page.text(
            "Each group beside all records (dashed). The difference from all records is paired; p is after Holm's correction \
             for the groups of its table. One corpus has few records of most groups: read the interval, not the value.",
        );
        for frame in &self.groups {
            let label = Metric::ALL
                .iter()
                .find(|m| m.name() == frame.metric)
                .map_or(frame.metric.as_str(), |m| m.label());
            page.subheading(label);
            page.raw(format_args!("{}", svg::intervals(label, &bars(frame), frame.overall.value)));
            page.raw(format_args!("<details><summary>Numbers</summary>\n"));
            group_tables(page, frame);
            page.raw(format_args!("</details>\n"));
        }
    }

    pub(super) fn level_errors(&self, page: &mut Page) {
        page.heading("levels-by-group", "Who is scored too high or too low, by domain");
        page.text(
            "Mean of the level shown less the gold level, in steps of the matrix. Above 0 a group is shown as more \
             self-sufficient than it is: its need is under-scored. Only groups that differ from all records with p below 0.05 \
             after Holm's correction for the groups of a table are told of; all others are in the JSON twin.",
        );
        let levels = self.groups.iter().filter(|f| f.metric == Metric::LevelsSignedError.name());
        let sure = |r: &&GroupRow| r.p_holm.is_some_and(|p| p < 0.05);
        let rows = levels.chain(&self.signed_errors).flat_map(|frame| {
            let of_table = move |t: &'_ FrameTable| {
                t.by_group.iter().filter(sure).filter_map(|r| in_words(frame, t, r)).collect::<Vec<_>>()
            };
            frame.tables.iter().flat_map(of_table)
        });
        let rows: Vec<String> = rows.collect();
        if rows.is_empty() {
            page.text("No group differs.");
        } else {
            page.list(rows);
        }
    }
}

/// "Under-scores need of gender=f in income by 0.30 steps".
fn in_words(frame: &MetricFrame, table: &FrameTable, row: &GroupRow) -> Option<String> {
    let error = row.estimate.value?;
    let verb = if error > 0.0 { "Under-scores" } else { "Over-scores" };
    let domain = frame.metric.strip_prefix("signed_error_").map_or("all domains", |d| d).replace('_', " ");
    let more = row.minus_overall;
    Some(format!(
        "{verb} need of {} in {domain} by {:.2} steps: {} against {} for all, a difference of {}; {} levels of {} records.",
        page::group(table, &row.levels),
        error.abs(),
        cell(&row.estimate),
        value(frame.overall.value),
        cell(&more),
        row.cases,
        row.estimate.n
    ))
}

/// The groups of single features.
fn bars(frame: &MetricFrame) -> Vec<Bar> {
    let single = frame.tables.iter().filter(|t| t.sensitive_features.len() == 1);
    let bar = |t, r: &GroupRow| Bar { label: page::group(t, &r.levels), estimate: r.estimate };
    single.flat_map(|t| t.by_group.iter().map(move |r| bar(t, r))).collect()
}

fn group_tables(page: &mut Page, frame: &MetricFrame) {
    for table in &frame.tables {
        let features: Vec<&str> = table.sensitive_features.iter().map(|f| f.name()).collect();
        let hidden = if table.some_hidden { "; some groups are too small to show" } else { "" };
        let between = &table.difference.between_groups;
        let caption = format!(
            "By {}: largest difference between groups {}, ratio {}{hidden}",
            features.join(" and "),
            cell(between),
            cell(&table.ratio.between_groups)
        );
        let rows = table.by_group.iter().map(|r| {
            vec![
                r.levels.join(", "),
                r.estimate.n.to_string(),
                r.cases.to_string(),
                cell(&r.estimate),
                cell(&r.minus_overall),
                value(r.p_holm),
            ]
        });
        page.table(&caption, &["group", "records", "cases", "figure", "less all records", "p"], rows);
    }
}
