//! Each operation against candle's own composed ones and against finite differences.

use std::ops::Range;
use std::sync::Arc;

use candle_core::{D, Device, Result, Tensor, Var};

use super::*;

/// Numbers in [-1, 1) that a seed determines.
fn numbers_of(n: usize, seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..n)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            f32::from(i16::from_le_bytes([state.to_le_bytes()[6], state.to_le_bytes()[7]])) / 32_768.0
        })
        .collect()
}

fn var(shape: &[usize], seed: u64) -> Var {
    let values = numbers_of(shape.iter().product(), seed);
    Var::from_tensor(&Tensor::from_vec(values, shape, &Device::Cpu).unwrap()).unwrap()
}

fn values(tensor: &Tensor) -> Vec<f32> {
    tensor.flatten_all().unwrap().to_vec1().unwrap()
}

fn assert_close(name: &str, got: &Tensor, expected: &Tensor, tolerance: f32) {
    assert_eq!(got.dims(), expected.dims(), "{name}: shape");
    for (i, (a, b)) in values(got).iter().zip(values(expected)).enumerate() {
        assert!((a - b).abs() <= tolerance * (1.0 + b.abs()), "{name}[{i}]: {a}, expected {b}");
    }
}

/// The sum of the outputs under fixed weights that differ, so that each output's gradient is seen.
fn weighted(out: &Tensor) -> Result<Tensor> {
    let weights = Tensor::from_vec(numbers_of(out.elem_count(), 99), out.dims(), &Device::Cpu)?;
    out.mul(&weights)?.sum_all()
}

/// Checks values and gradients of `fused` against `composed`, and some gradients against finite differences.
fn check(
    name: &str,
    inputs: &[Var],
    fused: impl Fn(&[Var]) -> Result<Tensor>,
    composed: impl Fn(&[Var]) -> Result<Tensor>,
) {
    let (a, b) = (fused(inputs).unwrap(), composed(inputs).unwrap());
    assert_close(name, &a, &b, 2e-5);
    let (got, expected) =
        (weighted(&a).unwrap().backward().unwrap(), weighted(&b).unwrap().backward().unwrap());
    for (i, input) in inputs.iter().enumerate() {
        let label = format!("{name}, gradient of input {i}");
        let (got, expected) = (got.get(input).unwrap(), expected.get(input).unwrap());
        assert_close(&label, got, expected, 2e-4);
        finite_difference(&label, input, got, || {
            weighted(&composed(inputs).unwrap()).unwrap().to_scalar().unwrap()
        });
    }
}

/// Compares the steepest gradients with the slope between two nearby points.
fn finite_difference(label: &str, input: &Var, gradient: &Tensor, loss: impl Fn() -> f32) {
    let (start, gradient) = (values(input), values(gradient));
    let mut order: Vec<usize> = (0..start.len()).collect();
    order.sort_by(|&a, &b| gradient[b].abs().total_cmp(&gradient[a].abs()));
    for &i in order.iter().take(3) {
        let at = |step: f32| {
            let mut moved = start.clone();
            moved[i] += step;
            input.set(&Tensor::from_vec(moved, input.dims(), &Device::Cpu).unwrap()).unwrap();
            f64::from(loss())
        };
        let slope = (at(4e-3) - at(-4e-3)) / 8e-3;
        input.set(&Tensor::from_vec(start.clone(), input.dims(), &Device::Cpu).unwrap()).unwrap();
        let got = f64::from(gradient[i]);
        assert!((slope - got).abs() < 0.02 * (1.0 + slope.abs()), "{label}[{i}]: {got}, slope {slope}");
    }
}

fn composed_norm(x: &Tensor, weight: &Tensor, bias: &Tensor, eps: f64) -> Result<Tensor> {
    let centred = x.broadcast_sub(&x.mean_keepdim(1)?)?;
    let variance = centred.sqr()?.mean_keepdim(1)?;
    centred.broadcast_div(&variance.affine(1.0, eps)?.sqrt()?)?.broadcast_mul(weight)?.broadcast_add(bias)
}

