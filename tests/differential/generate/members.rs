//! Changes to the members of a token's JSON, which stays well-formed.

use super::bytes::{pick, replace};
use super::json::{Json, Member, quoted};
use fastrand::Rng;

/// Makes one change, to the token or to an object within it.
pub fn change(rng: &mut Rng, token: &mut Json) {
    let whole = rng.u8(..60) == 0;
    let Json::Object(members) = token else {
        return;
    };
    if whole {
        *token = any_value(rng);
        return;
    }
    if rng.u8(..8) == 0 {
        return blank(rng, members);
    }
    let members = descend(rng, members);
    if members.is_empty() {
        return members.push(unknown(rng));
    }
    let at = rng.usize(..members.len());
    match rng.u8(..12) {
        0 => drop(members.remove(at)),
        1 => members[at].1 = any_value(rng),
        2 => members[at].1 = Json::raw(pick(rng, &["\"\"", "null", "[]", "{}", "\" \""])),
        3 => members[at].0 = respelled(rng, &members[at].0),
        4 => members[at].0 = misspelled(rng, &members[at].0),
        5 => members.insert(at, unknown(rng)),
        6 => rng.shuffle(members),
        7 => members[at].1 = escaped(rng, &members[at].1),
        8 | 9 => change_list(rng, &mut members[at].1),
        _ => again(rng, members, at),
    }
}

/// Takes away what Consul wants to be there.
fn blank(rng: &mut Rng, members: &mut Vec<Member>) {
    let wanted = pick(rng, &["\"ServerName\"", "\"ServerName\"", "\"PeerID\""]);
    if rng.bool() {
        return members.retain(|(key, _)| key != wanted.as_bytes());
    }
    for (key, value) in members {
        if key == wanted.as_bytes() {
            *value = Json::raw(pick(rng, &["\"\"", "null"]));
        }
    }
}

/// The members of the token, of its `Remote`, or of the `Locality` in that.
fn descend<'a>(rng: &mut Rng, members: &'a mut Vec<Member>) -> &'a mut Vec<Member> {
    let inner = members
        .iter()
        .rposition(|(_, value)| matches!(value, Json::Object(_)));
    match inner {
        Some(at) if rng.u8(..5) < 2 => match &mut members[at].1 {
            Json::Object(inner) => descend(rng, inner),
            _ => unreachable!("it was an object"),
        },
        _ => members,
    }
}

/// A value of any type, nested at times.
fn any_value(rng: &mut Rng) -> Json {
    const LEAVES: [&str; 16] = [
        "null",
        "true",
        "false",
        "0",
        "-1.5e+3",
        "1E400",
        "\"\"",
        "\"text\"",
        "\"\\ud800\"",
        "[]",
        "{}",
        "[null]",
        "[\"a:1\"]",
        "[[]]",
        "[1,\"a:1\"]",
        "{\"CA\":null}",
    ];
    match rng.u8(..6) {
        0 => Json::List((0..rng.u8(..3)).map(|_| any_value(rng)).collect()),
        1 => Json::Object((0..rng.u8(..3)).map(|_| unknown(rng)).collect()),
        _ => Json::raw(pick(rng, &LEAVES)),
    }
}

/// A member that Consul may not know: its key is often one that belongs elsewhere.
fn unknown(rng: &mut Rng) -> Member {
    const KEYS: [&str; 18] = [
        "\"\"",
        "\"x\"",
        "\"CA\"",
        "\"PeerID\"",
        "\"Remote\"",
        "\"Partition\"",
        "\"Datacenter\"",
        "\"Locality\"",
        "\"Region\"",
        "\"Zone\"",
        "\"EstablishmentSecret\"",
        "\"ManualServerAddresses\"",
        "\"\\u0000\"",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\u{e9}\u{130}\u{131}\u{1f600}\"",
        "\"\\ud83d\\ude00\\udc00\"",
        "\"server\u{17f}\"",
        "\"Locality.Zone\"",
    ];
    (pick(rng, &KEYS).as_bytes().to_vec(), any_value(rng))
}

/// The key in other letters that Go takes for the same: other case, the two letters beyond ASCII
/// that fold into it, escapes.
fn respelled(rng: &mut Rng, key: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(key);
    let share = pick(rng, &[&1, &4, &10]);
    let respelled = text.chars().map(|letter| {
        let other = match (rng.u8(..12) < *share, letter) {
            (false, _) | (_, '"' | '\\') => return letter.to_string(),
            (_, 's' | 'S') if rng.bool() => '\u{17f}',
            (_, 'k' | 'K') if rng.bool() => '\u{212a}',
            (_, 'i' | 'I') if rng.u8(..20) == 0 => *rng.choice(&['\u{130}', '\u{131}']).unwrap(),
            _ if letter.is_ascii_uppercase() => letter.to_ascii_lowercase(),
            _ => letter.to_ascii_uppercase(),
        };
        match rng.u8(..4) {
            0 => format!("\\u{:04x}", u32::from(other)),
            1 => format!("\\u{:04X}", u32::from(other)),
            _ => other.to_string(),
        }
    });
    respelled.collect::<String>().into_bytes()
}

