//! How long a text takes that is being written: at the end of each of its sentences, read from its beginning and read with
//! a memory of what was read before; the first sentence apart; and the whole text when it is read once more to be kept.
//!
//!     RAYON_NUM_THREADS=1 cargo run --release -p relat-engine --example typing -- models/default corpora/narratives EVERY

#![expect(clippy::print_stdout, reason = "a program that prints")]

use std::path::PathBuf;
use std::time::Instant;

use relat_engine::{Document, Memory, Pipeline};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(model), Some(corpus)) = (arguments.next(), arguments.next()) else {
        return Err("typing MODEL CORPUS [EVERY]".into());
    };
    let every = arguments.next().map_or(Ok(1), |every| every.parse())?;
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(corpus)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    let mut texts = Vec::new();
    for file in files {
        for line in std::fs::read_to_string(file)?.lines() {
            let record: serde_json::Value = serde_json::from_str(line)?;
            texts.extend(record.get("text").and_then(|text| text.as_str()).map(str::to_owned));
        }
    }
    let model = PathBuf::from(model);
    let fresh = Pipeline::load(&model)?;
    let (mut first, mut from_start, mut remembered, mut again) = (vec![], vec![], vec![], vec![]);
    let (mut found, mut missed) = (0, 0);
    let texts: Vec<String> = texts.into_iter().step_by(every).collect();
    if let Some(text) = texts.first() {
        // The first reading of all asks for memory.
        fresh.assess(text)?;
    }
    let mut remembering = Pipeline::load(&model)?;
    for text in &texts {
        remembering = remembering.remembering(Memory::new(1 << 21));
        let document = Document::new(text.as_str())?;
        for (i, sentence) in document.sentences().iter().enumerate() {
            let Some(pause) = text.get(..sentence.span.end) else { continue };
            let time = |pipeline: &Pipeline| -> Result<f64, relat_engine::Error> {
                let start = Instant::now();
                pipeline.assess(pause)?;
                Ok(start.elapsed().as_secs_f64() * 1000.0)
            };
            let whole = time(&fresh)?;
            if i == 0 {
                first.push(whole);
            }
            from_start.push(whole);
            remembered.push(time(&remembering)?);
        }
        let start = Instant::now();
        remembering.assess(text)?;
        again.push(start.elapsed().as_secs_f64() * 1000.0);
        let (f, m) = remembering.memory().map(Memory::asked).unwrap_or_default();
        (found, missed) = (found + f, missed + m);
    }
    println!("{} texts, {} pauses, found {found}, read {missed}", texts.len(), from_start.len());
    for (name, times) in [
        ("first sentence", &mut first),
        ("each pause, from the beginning", &mut from_start),
        ("each pause, remembering", &mut remembered),
        ("kept after the last pause", &mut again),
    ] {
        let sum: f64 = times.iter().sum();
        times.sort_by(f64::total_cmp);
        let at = |part: f64| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "a place within the list"
            )]
            let place = ((times.len().saturating_sub(1)) as f64 * part) as usize;
            times.get(place).copied().unwrap_or_default()
        };
        println!("{name}: median {:.2} ms, 95 % {:.2} ms, all {:.0} ms", at(0.5), at(0.95), sum);
    }
    Ok(())
}