fn composed_linear(x: &Tensor, weight: &Tensor, bias: &Tensor) -> Result<Tensor> {
    x.matmul(&weight.t()?)?.broadcast_add(bias)
}

/// Attention of each sequence by matrix products, with a mask for the window.
fn composed_attention(
    qkv: &Tensor,
    lengths: &[usize],
    heads: usize,
    window: Option<usize>,
) -> Result<Tensor> {
    let hidden = qkv.dim(1)? / 3;
    let d = hidden / heads;
    let (mut start, mut sequences) = (0, Vec::new());
    for &length in lengths {
        let mask: Vec<f32> = (0..length * length)
            .map(|at| {
                let apart = (at / length).abs_diff(at % length);
                if window.is_some_and(|w| apart > w) { -1e9 } else { 0.0 }
            })
            .collect();
        let mask = Tensor::from_vec(mask, (length, length), &Device::Cpu)?;
        let part = |which: usize, head: usize| {
            qkv.narrow(0, start, length)?.narrow(1, which * hidden + head * d, d)?.contiguous()
        };
        let mut outs = Vec::new();
        for head in 0..heads {
            let scores = part(0, head)?.matmul(&part(1, head)?.t()?)?;
            let scores = scores.affine(1.0 / (d as f64).sqrt(), 0.0)?.add(&mask)?;
            let exp = scores.broadcast_sub(&scores.max_keepdim(D::Minus1)?.detach())?.exp()?;
            let p = exp.broadcast_div(&exp.sum_keepdim(D::Minus1)?)?;
            outs.push(p.matmul(&part(2, head)?)?);
        }
        sequences.push(Tensor::cat(&outs, 1)?);
        start += length;
    }
    Tensor::cat(&sequences, 0)
}

#[test]
fn linear_matches() {
    let inputs = [var(&[7, 24], 1), var(&[10, 24], 2), var(&[10], 3)];
    check("linear", &inputs, |v| linear(&v[0], &v[1], &v[2]), |v| composed_linear(&v[0], &v[1], &v[2]));
}

#[test]
fn layer_norm_matches() {
    for rows in [1, 130] {
        let inputs = [var(&[rows, 40], 4), var(&[40], 5), var(&[40], 6)];
        check(
            "layer-norm",
            &inputs,
            |v| layer_norm(&v[0], &v[1], &v[2], 1e-5),
            |v| composed_norm(&v[0], &v[1], &v[2], 1e-5),
        );
    }
}

#[test]
fn gelu_matches() {
    let x = Tensor::from_vec((-200..200).map(|i| i as f32 * 0.04).collect(), 400, &Device::Cpu).unwrap();
    check("gelu", &[Var::from_tensor(&x).unwrap()], |v| gelu(&v[0]), |v| v[0].gelu_erf());
}

#[test]
fn attention_matches_for_ragged_sequences_and_windows() {
    let lengths = [1, 17, 5, 33];
    for (heads, window) in [(2, None), (1, None), (2, Some(3)), (2, Some(0))] {
        check(
            "attention",
            &[var(&[56, 96], 7)],
            |v| attend(&v[0], &lengths, heads, window),
            |v| composed_attention(&v[0], &lengths, heads, window),
        );
    }
}

#[test]
fn mean_rows_matches() {
    let spans: Vec<Range<usize>> = vec![0..3, 3..4, 2..9];
    check(
        "mean-rows",
        &[var(&[9, 16], 8)],
        |v| mean_rows(&v[0], spans.clone()),
        |v| {
            let means = spans.iter().map(|s| v[0].narrow(0, s.start, s.len())?.mean_keepdim(0));
            Tensor::cat(&means.collect::<Result<Vec<_>>>()?, 0)
        },
    );
}

