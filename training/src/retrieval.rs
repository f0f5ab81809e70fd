//! How often the nearest sentence of another language is a translation.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use candle_core::{Device, Tensor};
use indicatif::ProgressBar;
use relat_engine::encoder::Encoder;
use serde::Serialize;
use tokenizers::Tokenizer;

use crate::embed::{embed_all, tokenize};
use crate::parallel::read_pairs;

/// A held-out table, two of its columns and how many rows count.
const SETS: [(&str, &str, &str, &str, usize); 6] = [
    ("tatoeba ca→en", "tatoeba_cat_eng.tsv", "ca", "en", usize::MAX),
    ("tatoeba ca→es", "tatoeba_cat_spa.tsv", "ca", "es", usize::MAX),
    ("flores es→ca", "flores_devtest.tsv", "es", "ca", 1000),
    ("flores en→ca", "flores_devtest.tsv", "en", "ca", 1000),
    ("flores ca→en", "flores_devtest.tsv", "ca", "en", 1000),
    ("ntrex en→ca", "ntrex128.tsv", "en", "ca", usize::MAX),
];

/// Result on one held-out set.
#[derive(Debug, Clone, Serialize)]
pub struct Retrieval {
    /// Name of the set and direction.
    pub set: &'static str,
    /// Queries: distinct sentences of the source language.
    pub queries: usize,
    /// Candidates: distinct sentences of the target language.
    pub candidates: usize,
    /// Share of queries whose nearest candidate is one of their translations.
    pub accuracy: f64,
    /// Share of rows whose nearest candidate is the very one of that row: less where a sentence has two translations.
    pub strict: f64,
}

/// Measures all sets of `dir`.
/// # Errors
/// If a table cannot be read or the encoder fails.
pub fn measure(encoder: &Encoder, tokenizer: &Tokenizer, dir: &Path) -> anyhow::Result<Vec<Retrieval>> {
    SETS.iter()
        .map(|&(set, file, from, to, rows)| {
            let mut pairs = read_pairs(&dir.join(file), from, to)?;
            pairs.truncate(rows);
            measure_pairs(encoder, tokenizer, set, &pairs)
        })
        .collect()
}

fn measure_pairs(
    encoder: &Encoder,
    tokenizer: &Tokenizer,
    set: &'static str,
    pairs: &[(String, String)],
) -> anyhow::Result<Retrieval> {
    let mut translations: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (source, target) in pairs {
        translations.entry(source).or_default().insert(target);
    }
    let queries: Vec<&str> = translations.keys().copied().collect();
    let candidates: BTreeSet<&str> = pairs.iter().map(|(_, target)| target.as_str()).collect();
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let embed = |texts: &[&str]| -> anyhow::Result<Vec<f32>> {
        let limit = encoder.config().max_tokens();
        let sequences = tokenize(tokenizer, texts, limit)?;
        Ok(embed_all(encoder, &sequences, 4096, &ProgressBar::hidden())?)
    };
    let found = nearest(&embed(&queries)?, &embed(&candidates)?, encoder.config().hidden_size)?;
    let found: BTreeMap<&str, &str> = queries
        .iter()
        .zip(found)
        .filter_map(|(&query, index)| candidates.get(index).map(|&c| (query, c)))
        .collect();
    let right = found.iter().filter(|(q, c)| translations.get(*q).is_some_and(|t| t.contains(*c))).count();
    let exact = pairs.iter().filter(|(q, c)| found.get(q.as_str()) == Some(&c.as_str())).count();
    Ok(Retrieval {
        set,
        queries: queries.len(),
        candidates: candidates.len(),
        accuracy: share(right, queries.len()),
        strict: share(exact, pairs.len()),
    })
}

#[expect(clippy::cast_precision_loss, reason = "thousands")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// For each row of `queries` the row of `candidates` with the largest dot product.
/// # Shapes
/// `queries`: `(q, n)`; `candidates`: `(c, n)`; result `(q,)`.
fn nearest(queries: &[f32], candidates: &[f32], n: usize) -> candle_core::Result<Vec<usize>> {
    let matrix = |x: &[f32]| Tensor::from_slice(x, (x.len() / n, n), &Device::Cpu);
    let scores = matrix(queries)?.matmul(&matrix(candidates)?.t()?)?; // (q, c)
    let found = scores.argmax(1)?.to_vec1::<u32>()?;
    Ok(found.into_iter().map(|i| usize::try_from(i).unwrap_or(usize::MAX)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_finds_the_largest_dot_product() {
        let candidates = [1.0, 0.0, 0.0, 1.0, 0.6, 0.8];
        assert_eq!(nearest(&[0.9, 0.1, 0.5, 0.9, 0.0, 2.0], &candidates, 2).unwrap(), [0, 2, 1]);
    }
}
