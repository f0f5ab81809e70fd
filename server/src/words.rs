//! The words of the page and of the terminal: Fluent files, one a language, in `server/words/`.
//!
//! The build script makes a function of each message, so that a key that is missing in a language, a variable of another
//! name and a key that nobody uses end the build.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use relat_engine::{ActionKind, Language, Status, Taxonomy, Versions, Warning};

/// Languages of the interface, in the order of the switch.
pub const INTERFACE: [Language; 3] = [Language::Ca, Language::Es, Language::En];

/// Everything that is said in one language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    language: Language,
}

include!(concat!(env!("OUT_DIR"), "/words.rs"));

/// The words of scripts as a module: a variable stands as `{name}`.
pub(crate) fn module(language: Language) -> String {
    let words: serde_json::Map<_, _> =
        of_scripts(language).iter().map(|&(key, word)| (key.to_owned(), word.into())).collect();
    format!("export default {};\n", serde_json::Value::Object(words))
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

static CA: LazyLock<FluentBundle<FluentResource>> =
    LazyLock::new(|| bundle("ca", include_str!("../words/ca.ftl")));
static ES: LazyLock<FluentBundle<FluentResource>> =
    LazyLock::new(|| bundle("es", include_str!("../words/es.ftl")));
static EN: LazyLock<FluentBundle<FluentResource>> =
    LazyLock::new(|| bundle("en", include_str!("../words/en.ftl")));

#[expect(
    clippy::expect_used,
    reason = "the build script has read the three files, and a unit test loads them"
)]
fn bundle(tag: &str, file: &str) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![tag.parse().expect("BUG: not a language tag")]);
    // What is put in is never of another direction of writing.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(file.to_owned()).expect("BUG: a file of words does not load");
    bundle.add_resource(resource).expect("BUG: a file of words has a key twice");
    bundle
}

impl Words {
    /// The words of a language; English where there are none.
    pub(crate) fn of(language: Language) -> Self {
        Self { language }
    }

    fn format<'a, const N: usize>(
        self,
        key: &str,
        variables: [(&'static str, FluentValue<'a>); N],
    ) -> String {
        let bundle = match self.language {
            Language::Ca => &CA,
            Language::Es => &ES,
            Language::En | Language::Other => &EN,
        };
        let arguments: FluentArgs<'a> = variables.into_iter().collect();
        let pattern = bundle.get_message(key).and_then(|message| message.value());
        // The build script makes this function's callers out of the messages, so that there always is one.
        pattern
            .map(|p| bundle.format_pattern(p, Some(&arguments), &mut Vec::new()).into_owned())
            .unwrap_or_default()
    }

    pub(crate) fn likelihood(self, probability: f32) -> &'static str {
        match Likelihood::of(probability) {
            Likelihood::VeryLikely => self.likelihood_very_likely(),
            Likelihood::Likely => self.likelihood_likely(),
            Likelihood::Possible => self.likelihood_possible(),
            Likelihood::Doubtful => self.likelihood_doubtful(),
        }
    }

    pub(crate) fn status(self, status: Status) -> &'static str {
        match status {
            Status::Present => self.status_present(),
            Status::Absent => self.status_absent(),
            Status::Past => self.status_past(),
            Status::Other => self.status_other(),
        }
    }

    pub(crate) fn language(self, language: Language) -> &'static str {
        match language {
            Language::Ca => self.languages_ca(),
            Language::Es => self.languages_es(),
            Language::En => self.languages_en(),
            Language::Other => self.languages_other(),
        }
    }

    pub(crate) fn action_kind(self, kind: ActionKind) -> &'static str {
        match kind {
            ActionKind::Benefit => self.actions_kinds_benefit(),
            ActionKind::Service => self.actions_kinds_service(),
            ActionKind::Referral => self.actions_kinds_referral(),
            ActionKind::Coordination => self.actions_kinds_coordination(),
            ActionKind::Emergency => self.actions_kinds_emergency(),
        }
    }

    /// The name of a level, 1 to 5.
    pub(crate) fn level(self, level: u8) -> Option<&'static str> {
        Some(match level {
            1 => self.levels_names_1(),
            2 => self.levels_names_2(),
            3 => self.levels_names_3(),
            4 => self.levels_names_4(),
            5 => self.levels_names_5(),
            _ => return None,
        })
    }

    /// A warning as a sentence; `label` names a need by its code.
    pub(crate) fn warning<'a>(self, warning: &'a Warning, label: impl Fn(&'a str) -> &'a str) -> String {
        match warning {
            Warning::OtherLanguage { sentences } => self.warnings_other_language(sentences),
            Warning::VeryShort { words } => self.warnings_very_short(words),
            Warning::NothingFound => self.warnings_nothing_found().to_owned(),
            Warning::ControlCharacters { characters } => self.warnings_control_characters(characters),
            Warning::LongSentence { .. } => self.warnings_long_sentence().to_owned(),
            Warning::Contradiction { need } => self.warnings_contradiction(label(need)),
            _ => self.warnings_unknown().to_owned(),
        }
    }

    /// Versions of all that made an assessment, in words.
    pub(crate) fn versions(self, versions: &Versions) -> String {
        format!(
            "{} {} · {} {} · {} {} · {} {} · {} {}",
            self.about_versions(),
            versions.model,
            self.about_thresholds(),
            versions.thresholds,
            self.about_taxonomy(),
            versions.taxonomy,
            self.about_catalogue(),
            versions.catalogue,
            self.about_engine(),
            versions.engine
        )
    }

    /// What went wrong, for the person before the page.
    pub(crate) fn problem(self, code: &str) -> &'static str {
        match code {
            "empty_text" => self.problems_empty_text(),
            "text_too_long" | "body_too_long" => self.problems_text_too_long(),
            "forbidden" => self.problems_forbidden(),
            "not_found" | "method_not_allowed" => self.problems_not_found(),
            "version_conflict" => self.problems_conflict(),
            "alerts_undecided" => self.problems_alerts(),
            "taken" => self.problems_taken(),
            "invalid_field" | "invalid_body" => self.problems_field(),
            "interview_closed" => self.problems_closed(),
            "blind_first" => self.problems_blind(),
            "nothing_to_undo" | "nothing_to_redo" => self.problems_undo(),
            "unauthenticated" => self.problems_signed_out(),
            "not_let_in" => self.problems_not_let_in(),
            "provider" => self.problems_provider(),
            "cross_site" => self.problems_cross_site(),
            "busy" => self.problems_busy(),
            "store_unavailable" => self.problems_store_unavailable(),
            _ => self.problems_other(),
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

/// The words of a language among those of a table, which are in the order of [`INTERFACE`]; English where there are none.
pub(crate) fn pick([ca, es, en]: [&'static str; 3], language: Language) -> &'static str {
    match language {
        Language::Ca => ca,
        Language::Es => es,
        Language::En | Language::Other => en,
    }
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

    #[test]
    fn every_language_loads_and_says_its_variables() {
        for language in INTERFACE {
            let w = Words::of(language);
            assert!(w.state_read_at("10:42").contains("10:42"), "help: {language:?}");
            assert_ne!(w.state_word(1), w.state_word(2), "help: {language:?}");
            assert!(!of_scripts(language).is_empty());
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
