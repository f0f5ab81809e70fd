//! An interview as its page shows it: what was found, what people decided of it, and the matrix with both.

use std::collections::BTreeMap;

use relat_engine::{Assessment, Language, LevelFinding, Status, Taxonomy};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::guide::{anchor, question};
use crate::decisions::{Act, Event, Finding, Kind, Reason, Stretch};
use crate::http::cases::Moment;
use crate::http::page::locale::day;
use crate::words::{self, Words};

/// Interviews before this one whose levels are drawn.
const EARLIER: usize = 4;

/// What a person decided on something.
#[derive(Debug, Clone)]
pub(super) struct Decided {
    /// `confirmed`, `edited`, `refuted` or `added`.
    pub(super) class: &'static str,
    pub(super) word: &'static str,
    /// Who: nothing when it is the person before the page.
    pub(super) by: Option<String>,
    /// RFC 3339.
    pub(super) at: String,
    pub(super) clock: String,
    /// Reason of a refusal, or what holds after an edit.
    pub(super) detail: Option<String>,
}

/// Something that holds because a worker added it.
#[derive(Debug, Clone)]
pub(super) struct Added {
    pub(super) kind: &'static str,
    pub(super) class: &'static str,
    pub(super) code: String,
    pub(super) label: &'static str,
    pub(super) status: Option<&'static str>,
    pub(super) quotes: Vec<String>,
    /// UTF-16 ranges, as scripts read them.
    pub(super) spans: String,
    pub(super) decided: Decided,
}

/// Names of people by their ids, and who looks.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) me: Uuid,
    pub(super) by: BTreeMap<Uuid, String>,
}

/// The decisions that hold, by kind and code.
#[derive(Debug, Default)]
pub(super) struct Decisions {
    held: BTreeMap<(&'static str, String), Decided>,
    pub(super) added: Vec<Added>,
}

impl Decisions {
    /// The decision on a kind and a code.
    pub(super) fn of(&self, kind: &str, code: &str) -> Option<&Decided> {
        self.held.iter().find(|((k, c), _)| *k == kind && c == code).map(|(_, decided)| decided)
    }

    pub(super) fn new<'e>(
        events: impl IntoIterator<Item = &'e Event>,
        (names, text): (&Names, &str),
        language: Language,
    ) -> Self {
        let mut all = Self::default();
        for event in events {
            let Some(subject) = event.act.subject() else { continue };
            let decided = decided(event, names, language);
            if let (Act::Add { finding, .. }, true) = (&event.act, subject.kind != Kind::Level) {
                all.added.push(added(subject.kind, finding, (text, language), decided.clone()));
            }
            all.held.insert((kind_name(subject.kind), subject.code), decided);
        }
        all
    }
}

/// The name of a kind in forms and attributes.
pub(super) fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Need => "need",
        Kind::Demand => "demand",
        Kind::Level => "level",
        Kind::Action => "action",
    }
}

/// The words of a reason.
pub(in crate::http::page) fn reason(w: Words, reason: Reason) -> &'static str {
    match reason {
        Reason::Denied => w.intake_reason_denied(),
        Reason::Past => w.intake_reason_past(),
        Reason::OtherPerson => w.intake_reason_other_person(),
        Reason::AlreadyHandled => w.intake_reason_already_handled(),
        Reason::NotEnoughEvidence => w.intake_reason_not_enough_evidence(),
        Reason::Wrong => w.intake_reason_wrong(),
    }
}

/// Every reason, with its value in forms and its words.
pub(super) fn reasons(w: Words) -> Vec<(&'static str, &'static str)> {
    vec![
        ("denied", reason(w, Reason::Denied)),
        ("past", reason(w, Reason::Past)),
        ("other_person", reason(w, Reason::OtherPerson)),
        ("already_handled", reason(w, Reason::AlreadyHandled)),
        ("not_enough_evidence", reason(w, Reason::NotEnoughEvidence)),
        ("wrong", reason(w, Reason::Wrong)),
    ]
}

fn decided(event: &Event, names: &Names, language: Language) -> Decided {
    let w = Words::of(language);
    let (class, word) = match &event.act {
        Act::Confirm { .. } => ("confirmed", w.intake_confirmed()),
        Act::Edit { .. } => ("edited", w.intake_edited()),
        Act::Refute { .. } => ("refuted", w.intake_refuted()),
        _ => ("added", w.intake_added()),
    };
    let detail = match &event.act {
        Act::Refute { reason: why, .. } => Some(reason(w, *why).to_owned()),
        Act::Edit { to, code, .. } => {
            let label =
                (to.code != *code).then(|| words::label(Taxonomy::shipped(), &to.code, language).to_owned());
            let status =
                to.status.filter(|status| *status != Status::Present).map(|s| w.status(s).to_owned());
            let level = to.level.map(|level| level.to_string());
            label.or(status).or(level)
        }
        _ => None,
    };
    Decided {
        class,
        word,
        by: (event.by != names.me).then(|| names.by.get(&event.by).cloned().unwrap_or_default()),
        at: stamp(event.at),
        clock: format!("{:02}:{:02} UTC", event.at.hour(), event.at.minute()),
        detail,
    }
}

