//! An assessment for a terminal.

use relat_engine::{Assessment, Evidence, Language, LevelFinding, Status, Taxonomy};

use crate::conditions;
use crate::words::{self, Words};

/// Width that lines are wrapped to, in characters.
const WIDTH: usize = 88;
/// Width of names in a table.
const NAME: usize = 46;

/// Whether escape sequences are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Colour,
}

impl Style {
    fn paint(self, code: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Colour => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }
}

const BOLD: &str = "1";
const FAINT: &str = "2";
const ALERT: &str = "1;31";
const NEED: &str = "33";
const DEMAND: &str = "32";

/// The assessment of a text in a language of the labels, as lines that end with a line break.
pub(super) fn render(
    title: Option<&str>,
    text: &str,
    assessment: &Assessment,
    (language, style): (Language, Style),
) -> String {
    let page = Page { text, assessment, language, style, w: Words::of(language), out: String::new() };
    page.render(title)
}

struct Page<'a> {
    text: &'a str,
    assessment: &'a Assessment,
    language: Language,
    style: Style,
    w: Words,
    out: String,
}

/// A line of the lists.
struct Item<'a> {
    marker: String,
    code: &'a str,
    word: String,
    evidence: &'a [Evidence],
}

impl<'a> Page<'a> {
    fn render(mut self, title: Option<&str>) -> String {
        if let Some(title) = title {
            self.line(&self.style.paint(BOLD, &plain(title)));
        }
        let n = self.text.split_whitespace().count();
        let about = format!("{} · {n} {}", self.w.language(self.assessment.language), self.w.state_word(n));
        self.line(&self.style.paint(FAINT, &about));
        self.warnings();
        self.findings();
        self.levels();
        self.actions();
        self.line("");
        self.line(&self.style.paint(FAINT, &self.w.versions(&self.assessment.versions)));
        self.line(&self.style.paint(FAINT, self.w.tagline()));
        self.out
    }

    fn findings(&mut self) {
        let assessment = self.assessment;
        let present = |alert| {
            assessment
                .needs
                .iter()
                .filter(move |n| n.suggested && n.status == Status::Present && n.alert == alert)
        };
        let alerts =
            present(true).map(|n| self.item((ALERT, "▲"), &n.code, n.probability, &n.evidence)).collect();
        let needs =
            present(false).map(|n| self.item((NEED, "●"), &n.code, n.probability, &n.evidence)).collect();
        let asked = assessment.demands.iter().filter(|d| d.suggested);
        let demands = asked.map(|d| self.item((DEMAND, "▸"), &d.code, d.probability, &d.evidence)).collect();
        let apart = assessment.needs.iter().filter(|n| n.status != Status::Present);
        let quiet = apart.map(|n| Item {
            marker: self.style.paint(FAINT, "–"),
            code: &n.code,
            word: self.w.status(n.status).to_owned(),
            evidence: &n.evidence,
        });
        let quiet = quiet.collect();
        let w = self.w;
        let lists: [(&str, Vec<Item<'a>>); 4] = [
            (w.findings_alerts(), alerts),
            (w.findings_needs(), needs),
            (w.findings_demands(), demands),
            (w.findings_quiet(), quiet),
        ];
        if lists.iter().take(3).all(|(_, items)| items.is_empty()) {
            self.line("");
            self.line(w.findings_none());
        }
        for (heading, items) in lists {
            self.list(heading, &items);
        }
        let doubtful =
            assessment.needs.iter().filter(|n| !n.suggested && n.status == Status::Present).count()
                + assessment.demands.iter().filter(|d| !d.suggested).count();
        if doubtful > 0 {
            self.line("");
            self.line(&self.style.paint(FAINT, &format!("{doubtful} {}", w.findings_weak(doubtful))));
        }
    }

    fn item(
        &self,
        (colour, marker): (&str, &str),
        code: &'a str,
        probability: f32,
        evidence: &'a [Evidence],
    ) -> Item<'a> {
        let percent = words::percent(probability, self.language);
        Item {
            marker: self.style.paint(colour, marker),
            code,
            word: format!("{} {percent}", self.w.likelihood(probability)),
            evidence,
        }
    }

