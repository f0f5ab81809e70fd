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
fn tensors_of_whole_numbers_or_of_none_are_refused() {
    for name in ARCHITECTURES {
        for (tensor, value) in &load_encoder(&fixture(name)).unwrap().tensors().unwrap() {
            let whole = Tensor::zeros(value.dims(), candle_core::DType::U32, &Device::Cpu).unwrap();
            let dir = changed(name, |t| drop(t.insert(tensor.clone(), whole)));
            let error = load_encoder(dir.path()).unwrap_err();
            let EncoderError::TensorType { path, tensor: got, shape, .. } = &error else { panic!("{error}") };
            assert_eq!((got, shape.as_slice()), (tensor, value.dims()));
            assert_eq!(path, &dir.path().join("model.safetensors"));

            let none = value.affine(0.0, f64::NAN).unwrap();
            let dir = changed(name, |t| drop(t.insert(tensor.clone(), none)));
            let error = load_encoder(dir.path()).unwrap_err();
            assert!(
                matches!(&error, EncoderError::NotFinite { tensor: got, .. } if got == tensor),
                "{error}"
            );
        }
    }
}

#[test]
fn a_broken_file_is_named_whichever_of_its_bytes_is_broken() {
    for name in ARCHITECTURES {
        let dir = changed(name, |_| ());
        let weights = dir.path().join("model.safetensors");
        let bytes = std::fs::read(&weights).unwrap();
        let header = 8 + usize::try_from(u64::from_le_bytes(*bytes.first_chunk().unwrap())).unwrap();
        for at in (0..header).step_by(7).chain(0..16) {
            let mut broken = bytes.clone();
            broken[at] ^= 0x15;
            std::fs::write(&weights, &broken).unwrap();
            if let Err(error) = load_encoder(dir.path()) {
                assert!(error.to_string().contains("model.safetensors"), "{name}, byte {at}: {error}");
            } else {
                // Such as a blank between two names: nothing is another number or of another shape.
                let (got, expected) =
                    (load_encoder(dir.path()).unwrap(), load_encoder(&fixture(name)).unwrap());
                let batch = Batch::new([[3, 4, 5].as_slice()]);
                assert_eq!(states(&got, &batch), states(&expected, &batch), "{name}, byte {at}");
            }
        }
        for length in (0..bytes.len()).step_by(bytes.len() / 40) {
            std::fs::write(&weights, &bytes[..length]).unwrap();
            let error = load_encoder(dir.path()).unwrap_err();
            assert!(
                matches!(&error, EncoderError::Weights { path, .. } if *path == weights),
                "{name}: {error}"
            );
        }
    }
}

#[test]
fn settings_that_no_encoder_has_are_refused_by_name() {
    for name in ARCHITECTURES {
        let dir = changed(name, |_| ());
        let path = dir.path().join("config.json");
        let text = std::fs::read_to_string(&path).unwrap();
        let settings: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
        let distil =
            |bert: &'static str, distil: &'static str| if name == "distilbert" { distil } else { bert };
        let cases = [
            ("vocab_size", "vocab_size", 0u64),
            ("hidden_size", distil("hidden_size", "dim"), 0),
            ("hidden_size", distil("hidden_size", "dim"), 36),
            ("hidden_size", distil("hidden_size", "dim"), 1 << 40),
            ("num_attention_heads", distil("num_attention_heads", "n_heads"), 0),
            ("num_attention_heads", distil("num_attention_heads", "n_heads"), 3),
            ("num_hidden_layers", distil("num_hidden_layers", "n_layers"), 0),
            ("num_hidden_layers", distil("num_hidden_layers", "n_layers"), 1 << 40),
            ("intermediate_size", distil("intermediate_size", "hidden_dim"), 0),
            ("intermediate_size", distil("intermediate_size", "hidden_dim"), 1 << 40),
            ("max_position_embeddings", "max_position_embeddings", 0),
            ("max_position_embeddings", "max_position_embeddings", 1 << 40),
        ];
        for (field, key, value) in cases {
            let mut settings = settings.clone();
            assert!(settings.insert(key.to_owned(), value.into()).is_some(), "{name}: {key}");
            std::fs::write(&path, serde_json::to_string(&settings).unwrap()).unwrap();
            let error = load_encoder(dir.path()).unwrap_err();
            assert!(
                matches!(&error, EncoderError::Unsupported { field: got, path: file, .. } if *got == field && *file == path),
                "{name}, {key} = {value}: {error}"
            );
        }
    }
}

#[test]
fn what_each_layer_of_modern_bert_sees_is_read_in_either_form() {
    let dir = changed("modernbert", |_| ());
    let path = dir.path().join("config.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut settings: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
    let write = |settings: &serde_json::Map<String, serde_json::Value>| {
        std::fs::write(&path, serde_json::to_string(settings).unwrap()).unwrap();
        load_encoder(dir.path())
    };
    let case = cases("modernbert").pop().unwrap();
    let batch = Batch::new([case.ids.as_slice()]);
    let expected = states(&write(&settings).unwrap(), &batch);
    // By number alone, as before transformers 5.
    settings.remove("layer_types");
    assert_eq!(states(&write(&settings).unwrap(), &batch), expected);
    // By neither: one layer in three, as transformers has it.
    settings.remove("global_attn_every_n_layers");
    assert_eq!(states(&write(&settings).unwrap(), &batch), expected);
    // Another number is another model.
    settings.insert("global_attn_every_n_layers".to_owned(), 2.into());
    assert_ne!(states(&write(&settings).unwrap(), &batch), expected);
    settings.insert("layer_types".to_owned(), vec!["full_attention"; 3].into());
    let error = write(&settings).unwrap_err();
    assert!(matches!(error, EncoderError::Unsupported { field: "layer_types", .. }), "{error}");
    settings.insert("layer_types".to_owned(), vec!["chunked_attention"; 4].into());
    assert!(matches!(write(&settings), Err(EncoderError::Config { .. })));
    settings.remove("layer_types");
    let scaled = serde_json::json!({"full_attention": {"rope_theta": 160_000.0, "rope_type": "yarn"}});
    settings.insert("rope_parameters".to_owned(), scaled);
    assert!(matches!(write(&settings), Err(EncoderError::Config { .. })));
}

#[test]
fn positions_of_xlm_roberta_begin_after_the_padding() {
    let encoder = load_encoder(&fixture("xlm-roberta")).unwrap();
    let config = encoder.config();
    assert_eq!((config.first_position(), config.max_tokens()), (2, 40));
    // The first two rows of the table are never read, the third is that of the first token.
    let batch = Batch::new([[3, 4, 5].as_slice()]);
    let moved = |row: usize| {
        let dir = changed("xlm-roberta", |tensors| {
            let name =
                tensors.keys().find(|key| key.ends_with("position_embeddings.weight")).unwrap().clone();
            let (rows, width) = tensors[&name].dims2().unwrap();
            let mut values: Vec<f32> = tensors[&name].flatten_all().unwrap().to_vec1().unwrap();
            values[row * width] += 1.0;
            tensors.insert(name, Tensor::from_vec(values, (rows, width), &Device::Cpu).unwrap());
        });
        states(&load_encoder(dir.path()).unwrap(), &batch)
    };
    let expected = states(&encoder, &batch);
    assert_eq!((moved(0), moved(1)), (expected.clone(), expected.clone()));
    assert_ne!(moved(2), expected);
    assert_eq!(moved(5), expected);
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
