//! A token that no server wrote in this way.

use super::super::keys::keys;
use super::super::{Found, Level, Rule, Subject};
use peering_token::{Field, Shape, encode_base64};
use consul_snapshot::is_uuid;
use peering_token::schema::{Kind, Struct};
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
    // Of JSON that was given without its base64, no byte is a server's.
    let Some(text) = subject.text else {
        return check_values(subject, found);
    };
    let json = subject.json;
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
    for field in Field::ALL {
        if fields.list(*field).is_present_but_empty() {
            found.at(field.json_path(), "an empty list is written as null by a server");
        }
    }
    for (index, entry) in subject.entries.iter().enumerate() {
        if entry.lacks_line_end {
            found.at(format!("$.CA[{index}]"), "the root does not end in a line end");
        }
    }
    let has_upper = |text: &str| text.bytes().any(|byte| byte.is_ascii_uppercase());
    for (field, uuid) in [
        (Field::PeerId, &subject.token.peer_id),
        (Field::EstablishmentSecret, &subject.token.establishment_secret),
    ] {
        if has_upper(uuid) && is_uuid(uuid) {
            found.at(field.json_path(), "a server writes UUIDs in lower case");
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
    let mut fields = Vec::new();
    let mut told = false;
    keys(subject.json, |key| {
        let known = key.field.filter(|field| field.key() == key.literal.unescape());
        told |= known.is_none() || fields.len() == Field::ALL.len();
        if let Some(field) = known.filter(|_| fields.len() < Field::ALL.len()) {
            fields.push(field);
        }
    });
    let unique = fields.iter().collect::<BTreeSet<_>>().len();
    if told || unique < fields.len() {
        return differences;
    }
    let mut expected = Vec::new();
    add_written(&mut expected, Struct::PeeringToken, subject.shape);
    if expected.iter().any(|field| !fields.contains(field)) {
        differences.push("not all members that a server writes");
    } else if !fields.iter().filter(|field| !field.parent().is_optional()).eq(&expected) {
        differences.push("its members in another order");
    } else if !blanks {
        differences.push("a value that a server spells otherwise, such as an escape or null for a text");
    }
    differences
}

/// Adds the fields that a server always writes, in its order: an object's own behind it.
fn add_written(expected: &mut Vec<Field>, object: Struct, shape: Shape) {
    for &field in object.fields() {
        if field.since() > shape {
            continue;
        }
        expected.push(field);
        match field.kind() {
            Kind::Object(within) if !within.is_optional() => add_written(expected, within, shape),
            _ => {}
        }
    }
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
