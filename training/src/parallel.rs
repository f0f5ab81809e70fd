//! Parallel text: lines of English, Spanish and Catalan, tab-separated, a language left empty where it is missing.

use std::io::Read;
use std::path::{Path, PathBuf};

/// Why a file of parallel text cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ParallelError {
    /// A file that cannot be read or decompressed.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's answer.
        #[source]
        source: std::io::Error,
    },
    /// A line with another number of columns.
    #[error("{}:{line}: {got} columns, expected {expected}", path.display())]
    Columns {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Columns wanted.
        expected: usize,
        /// Columns found.
        got: usize,
    },
    /// A table without the column that was asked for.
    #[error("{}: no column '{column}'", path.display())]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// Its name.
        column: String,
    },
}

/// One meaning in up to three languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Triple {
    /// English, or empty.
    pub en: String,
    /// Spanish.
    pub es: String,
    /// Catalan.
    pub ca: String,
}

/// The whole text of a file, decompressed if its name ends in `.zst`.
/// # Errors
/// [`ParallelError::Io`].
pub fn read_text(path: &Path) -> Result<String, ParallelError> {
    let io = |source| ParallelError::Io { path: path.to_owned(), source };
    let file = std::fs::File::open(path).map_err(io)?;
    let mut text = String::new();
    if path.extension().is_some_and(|e| e == "zst") {
        zstd::Decoder::new(file).and_then(|mut d| d.read_to_string(&mut text)).map_err(io)?;
    } else {
        std::io::BufReader::new(file).read_to_string(&mut text).map_err(io)?;
    }
    Ok(text)
}

/// Reads a training file: columns en, es, ca, without a header.
/// # Errors
/// [`ParallelError::Io`], [`ParallelError::Columns`].
pub fn read_triples(path: &Path) -> Result<Vec<Triple>, ParallelError> {
    let text = read_text(path)?;
    text.lines()
        .enumerate()
        .map(|(i, line)| {
            let columns: Vec<&str> = line.split('\t').collect();
            let [en, es, ca] = columns.as_slice() else {
                let (line, got) = (i + 1, columns.len());
                return Err(ParallelError::Columns { path: path.to_owned(), line, expected: 3, got });
            };
            Ok(Triple { en: (*en).to_owned(), es: (*es).to_owned(), ca: (*ca).to_owned() })
        })
        .collect()
}

/// Reads two columns of a held-out table, whose first line names the columns; rows with either empty are left out.
/// # Errors
/// [`ParallelError`].
pub fn read_pairs(path: &Path, from: &str, to: &str) -> Result<Vec<(String, String)>, ParallelError> {
    let text = read_text(path)?;
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let find = |column: &str| {
        header
            .iter()
            .position(|&c| c == column)
            .ok_or_else(|| ParallelError::NoColumn { path: path.to_owned(), column: column.to_owned() })
    };
    let (from, to) = (find(from)?, find(to)?);
    let mut pairs = Vec::new();
    for (i, line) in lines.enumerate() {
        let columns: Vec<&str> = line.split('\t').collect();
        let (Some(a), Some(b)) = (columns.get(from), columns.get(to)) else {
            let (line, expected, got) = (i + 2, header.len(), columns.len());
            return Err(ParallelError::Columns { path: path.to_owned(), line, expected, got });
        };
        if !a.is_empty() && !b.is_empty() {
            pairs.push(((*a).to_owned(), (*b).to_owned()));
        }
    }
    Ok(pairs)
}
