//! How well the engine finds the boundaries that annotators marked.

use std::collections::BTreeMap;
use std::fmt;

use relat_engine::Document;

use crate::corpus::Record;

/// How a record's sentences are set before they are segmented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variant {
    /// As in the corpus.
    AsWritten,
    /// All on one line.
    OneLine,
    /// A line each.
    LineEach,
    /// A line each, without their last full stop.
    LineEachNoStop,
    /// On one line, then broken at 72 columns.
    Wrapped,
}

impl Variant {
    /// Every variant, as written first.
    pub const ALL: [Self; 5] =
        [Self::AsWritten, Self::OneLine, Self::LineEach, Self::LineEachNoStop, Self::Wrapped];

    /// The text of a record so set and the byte where each of its sentences but the first begins.
    #[must_use]
    pub fn render(self, record: &Record) -> (String, Vec<usize>) {
        let sentences = record.sentences.iter().map(|s| record.text.get(s.start..s.end).unwrap_or_default());
        let mut text = String::with_capacity(record.text.len() + 16);
        let mut starts = Vec::with_capacity(record.sentences.len());
        for sentence in sentences {
            starts.push(text.len());
            let body = sentence.trim_end();
            match self {
                Self::AsWritten => text.push_str(sentence),
                Self::OneLine | Self::Wrapped => text.extend([body, " "]),
                Self::LineEach => text.extend([body, "\n"]),
                Self::LineEachNoStop => text.extend([body.strip_suffix('.').unwrap_or(body), "\n"]),
            }
        }
        if self == Self::Wrapped {
            text = wrap(&text, 72);
        }
        starts.remove(0);
        (text, starts)
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::AsWritten => "as written",
            Self::OneLine => "one line",
            Self::LineEach => "a line each",
            Self::LineEachNoStop => "a line each, no full stop",
            Self::Wrapped => "wrapped at 72 columns",
        })
    }
}

/// Turns the blanks nearest to a margin into line breaks; byte offsets stay.
fn wrap(text: &str, columns: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut column = 0;
    for word in text.split_inclusive(' ') {
        let len = word.trim_end().chars().count();
        if column + len > columns && out.ends_with(' ') {
            out.pop();
            out.push('\n');
            column = 0;
        }
        out.push_str(word);
        column += len + 1;
    }
    out
}

/// Boundaries found and missed. A boundary is the byte where a sentence but the first begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Boundaries that annotators marked.
    pub gold: usize,
    /// Boundaries that the engine found.
    pub found: usize,
    /// Boundaries in both.
    pub both: usize,
}

impl Counts {
    /// Counts one text; both lists ascend.
    #[must_use]
    pub fn new(gold: &[usize], found: &[usize]) -> Self {
        let both = found.iter().filter(|b| gold.binary_search(b).is_ok()).count();
        Self { gold: gold.len(), found: found.len(), both }
    }

    /// Adds another text's counts.
    pub fn add(&mut self, other: Self) {
        self.gold += other.gold;
        self.found += other.found;
        self.both += other.both;
    }

    /// Share of the found boundaries that are marked; `None` when none was found.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        ratio(self.both, self.found)
    }

    /// Share of the marked boundaries that were found; `None` when none is marked.
    #[must_use]
    pub fn recall(&self) -> Option<f64> {
        ratio(self.both, self.gold)
    }

    /// Harmonic mean of precision and recall; `None` when there is nothing to find and nothing found.
    #[must_use]
    pub fn f1(&self) -> Option<f64> {
        ratio(2 * self.both, self.gold + self.found)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of sentences are far below 2^52")]
fn ratio(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// A boundary in error, for whoever mends the rules. Holds text of a record, so only for synthetic corpora.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// Record.
    pub id: String,
    /// How its sentences were set.
    pub variant: Variant,
    /// Found where none is marked; otherwise marked and not found.
    pub spurious: bool,
    /// The characters before the boundary.
    pub before: String,
    /// The characters after it.
    pub after: String,
}

/// Counts by group, micro-averaged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Segmentation {
    /// All records as written.
    pub overall: Counts,
    /// By style, as written.
    pub by_style: BTreeMap<String, Counts>,
    /// By language, as written.
    pub by_language: BTreeMap<relat_engine::Language, Counts>,
    /// By variant, all records.
    pub by_variant: BTreeMap<Variant, Counts>,
    /// Errors in every variant.
    pub disagreements: Vec<Disagreement>,
}

/// Bytes where the engine begins sentences, but for the first.
/// # Errors
/// [`relat_engine::Error::EmptyText`].
pub fn boundaries(text: &str) -> relat_engine::Result<Vec<usize>> {
    Ok(Document::new(text)?.sentences().iter().skip(1).map(|s| s.span.start).collect())
}

/// Segments every record in every variant.
/// # Errors
/// [`relat_engine::Error::EmptyText`].
pub fn measure(records: &[Record]) -> relat_engine::Result<Segmentation> {
    let mut out = Segmentation::default();
    for record in records {
        for variant in Variant::ALL {
            let (text, gold) = variant.render(record);
            let found = boundaries(&text)?;
            let counts = Counts::new(&gold, &found);
            out.by_variant.entry(variant).or_default().add(counts);
            if variant == Variant::AsWritten {
                out.overall.add(counts);
                out.by_style.entry(record.style.clone()).or_default().add(counts);
                out.by_language.entry(record.lang).or_default().add(counts);
            }
            out.disagreements.extend(disagreements((&record.id, variant), &text, &gold, &found));
        }
    }
    Ok(out)
}

