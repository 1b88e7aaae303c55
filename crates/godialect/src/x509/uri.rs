//! URIs, as far as Go's `url.Parse` refuses one and as far as its host matters.
//!
//! `[scheme:][//[userinfo@]host][/path][?query][#fragment]`: the fragment is split off first, then
//! the scheme, then the query. A scheme without a slash after it makes the rest opaque, and nothing
//! in there is looked at. The host is percent-decoded; from Go 1.24.8 and 1.25.2 on an IPv6 address in
//! brackets must be one.
//!
//! Differs from the `url` crate, which follows the WHATWG standard: that one needs a scheme, knows
//! special schemes, repairs what it can and converts international names.
//!
//! Certificates hold URIs as ASCII, which the caller has checked.

use std::borrow::Cow;

use thiserror::Error;

use super::ip_address::{self, IpAddress, IpAddressError};
use crate::changes::Rule;
use crate::release::Dialect;

/// The URI that Go does not parse, and why.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("parse {uri}: {fault}")]
pub(crate) struct UriError {
    /// The URI, in quotes, with its fragment only where the fragment is at fault.
    pub uri: String,
    /// Why it does not parse.
    pub fault: UriFault,
}

/// Why Go does not parse a URI.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum UriFault {
    /// A control character outside the fragment.
    #[error("net/url: invalid control character in URL")]
    ControlCharacter,
    /// A colon comes first.
    #[error("missing protocol scheme")]
    MissingScheme,
    /// As in `a_b:c`, which is no scheme.
    #[error("first path segment in URL cannot contain colon")]
    ColonInFirstSegment,
    /// A `%` without two hexadecimal digits, or with digits that the host may not escape.
    #[error("invalid URL escape {escape}")]
    Escape {
        /// Up to three characters from the `%` on, in quotes.
        escape: String,
    },
    /// A character that no host holds.
    #[error("invalid character {character} in host name")]
    HostCharacter {
        /// The character, in quotes.
        character: String,
    },
    /// A character that no user information holds.
    #[error("net/url: invalid userinfo")]
    UserInfo,
    /// A `[` after the start of the host, or IPv4 in brackets.
    #[error("invalid IP-literal")]
    IpLiteral,
    /// IPv4 in brackets, mapped to IPv6 or not: Go 1.24.8, 1.24.9, 1.25.2 and 1.25.3.
    #[error("invalid IPv6 host")]
    MappedLiteral,
    /// A `[` and no `]`.
    #[error("missing ']' in host")]
    MissingBracket,
    /// Something else than a colon and digits at the end of the host.
    #[error("invalid port {port} after host")]
    Port {
        /// The port with its colon, in quotes.
        port: String,
    },
    /// No IPv6 address in brackets.
    #[error("invalid host: {0}")]
    IpAddress(IpAddressError),
}

/// The part of a URI that a percent escape is in; each has its own rules.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Path, fragment or user information: every escape is fine.
    Free,
    /// Only bytes above ASCII and `%` itself are escaped.
    Host,
    /// The same characters as in the host and the space, each of them escaped or not.
    Zone,
}

/// Parses the ASCII text and gives back its host, with the port and decoded.
pub(super) fn parse_host<'a>(uri: &'a str, go: &Dialect) -> Result<Cow<'a, [u8]>, UriError> {
    let (main, fragment) = uri.split_once('#').unwrap_or((uri, ""));
    let host = parse_main(main, go).map_err(|fault| UriError {
        uri: go.quote(main),
        fault,
    })?;
    check_escapes(fragment, Part::Free, go).map_err(|fault| UriError {
        uri: go.quote(uri),
        fault,
    })?;
    Ok(host)
}

