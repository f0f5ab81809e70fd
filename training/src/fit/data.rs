//! The corpus as token ids with labels, and the windows of each epoch.

use candle_core::{Device, Tensor};
use relat_engine::encoder::SentenceEncoder;
use relat_engine::encoder::window::Window;
use relat_engine::logits::Outputs;
use relat_engine::{Language, Taxonomy};
use relat_eval::corpus::Record;

use super::config::PhaseConfig;
use crate::linear::data::positive;
use crate::rng::Rng;

/// A record in one of its languages.
#[derive(Debug, Clone)]
pub(super) struct Variant {
    language: Language,
    /// Token ids of each sentence.
    sentences: Vec<Vec<u32>>,
}

/// A record, as it was written and in translation, with what is true of its sentences.
#[derive(Debug, Clone)]
pub(super) struct Text {
    /// Who wrote it.
    pub(super) writer: String,
    /// The original first.
    variants: Vec<Variant>,
    /// True outputs of each sentence, sorted.
    labels: Vec<Vec<u16>>,
}

/// A window with the true outputs of its pieces.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    pub(super) window: Window,
    pub(super) labels: Vec<Vec<u16>>,
}

impl Text {
    /// Tokenises a record and its translations.
    pub(super) fn encode(
        record: &Record,
        translations: &[&Record],
        taxonomy: &Taxonomy,
        outputs: Outputs,
        model: &SentenceEncoder,
    ) -> anyhow::Result<Self> {
        let labels = record.sentences.iter().map(|s| positive(s, taxonomy, outputs)).collect();
        let variants = std::iter::once(record)
            .chain(translations.iter().copied())
            .map(|record| {
                let document = record.document()?;
                let sentences = document
                    .sentences()
                    .iter()
                    .map(|s| model.ids(document.sentence_text(s)))
                    .collect::<Result<_, _>>()?;
                Ok(Variant { language: record.lang, sentences })
            })
            .collect::<anyhow::Result<_>>()?;
        Ok(Self { writer: record.writer.clone(), variants, labels })
    }

    /// Windows of the text as it was written.
    pub(super) fn windows(&self, model: &SentenceEncoder) -> Vec<Window> {
        self.variants.first().map(|v| model.windows(&v.sentences)).unwrap_or_default()
    }

    fn choose(&self, translated: f32, rng: &mut Rng) -> Option<&Variant> {
        let others = self.variants.len().saturating_sub(1);
        let other = rng.unit() < translated && others > 0;
        self.variants.get(if other { 1 + rng.below(others) } else { 0 })
    }
}

/// Single sentences that wait for others to make a window.
#[derive(Default)]
struct Joined {
    sentences: Vec<Vec<u32>>,
    labels: Vec<Vec<u16>>,
    /// How many make this one.
    wanted: usize,
}

/// The batches of one epoch: texts of `long` a few windows each, texts of `short` joined, all shuffled.
pub(super) fn epoch(
    model: &SentenceEncoder,
    (long, short): (&[&Text], &[&Text]),
    config: &PhaseConfig,
    tokens: usize,
    mut rng: Rng,
) -> Vec<Vec<Item>> {
    let mut items = Vec::new();
    for text in long {
        if let Some(variant) = text.choose(config.translated, &mut rng) {
            items.extend(label(model.windows(&variant.sentences), &text.labels));
        }
    }
    let mut order: Vec<usize> = (0..short.len()).collect();
    rng.shuffle(&mut order);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of some thousands"
    )]
    order.truncate((short.len() as f32 * config.bank_share).round() as usize);
    // Sentences of one language are joined, as a text is mostly in one.
    let mut held: [Joined; 4] = Default::default();
    for index in order {
        let Some(text) = short.get(index) else { continue };
        let Some(variant) = text.choose(config.translated, &mut rng) else { continue };
        let slot = match variant.language {
            Language::Ca => 0,
            Language::Es => 1,
            Language::En => 2,
            Language::Other => 3,
        };
        let Some(Joined { sentences, labels, wanted }) = held.get_mut(slot) else { continue };
        if sentences.is_empty() {
            *wanted = 1 + rng.below(config.join.max(1));
        }
        sentences.extend(variant.sentences.iter().cloned());
        labels.extend(text.labels.iter().cloned());
        if sentences.len() >= *wanted {
            items.extend(label(model.windows(sentences), labels));
            sentences.clear();
            labels.clear();
        }
    }
    for Joined { sentences, labels, .. } in &held {
        if !sentences.is_empty() {
            items.extend(label(model.windows(sentences), labels));
        }
    }
    rng.shuffle(&mut items);
    batches(items, tokens)
}

fn label(windows: Vec<Window>, labels: &[Vec<u16>]) -> Vec<Item> {
    let item = |window: Window| {
        let labels = window.pieces.iter().map(|p| labels.get(p.sentence).cloned().unwrap_or_default());
        Item { labels: labels.collect(), window }
    };
    windows.into_iter().map(item).collect()
}

fn batches(items: Vec<Item>, tokens: usize) -> Vec<Vec<Item>> {
    let mut out = Vec::new();
    let (mut batch, mut held) = (Vec::new(), 0);
    for item in items {
        let length = item.window.ids.len();
        if !batch.is_empty() && held + length > tokens {
            out.push(std::mem::take(&mut batch));
            held = 0;
        }
        held += length;
        batch.push(item);
    }
    if !batch.is_empty() {
        out.push(batch);
    }
    out
}

/// Hides a share of the tokens of sentences behind one that says nothing.
pub(super) fn hide(items: &mut [Item], share: f32, mask: u32, rng: &mut Rng) {
    if share <= 0.0 {
        return;
    }
    for item in items {
        for rows in item.window.pieces.iter().map(|p| p.rows.clone()) {
            for id in item.window.ids.get_mut(rows).unwrap_or_default() {
                if rng.unit() < share {
                    *id = mask;
                }
            }
        }
    }
}

/// Targets of the pieces of some windows: 1 where an output is true.
/// # Shapes
/// `(pieces, outputs)`.
/// # Errors
/// If memory runs out.
pub(super) fn targets(items: &[Item], outputs: usize) -> candle_core::Result<Tensor> {
    let pieces: usize = items.iter().map(|item| item.labels.len()).sum();
    let mut values = vec![0f32; pieces * outputs];
    let rows = values.chunks_exact_mut(outputs.max(1));
    for (row, labels) in rows.zip(items.iter().flat_map(|item| &item.labels)) {
        for &label in labels {
            if let Some(value) = row.get_mut(usize::from(label)) {
                *value = 1.0;
            }
        }
    }
    Tensor::from_vec(values, (pieces, outputs), &Device::Cpu)
}
