//! Name constraints.
//!
//! The one extension where Go minds trailing bytes: none may follow the sequence, nor the two lists
//! in it. At least one list must hold something. A subtree starts with its name; minimum and
//! maximum are not looked at, nor are names of other kinds than DNS, mail, URI and IP address.
//!
//! Differs from `webpki` and the usual crates: constraints are checked on their own, before any
//! name is held against them.

use thiserror::Error;

use super::alternative_name::{DNS, EMAIL, IP, URI, is_mapped};
use super::der::{Element, Reader, Tag};
use super::domain::{is_domain_constraint, is_mailbox};
use super::ip_address::{self, IpAddress};
use crate::changes::Rule;
use crate::release::Dialect;

/// What Go finds wrong with a name constraint.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum ConstraintError {
    /// The extension is not encoded as it must be.
    #[error("x509: invalid NameConstraints extension")]
    Encoding,
    /// Neither names are permitted nor excluded.
    #[error("x509: empty name constraints extension")]
    Empty,
    /// A constraint on text has a byte above ASCII.
    #[error("x509: invalid constraint value: x509: {value} cannot be encoded as an IA5String")]
    NotAscii {
        /// The constraint, in quotes.
        value: String,
    },
    /// A DNS constraint is no domain name.
    #[error("x509: failed to parse dnsName constraint {constraint}")]
    Dns {
        /// The constraint, in quotes.
        constraint: String,
    },
    /// An IP constraint has neither 8 nor 32 bytes.
    #[error("x509: IP constraint contained value of length {length}")]
    IpLength {
        /// How many bytes it has.
        length: usize,
    },
    /// The address of an IP constraint is one of IPv4 mapped to IPv6: from Go 1.27 on.
    #[error("x509: IP constraint contained IPv4-mapped IPv6 address")]
    MappedAddress,
    /// The mask of an IP constraint has a one after a zero.
    #[error("x509: IP constraint contained invalid mask {}", Hexadecimal(mask))]
    IpMask {
        /// The mask, as many bytes as the address.
        mask: Box<[u8]>,
    },
    /// A mail constraint is neither a mailbox nor a domain name.
    #[error("x509: failed to parse rfc822Name constraint {constraint}")]
    Email {
        /// The constraint, in quotes.
        constraint: String,
    },
    /// A URI constraint is an IP address.
    #[error("x509: failed to parse URI constraint {constraint}: cannot be IP address")]
    UriIpAddress {
        /// The constraint, in quotes.
        constraint: String,
    },
    /// A URI constraint is no domain name.
    #[error("x509: failed to parse URI constraint {constraint}")]
    Uri {
        /// The constraint, in quotes.
        constraint: String,
    },
}

struct Hexadecimal<'a>(&'a [u8]);

impl std::fmt::Display for Hexadecimal<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0
            .iter()
            .try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

/// Checks the value of the extension.
pub(super) fn check(value: Reader<'_>, go: &Dialect) -> Result<(), ConstraintError> {
    let lists = read_lists(value).ok_or(ConstraintError::Encoding)?;
    if lists.iter().all(Reader::is_empty) {
        return Err(ConstraintError::Empty);
    }
    for mut subtrees in lists {
        while !subtrees.is_empty() {
            let mut subtree = subtrees
                .enter(Tag::SEQUENCE)
                .ok_or(ConstraintError::Encoding)?;
            check_name(subtree.any().ok_or(ConstraintError::Encoding)?, go)?;
        }
    }
    Ok(())
}

/// The permitted and the excluded subtrees; a missing list counts as an empty one.
pub(super) fn read_lists(mut value: Reader<'_>) -> Option<[Reader<'_>; 2]> {
    let mut fields = value.enter(Tag::SEQUENCE).filter(|_| value.is_empty())?;
    let permitted = fields.enter_optional(Tag::explicit(0))?;
    let excluded = fields.enter_optional(Tag::explicit(1))?;
    fields
        .is_empty()
        .then(|| [permitted, excluded].map(|list| list.unwrap_or(Reader::new(&[]))))
}

fn check_name(name: Element<'_>, go: &Dialect) -> Result<(), ConstraintError> {
    match name.tag {
        EMAIL => check_email(ascii(name.content, go)?, go),
        DNS => check_dns(ascii(name.content, go)?, go),
        URI => check_uri(ascii(name.content, go)?, go),
        IP => check_ip(name.content, go),
        _ => Ok(()),
    }
}

fn ascii<'a>(value: &'a [u8], go: &Dialect) -> Result<&'a str, ConstraintError> {
    str::from_utf8(value)
        .ok()
        .filter(|text| text.is_ascii())
        .ok_or_else(|| ConstraintError::NotAscii {
            value: go.quote(value),
        })
}

fn check_dns(constraint: &str, go: &Dialect) -> Result<(), ConstraintError> {
    if is_domain_constraint(constraint.as_bytes(), go) {
        return Ok(());
    }
    let constraint = go.quote(constraint);
    Err(ConstraintError::Dns { constraint })
}

