//! A certificate that is no CA.

use super::super::{Found, Level, Rule, Subject};
use super::super::subject::quoted;

pub(super) const RULE: Rule = Rule {
    code: "PT105",
    name: "ca-not-a-ca",
    level: Level::Error,
    path: "$.CA[*]",
    what: "A certificate among the roots is no CA by its basic constraints.",
    why: "Go lets only a CA vouch for others: dialing ends in \"x509: certificate signed by unknown authority\", where Go may add that the \"parent certificate cannot sign this kind of certificate\". A certificate of version 1 or 2 has no basic constraints and counts as a CA. The acceptor's own certificate in place of its root is taken as it is, and works until the acceptor renews it, which Consul does every few days. Beside a root that works such a certificate does no harm.",
    fix: "add the root that issued it with peertok edit --add-ca FILE; /v1/connect/ca/roots at the acceptor shows the roots",
    versions: "Consul 1.13 and later",
    source: "Go: crypto/x509.Certificate.CheckSignatureFrom, and Certificate.Verify, which looks for the certificate itself first; RFC 5280, section 4.2.1.9",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    for root in subject.roots.iter().filter(|root| !root.is_ca()) {
        let subject_name = quoted(&root.subject());
        if root.may_be_the_server() && subject.is_usable(root) {
            found.at_level(
                Level::Warning,
                root.path(),
                format!("{subject_name} is no CA but a server's own certificate, and works until the server renews it"),
            );
        } else {
            found.at_level(
                subject.level_of_useless_root(),
                root.path(),
                format!("{subject_name} is no CA, so it vouches for no server"),
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

    /// Go takes a certificate of the pool as it is.
    #[test]
    fn a_servers_own_certificate_is_a_warning() {
        let recorded = include_str!("../../../fixtures/findings/go-verify.json");
        let answers = recorded.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let mut warned = Vec::new();
        for answer in answers {
            let mut token = PeeringToken::new();
            token.ca = Some(vec![answer["ca"][0].as_str().unwrap().to_owned()]);
            token.server_name = answer["server_name"].as_str().unwrap().to_owned();
            if levels(&token, RULE.name) == [Level::Warning] {
                warned.push(answer["name"].as_str().unwrap().to_owned());
            }
        }
        let own = "the server's own certificate";
        let expected = [
            own.to_owned(),
            format!("{own}, the name in upper case"),
            format!("{own}, with a wildcard"),
            // Judged at its own moment it has expired, but not at that of the fixtures.
            format!("{own}, expired"),
        ];
        assert_eq!(warned, expected);
    }
}
