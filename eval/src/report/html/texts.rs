//! Texts other than the records: rewritings of them, small cases, data of others.

use super::super::behaviour::{Counterfactual, Suites};
use super::super::collect::Report;
use super::super::page::{self, Page, cell, escape, value};
use super::super::svg::{self, Bar};
use crate::bootstrap::Estimate;
use crate::faithfulness::Faithfulness;
use crate::outside::OutsideReport;

/// What every figure of rewritings rests on.
const RESTS_ON: [&str; 3] = [
    "Each text is compared with its own rewriting, both read by the released model: whether its answer is right is not \
     asked, only whether it changes. A dropped code was suggested on the original and not on the rewriting.",
    "Where the model was trained on the originals it may be more at ease with them than with any rewriting; where it was \
     trained on translations as well, as its recipe says, the figures of language flatter it.",
    "Rewriting is done by rules, and rules err: a flip may be an answer to a sentence that nobody would write. How often is \
     in the table below. Texts that cannot be rewritten well are refused, so those that are may not be like the rest.",
];

impl Report {
    pub(super) fn counterfactuals(&self, page: &mut Page) {
        page.heading("counterfactuals", "Counterfactuals: the same narrative about another person");
        let all = &self.counterfactuals;
        if all.is_empty() {
            page.text("Not measured.");
            return;
        }
        page.list(RESTS_ON);
        let whole = || all.iter().filter(|c| c.is_whole());
        let bars = |of: fn(&Counterfactual) -> Estimate| -> Vec<Bar> {
            whole().map(|c| Bar { label: named(c), estimate: of(c) }).collect()
        };
        page.subheading("Flips: share of rewritings in which a suggestion changed");
        let label = "Share of rewritings in which a suggestion changed";
        page.raw(format_args!("{}", svg::intervals(label, &bars(|c| c.change.flip_rate), Some(0.0))));
        page.subheading("Dropped: share of suggestions that were lost");
        let label = "Share of suggestions that were lost";
        page.raw(format_args!("{}", svg::intervals(label, &bars(|c| c.change.dropped_rate), Some(0.0))));
        rates(page, "Rewritings, all languages", whole());
        page.raw(format_args!(
            "<details><summary>By language of the text and direction of gender</summary>\n"
        ));
        rates(page, "Rewritings by language and direction", all.iter().filter(|c| !c.is_whole()));
        page.raw(format_args!("</details>\n"));
        self.rewriting_quality(page);
        for c in all.iter().filter(|c| c.language.is_none()) {
            details(page, c);
        }
    }

    fn rewriting_quality(&self, page: &mut Page) {
        page.subheading("How often a rewriting itself is wrong");
        page.text(
            "Whole texts drawn at random and read by the author of the rules; a text counts as wrong when it has one error or \
             more. Wilson intervals.",
        );
        let rows = self.rewriting_quality.iter().map(|q| {
            let places = q.places_wrong.map_or_else(|| "not counted".to_owned(), |s| cell(&s.into()));
            let n = q.places_wrong.map_or_else(|| "–".to_owned(), |s| s.n.to_string());
            vec![
                format!("{}: {}, {}", q.kind, q.group, q.language),
                cell(&q.texts_wrong.into()),
                q.texts_wrong.n.to_string(),
                places,
                n,
            ]
        });
        let head = ["kind", "texts with an error", "texts read", "places wrong", "places read"];
        page.table("Errors of rewriting", &head, rows);
    }
}

fn rates<'a>(page: &mut Page, caption: &str, all: impl Iterator<Item = &'a Counterfactual>) {
    let rows = all.map(|c| {
        let refused: usize = c.refused.values().sum();
        let change = &c.change;
        let mut row = vec![named(c), format!("{} ({refused})", c.rewritings)];
        row.extend([change.flip_rate, change.dropped_rate, change.added_rate].map(|e| cell(&e)));
        row.push(change.dropped_rate.n.to_string());
        row
    });
    let head =
        ["kind", "rewritten (refused)", "flip rate", "dropped codes", "added codes", "codes suggested"];
    page.table(caption, &head, rows);
}

