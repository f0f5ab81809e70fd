//! Figures over all records, plots, figures by code and by domain, the records with most errors.

use super::super::collect::Report;
use super::super::page::{Page, cell};
use super::super::svg;
use crate::metrics::status::STATUS_NAMES;
use crate::summary::CodeRow;

impl Report {
    pub(super) fn figures(&self, page: &mut Page) {
        page.heading("figures", "Figures");
        page.text(
            "All records, and what a new centre can expect: the mean over writers. Signed level error above 0 means that \
             need is under-scored.",
        );
        let rows = self.summary.overall.iter().zip(&self.summary.new_centre).map(|(row, centre)| {
            let n = format!("{} {}", row.estimate.n, row.unit);
            vec![row.metric.label().to_owned(), cell(&row.estimate), cell(&centre.mean), n]
        });
        page.table("Every figure with its interval", &["figure", "all records", "new centre", "n"], rows);
    }

    pub(super) fn plots(&self, page: &mut Page) {
        page.heading("plots", "Calibration, abstention, confusion");
        page.subheading("What a probability of a need is worth, and what leaving out unsure levels gains");
        page.raw(format_args!("{}", svg::reliability(&self.summary.reliability)));
        page.raw(format_args!("{}", svg::risk_coverage(&self.summary.abstention)));
        page.subheading("Levels: gold and shown");
        let levels = ["1", "2", "3", "4", "5"];
        page.raw(format_args!(
            "{}",
            svg::confusion("Gold level against level shown", &levels, self.summary.levels.confusion.view())
        ));
        let l = &self.summary.levels;
        page.text(&format!(
            "Levels that gold has and the model does not give: {:.0}. Levels given where gold has none: {:.0}. Neither: {:.0}.",
            l.missed, l.invented, l.neither
        ));
        page.subheading("Status of a need at a sentence: gold and shown");
        page.raw(format_args!(
            "{}",
            svg::confusion(
                "Gold status against status shown",
                &STATUS_NAMES,
                self.summary.status.counts.view()
            )
        ));
    }

    pub(super) fn codes(&self, page: &mut Page) {
        page.heading("codes", "By code and by domain");
        let row = |r: &CodeRow| {
            let code = if r.alert { format!("{} !", r.code) } else { r.code.clone() };
            let ap = r.average_precision.as_ref().map_or_else(|| "–".to_owned(), cell);
            vec![
                code,
                format!("{:.0}", r.counts.support()),
                cell(&r.precision),
                cell(&r.recall),
                cell(&r.f1),
                ap,
            ]
        };
        let head = ["code", "gold", "precision", "recall", "F1", "average precision"];
        page.table("Needs of records; ! is an alert need", &head, self.summary.needs.iter().map(row));
        page.table("Needs at sentences: the evidence", &head, self.summary.sentences.iter().map(row));
        page.table("Statuses of needs at sentences", &head, self.summary.statuses.iter().map(row));
        page.table("Demands of records", &head, self.summary.demands.iter().map(row));
        let domains = self.summary.domains.iter().map(|d| {
            let figures = [&d.qwk, &d.mae, &d.signed_error, &d.within_1, &d.coverage, &d.invented];
            let cells = figures.into_iter().map(cell);
            [d.domain.clone(), d.qwk.n.to_string()].into_iter().chain(cells).collect()
        });
        let head =
            ["domain", "n", "kappa", "absolute error", "signed error", "within one", "coverage", "invented"];
        page.table("Levels by domain", &head, domains);
    }

    pub(super) fn worst_records(&self, page: &mut Page) {
        page.heading("worst", "Worst records");
        page.text(
            "By id only: no narrative is in this report. `relat-eval errors` writes a page with their texts.",
        );
        let rows = self.worst.iter().map(|w| {
            let levels: Vec<String> = w.level_errors.iter().map(|(d, e)| format!("{d} {e:+}")).collect();
            vec![
                w.id.clone(),
                w.errors.to_string(),
                w.missed.join(", "),
                w.invented.join(", "),
                levels.join(", "),
            ]
        });
        page.table("Most errors first", &["record", "errors", "missed", "invented", "levels"], rows);
    }
}
