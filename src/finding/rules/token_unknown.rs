//! A token that the acceptor knows nothing of.

use super::super::{Found, Level, Rule, Subject};
use crate::snapshot::TokenStatus;

pub(super) const RULE: Rule = Rule {
    code: "PT503",
    name: "token-unknown",
    level: Level::Error,
    path: "$.PeerID",
    what: "The acceptor's snapshot knows no peering of this ID, or no secret for it.",
    why: "A server looks up the peering by its ID and compares the secret. Where it has none, establish answers 403 with \"invalid peering establishment secret\". A token that was made offline is in this state until the seeded snapshot is restored.",
    fix: "restore the snapshot that was seeded with the token, or make a token at this acceptor",
    versions: "Consul 1.13 and later; snapshots of 1.20.1 have been tried",
    source: "Consul: PeeringSecrets in the acceptor's state, the exchange of the secret and the first stream",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    let Some((status, as_of)) = subject.token_status() else {
        return;
    };
    match status {
        TokenStatus::NoSecrets => found.at(
            "$.EstablishmentSecret",
            format!("the acceptor had the peering, but no secret for it{as_of}"),
        ),
        TokenStatus::Unknown => found.at(
            RULE.path,
            format!("the acceptor knew no peering of this ID{as_of}: it was deleted, never made, or is another cluster's"),
        ),
        _ => {}
    }
}
