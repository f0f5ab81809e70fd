//! Two models on the same texts: the main figures of both, and their differences with paired intervals.

use std::collections::BTreeMap;

use relat_engine::Taxonomy;
use relat_engine::bundle::Manifest;
use serde::Serialize;

use super::groups::BY_GROUP;
use super::page;
use crate::bootstrap::{Bootstrap, BootstrapConfig, Estimate};
use crate::change::Change;
use crate::error::{Error, Result};
use crate::example::Example;
use crate::faithfulness;
use crate::figure_names::Figures;
use crate::groups::Grouping;
use crate::metric::{Direction, Metric};
use crate::metric_frame::holm;
use crate::outside::{Judged, Mapping};
use crate::reading::Pair;
use crate::readings::Readings;
use crate::share::real;
use crate::statistic::{Additive, OfMembers, Statistic};

/// Another model on the same records and texts.
#[derive(Debug)]
pub struct Other<'a> {
    /// Its bundle.
    pub model: Manifest,
    /// The same records, in the same order, beside its assessments.
    pub examples: &'a [Example],
    /// What this model and the other made of the texts that are no records; `None` where only records are compared.
    pub texts: Option<OtherTexts<'a>>,
}

/// What two models made of the same texts.
#[derive(Debug, Clone, Copy)]
pub struct OtherTexts<'a> {
    /// This model's.
    pub this: &'a Readings,
    /// The other's.
    pub other: &'a Readings,
    /// Classes of the data of others.
    pub mapping: &'a Mapping,
}

/// Two models side by side.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    /// The other model's manifest.
    pub other: Manifest,
    /// What is compared.
    pub sections: Vec<ComparedSection>,
}

/// Figures that are read together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparedSection {
    /// What they are of.
    pub name: &'static str,
    /// One entry a figure.
    pub rows: Vec<ComparedRow>,
}

/// A figure of two models.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparedRow {
    /// Its path, as in the figures of one model.
    pub figure: String,
    /// Which rows Holm's correction is made over: those of one family are read side by side.
    pub family: String,
    /// This model.
    pub this: Estimate,
    /// The other.
    pub other: Estimate,
    /// This less the other; its interval is paired.
    pub difference: Estimate,
    /// Two-sided bootstrap p-value of no difference.
    pub p_value: Option<f64>,
    /// The same after Holm's correction over the family. With n resamples no p-value is below 2/(n + 1), so a family larger
    /// than that leaves room for cannot be told: one figure by 25 writers needs more than 1,000 resamples.
    pub p_holm: Option<f64>,
    /// What the interval of the difference says, where the corrected p-value bears it out.
    pub verdict: Verdict,
}

/// What an interval says of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// This model is better: the whole interval is on that side of 0, and the corrected p-value is below what the interval
    /// leaves out.
    Better,
    /// This model is worse, likewise.
    Worse,
    /// No difference can be told, or nearer 0 is better and a difference does not say which is.
    NotTold,
}

/// A figure of both models, over the same units.
struct Row<'a> {
    figure: String,
    family: String,
    direction: Direction,
    /// This model's and the other's.
    of: [Box<dyn Statistic + 'a>; 2],
}

impl<'a> Row<'a> {
    fn new(
        (figure, family): (String, String),
        direction: Direction,
        this: impl Statistic + 'a,
        other: impl Statistic + 'a,
    ) -> Self {
        Self { figure, family, direction, of: [Box::new(this), Box::new(other)] }
    }
}

/// Every main figure of two models.
/// # Errors
/// [`Error::LengthMismatch`] when they have not read the same; [`Error::BadSetting`], [`Error::UnknownCode`],
/// [`Error::BadLevel`].
pub(super) fn compare(
    pairs: &[Pair],
    other: Other<'_>,
    grouping: &Grouping,
    config: &BootstrapConfig,
) -> Result<Compared> {
    let taxonomy = Taxonomy::shipped();
    let theirs = super::collect::pairs(other.examples, taxonomy)?;
    same_length("records of the other model", pairs.len(), theirs.len())?;
    let sides = [pairs, &theirs];
    let overall = Metric::ALL.map(|m| {
        let [this, that] = sides.map(|p| m.statistic(p, taxonomy));
        let figure = format!("overall/{}", m.name());
        Row { figure, family: "overall".to_owned(), direction: m.direction(), of: [this, that] }
    });
    let section = |name, rows| section(name, rows, config);
    let mut sections = vec![
        section("all records", rows(overall.into(), config)?),
        section("groups", rows(by_group(sides, grouping, taxonomy), config)?),
    ];
    if let Some(texts) = other.texts {
        sections.push(section("rewritings and translations", changes(&texts, config)?));
        sections.push(section("evidence", rows(evidence(&texts)?, config)?));
        sections.push(section("behaviour", suites(&texts, config)?));
        sections.push(section("data of others", rows(outside(&texts)?, config)?));
    }
    Ok(Compared { other: other.model, sections })
}

fn same_length(what: &'static str, expected: usize, got: usize) -> Result<()> {
    if expected == got { Ok(()) } else { Err(Error::LengthMismatch { what, expected, got }) }
}

