//! An assessment as the page shows it: in words, in groups, with links between findings and text.

use std::collections::HashMap;

use relat_engine::{
    Assessment, DemandFinding, Evidence, Language, LevelFinding, NeedFinding, Status, Taxonomy,
};

use super::evidence::{Kind, Mark, Segment, segments};
use crate::conditions::{self, Condition};
use crate::words::{self, Likelihood, Words};

/// Sentences quoted in a card; the others are only marked in the text.
const QUOTES: usize = 2;

/// Everything that the page shows of an assessment.
#[derive(Debug)]
pub(super) struct ResultView<'a> {
    pub(super) warnings: Vec<String>,
    pub(super) alerts: Vec<Card<'a>>,
    pub(super) needs: Vec<Card<'a>>,
    pub(super) demands: Vec<Card<'a>>,
    pub(super) quiet: Vec<Card<'a>>,
    pub(super) weak: Vec<Card<'a>>,
    pub(super) matrix: Vec<Row<'a>>,
    pub(super) actions: Vec<Action<'a>>,
    pub(super) less_likely: Vec<Action<'a>>,
    pub(super) segments: Vec<Segment<'a>>,
    pub(super) language: &'a str,
    pub(super) language_tag: &'static str,
    pub(super) n_words: usize,
    pub(super) versions: String,
}

impl ResultView<'_> {
    pub(super) fn n_suggested(&self) -> usize {
        self.alerts.len() + self.needs.len() + self.demands.len()
    }
}

/// A need or a demand.
#[derive(Debug)]
pub(super) struct Card<'a> {
    pub(super) kind: &'static str,
    pub(super) code: &'a str,
    pub(super) key: Option<usize>,
    pub(super) label: &'a str,
    /// What sets it apart from a suggestion, if anything.
    pub(super) status: Option<(&'static str, &'a str)>,
    pub(super) likelihood: &'a str,
    /// 1 to 5.
    pub(super) dots: u8,
    pub(super) percent: String,
    pub(super) quotes: Vec<Quote<'a>>,
    pub(super) more: usize,
    pub(super) spans: Spans,
}

impl Card<'_> {
    /// The list that its code is of.
    pub(super) fn list(&self) -> &'static str {
        if Taxonomy::shipped().demand(self.code).is_some() { "demand" } else { "need" }
    }
}

/// A sentence of the text, in the language it is written in.
#[derive(Debug)]
pub(super) struct Quote<'a> {
    pub(super) text: &'a str,
    pub(super) lang: &'static str,
}

/// Where evidence lies.
#[derive(Debug, Default)]
pub(super) struct Spans {
    /// Byte at which the first stretch begins: the anchor in the marked text.
    pub(super) first: usize,
    /// UTF-16 ranges for scripts: `12-45 60-80`, in the order of the text.
    pub(super) utf16: String,
}

/// A domain of the matrix.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) code: &'a str,
    pub(super) label: &'a str,
    pub(super) level: Option<u8>,
    pub(super) level_word: &'a str,
    pub(super) cells: [Cell; 5],
    pub(super) spans: Spans,
}

/// The probability of a level, percent.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cell {
    pub(super) percent: u8,
    pub(super) chosen: bool,
}

impl Cell {
    /// Where the bar begins, from the top of a box 100 high.
    pub(super) fn top(self) -> u8 {
        100 - self.percent
    }
}

/// An action of the catalogue.
#[derive(Debug)]
pub(super) struct Action<'a> {
    pub(super) code: &'a str,
    pub(super) label: &'a str,
    pub(super) kind: &'a str,
    pub(super) because: Vec<Because<'a>>,
    pub(super) conditions: Vec<Condition>,
    /// What the conditions rest on, by name.
    pub(super) law: &'static str,
    pub(super) spans: Spans,
}

/// A finding that an action answers.
#[derive(Debug)]
pub(super) struct Because<'a> {
    pub(super) code: &'a str,
    pub(super) label: &'a str,
    pub(super) kind: &'static str,
    pub(super) key: Option<usize>,
}

impl<'a> ResultView<'a> {
    /// The view of an assessment of `text` in an interface language.
    pub(super) fn new(text: &'a str, assessment: &'a Assessment, language: Language) -> Self {
        Builder { text, assessment, language, w: Words::of(language), t: Taxonomy::shipped() }.build()
    }
}

