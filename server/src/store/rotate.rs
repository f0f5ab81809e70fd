//! Sealing everything again with the current key, so that an older one can be thrown away. The service may be running.

use sqlx::AssertSqlSafe;

use super::{Error, Store};
use crate::vault::Place;

/// A column that is sealed: table, primary key, column.
pub(super) const SEALED: [(&str, &str, &str); 6] = [
    ("about", "name", "value_sealed"),
    ("people", "id", "name_sealed"),
    ("narratives", "id", "text_sealed"),
    ("readings", "assessment_id", "answer_sealed"),
    ("idempotency", "id", "answer_sealed"),
    ("own_views", "id", "words_sealed"),
];

/// Rows read at once.
const BATCH: i64 = 100;

impl Store {
    /// Seals with the current key what another one sealed; returns how many fields. Run again after an interruption.
    /// # Errors
    /// [`Error::Vault`] when the key of a field is not at hand; [`Error::Database`].
    pub async fn rotate(&self) -> Result<u64, Error> {
        let mut sealed_again = 0;
        for (table, key, field) in SEALED {
            let select =
                format!("SELECT {key}, {field} FROM {table} WHERE {key} > $1 ORDER BY {key} LIMIT $2");
            // A row that was written meanwhile has the current key already, and is left as it is.
            let update = format!("UPDATE {table} SET {field} = $1 WHERE {key} = $2 AND {field} = $3");
            let mut last = String::new();
            loop {
                let rows: Vec<(String, String)> = sqlx::query_as(AssertSqlSafe(select.as_str()))
                    .bind(&last)
                    .bind(BATCH)
                    .fetch_all(&self.pool)
                    .await?;
                let Some((end, _)) = rows.last() else { break };
                last.clone_from(end);
                let mut tx = self.begin().await?;
                for (row, sealed) in rows.iter().filter(|(_, sealed)| !self.vault.is_current(sealed)) {
                    let place = Place { table, row, field };
                    let again = self.vault.seal(place, &self.vault.open(place, sealed)?)?;
                    let done = sqlx::query(AssertSqlSafe(update.as_str()))
                        .bind(again)
                        .bind(row)
                        .bind(sealed)
                        .execute(&mut *tx)
                        .await?;
                    sealed_again += done.rows_affected();
                }
                tx.commit().await?;
            }
        }
        Ok(sealed_again)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sealed_column_is_rotated() {
        let mut table = "";
        let mut found = Vec::new();
        let migrations = [
            include_str!("../../migrations/0001_service.sql"),
            include_str!("../../migrations/0003_own_views.sql"),
        ];
        for line in migrations.iter().flat_map(|sql| sql.lines()) {
            let mut words = line.split_whitespace();
            match (words.next(), words.next(), words.next()) {
                (Some("CREATE"), Some("TABLE"), Some(name)) => table = name,
                (Some(column), ..) if column.ends_with("_sealed") => found.push((table, column)),
                _ => {}
            }
        }
        assert_eq!(
            found,
            SEALED.map(|(table, _, column)| (table, column)),
            "help: in the order of the migration"
        );
    }
}
