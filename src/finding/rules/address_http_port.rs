//! An address with the port of the HTTP API.

use super::super::{Found, Level, Rule, Subject};
use super::super::subject::quoted;

pub(super) const RULE: Rule = Rule {
    code: "PT409",
    name: "address-http-port",
    level: Level::Warning,
    path: "$.ManualServerAddresses[*], $.ServerAddresses[*]",
    what: "A dialed address has port 8500 or 8501, on which Consul serves its HTTP API.",
    why: "Peering uses gRPC, which that port does not speak: dialing ends in \"tls: first record does not look like a TLS handshake\", or without a CA in \"error reading server preface\". It works where a load balancer leads from that port to 8503.",
    fix: "use the port of gRPC with TLS, 8503 by default, with peertok edit --set-address HOST:8503",
    versions: "Consul 1.13 and later; 1.20.1 has been tried",
    source: "Consul: the default ports of an agent, http 8500 and https 8501",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    for address in &subject.addresses {
        if matches!(address.port, 8500 | 8501) {
            let text = quoted(address.text);
            found.at(address.path(), format!("{text} has the port of Consul's HTTP API, not of gRPC"));
        }
    }
}
