//! A server name that is not the acceptor's.

use super::super::{Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "PT510",
    name: "server-name-other",
    level: Level::Error,
    path: "$.ServerName",
    what: "The token's server name is not the acceptor's.",
    why: "The dialer checks the certificate of the acceptor's servers against this name. Dialing ends in \"x509: certificate is valid for …, not …\", or in \"tls: unrecognized name\".",
    fix: "take a token of this acceptor: its servers show no such name in TLS",
    versions: "Consul 1.13 and later; snapshots of 1.20.1 have been tried",
    source: "Consul: the server name of generate-token; Go: crypto/x509.Certificate.VerifyHostname",
    check,
};

/// Consul 1.13 had another form of the name, with the DNS domain, whose default is known.
fn check(subject: &Subject<'_>, found: &mut Found) {
    let Some(acceptor) = subject.context.acceptor else {
        return;
    };
    let (Some(own), Some(datacenter)) = (acceptor.server_name(), &acceptor.datacenter) else {
        return;
    };
    let of_1_13 = format!("server.{}.consul", datacenter.to_lowercase());
    let server_name = &subject.token.server_name;
    let with_tls = subject.has_tls();
    if with_tls && *server_name != *own && *server_name != *of_1_13 {
        found.at(
            RULE.path,
            format!("{server_name} is not the acceptor's server name, {own}"),
        );
    }
}
