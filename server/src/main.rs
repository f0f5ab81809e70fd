//! The `relat` program.

fn main() {}
