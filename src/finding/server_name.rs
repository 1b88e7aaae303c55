//! The parts of a server name.
//!
//! ```text
//! server.<datacenter>.peering.<trust domain>    since Consul 1.14
//! server.<datacenter>.<DNS domain>              Consul 1.13
//! ```

/// A server name in one of Consul's forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ServerName<'a> {
    /// The form that is for peering alone.
    Peering {
        datacenter: &'a str,
        trust_domain: &'a str,
    },
    /// The name that servers have in RPC, too.
    Legacy { datacenter: &'a str },
}

impl<'a> ServerName<'a> {
    /// Takes a server name apart; in any case, and without a trailing dot.
    pub(super) fn read(name: &'a str) -> Option<Self> {
        let name = name.strip_suffix('.').unwrap_or(name);
        let (server, rest) = name.split_once('.')?;
        let (datacenter, domain) = rest.split_once('.')?;
        if !server.eq_ignore_ascii_case("server") || !is_dns_name(name) {
            return None;
        }
        Some(match domain.split_once('.') {
            Some((peering, trust_domain)) if peering.eq_ignore_ascii_case("peering") => {
                Self::Peering {
                    datacenter,
                    trust_domain,
                }
            }
            _ if domain.eq_ignore_ascii_case("peering") => return None,
            _ => Self::Legacy { datacenter },
        })
    }

    pub(super) fn datacenter(self) -> &'a str {
        match self {
            Self::Peering { datacenter, .. } | Self::Legacy { datacenter } => datacenter,
        }
    }
}

/// Whether Go can match a name with a certificate's at all (`validHostname` in crypto/x509), or
/// DNS can hold it: labels of up to 63 bytes, 253 in all (RFC 1035, section 2.3.4).
pub(super) fn is_dns_name(name: &str) -> bool {
    let is_length = |length: usize| (1..=63).contains(&length);
    let mut length = 0;
    let mut fits = |byte: u8| match byte {
        b'.' => is_length(std::mem::take(&mut length)),
        b'-' if length == 0 => false,
        b'-' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
            length += 1;
            true
        }
        _ => false,
    };
    name.len() <= 253 && name.bytes().all(&mut fits) && is_length(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        let peering = |datacenter, trust_domain| {
            Some(ServerName::Peering {
                datacenter,
                trust_domain,
            })
        };
        let legacy = |datacenter| Some(ServerName::Legacy { datacenter });
        for (name, expected) in [
            ("server.dc1.peering.x.consul", peering("dc1", "x.consul")),
            ("SERVER.dc_1.Peering.x.consul.", peering("dc_1", "x.consul")),
            ("server.dc1.consul", legacy("dc1")),
            ("server.dc1.a.example.com", legacy("dc1")),
            ("server.dc1", None),
            ("server.dc1.peering", None),
            ("client.dc1.consul", None),
            ("server.dc 1.consul", None),
            ("server..consul", None),
            ("server.dc1.consul..", None),
            ("", None),
        ] {
            assert_eq!(ServerName::read(name), expected, "{name}");
        }
    }

    #[test]
    fn labels_and_names_have_a_length() {
        let label = "a".repeat(63);
        let name = [label.as_str(); 4].join(".");
        assert!(is_dns_name(&label) && is_dns_name(&name[..253]));
        assert!(!is_dns_name(&format!("{label}a")) && !is_dns_name(&name[..254]));
        assert!(!is_dns_name("-a.b") && !is_dns_name("a.*.b"));
    }
}
