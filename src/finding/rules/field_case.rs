//! A key that is spelled otherwise.

use super::super::keys::keys;
use super::super::{Found, Level, Rule, Subject};
use super::super::subject::quoted;

pub(super) const RULE: Rule = Rule {
    code: "PT603",
    name: "field-case",
    level: Level::Note,
    path: "$.*",
    what: "The name of a member differs from Consul's in case.",
    why: "Go finds a member whatever the case of its name, so that a server takes it. Other readers, such as jq and most libraries, do not find it.",
    fix: "spell the name as Consul does",
    versions: "Consul 1.13 and later",
    source: "Go: encoding/json.Unmarshal, which folds the case of names",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    if subject.is_canonical {
        return;
    }
    keys(subject.json, |key| {
        let spelled = key.literal.unescape();
        if let Some(field) = key.field.filter(|field| field.key() != spelled) {
            let message = format!("{:?} is read as {}", quoted(&spelled), field.key());
            found.at(key.path(), message);
        }
    });
}
