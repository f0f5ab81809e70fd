//! What the teacher gives the student: its layers, its token table and its embeddings of the English side.

use std::collections::BTreeMap;
use std::path::Path;

use candle_core::{Device, Tensor};
use relat_engine::encoder::{Encoder, EncoderConfig, Weights, load_encoder, load_tokenizer};
use sha2::{Digest, Sha256};
use tokenizers::Tokenizer;

use crate::checkpoint::write_atomically;
use crate::embed::{embed_all, tokenize};
use crate::progress;
use crate::tokenizer::SPECIAL;

/// The teacher's embeddings of `texts`, from `cache` when they were computed before for the same texts and teacher.
/// # Shapes
/// `(texts.len(), hidden)`, row-major.
/// # Errors
/// If the teacher cannot be read or the cache cannot be written.
pub(super) fn embeddings(
    teacher: &Path,
    texts: &[String],
    max_tokens: usize,
    cache: &Path,
) -> anyhow::Result<Vec<f32>> {
    let mut hash = Sha256::new();
    hash.update(std::fs::read(teacher.join("model.safetensors"))?);
    hash.update(std::fs::read(teacher.join("tokenizer.json"))?);
    hash.update(max_tokens.to_le_bytes());
    for text in texts {
        hash.update(text.as_bytes());
        hash.update([0]);
    }
    let name: String = hash.finalize().iter().take(8).map(|b| format!("{b:02x}")).collect();
    let path = cache.join(format!("teacher-{name}.f32"));
    if path.exists() {
        let bytes = std::fs::read(&path)?;
        let (chunks, _) = bytes.as_chunks::<4>();
        return Ok(chunks.iter().map(|&b| f32::from_le_bytes(b)).collect());
    }
    let (encoder, tokenizer) = (load_encoder(teacher)?, load_tokenizer(teacher)?);
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let sequences = tokenize(&tokenizer, &texts, max_tokens)?;
    let bar = progress::bar(u64::try_from(sequences.len())?, "teacher");
    let values = embed_all(&encoder, &sequences, 2048, &bar)?;
    bar.finish();
    let bytes: Vec<u8> = values.iter().flat_map(|x| x.to_le_bytes()).collect();
    write_atomically(&path, &bytes)?;
    Ok(values)
}

/// The student before training: the teacher's layers, and for each token the mean of the teacher's pieces of its string.
/// # Errors
/// If the teacher cannot be read.
pub(super) fn student(teacher: &Path, tokenizer: &Tokenizer) -> anyhow::Result<(EncoderConfig, Encoder)> {
    let encoder = load_encoder(teacher)?;
    let pieces = load_tokenizer(teacher)?;
    let h = encoder.config().hidden_size;
    let table = encoder.words().flatten_all()?.to_vec1::<f32>()?;
    let vocab: BTreeMap<u32, String> =
        tokenizer.get_vocab(true).into_iter().map(|(token, id)| (id, token)).collect();
    let mean = |ids: &[u32]| {
        let mut row = vec![0.0f32; h];
        for &id in ids {
            let at = usize::try_from(id).unwrap_or(usize::MAX).saturating_mul(h);
            for (y, x) in row.iter_mut().zip(table.get(at..at.saturating_add(h)).unwrap_or_default()) {
                *y += x;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a vocabulary is far below 2^24")]
        let n = ids.len().max(1) as f32;
        row.iter_mut().for_each(|x| *x /= n);
        row
    };
    let everything: Vec<u32> = (0..u32::try_from(encoder.config().vocab_size)?).collect();
    let average = mean(&everything);
    let mut words = Vec::with_capacity(vocab.len() * h);
    for token in vocab.values() {
        let ids = if SPECIAL.contains(&token.as_str()) {
            pieces.token_to_id(token).into_iter().collect()
        } else {
            let text = token.replace('▁', " ");
            pieces.encode_fast(text.trim(), false).map_err(anyhow::Error::msg)?.get_ids().to_vec()
        };
        words.extend(if ids.is_empty() { average.clone() } else { mean(&ids) });
    }
    let mut tensors = encoder.tensors()?;
    tensors.insert(
        "embeddings.word_embeddings.weight".to_owned(),
        Tensor::from_vec(words, (vocab.len(), h), &Device::Cpu)?,
    );
    let config = EncoderConfig {
        vocab_size: vocab.len(),
        pad_token_id: tokenizer.token_to_id("[PAD]"),
        ..encoder.config().clone()
    };
    let student = Encoder::from_weights(config.clone(), Weights::from_tensors(teacher, tensors))?;
    Ok((config, student))
}
