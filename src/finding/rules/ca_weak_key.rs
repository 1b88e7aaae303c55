//! A root whose key is weak.

use super::super::{Found, Level, Rule, Subject};
use godialect::x509::Key;
use super::super::root::LEAST_RSA;

pub(super) const RULE: Rule = Rule {
    code: "PT109",
    name: "ca-weak-key",
    level: Level::Warning,
    path: "$.CA[*]",
    what: "A root certificate has an RSA key of less than 2048 bits, or one on the curve P-224.",
    why: "A dialer that is built with Go 1.24 or later takes no RSA key of less than 1024 bits: \"crypto/rsa: 512-bit keys are insecure\". Keys of 1024 to 2047 bits and P-224 work, but a dialer in FIPS mode refuses them, and who breaks the key can play the acceptor. A root's own signature is not checked by Go, so that SHA-1 there does no harm.",
    fix: "make a root with an EC P-256 or RSA 2048 key, rotate the acceptor's CA to it with consul connect ca set-config, then make a new token",
    versions: "Consul 1.13 and later",
    source: "Go: crypto/rsa (Minimum key size, rsa1024min) and crypto/tls in FIPS mode (isCertificateAllowedFIPS); NIST SP 800-131A",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    for root in &subject.roots {
        let (level, message) = match root.certificate.key {
            // Not less than a warning: the weak root is trusted beside the others.
            Key::Rsa(bits @ ..LEAST_RSA) => (
                subject.level_of_useless_root().max(Level::Warning),
                format!("the root's RSA key has {bits} bits, and Go from 1.24 on takes none below {LEAST_RSA}"),
            ),
            Key::Rsa(bits @ LEAST_RSA..2048) => (
                Level::Warning,
                format!("the root's RSA key has {bits} bits, less than 2048"),
            ),
            Key::P224 => (
                Level::Note,
                "the root's key is on the curve P-224, which a dialer in FIPS mode refuses".to_owned(),
            ),
            Key::Rsa(_) | Key::Other | Key::WithoutSignatures => continue,
        };
        found.at_level(level, root.path(), message);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::{levels, root};
    use super::*;
    use peering_token::PeeringToken;
    use serde_json::Value;

    #[test]
    fn every_size_has_its_level() {
        let recorded = include_str!("../../../fixtures/findings/go-verify.json");
        let answers: Vec<Value> = recorded.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for (name, alone, beside_another) in [
            ("RSA 512", Some(Level::Error), Some(Level::Warning)),
            ("RSA 1016", Some(Level::Error), Some(Level::Warning)),
            ("RSA 1024", Some(Level::Warning), Some(Level::Warning)),
            ("RSA 2048", None, None),
            ("EC P-224", Some(Level::Note), Some(Level::Note)),
            ("EC P-521", None, None),
            ("Ed25519", None, None),
        ] {
            let answer = answers.iter().find(|answer| answer["name"] == name).unwrap();
            let entry = answer["ca"][0].as_str().unwrap().to_owned();
            let mut token = PeeringToken::new();
            token.ca = Some(vec![entry]);
            assert_eq!(levels(&token, RULE.name), alone.as_slice(), "{name}");
            token.ca.as_mut().unwrap().push(root("ca-duplicate"));
            assert_eq!(levels(&token, RULE.name), beside_another.as_slice(), "{name}");
        }
    }
}
