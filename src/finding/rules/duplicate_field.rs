//! A field that stands twice.

use super::super::keys::keys;
use super::super::{Found, Level, Rule, Subject};
use std::collections::BTreeMap;

pub(super) const RULE: Rule = Rule {
    code: "PT602",
    name: "duplicate-field",
    level: Level::Warning,
    path: "$.*",
    what: "The token has a member more than once.",
    why: "Go reads each over the one before: of texts the last wins, an object is merged, and of lists an element that is null keeps what stood at its place before. Other readers take the first or refuse the text, so that two people may see two different tokens.",
    fix: "leave one of them, or make a new token at the acceptor",
    versions: "Consul 1.13 and later",
    source: "Go: encoding/json.Unmarshal; RFC 8259, section 4",
    check,
};

/// A key that nobody reads may stand as often as it likes. Of an object that stands twice the fields
/// are not reported again.
fn check(subject: &Subject<'_>, found: &mut Found) {
    if subject.is_canonical {
        return;
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    keys(subject.json, |key| {
        if key.field.is_some() {
            *counts.entry(key.path()).or_default() += 1;
        }
    });
    let is_double = |path: &str| counts.get(path).is_some_and(|count| *count > 1);
    for (path, count) in &counts {
        let object = path.rsplit_once('.').map_or("", |(object, _)| object);
        if is_double(path) && !is_double(object) {
            let message = format!("the member is there {count} times, and a server reads each over the one before");
            found.at(path.as_str(), message);
        }
    }
}
