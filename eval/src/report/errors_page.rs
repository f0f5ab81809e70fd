//! The records with most errors as a page with their texts, to read errors and not only count them; and those on which two
//! annotators differ most. Unlike the report these pages hold narratives, and say so at their top.

use std::collections::BTreeMap;

use relat_engine::{Language, Status, Taxonomy};

use super::collect::{WorstRecord, pairs, worst};
use super::page::{Page, escape};
use crate::corpus::Record;
use crate::error::Result;
use crate::example::Example;
use crate::reading::{Pair, Reading};

/// Which records are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// How many, worst first.
    pub records: usize,
    /// Only those in which this need or demand was missed or invented, or the level of this domain is off.
    pub code: Option<String>,
    /// Only those in this language.
    pub language: Option<Language>,
}

/// Around a sentence of which the two say something, and not the same.
const FRAME: &str = "style=\"outline:2px solid var(--bad)\"";

/// What the two readings of a record are called.
#[derive(Debug, Clone, Copy)]
struct Names {
    title: &'static str,
    first: &'static str,
    second: &'static str,
    missed: &'static str,
    invented: &'static str,
    levels: &'static str,
    /// What is counted: a model errs, annotators differ.
    counted: &'static str,
    /// True where the second reading has probabilities: an annotator gives none.
    probabilities: bool,
}

const MODEL: Names = Names {
    title: "Worst records, with their texts",
    first: "gold",
    second: "shown",
    missed: "missed",
    invented: "suggested without ground",
    levels: "levels, shown less gold",
    counted: "errors",
    probabilities: true,
};

const ANNOTATORS: Names = Names {
    title: "Records on which two annotators differ most, with their texts",
    first: "first",
    second: "second",
    missed: "only the first",
    invented: "only the second",
    levels: "levels, second less first",
    counted: "differences",
    probabilities: false,
};

/// The page of a model's worst records.
/// # Errors
/// [`crate::Error::UnknownCode`], [`crate::Error::BadLevel`].
pub fn errors_page(examples: &[Example], taxonomy: &Taxonomy, wanted: &Wanted) -> Result<String> {
    let pairs = pairs(examples, taxonomy)?;
    let read = examples.iter().map(|e| &e.reference).zip(&pairs).collect::<Vec<_>>();
    Ok(page_of(&read, taxonomy, wanted, &MODEL))
}

/// The page of the records on which two annotators differ most: pairs of what both read, with the first's records.
#[must_use]
pub fn differences_page(read: &[(&Record, &Pair)], taxonomy: &Taxonomy, wanted: &Wanted) -> String {
    page_of(read, taxonomy, wanted, &ANNOTATORS)
}

fn page_of(read: &[(&Record, &Pair)], taxonomy: &Taxonomy, wanted: &Wanted, names: &Names) -> String {
    let own = |record: &Record| wanted.language.is_none_or(|language| record.lang == language);
    let read: Vec<(&Record, &Pair)> = read.iter().copied().filter(|(record, _)| own(record)).collect();
    let by_id: BTreeMap<&str, (&Record, &Pair)> =
        read.iter().map(|&(record, pair)| (record.id.as_str(), (record, pair))).collect();
    let mut all = worst(&read, taxonomy, usize::MAX);
    if let Some(code) = &wanted.code {
        all.retain(|w| {
            w.missed.contains(code) || w.invented.contains(code) || w.level_errors.contains_key(code)
        });
    }
    let mut page = Page::new("en", names.title);
    page.raw(format_args!(
        "<div class=\"box failed\"><p><strong>This page contains narratives.</strong> Keep it where the narratives \
         themselves may be kept; do not publish it with the report.</p></div>\n\
         <p>A sentence that tells of a need: <mark class=\"gold\">{} only</mark>, <mark class=\"read\">{} only</mark>, \
         <mark class=\"both\">both</mark>; both with other codes <mark class=\"both\" {FRAME}>are framed</mark>.</p>\n",
        names.first, names.second
    ));
    page.text(&format!(
        "{} of {} records have {}; {} follow.",
        all.len(),
        read.len(),
        names.counted,
        all.len().min(wanted.records)
    ));
    by_code(&mut page, &all, names);
    for record in all.iter().take(wanted.records) {
        if let Some(&(reference, pair)) = by_id.get(record.id.as_str()) {
            one(&mut page, record, (reference, pair), taxonomy, names);
        }
    }
    page.finish()
}

/// How often each code is missed or invented, most often first.
fn by_code(page: &mut Page, all: &[WorstRecord], names: &Names) {
    let mut counts: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for record in all {
        for (of, codes) in [&record.missed, &record.invented].into_iter().enumerate() {
            for code in codes {
                if let Some(n) = counts.entry(code).or_default().get_mut(of) {
                    *n += 1;
                }
            }
        }
    }
    let mut rows: Vec<(&str, [usize; 2])> = counts.into_iter().collect();
    rows.sort_by_key(|(code, n)| (usize::MAX - n.iter().sum::<usize>(), *code));
    let cells = |(code, [missed, invented]): (&str, [usize; 2])| {
        vec![code.to_owned(), missed.to_string(), invented.to_string()]
    };
    page.raw(format_args!(
        "<details><summary>By code: {} in all of these records</summary>\n",
        names.counted
    ));
    page.table("Records by code", &["code", names.missed, names.invented], rows.into_iter().map(cells));
    page.raw(format_args!("</details>\n"));
}

fn one(
    page: &mut Page,
    worst: &WorstRecord,
    (record, pair): (&Record, &Pair),
    taxonomy: &Taxonomy,
    names: &Names,
) {
    page.heading(&escape(&record.id), &format!("{}: {}: {}", record.id, names.counted, worst.errors));
    let language = crate::language::code(record.lang);
    page.raw(format_args!(
        "<p class=\"soft\">{language}, writer {}, {}</p>\n",
        escape(&record.writer),
        escape(&record.style)
    ));
    let levels: Vec<String> = worst.level_errors.iter().map(|(d, e)| format!("{d} {e:+}")).collect();
    let none = |codes: String| if codes.is_empty() { "–".to_owned() } else { codes };
    let sure = |codes: &[String]| {
        let codes = codes.iter().map(|code| {
            let p = probability(&pair.predicted, code, taxonomy).filter(|_| names.probabilities);
            p.map_or_else(|| code.clone(), |p| format!("{code} ({p:.2})"))
        });
        none(codes.collect::<Vec<_>>().join(", "))
    };
    page.list([
        format!("{}: {}", names.missed, sure(&worst.missed)),
        format!("{}: {}", names.invented, sure(&worst.invented)),
        format!("{}: {}", names.levels, none(levels.join(", "))),
    ]);
    page.raw(format_args!(
        "<div class=\"scroll\"><table>\n<tr><th>sentence</th><th>{}</th><th>{}</th></tr>\n",
        names.first, names.second
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
            (false, false) if gold != read => format!("<mark class=\"both\" {FRAME}>{text}</mark>"),
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

/// The probability given to a need; `None` of a demand, and where none was given.
fn probability(of: &Reading, code: &str, taxonomy: &Taxonomy) -> Option<f64> {
    let need = taxonomy.needs().iter().position(|n| n.code == code)?;
    of.need_probability.get(&need).copied()
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