struct Builder<'a> {
    text: &'a str,
    assessment: &'a Assessment,
    language: Language,
    w: Words,
    t: &'static Taxonomy,
}

impl<'a> Builder<'a> {
    fn build(&self) -> ResultView<'a> {
        let (mut alerts, mut needs, mut quiet, mut weak) = (vec![], vec![], vec![], vec![]);
        for need in &self.assessment.needs {
            match (need.suggested, need.status, need.alert) {
                (true, Status::Present, true) => alerts.push(self.need(need, Kind::Alert)),
                (true, Status::Present, false) => needs.push(self.need(need, Kind::Need)),
                (false, Status::Present, _) => weak.push(self.need(need, Kind::Quiet)),
                (_, Status::Absent | Status::Past | Status::Other, _) => {
                    quiet.push(self.need(need, Kind::Quiet));
                }
            }
        }
        let (suggested, doubtful): (Vec<_>, Vec<_>) =
            self.assessment.demands.iter().partition(|d| d.suggested);
        let mut demands: Vec<Card<'a>> =
            suggested.into_iter().map(|d| self.demand(d, Kind::Demand)).collect();
        weak.extend(doubtful.into_iter().map(|d| self.demand(d, Kind::Quiet)));

        let mut keys = HashMap::new();
        for (i, card) in alerts.iter_mut().chain(&mut needs).chain(&mut demands).enumerate() {
            card.key = Some(i + 1);
            keys.insert(card.code, (card.kind, i + 1));
        }
        let (actions, less_likely) = self.actions(&keys);
        ResultView {
            warnings: self.warnings(),
            segments: segments(self.text, &self.marks(&keys)),
            matrix: self.assessment.levels.iter().map(|level| self.row(level)).collect(),
            language: self.w.language(self.assessment.language),
            language_tag: words::tag(self.assessment.language),
            n_words: self.text.split_whitespace().count(),
            versions: self.w.versions(&self.assessment.versions),
            alerts,
            needs,
            demands,
            quiet,
            weak,
            actions,
            less_likely,
        }
    }

    fn need(&self, need: &'a NeedFinding, kind: Kind) -> Card<'a> {
        let status = match need.status {
            Status::Present => None,
            Status::Absent => Some("absent"),
            Status::Past => Some("past"),
            Status::Other => Some("other"),
        };
        let status = status.map(|name| (name, self.w.status(need.status)));
        Card { status, ..self.card(&need.code, kind, need.probability, &need.evidence) }
    }

    fn demand(&self, demand: &'a DemandFinding, kind: Kind) -> Card<'a> {
        self.card(&demand.code, kind, demand.probability, &demand.evidence)
    }

    fn card(&self, code: &'a str, kind: Kind, probability: f32, evidence: &'a [Evidence]) -> Card<'a> {
        Card {
            kind: kind.name(),
            code,
            key: None,
            label: self.label(code),
            status: None,
            likelihood: self.w.likelihood(probability),
            dots: dots(probability),
            percent: self.percent(probability),
            quotes: evidence.iter().take(QUOTES).map(|e| self.quote(e)).collect(),
            more: evidence.len().saturating_sub(QUOTES),
            spans: spans(evidence),
        }
    }

    fn quote(&self, evidence: &Evidence) -> Quote<'a> {
        let sentence =
            self.assessment.sentences.iter().find(|s| s.start <= evidence.start && evidence.start < s.end);
        Quote {
            text: unquoted(self.text.get(evidence.start..evidence.end).unwrap_or_default().trim()),
            lang: words::tag(sentence.map_or(Language::Other, |s| s.language)),
        }
    }

    fn row(&self, level: &'a LevelFinding) -> Row<'a> {
        let mut cells = level.distribution.map(|p| Cell { percent: whole_percent(p), chosen: false });
        if let Some(cell) = level.level.and_then(|l| cells.get_mut(usize::from(l).checked_sub(1)?)) {
            cell.chosen = true;
        }
        let word = level.level.and_then(|l| self.w.level(l));
        Row {
            code: &level.domain,
            label: self.label(&level.domain),
            level: level.level,
            level_word: word.map_or(self.w.levels_not_told(), |word| word),
            cells,
            spans: spans(&level.evidence),
        }
    }

    fn actions(&self, keys: &HashMap<&str, (&'static str, usize)>) -> (Vec<Action<'a>>, Vec<Action<'a>>) {
        let (likely, less): (Vec<_>, Vec<_>) = self.assessment.actions.iter().partition(|a| a.suggested);
        let view = |action: &'a relat_engine::ActionFinding| {
            let entry = self.t.action(&action.code).and_then(|i| self.t.actions().get(i));
            let because = action.because.iter().map(|code| {
                let found = keys.get(code.as_str());
                Because {
                    code,
                    label: self.label(code),
                    kind: found.map_or(Kind::Quiet.name(), |(kind, _)| kind),
                    key: found.map(|(_, key)| *key),
                }
            });
            Action {
                code: &action.code,
                label: self.label(&action.code),
                kind: entry.map_or("", |entry| self.w.action_kind(entry.kind)),
                because: because.collect(),
                conditions: conditions::of(&action.code, self.language),
                law: conditions::law(&action.code),
                spans: spans(&action.evidence),
            }
        };
        (likely.into_iter().map(view).collect(), less.into_iter().map(view).collect())
    }

    /// What the marked text shows: suggestions, and what was read and set apart. Other evidence has no line.
    fn marks(&self, keys: &HashMap<&str, (&'static str, usize)>) -> Vec<Mark> {
        let key = |code: &str| keys.get(code).map(|(_, key)| *key);
        let needs =
            self.assessment.needs.iter().map(|need| match (need.status, need.suggested, need.alert) {
                (Status::Present, true, true) => (Some(Kind::Alert), key(&need.code), &need.evidence),
                (Status::Present, true, false) => (Some(Kind::Need), key(&need.code), &need.evidence),
                (Status::Present, false, _) => (None, None, &need.evidence),
                (Status::Absent | Status::Past | Status::Other, ..) => {
                    (Some(Kind::Quiet), None, &need.evidence)
                }
            });
        let demands = self.assessment.demands.iter().map(|demand| match demand.suggested {
            true => (Some(Kind::Demand), key(&demand.code), &demand.evidence),
            false => (None, None, &demand.evidence),
        });
        let levels = self.assessment.levels.iter().map(|level| (None, None, &level.evidence));
        let actions = self.assessment.actions.iter().map(|action| (None, None, &action.evidence));
        needs
            .chain(demands)
            .chain(levels)
            .chain(actions)
            .flat_map(|(kind, key, evidence)| {
                evidence.iter().map(move |e| Mark { kind, key, start: e.start, end: e.end })
            })
            .collect()
    }

    fn warnings(&self) -> Vec<String> {
        self.assessment.warnings.iter().map(|w| self.w.warning(w, |code| self.label(code))).collect()
    }

    /// The name of a code of any of the lists; the code itself when the lists do not have it.
    fn label(&self, code: &'a str) -> &'a str {
        words::label(self.t, code, self.language)
    }

    fn percent(&self, probability: f32) -> String {
        words::percent(probability, self.language)
    }
}

/// A sentence that is all somebody's words, without its own marks: it is put between marks again.
fn unquoted(said: &str) -> &str {
    let pairs = [('«', '»'), ('“', '”'), ('"', '"')];
    let inner = pairs.into_iter().find_map(|(open, close)| {
        let inner = said.strip_prefix(open)?.strip_suffix(close)?;
        (!inner.contains([open, close])).then_some(inner)
    });
    inner.unwrap_or(said)
}

fn dots(probability: f32) -> u8 {
    match Likelihood::of(probability) {
        Likelihood::VeryLikely => 5,
        Likelihood::Likely => 4,
        Likelihood::Possible => 3,
        Likelihood::Doubtful => 1,
    }
}

fn whole_percent(probability: f32) -> u8 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=100")]
    let percent = (probability.clamp(0.0, 1.0) * 100.0).round() as u8;
    percent
}

fn spans(evidence: &[Evidence]) -> Spans {
    let mut ranges: Vec<_> = evidence.iter().map(|e| (e.start, e.start_utf16, e.end_utf16)).collect();
    ranges.sort_unstable();
    ranges.dedup();
    Spans {
        first: ranges.first().map_or(0, |r| r.0),
        utf16: ranges.iter().map(|(_, start, end)| format!("{start}-{end}")).collect::<Vec<_>>().join(" "),
    }
}
