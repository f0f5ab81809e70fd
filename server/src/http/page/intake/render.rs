//! The page of an interview, rendered: what was read, what was decided, and what is still open.

use std::collections::BTreeMap;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use relat_engine::Assessment;
use uuid::Uuid;

use super::view::{self, Decisions, Domain, Matrix, Names, stamp};
use super::{checklist, guide};
use crate::decisions::{Kind, undecided_alerts};
use crate::http::Error;
use crate::http::cases::{Moment, decided_level, moment};
use crate::http::interviews::Loaded;
use crate::http::page::findings::{Action, ResultView};
use crate::http::page::locale::day;
use crate::http::page::shell::{Room, Shell, Visitor, fresh_key, page};
use crate::state::AppState;
use crate::store::{Case, now};
use crate::words;

/// Above this probability several suggestions are accepted at once; alerts never are.
const BULK_FLOOR: f32 = 0.85;

#[derive(Template)]
#[template(path = "intake/page.html")]
struct Intake<'a> {
    shell: Shell,
    w: words::Words,
    case: &'a Case,
    interview: Option<Uuid>,
    /// 0 of an interview that is not kept yet.
    version: i64,
    /// Which interview of the case it is, from 1.
    ordinal: usize,
    held_on: String,
    /// As forms write it.
    held_on_iso: String,
    text: &'a str,
    saved_at: Option<String>,
    blind: bool,
    closed: bool,
    result: Option<ResultView<'a>>,
    decisions: Decisions,
    matrix: Vec<Domain>,
    undo: usize,
    redo: usize,
    /// Suggestions that nobody has decided on, alerts among them.
    undecided: usize,
    undecided_alerts: usize,
    /// What may be accepted at once: `kind:code`.
    bulk: Vec<String>,
    reasons: Vec<(&'static str, &'static str)>,
    codes: Vec<guide::Searched>,
    person: Uuid,
    key_id: String,
    key: String,
    form_key: String,
    problem: Option<&'static str>,
}

impl Intake<'_> {
    /// Where decisions are sent; nowhere before there is an interview.
    fn acts_path(&self) -> String {
        self.interview.map(|id| format!("/interviews/{id}/acts")).unwrap_or_default()
    }

    /// Whether anything that an action answers was not refused.
    fn stands(&self, action: &Action<'_>) -> bool {
        let refused = |code: &str| {
            let on = self.decisions.of("need", code).or_else(|| self.decisions.of("demand", code));
            on.is_some_and(|decided| decided.class == "refuted")
        };
        action.because.iter().any(|because| !refused(because.code))
    }

    /// What is still to be known before the suggested actions are explored, each fact once.
    fn asked(&self) -> Vec<checklist::Asked> {
        let actions = self.result.iter().flat_map(|result| &result.actions);
        checklist::asked(actions.filter(|action| self.stands(action)))
    }

    fn n_open(&self) -> usize {
        self.matrix.iter().filter(|domain| !domain.is_told()).count()
    }

    fn n_scored(&self) -> usize {
        self.matrix.iter().filter(|domain| domain.decided.is_some()).count()
    }
}

/// What a page of an interview is made of; without an interview, one that is about to begin.
pub(super) struct Seen<'a> {
    pub(super) visitor: &'a Visitor,
    pub(super) case: &'a Case,
    pub(super) loaded: Option<&'a Loaded>,
    pub(super) text: &'a str,
    pub(super) assessment: Option<&'a Assessment>,
    pub(super) problem: Option<&'static str>,
}

