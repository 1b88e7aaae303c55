//! Editing a token's JSON in place: what is not edited keeps its bytes.
//!
//! A server ignores keys that it does not know, finds keys in any case and reads a key that stands
//! twice over the one before. So an edit of a field
//!
//! - replaces the value of the last entry that Go finds under the field's key, written as
//!   `json.Marshal` writes it, and removes the others: no old value stays in the token, and what Go
//!   reads is the new value alone, whatever `null`s and shorter lists came before;
//! - inserts an entry where there is none, behind the nearest field that a server writes before it, or
//!   as the first;
//! - inserts nothing for a field that is to be unset;
//! - writes `Remote.Locality` as one value, since a `null` of it removes what came before.
//!
//! Order, whitespace, escapes, odd keys and unknown keys stay, within `Remote` too.

use godialect::json::{Kind, SyntaxError};
use peering_token::object::{Entry, Object};
use peering_token::schema::Struct;
use peering_token::{Field, PeeringToken, Shape};
use std::ops::Range;
use zeroize::Zeroizing;

/// Why a token's JSON cannot be edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// The text is no JSON.
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    /// The JSON is no object, so that there is no place for a field.
    #[error("expected a JSON object within the token, but found another value")]
    NotAnObject,
}

/// Writes the values that some fields have in `token` into a token's JSON, one after the other, and
/// leaves every other byte as it is.
///
/// # Errors
///
/// [`EditError`]. A value of the wrong type is no error, and an edit of its field fixes it.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use peertok::PeeringToken;
/// use peertok::edit::edit;
/// use peertok::token::Field;
///
/// let json = br#"{"PeerID": "1", "ServerAddresses": ["10.0.0.1:8503"], "New": 1}"#;
/// let mut token = PeeringToken::new();
/// token.server_addresses = Some(vec!["10.0.0.2:8503".to_owned()]);
/// let edited = edit(json, &token, &[Field::ServerAddresses])?;
/// assert_eq!(
///     str::from_utf8(&edited)?,
///     r#"{"PeerID": "1", "ServerAddresses": ["10.0.0.2:8503"], "New": 1}"#
/// );
/// # Ok(())
/// # }
/// ```
pub fn edit(
    json: &[u8],
    token: &PeeringToken,
    fields: &[Field],
) -> Result<Zeroizing<Vec<u8>>, EditError> {
    let mut edited = Zeroizing::new(json.to_vec());
    for &field in fields {
        let splices = splices(&edited, token, written_whole(field), Shape::default())?;
        edited = spliced(&edited, &splices);
    }
    Ok(edited)
}

/// The field that is written as one value: an object that may be `null` is written as a whole.
fn written_whole(field: Field) -> Field {
    match field.parent().field() {
        Some(around) if field.parent().is_optional() => written_whole(around),
        _ => field,
    }
}

/// A part of a text and what comes in its place.
type Splice = (Range<usize>, Zeroizing<String>);

/// What an edit of one field does to a text, in the order of the text.
fn splices(
    json: &[u8],
    token: &PeeringToken,
    field: Field,
    shape: Shape,
) -> Result<Vec<Splice>, EditError> {
    let objects = objects(json, field.parent())?;
    let value = token.field_to_json(field, shape);
    let replaced = replace(&objects, field, &value);
    if !replaced.is_empty() || token.get(field).is_unset() {
        return Ok(replaced);
    }
    match (objects.last(), field.parent().field()) {
        (Some(object), _) => Ok(vec![insert(object, field, &value)]),
        (None, Some(around)) => {
            // A new object, as the oldest server writes it that has the field.
            let mut alone = PeeringToken::new();
            alone.copy_field(field, token);
            splices(json, &alone, around, field.since())
        }
        (None, None) => Err(EditError::NotAnObject),
    }
}

