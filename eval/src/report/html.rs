//! The report as one page.

use super::behaviour::{Counterfactual, Suites};
use super::collect::{Compared, Provenance, Report};
use super::page::{self, Page, cell, escape, value};
use super::svg::{self, Bar};
use crate::gates::{GateResult, Outcome};
use crate::metric::Metric;
use crate::metric_frame::MetricFrame;
use crate::metrics::status::STATUS_NAMES;
use crate::outside::OutsideReport;
use crate::summary::CodeRow;

/// What the model is for; the model card says the same.
pub(super) const INTENDED: &str = "Showing a social worker what an intake narrative may tell of, in Catalan, Spanish or \
    English, each item beside the sentences it rests on. Every item is unconfirmed until a person decides.";
/// What it is not for.
pub(super) const OUT_OF_SCOPE: [&str; 4] = [
    "Any decision without a person who reads the narrative.",
    "Granting, refusing or ranking benefits; judging people, fraud or entitlement.",
    "Texts other than intake interviews of social services, and other languages.",
    "Diagnosis, and the assessment of risk by the model alone: an alert that is not shown proves nothing.",
];

impl Provenance {
    /// What it means for the figures.
    #[must_use]
    pub fn explained(self) -> &'static str {
        match self {
            Self::OutOfFold => {
                "Each record was read by a model that had seen nothing of its writer; the released model is trained on all \
                 of them by the same recipe."
            }
            Self::Unseen => {
                "The model was not trained on these records, as whoever ran the report says; the report cannot check it."
            }
            Self::Seen => {
                "CAUTION: these are records that the model was trained on, or may have been. The figures flatter it and say \
                 nothing of texts that it has not seen."
            }
        }
    }
}

impl Report {
    /// The report as one page that loads nothing else.
    #[must_use]
    pub fn to_html(&self) -> String {
        let model = &self.run.model;
        let mut page = Page::new("en", &format!("Report of {} {}", model.name, model.version));
        self.verdict(&mut page);
        self.about(&mut page);
        self.gates(&mut page);
        self.figures(&mut page);
        self.plots(&mut page);
        self.by_group(&mut page);
        self.level_errors(&mut page);
        counterfactuals(&mut page, &self.counterfactuals);
        if let Some(suites) = &self.suites {
            behaviour(&mut page, suites);
        }
        if let Some(outside) = &self.outside {
            outside_data(&mut page, outside);
        }
        if let Some(compared) = &self.compared {
            comparison(&mut page, compared);
        }
        self.codes(&mut page);
        self.worst_records(&mut page);
        page.finish()
    }

    fn verdict(&self, page: &mut Page) {
        let count = |o: Outcome| self.gates.results.iter().filter(|r| r.outcome == o).count();
        let (class, verdict) = if self.gates.passed {
            ("passed", "No gate stops the release.")
        } else {
            ("failed", "The gates stop this release.")
        };
        page.raw(format_args!(
            "<div class=\"box {class}\"><p><strong>{verdict}</strong> {} passed, {} failed, {} excepted.</p>\n<p>{}</p>\n\
             <p class=\"soft\">In plain words: <a href=\"plain.ca.html\" lang=\"ca\">català</a>, <a href=\"plain.es.html\" \
             lang=\"es\">español</a>, <a href=\"plain.en.html\">English</a>.</p></div>\n",
            count(Outcome::Passed),
            count(Outcome::Failed),
            count(Outcome::Excepted),
            escape(self.run.provenance.explained())
        ));
    }

