//! A token of Consul Enterprise.

use super::super::{Found, Level, Rule, Subject};
use super::super::subject::quoted;

pub(super) const RULE: Rule = Rule {
    code: "PT702",
    name: "partition-set",
    level: Level::Note,
    path: "$.Remote.Partition",
    what: "The token names an admin partition.",
    why: "Only servers of Consul Enterprise have partitions, and write one into every token, \"default\" included. A server of the community edition takes the token as any other. The peering belongs to that partition at the acceptor: services are exported from there.",
    fix: "leave it if the acceptor is Consul Enterprise; else make a new token at the acceptor",
    versions: "Consul 1.14 and later; 1.20.1 of the community edition has been tried as the dialer",
    source: "Consul: Remote.Partition of a token",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    let partition = &subject.token.partition;
    if !partition.is_empty() {
        let message = format!("the acceptor is the partition {:?} of Consul Enterprise", quoted(partition));
        found.at(RULE.path, message);
    }
}
