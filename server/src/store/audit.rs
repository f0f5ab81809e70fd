//! The audit: who did what, in rows that only accumulate, each with the hash of the one before it, the last one signed.
//!
//! Rows name people, cases and interviews by their random ids, and hold neither text nor codes of needs: what they say
//! stays true, and says nothing of a person, after that person is erased.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{Error, Store, Tx, now, stamp};
use crate::vault::Keyring;

/// Rows read at once.
const PAGE: i64 = 500;

/// Purpose of the key that signs the head.
const PURPOSE: &str = "audit head";

/// Something to be put on record.
#[derive(Debug)]
pub struct Note<'a> {
    /// Who: `person:ID`, `key:ID`, `system` or `anonymous`.
    pub actor: &'a str,
    /// What, such as `decisions.append`.
    pub action: &'static str,
    /// On what, such as `interview:ID`.
    pub subject: String,
    /// Numbers and ids; no text and no code of a need.
    pub detail: Value,
}

/// A row of the audit.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema, sqlx::FromRow)]
#[schema(as = AuditRow)]
pub struct Row {
    /// Place, from 1 without gaps.
    pub seq: i64,
    /// When, UTC.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What.
    pub action: String,
    /// On what.
    pub subject: String,
    /// More of it, as JSON.
    pub detail: String,
    /// Hash of the row before; empty for the first.
    pub previous: String,
    /// Hash of this row.
    pub hash: String,
}

impl Row {
    /// The hash that the row's contents have.
    fn true_hash(&self) -> String {
        let mut hasher = Sha256::new();
        let seq = self.seq.to_string();
        for part in [&self.previous, &seq, &self.at, &self.actor, &self.action, &self.subject, &self.detail] {
            // Lengths first, so that no two rows have the same bytes.
            hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(part.as_bytes());
        }
        URL_SAFE_NO_PAD.encode(hasher.finalize())
    }
}

/// What is looked for in the audit; an empty field is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// Who.
    pub actor: String,
    /// What.
    pub action: String,
    /// On what.
    pub subject: String,
    /// The first day, such as `2026-11-22`.
    pub from: String,
    /// The last.
    pub to: String,
}

/// The end of the chain: what to write down elsewhere, to prove later that nothing was cut off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = AuditHead)]
pub struct Head {
    /// Number of rows.
    pub seq: i64,
    /// Hash of the last one.
    pub hash: String,
}

impl std::str::FromStr for Head {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (seq, hash) = text.split_once(':').ok_or("a head is written SEQ:HASH")?;
        Ok(Self { seq: seq.parse().map_err(|_| "a head is written SEQ:HASH")?, hash: hash.to_owned() })
    }
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash)
    }
}

/// What is wrong with the audit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// Rows are missing.
    #[error("row {seq} is missing")]
    Gap {
        /// The first that is missing.
        seq: i64,
    },
    /// A row is not as it was written.
    #[error("row {seq} is not as it was written")]
    Changed {
        /// Which.
        seq: i64,
    },
    /// The rows do not end where the signed head says.
    #[error("the rows end at {seq}, and the signed head does not")]
    Head {
        /// Last row.
        seq: i64,
    },
    /// The head was not signed with a key of the key file.
    #[error("the head's signature is not of a key in the key file")]
    Signature,
    /// A head that was noted elsewhere is not in the chain.
    #[error("row {seq} is not the one that was noted")]
    NotTheNoted {
        /// Which.
        seq: i64,
    },
}

impl Store {
    /// Puts something on record by itself.
    /// # Errors
    /// [`Error::Database`].
    pub async fn note(&self, note: Note<'_>) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        self.note_in(&mut tx, note).await?;
        Ok(tx.commit().await?)
    }

