//! `relat model`: which bundle a running service uses.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;

use super::records::with_store;
use crate::config::Storage;
use crate::models;
use crate::store::{Chosen, fold_models};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Have the service use another bundle. It is loaded and tried first; the service changes within seconds, without
    /// dropping a request, and stays with it when it starts again.
    Use {
        /// The bundle's folder, where the service finds it.
        folder: PathBuf,
        #[command(flatten)]
        storage: Storage,
    },
    /// Go back to the bundle before.
    Rollback(Storage),
    /// Print what was chosen, and when.
    List(Storage),
}

pub(super) fn run(command: &Command) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout();
    match command {
        Command::Use { folder, storage } => {
            let folder =
                folder.canonicalize().with_context(|| format!("no bundle in {}", folder.display()))?;
            let model = models::load(None, Some(folder.clone()))?;
            let folder = folder.to_str().context("the folder's name is not UTF-8")?.to_owned();
            let (model, sha256) = (model.versions.model.clone(), model.versions.model_sha256.clone());
            let chosen = Chosen { folder, model, sha256 };
            with_store(storage, async |store| Ok(store.use_model(&chosen).await?))?;
            writeln!(out, "{} is in use within seconds", chosen.model)?;
        }
        Command::Rollback(storage) => {
            let (done, chosen) = with_store(storage, async |store| Ok(store.roll_model_back().await?))?;
            anyhow::ensure!(done, "the model of the start is in use: there is nothing to go back to");
            let name = chosen.map_or_else(|| "the model of the start".to_owned(), |chosen| chosen.model);
            writeln!(out, "{name} is in use within seconds")?;
        }
        Command::List(storage) => {
            let choices = with_store(storage, async |store| Ok(store.model_choices().await?))?;
            for c in &choices {
                writeln!(out, "{} {} {} {} {}", c.at, c.act, c.model, c.sha256, c.folder)?;
            }
            match fold_models(choices).pop() {
                Some(chosen) => writeln!(out, "in use: {} {}", chosen.model, chosen.folder)?,
                None => writeln!(out, "in use: the model of the start")?,
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
