//! How often a rewriting is wrong, as read and counted by a person: what bounds every figure made with rewritings.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::share::Share;

/// What was read of one kind in one language.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quality {
    /// What is changed, as in figures; several kinds where they were read together.
    pub kind: String,
    /// How, as in figures.
    pub group: String,
    /// Language of the texts read.
    pub language: String,
    /// Texts with one error or more, of the texts read.
    pub texts_wrong: Share,
    /// Changed places that are wrong, of the places read; null where places were not counted.
    pub places_wrong: Option<Share>,
}

/// The counts of `corpora/lexicon/quality.tsv`; how they were made is in the card beside it.
/// # Errors
/// [`Error::LengthMismatch`] for a row that has not seven fields of which the counts are numbers.
pub fn quality() -> Result<Vec<Quality>> {
    include_str!("../../../corpora/lexicon/quality.tsv").lines().skip(1).map(row).collect()
}

fn row(line: &str) -> Result<Quality> {
    let fields: Vec<&str> = line.split('\t').collect();
    let count = |text: &str| text.parse::<usize>().ok();
    let share = |wrong: &str, all: &str| Some(Share::new(count(wrong)?, count(all)?));
    let bad = || Error::LengthMismatch { what: "fields of quality.tsv", expected: 7, got: fields.len() };
    let [kind, group, language, texts_wrong, texts, places_wrong, places] = fields.as_slice() else {
        return Err(bad());
    };
    Ok(Quality {
        kind: (*kind).to_owned(),
        group: (*group).to_owned(),
        language: (*language).to_owned(),
        texts_wrong: share(texts_wrong, texts).ok_or_else(bad)?,
        places_wrong: share(places_wrong, places),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_card_says_the_same() {
        let card = include_str!("../../../corpora/lexicon/README.md");
        let rows = quality().unwrap();
        for kind_and_group in rows.chunks(3) {
            let cells = |of: fn(&Quality) -> Option<Share>| {
                let texts = kind_and_group.iter().map(|q| of(q).map(|s| format!("{} of {}", s.hits, s.n)));
                texts.collect::<Option<Vec<_>>>().map(|c| format!("| {} |", c.join(" | ")))
            };
            assert!(card.contains(&cells(|q| Some(q.texts_wrong)).unwrap()), "help: {kind_and_group:?}");
            if let Some(places) = cells(|q| q.places_wrong) {
                assert!(card.contains(&places), "help: {places}");
            }
        }
        assert_eq!(rows.len(), 12);
    }
}
