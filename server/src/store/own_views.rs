//! What a person says of their own case, in their own words: sealed as a narrative is, and never overwritten.

use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Error, Store, Tx, id, moment, stamp};
use crate::vault::Place;

/// A person's own view, as somebody wrote it down for them.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnView {
    /// Its id.
    pub id: Uuid,
    /// Its case.
    pub case: Uuid,
    /// Who wrote it down.
    pub author: Uuid,
    /// The person's words.
    pub words: String,
    /// When it was written down, UTC.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

impl std::fmt::Debug for OwnView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnView").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Store {
    /// Adds a person's view.
    pub(crate) async fn add_own_view(&self, tx: &mut Tx, view: &OwnView) -> Result<(), Error> {
        let row = view.id.to_string();
        let place = Place { table: "own_views", row: &row, field: "words_sealed" };
        sqlx::query(
            "INSERT INTO own_views (id, case_id, author_id, words_sealed, created_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(&row)
        .bind(view.case.to_string())
        .bind(view.author.to_string())
        .bind(self.vault.seal(place, &view.words)?)
        .bind(stamp(view.created_at))
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// The views of a case's person, oldest first.
    /// # Errors
    /// [`Error::Database`], [`Error::Row`], [`Error::Vault`].
    pub async fn own_views(&self, case: Uuid) -> Result<Vec<OwnView>, Error> {
        type Row = (String, String, String, String);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, author_id, words_sealed, created_at FROM own_views WHERE case_id = $1 ORDER BY id",
        )
        .bind(case.to_string())
        .fetch_all(&self.pool)
        .await?;
        let view = |(row, author, sealed, at): Row| {
            let place = Place { table: "own_views", row: &row, field: "words_sealed" };
            Ok(OwnView {
                id: id(&row)?,
                case,
                author: id(&author)?,
                words: self.vault.open(place, &sealed)?,
                created_at: moment(&at)?,
            })
        };
        rows.into_iter().map(view).collect()
    }
}
