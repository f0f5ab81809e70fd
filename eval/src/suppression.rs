//! Small-cell suppression: which groups of published tables must be left out so that no small one can be worked out.
//!
//! Primary: a group of fewer than the least number. Complementary: more groups, smallest first, until no hidden group
//! is fixed by the linear relations between tables (a group is the sum of its parts in every finer table), and until
//! what a published total leaves over for the hidden is at least the least number too. A hidden group is not listed,
//! so that a reader cannot tell it from an empty one.
//!
//! For tables over two features in all this is exact. Over more, sizes being whole numbers not below 0 can tell more
//! than linear relations do, and that is not searched.

use std::collections::{BTreeMap, BTreeSet};

/// What may be shown of tables.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    /// False when there are fewer records than the least number.
    pub(crate) overall_shown: bool,
    /// One entry a table asked for.
    pub(crate) tables: Vec<Table>,
}

/// What may be shown of one table.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// Levels of a group and its records.
    pub(crate) shown: Vec<(Vec<String>, Vec<usize>)>,
    /// True when some groups are left out.
    pub(crate) some_hidden: bool,
}

/// A group of a table: its features (as columns) with their levels.
type Group = BTreeMap<usize, String>;

/// Tables as variables (the size of each group that is not empty) and equations between them.
struct System {
    /// Groups, those of the tables asked for and of every coarser table, which a reader can sum up.
    groups: Vec<Group>,
    sizes: Vec<usize>,
    /// Whether the group is in a table asked for, so that showing it is in question.
    listed: Vec<bool>,
    hidden: Vec<bool>,
    /// (whole, parts): the whole is the sum of its parts.
    equations: Vec<(usize, Vec<usize>)>,
}

/// Decides what may be shown.
/// # Shapes
/// `rows`: one entry a record, its level of each feature; `tables`: sets of columns of `rows`.
pub(crate) fn suppress(rows: &[Vec<String>], tables: &[Vec<usize>], min_n: usize) -> Shown {
    let overall_shown = rows.len() >= min_n;
    let mut system = System::new(rows, tables);
    system.hide(min_n, overall_shown);
    let table = |columns: &Vec<usize>| {
        let members = members(rows, columns);
        let all = members.len();
        let visible = |(group, _): &(Group, Vec<usize>)| {
            system.groups.iter().position(|g| g == group).is_some_and(|i| !flag(&system.hidden, i))
        };
        let shown: Vec<_> =
            members.into_iter().filter(visible).map(|(g, m)| (levels(columns, &g), m)).collect();
        Table { some_hidden: shown.len() < all, shown }
    };
    Shown { overall_shown, tables: tables.iter().map(table).collect() }
}

/// The groups of a table with their records.
fn members(rows: &[Vec<String>], columns: &[usize]) -> BTreeMap<Group, Vec<usize>> {
    let mut members: BTreeMap<Group, Vec<usize>> = BTreeMap::new();
    for (i, row) in rows.iter().enumerate() {
        let group = columns.iter().filter_map(|&c| Some((c, row.get(c)?.clone()))).collect();
        members.entry(group).or_default().push(i);
    }
    members
}

fn levels(columns: &[usize], group: &Group) -> Vec<String> {
    columns.iter().filter_map(|c| group.get(c).cloned()).collect()
}

fn flag(flags: &[bool], i: usize) -> bool {
    flags.get(i).copied().unwrap_or(false)
}

fn raise(flags: &mut [bool], i: usize) {
    if let Some(f) = flags.get_mut(i) {
        *f = true;
    }
}

/// Every subset of each set, the empty one included.
fn closure(tables: &[Vec<usize>]) -> BTreeSet<BTreeSet<usize>> {
    let mut all = BTreeSet::from([BTreeSet::new()]);
    for table in tables {
        let mut subsets = vec![BTreeSet::new()];
        for &column in table {
            let with: Vec<BTreeSet<usize>> =
                subsets.iter().map(|s| s.iter().copied().chain([column]).collect()).collect();
            subsets.extend(with);
        }
        all.extend(subsets);
    }
    all
}

