//! A name that the dialer uses already.

use super::super::{Found, Level, Rule, Subject};
use crate::snapshot::name_to_dial;

pub(super) const RULE: Rule = Rule {
    code: "PT509",
    name: "name-taken",
    level: Level::Error,
    path: "$",
    what: "The dialer has a peering of that name that waits to be dialed.",
    why: "One name is either dialed or accepted. A server refuses the other: \"there is an existing peering expecting to be dialed\".",
    fix: "establish under another name, or delete the peering of that name at the dialer",
    versions: "Consul 1.13 and later; snapshots of 1.20.1 have been tried",
    source: "Consul: the check of the name in establish",
    check,
};

/// The message is the one that the dialer's server answers.
fn check(subject: &Subject<'_>, found: &mut Found) {
    let context = subject.context;
    if let (Some(dialer), Some(name)) = (context.dialer, context.name)
        && let Err(taken) = name_to_dial(dialer, name)
    {
        found.at(RULE.path, taken.to_string());
    }
}
