//! Token ids of unigram pieces (Kudo 2018), without memory asked for a token.
//!
//! Gives the ids that `tokenizers` gives, for tokenizer files of one form (the default bundle's) and for texts of the
//! characters of western European languages; for all else the caller asks `tokenizers`, which makes some strings of each
//! token and keeps words that it has read.

use std::collections::VecDeque;
use std::ops::Range;

use serde::Deserialize;
use serde_json::{Value, json};
use tokenizers::Tokenizer;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// Stands for a blank.
const BLANK: char = '▁';
/// What a character that no piece has costs beside the least likely piece.
const PENALTY: f64 = 10.0;
/// No id, no beginning.
const NONE: u32 = u32::MAX;

/// What is read of a tokenizer.json.
#[derive(Deserialize)]
struct File {
    truncation: Value,
    padding: Value,
    added_tokens: Vec<Added>,
    normalizer: Value,
    pre_tokenizer: Value,
    model: Model,
}

/// A token that is found before anything else.
#[derive(Deserialize)]
struct Added {
    content: String,
    normalized: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Model {
    r#type: String,
    unk_id: u32,
    vocab: Vec<(String, f64)>,
    byte_fallback: bool,
}

/// A node of the tree of pieces, byte by byte.
#[derive(Debug, Clone, Copy)]
struct Node {
    byte: u8,
    /// The piece that ends here, or [`NONE`].
    id: u32,
    /// Its children, by their bytes.
    first: u32,
    count: u32,
}

/// The pieces of a tokenizer.
#[derive(Debug)]
pub(super) struct Pieces {
    nodes: Vec<Node>,
    /// Log probability of each piece.
    scores: Vec<f64>,
    unknown: u32,
    unknown_score: f64,
    added: Vec<String>,
}

/// Buffers, kept from sentence to sentence.
#[derive(Debug, Default)]
pub(super) struct PieceBuffers {
    /// Letters between two blanks or marks.
    run: String,
    best: Vec<Best>,
}

/// The best way to an end.
#[derive(Debug, Clone, Copy)]
struct Best {
    score: f64,
    id: u32,
    /// Where its last piece begins, or [`NONE`].
    from: u32,
}

impl Pieces {
    /// The pieces of a tokenizer whose file is of the known form.
    pub(super) fn new(tokenizer: &Tokenizer) -> Option<Self> {
        let file: File = serde_json::from_str(&tokenizer.to_string(false).ok()?).ok()?;
        let normalizer =
            json!({"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Lowercase"}]});
        let pre_tokenizer = json!({"type": "Sequence", "pretokenizers": [
            {"type": "Metaspace", "replacement": BLANK, "prepend_scheme": "always", "split": true},
            {"type": "Punctuation", "behavior": "Isolated"},
        ]});
        let Model { r#type, unk_id, vocab, byte_fallback } = file.model;
        let scores: Vec<f64> = vocab.iter().map(|(_, score)| *score).collect();
        let least = scores.iter().copied().fold(f64::INFINITY, f64::min);
        let known = file.truncation.is_null()
            && file.padding.is_null()
            && file.normalizer == normalizer
            && file.pre_tokenizer == pre_tokenizer
            && file.added_tokens.iter().all(|token| !token.normalized && !token.content.is_empty())
            && r#type == "Unigram"
            && !byte_fallback
            && (unk_id as usize) < scores.len()
            // Else two unknown characters could be likelier than a piece.
            && least <= 0.0;
        known.then(|| Self {
            nodes: tree(&vocab),
            scores,
            unknown: unk_id,
            unknown_score: least - PENALTY,
            added: file.added_tokens.into_iter().map(|token| token.content).collect(),
        })
    }

    /// Appends the ids of a sentence, without frame; false, and nothing appended, if it is not one to be read here.
    pub(super) fn read(&self, text: &str, buffers: &mut PieceBuffers, out: &mut Vec<u32>) -> bool {
        let known = !text.is_empty() && text.chars().all(is_known);
        if !known || self.added.iter().any(|token| text.contains(token)) {
            return false;
        }
        if is_nfkc_quick(text.chars()) == IsNormalized::Yes {
            self.read_normalised(text.chars(), buffers, out);
        } else {
            self.read_normalised(text.nfkc(), buffers, out);
        }
        true
    }

    fn read_normalised(
        &self,
        chars: impl Iterator<Item = char>,
        PieceBuffers { run, best }: &mut PieceBuffers,
        out: &mut Vec<u32>,
    ) {
        run.clear();
        let mut begun = false;
        for c in chars.flat_map(char::to_lowercase) {
            let c = if c == ' ' { BLANK } else { c };
            if !begun && c != BLANK {
                run.push(BLANK);
            }
            begun = true;
            let mark = is_punctuation(c);
            if mark || c == BLANK {
                self.read_run(run, best, out);
                run.clear();
            }
            run.push(c);
            if mark {
                self.read_run(run, best, out);
                run.clear();
            }
        }
        self.read_run(run, best, out);
    }