/// A key that is nearly this one.
fn misspelled(rng: &mut Rng, key: &[u8]) -> Vec<u8> {
    let mut key = key.to_vec();
    let at = rng.usize(1..key.len().max(2));
    match rng.u8(..4) {
        0 if key.len() > 2 && at + 1 < key.len() => drop(key.remove(at)),
        1 => key.insert(at, *rng.choice(b" _-.sS0").unwrap()),
        2 => return replace(&key, b"er", b"or"),
        _ => {
            let sign: [&[u8]; 5] = [
                b"\xff",
                b"\\u0000",
                b"\\ud800",
                b"\xef\xbb\xbf",
                b"\xe2\x84",
            ];
            let piece = pick(rng, &sign);
            key.splice(at..at, piece.iter().copied());
        }
    }
    key
}

/// The value with some characters of its texts as escapes, which changes nothing.
fn escaped(rng: &mut Rng, value: &Json) -> Json {
    match value {
        Json::List(elements) => Json::List(elements.iter().map(|e| escaped(rng, e)).collect()),
        Json::Leaf(text) if text.first() == Some(&b'"') && !text.contains(&b'\\') => {
            let share = pick(rng, &[&1, &100, &255]);
            let text = String::from_utf8_lossy(text);
            let escaped = text.chars().map(|letter| {
                let mut units = [0; 2];
                match letter {
                    '"' => "\"".to_owned(),
                    '/' => "\\/".to_owned(),
                    _ if rng.u8(..) <= *share => letter
                        .encode_utf16(&mut units)
                        .iter()
                        .map(|unit| format!("\\u{unit:04x}"))
                        .collect(),
                    _ => letter.to_string(),
                }
            });
            Json::Leaf(escaped.collect::<String>().into_bytes())
        }
        other => other.clone(),
    }
}

/// Changes an element of a list, or the number of elements.
fn change_list(rng: &mut Rng, value: &mut Json) {
    let Json::List(elements) = value else {
        *value = match rng.u8(..3) {
            0 => Json::List(vec![value.clone()]),
            _ => any_value(rng),
        };
        return;
    };
    let at = rng.usize(..=elements.len());
    match (rng.u8(..6), elements.get_mut(at)) {
        (0, _) => elements.clear(),
        (1, Some(element)) => *element = Json::raw("null"),
        (2, Some(element)) => *element = Json::raw("\"\""),
        (3, Some(_)) => drop(elements.remove(at)),
        (_, Some(element)) => *element = any_value(rng),
        (_, None) => elements.push(any_value(rng)),
    }
}

/// Adds the same key once to three times more, with values that show how Go reads over what it has.
fn again(rng: &mut Rng, members: &mut Vec<Member>, at: usize) {
    let (key, value) = members[at].clone();
    for _ in 0..rng.u8(1..=3) {
        let value = match (&value, rng.u8(..8)) {
            (_, 0) => Json::raw("null"),
            (_, 1) => any_value(rng),
            (Json::List(_), 2) => Json::List(Vec::new()),
            (Json::List(elements), _) => {
                let length = rng.usize(1..5);
                let element = |_| match rng.u8(..4) {
                    0 | 1 => Json::raw("null"),
                    2 => Json::text(b"again:1"),
                    _ => rng.choice(elements).unwrap_or(&value).clone(),
                };
                Json::List((0..length).map(element).collect())
            }
            (Json::Object(inner), _) if !inner.is_empty() => {
                let mut inner = inner.clone();
                let at = rng.usize(..inner.len());
                match rng.u8(..3) {
                    0 => inner[at].1 = any_value(rng),
                    1 => drop(inner.remove(at)),
                    _ => inner.truncate(at),
                }
                Json::Object(inner)
            }
            _ => Json::Leaf(quoted(b"again")),
        };
        let key = match rng.u8(..3) {
            0 => respelled(rng, &key),
            _ => key.clone(),
        };
        let place = match rng.u8(..4) {
            0 => rng.usize(..=members.len()),
            _ => members.len(),
        };
        members.insert(place, (key, value));
    }
}
