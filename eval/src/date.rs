//! Calendar dates, as far as expiries need them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A day, written `2026-11-30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date {
    // In this order the derived comparison is that of the calendar.
    year: u16,
    month: u8,
    day: u8,
}

/// A text that is not a day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date: write year-month-day, such as 2026-11-30")]
pub struct NotADate;

impl std::str::FromStr for Date {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<Self, NotADate> {
        let mut parts = text.split('-');
        let mut number = |width: usize| -> Result<u16, NotADate> {
            let part = parts.next().filter(|p| p.len() == width && p.bytes().all(|b| b.is_ascii_digit()));
            part.and_then(|p| p.parse().ok()).ok_or(NotADate)
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 0,
        };
        if parts.next().is_some() || !(1..=days).contains(&day) {
            return Err(NotADate);
        }
        let narrow = |n: u16| u8::try_from(n).map_err(|_| NotADate);
        Ok(Self { year, month: narrow(month)?, day: narrow(day)? })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl TryFrom<String> for Date {
    type Error = NotADate;

    fn try_from(text: String) -> Result<Self, NotADate> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn dates_round_trip_and_order_as_their_text(a in "20[0-9]{2}-[01][0-9]-[0-3][0-9]", b in "20[0-9]{2}-[01][0-9]-[0-3][0-9]") {
            if let (Ok(x), Ok(y)) = (a.parse::<Date>(), b.parse::<Date>()) {
                prop_assert_eq!(x.to_string(), a.clone());
                prop_assert_eq!(x.cmp(&y), a.cmp(&b));
            }
        }
    }

    #[test]
    fn days_that_are_not_are_refused() {
        for text in [
            "2026-02-29",
            "2100-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-04-31",
            "2026-4-01",
            "26-04-01",
            "2026-04-01-02",
            "",
            "2026-04-0x",
        ] {
            assert_eq!(text.parse::<Date>(), Err(NotADate), "help: {text}");
        }
        assert!("2024-02-29".parse::<Date>().is_ok() && "2000-02-29".parse::<Date>().is_ok());
    }
}
