//! A key that no server reads.

use super::super::keys::keys;
use super::super::{Found, Level, Rule, Subject};
use super::super::subject::quoted;
use crate::similar::is_misspelling;
use peering_token::schema::Struct;

pub(super) const RULE: Rule = Rule {
    code: "PT601",
    name: "unknown-field",
    level: Level::Note,
    path: "$, $.Remote, $.Remote.Locality",
    what: "The token has a member that Consul does not know.",
    why: "A server ignores it, as it ignores what a later release adds. It matters where the name of a member was misspelled: then the member itself is missing, and the server says that it is empty, or dials without it.",
    fix: "correct the name if a known one was meant; leave it if a later release of Consul wrote it",
    versions: "Consul 1.13 and later",
    source: "Go: encoding/json.Unmarshal, which ignores unknown members",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    if subject.is_canonical {
        return;
    }
    keys(subject.json, |key| {
        if key.field.is_some() {
            return;
        }
        let spelled = key.literal.unescape();
        let shown = quoted(&spelled);
        match meant(key.object, &spelled) {
            Some(meant) => found.at_level(
                Level::Warning,
                key.path(),
                format!("Consul knows no member {shown:?}; perhaps {meant} was meant"),
            ),
            None => found.at(key.path(), format!("Consul knows no member {shown:?}")),
        }
    });
}

/// The field whose name comes near: one that differs in punctuation, or in two letters at most and
/// in one of three.
fn meant(object: Struct, key: &str) -> Option<&'static str> {
    const LONGEST: usize = 64;
    if key.len() > LONGEST {
        return None;
    }
    let mut names = object.fields().iter().map(|field| field.key());
    names.find(|name| is_misspelling(key, name))
}
