//! Interviews: their narratives, what the model read in them, and what people decided.

use relat_engine::{Assessment, Language};
use serde::Serialize;
use time::{Date, OffsetDateTime};
use utoipa::ToSchema;
use uuid::Uuid;

use super::log::{from_json, from_word, insert, json, word};
use super::{Entry, Error, Store, Tx, day, id, moment, now, parse_day, stamp};
use crate::decisions::{Act, Event};
use crate::vault::Place;

/// An interview without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Interview {
    /// Its id.
    pub id: Uuid,
    /// Its case.
    pub case: Uuid,
    /// Who wrote it down.
    pub author: Uuid,
    /// The day on which it was held.
    #[schema(value_type = String, format = Date)]
    #[serde(serialize_with = "as_day")]
    pub held_on: Date,
    /// Language of most of the first text.
    #[schema(value_type = crate::schema::Language)]
    pub language: Language,
    /// Grows with every write: a write says which version it saw.
    pub version: i64,
    /// When it was closed, UTC.
    #[serde(with = "time::serde::rfc3339::option")]
    pub closed_at: Option<OffsetDateTime>,
}

fn as_day<S: serde::Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&day(*date))
}

/// A text as it was at one reading.
#[derive(Clone, PartialEq, Eq)]
pub struct Narrative {
    /// Revision, from 1.
    pub revision: i64,
    /// The text.
    pub text: String,
}

impl std::fmt::Debug for Narrative {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Narrative").field("revision", &self.revision).finish_non_exhaustive()
    }
}

/// What the model answered on a revision.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Id of the assessment in the log.
    pub id: Uuid,
    /// Revision of the text.
    pub revision: i64,
    /// The answer.
    pub assessment: Assessment,
    /// When a person first saw it, UTC.
    pub shown_at: Option<OffsetDateTime>,
}

/// Whether a write found the version that it was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// It did; this is the next one.
    Next(i64),
    /// Somebody else wrote meanwhile; this is where the interview is.
    Conflict(i64),
}

/// Events to be added.
#[derive(Debug)]
pub(crate) struct Appended<'a> {
    pub(crate) interview: Uuid,
    pub(crate) revision: i64,
    pub(crate) events: &'a [Event],
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    case_id: String,
    author_id: String,
    held_on: String,
    language: String,
    version: i64,
    closed_at: Option<String>,
}

impl TryFrom<Row> for Interview {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: id(&row.id)?,
            case: id(&row.case_id)?,
            author: id(&row.author_id)?,
            held_on: parse_day(&row.held_on)?,
            language: from_word(&row.language)?,
            version: row.version,
            closed_at: row.closed_at.as_deref().map(moment).transpose()?,
        })
    }
}

