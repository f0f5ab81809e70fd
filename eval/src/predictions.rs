//! Assessments kept in a file, one JSON object a line, compressed where the name ends in `.gz`: what a model said of records that it had not been trained on.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use relat_engine::Assessment;
use serde::{Deserialize, Serialize};

use crate::corpus::Record;
use crate::example::Example;

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Prediction<A> {
    /// Id of the record.
    id: String,
    /// What was read in it.
    assessment: A,
}

/// Why predictions cannot be used. Holds no text of a narrative.
#[derive(Debug, thiserror::Error)]
pub enum PredictionError {
    /// A file that cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's answer.
        #[source]
        source: std::io::Error,
    },
    /// A line that is not a prediction.
    #[error("{}:{line}: not a prediction (column {column})", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// A prediction of a record that is not there.
    #[error("no record has the id '{id}': were the predictions made for another corpus?")]
    UnknownRecord {
        /// The id.
        id: String,
    },
    /// A record that is predicted twice.
    #[error("record {id} has two predictions")]
    Twice {
        /// The id.
        id: String,
    },
    /// A record without prediction.
    #[error("record {id} has no prediction")]
    Missing {
        /// The id.
        id: String,
    },
    /// A prediction whose sentences or evidence do not fit the record's text.
    #[error("the prediction for record {id} was made for another text")]
    OtherText {
        /// The id.
        id: String,
    },
}

/// Writes the predictions of some examples, in their order.
/// # Errors
/// [`PredictionError::Io`].
pub fn write(path: &Path, examples: &[Example]) -> Result<(), PredictionError> {
    let io = |source| PredictionError::Io { path: path.to_owned(), source };
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).map_err(io)?);
    if zipped(path) {
        let mut zip = GzEncoder::new(file, Compression::best());
        write_lines(&mut zip, examples).map_err(io)?;
        file = zip.finish().map_err(io)?;
    } else {
        write_lines(&mut file, examples).map_err(io)?;
    }
    file.flush().map_err(io)
}

fn write_lines(out: &mut impl Write, examples: &[Example]) -> std::io::Result<()> {
    for example in examples {
        let line = Prediction { id: example.reference.id.clone(), assessment: &example.predicted };
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Reads predictions and puts each beside its record: one for every record, in the records' order.
/// # Errors
/// [`PredictionError`]: the line that is none, or the first record whose prediction is missing, twice there or made for
/// another text.
pub fn read(path: &Path, records: &[Record]) -> Result<Vec<Example>, PredictionError> {
    let io = |source| PredictionError::Io { path: path.to_owned(), source };
    let file = std::io::BufReader::new(std::fs::File::open(path).map_err(io)?);
    let reader: Box<dyn BufRead> =
        if zipped(path) { Box::new(std::io::BufReader::new(GzDecoder::new(file))) } else { Box::new(file) };
    let mut by_id: BTreeMap<String, Assessment> = BTreeMap::new();
    for (i, line) in reader.lines().enumerate() {
        let bad = |e: serde_json::Error| PredictionError::Line {
            path: path.to_owned(),
            line: i + 1,
            column: e.column(),
        };
        let line: Prediction<Assessment> = serde_json::from_str(&line.map_err(io)?).map_err(bad)?;
        if by_id.contains_key(&line.id) {
            return Err(PredictionError::Twice { id: line.id });
        }
        by_id.insert(line.id, line.assessment);
    }
    let beside = |record: &Record| {
        let id = || record.id.clone();
        let predicted = by_id.remove(&record.id).ok_or_else(|| PredictionError::Missing { id: id() })?;
        if !fits(&predicted, &record.text) {
            return Err(PredictionError::OtherText { id: id() });
        }
        Ok(Example { reference: record.clone(), predicted })
    };
    let examples = records.iter().map(beside).collect::<Result<Vec<_>, _>>()?;
    match by_id.into_keys().next() {
        Some(id) => Err(PredictionError::UnknownRecord { id }),
        None => Ok(examples),
    }
}

/// Whether a file is, or is to be, compressed: by the end of its name.
fn zipped(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "gz")
}

/// Whether sentences end where the text ends and every piece of evidence is a piece of it.
fn fits(assessment: &Assessment, text: &str) -> bool {
    let needs = assessment.needs.iter().flat_map(|n| &n.evidence);
    let demands = assessment.demands.iter().flat_map(|d| &d.evidence);
    let levels = assessment.levels.iter().flat_map(|l| &l.evidence);
    assessment.sentences.last().is_some_and(|s| s.end == text.len())
        && needs.chain(demands).chain(levels).all(|e| text.get(e.start..e.end).is_some_and(|t| !t.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn perfect(n: usize) -> (Vec<Record>, Vec<Example>) {
        let mut records = testing::sample_records(n, 5);
        for (i, record) in records.iter_mut().enumerate() {
            record.id = format!("r{i}");
        }
        let examples = records.iter().map(|r| testing::example(r.clone(), testing::perfect(r))).collect();
        (records, examples)
    }

    #[test]
    fn predictions_round_trip_in_the_order_of_the_records() {
        let dir = tempfile::tempdir().unwrap();
        let (mut records, examples) = perfect(20);
        records.reverse();
        let mut sizes = Vec::new();
        for name in ["p.jsonl", "p.jsonl.gz"] {
            let path = dir.path().join(name);
            write(&path, &examples).unwrap();
            for (got, expected) in read(&path, &records).unwrap().iter().zip(examples.iter().rev()) {
                assert_eq!((&got.reference, &got.predicted), (&expected.reference, &expected.predicted));
            }
            sizes.push(std::fs::metadata(&path).unwrap().len());
        }
        assert!(sizes[1] < sizes[0] / 3, "help: {sizes:?}");
    }

    #[test]
    fn what_does_not_match_the_records_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("p.jsonl");
        let (records, examples) = perfect(3);
        let error = |examples: &[Example], records: &[Record]| {
            write(&path, examples).unwrap();
            read(&path, records).unwrap_err()
        };
        assert!(matches!(error(&examples[..2], &records), PredictionError::Missing { id } if id == "r2"));
        assert!(
            matches!(error(&examples, &records[1..]), PredictionError::UnknownRecord { id } if id == "r0")
        );
        let twice = [examples.clone(), examples[..1].to_vec()].concat();
        assert!(matches!(error(&twice, &records), PredictionError::Twice { id } if id == "r0"));
        let mut longer = records.clone();
        longer[1].text.push('x');
        assert!(matches!(error(&examples, &longer), PredictionError::OtherText { id } if id == "r1"));
        std::fs::write(&path, "{\"id\": \"r0\"}\n").unwrap();
        assert!(matches!(read(&path, &records).unwrap_err(), PredictionError::Line { line: 1, .. }));
    }
}
