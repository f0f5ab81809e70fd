//! The report as one page.

use super::collect::{Provenance, Report};
use super::page::{Page, escape};
use crate::bootstrap::Method;
use crate::gates::Outcome;

mod compare;
mod figures;
mod gates;
mod groups;
mod human;
mod texts;

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
        if let Some(of) = &self.faithfulness {
            texts::faithfulness(&mut page, of);
        }
        self.counterfactuals(&mut page);
        if let Some(suites) = &self.suites {
            texts::behaviour(&mut page, suites);
        }
        if let Some(outside) = &self.outside {
            texts::outside_data(&mut page, outside);
        }
        if let Some(decisions) = &self.human {
            human::human(&mut page, decisions);
        }
        if let Some(compared) = &self.compared {
            compare::comparison(&mut page, compared, &self.run, &self.settings.bootstrap);
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
            "Run by {} on {}. {} records by {} writers. Intervals: {:.0} %, {} bootstrap resamples of records ({}), seed {}; of \
             writers where a figure is for a new centre. Groups of fewer than {} records are not shown, nor any from which \
             they could be worked out.",
            self.run.by,
            self.run.date,
            self.summary.records,
            self.summary.new_centre.first().map_or(0, |r| r.by_writer.len()),
            b.confidence * 100.0,
            b.resamples,
            match b.method {
                Method::Percentile => "percentiles",
                Method::Bca => "bias-corrected and accelerated",
            },
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
        page.raw(format_args!("</table></div>\n"));
        page.subheading("Data cards");
        for card in &self.run.data_cards {
            page.raw(format_args!(
                "<details><summary>{}: <code>{}</code></summary>\n<pre>{}</pre></details>\n",
                escape(&card.name),
                escape(&card.path),
                escape(&card.text)
            ));
        }
    }
}
