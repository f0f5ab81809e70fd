//! What was read of recent texts, so that a text that is still being written is not read from its beginning at each pause.
//!
//! A reading is found again by a digest of everything that it depends on: of a sentence and its two neighbours for the
//! n-grams, of the tokens of a whole window for the encoder, which reads each sentence in its window. So what is found is
//! what would be read, bit for bit. There is no text in it, and nothing of it is ever written anywhere.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

/// Which model read something, so that no two take one another's.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Of {
    /// [`crate::linear::sentence::SentenceModel`].
    Ngrams,
    /// [`crate::encoder::SentenceReader`].
    Encoder,
}

/// The digest of everything that a reading depends on.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key([u8; 32]);

impl Key {
    /// Parts of any length, each with its end.
    pub(crate) fn new<'a>(of: Of, parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut digest = Sha256::new();
        digest.update([of as u8]);
        for part in parts {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        Self(digest.finalize().into())
    }
}

/// Readings of one model, bounded in size; what was not asked for longest goes first.
pub struct Memory {
    /// Values kept at most in either generation.
    limit: usize,
    kept: Mutex<Generations>,
    found: AtomicU64,
    missed: AtomicU64,
}

/// What was asked for since the last turn, and what was before: a turn comes when the young ones are full.
#[derive(Default)]
struct Generations {
    young: HashMap<Key, Arc<[f32]>>,
    old: HashMap<Key, Arc<[f32]>>,
    /// Values of the young ones.
    held: usize,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory").field("limit", &self.limit).finish_non_exhaustive()
    }
}

impl Memory {
    /// A memory of at most twice `limit` values, of four bytes each.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { limit, kept: Mutex::default(), found: AtomicU64::new(0), missed: AtomicU64::new(0) }
    }

    /// How many readings were found, and how many were not and had to be made: sentences by n-grams and windows alike.
    #[must_use]
    pub fn asked(&self) -> (u64, u64) {
        (self.found.load(Ordering::Relaxed), self.missed.load(Ordering::Relaxed))
    }

    /// What was read, if it is still known.
    pub(crate) fn get(&self, key: Key) -> Option<Arc<[f32]>> {
        let found = self.find(key);
        let count = if found.is_some() { &self.found } else { &self.missed };
        count.fetch_add(1, Ordering::Relaxed);
        found
    }

    fn find(&self, key: Key) -> Option<Arc<[f32]>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(values) = kept.young.get(&key) {
            return Some(Arc::clone(values));
        }
        let values = kept.old.remove(&key)?;
        self.keep(&mut kept, key, Arc::clone(&values));
        Some(values)
    }

    /// Keeps what was read; more than the limit at once is not kept.
    pub(crate) fn put(&self, key: Key, values: Arc<[f32]>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        self.keep(&mut kept, key, values);
    }

    fn keep(&self, kept: &mut Generations, key: Key, values: Arc<[f32]>) {
        if values.len() > self.limit {
            return;
        }
        if kept.held + values.len() > self.limit {
            kept.old = std::mem::take(&mut kept.young);
            kept.held = 0;
        }
        kept.held += values.len();
        if let Some(twice) = kept.young.insert(key, values) {
            kept.held -= twice.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(of: Of, parts: &[&str]) -> Key {
        Key::new(of, parts.iter().map(|part| part.as_bytes()))
    }

    #[test]
    fn a_key_tells_models_and_the_ends_of_parts_apart() {
        let all = [
            key(Of::Ngrams, &["ab", "c"]),
            key(Of::Ngrams, &["a", "bc"]),
            key(Of::Ngrams, &["abc"]),
            key(Of::Ngrams, &["abc", ""]),
            key(Of::Encoder, &["abc"]),
        ];
        for (i, one) in all.iter().enumerate() {
            assert!(all.iter().skip(i + 1).all(|other| one != other), "help: {i}");
        }
    }

    proptest! {
        #[test]
        fn what_is_found_is_what_was_kept_and_never_more_than_the_bound(
            asked in prop::collection::vec((0u8..40, 0usize..12), 1..200), limit in 1usize..60,
        ) {
            let memory = Memory::new(limit);
            let values = |n: u8, len: usize| vec![f32::from(n); len + usize::from(n) % 5];
            let mut lengths = HashMap::new();
            for (n, len) in asked {
                let len = *lengths.entry(n).or_insert(len);
                let key = key(Of::Ngrams, &[&n.to_string()]);
                match memory.get(key) {
                    Some(found) => prop_assert_eq!(&found[..], &values(n, len)[..]),
                    None => memory.put(key, values(n, len).into()),
                }
                let kept = memory.kept.lock().unwrap();
                let young: usize = kept.young.values().map(|v| v.len()).sum();
                let old: usize = kept.old.values().map(|v| v.len()).sum();
                prop_assert_eq!(young, kept.held);
                prop_assert!(young <= limit && old <= limit);
            }
        }
    }

    #[test]
    fn what_is_asked_for_stays_and_what_is_not_goes() {
        let memory = Memory::new(4);
        let often = key(Of::Ngrams, &["often"]);
        memory.put(often, vec![1.0].into());
        for n in 0..100 {
            memory.put(key(Of::Ngrams, &[&n.to_string()]), vec![2.0].into());
            assert!(memory.get(often).is_some(), "help: {n}");
        }
        assert!(memory.get(key(Of::Ngrams, &["0"])).is_none());
    }
}
