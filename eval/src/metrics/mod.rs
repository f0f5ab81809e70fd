//! The arithmetic of each figure. No data is `None`: never 0, never NaN.
//!
//! Equal to outside implementations: `oracles/` has the scripts and the cases they wrote, `tests/oracles.rs` compares.

pub mod agreement;
pub mod calibration;
pub mod classification;
pub mod evidence;
pub mod ordinal;
pub mod ranking;
pub mod status;

/// `part / whole`, `None` when the whole is nothing.
pub(crate) fn share(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

/// Mean of the values that are there; `None` when none is.
#[must_use]
pub fn mean(values: impl IntoIterator<Item = Option<f64>>) -> Option<f64> {
    let (sum, n) = values.into_iter().flatten().fold((0.0, 0.0), |(s, n), v| (s + v, n + 1.0));
    share(sum, n)
}

/// Serialises a matrix as its rows.
pub(crate) fn as_rows<S: serde::Serializer>(
    matrix: &ndarray::Array2<f64>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(matrix.rows().into_iter().map(|row| row.to_vec()))
}
