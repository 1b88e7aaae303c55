//! A token whose secret was redeemed.

use super::super::{Found, Level, Rule, Subject};
use crate::snapshot::TokenStatus;

pub(super) const RULE: Rule = Rule {
    code: "PT501",
    name: "token-used",
    level: Level::Error,
    path: "$.EstablishmentSecret",
    what: "The acceptor's snapshot shows that the token was redeemed.",
    why: "An establishment secret works once. The exchange takes it out of the acceptor's state, so that a second establish answers 403 with \"a new peering token must be generated: invalid peering establishment secret\".",
    fix: "make a new token at the acceptor",
    versions: "Consul 1.13 and later; snapshots of 1.20.1 have been tried",
    source: "Consul: PeeringSecrets in the acceptor's state, the exchange of the secret and the first stream",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    let Some((status, as_of)) = subject.token_status() else {
        return;
    };
    match status {
        TokenStatus::Used => found.at(RULE.path, format!("the token had been redeemed{as_of}")),
        TokenStatus::Exchanged => found.at(
            RULE.path,
            format!("the token was exchanged, but its stream had not come up{as_of}"),
        ),
        _ => {}
    }
}
