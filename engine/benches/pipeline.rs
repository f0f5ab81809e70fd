//! Where the time of a narrative goes: segmentation alone, then reading, then the whole path, in one run.
//!
//!     cargo bench -p relat-engine

use std::hint::black_box;
use std::path::Path;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use relat_engine::{Document, Pipeline};

/// A note of some 60 words, as hurried as they come.
const SHORT: &str = "Truca la Sra. Roca, 59 anys. Des del dia 3 fan nit a la furgoneta, aparcada darrere del parc. \
    El marit es beu una ampolla de conyac diària. Fa dos anys va anar al CAS i ho va deixar córrer. També arrosseguen \
    14.000 € de dues targetes. Ella treballa fixa en una residència i cobra 1.180 €. Pregunta on poden dormir aquesta nit.";

fn benches(c: &mut Criterion) {
    for model in ["linear", "default"] {
        bench(c, model);
    }
}

fn bench(c: &mut Criterion, model: &str) {
    let bundle = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models").join(model);
    let pipeline = Pipeline::load(&bundle).expect("the shipped bundles load");
    let long = [SHORT; 12].join("\n");
    let mut group = c.benchmark_group(model);
    for (name, text) in [("short", SHORT), ("long", long.as_str())] {
        let document = Document::new(text).expect("the text is not empty");
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::new("document", name), text, |b, text| {
            b.iter(|| Document::new(black_box(text)));
        });
        group.bench_with_input(BenchmarkId::new("read", name), &document, |b, document| {
            b.iter(|| pipeline.read(black_box(document)));
        });
        group.bench_with_input(BenchmarkId::new("assess", name), text, |b, text| {
            b.iter(|| pipeline.assess(black_box(text)));
        });
        group.bench_with_input(BenchmarkId::new("assess and write JSON", name), text, |b, text| {
            b.iter(|| pipeline.assess(black_box(text)).map(|a| serde_json::to_string(&a)));
        });
    }
    group.finish();
}

criterion_group!(pipeline, benches);
criterion_main!(pipeline);
