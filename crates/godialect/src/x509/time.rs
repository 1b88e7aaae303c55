//! The two time types of a validity.
//!
//! Go parses the text with a layout, formats the result with the same layout and wants the same
//! text back. That leaves `YYMMDDhhmm[ss]` or `YYYYMMDDhhmmss`, a day that exists, and a zone: `Z`,
//! or `+hhmm`/`-hhmm` up to 24:59 (99:59 up to Go 1.22) but not zero, since zero formats as `Z`.
//!
//! Differs from `x509-parser` and `der`, which follow RFC 5280: they want seconds and `Z`. Go also
//! takes any four-digit year from 0000 on, and never compares the two times.

use crate::changes::Rule;
use crate::release::Dialect;

/// The moment that Go reads from the content of a UTCTime, in seconds of Unix time. Seconds may be
/// missing, as the old standards had it.
pub(super) fn utc_time(text: &[u8], go: &Dialect) -> Option<i64> {
    let mut rest = text;
    let year = two_digits(&mut rest)?;
    let century = if year < 50 { 2000 } else { 1900 };
    let minutes = minutes(&mut rest, century + year)?;
    let second = two_digits(&mut rest).unwrap_or_default();
    moment(minutes, second, rest, go)
}

/// The moment that Go reads from the content of a GeneralizedTime, in seconds of Unix time.
pub(super) fn generalized_time(text: &[u8], go: &Dialect) -> Option<i64> {
    let mut rest = text;
    let century = two_digits(&mut rest)?;
    let year = two_digits(&mut rest)?;
    let minutes = minutes(&mut rest, 100 * century + year)?;
    let second = two_digits(&mut rest)?;
    moment(minutes, second, rest, go)
}

/// Reads month, day, hour and minute of a year: the minutes of Unix time.
fn minutes(rest: &mut &[u8], year: i64) -> Option<i64> {
    let month = two_digits(rest)?;
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return None,
    };
    let day = two_digits(rest).filter(|day| (1..=length).contains(day))?;
    let hour = two_digits(rest).filter(|hour| *hour < 24)?;
    let minute = two_digits(rest).filter(|minute| *minute < 60)?;
    Some((days(year, month, day) * 24 + hour) * 60 + minute)
}

/// The days from the first of 1970 to a date of the Gregorian calendar, which Go has before its
/// time, too.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // A year that begins in March has its leap day last, and months of 31 and 30 days in turn, with
    // one turn of five months: 153 days.
    let (year, month) = match month {
        3.. => (year, month - 3),
        _ => (year - 1, month + 9),
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let before_1970 = 719_469;
    365 * year + leap_days + (153 * month + 2) / 5 + day - before_1970
}

/// The moment at this second of a minute, in the zone that is all that is left.
fn moment(minutes: i64, second: i64, zone: &[u8], go: &Dialect) -> Option<i64> {
    (second < 60).then_some(60 * minutes + second - offset(zone, go)?)
}

/// How many seconds a zone is ahead of UTC, if Go would write it the same way.
fn offset(zone: &[u8], go: &Dialect) -> Option<i64> {
    if zone == b"Z" {
        return Some(0);
    }
    let (sign, mut rest) = zone.split_first()?;
    let hours = two_digits(&mut rest)?;
    let minutes = two_digits(&mut rest)?;
    // Go reads 60 minutes too, but writes them as an hour.
    let is_written_so = minutes < 60 && (hours, minutes) != (0, 0);
    let ahead = 3600 * hours + 60 * minutes;
    match sign {
        _ if !is_written_so || !rest.is_empty() => None,
        b'+' | b'-' if hours > 24 && go.has(Rule::ZoneOfOneDay) => None,
        b'+' => Some(ahead),
        b'-' => Some(-ahead),
        _ => None,
    }
}

/// Reads a number of exactly two digits; reads nothing where there is none.
fn two_digits(rest: &mut &[u8]) -> Option<i64> {
    let (&[tens, ones], after) = rest.split_first_chunk()?;
    if !(tens.is_ascii_digit() && ones.is_ascii_digit()) {
        return None;
    }
    *rest = after;
    Some(((tens - b'0') * 10 + (ones - b'0')).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc_time(text: &[u8]) -> Option<i64> {
        super::utc_time(text, &Dialect::default())
    }

    fn generalized_time(text: &[u8]) -> Option<i64> {
        super::generalized_time(text, &Dialect::default())
    }

    #[test]
    fn utc_times() {
        for accepted in [
            "250102030405Z",
            "2501020304Z",
            "250102030405+0130",
            "2501020304-2459",
            "000229000000Z",
            "490101000000Z",
            "500101000000Z",
        ] {
            assert!(utc_time(accepted.as_bytes()).is_some(), "{accepted}");
        }
        for refused in [
            "",
            "250102030405",
            "250102030405z",
            "250102030405Z0",
            "250102030460Z",
            "250102030405.5Z",
            "250102030405+0000",
            "250102030405-0000",
            "250102030405+0060",
            "250102030405+2500",
            "250229000000Z",
            "250001000000Z",
            "251301000000Z",
            "250100000000Z",
            "250101240000Z",
            "250101006000Z",
            "+50102030405Z",
            "25010203040Z",
            "20250102030405Z",
        ] {
            assert_eq!(utc_time(refused.as_bytes()), None, "{refused}");
        }
    }

    #[test]
    fn generalized_times() {
        for accepted in [
            "20250102030405Z",
            "00000229000000Z",
            "99991231235959Z",
            "20000229000000+2459",
        ] {
            assert!(
                generalized_time(accepted.as_bytes()).is_some(),
                "{accepted}"
            );
        }
        for refused in [
            "202501020304Z",
            "19000229000000Z",
            "20250102030405.1Z",
            "20250102030405",
            "-0010102030405Z",
            "250102030405Z",
        ] {
            assert_eq!(generalized_time(refused.as_bytes()), None, "{refused}");
        }
    }

    /// The crate jiff counts the same days, from the first year of a GeneralizedTime to the last.
    #[test]
    fn days_are_those_of_another_calendar() {
        let epoch = jiff::civil::date(1970, 1, 1);
        let mut date = jiff::civil::date(0, 1, 1);
        while date.year() < 9999 {
            let [year, month, day] = [date.year().into(), date.month().into(), date.day().into()];
            let expected = date.duration_since(epoch).as_hours() / 24;
            assert_eq!(days(year, month, day), expected, "{date}");
            date = date.checked_add(jiff::Span::new().days(13)).unwrap();
        }
    }

    /// `date -u -d '…' +%s` of GNU says the same.
    #[test]
    fn moments() {
        for (text, expected) in [
            ("700101000000Z", 0),
            ("491231235959Z", 2_524_607_999),
            ("500101000000Z", -631_152_000),
            ("250102030405Z", 1_735_787_045),
            ("2501020304Z", 1_735_787_040),
            ("250102030405+0130", 1_735_781_645),
            ("250102030405-2459", 1_735_876_985),
        ] {
            assert_eq!(utc_time(text.as_bytes()), Some(expected), "{text}");
        }
        for (text, expected) in [
            ("00000101000000Z", -62_167_219_200),
            ("20240229120000Z", 1_709_208_000),
            ("99991231235959Z", 253_402_300_799),
        ] {
            assert_eq!(generalized_time(text.as_bytes()), Some(expected), "{text}");
        }
    }
}