/// Corrects the p-values of each family, and takes back what they do not bear out.
fn section(name: &'static str, mut rows: Vec<ComparedRow>, config: &BootstrapConfig) -> ComparedSection {
    let mut families: BTreeMap<String, Vec<&mut ComparedRow>> = BTreeMap::new();
    for row in &mut rows {
        families.entry(row.family.clone()).or_default().push(row);
    }
    for mut family in families.into_values() {
        let p: Vec<Option<f64>> = family.iter().map(|r| r.p_value).collect();
        for (row, p) in family.iter_mut().zip(holm(&p)) {
            row.p_holm = p;
            if p.is_none_or(|p| p >= 1.0 - config.confidence) {
                row.verdict = Verdict::NotTold;
            }
        }
    }
    ComparedSection { name, rows }
}

/// Figures over the same units, under one bootstrap.
fn rows(rows: Vec<Row<'_>>, config: &BootstrapConfig) -> Result<Vec<ComparedRow>> {
    let statistics: Vec<&dyn Statistic> =
        rows.iter().flat_map(|r| r.of.iter().map(|s| s.as_ref() as &dyn Statistic)).collect();
    let bootstrap = Bootstrap::run(&statistics, config)?;
    let row = |(i, row): (usize, &Row<'_>)| {
        let (this, other) = (2 * i, 2 * i + 1);
        let difference = bootstrap.difference(this, other);
        ComparedRow {
            figure: row.figure.clone(),
            family: row.family.clone(),
            this: bootstrap.estimate(this),
            other: bootstrap.estimate(other),
            difference,
            p_value: bootstrap.p_value(this, other),
            p_holm: None,
            verdict: verdict(row.direction, &difference),
        }
    };
    Ok(rows.iter().enumerate().map(row).collect())
}

fn verdict(direction: Direction, difference: &Estimate) -> Verdict {
    let above = difference.low.is_some_and(|low| low > 0.0);
    let below = difference.high.is_some_and(|high| high < 0.0);
    match direction {
        Direction::Higher if above => Verdict::Better,
        Direction::Higher if below => Verdict::Worse,
        Direction::Lower if below => Verdict::Better,
        Direction::Lower if above => Verdict::Worse,
        Direction::Higher | Direction::Lower | Direction::Zero => Verdict::NotTold,
    }
}

/// The main figures of each group of one feature.
fn by_group<'a>(sides: [&[Pair]; 2], grouping: &'a Grouping, taxonomy: &Taxonomy) -> Vec<Row<'a>> {
    let mut all = Vec::new();
    for table in &grouping.tables {
        let [feature] = table.features[..] else { continue };
        for group in &table.groups {
            let own = sides.map(|pairs| {
                group.members.iter().filter_map(|&i| pairs.get(i).cloned()).collect::<Vec<Pair>>()
            });
            for metric in BY_GROUP {
                let of = |own: &[Pair]| OfMembers {
                    records: grouping.records,
                    inner: metric.statistic(own, taxonomy),
                    members: &group.members,
                };
                let [this, other] = &own;
                let (feature, name) = (feature.name(), metric.name());
                let figure = format!("by_group/{feature}={}/{name}", group.levels.concat());
                let family = format!("by_group/{feature}/{name}");
                all.push(Row::new((figure, family), metric.direction(), of(this), of(other)));
            }
        }
    }
    all
}

/// What changed in one record's rewritings of a kind.
#[derive(Debug, Clone, Copy, Default)]
struct Changed {
    rewritings: f64,
    flipped: f64,
    suggested: f64,
    dropped: f64,
    added: f64,
}

impl Changed {
    fn add(&mut self, change: &Change) {
        self.rewritings += 1.0;
        self.flipped += f64::from(u8::from(change.flipped()));
        self.suggested += real(change.suggested);
        self.dropped += real(change.dropped.len());
        self.added += real(change.added.len());
    }
}

/// Flips and dropped and added codes of each kind of rewriting, by record.
fn changes(texts: &OtherTexts<'_>, config: &BootstrapConfig) -> Result<Vec<ComparedRow>> {
    let (this, other) = (texts.this, texts.other);
    same_length("rewritings", this.rewritings.len(), other.rewritings.len())?;
    same_length("translations", this.translations.len(), other.translations.len())?;
    let mut kinds: BTreeMap<String, BTreeMap<&str, [Changed; 2]>> = BTreeMap::new();
    for (side, readings) in [texts.this, texts.other].into_iter().enumerate() {
        let rewritten = readings.rewritings.iter().filter_map(|tried| {
            let change = tried.outcome.as_ref().ok()?;
            Some((format!("{}/{}", tried.kind.name(), tried.kind.group()), change))
        });
        let translated = readings.translations.iter().map(|(to, change)| (format!("language/{to}"), change));
        for (kind, change) in rewritten.chain(translated) {
            let of = kinds.entry(kind).or_default().entry(&change.id).or_default();
            if let Some(of) = of.get_mut(side) {
                of.add(change);
            }
        }
    }
    type Of = fn(&Changed) -> (f64, f64);
    const RATES: [(&str, Of); 3] = [
        ("flip_rate", |c| (c.flipped, c.rewritings)),
        ("dropped_rate", |c| (c.dropped, c.suggested)),
        ("added_rate", |c| (c.added, c.suggested)),
    ];
    let of_kind = |(kind, records): (String, BTreeMap<&str, [Changed; 2]>)| {
        let row = |(name, of): (&str, Of)| {
            let this = Additive::ratio(records.values().map(|[this, _]| of(this)));
            let other = Additive::ratio(records.values().map(|[_, other]| of(other)));
            let (figure, family) =
                (format!("counterfactual/{kind}/{name}"), format!("counterfactual/{name}"));
            Row::new((figure, family), Direction::Lower, this, other)
        };
        rows(RATES.map(row).into(), config)
    };
    Ok(kinds.into_iter().map(of_kind).collect::<Result<Vec<_>>>()?.concat())
}