    fn list(&mut self, heading: &str, items: &[Item<'a>]) {
        if items.is_empty() {
            return;
        }
        self.heading(heading);
        for item in items {
            let name = pad(self.label(item.code));
            let word = self.style.paint(FAINT, &item.word);
            self.line(&format!("  {} {} {word}", item.marker, self.style.paint(BOLD, &name)));
            for evidence in item.evidence {
                let quote = self.text.get(evidence.start..evidence.end).unwrap_or_default();
                self.wrapped("      ", &self.quoted(quote));
            }
        }
    }

    fn levels(&mut self) {
        self.heading(self.w.levels_heading());
        let named = |n: u8| Some(format!("{n} {}", self.w.level(n)?));
        let scale = (1..=5).filter_map(named).collect::<Vec<_>>();
        self.line(&self.style.paint(FAINT, &format!("  {}", scale.join(" · "))));
        self.line(&self.style.paint(FAINT, &format!("  {} 1 2 3 4 5", pad(""))));
        for level in &self.assessment.levels {
            let name = pad(self.label(&level.domain));
            let row = match level.level {
                None => self.style.paint(FAINT, &format!("- - - - -    {}", self.w.levels_not_told())),
                Some(n) => format!("{}    {n} {}", self.bars(level), self.w.level(n).unwrap_or_default()),
            };
            self.line(&format!("  {name} {row}"));
        }
    }

    /// A bar a level; the likeliest one stands out.
    fn bars(&self, level: &LevelFinding) -> String {
        const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
        let bar = |(i, &p): (usize, &f32)| {
            let bar = BARS.iter().zip(1_u8..).take_while(|(_, n)| f32::from(*n) <= p * 8.0).last();
            let bar = bar.map_or("·", |(bar, _)| bar);
            let chosen = level.level.is_some_and(|n| usize::from(n) == i + 1);
            if chosen { self.style.paint(NEED, bar) } else { self.style.paint(FAINT, bar) }
        };
        level.distribution.iter().enumerate().map(bar).collect::<Vec<_>>().join(" ")
    }

    fn actions(&mut self) {
        let suggested: Vec<_> = self.assessment.actions.iter().filter(|a| a.suggested).collect();
        if suggested.is_empty() {
            return;
        }
        self.heading(self.w.actions_heading());
        let taxonomy = Taxonomy::shipped();
        for (i, action) in suggested.iter().enumerate() {
            let entry = taxonomy.action(&action.code).and_then(|i| taxonomy.actions().get(i));
            let kind = entry.map_or("", |entry| self.w.action_kind(entry.kind));
            let name = self.style.paint(BOLD, self.label(&action.code));
            self.line(&format!("{:>3}. {name} {}", i + 1, self.style.paint(FAINT, &format!("({kind})"))));
            let because: Vec<_> = action.because.iter().map(|code| self.label(code)).collect();
            self.wrapped("     ", &format!("{} {}", self.w.actions_because(), because.join(", ")));
            let conditions = conditions::of(&action.code, self.language);
            if !conditions.is_empty() {
                let facts = conditions.iter().map(|c| c.question).collect::<Vec<_>>().join(" ");
                self.wrapped("     ", &format!("{}: {facts}", self.w.actions_to_check()));
            }
        }
    }

    fn warnings(&mut self) {
        if self.assessment.warnings.is_empty() {
            return;
        }
        self.heading(self.w.warnings_heading());
        for warning in &self.assessment.warnings {
            self.wrapped(
                "  ! ",
                &self.w.warning(warning, |code| words::label(Taxonomy::shipped(), code, self.language)),
            );
        }
    }

    fn heading(&mut self, heading: &str) {
        self.line("");
        self.line(&self.style.paint(BOLD, &heading.to_uppercase()));
    }

    fn label(&self, code: &'a str) -> &'a str {
        words::label(Taxonomy::shipped(), code, self.language)
    }

    fn quoted(&self, text: &str) -> String {
        match self.language {
            Language::Ca | Language::Es => format!("«{}»", plain(text)),
            Language::En | Language::Other => format!("“{}”", plain(text)),
        }
    }

    fn line(&mut self, line: &str) {
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    /// Words after an indent, which the lines that follow repeat as spaces.
    fn wrapped(&mut self, indent: &str, text: &str) {
        let blank = " ".repeat(indent.chars().count());
        let mut line = indent.to_owned();
        for word in text.split(' ') {
            if line.chars().count() + 1 + word.chars().count() > WIDTH && !line.trim().is_empty() {
                self.line(&line);
                line.clone_from(&blank);
            }
            if line.chars().count() > blank.len() {
                line.push(' ');
            }
            line.push_str(word);
        }
        self.line(&line);
    }
}

/// A text on one line, without the control characters that a terminal would obey.
pub(super) fn plain(text: &str) -> String {
    let visible: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn pad(name: &str) -> String {
    format!("{name:NAME$}")
}
