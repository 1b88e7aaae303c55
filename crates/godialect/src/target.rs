//! What gRPC for Go makes of the address that Consul gives to `grpc.DialContext`.
//!
//! Consul checks an address with `net.SplitHostPort`, but gRPC takes it for a URL first:
//!
//! - a host that is the name of a registered resolver is a scheme, and the port what it resolves;
//! - any other address becomes the path of `passthrough:///<address>`. So control characters and
//!   a `%` without two hexadecimal digits are refused, at once and for all addresses of the token;
//!   other escapes are decoded, and `?` and `#` end the address.
//!
//! What is left goes to `net.Dialer`, which takes an IP literal, or looks up what `isDomainName`
//! takes for a name; anything else is `no such host` without a look.
//!
//! gRPC has read URLs since 1.43; Consul 1.13 has an older one.

use super::address::{read_number, split_host_port};
use std::borrow::Cow;
use std::net::IpAddr;

/// The names that are schemes in a Consul server: its own, and those that gRPC brings along.
const SCHEMES: [&str; 5] = ["consul", "dns", "passthrough", "unix", "unix-abstract"];

/// Where gRPC goes with an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target<'a> {
    /// It dials this host, which is empty, an IP literal or any text, on this port.
    Host {
        /// The host, without brackets.
        host: Cow<'a, str>,
        /// The port.
        port: u16,
    },
    /// It takes the host for the scheme of a URL.
    Scheme(&'a str),
    /// It refuses the address for a control character.
    ControlCharacter,
    /// It refuses the address for a `%` without two hexadecimal digits behind it.
    BadEscape,
    /// It dials what is no `host:port` any more.
    NoHostPort,
}

impl<'a> Target<'a> {
    /// Follows an address that Consul takes; gives `None` for any other.
    pub fn of(address: &'a str) -> Option<Self> {
        let (host, port) = split(address)?;
        if SCHEMES
            .iter()
            .any(|scheme| scheme.eq_ignore_ascii_case(host))
            && !address.starts_with('[')
        {
            return Some(Self::Scheme(host));
        }
        let special = |byte: u8| byte.is_ascii_control() || matches!(byte, b'%' | b'?' | b'#');
        if !address.bytes().any(special) {
            let host = Cow::Borrowed(host);
            return Some(Self::Host { host, port });
        }
        Some(Self::of_url(address))
    }

    /// Follows an address that does not stand for itself in a URL.
    fn of_url(address: &str) -> Self {
        if address.bytes().any(|byte| byte.is_ascii_control()) {
            return Self::ControlCharacter;
        }
        let (url, fragment) = address.split_once('#').unwrap_or((address, ""));
        let path = url.split('?').next().unwrap_or_default();
        let (Some(decoded), Some(_)) = (unescape(path), unescape(fragment)) else {
            return Self::BadEscape;
        };
        match split(&decoded) {
            Some((host, port)) => Self::Host {
                host: Cow::Owned(host.to_owned()),
                port,
            },
            None => Self::NoHostPort,
        }
    }
}

fn split(address: &str) -> Option<(&str, u16)> {
    let (host, port) = split_host_port(address)?;
    let port = u16::try_from(read_number(port)?).ok()?;
    (port > 0).then_some((host, port))
}

/// Decodes `%41` and its like; gives `None` where two digits are missing. Bytes that make no UTF-8
/// become U+FFFD, which is in no name either.
fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let [high, low, after @ ..] = rest else {
            return None;
        };
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let value = digit(*high)? << 4 | digit(*low)?;
        bytes.push(u8::try_from(value).ok()?);
        rest = after;
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The IP address that a host is, and whether it has a zone behind `%`; an IPv4 address within an
/// IPv6 one is dialed as IPv4.
pub fn ip_literal(host: &str) -> Option<(IpAddr, bool)> {
    if let Ok(ip) = host.parse::<IpAddr>() {
        return Some((ip.to_canonical(), false));
    }
    let (ip, zone) = host.split_once('%')?;
    match ip.parse() {
        Ok(IpAddr::V6(ip)) if !zone.is_empty() => Some((IpAddr::from(ip).to_canonical(), true)),
        _ => None,
    }
}

