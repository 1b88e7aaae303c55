//! A secret that no server can hold.

use super::super::{Found, Level, Rule, Subject};
use consul_snapshot::is_uuid;

pub(super) const RULE: Rule = Rule {
    code: "PT302",
    name: "secret-not-uuid",
    level: Level::Error,
    path: "$.EstablishmentSecret",
    what: "The establishment secret is no UUID of 36 characters.",
    why: "A server makes UUIDs and keeps nothing else, so that this secret matches none: establish answers 403 with \"a new peering token must be generated: invalid peering establishment secret\". A server that restores a snapshot with such a secret in it panics and stays down.",
    fix: "take the whole token over from where it was made, or make a new one at the acceptor",
    versions: "Consul 1.13 and later; 1.20.1 has been tried",
    source: "Consul: the memdb index of PeeringSecrets, which is one of UUIDs",
    check,
};

/// Says nothing about the secret itself.
fn check(subject: &Subject<'_>, found: &mut Found) {
    let secret = &subject.token.establishment_secret;
    if !secret.is_empty() && !is_uuid(secret) {
        let message = if secret.starts_with(peertok_secret::REDACTED) { "the establishment secret was left out, as peertok decode does without --show-secret" } else { "the establishment secret is no UUID" };
        found.at(RULE.path, message);
    }
}
