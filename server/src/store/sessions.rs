//! Signing in: passwords, lock-out, sessions, one-time links and the keys of other programs. Of every secret only a
//! digest is kept.

use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::log::{from_json, json};
use super::{Error, Person, Store, Tx, after, id, moment, now, stamp};
use crate::vault::{digest, token};

/// Wrong passwords before an account waits.
const FAILURES: i64 = 5;
/// How long it waits then.
const LOCKED: Duration = Duration::from_secs(15 * 60);
/// A working day, and some of the evening.
const SESSION: Duration = Duration::from_secs(10 * 60 * 60);
/// How long a one-time link can be used.
const LINK: Duration = Duration::from_secs(3 * 24 * 60 * 60);

/// How a sign-in ended.
#[derive(Debug)]
pub enum SignIn {
    /// With a session: the token goes into a cookie.
    Done {
        /// Who.
        person: Uuid,
        /// The cookie's value.
        token: String,
    },
    /// Unknown login, wrong password, or an account that is disabled: who asks is not told which.
    Wrong,
    /// Too many wrong passwords: try again later.
    Locked,
}

/// What a program may do with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Score texts that are not kept.
    Assess,
    /// Take the export of decisions.
    Export,
    /// Read the audit.
    Audit,
}

/// A program's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Key {
    /// Its id.
    pub id: Uuid,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// The centre whose data it sees; without one, all.
    pub centre: Option<Uuid>,
    /// Requests a minute.
    pub per_minute: u32,
    /// When it ends, UTC.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    /// When it was ended before that, UTC.
    #[serde(with = "time::serde::rfc3339::option")]
    pub revoked_at: Option<OffsetDateTime>,
}

type KeyRow = (String, String, String, Option<String>, i64, String, Option<String>);

fn key_of((key, name, scopes, centre, per_minute, expires, revoked): KeyRow) -> Result<Key, Error> {
    Ok(Key {
        id: id(&key)?,
        name,
        scopes: from_json(&scopes)?,
        centre: centre.as_deref().map(id).transpose()?,
        per_minute: u32::try_from(per_minute).map_err(|e| Error::row("keys", &e))?,
        expires_at: moment(&expires)?,
        revoked_at: revoked.as_deref().map(moment).transpose()?,
    })
}

impl Store {
    /// Signs somebody in. It takes as long for a login that does not exist.
    /// # Errors
    /// [`Error::Database`], [`Error::Vault`].
    pub async fn sign_in(&self, login: &str, password: String) -> Result<SignIn, Error> {
        type Account = (String, Option<String>, i64, Option<String>, Option<String>);
        let account: Option<Account> = sqlx::query_as(
            "SELECT id, password, failures, locked_until, disabled_at FROM people WHERE login = $1",
        )
        .bind(login)
        .fetch_optional(&self.pool)
        .await?;
        let hash = account.as_ref().and_then(|account| account.1.clone());
        let right = verify(password, hash).await;
        let Some((person, _, failures, locked_until, disabled_at)) = account else {
            return Ok(SignIn::Wrong);
        };
        let at = now();
        if locked_until.as_deref().map(moment).transpose()?.is_some_and(|until| until > at) {
            return Ok(SignIn::Locked);
        }
        if !right || disabled_at.is_some() {
            let locked = (failures + 1 >= FAILURES).then(|| stamp(after(at, LOCKED)));
            // After a lock the counting begins anew.
            sqlx::query(
                "UPDATE people SET failures = CASE WHEN $1 = '' THEN failures + 1 ELSE 0 END, \
                 locked_until = CASE WHEN $1 = '' THEN locked_until ELSE $1 END WHERE id = $2",
            )
            .bind(locked.unwrap_or_default())
            .bind(&person)
            .execute(&self.writers)
            .await?;
            return Ok(SignIn::Wrong);
        }
        let person = id(&person)?;
        Ok(match self.open_session(person).await? {
            Some(token) => SignIn::Done { person, token },
            None => SignIn::Wrong,
        })
    }