fn details(page: &mut Page, c: &Counterfactual) {
    page.raw(format_args!(
        "<details><summary>{}: codes, levels, worst examples</summary>\n",
        escape(&named(c))
    ));
    let most = |counts: &std::collections::BTreeMap<String, usize>| {
        let mut counts: Vec<_> = counts.iter().collect();
        counts.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
        let first: Vec<String> = counts.iter().take(8).map(|(code, n)| format!("{code} {n}")).collect();
        if first.is_empty() { "none".to_owned() } else { first.join(", ") }
    };
    page.text(&format!("Most often dropped: {}.", most(&c.change.dropped_codes)));
    page.text(&format!("Most often added: {}.", most(&c.change.added_codes)));
    if !c.refused.is_empty() {
        let reasons: Vec<String> = c.refused.iter().map(|(why, n)| format!("{why} {n}")).collect();
        page.text(&format!("Not rewritten: {}.", reasons.join("; ")));
    }
    let shifts = c.change.level_shift.iter().map(|(d, e)| vec![d.clone(), cell(e), e.n.to_string()]);
    page.table("Mean shift of level; below 0, a worse situation", &["domain", "shift", "n"], shifts);
    let worst = c.change.worst.iter().map(|w| {
        let shifts: Vec<String> =
            w.shifts.iter().filter(|(_, s)| **s != 0).map(|(d, s)| format!("{d} {s:+}")).collect();
        vec![w.id.clone(), w.dropped.join(", "), w.added.join(", "), shifts.join(", ")]
    });
    page.table("Worst examples, by id", &["record", "dropped", "added", "levels"], worst);
    page.raw(format_args!("</details>\n"));
}

fn named(c: &Counterfactual) -> String {
    let language = c.language.map_or_else(String::new, |l| format!(", {}", crate::language::code(l)));
    if c.group == "all" {
        format!("{}{language}", c.kind)
    } else {
        format!("{}: {}{language}", c.kind, c.group)
    }
}

pub(super) fn faithfulness(page: &mut Page, of: &Faithfulness) {
    page.heading("faithfulness", "Evidence: is it what a need is read from?");
    page.text(&format!(
        "{} texts, each suggested need in turn: the text is read again without the sentences shown as evidence, and with those \
         alone (ERASER, DeYoung et al. 2020). Comprehensiveness should be well above what taking out as many other sentences \
         does; sufficiency should be near 0. A need that stays without its evidence rests on something that was not shown.",
        of.texts
    ));
    let rows = [
        ("Comprehensiveness: probability lost without the evidence", of.comprehensiveness),
        ("The same without as many other sentences", of.random_removed),
        ("Sufficiency: probability lost on the evidence alone", of.sufficiency),
        ("Needs no longer suggested without their evidence", of.gone_without),
        ("Needs still suggested on their evidence alone", of.kept_alone),
    ];
    let row = |(name, e): (&str, Estimate)| vec![name.to_owned(), cell(&e), e.n.to_string()];
    page.table("Faithfulness", &["figure", "value", "needs suggested"], rows.map(row));
}

pub(super) fn behaviour(page: &mut Page, suites: &Suites) {
    page.heading("behaviour", "Behaviour: small cases written by hand");
    let rows = suites.rates.iter().map(|r| {
        let language = r.language.map_or("all", crate::language::code);
        vec![
            r.capability.name().to_owned(),
            language.to_owned(),
            cell(&r.passed.into()),
            r.passed.n.to_string(),
        ]
    });
    page.table("Share of cases that pass, Wilson intervals", &["capability", "language", "pass", "n"], rows);
}

pub(super) fn outside_data(page: &mut Page, outside: &OutsideReport) {
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
