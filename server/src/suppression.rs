//! Small-cell suppression of a table of counts with its margins: which numbers are left out so that none that is about
//! too few people can be read, or worked out from the others.
//!
//! Primary: a number that fewer people than the least stand behind, nought among them, so that a reader cannot tell few
//! from none. Complementary: further numbers, smallest first, until what is left over in a line whose total is shown is
//! about enough people too, and until no hidden number is fixed by the sums. The last is exact, counts being whole and not
//! below 0: rows and columns are the two sides of a graph, each hidden number that is not 0 is an edge between its row and
//! its column, and the sums fix it exactly when no cycle goes through it (along a cycle 1 can be added and taken in turn).

use std::collections::BTreeSet;

use uuid::Uuid;

/// Fewest people behind a number that is shown.
pub const LEAST: usize = 5;

/// A number, and the people that it is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Count {
    /// What is counted.
    pub n: u64,
    /// Whom it is about.
    pub people: BTreeSet<Uuid>,
}

impl Count {
    /// Counts one more, about somebody.
    pub fn add(&mut self, person: Uuid) {
        self.n += 1;
        self.people.insert(person);
    }

    fn join(&mut self, other: &Self) {
        self.n += other.n;
        self.people.extend(&other.people);
    }
}

/// A table as it may be published: nothing where a number is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// A row a row, the columns' order within it.
    pub cells: Vec<Vec<Option<u64>>>,
    /// A total a row.
    pub rows: Vec<Option<u64>>,
    /// A total a column.
    pub columns: Vec<Option<u64>>,
    /// The total of all.
    pub total: Option<u64>,
}

impl Published {
    /// Whether anything is left out, nought included.
    #[must_use]
    pub fn hides_something(&self) -> bool {
        self.cells.iter().flatten().chain(&self.rows).chain(&self.columns).any(Option::is_none)
    }
}

/// The table with its margins as a last row and a last column.
struct Grid {
    width: usize,
    height: usize,
    counts: Vec<Count>,
    hidden: Vec<bool>,
}

/// Decides what may be shown.
/// # Shapes
/// `cells`: rows of `columns` counts each; a row that is shorter goes on with nought.
#[must_use]
pub fn publish(cells: &[Vec<Count>], columns: usize, least: usize) -> Published {
    let mut grid = Grid::new(cells, columns);
    grid.hide(least);
    let (last_row, last_column) = (grid.height - 1, grid.width - 1);
    let row = |r: usize| (0..last_column).map(|c| grid.shown(r, c)).collect();
    Published {
        cells: (0..last_row).map(row).collect(),
        rows: (0..last_row).map(|r| grid.shown(r, last_column)).collect(),
        columns: (0..last_column).map(|c| grid.shown(last_row, c)).collect(),
        total: grid.shown(last_row, last_column),
    }
}

impl Grid {
    fn new(cells: &[Vec<Count>], columns: usize) -> Self {
        let (width, height) = (columns + 1, cells.len() + 1);
        let mut counts = vec![Count::default(); width * height];
        for (r, row) in cells.iter().enumerate() {
            for (c, count) in row.iter().take(columns).enumerate() {
                for place in [(r, c), (r, columns), (height - 1, c), (height - 1, columns)] {
                    if let Some(into) = counts.get_mut(place.0 * width + place.1) {
                        into.join(count);
                    }
                }
            }
        }
        Self { width, height, hidden: vec![false; counts.len()], counts }
    }

    fn n(&self, i: usize) -> u64 {
        self.counts.get(i).map_or(0, |count| count.n)
    }

    fn is_hidden(&self, i: usize) -> bool {
        self.hidden.get(i).copied().unwrap_or(true)
    }

    fn shown(&self, row: usize, column: usize) -> Option<u64> {
        let i = row * self.width + column;
        if self.is_hidden(i) { None } else { Some(self.n(i)) }
    }

    fn put_away(&mut self, i: usize) {
        if let Some(hidden) = self.hidden.get_mut(i) {
            *hidden = true;
        }
    }

    fn hide(&mut self, least: usize) {
        for i in 0..self.counts.len() {
            if self.counts.get(i).is_some_and(|count| count.people.len() < least) {
                self.put_away(i);
            }
        }
        while let Some(next) = self.thin_remainder(least).or_else(|| self.fixed()) {
            self.put_away(next);
        }
    }