    /// Begins a session of somebody who has shown who they are, and returns its token; nothing for who may not sign in.
    /// # Errors
    /// [`Error::Database`], [`Error::Vault`].
    pub async fn open_session(&self, person: Uuid) -> Result<Option<String>, Error> {
        let (token, at) = (token()?, now());
        let mut tx = self.begin().await?;
        let done = sqlx::query(
            "UPDATE people SET failures = 0, locked_until = NULL WHERE id = $1 AND disabled_at IS NULL",
        )
        .bind(person.to_string())
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(None);
        }
        sqlx::query("DELETE FROM sessions WHERE expires_at < $1").bind(stamp(at)).execute(&mut *tx).await?;
        sqlx::query(
            "INSERT INTO sessions (token_digest, person_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
        )
        .bind(digest(&token))
        .bind(person.to_string())
        .bind(stamp(at))
        .bind(stamp(after(at, SESSION)))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Some(token))
    }

    /// Who a session is of, while it lasts.
    /// # Errors
    /// [`Error::Database`], [`Error::Row`], [`Error::Vault`].
    pub async fn session(&self, token: &str) -> Result<Option<Person>, Error> {
        let row: Option<(String,)> = sqlx::query_as(
            "SELECT people.id FROM sessions JOIN people ON people.id = sessions.person_id \
             WHERE sessions.token_digest = $1 AND sessions.expires_at > $2 AND people.disabled_at IS NULL",
        )
        .bind(digest(token))
        .bind(stamp(now()))
        .fetch_optional(&self.pool)
        .await?;
        match row {
            Some((person,)) => self.person(id(&person)?).await,
            None => Ok(None),
        }
    }

    /// Ends a session.
    /// # Errors
    /// [`Error::Database`].
    pub async fn sign_out(&self, token: &str) -> Result<(), Error> {
        sqlx::query("DELETE FROM sessions WHERE token_digest = $1")
            .bind(digest(token))
            .execute(&self.writers)
            .await?;
        Ok(())
    }

    /// A link with which a person chooses a password, once. Earlier ones of the person end.
    /// # Errors
    /// [`Error::Database`], [`Error::Vault`].
    pub(crate) async fn invite(&self, tx: &mut Tx, person: Uuid) -> Result<String, Error> {
        let token = token()?;
        sqlx::query("DELETE FROM invitations WHERE person_id = $1")
            .bind(person.to_string())
            .execute(&mut **tx)
            .await?;
        sqlx::query("INSERT INTO invitations (token_digest, person_id, expires_at) VALUES ($1, $2, $3)")
            .bind(digest(&token))
            .bind(person.to_string())
            .bind(stamp(after(now(), LINK)))
            .execute(&mut **tx)
            .await?;
        Ok(token)
    }

    /// Uses a link: sets the password and ends the person's sessions. Nothing when the link was used or is too old.
    /// # Errors
    /// [`Error::Database`], [`Error::Vault`].
    pub async fn accept(&self, token: &str, password: String) -> Result<Option<Uuid>, Error> {
        let hash = hash(password).await?;
        let mut tx = self.begin().await?;
        let row: Option<(String,)> = sqlx::query_as(
            "UPDATE invitations SET used_at = $1 WHERE token_digest = $2 AND used_at IS NULL \
             AND expires_at > $1 RETURNING person_id",
        )
        .bind(stamp(now()))
        .bind(digest(token))
        .fetch_optional(&mut *tx)
        .await?;
        let Some((person,)) = row else { return Ok(None) };
        sqlx::query("UPDATE people SET password = $1, failures = 0, locked_until = NULL WHERE id = $2")
            .bind(hash)
            .bind(&person)
            .execute(&mut *tx)
            .await?;
        sqlx::query("DELETE FROM sessions WHERE person_id = $1").bind(&person).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(Some(id(&person)?))
    }

    /// Whether anybody can sign in.
    /// # Errors
    /// [`Error::Database`].
    pub async fn has_passwords(&self) -> Result<bool, Error> {
        let sql =
            "SELECT id FROM people WHERE password IS NOT NULL UNION SELECT person_id FROM identities LIMIT 1";
        let row: Option<(String,)> = sqlx::query_as(sql).fetch_optional(&self.pool).await?;
        Ok(row.is_some())
    }

    /// Adds a key; its secret is told now and never again.
    /// # Errors
    /// [`Error::Database`], [`Error::Vault`].
    pub(crate) async fn add_key(&self, tx: &mut Tx, key: &Key, by: Uuid) -> Result<String, Error> {
        let secret = format!("relat_{}", token()?);
        sqlx::query(
            "INSERT INTO keys (id, name, digest, scopes, centre_id, per_minute, created_by, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(key.id.to_string())
        .bind(&key.name)
        .bind(digest(&secret))
        .bind(json(&key.scopes)?)
        .bind(key.centre.map(|id| id.to_string()))
        .bind(i64::from(key.per_minute))
        .bind(by.to_string())
        .bind(stamp(now()))
        .bind(stamp(key.expires_at))
        .execute(&mut **tx)
        .await?;
        Ok(secret)
    }

    /// The key of a secret, while it lasts.
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub async fn key(&self, secret: &str) -> Result<Option<Key>, Error> {
        let row: Option<KeyRow> = sqlx::query_as(
            "SELECT id, name, scopes, centre_id, per_minute, expires_at, revoked_at FROM keys \
             WHERE digest = $1 AND revoked_at IS NULL AND expires_at > $2",
        )
        .bind(digest(secret))
        .bind(stamp(now()))
        .fetch_optional(&self.pool)
        .await?;
        row.map(key_of).transpose()
    }

    /// All keys, without their secrets.
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub async fn keys(&self) -> Result<Vec<Key>, Error> {
        let rows: Vec<KeyRow> = sqlx::query_as(
            "SELECT id, name, scopes, centre_id, per_minute, expires_at, revoked_at FROM keys ORDER BY id",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(key_of).collect()
    }

    /// Ends a key. False when there is none, or it was ended before.
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn revoke_key(&self, tx: &mut Tx, key: Uuid) -> Result<bool, Error> {
        let done = sqlx::query("UPDATE keys SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL")
            .bind(stamp(now()))
            .bind(key.to_string())
            .execute(&mut **tx)
            .await?;
        Ok(done.rows_affected() == 1)
    }
}

/// Argon2id in its default strength, away from the threads that answer requests.
async fn hash(password: String) -> Result<String, Error> {
    let hashed = tokio::task::spawn_blocking(move || {
        Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
    });
    hashed.await.ok().and_then(Result::ok).ok_or(Error::Vault(crate::vault::Error::Random))
}

async fn verify(password: String, hash: Option<String>) -> bool {
    // Of an unknown login a hash that nobody knows the password of.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9ib2R5$\
                          bm9ib2R5bm9ib2R5bm9ib2R5bm9ib2R5bm9ib2R5bm8";
    let verified = tokio::task::spawn_blocking(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let Ok(hash) = PasswordHash::new(&hash) else { return false };
        Argon2::default().verify_password(password.as_bytes(), &hash).is_ok() && known
    });
    verified.await.unwrap_or(false)
}
