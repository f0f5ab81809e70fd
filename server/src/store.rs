//! The embedded database: an append-only log of what was suggested, without any text.

use std::path::{Path, PathBuf};
use std::time::Duration;

use relat_engine::{Assessment, Language, Status, Versions};
use serde::{Deserialize, Serialize};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

/// Name of the database within the data folder.
const FILE: &str = "relat.sqlite";

/// Why the store did not answer.
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
    /// The database cannot be opened or brought to this version.
    #[error("{}: {source}", path.display())]
    Migration {
        /// The database.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: sqlx::migrate::MigrateError,
    },
    /// The database refused a statement.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// A row that is not what this version writes.
    #[error("entry {id} cannot be read: {reason}")]
    Entry {
        /// Its id.
        id: Uuid,
        /// What is wrong with it.
        reason: String,
    },
}

/// How an assessment was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// `POST /v1/assessments`.
    Api,
    /// The worker's page.
    Page,
}

/// What was suggested for a text, without the text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Id of the assessment.
    pub id: Uuid,
    /// When it was made, UTC.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// How it was asked for.
    pub source: Source,
    /// Length of the text in bytes.
    pub n_bytes: u32,
    /// Number of its sentences.
    pub n_sentences: u32,
    /// Language of most of it.
    pub language: Language,
    /// Time in the model, milliseconds.
    pub duration_ms: f64,
    /// Versions of all that made it.
    pub versions: Versions,
    /// Codes with their probabilities.
    pub findings: Findings,
    /// Codes of the warnings.
    pub warnings: Vec<String>,
}

/// The codes that were found, suggested or not.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// Needs.
    pub needs: Vec<Finding>,
    /// Demands.
    pub demands: Vec<Finding>,
    /// Actions; the probability is their ranking score.
    pub actions: Vec<Finding>,
    /// Levels of the matrix.
    pub levels: Vec<Level>,
}

/// A code that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Code of the taxonomy.
    pub code: String,
    /// Status, for needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Calibrated probability, 0 to 1.
    pub probability: f32,
    /// True above its threshold.
    pub suggested: bool,
}

/// The level of a domain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// Code of the domain.
    pub domain: String,
    /// 1 to 5; null when not assessable.
    pub level: Option<u8>,
    /// Probability that the domain can be assessed.
    pub assessable: f32,
}

impl Entry {
    /// The entry of an assessment: its codes, without offsets.
    #[must_use]
    pub fn new(at: Stamp, assessment: &Assessment) -> Self {
        let finding = |code: &String, status, probability, suggested| Finding {
            code: code.clone(),
            status,
            probability,
            suggested,
        };
        let needs = assessment.needs.iter();
        let demands = assessment.demands.iter();
        let actions = assessment.actions.iter();
        let levels = assessment.levels.iter();
        Self {
            id: at.id,
            at: at.at,
            source: at.source,
            n_bytes: u32::try_from(at.n_bytes).unwrap_or(u32::MAX),
            n_sentences: u32::try_from(assessment.sentences.len()).unwrap_or(u32::MAX),
            language: assessment.language,
            duration_ms: at.took.as_secs_f64() * 1e3,
            versions: assessment.versions.clone(),
            findings: Findings {
                needs: needs.map(|n| finding(&n.code, Some(n.status), n.probability, n.suggested)).collect(),
                demands: demands.map(|d| finding(&d.code, None, d.probability, d.suggested)).collect(),
                actions: actions.map(|a| finding(&a.code, None, a.score, a.suggested)).collect(),
                levels: levels
                    .map(|l| Level { domain: l.domain.clone(), level: l.level, assessable: l.assessable })
                    .collect(),
            },
            warnings: assessment.warnings.iter().filter_map(warning_code).collect(),
        }
    }
}

/// What is known of a request besides its assessment.
#[derive(Debug, Clone, Copy)]
pub struct Stamp {
    /// Id of the assessment.
    pub id: Uuid,
    /// When it was made.
    pub at: OffsetDateTime,
    /// How it was asked for.
    pub source: Source,
    /// Length of the text in bytes.
    pub n_bytes: usize,
    /// Time in the model.
    pub took: Duration,
}

/// The code alone: a long sentence's warning also has offsets.
fn warning_code(warning: &relat_engine::Warning) -> Option<String> {
    let value = serde_json::to_value(warning).ok()?;
    Some(value.get("code")?.as_str()?.to_owned())
}

/// A handle to the database.
#[derive(Debug, Clone)]
pub struct Store {
    pool: SqlitePool,
}

