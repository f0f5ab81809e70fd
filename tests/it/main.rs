//! End to end: the API, the command line, faults, leaks and the page in a real browser.

// Clippy tells tests from other code by this attribute.
#[cfg(test)]
mod api;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod chromium;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod database;
#[cfg(test)]
mod decisions;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod human;
#[cfg(test)]
mod keeping;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod leaks;
#[cfg(test)]
mod offline;
#[cfg(test)]
mod oidc;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod records;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod running;
#[cfg(test)]
mod staff;
#[cfg(test)]
mod store;
#[cfg(test)]
mod support;
#[cfg(test)]
mod traces;
