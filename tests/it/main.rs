//! End to end: the API, the command line, faults, leaks and the page in a real browser.

mod api;
mod browser;
mod cli;
mod documents;
mod laws;
mod leaks;
mod support;
