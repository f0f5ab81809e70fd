//! The engine's language table, counted from the corpus.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use relat_engine::Language;
use relat_engine::language::{LANGUAGES, LanguageIdentifier, Weights, ngrams, settle};
use relat_eval::corpus::Record;

/// N-grams kept.
const KEPT: usize = 6000;

/// Occurrences below which an n-gram is not kept.
const FEWEST: u32 = 5;

/// Commonest words kept, a language.
const FREQUENT_WORDS: usize = 300;

/// Steps of a weight to a nat.
const STEPS: f64 = 24.0;

/// Occurrences of each n-gram, one count a language of [`LANGUAGES`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts(BTreeMap<String, [u32; 3]>);

/// Weights of n-grams, and the commonest words of each language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tables {
    /// N-grams, the most telling first.
    pub weights: Vec<(String, Weights)>,
    /// Words, the commonest first.
    pub frequent: Vec<(Language, String)>,
}

impl Counts {
    /// Counts the sentences of records, each as of its record's language.
    #[must_use]
    pub fn new<'a>(records: impl IntoIterator<Item = &'a Record>) -> Self {
        let mut counts = Self::default();
        for record in records {
            let Some(i) = LANGUAGES.iter().position(|&l| l == record.lang) else { continue };
            ngrams(&record.text, |ngram| {
                let entry = match counts.0.get_mut(ngram) {
                    Some(entry) => entry,
                    None => counts.0.entry(ngram.to_owned()).or_default(),
                };
                if let Some(n) = entry.get_mut(i) {
                    *n += 1;
                }
            });
        }
        counts
    }

    /// The counts of both.
    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        for (ngram, counts) in &other.0 {
            let entry = self.0.entry(ngram.clone()).or_default();
            for (n, m) in entry.iter_mut().zip(counts) {
                *n += m;
            }
        }
        self
    }

    /// Weights and common words. A weight is the logarithm of an n-gram's rate in a language, half an occurrence added,
    /// less the mean over the languages; the n-grams kept are those with the largest rate times spread.
    #[must_use]
    pub fn tables(&self) -> Tables {
        let kept: Vec<(&String, &[u32; 3])> =
            self.0.iter().filter(|(_, counts)| counts.iter().sum::<u32>() >= FEWEST).collect();
        let total =
            |i: usize| -> f64 { self.0.values().filter_map(|c| c.get(i)).map(|&n| f64::from(n)).sum() };
        let totals: [f64; 3] = std::array::from_fn(total);
        let smoothing = 0.5;
        let mut ranked: Vec<(f64, &String, Weights)> = kept
            .iter()
            .map(|(ngram, counts)| {
                let rates = counts.map(f64::from);
                let logs: [f64; 3] = std::array::from_fn(|i| match (rates.get(i), totals.get(i)) {
                    (Some(n), Some(total)) => ((n + smoothing) / (total + smoothing)).ln(),
                    _ => 0.0,
                });
                let mean = logs.iter().sum::<f64>() / 3.0;
                let spread = logs.iter().copied().fold(f64::MIN, f64::max)
                    - logs.iter().copied().fold(f64::MAX, f64::min);
                let rate: f64 = rates.iter().zip(totals).map(|(n, total)| n / total.max(1.0)).sum();
                (rate * spread, *ngram, logs.map(|log| quantise(log - mean)))
            })
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        let weights = ranked.into_iter().take(KEPT).map(|(_, ngram, w)| (ngram.clone(), w)).collect();
        Tables {
            weights,
            frequent: LANGUAGES.iter().enumerate().flat_map(|(i, &l)| self.common(i, l)).collect(),
        }
    }

    fn common(&self, i: usize, language: Language) -> Vec<(Language, String)> {
        let mut words: Vec<(u32, &str)> = self
            .0
            .iter()
            .filter(|(ngram, _)| ngram.len() > 2 && ngram.starts_with(' ') && ngram.ends_with(' '))
            .map(|(ngram, counts)| (counts.get(i).copied().unwrap_or_default(), ngram.trim_matches(' ')))
            .collect();
        words.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        words.into_iter().take(FREQUENT_WORDS).map(|(_, word)| (language, word.to_owned())).collect()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to the range of i8")]
fn quantise(nats: f64) -> i8 {
    (nats * STEPS).round().clamp(-127.0, 127.0) as i8
}

impl Tables {
    /// The identifier of these tables.
    #[must_use]
    pub fn identifier(&self) -> LanguageIdentifier {
        LanguageIdentifier::new(self.weights.iter().cloned(), self.frequent.iter().cloned())
    }

    /// Writes `ngrams.tsv` and `frequent_words.tsv`, as the engine reads them.
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        let mut lines = String::new();
        for (ngram, [ca, es, en]) in &self.weights {
            lines.push_str(&format!("{ngram}\t{ca}\t{es}\t{en}\n"));
        }
        std::fs::write(folder.join("ngrams.tsv"), lines)?;
        let mut lines = String::new();
        for (language, name) in LANGUAGES.iter().zip(["ca", "es", "en"]) {
            let words = self.frequent.iter().filter(|(l, _)| l == language);
            let words: Vec<&str> = words.map(|(_, word)| word.as_str()).collect();
            lines.push_str(&format!("{name}\t{}\n", words.join(" ")));
        }
        std::fs::write(folder.join("frequent_words.tsv"), lines)
    }
}

