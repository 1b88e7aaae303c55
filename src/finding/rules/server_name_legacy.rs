//! A server name as Consul 1.13 wrote it.

use super::super::{Found, Level, Rule, Subject};
use super::super::server_name::ServerName;
use super::super::subject::quoted;

pub(super) const RULE: Rule = Rule {
    code: "PT203",
    name: "server-name-legacy",
    level: Level::Warning,
    path: "$.ServerName",
    what: "The server name is of the form of Consul 1.13: server.<datacenter>.<domain>.",
    why: "Since 1.14 the acceptor has a name for peering alone, server.<datacenter>.peering.<cluster ID>.consul. Asked for the old one, it shows the certificate of its configuration, which the roots of the token did not issue: \"x509: certificate signed by unknown authority\", or \"x509: certificate is valid for …, not …\". With an acceptor of 1.13 the name is right.",
    fix: "make a new token at the acceptor, which writes the name that its release has",
    versions: "Consul 1.14 and later, as the acceptor",
    source: "Consul: the server name of generate-token in 1.13 and since 1.14, and the choice of the certificate by SNI",
    check,
};

/// Without TLS nobody asks for the name.
fn check(subject: &Subject<'_>, found: &mut Found) {
    let name = &subject.token.server_name;
    if subject.has_tls() && matches!(subject.server_name, Some(ServerName::Legacy { .. })) {
        found.at(
            RULE.path,
            format!("{} is a name of Consul 1.13, and later acceptors have another", quoted(name)),
        );
    }
}
