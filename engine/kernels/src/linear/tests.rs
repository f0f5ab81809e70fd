use proptest::prelude::*;

use super::*;
use crate::path::{Kernels, Path};
use crate::{Norm, add_norm, quantise};

/// Numbers with what breaks careless arithmetic among them.
pub(crate) fn numbers(n: usize, seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let special = seed % 7;
    (0..n)
        .map(|i| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            #[expect(clippy::cast_precision_loss, reason = "of a test")]
            let x = (state >> 40) as f32 / 8_388_608.0 - 1.0;
            match special {
                0 => 0.0,
                1 => x * 1e-41,
                2 if i == n / 2 => 3e30,
                3 if x > 0.0 => 1.0,
                3 => -1.0,
                4 => x * 1e6,
                _ => x,
            }
        })
        .collect()
}

pub(crate) fn supported() -> impl Iterator<Item = Kernels> {
    Path::ALL.into_iter().filter_map(|path| Kernels::new(path).ok())
}

pub(crate) fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|v| v.to_bits()).collect()
}

fn portable() -> Kernels {
    Kernels::new(Path::Portable).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_path_gives_the_bits_of_the_portable_one(
        rows in 1usize..20, inputs in 1usize..20, outputs in 1usize..150, seed in any::<u64>(), then in any::<bool>(),
    ) {
        let inputs = inputs * 16;
        let then = if then { Then::Gelu } else { Then::Keep };
        let layer = Linear::new(&numbers(outputs * inputs, seed), &numbers(outputs, seed / 7), inputs);
        let x = numbers(rows * inputs, seed / 49);
        let run = |kernels| {
            let (mut a, mut out) = (Activations::default(), vec![f32::NAN; rows * layer.width()]);
            quantise(kernels, &x, inputs, &mut a);
            linear(kernels, &a, &layer, then, &mut out);
            bits(&out)
        };
        let expected = run(portable());
        for kernels in supported() {
            prop_assert_eq!(&run(kernels), &expected, "{}", kernels.path());
        }
    }

    #[test]
    fn quantisation_and_layer_norm_have_the_same_bits_on_every_path(
        rows in 1usize..9, hidden in 1usize..100, seed in any::<u64>(),
    ) {
        let hidden = hidden * 8;
        let norm = Norm::new(&numbers(hidden, seed / 7), &numbers(hidden, seed / 49), 1e-12);
        let pad = |v: Vec<f32>| -> Vec<f32> {
            v.chunks(hidden).flat_map(|r| r.iter().copied().chain(vec![0.0; norm.width() - hidden])).collect()
        };
        let (x, y) = (pad(numbers(rows * hidden, seed)), pad(numbers(rows * hidden, seed / 3)));
        let run = |kernels: Kernels| {
            let (mut x, mut a) = (x.clone(), Activations::default());
            add_norm(kernels, &mut x, &y, &norm, &mut a);
            let offset = match kernels.path() {
                Path::Portable | Path::Avx2 => 0,
                Path::AvxVnni | Path::Avx512Vnni | Path::Amx => 128,
            };
            // The last rows only fill a tile: nothing is written there.
            let used = a.bytes.chunks(a.stride).take(a.rows()).flat_map(|row| &row[..norm.width()]);
            let bytes: Vec<u8> = used.map(|b| b ^ offset).collect();
            let rows: Vec<_> = a.rows.iter().map(|r| (r.scale.to_bits(), r.middle.to_bits())).collect();
            (bits(&x), bytes, rows)
        };
        let expected = run(portable());
        for kernels in supported() {
            prop_assert!(run(kernels) == expected, "{}", kernels.path());
        }
    }

    #[test]
    fn the_product_is_near_the_one_of_real_numbers(
        rows in 1usize..8, inputs in 1usize..9, outputs in 1usize..40, seed in any::<u64>(),
    ) {
        let inputs = inputs * 16;
        let seed = seed / 7 * 7 + 5;
        let (weight, x) = (numbers(outputs * inputs, seed), numbers(rows * inputs, seed + 7));
        let bias = numbers(outputs, seed + 14);
        let layer = Linear::new(&weight, &bias, inputs);
        let (mut a, mut out) = (Activations::default(), vec![0.0; rows * layer.width()]);
        quantise(Kernels::fastest(), &x, inputs, &mut a);
        linear(Kernels::fastest(), &a, &layer, Then::Keep, &mut out);
        for i in 0..rows {
            for o in 0..outputs {
                let products = (0..inputs).map(|k| f64::from(weight[o * inputs + k]) * f64::from(x[i * inputs + k]));
                let expected = products.sum::<f64>() + f64::from(bias[o]);
                let got = f64::from(out[i * layer.width() + o]);
                // Numbers of at most 1 with errors of at most 1/254 and 1/254 each.
                #[expect(clippy::cast_precision_loss, reason = "of a test")]
                let bound = inputs as f64 * 2.1 / 254.0;
                prop_assert!((got - expected).abs() < bound, "{got} for {expected}");
            }
            for o in outputs..layer.width() {
                prop_assert_eq!(out[i * layer.width() + o].to_bits(), 0);
            }
        }
    }
}

#[test]
fn extremes_of_the_bytes_are_exact() {
    // All activations and weights at their limits: where careless kernels saturate.
    let inputs = 1536;
    for (w, x) in [(1.0f32, 1.0f32), (-1.0, 1.0), (1.0, -1.0), (-1.0, -1.0)] {
        let layer = Linear::new(&vec![w; 16 * inputs], &[0.0; 16], inputs);
        // One number of the other sign makes the middle 0.
        let mut row = vec![x; inputs];
        row[7] = -x;
        for kernels in supported() {
            let (mut a, mut out) = (Activations::default(), vec![0.0; 16]);
            quantise(kernels, &row, inputs, &mut a);
            linear(kernels, &a, &layer, Then::Keep, &mut out);
            for got in out {
                assert!((got - w * x * 1534.0).abs() < 1e-3, "{}: {got}", kernels.path());
            }
        }
    }
}