/// With an `@` the constraint is a whole mailbox, without one it is a domain.
fn check_email(constraint: &str, go: &Dialect) -> Result<(), ConstraintError> {
    let fits = if constraint.contains('@') {
        is_mailbox(constraint.as_bytes(), go)
    } else {
        is_domain_constraint(constraint.as_bytes(), go)
    };
    if fits {
        return Ok(());
    }
    let constraint = go.quote(constraint);
    Err(ConstraintError::Email { constraint })
}

/// An address with a zone is no IP address here, so it may pass as a domain.
fn check_uri(constraint: &str, go: &Dialect) -> Result<(), ConstraintError> {
    if is_ip_address(constraint, go) {
        let constraint = go.quote(constraint);
        return Err(ConstraintError::UriIpAddress { constraint });
    }
    if !is_domain_constraint(constraint.as_bytes(), go) {
        let constraint = go.quote(constraint);
        return Err(ConstraintError::Uri { constraint });
    }
    Ok(())
}

/// Go's `net.ParseIP`.
fn is_ip_address(text: &str, go: &Dialect) -> bool {
    let is_read = |text: &[u8]| {
        let address = ip_address::parse(text);
        matches!(address, Ok(IpAddress::V4 | IpAddress::V6))
    };
    if is_read(text.as_bytes()) {
        return true;
    }
    let shortened = ip_address::with_groups_of_four(text.as_bytes());
    shortened.is_some_and(|text| is_read(&text) && !go.has(Rule::FourDigitGroups))
}

/// An address and a mask of the same length.
fn check_ip(value: &[u8], go: &Dialect) -> Result<(), ConstraintError> {
    let length = value.len();
    let (address, mask) = match length {
        8 | 32 => value.split_at(length / 2),
        _ => return Err(ConstraintError::IpLength { length }),
    };
    if !is_mask(mask) {
        return Err(ConstraintError::IpMask { mask: mask.into() });
    }
    if is_mapped(address) && go.has(Rule::UnmappedAddresses) {
        return Err(ConstraintError::MappedAddress);
    }
    Ok(())
}

/// Ones, then zeros.
fn is_mask(bytes: &[u8]) -> bool {
    let mut zeros_only = false;
    bytes.iter().all(|byte| {
        let fits = if zeros_only {
            *byte == 0
        } else {
            byte.leading_ones() == byte.count_ones()
        };
        zeros_only |= *byte != 0xff;
        fits
    })
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Sample, element};

    fn message(tag: u8, constraint: &[u8]) -> String {
        let subtree = element(0x30, &[element(tag, constraint), vec![0xff]].concat());
        let excluded = element(0xa1, &subtree);
        Sample::with_extension(30, &element(0x30, &excluded)).message()
    }

    #[test]
    fn constraints() {
        for (tag, constraint, expected) in [
            (0x82, &b".example.org"[..], ""),
            (
                0x82,
                b"a.",
                r#"x509: failed to parse dnsName constraint "a.""#,
            ),
            (
                0x82,
                b"\xc3\xa9\xff",
                "x509: invalid constraint value: x509: \"\u{e9}\\xff\" cannot be encoded as an IA5String",
            ),
            (0x81, b"a@b", ""),
            (0x81, b"b", ""),
            (
                0x81,
                b"@b",
                r#"x509: failed to parse rfc822Name constraint "@b""#,
            ),
            (
                0x81,
                b"b ",
                r#"x509: failed to parse rfc822Name constraint "b ""#,
            ),
            (0x86, b"fe80::1%en0", ""),
            (
                0x86,
                b"::1",
                r#"x509: failed to parse URI constraint "::1": cannot be IP address"#,
            ),
            (
                0x86,
                b"a..b",
                r#"x509: failed to parse URI constraint "a..b""#,
            ),
            (0x87, &[10, 0, 0, 0, 0xff, 0xe0, 0, 0], ""),
            (0x87, &[0; 32], ""),
            (
                0x87,
                &[0; 4],
                "x509: IP constraint contained value of length 4",
            ),
            (
                0x87,
                &[10, 0, 0, 0, 0xff, 0x0f, 0, 0],
                "x509: IP constraint contained invalid mask ff0f0000",
            ),
            (
                0x87,
                &[10, 0, 0, 0, 0xfe, 0, 0, 1],
                "x509: IP constraint contained invalid mask fe000001",
            ),
            (0x83, b"\xff", ""),
        ] {
            assert_eq!(
                message(tag, constraint),
                expected,
                "{tag:x} {constraint:x?}"
            );
        }
    }

    #[test]
    fn frames() {
        for (value, expected) in [
            (&[0x30, 0x00][..], "x509: empty name constraints extension"),
            (
                &[0x30, 0x04, 0xa0, 0x00, 0xa1, 0x00],
                "x509: empty name constraints extension",
            ),
            (
                &[0x30, 0x00, 0x00],
                "x509: invalid NameConstraints extension",
            ),
            (
                &[0x30, 0x02, 0xa2, 0x00],
                "x509: invalid NameConstraints extension",
            ),
            (
                &[0x30, 0x04, 0xa0, 0x02, 0x30, 0x00],
                "x509: invalid NameConstraints extension",
            ),
        ] {
            let sample = Sample::with_extension(30, value);
            assert_eq!(sample.message(), expected, "{value:x?}");
        }
    }
}
