//! Another model on the same texts.

use super::super::compare::{Compared, ComparedRow, ComparedSection, Verdict};
use super::super::page::{Page, cell, escape, value};
use super::super::svg::{self, Bar};

pub(super) fn comparison(page: &mut Page, compared: &Compared) {
    page.heading("compared", &format!("Beside {}", compared.name()));
    page.text(
        "The same records and the same texts, read by both models. A difference is this model less the other, and its interval \
         is paired: both on one resample of records, cases or texts. Better and worse are said where the interval leaves out 0. \
         p is corrected by Holm's method for the figures of its table.",
    );
    for (i, section) in compared.sections.iter().enumerate() {
        let count = |verdict: Verdict| section.rows.iter().filter(|r| r.verdict == verdict).count();
        let summary = format!(
            "{}: {} figures, {} better, {} worse",
            section.name,
            section.rows.len(),
            count(Verdict::Better),
            count(Verdict::Worse)
        );
        if i == 0 {
            page.subheading(&summary);
            let bar = |r: &ComparedRow| Bar { label: r.figure.clone(), estimate: r.difference };
            let bars: Vec<Bar> = section.rows.iter().map(bar).collect();
            page.raw(format_args!("{}", svg::intervals("This model less the other", &bars, Some(0.0))));
            table(page, section);
        } else {
            page.raw(format_args!("<details><summary>{}</summary>\n", escape(&summary)));
            table(page, section);
            page.raw(format_args!("</details>\n"));
        }
    }
}

fn table(page: &mut Page, section: &ComparedSection) {
    let rows = section.rows.iter().map(|r| {
        let verdict = match r.verdict {
            Verdict::Better => "better",
            Verdict::Worse => "worse",
            Verdict::NotTold => "–",
        };
        vec![
            r.figure.clone(),
            cell(&r.this),
            cell(&r.other),
            cell(&r.difference),
            value(r.p_holm),
            r.difference.n.to_string(),
            verdict.to_owned(),
        ]
    });
    let head = ["figure", "this", "other", "difference", "p", "n", "this is"];
    page.table(&format!("This model and the other: {}", section.name), &head, rows);
}
