//! A token for a peering that is being deleted.

use super::super::{Found, Level, Rule, Subject};
use crate::snapshot::TokenStatus;

pub(super) const RULE: Rule = Rule {
    code: "PT505",
    name: "peering-deleting",
    level: Level::Error,
    path: "$.PeerID",
    what: "The peering is DELETING in the acceptor's snapshot.",
    why: "A server that deletes a peering refuses to write to it: \"cannot write to peering that is marked for deletion\". Once it is gone, the token is unknown.",
    fix: "wait until the peering is gone at the acceptor, then make a new token",
    versions: "Consul 1.13 and later; snapshots of 1.20.1 have been tried",
    source: "Consul: the state DELETING of a peering",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    if let Some((TokenStatus::Deleting, as_of)) = subject.token_status() {
        found.at(RULE.path, format!("the peering was being deleted{as_of}"));
    }
}
