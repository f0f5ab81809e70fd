use proptest::prelude::*;

use super::*;
use crate::linear::tests::{bits, numbers, supported};
use crate::path::{Kernels, Path};

/// Rows of `hidden` numbers, each followed by zeros up to `width`.
fn padded(values: &[f32], hidden: usize, width: usize) -> Vec<f32> {
    values.chunks(hidden).flat_map(|r| r.iter().copied().chain(vec![0.0; width - hidden])).collect()
}

/// Bytes, scales and middles, without the path's offset.
fn read(kernels: Kernels, a: &Activations, width: usize) -> (Vec<u8>, Vec<(u32, u32)>) {
    let offset = match kernels.path() {
        Path::Portable | Path::Avx2 => 0,
        Path::AvxVnni | Path::Avx512Vnni | Path::Amx => 128,
    };
    // The last rows only fill a tile: nothing is written there.
    let used = a.bytes.chunks(a.stride).take(a.rows()).flat_map(|row| &row[..width]);
    (
        used.map(|b| b ^ offset).collect(),
        a.rows.iter().map(|r| (r.scale.to_bits(), r.middle.to_bits())).collect(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn quantisation_and_layer_norms_have_the_same_bits_on_every_path(
        rows in 1usize..9, hidden in 1usize..100, seed in any::<u64>(),
    ) {
        let hidden = hidden * 8;
        let norm = Norm::new(&numbers(hidden, seed / 7), &numbers(hidden, seed / 49), 1e-12);
        let width = norm.width();
        let x = padded(&numbers(rows * hidden, seed), hidden, width);
        let y = padded(&numbers(rows * hidden, seed / 3), hidden, width);
        let run = |kernels: Kernels| {
            let (mut x, mut a) = (x.clone(), Activations::default());
            quantise(kernels, &x, width, &mut a);
            let plain = read(kernels, &a, width);
            let (mut apart, mut normed) = (x.clone(), y.clone());
            add_norm_beside(kernels, &mut apart, &mut normed, &norm, &mut a);
            let beside = read(kernels, &a, width);
            add_norm(kernels, &mut x, &y, &norm, &mut a);
            (plain, (bits(&normed), beside), (bits(&x), read(kernels, &a, width)), bits(&apart))
        };
        let expected = run(Kernels::new(Path::Portable).unwrap());
        prop_assert!(expected.1 == expected.2, "normalised in place or beside");
        let sum: Vec<f32> = x.iter().zip(&y).map(|(x, y)| x + y).collect();
        prop_assert!(expected.3 == bits(&sum), "the sum stands beside");
        for kernels in supported() {
            prop_assert!(run(kernels) == expected, "{}", kernels.path());
        }
    }

    #[test]
    fn quantised_numbers_are_within_half_a_step(width in 1usize..40, seed in any::<u64>()) {
        let width = width * 16;
        let x = numbers(width, seed);
        for kernels in supported() {
            let mut a = Activations::default();
            quantise(kernels, &x, width, &mut a);
            let (bytes, _) = read(kernels, &a, width);
            let Row { scale, middle } = a.rows[0];
            for (x, byte) in x.iter().zip(bytes) {
                let got = f64::from(byte.cast_signed()) * f64::from(scale) + f64::from(middle);
                // Half a step, and what single precision loses of the largest number.
                let bound = 0.5001 * f64::from(scale) + 1e-6 * (127.0 * f64::from(scale) + f64::from(middle.abs())) + 1e-30;
                prop_assert!((got - f64::from(*x)).abs() <= bound, "{}: {got} for {x}", kernels.path());
            }
        }
    }

    #[test]
    fn a_layer_norm_is_near_the_one_of_real_numbers(hidden in 1usize..100, seed in any::<u64>()) {
        let (hidden, seed) = (hidden * 8, seed / 7 * 7 + 5);
        let (scale, shift) = (numbers(hidden, seed + 7), numbers(hidden, seed + 14));
        let norm = Norm::new(&scale, &shift, 1e-5);
        let x = numbers(hidden, seed);
        let n = f64::from(u32::try_from(hidden).unwrap());
        let mean = x.iter().map(|x| f64::from(*x)).sum::<f64>() / n;
        let variance = x.iter().map(|x| (f64::from(*x) - mean).powi(2)).sum::<f64>() / n;
        let mut got = padded(&x, hidden, norm.width());
        let zeros = vec![0.0; norm.width()];
        add_norm(Kernels::fastest(), &mut got, &zeros, &norm, &mut Activations::default());
        for i in 0..hidden {
            let expected = (f64::from(x[i]) - mean) / (variance + 1e-5).sqrt() * f64::from(scale[i]) + f64::from(shift[i]);
            prop_assert!((f64::from(got[i]) - expected).abs() < 2e-5, "{} for {expected}", got[i]);
        }
        prop_assert!(got[hidden..].iter().all(|x| x.to_bits() == 0));
    }

    #[test]
    fn means_and_scores_have_the_same_bits_on_every_path_and_are_near_real_ones(
        rows in 1usize..=512, width in 1usize..7, outputs in 1usize..20, seed in any::<u64>(),
    ) {
        let width = width * 16;
        let x = numbers(rows * width, seed);
        let (weight, bias) = (numbers(outputs * width, 5), numbers(outputs, 12));
        let run = |kernels: Kernels| {
            let (mut pooled, mut out) = (vec![f32::NAN; width], vec![f32::NAN; outputs]);
            mean(kernels, &x, &mut pooled);
            scores(kernels, &pooled, &weight, &bias, &mut out);
            (pooled, out)
        };
        let (pooled, out) = run(Kernels::new(Path::Portable).unwrap());
        for kernels in supported() {
            let got = run(kernels);
            prop_assert!((bits(&got.0), bits(&got.1)) == (bits(&pooled), bits(&out)), "{}", kernels.path());
        }
        for (i, got) in pooled.iter().enumerate() {
            let column = x.iter().skip(i).step_by(width).map(|x| f64::from(*x));
            let size: f64 = column.clone().map(f64::abs).sum();
            let n = f64::from(u32::try_from(rows).unwrap());
            let expected = column.sum::<f64>() / n;
            prop_assert!((f64::from(*got) - expected).abs() <= 1e-4 * size / n + 1e-44, "{got} for {expected}");
        }
        for ((weight, bias), got) in weight.chunks(width).zip(&bias).zip(&out) {
            let products = weight.iter().zip(&pooled).map(|(w, x)| f64::from(*w) * f64::from(*x));
            let size: f64 = products.clone().map(f64::abs).sum();
            let expected = products.sum::<f64>() + f64::from(*bias);
            prop_assert!((f64::from(*got) - expected).abs() <= 1e-5 * (size + 1.0), "{got} for {expected}");
        }
    }
}

#[test]
fn every_number_of_rows_up_to_512_has_the_same_bits_on_every_path() {
    let norm = Norm::new(&numbers(24, 5), &numbers(24, 12), 1e-12);
    for rows in if cfg!(miri) { 1..=3 } else { 1..=512 } {
        let (x, y) = (numbers(rows * 24, rows as u64), numbers(rows * 24, 5));
        let run = |kernels: Kernels| {
            let (mut x, y, mut a) = (padded(&x, 24, 32), padded(&y, 24, 32), Activations::default());
            add_norm(kernels, &mut x, &y, &norm, &mut a);
            (bits(&x), read(kernels, &a, 32))
        };
        let expected = run(Kernels::new(Path::Portable).unwrap());
        assert!(supported().all(|kernels| run(kernels) == expected), "{rows} rows");
    }
}
