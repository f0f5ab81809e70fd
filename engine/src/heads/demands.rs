//! What the head of demands reads: a demand in a sentence, beside its neighbours and its rivals, which demand it is, and
//! which needs the sentence and the record speak of.

use serde::{Deserialize, Serialize};

use super::layers::{Perceptron, sigmoid};
use super::needs::top_two;
use crate::assessment::Status;
use crate::logits::{Logits, Views};
use crate::reading::{Catalogue, STATUSES};

/// Features of a demand in a sentence, from one sentence model.
const OF_A_MODEL: usize = 10 + STATUSES;
/// Features of the place in the record.
const OF_THE_PLACE: usize = 2;

/// Logit that stands for a neighbour that is not there.
const NOWHERE: f32 = -8.0;
/// A sentence and demand further below than this in every model is not looked at.
const HOPELESS: f32 = -7.0;
/// Added to the logit of a need before it is context: a need that is half seen counts as well.
const EASE: f32 = 1.0;

/// The head of demands, the same for every demand but for its offsets and its context.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemandHead {
    /// Of [`DemandFeatures::push`] to one logit.
    pub perceptron: Perceptron,
    /// Added to the logit, shape `(demands, 2 needs)`: weights of [`DemandFeatures::context`].
    pub context: Vec<Vec<f32>>,
}

/// Length of [`DemandFeatures::push`] for some number of [`Views::all`]: the last ones say which demand it is.
#[must_use]
pub fn demand_width(catalogue: Catalogue, views: usize) -> usize {
    OF_A_MODEL * views + OF_THE_PLACE + catalogue.demands
}

/// Features of every demand in every sentence of a record.
#[derive(Debug)]
pub struct DemandFeatures<'a> {
    views: Vec<View<'a>>,
    /// Shape `(needs,)`.
    needs: Vec<f32>,
}

#[derive(Debug)]
struct View<'a> {
    logits: &'a Logits,
    /// The two strongest of each demand over the record.
    record: Vec<(f32, f32)>,
    /// The two strongest demands of each sentence.
    rivals: Vec<(f32, f32)>,
    /// The strongest presence of any need, of each sentence.
    need: Vec<f32>,
    /// The strongest asking of the record.
    asks: f32,
}

impl<'a> DemandFeatures<'a> {
    /// Looks over the record once.
    #[must_use]
    pub fn new(views: &'a Views) -> Self {
        let blend = views.blend();
        let column = |need: usize| (0..blend.sentences()).map(move |i| blend.sentence(i)[need]);
        let needs = (0..blend.outputs.0.needs)
            .map(|n| sigmoid(column(n).fold(f32::NEG_INFINITY, f32::max) + EASE))
            .collect();
        Self { views: views.all().map(View::of).collect(), needs }
    }

    /// Whether a demand in a sentence is too far off to be looked at.
    #[must_use]
    pub fn hopeless(&self, sentence: usize, demand: usize) -> bool {
        self.views.iter().all(|v| v.logits.sentence(sentence)[v.logits.outputs.demand(demand)] <= HOPELESS)
    }

    /// Appends the features of a demand in a sentence.
    /// # Shapes
    /// `(demand_width(catalogue, views),)`.
    pub fn push(&self, sentence: usize, demand: usize, out: &mut Vec<f32>) {
        for view in &self.views {
            view.push(sentence, demand, out);
        }
        let Some(View { logits, .. }) = self.views.last() else { return };
        #[expect(clippy::cast_precision_loss, reason = "sentences are few")]
        let (at, count) =
            (sentence as f32 / (logits.sentences().max(2) - 1) as f32, logits.sentences() as f32);
        out.extend_from_slice(&[at, count.ln()]);
        out.extend((0..logits.outputs.0.demands).map(|d| if d == demand { 1.0 } else { 0.0 }));
    }

    /// Appends which needs the record and the sentence speak of.
    /// # Shapes
    /// `(2 needs,)`.
    pub fn context(&self, sentence: usize, out: &mut Vec<f32>) {
        out.extend_from_slice(&self.needs);
        if let Some(View { logits, .. }) = self.views.last() {
            out.extend(logits.sentence(sentence).iter().take(self.needs.len()).map(|z| sigmoid(z + EASE)));
        }
    }
}

impl<'a> View<'a> {
    fn of(logits: &'a Logits) -> Self {
        let outputs = logits.outputs;
        let Catalogue { needs, demands, .. } = outputs.0;
        let rows = || (0..logits.sentences()).map(|i| logits.sentence(i));
        Self {
            logits,
            record: (0..demands).map(|d| top_two(rows().map(|here| here[outputs.demand(d)]))).collect(),
            rivals: rows().map(|here| top_two((0..demands).map(|d| here[outputs.demand(d)]))).collect(),
            need: rows()
                .map(|here| here.iter().take(needs).copied().fold(f32::NEG_INFINITY, f32::max))
                .collect(),
            asks: rows().map(|here| here[outputs.asks()]).fold(f32::NEG_INFINITY, f32::max),
        }
    }

    fn push(&self, i: usize, demand: usize, out: &mut Vec<f32>) {
        let (logits, outputs) = (self.logits, self.logits.outputs);
        let here = logits.sentence(i);
        let own = here[outputs.demand(demand)];
        let beside = |j: Option<usize>, output: usize| {
            j.filter(|&j| j < logits.sentences()).map_or(NOWHERE, |j| logits.sentence(j)[output])
        };
        let (first, second) = self.rivals[i];
        let rival = if own >= first { second } else { first };
        let (strongest, next) = self.record[demand];
        out.extend_from_slice(&[
            own,
            here[outputs.asks()],
            self.asks,
            (own - rival).clamp(-6.0, 6.0),
            beside(i.checked_sub(1), outputs.demand(demand)),
            beside(Some(i + 1), outputs.demand(demand)),
            strongest,
            next.max(NOWHERE),
            beside(i.checked_sub(1), outputs.asks()),
            self.need[i],
        ]);
        out.extend(Status::ALL.map(|s| here[outputs.status(s)]));
    }
}
