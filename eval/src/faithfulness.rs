//! Whether the sentences shown as evidence are what a need was read from: without them it should go, with them alone it
//! should stay.
//! # Source
//! DeYoung et al. (2020), "ERASER: A Benchmark to Evaluate Rationalized NLP Models", ACL, section 4.2.

use rayon::prelude::*;
use relat_engine::{Assessment, NeedFinding, Status};
use serde::{Deserialize, Serialize};

use crate::bootstrap::{Bootstrap, BootstrapConfig, Estimate};
use crate::error::Result;
use crate::figure_names::Figures;
use crate::findings::probability;
use crate::random::SplitMix64;
use crate::share::real;
use crate::statistic::{Additive, Statistic};

/// The figures; each is over the suggested needs of all texts, intervals draw whole texts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Faithfulness {
    /// Texts read.
    pub texts: usize,
    /// Mean of the probability of a need less its probability without its evidence: high where the evidence is needed.
    pub comprehensiveness: Estimate,
    /// The same with as many other sentences taken out, drawn by chance: what any cut would do.
    pub random_removed: Estimate,
    /// Mean of the probability of a need less its probability on its evidence alone: near 0 where the evidence is enough.
    pub sufficiency: Estimate,
    /// Share of suggested needs that are no longer suggested without their evidence.
    pub gone_without: Estimate,
    /// Share of suggested needs that are still suggested on their evidence alone.
    pub kept_alone: Estimate,
}

/// What one suggested need becomes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erased {
    /// Its probability on the whole text.
    pub probability: f32,
    /// Without its evidence.
    pub without: Reread,
    /// On its evidence alone.
    pub alone: Reread,
    /// Without as many other sentences; `None` where the text has too few.
    pub random: Option<Reread>,
}

/// A need on a changed text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reread {
    /// Its probability; 0 where it was not found.
    pub probability: f32,
    /// True when it is suggested.
    pub suggested: bool,
}

/// The names of the figures, in the order of [`statistics`].
pub(crate) const NAMES: [&str; 5] =
    ["comprehensiveness", "random_removed", "sufficiency", "gone_without", "kept_alone"];

/// Reads texts, and then each again without the evidence of each suggested need, and with that evidence alone. The
/// sentences are those that the model itself cut.
/// # Errors
/// The model's first error as [`crate::Error::Model`]; [`crate::Error::BadSetting`].
pub fn run<F>(texts: &[&str], config: &BootstrapConfig, predict: F) -> Result<Faithfulness>
where
    F: Fn(&str) -> relat_engine::Result<Assessment> + Sync,
{
    count(&read(texts, config.seed, predict)?, config)
}

/// What the suggested needs of each text become. `seed` draws the other sentences.
/// # Errors
/// The model's first error as [`crate::Error::Model`].
pub fn read<F>(texts: &[&str], seed: u64, predict: F) -> Result<Vec<Vec<Erased>>>
where
    F: Fn(&str) -> relat_engine::Result<Assessment> + Sync,
{
    let one = |(i, text): (usize, &&str)| -> relat_engine::Result<Vec<Erased>> {
        let original = predict(text)?;
        let mut random = SplitMix64(seed ^ (i as u64));
        let needs = original.needs.iter().filter(|n| n.suggested);
        needs.map(|need| erase(text, &original, need, &mut random, &predict)).collect()
    };
    Ok(texts.par_iter().enumerate().map(one).collect::<relat_engine::Result<_>>()?)
}

/// The figures over texts in the order of [`NAMES`], from what became of the needs of each.
pub(crate) fn statistics(erased: &[Vec<Erased>]) -> [Additive; 5] {
    let mean = |of: &dyn Fn(&Erased) -> Option<f64>| {
        let of_text = |all: &Vec<Erased>| {
            let values: Vec<f64> = all.iter().filter_map(of).collect();
            (values.iter().sum(), real(values.len()))
        };
        Additive::ratio(erased.iter().map(of_text))
    };
    let lost = |e: &Erased, then: Reread| f64::from(e.probability) - f64::from(then.probability);
    [
        mean(&|e| Some(lost(e, e.without))),
        mean(&|e| Some(lost(e, e.random?))),
        mean(&|e| Some(lost(e, e.alone))),
        mean(&|e| Some(f64::from(u8::from(!e.without.suggested)))),
        mean(&|e| Some(f64::from(u8::from(e.alone.suggested)))),
    ]
}

/// The figures of what became of the needs of each text.
/// # Errors
/// [`crate::Error::BadSetting`].
pub fn count(erased: &[Vec<Erased>], config: &BootstrapConfig) -> Result<Faithfulness> {
    let statistics = statistics(erased);
    let borrowed: Vec<&dyn Statistic> = statistics.iter().map(|s| s as &dyn Statistic).collect();
    let bootstrap = Bootstrap::run(&borrowed, config)?;
    Ok(Faithfulness {
        texts: erased.len(),
        comprehensiveness: bootstrap.estimate(0),
        random_removed: bootstrap.estimate(1),
        sufficiency: bootstrap.estimate(2),
        gone_without: bootstrap.estimate(3),
        kept_alone: bootstrap.estimate(4),
    })
}

