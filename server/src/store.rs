//! The database: SQLite in a file of its own, or PostgreSQL by URL, with one set of migrations and one set of queries.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::{Any, AnyPool, AssertSqlSafe};
use time::format_description::FormatItem;
use time::macros::format_description;
use time::{Date, OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;

use crate::vault::{self, Keyring, Place};

pub mod audit;
mod backup;
mod cases;
mod erase;
mod figures;
mod guards;
mod identities;
mod interviews;
mod log;
mod models;
mod once;
mod own_views;
mod people;
mod rotate;
mod sessions;

pub use cases::{Case, Groups, Listed, Reach};
pub use erase::Erased;
pub use figures::{Counted, Span};
pub(crate) use interviews::{Appended, Version};
pub use interviews::{Interview, Narrative, Reading};
pub use log::{Entry, Finding, Findings, Level, Source, Stamp};
pub use models::{Choice, Chosen, fold as fold_models};
pub(crate) use once::Claim;
pub use once::{Answer, Write};
pub use own_views::OwnView;
pub use people::{Centre, NewPerson, Person, Role};
pub use sessions::{Key, Scope, SignIn};

/// Name of the database within the data folder.
const FILE: &str = "relat.db";

/// Name of the log that was there before the first release, and is left as it is.
const OLD_FILE: &str = "relat.sqlite";

/// Why the store did not answer. Nothing of a row's text is in it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The data folder cannot be made.
    #[error("{}: {source}: name a folder that can be written with --data DIR", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The operating system's answer.
        #[source]
        source: std::io::Error,
    },
    /// The database cannot be brought to this version.
    #[error("the database cannot be brought to this version: {0}")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// Neither a SQLite file nor PostgreSQL.
    #[error("the database's address must begin with postgres:// or postgresql://")]
    Address,
    /// The database refused a statement.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// A row that is not what this version writes.
    #[error("a row of {table} cannot be read: {reason}")]
    Row {
        /// The table.
        table: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A backup that cannot be read or written.
    #[error("the backup: {0}")]
    Backup(#[source] std::io::Error),
    /// A line that is not of a backup.
    #[error("line {line} is not of a backup of this version")]
    BackupLine {
        /// From 1.
        line: usize,
    },
    /// A backup is restored into an empty database only.
    #[error("there is something in this database already: restore into an empty one")]
    NotEmpty,
    /// The database was sealed with other keys.
    #[error("this database was sealed with a key that is not in the key file: {0}")]
    WrongKey(#[source] vault::Error),
    /// A field does not open.
    #[error(transparent)]
    Vault(#[from] vault::Error),
}

impl Error {
    pub(crate) fn row(table: &'static str, reason: &dyn std::error::Error) -> Self {
        Self::Row { table, reason: reason.to_string() }
    }

    /// True when a statement broke a rule of uniqueness: what it adds is there already.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(error)) if error.is_unique_violation())
    }
}

/// Where the database is.
#[derive(Clone)]
pub enum Location {
    /// A folder with a SQLite file in it.
    Folder(PathBuf),
    /// PostgreSQL, by URL. It may hold a password.
    Postgres(String),
}

impl std::fmt::Debug for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(path) => f.debug_tuple("Folder").field(path).finish(),
            Self::Postgres(_) => f.write_str("Postgres"),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
}

/// What is written together or not at all.
pub(crate) type Tx = sqlx::Transaction<'static, Any>;

/// A handle to the database.
#[derive(Debug, Clone)]
pub struct Store {
    /// Reads.
    pool: AnyPool,
    /// Writes, on connections of their own: one who holds a transaction can always read.
    writers: AnyPool,
    backend: Backend,
    vault: Arc<Keyring>,
}

impl Store {
    /// A key for what a person's browser keeps until it has been sent: it belongs to one of the service's keys, by
    /// default the one in use. Nothing when that key is not at hand.
    pub(crate) fn device_key(&self, person: Uuid, id: Option<&str>) -> Option<(String, [u8; 32])> {
        let id = id.unwrap_or_else(|| self.vault.current());
        let key = self.vault.derive(id, &format!("device of person {person}"))?;
        Some((id.to_owned(), key))
    }

    /// Opens the database, making it when it is not there.
    /// # Errors
    /// [`Error::Folder`], [`Error::Address`], [`Error::Database`], [`Error::Migration`], [`Error::WrongKey`].
    pub async fn open(location: &Location, vault: Arc<Keyring>) -> Result<Self, Error> {
        install_default_drivers();
        let (backend, url) = match location {
            Location::Folder(dir) => (Backend::Sqlite, sqlite_url(dir)?),
            Location::Postgres(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                (Backend::Postgres, url.clone())
            }
            Location::Postgres(_) => return Err(Error::Address),
        };
        let readers = pool(backend, 8).connect(&url);
        // SQLite has one writer at a time; here they wait in line instead of trying again.
        let writers = pool(backend, if backend == Backend::Sqlite { 1 } else { 8 });
        let (writers, pool) = (writers.connect(&url).await?, readers.await?);
        sqlx::migrate!().run(&writers).await.map_err(Error::Migration)?;
        let store = Self { pool, writers, backend, vault };
        // What writes at this moment, another service or what a killed one left behind, may hold what the guards need and
        // wait for what they hold: the database then ends one of the two, and it may be this one.
        let mut attempts = 5;
        while let Err(error) = store.set_guards().await {
            attempts -= 1;
            if attempts == 0 || !is_deadlock(&error) {
                return Err(error);
            }
        }
        store.check_key().await?;
        Ok(store)
    }

    /// Whether the database answers.
    /// # Errors
    /// [`Error::Database`].
    pub async fn check(&self) -> Result<(), Error> {
        sqlx::query("SELECT seq FROM audit_head").fetch_one(&self.pool).await?;
        Ok(())
    }

    /// How the embedded database is set: journal, synchronous, foreign keys.
    /// # Errors
    /// [`Error::Database`].
    pub async fn settings(&self) -> Result<[String; 3], Error> {
        let (journal, synchronous, foreign): (String, String, String) = sqlx::query_as(
            "SELECT journal_mode, CAST(synchronous AS TEXT), CAST(foreign_keys AS TEXT) \
             FROM pragma_journal_mode, pragma_synchronous, pragma_foreign_keys",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok([journal, synchronous, foreign])
    }

    /// Ends every connection, after what they are doing; later calls answer an error.
    pub async fn close(&self) {
        self.writers.close().await;
        self.pool.close().await;
    }

    /// Begins what is written together. SQLite is told at once that it will be written to: a reader that becomes a
    /// writer half way can only fail.
    pub(crate) async fn begin(&self) -> Result<Tx, Error> {
        let begin = match self.backend {
            Backend::Sqlite => "BEGIN IMMEDIATE",
            Backend::Postgres => "BEGIN",
        };
        Ok(self.writers.begin_with(begin).await?)
    }

    async fn set_guards(&self) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        if self.backend == Backend::Postgres {
            // Two services that start at once would replace the same functions.
            sqlx::query("SELECT seq FROM audit_head FOR UPDATE").execute(&mut *tx).await?;
        }
        sqlx::raw_sql(AssertSqlSafe(guards::statements(self.backend))).execute(&mut *tx).await?;
        Ok(tx.commit().await?)
    }

    /// A database opens only with a key that it was sealed with: found out now, not at the first narrative.
    async fn check_key(&self) -> Result<(), Error> {
        let place = Place { table: "about", row: "key", field: "value_sealed" };
        let sealed = self.vault.seal(place, "relat")?;
        sqlx::query(
            "INSERT INTO about (name, value_sealed) VALUES ('key', $1) ON CONFLICT (name) DO NOTHING",
        )
        .bind(sealed)
        .execute(&self.pool)
        .await?;
        let (sealed,): (String,) =
            sqlx::query_as("SELECT value_sealed FROM about WHERE name = 'key'").fetch_one(&self.pool).await?;
        self.vault.open(place, &sealed).map_err(Error::WrongKey)?;
        Ok(())
    }
}

/// Whether PostgreSQL ended a transaction because two waited for each other.
fn is_deadlock(error: &Error) -> bool {
    matches!(error, Error::Database(sqlx::Error::Database(e)) if e.code().as_deref() == Some("40P01"))
}

fn pool(backend: Backend, connections: u32) -> AnyPoolOptions {
    AnyPoolOptions::new().max_connections(connections).after_connect(move |connection, _| {
        Box::pin(async move {
            if backend == Backend::Sqlite {
                // FULL: a commit is on disk when it is acknowledged, also through a power cut.
                let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                                PRAGMA busy_timeout = 10000; PRAGMA secure_delete = ON;";
                sqlx::raw_sql(settings).execute(connection).await?;
            }
            Ok(())
        })
    })
}

/// The address of the file in a folder, which is made.
fn sqlite_url(dir: &Path) -> Result<String, Error> {
    let folder = |source| Error::Folder { path: dir.to_owned(), source };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(folder)?;
    let path = std::path::absolute(dir).map_err(folder)?.join(FILE);
    if dir.join(OLD_FILE).exists() && !path.exists() {
        tracing::warn!("{OLD_FILE} is the log of an earlier version; it is left as it is and not read");
    }
    let mut url = "sqlite://".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' => url.push(char::from(*byte)),
            b if b.is_ascii_alphanumeric() => url.push(char::from(*b)),
            b => url.push_str(&format!("%{b:02X}")),
        }
    }
    url.push_str("?mode=rwc");
    Ok(url)
}

