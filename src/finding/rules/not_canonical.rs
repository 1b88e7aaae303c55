//! A token that no server wrote in this way.

use super::super::members::members;
use super::super::{Found, Level, Rule, Subject};
use consul_snapshot::is_uuid;
use crate::{Shape, encode_base64};
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    code: "PT604",
    name: "not-canonical",
    level: Level::Note,
    path: "$",
    what: "A server would not have written these bytes.",
    why: "A server takes the token all the same. It was made or changed by something else, which may have changed more than the form, and two tokens that mean the same no longer look the same. Line ends in the base64 do no harm; most are from base64 without -w0.",
    fix: "leave it if you know what wrote the token; else make a new one at the acceptor",
    versions: "Consul 1.13 and later",
    source: "Go: encoding/json.Marshal over Consul's struct, encoding/base64.StdEncoding; Consul: the roots of a token, each of which ends in a line end",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    let (text, json) = (subject.text, subject.json);
    // Only line ends are read over, and only the last character has bits that do not count.
    let (_, last) = json.as_chunks::<3>();
    if text.len() != json.len().div_ceil(3) * 4 {
        found.at(RULE.path, "the base64 has line ends in it");
    } else if !text.ends_with(encode_base64(last).as_bytes()) {
        found.at(RULE.path, "the last character of the base64 is another than a server writes");
    }
    if !subject.is_canonical {
        let differences = differences(subject);
        if !differences.is_empty() {
            found.at(RULE.path, format!("the JSON has {}", differences.join(", and ")));
        }
    }
    check_values(subject, found);
}

/// What the values have that a server's do not have.
fn check_values(subject: &Subject<'_>, found: &mut Found) {
    let fields = &subject.fields;
    for (path, list) in [
        ("$.CA", &fields.ca),
        ("$.ManualServerAddresses", &fields.manual_server_addresses),
        ("$.ServerAddresses", &fields.server_addresses),
    ] {
        if list.is_present_but_empty() {
            found.at(path, "an empty list is written as null by a server");
        }
    }
    for (index, entry) in subject.entries.iter().enumerate() {
        if entry.lacks_line_end {
            found.at(format!("$.CA[{index}]"), "the root does not end in a line end");
        }
    }
    let has_upper = |text: &str| text.bytes().any(|byte| byte.is_ascii_uppercase());
    for (path, uuid) in [
        ("$.PeerID", &subject.token.peer_id),
        ("$.EstablishmentSecret", &subject.token.establishment_secret),
    ] {
        if has_upper(uuid) && is_uuid(uuid) {
            found.at(path, "a server writes UUIDs in lower case");
        }
    }
}

/// How the JSON differs from a server's, where no other rule tells it.
fn differences(subject: &Subject<'_>) -> Vec<&'static str> {
    let mut differences = Vec::new();
    let blanks = has_blanks(subject.json.trim_ascii_end());
    if blanks {
        differences.push("blanks between its members");
    }
    let mut names = Vec::new();
    let mut told = false;
    members(subject.json, |member| {
        let known = member.name.filter(|name| *name == member.key.unescape());
        told |= known.is_none() || names.len() == MOST_MEMBERS;
        if let Some(name) = known.filter(|_| names.len() < MOST_MEMBERS) {
            names.push((member.object, name));
        }
    });
    let unique = names.iter().collect::<BTreeSet<_>>().len();
    if told || unique < names.len() {
        return differences;
    }
    let expected = written_by(subject.shape);
    if expected.iter().any(|member| !names.contains(member)) {
        differences.push("not all members that a server writes");
    } else if !names.iter().filter(|name| !is_optional(name)).eq(&expected) {
        differences.push("its members in another order");
    } else if !blanks {
        differences.push("a value that a server spells otherwise, such as an escape or null for a text");
    }
    differences
}

/// More members than a token has.
const MOST_MEMBERS: usize = 12;

/// The members that a server always writes, in its order.
fn written_by(shape: Shape) -> Vec<(&'static str, &'static str)> {
    let since = |member, since| (shape >= since).then_some(member);
    [
        Some(("$", "CA")),
        since(("$", "ManualServerAddresses"), Shape::V1_14),
        Some(("$", "ServerAddresses")),
        Some(("$", "ServerName")),
        Some(("$", "PeerID")),
        Some(("$", "EstablishmentSecret")),
        since(("$", "Remote"), Shape::V1_14),
        since(("$.Remote", "Partition"), Shape::V1_14),
        since(("$.Remote", "Datacenter"), Shape::V1_14),
        since(("$.Remote", "Locality"), Shape::V1_16),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn is_optional((object, _): &(&'static str, &'static str)) -> bool {
    *object == "$.Remote.Locality"
}

/// Whether blanks stand outside the texts of a JSON text.
fn has_blanks(json: &[u8]) -> bool {
    let mut in_text = false;
    let mut escaped = false;
    json.iter().any(|&byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => in_text = !in_text,
            _ => return !in_text && byte.is_ascii_whitespace(),
        }
        false
    })
}
