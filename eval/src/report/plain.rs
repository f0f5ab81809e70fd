//! The report in plain words, in Catalan, Spanish and English: what the model does well, where it errs, for whom.

use relat_engine::{Language, Taxonomy};

use super::behaviour::Counterfactual;
use super::collect::{Provenance, Report};
use super::page::{Page, escape};
use crate::bootstrap::Estimate;
use crate::gates::{JudgeBy, Outcome};
use crate::groups::Feature;
use crate::metric::Metric;
use crate::metric_frame::{FrameTable, GroupRow};
use crate::summary::CodeRow;

mod names;
mod words;

use words::{CA, EN, ES, Words};

/// A language of the plain page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlainLanguage {
    /// Catalan.
    Ca,
    /// Spanish.
    Es,
    /// English.
    En,
}

/// A need is named as recognised or missed only with at least this many in gold.
const ENOUGH: f64 = 20.0;
/// F1 from which a need is named as recognised well.
const GOOD: f64 = 0.8;
/// How many needs are named.
const NAMED: usize = 6;

impl PlainLanguage {
    /// The three languages.
    pub const ALL: [Self; 3] = [Self::Ca, Self::Es, Self::En];

    /// ISO 639-1 code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Ca => "ca",
            Self::Es => "es",
            Self::En => "en",
        }
    }

    fn words(self) -> &'static Words {
        match self {
            Self::Ca => &CA,
            Self::Es => &ES,
            Self::En => &EN,
        }
    }

    fn of_labels(self) -> Language {
        match self {
            Self::Ca => Language::Ca,
            Self::Es => Language::Es,
            Self::En => Language::En,
        }
    }
}

impl Report {
    /// The plain page in a language.
    #[must_use]
    pub fn to_plain_html(&self, language: PlainLanguage) -> String {
        let w = language.words();
        let name = format!("{} {}", self.run.model.name, self.run.model.version);
        let mut page = Page::new(language.code(), &fill(w.title, &[&name]));
        let provenance = match self.run.provenance {
            Provenance::OutOfFold => w.out_of_fold,
            Provenance::Unseen => w.unseen,
            Provenance::Seen => w.seen,
        };
        page.text(provenance);
        let (date, records) = (self.run.date.to_string(), self.summary.records.to_string());
        page.text(&fill(w.run, &[&self.run.by, &date, &records]));

        self.release(&mut page, language);
        page.heading("well", w.well);
        let best = self.needs_named(language, |a, b| f1(b).total_cmp(&f1(a)), |r| f1(r) >= GOOD);
        page.list([if best.is_empty() { w.no_best.to_owned() } else { fill(w.best, &[&best]) }]);
        page.list(self.hundred(w.levels, Metric::LevelsWithin1));

        page.heading("errs", w.errs);
        let recall = |r: &CodeRow| r.recall.value.unwrap_or(1.0);
        let weakest = self.needs_named(language, |a, b| recall(a).total_cmp(&recall(b)), |_| true);
        let lines = [
            self.found(w.found),
            self.hundred(w.alerts, Metric::AlertRecall),
            self.hundred(w.right, Metric::AlertPrecision),
            self.hundred(w.denied, Metric::NonPresentShown),
            self.hundred(w.invented, Metric::LevelsInvented),
            (!weakest.is_empty()).then(|| fill(w.weakest, &[&weakest])),
        ];
        page.list(lines.into_iter().flatten());

        page.heading("whom", w.whom);
        let groups = self.group_lines(language);
        page.list(if groups.is_empty() { vec![w.no_group.to_owned()] } else { groups });
        page.text(w.groups_caution);
        let rewritten = self.rewriting_lines(language);
        if rewritten.is_empty() {
            page.list([w.no_rewriting]);
        } else {
            page.list(rewritten);
            page.text(w.rewriting_caution);
        }

        page.list([match &self.human {
            None => w.no_human.to_owned(),
            Some(h) => fill(w.human, &[&per_hundred(&h.overall.accepted), &per_hundred(&h.overall.fast)]),
        }]);

        page.heading("not-for", w.not_for);
        page.text(w.not_decide);
        page.text(w.silence);
        page.raw(format_args!("<p><a href=\"report.html\">{}</a></p>\n", w.full));
        page.finish()
    }

