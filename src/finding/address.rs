//! The addresses that a dialer tries, and what their hosts are for.

use super::token::Token;
use godialect::target::{Target, ip_literal, is_domain_name};
use peering_token::Field;
use peering_token::{Release, Shape};
use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address that a dialer tries.
pub(super) struct Address<'a> {
    list: Field,
    index: usize,
    /// The address as it stands in the token.
    pub(super) text: &'a str,
    pub(super) host: Host<'a>,
    /// 0 where nothing is dialed.
    pub(super) port: u16,
    /// What the host is set aside for, if it is.
    pub(super) purpose: Option<&'static SetAside>,
}

/// What a dialer makes of an address's host.
pub(super) enum Host<'a> {
    /// It is empty: the dialer dials itself.
    Empty,
    Ip {
        ip: IpAddr,
        has_zone: bool,
    },
    /// A name that is looked up.
    Name(Cow<'a, str>),
    /// What is no name, so that it is not even looked up.
    NoName(Cow<'a, str>),
    /// gRPC takes the host for the scheme of a URL.
    Scheme(&'a str),
    /// gRPC refuses the address, for the reason given.
    Refused(&'static str),
    /// gRPC dials what is no address any more.
    NoHostPort,
}

impl<'a> Address<'a> {
    /// The addresses that a dialer of this release tries, in its order. Consul 1.13 knows no manual
    /// ones. What a server does not take for an address is left out.
    pub(super) fn all(token: &'a Token<'a>, dialer: Option<Release>) -> Vec<Self> {
        let knows_manual = dialer.is_none_or(|dialer| dialer.shape() > Shape::V1_13);
        let (list, addresses) = match &token.manual_server_addresses {
            manual if knows_manual && !manual.is_empty() => (Field::ManualServerAddresses, manual),
            _ => (Field::ServerAddresses, &token.server_addresses),
        };
        let addresses = addresses.iter().enumerate();
        addresses
            .filter_map(|(index, text)| Self::read(list, index, text))
            .collect()
    }

    fn read(list: Field, index: usize, text: &'a str) -> Option<Self> {
        let (host, port) = match Target::of(text)? {
            Target::Host { host, port } => (Host::of(host), port),
            Target::Scheme(scheme) => (Host::Scheme(scheme), 0),
            Target::ControlCharacter => (Host::Refused("invalid control character in URL"), 0),
            Target::BadEscape => (Host::Refused("invalid URL escape"), 0),
            Target::NoHostPort => (Host::NoHostPort, 0),
        };
        Some(Self {
            list,
            index,
            text,
            purpose: host.purpose(),
            host,
            port,
        })
    }

    /// The JSON path.
    pub(super) fn path(&self) -> String {
        format!("{}[{}]", self.list.json_path(), self.index)
    }

    /// Whether a dialer gets as far as dialing or looking up the host.
    pub(super) fn is_dialable(&self) -> bool {
        matches!(self.host, Host::Empty | Host::Ip { .. } | Host::Name(_))
    }

    /// Whether a dialer gives up at this address, whatever addresses follow.
    pub(super) fn ends_dialing(&self) -> bool {
        match self.host {
            Host::Refused(_) => true,
            Host::Scheme(scheme) => scheme.eq_ignore_ascii_case("consul"),
            _ => false,
        }
    }

    /// Whether blanks stand around the host.
    pub(super) fn has_blank_around(&self) -> bool {
        let host = self
            .text
            .rsplit_once(':')
            .map_or(self.text, |(host, _)| host);
        host.starts_with(char::is_whitespace) || host.ends_with(char::is_whitespace)
    }

    /// Whether the host is an IPv6 address with a zone, written in whatever way.
    pub(super) fn has_zone(&self) -> bool {
        match &self.host {
            Host::Ip { has_zone, .. } => *has_zone,
            Host::Refused(_) => {
                let host = self.text.strip_prefix('[');
                let host = host.and_then(|host| host.split_once(']'));
                host.is_some_and(|(host, _)| ip_literal(host).is_some_and(|(_, zone)| zone))
            }
            _ => false,
        }
    }

    /// The host and port that are dialed, one spelling for each; `None` where none is.
    pub(super) fn dialed(&self) -> Option<(Cow<'_, str>, u16)> {
        let host = match &self.host {
            Host::Ip {
                ip,
                has_zone: false,
            } => Cow::Owned(ip.to_string()),
            Host::Name(name) if name.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                Cow::Owned(name.to_ascii_lowercase())
            }
            Host::Name(name) => Cow::Borrowed(&**name),
            _ => return None,
        };
        Some((host, self.port))
    }
}

impl<'a> Host<'a> {
    fn of(host: Cow<'a, str>) -> Self {
        if host.is_empty() {
            return Self::Empty;
        }
        match ip_literal(&host) {
            Some((ip, has_zone)) => Self::Ip { ip, has_zone },
            None if is_domain_name(&host) => Self::Name(host),
            None => Self::NoName(host),
        }
    }

    fn purpose(&self) -> Option<&'static SetAside> {
        match self {
            Self::Ip { ip, .. } => SetAside::of_ip(*ip),
            Self::Name(name) => SetAside::of_name(name),
            _ => None,
        }
    }
}

/// What a range of addresses, or a domain, is set aside for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The inside of a network.
    Private,
    /// The host itself.
    Loopback,
    /// One link.
    LinkLocal,
    /// No address yet.
    Unspecified,
    /// Examples in texts.
    Documentation,
    /// Anything but one host: many, or none.
    NoHost,
}