/// The objects that a server reads as this one. Several are read one over the other, so that a field
/// may be in any of them.
fn objects(json: &[u8], object: Struct) -> Result<Vec<Object<'_>>, EditError> {
    let Some(field) = object.field() else {
        let token = Object::read(json, 0..json.len())?;
        return Ok(vec![token.ok_or(EditError::NotAnObject)?]);
    };
    let mut objects_within = Vec::new();
    for around in objects(json, field.parent())? {
        for entry in around.named(field.key()) {
            if entry.kind == Kind::Object {
                objects_within.extend(Object::read(json, entry.value.clone())?);
            }
        }
    }
    Ok(objects_within)
}

/// Replaces the value of a field's last entry and removes the others; does nothing where there is
/// none. An entry goes together with the comma before it, or behind it where it is the first.
fn replace(objects: &[Object<'_>], field: Field, value: &str) -> Vec<Splice> {
    let mut splices = Vec::new();
    let entries = objects.iter().flat_map(|object| object.named(field.key()));
    let Some(last) = entries.last().map(|entry| entry.value.clone()) else {
        return splices;
    };
    for object in objects {
        // Where the entry before ends, unless nothing is left before this one.
        let mut before = None;
        for (index, entry) in object.entries.iter().enumerate() {
            let is_removed = entry.key.folds_to(field.key()) && entry.value != last;
            if is_removed {
                let removed = match (before, object.entries.get(index + 1)) {
                    (Some(before), _) => before..entry.value.end,
                    (None, Some(next)) => entry.start..next.start,
                    (None, None) => entry.start..entry.value.end,
                };
                splices.push((removed, Zeroizing::default()));
            }
            if before.is_some() || !is_removed {
                before = Some(entry.value.end);
            }
        }
    }
    let place = splices.partition_point(|(removed, _)| removed.start < last.start);
    splices.insert(place, (last, Zeroizing::new(value.to_owned())));
    splices
}

/// Inserts a field at its place in the order in which a server writes them.
fn insert(object: &Object<'_>, field: Field, value: &str) -> Splice {
    let fields = field.parent().fields().iter();
    let before: Option<&Entry<'_>> = fields
        .take_while(|other| **other != field)
        .filter_map(|other| object.named(other.key()).next_back())
        .last();
    let (at, [comma_before, comma_after]) = match before {
        Some(before) => (before.value.end, [",", ""]),
        None if object.entries.is_empty() => (object.inside, ["", ""]),
        None => (object.inside, ["", ","]),
    };
    let key = field.key();
    let mut entry = Zeroizing::new(String::with_capacity(key.len() + value.len() + 8));
    for part in [comma_before, "\"", key, "\":", value, comma_after] {
        entry.push_str(part);
    }
    (at..at, entry)
}

/// A text with some parts of it replaced.
fn spliced(text: &[u8], splices: &[Splice]) -> Zeroizing<Vec<u8>> {
    let added: usize = splices.iter().map(|(_, new)| new.len()).sum();
    let mut out = Zeroizing::new(Vec::with_capacity(text.len() + added));
    let mut from = 0;
    for (part, new) in splices {
        out.extend_from_slice(text.get(from..part.start).unwrap_or_default());
        out.extend_from_slice(new.as_bytes());
        from = part.end;
    }
    out.extend_from_slice(text.get(from..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use peering_token::{Locality, Reading};
    use peertok_secret::Secret;
    use peertok_testing::mutated;
    use proptest::prelude::*;
    use proptest::{collection, option, sample};

    fn edited(json: &str, token: &PeeringToken, fields: &[Field]) -> String {
        let edited = edit(json.as_bytes(), token, fields).unwrap();
        String::from_utf8(edited.to_vec()).unwrap()
    }

    #[test]
    fn the_rest_keeps_its_bytes() {
        let mut token = PeeringToken::new();
        token.peer_id = "<b>".to_owned();
        token.remote.datacenter = "d".to_owned();
        token.manual_server_addresses = Some(vec!["a:1".to_owned()]);
        let (id, datacenter) = (Field::PeerId, Field::Datacenter);
        let (manual, no_ca) = (Field::ManualServerAddresses, Field::Ca);
        for (json, field, expected) in [
            (r#"{"PeerID":"a"}"#, id, r#"{"PeerID":"\u003cb\u003e"}"#),
            (
                "\n{ \"peer\\u0049d\" : 7 , \"x\":{\"PeerID\":\"a\"} }\n",
                id,
                "\n{ \"peer\\u0049d\" : \"\\u003cb\\u003e\" , \"x\":{\"PeerID\":\"a\"} }\n",
            ),
            // The last is the one that counts; the others go, each with one comma.
            (
                r#"{"PeerID":"a", "x":1, "PEERID":null, "y":2, "peerid":"c", "z":3}"#,
                id,
                r#"{"x":1, "y":2, "peerid":"\u003cb\u003e", "z":3}"#,
            ),
            (
                r#"{ "PeerID":1, "PeerID":2, "PeerID":3 }"#,
                id,
                r#"{ "PeerID":"\u003cb\u003e" }"#,
            ),
            // A field that is not there comes where a server has it.
            (
                r#"{"x":1,"CA":null,"y":2,"ServerName":"n"}"#,
                manual,
                r#"{"x":1,"CA":null,"ManualServerAddresses":["a:1"],"y":2,"ServerName":"n"}"#,
            ),
            (
                r#"{"ServerName":"n"}"#,
                manual,
                r#"{"ManualServerAddresses":["a:1"],"ServerName":"n"}"#,
            ),
            ("{ }", manual, r#"{"ManualServerAddresses":["a:1"] }"#),
            ("{ }", no_ca, "{ }"),
            (r#"{"CA":["a"]}"#, no_ca, r#"{"CA":null}"#),
            // The fields of `Remote` may be in several of them, or in none.
            (
                r#"{"Remote":{"Datacenter":"a"},"Remote":{"x":[]},"remote":null}"#,
                datacenter,
                r#"{"Remote":{"Datacenter":"d"},"Remote":{"x":[]},"remote":null}"#,
            ),
            (
                r#"{"Remote":{"Datacenter":"a","x":1},"Remote":{"Partition":"","Datacenter":"b"}}"#,
                datacenter,
                r#"{"Remote":{"x":1},"Remote":{"Partition":"","Datacenter":"d"}}"#,
            ),
            (
                r#"{"Remote":{"Datacenter":"a"},"Remote":{"Datacenter":"b"}}"#,
                datacenter,
                r#"{"Remote":{},"Remote":{"Datacenter":"d"}}"#,
            ),
            (
                r#"{"Remote":{"Partition":"p","Locality":null}}"#,
                datacenter,
                r#"{"Remote":{"Partition":"p","Datacenter":"d","Locality":null}}"#,
            ),
            (
                r#"{"Remote":null}"#,
                datacenter,
                r#"{"Remote":{"Partition":"","Datacenter":"d"}}"#,
            ),
            (
                r#"{"EstablishmentSecret":"s"}"#,
                datacenter,
                r#"{"EstablishmentSecret":"s","Remote":{"Partition":"","Datacenter":"d"}}"#,
            ),
        ] {
            assert_eq!(edited(json, &token, &[field]), expected);
        }
    }

    #[test]
    fn only_an_object_can_be_edited() {
        let edit = |json: &str| edit(json.as_bytes(), &PeeringToken::new(), &[Field::PeerId]);
        for json in ["null", "[]", "1", "\"{}\""] {
            assert_eq!(edit(json), Err(EditError::NotAnObject));
        }
        assert!(matches!(edit("{}x"), Err(EditError::Syntax(_))));
    }

    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof![any::<String>(), r#"["\\<>&\u{2028}\u{0}\n/a-z]{0,9}"#]
    }

    fn any_list() -> impl Strategy<Value = Option<Vec<String>>> {
        option::of(collection::vec(any_text(), 0..4))
    }

    prop_compose! {
        fn any_token()(
            lists in [any_list(), any_list(), any_list()],
            texts in [any_text(), any_text(), any_text(), any_text(), any_text()],
            locality in option::of((any_text(), any_text())),
        ) -> PeeringToken {
            let mut token = PeeringToken::new();
            let secret;
            [token.ca, token.manual_server_addresses, token.server_addresses] = lists;
            [token.server_name, token.peer_id, secret, token.remote.partition, token.remote.datacenter] = texts;
            token.establishment_secret = Secret::new(secret);
            token.remote.locality = locality.map(|(region, zone)| Locality::new(region, zone));
            token
        }
    }

    fn any_fields() -> impl Strategy<Value = Vec<Field>> {
        collection::vec(sample::select(Field::ALL), 1..5)
    }

    /// JSON of the fields that a token has, in any order, number, case and nesting, of any type.
    fn odd_token() -> impl Strategy<Value = String> {
        let keys = Field::ALL.iter().map(|field| field.key());
        let names: Vec<_> = keys.chain(["x"]).collect();
        let key = (sample::select(names), 0..4_u8).prop_map(|(name, how)| match how {
            0 => name.to_lowercase(),
            1 => name.replace('S', "\u{17f}"),
            2 => name.replace('e', "\\u0065"),
            _ => name.to_owned(),
        });
        let leaf = prop_oneof![
            Just("null".to_owned()),
            Just("1".to_owned()),
            any_text().prop_map(|text| serde_json::to_string(&text).unwrap()),
        ];
        let blank = || sample::select(vec!["", " ", "\n\t"]);
        let value = leaf.prop_recursive(4, 40, 6, move |value| {
            let entry = (blank(), key.clone(), blank(), value.clone(), blank())
                .prop_map(|(a, key, b, value, c)| format!("{a}\"{key}\"{b}:{b}{value}{c}"));
            prop_oneof![
                collection::vec(value, 0..4).prop_map(|e| format!("[{}]", e.join(","))),
                collection::vec(entry, 0..9).prop_map(|m| format!("{{{}}}", m.join(","))),
            ]
        });
        value.prop_filter("an object", |json| json.starts_with('{'))
    }

    proptest! {
        #[test]
        fn go_reads_the_fields_with_the_changes_alone(
            json in odd_token(),
            token in any_token(),
            fields in any_fields(),
        ) {
            let edited = edit(json.as_bytes(), &token, &fields).unwrap();
            let mut expected = Reading::of_json(json.as_bytes()).unwrap().token;
            for &field in &fields {
                expected.copy_field(written_whole(field), &token);
            }
            prop_assert_eq!(&Reading::of_json(&edited).unwrap().token, &expected);
            // Done again, it changes nothing more.
            prop_assert_eq!(&edit(&edited, &token, &fields).unwrap(), &edited);
        }

        /// What a server would have written with the other value.
        #[test]
        fn a_servers_token_stays_one(
            mut token in any_token(),
            other in any_token(),
            fields in any_fields(),
        ) {
            let json = token.to_json(Shape::V1_16);
            let edited = edit(json.as_bytes(), &other, &fields).unwrap();
            for &field in &fields {
                token.copy_field(written_whole(field), &other);
            }
            let expected = token.to_json(Shape::V1_16);
            prop_assert_eq!(&edited[..], expected.as_bytes());
        }

        /// Fields in any order with others between them: only the value of one of them changes.
        #[test]
        fn bytes_around_the_value_stay(
            order in Just(Struct::PeeringToken.fields()[..6].to_vec()).prop_shuffle(),
            values in collection::vec(odd_token(), 12),
            token in any_token(),
            field in sample::select(&Struct::PeeringToken.fields()[..6]),
        ) {
            let json = |changed: Option<Field>| {
                let mut json = String::from("{ ");
                for (index, &field) in order.iter().enumerate() {
                    let changed = changed.filter(|changed| *changed == field);
                    let value = changed.map(|field| token.field_to_json(field, Shape::V1_16));
                    let value = value.as_deref().unwrap_or(&values[index]);
                    let other = &values[index + 6];
                    json.push_str(&format!("\"x\" : {other},\t\"{}\" :{value} ,", field.key()));
                }
                json + "\"Remote\":{}}\n"
            };
            let expected = json(Some(field));
            prop_assert_eq!(edited(&json(None), &token, &[field]), expected);
        }

        #[test]
        fn no_bytes_panic(
            json in mutated(odd_token().prop_map(String::into_bytes)),
            token in any_token(),
            fields in any_fields(),
        ) {
            let _ = edit(&json, &token, &fields);
        }
    }
}