    /// Whether the gates let it be released, each in words.
    fn release(&self, page: &mut Page, language: PlainLanguage) {
        let w = language.words();
        let of = |outcome: Outcome| -> Vec<&str> {
            let results = self.gates.results.iter().filter(|r| r.outcome == outcome);
            results.map(|r| names::gate(&r.gate.id, language)).collect()
        };
        let failed = of(Outcome::Failed);
        page.heading("release", w.release);
        let (class, verdict) = if self.gates.passed {
            ("passed", w.goes_on.to_owned())
        } else {
            let (all, failed) = (self.gates.results.len().to_string(), failed.len().to_string());
            ("failed", fill(w.stopped, &[&all, &failed]))
        };
        page.raw(format_args!(
            "<div class=\"box {class}\"><p><strong>{}</strong></p></div>\n",
            escape(&verdict)
        ));
        // What only fails where the data leave no doubt is not shown to hold by passing.
        let passed = |sure: bool| -> Vec<&str> {
            let passed = self.gates.results.iter().filter(|r| r.outcome == Outcome::Passed);
            let own = passed.filter(|r| (r.gate.judge_by != JudgeBy::BestEnd) == sure);
            own.map(|r| names::gate(&r.gate.id, language)).collect()
        };
        for (head, gates) in [
            (w.fails, failed),
            (w.excepted, of(Outcome::Excepted)),
            (w.holds, passed(true)),
            (w.not_disproved, passed(false)),
        ] {
            if !gates.is_empty() {
                page.text(head);
                page.list(gates);
            }
        }
    }

    /// The share of needs of all codes that are found.
    fn found(&self, sentence: &str) -> Option<String> {
        let counts: crate::metrics::classification::Counts =
            self.summary.needs.iter().map(|r| r.counts).sum();
        let share = (counts.support() > 0.0).then(|| counts.true_positives / counts.support())?;
        Some(fill(sentence, &[&format!("{:.0}", share * 100.0)]))
    }

    fn hundred(&self, sentence: &str, metric: Metric) -> Option<String> {
        let row = self.summary.overall.iter().find(|r| r.metric == metric)?;
        row.estimate.value?;
        Some(fill(sentence, &[&per_hundred(&row.estimate)]))
    }

    fn needs_named(
        &self,
        language: PlainLanguage,
        order: impl Fn(&CodeRow, &CodeRow) -> std::cmp::Ordering,
        keep: impl Fn(&CodeRow) -> bool,
    ) -> String {
        let mut rows: Vec<&CodeRow> =
            self.summary.needs.iter().filter(|r| r.counts.support() >= ENOUGH && keep(r)).collect();
        rows.sort_by(|a, b| order(a, b).then_with(|| a.code.cmp(&b.code)));
        let taxonomy = Taxonomy::shipped();
        let label = |row: &&CodeRow| {
            let need = taxonomy.need(&row.code).and_then(|i| taxonomy.needs().get(i));
            need.map_or_else(|| row.code.clone(), |n| n.labels.get(language.of_labels()).to_owned())
        };
        rows.iter().take(NAMED).map(label).collect::<Vec<_>>().join("; ")
    }

    /// What changes with who the person is: of each kind, the way in which most suggestions are lost.
    fn rewriting_lines(&self, language: PlainLanguage) -> Vec<String> {
        let lost = |c: &Counterfactual| c.change.dropped_rate.value.unwrap_or(0.0);
        let mut most: Vec<&Counterfactual> = Vec::new();
        for c in self.counterfactuals.iter().filter(|c| c.is_whole()) {
            match most.iter_mut().find(|known| known.kind == c.kind) {
                Some(known) if lost(known) < lost(c) => *known = c,
                Some(_) => {}
                None => most.push(c),
            }
        }
        let line = |c: &Counterfactual| {
            let (flips, drops) = (per_hundred(&c.change.flip_rate), per_hundred(&c.change.dropped_rate));
            fill(language.words().rewriting, &[&names::kind(&c.kind, &c.group, language), &flips, &drops])
        };
        most.into_iter().map(line).collect()
    }

