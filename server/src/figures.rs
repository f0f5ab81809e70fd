//! Figures for coordinators, counted from what people decided: needs by area and month, what became of suggestions by code
//! and model, interviews and open work. Numbers about few people are left out ([`crate::suppression`]).
//!
//! A table is of one calendar year and of one reach, so that no two that one reader sees overlap: what a longer period has
//! more than a shorter one cannot be had by taking one from the other.

use std::collections::{BTreeMap, BTreeSet};

use relat_engine::{Status, Taxonomy};
use time::Date;
use uuid::Uuid;

use crate::decisions::{Act, Event, Kind, Refused, State, marks_every_domain, undecided_alerts};
use crate::store::Counted;
use crate::suppression::{Count, LEAST, Published, publish};

/// Months of a year.
pub const MONTHS: usize = 12;

/// What becomes of a suggestion, in the order of columns.
pub const OUTCOMES: [&str; 4] = ["confirmed", "edited", "refuted", "added"];

/// An interview, as far as figures need it: no text, and of the model's answer only codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sitting {
    /// Its id.
    pub interview: Uuid,
    /// Its case, which stands for a person.
    pub case: Uuid,
    /// Who wrote it down.
    pub author: Uuid,
    /// When it was held.
    pub held_on: Date,
    /// Whether it is closed.
    pub closed: bool,
    /// Needs that people found to be there, by code.
    pub needs: BTreeSet<String>,
    /// What became of needs and demands: kind, code, the model that was in use, index in [`OUTCOMES`].
    pub outcomes: Vec<(Kind, String, String, usize)>,
    /// Alerts that nobody has decided on. None while the worker has to score before seeing the model's.
    pub alerts: Vec<String>,
}

impl Sitting {
    /// What is counted of an interview; `blind_first` when its centre scores before it sees the model's.
    /// # Errors
    /// [`Refused`]: a log that no sequence of accepted acts makes.
    pub fn new(counted: &Counted, blind_first: bool) -> Result<Self, Refused> {
        let state = State::fold(counted.log.iter().map(|(_, event)| event.clone()))?;
        let revisions: BTreeMap<u64, i64> =
            counted.log.iter().map(|(revision, e)| (e.seq, *revision)).collect();
        let model = |event: &Event| {
            let model = revisions.get(&event.seq).and_then(|revision| counted.models.get(revision));
            model.cloned().unwrap_or_default()
        };
        let current = state.current();
        let mut outcomes = Vec::new();
        let mut needs = BTreeSet::new();
        for (subject, event) in &current {
            if let (Kind::Need | Kind::Demand, Some(outcome)) = (subject.kind, outcome(&event.act)) {
                outcomes.push((subject.kind, subject.code.clone(), model(event), outcome));
            }
            if subject.kind == Kind::Need {
                needs.extend(present(&event.act, counted));
            }
        }
        let is_blind = blind_first && !marks_every_domain(&state) && !state.is_closed();
        let alerts = match &counted.last {
            Some(assessment) if !is_blind => undecided_alerts(&state, assessment),
            _ => Vec::new(),
        };
        let interview = &counted.interview;
        Ok(Self {
            interview: interview.id,
            case: interview.case,
            author: interview.author,
            held_on: interview.held_on,
            closed: interview.closed_at.is_some(),
            needs,
            outcomes,
            alerts,
        })
    }

    fn month(&self) -> usize {
        usize::from(u8::from(self.held_on.month())) - 1
    }
}

fn outcome(act: &Act) -> Option<usize> {
    OUTCOMES.iter().position(|outcome| act.decision() == Some(outcome))
}

/// The need that is there after a decision, if any.
fn present(act: &Act, counted: &Counted) -> Option<String> {
    let is_present = |status: Option<Status>| status.is_none_or(|status| status == Status::Present);
    match act {
        Act::Confirm { code, .. } => {
            let needs = counted.last.as_ref().map(|assessment| &assessment.needs);
            let found = needs.and_then(|needs| needs.iter().find(|need| need.code == *code));
            is_present(found.map(|need| need.status)).then(|| code.clone())
        }
        Act::Edit { to: finding, .. } | Act::Add { finding, .. } => {
            is_present(finding.status).then(|| finding.code.clone())
        }
        Act::Refute { .. } | Act::Undo | Act::Redo | Act::Close | Act::Reopen => None,
    }
}

