//! How often a program asks: a bucket a key, refilled evenly.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use uuid::Uuid;

use crate::store::Key;

/// A key asks more often than it may.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("the key's {per_minute} requests a minute are used up")]
pub struct TooOften {
    /// The key's limit.
    pub per_minute: u32,
    /// Seconds until the next request is taken, at least 1.
    pub wait: u64,
}

/// What is left of each key's minute. Keys that were made are few, so that nothing is thrown out.
#[derive(Debug, Default)]
pub struct Rates {
    buckets: Mutex<HashMap<Uuid, (f64, Instant)>>,
}

impl Rates {
    /// Takes one request of a key.
    /// # Errors
    /// [`TooOften`].
    pub fn take(&self, key: &Key) -> Result<(), TooOften> {
        self.take_at(key.id, key.per_minute, Instant::now())
    }

    fn take_at(&self, key: Uuid, per_minute: u32, at: Instant) -> Result<(), TooOften> {
        let full = f64::from(per_minute);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let (left, since) = buckets.entry(key).or_insert((full, at));
        *left = (*left + at.saturating_duration_since(*since).as_secs_f64() * full / 60.0).min(full);
        *since = at;
        if *left >= 1.0 {
            *left -= 1.0;
            return Ok(());
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 60")]
        let wait = ((1.0 - *left) * 60.0 / full).ceil().clamp(1.0, 60.0) as u64;
        Err(TooOften { per_minute, wait })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn no_minute_has_more_than_twice_the_limit_and_each_key_has_its_own() {
        let (rates, start) = (Rates::default(), Instant::now());
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut taken = 0;
        for ms in (0..60_000).step_by(50) {
            taken += u32::from(rates.take_at(one, 30, start + Duration::from_millis(ms)).is_ok());
        }
        assert!((55..=60).contains(&taken), "help: 30 at once and 30 over the minute, not {taken}");
        let refused =
            rates.take_at(one, 30, start + Duration::from_secs(60)).and(rates.take_at(one, 30, start));
        assert!(refused.is_err_and(|e| (1..=60).contains(&e.wait)));
        assert!(rates.take_at(other, 1, start).is_ok() && rates.take_at(other, 1, start).is_err());
    }
}
