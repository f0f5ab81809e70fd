//! Which model is in use: choices that only accumulate. What holds is a fold of them, as with decisions.

use serde_json::json;

use super::audit::Note;
use super::{Error, Store, now, stamp};

/// A bundle that was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Its folder.
    pub folder: String,
    /// Name and version.
    pub model: String,
    /// Digest of its manifest: a folder whose contents changed since is not what was chosen.
    pub sha256: String,
}

/// A choice as it was made.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Choice {
    /// Place, from 1.
    pub seq: i64,
    /// When, UTC.
    pub at: String,
    /// `use` or `rollback`.
    pub act: String,
    /// Of a use: the bundle's folder.
    pub folder: String,
    /// Of a use: its name and version.
    pub model: String,
    /// Of a use: its digest.
    pub sha256: String,
}

/// What holds after some choices: the bundles, the last of which is in use; with none, the one of the start.
#[must_use]
pub fn fold(choices: impl IntoIterator<Item = Choice>) -> Vec<Chosen> {
    let mut stack = Vec::new();
    for Choice { act, folder, model, sha256, .. } in choices {
        match act.as_str() {
            "use" => stack.push(Chosen { folder, model, sha256 }),
            _ => drop(stack.pop()),
        }
    }
    stack
}

impl Store {
    /// Every choice, in order.
    /// # Errors
    /// [`Error::Database`].
    pub async fn model_choices(&self) -> Result<Vec<Choice>, Error> {
        let sql = "SELECT seq, at, act, folder, model, sha256 FROM model_choices ORDER BY seq";
        Ok(sqlx::query_as(sql).fetch_all(&self.pool).await?)
    }

    /// Number of choices so far: whoever has seen as many knows the last one.
    /// # Errors
    /// [`Error::Database`].
    pub async fn n_model_choices(&self) -> Result<i64, Error> {
        let (n,): (i64,) = sqlx::query_as("SELECT count(*) FROM model_choices").fetch_one(&self.pool).await?;
        Ok(n)
    }

    /// Has a bundle used from now on.
    /// # Errors
    /// [`Error::Database`]; also when two choose at once.
    pub async fn use_model(&self, chosen: &Chosen) -> Result<(), Error> {
        let detail = json!({ "model": chosen.model, "model_sha256": chosen.sha256 });
        self.choose(("use", "model.use"), chosen, detail).await
    }

    /// Takes the last bundle away again; what is used then is returned, nothing when it is the one of the start. False when
    /// there is none to be taken away.
    /// # Errors
    /// As [`Self::use_model`].
    pub async fn roll_model_back(&self) -> Result<(bool, Option<Chosen>), Error> {
        let mut stack = fold(self.model_choices().await?);
        let Some(top) = stack.pop() else { return Ok((false, None)) };
        let none = Chosen { folder: String::new(), model: String::new(), sha256: String::new() };
        self.choose(
            ("rollback", "model.rollback"),
            &none,
            json!({ "from": top.model, "from_sha256": top.sha256 }),
        )
        .await?;
        Ok((true, stack.pop()))
    }

    async fn choose(
        &self,
        (act, action): (&str, &'static str),
        chosen: &Chosen,
        detail: serde_json::Value,
    ) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        sqlx::query(
            "INSERT INTO model_choices (seq, at, act, folder, model, sha256) \
             SELECT coalesce(max(seq), 0) + 1, $1, $2, $3, $4, $5 FROM model_choices",
        )
        .bind(stamp(now()))
        .bind(act)
        .bind(&chosen.folder)
        .bind(&chosen.model)
        .bind(&chosen.sha256)
        .execute(&mut *tx)
        .await?;
        // Who has the keys and the database is the operator: there is no account behind a command.
        let note = Note { actor: "operator", action, subject: "model".to_owned(), detail };
        self.note_in(&mut tx, note).await?;
        Ok(tx.commit().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rollback_takes_back_the_last_use_that_was_not_taken_back() {
        let check = |acts: &str, expect: &str| {
            let choices = acts.chars().enumerate().map(|(i, c)| Choice {
                seq: i64::try_from(i).unwrap() + 1,
                at: String::new(),
                act: if c == '-' { "rollback" } else { "use" }.to_owned(),
                folder: c.to_string(),
                model: String::new(),
                sha256: String::new(),
            });
            let stack: String = fold(choices).into_iter().map(|chosen| chosen.folder).collect();
            assert_eq!(stack, expect, "help: {acts}");
        };
        check("", "");
        check("a", "a");
        check("ab", "ab");
        check("ab-", "a");
        check("ab-c-", "a");
        check("ab--", "");
        check("ab---c", "c");
    }
}