/// Needs by area of the matrix, in its order, and month.
#[must_use]
pub fn needs(sittings: &[Sitting]) -> Published {
    let taxonomy = Taxonomy::shipped();
    let mut cells = vec![vec![Count::default(); MONTHS]; taxonomy.domains().len()];
    for sitting in sittings {
        for code in &sitting.needs {
            let need = taxonomy.need(code).and_then(|index| taxonomy.needs().get(index));
            let row = need.and_then(|need| cells.get_mut(need.domain));
            if let Some(count) = row.and_then(|row| row.get_mut(sitting.month())) {
                count.add(sitting.case);
            }
        }
    }
    publish(&cells, MONTHS, LEAST)
}

/// Interviews by month, in one row.
#[must_use]
pub fn interviews(sittings: &[Sitting]) -> Published {
    let mut cells = vec![Count::default(); MONTHS];
    for sitting in sittings {
        if let Some(count) = cells.get_mut(sitting.month()) {
            count.add(sitting.case);
        }
    }
    publish(&[cells], MONTHS, LEAST)
}

/// What became of one model's suggestions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// The model's name and version.
    pub model: String,
    /// Kind and code of each row, in the order of the lists.
    pub rows: Vec<(Kind, String)>,
    /// A column an outcome.
    pub table: Published,
}

impl Acceptance {
    /// Of a row: the share of the model's suggestions that were taken as they were, where everything in it is shown.
    #[must_use]
    pub fn accepted(&self, row: usize) -> Option<f64> {
        let cells = self.table.cells.get(row)?;
        let [Some(confirmed), Some(edited), Some(refuted), _] = cells.as_slice() else { return None };
        share(*confirmed, confirmed + edited + refuted)
    }
}

/// A share of a whole; nothing of nothing.
#[must_use]
pub fn share(part: u64, whole: u64) -> Option<f64> {
    let number = |n: u64| u32::try_from(n).map(f64::from).ok();
    if whole == 0 { None } else { Some(number(part)? / number(whole)?) }
}

/// Counts of each code of a model, by kind and place in the taxonomy.
type OfCodes<'a> = BTreeMap<(Kind, usize, &'a str), Vec<Count>>;

/// What became of suggestions, a table a model, by name.
#[must_use]
pub fn acceptance(sittings: &[Sitting]) -> Vec<Acceptance> {
    let mut models: BTreeMap<&str, OfCodes<'_>> = BTreeMap::new();
    let taxonomy = Taxonomy::shipped();
    for sitting in sittings {
        for (kind, code, model, outcome) in &sitting.outcomes {
            let place = match kind {
                Kind::Need => taxonomy.need(code),
                Kind::Demand | Kind::Level | Kind::Action => taxonomy.demand(code),
            };
            let rows = models.entry(model).or_default();
            let row = rows.entry((*kind, place.unwrap_or(usize::MAX), code.as_str()));
            let row = row.or_insert_with(|| vec![Count::default(); OUTCOMES.len()]);
            if let Some(count) = row.get_mut(*outcome) {
                count.add(sitting.case);
            }
        }
    }
    let table = |(model, rows): (&str, OfCodes<'_>)| {
        let names = rows.keys().map(|(kind, _, code)| (*kind, (*code).to_owned())).collect();
        let cells: Vec<Vec<Count>> = rows.into_values().collect();
        Acceptance { model: model.to_owned(), rows: names, table: publish(&cells, OUTCOMES.len(), LEAST) }
    };
    models.into_iter().map(table).collect()
}

/// A worker's interviews in the year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Work {
    /// Held.
    pub interviews: usize,
    /// Cases among them.
    pub cases: BTreeSet<Uuid>,
    /// Not closed.
    pub open: usize,
    /// Alerts in them that nobody has decided on.
    pub alerts: usize,
}

/// Work by person: for who leads them, and for nobody else.
#[must_use]
pub fn workload(sittings: &[Sitting]) -> BTreeMap<Uuid, Work> {
    let mut people: BTreeMap<Uuid, Work> = BTreeMap::new();
    for sitting in sittings {
        let work = people.entry(sitting.author).or_default();
        work.interviews += 1;
        work.cases.insert(sitting.case);
        work.open += usize::from(!sitting.closed);
        work.alerts += sitting.alerts.len();
    }
    people
}

#[cfg(test)]
mod tests;
