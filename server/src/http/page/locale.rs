//! Days and numbers as the three languages write them.

use relat_engine::Language;
use time::{Date, OffsetDateTime};

/// Short names of months, as the CLDR abbreviates them.
const MONTHS: [[&str; 12]; 3] = [
    ["gen.", "febr.", "març", "abr.", "maig", "juny", "jul.", "ag.", "set.", "oct.", "nov.", "des."],
    ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"],
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"],
];

/// A day, such as `22 Nov 2026`; Catalan puts “de” or “d’” before the month and “del” before the year.
pub(super) fn day(date: Date, language: Language) -> String {
    let row = match language {
        Language::Ca => 0,
        Language::Es => 1,
        Language::En | Language::Other => 2,
    };
    let index = usize::from(u8::from(date.month())) - 1;
    let month = MONTHS.get(row).and_then(|months| months.get(index)).copied().unwrap_or_default();
    let (number, year) = (date.day(), date.year());
    match language {
        Language::Ca if month.starts_with(['a', 'o']) => format!("{number} d’{month} {year}"),
        Language::Ca => format!("{number} de {month} {year}"),
        Language::Es | Language::En | Language::Other => format!("{number} {month} {year}"),
    }
}

/// The short name of a month, from 0.
pub(super) fn month(index: usize, language: Language) -> &'static str {
    let row = match language {
        Language::Ca => 0,
        Language::Es => 1,
        Language::En | Language::Other => 2,
    };
    MONTHS.get(row).and_then(|months| months.get(index)).copied().unwrap_or_default()
}

/// A share as whole percents; Catalan and Spanish put a space, which must not break, before the sign.
pub(super) fn share(share: f64, language: Language) -> String {
    let number = (share * 100.0).round();
    match language {
        Language::Ca | Language::Es => format!("{number}\u{a0}%"),
        Language::En | Language::Other => format!("{number}%"),
    }
}

/// A day and a time, UTC: which is said, because the server does not know where the reader is.
pub(super) fn moment(at: OffsetDateTime, language: Language) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    format!("{}, {:02}:{:02} UTC", day(at.date(), language), at.hour(), at.minute())
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn days_are_written_as_each_language_writes_them() {
        let check = |date, ca: &str, es: &str, en: &str| {
            let got = [Language::Ca, Language::Es, Language::En].map(|language| day(date, language));
            assert_eq!(got, [ca, es, en], "help: {date}");
        };
        check(date!(2026 - 11 - 22), "22 de nov. 2026", "22 nov 2026", "22 Nov 2026");
        check(date!(2026 - 10 - 01), "1 d’oct. 2026", "1 oct 2026", "1 Oct 2026");
        check(date!(2027 - 01 - 31), "31 de gen. 2027", "31 ene 2027", "31 Jan 2027");
    }
}
