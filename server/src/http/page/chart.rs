//! Where the lines and bars of charts lie. Each chart stands beside a table with the same numbers.

use time::Date;

/// A place in a chart, in units of its view box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// Days on a horizontal line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axis {
    first: Date,
    days: f64,
    left: f64,
    width: f64,
}

impl Axis {
    /// From the first to the last of some days; one day alone lies in the middle.
    pub(super) fn new(days: &[Date], (left, width): (f64, f64)) -> Self {
        let first = days.iter().min().copied().unwrap_or(Date::MIN);
        let last = days.iter().max().copied().unwrap_or(first);
        Self { first, days: whole((last - first).whole_days()), left, width }
    }

    /// Where a day lies.
    pub(super) fn x(&self, day: Date) -> f64 {
        let share = if self.days > 0.0 { whole((day - self.first).whole_days()) / self.days } else { 0.5 };
        tenth(self.left + share.clamp(0.0, 1.0) * self.width)
    }
}

fn whole(days: i64) -> f64 {
    i32::try_from(days).map_or(0.0, f64::from)
}

/// Rounded, so that a page does not tell coordinates by the fifteenth digit.
pub(super) fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// A line through points as an SVG path; one point has none.
pub(super) fn path(points: &[Point]) -> String {
    if points.len() < 2 {
        return String::new();
    }
    let step = |(i, p): (usize, &Point)| format!("{}{} {}", if i == 0 { "M" } else { "L" }, p.x, p.y);
    points.iter().enumerate().map(step).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn days_keep_their_order_and_stay_within_the_axis() {
        let days = [date!(2026 - 11 - 20), date!(2026 - 01 - 05), date!(2026 - 03 - 01)];
        let axis = Axis::new(&days, (10.0, 200.0));
        let [last, first, middle] = days.map(|day| axis.x(day));
        assert!((first - 10.0).abs() < 0.1 && (last - 210.0).abs() < 0.1 && first < middle && middle < last);
        let one = Axis::new(&days[..1], (10.0, 200.0));
        assert!((one.x(days[0]) - 110.0).abs() < 0.1, "help: one day alone lies in the middle");
        assert_eq!(path(&[Point { x: 1.0, y: 2.0 }]), "");
        assert_eq!(path(&[Point { x: 1.0, y: 2.0 }, Point { x: 3.5, y: 4.0 }]), "M1 2 L3.5 4");
    }
}