fn parse_main<'a>(main: &'a str, go: &Dialect) -> Result<Cow<'a, [u8]>, UriFault> {
    const NO_HOST: Cow<'_, [u8]> = Cow::Borrowed(&[]);

    if main.bytes().any(|byte| byte.is_ascii_control()) {
        return Err(UriFault::ControlCharacter);
    }
    let (scheme, after_scheme) = split_scheme(main)?;
    let has_scheme = !scheme.is_empty();
    let hierarchy = before(after_scheme, '?');
    if !hierarchy.starts_with('/') {
        if has_scheme {
            return Ok(NO_HOST);
        }
        if before(hierarchy, '/').contains(':') {
            return Err(UriFault::ColonInFirstSegment);
        }
    }
    // Without a scheme, three slashes are a path with empty segments.
    let has_authority = has_scheme || !hierarchy.starts_with("///");
    let (host, path) = match hierarchy.strip_prefix("//") {
        Some(after_slashes) if has_authority => {
            let authority = before(after_slashes, '/');
            let path = after_slashes.get(authority.len()..).unwrap_or_default();
            (parse_authority(authority, scheme, go)?, path)
        }
        _ => (NO_HOST, hierarchy),
    };
    check_escapes(path, Part::Free, go)?;
    Ok(host)
}

fn before(text: &str, end: char) -> &str {
    text.split_once(end).map_or(text, |(before, _)| before)
}

/// The scheme, empty where there is none, and what follows its colon.
fn split_scheme(main: &str) -> Result<(&str, &str), UriFault> {
    match main.split_once(':') {
        Some(("", _)) => Err(UriFault::MissingScheme),
        Some((scheme, rest)) if is_scheme(scheme) => Ok((scheme, rest)),
        _ => Ok(("", main)),
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

fn parse_authority<'a>(
    authority: &'a str,
    scheme: &str,
    go: &Dialect,
) -> Result<Cow<'a, [u8]>, UriFault> {
    let Some((user_info, host)) = authority.rsplit_once('@') else {
        return parse_host_and_port(authority, scheme, go);
    };
    // Go looks at the host first, so its fault is the one to report.
    let host = parse_host_and_port(host, scheme, go)?;
    let is_allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte);
    if !user_info.bytes().all(is_allowed) {
        return Err(UriFault::UserInfo);
    }
    // An escape does not reach over the colon between name and password.
    let (name, password) = user_info.split_once(':').unwrap_or((user_info, ""));
    check_escapes(name, Part::Free, go)?;
    check_escapes(password, Part::Free, go)?;
    Ok(host)
}

fn parse_host_and_port<'a>(
    host: &'a str,
    scheme: &str,
    go: &Dialect,
) -> Result<Cow<'a, [u8]>, UriFault> {
    if host.contains('[') {
        return parse_bracketed(host, scheme, go);
    }
    parse_name_and_port(host, scheme, go)
}

/// Parses a host without an address in brackets.
fn parse_name_and_port<'a>(
    host: &'a str,
    scheme: &str,
    go: &Dialect,
) -> Result<Cow<'a, [u8]>, UriFault> {
    // The last colon, since lists of hosts with ports are common in database URIs, or the first.
    let last = host.rfind(':');
    let colon = match host.find(':') {
        first if first != last && has_strict_colons(scheme, go) => first,
        _ => last,
    };
    let port = colon.and_then(|colon| host.get(colon..));
    check_port(port.unwrap_or_default(), go)?;
    decode(host, Part::Host, go)
}

/// Whether a host of this scheme may have one colon only: the setting `urlstrictcolons`.
fn has_strict_colons(scheme: &str, go: &Dialect) -> bool {
    let is_one_of = |schemes: [&str; 2]| schemes.iter().any(|s| s.eq_ignore_ascii_case(scheme));
    go.has(Rule::StrictColons)
        && match go.has(Rule::StrictColonsInHttp) {
            true => is_one_of(["http", "https"]),
            false => !is_one_of(["postgres", "postgresql"]),
        }
}

