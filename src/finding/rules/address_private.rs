//! An address of the inside of a network.

use super::super::address::Purpose;
use super::super::{Found, Level, Rule, Subject};
use super::super::subject::quoted;

pub(super) const RULE: Rule = Rule {
    code: "PT401",
    name: "address-private",
    level: Level::Note,
    path: "$.ManualServerAddresses[*], $.ServerAddresses[*]",
    what: "A dialed address is a private one.",
    why: "Consul puts the addresses of its own servers into every token, which are private ones more often than not. That is fine where the dialer is in the same network, or has a route to it. From anywhere else dialing ends in \"i/o timeout\" or \"connection refused\", or at another host of the same address.",
    fix: "add an address that leads to the acceptor from outside, if the dialer is there: peertok edit --add-address lb.example.com:8503",
    versions: "Consul 1.13 and later",
    source: "RFC 1918, RFC 6598, RFC 4193 and RFC 2544; the IANA registries of special-purpose addresses (RFC 6890)",
    check,
};

/// One finding for all, since a token has several servers as a rule.
fn check(subject: &Subject<'_>, found: &mut Found) {
    let mut private = subject.set_aside(Purpose::Private);
    let Some((address, set_aside)) = private.next() else {
        return;
    };
    let (range, source) = (set_aside.range, set_aside.source);
    let text = quoted(address.text);
    let others = match private.count() {
        0 => String::new(),
        1 => "; one more is private, too".to_owned(),
        more => format!("; {more} more are private, too"),
    };
    found.at(
        address.path(),
        format!("{text} is a private address ({range}, {source}){others}"),
    );
}
