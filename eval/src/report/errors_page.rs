//! The records with most errors as a page with their texts, to read errors and not only count them. Unlike the report
//! it holds narratives, and says so at its top.

use std::collections::BTreeMap;

use relat_engine::{Status, Taxonomy};

use super::collect::{WorstRecord, pairs, worst};
use super::page::{Page, escape};
use crate::corpus::Record;
use crate::error::Result;
use crate::example::Example;
use crate::reading::Pair;

/// The page of the `n` worst records.
/// # Errors
/// [`crate::Error::UnknownCode`], [`crate::Error::BadLevel`].
pub fn errors_page(examples: &[Example], taxonomy: &Taxonomy, n: usize) -> Result<String> {
    let pairs = pairs(examples, taxonomy)?;
    let by_id: BTreeMap<&str, (&Record, &Pair)> = examples
        .iter()
        .zip(&pairs)
        .map(|(e, pair)| (e.reference.id.as_str(), (&e.reference, pair)))
        .collect();
    let mut page = Page::new("en", "Worst records, with their texts");
    page.raw(format_args!(
        "<div class=\"box failed\"><p><strong>This page contains narratives.</strong> Keep it where the narratives \
         themselves may be kept; do not publish it with the report.</p></div>\n\
         <p>Evidence: <mark class=\"gold\">gold only</mark>, <mark class=\"read\">shown only</mark>, \
         <mark class=\"both\">both</mark>.</p>\n"
    ));
    for record in worst(examples, &pairs, taxonomy, n) {
        if let Some(&(reference, pair)) = by_id.get(record.id.as_str()) {
            one(&mut page, &record, reference, pair, taxonomy);
        }
    }
    Ok(page.finish())
}

fn one(page: &mut Page, worst: &WorstRecord, record: &Record, pair: &Pair, taxonomy: &Taxonomy) {
    page.heading(&escape(&record.id), &format!("{}: {} errors", record.id, worst.errors));
    let levels: Vec<String> = worst.level_errors.iter().map(|(d, e)| format!("{d} {e:+}")).collect();
    let none = |codes: String| if codes.is_empty() { "–".to_owned() } else { codes };
    page.list([
        format!("missed: {}", none(worst.missed.join(", "))),
        format!("suggested without ground: {}", none(worst.invented.join(", "))),
        format!("levels, shown less gold: {}", none(levels.join(", "))),
    ]);
    page.raw(format_args!(
        "<div class=\"scroll\"><table>\n<tr><th>sentence</th><th>gold</th><th>shown</th></tr>\n"
    ));
    for (i, sentence) in record.sentences.iter().enumerate() {
        let text = record.text.get(sentence.start..sentence.end).unwrap_or_default();
        let gold = told(&pair.reference.statuses, i, taxonomy);
        let read = told(&pair.predicted.statuses, i, taxonomy);
        let text = escape(text.trim_end());
        let marked = match (gold.is_empty(), read.is_empty()) {
            (true, true) => text,
            (false, true) => format!("<mark class=\"gold\">{text}</mark>"),
            (true, false) => format!("<mark class=\"read\">{text}</mark>"),
            (false, false) => format!("<mark class=\"both\">{text}</mark>"),
        };
        page.raw(format_args!(
            "<tr><td>{marked}</td><td>{}</td><td>{}</td></tr>\n",
            escape(&gold.join(", ")),
            escape(&read.join(", "))
        ));
    }
    page.raw(format_args!("</table></div>\n"));
}

/// The needs told of at a sentence; a status other than present is named.
fn told(
    statuses: &BTreeMap<crate::reading::SentenceNeed, Status>,
    sentence: usize,
    taxonomy: &Taxonomy,
) -> Vec<String> {
    let here = statuses.range((sentence, 0)..(sentence + 1, 0));
    let name = |(&(_, need), &status): (&(usize, usize), &Status)| {
        let code = &taxonomy.needs().get(need)?.code;
        Some(match status {
            Status::Present => code.clone(),
            Status::Absent => format!("{code} (absent)"),
            Status::Past => format!("{code} (past)"),
            Status::Other => format!("{code} (other)"),
        })
    };
    here.filter_map(name).collect()
}