const TIME: &[FormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

/// The time as the database keeps it: whole microseconds.
#[must_use]
pub fn now() -> OffsetDateTime {
    let now = OffsetDateTime::now_utc();
    now.replace_microsecond(now.microsecond()).unwrap_or(now)
}

/// A time as text; texts sort as the times do.
pub(crate) fn stamp(at: OffsetDateTime) -> String {
    at.to_offset(time::UtcOffset::UTC).format(TIME).unwrap_or_default()
}

/// The time that [`stamp`] wrote.
pub(crate) fn moment(text: &str) -> Result<OffsetDateTime, Error> {
    let at = PrimitiveDateTime::parse(text, TIME).map_err(|e| Error::row("times", &e))?;
    Ok(at.assume_utc())
}

/// How long a lock, a session or a link lasts.
pub(crate) fn after(at: OffsetDateTime, wait: Duration) -> OffsetDateTime {
    at.checked_add(time::Duration::try_from(wait).unwrap_or(time::Duration::MAX)).unwrap_or(at)
}

/// An id as a row has it.
pub(crate) fn id(text: &str) -> Result<Uuid, Error> {
    Uuid::try_parse(text).map_err(|e| Error::row("ids", &e))
}

const DAY: &[FormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// A date as text.
pub(crate) fn day(date: Date) -> String {
    date.format(DAY).unwrap_or_default()
}

/// The date that [`day`] wrote.
pub(crate) fn parse_day(text: &str) -> Result<Date, Error> {
    Date::parse(text, DAY).map_err(|e| Error::row("dates", &e))
}
