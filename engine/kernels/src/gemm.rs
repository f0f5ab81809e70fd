//! Dense matrix products in single precision.

use gemm::Parallelism;

/// Products of fewer multiplications than this stay on the caller's thread: waking another costs more.
const PARALLEL_FROM: usize = 1 << 21;

/// A matrix read through its strides, so that a transpose costs nothing.
/// # Shapes
/// `(rows, cols)`.
#[derive(Debug, Clone, Copy)]
pub struct Matrix<'a> {
    data: &'a [f32],
    rows: usize,
    cols: usize,
    row_stride: usize,
    col_stride: usize,
}

impl<'a> Matrix<'a> {
    /// A row-major matrix.
    /// # Panics
    /// If `data` holds fewer than `rows * cols` numbers.
    #[must_use]
    pub fn new(data: &'a [f32], rows: usize, cols: usize) -> Self {
        assert!(rows.checked_mul(cols).is_some_and(|n| n <= data.len()), "matrix larger than its data");
        Self { data, rows, cols, row_stride: cols, col_stride: 1 }
    }

    /// The transpose, `(cols, rows)`.
    #[must_use]
    pub fn t(self) -> Self {
        Self {
            data: self.data,
            rows: self.cols,
            cols: self.rows,
            row_stride: self.col_stride,
            col_stride: self.row_stride,
        }
    }
}

/// What a product does with the numbers that stand where it writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// Overwrites them.
    Replace,
    /// Adds to them.
    Add,
}

/// `out = a b` or `out += a b`, on the current rayon pool when the product is large.
/// # Shapes
/// `a`: `(m, k)`; `b`: `(k, n)`; `out`: `(m, n)` row-major.
/// # Panics
/// If the inner dimensions differ or `out` has not `m * n` numbers.
pub fn matmul(out: &mut [f32], a: Matrix<'_>, b: Matrix<'_>, store: Store) {
    let (m, k, n) = (a.rows, a.cols, b.cols);
    assert_eq!(k, b.rows, "inner dimensions differ");
    assert_eq!(out.len(), m * n, "output of another size");
    if m == 0 || n == 0 {
        return;
    }
    let threads = rayon::current_num_threads();
    let parallelism = if threads > 1 && m * n * k >= PARALLEL_FROM {
        Parallelism::Rayon(threads)
    } else {
        Parallelism::None
    };
    // A slice has at most isize::MAX bytes, so no stride within one overflows.
    let stride = |s: usize| s.cast_signed();
    // SAFETY: `Matrix::new` checked that (rows - 1) * row_stride + (cols - 1) * col_stride is within `data`, and a
    // transpose keeps that; `out` is exclusive and has m * n numbers, of which (i, j) is the one at i * n + j.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            out.as_mut_ptr(),
            1,
            stride(n),
            store == Store::Add,
            a.data.as_ptr(),
            stride(a.col_stride),
            stride(a.row_stride),
            b.data.as_ptr(),
            stride(b.col_stride),
            stride(b.row_stride),
            1.0,
            1.0,
            false,
            false,
            false,
            parallelism,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn numbers(n: usize, seed: u32) -> Vec<f32> {
        let mut state = seed.wrapping_mul(2_654_435_761).max(1);
        (0..n)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                f32::from(u16::try_from(state >> 16).unwrap_or(0)) / 32_768.0 - 1.0
            })
            .collect()
    }

    proptest! {
        #[test]
        fn equals_the_sum_of_products(
            m in 0usize..40, k in 1usize..40, n in 0usize..40, seed in any::<u32>(),
            ta in any::<bool>(), tb in any::<bool>(), add in any::<bool>(),
        ) {
            let (a, b, start) = (numbers(m * k, seed), numbers(k * n, seed ^ 1), numbers(m * n, seed ^ 2));
            let mut out = start.clone();
            let lhs = if ta { Matrix::new(&a, k, m).t() } else { Matrix::new(&a, m, k) };
            let rhs = if tb { Matrix::new(&b, n, k).t() } else { Matrix::new(&b, k, n) };
            matmul(&mut out, lhs, rhs, if add { Store::Add } else { Store::Replace });
            for i in 0..m {
                for j in 0..n {
                    let mut expected = if add { f64::from(start[i * n + j]) } else { 0.0 };
                    for l in 0..k {
                        let x = if ta { a[l * m + i] } else { a[i * k + l] };
                        let y = if tb { b[j * k + l] } else { b[l * n + j] };
                        expected += f64::from(x) * f64::from(y);
                    }
                    prop_assert!((f64::from(out[i * n + j]) - expected).abs() < 1e-4);
                }
            }
        }
    }

    #[test]
    fn thread_count_changes_no_bit() {
        let (m, k, n) = (300, 384, 200);
        let (a, b) = (numbers(m * k, 5), numbers(k * n, 6));
        let product = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let mut out = vec![0.0; m * n];
            pool.install(|| {
                matmul(&mut out, Matrix::new(&a, m, k), Matrix::new(&b, k, n), Store::Replace);
            });
            out.into_iter().map(f32::to_bits).collect::<Vec<_>>()
        };
        let one = product(1);
        for threads in [2, 3, 4] {
            assert_eq!(one, product(threads));
        }
    }
}
