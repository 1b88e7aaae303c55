//! A server list that is not dialed.

use super::super::{Found, Level, Rule, Subject};
use peering_token::Shape;
use std::collections::HashSet;

pub(super) const RULE: Rule = Rule {
    code: "PT413",
    name: "server-addresses-shadowed",
    level: Level::Note,
    path: "$.ServerAddresses",
    what: "The token has manual addresses, which hide the addresses of the servers.",
    why: "Where there are manual addresses only they are dialed: a dead manual address fails though a server could be reached. That is as it should be where the manual ones are a load balancer's in front of the servers.",
    fix: "check that a manual address leads to the acceptor, or take them out with peertok edit --remove-address",
    versions: "Consul 1.14 and later; 1.20.1 has been tried",
    source: "Consul: the addresses that establish and the stream dial",
    check,
};

/// Consul 1.13 knows no manual addresses.
fn check(subject: &Subject<'_>, found: &mut Found) {
    let token = subject.token;
    let manual = &token.manual_server_addresses;
    let dialer = subject.context.dialer_version;
    if manual.is_empty() || dialer.is_some_and(|dialer| dialer.shape() == Shape::V1_13) {
        return;
    }
    let manual: HashSet<&str> = manual.iter().map(|address| &**address).collect();
    let servers = token.server_addresses.iter();
    let message = match servers.filter(|server| !manual.contains(&***server)).count() {
        0 => return,
        1 => "one server address is not dialed, since there are manual ones".to_owned(),
        more => format!("{more} server addresses are not dialed, since there are manual ones"),
    };
    found.at(RULE.path, message);
}