    /// The likeliest pieces of a run: Viterbi's algorithm, the first of equals.
    fn read_run(&self, run: &str, best: &mut Vec<Best>, out: &mut Vec<u32>) {
        best.clear();
        best.resize(run.len() + 1, Best { score: 0.0, id: NONE, from: NONE });
        for (at, c) in run.char_indices() {
            let so_far = best.get(at).map_or(0.0, |best| best.score);
            let Ok(from) = u32::try_from(at) else { return };
            let mut better = |end: usize, id: u32, score: f64| {
                if let Some(best) = best.get_mut(end)
                    && (best.from == NONE || score > best.score)
                {
                    *best = Best { score, id, from };
                }
            };
            let mut alone = false;
            let (mut node, mut end) = (self.nodes.first(), at);
            for byte in run.bytes().skip(at) {
                node = node.and_then(|node| self.child(*node, byte));
                let Some(node) = node else { break };
                end += 1;
                if let Some(score) = self.scores.get(node.id as usize) {
                    better(end, node.id, score + so_far);
                    alone |= end - at == c.len_utf8();
                }
            }
            if !alone {
                better(at + c.len_utf8(), self.unknown, self.unknown_score + so_far);
            }
        }
        let first = out.len();
        let (mut end, mut unknown) = (run.len(), false);
        while let Some(best) = best.get(end).filter(|best| end > 0 && best.from != NONE) {
            // A row of unknown characters is one token.
            if best.id != self.unknown || !unknown {
                out.push(best.id);
            }
            unknown = best.id == self.unknown;
            end = best.from as usize;
        }
        if let Some(new) = out.get_mut(first..) {
            new.reverse();
        }
    }

    fn child(&self, node: Node, byte: u8) -> Option<&Node> {
        let children = self.nodes.get(node.first as usize..(node.first + node.count) as usize)?;
        children.get(children.binary_search_by_key(&byte, |child| child.byte).ok()?)
    }
}

/// The tree of all pieces, children of a node side by side.
fn tree(vocabulary: &[(String, f64)]) -> Vec<Node> {
    let mut pieces: Vec<(&[u8], u32)> =
        vocabulary.iter().map(|(piece, _)| piece.as_bytes()).zip(0..).collect();
    pieces.sort_unstable();
    let leaf = |byte| Node { byte, id: NONE, first: 0, count: 0 };
    let mut nodes = vec![leaf(0)];
    let mut open: VecDeque<(usize, Range<usize>, usize)> = VecDeque::from([(0, 0..pieces.len(), 0)]);
    while let Some((at, range, depth)) = open.pop_front() {
        let first = nodes.len();
        let mut id = NONE;
        let mut start = range.start;
        while let Some((piece, number)) = pieces.get(start).filter(|_| start < range.end) {
            let Some(&byte) = piece.get(depth) else {
                // Of a piece that stands twice, the last counts. The empty one is none.
                id = if depth > 0 { *number } else { NONE };
                start += 1;
                continue;
            };
            let rest = pieces.get(start..range.end).unwrap_or_default();
            let end = start + rest.partition_point(|(piece, _)| piece.get(depth) == Some(&byte));
            open.push_back((nodes.len(), start..end, depth + 1));
            nodes.push(leaf(byte));
            start = end;
        }
        let count = nodes.len() - first;
        if let (Some(node), Ok(first), Ok(count)) =
            (nodes.get_mut(at), u32::try_from(first), u32::try_from(count))
        {
            (node.id, node.first, node.count) = (id, first, count);
        }
    }
    nodes
}

/// Characters of which a test has compared each with `tokenizers`.
fn is_known(c: char) -> bool {
    matches!(c, '\0'..='\u{24f}' | '\u{300}'..='\u{36f}' | '\u{2010}'..='\u{2027}' | '€')
}

/// Marks among them that stand alone.
fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c, '¡' | '§' | '«' | '¶' | '·' | '»' | '¿' | '\u{37e}' | '\u{2010}'..='\u{2027}')
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    // That the ids are those of `tokenizers` is tested in tests/tokens.rs.
    #[test]
    fn what_it_does_not_know_is_left_to_tokenizers() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/default/tokenizer.json");
        let mut tokenizer = Tokenizer::from_file(path).unwrap();
        let pieces = Pieces::new(&tokenizer).unwrap();
        let mut ids = Vec::new();
        for text in ["", "Привет", "un [CLS] dos", "🙂", "▁a"] {
            assert!(!pieces.read(text, &mut PieceBuffers::default(), &mut ids), "{text:?}");
        }
        assert!(ids.is_empty());
        assert!(pieces.read("¿Qué?", &mut PieceBuffers::default(), &mut ids) && !ids.is_empty());
        tokenizer.with_normalizer(None::<tokenizers::NormalizerWrapper>).unwrap();
        assert!(Pieces::new(&tokenizer).is_none());
    }
}
