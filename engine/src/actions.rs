//! Which entries of the catalogue could be explored, and why.

use crate::assessment::{ActionFinding, DemandFinding, Evidence, NeedFinding};
use crate::reading::Reading;
use crate::taxonomy::{Action, ActionKind, Taxonomy};

/// Suggested actions at most: more is a list nobody reads.
const MOST_SUGGESTED: usize = 6;

/// Actions shown at most, suggested or not.
const MOST_SHOWN: usize = 12;

/// Ranks the catalogue by what workers proposed for such records. An action is shown only when a suggested need or
/// demand speaks for it; the protocol of each alert need comes first.
#[must_use]
pub fn rank(
    reading: &Reading,
    threshold: f32,
    taxonomy: &Taxonomy,
    needs: &[NeedFinding],
    demands: &[DemandFinding],
) -> Vec<ActionFinding> {
    let found_needs: Vec<(usize, &NeedFinding)> =
        needs.iter().filter(|n| n.suggested).filter_map(|n| Some((taxonomy.need(&n.code)?, n))).collect();
    let found_demands: Vec<(usize, &DemandFinding)> =
        demands.iter().filter(|d| d.suggested).filter_map(|d| Some((taxonomy.demand(&d.code)?, d))).collect();
    let protocols: Vec<usize> = found_needs
        .iter()
        .filter(|(_, n)| n.alert)
        .filter_map(|&(n, _)| protocol(reading, taxonomy, n))
        .collect();
    let mut out: Vec<(bool, ActionFinding)> = Vec::new();
    for (a, (action, read)) in taxonomy.actions().iter().zip(&reading.actions).enumerate() {
        let mut because = Vec::new();
        let mut evidence: Vec<Evidence> = Vec::new();
        for (n, need) in &found_needs {
            let learnt = read.needs.iter().any(|&(m, share)| m == *n && share >= LEAST_SHARE);
            if action.addresses.contains(n) || learnt {
                because.push(need.code.clone());
                evidence.extend(need.evidence.iter().take(2));
            }
        }
        for (d, demand) in &found_demands {
            if read.demands.iter().any(|&(m, share)| m == *d && share >= LEAST_SHARE) {
                because.push(demand.code.clone());
                evidence.extend(demand.evidence.iter().take(2));
            }
        }
        if because.is_empty() {
            continue;
        }
        evidence.sort_by_key(|e| e.start);
        evidence.dedup_by_key(|e| e.start);
        let is_protocol = protocols.contains(&a);
        let finding = ActionFinding {
            code: action.code.clone(),
            score: read.probability,
            suggested: is_protocol || read.probability >= threshold,
            because,
            to_check: action.to_check.clone(),
            evidence,
        };
        out.push((is_protocol, finding));
    }
    out.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.score.total_cmp(&a.1.score)));
    out.truncate(MOST_SHOWN);
    let mut out: Vec<ActionFinding> = out.into_iter().map(|(_, a)| a).collect();
    for action in out.iter_mut().skip(MOST_SUGGESTED.max(protocols.len())) {
        action.suggested = false;
    }
    out
}

/// A need or demand explains an action from this share of its logit on.
const LEAST_SHARE: f32 = 0.3;

/// The protocol of an alert need: of the actions that answer it, one for today before one of coordination before any
/// other, and of those the likeliest.
fn protocol(reading: &Reading, taxonomy: &Taxonomy, need: usize) -> Option<usize> {
    let urgency = |action: &Action| match action.kind {
        ActionKind::Emergency => 2,
        ActionKind::Coordination => 1,
        ActionKind::Benefit | ActionKind::Service | ActionKind::Referral => 0,
    };
    let answers = taxonomy.actions().iter().enumerate().filter(|(_, a)| a.addresses.contains(&need));
    let best = answers.max_by(|(a, x), (b, y)| {
        let probability = |i: usize| reading.actions.get(i).map_or(0.0, |r| r.probability);
        urgency(x).cmp(&urgency(y)).then(probability(*a).total_cmp(&probability(*b))).then(b.cmp(a))
    });
    best.map(|(a, _)| a)
}
