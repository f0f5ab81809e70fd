//! Plots, drawn by hand: few shapes, no script, in the colours of the page.

use std::fmt::Write as _;

use ndarray::ArrayView2;

use super::page::{escape, value};
use crate::bootstrap::Estimate;
use crate::metrics::calibration::ReliabilityPoint;
use crate::metrics::ordinal::RiskPoint;

/// A figure with its name, for [`intervals`].
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) estimate: Estimate,
}

/// A plot in the making, with its name for readers who cannot see it.
struct Plot(String);

impl Plot {
    fn new(width: f64, height: f64, label: &str) -> Self {
        let mut plot = Self(String::new());
        plot.add(format_args!(
            "<svg viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\" aria-label=\"{}\">\n",
            escape(label)
        ));
        plot
    }

    fn add(&mut self, shape: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.0.write_fmt(shape);
    }

    fn line(&mut self, from: (f64, f64), to: (f64, f64), style: &str) {
        self.add(format_args!(
            "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" {style}/>\n",
            from.0, from.1, to.0, to.1
        ));
    }

    fn dot(&mut self, at: (f64, f64)) {
        self.add(format_args!(
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3.5\" fill=\"var(--mark)\"/>\n",
            at.0, at.1
        ));
    }

    fn text(&mut self, at: (f64, f64), anchor: &str, text: &str) {
        self.add(format_args!(
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>\n",
            at.0,
            at.1,
            escape(text)
        ));
    }

    fn path(&mut self, points: impl IntoIterator<Item = (f64, f64)>) {
        let points: Vec<String> = points.into_iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        self.add(format_args!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"var(--mark)\" stroke-width=\"2\"/>\n",
            points.join(" ")
        ));
    }

    fn finish(mut self) -> String {
        self.0.push_str("</svg>\n");
        self.0
    }
}

const AXIS: &str = "stroke=\"var(--line)\"";
const GUIDE: &str = "stroke=\"var(--soft)\" stroke-dasharray=\"4 3\"";

/// A square plot of values 0 to 1 against 0 to `top`, with its axes.
struct Square {
    plot: Plot,
    top: f64,
}

impl Square {
    const LEFT: f64 = 56.0;
    const SIDE: f64 = 300.0;
    const ABOVE: f64 = 12.0;

    fn new(label: &str, x: &str, y: &str, top: f64) -> Self {
        let mut square = Self { plot: Plot::new(380.0, 364.0, label), top };
        let tick = |fraction: f64| format!("{fraction:.2}");
        for i in 0..=4u8 {
            let fraction = f64::from(i) / 4.0;
            let (left, low) = (square.at(0.0, fraction * top), square.at(fraction, 0.0));
            square.plot.line(left, square.at(1.0, fraction * top), AXIS);
            square.plot.line(low, square.at(fraction, top), AXIS);
            square.plot.text((left.0 - 6.0, left.1 + 4.0), "end", &tick(fraction * top));
            square.plot.text((low.0, low.1 + 16.0), "middle", &tick(fraction));
        }
        let (middle, bottom) = (Self::LEFT + Self::SIDE / 2.0, Self::ABOVE + Self::SIDE + 36.0);
        square.plot.text((middle, bottom), "middle", x);
        let half = Self::ABOVE + Self::SIDE / 2.0;
        square.plot.add(format_args!(
            "<text x=\"14\" y=\"{half:.1}\" text-anchor=\"middle\" transform=\"rotate(-90 14 {half:.1})\">{}</text>\n",
            escape(y)
        ));
        square
    }

    fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let up = if self.top > 0.0 { y / self.top } else { 0.0 };
        (Self::LEFT + Self::SIDE * x, Self::ABOVE + Self::SIDE * (1.0 - up))
    }
}

/// How often what was given a probability came true.
pub(super) fn reliability(points: &[ReliabilityPoint]) -> String {
    let mut square = Square::new(
        "Reliability curve: probability given against share that came true",
        "probability given",
        "share that came true",
        1.0,
    );
    let (from, to) = (square.at(0.0, 0.0), square.at(1.0, 1.0));
    square.plot.line(from, to, GUIDE);
    let at: Vec<(f64, f64)> = points.iter().map(|p| square.at(p.predicted, p.observed)).collect();
    square.plot.path(at.iter().copied());
    at.into_iter().for_each(|p| square.plot.dot(p));
    square.plot.finish()
}

