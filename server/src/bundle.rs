//! Where the model is, and loading it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use relat_engine::{Pipeline, Versions};

use crate::inference::Reader;

/// Bundles looked for, best first.
const NAMES: [&str; 2] = ["models/default", "models/linear"];

/// No bundle in any of the usual places.
#[derive(Debug, thiserror::Error)]
#[error(
    "no model bundle in {}: name one with --model DIR",
    .looked.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", ")
)]
pub(crate) struct NoBundle {
    looked: Vec<PathBuf>,
}

/// A loaded model.
pub(crate) struct Model {
    pub(crate) reader: Arc<Reader>,
    pub(crate) versions: Versions,
    /// Its card, as Markdown; empty for a bundle without one.
    pub(crate) card: String,
}

/// Loads the bundle that was asked for, or else the first of the usual ones.
pub(crate) fn load(asked: Option<&Path>) -> anyhow::Result<Model> {
    let dir = locate(asked)?;
    let pipeline = Pipeline::load(&dir)?;
    let versions = pipeline.versions().clone();
    let card = std::fs::read_to_string(dir.join("MODEL_CARD.md")).unwrap_or_default();
    Ok(Model { reader: Arc::new(move |text: &str| pipeline.assess(text)), versions, card })
}

/// The bundle that was asked for, or else the first of the usual ones that exists: under the working folder, beside
/// the program, and in the source tree it was built from.
pub(crate) fn locate(asked: Option<&Path>) -> Result<PathBuf, NoBundle> {
    if let Some(dir) = asked {
        return Ok(dir.to_owned());
    }
    let program = std::env::current_exe().ok();
    let roots = [
        Some(PathBuf::from(".")),
        program.as_deref().and_then(Path::parent).map(Path::to_owned),
        Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")),
    ];
    first_in(&roots.into_iter().flatten().collect::<Vec<_>>())
}

fn first_in(roots: &[PathBuf]) -> Result<PathBuf, NoBundle> {
    let looked: Vec<PathBuf> = roots.iter().flat_map(|root| NAMES.map(|name| root.join(name))).collect();
    match looked.iter().find(|dir| dir.is_dir()) {
        Some(dir) => Ok(dir.clone()),
        None => Err(NoBundle { looked }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_model_goes_before_the_linear_one_and_the_first_root_before_the_second() {
        let (near, far) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let roots = [near.path().to_owned(), far.path().to_owned()];
        let error = first_in(&roots).unwrap_err().to_string();
        assert!(error.contains("--model"), "help: the error must say what to do, and says: {error}");
        for (root, name) in [(&far, NAMES[1]), (&far, NAMES[0]), (&near, NAMES[1]), (&near, NAMES[0])] {
            let dir = root.path().join(name);
            std::fs::create_dir_all(&dir).unwrap();
            assert_eq!(first_in(&roots).unwrap(), dir);
        }
    }

    #[test]
    fn a_bundle_that_is_asked_for_is_not_looked_for() {
        assert_eq!(locate(Some(Path::new("nowhere"))).unwrap(), Path::new("nowhere"));
    }
}
