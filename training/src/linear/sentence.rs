//! Fits the linear layer of the sentences.

use relat_engine::linear::sentence::SentenceModel;
use relat_engine::linear::vocabulary::Vocabulary;
use relat_engine::logits::Outputs;

use super::config::LinearConfig;
use super::data::{self, Encoded, EncodedSentence};
use super::solver::{self, Labels, Sparse};
use crate::error::{Error, Result};

/// Fits on every sentence of the given records; `progress` is called after each pass.
/// # Errors
/// [`Error::Corpus`] when no n-gram is frequent enough; [`Error::Layout`] for a defect.
pub fn fit(
    records: &[&Encoded],
    outputs: Outputs,
    config: &LinearConfig,
    progress: impl FnMut(f32),
) -> Result<SentenceModel> {
    let sentences: Vec<&EncodedSentence> = records.iter().flat_map(|r| &r.sentences).collect();
    let layout = |reason| Error::Layout { reason };
    let vocabulary =
        data::vocabulary(sentences.iter().copied(), config.min_df, config.block_weights).map_err(layout)?;
    if vocabulary.is_empty() {
        return Err(Error::Corpus { reason: format!("no n-gram stands in {} sentences", config.min_df) });
    }
    let mut x = Sparse::default();
    let mut features = Vec::new();
    for sentence in &sentences {
        vocabulary.vectorise(sentence.grams(), &mut features);
        x.push(features.iter().copied());
    }
    let positive = sentences.iter().map(|s| s.positive.clone()).collect();
    let labels = Labels { outputs: outputs.len(), positive, ignored: Vec::new() };
    let weights = solver::fit(&x, vocabulary.len(), &labels, &config.sentence, progress);
    let (vocabulary, values) = heaviest_first(&vocabulary, &weights.values, outputs.len(), config.rows)?;
    Ok(SentenceModel::quantise(config.ngrams, vocabulary, outputs, &values, weights.bias))
}

/// Orders the rows by the size of their weights and keeps the weights of the first ones. The others stay known, for
/// the length of a feature vector: dropping them whole would change the scale of every logit.
fn heaviest_first(
    vocabulary: &Vocabulary,
    values: &[f32],
    outputs: usize,
    rows: usize,
) -> Result<(Vocabulary, Vec<f32>)> {
    let norms: Vec<f32> =
        values.chunks_exact(outputs).map(|row| row.iter().map(|w| w * w).sum::<f32>()).collect();
    let mut order: Vec<usize> = (0..norms.len()).collect();
    order.sort_by(|&a, &b| norms[b].total_cmp(&norms[a]).then(a.cmp(&b)));
    let kept = order.iter().take(rows).flat_map(|&row| &values[row * outputs..(row + 1) * outputs]);
    let kept = kept.copied().collect();
    let vocabulary = Vocabulary::new(
        order.iter().map(|&row| vocabulary.hashes()[row]).collect(),
        order.iter().map(|&row| vocabulary.idf()[row]).collect(),
        vocabulary.block_weights(),
    );
    Ok((vocabulary.map_err(|reason| Error::Layout { reason })?, kept))
}
