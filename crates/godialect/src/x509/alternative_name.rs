//! Subject alternative names.
//!
//! Go reads four kinds: mail addresses and DNS names, which need only be ASCII; URIs, which must
//! parse and have a host that can be a domain name; and IP addresses of 4 or 16 bytes. Any other
//! element is skipped, and that includes the four kinds with the constructed bit set.
//!
//! Differs from the usual crates, which refuse what is no GeneralName and do not parse URIs.

use thiserror::Error;

use super::der::{Element, Reader, Tag};
use super::domain::{domain_of_mailbox, is_domain_name, is_strict_domain};
use super::uri::{self, UriError};
use crate::changes::Rule;
use crate::release::Dialect;

pub(super) const EMAIL: Tag = Tag::implicit(1);
pub(super) const DNS: Tag = Tag::implicit(2);
pub(super) const URI: Tag = Tag::implicit(6);
pub(super) const IP: Tag = Tag::implicit(7);

/// What Go finds wrong with a subject alternative name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum AlternativeNameError {
    /// The sequence of names is not encoded as it must be.
    #[error("x509: invalid subject alternative names")]
    Names,
    /// One name is not encoded as it must be.
    #[error("x509: invalid subject alternative name")]
    Name,
    /// A mail address has a byte above ASCII.
    #[error("x509: SAN rfc822Name is malformed")]
    Email,
    /// A DNS name has a byte above ASCII.
    #[error("x509: SAN dNSName is malformed")]
    Dns,
    /// A URI has a byte above ASCII.
    #[error("x509: SAN uniformResourceIdentifier is malformed")]
    Uri,
    /// A URI does not parse.
    #[error("x509: cannot parse URI {uri}: {reason}")]
    UnparsedUri {
        /// The URI, in quotes.
        uri: String,
        /// Why it does not parse.
        reason: UriError,
    },
    /// The host of a URI is no domain name, even in the loose sense.
    #[error("x509: cannot parse URI {uri}: invalid domain")]
    UriDomain {
        /// The URI, in quotes.
        uri: String,
    },
    /// The same in Go 1.24.8 and 1.25.2, which print an error that is not there.
    #[error("x509: cannot parse URI {uri}: %!s(<nil>)")]
    StrictUriDomain {
        /// The URI, in quotes.
        uri: String,
    },
    /// An IP address is one of IPv4 mapped to IPv6: from Go 1.27 on.
    #[error("x509: SAN iPAddress contains IPv4-mapped IPv6 address")]
    MappedAddress,
    /// An IP address has neither 4 nor 16 bytes.
    #[error("x509: cannot parse IP address of length {length}")]
    IpLength {
        /// How many bytes it has.
        length: usize,
    },
}

/// Checks the value of the extension.
pub(super) fn check(mut value: Reader<'_>, go: &Dialect) -> Result<(), AlternativeNameError> {
    let mut names = value
        .enter(Tag::SEQUENCE)
        .ok_or(AlternativeNameError::Names)?;
    while !names.is_empty() {
        let name = names.any().ok_or(AlternativeNameError::Name)?;
        check_name(name, go)?;
    }
    Ok(())
}

fn check_name(name: Element<'_>, go: &Dialect) -> Result<(), AlternativeNameError> {
    let content = name.content;
    match name.tag {
        EMAIL if !is_email(content, go) => Err(AlternativeNameError::Email),
        DNS if !is_dns_name(content, go) => Err(AlternativeNameError::Dns),
        URI => check_uri(content, go),
        IP if !matches!(content.len(), 4 | 16) => Err(AlternativeNameError::IpLength {
            length: content.len(),
        }),
        IP if is_mapped(content) && go.has(Rule::UnmappedAddresses) => {
            Err(AlternativeNameError::MappedAddress)
        }
        _ => Ok(()),
    }
}

/// Whether the bytes are an IPv4 address mapped to IPv6.
pub(super) fn is_mapped(address: &[u8]) -> bool {
    const PREFIX: [u8; 12] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
    address.len() == 16 && address.starts_with(&PREFIX)
}

fn is_email(content: &[u8], go: &Dialect) -> bool {
    let is_strict = || {
        let domain = domain_of_mailbox(content);
        domain.is_some_and(|domain| is_domain_name(domain, go) && is_strict_domain(domain, false))
    };
    content.is_ascii() && (is_strict() || !go.has(Rule::StrictDomains))
}

fn is_dns_name(content: &[u8], go: &Dialect) -> bool {
    content.is_ascii() && (is_strict_domain(content, false) || !go.has(Rule::StrictDomains))
}

fn check_uri(content: &[u8], go: &Dialect) -> Result<(), AlternativeNameError> {
    let text = str::from_utf8(content)
        .ok()
        .filter(|text| text.is_ascii())
        .ok_or(AlternativeNameError::Uri)?;
    let host = uri::parse_host(text, go).map_err(|reason| AlternativeNameError::UnparsedUri {
        uri: go.quote(text),
        reason,
    })?;
    let fits = is_domain_name(&host, go);
    // Most hosts are short and visible, so they pass in every release.
    let is_short = fits && host.len() <= 63 && !host.starts_with(b".");
    let is_strict = is_short || host.is_empty() || is_strict_domain(&host, false);
    if !(fits && is_strict) && go.has(Rule::StrictDomains) {
        if is_strict {
            return Ok(());
        }
        let uri = go.quote(text);
        return Err(AlternativeNameError::StrictUriDomain { uri });
    }
    if !fits {
        let uri = go.quote(text);
        return Err(AlternativeNameError::UriDomain { uri });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Sample, element};

    fn message(tag: u8, name: &[u8]) -> String {
        let names = element(0x30, &element(tag, name));
        Sample::with_extension(17, &names).message()
    }

    #[test]
    fn names() {
        for (tag, name, expected) in [
            (0x81, &b"no mailbox"[..], ""),
            (0x81, b"\xff", "x509: SAN rfc822Name is malformed"),
            (0x82, b"..", ""),
            (0x82, b"\xff", "x509: SAN dNSName is malformed"),
            (0x86, b"spiffe://example.org/a", ""),
            (
                0x86,
                b"\xff",
                "x509: SAN uniformResourceIdentifier is malformed",
            ),
            (
                0x86,
                b"s://a\n",
                r#"x509: cannot parse URI "s://a\n": parse "s://a\n": net/url: invalid control character in URL"#,
            ),
            (
                0x86,
                b"s://a./",
                r#"x509: cannot parse URI "s://a./": invalid domain"#,
            ),
            (0x86, b"s://a.:80/", ""),
            (0x87, &[0; 16], ""),
            (0x87, &[0; 5], "x509: cannot parse IP address of length 5"),
            (0xa6, b"\xff", ""),
            (0x01, b"\xff", ""),
            (0x1f, b"", "x509: invalid subject alternative name"),
        ] {
            assert_eq!(message(tag, name), expected, "{tag:x} {name:x?}");
        }
        assert_eq!(
            Sample::with_extension(17, &[]).message(),
            "x509: invalid subject alternative names"
        );
    }
}
