//! A peer ID that no server can look up.

use super::super::{Found, Level, Rule, Subject};
use super::super::subject::quoted;
use consul_snapshot::is_uuid;

pub(super) const RULE: Rule = Rule {
    code: "PT303",
    name: "peer-id-not-uuid",
    level: Level::Error,
    path: "$.PeerID",
    what: "The peer ID is no UUID of 36 characters.",
    why: "The acceptor looks up the peering by its ID, and cannot by this one: establish ends in \"failed to read peering secret: failed peering secret lookup: index error: UUID must be 36 characters\". A server that restores a snapshot with such an ID in it panics and stays down.",
    fix: "make a new token at the acceptor, and take it over whole",
    versions: "Consul 1.13 and later; 1.20.1 has been tried",
    source: "Consul: the memdb index of peerings, which is one of UUIDs",
    check,
};

/// A token without a peer ID is refused by every server.
fn check(subject: &Subject<'_>, found: &mut Found) {
    let id = &subject.token.peer_id;
    if !id.is_empty() && !is_uuid(id) {
        found.at(RULE.path, format!("{} is no UUID", quoted(id)));
    }
}
