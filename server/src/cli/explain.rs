//! `relat explain`: the words that a need or a demand was read in.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use relat_engine::explain::{Explanation, Statement};
use relat_engine::{Document, Evidence, Pipeline, Status};
use serde::Serialize;

use super::assess::read_text;
use super::terminal::plain;
use crate::bundle;
use crate::config::Scoring;

/// What to account for.
#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    scoring: Scoring,
    /// A text in UTF-8; `-` is standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Code of a need or a demand that is read in it, such as `housing_arrears`.
    #[arg(value_name = "CODE")]
    code: String,
    /// One JSON object: the code, and each sentence it rests on with its words.
    #[arg(long)]
    json: bool,
}

/// Why there is nothing to show. Holds nothing of the text.
#[derive(Debug, thiserror::Error)]
enum ExplainError {
    #[error("no need or demand has this code: GET /v1/taxonomy, or corpora/taxonomy, lists them")]
    UnknownCode,
    #[error("'{0}' is not read in this text, so there is nothing to explain")]
    NotRead(String),
}

/// The answer of `--json`.
#[derive(Debug, Serialize)]
struct Explained<'a> {
    code: &'a str,
    /// Of a need: the status that it is read in, for which its words speak.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    sentences: Vec<ExplainedSentence>,
}

#[derive(Debug, Serialize)]
struct ExplainedSentence {
    start: usize,
    end: usize,
    #[serde(flatten)]
    explanation: Explanation,
}

pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    options.scoring.choose_kernels()?;
    let pipeline = Pipeline::load(&bundle::locate(options.scoring.model.as_deref())?)?;
    let code = options.code.as_str();
    let taxonomy = pipeline.taxonomy();
    if taxonomy.need(code).is_none() && taxonomy.demand(code).is_none() {
        return Err(ExplainError::UnknownCode.into());
    }
    let text = read_text(&options.file, &options.scoring)?;
    let document = Document::new(text)?;
    let assessment = pipeline.assess_document(&document)?;
    let need = assessment.needs.iter().find(|n| n.code == code);
    let demand = assessment.demands.iter().find(|d| d.code == code);
    let (statement, status, evidence) = match (need, demand) {
        (Some(need), _) => (Statement::Need(code, need.status), Some(need.status), &need.evidence),
        (None, Some(demand)) => (Statement::Demand(code), None, &demand.evidence),
        (None, None) => return Err(ExplainError::NotRead(code.to_owned()).into()),
    };
    let mut sentences = Vec::with_capacity(evidence.len());
    for Evidence { start, end, .. } in evidence.iter().copied() {
        let index = document.sentences().iter().position(|s| s.span.range().contains(&start));
        let index = index.context("BUG: evidence that lies in no sentence")?;
        let explanation = pipeline.explain(&document, index, statement)?;
        sentences.push(ExplainedSentence { start, end, explanation });
    }
    let explained = Explained { code, status, sentences };
    let out = if options.json {
        serde_json::to_string(&explained)? + "\n"
    } else {
        table(document.text(), &explained)
    };
    match io::stdout().write_all(out.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// Each sentence with the words that speak for the code, the one that says most first.
fn table(text: &str, explained: &Explained<'_>) -> String {
    let piece = |start: usize, end: usize| plain(text.get(start..end).unwrap_or_default());
    // In JSON's word, which is the one of the codes.
    let status = match explained.status {
        None => "",
        Some(Status::Present) => " present",
        Some(Status::Absent) => " absent",
        Some(Status::Past) => " past",
        Some(Status::Other) => " other",
    };
    let mut out = String::new();
    for ExplainedSentence { start, end, explanation } in &explained.sentences {
        let p = explanation.probability;
        let _ = writeln!(out, "{}{status} {p:.2}  {}", explained.code, piece(*start, *end));
        let mut words: Vec<&Evidence> = explanation.words.iter().filter(|w| w.probability < p).collect();
        words.sort_by(|a, b| a.probability.total_cmp(&b.probability).then(a.start.cmp(&b.start)));
        for word in words {
            let _ = writeln!(out, "    {:.2} without  {}", word.probability, piece(word.start, word.end));
        }
    }
    out
}