/// Parses a host with a `[` somewhere: `[address]`, `[address%25zone]` and either with a port.
fn parse_bracketed<'a>(
    host: &'a str,
    scheme: &str,
    go: &Dialect,
) -> Result<Cow<'a, [u8]>, UriFault> {
    if !go.has(Rule::Ipv6InBrackets) {
        return parse_any_bracketed(host, scheme, go);
    }
    let (before, literal) = host.rsplit_once('[').unwrap_or(("", host));
    if !before.is_empty() && go.has(Rule::BracketsFirst) {
        return Err(UriFault::IpLiteral);
    }
    let (name, port) = host.rsplit_once(']').ok_or(UriFault::MissingBracket)?;
    check_port(port, go)?;
    // The port was fine, so the `]` stands behind the `[`. What is before the `[` is dropped.
    let name = name.get(before.len() + 1..).unwrap_or(literal);
    let zone_start = name.find("%25").unwrap_or(name.len());
    let (address, zone) = name.split_at_checked(zone_start).unwrap_or((name, ""));
    let address = decode(address, Part::Host, go)?;
    let zone = decode(zone, Part::Zone, go)?;
    let is_plain = matches!((&address, &*zone), (Cow::Borrowed(_), [])) && before.is_empty();
    let text = if is_plain {
        address
    } else {
        Cow::Owned([address, zone].concat())
    };
    let parsed = ip_address::parse(&text)
        .map_err(|found| UriFault::IpAddress(IpAddressError::new(&text, found, go)))?;
    let is_v4 = parsed == IpAddress::V4;
    if (is_v4 || ip_address::is_mapped(&text)) && !go.has(Rule::MappedInBrackets) {
        return Err(UriFault::MappedLiteral);
    }
    if is_v4 {
        return Err(UriFault::IpLiteral);
    }
    if is_plain {
        return Ok(Cow::Borrowed(host.as_bytes()));
    }
    Ok(Cow::Owned([b"[", &*text, b"]", port.as_bytes()].concat()))
}

/// The same up to Go 1.24.7 and 1.25.1, where anything may stand in the brackets.
fn parse_any_bracketed<'a>(
    host: &'a str,
    scheme: &str,
    go: &Dialect,
) -> Result<Cow<'a, [u8]>, UriFault> {
    if !host.starts_with('[') {
        return parse_name_and_port(host, scheme, go);
    }
    let end = host.rfind(']').ok_or(UriFault::MissingBracket)?;
    let (literal, after) = host.split_at_checked(end).unwrap_or((host, ""));
    check_port(after.strip_prefix(']').unwrap_or_default(), go)?;
    let Some((address, zone)) = literal
        .find("%25")
        .and_then(|zone| literal.split_at_checked(zone))
    else {
        return decode(host, Part::Host, go);
    };
    let parts = [
        decode(address, Part::Host, go)?,
        decode(zone, Part::Zone, go)?,
        decode(after, Part::Host, go)?,
    ];
    Ok(Cow::Owned(parts.concat()))
}

/// Nothing, or a colon and any number of digits.
fn check_port(port: &str, go: &Dialect) -> Result<(), UriFault> {
    let digits = if port.is_empty() {
        Some("")
    } else {
        port.strip_prefix(':')
    };
    if digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())) {
        return Ok(());
    }
    let port = go.quote(port);
    Err(UriFault::Port { port })
}

/// Checks the text and replaces its escapes by the bytes that they stand for.
fn decode<'a>(text: &'a str, part: Part, go: &Dialect) -> Result<Cow<'a, [u8]>, UriFault> {
    check_escapes(text, part, go)?;
    if !text.contains('%') {
        return Ok(Cow::Borrowed(text.as_bytes()));
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let (byte, after) = match split_escape(rest) {
            Some(escape) => escape,
            None => (byte, after),
        };
        decoded.push(byte);
        rest = after;
    }
    Ok(Cow::Owned(decoded))
}

fn check_escapes(text: &str, part: Part, go: &Dialect) -> Result<(), UriFault> {
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = if byte != b'%' {
            if !part.may_hold(byte) {
                let character = go.quote([byte]);
                return Err(UriFault::HostCharacter { character });
            }
            after
        } else if let Some((escaped, after)) = split_escape(rest)
            && part.may_escape(escaped)
        {
            after
        } else {
            let escape = go.quote(rest.get(..3).unwrap_or(rest));
            return Err(UriFault::Escape { escape });
        };
    }
    Ok(())
}