    fn about(&self, page: &mut Page) {
        page.heading("about", "What this is");
        let b = &self.summary.bootstrap;
        page.text(&format!(
            "Run by {} on {}. {} records by {} writers. Intervals: {:.0} %, {} bootstrap resamples of records, seed {}; of \
             writers where a figure is for a new centre. Groups of fewer than {} records are not shown, nor any from which \
             they could be worked out.",
            self.run.by,
            self.run.date,
            self.summary.records,
            self.summary.new_centre.first().map_or(0, |r| r.by_writer.len()),
            b.confidence * 100.0,
            b.resamples,
            b.seed,
            self.settings.min_n
        ));
        page.subheading("Intended use");
        page.text(INTENDED);
        page.subheading("Out of scope");
        page.list(OUT_OF_SCOPE);
        page.subheading("Not measured here");
        page.list(&self.not_measured);
        if !self.cautions.is_empty() {
            page.subheading("Cautions");
            page.list(&self.cautions);
        }
        page.subheading("Made from");
        page.raw(format_args!("<div class=\"scroll\"><table>\n<tr><th>artefact</th><th>sha256</th></tr>\n"));
        for artefact in &self.run.artefacts {
            page.raw(format_args!(
                "<tr><td>{}</td><td><code>{}</code></td></tr>\n",
                escape(&artefact.name),
                escape(&artefact.sha256)
            ));
        }
        page.raw(format_args!("</table></div>\n<p>Data cards:</p>\n<ul>\n"));
        for card in &self.run.data_cards {
            page.raw(format_args!("<li>{}: <code>{}</code></li>\n", escape(&card.name), escape(&card.path)));
        }
        page.raw(format_args!("</ul>\n"));
    }

    fn gates(&self, page: &mut Page) {
        page.heading("gates", "Gates");
        page.text("A gate whose figure was not measured fails. For a gate over many figures, those that do not hold are listed.");
        page.raw(format_args!(
            "<div class=\"scroll\"><table>\n<tr><th>gate</th><th>outcome</th><th>threshold</th><th>figures</th><th>owner</th>\
             <th>why</th></tr>\n"
        ));
        for result in &self.gates.results {
            gate(page, result);
        }
        page.raw(format_args!("</table></div>\n"));
    }

