//! Embeddings by the encoder in bytes, for comparison with other engines: answers the protocol of eval/bench/peers.py.
//!
//!     cargo run --release -p relat-engine --example embed -- FOLDER PATH THREADS
//!
//! PATH is the name of a kernel path or `candle`, the reference. Prints "ready", then a line for each line read:
//! `run FILE BATCH` the seconds to embed each line of FILE, `latency FILE` the median seconds of one line at a time,
//! `embed FILE OUT` writes the embeddings as JSON.

#![expect(clippy::print_stdout, reason = "its protocol")]

use std::io::BufRead;
use std::path::Path;
use std::time::Instant;

use relat_engine::encoder::{Batch, Encoder, Mode, QuantisedEncoder, load_encoder, load_tokenizer};
use relat_kernels::Kernels;
use tokenizers::Tokenizer;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Tokens that are read of a text, as the other engines are told to.
const MAX_TOKENS: usize = 256;

enum Engine {
    Reference(Encoder),
    Bytes(QuantisedEncoder),
}

struct Embedder {
    engine: Engine,
    tokenizer: Tokenizer,
    hidden: usize,
    states: relat_kernels::Aligned<f32>,
}

impl Embedder {
    fn embed(&mut self, texts: &[&str]) -> Result<Vec<Vec<f32>>> {
        let encodings = self.tokenizer.encode_batch_fast(texts.to_vec(), true)?;
        let sequences: Vec<&[u32]> = encodings.iter().map(tokenizers::Encoding::get_ids).collect();
        let lengths: Vec<usize> = sequences.iter().map(|s| s.len()).collect();
        let states: Vec<f32>;
        let (states, width) = match &self.engine {
            Engine::Reference(encoder) => {
                states = encoder.forward(&Batch::new(sequences), Mode::Infer)?.flatten_all()?.to_vec1()?;
                (&states[..], self.hidden)
            }
            Engine::Bytes(encoder) => {
                let ids = sequences.concat();
                self.states.resize(ids.len() * encoder.width());
                encoder.forward(&ids, &lengths, &mut self.states)?;
                (&self.states[..], encoder.width())
            }
        };
        let mut start = 0;
        let mut out = Vec::with_capacity(texts.len());
        for length in lengths {
            let mut mean = vec![0.0; self.hidden];
            for row in states[start * width..(start + length) * width].chunks_exact(width) {
                for (sum, x) in mean.iter_mut().zip(row) {
                    *sum += x;
                }
            }
            let norm = mean.iter().map(|x| x * x).sum::<f32>().sqrt();
            mean.iter_mut().for_each(|x| *x /= norm);
            out.push(mean);
            start += length;
        }
        Ok(out)
    }
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, path, threads] = &arguments[..] else {
        return Err("expected FOLDER PATH THREADS".into());
    };
    rayon::ThreadPoolBuilder::new().num_threads(threads.parse()?).build_global()?;
    let encoder = load_encoder(Path::new(folder))?;
    let mut tokenizer = load_tokenizer(Path::new(folder))?;
    tokenizer.with_truncation(Some(tokenizers::TruncationParams {
        max_length: MAX_TOKENS,
        ..tokenizers::TruncationParams::default()
    }))?;
    let hidden = encoder.config().hidden_size;
    let engine = if path == "candle" {
        Engine::Reference(encoder)
    } else {
        Engine::Bytes(encoder.quantised(Kernels::new(path.parse()?)?)?)
    };
    let mut embedder = Embedder { engine, tokenizer, hidden, states: relat_kernels::Aligned::zeros(0) };
    println!("ready");
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let text = std::fs::read_to_string(words.get(1).ok_or("expected a file")?)?;
        let texts: Vec<&str> = text.lines().collect();
        match words[..] {
            ["run", _, batch] => {
                let start = Instant::now();
                let mut order = texts;
                order.sort_by_key(|t| std::cmp::Reverse(t.len()));
                for part in order.chunks(batch.parse()?) {
                    embedder.embed(part)?;
                }
                println!("{}", start.elapsed().as_secs_f64());
            }
            ["latency", _] => {
                let mut seconds = Vec::new();
                for text in texts {
                    let start = Instant::now();
                    embedder.embed(&[text])?;
                    seconds.push(start.elapsed().as_secs_f64());
                }
                seconds.sort_by(f64::total_cmp);
                println!("{}", seconds[seconds.len() / 2]);
            }
            ["embed", _, out] => {
                let mut all = Vec::new();
                for part in texts.chunks(32) {
                    all.extend(embedder.embed(part)?);
                }
                std::fs::write(out, serde_json::to_vec(&all)?)?;
                println!("0");
            }
            _ => return Err("expected run, latency or embed".into()),
        }
    }
    Ok(())
}
