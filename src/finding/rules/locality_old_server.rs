//! A locality that an old server does not know.

use super::super::{Found, Level, Rule, Subject};
use peering_token::Shape;

pub(super) const RULE: Rule = Rule {
    code: "PT701",
    name: "locality-old-server",
    level: Level::Note,
    path: "$.Remote.Locality",
    what: "The token has a locality, and a server of the peering is older than 1.16.",
    why: "Consul knows localities since 1.16. An older dialer ignores it, so that it cannot prefer what is near; an older acceptor did not write it. Everything else works.",
    fix: "leave it, or upgrade the older servers to 1.16 or later",
    versions: "Consul 1.13 to 1.15",
    source: "Consul: Remote.Locality of a token since 1.16; Go: encoding/json.Unmarshal, which ignores unknown members",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    if !subject.token.has_locality {
        return;
    }
    let context = subject.context;
    for (who, version) in [
        ("dialer", context.dialer_version),
        ("acceptor", context.acceptor_version),
    ] {
        if let Some(version) = version.filter(|version| version.shape() < Shape::V1_16) {
            found.at(RULE.path, format!("the {who}'s Consul {version} knows no locality"));
        }
    }
}
