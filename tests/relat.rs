//! `relat`, built as a program of this crate: cargo tells the tests where it is, and builds it before they run.

fn main() -> std::process::ExitCode {
    relat_server::cli::main()
}
