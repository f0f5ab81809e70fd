//! The encoder in bytes against the reference on candle, and against itself on other paths, in other batches and on other
//! numbers of threads.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use relat_engine::bundle::Bundle;
use relat_engine::encoder::{
    Batch, Encoder, EncoderConfig, EncoderError, Mode, QuantisedEncoder, Weights, load_encoder,
};
use relat_engine::model::{Architecture, Context, Model, Sentences};
use relat_engine::reading::Catalogue;
use relat_engine::{Document, Error, Pipeline, Taxonomy};
use relat_kernels::Kernels;

const ARCHITECTURES: [&str; 4] = ["bert", "distilbert", "xlm-roberta", "modernbert"];

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/encoders").join(name)
}

fn encoder(name: &str) -> Encoder {
    load_encoder(&fixture(name)).unwrap()
}

/// Numbers in [-1, 1) that a seed determines.
fn numbers(n: usize, seed: usize) -> impl Iterator<Item = f32> {
    let mut state = (seed as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..n).map(move |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        f32::from(i16::from_le_bytes([state.to_le_bytes()[6], state.to_le_bytes()[7]])) / 32_768.0
    })
}

/// An encoder of random numbers. What tensors it needs is told by the errors of a folder that lacks them.
fn random(model_type: &str, hidden: usize, heads: usize) -> Encoder {
    let config = serde_json::json!({
        "model_type": model_type, "vocab_size": 50, "hidden_size": hidden, "num_hidden_layers": 2,
        "num_attention_heads": heads, "intermediate_size": 2 * hidden + 8, "hidden_act": "gelu",
        "max_position_embeddings": 202, "type_vocab_size": 0, "layer_norm_eps": 1e-5, "pad_token_id": 1,
        "global_attn_every_n_layers": 2, "local_attention": 20,
    });
    let config: EncoderConfig = serde_json::from_value(config).unwrap();
    let mut tensors: BTreeMap<String, Tensor> = BTreeMap::new();
    loop {
        let weights = Weights::from_tensors("random".as_ref(), tensors.clone());
        let (tensor, shape) = match Encoder::from_weights(config.clone(), weights) {
            Ok(encoder) => return encoder,
            Err(EncoderError::MissingTensor { tensor, expected, .. }) => (tensor, expected),
            Err(error) => panic!("{error}"),
        };
        let values = numbers(shape.iter().product(), tensors.len() + hidden);
        let (middle, size) = match shape[..] {
            [_] if tensor.to_lowercase().contains("norm") && tensor.ends_with("weight") => (1.0, 0.1),
            [_] => (0.0, 0.1),
            _ if tensor.contains("embeddings") => (0.0, 1.0),
            [_, inputs] => (0.0, 1.7 / f32::from(u16::try_from(inputs).unwrap()).sqrt()),
            _ => panic!("{tensor} of shape {shape:?}"),
        };
        let values: Vec<f32> = values.map(|x| middle + size * x).collect();
        tensors.insert(tensor, Tensor::from_vec(values, shape, &Device::Cpu).unwrap());
    }
}

fn paths() -> impl Iterator<Item = Kernels> {
    relat_kernels::Path::ALL.into_iter().filter_map(|path| Kernels::new(path).ok())
}

/// Sequences of every length that the fixtures read, and a few times their shortest.
fn sequences() -> Vec<Vec<u32>> {
    let lengths = (1..=40u32).chain([1, 2, 40]);
    lengths.map(|n| (0..n).map(|i| 3 + (i * 7 + n) % 20).collect()).collect()
}

fn states(encoder: &QuantisedEncoder, sequences: &[Vec<u32>]) -> Vec<f32> {
    let ids: Vec<u32> = sequences.concat();
    let lengths: Vec<usize> = sequences.iter().map(Vec::len).collect();
    let mut out = vec![f32::NAN; ids.len() * encoder.width()];
    encoder.forward(&ids, &lengths, &mut out).unwrap();
    out
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|v| v.to_bits()).collect()
}

/// Asserts that the states of some sequences point where those of the reference do.
fn assert_near(name: &str, reference: &Encoder, sequences: &[Vec<u32>]) {
    let quantised = reference.quantised(Kernels::fastest()).unwrap();
    for ids in sequences {
        let batch = Batch::new([ids.as_slice()]);
        let expected = reference.forward(&batch, Mode::Infer).unwrap().to_vec2::<f32>().unwrap();
        let got = states(&quantised, std::slice::from_ref(ids));
        for (got, expected) in got.chunks_exact(quantised.width()).zip(&expected) {
            let (mut dot, mut a2, mut b2) = (0.0, 0.0, 0.0);
            for (a, b) in got.iter().zip(expected) {
                dot += f64::from(*a) * f64::from(*b);
                a2 += f64::from(*a).powi(2);
                b2 += f64::from(*b).powi(2);
            }
            let cosine = dot / (a2 * b2).sqrt();
            assert!(cosine > 0.999, "{name}, {} tokens: {cosine}", ids.len());
            assert!((a2 / b2).sqrt() > 0.98 && (a2 / b2).sqrt() < 1.02, "{name}: {a2} for {b2}");
            assert!(got[quantised.hidden()..].iter().all(|x| x.to_bits() == 0));
        }
    }
}

