//! The worker's pages in a real browser: one service, and a browser for each worker.

mod decide;
mod demo;
mod desk;
mod house;
mod intake;
mod keeping;
mod looks;
mod shell;
mod together;
mod waits;