/// Whether Go's `net` looks this name up (`isDomainName`): labels of 1 to 63 letters, digits, `-`
/// and `_`, no `-` at either end, 253 characters in all, one dot at the end if need be, and
/// something in it that is no digit and no hyphen.
pub fn is_domain_name(name: &str) -> bool {
    if name == "." {
        return true;
    }
    let dotless = name.strip_suffix('.').unwrap_or(name);
    let is_label = |label: &str| {
        let in_label = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (1..=63).contains(&label.len())
            && label.bytes().all(in_label)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    dotless.len() <= 253
        && dotless.split('.').all(is_label)
        && dotless
            .bytes()
            .any(|byte| byte.is_ascii_alphabetic() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn host(host: &str, port: u16) -> Option<Target<'_>> {
        let host = Cow::Borrowed(host);
        Some(Target::Host { host, port })
    }

    /// Each answer is that of gRPC 1.58.3, and of a Consul 1.20.1 that was asked to establish.
    #[test]
    fn reads_addresses_as_grpc_does() {
        for (address, expected) in [
            ("10.0.0.1:8503", host("10.0.0.1", 8503)),
            (":8503", host("", 8503)),
            ("[]:8503", host("", 8503)),
            ("[::1]:80", host("::1", 80)),
            ("10.0.0.1:+80", host("10.0.0.1", 80)),
            ("10.0.0.1:080", host("10.0.0.1", 80)),
            ("[lb.example.com]:80", host("lb.example.com", 80)),
            (" 10.0.0.1:80", host(" 10.0.0.1", 80)),
            ("a/b:80", host("a/b", 80)),
            ("//a:80", host("//a", 80)),
            ("a@b:80", host("a@b", 80)),
            ("a%62c:80", host("abc", 80)),
            ("%31.2.3.4:80", host("1.2.3.4", 80)),
            ("h%20x:8503", host("h x", 8503)),
            ("[fe80::1%25lo]:80", host("fe80::1%lo", 80)),
            ("[fe80::1%251]:80", host("fe80::1%1", 80)),
            ("[fe80::1%eth0]:80", Some(Target::BadEscape)),
            ("[fe80::1%1]:80", Some(Target::BadEscape)),
            ("a%2:80", Some(Target::BadEscape)),
            ("a%:80", Some(Target::BadEscape)),
            ("\t10.0.0.1:80", Some(Target::ControlCharacter)),
            ("10.0.0.1\n:80", Some(Target::ControlCharacter)),
            ("a\0b:80", Some(Target::ControlCharacter)),
            ("a\u{7f}b:80", Some(Target::ControlCharacter)),
            ("a?b:80", Some(Target::NoHostPort)),
            ("a#b:80", Some(Target::NoHostPort)),
            ("consul:8503", Some(Target::Scheme("consul"))),
            ("Consul:8503", Some(Target::Scheme("Consul"))),
            ("dns:80", Some(Target::Scheme("dns"))),
            ("passthrough:80", Some(Target::Scheme("passthrough"))),
            ("unix:80", Some(Target::Scheme("unix"))),
            ("unix-abstract:80", Some(Target::Scheme("unix-abstract"))),
            ("consul.:8503", host("consul.", 8503)),
            ("xds:80", host("xds", 80)),
            ("https:80", host("https", 80)),
            ("[::1]", None),
            ("a:0", None),
            ("a:65536", None),
        ] {
            assert_eq!(Target::of(address), expected, "{address:?}");
        }
    }

    /// Each answer is that of Go 1.26's `net.Dialer`: it dialed an address, or looked the name up,
    /// or said `no such host` without a look.
    #[test]
    fn hosts_are_what_go_takes_them_for() {
        for (host, expected) in [
            ("10.0.0.1", "10.0.0.1"),
            ("::ffff:10.0.0.1", "10.0.0.1"),
            ("::ffff:0a00:1", "10.0.0.1"),
            ("::1.2.3.4", "::102:304"),
            ("2001:0db8:0:0:0:0:0:1", "2001:db8::1"),
            ("::ffff:0.0.0.0", "0.0.0.0"),
            ("fe80::1%lo", "fe80::1 in a zone"),
            ("lb.example.com.", "a name"),
            ("LB.Example.COM", "a name"),
            ("xn--bcher-kva.de", "a name"),
            ("0x7f.0.0.1", "a name"),
            ("_", "a name"),
            ("_a.b", "a name"),
            ("a_b.c", "a name"),
            ("A_B-1.X", "a name"),
            ("12a", "a name"),
            ("1a.2", "a name"),
            ("a.1", "a name"),
            ("a.", "a name"),
            (".", "a name"),
            ("0177.0.0.1", "nothing"),
            ("010.0.0.1", "nothing"),
            ("127.1", "nothing"),
            ("2130706433", "nothing"),
            ("256.1.1.1", "nothing"),
            ("1.2.3.4.", "nothing"),
            ("1", "nothing"),
            (":::", "nothing"),
            ("1::2::3", "nothing"),
            ("a b", "nothing"),
            (" 10.0.0.1", "nothing"),
            ("a..b", "nothing"),
            (".a", "nothing"),
            ("-a", "nothing"),
            ("a-", "nothing"),
            ("a.-b", "nothing"),
            ("a_-.b", "nothing"),
            ("bücher.de", "nothing"),
            ("a/b", "nothing"),
            ("a@b", "nothing"),
            ("*", "nothing"),
            ("10.0.0.1/24", "nothing"),
            ("\u{202e}lb.example.com", "nothing"),
        ] {
            let found = match ip_literal(host) {
                Some((ip, false)) => ip.to_string(),
                Some((ip, true)) => format!("{ip} in a zone"),
                None if is_domain_name(host) => "a name".to_owned(),
                None => "nothing".to_owned(),
            };
            assert_eq!(found, expected, "{host:?}");
        }
        // The same, for the longest names.
        let fifties = format!("{}.", "a".repeat(49)).repeat(5);
        for (name, expected) in [
            (format!("{}.com", "a".repeat(63)), true),
            (format!("{}.com", "a".repeat(64)), false),
            (format!("{fifties}abc"), true),
            (format!("{fifties}abcd"), false),
            (format!("{fifties}abcd."), false),
        ] {
            assert_eq!(is_domain_name(&name), expected, "{name}");
        }
    }

    proptest! {
        /// What a URL needs no escapes for stands for itself, and an escape for what it escapes.
        #[test]
        fn escapes_stand_for_what_they_escape(name in r"[a-z0-9._~!$&'()*+,;=@ -]{1,20}x", port in 1..=u16::MAX) {
            let plain = format!("{name}:{port}");
            prop_assert_eq!(Target::of(&plain), host(&name, port));
            let escaped: String = name.bytes().map(|byte| format!("%{byte:02x}")).collect();
            let escaped = format!("{escaped}:{port}");
            prop_assert_eq!(Target::of(&escaped), host(&name, port));
        }

        #[test]
        fn an_address_of_consul_has_a_target(address in r"[a-c\[\]:%?#0-9 \x00\u{e9}+-]{0,12}(:[0-9]{1,4})?") {
            let (_, port) = split_host_port(&address).unzip();
            let port = port.and_then(read_number);
            let is_dialable = port.is_some_and(|port| (1..=65_535).contains(&port));
            prop_assert_eq!(Target::of(&address).is_some(), is_dialable);
        }
    }
}
