//! The same certificate twice.

use super::super::{Found, Level, Rule, Subject};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

pub(super) const RULE: Rule = Rule {
    code: "PT107",
    name: "ca-duplicate",
    level: Level::Note,
    path: "$.CA[*]",
    what: "The same certificate is among the roots more than once.",
    why: "The dialer keeps one of the two, and nothing fails. A server has every root once, so the token was edited or put together from several files.",
    fix: "remove the entry that is there twice, or leave it",
    versions: "Consul 1.13 and later",
    source: "Go: crypto/x509.CertPool.AddCert, which keeps a certificate once",
    check,
};

/// The later ones are told, each with the first.
fn check(subject: &Subject<'_>, found: &mut Found) {
    if subject.roots.len() < 2 {
        return;
    }
    let mut first = HashMap::with_capacity(subject.roots.len());
    for root in &subject.roots {
        match first.entry(&*root.certificate.raw) {
            Entry::Vacant(place) => {
                place.insert(root);
            }
            Entry::Occupied(place) => found.at(
                root.path(),
                format!("the certificate is the same as in {}", place.get().path()),
            ),
        }
    }
}