    /// The groups that surely differ from all records, in three figures.
    fn group_lines(&self, language: PlainLanguage) -> Vec<String> {
        let mut lines = Vec::new();
        for metric in [Metric::NeedsMicroF1, Metric::AlertRecall, Metric::LevelsSignedError] {
            let frames = self.groups.iter().filter(|f| f.metric == metric.name());
            for table in frames.flat_map(|f| &f.tables).filter(|t| t.sensitive_features.len() == 1) {
                // Who wrote a text is nobody whom it serves: said only where a centre would be read worse.
                let writers = table.sensitive_features == [Feature::Writer];
                let worse = |r: &GroupRow| r.minus_overall.value.is_some_and(|v| v < 0.0);
                let sure = |r: &&GroupRow| r.p_holm.is_some_and(|p| p < 0.05) && (!writers || worse(r));
                lines.extend(
                    table.by_group.iter().filter(sure).filter_map(|r| line(language, metric, table, r)),
                );
            }
        }
        lines
    }
}

fn line(language: PlainLanguage, metric: Metric, table: &FrameTable, row: &GroupRow) -> Option<String> {
    let (feature, level) = (table.sensitive_features.first()?, row.levels.first()?);
    let (w, name) = (language.words(), names::group(feature.name(), level, language));
    let difference = row.minus_overall.value?;
    let above = difference > 0.0;
    let size = if metric == Metric::LevelsSignedError {
        let steps = format!("{:.1}", difference.abs());
        if language == PlainLanguage::En { steps } else { steps.replace('.', ",") }
    } else {
        format!("{:.0}", difference.abs() * 100.0)
    };
    Some(if metric == Metric::LevelsSignedError {
        fill(if above { w.under_scored } else { w.over_scored }, &[&name, &size])
    } else {
        fill(
            if above { w.group_more } else { w.group_less },
            &[&name, names::figure(metric.name(), language), &size],
        )
    })
}

fn f1(row: &CodeRow) -> f64 {
    row.f1.value.unwrap_or(0.0)
}

/// A share in hundredths with its interval.
fn per_hundred(e: &Estimate) -> String {
    let whole = |v: f64| format!("{:.0}", v * 100.0);
    match (e.value, e.low, e.high) {
        (Some(v), Some(low), Some(high)) => format!("{} ({}-{})", whole(v), whole(low), whole(high)),
        (Some(v), _, _) => whole(v),
        (None, _, _) => "–".to_owned(),
    }
}

/// A sentence with its `{}` filled in order.
fn fill(sentence: &str, values: &[&str]) -> String {
    let mut out = String::with_capacity(sentence.len() + 32);
    let mut values = values.iter();
    for (i, part) in sentence.split("{}").enumerate() {
        if i > 0 {
            out.push_str(values.next().unwrap_or(&"–"));
        }
        out.push_str(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_of_the_corpus_has_a_name() {
        let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora/narratives");
        for record in crate::corpus::read_dir(&dir, Taxonomy::shipped()).unwrap() {
            for (feature, language) in
                crate::groups::Feature::ALL.into_iter().flat_map(|f| PlainLanguage::ALL.map(|l| (f, l)))
            {
                let name = names::group(feature.name(), &feature.level(&record), language);
                assert!(!name.contains('='), "help: {name} has no name");
            }
        }
    }

    #[test]
    fn every_gate_is_said_in_words() {
        let files = [include_str!("../../gates.toml"), include_str!("../../gates_decisions.toml")];
        for gates in files.map(|file| crate::gates::Gates::parse(file).unwrap().gates) {
            for gate in gates {
                let said = PlainLanguage::ALL.map(|l| names::gate(&gate.id, l));
                assert!(said.iter().all(|s| *s != gate.id), "help: {} has no words", gate.id);
            }
        }
    }

    #[test]
    fn every_sentence_is_filled_and_values_are_not_read_as_places() {
        assert_eq!(fill("a {} b {}.", &["{}", "2"]), "a {} b 2.");
        assert_eq!(fill("none", &["1"]), "none");
        let places =
            |w: &Words| [w.run, w.stopped, w.under_scored, w.rewriting].map(|s| s.matches("{}").count());
        for language in PlainLanguage::ALL {
            assert_eq!(places(language.words()), [3, 2, 2, 3], "help: {}", language.code());
        }
    }
}