fn disagreements(
    (id, variant): (&str, Variant),
    text: &str,
    gold: &[usize],
    found: &[usize],
) -> Vec<Disagreement> {
    let excerpt = |at: usize, spurious| {
        let (before, after) = text.split_at_checked(at).unwrap_or_default();
        let from = before.char_indices().nth_back(39).map_or(0, |(i, _)| i);
        let before = before.get(from..).unwrap_or_default().to_owned();
        let after = after.chars().take(30).collect();
        Disagreement { id: id.to_owned(), variant, spurious, before, after }
    };
    let spurious = found.iter().filter(|b| gold.binary_search(b).is_err()).map(|&b| excerpt(b, true));
    let missed = gold.iter().filter(|b| found.binary_search(b).is_err()).map(|&b| excerpt(b, false));
    spurious.chain(missed).collect()
}

impl fmt::Display for Segmentation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let figure = |x: Option<f64>| x.map_or_else(|| "-".to_owned(), |x| format!("{x:.4}"));
        let row = |f: &mut fmt::Formatter<'_>, name: &str, c: &Counts| {
            let (p, r, f1) = (figure(c.precision()), figure(c.recall()), figure(c.f1()));
            writeln!(f, "{name:<28} {:>8} {p:>9} {r:>8} {f1:>8}", c.gold)
        };
        writeln!(f, "{:<28} {:>8} {:>9} {:>8} {:>8}", "", "n", "precision", "recall", "F1")?;
        for (style, counts) in &self.by_style {
            row(f, style, counts)?;
        }
        for (language, counts) in &self.by_language {
            row(f, &format!("{language:?}").to_lowercase(), counts)?;
        }
        for (variant, counts) in &self.by_variant {
            row(f, &variant.to_string(), counts)?;
        }
        row(f, "overall", &self.overall)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;
    use relat_engine::Taxonomy;

    use super::*;
    use crate::corpus;

    fn narratives() -> Vec<Record> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora/narratives");
        corpus::read_dir(&folder, Taxonomy::shipped()).unwrap()
    }

    #[test]
    fn finds_the_boundaries_that_annotators_marked() {
        let measured = measure(&narratives()).unwrap();
        assert!(measured.overall.gold > 10_000, "help: the corpus is missing\n{measured}");
        for (variant, counts) in &measured.by_variant {
            assert!(counts.f1().unwrap() >= 0.985, "help: {variant} lost boundaries\n{measured}");
        }
        for (style, counts) in &measured.by_style {
            // Some annotators keep the short sentences of a line of notes together: the engine parts them.
            let floor = if style == "telegraphic_notes" { 0.93 } else { 0.96 };
            assert!(counts.f1().unwrap() >= floor, "help: {style} lost boundaries\n{measured}");
        }
    }

    #[test]
    fn groups_sum_to_the_whole() {
        let measured = measure(&narratives()[..60]).unwrap();
        let sum = |groups: Vec<&Counts>| {
            groups.into_iter().fold(Counts::default(), |mut all, &c| {
                all.add(c);
                all
            })
        };
        assert_eq!(sum(measured.by_style.values().collect()), measured.overall);
        assert_eq!(sum(measured.by_language.values().collect()), measured.overall);
        let wrong = measured.disagreements.iter().filter(|d| d.variant == Variant::AsWritten).count();
        assert_eq!(wrong, measured.overall.gold + measured.overall.found - 2 * measured.overall.both);
    }

    #[test]
    fn variants_move_only_what_lies_between_sentences() {
        let squeeze = |text: &str| text.split_whitespace().collect::<String>();
        for record in narratives().iter().take(120) {
            for variant in [Variant::AsWritten, Variant::OneLine, Variant::LineEach, Variant::Wrapped] {
                let (text, starts) = variant.render(record);
                assert_eq!(squeeze(&text), squeeze(&record.text));
                assert_eq!(starts.len() + 1, record.sentences.len());
                for (&start, gold) in starts.iter().zip(record.sentences.iter().skip(1)) {
                    let expected = record.text.get(gold.start..).unwrap().chars().next();
                    assert_eq!(text.get(start..).unwrap().chars().next(), expected);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn counts_agree_with_sets(
            gold in proptest::collection::btree_set(0_usize..50, 0..20),
            found in proptest::collection::btree_set(0_usize..50, 0..20),
        ) {
            let list = |s: &std::collections::BTreeSet<usize>| s.iter().copied().collect::<Vec<_>>();
            let counts = Counts::new(&list(&gold), &list(&found));
            prop_assert_eq!(counts.both, gold.intersection(&found).count());
            match (counts.precision(), counts.recall(), counts.f1()) {
                (Some(p), Some(r), Some(f1)) if p + r > 0.0 => {
                    prop_assert!((f1 - 2.0 * p * r / (p + r)).abs() < 1e-12);
                }
                (_, _, None) => prop_assert!(gold.is_empty() && found.is_empty()),
                (_, _, Some(f1)) => prop_assert!(f1 == 0.0),
            }
        }
    }
}
