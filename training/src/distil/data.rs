//! Parallel text as token ids, and the batches that a seed makes of it.

use relat_engine::encoder::Batch;
use tokenizers::Tokenizer;

use super::DistilConfig;
use crate::embed::tokenize;
use crate::parallel::{Triple, read_triples};
use crate::rng::Rng;

/// Tokenised parallel text.
#[derive(Debug)]
pub(super) struct Data {
    /// English, Spanish and Catalan sequences of a row with English.
    pub(super) triples: Vec<[Vec<u32>; 3]>,
    /// Spanish and Catalan sequences of a row without.
    pub(super) pairs: Vec<[Vec<u32>; 2]>,
    /// The English texts, one a triple, for the teacher.
    pub(super) english: Vec<String>,
}

impl Data {
    /// Reads and tokenises the files of `config`.
    /// # Errors
    /// If a file cannot be read or the tokenizer fails.
    pub(super) fn load(config: &DistilConfig, tokenizer: &Tokenizer) -> anyhow::Result<Self> {
        let mut rows = Vec::new();
        for path in &config.parallel {
            rows.extend(read_triples(path)?);
        }
        let (with, without): (Vec<Triple>, Vec<Triple>) =
            rows.into_iter().filter(|t| !t.es.is_empty() && !t.ca.is_empty()).partition(|t| !t.en.is_empty());
        let ids = |rows: &[Triple], side: fn(&Triple) -> &str| {
            let texts: Vec<&str> = rows.iter().map(side).collect();
            tokenize(tokenizer, &texts, config.max_tokens)
        };
        let (en, es, ca) = (ids(&with, |t| &t.en)?, ids(&with, |t| &t.es)?, ids(&with, |t| &t.ca)?);
        let triples = en.into_iter().zip(es).zip(ca).map(|((en, es), ca)| [en, es, ca]).collect();
        let (es, ca) = (ids(&without, |t| &t.es)?, ids(&without, |t| &t.ca)?);
        let pairs = es.into_iter().zip(ca).map(|(es, ca)| [es, ca]).collect();
        Ok(Self { triples, pairs, english: with.into_iter().map(|t| t.en).collect() })
    }
}

/// An endless, shuffled order of rows cut into batches, of which any can be found again by its number.
#[derive(Debug)]
pub(super) struct Batches {
    lengths: Vec<usize>,
    tokens: usize,
    seed: u64,
    stream: u64,
    epoch: u64,
    first: u64,
    batches: Vec<Vec<usize>>,
}

impl Batches {
    /// Batches of rows whose `lengths` sum to at most `tokens`; a longer row is a batch of its own.
    #[must_use]
    pub(super) fn new(lengths: Vec<usize>, tokens: usize, seed: u64, stream: u64) -> Self {
        let mut batches = Self { lengths, tokens, seed, stream, epoch: 0, first: 0, batches: Vec::new() };
        batches.plan();
        batches
    }

    fn plan(&mut self) {
        let mut order: Vec<usize> = (0..self.lengths.len()).collect();
        Rng::new(self.seed, (self.stream << 32) | self.epoch).shuffle(&mut order);
        self.batches.clear();
        let (mut batch, mut tokens) = (Vec::new(), 0);
        for row in order {
            let length = self.lengths.get(row).copied().unwrap_or_default();
            if !batch.is_empty() && tokens + length > self.tokens {
                self.batches.push(std::mem::take(&mut batch));
                tokens = 0;
            }
            batch.push(row);
            tokens += length;
        }
        if !batch.is_empty() {
            self.batches.push(batch);
        }
    }

    /// Rows of the batch `number`, from 0; numbers must not fall from one call to the next.
    pub(super) fn get(&mut self, number: u64) -> &[usize] {
        while let Ok(n) = u64::try_from(self.batches.len())
            && n > 0
            && number >= self.first + n
        {
            self.first += n;
            self.epoch += 1;
            self.plan();
        }
        let index = usize::try_from(number - self.first).unwrap_or(usize::MAX);
        self.batches.get(index).map_or(&[], Vec::as_slice)
    }
}

/// The sequences of `rows`: all first sides, then all second sides, and so on.
#[must_use]
pub(super) fn batch<const N: usize>(sides: &[[Vec<u32>; N]], rows: &[usize]) -> Batch {
    let side = |s: usize| rows.iter().filter_map(move |&row| sides.get(row)?.get(s)).map(Vec::as_slice);
    Batch::new((0..N).flat_map(side))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_epoch_has_every_row_once_within_the_budget() {
        let lengths: Vec<usize> = (0..500).map(|i| 5 + i * 7 % 40).collect();
        let mut batches = Batches::new(lengths.clone(), 120, 3, 1);
        let (mut seen, mut number) = (Vec::new(), 0);
        while seen.len() < 1000 {
            let batch = batches.get(number).to_vec();
            assert!(batch.len() == 1 || batch.iter().map(|&i| lengths[i]).sum::<usize>() <= 120);
            seen.extend(batch);
            number += 1;
        }
        let (first, second) = seen.split_at_mut(500);
        assert_ne!(first, second, "the second epoch is shuffled anew");
        for half in [first, second] {
            half.sort_unstable();
            assert_eq!(half, (0..500).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_batch_is_found_again_by_its_number() {
        let lengths = vec![10; 300];
        let mut walked = Batches::new(lengths.clone(), 70, 9, 2);
        let all: Vec<Vec<usize>> = (0..100).map(|i| walked.get(i).to_vec()).collect();
        for number in [0, 1, 42, 43, 86, 99] {
            let mut fresh = Batches::new(lengths.clone(), 70, 9, 2);
            assert_eq!(fresh.get(number), all[usize::try_from(number).unwrap()]);
        }
    }
}
