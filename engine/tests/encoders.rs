//! Encoders against `transformers`, on tiny random checkpoints (see fixtures/encoders/make.py), and checkpoints that must
//! not load.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use relat_engine::encoder::{Batch, Encoder, EncoderError, Mode, load_encoder};
use serde::Deserialize;

const ARCHITECTURES: [&str; 4] = ["bert", "distilbert", "xlm-roberta", "modernbert"];

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/encoders").join(name)
}

#[derive(Deserialize)]
struct Case {
    ids: Vec<u32>,
    states: Vec<f32>,
}

fn cases(name: &str) -> Vec<Case> {
    let text = std::fs::read_to_string(fixture(name).join("expected.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn states(encoder: &Encoder, batch: &Batch) -> Vec<f32> {
    encoder.forward(batch, Mode::Infer).unwrap().flatten_all().unwrap().to_vec1().unwrap()
}

#[test]
fn hidden_states_equal_those_of_transformers() {
    for name in ARCHITECTURES {
        let encoder = load_encoder(&fixture(name)).unwrap();
        for case in cases(name) {
            let got = states(&encoder, &Batch::new([case.ids.as_slice()]));
            assert_eq!(got.len(), case.states.len());
            for (a, b) in got.iter().zip(&case.states) {
                assert!((a - b).abs() < 1e-4, "{name}, {} tokens: {a}, transformers {b}", case.ids.len());
            }
        }
    }
}

#[test]
fn a_sequence_among_others_gives_what_it_gives_alone() {
    for name in ARCHITECTURES {
        let encoder = load_encoder(&fixture(name)).unwrap();
        let cases = cases(name);
        let batch = Batch::new(cases.iter().rev().map(|c| c.ids.as_slice()));
        let together = states(&encoder, &batch);
        let alone: Vec<f32> =
            cases.iter().rev().flat_map(|c| states(&encoder, &Batch::new([c.ids.as_slice()]))).collect();
        for (a, b) in together.iter().zip(&alone) {
            assert!((a - b).abs() < 1e-5, "{name}: {a} among others, {b} alone");
        }
    }
}

#[test]
fn training_and_reading_give_the_same_states_and_all_variables_a_gradient() {
    for name in ARCHITECTURES {
        let encoder = load_encoder(&fixture(name)).unwrap();
        let case = cases(name).pop().unwrap();
        let batch = Batch::new([case.ids.as_slice()]);
        let trained = encoder.forward(&batch, Mode::Train).unwrap();
        assert_eq!(trained.flatten_all().unwrap().to_vec1::<f32>().unwrap(), states(&encoder, &batch));
        let loss = trained.sqr().unwrap().sum_all().unwrap();
        let gradients = loss.backward().unwrap();
        for (variable, var) in encoder.variables() {
            let gradient =
                gradients.get(&var).unwrap_or_else(|| panic!("{name}: {variable} has no gradient"));
            let size: f32 = gradient.sqr().unwrap().sum_all().unwrap().to_scalar().unwrap();
            assert!(size > 0.0, "{name}: {variable}");
        }
        let rows = encoder.words_gradient().take().rows;
        let mut ids = case.ids;
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(rows, ids, "{name}");
    }
}

/// A copy of a fixture whose tensors `change` may edit.
fn changed(name: &str, change: impl FnOnce(&mut HashMap<String, Tensor>)) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::copy(fixture(name).join("config.json"), dir.path().join("config.json")).unwrap();
    let path = fixture(name).join("model.safetensors");
    let mut tensors = candle_core::safetensors::load(path, &Device::Cpu).unwrap();
    change(&mut tensors);
    candle_core::safetensors::save(&tensors, dir.path().join("model.safetensors")).unwrap();
    dir
}

#[test]
fn saving_and_loading_changes_nothing() {
    for name in ARCHITECTURES {
        let encoder = load_encoder(&fixture(name)).unwrap();
        let dir = changed(name, |tensors| *tensors = encoder.tensors().unwrap().into_iter().collect());
        let batch = Batch::new([[3, 4, 5].as_slice()]);
        assert_eq!(states(&encoder, &batch), states(&load_encoder(dir.path()).unwrap(), &batch), "{name}");
    }
}

#[test]
fn every_missing_extra_or_misshaped_tensor_is_named_with_its_shapes() {
    for name in ARCHITECTURES {
        let needed = load_encoder(&fixture(name)).unwrap().tensors().unwrap();
        for (tensor, value) in &needed {
            let dir = changed(name, |t| t.retain(|key, _| !key.ends_with(tensor)));
            let Err(EncoderError::MissingTensor { tensor: got, expected, .. }) = load_encoder(dir.path())
            else {
                panic!("{name} loads without {tensor}");
            };
            assert_eq!((&got, expected.as_slice()), (tensor, value.dims()));

            let wrong = Tensor::zeros((3, 1, 2), candle_core::DType::F32, &Device::Cpu).unwrap();
            let dir = changed(name, |t| {
                t.insert(tensor.clone(), wrong);
            });
            let Err(EncoderError::TensorShape { tensor: shaped, expected, got, .. }) =
                load_encoder(dir.path())
            else {
                panic!("{name} loads a misshaped {tensor}");
            };
            assert_eq!(
                (&shaped, expected.as_slice(), got.as_slice()),
                (tensor, value.dims(), &[3, 1, 2][..])
            );
        }
        let dir = changed(name, |t| {
            t.insert("spare".to_owned(), Tensor::zeros(4, candle_core::DType::F32, &Device::Cpu).unwrap());
        });
        let error = load_encoder(dir.path()).unwrap_err();
        assert!(
            matches!(&error, EncoderError::ExtraTensor { tensor, got, .. } if tensor == "spare" && got == &[4]),
            "{error}"
        );
    }
}

#[test]
fn a_file_cut_short_or_an_unknown_setting_is_refused() {
    let dir = changed("bert", |_| ());
    let weights = dir.path().join("model.safetensors");
    let bytes = std::fs::read(&weights).unwrap();
    for length in [0, 5, 100, bytes.len() - 1] {
        std::fs::write(&weights, &bytes[..length]).unwrap();
        assert!(
            matches!(load_encoder(dir.path()), Err(EncoderError::Weights { .. })),
            "cut to {length} bytes"
        );
    }
    let config = dir.path().join("config.json");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replace("\"gelu\"", "\"swish\"")).unwrap();
    let error = load_encoder(dir.path()).unwrap_err();
    assert!(matches!(error, EncoderError::Unsupported { field: "hidden_act", .. }), "{error}");
    std::fs::write(&config, text.replace("\"bert\"", "\"gpt2\"")).unwrap();
    assert!(matches!(load_encoder(dir.path()), Err(EncoderError::Config { .. })));
}

#[test]
fn too_many_tokens_are_an_error() {
    for (name, limit) in [("bert", 40), ("distilbert", 40), ("xlm-roberta", 40), ("modernbert", 40)] {
        let encoder = load_encoder(&fixture(name)).unwrap();
        let ids = vec![3; limit + 1];
        let result = encoder.forward(&Batch::new([ids.as_slice()]), Mode::Infer);
        assert!(matches!(result, Err(EncoderError::TooManyTokens { got: 41, limit: 40 })), "{name}");
        assert!(encoder.forward(&Batch::new([&ids[..limit]]), Mode::Infer).is_ok(), "{name}");
    }
}
