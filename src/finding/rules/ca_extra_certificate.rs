//! An entry with more than one certificate.

use super::super::{Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "PT108",
    name: "ca-extra-certificate",
    level: Level::Note,
    path: "$.CA[*]",
    what: "An entry of the CA list holds more than one certificate.",
    why: "With the Vault provider an entry may hold a chain, and that works. A server checks only the first certificate of an entry when it takes the token. The dialer then trusts each one that it can read, and drops without a word one that is damaged or has PEM headers.",
    fix: "nothing, if the acceptor's CA is in Vault; else see with peertok decode which certificates there are",
    versions: "Consul 1.13 and later",
    source: "Consul: the check of the CA in establish; Go: crypto/x509.CertPool.AppendCertsFromPEM",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    for (index, entry) in subject.entries.iter().enumerate() {
        let (all, trusted) = (entry.certificates, entry.pool.len());
        if all < 2 {
            continue;
        }
        let message = match all - trusted {
            0 => format!("the entry holds {all} certificates, and the dialer trusts each of them"),
            dropped => format!(
                "the entry holds {all} certificates, of which the dialer drops {dropped}, damaged or with PEM headers"
            ),
        };
        found.at(format!("$.CA[{index}]"), message);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::{levels, root, sound};
    use super::*;

    /// Go's pool passes over what has headers and what it cannot read.
    #[test]
    fn certificates_that_are_dropped_are_told() {
        let good = root("ca-duplicate");
        let with_headers = good.replacen("-----\n", "-----\nX: y\n\n", 1);
        let unreadable = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
        for second in [with_headers.as_str(), unreadable] {
            let mut token = sound();
            token.ca = Some(vec![format!("{good}{second}")]);
            assert_eq!(levels(&token, RULE.name), [Level::Note]);
            assert_eq!(levels(&token, "ca-duplicate"), []);
        }
    }
}
