//! A root that is no longer valid.

use super::super::{Found, Level, Rule, Subject};
use super::super::subject::date;

pub(super) const RULE: Rule = Rule {
    code: "PT102",
    name: "ca-expired",
    level: Level::Error,
    path: "$.CA[*]",
    what: "A root certificate has expired at the moment of use.",
    why: "The dialer checks the acceptor's certificate against the roots of the token, and takes no chain with an expired certificate in it: dialing ends in \"x509: certificate has expired or is not yet valid\". Beside a root that is valid an expired one does no harm; a server carries it until it prunes the roots of old.",
    fix: "make a new token once the acceptor has a valid root, or add that root with peertok edit --add-ca",
    versions: "Consul 1.13 and later",
    source: "Go: crypto/x509.Certificate.Verify, which checks the dates of every certificate in the chain; RFC 5280, section 4.1.2.5",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    let at = subject.circumstances.at;
    for root in &subject.roots {
        let Some(end) = root.not_after() else { continue };
        if at.as_second() > end.as_second() {
            found.at_level(
                subject.level_of_useless_root(),
                root.path(),
                format!("the root expired on {}", date(end)),
            );
        }
    }
}