    /// Puts something on record with what it records. Last in a transaction: it makes others wait.
    pub(crate) async fn note_in(&self, tx: &mut Tx, note: Note<'_>) -> Result<Head, Error> {
        let (seq, previous): (i64, String) =
            sqlx::query_as("UPDATE audit_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, hash")
                .fetch_one(&mut **tx)
                .await?;
        let mut row = Row {
            seq,
            at: stamp(now()),
            actor: note.actor.to_owned(),
            action: note.action.to_owned(),
            subject: note.subject,
            detail: note.detail.to_string(),
            previous,
            hash: String::new(),
        };
        row.hash = row.true_hash();
        sqlx::query(
            "INSERT INTO audit (seq, at, actor, action, subject, detail, previous, hash) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(row.seq)
        .bind(&row.at)
        .bind(&row.actor)
        .bind(&row.action)
        .bind(&row.subject)
        .bind(&row.detail)
        .bind(&row.previous)
        .bind(&row.hash)
        .execute(&mut **tx)
        .await?;
        sqlx::query("UPDATE audit_head SET hash = $1, signature = $2 WHERE id = 1")
            .bind(&row.hash)
            .bind(sign(&self.vault, seq, &row.hash))
            .execute(&mut **tx)
            .await?;
        Ok(Head { seq, hash: row.hash })
    }

    /// Rows after one, oldest first.
    /// # Errors
    /// [`Error::Database`].
    pub async fn audit_after(&self, seq: i64, limit: i64) -> Result<Vec<Row>, Error> {
        Ok(sqlx::query_as(
            "SELECT seq, at, actor, action, subject, detail, previous, hash FROM audit WHERE seq > $1 \
             ORDER BY seq LIMIT $2",
        )
        .bind(seq)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?)
    }

    /// Rows that a search finds, newest first, before one.
    /// # Errors
    /// [`Error::Database`].
    pub async fn search_audit(
        &self,
        search: &Search,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<Row>, Error> {
        Ok(sqlx::query_as(
            "SELECT seq, at, actor, action, subject, detail, previous, hash FROM audit \
             WHERE ($1 = 0 OR seq < $1) AND ($2 = '' OR actor = $2) AND ($3 = '' OR action = $3) \
             AND ($4 = '' OR subject = $4) AND ($5 = '' OR at >= $5) AND ($6 = '' OR at <= $6) \
             ORDER BY seq DESC LIMIT $7",
        )
        .bind(before.unwrap_or(0))
        .bind(&search.actor)
        .bind(&search.action)
        .bind(&search.subject)
        .bind(&search.from)
        // A time of the last day is after its date as text, and before this.
        .bind(if search.to.is_empty() { String::new() } else { format!("{}U", search.to) })
        .bind(limit)
        .fetch_all(&self.pool)
        .await?)
    }

    /// Every action that is on record, in the order of the alphabet.
    /// # Errors
    /// [`Error::Database`].
    pub async fn audit_actions(&self) -> Result<Vec<String>, Error> {
        let rows: Vec<(String,)> =
            sqlx::query_as("SELECT DISTINCT action FROM audit ORDER BY action").fetch_all(&self.pool).await?;
        Ok(rows.into_iter().map(|(action,)| action).collect())
    }

    /// Rows on a subject, oldest first.
    /// # Errors
    /// [`Error::Database`].
    pub async fn audit_on(&self, subject: &str) -> Result<Vec<Row>, Error> {
        Ok(sqlx::query_as(
            "SELECT seq, at, actor, action, subject, detail, previous, hash FROM audit WHERE subject = $1 \
             ORDER BY seq",
        )
        .bind(subject)
        .fetch_all(&self.pool)
        .await?)
    }

    /// Reads the whole chain. `noted` is a head that was written down earlier: without one, rows that were cut off
    /// together with their head cannot be missed.
    /// # Errors
    /// [`Error::Database`]; what is wrong with the chain is the answer, not an error.
    pub async fn verify_audit(&self, noted: Option<&Head>) -> Result<Result<Head, Finding>, Error> {
        // The head first: rows that are added meanwhile are then not taken for too many.
        let (seq, hash, signature): (i64, String, String) =
            sqlx::query_as("SELECT seq, hash, signature FROM audit_head WHERE id = 1")
                .fetch_one(&self.pool)
                .await?;
        if seq > 0 && !signed(&self.vault, (seq, &hash), &signature) {
            return Ok(Err(Finding::Signature));
        }
        let mut last = Head { seq: 0, hash: String::new() };
        while last.seq < seq {
            let rows = self.audit_after(last.seq, PAGE).await?;
            if rows.is_empty() {
                return Ok(Err(Finding::Head { seq: last.seq }));
            }
            for row in rows.into_iter().take_while(|row| row.seq <= seq) {
                if let Some(finding) = wrong(&row, &last, noted) {
                    return Ok(Err(finding));
                }
                last = Head { seq: row.seq, hash: row.hash };
            }
        }
        if last.hash != hash || noted.is_some_and(|noted| noted.seq > seq) {
            return Ok(Err(Finding::Head { seq: last.seq }));
        }
        // A head that was set back leaves rows behind it.
        let beyond: Option<(i64,)> = sqlx::query_as(
            "SELECT audit.seq FROM audit JOIN audit_head ON audit.seq > audit_head.seq ORDER BY audit.seq LIMIT 1",
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(if beyond.is_some() { Err(Finding::Head { seq }) } else { Ok(last) })
    }
}

fn wrong(row: &Row, last: &Head, noted: Option<&Head>) -> Option<Finding> {
    if row.seq != last.seq + 1 {
        return Some(Finding::Gap { seq: last.seq + 1 });
    }
    if row.previous != last.hash || row.hash != row.true_hash() {
        return Some(Finding::Changed { seq: row.seq });
    }
    let other = noted.is_some_and(|noted| noted.seq == row.seq && noted.hash != row.hash);
    other.then_some(Finding::NotTheNoted { seq: row.seq })
}

fn message(seq: i64, hash: &str) -> String {
    format!("relat audit head 1\n{seq}\n{hash}")
}

fn sign(vault: &Keyring, seq: i64, hash: &str) -> String {
    let key = SigningKey::from_bytes(&vault.derive(vault.current(), PURPOSE).unwrap_or_default());
    let signature = key.sign(message(seq, hash).as_bytes());
    format!("{}.{}", vault.current(), URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

fn signed(vault: &Keyring, (seq, hash): (i64, &str), signature: &str) -> bool {
    let check = || {
        let (id, signature) = signature.split_once('.')?;
        let bytes = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let key = SigningKey::from_bytes(&vault.derive(id, PURPOSE)?).verifying_key();
        key.verify(message(seq, hash).as_bytes(), &Signature::from_slice(&bytes).ok()?).ok()
    };
    check().is_some()
}
