//! What Consul's msgpack codec decodes into the types of a server, which [`check`] tells of a value.
//!
//! `go-types.txt` has the types of all records of Consul 1.13 to 1.22, as `tests/go-types` finds them
//! in its sources. No field has changed its type in these releases, and a release skips the fields
//! that it does not know.
//!
//! A value that is not of its field's type ends the restore, in every record. So does what this
//! check rejects beyond types, in a value that no field takes in, too: a key that is no string and a
//! key that occurs twice in a map. It is stricter than the codec (`hashicorp/consul-net-rpc`,
//! `go-msgpack/codec/decode.go`) in what no server writes: a struct as an array, a list with a nil in
//! it, a key twice in a struct, strings as bytes of the new format, extensions.

use crate::error::RecordFault;
use crate::limits::MAX_INDEX;
use crate::value::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("go-types.txt")));

/// All structs.
struct Table {
    /// Where each stands in the list.
    places: BTreeMap<&'static str, usize>,
    structs: Vec<Fields>,
}

/// The fields of a struct, by name.
type Fields = BTreeMap<&'static str, Type>;

/// A type of Go, without the pointers to it.
#[derive(Debug, Clone, PartialEq)]
enum Type {
    String,
    Bytes,
    Bool,
    /// With its number of bits.
    Int(u32),
    Uint(u32),
    Float(u32),
    /// `time.Time` in its binary form.
    Time,
    /// `interface{}`, which takes anything.
    Any,
    List(Box<Self>),
    Map(Box<Self>, Box<Self>),
    /// With its place in the table.
    Struct(usize),
}

impl Table {
    fn read(text: &'static str) -> Self {
        let lines = || {
            text.lines()
                .map(|line| line.split_once(' ').unwrap_or((line, "")))
        };
        let names = lines().map(|(name, _)| name);
        let places = names.enumerate().map(|(at, name)| (name, at)).collect();
        let mut table = Self {
            places,
            structs: Vec::new(),
        };
        // What cannot be read has no fields; a test looks for it.
        table.structs = lines()
            .map(|(_, fields)| table.read_fields(fields).unwrap_or_default())
            .collect();
        table
    }

    fn read_fields(&self, mut text: &'static str) -> Option<Fields> {
        let mut fields = Fields::new();
        while let Some((name, rest)) = text.split_once(':') {
            let (kind, rest) = self.read_type(rest)?;
            fields.insert(name.trim_start(), kind);
            text = rest;
        }
        Some(fields)
    }

    /// Reads a type, and gives what follows it.
    fn read_type(&self, text: &'static str) -> Option<(Type, &'static str)> {
        if let Some(rest) = text.strip_prefix('[') {
            let (element, rest) = self.read_type(rest)?;
            return Some((Type::List(element.into()), rest.strip_prefix(']')?));
        }
        if let Some(rest) = text.strip_prefix('{') {
            let (key, rest) = self.read_type(rest)?;
            let (value, rest) = self.read_type(rest.strip_prefix(' ')?)?;
            let map = Type::Map(key.into(), value.into());
            return Some((map, rest.strip_prefix('}')?));
        }
        let end = text.find([' ', ']', '}']).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        let bits = |prefix: &str| name.strip_prefix(prefix)?.parse().ok();
        let kind = match name {
            "string" => Type::String,
            "bytes" => Type::Bytes,
            "bool" => Type::Bool,
            "time" => Type::Time,
            "any" => Type::Any,
            _ => bits("int")
                .map(Type::Int)
                .or_else(|| bits("uint").map(Type::Uint))
                .or_else(|| bits("float").map(Type::Float))
                .or_else(|| self.places.get(name).copied().map(Type::Struct))?,
        };
        Some((kind, rest))
    }

    fn of(&self, name: &str) -> Type {
        Type::Struct(self.places.get(name).copied().unwrap_or(usize::MAX))
    }
}

/// Checks that the codec decodes a value into a struct of this name.
pub(crate) fn check(value: &Value<'_>, name: &'static str) -> Result<(), RecordFault> {
    check_type(value, &TABLE.of(name), &Place::Root)
}

/// Checks that the codec decodes a value into a list of structs of this name.
pub(crate) fn check_list(value: &Value<'_>, name: &'static str) -> Result<(), RecordFault> {
    let list = Type::List(TABLE.of(name).into());
    check_type(value, &list, &Place::Root)
}

/// Whether there is a struct of this name.
#[cfg(test)]
pub(crate) fn is_known(name: &str) -> bool {
    TABLE.places.contains_key(name)
}