/// A range of the IANA registries of special-purpose addresses, or of special-use domain names.
#[derive(Debug)]
pub(super) struct SetAside {
    pub(super) purpose: Purpose,
    /// The range or domain.
    pub(super) range: &'static str,
    /// The document that sets it aside.
    pub(super) source: &'static str,
    first: u128,
    /// How many bits of an address tell.
    bits: u32,
}

const fn v4(
    [a, b, c, d]: [u8; 4],
    bits: u32,
    purpose: Purpose,
    range: &'static str,
    source: &'static str,
) -> SetAside {
    SetAside {
        purpose,
        range,
        source,
        first: Ipv4Addr::new(a, b, c, d).to_bits() as u128,
        bits,
    }
}

const fn v6(
    [a, b]: [u16; 2],
    last: u16,
    bits: u32,
    purpose: Purpose,
    range: &'static str,
    source: &'static str,
) -> SetAside {
    SetAside {
        purpose,
        range,
        source,
        first: Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, last).to_bits(),
        bits,
    }
}

const fn domain(purpose: Purpose, range: &'static str, source: &'static str) -> SetAside {
    SetAside {
        purpose,
        range,
        source,
        first: 0,
        bits: 0,
    }
}

use Purpose::{Documentation, LinkLocal, Loopback, NoHost, Private, Unspecified};

/// The narrower range stands before the wider.
#[rustfmt::skip]
static IPV4: [SetAside; 14] = [
    v4([0, 0, 0, 0], 32, Unspecified, "0.0.0.0", "RFC 1122"),
    v4([0, 0, 0, 0], 8, NoHost, "0.0.0.0/8", "RFC 791"),
    v4([10, 0, 0, 0], 8, Private, "10.0.0.0/8", "RFC 1918"),
    v4([100, 64, 0, 0], 10, Private, "100.64.0.0/10", "RFC 6598"),
    v4([127, 0, 0, 0], 8, Loopback, "127.0.0.0/8", "RFC 1122"),
    v4([169, 254, 0, 0], 16, LinkLocal, "169.254.0.0/16", "RFC 3927"),
    v4([172, 16, 0, 0], 12, Private, "172.16.0.0/12", "RFC 1918"),
    v4([192, 0, 2, 0], 24, Documentation, "192.0.2.0/24", "RFC 5737"),
    v4([192, 168, 0, 0], 16, Private, "192.168.0.0/16", "RFC 1918"),
    v4([198, 18, 0, 0], 15, Private, "198.18.0.0/15", "RFC 2544"),
    v4([198, 51, 100, 0], 24, Documentation, "198.51.100.0/24", "RFC 5737"),
    v4([203, 0, 113, 0], 24, Documentation, "203.0.113.0/24", "RFC 5737"),
    v4([224, 0, 0, 0], 4, NoHost, "224.0.0.0/4", "RFC 1112"),
    v4([240, 0, 0, 0], 4, NoHost, "240.0.0.0/4", "RFC 1112"),
];

