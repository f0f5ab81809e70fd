//! Who people are at a provider of identities. Only a digest of issuer and subject is kept.

use uuid::Uuid;

use super::{Error, Store, id, now, stamp};
use crate::oidc::Identity;
use crate::vault::{Place, digest};

/// Where the halves of a sign-in are sealed to.
const FLOW: Place<'_> = Place { table: "identities", row: "flow", field: "cookie" };

fn key(identity: &Identity) -> String {
    // An issuer, which is an address, has no line break: no two identities have one text.
    digest(&format!("{}\n{}", identity.issuer, identity.subject))
}

impl Store {
    /// Who an identity is of.
    /// # Errors
    /// [`Error::Database`].
    pub async fn person_of_identity(&self, identity: &Identity) -> Result<Option<Uuid>, Error> {
        let row: Option<(String,)> = sqlx::query_as("SELECT person_id FROM identities WHERE id = $1")
            .bind(key(identity))
            .fetch_optional(&self.pool)
            .await?;
        row.map(|(person,)| id(&person)).transpose()
    }

    /// Uses a one-time link to bind an identity to its person, in the place of an earlier one, and ends the person's
    /// sessions. Nothing when the link was used or is too old, or the person is disabled; [`Error::is_taken`] when the
    /// identity is somebody's.
    /// # Errors
    /// [`Error::Database`].
    pub async fn bind_identity(&self, token: &str, identity: &Identity) -> Result<Option<Uuid>, Error> {
        let at = stamp(now());
        let mut tx = self.begin().await?;
        let row: Option<(String,)> = sqlx::query_as(
            "UPDATE invitations SET used_at = $1 WHERE token_digest = $2 AND used_at IS NULL \
             AND expires_at > $1 AND person_id IN (SELECT id FROM people WHERE disabled_at IS NULL) \
             RETURNING person_id",
        )
        .bind(&at)
        .bind(digest(token))
        .fetch_optional(&mut *tx)
        .await?;
        let Some((person,)) = row else { return Ok(None) };
        for sql in
            ["DELETE FROM identities WHERE person_id = $1", "DELETE FROM sessions WHERE person_id = $1"]
        {
            sqlx::query(sql).bind(&person).execute(&mut *tx).await?;
        }
        sqlx::query("INSERT INTO identities (id, person_id, created_at) VALUES ($1, $2, $3)")
            .bind(key(identity))
            .bind(&person)
            .bind(&at)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Some(id(&person)?))
    }

    /// Seals the first half of a sign-in, for a cookie.
    /// # Errors
    /// [`Error::Vault`].
    pub(crate) fn seal_flow(&self, flow: &str) -> Result<String, Error> {
        Ok(self.vault.seal(FLOW, flow)?)
    }

    /// Opens what [`Self::seal_flow`] sealed.
    /// # Errors
    /// [`Error::Vault`].
    pub(crate) fn open_flow(&self, sealed: &str) -> Result<String, Error> {
        Ok(self.vault.open(FLOW, sealed)?)
    }
}
