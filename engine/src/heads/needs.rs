//! What the head of needs reads: a need in a sentence, beside its neighbours, beside the other needs that the sentence could
//! speak of, and beside the rest of the record.

use super::layers::sigmoid;
use crate::assessment::Status;
use crate::logits::{Logits, Views};

/// Features of a need in a sentence, from one sentence model.
const OF_A_MODEL: usize = 15;
/// Features of a need in a sentence that come from the blend of the models alone.
const OF_THE_RECORD: usize = 11;

/// Logit that stands for a neighbour that is not there.
const NOWHERE: f32 = -8.0;

/// A sentence and need further below than this, in presence and in mention, is not looked at: there are half a million of
/// them in a thousand records, and they all say the same.
const HOPELESS: f32 = -6.0;

/// Length of [`NeedFeatures::push`] for some number of [`Views::all`].
#[must_use]
pub fn need_width(views: usize) -> usize {
    OF_A_MODEL * views + OF_THE_RECORD
}

/// Features of every need in every sentence of a record.
#[derive(Debug)]
pub struct NeedFeatures<'a> {
    views: Vec<View<'a>>,
    record: Record,
}

/// What one model says, with what is looked up again and again.
#[derive(Debug)]
struct View<'a> {
    logits: &'a Logits,
    /// Strongest presence of each need.
    strongest: Vec<f32>,
    /// The two strongest mentions of each sentence.
    mentions: Vec<(f32, f32)>,
}

/// What the blend says of the whole record.
#[derive(Debug)]
struct Record {
    /// Second strongest presence of each need.
    second: Vec<f32>,
    /// Expected sentences of each need.
    of_need: Vec<f32>,
    /// The two strongest presences of each sentence.
    present: Vec<(f32, f32)>,
    /// Expected needs of each sentence.
    of_sentence: Vec<f32>,
    /// Expected needs of the record, each at its strongest.
    total: f32,
}

impl<'a> NeedFeatures<'a> {
    /// Looks over the record once.
    #[must_use]
    pub fn new(views: &'a Views) -> Self {
        let record = Record::of(views.blend());
        Self { views: views.all().map(View::of).collect(), record }
    }

    /// Whether a need in a sentence is too far off to be looked at.
    #[must_use]
    pub fn hopeless(&self, sentence: usize, need: usize) -> bool {
        let Some(View { logits, .. }) = self.views.last() else { return true };
        let here = logits.sentence(sentence);
        here[logits.outputs.present(need)].max(here[logits.outputs.mention(need)]) <= HOPELESS
    }

    /// Appends the features of a need in a sentence.
    /// # Shapes
    /// `(need_width(views),)`.
    pub fn push(&self, sentence: usize, need: usize, out: &mut Vec<f32>) {
        for view in &self.views {
            view.push(sentence, need, out);
        }
        if let Some(View { logits, strongest, .. }) = self.views.last() {
            self.record.push(logits, strongest, (sentence, need), out);
        }
    }
}

impl<'a> View<'a> {
    fn of(logits: &'a Logits) -> Self {
        let (outputs, needs) = (logits.outputs, logits.outputs.0.needs);
        let mut strongest = vec![f32::NEG_INFINITY; needs];
        let mut mentions = Vec::new();
        for i in 0..logits.sentences() {
            let here = logits.sentence(i);
            for (best, z) in strongest.iter_mut().zip(here) {
                *best = best.max(*z);
            }
            mentions.push(top_two((0..needs).map(|n| here[outputs.mention(n)])));
        }
        Self { logits, strongest, mentions }
    }

    fn push(&self, i: usize, need: usize, out: &mut Vec<f32>) {
        let outputs = self.logits.outputs;
        let here = self.logits.sentence(i);
        let (present, mention) = (here[outputs.present(need)], here[outputs.mention(need)]);
        let statuses = Status::ALL.map(|s| here[outputs.status(s)]);
        let (first, second) = self.mentions[i];
        let rival = if mention >= first { second } else { first };
        let mentioned = sigmoid(mention);
        out.extend_from_slice(&[present, mention]);
        out.extend_from_slice(&statuses);
        out.extend(statuses.map(|s| mentioned * s));
        out.extend_from_slice(&[
            (mention - rival).clamp(-6.0, 6.0),
            presence(self.logits, i.checked_sub(1), need),
            presence(self.logits, Some(i + 1), need),
            self.strongest[need],
            present.max(-4.0),
        ]);
    }
}

impl Record {
    fn of(blend: &Logits) -> Self {
        let (needs, sentences) = (blend.outputs.0.needs, blend.sentences());
        let presences = |i: usize| blend.sentence(i).iter().take(needs);
        let column = |need: usize| (0..sentences).map(move |i| blend.sentence(i)[need]);
        let strongest = |need: usize| column(need).fold(f32::NEG_INFINITY, f32::max);
        Self {
            second: (0..needs).map(|n| top_two(column(n)).1).collect(),
            of_need: (0..needs).map(|n| column(n).map(sigmoid).sum()).collect(),
            present: (0..sentences).map(|i| top_two(presences(i).copied())).collect(),
            of_sentence: (0..sentences).map(|i| presences(i).copied().map(sigmoid).sum()).collect(),
            total: (0..needs).map(|n| sigmoid(strongest(n))).sum(),
        }
    }

    fn push(&self, blend: &Logits, strongest: &[f32], (i, need): (usize, usize), out: &mut Vec<f32>) {
        let sentences = blend.sentences();
        let here = blend.sentence(i);
        let present = here[blend.outputs.present(need)];
        let elsewhere = if present >= strongest[need] { self.second[need] } else { strongest[need] };
        let (first, second) = self.present[i];
        #[expect(clippy::cast_precision_loss, reason = "sentences are few")]
        let (at, count) = (i as f32 / (sentences.max(2) - 1) as f32, sentences as f32);
        out.extend_from_slice(&[
            elsewhere.max(NOWHERE),
            presence(blend, i.checked_sub(2), need),
            presence(blend, Some(i + 2), need),
            at,
            count.ln(),
            first,
            second.max(NOWHERE),
            here[blend.outputs.asks()],
            self.of_sentence[i],
            self.of_need[need],
            self.total,
        ]);
    }
}

/// Presence of a need in a sentence that may not be there.
fn presence(logits: &Logits, sentence: Option<usize>, need: usize) -> f32 {
    sentence
        .filter(|&i| i < logits.sentences())
        .map_or(NOWHERE, |i| logits.sentence(i)[logits.outputs.present(need)])
}

/// The two largest of some values.
pub(super) fn top_two(values: impl Iterator<Item = f32>) -> (f32, f32) {
    values.fold((f32::NEG_INFINITY, f32::NEG_INFINITY), |(first, second), v| {
        if v > first { (v, first) } else { (first, second.max(v)) }
    })
}
