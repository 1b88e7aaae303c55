//! The two time types of a validity.
//!
//! Go parses the text with a layout, formats the result with the same layout and wants the same
//! text back. That leaves `YYMMDDhhmm[ss]` or `YYYYMMDDhhmmss`, a day that exists, and a zone: `Z`,
//! or `+hhmm`/`-hhmm` up to 24:59 but not zero, since zero formats as `Z`.
//!
//! Differs from `x509-parser` and `der`, which follow RFC 5280: they want seconds and `Z`. Go also
//! takes any four-digit year from 0000 on, and never compares the two times.

/// Whether Go reads the content as a UTCTime. Seconds may be missing, as the old standards had it.
pub(super) fn is_utc_time(text: &[u8]) -> bool {
    let mut rest = text;
    let Some(year) = two_digits(&mut rest) else {
        return false;
    };
    // Whether 19xx or 20xx is meant, the years divisible by four are the leap years: 1900 is out of
    // Go's reach.
    minutes_follow(&mut rest, year % 4 == 0)
        && two_digits(&mut rest).is_none_or(|second| second < 60)
        && is_zone(rest)
}

/// Whether Go reads the content as a GeneralizedTime.
pub(super) fn is_generalized_time(text: &[u8]) -> bool {
    let mut rest = text;
    let (Some(century), Some(year)) = (two_digits(&mut rest), two_digits(&mut rest)) else {
        return false;
    };
    let leap = if year == 0 {
        century % 4 == 0
    } else {
        year % 4 == 0
    };
    minutes_follow(&mut rest, leap)
        && two_digits(&mut rest).is_some_and(|second| second < 60)
        && is_zone(rest)
}

/// Reads month, day, hour and minute.
fn minutes_follow(rest: &mut &[u8], leap: bool) -> bool {
    let Some(month) = two_digits(rest) else {
        return false;
    };
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    two_digits(rest).is_some_and(|day| (1..=days).contains(&day))
        && two_digits(rest).is_some_and(|hour| hour < 24)
        && two_digits(rest).is_some_and(|minute| minute < 60)
}

/// Whether all that is left is a zone that Go would write the same way.
fn is_zone(text: &[u8]) -> bool {
    if text == b"Z" {
        return true;
    }
    let Some((b'+' | b'-', mut rest)) = text.split_first() else {
        return false;
    };
    let (Some(hours), Some(minutes)) = (two_digits(&mut rest), two_digits(&mut rest)) else {
        return false;
    };
    // Go reads 60 minutes too, but writes them as an hour.
    rest.is_empty() && hours <= 24 && minutes < 60 && (hours, minutes) != (0, 0)
}

/// Reads a number of exactly two digits; reads nothing where there is none.
fn two_digits(rest: &mut &[u8]) -> Option<u8> {
    let (&[tens, ones], after) = rest.split_first_chunk()?;
    if !(tens.is_ascii_digit() && ones.is_ascii_digit()) {
        return None;
    }
    *rest = after;
    Some((tens - b'0') * 10 + (ones - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert!(is_utc_time(accepted.as_bytes()), "{accepted}");
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
            assert!(!is_utc_time(refused.as_bytes()), "{refused}");
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
            assert!(is_generalized_time(accepted.as_bytes()), "{accepted}");
        }
        for refused in [
            "202501020304Z",
            "19000229000000Z",
            "20250102030405.1Z",
            "20250102030405",
            "-0010102030405Z",
            "250102030405Z",
        ] {
            assert!(!is_generalized_time(refused.as_bytes()), "{refused}");
        }
    }
}