#[test]
fn lookup_matches_and_its_sparse_gradient_is_the_dense_one() {
    let table = var(&[11, 16], 9);
    let ids = vec![3, 3, 0, 10, 3];
    let index = Tensor::from_vec(ids.clone(), 5, &Device::Cpu).unwrap();
    check(
        "lookup",
        std::slice::from_ref(&table),
        |v| lookup(&v[0], ids.clone(), None),
        |v| v[0].index_select(&index, 0),
    );
    let dense = weighted(&lookup(&table, ids.clone(), None).unwrap()).unwrap().backward().unwrap();
    let dense = values(dense.get(&table).unwrap());
    let sink = RowSink::default();
    let loss = weighted(&lookup(&table, ids, Some(sink.clone())).unwrap()).unwrap();
    assert!(loss.backward().unwrap().get(&table).is_none());
    let sparse = sink.take();
    assert_eq!(sparse.rows, [0, 3, 10]);
    for (&row, gradient) in sparse.rows.iter().zip(sparse.values.chunks_exact(16)) {
        let at = usize::try_from(row).unwrap() * 16;
        assert_eq!(gradient, &dense[at..at + 16]);
    }
    assert_eq!(sink.take(), RowGradient::default());
}

#[test]
fn transformer_layer_matches_its_parts() {
    let shape = LayerShape { hidden: 32, intermediate: 48, heads: 2, eps: 1e-6 };
    let lengths: Arc<[usize]> = Arc::from([4, 19, 1]);
    let inputs = [var(&[24, 32], 10), var(&[shape.parameters()], 11)];
    check(
        "transformer-layer",
        &inputs,
        |v| transformer_layer(&v[0], &v[1], shape, Arc::clone(&lengths), true),
        |v| {
            let part = |p: Part, dims: &[usize]| {
                let range = shape.range(p);
                v[1].narrow(0, range.start, range.len())?.reshape(dims)
            };
            let linear = |x: &Tensor, w: Part, b: Part, n: usize, k: usize| {
                composed_linear(x, &part(w, &[n, k])?, &part(b, &[n])?)
            };
            let norm =
                |x: &Tensor, w: Part, b: Part| composed_norm(x, &part(w, &[32])?, &part(b, &[32])?, 1e-6);
            let qkv = linear(&v[0], Part::QkvWeight, Part::QkvBias, 96, 32)?;
            let context = composed_attention(&qkv, &lengths, 2, None)?;
            let out = linear(&context, Part::OutWeight, Part::OutBias, 32, 32)?;
            let mid = norm(&v[0].add(&out)?, Part::AttentionNormWeight, Part::AttentionNormBias)?;
            let up = linear(&mid, Part::UpWeight, Part::UpBias, 48, 32)?.gelu_erf()?;
            let down = linear(&up, Part::DownWeight, Part::DownBias, 32, 48)?;
            norm(&mid.add(&down)?, Part::FinalNormWeight, Part::FinalNormBias)
        },
    );
}

#[test]
fn without_keep_a_gradient_is_an_error_not_a_silent_zero() {
    let shape = LayerShape { hidden: 16, intermediate: 16, heads: 1, eps: 1e-6 };
    let (x, parameters) = (var(&[3, 16], 1), var(&[shape.parameters()], 2));
    let out = transformer_layer(&x, &parameters, shape, Arc::from([3]), false).unwrap();
    assert!(out.sum_all().unwrap().backward().is_err());
}

#[test]
fn thread_count_changes_no_bit() {
    let shape = LayerShape { hidden: 64, intermediate: 128, heads: 2, eps: 1e-6 };
    let lengths: Arc<[usize]> = (1..40).collect();
    let rows = lengths.iter().sum();
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let (x, parameters) = (var(&[rows, 64], 1), var(&[shape.parameters()], 2));
            let out = transformer_layer(&x, &parameters, shape, Arc::clone(&lengths), true).unwrap();
            let gradients = weighted(&out).unwrap().backward().unwrap();
            let bits = |t: &Tensor| values(t).into_iter().map(f32::to_bits).collect::<Vec<_>>();
            (bits(&out), bits(gradients.get(&x).unwrap()), bits(gradients.get(&parameters).unwrap()))
        })
    };
    let one = run(1);
    assert!(one == run(2) && one == run(3));
}
