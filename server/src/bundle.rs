//! Where the model is, and loading it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use relat_engine::{Memory, Pipeline};

use crate::inference::{Model, Reader, Rest};

/// Bundles looked for, best first.
const NAMES: [&str; 2] = ["models/default", "models/linear"];

/// Values that a loaded model remembers of recent texts, of which there may be twice as many, at four bytes each:
/// 8 MiB at most, beside their digests.
const REMEMBERED: usize = 1 << 20;

/// No bundle in any of the usual places.
#[derive(Debug, thiserror::Error)]
#[error(
    "no model bundle in {}: name one with --model DIR",
    .looked.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", ")
)]
pub struct NoBundle {
    looked: Vec<PathBuf>,
}

/// A pipeline, read in two halves.
struct Halves(Pipeline);

impl Reader for Halves {
    fn prepare<'a>(&'a self, text: &'a str) -> relat_engine::Result<Rest<'a>> {
        let prepared = self.0.prepare(text)?;
        Ok(Box::new(move |waiting| self.0.infer(&prepared, waiting)))
    }
}

/// Loads a bundle.
/// # Errors
/// The engine's: the file and what is wrong with it.
pub fn open(dir: &Path) -> relat_engine::Result<Model> {
    let pipeline = Pipeline::load(dir)?.remembering(Memory::new(REMEMBERED));
    let versions = Arc::new(pipeline.versions().clone());
    let card = std::fs::read_to_string(dir.join("MODEL_CARD.md")).unwrap_or_default().into();
    Ok(Model { reader: Arc::new(Halves(pipeline)), versions, card })
}

/// The bundle that was asked for, or else the first of the usual ones that exists: under the working folder, beside
/// the program, and in the source tree it was built from.
/// # Errors
/// [`NoBundle`].
pub fn locate(asked: Option<&Path>) -> Result<PathBuf, NoBundle> {
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
