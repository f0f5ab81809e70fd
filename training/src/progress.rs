//! What a person at a terminal sees of a long computation.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar with speed, time left and, where there is one, the latest figure of convergence.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar of so many steps.
    #[must_use]
    pub fn new(steps: usize, what: &'static str) -> Self {
        let bar = ProgressBar::new(steps as u64);
        if let Ok(style) =
            ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len} {msg} {elapsed} left {eta}")
        {
            bar.set_style(style);
        }
        bar.set_prefix(what);
        bar.enable_steady_tick(Duration::from_millis(500));
        Self { bar }
    }

    /// A step is done; `moved` is how far it still moved the solution, 0 where there is no such figure.
    pub fn step(&self, moved: f64) {
        if moved > 0.0 {
            self.bar.set_message(format!("moved {moved:.3}"));
        }
        self.bar.inc(1);
    }

    /// Steps that turned out not to be needed.
    pub fn skip(&self, steps: usize) {
        self.bar.inc(steps as u64);
    }

    /// The computation is over.
    pub fn finish(&self) {
        self.bar.finish();
    }
}

/// A bar with speed, time left and a message, for what is not the solving of equations.
#[must_use]
pub fn bar(length: u64, what: &'static str) -> ProgressBar {
    let template = "{prefix} {wide_bar} {pos}/{len} {per_sec} left {eta} {msg}";
    let bar = ProgressBar::new(length).with_prefix(what);
    bar.with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()))
}
