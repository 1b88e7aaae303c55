//! A CA that may not sign certificates.

use super::super::{Found, Level, Rule, Subject};
use super::super::subject::quoted;

pub(super) const RULE: Rule = Rule {
    code: "PT106",
    name: "ca-no-cert-sign",
    level: Level::Error,
    path: "$.CA[*]",
    what: "The key usage of a root certificate does not include the signing of certificates.",
    why: "Go heeds the key usage of a CA: dialing ends in \"x509: certificate signed by unknown authority\", where Go may add that the \"parent certificate cannot sign this kind of certificate\". A root without a key usage may sign. Beside a root that works such a one does no harm.",
    fix: "make the root anew with keyCertSign in its key usage, as peertok ca and Consul do, then make a new token",
    versions: "Consul 1.13 and later",
    source: "Go: crypto/x509.Certificate.CheckSignatureFrom; RFC 5280, section 4.2.1.3",
    check,
};

/// A certificate that is no CA needs no key usage, and is another rule's.
fn check(subject: &Subject<'_>, found: &mut Found) {
    for root in subject.roots.iter().filter(|root| root.is_ca() && !root.certificate.may_sign) {
        found.at_level(
            subject.level_of_useless_root(),
            root.path(),
            format!(
                "the key usage of {} lacks keyCertSign, so it vouches for no server",
                quoted(&root.subject())
            ),
        );
    }
}