/// The byte that the escape at the front stands for, and what follows that escape.
fn split_escape(text: &[u8]) -> Option<(u8, &[u8])> {
    let (&[percent, high, low], after) = text.split_first_chunk()?;
    let digit = |byte| char::from(byte).to_digit(16);
    let byte = digit(high)? << 4 | digit(low)?;
    (percent == b'%').then_some((u8::try_from(byte).ok()?, after))
}

impl Part {
    fn may_hold(self, byte: u8) -> bool {
        self == Self::Free || is_host_byte(byte)
    }

    fn may_escape(self, byte: u8) -> bool {
        match self {
            Self::Free => true,
            Self::Host => byte >= 0x80 || byte == b'%',
            Self::Zone => byte == b'%' || byte == b' ' || is_host_byte(byte),
        }
    }
}

/// The sub-delimiters and marks of RFC 3986, the brackets and colon of an address with a port, and
/// three characters that cannot be escaped there but were seen in use.
fn is_host_byte(byte: u8) -> bool {
    #[rustfmt::skip]
    let is_mark = matches!(
        byte,
        b'-' | b'.' | b'_' | b'~' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b','
            | b';' | b'=' | b':' | b'[' | b']' | b'<' | b'>' | b'"'
    );
    is_mark || byte.is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(uri: &str) -> Result<String, String> {
        parse_host(uri, &Dialect::default())
            .map(|host| String::from_utf8_lossy(&host).into_owned())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn hosts() {
        for (uri, expected) in [
            ("", ""),
            ("*", ""),
            ("a/b:c", ""),
            ("urn:a b%zz", ""),
            ("spiffe://domain/path", "domain"),
            ("//host:80?query#%41", "host:80"),
            ("///path", ""),
            ("s:///path", ""),
            ("s://u:p@h@host/", "host"),
            ("s://a:1,b:2", "a:1,b:2"),
            ("HTTP://a:1:", "a:1:"),
            ("s://%c3%A9", "é"),
            ("s://a%25b", "a%b"),
            ("s://[fe80::1%25en%200]:1", "[fe80::1%en 0]:1"),
            ("s://[::1]", "[::1]"),
            ("s://h?\u{20}#\u{7f}", "h"),
        ] {
            assert_eq!(host(uri).as_deref(), Ok(expected), "{uri}");
        }
    }

    #[test]
    fn faults() {
        for (uri, fault) in [
            ("a\tb", "net/url: invalid control character in URL"),
            (":a", "missing protocol scheme"),
            ("a_b:c/d", "first path segment in URL cannot contain colon"),
            ("/%zz1", r#"invalid URL escape "%zz""#),
            ("s:/%4", r#"invalid URL escape "%4""#),
            ("s://%41", r#"invalid URL escape "%41""#),
            ("s://[::1%25%41%2f]", r#"invalid URL escape "%2f""#),
            ("s://a b", r#"invalid character " " in host name"#),
            ("s://a^b@h", "net/url: invalid userinfo"),
            ("s://%4:1@h", r#"invalid URL escape "%4""#),
            ("s://a[::1]", "invalid IP-literal"),
            ("s://[1.2.3.4]", "invalid IP-literal"),
            ("s://[::1", "missing ']' in host"),
            ("s://[::1]a", r#"invalid port "a" after host"#),
            ("s://a:b", r#"invalid port ":b" after host"#),
            ("https://a:1:b", r#"invalid port ":b" after host"#),
            (
                "s://[%ff]",
                r#"invalid host: ParseAddr("\xff"): unable to parse IP"#,
            ),
        ] {
            assert_eq!(
                host(uri),
                Err(format!("parse \"{}\": {fault}", uri.escape_default()))
            );
        }
        // Only a fault in the fragment shows the fragment.
        assert_eq!(
            host("s:/%#%zz"),
            Err(r#"parse "s:/%": invalid URL escape "%""#.to_owned())
        );
        assert_eq!(
            host("s:/#%zz"),
            Err(r#"parse "s:/#%zz": invalid URL escape "%zz""#.to_owned())
        );
    }
}
