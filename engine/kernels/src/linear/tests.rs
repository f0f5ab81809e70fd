use proptest::prelude::*;

use super::*;
use crate::path::{Kernels, Path};
use crate::quantise;

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
        rows in 1usize..20, inputs in 1usize..20, outputs in 1usize..150, seed in any::<u64>(),
        then in prop::sample::select(vec![Then::Keep, Then::Gelu, Then::Times]),
    ) {
        let inputs = inputs * 16;
        let layer = Linear::new(&numbers(outputs * inputs, seed), &numbers(outputs, seed / 7), inputs);
        let x = numbers(rows * inputs, seed / 49);
        let run = |kernels| {
            let held = if then == Then::Times { 0.75 } else { f32::NAN };
            let (mut a, mut out) = (Activations::default(), vec![held; rows * layer.width()]);
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

#[test]
fn a_gate_is_the_product_of_two_layers() {
    let (rows, inputs, outputs) = if cfg!(miri) { (3, 32, 20) } else { (37, 48, 40) };
    let layer = |seed| Linear::new(&numbers(outputs * inputs, seed), &numbers(outputs, seed), inputs);
    let (up, gate) = (layer(5), layer(12));
    let x = numbers(rows * inputs, 19);
    for kernels in supported() {
        let mut a = Activations::default();
        quantise(kernels, &x, inputs, &mut a);
        let run = |layer: &Linear, then, out: &mut Vec<f32>| linear(kernels, &a, layer, then, out);
        let zeros = || vec![0.0; rows * up.width()];
        let (mut both, mut first, mut second) = (zeros(), zeros(), zeros());
        run(&up, Then::Gelu, &mut both);
        run(&gate, Then::Times, &mut both);
        run(&up, Then::Gelu, &mut first);
        run(&gate, Then::Keep, &mut second);
        let product: Vec<f32> = first.iter().zip(&second).map(|(a, b)| a * b).collect();
        assert!(bits(&both) == bits(&product), "{}", kernels.path());
    }
}

#[test]
fn every_number_of_rows_up_to_512_has_the_same_bits_on_every_path() {
    let layer = Linear::new(&numbers(40 * 24, 5), &numbers(40, 12), 24);
    for rows in if cfg!(miri) { 1..=3 } else { 1..=512 } {
        let x = numbers(rows * 32, rows as u64);
        let run = |kernels| {
            let (mut a, mut out) = (Activations::default(), vec![f32::NAN; rows * layer.width()]);
            quantise(kernels, &x, 32, &mut a);
            linear(kernels, &a, &layer, Then::Gelu, &mut out);
            bits(&out)
        };
        let expected = run(portable());
        assert!(supported().all(|kernels| run(kernels) == expected), "{rows} rows");
    }
}

#[test]
fn a_row_among_others_has_the_bits_that_it_has_alone() {
    let layer = Linear::new(&numbers(70 * 64, 5), &numbers(70, 12), 64);
    let x = numbers(13 * 64, 6);
    for kernels in supported() {
        let run = |x: &[f32]| {
            let (mut a, mut out) = (Activations::default(), vec![0.0; x.len() / 64 * layer.width()]);
            quantise(kernels, x, 64, &mut a);
            linear(kernels, &a, &layer, Then::Keep, &mut out);
            bits(&out)
        };
        let alone: Vec<u32> = x.chunks(64).flat_map(run).collect();
        assert!(run(&x) == alone, "{}", kernels.path());
    }
}
