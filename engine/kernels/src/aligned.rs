//! Buffers that begin at a cache line.

use std::ops::{Deref, DerefMut};

/// Bytes of a cache line, and of the widest register.
pub(crate) const LINE: usize = 64;

#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
struct Line([u8; LINE]);

mod sealed {
    /// Numbers of which any bytes are a value, and none larger than a line.
    pub trait Number: Copy + Default + std::fmt::Debug {}
    impl Number for f32 {}
    impl Number for i32 {}
    impl Number for i8 {}
    impl Number for u8 {}
}
use sealed::Number;

/// Numbers that begin at a cache line; grows, and never gives memory back.
#[derive(Debug, Clone, Default)]
pub struct Aligned<T> {
    lines: Vec<Line>,
    len: usize,
    kind: std::marker::PhantomData<T>,
}

impl<T: Number> Aligned<T> {
    /// `len` zeros.
    #[must_use]
    pub fn zeros(len: usize) -> Self {
        let mut new = Self { lines: Vec::new(), len: 0, kind: std::marker::PhantomData };
        new.resize(len);
        new
    }

    /// A copy.
    #[must_use]
    pub fn copy_of(values: &[T]) -> Self {
        let mut new = Self::zeros(values.len());
        new.copy_from_slice(values);
        new
    }

    /// Sets the length. What was there stays, or is any number of the past; no memory is asked for if it was as long
    /// before.
    pub fn resize(&mut self, len: usize) {
        let lines = (len * size_of::<T>()).div_ceil(LINE);
        if lines > self.lines.len() {
            self.lines.resize(lines, Line([0; LINE]));
        }
        self.len = len;
    }
}

impl<T: Number> Deref for Aligned<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: `resize` made room for `len` numbers in lines that are all initialised; a line is aligned for them,
        // and any bytes are a `Number`.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.len) }
    }
}

impl<T: Number> DerefMut for Aligned<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as in `deref`; the borrow of `self` is exclusive.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.len) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn begins_at_a_line_and_keeps_what_it_holds() {
        let mut buffer = Aligned::copy_of(&[1.0f32, 2.0, 3.0]);
        for len in [3, 17, 1000, 2] {
            buffer.resize(len);
            assert_eq!(buffer.len(), len);
            assert_eq!(buffer.as_ptr() as usize % LINE, 0);
            assert_eq!(&buffer[..2], [1.0, 2.0]);
        }
        assert!(Aligned::<i8>::zeros(0).is_empty());
    }
}
