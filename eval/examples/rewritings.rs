//! Writes the rewritings of the corpus as JSON lines, to be read and judged:
//! `cargo run -p relat-eval --example rewritings -- corpora/narratives '{"kind":"gender","scope":"everyone"}'`.

use std::io::Write;
use std::path::Path;

use anyhow::Context;
use relat_engine::Taxonomy;
use relat_eval::corpus;
use relat_eval::counterfactual::{Kind, rewrite};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let dir = arguments.next().context("which folder of records?")?;
    let kind: Kind = serde_json::from_str(&arguments.next().context("which kind, as JSON?")?)?;
    let mut out = std::io::BufWriter::new(std::io::stdout());
    for record in corpus::read_dir(Path::new(&dir), Taxonomy::shipped())? {
        let line = match rewrite(&record, kind) {
            Ok(done) => serde_json::json!({
                "id": record.id, "lang": record.lang, "original": record.text, "text": done.text,
                "sentences": done.sentences,
            }),
            Err(refusal) => serde_json::json!({ "id": record.id, "lang": record.lang, "refusal": refusal }),
        };
        writeln!(out, "{line}")?;
    }
    Ok(())
}
