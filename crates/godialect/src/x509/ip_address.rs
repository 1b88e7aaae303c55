//! IP addresses in text, as Go's `netip.ParseAddr` reads them.
//!
//! Go looks for the first `.`, `:` or `%` to tell IPv4 from IPv6. A zone may follow an IPv6 address
//! after `%`. The text is bytes: in a URI it was percent-decoded and need not be UTF-8.
//!
//! Differs from the standard library of Rust only in telling the reason and in the zones.

use std::net::Ipv6Addr;

use thiserror::Error;

use crate::release::Dialect;

/// What Go says of a text that is no IP address: the text, why it is none, and where Go stopped reading
/// where that matters.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub(crate) struct IpAddressError(String);

impl IpAddressError {
    pub(super) fn new(text: &[u8], (fault, rest): Found<'_>, go: &Dialect) -> Self {
        let text = go.quote(text);
        Self(match rest {
            [] => format!("ParseAddr({text}): {fault}"),
            rest => format!("ParseAddr({text}): {fault} (at {})", go.quote(rest)),
        })
    }
}

/// Why a text is no IP address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum IpAddressFault {
    /// None of `.`, `:` and `%` occurs.
    #[error("unable to parse IP")]
    NoSeparator,
    /// `%` comes before any `.` or `:`.
    #[error("missing IPv6 address")]
    NoAddressBeforeZone,
    /// Nothing follows the `%`.
    #[error("zone must be a non-empty string")]
    EmptyZone,
    /// As in `127.0.0.01`.
    #[error("IPv4 field has octet with leading zero")]
    LeadingZero,
    /// As in `127.0.0.256`.
    #[error("IPv4 field has value >255")]
    OctetTooLarge,
    /// As in `127..0.1`.
    #[error("IPv4 field must have at least one digit")]
    EmptyOctet,
    /// More than four octets.
    #[error("IPv4 address too long")]
    TooManyOctets,
    /// Fewer than four octets.
    #[error("IPv4 address too short")]
    TooFewOctets,
    /// Neither a digit nor a dot.
    #[error("unexpected character")]
    UnexpectedCharacter,
    /// Five digits or more between colons.
    #[error("each group must have 4 or less digits")]
    GroupTooLong,
    /// As in `1:g`.
    #[error("each colon-separated field must have at least one digit")]
    EmptyGroup,
    /// As in `1:2:127.0.0.1`.
    #[error("embedded IPv4 address must replace the final 2 fields of the address")]
    EmbeddedTooEarly,
    /// As in `::1:2:3:4:5:6:7:127.0.0.1`.
    #[error("too many hex fields to fit an embedded IPv4 at the end of the address")]
    EmbeddedTooLate,
    /// A group ends in something else than a colon.
    #[error("unexpected character, want colon")]
    NoColon,
    /// A single colon at the end.
    #[error("colon must be followed by more characters")]
    TrailingColon,
    /// A second `::`.
    #[error("multiple :: in address")]
    SecondEllipsis,
    /// More after eight groups.
    #[error("trailing garbage after address")]
    TrailingGarbage,
    /// Fewer than eight groups and no `::`.
    #[error("address string too short")]
    TooFewGroups,
    /// Eight groups and a `::`.
    #[error("the :: must expand to at least one field of zeros")]
    EmptyEllipsis,
}

/// The kinds of address that Go's callers tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IpAddress {
    V4,
    V6,
    V6WithZone,
}

/// A fault, and the part of the text where it was found where Go names that part.
pub(super) type Found<'a> = (IpAddressFault, &'a [u8]);

/// Reads the text as an address.
pub(super) fn parse(text: &[u8]) -> Result<IpAddress, Found<'_>> {
    let first_separator = text.iter().find(|byte| matches!(byte, b'.' | b':' | b'%'));
    match first_separator {
        Some(b'.') => check_octets(text).map(|()| IpAddress::V4),
        Some(b':') => parse_v6(text),
        Some(_) => Err((IpAddressFault::NoAddressBeforeZone, &[])),
        None => Err((IpAddressFault::NoSeparator, &[])),
    }
}

