//! Two datacenters in one token.

use super::super::{Found, Level, Rule, Subject};
use super::super::server_name::ServerName;
use super::super::subject::quoted;

pub(super) const RULE: Rule = Rule {
    code: "PT204",
    name: "datacenter-mismatch",
    level: Level::Warning,
    path: "$.Remote.Datacenter",
    what: "The datacenter in the server name is not that of Remote.Datacenter.",
    why: "A server writes its datacenter into both, so one of them was edited or is of another cluster. Dialing goes by the server name: if that is the wrong one, it ends in \"x509: certificate is valid for …, not …\". If it is the other, the peering works and shows a wrong datacenter.",
    fix: "see which one is the acceptor's, and set the other with peertok edit",
    versions: "Consul 1.14 and later",
    source: "Consul: the server name and Remote of generate-token",
    check,
};

/// 1.13 has no Remote, and case is another rule's.
fn check(subject: &Subject<'_>, found: &mut Found) {
    let remote = &subject.token.datacenter;
    let named = subject.server_name.map(ServerName::datacenter);
    if let Some(named) = named
        && !remote.is_empty()
        && !remote.eq_ignore_ascii_case(named)
    {
        let (named, remote) = (quoted(named), quoted(remote));
        found.at(
            RULE.path,
            format!("the datacenter is {remote} here, but {named} in the server name"),
        );
    }
}
