//! The encoder by paths, as ratios: whole, against candle in single precision, and its kernels, against the portable path.
//!
//!     cargo bench -p relat-engine --bench encoder

#![expect(clippy::unwrap_used, reason = "a bench")]

mod ratio;

use std::path::Path;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use ratio::{Ratio, compare, criterion};
use relat_engine::Taxonomy;
use relat_engine::bundle::Bundle;
use relat_engine::encoder::{Batch, Encoder, Mode, SentenceEncoder, load_encoder};
use relat_engine::logits::Outputs;
use relat_engine::reading::Catalogue;
use relat_kernels::{
    Activations, Attention, AttentionBuffers, Heads, Kernels, Linear, Norm, Then, add_norm, attend, linear,
    quantise,
};

/// Tokens of the texts that peers are asked to read too.
const LENGTHS: [usize; 3] = [59, 126, 236];

fn paths() -> impl Iterator<Item = Kernels> {
    relat_kernels::Path::ALL.into_iter().filter_map(|path| Kernels::new(path).ok())
}

fn encoders(c: &mut Criterion<Ratio>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let bundle = Bundle::open(&folder.join("../models/default")).unwrap();
    let shipped = SentenceEncoder::load(&bundle, Outputs(Catalogue::of(Taxonomy::shipped()))).unwrap();
    whole(c, "default, against candle", shipped.encoder(), &LENGTHS);
    // A tiny one: what the numbers between the products cost, and the architecture that no bundle has.
    let modern = load_encoder(&folder.join("tests/fixtures/encoders/modernbert")).unwrap();
    whole(c, "tiny ModernBERT, against candle", &modern, &[40]);
}

fn whole(c: &mut Criterion<Ratio>, name: &str, reference: &Encoder, lengths: &[usize]) {
    let mut group = c.benchmark_group(name);
    for &tokens in lengths {
        let ids: Vec<u32> = (10u32..).take(tokens).map(|id| id % 50).collect();
        let batch = Batch::new([ids.as_slice()]);
        for kernels in paths() {
            let encoder = reference.quantised(kernels).unwrap();
            let mut out = vec![0.0; tokens * encoder.width()];
            group.bench_function(BenchmarkId::new(kernels.path().name(), tokens), |b| {
                compare(
                    b,
                    || encoder.forward(&ids, &[tokens], &mut out),
                    || reference.forward(&batch, Mode::Infer),
                );
            });
        }
    }
    group.finish();
}

fn kernels(c: &mut Criterion<Ratio>) {
    const ROWS: usize = 96;
    let numbers =
        |n: usize| -> Vec<f32> { (0u16..251).cycle().take(n).map(|i| f32::from(i) / 125.0 - 1.0).collect() };
    let portable = Kernels::new(relat_kernels::Path::Portable).unwrap();
    let mut group = c.benchmark_group("kernels, against the portable path");
    for kernels in paths() {
        let layer = |kernels: Kernels, inputs: usize, outputs: usize, then: Then| {
            let layer = Linear::new(&numbers(inputs * outputs), &numbers(outputs), inputs);
            let (mut x, mut out) = (Activations::default(), vec![0.0; ROWS * layer.width()]);
            quantise(kernels, &numbers(ROWS * inputs), inputs, &mut x);
            move || linear(kernels, &x, &layer, then, &mut out)
        };
        let name = kernels.path().name();
        for (inputs, outputs, then) in
            [(384, 1536, Then::Gelu), (1536, 384, Then::Keep), (384, 1152, Then::Keep)]
        {
            group.bench_function(BenchmarkId::new(format!("linear {inputs} to {outputs}"), name), |b| {
                compare(b, layer(kernels, inputs, outputs, then), layer(portable, inputs, outputs, then));
            });
        }
        for window in [None, Some(64)] {
            let attention = Attention { heads: Heads { count: 12, size: 32 }, window };
            let (tokens, width) = (236, attention.heads.width());
            let qkv = numbers(tokens * 3 * width);
            let run = |kernels: Kernels| {
                let (mut buffers, mut out) = (AttentionBuffers::default(), vec![0.0; tokens * width]);
                let qkv = &qkv;
                move || attend(kernels, (qkv, attention), 0..tokens, &mut buffers, &mut out)
            };
            let what = window.map_or("attention".to_owned(), |w| format!("attention, {w} on either side"));
            group.bench_function(BenchmarkId::new(what, name), |b| compare(b, run(kernels), run(portable)));
        }
        let norm = Norm::new(&numbers(384), &numbers(384), 1e-12);
        let run = |kernels: Kernels| {
            let (mut x, y, mut out) = (numbers(ROWS * 384), numbers(ROWS * 384), Activations::default());
            let norm = &norm;
            move || add_norm(kernels, &mut x, &y, norm, &mut out)
        };
        group.bench_function(BenchmarkId::new("norm", name), |b| compare(b, run(kernels), run(portable)));
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = criterion();
    targets = encoders, kernels
}
criterion_main!(benches);
