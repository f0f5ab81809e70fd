//! Languages by the codes of files, paths and options.

use relat_engine::Language;

/// The code of a language: ISO 639-1, or `other`.
#[must_use]
pub fn code(language: Language) -> &'static str {
    match language {
        Language::Ca => "ca",
        Language::Es => "es",
        Language::En => "en",
        Language::Other => "other",
    }
}

/// The language of records that a code names; `None` for `other` too, in which none is written.
#[must_use]
pub fn of_code(name: &str) -> Option<Language> {
    [Language::Ca, Language::Es, Language::En].into_iter().find(|language| code(*language) == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_name_what_they_are_the_codes_of_as_files_do() {
        for language in [Language::Ca, Language::Es, Language::En] {
            assert_eq!(of_code(code(language)), Some(language));
            assert_eq!(serde_json::to_value(language).unwrap(), code(language));
        }
        assert_eq!((of_code(code(Language::Other)), of_code("")), (None, None));
    }
}
