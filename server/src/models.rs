//! Swapping the model of a running service: whatever the database says is in use is loaded, tried, and put in the place of
//! the last one. No request waits for it, and none is dropped.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;

use crate::bundle;
use crate::inference::{Inference, Model};
use crate::store::audit::Note;
use crate::store::{Chosen, Store, fold_models};

/// How often the database is asked.
const EVERY: Duration = Duration::from_secs(1);

/// A text that a new model reads before anybody's: what is slow or broken in it is found then.
const TRIAL: &str =
    "Fa tres mesos que no paga el lloguer. No té feina. Demana ajut per al menjador dels fills.";

/// Why a model was not taken into use.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no bundle where one is looked for.
    #[error(transparent)]
    Missing(#[from] bundle::NoBundle),
    /// It does not load, or does not read.
    #[error(transparent)]
    Engine(#[from] relat_engine::Error),
    /// The folder holds another one than was chosen.
    #[error("the bundle is not the one that was chosen: its digest is {got}, and {expected} was chosen")]
    Changed {
        /// As chosen.
        expected: String,
        /// As found.
        got: String,
    },
    /// It panicked on a plain text.
    #[error("the model panicked on a plain text")]
    Panicked,
}

/// Loads a chosen bundle, or else the one of the start, and has it read a text.
/// # Errors
/// [`Error`].
pub fn load(chosen: Option<&Chosen>, start: Option<PathBuf>) -> Result<Model, Error> {
    let folder = match chosen {
        Some(chosen) => PathBuf::from(&chosen.folder),
        None => bundle::locate(start.as_deref())?,
    };
    let model = bundle::open(&folder)?;
    if let Some(Chosen { sha256, .. }) = chosen.filter(|chosen| chosen.sha256 != model.versions.model_sha256)
    {
        let got = model.versions.model_sha256.clone();
        return Err(Error::Changed { expected: sha256.clone(), got });
    }
    let trial =
        catch_unwind(AssertUnwindSafe(|| model.reader.prepare(TRIAL).and_then(|rest| rest(&|| true))));
    trial.map_err(|_| Error::Panicked)??;
    Ok(model)
}

/// Swaps the model whenever another one is chosen, until the program ends.
pub async fn watch(store: Store, inference: Inference, start: Option<PathBuf>, mut seen: i64) {
    loop {
        tokio::time::sleep(EVERY).await;
        let Ok(n) = store.n_model_choices().await else { continue };
        if n == seen {
            continue;
        }
        let Ok(choices) = store.model_choices().await else { continue };
        seen = n;
        let (chosen, start) = (fold_models(choices).pop(), start.clone());
        let loaded = tokio::task::spawn_blocking(move || load(chosen.as_ref(), start)).await;
        let from = inference.model().versions;
        let (action, detail) = match loaded {
            Ok(Ok(model)) => {
                let to = std::sync::Arc::clone(&model.versions);
                drop(inference.swap(model));
                tracing::info!(model = to.model, sha256 = to.model_sha256, "another model is in use");
                let detail = json!({ "from": from.model, "from_sha256": from.model_sha256,
                                     "to": to.model, "to_sha256": to.model_sha256 });
                ("model.swap", detail)
            }
            Ok(Err(error)) => {
                tracing::error!(cause = %error, "the chosen model is not taken into use; the last one goes on");
                ("model.swap.failed", json!({ "kept": from.model, "kept_sha256": from.model_sha256 }))
            }
            Err(_) => continue,
        };
        let note = Note { actor: "system", action, subject: "model".to_owned(), detail };
        if let Err(error) = store.note(note).await {
            tracing::error!(cause = %error, "a swap of models is not on record");
        }
    }
}
