//! Figures of each need, demand and status.

use relat_engine::Taxonomy;

use super::{CodeRow, estimates};
use crate::bootstrap::{BootstrapConfig, Estimate};
use crate::error::Result;
use crate::figures::{self, CountOf, MacroAp};
use crate::metrics::classification::{self, Counts};
use crate::metrics::status::STATUS_NAMES;
use crate::metrics::{evidence, status};
use crate::reading::Pair;
use crate::statistic::Statistic;

pub(super) fn needs(pairs: &[Pair], taxonomy: &Taxonomy, config: &BootstrapConfig) -> Result<Vec<CodeRow>> {
    let n = taxonomy.needs().len();
    let counts = pairs.iter().map(|p| classification::by_code([(&p.reference.needs, &p.predicted.needs)], n));
    let mut rows = by_code(&counts.collect::<Vec<_>>(), n, config)?;
    let ap = |(code, _): &(usize, CodeRow)| Box::new(MacroAp::of_codes(pairs, [*code])) as Box<dyn Statistic>;
    let precision: Vec<Box<dyn Statistic>> = rows.iter().map(ap).collect();
    for ((_, row), ap) in rows.iter_mut().zip(estimates(&precision, config)?) {
        row.average_precision = Some(ap);
    }
    Ok(named_needs(rows, taxonomy))
}

pub(super) fn sentences(
    pairs: &[Pair],
    taxonomy: &Taxonomy,
    config: &BootstrapConfig,
) -> Result<Vec<CodeRow>> {
    let n = taxonomy.needs().len();
    let counts: Vec<Vec<Counts>> = pairs.iter().map(|p| evidence::counts_by_need(p, n)).collect();
    Ok(named_needs(by_code(&counts, n, config)?, taxonomy))
}

pub(super) fn statuses(pairs: &[Pair], config: &BootstrapConfig) -> Result<Vec<CodeRow>> {
    let counts: Vec<Vec<Counts>> = pairs.iter().map(status::counts_by_status).collect();
    let rows = by_code(&counts, status::STATUSES, config)?;
    let named = |(status, row): (usize, CodeRow)| {
        let code = STATUS_NAMES.get(status).map_or_else(String::new, |name| (*name).to_owned());
        CodeRow { code, ..row }
    };
    Ok(rows.into_iter().map(named).collect())
}

pub(super) fn demands(pairs: &[Pair], taxonomy: &Taxonomy, config: &BootstrapConfig) -> Result<Vec<CodeRow>> {
    let n = taxonomy.demands().len();
    let counts =
        pairs.iter().map(|p| classification::by_code([(&p.reference.demands, &p.predicted.demands)], n));
    let rows = by_code(&counts.collect::<Vec<_>>(), n, config)?;
    let named = |(code, row): (usize, CodeRow)| {
        let code = taxonomy.demands().get(code).map_or_else(String::new, |d| d.code.clone());
        CodeRow { code, ..row }
    };
    Ok(rows.into_iter().map(named).collect())
}

fn named_needs(rows: Vec<(usize, CodeRow)>, taxonomy: &Taxonomy) -> Vec<CodeRow> {
    let named = |(code, mut row): (usize, CodeRow)| {
        if let Some(need) = taxonomy.needs().get(code) {
            row.code.clone_from(&need.code);
            row.alert = need.alert;
        }
        row
    };
    rows.into_iter().map(named).collect()
}

/// The figures of each code that the reference or the prediction has.
/// # Shapes
/// `counts`: `(records, codes)`.
fn by_code(
    counts: &[Vec<Counts>],
    n_codes: usize,
    config: &BootstrapConfig,
) -> Result<Vec<(usize, CodeRow)>> {
    let of_record = |record: &Vec<Counts>, code: usize| record.get(code).copied().unwrap_or_default();
    let total = |code: usize| counts.iter().map(|r| of_record(r, code)).sum::<Counts>();
    let seen: Vec<(usize, Counts)> = (0..n_codes)
        .map(|code| (code, total(code)))
        .filter(|(_, c)| c.support() + c.false_positives > 0.0)
        .collect();
    let of = [CountOf::F1, CountOf::Precision, CountOf::Recall];
    let statistic = |code: usize, of: CountOf| {
        Box::new(figures::micro(counts.iter().map(|r| of_record(r, code)), of)) as Box<dyn Statistic>
    };
    let statistics: Vec<_> =
        seen.iter().flat_map(|&(code, _)| of.map(|what| statistic(code, what))).collect();
    let values = estimates(&statistics, config)?;
    let row = |((code, counts), values): ((usize, Counts), &[Estimate])| match *values {
        [f1, precision, recall] => Some((
            code,
            CodeRow {
                code: String::new(),
                alert: false,
                counts,
                f1,
                precision,
                recall,
                average_precision: None,
            },
        )),
        _ => None,
    };
    Ok(seen.into_iter().zip(values.chunks(of.len())).filter_map(row).collect())
}
