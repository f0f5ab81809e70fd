//! Writes that are done once, however often they are asked for.

use uuid::Uuid;

use super::{Backend, Error, Store, Tx, now, stamp};
use crate::vault::Place;

/// A write as it was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Write<'a> {
    /// Whose it is: nobody gets another's answers.
    pub actor: &'a str,
    /// The key that the caller chose for it.
    pub key: &'a str,
    /// Method, path and body: a key stands for one request only.
    pub request: &'a [&'a [u8]],
}

impl Write<'_> {
    fn id(&self) -> String {
        format!("{} {}", self.actor, self.key)
    }
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// JSON.
    pub body: String,
}

/// Whether a write is the first of its key.
#[derive(Debug)]
pub(crate) enum Claim {
    /// It is: what it does goes into this transaction.
    First(Tx),
    /// It was done: this was the answer.
    Repeated(Answer),
    /// The key stands for another request.
    Reused,
}

impl Store {
    /// Begins a write. A second one with its key waits for the first and gets its answer.
    pub(crate) async fn claim(&self, write: &Write<'_>) -> Result<Claim, Error> {
        let id = write.id();
        let mut tx = self.begin().await?;
        if self.backend == Backend::Postgres {
            // SQLite has one writer at a time; here the second one of a key has to be told to wait.
            sqlx::query("SELECT 1 FROM (SELECT pg_advisory_xact_lock(hashtextextended($1, 0))) AS waited")
                .bind(&id)
                .execute(&mut *tx)
                .await?;
        }
        let row: Option<(String, i64, String)> =
            sqlx::query_as("SELECT fingerprint, status, answer_sealed FROM idempotency WHERE id = $1")
                .bind(&id)
                .fetch_optional(&mut *tx)
                .await?;
        let Some((fingerprint, status, sealed)) = row else { return Ok(Claim::First(tx)) };
        if !self.vault.matches(&fingerprint, write.request) {
            return Ok(Claim::Reused);
        }
        let place = Place { table: "idempotency", row: &id, field: "answer_sealed" };
        let status = u16::try_from(status).map_err(|e| Error::row("idempotency", &e))?;
        Ok(Claim::Repeated(Answer { status, body: self.vault.open(place, &sealed)? }))
    }

    /// Ends a write: its answer is kept with it, or neither is.
    /// What it says of a case goes with the case.
    pub(crate) async fn finish(
        &self,
        mut tx: Tx,
        write: &Write<'_>,
        (answer, case): (&Answer, Option<Uuid>),
    ) -> Result<(), Error> {
        let id = write.id();
        let place = Place { table: "idempotency", row: &id, field: "answer_sealed" };
        sqlx::query(
            "INSERT INTO idempotency (id, case_id, fingerprint, status, answer_sealed, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&id)
        .bind(case.map(|id| id.to_string()))
        .bind(self.vault.fingerprint(write.request))
        .bind(i64::from(answer.status))
        .bind(self.vault.seal(place, &answer.body)?)
        .bind(stamp(now()))
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }
}
