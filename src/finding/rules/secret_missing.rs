//! A token without a secret.

use super::super::{Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "PT301",
    name: "secret-missing",
    level: Level::Error,
    path: "$.EstablishmentSecret",
    what: "The token has no establishment secret.",
    why: "Consul does not look at the secret before it dials. The acceptor then compares it with the one that it keeps: establish answers 403 with \"a new peering token must be generated: invalid peering establishment secret\", or 500 with \"invalid establishment secret: peering was already established\" where the real one was used.",
    fix: "make a new token at the acceptor, and take it over whole",
    versions: "Consul 1.13 and later; 1.20.1 has been tried",
    source: "Consul: PeeringStream's ExchangeSecret at the acceptor",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    if subject.token.establishment_secret.is_empty() {
        found.at(RULE.path, "the establishment secret is empty");
    }
}
