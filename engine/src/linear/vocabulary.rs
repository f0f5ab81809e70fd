//! Which n-grams a model knows, and how much each counts.

use crate::linear::grams::{Block, Grams};

/// Hashes of the known n-grams with their inverse document frequency; a row of the model's weights each.
#[derive(Debug, Clone, PartialEq)]
pub struct Vocabulary {
    hashes: Vec<u32>,
    idf: Vec<f32>,
    block_weights: [f32; 4],
    /// Open addressing over the hashes: row + 1, or 0 for a free slot. Its length is a power of two.
    slots: Vec<u32>,
}

impl Vocabulary {
    /// A vocabulary of hashes, each with its inverse document frequency.
    /// # Shapes
    /// `hashes`, `idf`: `(rows,)`; `block_weights`: norm of each block of [`Block::ALL`] in a feature vector.
    /// # Errors
    /// A sentence when the lengths differ or a hash stands twice.
    pub fn new(hashes: Vec<u32>, idf: Vec<f32>, block_weights: [f32; 4]) -> Result<Self, String> {
        if hashes.len() != idf.len() {
            return Err(format!("{} hashes and {} frequencies", hashes.len(), idf.len()));
        }
        let mut slots = vec![0u32; (hashes.len() * 2).next_power_of_two().max(2)];
        let mask = slots.len() - 1;
        for (row, &hash) in hashes.iter().enumerate() {
            let mut at = hash as usize & mask;
            while let Some(&taken) = slots.get(at).filter(|&&s| s != 0) {
                if hashes.get(taken as usize - 1) == Some(&hash) {
                    return Err(format!("the hash {hash:08x} stands twice"));
                }
                at = (at + 1) & mask;
            }
            if let Some(slot) = slots.get_mut(at) {
                *slot = u32::try_from(row + 1).map_err(|_| format!("{} rows are too many", hashes.len()))?;
            }
        }
        Ok(Self { hashes, idf, block_weights, slots })
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// True when there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// Hashes, in row order.
    #[must_use]
    pub fn hashes(&self) -> &[u32] {
        &self.hashes
    }

    /// Inverse document frequencies, in row order.
    #[must_use]
    pub fn idf(&self) -> &[f32] {
        &self.idf
    }

    /// Norm of each block in a feature vector.
    #[must_use]
    pub fn block_weights(&self) -> [f32; 4] {
        self.block_weights
    }

    /// Row of a hash.
    #[must_use]
    pub fn row(&self, hash: u32) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let row = self.slots.get(at)?.checked_sub(1)?;
            if self.hashes.get(row as usize) == Some(&hash) {
                return Some(row);
            }
            at = (at + 1) & mask;
        }
    }

    /// Feature vector of a sentence: log counts times inverse document frequency, each block scaled to its norm.
    /// Known n-grams only, appended to `out` as `(row, value)`.
    pub fn vectorise(&self, grams: &Grams, out: &mut Vec<(u32, f32)>) {
        out.clear();
        for (block, weight) in Block::ALL.into_iter().zip(self.block_weights) {
            if weight <= 0.0 {
                continue;
            }
            let first = out.len();
            let mut squares = 0f32;
            for &(hash, count) in grams.block(block) {
                if let Some(row) = self.row(hash) {
                    let idf = self.idf.get(row as usize).copied().unwrap_or_default();
                    let value = (1.0 + log_count(count)) * idf;
                    squares += value * value;
                    out.push((row, value));
                }
            }
            if squares > 0.0 {
                let scale = weight / squares.sqrt();
                for (_, value) in out.iter_mut().skip(first) {
                    *value *= scale;
                }
            }
        }
    }
}

/// Natural logarithm of a count; most counts are one.
#[expect(clippy::cast_precision_loss, reason = "a count of n-grams in one sentence is far below 2^24")]
fn log_count(count: u32) -> f32 {
    if count <= 1 { 0.0 } else { (count as f32).ln() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linear::grams::NgramConfig;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_row_is_found_and_blocks_have_their_norm(text in "[a-e ]{1,40}") {
            let mut grams = Grams::default();
            grams.fill(NgramConfig { word_max: 2, char_min: 3, char_max: 5 }, &text, Some(&text), None);
            let mut hashes: Vec<u32> =
                Block::ALL.iter().flat_map(|&b| grams.block(b).iter().map(|&(h, _)| h)).collect();
            hashes.sort_unstable();
            hashes.dedup();
            let n = hashes.len();
            let vocabulary = Vocabulary::new(hashes, vec![2.0; n], [1.0, 0.5, 0.25, 0.0]).unwrap();
            let mut out = Vec::new();
            vocabulary.vectorise(&grams, &mut out);
            let total: usize = Block::ALL.iter().take(3).map(|&b| grams.block(b).len()).sum();
            prop_assert_eq!(out.len(), total);
            let words = grams.block(Block::Words).len();
            let norm: f32 = out.iter().take(words).map(|&(_, v)| v * v).sum();
            prop_assert!(words == 0 || (norm - 1.0).abs() < 1e-4);
        }
    }

    #[test]
    fn a_hash_twice_is_refused() {
        assert!(Vocabulary::new(vec![1, 1], vec![1.0, 1.0], [1.0; 4]).is_err());
    }
}
