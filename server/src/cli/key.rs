//! `relat key`: the keys that narratives and names are encrypted with.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Subcommand;

use crate::config::Storage;
use crate::store::Store;
use crate::vault::Keyring;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Put a new key first in a file, which is made when it is not there. Then start the service again, and rotate.
    New {
        /// The key file.
        file: PathBuf,
    },
    /// Seal with the first key of the file everything that an older one sealed. The older ones can go afterwards, but
    /// backups from before still need them.
    Rotate(Storage),
}

pub(super) fn run(command: &Command) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout();
    match command {
        Command::New { file } => {
            let id = Keyring::add_to_file(file)?;
            writeln!(out, "{id} is the first key of {}", file.display())?;
        }
        Command::Rotate(storage) => {
            let keyring = Arc::new(storage.keyring()?);
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let sealed = runtime.block_on(async {
                let store = Store::open(&storage.location(), Arc::clone(&keyring)).await?;
                let sealed = store.rotate().await;
                store.close().await;
                sealed
            })?;
            writeln!(out, "{sealed} fields are now sealed with {}", keyring.current())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
