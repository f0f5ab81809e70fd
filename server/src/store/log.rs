//! The log of assessments: what was suggested, when and by which versions, without any text.

use std::time::Duration;

use relat_engine::{Assessment, Language, Status, Versions};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Error, Store, Tx, moment, stamp};

/// How an assessment was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// `POST /v1/assessments`.
    Api,
    /// The worker's page, for a text that is not kept.
    Page,
    /// An interview that is kept.
    Interview,
}

/// What was suggested for a text, without the text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
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
    #[schema(value_type = crate::schema::Language)]
    pub language: Language,
    /// Time in the model, milliseconds.
    pub duration_ms: f64,
    /// Versions of all that made it.
    #[schema(value_type = crate::schema::Versions)]
    pub versions: Versions,
    /// Codes with their probabilities. Empty for an interview: there they go with it when a person is erased.
    pub findings: Findings,
    /// Codes of the warnings.
    pub warnings: Vec<String>,
}

/// The codes that were found, suggested or not.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = LoggedFinding)]
pub struct Finding {
    /// Code of the taxonomy.
    pub code: String,
    /// Status, for needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<crate::schema::Status>)]
    pub status: Option<Status>,
    /// Calibrated probability, 0 to 1.
    pub probability: f32,
    /// True above its threshold.
    pub suggested: bool,
}

/// The level of a domain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = LoggedLevel)]
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
            findings: if at.source == Source::Interview {
                Findings::default()
            } else {
                Findings {
                    needs: needs
                        .map(|n| finding(&n.code, Some(n.status), n.probability, n.suggested))
                        .collect(),
                    demands: demands.map(|d| finding(&d.code, None, d.probability, d.suggested)).collect(),
                    actions: actions.map(|a| finding(&a.code, None, a.score, a.suggested)).collect(),
                    levels: levels
                        .map(|l| Level { domain: l.domain.clone(), level: l.level, assessable: l.assessable })
                        .collect(),
                }
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

impl Store {
    /// Adds an entry; when this returns it is on disk.
    /// # Errors
    /// [`Error::Database`].
    pub async fn append(&self, entry: &Entry) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        insert(&mut tx, entry).await?;
        Ok(tx.commit().await?)
    }

    /// The entry with an id.
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub async fn get(&self, id: Uuid) -> Result<Option<Entry>, Error> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT at, source, n_bytes, n_sentences, language, duration_ms, versions, findings, warnings \
             FROM assessments WHERE id = $1",
        )
        .bind(id.to_string())
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| row.entry(id)).transpose()
    }
}

/// Adds an entry as part of a transaction.
pub(super) async fn insert(tx: &mut Tx, entry: &Entry) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO assessments (id, at, source, n_bytes, n_sentences, language, duration_ms, versions, \
         findings, warnings) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(entry.id.to_string())
    .bind(stamp(entry.at))
    .bind(word(&entry.source)?)
    .bind(i64::from(entry.n_bytes))
    .bind(i64::from(entry.n_sentences))
    .bind(word(&entry.language)?)
    .bind(entry.duration_ms)
    .bind(json(&entry.versions)?)
    .bind(json(&entry.findings)?)
    .bind(json(&entry.warnings)?)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    at: String,
    source: String,
    n_bytes: i64,
    n_sentences: i64,
    language: String,
    duration_ms: f64,
    versions: String,
    findings: String,
    warnings: String,
}

impl Row {
    fn entry(self, id: Uuid) -> Result<Entry, Error> {
        let count = |n: i64| u32::try_from(n).map_err(|e| Error::row("assessments", &e));
        Ok(Entry {
            id,
            at: moment(&self.at)?,
            source: from_word(&self.source)?,
            n_bytes: count(self.n_bytes)?,
            n_sentences: count(self.n_sentences)?,
            language: from_word(&self.language)?,
            duration_ms: self.duration_ms,
            versions: from_json(&self.versions)?,
            findings: from_json(&self.findings)?,
            warnings: from_json(&self.warnings)?,
        })
    }
}

pub(super) fn json(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|e| Error::row("json", &e))
}

/// What serde says of a row is not passed on whole: it may quote the row.
pub(super) fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|e| Error::Row {
        table: "json",
        reason: format!("{:?} at column {}", e.classify(), e.column()),
    })
}

/// The serde name of a unit variant, without quotes.
pub(super) fn word(value: &impl Serialize) -> Result<String, Error> {
    Ok(json(value)?.trim_matches('"').to_owned())
}

pub(super) fn from_word<T: serde::de::DeserializeOwned>(word: &str) -> Result<T, Error> {
    from_json(&serde_json::Value::String(word.to_owned()).to_string())
}
