//! Reading suites: `ca/*.jsonl`, `es/*.jsonl` and `en/*.jsonl` of one folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use relat_engine::{Language, Taxonomy};
use serde_json::error::Category;

use super::case::{Case, CaseProblem};

/// Why a suite cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// A file or folder that cannot be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's answer.
        #[source]
        source: std::io::Error,
    },
    /// A line that is not a good case.
    #[error("{}:{line}: {problem}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        problem: CaseProblem,
    },
}

/// Folder names and the languages of their cases.
const LANGUAGES: [(&str, Language); 3] = [("ca", Language::Ca), ("es", Language::Es), ("en", Language::En)];

/// Reads one file of cases, one JSON object a line; blank lines are passed over.
/// # Errors
/// [`SuiteError`], with the file and the line.
pub fn read_file(path: &Path, taxonomy: &Taxonomy) -> Result<Vec<Case>, SuiteError> {
    Ok(read_lines(path, taxonomy)?.into_iter().map(|(_, case)| case).collect())
}

/// Reads the `.jsonl` files of the language folders that there are, in the order of their names.
/// # Errors
/// [`SuiteError`], with the file and the line; an id that stands twice in any of the files is an error.
pub fn read_dir(dir: &Path, taxonomy: &Taxonomy) -> Result<Vec<(Language, Case)>, SuiteError> {
    let mut cases = Vec::new();
    let mut places: BTreeMap<String, String> = BTreeMap::new();
    for (name, language) in LANGUAGES {
        let folder = dir.join(name);
        if !folder.is_dir() {
            continue;
        }
        let io = |source| SuiteError::Io { path: folder.clone(), source };
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(&folder).map_err(io)? {
            let path = entry.map_err(io)?.path();
            if path.extension().is_some_and(|e| e == "jsonl") {
                paths.push(path);
            }
        }
        paths.sort();
        for path in paths {
            for (line, case) in read_lines(&path, taxonomy)? {
                let place = format!("{}:{line}", path.display());
                if let Some(first) = places.insert(case.id.clone(), place) {
                    let problem = CaseProblem::DuplicateId { id: case.id, first };
                    return Err(SuiteError::Line { path, line, problem });
                }
                cases.push((language, case));
            }
        }
    }
    Ok(cases)
}

fn read_lines(path: &Path, taxonomy: &Taxonomy) -> Result<Vec<(usize, Case)>, SuiteError> {
    let text =
        std::fs::read_to_string(path).map_err(|source| SuiteError::Io { path: path.to_owned(), source })?;
    let mut cases = Vec::new();
    for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let bad = |problem| SuiteError::Line { path: path.to_owned(), line: i + 1, problem };
        let case: Case = serde_json::from_str(line).map_err(|e| bad(json_problem(&e)))?;
        case.check(taxonomy).map_err(bad)?;
        cases.push((i + 1, case));
    }
    Ok(cases)
}

/// The kind and place of a JSON error: its message may quote the text.
fn json_problem(error: &serde_json::Error) -> CaseProblem {
    let category = match error.classify() {
        Category::Io => "io",
        Category::Syntax => "syntax",
        Category::Data => "data",
        Category::Eof => "eof",
    };
    CaseProblem::Json { category, column: error.column() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suites::{Capability, Kind};

    const GOOD: &str = concat!(
        r#"{"id":"en-negation-001","capability":"negation","kind":"mft","text":"No debts.","expect":[{"code":"debt","status":"absent"}],"forbid":["debt"]}"#,
        "\n",
        r#"{"id":"en-spelling-001","kind":"inv","text":"Owes rent.","variant":"Ows rent."}"#,
        "\n",
        r#"{"id":"en-x-001","capability":"time","kind":"dir","text":"Owes money.","variant":"Used to owe money.","drop":["debt"],"add":[]}"#,
    );

    fn load(lines: &str) -> Result<Vec<(Language, Case)>, SuiteError> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("en")).unwrap();
        std::fs::write(dir.path().join("en/a.jsonl"), lines).unwrap();
        read_dir(dir.path(), Taxonomy::shipped())
    }

    #[test]
    fn the_three_kinds_are_read() {
        let cases = load(GOOD).unwrap();
        let kinds: Vec<_> = cases.iter().map(|(l, c)| (*l, c.kind, c.capability().unwrap())).collect();
        let en = Language::En;
        assert_eq!(
            kinds,
            [
                (en, Kind::Mft, Capability::Negation),
                (en, Kind::Inv, Capability::Spelling),
                (en, Kind::Dir, Capability::Time)
            ]
        );
    }

    #[test]
    fn a_bad_line_names_file_line_and_problem_but_not_the_text() {
        type Expected = fn(&CaseProblem) -> bool;
        let cases: [(&str, &str, Expected); 8] = [
            (r#""expect":[{"code":"debt","#, r#""expect":[{"code":"dept","#, |p| {
                *p == CaseProblem::UnknownCode("dept".into())
            }),
            (r#","variant":"Ows rent.""#, "", |p| {
                *p == CaseProblem::Missing { kind: Kind::Inv, field: "variant" }
            }),
            ("Ows rent.", "Owes rent.", |p| *p == CaseProblem::SameText),
            (r#""drop":["debt"]"#, r#""drop":[]"#, |p| {
                *p == CaseProblem::Missing { kind: Kind::Dir, field: "drop or add" }
            }),
            (r#""add":[]"#, r#""add":["debt"]"#, |p| *p == CaseProblem::Contradiction("debt".into())),
            ("en-x-001", "en-negation-001", |p| matches!(p, CaseProblem::DuplicateId { .. })),
            ("en-spelling-001", "en-other-001", |p| *p == CaseProblem::NoCapability),
            (r#""kind":"inv""#, r#""kind":"Owes rent""#, |p| matches!(p, CaseProblem::Json { .. })),
        ];
        for (from, to, expected) in cases {
            let broken = GOOD.replacen(from, to, 1);
            assert_ne!(broken, GOOD, "help: the case changes nothing");
            let error = load(&broken).unwrap_err();
            let said = error.to_string();
            assert!(said.contains("a.jsonl:") && !said.contains("rent"), "{said}");
            let SuiteError::Line { problem, .. } = error else { panic!("{said}") };
            assert!(expected(&problem), "{said}");
        }
    }

    #[test]
    fn the_shipped_suites_load_and_have_forty_cases_a_capability_and_language() {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora/suites");
        let mut counts: BTreeMap<(Language, Capability), usize> = BTreeMap::new();
        for (language, case) in read_dir(&dir, Taxonomy::shipped()).unwrap_or_else(|e| panic!("{e}")) {
            *counts.entry((language, case.capability().unwrap())).or_default() += 1;
        }
        for (name, language) in LANGUAGES {
            for capability in Capability::ALL {
                let count = counts.get(&(language, capability)).copied().unwrap_or_default();
                assert!(count >= 40, "{name} {capability:?}: {count}");
            }
        }
    }
}
