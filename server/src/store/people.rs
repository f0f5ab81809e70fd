//! People, their roles and their centres.

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::ToSchema;
use uuid::Uuid;

use super::log::{from_word, word};
use super::{Error, Store, Tx, day, id, now, parse_day, stamp};
use crate::vault::Place;

/// What somebody may do; a person may have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Interviews and decides.
    Worker,
    /// Sees to a centre's cases and their erasure.
    Supervisor,
    /// Takes exports without text.
    Data,
    /// Reads the audit.
    Ethics,
    /// Keeps people, centres and keys.
    Admin,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Worker, Self::Supervisor, Self::Data, Self::Ethics, Self::Admin];
}

/// A person who may sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Person {
    /// Their id.
    pub id: Uuid,
    /// What they sign in with.
    pub login: String,
    /// Their name.
    pub name: String,
    /// Their centre; without one, roles that look at all centres do.
    pub centre: Option<Uuid>,
    /// What they may do.
    pub roles: Vec<Role>,
    /// First day in the job: exports tell the time since then in bands.
    #[schema(value_type = String, format = Date)]
    #[serde(serialize_with = "as_day")]
    pub started_on: Date,
    /// Whether they may sign in.
    pub enabled: bool,
}

fn as_day<S: serde::Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&day(*date))
}

/// Somebody to be added.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// What they sign in with.
    pub login: String,
    /// Their name.
    pub name: String,
    /// Their centre.
    pub centre: Option<Uuid>,
    /// What they may do.
    pub roles: Vec<Role>,
    /// First day in the job.
    pub started_on: Date,
}

/// A centre.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Centre {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Workers score the matrix before they see the model's.
    pub blind_first: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    login: String,
    name_sealed: String,
    centre_id: Option<String>,
    started_on: String,
    disabled_at: Option<String>,
}

impl Store {
    /// Adds a person, who has no password yet. [`Error::is_taken`] when the login is used.
    /// # Errors
    /// [`Error::Database`], [`Error::Vault`].
    pub(crate) async fn add_person(&self, tx: &mut Tx, new: NewPerson) -> Result<Person, Error> {
        let person = Uuid::now_v7();
        let row = person.to_string();
        let place = Place { table: "people", row: &row, field: "name_sealed" };
        sqlx::query(
            "INSERT INTO people (id, login, name_sealed, centre_id, started_on, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&row)
        .bind(&new.login)
        .bind(self.vault.seal(place, &new.name)?)
        .bind(new.centre.map(|id| id.to_string()))
        .bind(day(new.started_on))
        .bind(stamp(now()))
        .execute(&mut **tx)
        .await?;
        for role in &new.roles {
            sqlx::query("INSERT INTO roles (person_id, role) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(&row)
                .bind(word(role)?)
                .execute(&mut **tx)
                .await?;
        }
        let NewPerson { login, name, centre, roles, started_on } = new;
        Ok(Person { id: person, login, name, centre, roles, started_on, enabled: true })
    }

    /// A person by id.
    /// # Errors
    /// [`Error::Database`], [`Error::Row`], [`Error::Vault`].
    pub async fn person(&self, person: Uuid) -> Result<Option<Person>, Error> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT id, login, name_sealed, centre_id, started_on, disabled_at FROM people WHERE id = $1",
        )
        .bind(person.to_string())
        .fetch_optional(&self.pool)
        .await?;
        match row {
            Some(row) => Ok(Some(self.person_of(row).await?)),
            None => Ok(None),
        }
    }

