//! A private key among the roots.

use super::super::{Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "PT112",
    name: "ca-private-key",
    level: Level::Warning,
    path: "$.CA[*]",
    what: "An entry of the CA list holds a private key.",
    why: "A dialer passes over it, so nothing fails. But who has the token has the key, and if it is the CA's, can play any service and server of the acceptor's mesh.",
    fix: "rotate the acceptor's CA if the key is its own, make a new token, and destroy this one wherever it went",
    versions: "Consul 1.13 and later",
    source: "Consul: the check of the CA in establish, which looks at the first PEM block only",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    for (index, entry) in subject.entries.iter().enumerate() {
        if entry.holds_private_key {
            found.at(format!("$.CA[{index}]"), "the entry holds a private key");
        }
    }
}
