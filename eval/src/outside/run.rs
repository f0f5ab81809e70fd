//! Measuring a model on the outside data.

use rayon::prelude::*;
use relat_engine::{Assessment, Language, Status};
use serde::{Deserialize, Serialize};

use super::data::{Dataset, Item};
use super::mapping::{Class, Mapping};
use crate::findings::{probability, statuses, suggested};
use crate::share::{Share, real};

/// Figures of one class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassReport {
    /// The data set.
    pub dataset: Dataset,
    /// Name of the class there.
    pub class: String,
    /// Needs of which any one is a hit.
    pub codes: Vec<String>,
    /// Statuses in which it is a hit.
    pub statuses: Vec<Status>,
    /// Texts of the class that are hit.
    pub recall: Share,
    /// Hits that are texts of the class.
    pub precision: Share,
    /// Average precision of the largest probability of the codes in those statuses; null without texts of the class.
    pub average_precision: Option<f64>,
    /// Share of texts of the class among those judged: the average precision of a random order.
    pub prevalence: Share,
}

/// Figures of all mapped classes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutsideReport {
    /// Language of the data: English, and the figures hold for no other.
    pub language: Language,
    /// One entry a mapped class, in the order of the mapping.
    pub classes: Vec<ClassReport>,
    /// Classes left out, with the reason.
    pub left_out: Vec<(Dataset, String, String)>,
    /// Texts in which the annotators found nothing stressful and something is suggested.
    pub false_alarms: Share,
}

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemResult {
    /// True when the annotators found nothing stressful in it.
    pub harmless: bool,
    /// True when anything is suggested.
    pub suggested: bool,
    /// The mapped classes that the annotators decided on.
    pub classes: Vec<Judged>,
}

/// A text held against a class.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judged {
    /// Place of the class in the mapping.
    pub class: usize,
    /// True when the text is of the class, as the annotators say.
    pub truth: bool,
    /// True when one of the codes was found in one of the statuses.
    pub hit: bool,
    /// Largest probability of the codes in the statuses.
    pub score: f32,
}

/// Runs the texts through a model.
/// # Errors
/// The model's first error; a text that is blank to the engine is passed over.
pub fn run<F>(mapping: &Mapping, items: &[Item], predict: F) -> relat_engine::Result<OutsideReport>
where
    F: Fn(&str) -> relat_engine::Result<Assessment> + Sync,
{
    Ok(OutsideReport::of(mapping, &read(mapping, items, predict)?))
}

/// What becomes of each text, in their order; nothing for one that is blank to the engine.
/// # Errors
/// The model's first error.
pub fn read<F>(mapping: &Mapping, items: &[Item], predict: F) -> relat_engine::Result<Vec<Option<ItemResult>>>
where
    F: Fn(&str) -> relat_engine::Result<Assessment> + Sync,
{
    let read = |item: &Item| match predict(&item.text) {
        Ok(assessment) => Ok(Some(judge(mapping, item, &assessment))),
        Err(relat_engine::Error::EmptyText) => Ok(None),
        Err(error) => Err(error),
    };
    items.par_iter().map(read).collect()
}

fn judge(mapping: &Mapping, item: &Item, assessment: &Assessment) -> ItemResult {
    let classes = mapping.classes().iter().enumerate();
    let own = classes.filter(|(_, class)| class.dataset == item.dataset && !class.codes.is_empty());
    let judged = own.filter_map(|(i, class)| {
        let truth = item.holds.contains(&class.name);
        (truth || item.fails.contains(&class.name)).then(|| Judged {
            class: i,
            truth,
            hit: hit(class, assessment),
            score: score(class, assessment),
        })
    });
    ItemResult {
        harmless: item.harmless,
        suggested: !suggested(assessment).is_empty(),
        classes: judged.collect(),
    }
}

impl OutsideReport {
    /// The figures of what became of texts.
    #[must_use]
    pub fn of(mapping: &Mapping, results: &[Option<ItemResult>]) -> Self {
        let (mapped, left): (Vec<_>, Vec<_>) =
            mapping.classes().iter().enumerate().partition(|(_, c)| !c.codes.is_empty());
        let harmless = results.iter().flatten().filter(|r| r.harmless);
        Self {
            language: Language::En,
            classes: mapped.into_iter().map(|(i, class)| report(i, class, results)).collect(),
            left_out: left.into_iter().map(|(_, c)| (c.dataset, c.name.clone(), c.reason.clone())).collect(),
            false_alarms: Share::of(harmless, |r| r.suggested),
        }
    }
}

fn report(index: usize, class: &Class, results: &[Option<ItemResult>]) -> ClassReport {
    let judged: Vec<Judged> =
        results.iter().flatten().flat_map(|r| &r.classes).filter(|j| j.class == index).copied().collect();
    ClassReport {
        dataset: class.dataset,
        class: class.name.clone(),
        codes: class.codes.clone(),
        statuses: class.statuses.clone(),
        recall: Share::of(judged.iter().filter(|j| j.truth), |j| j.hit),
        precision: Share::of(judged.iter().filter(|j| j.hit), |j| j.truth),
        average_precision: average_precision(judged.iter().map(|j| (j.truth, j.score)).collect()),
        prevalence: Share::of(&judged, |j| j.truth),
    }
}

