//! The words of the page and of the terminal, one file a language.
//!
//! The files are read into typed fields that deny what they do not know: a key that is missing in a language, or that
//! no other language has, fails a test.

use std::sync::LazyLock;

use relat_engine::{ActionKind, Language, Status, Taxonomy, Versions, Warning};
use serde::Deserialize;

/// Languages of the interface, in the order of the switch.
pub const INTERFACE: [Language; 3] = [Language::Ca, Language::Es, Language::En];

/// Everything that is said in one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    pub(crate) title: String,
    pub(crate) tagline: String,
    pub(crate) skip: String,
    pub(crate) interface_language: String,
    pub(crate) demo: String,
    pub(crate) sign_in: SignIn,
    pub(crate) text: Text,
    pub(crate) state: State,
    pub(crate) findings: Findings,
    pub(crate) levels: Levels,
    pub(crate) actions: Actions,
    pub(crate) warnings: Warnings,
    pub(crate) likelihood: LikelihoodWords,
    pub(crate) status: StatusWords,
    pub(crate) languages: Languages,
    pub(crate) problems: Problems,
    pub(crate) about: About,
}

/// A word for one and a word for any other number; the three languages need no more.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plural {
    pub(crate) one: String,
    pub(crate) other: String,
}

impl Plural {
    /// The form for a number.
    pub(crate) fn of(&self, n: usize) -> &str {
        if n == 1 { &self.one } else { &self.other }
    }

    fn with(&self, n: usize) -> String {
        self.of(n).replace("{n}", &n.to_string())
    }
}

/// Declares structs whose fields are all words.
macro_rules! words {
    ($($name:ident { $($field:ident: $kind:ty),* $(,)? })*) => {$(
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name { $(pub(crate) $field: $kind),* }
    )*};
}

words! {
    SignIn {
        title: String, heading: String, login: String, password: String, enter: String, wrong: String,
        locked: String, choose: String, set: String, short: String, used: String, leave: String,
    }
    Text {
        heading: String, label: String, placeholder: String, read: String, example: String, marked: String,
        resting: String, resting_nothing: String, private: String, noscript: String,
    }
    State {
        reading: String, read_at: String, changed: String, offline: String, word: Plural,
    }
    Findings {
        heading: String, alerts: String, alerts_hint: String, needs: String, demands: String, demands_hint: String,
        quiet: String, quiet_hint: String, weak: Plural, more: Plural, none: String,
        empty_text: String, legend: String, legend_alert: String, legend_need: String, legend_demand: String,
        legend_quiet: String, how: String,
    }
    Levels {
        heading: String, hint: String, domain: String, level: String, names: [String; 5], not_told: String,
        not_told_hint: String,
    }
    Actions {
        heading: String, hint: String, because: String, to_check: String, none: String, more: Plural, kinds: Kinds,
    }
    Kinds { benefit: String, service: String, referral: String, coordination: String, emergency: String }
    Warnings {
        heading: String, other_language: Plural, very_short: Plural, nothing_found: String,
        control_characters: Plural, long_sentence: String, contradiction: String, unknown: String,
    }
    LikelihoodWords { very_likely: String, likely: String, possible: String, doubtful: String }
    StatusWords { present: String, absent: String, past: String, other: String }
    Languages { ca: String, es: String, en: String, other: String }
    Problems {
        signed_out: String, empty_text: String, text_too_long: String, busy: String, store_unavailable: String, other: String,
    }
    About {
        versions: String, thresholds: String, taxonomy: String, catalogue: String, engine: String, api: String,
        catalogue_english: String,
    }
}

/// How probable something is, in steps that a reader can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Likelihood {
    Doubtful,
    Possible,
    Likely,
    VeryLikely,
}

impl Likelihood {
    /// The step of a calibrated probability.
    pub(crate) fn of(probability: f32) -> Self {
        match probability {
            p if p >= 0.85 => Self::VeryLikely,
            p if p >= 0.6 => Self::Likely,
            p if p >= 0.35 => Self::Possible,
            _ => Self::Doubtful,
        }
    }
}