    fn figures(&self, page: &mut Page) {
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

    fn plots(&self, page: &mut Page) {
        page.heading("plots", "Calibration, abstention, confusion");
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

    fn by_group(&self, page: &mut Page) {
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

    fn level_errors(&self, page: &mut Page) {
        page.heading("levels-by-group", "Who is scored too high or too low, by domain");
        page.text(
            "Mean of predicted less gold level. Above 0 the group is shown as more self-sufficient than it is: its need is \
             under-scored. Only groups that differ from all records with p below 0.05 after Holm's correction are listed; all \
             others are in the JSON twin.",
        );
        let mut rows = Vec::new();
        for frame in &self.signed_errors {
            for table in &frame.tables {
                for row in table.by_group.iter().filter(|r| r.p_holm.is_some_and(|p| p < 0.05)) {
                    rows.push(vec![
                        frame.metric.trim_start_matches("signed_error_").to_owned(),
                        page::group(table, &row.levels),
                        cell(&row.estimate),
                        cell(&row.minus_overall),
                        value(row.p_holm),
                        row.cases.to_string(),
                    ]);
                }
            }
        }
        if rows.is_empty() {
            page.text("No group differs.");
        } else {
            page.table(
                "Signed level errors",
                &["domain", "group", "signed error", "less all records", "p", "levels"],
                rows,
            );
        }
    }

    fn codes(&self, page: &mut Page) {
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

    fn worst_records(&self, page: &mut Page) {
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
        "<tr><td>{}</td><td class=\"{class}\">{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
        escape(&gate.id),
        escape(&outcome),
        escape(&threshold.join(", ")),
        shown.join("<br>"),
        escape(&gate.owner),
        escape(&gate.reason)
    ));
}

/// The groups of single features.
fn bars(frame: &MetricFrame) -> Vec<Bar> {
    let single = frame.tables.iter().filter(|t| t.sensitive_features.len() == 1);
    let bar =
        |t, r: &crate::metric_frame::GroupRow| Bar { label: page::group(t, &r.levels), estimate: r.estimate };
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

fn counterfactuals(page: &mut Page, all: &[Counterfactual]) {
    page.heading("counterfactuals", "Counterfactuals: the same narrative about another person");
    if all.is_empty() {
        page.text("Not measured.");
        return;
    }
    page.text(
        "Each text is compared with its own rewriting, both read by the released model; whether it is right is not asked \
         here, only whether its answer changes. A dropped code was suggested on the original and not on the rewriting. Where \
         the model was trained on the originals it may be more at ease with them; where it was trained on translations as \
         well, as its recipe says, the figures of language flatter it.",
    );
    let bars: Vec<Bar> =
        all.iter().map(|c| Bar { label: named(c), estimate: c.change.flip_rate.into() }).collect();
    page.raw(format_args!(
        "{}",
        svg::intervals("Share of rewritings in which a suggestion changed", &bars, None)
    ));
    let rows = all.iter().map(|c| {
        let rates = [c.change.flip_rate, c.change.dropped_rate, c.change.added_rate];
        let refused: usize = c.refused.values().sum();
        [named(c), c.rewritings.to_string(), refused.to_string()]
            .into_iter()
            .chain(rates.map(|r| cell(&r.into())))
            .collect()
    });
    page.table(
        "Rewritings",
        &["kind", "rewritings", "refused", "flip rate", "dropped codes", "added codes"],
        rows,
    );
    for c in all {
        let shifts =
            c.change.level_shift.iter().map(|(d, e)| vec![d.clone(), cell(&(*e).into()), e.n.to_string()]);
        page.raw(format_args!(
            "<details><summary>{}: levels and worst examples</summary>\n",
            escape(&named(c))
        ));
        page.table("Mean shift of level; below 0, a worse situation", &["domain", "shift", "n"], shifts);
        let worst = c.change.worst.iter().map(|w| {
            let shifts: Vec<String> =
                w.shifts.iter().filter(|(_, s)| **s != 0).map(|(d, s)| format!("{d} {s:+}")).collect();
            vec![w.id.clone(), w.dropped.join(", "), w.added.join(", "), shifts.join(", ")]
        });
        page.table("Worst examples, by id", &["record", "dropped", "added", "levels"], worst);
        page.raw(format_args!("</details>\n"));
    }
}

fn named(c: &Counterfactual) -> String {
    format!("{}: {}", c.kind, c.group)
}

fn behaviour(page: &mut Page, suites: &Suites) {
    page.heading("behaviour", "Behaviour: small cases written by hand");
    let rows = suites.rates.iter().map(|r| {
        let language = r.language.map_or("all", page::language);
        vec![
            r.capability.name().to_owned(),
            language.to_owned(),
            cell(&r.passed.into()),
            r.passed.n.to_string(),
        ]
    });
    page.table("Share of cases that pass, Wilson intervals", &["capability", "language", "pass", "n"], rows);
}

fn outside_data(page: &mut Page, outside: &OutsideReport) {
    page.heading("outside", "Data annotated by others (English only)");
    page.text(
        "Short English texts of other domains, mapped to our needs where a mapping makes sense. They say whether the model \
         finds the same things in words that nobody of this project wrote; they say nothing of Catalan or Spanish.",
    );
    let rows = outside.classes.iter().map(|c| {
        vec![
            format!("{} {}", page::dataset(c.dataset), c.class),
            c.codes.join(", "),
            cell(&c.recall.into()),
            cell(&c.precision.into()),
            value(c.average_precision),
            value(c.prevalence.value),
            c.prevalence.n.to_string(),
        ]
    });
    let head = ["class", "our codes", "recall", "precision", "average precision", "prevalence", "n"];
    page.table("Classes that are mapped", &head, rows);
    page.text(&format!(
        "Texts in which the annotators found nothing stressful and something is suggested: {}, n {}.",
        cell(&outside.false_alarms.into()),
        outside.false_alarms.n
    ));
}

fn comparison(page: &mut Page, compared: &Compared) {
    page.heading("compared", &format!("Beside {}", compared.other));
    page.text("The same records; differences are paired. p is not corrected for the number of figures.");
    let rows = compared.rows.iter().map(|r| {
        vec![
            r.metric.label().to_owned(),
            cell(&r.this),
            cell(&r.other),
            cell(&r.difference),
            value(r.p_value),
        ]
    });
    page.table("This model and the other", &["figure", "this", "other", "difference", "p"], rows);
}