fn hit(class: &Class, assessment: &Assessment) -> bool {
    let suggested = suggested(assessment);
    class.codes.iter().any(|code| {
        let found = statuses(assessment, code);
        class.statuses.iter().any(|status| match status {
            Status::Present => suggested.contains(code.as_str()),
            Status::Absent | Status::Past | Status::Other => found.contains(status),
        })
    })
}

fn score(class: &Class, assessment: &Assessment) -> f32 {
    let scores = class
        .codes
        .iter()
        .flat_map(|code| class.statuses.iter().filter_map(|status| probability(assessment, code, *status)));
    scores.max_by(f32::total_cmp).unwrap_or(0.0)
}

/// Area under precision against recall by steps, ties taken together; null without positives.
/// # Source
/// scikit-learn 1.9 `average_precision_score`.
fn average_precision(mut judged: Vec<(bool, f32)>) -> Option<f64> {
    let positives = judged.iter().filter(|j| j.0).count();
    if positives == 0 {
        return None;
    }
    judged.sort_by(|a, b| b.1.total_cmp(&a.1));
    let (mut taken, mut hits, mut area) = (0, 0, 0.0);
    for ties in judged.chunk_by(|a, b| a.1.total_cmp(&b.1).is_eq()) {
        let new = ties.iter().filter(|j| j.0).count();
        taken += ties.len();
        hits += new;
        area += real(new) / real(positives) * (real(hits) / real(taken));
    }
    Some(area)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outside::read_dir;
    use crate::testing::{Reads, keyword_model};
    use proptest::prelude::*;
    use relat_engine::Taxonomy;
    use std::path::Path;

    fn shipped() -> (Mapping, Vec<Item>) {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora/external");
        read_dir(&dir, Taxonomy::shipped()).unwrap()
    }

    #[test]
    fn every_class_of_the_shipped_data_is_decided_on() {
        let (mapping, items) = shipped();
        assert_eq!(items.len(), 6850 + 787);
        for class in mapping.classes() {
            let told = |i: &&Item| i.holds.contains(&class.name) || i.fails.contains(&class.name);
            assert!(items.iter().any(|i| told(&i)), "help: no text tells of the class {}", class.name);
            let positives = items.iter().filter(|i| i.holds.contains(&class.name)).count();
            assert!(class.codes.is_empty() || positives > 0, "help: no text is of the class {}", class.name);
        }
        assert!(items.iter().all(|i| i.holds.is_disjoint(&i.fails)));
    }

    #[test]
    fn average_precision_equals_scikit_learn() {
        // average_precision_score([1,0,1,1,0,0,1], [.9,.8,.7,.7,.7,.2,0]) of scikit-learn 1.9.1
        let judged =
            [(true, 0.9), (false, 0.8), (true, 0.7), (true, 0.7), (false, 0.7), (false, 0.2), (true, 0.0)];
        assert!((average_precision(judged.to_vec()).unwrap() - 0.692_857_142_857_142_8).abs() < 1e-12);
        assert_eq!(average_precision(vec![(false, 0.3)]), None);
    }

    #[test]
    fn a_model_that_knows_one_word_is_measured_as_such() {
        const RULES: &[(&str, Reads)] = &[
            ("debt", Reads::Need("debt", Status::Present)),
            ("illicit drugs", Reads::Need("drug_use", Status::Absent)),
        ];
        let (mapping, items) = shipped();
        let report = run(&mapping, &items, keyword_model(RULES)).unwrap();
        let class = |name: &str| report.classes.iter().find(|c| c.class == name).unwrap();
        let count = |class: &str, word: &str, of: fn(&Item) -> &std::collections::BTreeSet<String>| {
            items.iter().filter(|i| of(i).contains(class) && i.text.contains(word)).count()
        };
        let money = class("Financial Problem");
        assert_eq!(money.recall.hits, count("Financial Problem", "debt", |i| &i.holds));
        assert_eq!(
            money.precision.n - money.precision.hits,
            count("Financial Problem", "debt", |i| &i.fails)
        );
        let no_drugs = class("The person is not a drug user.");
        assert_eq!(
            no_drugs.recall.hits,
            count("The person is not a drug user.", "illicit drugs", |i| &i.holds)
        );
        assert_eq!(class("The person is a drug user.").recall.hits, 0, "help: absent is no hit for present");
        assert_eq!(report.classes.len() + report.left_out.len(), mapping.classes().len());
    }

    proptest! {
        #[test]
        fn average_precision_of_a_perfect_order_is_one_and_depends_on_order_alone(
            judged in proptest::collection::vec((any::<bool>(), 0.0f32..1.0), 1..30)
        ) {
            let perfect: Vec<(bool, f32)> = judged.iter().map(|&(t, s)| (t, if t { s + 1.0 } else { s })).collect();
            if let Some(ap) = average_precision(perfect) {
                prop_assert!((ap - 1.0).abs() < 1e-12);
                let halved = judged.iter().map(|&(t, s)| (t, s / 2.0)).collect();
                prop_assert_eq!(average_precision(judged), average_precision(halved));
            }
        }
    }
}
