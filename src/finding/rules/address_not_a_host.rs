//! An address that no single host has.

use super::super::address::Purpose;
use super::super::{Found, Level, Rule, Subject};
use super::super::subject::quoted;

pub(super) const RULE: Rule = Rule {
    code: "PT415",
    name: "address-not-a-host",
    level: Level::Warning,
    path: "$.ManualServerAddresses[*], $.ServerAddresses[*]",
    what: "A dialed address is a multicast, broadcast or reserved one.",
    why: "TCP connects to one host, and no host has such an address: dialing ends in \"network is unreachable\", \"invalid argument\" or \"i/o timeout\". As a rule a number was mistyped.",
    fix: "put the acceptor's address in its place, with peertok edit --set-address HOST:PORT",
    versions: "Consul 1.13 and later; 1.20.1 has been tried",
    source: "RFC 1112, section 4; RFC 791, section 3.2; RFC 4291, section 2.7; RFC 6666",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    for (address, set_aside) in subject.set_aside(Purpose::NoHost) {
        let (range, source) = (set_aside.range, set_aside.source);
        found.at(
            address.path(),
            format!("{} is the address of no single host ({range}, {source})", quoted(address.text)),
        );
    }
}
