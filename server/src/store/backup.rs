//! Backup and restore, while the service runs: every row as a line of JSON, from one moment. What is sealed stays sealed,
//! and a backup of one kind of database can be restored into the other.

use std::io::{BufRead, Write};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sqlx::any::{AnyRow, AnyTypeInfoKind};
use sqlx::{AssertSqlSafe, Column, Row as _, ValueRef};

use super::{Backend, Error, Store};

/// Every table, those that others point to first, with its order.
const TABLES: [(&str, &str); 19] = [
    ("about", "name"),
    ("centres", "id"),
    ("people", "id"),
    ("roles", "person_id, role"),
    ("sessions", "token_digest"),
    ("invitations", "token_digest"),
    ("keys", "id"),
    ("cases", "id"),
    ("interviews", "id"),
    ("narratives", "id"),
    ("assessments", "id"),
    ("readings", "assessment_id"),
    ("decisions", "interview_id, seq"),
    ("own_views", "id"),
    ("idempotency", "id"),
    ("identities", "id"),
    ("model_choices", "seq"),
    ("audit", "seq"),
    ("audit_head", "id"),
];

/// Rows read at once.
const PAGE: i64 = 500;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    table: String,
    row: Map<String, Value>,
}

impl Store {
    /// Writes every row; returns how many.
    /// # Errors
    /// [`Error::Database`], [`Error::Backup`].
    pub async fn backup(&self, out: &mut (impl Write + Send)) -> Result<u64, Error> {
        let mut tx = self
            .pool
            .begin_with(match self.backend {
                Backend::Sqlite => "BEGIN",
                Backend::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            })
            .await?;
        let mut rows = 0;
        for (table, order) in TABLES {
            let sql = format!("SELECT * FROM {table} ORDER BY {order} LIMIT $1 OFFSET $2");
            let mut offset = 0;
            loop {
                let page: Vec<AnyRow> = sqlx::query(AssertSqlSafe(sql.as_str()))
                    .bind(PAGE)
                    .bind(offset)
                    .fetch_all(&mut *tx)
                    .await?;
                for row in &page {
                    let line = Line { table: table.to_owned(), row: values(row)? };
                    let line = serde_json::to_string(&line).map_err(|e| Error::row("backup", &e))?;
                    writeln!(out, "{line}").map_err(Error::Backup)?;
                    rows += 1;
                }
                if page.is_empty() {
                    break;
                }
                offset += PAGE;
            }
        }
        tx.rollback().await?;
        Ok(rows)
    }

    /// Puts the rows of a backup into an empty database, all or none; returns how many.
    /// # Errors
    /// [`Error::NotEmpty`], [`Error::BackupLine`], [`Error::Backup`], [`Error::Database`], [`Error::WrongKey`].
    pub async fn restore(&self, input: impl BufRead + Send) -> Result<u64, Error> {
        let mut tx = self.begin().await?;
        let (people, rows): (i64, i64) =
            sqlx::query_as("SELECT (SELECT COUNT(*) FROM people), (SELECT COUNT(*) FROM audit)")
                .fetch_one(&mut *tx)
                .await?;
        if people + rows > 0 {
            return Err(Error::NotEmpty);
        }
        // What a new database has by itself.
        sqlx::query("DELETE FROM about").execute(&mut *tx).await?;
        sqlx::query("DELETE FROM audit_head").execute(&mut *tx).await?;
        let mut restored = 0;
        for (i, line) in input.lines().enumerate() {
            let bad = || Error::BackupLine { line: i + 1 };
            let Line { table, row } =
                serde_json::from_str(&line.map_err(Error::Backup)?).map_err(|_| bad())?;
            let (table, _) = TABLES.iter().find(|(name, _)| *name == table).ok_or_else(bad)?;
            let plain = |name: &String| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            if row.is_empty() || !row.keys().all(plain) {
                return Err(bad());
            }
            let names: Vec<&str> = row.keys().map(String::as_str).collect();
            let places: Vec<String> = (1..=names.len()).map(|n| format!("${n}")).collect();
            let sql = format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), places.join(", "));
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for value in row.values() {
                query = match value {
                    // Whatever may be null is text.
                    Value::Null => query.bind(Option::<String>::None),
                    Value::String(text) => query.bind(text.clone()),
                    Value::Number(n) => match n.as_i64() {
                        Some(n) => query.bind(n),
                        None => query.bind(n.as_f64().ok_or_else(bad)?),
                    },
                    Value::Bool(_) | Value::Array(_) | Value::Object(_) => return Err(bad()),
                };
            }
            query.execute(&mut *tx).await?;
            restored += 1;
        }
        tx.commit().await?;
        self.check_key().await?;
        Ok(restored)
    }
}

fn values(row: &AnyRow) -> Result<Map<String, Value>, Error> {
    let mut all = Map::new();
    for (i, column) in row.columns().iter().enumerate() {
        let raw = row.try_get_raw(i)?;
        let value = if raw.is_null() {
            Value::Null
        } else {
            match raw.type_info().kind() {
                AnyTypeInfoKind::SmallInt | AnyTypeInfoKind::Integer | AnyTypeInfoKind::BigInt => {
                    row.try_get::<i64, _>(i)?.into()
                }
                AnyTypeInfoKind::Real | AnyTypeInfoKind::Double => {
                    // A whole number must not come back as an integer.
                    serde_json::Number::from_f64(row.try_get(i)?).map_or(Value::Null, Value::Number)
                }
                AnyTypeInfoKind::Text
                | AnyTypeInfoKind::Null
                | AnyTypeInfoKind::Bool
                | AnyTypeInfoKind::Blob => row.try_get::<String, _>(i)?.into(),
            }
        };
        all.insert(column.name().to_owned(), value);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_in_a_backup() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let migrations: String = files.map(|path| std::fs::read_to_string(path).unwrap()).collect();
        let lines = migrations.lines();
        let mut made: Vec<&str> =
            lines.filter_map(|l| l.strip_prefix("CREATE TABLE ")?.split(' ').next()).collect();
        let mut saved = TABLES.map(|(table, _)| table).to_vec();
        made.sort_unstable();
        saved.sort_unstable();
        assert_eq!(saved, made);
    }
}