/// Where a value stands in a record. It has names of fields, and never a key of a map.
enum Place<'a> {
    Root,
    Field(&'a Self, &'static str),
    Within(&'a Self),
}

impl Place<'_> {
    fn name(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Field(Self::Root, field) => (*field).to_owned(),
            Self::Field(outer, field) => format!("{}.{field}", outer.name()),
            Self::Within(outer) => format!("{}[]", outer.name()),
        }
    }

    fn fault(&self, expected: &'static str, found: &'static str) -> RecordFault {
        match self {
            Self::Root => RecordFault::Type { expected, found },
            _ => RecordFault::Field {
                field: self.name(),
                expected,
                found,
            },
        }
    }
}

fn check_type(value: &Value<'_>, kind: &Type, place: &Place<'_>) -> Result<(), RecordFault> {
    let refused = |expected| Err(place.fault(expected, value.name()));
    match (kind, value) {
        (_, Value::Extension) => refused("a value that Consul writes"),
        // Go leaves the field as it is.
        (_, Value::Nil) if !matches!(place, Place::Root) => Ok(()),
        (Type::Any, _) => check_any(value, place),
        (Type::String | Type::Bytes, Value::Raw(_) | Value::LeftOut) => Ok(()),
        (Type::String | Type::Bytes, _) => refused("a raw"),
        (Type::Bool, Value::Bool(_)) => Ok(()),
        (Type::Bool, _) => refused("a bool"),
        (Type::Int(bits), Value::Int(number)) if fits(*number, *bits) => Ok(()),
        (Type::Int(bits), Value::Uint(number))
            if i64::try_from(*number).is_ok_and(|number| fits(number, *bits)) =>
        {
            Ok(())
        }
        (Type::Uint(bits), Value::Uint(number)) if *bits == 64 || *number >> bits == 0 => Ok(()),
        (Type::Int(_), _) => refused("an integer that fits its type"),
        (Type::Uint(_), _) => refused("an integer that fits its type and is not negative"),
        (Type::Float(bits), Value::Float(number))
            if *bits == 64 || number.is_nan() || number.is_infinite() || in_f32(*number) =>
        {
            Ok(())
        }
        (Type::Float(_), Value::Int(_) | Value::Uint(_)) => Ok(()),
        (Type::Float(_), _) => refused("a float that fits its type"),
        (Type::Time, Value::Raw(bytes)) if is_time(bytes) => Ok(()),
        (Type::Time, _) => refused("a time in Go's binary form"),
        (Type::List(element), Value::Array(elements)) => {
            let within = Place::Within(place);
            for value in elements {
                if *value == Value::Nil && **element != Type::Any {
                    return Err(within.fault("a value", "nil"));
                }
                check_type(value, element, &within)?;
            }
            Ok(())
        }
        (Type::List(_), _) => refused("an array"),
        (Type::Map(key, element), Value::Map(pairs)) => {
            let within = Place::Within(place);
            for (found, value) in pairs {
                if *found == Value::Nil {
                    return Err(within.fault("a key", "nil"));
                }
                check_type(found, key, &within)?;
                check_type(value, element, &within)?;
            }
            check_unique(pairs, place)
        }
        (Type::Map(..), _) => refused("a map"),
        (Type::Struct(at), Value::Map(pairs)) => {
            // Each name that is asked for is there: a test looks.
            let fields = TABLE.structs.get(*at);
            let fields = fields.ok_or_else(|| place.fault("a known type", "another"))?;
            for (key, value) in pairs {
                let Value::Raw(key) = key else {
                    return Err(place.fault("keys that are raws", key.name()));
                };
                let known = std::str::from_utf8(key).ok();
                match known.and_then(|key| fields.get_key_value(key)) {
                    Some((field, kind)) => {
                        let place = Place::Field(place, field);
                        check_type(value, kind, &place)?;
                        if field.ends_with("ModifyIndex") || *field == "CreateIndex" {
                            check_index(value, &place)?;
                        }
                    }
                    None => check_any(value, place)?,
                }
            }
            check_unique(pairs, place)
        }
        (Type::Struct(_), _) => refused("a map"),
    }
}

/// The index of a change in Raft, which counts on from it.
fn check_index(value: &Value<'_>, place: &Place<'_>) -> Result<(), RecordFault> {
    if value.uint() > MAX_INDEX {
        return Err(place.fault("an index below 2^63", "a larger one"));
    }
    Ok(())
}

