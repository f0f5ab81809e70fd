//! Whole numbers as JSON Schema has them: `3.0` is one.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, Visitor};

/// The largest number of which a float still has every whole number.
const EXACT: f64 = 9_007_199_254_740_992.0;

struct Whole<T>(PhantomData<T>);

impl<'de, T: TryFrom<i64>> Visitor<'de> for Whole<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number within its bounds")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        T::try_from(number).map_err(|_| E::custom("out of bounds"))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        self.visit_i64(i64::try_from(number).map_err(|_| E::custom("out of bounds"))?)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        if number.fract().abs() > 0.0 || !number.is_finite() || number.abs() > EXACT {
            return Err(E::custom("not a whole number"));
        }
        #[expect(clippy::cast_possible_truncation, reason = "whole and within the exact range")]
        self.visit_i64(number as i64)
    }
}

/// A whole number, for `deserialize_with`.
pub(crate) fn whole<'de, D: Deserializer<'de>, T: TryFrom<i64>>(from: D) -> Result<T, D::Error> {
    from.deserialize_any(Whole(PhantomData))
}

/// A whole number or nothing, for `deserialize_with`.
pub(crate) fn whole_or_none<'de, D: Deserializer<'de>, T: TryFrom<i64>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    struct Maybe<T>(PhantomData<T>);

    impl<'de, T: TryFrom<i64>> Visitor<'de> for Maybe<T> {
        type Value = Option<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a whole number or null")
        }

        fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
            whole(from).map(Some)
        }
    }

    from.deserialize_option(Maybe(PhantomData))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Both {
        #[serde(deserialize_with = "super::whole")]
        one: u32,
        #[serde(default, deserialize_with = "super::whole_or_none")]
        other: Option<u8>,
    }

    #[test]
    fn what_is_whole_is_taken_however_it_is_written() {
        let read = |text: &str| serde_json::from_str::<Both>(text).ok();
        let both = |one, other| Some(Both { one, other });
        assert_eq!(read("{\"one\": 3}"), both(3, None));
        assert_eq!(read("{\"one\": 3.0, \"other\": null}"), both(3, None));
        assert_eq!(read("{\"one\": 3e2, \"other\": 5.0}"), both(300, Some(5)));
        for wrong in ["3.5", "-1", "1e300", "99999999999", "\"3\"", "true", "null", "[3]"] {
            assert_eq!(read(&format!("{{\"one\": {wrong}}}")), None, "help: {wrong}");
        }
        assert_eq!(read("{\"one\": 3, \"other\": 256}"), None);
    }
}
