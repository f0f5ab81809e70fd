//! Fits the weights with which the logits of n-grams and of an encoder are added up.

use relat_engine::Taxonomy;
use relat_engine::logits::{Blend, Mix, Outputs};
use relat_engine::reading::Catalogue;
use relat_eval::corpus::Record;

use super::Halves;
use crate::linear::data::positive;
use crate::linear::solver::{self, Labels, SolverConfig, Sparse};

/// Sentences and outputs that both models find further below than this say nothing about the weights.
const HOPELESS: f32 = -7.0;

/// A logistic regression on two logits for each kind of output; `None` unless every record has both.
#[must_use]
pub fn fit(read: &[(&Record, &Halves)], taxonomy: &Taxonomy, config: &SolverConfig) -> Option<Mix> {
    let outputs = Outputs(Catalogue::of(taxonomy));
    let Catalogue { needs, demands, .. } = outputs.0;
    let kinds = [
        0..needs,
        needs..2 * needs,
        2 * needs..2 * needs + demands,
        2 * needs + demands..outputs.asks(),
        outputs.asks()..outputs.len(),
    ];
    let mut blends = Vec::new();
    for kind in kinds {
        let mut x = Sparse::default();
        let mut labels = Labels { outputs: 1, ..Labels::default() };
        for (record, views) in read {
            let encoder = views.encoder.as_ref()?;
            for (i, gold) in record.sentences.iter().enumerate() {
                let truth = positive(gold, taxonomy, outputs);
                let (first, second) = (views.ngrams.sentence(i), encoder.sentence(i));
                for output in kind.clone() {
                    let (z1, z2) = (first[output], second[output]);
                    let is_true = u16::try_from(output).is_ok_and(|o| truth.binary_search(&o).is_ok());
                    if is_true || z1.max(z2) > HOPELESS {
                        x.push([(0, z1), (1, z2)]);
                        labels.positive.push(if is_true { vec![0] } else { Vec::new() });
                    }
                }
            }
        }
        let weights = solver::fit(&x, 2, &labels, config, |_| ());
        blends.push(Blend { ngrams: weights.values[0], encoder: weights.values[1], bias: weights.bias[0] });
    }
    let [present, mention, demand, status, asks] = blends[..] else { return None };
    Some(Mix { present, mention, demand, status, asks })
}
