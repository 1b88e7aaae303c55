//! An IPv6 address with a zone.

use super::super::{Found, Level, Rule, Subject};
use super::super::subject::quoted;

pub(super) const RULE: Rule = Rule {
    code: "PT412",
    name: "address-zone",
    level: Level::Error,
    path: "$.ManualServerAddresses[*], $.ServerAddresses[*]",
    what: "A dialed address is an IPv6 address with a zone.",
    why: "gRPC takes the address for a URL, in which % starts an escape: establish ends at once, whatever addresses follow, in \"failed to dial peer: parse …: invalid URL escape\". Written as %25 it is dialed, but a zone names a network interface, and means nothing on another host.",
    fix: "dial another address in its place: peertok edit --set-address lb.example.com:8503",
    versions: "Consul 1.13 and later; 1.20.1 has been tried. 1.13 dials it, since its gRPC does not read URLs",
    source: "gRPC for Go: the target of DialContext; RFC 4007, section 6",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    for address in subject.addresses.iter().filter(|address| address.has_zone()) {
        let text = quoted(address.text);
        if address.is_dialable() {
            let message = format!("{text} has a zone, which means nothing on another host");
            found.at_level(Level::Warning, address.path(), message);
        } else {
            let message = format!("{text} has a zone, for which gRPC does not dial it");
            found.at_level(subject.level_of_undialable(address), address.path(), message);
        }
    }
}
