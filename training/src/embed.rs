//! Sentence embeddings: the mean of a sentence's token states, of length one.

use candle_core::Tensor;
use indicatif::ProgressBar;
use relat_engine::encoder::{Batch, Encoder, EncoderError, Mode, ops};
use tokenizers::Tokenizer;

/// Token ids of each text, special tokens included, cut to `max_tokens` with the last token kept.
/// # Errors
/// If the tokenizer fails.
pub fn tokenize(tokenizer: &Tokenizer, texts: &[&str], max_tokens: usize) -> anyhow::Result<Vec<Vec<u32>>> {
    let mut all = Vec::with_capacity(texts.len());
    for chunk in texts.chunks(4096) {
        for encoding in tokenizer.encode_batch_fast(chunk.to_vec(), true).map_err(anyhow::Error::msg)? {
            let mut ids = encoding.get_ids().to_vec();
            if ids.len() > max_tokens
                && let Some(&last) = ids.last()
            {
                ids.truncate(max_tokens.saturating_sub(1));
                ids.push(last);
            }
            all.push(ids);
        }
    }
    Ok(all)
}

/// Mean-pooled, normalised embeddings of a batch.
/// # Shapes
/// `(batch.lengths().len(), hidden)`.
/// # Errors
/// As [`Encoder::forward`].
pub fn embed_batch(encoder: &Encoder, batch: &Batch, mode: Mode) -> Result<Tensor, EncoderError> {
    let states = encoder.forward(batch, mode)?;
    let mean = ops::mean_rows(&states, batch.spans())?;
    let norm = mean.sqr()?.sum_keepdim(1)?.sqrt()?;
    Ok(mean.broadcast_div(&norm)?)
}

/// Embeddings of many sequences, in their order.
/// # Shapes
/// `(sequences.len(), hidden)`, row-major.
/// # Errors
/// As [`Encoder::forward`].
pub fn embed_all(
    encoder: &Encoder,
    sequences: &[Vec<u32>],
    tokens_per_batch: usize,
    progress: &ProgressBar,
) -> Result<Vec<f32>, EncoderError> {
    let mut all = Vec::with_capacity(sequences.len() * encoder.config().hidden_size);
    let mut rest = sequences;
    while !rest.is_empty() {
        let mut tokens = 0;
        let mut n = 0;
        while let Some(next) = rest.get(n)
            && (n == 0 || tokens + next.len() <= tokens_per_batch)
        {
            tokens += next.len();
            n += 1;
        }
        let (now, later) = rest.split_at(n);
        let batch = Batch::new(now.iter().map(Vec::as_slice));
        let embedded = embed_batch(encoder, &batch, Mode::Infer)?;
        all.extend(embedded.flatten_all()?.to_vec1::<f32>()?);
        progress.inc(u64::try_from(n).unwrap_or(0));
        rest = later;
    }
    Ok(all)
}
