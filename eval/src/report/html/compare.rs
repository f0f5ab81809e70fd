//! Another model on the same texts.

use super::super::collect::{Provenance, Run};
use super::super::compare::{Compared, ComparedRow, ComparedSection, Verdict};
use super::super::page::{Page, cell, escape, value};
use super::super::svg::{self, Bar};
use crate::bootstrap::BootstrapConfig;
use crate::share::real;

pub(super) fn comparison(page: &mut Page, compared: &Compared, run: &Run, bootstrap: &BootstrapConfig) {
    page.heading("compared", &format!("Beside {}", compared.name()));
    if run.provenance == Provenance::Seen {
        page.raw(format_args!(
            "<div class=\"box failed\"><p><strong>{}</strong></p><p>Nor do they say which of the two is better on such texts: \
             the one that remembers its records better looks better here.</p></div>\n",
            escape(run.provenance.explained())
        ));
    }
    page.text(&format!(
        "The same records and the same texts, read by both models. A difference is this model less the other, and its interval \
         is paired: both on one resample of records, cases or texts; so are the intervals of pass rates and of data of others \
         here, which elsewhere in this report are Wilson's. p is corrected by Holm's method over what is read side by side: all \
         figures over all records, one figure over all groups of a kind, over all rewritings, over the capabilities of a \
         language, over the classes of a data set. Better and worse are said where the interval leaves out 0 and p is below \
         {alpha}. With {n} resamples no p is below {least:.4}: where more than {most:.0} figures are read side by side, no \
         difference of one alone can be told.",
        alpha = value(Some(1.0 - bootstrap.confidence)),
        n = bootstrap.resamples,
        least = least(bootstrap),
        most = ((1.0 - bootstrap.confidence) / least(bootstrap)).floor(),
    ));
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

/// The smallest two-sided p-value that so many resamples can give.
fn least(bootstrap: &BootstrapConfig) -> f64 {
    2.0 / (real(bootstrap.resamples) + 1.0)
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