#[test]
fn states_are_near_those_of_the_reference() {
    for name in ARCHITECTURES {
        assert_near(name, &encoder(name), &sequences());
    }
}

#[test]
fn heads_of_any_size_and_states_of_any_multiple_of_8_are_near_and_repeat_exactly() {
    // More tokens than go through a layer together, in sequences that end within.
    let sequences: Vec<Vec<u32>> = [1, 70, 150, 3, 97, 32]
        .iter()
        .map(|&n: &u32| (0..n).map(|i| 3 + (i * i + n) % 40).collect())
        .collect();
    for (hidden, heads) in [(64, 2), (128, 2), (128, 1), (24, 3), (40, 1), (104, 4)] {
        for model_type in ARCHITECTURES {
            let name = format!("{model_type}, {heads} heads of {}", hidden / heads);
            let reference = random(model_type, hidden, heads);
            assert_near(&name, &reference, &sequences);
            let mut quantised = reference.quantised(Kernels::fastest()).unwrap();
            let alone: Vec<u32> =
                sequences.iter().flat_map(|s| bits(&states(&quantised, std::slice::from_ref(s)))).collect();
            for kernels in paths() {
                quantised = quantised.on(kernels);
                for threads in [1, 3] {
                    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                    let together = pool.install(|| bits(&states(&quantised, &sequences)));
                    assert!(together == alone, "{name} on {} with {threads} threads", kernels.path());
                }
            }
        }
    }
}

#[test]
fn alone_among_others_on_any_path_and_number_of_threads_the_bits_are_the_same() {
    for name in ARCHITECTURES {
        let mut quantised = encoder(name).quantised(Kernels::fastest()).unwrap();
        let sequences = sequences();
        let alone: Vec<u32> =
            sequences.iter().flat_map(|s| bits(&states(&quantised, std::slice::from_ref(s)))).collect();
        for kernels in paths() {
            quantised = quantised.on(kernels);
            for threads in [1, 2, 3, 5] {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                let together = pool.install(|| bits(&states(&quantised, &sequences)));
                assert!(together == alone, "{name} on {} with {threads} threads", kernels.path());
            }
        }
    }
}

#[test]
fn what_the_model_cannot_read_is_an_error() {
    for name in ARCHITECTURES {
        let quantised = encoder(name).quantised(Kernels::fastest()).unwrap();
        let mut out = vec![0.0; 41 * quantised.width()];
        let long = quantised.forward(&[3; 41], &[41], &mut out);
        assert!(matches!(long, Err(EncoderError::TooManyTokens { limit: 40, got: 41 })), "{name}");
        let unknown = quantised.forward(&[3, 1 << 20], &[2], &mut out[..2 * quantised.width()]);
        assert!(matches!(unknown, Err(EncoderError::UnknownToken { got, .. }) if got == 1 << 20), "{name}");
    }
}

/// A text of many windows.
fn long_text() -> String {
    "Fa tres mesos que no paga el lloguer i ha rebut una carta del jutjat. No té feina. ".repeat(200)
}

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/default")
}

#[test]
fn a_long_text_has_the_same_bits_read_in_parts_or_at_once() {
    let bundle = Bundle::open(&shipped()).unwrap();
    let catalogue = Catalogue::of(Taxonomy::shipped());
    let model = Model::load(&bundle, Architecture::Joint, catalogue).unwrap();
    let Sentences::Joint(joint) = &model.sentences else { unreachable!() };
    let Context::Quantised(reader) = &joint.encoder else { unreachable!() };
    let document = Document::new(long_text()).unwrap();
    let windows = joint.encoder.windows(&document).unwrap();
    assert!(windows.len() > 8, "help: {} windows are few", windows.len());
    for n in [1, 4, 5, windows.len()] {
        let at_once = reader.read(&windows[..n]).unwrap();
        let parts = joint.encoder.read_while(&windows[..n], &|| true).unwrap();
        assert!(bits(&at_once.values) == bits(&parts.values), "{n} windows");
    }
}

#[test]
fn reading_ends_soon_after_nobody_waits_for_it() {
    let pipeline = Pipeline::load(&shipped()).unwrap();
    let prepared = pipeline.prepare(&long_text()).unwrap();
    let asked = Cell::new(0);
    let whole = pipeline.infer(&prepared, &|| {
        asked.set(asked.get() + 1);
        true
    });
    let all = asked.replace(0);
    assert!(whole.is_ok() && all > 1, "help: it asked {all} times whether somebody waits");
    let given_up = pipeline.infer(&prepared, &|| {
        asked.set(asked.get() + 1);
        false
    });
    assert!(matches!(given_up, Err(Error::Cancelled)));
    assert_eq!(asked.get(), 1, "help: the first time that it asks, it ends");
}
