//! Whether a bundle is better than the one it would replace: paired, on the narratives that both were measured on.

use std::collections::BTreeMap;

use relat_engine::Taxonomy;
use relat_eval::statistic::{Additive, Statistic};
use relat_eval::{Bootstrap, BootstrapConfig, Estimate, Example};

/// Name of the counts within a bundle.
pub const COUNTS: &str = "records.json";

/// By narrative: needs found, needs suggested in vain, needs missed.
pub type Counts = BTreeMap<String, [u32; 3]>;

/// Counts each narrative's needs.
#[must_use]
pub fn count(examples: &[Example], taxonomy: &Taxonomy) -> Counts {
    let of = |example: &Example| {
        let mut counts = [0; 3];
        for need in &example.predicted.needs {
            let truth = example.reference.has_present(&need.code);
            match (need.suggested, truth) {
                (true, true) => counts[0] += 1,
                (true, false) => counts[1] += 1,
                (false, _) => {}
            }
        }
        let codes = taxonomy.needs().iter();
        let gold = codes.filter(|need| example.reference.has_present(&need.code)).count();
        counts[2] = u32::try_from(gold).unwrap_or(u32::MAX).saturating_sub(counts[0]);
        (example.reference.id.clone(), counts)
    };
    examples.iter().map(of).collect()
}

/// Micro F1 of the new bundle's needs less that of the old one's, on the narratives of both; `None` when there is none.
/// # Errors
/// For a setting of the bootstrap that is none.
pub fn difference(
    new: &Counts,
    old: &Counts,
    config: &BootstrapConfig,
) -> relat_eval::Result<Option<Estimate>> {
    let both: Vec<(&[u32; 3], &[u32; 3])> =
        new.iter().filter_map(|(id, counts)| Some((counts, old.get(id)?))).collect();
    if both.is_empty() {
        return Ok(None);
    }
    let statistic = |counts: Vec<&[u32; 3]>| Additive {
        width: 3,
        rows: counts.into_iter().map(|c| c.iter().map(|&n| f64::from(n)).enumerate().collect()).collect(),
        figure: |s| {
            let [hits, vain, missed] = *s else { return None };
            let whole = 2.0 * hits + vain + missed;
            (whole > 0.0).then(|| 2.0 * hits / whole)
        },
        count: |s| s.first().copied().unwrap_or_default() + s.get(2).copied().unwrap_or_default(),
    };
    let (new, old) = both.into_iter().unzip();
    let figures: [Additive; 2] = [statistic(new), statistic(old)];
    let figures: Vec<&dyn Statistic> = figures.iter().map(|f| f as &dyn Statistic).collect();
    Ok(Some(Bootstrap::run(&figures, config)?.difference(0, 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> BootstrapConfig {
        toml::from_str("resamples = 200\nconfidence = 0.95\nseed = 1\nmethod = \"percentile\"").unwrap()
    }

    fn counts(each: [u32; 3]) -> Counts {
        (0..40).map(|i| (format!("r{i}"), [each[0] + i % 3, each[1] + i % 2, each[2]])).collect()
    }

    #[test]
    fn a_bundle_is_as_good_as_itself_and_better_than_a_worse_one() {
        let (good, bad) = (counts([5, 1, 1]), counts([3, 2, 3]));
        let same = difference(&good, &good, &config()).unwrap().unwrap();
        assert_eq!(same.value, Some(0.0));
        let better = difference(&good, &bad, &config()).unwrap().unwrap();
        assert!(better.low.unwrap() > 0.0);
        let worse = difference(&bad, &good, &config()).unwrap().unwrap();
        assert!((worse.value.unwrap() + better.value.unwrap()).abs() < 1e-12);
        assert!(difference(&good, &Counts::new(), &config()).unwrap().is_none());
    }
}
