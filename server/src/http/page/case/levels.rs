//! Levels over time, a small chart a domain, and the same as a table.

use relat_engine::{Language, Taxonomy};

use super::load::{File, Level};
use crate::http::page::chart::{Axis, Point, path};

/// Interviews in the table, the last ones.
pub(super) const COLUMNS: usize = 6;

/// A domain of the matrix over time. Charts are 240 by 112.
pub(super) struct LevelLine {
    pub(super) label: &'static str,
    /// Lines between levels that people gave; one that could not be given breaks them.
    pub(super) lines: Vec<String>,
    pub(super) decided: Vec<Point>,
    /// What the model suggests where nobody decided.
    pub(super) suggested: Vec<Point>,
    /// Where it could not be assessed.
    pub(super) missing: Vec<f64>,
    pub(super) cells: Vec<Cell>,
    /// Whether there is anything to draw.
    pub(super) is_empty: bool,
}

/// A cell of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    Decided(u8),
    /// A person said that it cannot be assessed.
    NotAssessable,
    /// The model's, which nobody has decided on.
    Suggested(u8),
    Nothing,
}

impl Cell {
    fn of(level: Level) -> Self {
        match level {
            Level { decided: Some(Some(level)), .. } => Self::Decided(level),
            Level { decided: Some(None), .. } => Self::NotAssessable,
            Level { suggested: Some(level), .. } => Self::Suggested(level),
            Level { .. } => Self::Nothing,
        }
    }
}

fn y(level: u8) -> f64 {
    92.0 - (f64::from(level) - 1.0) * 19.0
}

/// Every domain, in the order of the matrix.
pub(super) fn lines(file: &File, language: Language) -> Vec<LevelLine> {
    let axis = Axis::new(&file.days(), (30.0, 200.0));
    let line = |domain: &'static relat_engine::Domain| {
        let cells: Vec<(f64, Cell)> =
            file.held.iter().map(|held| (axis.x(held.day()), Cell::of(held.level(&domain.code)))).collect();
        let mut line = LevelLine {
            label: domain.labels.get(language),
            lines: Vec::new(),
            decided: Vec::new(),
            suggested: Vec::new(),
            missing: Vec::new(),
            cells: cells.iter().map(|(_, cell)| *cell).collect(),
            is_empty: cells.iter().all(|(_, cell)| *cell == Cell::Nothing),
        };
        line.cells.drain(..line.cells.len().saturating_sub(COLUMNS));
        let mut stretch = Vec::new();
        for (x, cell) in cells {
            match cell {
                Cell::Decided(level) => {
                    stretch.push(Point { x, y: y(level) });
                    line.decided.push(Point { x, y: y(level) });
                }
                Cell::Suggested(level) => line.suggested.push(Point { x, y: y(level) }),
                Cell::NotAssessable => {
                    line.missing.push(x);
                    line.lines.push(path(&std::mem::take(&mut stretch)));
                }
                Cell::Nothing => {}
            }
        }
        line.lines.push(path(&stretch));
        line.lines.retain(|path| !path.is_empty());
        line
    };
    Taxonomy::shipped().domains().iter().map(line).collect()
}
