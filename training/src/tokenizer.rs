//! A Unigram tokenizer for Catalan, Spanish and English.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tokenizers::models::unigram::{Unigram, UnigramTrainer};
use tokenizers::normalizers::{Lowercase, NFKC, Sequence};
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::pre_tokenizers::metaspace::{Metaspace, PrependScheme};
use tokenizers::pre_tokenizers::punctuation::Punctuation;
use tokenizers::pre_tokenizers::sequence::Sequence as PreSequence;
use tokenizers::processors::template::TemplateProcessing;
use tokenizers::{
    AddedToken, NormalizedString, Normalizer, OffsetReferential, OffsetType, PreTokenizedString,
    PreTokenizer, SplitDelimiterBehavior, Tokenizer,
};

use crate::parallel::read_triples;

/// Padding, unknown, start, end and mask, in the order of their ids.
pub const SPECIAL: [&str; 5] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

/// The experiment file of `relat-train tokenizer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenizerConfig {
    /// Files of parallel text.
    pub parallel: Vec<PathBuf>,
    /// Folders of records, whose texts are read too.
    pub records: Vec<PathBuf>,
    /// How many times the records count, being few and what the tokenizer is for.
    pub records_weight: u32,
    /// Pieces, the special tokens included.
    pub vocab_size: u32,
    /// Longest piece, in characters.
    pub max_piece_length: usize,
    /// The tokenizer.json to write.
    pub out: PathBuf,
}

/// Trains and saves the tokenizer; the same texts give the same bytes.
/// # Errors
/// If a text cannot be read, the trainer fails or the file cannot be written.
pub fn train(config: &TokenizerConfig) -> anyhow::Result<Tokenizer> {
    let (normalizer, pre_tokenizer) = (normalizer(), pre_tokenizer());
    // Counted here in a sorted map, because the trainer's own hash map has another order in each process.
    let mut words: BTreeMap<String, u32> = BTreeMap::new();
    let mut count = |text: &str, weight: u32| -> anyhow::Result<()> {
        let mut normalized = NormalizedString::from(text);
        normalizer.normalize(&mut normalized).map_err(anyhow::Error::msg)?;
        let mut split = PreTokenizedString::from(normalized);
        pre_tokenizer.pre_tokenize(&mut split).map_err(anyhow::Error::msg)?;
        for (word, _, _) in split.get_splits(OffsetReferential::Original, OffsetType::Byte) {
            *words.entry(word.to_owned()).or_default() += weight;
        }
        Ok(())
    };
    for path in &config.parallel {
        for triple in read_triples(path)? {
            for text in [&triple.en, &triple.es, &triple.ca] {
                count(text, 1)?;
            }
        }
    }
    for dir in &config.records {
        for record in relat_eval::corpus::read_dir(dir, relat_engine::Taxonomy::shipped())? {
            count(&record.text, config.records_weight)?;
        }
    }
    let trainer = UnigramTrainer::builder()
        .show_progress(false)
        .vocab_size(config.vocab_size)
        .max_piece_length(config.max_piece_length)
        .unk_token(Some("[UNK]".to_owned()))
        .special_tokens(SPECIAL.iter().map(|t| AddedToken::from(*t, true)).collect())
        .build()?;
    let mut model = Unigram::default();
    // One thread: the trainer's parallel sums depend on how the work was shared.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    let special = pool
        .install(|| trainer.do_train(words.into_iter().collect(), &mut model))
        .map_err(anyhow::Error::msg)?;
    let mut tokenizer = Tokenizer::new(model);
    tokenizer.with_normalizer(Some(normalizer)).map_err(anyhow::Error::msg)?;
    tokenizer.with_pre_tokenizer(Some(pre_tokenizer));
    tokenizer.add_special_tokens(special).map_err(anyhow::Error::msg)?;
    let id = |token: &str| (token.to_owned(), tokenizer.token_to_id(token).unwrap_or_default());
    let template = TemplateProcessing::builder()
        .try_single("[CLS] $A [SEP]")
        .map_err(anyhow::Error::msg)?
        .special_tokens(vec![id("[CLS]"), id("[SEP]")])
        .build()?;
    tokenizer.with_post_processor(Some(template));
    save(&tokenizer, &config.out)?;
    Ok(tokenizer)
}

fn normalizer() -> Sequence {
    Sequence::new(vec![NFKC.into(), Lowercase.into()])
}

fn pre_tokenizer() -> PreSequence {
    PreSequence::new(vec![
        PreTokenizerWrapper::Metaspace(Metaspace::new('▁', PrependScheme::Always, true)),
        PreTokenizerWrapper::Punctuation(Punctuation::new(SplitDelimiterBehavior::Isolated)),
    ])
}

fn save(tokenizer: &Tokenizer, out: &Path) -> anyhow::Result<()> {
    if let Some(dir) = out.parent() {
        std::fs::create_dir_all(dir)?;
    }
    tokenizer.save(out, false).map_err(anyhow::Error::msg)
}
