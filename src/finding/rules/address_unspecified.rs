//! An address that is none.

use super::super::address::{Host, Purpose};
use super::super::{Found, Level, Rule, Subject};
use super::super::subject::quoted;

pub(super) const RULE: Rule = Rule {
    code: "PT404",
    name: "address-unspecified",
    level: Level::Warning,
    path: "$.ManualServerAddresses[*], $.ServerAddresses[*]",
    what: "A dialed address has no host, or the unspecified address.",
    why: "Go takes 0.0.0.0, [::] and an empty host for the local host, so that the dialer reaches itself: dialing ends in \"connection refused\", or at the dialer's own server with \"x509: certificate is valid for …, not …\". These are addresses to listen on, not to dial.",
    fix: "dial another address in its place: peertok edit --set-address lb.example.com:8503",
    versions: "Consul 1.13 and later; 1.20.1 has been tried",
    source: "Go: net.Dial; RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.2",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    for address in &subject.addresses {
        let purpose = address.purpose.map(|set_aside| set_aside.purpose);
        if matches!(address.host, Host::Empty) || purpose == Some(Purpose::Unspecified) {
            let text = quoted(address.text);
            let message = format!("{text} names no host, and the dialer dials itself");
            found.at(address.path(), message);
        }
    }
}
