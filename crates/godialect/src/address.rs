//! Go's `net.SplitHostPort` followed by `strconv.Atoi`: is this a `host:port`?
//!
//! Where Go differs from the usual crates:
//!
//! - a host may be empty, a name of any bytes, or an IPv6 literal with any zone; it is never
//!   looked at, but for colons and brackets;
//! - a port may have a sign and leading zeros, and digits are ASCII only.

/// Splits at the last colon, with brackets around a host that has colons itself.
///
/// Gives the host without its brackets and the port as it stands, or `None` where Go says that a
/// port is missing, that there are too many colons or that a bracket is out of place.
pub fn split_host_port(address: &str) -> Option<(&str, &str)> {
    let holds = |text: &str, any_of: &[u8]| text.bytes().any(|byte| any_of.contains(&byte));
    if let Some(bracketed) = address.strip_prefix('[') {
        let (host, rest) = bracketed.split_once(']')?;
        let port = rest.strip_prefix(':')?;
        let stray = holds(host, b"[") || holds(port, b":[]");
        (!stray).then_some((host, port))
    } else {
        let colon = address.bytes().rposition(|byte| byte == b':')?;
        let (host, port) = (address.get(..colon)?, address.get(colon + 1..)?);
        let stray = holds(host, b":[]") || holds(port, b"[]");
        (!stray).then_some((host, port))
    }
}

/// The number that `strconv.Atoi` reads, saturating where that has an overflow.
///
/// Gives `None` where there are no digits or anything but one leading sign and digits.
pub fn read_number(text: &str) -> Option<i64> {
    let (sign, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (-1, digits),
        [b'+', digits @ ..] | digits => (1, digits),
    };
    if digits.is_empty() {
        return None;
    }
    digits
        .iter()
        .try_fold(0_i64, |number, byte| {
            byte.is_ascii_digit().then(|| {
                number
                    .saturating_mul(10)
                    .saturating_add(i64::from(byte - b'0'))
            })
        })
        .map(|number| sign * number)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each answer is that of Go 1.26's `net.SplitHostPort`.
    #[test]
    fn splits_as_go_does() {
        for (address, expected) in [
            ("10.0.0.1:8503", Some(("10.0.0.1", "8503"))),
            (":80", Some(("", "80"))),
            ("a:", Some(("a", ""))),
            ("[::1]:8503", Some(("::1", "8503"))),
            ("[fe80::1%eth0]:1", Some(("fe80::1%eth0", "1"))),
            ("[]:1", Some(("", "1"))),
            ("a b:1", Some(("a b", "1"))),
            ("::1:8503", None),
            ("a", None),
            ("", None),
            ("[a]", None),
            ("[a]1", None),
            ("[a]:1:2", None),
            ("[a]b:1", None),
            ("[[a]]:1", None),
            ("[a:1", None),
            ("a]:1", None),
            ("a[:1", None),
            ("a:1]", None),
            ("[a]:[1", None),
        ] {
            assert_eq!(split_host_port(address), expected, "{address:?}");
        }
    }

    /// Each answer is that of Go 1.26's `strconv.Atoi`.
    #[test]
    fn reads_numbers_as_go_does() {
        for (text, expected) in [
            ("8503", Some(8503)),
            ("+80", Some(80)),
            ("-1", Some(-1)),
            ("00065535", Some(65535)),
            ("", None),
            ("+", None),
            ("--1", None),
            (" 1", None),
            ("1_0", None),
            ("0x1", None),
            ("１", None),
        ] {
            assert_eq!(read_number(text), expected, "{text:?}");
        }
        assert!(read_number("99999999999999999999").is_some_and(|n| n > 65535));
        assert!(read_number("-99999999999999999999").is_some_and(|n| n < 1));
    }
}
