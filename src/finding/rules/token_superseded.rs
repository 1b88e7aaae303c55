//! A token that a later one replaced.

use super::super::{Found, Level, Rule, Subject};
use crate::snapshot::TokenStatus;

pub(super) const RULE: Rule = Rule {
    code: "PT502",
    name: "token-superseded",
    level: Level::Error,
    path: "$.EstablishmentSecret",
    what: "The acceptor's snapshot has another secret for this peering.",
    why: "A later generate-token for the same name replaces the secret, and the token made before it is dead: establish answers 403 with \"invalid peering establishment secret\". The connection of a peering that is up stays.",
    fix: "take the newest token of that name, or make a new one at the acceptor",
    versions: "Consul 1.13 and later; snapshots of 1.20.1 have been tried",
    source: "Consul: PeeringSecrets in the acceptor's state, the exchange of the secret and the first stream",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    let Some((status, as_of)) = subject.token_status() else {
        return;
    };
    match status {
        TokenStatus::UsedOrSuperseded => found.at(
            RULE.path,
            format!("a newer token of the same name had replaced this one{as_of}, and it may have been used before that"),
        ),
        TokenStatus::Superseded => found.at(
            RULE.path,
            format!("the acceptor had another secret for this peering{as_of}: a newer token replaced this one, or this one was never written there"),
        ),
        _ => {}
    }
}
