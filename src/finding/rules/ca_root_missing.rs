//! A token without the root that signs the acceptor's certificates.

use super::super::{Found, Level, Rule, Subject};
use godialect::pem::certificates;

pub(super) const RULE: Rule = Rule {
    code: "PT506",
    name: "ca-root-missing",
    level: Level::Error,
    path: "$.CA",
    what: "The acceptor's active root is not in the token.",
    why: "The dialer trusts the roots of the token alone. The acceptor's servers show a certificate of the active root, so that dialing ends in \"x509: certificate signed by unknown authority\".",
    fix: "make a new token, which carries the acceptor's present roots",
    versions: "Consul 1.13 and later; snapshots of 1.20.1 have been tried",
    source: "Go: crypto/x509.Certificate.Verify; Consul: the CA roots in the acceptor's state",
    check,
};

/// A token without any root is another rule's.
fn check(subject: &Subject<'_>, found: &mut Found) {
    let Some(acceptor) = subject.context.acceptor else {
        return;
    };
    let Some(active) = acceptor.roots.iter().find(|root| root.active) else {
        return;
    };
    let signing = certificates(&active.pem);
    let carried = subject
        .roots
        .iter()
        .any(|root| signing.contains(&root.certificate.raw));
    if !carried && subject.has_tls() {
        found.at(
            RULE.path,
            format!("the acceptor's active root {} is not in the token", active.id),
        );
    }
}
