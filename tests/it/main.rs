//! End to end: the API, the command line, faults, leaks and the page in a real browser.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod api;
mod browser;
mod cli;
mod documents;
mod laws;
mod leaks;
mod support;
