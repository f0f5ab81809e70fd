//! The text cut where evidence begins and ends, for the marked text.

use std::collections::BTreeSet;

/// What a mark tells of, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Alert,
    Need,
    Demand,
    Quiet,
}

impl Kind {
    /// The name in class lists and in data attributes.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Need => "need",
            Self::Demand => "demand",
            Self::Quiet => "quiet",
        }
    }
}

/// A stretch that a finding rests on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    /// None for what has no line in the text, only a place to link to.
    pub(super) kind: Option<Kind>,
    /// The number that the finding shows; none for what is not suggested.
    pub(super) key: Option<usize>,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A stretch of text over which the same findings rest.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Segment<'a> {
    pub(super) start: usize,
    pub(super) text: &'a str,
    /// The lines under it, the outer one first.
    pub(super) kinds: Vec<&'static str>,
    /// Keys of the findings whose evidence ends here.
    pub(super) keys: Vec<usize>,
}

/// Cuts a text where a mark begins or ends. The segments concatenate to the text; a mark that is not within it, or
/// cuts a character, is left out.
pub(super) fn segments<'a>(text: &'a str, marks: &[Mark]) -> Vec<Segment<'a>> {
    let marks: Vec<&Mark> = marks.iter().filter(|m| text.get(m.start..m.end).is_some()).collect();
    let mut cuts = BTreeSet::from([0, text.len()]);
    cuts.extend(marks.iter().flat_map(|m| [m.start, m.end]));
    let cuts: Vec<usize> = cuts.into_iter().collect();
    let pieces = cuts.iter().zip(cuts.iter().skip(1));
    pieces
        .filter_map(|(&start, &end)| {
            let over = || marks.iter().filter(move |m| m.start <= start && end <= m.end);
            let kinds = lines(&over().filter_map(|m| m.kind).collect());
            let keys: BTreeSet<usize> = over().filter(|m| m.end == end).filter_map(|m| m.key).collect();
            Some(Segment { start, text: text.get(start..end)?, kinds, keys: keys.into_iter().collect() })
        })
        .collect()
}

/// At most two lines can be told apart under a word: the stronger need, and what is asked for or else set apart.
fn lines(kinds: &BTreeSet<Kind>) -> Vec<&'static str> {
    let first = [Kind::Alert, Kind::Need].into_iter().find(|kind| kinds.contains(kind));
    let second = [Kind::Demand, Kind::Quiet].into_iter().find(|kind| kinds.contains(kind));
    first.into_iter().chain(second).map(Kind::name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_concatenate_to_the_text_and_carry_what_lies_over_them() {
        let text = "Déu és gran. I tant.";
        let mark = |kind, key, start, end| Mark { kind: Some(kind), key, start, end };
        let marks = [
            mark(Kind::Demand, Some(2), 0, 14),
            mark(Kind::Alert, Some(1), 5, 14),
            mark(Kind::Quiet, None, 15, text.len()),
            // Not ours to trust: ends inside a character and past the text.
            mark(Kind::Need, Some(3), 2, 999),
        ];
        let cut = segments(text, &marks);
        assert_eq!(cut.iter().map(|s| s.text).collect::<String>(), text);
        let both = cut.iter().find(|s| s.start == 5).unwrap();
        assert_eq!(
            (both.kinds.as_slice(), both.keys.as_slice()),
            (["alert", "demand"].as_slice(), [1, 2].as_slice())
        );
        assert_eq!(cut.last().unwrap().kinds, ["quiet"]);
    }

    #[test]
    fn a_text_without_marks_is_one_segment() {
        assert_eq!(segments("a", &[]).len(), 1);
        assert_eq!(segments("", &[]).len(), 0);
    }
}
