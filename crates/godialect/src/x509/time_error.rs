//! What `time.Parse` of Go 1.18 says of a UTCTime that it does not read.
//!
//! Until Go 1.19 this was the message on the certificate. Go tries the layout without seconds first
//! and tells the error of the one with seconds. Where either reads the text, the fault is that Go
//! writes the time in another way: "malformed". Follows `parse` in time/format.go of Go 1.18.

/// A part of a layout, named by the text that stands for it there.
type Element = &'static str;

const WITH_SECONDS: &str = "060102150405Z0700";
const MINUTE: [Element; 5] = ["06", "01", "02", "15", "04"];

/// The error; `None` where a layout fits.
pub(super) fn of_utc_time(text: &[u8]) -> Option<String> {
    let [year, month, day, hour, minute] = MINUTE;
    let without_seconds = [year, month, day, hour, minute, "Z0700"];
    parse(text, &without_seconds).err()?;
    parse(text, &[year, month, day, hour, minute, "05", "Z0700"]).err()
}

#[derive(Default)]
struct Date {
    year: i32,
    month: i32,
    day: i32,
}

fn parse(text: &[u8], layout: &[Element]) -> Result<(), String> {
    let mut rest = text;
    let mut date = Date::default();
    for element in layout {
        let before = rest;
        match read(element, &mut rest, &mut date) {
            Ok(()) => {}
            Err(Fault::Bad) => {
                // Only a year that is no number leaves the text as it was.
                let rest = if *element == "06" { before } else { rest };
                return Err(format!(
                    "parsing time {} as {}: cannot parse {} as {}",
                    quote(text),
                    quote(WITH_SECONDS.as_bytes()),
                    quote(rest),
                    quote(element.as_bytes())
                ));
            }
            Err(Fault::OutOfRange(what)) => {
                return Err(format!("parsing time {}: {what} out of range", quote(text)));
            }
        }
    }
    if !rest.is_empty() {
        let (text, rest) = (quote(text), quote(rest));
        return Err(format!("parsing time {text}: extra text: {rest}"));
    }
    if date.day < 1 || date.day > days_in(date.month, date.year) {
        return Err(format!("parsing time {}: day out of range", quote(text)));
    }
    Ok(())
}

enum Fault {
    Bad,
    OutOfRange(&'static str),
}

/// Reads what stands for a part of the layout.
fn read(element: Element, rest: &mut &[u8], date: &mut Date) -> Result<(), Fault> {
    let in_range = |is_in_range: bool, what| match is_in_range {
        true => Ok(()),
        false => Err(Fault::OutOfRange(what)),
    };
    match element {
        "06" => {
            let year = signed(take(rest, 2)?)?;
            date.year = if year >= 69 { 1900 } else { 2000 } + year;
            Ok(())
        }
        "01" => {
            date.month = number(rest, true)?;
            in_range((1..=12).contains(&date.month), "month")
        }
        "02" => {
            date.day = number(rest, true)?;
            Ok(())
        }
        // An hour may have one digit.
        "15" => in_range(number(rest, false)? < 24, "hour"),
        "04" => in_range(number(rest, true)? < 60, "minute"),
        "05" => {
            let second = number(rest, true);
            in_range(
                second.as_ref().map_or(true, |&second| second < 60),
                "second",
            )?;
            // A fraction that the layout does not have is read over, even behind no second at all.
            if let [b'.' | b',', digit, ..] = rest
                && digit.is_ascii_digit()
            {
                let fraction = rest[1..].iter().take_while(|byte| byte.is_ascii_digit());
                let length = 1 + fraction.count();
                *rest = &rest[length..];
                return Ok(());
            }
            second.map(|_| ())
        }
        _ => {
            if let [b'Z', after @ ..] = rest {
                *rest = after;
                return Ok(());
            }
            let zone = take(rest, 5)?;
            signed(&zone[1..3])?;
            signed(&zone[3..])?;
            match zone[0] {
                b'+' | b'-' => Ok(()),
                _ => Err(Fault::Bad),
            }
        }
    }
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], Fault> {
    let (taken, after) = rest.split_at_checked(length).ok_or(Fault::Bad)?;
    *rest = after;
    Ok(taken)
}

/// Two characters as a number, which may have a sign.
fn signed(text: &[u8]) -> Result<i32, Fault> {
    let (sign, digits) = match text {
        [b'-', digits @ ..] => (-1, digits),
        [b'+', digits @ ..] | digits => (1, digits),
    };
    // Go reads a sign alone as zero.
    digits
        .iter()
        .try_fold(0, |number, byte| {
            let digit = byte.is_ascii_digit().then(|| i32::from(byte - b'0'));
            digit.map(|digit| 10 * number + digit).ok_or(Fault::Bad)
        })
        .map(|number| sign * number)
}

/// Two digits, or one where it need not be two.
fn number(rest: &mut &[u8], two: bool) -> Result<i32, Fault> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| i32::from(byte - b'0'));
    let (&first, after) = rest.split_first().ok_or(Fault::Bad)?;
    let tens = digit(first).ok_or(Fault::Bad)?;
    match after
        .split_first()
        .and_then(|(&second, after)| Some((digit(second)?, after)))
    {
        Some((ones, after)) => {
            *rest = after;
            Ok(10 * tens + ones)
        }
        None if two => Err(Fault::Bad),
        None => {
            *rest = after;
            Ok(tens)
        }
    }
}

