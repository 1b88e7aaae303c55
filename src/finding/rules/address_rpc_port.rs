//! An address with a port of the servers among themselves.

use super::super::{Found, Level, Rule, Subject};
use super::super::subject::quoted;

pub(super) const RULE: Rule = Rule {
    code: "PT411",
    name: "address-rpc-port",
    level: Level::Warning,
    path: "$.ManualServerAddresses[*], $.ServerAddresses[*]",
    what: "A dialed address has port 8300, 8301 or 8302, on which Consul's agents speak among themselves.",
    why: "Peering uses gRPC, which these ports do not speak: dialing ends in \"connection reset by peer\" or \"EOF\". It works where a load balancer leads from that port to 8503.",
    fix: "use the port of gRPC with TLS, 8503 by default, with peertok edit --set-address HOST:8503",
    versions: "Consul 1.13 and later; 1.20.1 has been tried",
    source: "Consul: the default ports of an agent, server 8300, serf_lan 8301 and serf_wan 8302",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    for address in &subject.addresses {
        if matches!(address.port, 8300..=8302) {
            let text = quoted(address.text);
            found.at(address.path(), format!("{text} has a port on which Consul's agents speak among themselves, not that of gRPC"));
        }
    }
}