/// A time as scripts read it.
pub(super) fn stamp(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

fn added(kind: Kind, finding: &Finding, (text, language): (&str, Language), decided: Decided) -> Added {
    let t = Taxonomy::shipped();
    let alert =
        kind == Kind::Need && t.need(&finding.code).and_then(|i| t.needs().get(i)).is_some_and(|n| n.alert);
    let class = if alert { "alert" } else { kind_name(kind) };
    let label = [
        t.need(&finding.code).and_then(|i| Some(&t.needs().get(i)?.labels)),
        t.demand(&finding.code).and_then(|i| Some(&t.demands().get(i)?.labels)),
        t.action(&finding.code).and_then(|i| Some(&t.actions().get(i)?.labels)),
    ]
    .into_iter()
    .flatten()
    .next()
    .map_or("", |labels| labels.get(language));
    let status = finding.status.filter(|s| *s != Status::Present).map(|s| Words::of(language).status(s));
    // The text may have changed since: what no longer lies on characters is not quoted.
    let quote = |s: &Stretch| text.get(s.start..s.end).map(|said| said.trim().to_owned());
    Added {
        kind: kind_name(kind),
        class,
        code: finding.code.clone(),
        label,
        status,
        quotes: finding.evidence.iter().filter_map(quote).collect(),
        spans: finding.evidence.iter().filter_map(|s| utf16(text, s)).collect::<Vec<_>>().join(" "),
        decided,
    }
}

fn utf16(text: &str, stretch: &Stretch) -> Option<String> {
    let units = |end: usize| text.get(..end).map(|before| before.encode_utf16().count());
    Some(format!("{}-{}", units(stretch.start)?, units(stretch.end)?))
}

/// A level of a domain, as a choice.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) level: u8,
    pub(super) percent: u8,
    pub(super) is_models: bool,
    pub(super) is_mine: bool,
    pub(super) was_last: bool,
    pub(super) anchor: &'static str,
}

/// A domain of the matrix.
#[derive(Debug)]
pub(super) struct Domain {
    pub(super) code: &'static str,
    pub(super) label: &'static str,
    pub(super) choices: Vec<Choice>,
    /// The model's level; nothing when it has none or may not be seen yet.
    pub(super) model: Option<u8>,
    pub(super) decided: Option<Decided>,
    /// The worker said that it cannot be assessed.
    pub(super) is_open: bool,
    pub(super) spans: String,
    pub(super) first: usize,
    /// Levels before, oldest first, with their days.
    pub(super) earlier: Vec<(String, Option<u8>)>,
    pub(super) question: &'static str,
}

impl Domain {
    /// Whether anything is told of it, by the model or by a worker.
    pub(super) fn is_told(&self) -> bool {
        self.model.is_some() || (self.decided.is_some() && !self.is_open)
    }

    /// The points of its line over time, in a box 60 wide and 24 high, and the last point.
    pub(super) fn line(&self) -> (String, Vec<(f32, f32)>) {
        let n = self.earlier.len();
        let step = if n > 1 { 48.0 / f32::from(u8::try_from(n - 1).unwrap_or(1)) } else { 0.0 };
        let points: Vec<(f32, f32)> = self
            .earlier
            .iter()
            .zip(0_u8..)
            .filter_map(|((_, level), i)| {
                Some((6.0 + step * f32::from(i), 25.5 - 4.5 * f32::from((*level)?)))
            })
            .collect();
        (points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" "), points)
    }
}

/// What the matrix is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Matrix<'a> {
    /// Nothing while the worker has to score first.
    pub(super) assessment: Option<&'a Assessment>,
    pub(super) decisions: &'a Decisions,
    pub(super) mine: &'a BTreeMap<String, Option<u8>>,
    pub(super) earlier: &'a [Moment],
    pub(super) language: Language,
}

impl Matrix<'_> {
    /// A row a domain, in the order of the matrix.
    pub(super) fn rows(self) -> Vec<Domain> {
        Taxonomy::shipped().domains().iter().map(|domain| self.row(&domain.code, &domain.labels)).collect()
    }

    fn row(self, code: &'static str, labels: &'static relat_engine::Labels) -> Domain {
        let found = self.assessment.and_then(|a| a.levels.iter().find(|l| l.domain == code));
        let mine = self.mine.get(code).copied();
        let before = self.earlier.iter().rev().take(EARLIER).collect::<Vec<_>>();
        let mut earlier: Vec<(String, Option<u8>)> = before
            .into_iter()
            .map(|m| (day(m.interview.held_on, self.language), level_of(m, code)))
            .collect();
        earlier.reverse();
        let last = earlier.last().and_then(|(_, level)| *level);
        if !earlier.is_empty() {
            earlier.push((String::new(), mine.flatten().or_else(|| found.and_then(|f| f.level))));
        }
        let choices = (1..=5).map(|level| Choice {
            level,
            percent: found.map_or(0, |f| percent(f, level)),
            is_models: found.is_some_and(|f| f.level == Some(level)),
            is_mine: mine == Some(Some(level)),
            was_last: last == Some(level),
            anchor: anchor(code, level, self.language),
        });
        let mut spans: Vec<_> = found
            .map(|f| f.evidence.iter().map(|e| (e.start, e.start_utf16, e.end_utf16)).collect())
            .unwrap_or_default();
        spans.sort_unstable();
        spans.dedup();
        Domain {
            code,
            label: labels.get(self.language),
            choices: choices.collect(),
            model: found.and_then(|f| f.level),
            decided: self.decisions.of("level", code).cloned(),
            is_open: mine == Some(None),
            first: spans.first().map_or(0, |s| s.0),
            spans: spans.iter().map(|(_, a, b)| format!("{a}-{b}")).collect::<Vec<_>>().join(" "),
            earlier,
            question: question(code, self.language),
        }
    }
}

fn level_of(moment: &Moment, code: &str) -> Option<u8> {
    let levels = moment.levels.get(code)?;
    if levels.is_decided { levels.decided } else { levels.suggested }
}

fn percent(found: &LevelFinding, level: u8) -> u8 {
    if found.level.is_none() {
        return 0;
    }
    let p = found.distribution.get(usize::from(level) - 1).copied().unwrap_or_default();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=100")]
    let percent = (p.clamp(0.0, 1.0) * 100.0).round() as u8;
    percent
}