fn days_in(month: i32, year: i32) -> i32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// The quotes of the package time: bytes that are no printable ASCII in hexadecimal, but for DEL.
fn quote(text: &[u8]) -> String {
    let mut quoted = String::from("\"");
    for &byte in text {
        match byte {
            b'"' | b'\\' => quoted.extend(['\\', char::from(byte)]),
            b' '..=0x7f => quoted.push(char::from(byte)),
            _ => quoted.push_str(&format!("\\x{byte:02x}")),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each answer is that of Go 1.18.10's `time.Parse` with both layouts, one after the other.
    #[test]
    fn errors_are_those_of_go_1_18() {
        let as_element = |rest: &str, element: &str| {
            format!(" as \"060102150405Z0700\": cannot parse \"{rest}\" as \"{element}\"")
        };
        for (text, error) in [
            ("", as_element("", "06")),
            ("9", as_element("9", "06")),
            ("+5", as_element("", "01")),
            ("x5", as_element("x5", "06")),
            ("2513", ": month out of range".to_owned()),
            ("250100000000Z", ": day out of range".to_owned()),
            ("250229000000Z", ": day out of range".to_owned()),
            ("2501023", as_element("", "04")),
            ("25010225", ": hour out of range".to_owned()),
            ("250102036099Z", ": minute out of range".to_owned()),
            ("250102030460Z", ": second out of range".to_owned()),
            ("25010203045", as_element("5", "05")),
            ("250102030405.5", as_element("", "Z0700")),
            ("250102030405+01", as_element("+01", "Z0700")),
            ("250102030405x0100", as_element("", "Z0700")),
            ("250102030405+0x00", as_element("", "Z0700")),
            ("250102030405Zz", ": extra text: \"z\"".to_owned()),
        ] {
            let expected = format!("parsing time \"{text}\"{error}");
            assert_eq!(of_utc_time(text.as_bytes()), Some(expected));
        }
        let odd = "\\\"\\\\\\x00\u{7f}\\xff\\xc3\\xa9";
        let expected = format!("parsing time \"{odd}\"{}", as_element(odd, "06"));
        assert_eq!(of_utc_time(b"\"\\\0\x7f\xff\xc3\xa9"), Some(expected));
        // Read, but written in another way.
        for text in ["2501020304.5Z", "250102030405+-1-2", "2501020304Z"] {
            assert_eq!(of_utc_time(text.as_bytes()), None, "{text}");
        }
    }
}