static CA: LazyLock<Words> = LazyLock::new(|| parse(include_str!("../words/ca.toml")));
static ES: LazyLock<Words> = LazyLock::new(|| parse(include_str!("../words/es.toml")));
static EN: LazyLock<Words> = LazyLock::new(|| parse(include_str!("../words/en.toml")));

#[expect(clippy::expect_used, reason = "a unit test reads the three files")]
fn parse(file: &str) -> Words {
    toml::from_str(file).expect("BUG: a file of words does not load")
}

impl Words {
    /// The words of a language; English where there are none.
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::Ca => &CA,
            Language::Es => &ES,
            Language::En | Language::Other => &EN,
        }
    }

    pub(crate) fn likelihood(&self, probability: f32) -> &str {
        match Likelihood::of(probability) {
            Likelihood::VeryLikely => &self.likelihood.very_likely,
            Likelihood::Likely => &self.likelihood.likely,
            Likelihood::Possible => &self.likelihood.possible,
            Likelihood::Doubtful => &self.likelihood.doubtful,
        }
    }

    pub(crate) fn status(&self, status: Status) -> &str {
        match status {
            Status::Present => &self.status.present,
            Status::Absent => &self.status.absent,
            Status::Past => &self.status.past,
            Status::Other => &self.status.other,
        }
    }

    pub(crate) fn language(&self, language: Language) -> &str {
        match language {
            Language::Ca => &self.languages.ca,
            Language::Es => &self.languages.es,
            Language::En => &self.languages.en,
            Language::Other => &self.languages.other,
        }
    }

    pub(crate) fn action_kind(&self, kind: ActionKind) -> &str {
        match kind {
            ActionKind::Benefit => &self.actions.kinds.benefit,
            ActionKind::Service => &self.actions.kinds.service,
            ActionKind::Referral => &self.actions.kinds.referral,
            ActionKind::Coordination => &self.actions.kinds.coordination,
            ActionKind::Emergency => &self.actions.kinds.emergency,
        }
    }

    /// A warning as a sentence; `label` names a need by its code.
    pub(crate) fn warning<'a>(&self, warning: &'a Warning, label: impl Fn(&'a str) -> &'a str) -> String {
        let words = &self.warnings;
        match warning {
            Warning::OtherLanguage { sentences } => words.other_language.with(*sentences),
            Warning::VeryShort { words: n } => words.very_short.with(*n),
            Warning::NothingFound => words.nothing_found.clone(),
            Warning::ControlCharacters { characters } => words.control_characters.with(*characters),
            Warning::LongSentence { .. } => words.long_sentence.clone(),
            Warning::Contradiction { need } => words.contradiction.replace("{need}", label(need)),
            _ => words.unknown.clone(),
        }
    }

    /// Versions of all that made an assessment, in words.
    pub(crate) fn versions(&self, versions: &Versions) -> String {
        let about = &self.about;
        format!(
            "{} {} · {} {} · {} {} · {} {} · {} {}",
            about.versions,
            versions.model,
            about.thresholds,
            versions.thresholds,
            about.taxonomy,
            versions.taxonomy,
            about.catalogue,
            versions.catalogue,
            about.engine,
            versions.engine
        )
    }

    /// What went wrong, for the person before the page.
    pub(crate) fn problem(&self, code: &str) -> &str {
        match code {
            "empty_text" => &self.problems.empty_text,
            "text_too_long" | "body_too_long" => &self.problems.text_too_long,
            "unauthenticated" => &self.problems.signed_out,
            "busy" => &self.problems.busy,
            "store_unavailable" => &self.problems.store_unavailable,
            _ => &self.problems.other,
        }
    }
}

/// The tag of a language in HTML and in HTTP; empty, which is "unknown", for other languages.
pub(crate) fn tag(language: Language) -> &'static str {
    match language {
        Language::Ca => "ca",
        Language::Es => "es",
        Language::En => "en",
        Language::Other => "",
    }
}

/// The interface language that a tag such as `es-419` asks for.
pub(crate) fn from_tag(tag: &str) -> Option<Language> {
    let primary = tag.trim().split(['-', '_']).next()?;
    INTERFACE.into_iter().find(|&language| primary.eq_ignore_ascii_case(self::tag(language)))
}

