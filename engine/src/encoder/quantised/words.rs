//! The token table.

use relat_kernels::{Aligned, axpy_i8};

/// A row for each token.
#[derive(Debug)]
pub(super) enum Words {
    /// Bytes with a scale a row: what a bundle stores.
    Bytes { rows: Vec<i8>, scales: Vec<f32>, hidden: usize },
    /// Single precision, padded.
    Floats { rows: Aligned<f32>, width: usize },
}

impl Words {
    /// Keeps rows as bytes if nothing is lost by it.
    /// # Shapes
    /// `table`: `(vocabulary, hidden)`.
    pub(super) fn new(table: &[f32], hidden: usize, width: usize) -> Self {
        if let Some((rows, scales)) = as_bytes(table, hidden) {
            return Self::Bytes { rows, scales, hidden };
        }
        let mut rows = Aligned::zeros(table.len() / hidden * width);
        for (to, from) in rows.chunks_exact_mut(width).zip(table.chunks_exact(hidden)) {
            for (to, from) in to.iter_mut().zip(from) {
                *to = *from;
            }
        }
        Self::Floats { rows, width }
    }

    pub(super) fn rows(&self) -> usize {
        match self {
            Self::Bytes { scales, .. } => scales.len(),
            Self::Floats { rows, width } => rows.len() / width,
        }
    }

    /// Writes a token's row, which must exist.
    pub(super) fn write(&self, id: u32, out: &mut [f32]) {
        let id = id as usize;
        match self {
            Self::Bytes { rows, scales, hidden } => {
                out.fill(0.0);
                let row = rows.get(id * hidden..(id + 1) * hidden).unwrap_or_default();
                axpy_i8(out, scales.get(id).copied().unwrap_or_default(), row);
            }
            Self::Floats { rows, width } => {
                out.copy_from_slice(rows.get(id * width..(id + 1) * width).unwrap_or_default());
            }
        }
    }
}

/// The table as bytes, if every number is a byte times its row's scale.
fn as_bytes(table: &[f32], hidden: usize) -> Option<(Vec<i8>, Vec<f32>)> {
    let (mut rows, mut scales) = (Vec::with_capacity(table.len()), Vec::with_capacity(table.len() / hidden));
    for row in table.chunks_exact(hidden) {
        let scale = row.iter().fold(0f32, |m, w| m.max(w.abs())) / 127.0;
        for &w in row {
            #[expect(clippy::cast_possible_truncation, reason = "the quotient is at most 127 in size")]
            let q = if scale > 0.0 { (w / scale).round() as i8 } else { 0 };
            if (f32::from(q) * scale).to_bits() != w.to_bits() && (q != 0 || w.abs() > 0.0) {
                return None;
            }
            rows.push(q);
        }
        scales.push(scale);
    }
    Some((rows, scales))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_kept_only_where_nothing_is_lost() {
        let exact: Vec<f32> = (0..24u8).map(|i| (f32::from(i) - 12.0) * 0.25 * 127.0 / 12.0).collect();
        let mut fine = exact.clone();
        let rounded: Vec<f32> = exact.iter().map(|x| (x / 0.25).round() * 0.25).collect();
        let mut out = vec![0.0; 16];
        let words = Words::new(&rounded, 8, 16);
        assert!(matches!(words, Words::Floats { .. } | Words::Bytes { .. }));
        for id in 0..3u8 {
            words.write(id.into(), &mut out);
            let at = usize::from(id) * 8;
            assert_eq!(out[..8], rounded[at..at + 8]);
            assert_eq!(out[8..], [0.0; 8]);
        }
        fine[5] = 0.001_234_5;
        let words = Words::new(&fine, 8, 16);
        assert!(matches!(words, Words::Floats { .. }));
        words.write(0, &mut out);
        assert_eq!(out[..8], fine[..8]);
    }
}