fn evidence(texts: &OtherTexts<'_>) -> Result<Vec<Row<'static>>> {
    let [this, other] = [texts.this, texts.other].map(|r| faithfulness::statistics(&r.erased));
    same_length("texts read without their evidence", texts.this.erased.len(), texts.other.erased.len())?;
    use Direction::{Higher, Lower, Zero};
    let directions = [Higher, Lower, Zero, Higher, Higher];
    let both = this.into_iter().zip(other);
    let row = |((name, direction), (this, other)): ((&str, Direction), (Additive, Additive))| {
        Row::new((format!("faithfulness/{name}"), "faithfulness".to_owned()), direction, this, other)
    };
    Ok(faithfulness::NAMES.into_iter().zip(directions).zip(both).map(row).collect())
}

/// Whether each case passed, by its id, on both sides.
type Passed<'a> = BTreeMap<&'a str, [Option<f64>; 2]>;

/// Pass rates of each capability, over all languages and in each: a family is one language's capabilities.
fn suites(texts: &OtherTexts<'_>, config: &BootstrapConfig) -> Result<Vec<ComparedRow>> {
    same_length("cases of suites", texts.this.cases.len(), texts.other.cases.len())?;
    let mut groups: BTreeMap<(&str, &str), Passed<'_>> = BTreeMap::new();
    for (side, readings) in [texts.this, texts.other].into_iter().enumerate() {
        for case in &readings.cases {
            for language in ["all", crate::language::code(case.language)] {
                let group = (case.capability.name(), language);
                let of = groups.entry(group).or_default().entry(&case.id).or_default();
                if let Some(of) = of.get_mut(side) {
                    *of = Some(f64::from(u8::from(case.passed())));
                }
            }
        }
    }
    let of_group = |((capability, language), cases): ((&str, &str), Passed<'_>)| {
        let this = Additive::mean(cases.values().map(|[this, _]| *this));
        let other = Additive::mean(cases.values().map(|[_, other]| *other));
        let figure = format!("suite/{capability}/{language}/pass_rate");
        let row = Row::new((figure, format!("suite/{language}")), Direction::Higher, this, other);
        rows(vec![row], config)
    };
    Ok(groups.into_iter().map(of_group).collect::<Result<Vec<_>>>()?.concat())
}

fn outside(texts: &OtherTexts<'_>) -> Result<Vec<Row<'static>>> {
    let [this, other] = [texts.this, texts.other].map(|r| r.outside.as_slice());
    same_length("texts of others", this.len(), other.len())?;
    let mut all = Vec::new();
    let alarm = |of: &crate::outside::ItemResult| of.harmless.then_some(f64::from(u8::from(of.suggested)));
    let [mine, theirs] =
        [this, other].map(|of| Additive::mean(of.iter().map(|item| item.as_ref().and_then(alarm))));
    let alone = "outside/false_alarms";
    all.push(Row::new((alone.to_owned(), alone.to_owned()), Direction::Lower, mine, theirs));
    for (index, class) in texts.mapping.classes().iter().enumerate().filter(|(_, c)| !c.codes.is_empty()) {
        type Among = fn(&Judged) -> (bool, bool);
        let figures: [(&str, Among); 2] =
            [("recall", |j| (j.truth, j.hit)), ("precision", |j| (j.hit, j.truth))];
        for (name, of) in figures {
            let [mine, theirs] = [this, other].map(|items| {
                let judged = items.iter().map(|item| {
                    let own = item.iter().flat_map(|i| &i.classes).find(|j| j.class == index);
                    own.map(of).filter(|(among, _)| *among).map(|(_, hit)| f64::from(u8::from(hit)))
                });
                Additive::mean(judged)
            });
            let dataset = page::dataset(class.dataset);
            let figure = format!("outside/{dataset}/{}/{name}", class.name);
            all.push(Row::new(
                (figure, format!("outside/{dataset}/{name}")),
                Direction::Higher,
                mine,
                theirs,
            ));
        }
    }
    Ok(all)
}

impl Compared {
    /// The figures by path: `minus_other/` before the path of each.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let all = self.sections.iter().flat_map(|s| &s.rows);
        all.map(|r| (format!("minus_other/{}", r.figure), r.difference)).collect()
    }

    /// The name and version of the other model.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.other.name, self.other.version)
    }
}