#[rustfmt::skip]
static IPV6: [SetAside; 8] = [
    v6([0, 0], 0, 128, Unspecified, "::", "RFC 4291"),
    v6([0, 0], 1, 128, Loopback, "::1", "RFC 4291"),
    v6([0x100, 0], 0, 64, NoHost, "100::/64", "RFC 6666"),
    v6([0x2001, 0xdb8], 0, 32, Documentation, "2001:db8::/32", "RFC 3849"),
    v6([0x3fff, 0], 0, 20, Documentation, "3fff::/20", "RFC 9637"),
    v6([0xfc00, 0], 0, 7, Private, "fc00::/7", "RFC 4193"),
    v6([0xfe80, 0], 0, 10, LinkLocal, "fe80::/10", "RFC 4291"),
    v6([0xff00, 0], 0, 8, NoHost, "ff00::/8", "RFC 4291"),
];

static DOMAINS: [SetAside; 6] = [
    domain(Loopback, "localhost", "RFC 6761"),
    domain(Documentation, "example.com", "RFC 2606"),
    domain(Documentation, "example.net", "RFC 2606"),
    domain(Documentation, "example.org", "RFC 2606"),
    domain(Documentation, "example", "RFC 2606"),
    domain(Documentation, "invalid", "RFC 2606"),
];

impl SetAside {
    fn of_ip(ip: IpAddr) -> Option<&'static Self> {
        let (address, width, ranges): (u128, u32, &'static [Self]) = match ip {
            IpAddr::V4(ip) => (ip.to_bits().into(), 32, &IPV4),
            IpAddr::V6(ip) => (ip.to_bits(), 128, &IPV6),
        };
        ranges
            .iter()
            .find(|range| (address ^ range.first) >> (width - range.bits) == 0)
    }

    /// A domain is set aside with all names below it.
    fn of_name(name: &str) -> Option<&'static Self> {
        let name = name.strip_suffix('.').unwrap_or(name);
        DOMAINS.iter().find(|domain| {
            let start = name.len().checked_sub(domain.range.len());
            let split = start.and_then(|start| name.split_at_checked(start));
            split.is_some_and(|(below, end)| {
                end.eq_ignore_ascii_case(domain.range) && (below.is_empty() || below.ends_with('.'))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn purpose(host: &str) -> Option<Purpose> {
        let address = if host.contains(':') {
            format!("[{host}]:8503")
        } else {
            format!("{host}:8503")
        };
        let address = Address::read(Field::ServerAddresses, 0, &address).unwrap();
        address.purpose.map(|set_aside| set_aside.purpose)
    }

    /// Both sides of each border, with what Python 3.11's `ipaddress` says of them: `g` is_global,
    /// `l` is_loopback, `k` is_link_local, `m` is_multicast, `u` is_unspecified, `r` is_reserved.
    const BORDERS: &str = include_str!("../../fixtures/special-purpose-addresses.txt");

    #[test]
    fn ranges_are_those_of_another_table() {
        let mut count = 0;
        for line in BORDERS.lines() {
            let (ip, flags) = line.split_once(' ').unwrap();
            let found = purpose(ip);
            let is = |flag| flags.contains(flag);
            let expected = match found {
                None => is('g') && !is('m'),
                Some(Loopback) => is('l'),
                Some(LinkLocal) => is('k'),
                Some(Unspecified) => is('u'),
                Some(NoHost) => is('m') || is('r') || !is('g'),
                // Python has no word for these; that table is older than 3fff::/20.
                Some(Private | Documentation) => {
                    ip.starts_with("3fff:") || !is('g') && !is('l') && !is('k') && !is('r')
                }
            };
            assert!(expected, "{ip} {flags:?}: {found:?}");
            count += 1;
        }
        assert_eq!(count, 75);
    }

    #[test]
    fn special_domains_are_found_with_the_names_below() {
        for (name, expected) in [
            ("localhost", Some(Loopback)),
            ("a.LocalHost.", Some(Loopback)),
            ("notlocalhost", None),
            ("localhost.corp", None),
            ("lb.example.com", Some(Documentation)),
            ("EXAMPLE.org", Some(Documentation)),
            ("lb.myexample.com", None),
            ("example.co", None),
            ("a.b.invalid", Some(Documentation)),
            ("é.example", None),
            ("lb.test", None),
        ] {
            assert_eq!(purpose(name), expected, "{name}");
        }
    }
}
