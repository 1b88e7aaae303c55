//! A self-signed root whose signature is wrong.

use super::super::{Found, Level, Rule, Subject};
use super::super::subject::quoted;
use godialect::x509::Key;
use crate::roots::{has_wrong_signature, is_self_signed};

pub(super) const RULE: Rule = Rule {
    code: "PT110",
    name: "ca-signature",
    level: Level::Warning,
    path: "$.CA[*]",
    what: "The signature that a root made over itself is wrong.",
    why: "The certificate was changed after it was signed. Go never checks the signature of a root, so nothing fails if only the signature was hit. But if it was the key, the subject or an extension, dialing ends in \"x509: certificate signed by unknown authority\".",
    fix: "compare the root with that of the acceptor, and take a whole copy from /v1/connect/ca/roots there",
    versions: "Consul 1.13 and later",
    source: "RFC 5280, section 4.1.1.3; checked with ring, where it knows the algorithm",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    if !subject.context.costly {
        return;
    }
    for root in &subject.roots {
        // Of the others ring cannot tell a wrong signature from a key that it does not take.
        if !matches!(root.certificate.key, Key::Rsa(2048..=8192) | Key::Other | Key::WithoutSignatures) {
            continue;
        }
        let is_wrong = |read: &_| is_self_signed(read) && has_wrong_signature(read);
        if root.reread().as_ref().is_some_and(is_wrong) {
            found.at(
                root.path(),
                format!(
                    "the signature of {} over itself is wrong: the certificate was changed",
                    quoted(&root.subject())
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::levels;
    use super::*;
    use peering_token::PeeringToken;
    use serde_json::Value;

    /// Certificates that Go made and signed, with keys of every kind, some of which ring refuses.
    #[test]
    fn what_ring_cannot_check_is_not_found() {
        let mut wrong = Vec::new();
        for line in include_str!("../../../fixtures/findings/go-verify.json").lines() {
            let answer: Value = serde_json::from_str(line).unwrap();
            let entries = answer["ca"].as_array().unwrap().iter();
            let mut token = PeeringToken::new();
            token.ca = Some(entries.map(|entry| entry.as_str().unwrap().to_owned()).collect());
            if !levels(&token, RULE.name).is_empty() {
                wrong.push(answer["name"].as_str().unwrap().to_owned());
            }
        }
        assert_eq!(wrong, ["own signature wrong"]);
    }
}
