//! `relat audit`, `relat backup`, `relat restore` and `relat retention`: what is kept, from the command line.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, Subcommand};
use time::OffsetDateTime;

use crate::config::Storage;
use crate::store::audit::Head;
use crate::store::{Store, now};

#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Read the whole audit: whether a row was changed, is missing, or was cut off. Prints the head.
    Verify(Verify),
    /// Print every row, a line of JSON each.
    Export(Storage),
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    #[command(flatten)]
    storage: Storage,
    /// A head that was printed earlier and kept elsewhere: proves that nothing was cut off since.
    #[arg(long, value_name = "SEQ:HASH")]
    noted: Option<Head>,
}

#[derive(Debug, Args)]
pub(super) struct Copy {
    /// The backup. What is sealed in the database is sealed in it, with the same keys.
    file: PathBuf,
    #[command(flatten)]
    storage: Storage,
}

/// Rules of retention by class. Nothing is removed without --apply.
#[derive(Debug, Args)]
pub(super) struct Retention {
    #[command(flatten)]
    storage: Storage,
    /// Erase the person of a case without an interview for so many days.
    #[arg(long, value_name = "DAYS")]
    cases: Option<u64>,
    /// Forget the answers to writes that are older than so many days.
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    answers: u64,
    /// Do it.
    #[arg(long)]
    apply: bool,
}

/// Runs something on the database, which is closed afterwards.
pub(super) fn with_store<T>(
    storage: &Storage,
    work: impl AsyncFnOnce(&Store) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let keyring = Arc::new(storage.keyring()?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = Store::open(&storage.location(), keyring).await?;
        let result = work(&store).await;
        store.close().await;
        result
    })
}

pub(super) fn audit(command: &Audit) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout();
    match command {
        Audit::Verify(Verify { storage, noted }) => {
            let found = with_store(storage, async |store| Ok(store.verify_audit(noted.as_ref()).await?))?;
            match found {
                Ok(head) => {
                    writeln!(out, "{head}")?;
                    Ok(ExitCode::SUCCESS)
                }
                Err(finding) => anyhow::bail!("the audit is not as it was written: {finding}"),
            }
        }
        Audit::Export(storage) => {
            with_store(storage, async |store| {
                let mut last = 0;
                loop {
                    let rows = store.audit_after(last, 500).await?;
                    let Some(end) = rows.last() else { return Ok(()) };
                    last = end.seq;
                    for row in &rows {
                        writeln!(std::io::stdout(), "{}", serde_json::to_string(row)?)?;
                    }
                }
            })?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

pub(super) fn backup(copy: &Copy) -> anyhow::Result<ExitCode> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let place = || copy.file.display().to_string();
    let mut file = BufWriter::new(options.open(&copy.file).with_context(place)?);
    let rows = with_store(&copy.storage, async |store| Ok(store.backup(&mut file).await?))?;
    file.into_inner().context("the backup")?.sync_all().with_context(place)?;
    writeln!(std::io::stdout(), "{rows} rows")?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn restore(copy: &Copy) -> anyhow::Result<ExitCode> {
    let file = BufReader::new(File::open(&copy.file).with_context(|| copy.file.display().to_string())?);
    let rows = with_store(&copy.storage, async |store| Ok(store.restore(file).await?))?;
    writeln!(std::io::stdout(), "{rows} rows")?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn retention(rules: &Retention) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout();
    let word = if rules.apply { "erased" } else { "would be erased" };
    with_store(&rules.storage, async |store| {
        if let Some(days) = rules.cases {
            for case in store.cases_without_interview_since(before(days)).await? {
                writeln!(std::io::stdout(), "case {case}: {word}")?;
                if rules.apply {
                    store.erase_case(case, "system").await?;
                }
            }
        }
        let answers = store.answers_before(before(rules.answers), rules.apply).await?;
        writeln!(out, "{answers} answers to writes: {word}")?;
        store.forget_pages().await?;
        Ok(())
    })?;
    Ok(ExitCode::SUCCESS)
}

fn before(days: u64) -> OffsetDateTime {
    let wait = time::Duration::try_from(Duration::from_secs(days.saturating_mul(24 * 60 * 60)));
    now().checked_sub(wait.unwrap_or(time::Duration::MAX)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
