//! A token for a peering that the other end deleted.

use super::super::{Found, Level, Rule, Subject};
use crate::snapshot::TokenStatus;

pub(super) const RULE: Rule = Rule {
    code: "PT504",
    name: "peering-terminated",
    level: Level::Error,
    path: "$.PeerID",
    what: "The peering is TERMINATED in the acceptor's snapshot.",
    why: "The other end deleted the peering. Until it is deleted here too, no token for it works, and generate-token for that name makes tokens that are dead as well.",
    fix: "delete the peering at the acceptor, then make a new token",
    versions: "Consul 1.13 and later; snapshots of 1.20.1 have been tried",
    source: "Consul: the state TERMINATED of a peering",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    if let Some((TokenStatus::Terminated, as_of)) = subject.token_status() {
        found.at(
            RULE.path,
            format!("the peering was deleted at the other end{as_of}, and every token for it is dead"),
        );
    }
}
