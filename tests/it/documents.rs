//! The project's own documents stay true.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What stands between back-quotes and looks like a path of the project.
fn quoted_paths(text: &str) -> Vec<&str> {
    let rooms =
        ["engine/", "eval/", "training/", "server/", "models/", "corpora/", "tests/", "docs/", ".ci/"];
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter(|q| rooms.iter().any(|r| q.starts_with(r)) && !q.contains(' '))
        .collect()
}

#[test]
fn every_path_in_the_documents_exists() {
    let mut found = 0;
    for name in ["ARCHITECTURE.md", "README.md", "CONTRIBUTING.md", "corpora/README.md"] {
        let text = std::fs::read_to_string(root().join(name)).unwrap();
        for path in quoted_paths(&text) {
            found += 1;
            let path = path.split('*').next().unwrap_or(path);
            assert!(root().join(path).exists(), "{name}: {path} does not exist");
        }
        for target in text.split("](").skip(1).filter_map(|t| t.split(')').next()) {
            if !target.contains("://") {
                let beside =
                    root().join(name).parent().unwrap().join(target.split('#').next().unwrap_or(target));
                assert!(beside.exists(), "{name} links to {target}, which does not exist");
            }
        }
    }
    assert!(found > 20, "help: the documents name paths between back-quotes");
}

#[test]
fn the_figures_of_the_readme_are_those_of_the_card() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let card = std::fs::read_to_string(root().join("models/default/MODEL_CARD.md")).unwrap();
    let after = readme.split("<!-- figures of models/default/MODEL_CARD.md").nth(1).unwrap();
    let rows: Vec<&str> =
        after.lines().skip_while(|l| !l.starts_with('|')).take_while(|l| l.starts_with('|')).collect();
    assert!(rows.len() > 5);
    for row in rows {
        assert!(card.lines().any(|l| l == row), "help: not in the card: {row}");
    }
}