impl System {
    fn new(rows: &[Vec<String>], tables: &[Vec<usize>]) -> Self {
        let asked: BTreeSet<BTreeSet<usize>> = tables.iter().map(|t| t.iter().copied().collect()).collect();
        let mut system = Self {
            groups: Vec::new(),
            sizes: Vec::new(),
            listed: Vec::new(),
            hidden: Vec::new(),
            equations: Vec::new(),
        };
        for columns in closure(tables) {
            let listed = columns.is_empty() || asked.contains(&columns);
            for (group, members) in members(rows, &columns.into_iter().collect::<Vec<_>>()) {
                system.groups.push(group);
                system.sizes.push(members.len());
                system.listed.push(listed);
            }
        }
        system.hidden = vec![false; system.groups.len()];
        // Each part lacks one feature to be in a whole.
        let mut parts: BTreeMap<(usize, Group), Vec<usize>> = BTreeMap::new();
        for (i, group) in system.groups.iter().enumerate() {
            for &column in group.keys() {
                let whole =
                    group.iter().filter(|(c, _)| **c != column).map(|(c, l)| (*c, l.clone())).collect();
                parts.entry((column, whole)).or_default().push(i);
            }
        }
        for ((_, whole), parts) in parts {
            if let Some(whole) = system.groups.iter().position(|g| *g == whole) {
                system.equations.push((whole, parts));
            }
        }
        system
    }

    fn size(&self, i: usize) -> usize {
        self.sizes.get(i).copied().unwrap_or(0)
    }

    fn known(&self, i: usize) -> bool {
        flag(&self.listed, i) && !flag(&self.hidden, i)
    }

    /// Hides small groups, then others until none can be worked out.
    fn hide(&mut self, min_n: usize, overall_shown: bool) {
        for i in 0..self.groups.len() {
            // The whole of the records is the group of no feature.
            let whole = self.groups.get(i).is_some_and(BTreeMap::is_empty);
            if flag(&self.listed, i) && (!overall_shown || (!whole && self.size(i) < min_n)) {
                raise(&mut self.hidden, i);
            }
        }
        if overall_shown {
            while let Some(next) = self.thin_remainder(min_n).or_else(|| self.derivable(min_n)) {
                raise(&mut self.hidden, next);
            }
        }
    }

    /// A group to hide because a whole that is shown leaves too few over for its hidden parts.
    fn thin_remainder(&self, min_n: usize) -> Option<usize> {
        self.equations.iter().filter(|(whole, _)| self.known(*whole)).find_map(|(_, parts)| {
            let left: usize = parts.iter().filter(|p| !self.known(**p)).map(|p| self.size(*p)).sum();
            let thin = left > 0 && left < min_n;
            if thin { self.smallest(parts.iter().copied()) } else { None }
        })
    }

    /// A group to hide because a hidden one could be worked out from it and others.
    fn derivable(&self, min_n: usize) -> Option<usize> {
        let unknown: Vec<usize> = (0..self.groups.len()).filter(|&i| !self.known(i)).collect();
        let fixed = determined(&self.rows(&unknown), unknown.len());
        let target = fixed.into_iter().filter_map(|column| unknown.get(column).copied()).find(|&i| {
            // A coarser table that nobody asked for can be summed up by a reader: its small groups count too.
            flag(&self.hidden, i) || self.size(i) < min_n
        })?;
        // The relation that gives it away, where it is one alone; else any that it is in. A part costs less than the
        // whole, which is a margin of the table.
        let beside =
            || self.equations.iter().filter(|(whole, parts)| *whole == target || parts.contains(&target));
        let lone = |(whole, parts): &&(usize, Vec<usize>)| {
            parts.iter().chain([whole]).all(|&i| i == target || self.known(i))
        };
        beside()
            .filter(lone)
            .find_map(|(_, parts)| self.smallest(parts.iter().copied()))
            .or_else(|| self.smallest(beside().flat_map(|(_, parts)| parts.iter().copied())))
            .or_else(|| self.smallest(beside().map(|(whole, _)| *whole)))
            .or_else(|| self.smallest(0..self.groups.len()))
    }

