//! What a long command is doing: a moving line on a terminal, a line a step elsewhere.

use std::cell::RefCell;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// Steps, and texts read within them.
pub(crate) struct Progress {
    steps: usize,
    state: RefCell<State>,
    texts: ProgressBar,
}

#[derive(Default)]
struct State {
    done: usize,
    name: String,
}

impl Progress {
    /// For a command of so many steps.
    pub(crate) fn new(steps: usize) -> Self {
        let texts = ProgressBar::new_spinner();
        // A template that does not parse leaves the plain one: progress is no reason to fail.
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({human_pos} texts, {elapsed})") {
            texts.set_style(style);
        }
        texts.enable_steady_tick(Duration::from_millis(200));
        Self { steps, state: RefCell::default(), texts }
    }

    /// Begins a step.
    pub(crate) fn step(&self, what: &str) {
        self.end();
        let mut state = self.state.borrow_mut();
        state.done += 1;
        state.name = format!("{}/{} {what}", state.done, self.steps);
        self.texts.reset();
        self.texts.set_message(state.name.clone());
        if self.texts.is_hidden() {
            self.say(&state.name);
        }
    }

    /// Ends the last step.
    pub(crate) fn end(&self) {
        let state = self.state.borrow();
        if !state.name.is_empty() && !self.texts.is_hidden() {
            self.texts
                .suspend(|| self.say(&format!("{} {:.1} s", state.name, self.texts.elapsed().as_secs_f64())));
        }
    }

    /// Counts texts read, from any thread.
    pub(crate) fn counter(&self) -> ProgressBar {
        self.texts.clone()
    }

    #[expect(clippy::print_stderr, reason = "progress of a command that takes minutes")]
    #[expect(clippy::unused_self, reason = "the one place that writes")]
    fn say(&self, line: &str) {
        eprintln!("{line}");
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.texts.finish_and_clear();
    }
}
