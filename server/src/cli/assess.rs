//! `relat assess`: files in, one assessment each out, in order.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;

use clap::{Args, ValueEnum};
use relat_engine::{Assessment, Language, Pipeline};
use serde_json::json;

use super::terminal::{self, Style};
use crate::bundle;
use crate::config::Scoring;

/// What to read, and how to show it.
#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    scoring: Scoring,
    /// Texts in UTF-8, one interview a file; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// One JSON object a line, a line a file, in order: the API's answer. A file that cannot be read has a line with
    /// an `error`.
    #[arg(long)]
    json: bool,
    /// Language of the labels; that of each text without it.
    #[arg(long, value_name = "LANG", conflicts_with = "json")]
    lang: Option<LabelLanguage>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LabelLanguage {
    Ca,
    Es,
    En,
}

/// Why a file has no assessment. Holds nothing of its text.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileError {
    #[error("cannot be read: {0}")]
    Read(#[source] io::Error),
    #[error("longer than {limit} bytes: split it, or raise the limit with --max-bytes")]
    TooLong { limit: usize },
    #[error("more than {limit} characters: split it, or raise the limit with --max-chars")]
    TooManyCharacters { limit: usize },
    #[error(transparent)]
    Engine(#[from] relat_engine::Error),
    #[error("the model failed on this text: please report it, with the version")]
    Panicked,
}

impl FileError {
    fn code(&self) -> &'static str {
        match self {
            Self::Read(_) => "io",
            Self::TooLong { .. } => "text_too_long",
            Self::TooManyCharacters { .. } => "too_many_characters",
            Self::Engine(error) => error.code(),
            Self::Panicked => "internal",
        }
    }
}

/// A text and what was read in it.
type Outcome = Result<(String, Assessment), FileError>;

pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    options.scoring.choose_kernels()?;
    let pipeline = Pipeline::load(&bundle::locate(options.scoring.model.as_deref())?)?;
    let style = Style::of_stdout();
    let mut all_read = true;
    let mut first = true;
    let shown = in_order(options, &pipeline, |file, outcome| {
        let name = file.display();
        if let Err(error) = &outcome {
            all_read = false;
            writeln!(io::stderr(), "relat: {name}: {error} [{}]", error.code()).ok();
        }
        let mut out = io::stdout().lock();
        if options.json {
            let line = match &outcome {
                Ok((_, assessment)) => serde_json::to_string(assessment)?,
                Err(e) => {
                    let file = name.to_string();
                    json!({ "error": { "code": e.code(), "message": e.to_string(), "file": file } })
                        .to_string()
                }
            };
            return writeln!(out, "{line}");
        }
        let Ok((text, assessment)) = outcome else { return Ok(()) };
        if !std::mem::take(&mut first) {
            writeln!(out)?;
        }
        let language = options.lang.map_or(assessment.language, |lang| match lang {
            LabelLanguage::Ca => Language::Ca,
            LabelLanguage::Es => Language::Es,
            LabelLanguage::En => Language::En,
        });
        let title = (options.files.len() > 1).then(|| name.to_string());
        out.write_all(terminal::render(title.as_deref(), &text, &assessment, (language, style)).as_bytes())
    });
    match shown {
        // Whoever reads the output has enough, as `head` has.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        other => other?,
    }
    Ok(if all_read { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Reads the files on a few threads, and shows them in the order they were named.
fn in_order(
    options: &Options,
    pipeline: &Pipeline,
    mut show: impl FnMut(&Path, Outcome) -> io::Result<()>,
) -> io::Result<()> {
    let files = &options.files;
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(4).min(files.len());
    let next = AtomicUsize::new(0);
    let (send, receive) = sync_channel(threads);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (send, next) = (send.clone(), &next);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(file) = files.get(index) else { return };
                    // The receiver has gone when the output has been closed.
                    if send.send((index, assess(file, &options.scoring, pipeline))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(send);
        let mut early = BTreeMap::new();
        let mut expected = files.iter().enumerate();
        let receive = receive;
        for (index, outcome) in &receive {
            early.insert(index, outcome);
            while let Some((index, file)) = expected.clone().next() {
                let Some(outcome) = early.remove(&index) else { break };
                expected.next();
                show(file, outcome)?;
            }
        }
        Ok(())
    })
}

fn assess(file: &Path, limits: &Scoring, pipeline: &Pipeline) -> Outcome {
    let text = read_text(file, limits)?;
    // The pipeline keeps no state between texts, so that nothing half done is seen after a panic.
    let assessment =
        catch_unwind(AssertUnwindSafe(|| pipeline.assess(&text))).map_err(|_| FileError::Panicked)??;
    Ok((text, assessment))
}

/// The text of a file, or of standard input for `-`, within the limits.
pub(super) fn read_text(file: &Path, limits: &Scoring) -> Result<String, FileError> {
    let max_bytes = limits.max_bytes;
    let bytes = if file == Path::new("-") {
        read(io::stdin().lock(), max_bytes)?
    } else {
        read(File::open(file).map_err(FileError::Read)?, max_bytes)?
    };
    let text = String::from_utf8(bytes)
        .map_err(|e| relat_engine::Error::NotUtf8 { valid_up_to: e.utf8_error().valid_up_to() })?;
    if text.chars().count() > limits.max_chars {
        return Err(FileError::TooManyCharacters { limit: limits.max_chars });
    }
    Ok(text)
}

fn read(from: impl Read, max_bytes: usize) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    let most = u64::try_from(max_bytes).unwrap_or(u64::MAX).saturating_add(1);
    from.take(most).read_to_end(&mut bytes).map_err(FileError::Read)?;
    if bytes.len() > max_bytes { Err(FileError::TooLong { limit: max_bytes }) } else { Ok(bytes) }
}

impl Style {
    /// Colour on a terminal, unless `NO_COLOR` is set (<https://no-color.org>).
    fn of_stdout() -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        if io::stdout().is_terminal() && !refused && !dumb { Self::Colour } else { Self::Plain }
    }
}
