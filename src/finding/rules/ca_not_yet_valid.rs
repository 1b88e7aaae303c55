//! A root that is not valid yet.

use super::super::{Found, Level, Rule, Subject};
use super::super::subject::date_of;

pub(super) const RULE: Rule = Rule {
    code: "PT103",
    name: "ca-not-yet-valid",
    level: Level::Error,
    path: "$.CA[*]",
    what: "A root certificate is not valid yet at the moment of use.",
    why: "The dialer takes no chain with such a certificate in it, and dialing ends in \"x509: certificate has expired or is not yet valid: current time … is before …\". Often a clock is wrong: that of the machine that made the root, or that of the dialer. Beside a root that works it does no harm.",
    fix: "check the clocks of the machine that made the root and of the dialer, or wait until the root is valid",
    versions: "Consul 1.13 and later",
    source: "Go: crypto/x509.Certificate.Verify, which checks the dates of the root too; RFC 5280, section 4.1.2.5",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    let at = subject.context.at;
    for root in subject.roots.iter().filter(|root| root.begins_after(at)) {
        if let Some(start) = root.not_before() {
            found.at_level(
                subject.level_of_useless_root(),
                root.path(),
                format!("the root is not valid before {}", date_of(start)),
            );
        }
    }
}
