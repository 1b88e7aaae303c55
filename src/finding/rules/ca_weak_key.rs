//! A root whose key is weak.

use super::super::{Found, Level, Rule, Subject};
use super::super::root::{Key, LEAST_RSA};

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
        let (level, message) = match root.key {
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
            Key::Rsa(_) | Key::Other => continue,
        };
        found.at_level(level, root.path(), message);
    }
}
