//! The command line: `relat` demonstrates, `relat serve` serves, `relat assess` reads files, `relat key` keeps keys.

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::config::Config;
use crate::telemetry;

mod assess;
mod explain;
mod key;
mod model;
mod records;
mod serve;
mod settings;
mod terminal;

#[derive(Debug, Parser)]
#[command(name = "relat", version, about = "Reads intake interviews and suggests needs, with their evidence")]
#[command(args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    config: Config,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the page and the API. (`relat` alone does it too, as a demonstration when there is no key.)
    Serve(Box<Config>),
    /// Print every setting that `relat serve` would have, and where it comes from; without secrets.
    Config(Box<Config>),
    /// Read texts from files, or from standard input as `-`.
    Assess(assess::Options),
    /// Say which words of a text a need or a demand was read in: each sentence is read again without each of its words.
    Explain(explain::Options),
    /// Make or change the keys that narratives and names are encrypted with.
    #[command(subcommand)]
    Key(key::Command),
    /// Change the model of a running service, or go back.
    #[command(subcommand)]
    Model(model::Command),
    /// Verify or print the audit.
    #[command(subcommand)]
    Audit(records::Audit),
    /// Write everything that is kept to a file, while the service runs.
    Backup(records::Copy),
    /// Put a backup into an empty database.
    Restore(records::Copy),
    /// Say what the rules of retention would remove, or remove it.
    Retention(records::Retention),
}

/// The whole program.
#[must_use]
pub fn main() -> ExitCode {
    telemetry::hide_panic_messages();
    let program = Cli::command();
    let extended = match settings::extend(&program, std::env::args_os().collect()) {
        Ok(extended) => extended,
        Err(error) => return complain(&error),
    };
    let Cli { command, config } = Cli::parse_from(&extended.arguments);
    let result = match command {
        None => serve::run(&Config { demo: config.demo || !config.storage.has_key(), ..config }),
        Some(Command::Serve(config)) => serve::run(&config),
        Some(Command::Config(_)) => {
            let text = settings::print(&program, &extended);
            std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())
                .map(|()| ExitCode::SUCCESS)
                .map_err(Into::into)
        }
        Some(Command::Assess(options)) => assess::run(&options),
        Some(Command::Explain(options)) => explain::run(&options),
        Some(Command::Key(command)) => key::run(&command),
        Some(Command::Model(command)) => model::run(&command),
        Some(Command::Audit(command)) => records::audit(&command),
        Some(Command::Backup(copy)) => records::backup(&copy),
        Some(Command::Restore(copy)) => records::restore(&copy),
        Some(Command::Retention(rules)) => records::retention(&rules),
    };
    result.unwrap_or_else(|error| complain(&format_args!("{error:#}")))
}

fn complain(what: &dyn std::fmt::Display) -> ExitCode {
    // Standard error may be closed; there is nowhere else to say it.
    drop(std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("relat: {what}\n")));
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn relat_alone_serves_with_the_same_defaults_as_serve() {
        let alone = Cli::parse_from(["relat", "--bind", "127.0.0.1:0"]);
        let Some(Command::Serve(named)) =
            Cli::parse_from(["relat", "serve", "--bind", "127.0.0.1:0"]).command
        else {
            panic!("help: `relat serve` must parse as the serve command");
        };
        assert_eq!(format!("{:?}", alone.config), format!("{named:?}"));
    }
}