/// The text with no more than four digits in each group that starts with zeros; `None` where there is
/// no such group.
pub(super) fn with_groups_of_four(text: &[u8]) -> Option<Vec<u8>> {
    let mut shortened = Vec::with_capacity(text.len());
    let is_digit = |byte: &u8| byte.is_ascii_hexdigit();
    for group in text.chunk_by(|a, b| is_digit(a) == is_digit(b)) {
        let excess = match group.first().is_some_and(is_digit) {
            true => group.len().saturating_sub(4),
            false => 0,
        };
        let zeros = group.iter().take_while(|byte| **byte == b'0').count();
        shortened.extend(group.iter().skip(excess.min(zeros)));
    }
    (shortened.len() < text.len()).then_some(shortened)
}

/// Whether an address that was read stands for one of IPv4.
pub(super) fn is_mapped(text: &[u8]) -> bool {
    let address = text.split(|byte| *byte == b'%').next().unwrap_or_default();
    let address: Option<Ipv6Addr> = str::from_utf8(address)
        .ok()
        .and_then(|text| text.parse().ok());
    address.is_some_and(|address| address.to_ipv4_mapped().is_some())
}

fn parse_v6(text: &[u8]) -> Result<IpAddress, Found<'_>> {
    let percent = text.iter().position(|&byte| byte == b'%');
    let (address, zone) = match percent.and_then(|index| text.split_at_checked(index)) {
        Some((_, [b'%'])) => return Err((IpAddressFault::EmptyZone, &[])),
        Some((address, _)) => (address, IpAddress::V6WithZone),
        None => (text, IpAddress::V6),
    };
    check_groups(address).map(|()| zone)
}

/// Eight 16-bit groups, of which a run may be `::` and the last two an IPv4 address.
fn check_groups(address: &[u8]) -> Result<(), Found<'_>> {
    const GROUPS: u8 = 8;

    let (mut rest, mut ellipsis) = match address.strip_prefix(b"::") {
        Some([]) => return Ok(()),
        Some(rest) => (rest, true),
        None => (address, false),
    };
    let mut groups = 0;
    while groups < GROUPS {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_hexdigit());
        let digits = digits.count();
        if digits > 4 {
            return Err((IpAddressFault::GroupTooLong, rest));
        }
        if digits == 0 {
            return Err((IpAddressFault::EmptyGroup, rest));
        }
        let after = rest.get(digits..).unwrap_or_default();
        if after.first() == Some(&b'.') {
            if !ellipsis && groups != GROUPS - 2 {
                return Err((IpAddressFault::EmbeddedTooEarly, rest));
            }
            if groups > GROUPS - 2 {
                return Err((IpAddressFault::EmbeddedTooLate, rest));
            }
            check_octets(rest)?;
            groups += 2;
            rest = &[];
            break;
        }
        groups += 1;
        rest = match after {
            [] => after,
            [b':'] => return Err((IpAddressFault::TrailingColon, after)),
            [b':', second @ ..] if second.first() != Some(&b':') => second,
            [b':', second @ ..] if ellipsis => {
                return Err((IpAddressFault::SecondEllipsis, second));
            }
            [b':', b':', more @ ..] => {
                ellipsis = true;
                more
            }
            _ => return Err((IpAddressFault::NoColon, after)),
        };
        if rest.is_empty() {
            break;
        }
    }
    if !rest.is_empty() {
        return Err((IpAddressFault::TrailingGarbage, rest));
    }
    match (groups < GROUPS, ellipsis) {
        (true, false) => Err((IpAddressFault::TooFewGroups, &[])),
        (false, true) => Err((IpAddressFault::EmptyEllipsis, &[])),
        _ => Ok(()),
    }
}

/// Four numbers up to 255 with dots between. Go reads from the front and names what it meets first,
/// with the text from there on for some faults.
fn check_octets(text: &[u8]) -> Result<(), Found<'_>> {
    let mut rest = text;
    for place in 1.. {
        let end = rest.iter().position(|&byte| byte == b'.');
        let (octet, from_dot) = rest.split_at(end.unwrap_or(rest.len()));
        check_octet(octet).map_err(|(fault, at)| match fault {
            IpAddressFault::UnexpectedCharacter => (fault, rest.get(at..).unwrap_or_default()),
            _ => (fault, &[][..]),
        })?;
        match from_dot {
            [] if place < 4 => return Err((IpAddressFault::TooFewOctets, &[])),
            [] => break,
            [_] => return Err((IpAddressFault::EmptyOctet, from_dot)),
            _ if octet.is_empty() => return Err((IpAddressFault::EmptyOctet, from_dot)),
            _ if place == 4 => return Err((IpAddressFault::TooManyOctets, &[])),
            [_, after @ ..] => rest = after,
        }
    }
    Ok(())
}

