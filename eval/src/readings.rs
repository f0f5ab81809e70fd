//! What a model made of every text that is not a record: rewritings, translations, texts without their evidence, cases of
//! suites and data of others. Reading them takes minutes and the figures seconds, so what was read is kept in a file, and two
//! models' are compared text by text. Holds ids, codes and probabilities, no text.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufReader, Write as _};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use relat_engine::{Assessment, Language};
use serde::{Deserialize, Serialize};

use crate::change::Change;
use crate::corpus::Record;
use crate::counterfactual::{self, Kind, Tried};
use crate::error;
use crate::faithfulness::{self, Erased};
use crate::outside::{self, Item, ItemResult, Mapping};
use crate::suites::{self, Case, CaseResult};
use crate::translation::{self, Translation, TranslationError};

/// The form that this version writes and reads.
const FORMAT: u32 = 1;

/// The texts of `n` records, evenly spread over all: those that are read without their evidence.
#[must_use]
pub fn evidence_texts(records: &[Record], n: usize) -> Vec<&str> {
    let every = records.len().div_ceil(n.max(1)).max(1);
    records.iter().step_by(every).take(n).map(|r| r.text.as_str()).collect()
}

/// Of how many one is read again to see whether the program is the one that read them, and how many of the texts without
/// evidence: few enough for seconds.
struct Sample {
    records: usize,
    cases: usize,
    items: usize,
    evidence: usize,
}

const SAMPLE: Sample = Sample { records: 351, cases: 31, items: 101, evidence: 2 };

/// As it would be kept: what is written alike is the same to the last bit.
fn written<T: Serialize>(what: &T) -> Result<String, ReadingsError> {
    serde_json::to_string(what)
        .map_err(|e| ReadingsError::Io { path: PathBuf::new(), source: std::io::Error::from(e) })
}

/// What became of every text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Readings {
    /// Version of this form.
    pub format: u32,
    /// What they were made from: hashes of model and data, and settings, by name.
    pub made_from: BTreeMap<String, String>,
    /// One entry a record and kind of rewriting.
    pub rewritings: Vec<Tried>,
    /// One entry a translation, with its direction.
    pub translations: Vec<(String, Change)>,
    /// One entry a text, and within it one a suggested need.
    pub erased: Vec<Vec<Erased>>,
    /// One entry a case.
    pub cases: Vec<CaseResult>,
    /// One entry a text of others; nothing for a blank one.
    pub outside: Vec<Option<ItemResult>>,
}

/// The texts.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'a> {
    /// Records, to be rewritten.
    pub records: &'a [Record],
    /// Kinds of rewriting.
    pub kinds: &'a [Kind],
    /// How many origins of names each record is given.
    pub names_per_record: usize,
    /// Translations of the records.
    pub translations: &'a [Translation],
    /// Texts that are read without their evidence.
    pub evidence: &'a [&'a str],
    /// Draws the sentences that are taken out in its place.
    pub seed: u64,
    /// Cases of suites.
    pub cases: &'a [(Language, Case)],
    /// Classes of the data of others.
    pub mapping: &'a Mapping,
    /// Data of others.
    pub items: &'a [Item],
}

