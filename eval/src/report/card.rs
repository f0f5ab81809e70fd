//! The model card, with the front matter that the Hugging Face hub reads, from the figures of the report.

use std::fmt::Write as _;

use super::collect::Report;
use super::html::{INTENDED, OUT_OF_SCOPE};
use crate::metric::Metric;

/// Figures of the front matter, with their names on the hub.
const ON_THE_HUB: [(Metric, &str); 6] = [
    (Metric::NeedsMicroF1, "f1"),
    (Metric::NeedsMacroF1, "f1"),
    (Metric::AlertRecall, "recall"),
    (Metric::SentenceF1, "f1"),
    (Metric::DemandsMicroF1, "f1"),
    (Metric::LevelsQwk, "cohen_kappa"),
];

impl Report {
    /// The model card in Markdown: figures are the mean over writers, which is what a new centre can expect.
    #[must_use]
    pub fn to_model_card(&self) -> String {
        let model = &self.run.model;
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "---\nlicense: {}\nlanguage:\n- ca\n- es\n- en\nlibrary_name: relat\npipeline_tag: text-classification\ntags:\n\
             - social-services\n- ssm-cat\nmodel-index:\n- name: {}\n  results:\n  - task:\n      type: text-classification\n\
             \x20     name: Needs, demands and levels of intake interviews\n    dataset:\n      type: relat-narratives\n\
             \x20     name: relat narratives (synthetic)\n    metrics:\n",
            model.licence.to_lowercase(),
            quoted(&model.name)
        );
        for (metric, kind) in ON_THE_HUB {
            let row = self.summary.new_centre.iter().find(|r| r.metric == metric);
            if let Some(value) = row.and_then(|r| r.mean.value) {
                let name = quoted(metric.label());
                let _ = write!(out, "    - type: {kind}\n      name: {name}\n      value: {value:.4}\n");
            }
        }
        let _ = write!(
            out,
            "---\n\n# {} {}\n\nMade by `relat-eval report`, run by {} on {}; no figure in it was typed.\n\n{INTENDED}\n\n\
             Out of scope:\n\n",
            model.name, model.version, self.run.by, self.run.date
        );
        for line in OUT_OF_SCOPE {
            let _ = writeln!(out, "- {line}");
        }
        let _ = write!(out, "\n{}\n\n## Data\n\n", self.run.provenance.explained());
        for card in &self.run.data_cards {
            let _ = writeln!(out, "- {}: `{}`", card.name, card.path);
        }
        let _ = write!(out, "\nNot measured: {}.\n\n## Release gates\n\n", self.not_measured.join(", "));
        out.push_str(&self.gates.to_markdown());
        out.push_str("\n## Figures\n\n");
        out.push_str(&self.summary.to_markdown());
        out.push_str("\n## Made from\n\n| artefact | sha256 |\n|---|---|\n");
        for artefact in &self.run.artefacts {
            let _ = writeln!(out, "| {} | `{}` |", artefact.name, artefact.sha256);
        }
        out
    }
}

/// A YAML string in double quotes, which are JSON's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