/// Sentences told right, of one language.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Accuracy {
    /// Sentences.
    pub n: u32,
    /// Told right from the sentence alone.
    pub alone: u32,
    /// Told right among the sentences of the record.
    pub in_context: u32,
    /// Said to be in no language of the table, in context.
    pub other: u32,
}

/// Accuracy by language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report(pub BTreeMap<Language, Accuracy>);

/// Tells each writer's narratives with tables counted from the other writers and from the bank. A sentence counts as of
/// its record's language, so one quoted in another language counts against the figure.
#[must_use]
pub fn leave_one_writer_out(narratives: &[Record], bank: &[Record]) -> Report {
    let bank = Counts::new(bank);
    let writers: BTreeSet<&str> = narratives.iter().map(|r| r.writer.as_str()).collect();
    let mut report = Report::default();
    for writer in writers {
        let others = narratives.iter().filter(|r| r.writer != writer);
        let identifier = bank.clone().plus(&Counts::new(others)).tables().identifier();
        for record in narratives.iter().filter(|r| r.writer == writer) {
            report.add(record, &identifier);
        }
    }
    report
}

impl Report {
    /// Adds a record told by an identifier.
    pub fn add(&mut self, record: &Record, identifier: &LanguageIdentifier) {
        let sentences = record.sentences.iter().map(|s| record.text.get(s.start..s.end).unwrap_or_default());
        let evidence: Vec<_> = sentences.map(|sentence| identifier.evidence(sentence)).collect();
        let accuracy = self.0.entry(record.lang).or_default();
        for (alone, in_context) in evidence.iter().zip(settle(&evidence)) {
            accuracy.n += 1;
            accuracy.alone += u32::from(alone.language() == record.lang);
            accuracy.in_context += u32::from(in_context == record.lang);
            accuracy.other += u32::from(in_context == Language::Other);
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<8} {:>8} {:>8} {:>10} {:>8}", "", "n", "alone", "in context", "other")?;
        let mut all = Accuracy::default();
        let row = |f: &mut fmt::Formatter<'_>, name: &str, a: &Accuracy| {
            let share = |n: u32| f64::from(n) / f64::from(a.n.max(1));
            let (alone, in_context) = (share(a.alone), share(a.in_context));
            writeln!(f, "{name:<8} {:>8} {alone:>8.4} {in_context:>10.4} {:>8}", a.n, a.other)
        };
        for (language, a) in &self.0 {
            row(f, &format!("{language:?}").to_lowercase(), a)?;
            all.n += a.n;
            all.alone += a.alone;
            all.in_context += a.in_context;
            all.other += a.other;
        }
        row(f, "overall", &all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use relat_engine::Taxonomy;
    use relat_eval::corpus::read_dir;

    fn narratives() -> Vec<Record> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora/narratives");
        read_dir(&folder, Taxonomy::shipped()).unwrap()
    }

    fn share(part: u32, whole: u32) -> f64 {
        f64::from(part) / f64::from(whole)
    }

    #[test]
    fn shipped_tables_tell_the_corpus() {
        let mut report = Report::default();
        for record in &narratives() {
            report.add(record, LanguageIdentifier::shipped());
        }
        assert_eq!(report.0.len(), LANGUAGES.len());
        for (language, a) in &report.0 {
            assert!(share(a.in_context, a.n) >= 0.98, "help: {language:?} is told badly\n{report}");
            assert!(a.in_context >= a.alone && share(a.other, a.n) < 0.005, "help: see\n{report}");
        }
    }

    #[test]
    fn a_writer_is_told_without_their_texts() {
        let few: Vec<Record> = narratives().into_iter().filter(|r| "adh".contains(&r.writer)).collect();
        let (bank, few): (Vec<_>, Vec<_>) = few.into_iter().enumerate().partition(|(i, _)| i % 4 == 0);
        let of = |records: Vec<(usize, Record)>| records.into_iter().map(|(_, r)| r).collect::<Vec<_>>();
        let report = leave_one_writer_out(&of(few), &of(bank));
        for (language, a) in &report.0 {
            assert!(share(a.alone, a.n) >= 0.95, "help: {language:?} is told badly\n{report}");
        }
    }

    #[test]
    fn tables_are_read_as_written() {
        let folder = tempfile::tempdir().unwrap();
        let tables = Counts::new(&narratives()[..200]).tables();
        tables.write(folder.path()).unwrap();
        let lines = std::fs::read_to_string(folder.path().join("ngrams.tsv")).unwrap();
        let read: Vec<(String, Weights)> = lines
            .lines()
            .map(|line| {
                let (ngram, weights) = line.split_once('\t').unwrap();
                let weights: Vec<i8> = weights.split('\t').map(|w| w.parse().unwrap()).collect();
                (ngram.to_owned(), weights.try_into().unwrap())
            })
            .collect();
        assert_eq!(read, tables.weights);
        assert!(tables.weights.len() <= KEPT && tables.frequent.len() <= FREQUENT_WORDS * LANGUAGES.len());
    }

    #[test]
    fn counts_add() {
        let records: Vec<Record> = narratives().into_iter().step_by(30).collect();
        let whole = Counts::new(&records);
        for split in 0..=records.len() {
            let (a, b) = records.split_at(split);
            assert_eq!(Counts::new(a).plus(&Counts::new(b)), whole);
            assert_eq!(Counts::new(b).plus(&Counts::new(a)), whole);
        }
    }
}