/// What the speakers of a language call it.
pub(crate) fn own_name(language: Language) -> &'static str {
    match language {
        Language::Ca => "Català",
        Language::Es => "Castellano",
        Language::En => "English",
        Language::Other => "",
    }
}

/// The name of a code of any of the lists; the code itself when the lists do not have it.
pub(crate) fn label<'a>(taxonomy: &'a Taxonomy, code: &'a str, language: Language) -> &'a str {
    let need = taxonomy.need(code).and_then(|i| Some(&taxonomy.needs().get(i)?.labels));
    let demand = || taxonomy.demand(code).and_then(|i| Some(&taxonomy.demands().get(i)?.labels));
    let domain = || taxonomy.domain(code).and_then(|i| Some(&taxonomy.domains().get(i)?.labels));
    let action = || taxonomy.action(code).and_then(|i| Some(&taxonomy.actions().get(i)?.labels));
    need.or_else(demand).or_else(domain).or_else(action).map_or(code, |labels| labels.get(language))
}

/// A probability as a percentage, which is never nought or all. Catalan and Spanish put a space, which must not break,
/// before the sign.
pub(crate) fn percent(probability: f32, language: Language) -> String {
    let number = match (probability * 100.0).round() {
        p if p > 99.0 => ">99".to_owned(),
        p if p < 1.0 => "<1".to_owned(),
        p => p.to_string(),
    };
    match language {
        Language::Ca | Language::Es => format!("{number}\u{a0}%"),
        Language::En | Language::Other => format!("{number}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every string of a table with its path.
    fn leaves(prefix: &str, value: &toml::Value, into: &mut Vec<(String, String)>) {
        match value {
            toml::Value::Table(table) => {
                for (key, value) in table {
                    leaves(&format!("{prefix}.{key}"), value, into);
                }
            }
            toml::Value::Array(array) => {
                for (i, value) in array.iter().enumerate() {
                    leaves(&format!("{prefix}.{i}"), value, into);
                }
            }
            toml::Value::String(text) => into.push((prefix.to_owned(), text.clone())),
            other => panic!("help: {prefix} is {other}, and words are strings"),
        }
    }

    fn file(language: Language) -> Vec<(String, String)> {
        let path = format!("{}/words/{}.toml", env!("CARGO_MANIFEST_DIR"), tag(language));
        let mut all = Vec::new();
        let table: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
        leaves("", &toml::Value::Table(table), &mut all);
        all
    }

    #[test]
    fn every_language_loads_with_the_same_keys_and_no_empty_word() {
        let keys = |language| {
            Words::of(language);
            file(language).into_iter().map(|(key, _)| key).collect::<Vec<_>>()
        };
        let english = keys(Language::En);
        for language in INTERFACE {
            assert_eq!(keys(language), english);
            for (key, word) in file(language) {
                assert!(!word.trim().is_empty(), "help: {key} is empty in {language:?}");
            }
        }
    }

    #[test]
    fn translations_keep_their_placeholders() {
        let holes = |text: &str| ["{n}", "{time}", "{need}"].map(|hole| text.contains(hole));
        let english = file(Language::En);
        for language in INTERFACE {
            for ((key, word), (_, reference)) in file(language).iter().zip(&english) {
                assert_eq!(holes(word), holes(reference), "help: {key} in {language:?}");
            }
        }
    }

    #[test]
    fn no_percentage_claims_to_be_sure() {
        let check = |p, expect| assert_eq!(percent(p, Language::En), expect, "help: {p}");
        check(1.0, ">99%");
        check(0.996, ">99%");
        check(0.5, "50%");
        check(0.001, "<1%");
        assert_eq!(percent(0.5, Language::Ca), "50\u{a0}%");
    }

    #[test]
    fn tags_are_read_by_their_first_part() {
        assert_eq!(from_tag("es-419"), Some(Language::Es));
        assert_eq!(from_tag("CA"), Some(Language::Ca));
        assert_eq!(from_tag("fr"), None);
    }
}
