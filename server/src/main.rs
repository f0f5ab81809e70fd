//! The `relat` program.

fn main() -> std::process::ExitCode {
    relat_server::cli::main()
}
