//! What a model read in a document, before thresholds: probabilities of sentences and of the record.

use crate::assessment::Status;
use crate::taxonomy::Taxonomy;

/// Sizes of the code lists that a model's outputs follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Catalogue {
    /// Number of needs.
    pub needs: usize,
    /// Number of demands.
    pub demands: usize,
    /// Number of domains of the matrix.
    pub domains: usize,
    /// Number of actions.
    pub actions: usize,
}

impl Catalogue {
    /// Sizes of a taxonomy.
    #[must_use]
    pub fn of(taxonomy: &Taxonomy) -> Self {
        Self {
            needs: taxonomy.needs().len(),
            demands: taxonomy.demands().len(),
            domains: taxonomy.domains().len(),
            actions: taxonomy.actions().len(),
        }
    }
}

/// Number of statuses.
pub const STATUSES: usize = Status::ALL.len();

/// Probabilities that a model gives to everything a document could say.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Number of sentences.
    pub sentences: usize,
    /// Shape `(sentences, needs, statuses)`: that this sentence says this of this need.
    pub sentence_needs: Vec<f32>,
    /// Shape `(sentences, demands)`.
    pub sentence_demands: Vec<f32>,
    /// Shape `(needs, statuses)`: calibrated, that the record says so somewhere.
    pub needs: Vec<f32>,
    /// Shape `(demands,)`: calibrated.
    pub demands: Vec<f32>,
    /// Shape `(domains,)`.
    pub levels: Vec<LevelReading>,
    /// Shape `(actions,)`.
    pub actions: Vec<ActionReading>,
}

/// What was read of a domain.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelReading {
    /// Probability that the text tells enough to assess the domain.
    pub assessable: f32,
    /// What the sentences add to the logit of that: without them the rest is what is usual.
    pub evidence: f32,
    /// Probability of levels 1 to 5 given that; sums to 1.
    pub distribution: [f32; 5],
    /// Sentences that speak for it, strongest first.
    pub sentences: Vec<usize>,
}

/// What was read for an action.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionReading {
    /// Probability that a worker would propose it.
    pub probability: f32,
    /// How much each need adds to its logit: `(need, logit)`, those above zero, largest first.
    pub needs: Vec<(usize, f32)>,
    /// How much each demand adds to its logit: `(demand, logit)`, those above zero, largest first.
    pub demands: Vec<(usize, f32)>,
}

impl Reading {
    /// Probability that a sentence says a status of a need.
    #[must_use]
    pub fn sentence_need(&self, sentence: usize, need: usize, status: Status) -> f32 {
        let needs = self.needs.len() / STATUSES;
        self.sentence_needs[(sentence * needs + need) * STATUSES + status as usize]
    }

    /// Probability that a sentence states a demand.
    #[must_use]
    pub fn sentence_demand(&self, sentence: usize, demand: usize) -> f32 {
        self.sentence_demands[sentence * self.demands.len() + demand]
    }

    /// Calibrated probability that the record says a status of a need.
    #[must_use]
    pub fn need(&self, need: usize, status: Status) -> f32 {
        self.needs[need * STATUSES + status as usize]
    }
}
