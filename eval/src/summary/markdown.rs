//! The summary as tables of a model card.

use std::fmt::Write as _;

use super::Summary;
use crate::metrics::status::STATUS_NAMES;

impl Summary {
    /// The tables of a model card, in Markdown.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut out = String::new();
        let writers = self.new_centre.first().map_or(0, |r| r.by_writer.len());
        let percent = self.bootstrap.confidence * 100.0;
        line(
            &mut out,
            format_args!(
                "{} records by {writers} writers. In brackets, {percent:.0} % bootstrap intervals ({} resamples, seed {}): of \
                 records for all records, of writers for a new centre, which is the mean over writers.\n",
                self.records, self.bootstrap.resamples, self.bootstrap.seed
            ),
        );
        line(&mut out, format_args!("| figure | all records | new centre | n |\n|---|---|---|---|"));
        for (row, centre) in self.overall.iter().zip(&self.new_centre) {
            line(
                &mut out,
                format_args!(
                    "| {} | {} | {} | {} {} |",
                    row.metric.label(),
                    row.estimate,
                    centre.mean,
                    row.estimate.n,
                    row.unit
                ),
            );
        }
        self.status_table(&mut out);
        self.code_tables(&mut out);
        self.domain_table(&mut out);
        out
    }

    fn status_table(&self, out: &mut String) {
        line(out, format_args!("\nStatus of a need at a sentence: rows gold, columns shown.\n"));
        line(
            out,
            format_args!("| | {} |\n|---|{}", STATUS_NAMES.join(" | "), "---|".repeat(STATUS_NAMES.len())),
        );
        for (i, (name, row)) in STATUS_NAMES.iter().zip(self.status.counts.rows()).enumerate() {
            let cells = row
                .iter()
                .enumerate()
                .map(|(j, n)| if i == j && *name == "none" { "–".to_owned() } else { n.to_string() });
            line(out, format_args!("| {name} | {} |", cells.collect::<Vec<_>>().join(" | ")));
        }
    }

    fn code_tables(&self, out: &mut String) {
        line(out, format_args!("\nNeeds of records by code; ! is an alert need.\n"));
        line(
            out,
            format_args!(
                "| need | gold | precision | recall | F1 | average precision |\n|---|---|---|---|---|---|"
            ),
        );
        for row in &self.needs {
            line(
                out,
                format_args!(
                    "| {}{} | {} | {} | {} | {} | {} |",
                    row.code,
                    if row.alert { " !" } else { "" },
                    row.counts.support(),
                    row.precision,
                    row.recall,
                    row.f1,
                    row.average_precision.as_ref().map_or_else(|| "–".to_owned(), ToString::to_string)
                ),
            );
        }
        line(out, format_args!("\nDemands of records by code.\n"));
        line(out, format_args!("| demand | gold | precision | recall | F1 |\n|---|---|---|---|---|"));
        for row in &self.demands {
            line(
                out,
                format_args!(
                    "| {} | {} | {} | {} | {} |",
                    row.code,
                    row.counts.support(),
                    row.precision,
                    row.recall,
                    row.f1
                ),
            );
        }
    }

    fn domain_table(&self, out: &mut String) {
        line(out, format_args!("\nLevels by domain.\n"));
        line(
            out,
            format_args!(
                "| domain | n | kappa | absolute error | signed error | within one | coverage | invented |"
            ),
        );
        line(out, format_args!("|---|---|---|---|---|---|---|---|"));
        for row in &self.domains {
            line(
                out,
                format_args!(
                    "| {} | {} | {} | {} | {} | {} | {} | {} |",
                    row.domain,
                    row.qwk.n,
                    row.qwk,
                    row.mae,
                    row.signed_error,
                    row.within_1,
                    row.coverage,
                    row.invented
                ),
            );
        }
    }
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{text}");
}