impl Store {
    /// Adds an interview, without a text yet.
    pub(crate) async fn add_interview(&self, tx: &mut Tx, interview: &Interview) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO interviews (id, case_id, author_id, held_on, language, version, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(interview.id.to_string())
        .bind(interview.case.to_string())
        .bind(interview.author.to_string())
        .bind(day(interview.held_on))
        .bind(word(&interview.language)?)
        .bind(interview.version)
        .bind(stamp(now()))
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// Adds a revision of a text, and what the model read in it.
    pub(crate) async fn add_revision(
        &self,
        tx: &mut Tx,
        (interview, narrative): (Uuid, &Narrative),
        (entry, assessment): (&Entry, &Assessment),
    ) -> Result<(), Error> {
        let row = Uuid::now_v7().to_string();
        let place = Place { table: "narratives", row: &row, field: "text_sealed" };
        sqlx::query(
            "INSERT INTO narratives (id, interview_id, revision, text_sealed, created_at) \
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(&row)
        .bind(interview.to_string())
        .bind(narrative.revision)
        .bind(self.vault.seal(place, &narrative.text)?)
        .bind(stamp(now()))
        .execute(&mut **tx)
        .await?;
        insert(tx, entry).await?;
        let row = entry.id.to_string();
        let place = Place { table: "readings", row: &row, field: "answer_sealed" };
        sqlx::query(
            "INSERT INTO readings (assessment_id, interview_id, revision, answer_sealed, created_at) \
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(&row)
        .bind(interview.to_string())
        .bind(narrative.revision)
        .bind(self.vault.seal(place, &json(assessment)?)?)
        .bind(stamp(now()))
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// An interview, wherever it is.
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub async fn interview(&self, interview: Uuid) -> Result<Option<Interview>, Error> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT id, case_id, author_id, held_on, language, version, closed_at FROM interviews WHERE id = $1",
        )
        .bind(interview.to_string())
        .fetch_optional(&self.pool)
        .await?;
        row.map(Interview::try_from).transpose()
    }

    /// The interviews of a case, oldest first.
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub async fn interviews(&self, case: Uuid) -> Result<Vec<Interview>, Error> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, case_id, author_id, held_on, language, version, closed_at FROM interviews \
             WHERE case_id = $1 ORDER BY held_on, id",
        )
        .bind(case.to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(Interview::try_from).collect()
    }

    /// The last revision of an interview's text; nothing after an erasure.
    /// # Errors
    /// [`Error::Database`], [`Error::Vault`].
    pub async fn narrative(&self, interview: Uuid) -> Result<Option<Narrative>, Error> {
        let row: Option<(String, i64, String)> = sqlx::query_as(
            "SELECT id, revision, text_sealed FROM narratives WHERE interview_id = $1 \
             ORDER BY revision DESC LIMIT 1",
        )
        .bind(interview.to_string())
        .fetch_optional(&self.pool)
        .await?;
        let Some((row, revision, sealed)) = row else { return Ok(None) };
        let place = Place { table: "narratives", row: &row, field: "text_sealed" };
        Ok(Some(Narrative { revision, text: self.vault.open(place, &sealed)? }))
    }

    /// What the model answered on each revision, oldest first.
    /// # Errors
    /// [`Error::Database`], [`Error::Row`], [`Error::Vault`].
    pub async fn readings(&self, interview: Uuid) -> Result<Vec<Reading>, Error> {
        let rows: Vec<(String, i64, String, Option<String>)> = sqlx::query_as(
            "SELECT assessment_id, revision, answer_sealed, shown_at FROM readings WHERE interview_id = $1 \
             ORDER BY revision",
        )
        .bind(interview.to_string())
        .fetch_all(&self.pool)
        .await?;
        let reading = |(row, revision, sealed, shown_at): (String, i64, String, Option<String>)| {
            let place = Place { table: "readings", row: &row, field: "answer_sealed" };
            Ok(Reading {
                id: id(&row)?,
                revision,
                assessment: from_json(&self.vault.open(place, &sealed)?)?,
                shown_at: shown_at.as_deref().map(moment).transpose()?,
            })
        };
        rows.into_iter().map(reading).collect()
    }

    /// Notes that a person sees an answer now, the first time.
    /// # Errors
    /// [`Error::Database`].
    pub async fn shown(&self, assessment: Uuid) -> Result<(), Error> {
        sqlx::query("UPDATE readings SET shown_at = $1 WHERE assessment_id = $2 AND shown_at IS NULL")
            .bind(stamp(now()))
            .bind(assessment.to_string())
            .execute(&self.writers)
            .await?;
        Ok(())
    }

    /// The log of decisions with the revision that each was made on, in order.
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub async fn decisions(&self, interview: Uuid) -> Result<Vec<(i64, Event)>, Error> {
        type Row = (i64, String, String, String, i64, String);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT seq, id, person_id, at, revision, act FROM decisions WHERE interview_id = $1 ORDER BY seq",
        )
        .bind(interview.to_string())
        .fetch_all(&self.pool)
        .await?;
        let event = |(seq, event, by, at, revision, act): Row| {
            let event = Event {
                seq: u64::try_from(seq).map_err(|e| Error::row("decisions", &e))?,
                id: id(&event)?,
                by: id(&by)?,
                at: moment(&at)?,
                act: from_json::<Act>(&act)?,
            };
            Ok((revision, event))
        };
        rows.into_iter().map(event).collect()
    }

    /// Moves an interview from the version that a write was made for. Of two writes for one version, the second is a
    /// conflict, also when both run at once: it waits here for the first.
    pub(crate) async fn advance(
        &self,
        tx: &mut Tx,
        interview: Uuid,
        expected: i64,
    ) -> Result<Version, Error> {
        let next: Option<(i64,)> = sqlx::query_as(
            "UPDATE interviews SET version = version + 1 WHERE id = $1 AND version = $2 RETURNING version",
        )
        .bind(interview.to_string())
        .bind(expected)
        .fetch_optional(&mut **tx)
        .await?;
        if let Some((next,)) = next {
            return Ok(Version::Next(next));
        }
        let (current,): (i64,) = sqlx::query_as("SELECT version FROM interviews WHERE id = $1")
            .bind(interview.to_string())
            .fetch_one(&mut **tx)
            .await?;
        Ok(Version::Conflict(current))
    }

    /// Adds events, and notes whether the interview is closed after them.
    pub(crate) async fn add_events(
        &self,
        tx: &mut Tx,
        appended: Appended<'_>,
        closed: bool,
    ) -> Result<(), Error> {
        for event in appended.events {
            sqlx::query(
                "INSERT INTO decisions (interview_id, seq, id, person_id, at, revision, act) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(appended.interview.to_string())
            .bind(i64::try_from(event.seq).map_err(|e| Error::row("decisions", &e))?)
            .bind(event.id.to_string())
            .bind(event.by.to_string())
            .bind(stamp(event.at))
            .bind(appended.revision)
            .bind(json(&event.act)?)
            .execute(&mut **tx)
            .await?;
        }
        let sql = match closed {
            true => "UPDATE interviews SET closed_at = COALESCE(closed_at, $1) WHERE id = $2",
            false => "UPDATE interviews SET closed_at = NULL WHERE $1 <> '' AND id = $2",
        };
        sqlx::query(sql).bind(stamp(now())).bind(appended.interview.to_string()).execute(&mut **tx).await?;
        Ok(())
    }
}
