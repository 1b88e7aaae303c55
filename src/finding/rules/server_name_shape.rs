//! A server name of no form that Consul has.

use super::super::{Found, Level, Rule, Subject};
use super::super::server_name::{ServerName, is_dns_name};
use super::super::subject::quoted;
use consul_snapshot::is_uuid;

pub(super) const RULE: Rule = Rule {
    code: "PT202",
    name: "server-name-shape",
    level: Level::Warning,
    path: "$.ServerName",
    what: "The server name has none of the forms that Consul writes: server.<datacenter>.peering.<cluster ID>.consul.",
    why: "The dialer asks for a certificate of this name. An acceptor that does not know it shows another certificate or none: \"x509: certificate is valid for …, not …\", or \"remote error: tls: unrecognized name\". The acceptor compares to the letter, and writes the name in lower case. A cluster ID that is no UUID, or a dot at the end, is a note: no server writes it, but it works where the acceptor has that name.",
    fix: "set the name that the acceptor's own tokens have with peertok edit; the addresses need not match it",
    versions: "Consul 1.13 and later",
    source: "Consul: the server name of generate-token, and the choice of the certificate by SNI; Go: crypto/x509.Certificate.VerifyHostname",
    check,
};

/// Without TLS nobody asks for the name.
fn check(subject: &Subject<'_>, found: &mut Found) {
    let name = &*subject.token.server_name;
    if !subject.has_tls() || name.is_empty() {
        return;
    }
    let is_name = || is_dns_name(name.strip_suffix('.').unwrap_or(name));
    let (level, fault) = match subject.server_name {
        None if !is_name() => (RULE.level, "is no DNS name, which no certificate matches"),
        None => (
            RULE.level,
            "is not of the form server.<datacenter>.peering.<cluster ID>.consul",
        ),
        Some(_) if name.bytes().any(|b| b.is_ascii_uppercase()) => (
            RULE.level,
            "has upper case, while the acceptor's name is in lower case",
        ),
        Some(ServerName::Peering { trust_domain, .. }) if !is_of_cluster(trust_domain) => (
            Level::Note,
            "does not end in <cluster ID>.consul, with a UUID for the ID",
        ),
        Some(_) if name.ends_with('.') => (Level::Note, "ends in a dot, which TLS leaves out"),
        Some(_) => return,
    };
    found.at_level(level, RULE.path, format!("{} {fault}", quoted(name)));
}

fn is_of_cluster(trust_domain: &str) -> bool {
    trust_domain.strip_suffix(".consul").is_some_and(is_uuid)
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::{levels, sound};
    use super::*;

    #[test]
    fn every_fault_has_its_level() {
        let id = "11111111-2222-3333-4444-555555555555";
        for (name, expected) in [
            (format!("server.dc1.peering.{id}.consul"), None),
            (format!("server.dc1.peering.{id}.consul."), Some(Level::Note)),
            (format!("server.DC1.peering.{id}.consul"), Some(Level::Warning)),
            (format!("server.dc1.peering.{id}.example"), Some(Level::Note)),
            ("server.dc1.peering.x.consul".to_owned(), Some(Level::Note)),
            ("server.dc1.consul".to_owned(), None),
            ("10.0.0.1".to_owned(), Some(Level::Warning)),
            ("a b".to_owned(), Some(Level::Warning)),
            ("a".repeat(10_000), Some(Level::Warning)),
        ] {
            let mut token = sound();
            token.server_name = name;
            let name = &token.server_name;
            assert_eq!(levels(&token, RULE.name), expected.as_slice(), "{name}");
            // Without TLS nobody asks for it.
            token.ca = None;
            assert_eq!(levels(&token, RULE.name), []);
        }
    }
}
