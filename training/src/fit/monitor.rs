//! A quick look at a fold, for the log; the figures that are published come from `relat-eval`.

use relat_engine::logits::Logits;
use relat_engine::{Status, Taxonomy};
use relat_eval::corpus::Record;

/// Micro F1 of present needs, of records (strongest sentence) and of sentences, each at its best threshold.
pub(super) fn micro_f1<'a>(read: impl Iterator<Item = (&'a Record, &'a Logits)>) -> (f64, f64) {
    let taxonomy = Taxonomy::shipped();
    let (mut records, mut sentences) = (Vec::new(), Vec::new());
    for (record, logits) in read {
        for (need, code) in taxonomy.needs().iter().map(|n| &n.code).enumerate() {
            let column = logits.outputs.present(need);
            let mut strongest = (f32::NEG_INFINITY, false);
            for (i, gold) in record.sentences.iter().enumerate() {
                let Some(&z) = logits.sentence(i).get(column) else { continue };
                let truth = gold.needs.iter().any(|n| n.code == *code && n.status == Status::Present);
                sentences.push((z, truth));
                strongest = (strongest.0.max(z), strongest.1 || truth);
            }
            records.push(strongest);
        }
    }
    (best_f1(records), best_f1(sentences))
}

#[expect(clippy::cast_precision_loss, reason = "counts of some thousands")]
fn best_f1(mut cases: Vec<(f32, bool)>) -> f64 {
    cases.sort_by(|a, b| b.0.total_cmp(&a.0));
    let total = cases.iter().filter(|c| c.1).count();
    let (mut hits, mut best) = (0usize, 0f64);
    for (shown, case) in cases.iter().enumerate() {
        hits += usize::from(case.1);
        best = best.max(2.0 * hits as f64 / (shown + 1 + total) as f64);
    }
    best
}