pub(super) async fn render(state: &AppState, seen: Seen<'_>) -> Result<Response, Error> {
    let Seen { visitor, case, loaded, text, assessment, problem } = seen;
    let language = visitor.language;
    let me = visitor.person()?.id;
    let blind = match loaded {
        Some(loaded) => loaded.blind,
        None => state.store.centre(case.centre).await?.is_some_and(|centre| centre.blind_first),
    };
    let assessment = assessment.filter(|_| !blind);
    let (earlier, ordinal) = earlier(state, case, loaded).await?;
    let current = loaded.map(|l| l.state.current()).unwrap_or_default();
    let mut by = BTreeMap::new();
    for event in current.values() {
        if event.by != me && !by.contains_key(&event.by) {
            let name = state.store.person(event.by).await?.map(|person| person.name).unwrap_or_default();
            by.insert(event.by, name);
        }
    }
    let names = Names { me, by };
    let decisions = Decisions::new(current.values().copied(), (&names, text), language);
    let mine =
        current.iter().filter(|(subject, _)| subject.kind == Kind::Level).filter_map(|(subject, event)| {
            Some((subject.code.clone(), decided_level(loaded?, &event.act, subject)))
        });
    let mine: BTreeMap<_, _> = mine.collect();
    let matrix =
        Matrix { assessment, decisions: &decisions, mine: &mine, earlier: &earlier, language }.rows();
    let result = assessment.map(|assessment| ResultView::new(text, assessment, language));
    let is_open = |kind: &str, code: &str| decisions.of(kind, code).is_none();
    let suggested = assessment.map(suggested).unwrap_or_default();
    let undecided = suggested.iter().filter(|s| is_open(s.kind, s.code)).count();
    let bulk =
        suggested.iter().filter(|s| s.probability >= BULK_FLOOR && !s.alert && is_open(s.kind, s.code));
    let bulk = bulk.map(|s| format!("{}:{}", s.kind, s.code)).collect();
    let alerts = match (loaded, assessment) {
        (Some(loaded), Some(assessment)) => undecided_alerts(&loaded.state, assessment).len(),
        _ => 0,
    };
    let (undo, redo) = loaded.map(|l| l.state.depths()).unwrap_or_default();
    let (key_id, key) = state.store.device_key(me, None).ok_or(Error::Internal)?;
    let held_on = loaded.map_or_else(|| now().date(), |l| l.interview.held_on);
    let intake = Intake {
        shell: visitor.shell(Room::Cases),
        w: visitor.w,
        case,
        interview: loaded.map(|l| l.interview.id),
        version: loaded.map_or(0, |l| l.interview.version),
        ordinal,
        held_on: day(held_on, language),
        held_on_iso: held_on.to_string(),
        text,
        saved_at: loaded.and_then(saved_at).map(stamp),
        blind,
        closed: loaded.is_some_and(|l| l.state.is_closed()),
        result,
        decisions,
        matrix,
        undo,
        redo,
        undecided,
        undecided_alerts: alerts,
        bulk,
        reasons: view::reasons(visitor.w),
        codes: guide::codes(language),
        person: me,
        key_id,
        key: base64(&key),
        form_key: fresh_key(),
        problem,
    };
    page(&intake, StatusCode::OK)
}

pub(super) fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// A suggestion: only what is present above its threshold is one.
struct Suggested<'a> {
    kind: &'static str,
    code: &'a str,
    probability: f32,
    alert: bool,
}

fn suggested(assessment: &Assessment) -> Vec<Suggested<'_>> {
    let needs = assessment.needs.iter().filter(|n| n.suggested).map(|n| Suggested {
        kind: "need",
        code: &n.code,
        probability: n.probability,
        alert: n.alert,
    });
    let demands = assessment.demands.iter().filter(|d| d.suggested).map(|d| Suggested {
        kind: "demand",
        code: &d.code,
        probability: d.probability,
        alert: false,
    });
    needs.chain(demands).collect()
}

/// When the last decision that holds was kept.
fn saved_at(loaded: &Loaded) -> Option<time::OffsetDateTime> {
    loaded.state.current().into_values().map(|event| event.at).max()
}

/// The interviews of a case before one, and which one it is.
async fn earlier(
    state: &AppState,
    case: &Case,
    loaded: Option<&Loaded>,
) -> Result<(Vec<Moment>, usize), Error> {
    let all = state.store.interviews(case.id).await?;
    let this = loaded.and_then(|l| all.iter().position(|i| i.id == l.interview.id)).unwrap_or(all.len());
    let mut moments = Vec::new();
    for interview in all.into_iter().take(this) {
        moments.push(moment(state, interview).await?);
    }
    Ok((moments, this + 1))
}
