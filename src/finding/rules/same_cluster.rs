//! A token that is given to the cluster that made it.

use super::super::{Found, Level, Rule, Subject};
use crate::snapshot::same_cluster;

pub(super) const RULE: Rule = Rule {
    code: "PT508",
    name: "same-cluster",
    level: Level::Error,
    path: "$.ServerName",
    what: "The token is of the dialer's own cluster.",
    why: "A server refuses to peer with itself: \"cannot create a peering within the same cluster\".",
    fix: "establish at another cluster; partitions of one cluster need no peering",
    versions: "Consul 1.13 and later; snapshots of 1.20.1 have been tried",
    source: "Consul: the check of the locality in establish",
    check,
};

/// The message is the one that the dialer's server answers.
fn check(subject: &Subject<'_>, found: &mut Found) {
    let own = subject.context.dialer.and_then(|dialer| dialer.server_name());
    let server_name = &subject.token.server_name;
    if own.as_deref() == Some(&**server_name) {
        found.at(RULE.path, same_cluster(server_name));
    }
}
