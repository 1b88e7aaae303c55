//! An address that is not one of the acceptor's servers.

use super::super::{Found, Level, Rule, Subject};
use super::super::subject::quoted;
use std::collections::HashSet;

pub(super) const RULE: Rule = Rule {
    code: "PT507",
    name: "address-not-a-server",
    level: Level::Note,
    path: "$.ManualServerAddresses[*], $.ServerAddresses[*]",
    what: "A dialed address is none that the acceptor would put into a token.",
    why: "Servers move, and an address of old leads nowhere or elsewhere. A load balancer or address translation in front of the servers looks the same from here.",
    fix: "leave it if a load balancer or address translation leads to a server; else take it out with peertok edit --remove-address HOST:PORT",
    versions: "Consul 1.13 and later; snapshots of 1.20.1 have been tried",
    source: "Consul: the catalog in the acceptor's state, as generate-token reads it",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    let Some(acceptor) = subject.context.acceptor else {
        return;
    };
    let known: HashSet<&str> = acceptor.server_addresses.iter().map(String::as_str).collect();
    for address in &subject.addresses {
        if !known.contains(address.text) {
            let text = quoted(address.text);
            let message = format!("{text} is no address that the acceptor would put into a token");
            found.at(address.path(), message);
        }
    }
}