/// Why kept readings cannot be used or made.
#[derive(Debug, thiserror::Error)]
pub enum ReadingsError {
    /// A file that cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's answer.
        #[source]
        source: std::io::Error,
    },
    /// A file that does not hold readings of this form.
    #[error("{}: not readings of this version (column {column}); --read-again makes them anew", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// Column, from 1.
        column: usize,
    },
    /// Readings of another model, of other data or with other settings.
    #[error("{}: made from another {what}; --read-again makes them anew", path.display())]
    Stale {
        /// The file.
        path: PathBuf,
        /// What differs.
        what: String,
    },
    /// The model's first error.
    #[error(transparent)]
    Measure(#[from] error::Error),
    /// The same, where it was asked without anything between.
    #[error(transparent)]
    Model(#[from] relat_engine::Error),
    /// Translations that do not fit the records.
    #[error(transparent)]
    Translation(#[from] TranslationError),
}

impl Readings {
    /// Reads every text with a model; `step` is told what is read next.
    /// # Errors
    /// The model's first error; [`TranslationError`] for translations of other records.
    pub fn make<F>(
        texts: &Texts<'_>,
        made_from: BTreeMap<String, String>,
        predict: F,
        step: &dyn Fn(&str),
    ) -> Result<Self, ReadingsError>
    where
        F: Fn(&str) -> relat_engine::Result<Assessment> + Sync,
    {
        step("evidence taken out and left alone");
        let erased = faithfulness::read(texts.evidence, texts.seed, &predict)?;
        step("rewritings and translations");
        let rewritings = counterfactual::read(texts.records, texts.kinds, texts.names_per_record, &predict)?;
        let translations = translation::read(texts.records, texts.translations, &predict)?;
        step("behavioural suites");
        let cases = suites::read(texts.cases, &predict)?;
        step("data annotated by others");
        let outside = outside::read(texts.mapping, texts.items, &predict)?;
        Ok(Self { format: FORMAT, made_from, rewritings, translations, erased, cases, outside })
    }

    /// Reads a sample of the texts again and says what is not as it was: no name or hash tells of a change of the program
    /// itself. `texts` are all that the readings were made of. Numbers are compared bit for bit.
    /// # Errors
    /// As [`Self::make`].
    pub fn differ<F>(&self, texts: &Texts<'_>, predict: F) -> Result<Option<&'static str>, ReadingsError>
    where
        F: Fn(&str) -> relat_engine::Result<Assessment> + Sync,
    {
        let records: Vec<Record> = texts.records.iter().step_by(SAMPLE.records).cloned().collect();
        let ids: BTreeSet<&str> = records.iter().map(|r| r.id.as_str()).collect();
        let of = |id: &str| ids.contains(id);
        let translations: Vec<Translation> =
            texts.translations.iter().filter(|t| of(&t.id)).cloned().collect();
        let cases: Vec<(Language, Case)> = texts.cases.iter().step_by(SAMPLE.cases).cloned().collect();
        let items: Vec<Item> = texts.items.iter().step_by(SAMPLE.items).cloned().collect();
        let some = Texts {
            records: &records,
            translations: &translations,
            evidence: texts.evidence.get(..SAMPLE.evidence).unwrap_or(texts.evidence),
            cases: &cases,
            items: &items,
            ..*texts
        };
        let now = Self::make(&some, BTreeMap::new(), predict, &|_| {})?;
        let rewritings: Vec<&Tried> = self.rewritings.iter().filter(|t| of(&t.id)).collect();
        let translations: Vec<&(String, Change)> =
            self.translations.iter().filter(|(_, change)| of(&change.id)).collect();
        let erased: Vec<&Vec<Erased>> = self.erased.iter().take(SAMPLE.evidence).collect();
        let cases: Vec<&CaseResult> = self.cases.iter().step_by(SAMPLE.cases).collect();
        let outside: Vec<&Option<ItemResult>> = self.outside.iter().step_by(SAMPLE.items).collect();
        let pairs = [
            ("rewritings", written(&now.rewritings), written(&rewritings)),
            ("translations", written(&now.translations), written(&translations)),
            ("texts without their evidence", written(&now.erased), written(&erased)),
            ("cases of suites", written(&now.cases), written(&cases)),
            ("data of others", written(&now.outside), written(&outside)),
        ];
        for (what, now, then) in pairs {
            if now? != then? {
                return Ok(Some(what));
            }
        }
        Ok(None)
    }

    /// Readings kept in a file, if they were made from this.
    /// # Errors
    /// As [`Self::read_file`]; [`ReadingsError::Stale`] when they were made from something else.
    pub fn read_matching(path: &Path, made_from: &BTreeMap<String, String>) -> Result<Self, ReadingsError> {
        let read = Self::read_file(path)?;
        let names = made_from.keys().chain(read.made_from.keys());
        match names.into_iter().find(|name| made_from.get(*name) != read.made_from.get(*name)) {
            Some(what) => Err(ReadingsError::Stale { path: path.to_owned(), what: what.clone() }),
            None => Ok(read),
        }
    }

    /// Readings kept in a file.
    /// # Errors
    /// [`ReadingsError::Io`], [`ReadingsError::Form`].
    pub fn read_file(path: &Path) -> Result<Self, ReadingsError> {
        let io = |source| ReadingsError::Io { path: path.to_owned(), source };
        let file = BufReader::new(std::fs::File::open(path).map_err(io)?);
        let read: Self = serde_json::from_reader(BufReader::new(GzDecoder::new(file)))
            .map_err(|e| ReadingsError::Form { path: path.to_owned(), column: e.column() })?;
        if read.format != FORMAT {
            return Err(ReadingsError::Form { path: path.to_owned(), column: 0 });
        }
        Ok(read)
    }

    /// Keeps the readings in a file, compressed; the same readings give the same bytes. The file is whole or not there: it is
    /// written beside, and then takes its name.
    /// # Errors
    /// [`ReadingsError::Io`].
    pub fn write_file(&self, path: &Path) -> Result<(), ReadingsError> {
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let write = || {
            let file = std::io::BufWriter::new(std::fs::File::create(&part)?);
            let mut zip = GzEncoder::new(file, Compression::best());
            serde_json::to_writer(&mut zip, self)?;
            zip.finish()?.flush()?;
            std::fs::rename(&part, path)
        };
        write().map_err(|source| ReadingsError::Io { path: path.to_owned(), source })
    }
}

#[cfg(test)]
mod tests {
    use relat_engine::{Status, Taxonomy};

    use super::*;
    use crate::corpus;
    use crate::testing::{Reads, keyword_model};

    const RULES: &[(&str, Reads)] = &[
        ("money", Reads::Need("debt", Status::Present)),
        ("deu", Reads::Need("debt", Status::Present)),
        ("lloguer", Reads::Need("housing_arrears", Status::Present)),
        ("alquiler", Reads::Need("housing_arrears", Status::Past)),
        ("rent", Reads::Demand("ask_food")),
        ("sola", Reads::Level("social_network", 2)),
    ];

    /// Does something with a part of every sort of text.
    fn with<T>(act: impl FnOnce(&Texts<'_>) -> T) -> T {
        let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora");
        let taxonomy = Taxonomy::shipped();
        let all = corpus::read_dir(&corpora.join("narratives"), taxonomy).unwrap();
        let records: Vec<Record> = all.into_iter().filter(|r| r.lang != Language::En).step_by(60).collect();
        let known = |t: &Translation| records.iter().any(|r| r.id == t.id);
        let translations = translation::read_file(&corpora.join("translated/ca-es.jsonl")).unwrap();
        let translations: Vec<Translation> = translations.into_iter().filter(known).collect();
        let (mapping, items) = outside::read_dir(&corpora.join("external"), taxonomy).unwrap();
        let items: Vec<Item> = items.into_iter().step_by(50).collect();
        let cases = suites::read_dir(&corpora.join("suites"), taxonomy).unwrap();
        let evidence: Vec<&str> = records.iter().map(|r| r.text.as_str()).collect();
        let texts = Texts {
            records: &records,
            kinds: &Kind::all(),
            names_per_record: 2,
            translations: &translations,
            evidence: &evidence,
            seed: 3,
            cases: &cases,
            mapping: &mapping,
            items: &items,
        };
        act(&texts)
    }

    fn made(made_from: &BTreeMap<String, String>) -> Readings {
        with(|texts| Readings::make(texts, made_from.clone(), keyword_model(RULES), &|_| {}).unwrap())
    }

    #[test]
    fn a_program_that_reads_otherwise_is_found_by_reading_a_sample_again() {
        const OTHER: &[(&str, Reads)] = &[("a", Reads::Need("debt", Status::Present))];
        with(|texts| {
            let model = keyword_model(RULES);
            let kept = Readings::make(texts, BTreeMap::new(), &model, &|_| {}).unwrap();
            assert_eq!(kept.differ(texts, &model).unwrap(), None);
            assert!(kept.differ(texts, keyword_model(OTHER)).unwrap().is_some());
            // Every part is looked at.
            type Spoil = fn(&mut Readings);
            let spoil: [(&str, Spoil); 5] = [
                ("rewritings", |r| drop(r.rewritings.remove(0))),
                ("translations", |r| r.translations.clear()),
                ("texts without their evidence", |r| r.erased.insert(0, r.erased.concat())),
                ("cases of suites", |r| drop(r.cases.remove(0))),
                ("data of others", |r| r.outside[0] = None),
            ];
            for (what, spoil) in spoil {
                let mut spoilt = kept.clone();
                spoil(&mut spoilt);
                assert_eq!(spoilt.differ(texts, &model).unwrap(), Some(what));
            }
        });
    }

    #[test]
    fn kept_readings_come_back_as_they_were_and_only_for_what_they_were_made_from() {
        let from = |model: &str| BTreeMap::from([("model".to_owned(), model.to_owned())]);
        let readings = made(&from("a"));
        assert!(readings.rewritings.iter().any(|t| t.outcome.is_ok()) && !readings.translations.is_empty());
        assert!(readings.outside.iter().flatten().any(|r| r.classes.iter().any(|c| c.hit)));
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        for name in ["one", "two"] {
            readings.write_file(&path(name)).unwrap();
        }
        let bytes = |name: &str| std::fs::read(path(name)).unwrap();
        assert_eq!(bytes("one"), bytes("two"));
        assert!(!path("one.part").exists());
        assert_eq!(Readings::read_matching(&path("one"), &from("a")).unwrap(), readings);
        let other = Readings::read_matching(&path("one"), &from("b")).unwrap_err().to_string();
        assert!(other.contains("made from another model"), "help: {other}");
        let mut more = from("a");
        more.insert("seed".to_owned(), "1".to_owned());
        let other = Readings::read_matching(&path("one"), &more).unwrap_err().to_string();
        assert!(other.contains("made from another seed"), "help: {other}");
        std::fs::write(path("two"), b"no gzip").unwrap();
        assert!(matches!(Readings::read_file(&path("two")), Err(ReadingsError::Form { .. })));
    }
}
