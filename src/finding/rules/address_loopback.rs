//! An address that leads back to the dialer.

use super::super::address::Purpose;
use super::super::{Found, Level, Rule, Subject};
use super::super::subject::quoted;

pub(super) const RULE: Rule = Rule {
    code: "PT402",
    name: "address-loopback",
    level: Level::Warning,
    path: "$.ManualServerAddresses[*], $.ServerAddresses[*]",
    what: "A dialed address is a loopback address.",
    why: "The dialer reaches itself by it, and not the acceptor: dialing ends in \"connection refused\", or at the dialer's own server with \"x509: certificate is valid for …, not …\". It works where both ends run on one host, as in a test. A server that is bound to 127.0.0.1 puts that into its tokens.",
    fix: "dial another address in its place: peertok edit --set-address lb.example.com:8503",
    versions: "Consul 1.13 and later; 1.20.1 has been tried",
    source: "RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3; RFC 6761, section 6.3",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    for (address, set_aside) in subject.set_aside(Purpose::Loopback) {
        let (range, source) = (set_aside.range, set_aside.source);
        found.at(
            address.path(),
            format!("{} leads back to the dialer itself ({range}, {source})", quoted(address.text)),
        );
    }
}