    /// Places of a row or of a column, the total last.
    fn lines(&self) -> impl Iterator<Item = Vec<usize>> + '_ {
        let rows = (0..self.height).map(|r| (0..self.width).map(|c| r * self.width + c).collect());
        let columns = (0..self.width).map(|c| (0..self.height).map(|r| r * self.width + c).collect());
        rows.chain(columns)
    }

    /// A number to hide because a total that is shown leaves too few people over for the hidden ones.
    fn thin_remainder(&self, least: usize) -> Option<usize> {
        self.lines().find_map(|line| {
            let (total, parts) = line.split_last()?;
            if self.is_hidden(*total) {
                return None;
            }
            let mut left = Count::default();
            for &part in parts.iter().filter(|&&part| self.is_hidden(part)) {
                left.join(self.counts.get(part)?);
            }
            let is_thin = left.n > 0 && left.people.len() < least;
            let smallest = self.smallest(parts.iter().copied());
            if is_thin { smallest.or(Some(*total)) } else { None }
        })
    }

    /// A number to hide because the sums give a hidden one away: the smallest of its row or column, a total last.
    fn fixed(&self) -> Option<usize> {
        let edges: Vec<usize> =
            (0..self.counts.len()).filter(|&i| self.is_hidden(i) && self.n(i) > 0).collect();
        let given_away = edges.iter().copied().find(|&edge| !self.is_on_a_cycle(edge, &edges))?;
        let (row, column) = (given_away / self.width, given_away % self.width);
        let beside = || {
            let in_row = (0..self.width).map(move |c| row * self.width + c);
            in_row.chain((0..self.height).map(move |r| r * self.width + column))
        };
        let is_inner = |i: usize| i % self.width < self.width - 1 && i / self.width < self.height - 1;
        self.smallest(beside().filter(|&i| is_inner(i)))
            .or_else(|| self.smallest(beside()))
            .or_else(|| self.smallest(0..self.counts.len()))
    }

    fn smallest(&self, places: impl Iterator<Item = usize>) -> Option<usize> {
        places.filter(|&i| !self.is_hidden(i) && self.n(i) > 0).min_by_key(|&i| (self.n(i), i))
    }

    /// Whether its row and its column are connected without it.
    fn is_on_a_cycle(&self, edge: usize, edges: &[usize]) -> bool {
        // Columns come after the rows as nodes.
        let ends = |i: usize| (i / self.width, self.height + i % self.width);
        let (from, to) = ends(edge);
        let mut reached = BTreeSet::from([from]);
        loop {
            let before = reached.len();
            for (a, b) in edges.iter().filter(|&&other| other != edge).map(|&other| ends(other)) {
                if reached.contains(&a) || reached.contains(&b) {
                    reached.extend([a, b]);
                }
            }
            if reached.contains(&to) {
                return true;
            }
            if reached.len() == before {
                return false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A table in which everything counted is about another person.
    fn table(counts: &[Vec<u64>]) -> Vec<Vec<Count>> {
        let count = |&n: &u64| Count { n, people: (0..n).map(|_| Uuid::now_v7()).collect() };
        counts.iter().map(|row| row.iter().map(count).collect()).collect()
    }

    /// A table with its margins, in the order of rows.
    fn whole(cells: &[Vec<u64>]) -> Vec<u64> {
        let mut all = Vec::new();
        for row in cells {
            all.extend(row);
            all.push(row.iter().sum());
        }
        let width = cells[0].len();
        all.extend((0..width).map(|c| cells.iter().map(|row| row[c]).sum::<u64>()));
        all.push(cells.iter().flatten().sum());
        all
    }

    fn shown(published: &Published) -> Vec<Option<u64>> {
        let rows = published.cells.iter().zip(&published.rows);
        let mut all: Vec<_> =
            rows.flat_map(|(row, total)| row.iter().chain([total]).copied().collect::<Vec<_>>()).collect();
        all.extend(&published.columns);
        all.push(published.total);
        all
    }

    /// Every table of counts up to a largest one that publishes the same numbers. It tries all, and knows nothing of
    /// graphs.
    fn others(shown: &[Option<u64>], (height, width): (usize, usize), largest: u64) -> Vec<Vec<u64>> {
        let base = usize::try_from(largest).unwrap() + 1;
        let fits = |code: usize| {
            let digit = |i: usize| u64::try_from(code / base.pow(u32::try_from(i).unwrap()) % base).unwrap();
            let cells: Vec<Vec<u64>> =
                (0..height).map(|r| (0..width).map(|c| digit(r * width + c)).collect()).collect();
            let all = whole(&cells);
            shown.iter().zip(&all).all(|(s, n)| s.is_none_or(|s| s == *n)).then_some(all)
        };
        (0..base.pow(u32::try_from(height * width).unwrap())).filter_map(fits).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// What is hidden and not 0 could be another number, for a reader who knows all that is shown and that nobody is
        /// counted less than 0 times.
        #[test]
        fn no_hidden_number_can_be_worked_out(counts in prop::collection::vec(prop::collection::vec(0u64..6, 3), 2)) {
            let published = shown(&publish(&table(&counts), 3, 3));
            let truth = whole(&counts);
            let others = others(&published, (2, 3), 6);
            prop_assert!(others.contains(&truth));
            for (i, (shown, n)) in published.iter().zip(&truth).enumerate() {
                if shown.is_none() && *n > 0 {
                    prop_assert!(others.iter().any(|other| other[i] != *n), "place {} of {:?}", i, published);
                }
            }
        }

        /// What is shown is true and about enough people, and a line whose total is shown leaves over none or enough.
        #[test]
        fn what_is_shown_is_true_and_about_enough(
            counts in prop::collection::vec(prop::collection::vec(0u64..30, 5), 1..7), least in 2usize..8,
        ) {
            let published = publish(&table(&counts), 5, least);
            let floor = u64::try_from(least).unwrap();
            for (shown, n) in shown(&published).iter().zip(whole(&counts)) {
                if let Some(shown) = shown {
                    prop_assert_eq!(*shown, n);
                    prop_assert!(n >= floor);
                }
            }
            for (row, total) in published.cells.iter().zip(&published.rows) {
                if let Some(total) = total {
                    let left = total - row.iter().flatten().sum::<u64>();
                    prop_assert!(left == 0 || left >= floor, "left over: {}", left);
                }
            }
        }
    }

    #[test]
    fn many_things_about_one_person_are_not_many() {
        let one = Uuid::now_v7();
        let mut count = Count::default();
        (0..40).for_each(|_| count.add(one));
        let published = publish(&[vec![count]], 1, 5);
        assert!(published.hides_something() && published.total.is_none());
    }

    #[test]
    fn a_table_with_enough_everywhere_is_shown_whole() {
        let published = publish(&table(&[vec![9, 12], vec![7, 20]]), 2, LEAST);
        assert!(!published.hides_something());
        assert_eq!(
            (published.rows, published.columns, published.total),
            (vec![Some(21), Some(27)], vec![Some(16), Some(32)], Some(48))
        );
    }
}
