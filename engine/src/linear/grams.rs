//! Hashed n-grams of words and characters, without allocation a token.
//!
//! The text is folded first: lower case, no accents, every digit a zero, so that hurried notes ("nomes", "1.180 €")
//! meet what was learnt from careful ones.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Which n-grams are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NgramConfig {
    /// Longest run of words.
    pub word_max: usize,
    /// Shortest run of characters.
    pub char_min: usize,
    /// Longest run of characters.
    pub char_max: usize,
}

/// A kind of feature; each is normalised apart and has its own hash seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block {
    /// Runs of words of the sentence.
    Words,
    /// Runs of characters of the sentence.
    Chars,
    /// Words of the sentence before.
    Before,
    /// Words of the sentence after.
    After,
}

impl Block {
    /// All blocks, in the order in which [`Grams`] holds them.
    pub const ALL: [Self; 4] = [Self::Words, Self::Chars, Self::Before, Self::After];

    const fn seed(self) -> u64 {
        match self {
            Self::Words => 0x9e37_79b9_7f4a_7c15,
            Self::Chars => 0xc2b2_ae3d_27d4_eb4f,
            Self::Before => 0x1656_67b1_9e37_79f9,
            Self::After => 0x27d4_eb2f_1656_67c5,
        }
    }
}

/// The n-grams of one sentence: sorted hashes with their counts, a list a block. Kept and filled again.
#[derive(Debug, Default)]
pub struct Grams {
    folded: Vec<char>,
    words: Vec<(usize, usize)>,
    hashes: Vec<u32>,
    blocks: [Vec<(u32, u32)>; 4],
}

impl Grams {
    /// Hashes and counts of a block, sorted by hash.
    #[must_use]
    pub fn block(&self, block: Block) -> &[(u32, u32)] {
        &self.blocks[block as usize]
    }

    /// Gives back what memory is not needed to keep the lists.
    pub fn shrink(&mut self) {
        (self.folded, self.words, self.hashes) = (Vec::new(), Vec::new(), Vec::new());
        self.blocks.iter_mut().for_each(Vec::shrink_to_fit);
    }

    /// Reads a sentence and its neighbours.
    pub fn fill(&mut self, config: NgramConfig, sentence: &str, before: Option<&str>, after: Option<&str>) {
        self.fold(sentence);
        self.word_runs(config.word_max, Block::Words);
        self.char_runs(config);
        for (text, block) in [(before, Block::Before), (after, Block::After)] {
            self.fold(text.unwrap_or_default());
            self.word_runs(1, block);
        }
    }

    fn fold(&mut self, text: &str) {
        self.folded.clear();
        self.words.clear();
        self.folded.push(' ');
        for c in text.nfkd().filter(|&c| !is_combining_mark(c) && c != '·') {
            for c in c.to_lowercase() {
                let c = match c {
                    c if c.is_numeric() => '0',
                    '’' | '‘' | '`' | '´' => '\'',
                    '«' | '»' | '“' | '”' => '"',
                    '–' | '—' => '-',
                    c if c.is_whitespace() || c.is_control() => ' ',
                    c => c,
                };
                if c != ' ' || self.folded.last() != Some(&' ') {
                    self.folded.push(c);
                }
            }
        }
        if self.folded.last() != Some(&' ') {
            self.folded.push(' ');
        }
        let mut start = None;
        for (i, c) in self.folded.iter().enumerate() {
            match (c.is_alphanumeric(), start) {
                (true, None) => start = Some(i),
                (false, Some(s)) => {
                    self.words.push((s, i));
                    start = None;
                }
                _ => {}
            }
        }
    }

    fn word_runs(&mut self, longest: usize, block: Block) {
        self.hashes.clear();
        for first in 0..self.words.len() {
            let mut hash = block.seed();
            for &(start, end) in self.words.iter().skip(first).take(longest) {
                hash = step(hash, u32::from(' '));
                for &c in self.folded.get(start..end).unwrap_or_default() {
                    hash = step(hash, u32::from(c));
                }
                self.hashes.push(finish(hash));
            }
        }
        count(&mut self.hashes, &mut self.blocks[block as usize]);
    }

    fn char_runs(&mut self, config: NgramConfig) {
        self.hashes.clear();
        for first in 0..self.folded.len() {
            let mut hash = Block::Chars.seed();
            for (n, &c) in self.folded.iter().skip(first).take(config.char_max).enumerate() {
                hash = step(hash, u32::from(c));
                if n + 1 >= config.char_min {
                    self.hashes.push(finish(hash));
                }
            }
        }
        count(&mut self.hashes, &mut self.blocks[Block::Chars as usize]);
    }
}

/// FNV-1a over code points.
const fn step(hash: u64, value: u32) -> u64 {
    (hash ^ value as u64).wrapping_mul(0x0000_0100_0000_01b3)
}

/// The high bits of a last mix (`MurmurHash3`'s finaliser): FNV alone leaves short runs close together.
const fn finish(mut hash: u64) -> u32 {
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    (hash >> 32) as u32
}

fn count(hashes: &mut [u32], out: &mut Vec<(u32, u32)>) {
    hashes.sort_unstable();
    out.clear();
    for &hash in hashes.iter() {
        match out.last_mut() {
            Some((last, n)) if *last == hash => *n += 1,
            _ => out.push((hash, 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CONFIG: NgramConfig = NgramConfig { word_max: 2, char_min: 3, char_max: 5 };

    fn blocks(sentence: &str) -> Vec<Vec<(u32, u32)>> {
        let mut grams = Grams::default();
        grams.fill(CONFIG, sentence, None, None);
        Block::ALL.iter().map(|&b| grams.block(b).to_vec()).collect()
    }

    #[test]
    fn accents_case_and_digits_are_folded() {
        assert_eq!(blocks("Només té 1.180 €"), blocks("NOMES TE 9.999 €"));
        assert_eq!(blocks("col·lapse"), blocks("collapse"));
        assert_ne!(blocks("no té deutes"), blocks("té deutes"));
    }

    #[test]
    fn counts_are_those_of_the_runs() {
        let all = blocks("a b a");
        let sum = |b: Block| all[b as usize].iter().map(|&(_, n)| n).sum::<u32>();
        // Words: a, a b, b, b a, a. Characters of " a b a ": five runs of 3, four of 4, three of 5.
        assert_eq!((sum(Block::Words), sum(Block::Chars)), (5, 12));
    }

    proptest! {
        #[test]
        fn a_used_buffer_reads_as_a_new_one(first in ".{0,60}", second in ".{0,60}") {
            let mut used = Grams::default();
            used.fill(CONFIG, &first, Some(&second), None);
            used.fill(CONFIG, &second, None, Some(&first));
            let mut new = Grams::default();
            new.fill(CONFIG, &second, None, Some(&first));
            for b in Block::ALL {
                prop_assert_eq!(used.block(b), new.block(b));
            }
        }
    }
}