impl Store {
    /// Opens the database of a data folder, making both when they are not there.
    /// # Errors
    /// [`Error::Folder`], [`Error::Database`], [`Error::Migration`].
    pub async fn open(dir: &Path) -> Result<Self, Error> {
        std::fs::create_dir_all(dir).map_err(|source| Error::Folder { path: dir.to_owned(), source })?;
        let path = dir.join(FILE);
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5));
        let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
        let migrated = sqlx::migrate!().run(&pool).await;
        migrated.map_err(|source| Error::Migration { path, source })?;
        Ok(Self { pool })
    }

    /// Adds an entry; when this returns it is on disk.
    /// # Errors
    /// [`Error::Database`].
    pub async fn append(&self, entry: &Entry) -> Result<(), Error> {
        let at = entry.at.format(&Rfc3339).map_err(|e| bad(entry.id, &e))?;
        sqlx::query(
            "INSERT INTO assessments (id, at, source, n_bytes, n_sentences, language, duration_ms, versions, \
             findings, warnings) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(entry.id.to_string())
        .bind(at)
        .bind(word(entry.id, &entry.source)?)
        .bind(entry.n_bytes)
        .bind(entry.n_sentences)
        .bind(word(entry.id, &entry.language)?)
        .bind(entry.duration_ms)
        .bind(json(entry.id, &entry.versions)?)
        .bind(json(entry.id, &entry.findings)?)
        .bind(json(entry.id, &entry.warnings)?)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The entry with an id.
    /// # Errors
    /// [`Error::Database`], [`Error::Entry`].
    pub async fn get(&self, id: Uuid) -> Result<Option<Entry>, Error> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT at, source, n_bytes, n_sentences, language, duration_ms, versions, findings, warnings \
             FROM assessments WHERE id = ?",
        )
        .bind(id.to_string())
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| row.entry(id)).transpose()
    }

    /// Whether the database answers.
    /// # Errors
    /// [`Error::Database`].
    pub async fn check(&self) -> Result<(), Error> {
        sqlx::query("SELECT 1 FROM assessments LIMIT 1").fetch_optional(&self.pool).await?;
        Ok(())
    }

    /// Ends every connection, after what they are doing; later calls answer an error.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    at: String,
    source: String,
    n_bytes: u32,
    n_sentences: u32,
    language: String,
    duration_ms: f64,
    versions: String,
    findings: String,
    warnings: String,
}

impl Row {
    fn entry(self, id: Uuid) -> Result<Entry, Error> {
        let quoted = |word: String| serde_json::Value::String(word);
        Ok(Entry {
            id,
            at: OffsetDateTime::parse(&self.at, &Rfc3339).map_err(|e| bad(id, &e))?,
            source: serde_json::from_value(quoted(self.source)).map_err(|e| bad(id, &e))?,
            n_bytes: self.n_bytes,
            n_sentences: self.n_sentences,
            language: serde_json::from_value(quoted(self.language)).map_err(|e| bad(id, &e))?,
            duration_ms: self.duration_ms,
            versions: serde_json::from_str(&self.versions).map_err(|e| bad(id, &e))?,
            findings: serde_json::from_str(&self.findings).map_err(|e| bad(id, &e))?,
            warnings: serde_json::from_str(&self.warnings).map_err(|e| bad(id, &e))?,
        })
    }
}

fn bad(id: Uuid, reason: &dyn std::error::Error) -> Error {
    Error::Entry { id, reason: reason.to_string() }
}

fn json(id: Uuid, value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|e| bad(id, &e))
}

/// The serde name of a unit variant, without quotes.
fn word(id: Uuid, value: &impl Serialize) -> Result<String, Error> {
    Ok(json(id, value)?.trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        let versions = Versions {
            engine: "0".into(),
            model: "m".into(),
            model_sha256: "s".into(),
            taxonomy: "t".into(),
            thresholds: "h".into(),
            catalogue: "c".into(),
        };
        let need = Finding {
            code: "debt".into(),
            status: Some(Status::Past),
            probability: 0.1 + 0.2,
            suggested: false,
        };
        let level = Level { domain: "income".into(), level: Some(2), assessable: 0.75 };
        Entry {
            id: Uuid::now_v7(),
            at: OffsetDateTime::now_utc(),
            source: Source::Page,
            n_bytes: 12,
            n_sentences: 1,
            language: Language::Ca,
            duration_ms: 0.5,
            versions,
            findings: Findings { needs: vec![need], levels: vec![level], ..Findings::default() },
            warnings: vec!["very_short".into()],
        }
    }

    #[tokio::test]
    async fn an_entry_is_read_back_as_it_was_written_also_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let written = entry();
        let store = Store::open(&dir.path().join("made/on/first/start")).await.unwrap();
        store.append(&written).await.unwrap();
        assert_eq!(store.get(written.id).await.unwrap().as_ref(), Some(&written));
        assert_eq!(store.get(Uuid::now_v7()).await.unwrap(), None);
        store.close().await;
        let again = Store::open(&dir.path().join("made/on/first/start")).await.unwrap();
        assert_eq!(again.get(written.id).await.unwrap(), Some(written));
    }

    #[tokio::test]
    async fn the_log_only_grows_and_is_durable() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let written = entry();
        store.append(&written).await.unwrap();
        for statement in ["UPDATE assessments SET n_bytes = 1", "DELETE FROM assessments"] {
            assert!(
                sqlx::query(statement).execute(&store.pool).await.is_err(),
                "help: {statement} must fail"
            );
        }
        assert!(store.append(&written).await.is_err(), "help: an id is used once");
        assert_eq!(store.get(written.id).await.unwrap(), Some(written));
        let pragma = async |name: &'static str| {
            let row: (String,) = sqlx::query_as(name).fetch_one(&store.pool).await.unwrap();
            row.0
        };
        assert_eq!(pragma("SELECT journal_mode FROM pragma_journal_mode").await, "wal");
        assert_eq!(pragma("SELECT CAST(synchronous AS TEXT) FROM pragma_synchronous").await, "2");
        assert_eq!(pragma("SELECT CAST(foreign_keys AS TEXT) FROM pragma_foreign_keys").await, "1");
    }

    #[tokio::test]
    async fn a_closed_store_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        store.close().await;
        assert!(store.append(&entry()).await.is_err());
        assert!(store.check().await.is_err());
    }
}
