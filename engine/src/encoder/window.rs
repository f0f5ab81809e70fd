//! A document cut into windows, each read in one pass, at the ends of sentences.

use std::ops::Range;

/// Ids that frame a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// First token, if the model has one.
    pub start: Option<u32>,
    /// Last token, if the model has one.
    pub end: Option<u32>,
    /// Stands for a sentence of which the tokenizer knows nothing at all.
    pub unknown: u32,
}

impl Frame {
    fn tokens(self) -> usize {
        usize::from(self.start.is_some()) + usize::from(self.end.is_some())
    }
}

/// A sentence, or a part of one that is longer than a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Position of the sentence in its document.
    pub sentence: usize,
    /// Its tokens within the window, never none.
    pub rows: Range<usize>,
}

/// Tokens that are read together, with the sentences among them.
#[derive(Clone, PartialEq, Eq)]
pub struct Window {
    /// Token ids, framed.
    pub ids: Vec<u32>,
    /// The sentences, in order.
    pub pieces: Vec<Piece>,
}

impl std::fmt::Debug for Window {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Token ids spell the text.
        f.debug_struct("Window")
            .field("n_tokens", &self.ids.len())
            .field("n_pieces", &self.pieces.len())
            .finish_non_exhaustive()
    }
}

/// Cuts sentences into windows of at most `max_tokens` tokens, as few as possible and of about the same length, so that
/// the last sentence of a long text has as much context as the first.
///
/// Nothing is left out: a sentence that is longer than a window becomes several pieces.
/// # Shapes
/// `sentences`: token ids of each sentence, without frame.
#[must_use]
pub fn windows(sentences: &[Vec<u32>], frame: Frame, max_tokens: usize) -> Vec<Window> {
    let room = max_tokens.saturating_sub(frame.tokens()).max(1);
    let unknown = [frame.unknown];
    let pieces: Vec<(usize, &[u32])> = sentences
        .iter()
        .enumerate()
        .flat_map(|(i, ids)| {
            let ids = if ids.is_empty() { &unknown[..] } else { ids.as_slice() };
            ids.chunks(room).map(move |piece| (i, piece))
        })
        .collect();
    let total: usize = pieces.iter().map(|(_, ids)| ids.len()).sum();
    let mut left = total;
    let mut out: Vec<Window> = Vec::new();
    let mut held = 0;
    let mut target = 0;
    for (sentence, ids) in pieces {
        // A window is closed when it is full, or when it holds its share of what was left as it began.
        if out.is_empty() || held + ids.len() > room || held >= target {
            held = 0;
            target = left.div_ceil(left.div_ceil(room).max(1));
            let start = frame.start.into_iter().collect();
            out.push(Window { ids: start, pieces: Vec::new() });
        }
        held += ids.len();
        left -= ids.len();
        if let Some(window) = out.last_mut() {
            let from = window.ids.len();
            window.ids.extend_from_slice(ids);
            window.pieces.push(Piece { sentence, rows: from..from + ids.len() });
        }
    }
    for window in &mut out {
        window.ids.extend(frame.end);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FRAME: Frame = Frame { start: Some(1), end: Some(2), unknown: 3 };

    proptest! {
        #[test]
        fn every_token_is_read_once_in_its_order_and_no_window_is_too_long(
            lengths in prop::collection::vec(0usize..40, 1..30), max_tokens in 3usize..64,
        ) {
            let mut next = 10;
            let sentences: Vec<Vec<u32>> = lengths
                .iter()
                .map(|&n| { next += 1000; (next..next + u32::try_from(n).unwrap()).collect() })
                .collect();
            let windows = windows(&sentences, FRAME, max_tokens);
            let mut seen: Vec<Vec<u32>> = vec![Vec::new(); sentences.len()];
            let mut last = 0;
            for window in &windows {
                prop_assert!(window.ids.len() <= max_tokens);
                prop_assert_eq!(window.ids.first(), Some(&1));
                prop_assert_eq!(window.ids.last(), Some(&2));
                prop_assert!(!window.pieces.is_empty());
                for piece in &window.pieces {
                    prop_assert!(piece.sentence >= last && !piece.rows.is_empty());
                    last = piece.sentence;
                    seen[piece.sentence].extend_from_slice(&window.ids[piece.rows.clone()]);
                }
            }
            for (seen, sentence) in seen.iter().zip(&sentences) {
                if sentence.is_empty() {
                    prop_assert_eq!(seen, &vec![FRAME.unknown]);
                } else {
                    prop_assert_eq!(seen, sentence);
                }
            }
        }
    }

    #[test]
    fn a_text_a_little_too_long_is_cut_in_the_middle() {
        let sentences = vec![vec![9; 10]; 11];
        let lengths: Vec<usize> = windows(&sentences, FRAME, 102).iter().map(|w| w.pieces.len()).collect();
        assert_eq!(lengths, [6, 5]);
    }
}
