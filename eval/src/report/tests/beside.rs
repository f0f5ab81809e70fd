//! Two models side by side, and two annotators.

use relat_engine::Language;

use super::super::behaviour::{Counterfactual, outside_figures};
use super::super::compare::compare;
use super::super::{collect, groups};
use super::*;
use crate::change::Change;
use crate::counterfactual::Tried;
use crate::faithfulness::{self, Erased, Reread};
use crate::outside::{ItemResult, Judged, Mapping, OutsideReport};
use crate::readings::Readings;
use crate::suites::{self, Capability, CaseResult, SuiteReport};
use crate::{BootstrapConfig, Figures};

fn read(records: &[Record], worse: bool) -> Vec<Example> {
    let one = |r: &Record| {
        let mut predicted = testing::perfect(r);
        if worse {
            drop_a_need(&mut predicted);
        }
        testing::example(r.clone(), predicted)
    };
    records.iter().map(one).collect()
}

fn beside(this: &[Example], other: &[Example], config: &BootstrapConfig) -> crate::error::Result<Compared> {
    let taxonomy = Taxonomy::shipped();
    let records: Vec<&Record> = this.iter().map(|e| &e.reference).collect();
    let other = Other { model: run().model, examples: other, texts: None };
    let pairs = collect::pairs(this, taxonomy).unwrap();
    compare(&pairs, other, &groups::grouping(&records, 10), config)
}

fn rows(compared: &Compared) -> impl Iterator<Item = &ComparedRow> {
    compared.sections.iter().flat_map(|s| &s.rows)
}

#[test]
fn a_model_beside_itself_does_not_differ_and_beside_a_worse_one_does() {
    let records: Vec<Record> = records().into_iter().step_by(4).collect();
    let (good, bad) = (read(&records, false), read(&records, true));
    let same = beside(&good, &good, &testing::config(200, 4)).unwrap();
    assert!(rows(&same).all(|r| r.difference.value == Some(0.0) && r.difference.low == r.difference.high));
    assert!(rows(&same).all(|r| r.verdict == Verdict::NotTold));
    // As many resamples as a report has: with fewer no p-value is small enough for a family of so many figures.
    let config = testing::config(1000, 4);
    let (better, worse) = (beside(&good, &bad, &config).unwrap(), beside(&bad, &good, &config).unwrap());
    for figure in ["overall/needs_micro_f1", "by_group/gender=f/needs_micro_f1"] {
        let [better, worse] = [&better, &worse].map(|c| rows(c).find(|r| r.figure == figure).unwrap());
        assert_eq!((better.verdict, worse.verdict), (Verdict::Better, Verdict::Worse), "help: {figure}");
        assert!(better.difference.low.unwrap() > 0.05 && better.p_holm.unwrap() < 0.05);
    }
    for compared in [&better, &worse] {
        // What is said is borne out by the interval and by the corrected p-value, and that by its own family alone.
        for row in rows(compared).filter(|r| r.verdict != Verdict::NotTold) {
            assert!(row.p_holm.unwrap() < 0.05 && row.p_holm >= row.p_value, "help: {}", row.figure);
        }
        for row in rows(compared).filter(|r| r.p_value.is_some()) {
            let family = rows(compared).filter(|r| r.family == row.family && r.p_value.is_some()).count();
            let bonferroni = row.p_value.unwrap() * family as f64;
            assert!(row.p_holm.unwrap() <= bonferroni + 1e-12, "help: {}", row.figure);
            assert!(family <= 25, "help: {} has {family} figures: none could be told", row.family);
        }
    }
    assert_eq!(beside(&good, &bad[1..], &config).unwrap_err().code(), "length_mismatch");
}

/// Thirty texts of each sort; a bad model fails at two in three of them.
fn readings(bad: bool) -> Readings {
    let ids = || (0..30).map(|i| (format!("r{i}"), bad && i % 3 != 0));
    let change = |id: &str, fails: bool| Change {
        id: id.to_owned(),
        suggested: 4,
        dropped: if fails { vec!["debt".to_owned()] } else { Vec::new() },
        added: Vec::new(),
        shifts: BTreeMap::new(),
    };
    let tried = |(id, fails): (String, bool)| Tried {
        kind: Kind::Age,
        language: Language::Ca,
        from: None,
        outcome: Ok(change(&id, fails)),
        id,
    };
    let erased = |(_, fails): (String, bool)| {
        let without = Reread { probability: if fails { 0.8 } else { 0.1 }, suggested: fails };
        let alone = Reread { probability: if fails { 0.2 } else { 0.9 }, suggested: !fails };
        vec![Erased { probability: 0.9, without, alone, random: None }]
    };
    let case = |(id, fails): (String, bool)| CaseResult {
        id,
        capability: Capability::Negation,
        language: Language::Ca,
        kind: suites::Kind::Mft,
        failures: if fails {
            vec![suites::Failure::NotSuggested { code: "debt".to_owned() }]
        } else {
            Vec::new()
        },
    };
    let item = |(_, fails): (String, bool)| {
        let classes = vec![Judged { class: 0, truth: true, hit: !fails, score: 0.5 }];
        Some(ItemResult { harmless: true, suggested: fails, classes })
    };
    Readings {
        format: 1,
        made_from: BTreeMap::new(),
        rewritings: ids().map(tried).collect(),
        translations: ids().map(|(id, fails)| ("ca-es".to_owned(), change(&id, fails))).collect(),
        erased: ids().map(erased).collect(),
        cases: ids().map(case).collect(),
        outside: ids().map(item).collect(),
    }
}

fn mapping() -> Mapping {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora/external/mapping.csv");
    Mapping::read(&path, Taxonomy::shipped()).unwrap()
}

