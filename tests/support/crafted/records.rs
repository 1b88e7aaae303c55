//! Records: of every type, and of each type that is restored in every wrong form.

use super::file::Parts;
use super::good::good;
use super::groups::groups;
use super::{Base, Crafted, crafted, msgpack};
use serde_json::{Value, json};

/// A snapshot with these records behind those of the base.
pub fn with(base: &Base, records: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut more = Vec::new();
    for (number, record) in records {
        more.push(*number);
        more.extend(record);
    }
    Parts::of(&base.with(&more)).file()
}

fn one(base: &Base, number: u8, record: &[u8]) -> Vec<u8> {
    with(base, &[(number, record.to_vec())])
}

/// Each type as an empty map; the known ones in other forms, too.
pub fn types(base: &Base) -> Vec<Crafted> {
    let mut out = Vec::new();
    for number in 0..=255 {
        let name = |what: &str| format!("type {number}: {what}");
        out.push(crafted(name("an empty map"), one(base, number, b"\x80")));
        if number > 50 && ![63, 64, 65, 127, 128, 130, 163, 255].contains(&number) {
            continue;
        }
        for (what, record) in [
            ("nothing", &b""[..]),
            ("nil", b"\xc0"),
            ("an empty array", b"\x90"),
            ("an empty raw", b"\xa0"),
            ("a number", b"\x01"),
            ("a map that is cut off", b"\x82\xa3Key\xa1k"),
            ("a raw that is cut off", b"\xdb\xff\xff\xff\xff"),
            ("a byte that is no MessagePack", b"\xc1"),
            ("an unknown key", b"\x81\xa5Other\x01"),
            ("a key that is a number", b"\x81\x01\x01"),
            (
                "a key twice in an unknown one",
                b"\x81\xa5Other\x82\xa1k\x01\xa1k\x01",
            ),
        ] {
            out.push(crafted(name(what), one(base, number, record)));
        }
    }
    out
}

/// The header of `state.bin`.
pub fn headers(base: &Base) -> Vec<Crafted> {
    let mut out = Vec::new();
    for (what, header) in [
        ("nothing", &b""[..]),
        ("an empty map", b"\x80"),
        ("nil", b"\xc0"),
        ("an array", b"\x91\x01"),
        ("a raw", b"\xa1x"),
        ("another key", b"\x81\xa5Other\x01"),
        ("a further key", b"\x82\xa9LastIndex\x01\xa5Other\x90"),
        ("an index of nil", b"\x81\xa9LastIndex\xc0"),
        ("a negative index", b"\x81\xa9LastIndex\xff"),
        ("an index that is a raw", b"\x81\xa9LastIndex\xa1x"),
        ("the index twice", b"\x82\xa9LastIndex\x01\xa9LastIndex\x01"),
        (
            "an index of 2^62",
            b"\x81\xa9LastIndex\xcf\x40\0\0\0\0\0\0\0",
        ),
        (
            "an index of 2^64-1",
            b"\x81\xa9LastIndex\xcf\xff\xff\xff\xff\xff\xff\xff\xff",
        ),
        ("cut off", b"\x81\xa9Last"),
        ("twice", b"\x81\xa9LastIndex\x01\x81\xa9LastIndex\x01"),
    ] {
        out.push(crafted(
            format!("header: {what}"),
            Parts::of(&[header, &base.records].concat()).file(),
        ));
    }
    out
}

/// Each good record as it is, without each of its values, and with another in its place.
pub fn restorers(base: &Base) -> Vec<Crafted> {
    let mut out = Vec::new();
    for (name, number, value) in good() {
        out.push(crafted(name, one(base, number, &msgpack::encode(&value))));
        for (what, changed) in changes(&value) {
            let record = msgpack::encode(&changed);
            out.push(crafted(
                format!("{name}: {what}"),
                one(base, number, &record),
            ));
        }
        let mut record = msgpack::encode(&value);
        record.pop();
        out.push(crafted(
            format!("{name}: cut off"),
            one(base, number, &record),
        ));
    }
    out.extend(groups(base));
    out
}

/// Values that go in the place of others.
fn replacements() -> [(&'static str, Value); 8] {
    [
        ("nil", Value::Null),
        ("an empty raw", json!("")),
        ("a raw", json!("x y")),
        ("a number", json!(7)),
        ("a negative number", json!(-7)),
        ("an array with nil", json!([null])),
        ("a map", json!({"x": 1})),
        ("bytes in the new format", json!({"$bytes": "c40178"})),
    ]
}

/// A value with one change anywhere in it, and what the change is.
fn changes(value: &Value) -> Vec<(String, Value)> {
    let mut out = Vec::new();
    match value {
        Value::Object(pairs) => {
            for (key, inner) in pairs {
                let is_packed = key.starts_with('$');
                let changed_to = |inner: Option<Value>| {
                    let mut pairs = pairs.clone();
                    match inner {
                        Some(inner) => _ = pairs.insert(key.clone(), inner),
                        None => _ = pairs.remove(key),
                    }
                    Value::Object(pairs)
                };
                if key == "$packed" || !is_packed {
                    for (what, changed) in changes(inner) {
                        out.push((format!("{key} {what}"), changed_to(Some(changed))));
                    }
                }
                if !is_packed {
                    out.push((format!("no {key}"), changed_to(None)));
                    for (what, other) in replacements() {
                        out.push((format!("{key} is {what}"), changed_to(Some(other))));
                    }
                }
            }
        }
        Value::Array(values) => {
            for (at, inner) in values.iter().enumerate() {
                for (what, changed) in changes(inner) {
                    let mut values = values.clone();
                    values[at] = changed;
                    out.push((format!("[{at}] {what}"), Value::Array(values)));
                }
            }
        }
        _ => {}
    }
    out
}
