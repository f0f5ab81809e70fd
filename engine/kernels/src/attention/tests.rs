use proptest::prelude::*;

use super::*;
use crate::linear::tests::{bits, numbers, supported};
use crate::path::Kernels;

/// Softmax attention in double precision.
fn reference(qkv: &[f32], heads: Heads) -> Vec<f64> {
    let (width, stride) = (heads.width(), heads.stride());
    let tokens = qkv.len() / (3 * width);
    let mut out = vec![0.0; tokens * width];
    let at = |t: usize, part: usize, h: usize, j: usize| {
        f64::from(qkv[t * 3 * width + part * width + h * stride + j])
    };
    #[expect(clippy::cast_precision_loss, reason = "of a test")]
    let root = (heads.size as f64).sqrt();
    for h in 0..heads.count {
        for i in 0..tokens {
            let dot = |j: usize| (0..heads.size).map(|c| at(i, 0, h, c) * at(j, 1, h, c)).sum::<f64>();
            let scores: Vec<f64> = (0..tokens).map(|j| dot(j) / root).collect();
            let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let powers: Vec<f64> = scores.iter().map(|s| (s - most).exp()).collect();
            let sum: f64 = powers.iter().sum();
            for c in 0..heads.size {
                out[i * width + h * stride + c] =
                    powers.iter().enumerate().map(|(j, p)| p / sum * at(j, 2, h, c)).sum();
            }
        }
    }
    out
}

fn heads() -> impl Strategy<Value = Heads> {
    (1usize..4, prop::sample::select(vec![8usize, 16, 32, 64, 128]))
        .prop_map(|(count, size)| Heads { count, size })
}

/// Queries, keys and values with padding.
fn sequence(tokens: usize, heads: Heads, seed: u64, size: f32) -> Vec<f32> {
    let mut qkv = vec![0.0; tokens * 3 * heads.width()];
    let values = numbers(tokens * 3 * heads.count * heads.size, seed);
    for (to, from) in qkv.chunks_mut(heads.stride()).zip(values.chunks(heads.size)) {
        for (to, from) in to.iter_mut().zip(from) {
            *to = from * size;
        }
    }
    qkv
}

fn run(kernels: Kernels, qkv: &[f32], heads: Heads, cuts: &[usize]) -> Vec<u32> {
    let tokens = qkv.len() / (3 * heads.width());
    let mut out = vec![f32::NAN; tokens * heads.width()];
    let mut buffers = AttentionBuffers::default();
    let mut start = 0;
    for &end in cuts.iter().chain(&[tokens]) {
        let to = &mut out[start * heads.width()..end * heads.width()];
        attend(kernels, qkv, heads, start..end, &mut buffers, to);
        start = end;
    }
    bits(&out)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_path_and_every_cut_gives_the_bits_of_the_portable_path(
        tokens in 1usize..100, heads in heads(), seed in any::<u64>(), cut in 0.0..1.0,
    ) {
        let qkv = sequence(tokens, heads, seed, 1.0);
        let expected = run(Kernels::new(crate::Path::Portable).unwrap(), &qkv, heads, &[]);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "of a test")]
        let cut = (cut * tokens as f64) as usize;
        for kernels in supported() {
            prop_assert!(run(kernels, &qkv, heads, &[]) == expected, "{}", kernels.path());
            prop_assert!(run(kernels, &qkv, heads, &[cut]) == expected, "{} in two", kernels.path());
        }
    }

    #[test]
    fn it_is_near_attention_in_real_numbers(
        tokens in 1usize..80, heads in heads(), seed in any::<u64>(), size in 0.1f32..4.0,
    ) {
        let qkv = sequence(tokens, heads, seed / 7 * 7 + 5, size);
        for kernels in supported() {
            for (got, expected) in run(kernels, &qkv, heads, &[]).iter().zip(reference(&qkv, heads)) {
                let got = f64::from(f32::from_bits(*got));
                prop_assert!((got - expected).abs() < 3e-3 * f64::from(size), "{}: {got} for {expected}", kernels.path());
            }
        }
    }
}

#[test]
fn lengths_up_to_512_are_the_same_on_every_path() {
    let heads = Heads { count: 1, size: 32 };
    for tokens in (1..=512).step_by(37).chain([15, 16, 17, 31, 32, 33, 511, 512]) {
        let qkv = sequence(tokens, heads, 5, 1.0);
        let mut results = supported().map(|kernels| run(kernels, &qkv, heads, &[]));
        let expected = results.next().unwrap();
        assert!(results.all(|got| got == expected), "{tokens} tokens");
    }
}
