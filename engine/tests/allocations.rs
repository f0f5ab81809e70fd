//! How often a text asks for memory, once one as long was read: the encoder never, the rest of the way to an assessment not
//! for each token.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::path::{Path, PathBuf};

use relat_engine::bundle::Bundle;
use relat_engine::encoder::{SentenceEncoder, SentenceReader, load_encoder};
use relat_engine::linear::sentence::{BESIDE, SentenceModel};
use relat_engine::logits::Outputs;
use relat_engine::reading::Catalogue;
use relat_engine::{Document, Pipeline, Taxonomy};
use relat_kernels::Kernels;

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Runs `f` on one thread, for threads that wait for each other ask for memory of their own: once to warm up, then counted.
fn counted<R>(mut f: impl FnMut() -> R + Send) -> u64 {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    pool.install(|| {
        f();
        allocation_counter::measure(|| drop(f())).count_total
    })
}

#[test]
fn the_second_text_asks_the_encoder_for_no_memory() {
    for name in ["bert", "distilbert", "xlm-roberta", "modernbert"] {
        let folder = here().join("tests/fixtures/encoders").join(name);
        let mut encoder = load_encoder(&folder).unwrap().quantised(Kernels::fastest()).unwrap();
        let ids: Vec<u32> = (0..2000).map(|i| 3 + i % 20).collect();
        let lengths = [40; 50];
        let mut out = vec![0.0; ids.len() * encoder.width()];
        for path in relat_kernels::Path::ALL {
            let Ok(kernels) = Kernels::new(path) else { continue };
            encoder = encoder.on(kernels);
            let count = counted(|| encoder.forward(&ids, &lengths, &mut out).unwrap());
            assert_eq!(count, 0, "{name} on {path}");
        }
    }
}

/// Sentences of a number of words each.
fn text(sentences: usize, words: usize) -> String {
    let word =
        ["lloguer", "furgoneta", "ingressos", "germà", "residència", "dèficit", "pensió", "telefònica"];
    let sentence = |s: usize| {
        let words: Vec<&str> = (0..words).map(|w| word[(s * 3 + w * 5) % word.len()]).collect();
        format!("Avui el {}.", words.join(" "))
    };
    (0..sentences).map(sentence).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_longer_sentence_asks_for_no_more_memory_than_a_short_one() {
    let taxonomy = Taxonomy::shipped();
    let catalogue = Catalogue::of(taxonomy);
    let bundle = Bundle::open(&here().join("../models/default")).unwrap();
    let encoder = SentenceEncoder::load(&bundle, Outputs(catalogue)).unwrap();
    let reader = SentenceReader::new(&encoder, Kernels::fastest()).unwrap();
    let ngrams = SentenceModel::load(&bundle, BESIDE, catalogue).unwrap();
    let counts = |words: usize| {
        let text = text(12, words);
        let document = Document::new(text.as_str()).unwrap();
        assert_eq!(document.sentences().len(), 12);
        [
            ("segmentation", counted(|| Document::new(text.as_str()).unwrap())),
            ("tokens", counted(|| reader.windows(&document).unwrap())),
            ("n-grams", counted(|| ngrams.logits(&document))),
        ]
    };
    let (short, long) = (counts(4), counts(40));
    println!("{short:?} for 4 words a sentence, {long:?} for 40");
    for ((stage, short), (_, long)) in short.into_iter().zip(long) {
        // Ten times the tokens: lists that grow by doubling ask a few times more, and no stage for each token.
        assert!(long <= short + 24, "{stage}: {short} times for 4 words a sentence, {long} for 40");
        assert!(short <= 12 * 8, "{stage}: {short} times for 12 sentences");
    }
}

#[test]
fn loading_and_assessing_need_less_than_200_megabytes_beside_the_weights() {
    let folder = here().join("../models/default");
    let size = |file: &str| std::fs::metadata(folder.join(file)).unwrap().len();
    let weights = size("model.safetensors") + size("ngrams.safetensors");
    let text = text(40, 12);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let used = pool.install(|| {
        allocation_counter::measure(|| {
            let pipeline = Pipeline::load(&folder).unwrap();
            drop(pipeline.assess(&text).unwrap());
        })
    });
    println!("{} bytes at most, of which {weights} weights as stored", used.bytes_max);
    assert!(used.bytes_max < weights + 200_000_000, "{} bytes at most", used.bytes_max);
}

#[test]
fn a_whole_assessment_asks_for_no_more_memory_than_its_parts() {
    let pipeline = Pipeline::load(&here().join("../models/default")).unwrap();
    let count = |words: usize| {
        let text = text(12, words);
        counted(|| serde_json::to_string(&pipeline.assess(&text).unwrap()).unwrap())
    };
    let (short, long) = (count(4), count(40));
    println!("{short} times for 12 sentences of 4 words, {long} of 40");
    // 12 sentences of 4 words asked for some 2,700 with a string or more for each token; what is left is the answer.
    assert!(short < 1_200 && long < 1_200, "{short} times for 12 sentences of 4 words, {long} of 40");
}