/// What stands between two dots; a fault comes with the number of digits before it.
fn check_octet(octet: &[u8]) -> Result<(), (IpAddressFault, usize)> {
    let digits = octet
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let number = octet
        .iter()
        .take(digits.min(4))
        .fold(0_u16, |number, digit| number * 10 + u16::from(digit - b'0'));
    if digits > 1 && octet.first() == Some(&b'0') {
        Err((IpAddressFault::LeadingZero, digits))
    } else if number > 255 {
        Err((IpAddressFault::OctetTooLarge, digits))
    } else if digits < octet.len() {
        Err((IpAddressFault::UnexpectedCharacter, digits))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        let error = |found| IpAddressError::new(text.as_bytes(), found, &Dialect::default());
        parse(text.as_bytes()).map_or_else(|found| error(found).to_string(), |ip| format!("{ip:?}"))
    }

    #[test]
    fn addresses() {
        for (text, kind) in [
            ("127.0.0.1", IpAddress::V4),
            ("::", IpAddress::V6),
            ("::1", IpAddress::V6),
            ("1::", IpAddress::V6),
            ("1:2:3:4:5:6:7:8", IpAddress::V6),
            ("1:2:3:4:5:6:7::", IpAddress::V6),
            ("1:2:3:4:5:6:127.0.0.1", IpAddress::V6),
            ("::ffff:127.0.0.1", IpAddress::V6),
            ("fe80::1%en0", IpAddress::V6WithZone),
            ("::%%", IpAddress::V6WithZone),
        ] {
            assert_eq!(parse(text.as_bytes()), Ok(kind), "{text}");
        }
    }

    #[test]
    fn reasons() {
        for (text, reason) in [
            ("", "unable to parse IP"),
            ("host", "unable to parse IP"),
            ("%en0", "missing IPv6 address"),
            ("::1%", "zone must be a non-empty string"),
            ("1.2.3", "IPv4 address too short"),
            ("1.2.3.4.5", "IPv4 address too long"),
            ("1.2.3.04", "IPv4 field has octet with leading zero"),
            ("1.2.3.256", "IPv4 field has value >255"),
            (
                "1..3.4",
                r#"IPv4 field must have at least one digit (at ".3.4")"#,
            ),
            (
                "1.2.3.",
                r#"IPv4 field must have at least one digit (at ".")"#,
            ),
            ("1.2.3.x", r#"unexpected character (at "x")"#),
            (
                "12345::",
                r#"each group must have 4 or less digits (at "12345::")"#,
            ),
            (
                "1:x",
                r#"each colon-separated field must have at least one digit (at "x")"#,
            ),
            (
                ":",
                r#"each colon-separated field must have at least one digit (at ":")"#,
            ),
            (
                "1:",
                r#"colon must be followed by more characters (at ":")"#,
            ),
            ("1::2::3", r#"multiple :: in address (at ":3")"#),
            ("1x:", r#"unexpected character, want colon (at "x:")"#),
            ("1:2", "address string too short"),
            (
                "1:2:3:4:5:6:7:8:9",
                r#"trailing garbage after address (at "9")"#,
            ),
            (
                "1:2:3:4::5:6:7:8",
                "the :: must expand to at least one field of zeros",
            ),
            (
                "1:2.3.4.5",
                "embedded IPv4 address must replace the final 2 fields of the address \
                 (at \"2.3.4.5\")",
            ),
            (
                "::1:2:3:4:5:6:7:1.2.3.4",
                "too many hex fields to fit an embedded IPv4 at the end of the address \
                 (at \"1.2.3.4\")",
            ),
        ] {
            assert_eq!(message(text), format!("ParseAddr(\"{text}\"): {reason}"));
        }
    }
}
