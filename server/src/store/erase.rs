//! Erasure of a person (GDPR Art. 17): the text, all that was derived from it, and what named the person. What stays is
//! a case without contents, and a row of the audit that says what went: the proof.

use serde::Serialize;
use serde_json::json;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::audit::{Head, Note};
use super::{Backend, Error, Store, Tx, id, now, stamp};

/// What went, and where the audit says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Erased {
    /// The case, which is empty now.
    pub case: Uuid,
    /// Interviews that went.
    pub interviews: u64,
    /// Texts that went.
    pub texts: u64,
    /// Answers of the model that went.
    pub readings: u64,
    /// Decisions that went.
    pub decisions: u64,
    /// Views in the person's own words that went.
    pub own_views: u64,
    /// The row of the audit.
    pub proof: Head,
}

/// Tables with rows of a case, those that others point to last.
const OF_A_CASE: [&str; 5] = [
    "DELETE FROM own_views WHERE case_id = $1",
    "DELETE FROM decisions WHERE interview_id IN (SELECT id FROM interviews WHERE case_id = $1)",
    "DELETE FROM readings WHERE interview_id IN (SELECT id FROM interviews WHERE case_id = $1)",
    "DELETE FROM narratives WHERE interview_id IN (SELECT id FROM interviews WHERE case_id = $1)",
    "DELETE FROM interviews WHERE case_id = $1",
];

impl Store {
    /// Erases the person of a case, as part of a transaction. [`Store::forget_pages`] belongs after it.
    pub(crate) async fn erase(&self, tx: &mut Tx, case: Uuid, actor: &str) -> Result<Erased, Error> {
        let row = case.to_string();
        // First the mark: without it the database keeps the decisions.
        sqlx::query(
            "UPDATE cases SET erased_at = COALESCE(erased_at, $1), pseudonym = 'erased-' || id, gender = NULL, \
             age_band = NULL, origin = NULL, language = NULL WHERE id = $2",
        )
        .bind(stamp(now()))
        .bind(&row)
        .execute(&mut **tx)
        .await?;
        let mut gone = [0; OF_A_CASE.len()];
        for (sql, gone) in OF_A_CASE.into_iter().zip(&mut gone) {
            *gone = sqlx::query(sql).bind(&row).execute(&mut **tx).await?.rows_affected();
        }
        sqlx::query("DELETE FROM idempotency WHERE case_id = $1").bind(&row).execute(&mut **tx).await?;
        let [own_views, decisions, readings, texts, interviews] = gone;
        let detail = json!({ "interviews": interviews, "texts": texts, "readings": readings, "decisions": decisions,
                             "own_views": own_views });
        let note = Note { actor, action: "case.erase", subject: format!("case:{case}"), detail };
        let proof = self.note_in(tx, note).await?;
        Ok(Erased { case, interviews, texts, readings, decisions, own_views, proof })
    }

    /// Has the embedded database let go of pages that an erasure freed, also in its journal.
    /// # Errors
    /// [`Error::Database`].
    pub async fn forget_pages(&self) -> Result<(), Error> {
        if self.backend == Backend::Sqlite {
            sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.writers).await?;
        }
        Ok(())
    }

    /// Cases that are not erased and have had no interview since a time, nor were made since.
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub async fn cases_without_interview_since(&self, since: OffsetDateTime) -> Result<Vec<Uuid>, Error> {
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT id FROM cases WHERE erased_at IS NULL AND created_at < $1 AND NOT EXISTS \
             (SELECT 1 FROM interviews WHERE interviews.case_id = cases.id AND interviews.created_at >= $1) \
             ORDER BY id",
        )
        .bind(stamp(since))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|(row,)| id(row)).collect()
    }

    /// Erases a case by itself.
    /// # Errors
    /// [`Error::Database`], [`Error::Vault`].
    pub async fn erase_case(&self, case: Uuid, actor: &str) -> Result<Erased, Error> {
        let mut tx = self.begin().await?;
        let erased = self.erase(&mut tx, case, actor).await?;
        tx.commit().await?;
        Ok(erased)
    }

    /// How many answers to writes are older than a time, and taken away when that is asked for.
    /// # Errors
    /// [`Error::Database`].
    pub async fn answers_before(&self, before: OffsetDateTime, remove: bool) -> Result<i64, Error> {
        let (n,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM idempotency WHERE created_at < $1")
            .bind(stamp(before))
            .fetch_one(&self.pool)
            .await?;
        if remove {
            sqlx::query("DELETE FROM idempotency WHERE created_at < $1")
                .bind(stamp(before))
                .execute(&self.writers)
                .await?;
        }
        Ok(n)
    }
}
