//! Settings from a file, under those of the environment and of the command line; and all of them, to be read.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

/// What is printed in the place of a secret.
const HIDDEN: &str = "[hidden]";

/// Settings of which only one can hold: who names one on the command line does not want the file's other.
const RIVALS: [(&str, &str); 2] = [("data", "database"), ("database", "data")];

/// Why a file of settings is not taken. No value of it is told: one may be a secret.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// It cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The operating system's answer.
        #[source]
        source: std::io::Error,
    },
    /// It is not TOML.
    #[error("{}:{line}: not TOML: write one `name = value` a line", path.display())]
    NotToml {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
    },
    /// There is no setting of this name.
    #[error("{}: there is no setting '{name}': `relat serve --help` names them, without the dashes", path.display())]
    Unknown {
        /// The file.
        path: PathBuf,
        /// As it is written there.
        name: String,
    },
    /// A value that is neither text, nor a whole number, nor true or false.
    #[error("{}: the value of '{name}' must be text, a whole number, true or false", path.display())]
    Value {
        /// The file.
        path: PathBuf,
        /// The setting.
        name: String,
    },
}

/// The arguments with those of the file behind them, and which the file's are.
pub(super) struct Extended {
    pub(super) arguments: Vec<OsString>,
    pub(super) from_file: BTreeSet<String>,
}

/// Adds the settings of the file that is named, where neither the command line nor the environment says otherwise.
pub(super) fn extend(program: &Command, arguments: Vec<OsString>) -> Result<Extended, Error> {
    let mut extended = Extended { arguments, from_file: BTreeSet::new() };
    let Ok(matches) = program.clone().try_get_matches_from(&extended.arguments) else {
        // What is wrong is told when it is parsed in earnest.
        return Ok(extended);
    };
    let (command, matches) = innermost(program, &matches);
    let Ok(Some(path)) = matches.try_get_one::<PathBuf>("config") else { return Ok(extended) };
    let known: BTreeSet<&str> = program
        .find_subcommand("serve")
        .map(|serve| serve.get_arguments().filter_map(Arg::get_long).collect())
        .unwrap_or_default();
    for (name, value) in read(path)? {
        if !known.contains(name.as_str()) || name == "config" {
            return Err(Error::Unknown { path: path.clone(), name });
        }
        let Some(argument) = command.get_arguments().find(|a| a.get_long() == Some(&name)) else { continue };
        let rival = RIVALS.iter().find(|(one, _)| *one == name).map(|(_, other)| *other);
        if is_said(matches, argument.get_id().as_str()) || rival.is_some_and(|other| is_said(matches, other))
        {
            continue;
        }
        let flag = match value {
            toml::Value::Boolean(false) => continue,
            toml::Value::Boolean(true) => format!("--{name}"),
            toml::Value::Integer(number) => format!("--{name}={number}"),
            toml::Value::String(text) => format!("--{name}={text}"),
            _ => return Err(Error::Value { path: path.clone(), name }),
        };
        extended.arguments.push(flag.into());
        extended.from_file.insert(name);
    }
    Ok(extended)
}

fn innermost<'a>(command: &'a Command, matches: &'a ArgMatches) -> (&'a Command, &'a ArgMatches) {
    match matches.subcommand() {
        Some((name, inner)) => match command.find_subcommand(name) {
            Some(command) => innermost(command, inner),
            None => (command, matches),
        },
        None => (command, matches),
    }
}

fn is_said(matches: &ArgMatches, id: &str) -> bool {
    let known = matches.try_contains_id(id).is_ok();
    known && matches!(matches.value_source(id), Some(ValueSource::CommandLine | ValueSource::EnvVariable))
}

fn read(path: &Path) -> Result<toml::Table, Error> {
    let text =
        std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    text.parse::<toml::Table>().map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        Error::NotToml { path: path.to_owned(), line: before.matches('\n').count() + 1 }
    })
}

/// Every setting with where it comes from, as a file of settings; secrets are not in it.
pub(super) fn print(program: &Command, extended: &Extended) -> String {
    let mut text = String::new();
    let Ok(matches) = program.clone().try_get_matches_from(&extended.arguments) else { return text };
    let (command, matches) = innermost(program, &matches);
    for argument in command.get_arguments() {
        let Some(name) = argument.get_long().filter(|name| !["help", "version", "config"].contains(name))
        else {
            continue;
        };
        let id = argument.get_id().as_str();
        let origin = match matches.value_source(id) {
            _ if extended.from_file.contains(name) => "file",
            Some(ValueSource::CommandLine) => "command line",
            Some(ValueSource::EnvVariable) => "environment",
            _ => "default",
        };
        let value = matches.get_raw(id).and_then(|mut raw| raw.next()).map(|raw| raw.to_string_lossy());
        let line = match value {
            None => format!("# {name} is not set"),
            Some(_) if argument.is_hide_env_values_set() => format!("# {name} = \"{HIDDEN}\""),
            Some(value) => format!("{name} = {}", written(&value)),
        };
        writeln!(text, "{line}  # {origin}").ok();
    }
    text
}

fn written(value: &str) -> String {
    let is_bare = value.parse::<i64>().is_ok() || value.parse::<bool>().is_ok();
    if is_bare { value.to_owned() } else { toml::Value::String(value.to_owned()).to_string() }
}
