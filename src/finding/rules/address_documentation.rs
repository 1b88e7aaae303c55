//! An address from an example.

use super::super::address::Purpose;
use super::super::{Found, Level, Rule, Subject};
use super::super::subject::quoted;

pub(super) const RULE: Rule = Rule {
    code: "PT405",
    name: "address-documentation",
    level: Level::Warning,
    path: "$.ManualServerAddresses[*], $.ServerAddresses[*]",
    what: "A dialed address is one that is kept for examples.",
    why: "No host has such an address, so that dialing ends in \"no such host\" or \"i/o timeout\". As a rule a line was copied from a text, and the address left as it was.",
    fix: "put the acceptor's address in its place, with peertok edit --set-address HOST:PORT",
    versions: "Consul 1.13 and later",
    source: "RFC 5737, RFC 3849 and RFC 9637 for addresses; RFC 2606 for names",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    for (address, set_aside) in subject.set_aside(Purpose::Documentation) {
        let (range, source) = (set_aside.range, set_aside.source);
        found.at(
            address.path(),
            format!("{} is an address for examples ({range}, {source})", quoted(address.text)),
        );
    }
}
