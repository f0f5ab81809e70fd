//! The worker's pages in a real browser: one service, and a browser for each worker.

mod house;
mod intake;
mod keeping;
mod shell;
