//! An address of one link.

use super::super::address::Purpose;
use super::super::{Found, Level, Rule, Subject};
use super::super::subject::quoted;

pub(super) const RULE: Rule = Rule {
    code: "PT403",
    name: "address-link-local",
    level: Level::Warning,
    path: "$.ManualServerAddresses[*], $.ServerAddresses[*]",
    what: "A dialed address is a link-local one.",
    why: "Routers do not pass such packets on, so that only hosts of the same link are reached. An IPv6 address of that kind needs a zone as well, which differs from host to host: without one dialing ends in \"connect: invalid argument\".",
    fix: "dial another address in its place: peertok edit --set-address lb.example.com:8503",
    versions: "Consul 1.13 and later; 1.20.1 has been tried",
    source: "RFC 3927, section 2.7; RFC 4291, section 2.5.6",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    for (address, set_aside) in subject.set_aside(Purpose::LinkLocal) {
        let (range, source) = (set_aside.range, set_aside.source);
        found.at(
            address.path(),
            format!("{} is a link-local address ({range}, {source})", quoted(address.text)),
        );
    }
}
