//! Where the time of a narrative goes: each stage as a share of the whole path, asked in turn.
//!
//!     cargo bench -p relat-engine --bench pipeline

mod ratio;

use std::path::Path;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use ratio::{Ratio, compare, criterion};
use relat_engine::{Document, Pipeline};

/// A note of some 60 words, as hurried as they come.
const SHORT: &str = "Truca la Sra. Roca, 59 anys. Des del dia 3 fan nit a la furgoneta, aparcada darrere del parc. \
    El marit es beu una ampolla de conyac diària. Fa dos anys va anar al CAS i ho va deixar córrer. També arrosseguen \
    14.000 € de dues targetes. Ella treballa fixa en una residència i cobra 1.180 €. Pregunta on poden dormir aquesta nit.";

fn benches(c: &mut Criterion<Ratio>) {
    for model in ["linear", "default"] {
        bench(c, model);
    }
}

fn bench(c: &mut Criterion<Ratio>, model: &str) {
    let bundle = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models").join(model);
    let pipeline = Pipeline::load(&bundle).expect("the shipped bundles load");
    let long = [SHORT; 12].join("\n");
    let mut group = c.benchmark_group(format!("{model}, of the whole"));
    for (name, text) in [("short", SHORT), ("long", long.as_str())] {
        let document = Document::new(text).expect("the text is not empty");
        let prepared = pipeline.prepare(text).expect("the text is not empty");
        let assessment = pipeline.infer(&prepared, &|| true).expect("the shipped bundles read");
        let whole = || pipeline.assess(text).map(|a| serde_json::to_string(&a));
        group.bench_function(BenchmarkId::new("segmentation", name), |b| {
            compare(b, || Document::new(text), whole);
        });
        group.bench_function(BenchmarkId::new("segmentation and tokens", name), |b| {
            compare(b, || pipeline.prepare(text), whole);
        });
        group.bench_function(BenchmarkId::new("tokens, encoder, n-grams and heads", name), |b| {
            compare(b, || pipeline.read(&document), whole);
        });
        group.bench_function(BenchmarkId::new("encoder, n-grams, heads and decoding", name), |b| {
            compare(b, || pipeline.infer(&prepared, &|| true), whole);
        });
        group.bench_function(BenchmarkId::new("JSON", name), |b| {
            compare(b, || serde_json::to_string(&assessment), whole);
        });
    }
    group.finish();
}

criterion_group! {
    name = pipeline;
    config = criterion();
    targets = benches
}
criterion_main!(pipeline);
