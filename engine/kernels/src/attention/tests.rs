use proptest::prelude::*;

use super::*;
use crate::linear::tests::{bits, numbers, supported};
use crate::path::Kernels;

/// Softmax attention in double precision.
fn reference(qkv: &[f32], Attention { heads, window }: Attention) -> Vec<f64> {
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
            let seen = |j: usize| window.is_none_or(|w| i.abs_diff(j) <= w);
            let scores: Vec<f64> =
                (0..tokens).map(|j| if seen(j) { dot(j) / root } else { f64::NEG_INFINITY }).collect();
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

fn attentions() -> impl Strategy<Value = Attention> {
    let sizes = prop::sample::select(vec![8usize, 16, 26, 32, 64, 128]);
    (1usize..4, sizes, prop::option::of(0usize..70))
        .prop_map(|(count, size, window)| Attention { heads: Heads { count, size }, window })
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

fn run(kernels: Kernels, qkv: &[f32], attention: Attention, cuts: &[usize]) -> Vec<u32> {
    let heads = attention.heads;
    let tokens = qkv.len() / (3 * heads.width());
    let mut out = vec![f32::NAN; tokens * heads.width()];
    let mut buffers = AttentionBuffers::default();
    let mut start = 0;
    for &end in cuts.iter().chain(&[tokens]) {
        let to = &mut out[start * heads.width()..end * heads.width()];
        attend(kernels, (qkv, attention), start..end, &mut buffers, to);
        start = end;
    }
    bits(&out)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_path_and_every_cut_gives_the_bits_of_the_portable_path(
        tokens in 1usize..100, attention in attentions(), seed in any::<u64>(), cut in 0.0..1.0,
    ) {
        let qkv = sequence(tokens, attention.heads, seed, 1.0);
        let expected = run(Kernels::new(crate::Path::Portable).unwrap(), &qkv, attention, &[]);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "of a test")]
        let cut = (cut * tokens as f64) as usize;
        for kernels in supported() {
            prop_assert!(run(kernels, &qkv, attention, &[]) == expected, "{}", kernels.path());
            prop_assert!(run(kernels, &qkv, attention, &[cut]) == expected, "{} in two", kernels.path());
        }
    }

    #[test]
    fn it_is_near_attention_in_real_numbers(
        tokens in 1usize..80, attention in attentions(), seed in any::<u64>(), size in 0.1f32..4.0,
    ) {
        let qkv = sequence(tokens, attention.heads, seed / 7 * 7 + 5, size);
        for kernels in supported() {
            for (got, expected) in run(kernels, &qkv, attention, &[]).iter().zip(reference(&qkv, attention)) {
                let got = f64::from(f32::from_bits(*got));
                prop_assert!((got - expected).abs() < 3e-3 * f64::from(size), "{}: {got} for {expected}", kernels.path());
            }
        }
    }
}

#[test]
fn every_length_up_to_512_is_the_same_on_every_path() {
    let heads = Heads { count: 1, size: 16 };
    for tokens in 1..=512 {
        // Windows of every width in turn: cheap, so that every length is read. A whole sequence now and then.
        let window = if tokens % 37 == 0 || tokens > 509 { None } else { Some(tokens % 35) };
        let attention = Attention { heads, window };
        let qkv = sequence(tokens, heads, tokens as u64, 1.0);
        let mut results = supported().map(|kernels| run(kernels, &qkv, attention, &[]));
        let expected = results.next().unwrap();
        assert!(results.all(|got| got == expected), "{tokens} tokens, {window:?}");
    }
}

#[test]
fn a_window_as_wide_as_the_sequence_changes_nothing() {
    let heads = Heads { count: 2, size: 32 };
    for tokens in [1, 16, 33, 64, 70] {
        let qkv = sequence(tokens, heads, 5, 1.0);
        for kernels in supported() {
            let with = |window| run(kernels, &qkv, Attention { heads, window }, &[]);
            assert!(with(Some(tokens - 1)) == with(None), "{tokens} tokens, {}", kernels.path());
        }
    }
}

#[test]
fn what_is_not_seen_changes_nothing_but_the_scale() {
    // Numbers of the same size everywhere: the scale of a head stays.
    let attention = Attention { heads: Heads { count: 1, size: 32 }, window: Some(3) };
    let mut qkv = sequence(90, attention.heads, 3, 1.0);
    let width = attention.heads.width();
    let before = run(Kernels::fastest(), &qkv, attention, &[]);
    for x in &mut qkv[60 * 3 * width..] {
        *x = -*x;
    }
    let after = run(Kernels::fastest(), &qkv, attention, &[]);
    assert!(before[..57 * width] == after[..57 * width]);
    assert!(before[57 * width..] != after[57 * width..]);
}
