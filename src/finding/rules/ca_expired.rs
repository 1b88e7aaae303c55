//! A root that is no longer valid.

use super::super::{Found, Level, Rule, Subject};
use super::super::subject::date_of;

pub(super) const RULE: Rule = Rule {
    code: "PT102",
    name: "ca-expired",
    level: Level::Error,
    path: "$.CA[*]",
    what: "A root certificate has expired at the moment of use.",
    why: "The dialer takes no chain with an expired certificate in it, and dialing ends in \"x509: certificate has expired or is not yet valid: current time … is after …\". Beside a root that works an expired one does no harm: a server keeps old roots in its tokens for a while.",
    fix: "make a new token once the acceptor has a valid root, or add that root with peertok edit --add-ca FILE",
    versions: "Consul 1.13 and later",
    source: "Go: crypto/x509.Certificate.Verify, which checks the dates of the root too; RFC 5280, section 4.1.2.5",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    let at = subject.context.at;
    for root in subject.roots.iter().filter(|root| root.ends_before(at)) {
        if let Some(end) = root.not_after() {
            found.at_level(
                subject.level_of_useless_root(),
                root.path(),
                format!("the root expired on {}", date_of(end)),
            );
        }
    }
}