fn erase<F>(
    text: &str,
    original: &Assessment,
    need: &NeedFinding,
    random: &mut SplitMix64,
    predict: &F,
) -> relat_engine::Result<Erased>
where
    F: Fn(&str) -> relat_engine::Result<Assessment>,
{
    let is_evidence: Vec<bool> = original
        .sentences
        .iter()
        .map(|s| need.evidence.iter().any(|e| e.start < s.end && s.start < e.end))
        .collect();
    let mut others: Vec<usize> = (0..is_evidence.len()).filter(|&i| !at(&is_evidence, i)).collect();
    let n = is_evidence.len() - others.len();
    let drawn: Option<Vec<usize>> =
        (others.len() >= n).then(|| (0..n).map(|_| others.swap_remove(random.below(others.len()))).collect());
    let read =
        |keep: &dyn Fn(usize) -> bool| reread(&some_sentences(text, original, keep), &need.code, predict);
    Ok(Erased {
        probability: need.probability,
        without: read(&|i| !at(&is_evidence, i))?,
        alone: read(&|i| at(&is_evidence, i))?,
        random: drawn.map(|drawn| read(&|i| !drawn.contains(&i))).transpose()?,
    })
}

fn at(flags: &[bool], i: usize) -> bool {
    flags.get(i).copied().unwrap_or(false)
}

fn some_sentences(text: &str, assessment: &Assessment, keep: &dyn Fn(usize) -> bool) -> String {
    let kept = assessment.sentences.iter().enumerate().filter(|(i, _)| keep(*i));
    kept.filter_map(|(_, s)| text.get(s.start..s.end)).collect()
}

/// A text with nothing left in it tells of no need.
fn reread<F>(text: &str, code: &str, predict: &F) -> relat_engine::Result<Reread>
where
    F: Fn(&str) -> relat_engine::Result<Assessment>,
{
    if text.trim().is_empty() {
        return Ok(Reread::default());
    }
    let assessment = predict(text)?;
    Ok(Reread {
        probability: probability(&assessment, code, Status::Present).unwrap_or(0.0),
        suggested: assessment.needs.iter().any(|n| n.suggested && n.code == code),
    })
}

impl Faithfulness {
    /// The figures by path: `faithfulness/comprehensiveness`, `random_removed`, `sufficiency`, `gone_without`,
    /// `kept_alone`.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let own = [
            self.comprehensiveness,
            self.random_removed,
            self.sufficiency,
            self.gone_without,
            self.kept_alone,
        ];
        NAMES.into_iter().zip(own).map(|(name, e)| (format!("faithfulness/{name}"), e)).collect()
    }
}

#[cfg(test)]
mod tests {
    use relat_engine::{Language, SentenceSpan};

    use super::*;
    use crate::testing::{Reads, config, keyword_model};

    const RULES: &[(&str, Reads)] = &[
        ("debt", Reads::Need("debt", Status::Present)),
        ("cold", Reads::Need("energy_poverty", Status::Present)),
    ];
    const TEXTS: [&str; 3] = [
        "There is a debt. The flat is cold. They came alone.",
        "It is cold. Nothing else.",
        "The debt grows. They wait. They are two.",
    ];

    /// The model of keywords, with the text cut at full stops; `misplaced` shows the last sentence as evidence of all.
    fn model(misplaced: bool) -> impl Fn(&str) -> relat_engine::Result<Assessment> + Sync {
        let keywords = keyword_model(RULES);
        move |text| {
            let mut assessment = keywords(text)?;
            let mut start = 0;
            for part in text.split_inclusive(". ") {
                let end = start + part.len();
                assessment.sentences.push(SentenceSpan {
                    start,
                    end,
                    start_utf16: start,
                    end_utf16: end,
                    language: Language::En,
                });
                start = end;
            }
            let last = *assessment.sentences.last().unwrap();
            for evidence in assessment.needs.iter_mut().flat_map(|n| &mut n.evidence).filter(|_| misplaced) {
                (evidence.start, evidence.end) = (last.start, last.end);
            }
            Ok(assessment)
        }
    }

    #[test]
    fn evidence_that_is_the_cause_is_needed_and_enough() {
        let of = run(&TEXTS, &config(20, 1), model(false)).unwrap();
        let p = f64::from(0.9f32);
        assert_eq!(of.comprehensiveness.n, 4);
        assert_eq!((of.comprehensiveness.value, of.sufficiency.value), (Some(p), Some(0.0)));
        assert_eq!((of.gone_without.value, of.kept_alone.value), (Some(1.0), Some(1.0)));
        assert_eq!(of.random_removed.value, Some(0.0), "help: another sentence takes nothing away");
    }

    #[test]
    fn evidence_in_the_wrong_place_is_found_out() {
        let of = run(&TEXTS, &config(20, 1), model(true)).unwrap();
        assert_eq!((of.comprehensiveness.value, of.gone_without.value), (Some(0.0), Some(0.0)));
        assert_eq!((of.sufficiency.value, of.kept_alone.value), (Some(f64::from(0.9f32)), Some(0.0)));
        assert!(of.random_removed.value.unwrap() > 0.0);
    }
}
