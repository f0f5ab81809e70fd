//! A figure as a function of how often each record counts: what the bootstrap, groups and averages share.

/// A figure over records that may count several times or not at all.
pub trait Statistic: Sync {
    /// Number of records: the length of the weights.
    fn records(&self) -> usize;

    /// The figure when record `i` counts `weights[i]` times (whole numbers); `None` without data.
    fn value(&self, weights: &[f64]) -> Option<f64>;

    /// How many cases the figure rests on, in the figure's own unit.
    fn cases(&self, weights: &[f64]) -> f64;
}

/// A figure from sums; `None` without data.
pub type Figure = fn(&[f64]) -> Option<f64>;

/// A number of cases from sums.
pub type Count = fn(&[f64]) -> f64;

/// A figure computed from sums over records: each record is reduced once to a few numbers, so that a thousand
/// resamples cost a thousand sums.
#[derive(Debug, Clone)]
pub struct Additive {
    /// Number of sums.
    pub width: usize,
    /// What each record adds: (index of the sum, amount), only where the amount is not 0.
    pub rows: Vec<Vec<(usize, f64)>>,
    /// The figure from the sums.
    pub figure: Figure,
    /// The number of cases from the sums.
    pub count: Count,
}

impl Additive {
    /// The mean of one value a record; a record without one does not count.
    #[must_use]
    pub fn mean(values: impl IntoIterator<Item = Option<f64>>) -> Self {
        let row = |v: Option<f64>| v.map_or_else(Vec::new, |v| vec![(0, v), (1, 1.0)]);
        Self {
            width: 2,
            rows: values.into_iter().map(row).collect(),
            figure: |s| ratio(s, 0, 1),
            count: |s| get(s, 1),
        }
    }

    /// One sum over another: units that come in records, such as the codes of each, averaged over all of them.
    #[must_use]
    pub fn ratio(parts: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let row = |(part, whole): (f64, f64)| vec![(0, part), (1, whole)];
        Self {
            width: 2,
            rows: parts.into_iter().map(row).collect(),
            figure: |s| ratio(s, 0, 1),
            count: |s| get(s, 1),
        }
    }

    /// The sums when record `i` counts `weights[i]` times. Shape `(width,)`.
    #[must_use]
    pub fn sums(&self, weights: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.width];
        for (row, &weight) in self.rows.iter().zip(weights) {
            // Most resamples leave a third of the records out, a group leaves out more.
            if weight > 0.0 {
                for &(i, amount) in row {
                    if let Some(sum) = sums.get_mut(i) {
                        *sum += weight * amount;
                    }
                }
            }
        }
        sums
    }
}

impl Statistic for Additive {
    fn records(&self) -> usize {
        self.rows.len()
    }

    fn value(&self, weights: &[f64]) -> Option<f64> {
        (self.figure)(&self.sums(weights))
    }

    fn cases(&self, weights: &[f64]) -> f64 {
        (self.count)(&self.sums(weights))
    }
}

/// A figure over some of the records only, under the weights of all: what makes the figures of groups paired.
#[expect(missing_debug_implementations, reason = "holds a figure that may be anything")]
pub struct OfMembers<'a> {
    /// Number of all records.
    pub records: usize,
    /// The figure over the members alone, in their order.
    pub inner: Box<dyn Statistic>,
    /// Which records they are.
    pub members: &'a [usize],
}

impl OfMembers<'_> {
    fn own(&self, weights: &[f64]) -> Vec<f64> {
        self.members.iter().map(|&i| get(weights, i)).collect()
    }
}

impl Statistic for OfMembers<'_> {
    fn records(&self) -> usize {
        self.records
    }

    fn value(&self, weights: &[f64]) -> Option<f64> {
        self.inner.value(&self.own(weights))
    }

    fn cases(&self, weights: &[f64]) -> f64 {
        self.inner.cases(&self.own(weights))
    }
}

/// A sum by index; 0 past the end.
pub(crate) fn get(sums: &[f64], i: usize) -> f64 {
    sums.get(i).copied().unwrap_or(0.0)
}

/// One sum over another; `None` when that is nothing.
pub(crate) fn ratio(sums: &[f64], part: usize, whole: usize) -> Option<f64> {
    crate::metrics::share(get(sums, part), get(sums, whole))
}

/// A sum of whole numbers as a number of cases.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sums of small whole numbers")]
pub(crate) fn to_count(sum: f64) -> usize {
    sum.round() as usize
}