/// A whole report of one model beside another.
fn whole(examples: &[Example], this: &Readings, other: &Readings) -> crate::error::Result<Report> {
    let (bootstrap, mapping) = (testing::config(1000, 4), mapping());
    let rewritten = counterfactual::count(&this.rewritings, &bootstrap, 5)?.groups;
    let mut counterfactuals: Vec<Counterfactual> = rewritten.into_iter().map(Counterfactual::from).collect();
    let translated = crate::translation::count(&this.translations, &bootstrap, 5)?;
    counterfactuals.extend(Counterfactual::of_translations(translated));
    let measured = Measured {
        examples,
        counterfactuals,
        suites: Some(SuiteReport::of(this.cases.clone())),
        outside: Some(OutsideReport::of(&mapping, &this.outside)),
        faithfulness: Some(faithfulness::count(&this.erased, &bootstrap)?),
        human: None,
        other: Some(Other {
            model: run().model,
            examples,
            texts: Some(OtherTexts { this, other, mapping: &mapping }),
        }),
    };
    let settings = Settings { bootstrap, min_n: 10, worst: 5 };
    Report::collect(run(), measured, &gates(), settings, &|_| {})
}

/// The figures of one model, by path.
fn figures(report: &Report) -> Figures {
    let mut all = report.summary.figures();
    all.extend(report.groups.iter().flat_map(crate::metric_frame::MetricFrame::figures));
    all.extend(report.counterfactuals.iter().flat_map(Counterfactual::figures));
    all.extend(report.suites.iter().flat_map(behaviour::Suites::figures));
    all.extend(report.outside.iter().flat_map(outside_figures));
    all.extend(report.faithfulness.iter().flat_map(faithfulness::Faithfulness::figures));
    all
}

#[test]
fn what_models_do_with_texts_is_compared_in_the_right_direction_with_the_reports_own_figures() {
    const TOLD: [&str; 11] = [
        "counterfactual/age/all/flip_rate",
        "counterfactual/age/all/dropped_rate",
        "counterfactual/language/ca-es/flip_rate",
        "counterfactual/language/ca-es/dropped_rate",
        "faithfulness/comprehensiveness",
        "faithfulness/gone_without",
        "faithfulness/kept_alone",
        "suite/negation/all/pass_rate",
        "suite/negation/ca/pass_rate",
        "outside/false_alarms",
        "outside/sad/Financial Problem/recall",
    ];
    let records: Vec<Record> = records().into_iter().step_by(20).collect();
    let (examples, good, bad) = (read(&records, false), readings(false), readings(true));
    for (this, other, verdict) in [(&good, &bad, Verdict::Better), (&bad, &good, Verdict::Worse)] {
        let report = whole(&examples, this, other).unwrap();
        let compared = report.compared.as_ref().unwrap();
        let own = figures(&report);
        for row in rows(compared) {
            let own = own.get(&row.figure).unwrap_or_else(|| panic!("help: no {} of one model", row.figure));
            match (own.value, row.this.value) {
                (Some(own), Some(this)) => assert!((own - this).abs() < 1e-12, "help: {}", row.figure),
                (own, this) => assert_eq!(own, this, "help: {}", row.figure),
            }
        }
        let told: std::collections::BTreeSet<&str> =
            rows(compared).filter(|r| r.verdict != Verdict::NotTold).map(|r| r.figure.as_str()).collect();
        assert_eq!(told, TOLD.into_iter().collect());
        assert!(rows(compared).all(|r| [verdict, Verdict::NotTold].contains(&r.verdict)));
        // Too few to draw an interval from is no figure to hold a gate against.
        let without = rows(compared).find(|r| r.figure == "faithfulness/random_removed").unwrap();
        assert_eq!(without.difference.low, None);
        assert!(report.too_few_cases.contains(&"minus_other/faithfulness/random_removed".to_owned()));
        let html = report.to_html();
        assert!(html.contains("Beside test 1") && html.contains("better on such texts"));
    }
    let cut: [fn(&mut Readings); 5] = [
        |r| drop(r.rewritings.pop()),
        |r| drop(r.translations.pop()),
        |r| drop(r.erased.pop()),
        |r| drop(r.cases.pop()),
        |r| drop(r.outside.pop()),
    ];
    for cut in cut {
        let mut other = bad.clone();
        cut(&mut other);
        assert_eq!(whole(&examples, &good, &other).unwrap_err().code(), "length_mismatch");
    }
}

#[test]
fn the_page_of_two_annotators_tells_differences_and_no_probability() {
    let records: Vec<Record> = records().into_iter().step_by(20).collect();
    let (same, other) = (read(&records, false), read(&records, true));
    let strange = |(r, next): (&Record, &Record)| testing::example(r.clone(), testing::perfect(next));
    let strange: Vec<Example> = records.iter().zip(records.iter().cycle().skip(1)).map(strange).collect();
    let wanted = Wanted { records: 3, code: None, language: None };
    let page_of = |examples: &[Example]| {
        let pairs = testing::pairs(examples);
        let both: Vec<_> = records.iter().zip(&pairs).collect();
        differences_page(&both, Taxonomy::shipped(), &wanted)
    };
    let (none, some, much) = (page_of(&same), page_of(&other), page_of(&strange));
    assert_eq!((none.matches("<h2 id=").count(), some.matches("<h2 id=").count()), (0, 3));
    for page in [&none, &some, &much] {
        assert!(page.contains("This page contains narratives") && page.contains("only the second"));
        assert!(!page.contains("error") && !page.contains(">gold") && !page.contains("(1.00)"));
    }
    assert!(some.contains(": differences: 1<") && some.contains("only the first: "));
    assert!(errors_page(&strange, Taxonomy::shipped(), &wanted).unwrap().contains("(1.00)"));
}