    /// Everybody, in the order in which they were added.
    /// # Errors
    /// [`Error::Database`], [`Error::Row`], [`Error::Vault`].
    pub async fn people(&self) -> Result<Vec<Person>, Error> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, login, name_sealed, centre_id, started_on, disabled_at FROM people ORDER BY id",
        )
        .fetch_all(&self.pool)
        .await?;
        let mut people = Vec::with_capacity(rows.len());
        for row in rows {
            people.push(self.person_of(row).await?);
        }
        Ok(people)
    }

    async fn person_of(&self, row: Row) -> Result<Person, Error> {
        let roles: Vec<(String,)> =
            sqlx::query_as("SELECT role FROM roles WHERE person_id = $1 ORDER BY role")
                .bind(&row.id)
                .fetch_all(&self.pool)
                .await?;
        let place = Place { table: "people", row: &row.id, field: "name_sealed" };
        Ok(Person {
            id: id(&row.id)?,
            name: self.vault.open(place, &row.name_sealed)?,
            login: row.login,
            centre: row.centre_id.as_deref().map(id).transpose()?,
            roles: roles.iter().map(|(role,)| from_word(role)).collect::<Result<_, _>>()?,
            started_on: parse_day(&row.started_on)?,
            enabled: row.disabled_at.is_none(),
        })
    }

    /// Lets a person sign in or not; who may not is signed out everywhere. False when there is no such person.
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn enable(&self, tx: &mut Tx, person: Uuid, enabled: bool) -> Result<bool, Error> {
        let done = sqlx::query(
            "UPDATE people SET disabled_at = $1, failures = 0, locked_until = NULL WHERE id = $2",
        )
        .bind((!enabled).then(|| stamp(now())))
        .bind(person.to_string())
        .execute(&mut **tx)
        .await?;
        if !enabled {
            sqlx::query("DELETE FROM sessions WHERE person_id = $1")
                .bind(person.to_string())
                .execute(&mut **tx)
                .await?;
        }
        Ok(done.rows_affected() == 1)
    }

    /// Sets what a person may do.
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn set_roles(&self, tx: &mut Tx, person: Uuid, roles: &[Role]) -> Result<(), Error> {
        sqlx::query("DELETE FROM roles WHERE person_id = $1")
            .bind(person.to_string())
            .execute(&mut **tx)
            .await?;
        for role in roles {
            sqlx::query("INSERT INTO roles (person_id, role) VALUES ($1, $2)")
                .bind(person.to_string())
                .bind(word(role)?)
                .execute(&mut **tx)
                .await?;
        }
        Ok(())
    }

    /// Adds a centre. [`Error::is_taken`] when there is one of that name.
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn add_centre(
        &self,
        tx: &mut Tx,
        name: &str,
        blind_first: bool,
    ) -> Result<Centre, Error> {
        let centre = Centre { id: Uuid::now_v7(), name: name.to_owned(), blind_first };
        sqlx::query("INSERT INTO centres (id, name, blind_first, created_at) VALUES ($1, $2, $3, $4)")
            .bind(centre.id.to_string())
            .bind(name)
            .bind(i64::from(blind_first))
            .bind(stamp(now()))
            .execute(&mut **tx)
            .await?;
        Ok(centre)
    }

    /// The tag of the language that a person chose for the interface.
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn language_of(&self, person: Uuid) -> Result<Option<String>, Error> {
        let row: Option<(Option<String>,)> = sqlx::query_as("SELECT language FROM people WHERE id = $1")
            .bind(person.to_string())
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.and_then(|(language,)| language))
    }

    /// Keeps the language that a person chose.
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn set_language(&self, person: Uuid, tag: &str) -> Result<(), Error> {
        sqlx::query("UPDATE people SET language = $1 WHERE id = $2")
            .bind(tag)
            .bind(person.to_string())
            .execute(&self.writers)
            .await?;
        Ok(())
    }

    /// Moves a person to a centre, or to none.
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn set_centre(
        &self,
        tx: &mut Tx,
        person: Uuid,
        centre: Option<Uuid>,
    ) -> Result<(), Error> {
        sqlx::query("UPDATE people SET centre_id = $1 WHERE id = $2")
            .bind(centre.map(|id| id.to_string()))
            .bind(person.to_string())
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    /// Sets whether workers of a centre score first. False when there is no such centre.
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn set_blind_first(&self, tx: &mut Tx, centre: Uuid, on: bool) -> Result<bool, Error> {
        let done = sqlx::query("UPDATE centres SET blind_first = $1 WHERE id = $2")
            .bind(i64::from(on))
            .bind(centre.to_string())
            .execute(&mut **tx)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// All centres, by name.
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub async fn centres(&self) -> Result<Vec<Centre>, Error> {
        let rows: Vec<(String, String, i64)> =
            sqlx::query_as("SELECT id, name, blind_first FROM centres ORDER BY name")
                .fetch_all(&self.pool)
                .await?;
        let centre = |(key, name, blind): (String, String, i64)| {
            Ok(Centre { id: id(&key)?, name, blind_first: blind == 1 })
        };
        rows.into_iter().map(centre).collect()
    }

    /// A centre by id.
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub async fn centre(&self, centre: Uuid) -> Result<Option<Centre>, Error> {
        Ok(self.centres().await?.into_iter().find(|c| c.id == centre))
    }
}