    /// The smallest shown group of some, the whole of the records excepted.
    fn smallest(&self, groups: impl Iterator<Item = usize>) -> Option<usize> {
        let can_hide = |&i: &usize| self.known(i) && self.groups.get(i).is_some_and(|g| !g.is_empty());
        groups.filter(can_hide).min_by_key(|&i| (self.size(i), i))
    }

    /// The equations as rows of coefficients of the unknown groups.
    fn rows(&self, unknown: &[usize]) -> Vec<Vec<f64>> {
        let coefficient = |(whole, parts): &(usize, Vec<usize>), i: usize| {
            if i == *whole { -1.0 } else { f64::from(parts.contains(&i)) }
        };
        let row = |e: &(usize, Vec<usize>)| unknown.iter().map(|&i| coefficient(e, i)).collect::<Vec<f64>>();
        self.equations.iter().map(row).filter(|r| r.iter().any(|c| c.abs() > 0.0)).collect()
    }
}

/// The columns whose variable a linear system fixes, by reduction to row echelon form.
fn determined(rows: &[Vec<f64>], n_columns: usize) -> Vec<usize> {
    // Coefficients are 0, 1 and -1, so anything this small is rounding.
    const NOTHING: f64 = 1e-9;
    let mut rows = rows.to_vec();
    let mut pivots: Vec<Vec<f64>> = Vec::new();
    for column in 0..n_columns {
        let at = |row: &Vec<f64>| row.get(column).copied().unwrap_or(0.0);
        let Some(best) = (0..rows.len())
            .filter(|&r| rows.get(r).is_some_and(|row| at(row).abs() > NOTHING))
            .max_by(|&a, &b| {
                let size = |r: usize| rows.get(r).map_or(0.0, |row| at(row).abs());
                size(a).total_cmp(&size(b))
            })
        else {
            continue;
        };
        let mut pivot = rows.swap_remove(best);
        let scale = at(&pivot);
        pivot.iter_mut().for_each(|c| *c /= scale);
        for row in rows.iter_mut().chain(&mut pivots) {
            let factor = row.get(column).copied().unwrap_or(0.0);
            if factor.abs() > NOTHING {
                row.iter_mut().zip(&pivot).for_each(|(c, p)| *c -= factor * p);
            }
        }
        pivots.push(pivot);
    }
    let alone = |row: &Vec<f64>| {
        let mut filled = row.iter().enumerate().filter(|(_, c)| c.abs() > NOTHING).map(|(i, _)| i);
        filled.next().filter(|_| filled.next().is_none())
    };
    pivots.iter().filter_map(alone).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Records of a table of counts: rows are levels of feature 0, columns of feature 1.
    fn records(counts: &[Vec<usize>]) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for (r, line) in counts.iter().enumerate() {
            for (c, &n) in line.iter().enumerate() {
                rows.extend(std::iter::repeat_n(vec![format!("r{r}"), format!("c{c}")], n));
            }
        }
        rows
    }

    /// What each published number counts: the cells it takes in. Nothing here uses the module's equations.
    fn published(shown: &Shown, tables: &[Vec<usize>], size: (usize, usize)) -> Vec<Vec<bool>> {
        let cells = |want: &dyn Fn(usize, usize) -> bool| -> Vec<bool> {
            (0..size.0 * size.1).map(|i| want(i / size.1, i % size.1)).collect()
        };
        let mut numbers = if shown.overall_shown { vec![cells(&|_, _| true)] } else { Vec::new() };
        for (columns, table) in tables.iter().zip(&shown.tables) {
            for (levels, _) in &table.shown {
                numbers.push(cells(&|r, c| {
                    columns.iter().zip(levels).all(|(&column, level)| {
                        *level == if column == 0 { format!("r{r}") } else { format!("c{c}") }
                    })
                }));
            }
        }
        numbers
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// For every hidden group there is another table of counts, none below 0, that shows all the same numbers and
        /// has another number there. Steps of one a cell are enough: the relations of a table and its margins are a
        /// network, whose smallest changes are cycles.
        #[test]
        fn a_hidden_group_cannot_be_derived(
            counts in prop::collection::vec(prop::collection::vec(0usize..9, 3), 3),
            min_n in 2usize..6, margins in 0usize..4,
        ) {
            let rows = records(&counts);
            let tables: Vec<Vec<usize>> =
                [vec![vec![0, 1]], vec![vec![0], vec![0, 1]], vec![vec![1], vec![0, 1]], vec![vec![0], vec![1], vec![0, 1]]]
                    [margins].clone();
            let shown = suppress(&rows, &tables, min_n);
            let numbers = published(&shown, &tables, (3, 3));
            let mut targets: Vec<Vec<bool>> = Vec::new();
            for columns in [vec![0], vec![1], vec![0, 1]] {
                // A small margin that nobody asked for must not come out either.
                let table = tables.iter().position(|t| *t == columns).map(|i| &shown.tables[i]);
                let visible = table.map(|t| t.shown.iter().map(|(l, _)| l).collect::<BTreeSet<_>>());
                for (group, members) in members(&rows, &columns) {
                    let hidden = visible.as_ref().map_or(members.len() < min_n, |v| !v.contains(&levels(&columns, &group)));
                    if hidden {
                        targets.push((0..9).map(|i| group.iter().all(|(&c, l)| {
                            *l == if c == 0 { format!("r{}", i / 3) } else { format!("c{}", i % 3) }
                        })).collect());
                    }
                }
            }
            let mut open = targets.len();
            let mut found = vec![false; targets.len()];
            for code in 0..3i64.pow(9) {
                if open == 0 {
                    break;
                }
                let step: Vec<i64> = (0..9).map(|i| code / 3i64.pow(i) % 3 - 1).collect();
                let sum = |cells: &Vec<bool>| -> i64 { cells.iter().zip(&step).filter(|(c, _)| **c).map(|(_, s)| s).sum() };
                let possible = step.iter().enumerate().all(|(i, s)| counts[i / 3][i % 3] as i64 + s >= 0);
                if possible && numbers.iter().all(|n| sum(n) == 0) {
                    for (target, found) in targets.iter().zip(&mut found) {
                        if !*found && sum(target) != 0 {
                            *found = true;
                            open -= 1;
                        }
                    }
                }
            }
            prop_assert_eq!(open, 0, "help: {} hidden groups can be worked out of {:?}", open, shown);
        }

        #[test]
        fn what_is_left_for_the_hidden_is_not_small(
            counts in prop::collection::vec(1usize..40, 1..8), min_n in 1usize..20,
        ) {
            let rows = records(&counts.iter().map(|&n| vec![n]).collect::<Vec<_>>());
            let shown = suppress(&rows, &[vec![0]], min_n);
            let left = rows.len() - shown.tables[0].shown.iter().map(|(_, m)| m.len()).sum::<usize>();
            prop_assert!(!shown.overall_shown || left == 0 || left >= min_n);
            prop_assert_eq!(shown.tables[0].some_hidden, left > 0);
            prop_assert!(shown.tables[0].shown.iter().all(|(_, m)| m.len() >= min_n));
            // Nothing is hidden without need.
            if counts.iter().all(|&n| n >= min_n) {
                prop_assert_eq!(left, 0);
            }
        }
    }

    #[test]
    fn one_small_group_takes_the_next_smallest_with_it() {
        let shown = suppress(&records(&[vec![3], vec![30], vec![50]]), &[vec![0]], 10);
        let levels: Vec<&str> = shown.tables[0].shown.iter().map(|(l, _)| l[0].as_str()).collect();
        assert_eq!(levels, ["r2"]);
    }

    #[test]
    fn too_few_records_show_nothing() {
        let shown = suppress(&records(&[vec![3], vec![4]]), &[vec![0]], 10);
        assert!(!shown.overall_shown && shown.tables[0].shown.is_empty());
    }
}
