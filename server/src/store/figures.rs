//! What figures are counted from: the interviews of a year with what was decided in them, an interview at a time.

use std::collections::BTreeMap;

use futures_util::TryStreamExt;
use relat_engine::{Assessment, Versions};
use time::Date;
use uuid::Uuid;

use super::log::{from_json, from_word};
use super::{Error, Interview, Reach, Store, day, id, moment, parse_day};
use crate::decisions::{Act, Event};
use crate::vault::Place;

/// An interview as figures see it.
#[derive(Debug)]
pub struct Counted {
    /// The interview.
    pub interview: Interview,
    /// Everything that was decided, with the revision that it was decided on.
    pub log: Vec<(i64, Event)>,
    /// The model of each revision.
    pub models: BTreeMap<i64, String>,
    /// What the model answered on the last revision.
    pub last: Option<Assessment>,
}

type InterviewRow = (String, String, String, String, String, i64, Option<String>);
type DecisionRow = (String, i64, String, String, String, i64, String);

/// Which interviews are counted.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// The first day on which one was held.
    pub from: Date,
    /// The last.
    pub to: Date,
    /// Whether closed ones are left out.
    pub only_open: bool,
}

/// Which interviews: of a centre or all, within days, open or not.
const WITHIN: &str = "FROM interviews i JOIN cases c ON c.id = i.case_id WHERE c.erased_at IS NULL \
     AND ($1 = '' OR c.centre_id = $1) AND i.held_on >= $2 AND i.held_on <= $3 \
     AND ($4 = 0 OR i.closed_at IS NULL)";

impl Store {
    /// The first and the last day of interviews within reach.
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub async fn days_of_interviews(&self, reach: Reach) -> Result<Option<(Date, Date)>, Error> {
        let (first, last): (Option<String>, Option<String>) = sqlx::query_as(
            "SELECT MIN(i.held_on), MAX(i.held_on) FROM interviews i JOIN cases c ON c.id = i.case_id \
             WHERE c.erased_at IS NULL AND ($1 = '' OR c.centre_id = $1)",
        )
        .bind(reach.parameter())
        .fetch_one(&self.pool)
        .await?;
        let (Some(first), Some(last)) = (first, last) else { return Ok(None) };
        Ok(Some((parse_day(&first)?, parse_day(&last)?)))
    }

    /// Interviews within reach that are counted, by id. Answers of the model are opened one after the
    /// other, so that a year of them never lies in memory at once; `keep` makes of each what is counted.
    /// # Errors
    /// [`Error::Database`], [`Error::Row`], [`Error::Vault`].
    pub async fn count_interviews<T>(
        &self,
        reach: Reach,
        span: Span,
        mut keep: impl FnMut(Counted) -> T,
    ) -> Result<Vec<T>, Error> {
        let (centre, from, to) = (reach.parameter(), day(span.from), day(span.to));
        let only_open = i64::from(span.only_open);
        let sql = format!(
            "SELECT i.id, i.case_id, i.author_id, i.held_on, i.language, i.version, i.closed_at {WITHIN} ORDER BY i.id"
        );
        let rows: Vec<InterviewRow> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(&centre)
            .bind(&from)
            .bind(&to)
            .bind(only_open)
            .fetch_all(&self.pool)
            .await?;
        let mut counted = BTreeMap::new();
        for (row, case, author, held_on, language, version, closed_at) in rows {
            let interview = Interview {
                id: id(&row)?,
                case: id(&case)?,
                author: id(&author)?,
                held_on: parse_day(&held_on)?,
                language: from_word(&language)?,
                version,
                closed_at: closed_at.as_deref().map(moment).transpose()?,
            };
            counted.insert(row, Counted { interview, log: Vec::new(), models: BTreeMap::new(), last: None });
        }
        let sql = format!(
            "SELECT d.interview_id, d.seq, d.id, d.person_id, d.at, d.revision, d.act FROM decisions d \
             WHERE d.interview_id IN (SELECT i.id {WITHIN}) ORDER BY d.interview_id, d.seq"
        );
        let rows: Vec<DecisionRow> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(&centre)
            .bind(&from)
            .bind(&to)
            .bind(only_open)
            .fetch_all(&self.pool)
            .await?;
        for (row, seq, event, by, at, revision, act) in rows {
            let seq = u64::try_from(seq).map_err(|e| Error::row("decisions", &e))?;
            let event =
                Event { seq, id: id(&event)?, by: id(&by)?, at: moment(&at)?, act: from_json::<Act>(&act)? };
            if let Some(counted) = counted.get_mut(&row) {
                counted.log.push((revision, event));
            }
        }
        let sql = format!(
            "SELECT r.interview_id, r.revision, a.versions FROM readings r JOIN assessments a ON a.id = r.assessment_id \
             WHERE r.interview_id IN (SELECT i.id {WITHIN})"
        );
        let rows: Vec<(String, i64, String)> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(&centre)
            .bind(&from)
            .bind(&to)
            .bind(only_open)
            .fetch_all(&self.pool)
            .await?;
        for (row, revision, versions) in rows {
            let versions: Versions = from_json(&versions)?;
            if let Some(counted) = counted.get_mut(&row) {
                counted.models.insert(revision, versions.model);
            }
        }
        let sql = format!(
            "SELECT r.assessment_id, r.interview_id, r.answer_sealed FROM readings r \
             WHERE r.interview_id IN (SELECT i.id {WITHIN}) \
             AND r.revision = (SELECT MAX(x.revision) FROM readings x WHERE x.interview_id = r.interview_id)"
        );
        let mut kept = Vec::with_capacity(counted.len());
        let mut rows = sqlx::query_as::<_, (String, String, String)>(sqlx::AssertSqlSafe(sql))
            .bind(&centre)
            .bind(&from)
            .bind(&to)
            .bind(only_open)
            .fetch(&self.pool);
        while let Some((row, interview, sealed)) = rows.try_next().await? {
            let Some(mut counted) = counted.remove(&interview) else { continue };
            let place = Place { table: "readings", row: &row, field: "answer_sealed" };
            counted.last = Some(from_json(&self.vault.open(place, &sealed)?)?);
            kept.push((counted.interview.id, keep(counted)));
        }
        drop(rows);
        kept.extend(counted.into_values().map(|counted| (counted.interview.id, keep(counted))));
        kept.sort_unstable_by_key(|(id, _): &(Uuid, T)| *id);
        Ok(kept.into_iter().map(|(_, kept)| kept).collect())
    }
}
