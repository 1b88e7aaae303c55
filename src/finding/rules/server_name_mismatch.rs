//! A trust domain that is not the roots'.

use super::super::{Found, Level, Rule, Subject};
use super::super::root::Root;
use super::super::server_name::ServerName;
use super::super::subject::quoted;
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    code: "PT201",
    name: "server-name-mismatch",
    level: Level::Warning,
    path: "$.ServerName",
    what: "The trust domain in the server name is not that of the roots.",
    why: "Where Consul made a root, it has the trust domain of its cluster in it, as a SPIFFE URI. If the server name is another cluster's, dialing ends in \"x509: certificate is valid for …, not …\". It is harmless where clusters share the root of one Vault, since that names the cluster that was first. A root of another origin without such a URI may be the one that counts, and then this is a note.",
    fix: "take name and roots from one cluster; peertok edit sets either of them",
    versions: "Consul 1.14 and later",
    source: "Consul: the SPIFFE URI in the root that the CA provider makes; Go: crypto/x509.Certificate.VerifyHostname",
    check,
};

/// Only roots that work count, if there are any.
fn check(subject: &Subject<'_>, found: &mut Found) {
    let Some(ServerName::Peering { trust_domain, .. }) = subject.server_name else {
        return;
    };
    let counts = |root: &&Root<'_>| !subject.has_usable_root() || subject.is_usable(root);
    let mut others = BTreeSet::new();
    let mut has_unnamed = false;
    for root in subject.roots.iter().filter(counts) {
        match root.trust_domain() {
            Some(own) if own.eq_ignore_ascii_case(trust_domain) => return,
            Some(own) => {
                others.insert(own.to_lowercase());
            }
            None => has_unnamed = true,
        }
    }
    let Some(other) = others.first() else {
        return;
    };
    let level = if has_unnamed { Level::Note } else { RULE.level };
    let more = match others.len() {
        1 => String::new(),
        count => format!(" and {} more", count - 1),
    };
    let (own, other) = (quoted(trust_domain), quoted(other));
    found.at_level(
        level,
        RULE.path,
        format!("the server name is of the trust domain {own}, but the roots are of {other}{more}"),
    );
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::{failing, levels, root};
    use super::*;

    #[test]
    fn any_root_of_the_trust_domain_will_do_that_works() {
        let without_uri = include_str!("../../../fixtures/ca/no-spiffe.pem");
        for (beside, expected) in [
            (root("ca-duplicate"), None),
            (root("ca-expired"), Some(Level::Warning)),
            (without_uri.to_owned(), Some(Level::Note)),
        ] {
            let mut token = failing(RULE.name);
            token.ca.as_mut().unwrap().push(beside);
            assert_eq!(levels(&token, RULE.name), expected.as_slice());
        }
    }

    #[test]
    fn roots_without_a_uri_say_nothing() {
        let mut token = failing(RULE.name);
        token.ca = Some(vec![include_str!("../../../fixtures/ca/no-spiffe.pem").to_owned()]);
        assert_eq!(levels(&token, RULE.name), []);
    }
}
