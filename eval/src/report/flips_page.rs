//! The rewritings that change most, as a page with their texts: a flip should be read before it is believed. Unlike the
//! report it holds narratives, and says so at its top.

use rayon::prelude::*;
use relat_engine::Assessment;

use super::page::{Page, escape};
use crate::change::Change;
use crate::corpus::Record;
use crate::counterfactual::{Kind, Rewriting, rewrite};
use crate::error::Result;

/// The page: of each kind the `n` rewritings that change most.
/// # Errors
/// The model's first error as [`crate::Error::Model`].
pub fn flips_page<F>(records: &[Record], kinds: &[Kind], n: usize, predict: F) -> Result<String>
where
    F: Fn(&str) -> relat_engine::Result<Assessment> + Sync,
{
    let mut page = Page::new("en", "Rewritings that change most, with their texts");
    page.raw(format_args!(
        "<div class=\"box failed\"><p><strong>This page contains narratives.</strong> Keep it where the narratives \
         themselves may be kept; do not publish it with the report.</p></div>\n\
         <p>Only the sentences that were rewritten are shown. Where a rewriting is wrong, its flip says nothing of the model.</p>\n"
    ));
    for &kind in kinds {
        let one = |record| -> relat_engine::Result<Option<(&Record, Rewriting, Change)>> {
            let Ok(rewriting) = rewrite(record, kind) else { return Ok(None) };
            let change = Change::between(&record.id, &predict(&record.text)?, &predict(&rewriting.text)?);
            Ok((change.severity() > 0).then_some((record, rewriting, change)))
        };
        let found: Vec<Option<_>> = records.par_iter().map(one).collect::<relat_engine::Result<_>>()?;
        let mut found: Vec<_> = found.into_iter().flatten().collect();
        found.sort_by(|(_, _, a), (_, _, b)| b.severity().cmp(&a.severity()).then_with(|| a.id.cmp(&b.id)));
        page.heading(kind.name(), &format!("{}: {}", kind.name(), kind.group()));
        page.text(&format!("{} rewritings change something.", found.len()));
        for (record, rewriting, change) in found.iter().take(n) {
            section(&mut page, record, rewriting, change);
        }
    }
    Ok(page.finish())
}

fn section(page: &mut Page, record: &Record, rewriting: &Rewriting, change: &Change) {
    let moved = change.shifts.iter().filter(|(_, shift)| **shift != 0);
    let moved: Vec<String> = moved.map(|(domain, shift)| format!("{domain} {shift:+}")).collect();
    page.subheading(&record.id);
    let lines = [("dropped", &change.dropped), ("added", &change.added), ("levels", &moved)];
    page.list(
        lines
            .iter()
            .filter(|(_, codes)| !codes.is_empty())
            .map(|(what, codes)| format!("{what}: {}", codes.join(", "))),
    );
    page.raw(format_args!("<div class=\"scroll\"><table>\n<tr><th>original</th><th>rewritten</th></tr>\n"));
    for sentence in rewriting.sentences.iter().filter(|s| s.changed) {
        page.raw(format_args!(
            "<tr><td>{}</td><td>{}</td></tr>\n",
            escape(record.text.get(sentence.original.range()).unwrap_or_default().trim_end()),
            escape(rewriting.text.get(sentence.rewritten.range()).unwrap_or_default().trim_end())
        ));
    }
    page.raw(format_args!("</table></div>\n"));
}