/// Checks a value that is decoded into an empty interface: one of an `any`, or of a field that a
/// release does not know. Its maps become `map[string]interface{}`.
fn check_any(value: &Value<'_>, place: &Place<'_>) -> Result<(), RecordFault> {
    match value {
        Value::Extension => Err(place.fault("a value that Consul writes", value.name())),
        Value::Array(elements) => elements
            .iter()
            .try_for_each(|element| check_any(element, place)),
        Value::Map(pairs) => {
            for (key, value) in pairs {
                if !matches!(key, Value::Raw(_)) {
                    return Err(place.fault("keys that are raws", key.name()));
                }
                check_any(value, place)?;
            }
            check_unique(pairs, place)
        }
        _ => Ok(()),
    }
}

/// A key that occurs twice in a `map[string]interface{}` ends the restore: its second value is decoded
/// into the first one, which cannot be set.
fn check_unique(pairs: &[(Value<'_>, Value<'_>)], place: &Place<'_>) -> Result<(), RecordFault> {
    let is_raw = |(key, _): &&(Value<'_>, Value<'_>)| matches!(key, Value::Raw(_));
    let keys = || pairs.iter().filter(is_raw).map(|(key, _)| key.bytes());
    // Consul writes the fields of a struct in this order.
    if keys().is_sorted_by(|a, b| a < b) {
        return Ok(());
    }
    let mut sorted: Vec<&[u8]> = keys().collect();
    sorted.sort_unstable();
    if sorted.is_sorted_by(|a, b| a < b) {
        Ok(())
    } else {
        Err(place.fault("each key once", "one twice"))
    }
}

fn fits(number: i64, bits: u32) -> bool {
    let unused = 64_u32.saturating_sub(bits).min(63);
    (number << unused) >> unused == number
}

fn in_f32(number: f64) -> bool {
    number.abs() <= f64::from(f32::MAX)
}

/// `time.Time.UnmarshalBinary`: a version, and as many bytes as that has.
fn is_time(bytes: &[u8]) -> bool {
    matches!((bytes.first(), bytes.len()), (Some(1), 15) | (Some(2), 16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_of_the_table_is_read_whole() {
        let text = include_str!("go-types.txt");
        assert!(text.lines().count() > 160);
        for line in text.lines() {
            let name = line.split(' ').next().unwrap();
            let fields = &TABLE.structs[TABLE.places[name]];
            assert_eq!(fields.len(), line.matches(':').count(), "{name}");
        }
    }

    /// What the codec decodes and what not: `state.IndexEntry` has a string and a uint64.
    #[test]
    fn values_are_held_against_the_types_of_their_fields() {
        let said = |bytes: &[u8], name| {
            let value = Value::read_whole(bytes).unwrap();
            check(&value, name).map_err(|fault| fault.to_string())
        };
        let index = "state.IndexEntry";
        assert_eq!(said(b"\x82\xa3Key\xa1k\xa5Value\x01", index), Ok(()));
        assert_eq!(said(b"\x80", index), Ok(()));
        assert_eq!(said(b"\x81\xa3Key\xc0", index), Ok(()));
        assert_eq!(said(b"\x81\xa5other\x91\xc0", index), Ok(()));
        for (bytes, expected) in [
            (&b"\xc0"[..], "expected a map, but found nil"),
            (b"\x90", "expected a map, but found an array"),
            (
                b"\x81\xa3Key\x01",
                "expected a raw in Key, but found an integer",
            ),
            (
                b"\x81\xa5Value\xff",
                "expected an integer that fits its type and is not negative in Value, but found an integer",
            ),
            (
                b"\x82\xa3Key\xa0\xa3Key\xa0",
                "expected each key once, but found one twice",
            ),
            (
                b"\x81\x01\x01",
                "expected keys that are raws, but found an integer",
            ),
            (
                b"\x81\xa1x\x81\x01\x01",
                "expected keys that are raws, but found an integer",
            ),
            (
                b"\x81\xa1x\xd4\x01\x01",
                "expected a value that Consul writes, but found an extension",
            ),
        ] {
            assert_eq!(said(bytes, index).unwrap_err(), expected, "{bytes:02x?}");
        }
        let registration =
            b"\x81\xa7Service\x81\xa5Proxy\x81\xa9Upstreams\x91\x81\xadLocalBindPort\xa0";
        assert_eq!(
            said(registration, "RegisterRequest").unwrap_err(),
            "expected an integer that fits its type in Service.Proxy.Upstreams[].LocalBindPort, but found a raw"
        );
    }
}