/// What abstaining gains.
pub(super) fn risk_coverage(points: &[RiskPoint]) -> String {
    let most = points.iter().map(|p| p.risk).fold(0.0, f64::max);
    let top = ((most * 4.0).ceil() / 4.0).max(0.25);
    let mut square = Square::new(
        "Mean absolute level error against the share of levels given",
        "share of gold levels given, surest first",
        "mean absolute error, steps",
        top,
    );
    let at: Vec<(f64, f64)> = points.iter().map(|p| square.at(p.coverage, p.risk)).collect();
    square.plot.path(at.iter().copied());
    at.into_iter().for_each(|p| square.plot.dot(p));
    square.plot.finish()
}

/// Figures with their intervals, one a line, beside a value to compare with.
pub(super) fn intervals(label: &str, bars: &[Bar], beside: Option<f64>) -> String {
    const LEFT: f64 = 250.0;
    const WIDTH: f64 = 340.0;
    const STEP: f64 = 20.0;
    let ends = bars.iter().flat_map(|b| [b.estimate.low, b.estimate.high, b.estimate.value]).chain([beside]);
    let known: Vec<f64> = ends.flatten().collect();
    let low = known.iter().copied().fold(f64::INFINITY, f64::min);
    let high = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let height = STEP * (bars.len() as f64) + 40.0;
    let mut plot = Plot::new(LEFT + WIDTH + 90.0, height, label);
    if known.is_empty() {
        plot.text((10.0, 20.0), "start", "no data");
        return plot.finish();
    }
    let step = nice((high - low).max(0.01) / 4.0);
    let (first, last) = ((low / step).floor(), (high / step).ceil().max((low / step).floor() + 1.0));
    let x = |v: f64| LEFT + WIDTH * (v / step - first) / (last - first);
    let bottom = height - 24.0;
    let mut tick = first;
    while tick <= last {
        let v = tick * step;
        plot.line((x(v), 4.0), (x(v), bottom), AXIS);
        plot.text(
            (x(v), bottom + 16.0),
            "middle",
            value(Some(v)).trim_end_matches('0').trim_end_matches('.'),
        );
        tick += 1.0;
    }
    if let Some(v) = beside {
        plot.line((x(v), 4.0), (x(v), bottom), GUIDE);
    }
    let mut y = 4.0 + STEP / 2.0;
    for bar in bars {
        let e = &bar.estimate;
        plot.text((LEFT - 8.0, y + 4.0), "end", &format!("{} (n {})", bar.label, e.n));
        if let (Some(low), Some(high)) = (e.low, e.high) {
            plot.line((x(low), y), (x(high), y), "stroke=\"var(--mark)\" stroke-width=\"2\"");
        }
        if let Some(v) = e.value {
            plot.dot((x(v), y));
        }
        plot.text((LEFT + WIDTH + 8.0, y + 4.0), "start", &value(e.value));
        y += STEP;
    }
    plot.finish()
}

/// The least of 1, 2 and 5 times a power of ten that is not below a distance: steps of an axis that can be read.
fn nice(distance: f64) -> f64 {
    let steps =
        [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0];
    steps.into_iter().find(|s| *s >= distance).unwrap_or(distance)
}

/// Counts of gold (rows) against shown (columns): the darker, the larger the share of its row.
pub(super) fn confusion(label: &str, names: &[&str], counts: ArrayView2<'_, f64>) -> String {
    const CELL: f64 = 62.0;
    const LEFT: f64 = 90.0;
    const ABOVE: f64 = 40.0;
    let n = names.len() as f64;
    let mut plot = Plot::new(LEFT + CELL * n + 10.0, ABOVE + CELL * n + 10.0, label);
    plot.text((LEFT + CELL * n / 2.0, 14.0), "middle", "shown");
    plot.text((4.0, 14.0), "start", "gold");
    for (i, (name, row)) in names.iter().zip(counts.rows()).enumerate() {
        let (y, total) = (ABOVE + CELL * i as f64, row.sum());
        plot.text((LEFT + CELL * (i as f64 + 0.5), 32.0), "middle", name);
        plot.text((LEFT - 8.0, y + CELL / 2.0 + 4.0), "end", name);
        for (j, count) in row.iter().enumerate() {
            let (x, share) = (LEFT + CELL * j as f64, if total > 0.0 { count / total } else { 0.0 });
            plot.add(format_args!(
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{CELL:.0}\" height=\"{CELL:.0}\" fill=\"var(--mark)\" \
                 fill-opacity=\"{:.2}\" stroke=\"var(--line)\"/>\n",
                0.6 * share
            ));
            plot.text((x + CELL / 2.0, y + CELL / 2.0 + 4.0), "middle", &format!("{count:.0}"));
        }
    }
    plot.finish()
}
