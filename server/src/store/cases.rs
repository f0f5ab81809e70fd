//! Cases: a person by pseudonym, in a centre.

use serde::{Deserialize, Serialize};
use sqlx::Executor;
use time::{Date, OffsetDateTime};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Error, Store, Tx, id, moment, parse_day, stamp};

/// Which cases somebody may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Those of every centre.
    All,
    /// Those of one.
    Centre(Uuid),
}

impl Reach {
    /// Whether a centre is within it.
    #[must_use]
    pub fn covers(self, centre: Uuid) -> bool {
        match self {
            Self::All => true,
            Self::Centre(own) => own == centre,
        }
    }

    /// As a parameter: empty for all.
    pub(super) fn parameter(self) -> String {
        match self {
            Self::All => String::new(),
            Self::Centre(centre) => centre.to_string(),
        }
    }
}

/// What is known of a person, in groups; for figures by group, and never needed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Groups {
    /// `f`, `m` or `x`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[fmx]$")]
    pub gender: Option<String>,
    /// Such as `30-44`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[a-z0-9_+-]{1,20}$")]
    pub age_band: Option<String>,
    /// Such as `local` or `africa`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[a-z0-9_+-]{1,20}$")]
    pub origin: Option<String>,
    /// `ca`, `es` or `en`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[a-z0-9_+-]{1,20}$")]
    pub language: Option<String>,
}

impl Groups {
    /// Whether every group is a short word: no place for a name.
    #[must_use]
    pub fn are_words(&self) -> bool {
        let word = |w: &String| {
            (1..=20).contains(&w.len())
                && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_+-".contains(&b))
        };
        let gender = self.gender.as_ref().is_none_or(|g| ["f", "m", "x"].contains(&g.as_str()));
        gender && [&self.age_band, &self.origin, &self.language].into_iter().flatten().all(word)
    }
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Case {
    /// Its id.
    pub id: Uuid,
    /// What the centre calls the person; not a name.
    pub pseudonym: String,
    /// Its centre.
    pub centre: Uuid,
    /// What is known of the person.
    pub groups: Groups,
    /// When it was made, UTC.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When the person was erased, UTC.
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<OffsetDateTime>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    pseudonym: String,
    centre_id: String,
    gender: Option<String>,
    age_band: Option<String>,
    origin: Option<String>,
    language: Option<String>,
    created_at: String,
    erased_at: Option<String>,
}

impl TryFrom<Row> for Case {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: id(&row.id)?,
            pseudonym: row.pseudonym,
            centre: id(&row.centre_id)?,
            groups: Groups {
                gender: row.gender,
                age_band: row.age_band,
                origin: row.origin,
                language: row.language,
            },
            created_at: moment(&row.created_at)?,
            erased_at: row.erased_at.as_deref().map(moment).transpose()?,
        })
    }
}

impl Store {
    /// Adds a case. [`Error::is_taken`] when the centre has one of that pseudonym.
    pub(crate) async fn add_case(&self, tx: &mut Tx, case: &Case, by: Uuid) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO cases (id, pseudonym, centre_id, gender, age_band, origin, language, created_by, \
             created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(case.id.to_string())
        .bind(&case.pseudonym)
        .bind(case.centre.to_string())
        .bind(&case.groups.gender)
        .bind(&case.groups.age_band)
        .bind(&case.groups.origin)
        .bind(&case.groups.language)
        .bind(by.to_string())
        .bind(stamp(case.created_at))
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// A case, wherever it is.
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub async fn case(&self, case: Uuid) -> Result<Option<Case>, Error> {
        find(&self.pool, case).await
    }

    /// Cases within reach after one, in the order in which they were made.
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub async fn cases(&self, reach: Reach, after: Option<Uuid>, limit: i64) -> Result<Vec<Case>, Error> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, pseudonym, centre_id, gender, age_band, origin, language, created_at, erased_at \
             FROM cases WHERE id > $1 AND ($2 = '' OR centre_id = $2) ORDER BY id LIMIT $3",
        )
        .bind(after.map(|id| id.to_string()).unwrap_or_default())
        .bind(reach.parameter())
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(Case::try_from).collect()
    }
}

/// A case as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: Uuid,
    /// What the centre calls the person.
    pub pseudonym: String,
    /// Number of interviews.
    pub interviews: i64,
    /// Day of the last one.
    pub last: Option<Date>,
    /// The last one that is not closed.
    pub open: Option<Uuid>,
}

impl Store {
    /// Cases within reach whose pseudonym has some letters in it, newest first, before one.
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub async fn listed_cases(
        &self,
        reach: Reach,
        search: &str,
        (before, limit): (Option<Uuid>, i64),
    ) -> Result<Vec<Listed>, Error> {
        type Row = (String, String, i64, Option<String>, Option<String>);
        // What is searched for is letters, not a pattern.
        let pattern: String = search
            .to_lowercase()
            .chars()
            .flat_map(|c| ['%', '_', '!'].contains(&c).then_some('!').into_iter().chain([c]))
            .collect();
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, pseudonym, \
             (SELECT COUNT(*) FROM interviews WHERE case_id = cases.id), \
             (SELECT MAX(held_on) FROM interviews WHERE case_id = cases.id), \
             (SELECT MAX(id) FROM interviews WHERE case_id = cases.id AND closed_at IS NULL) \
             FROM cases WHERE erased_at IS NULL AND ($1 = '' OR id < $1) AND ($2 = '' OR centre_id = $2) \
             AND LOWER(pseudonym) LIKE $3 ESCAPE '!' ORDER BY id DESC LIMIT $4",
        )
        .bind(before.map(|id| id.to_string()).unwrap_or_default())
        .bind(reach.parameter())
        .bind(format!("%{pattern}%"))
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        let listed = |(case, pseudonym, interviews, last, open): Row| {
            Ok(Listed {
                id: id(&case)?,
                pseudonym,
                interviews,
                last: last.as_deref().map(parse_day).transpose()?,
                open: open.as_deref().map(id).transpose()?,
            })
        };
        rows.into_iter().map(listed).collect()
    }
}

/// A case, inside a transaction or outside.
pub(super) async fn find<'e, E>(executor: E, case: Uuid) -> Result<Option<Case>, Error>
where
    E: Executor<'e, Database = sqlx::Any>,
{
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, pseudonym, centre_id, gender, age_band, origin, language, created_at, erased_at \
         FROM cases WHERE id = $1",
    )
    .bind(case.to_string())
    .fetch_optional(executor)
    .await?;
    row.map(Case::try_from).transpose()
}
