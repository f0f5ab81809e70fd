//! Times training steps (forward, backward and AdamW) of an encoder, for `train_step.py` to compare with PyTorch.
//!
//! `train_step DIR SEQUENCES TOKENS THREADS` prints `ready`; then each line `N` on standard input is answered by the
//! seconds that N steps took.

use std::io::BufRead;
use std::path::Path;
use std::time::Instant;

use relat_engine::encoder::{Batch, Mode, load_encoder};
use relat_training::embed::embed_batch;
use relat_training::optimizer::{AdamW, AdamWConfig, Gradient, Update};
use relat_training::rng::Rng;

#[expect(clippy::print_stdout, reason = "the answer")]
fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [dir, sequences, tokens, threads] = args.as_slice() else {
        anyhow::bail!("usage: train_step DIR SEQUENCES TOKENS THREADS");
    };
    let (sequences, tokens): (usize, usize) = (sequences.parse()?, tokens.parse()?);
    rayon::ThreadPoolBuilder::new().num_threads(threads.parse()?).build_global()?;
    let encoder = load_encoder(Path::new(dir))?;
    let mut rng = Rng::new(1, 1);
    let vocab = encoder.config().vocab_size;
    let ids: Vec<Vec<u32>> = (0..sequences)
        .map(|_| (0..tokens).map(|_| u32::try_from(rng.below(vocab)).unwrap_or(0)).collect())
        .collect();
    let batch = Batch::new(ids.iter().map(Vec::as_slice));
    let mut optimizer = AdamW::new(AdamWConfig {
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        weight_decay: 0.01,
        clip_norm: 1.0,
    });
    let variables = encoder.variables();
    let mut step = || -> anyhow::Result<()> {
        let embedded = embed_batch(&encoder, &batch, Mode::Train)?;
        let loss = embedded.affine(1.0, -0.05)?.sqr()?.sum_all()?;
        let mut gradients = loss.backward()?;
        let mut updates = vec![Update {
            name: "words",
            variable: encoder.words(),
            gradient: Gradient::Rows(encoder.words_gradient().take()),
            rate: 1e-5,
        }];
        for (name, variable) in &variables {
            if let Some(gradient) = gradients.remove(variable) {
                updates.push(Update { name, variable, gradient: Gradient::Dense(gradient), rate: 1e-5 });
            }
        }
        optimizer.step(updates)?;
        Ok(())
    };
    step()?;
    println!("ready");
    for line in std::io::stdin().lock().lines() {
        let n: usize = line?.trim().parse()?;
        let start = Instant::now();
        for _ in 0..n {
            step()?;
        }
        println!("{}", start.elapsed().as_secs_f64());
    }
    Ok(())
}
