//! Reading a token's JSON as Go's `json.Unmarshal` reads it into Consul's struct.
//!
//! Beyond what [`godialect::json`] says of Go's reader, three things follow from Go writing
//! into the same struct for every key it meets:
//!
//! - a later duplicate of a key wins, but `null` leaves a string as it was;
//! - an array is read over the one before it: a `null` element keeps the string that stood at its
//!   place, even one that a shorter array in between had removed;
//! - an object is read into the one before it, so that two `Remote` objects are merged.

use crate::mismatch::Mismatch;
use crate::release::Shape;
use crate::schema::{self, Field, Struct};
use crate::token::PeeringToken;
use crate::value::Slot;
use godialect::Dialect;
use godialect::json::{Kind, Raw, Reader, SyntaxError, TypeError};
use peertok_secret::Secret;
use std::borrow::Cow;

const TEXTS: usize = schema::Kind::Text.count();
const LISTS: usize = schema::Kind::List.count();
const OBJECTS: usize = schema::Kind::Object(Struct::PeeringToken).count();

/// A token's fields as the literals in its JSON: a literal is unescaped where its string is needed.
pub struct Fields<'a> {
    /// The fields of each kind, in the order of the table.
    texts: [Raw<'a>; TEXTS],
    lists: [List<'a>; LISTS],
    has_object: [bool; OBJECTS],
    /// The oldest shape that has all the fields seen.
    shape: Shape,
}

/// A list of strings as a Go slice: what was removed can come back.
#[derive(Default)]
pub struct List<'a> {
    /// All the elements that were ever there; only the first `length` are.
    slots: Vec<Raw<'a>>,
    length: usize,
    /// Whether the list is anything but Go's `nil`.
    present: bool,
}

impl<'a> List<'a> {
    /// The elements, as their literals.
    pub fn entries(&self) -> &[Raw<'a>] {
        &self.slots[..self.length]
    }

    /// The strings; none where the list is Go's `nil`.
    pub fn texts(&self) -> Vec<Cow<'a, str>> {
        self.entries()
            .iter()
            .map(|entry| entry.unescape())
            .collect()
    }

    /// Whether the list is there, and has no elements.
    pub fn is_present_but_empty(&self) -> bool {
        self.present && self.length == 0
    }

    fn owned(&self) -> Option<Vec<String>> {
        self.present.then(|| {
            self.entries()
                .iter()
                .map(|entry| entry.unescape().into_owned())
                .collect()
        })
    }
}

impl Default for Fields<'_> {
    fn default() -> Self {
        Self {
            texts: [Raw::default(); TEXTS],
            lists: Default::default(),
            has_object: [false; OBJECTS],
            shape: Shape::V1_13,
        }
    }
}

static NO_LIST: List<'static> = List {
    slots: Vec::new(),
    length: 0,
    present: false,
};

impl<'a> Fields<'a> {
    /// Reads a token's JSON: the fields, and the first value that was not of its field's type.
    pub fn read(json: &'a [u8]) -> Result<(Self, Option<TypeError>), SyntaxError> {
        Self::read_with(json, &mut |_| None, &Dialect::default())
    }

    /// Reads as [`Self::read`] does, and asks `known_root` about each `CA` entry before it is read,
    /// as [`Reader::recognise`] does. Errors are in the words of a Go release.
    pub fn read_with(
        json: &'a [u8],
        known_root: KnownRoot<'_>,
        go: &Dialect,
    ) -> Result<(Self, Option<TypeError>), SyntaxError> {
        let mut read = (Self::default(), None);
        let mut walk = Walk {
            fields: &mut read.0,
            mismatch: Mismatch::new(&mut read.1),
            known_root,
        };
        let mut reader = Reader::new(json);
        walk.object(&mut reader, Struct::PeeringToken, "value")
            .and_then(|()| reader.finish())
            .map_err(|error| go.syntax_error(json, error))?;
        walk.mismatch.finish(json, go);
        Ok(read)
    }

    /// The literal of a string; an empty one where the field is missing or is no string.
    #[inline]
    pub fn text(&self, field: Field) -> Raw<'a> {
        match field.kind() {
            schema::Kind::Text => self.texts[field.rank()],
            _ => Raw::default(),
        }
    }

    /// A list; Go's `nil` where the field is missing or is no list.
    #[inline]
    pub fn list(&self, field: Field) -> &List<'a> {
        match field.kind() {
            schema::Kind::List => &self.lists[field.rank()],
            _ => &NO_LIST,
        }
    }

    /// Whether an object is there, or can only be there.
    pub fn has(&self, object: Struct) -> bool {
        let is_there = |field: Field| self.has_object[field.rank()];
        !object.is_optional() || object.field().is_none_or(is_there)
    }

    /// The oldest shape that has all the fields seen.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Whether `json`, in which these fields are, is what a server of their shape writes: the JSON of
    /// [`PeeringToken::to_json`], to the byte.
    pub fn are_written_as(&self, json: &[u8]) -> bool {
        let mut rest = Rest(json);
        rest.object(self, Struct::PeeringToken) && rest.0.is_empty()
    }
}

/// What is left of a JSON text that is compared with what a server writes.
struct Rest<'j>(&'j [u8]);

impl Rest<'_> {
    /// Whether this comes next, and if so takes it away.
    fn starts_with(&mut self, expected: &[u8]) -> bool {
        let rest = self.0.strip_prefix(expected);
        rest.is_some_and(|rest| {
            self.0 = rest;
            true
        })
    }

    /// As [`Self::starts_with`], of one byte.
    #[inline]
    fn byte(&mut self, expected: u8) -> bool {
        match self.0.split_first() {
            Some((&byte, rest)) if byte == expected => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    fn object(&mut self, fields: &Fields<'_>, object: Struct) -> bool {
        if !fields.has(object) {
            return self.starts_with(b"null");
        }
        if !self.byte(b'{') {
            return false;
        }
        let mut is_first = true;
        for &field in object.fields() {
            let is_left_out = object.is_optional() && fields.is_unset(field);
            if field.since() > fields.shape || is_left_out {
                continue;
            }
            let key = field.written_key().as_bytes();
            if !self.starts_with(if is_first { &key[1..] } else { key }) {
                return false;
            }
            is_first = false;
            let is_written = match field.kind() {
                schema::Kind::Text => self.text(fields.text(field)),
                schema::Kind::List => self.list(fields.list(field)),
                schema::Kind::Object(object) => self.object(fields, object),
            };
            if !is_written {
                return false;
            }
        }
        self.byte(b'}')
    }

    fn text(&mut self, text: Raw<'_>) -> bool {
        self.byte(b'"')
            && self.starts_with(text.literal())
            && self.byte(b'"')
            && text.is_as_written()
    }

    fn list(&mut self, list: &List<'_>) -> bool {
        if !list.present {
            return self.starts_with(b"null");
        }
        let mut entries = list.entries().iter().enumerate();
        self.byte(b'[')
            && entries.all(|(index, &entry)| (index == 0 || self.byte(b',')) && self.text(entry))
            && self.byte(b']')
    }
}

impl Fields<'_> {
    /// Whether a server reads the same where the field is missing.
    fn is_unset(&self, field: Field) -> bool {
        match field.kind() {
            schema::Kind::Text => self.text(field).is_empty(),
            schema::Kind::List => !self.list(field).present,
            schema::Kind::Object(object) => !self.has(object),
        }
    }
}

impl From<&Fields<'_>> for PeeringToken {
    fn from(fields: &Fields<'_>) -> Self {
        let mut token = Self::new();
        for &object in Struct::ALL {
            if !fields.has(object) {
                continue;
            }
            if let Some(field) = object.field() {
                field.slot(&mut token);
            }
            for &field in object.fields() {
                match field.kind() {
                    schema::Kind::Object(_) => continue,
                    schema::Kind::Text | schema::Kind::List => {}
                }
                match field.slot(&mut token) {
                    Slot::Text(text) => *text = fields.text(field).unescape().into_owned(),
                    Slot::Secret(secret) => {
                        *secret = Secret::new(fields.text(field).unescape().into_owned());
                    }
                    Slot::List(list) => *list = fields.list(field).owned(),
                    Slot::Object => {}
                }
            }
        }
        token
    }
}

/// Gets what follows the opening quote of a `CA` entry, and gives the length of the literal there if
/// that is known.
pub type KnownRoot<'k> = &'k mut dyn FnMut(&[u8]) -> Option<usize>;

/// A walk over a token's JSON that keeps the first type error and goes on.
struct Walk<'f, 'a, 'k> {
    fields: &'f mut Fields<'a>,
    mismatch: Mismatch<'f>,
    known_root: KnownRoot<'k>,
}

impl<'a> Walk<'_, 'a, '_> {
    /// Reads an object, of which Go says that it stands at this place.
    fn object(
        &mut self,
        reader: &mut Reader<'a>,
        object: Struct,
        place: &'static str,
    ) -> Result<(), SyntaxError> {
        let found = reader.peek()?;
        if found != Kind::Object {
            return self.mismatch.skip(reader, found, place, object.go_type());
        }
        // In a token that a server wrote, each key is that of the next field.
        let mut next = 0;
        reader.object(|reader, key| match object.find_from(next, key) {
            Some((index, field)) => {
                next = index + 1;
                self.field(reader, field)
            }
            None => reader.skip(),
        })
    }

    fn field(&mut self, reader: &mut Reader<'a>, field: Field) -> Result<(), SyntaxError> {
        self.fields.shape = self.fields.shape.max(field.since());
        match field.kind() {
            schema::Kind::Text => {
                let text = &mut self.fields.texts[field.rank()];
                read_text(&mut self.mismatch, reader, field, text)
            }
            schema::Kind::List => self.list(reader, field),
            schema::Kind::Object(object) => {
                if object.is_optional() && reader.peek()? == Kind::Null {
                    self.clear(field, object);
                    return reader.skip();
                }
                self.fields.has_object[field.rank()] = true;
                self.object(reader, object, field.go_place())
            }
        }
    }

    /// Takes away an object and what was read in it.
    fn clear(&mut self, field: Field, object: Struct) {
        self.fields.has_object[field.rank()] = false;
        for &field in object.fields() {
            match field.kind() {
                schema::Kind::Text => self.fields.texts[field.rank()] = Raw::default(),
                schema::Kind::List => self.fields.lists[field.rank()] = List::default(),
                schema::Kind::Object(object) => self.clear(field, object),
            }
        }
    }

    fn list(&mut self, reader: &mut Reader<'a>, field: Field) -> Result<(), SyntaxError> {
        let Self {
            fields,
            mismatch,
            known_root,
        } = self;
        let list = &mut fields.lists[field.rank()];
        match reader.peek()? {
            Kind::Null => {
                *list = List::default();
                reader.skip()
            }
            Kind::Array => {
                let mut length = 0;
                reader.array(|reader| {
                    if length == list.slots.len() {
                        list.slots.push(Raw::default());
                    }
                    let slot = &mut list.slots[length];
                    length += 1;
                    let known = |rest: &[u8]| match field {
                        Field::Ca => known_root(rest),
                        _ => None,
                    };
                    match reader.recognise(known)? {
                        Some(known) => *slot = known,
                        None => read_text(mismatch, reader, field, slot)?,
                    }
                    Ok(())
                })?;
                if length == 0 {
                    list.slots.clear();
                }
                list.length = length;
                list.present = true;
                Ok(())
            }
            found => mismatch.skip(reader, found, field.go_place(), "[]string"),
        }
    }
}

/// Reads a string, or an element of a list.
fn read_text<'a>(
    mismatch: &mut Mismatch<'_>,
    reader: &mut Reader<'a>,
    field: Field,
    text: &mut Raw<'a>,
) -> Result<(), SyntaxError> {
    match reader.peek()? {
        Kind::String => {
            *text = reader.string()?;
            Ok(())
        }
        found => mismatch.skip(reader, found, field.go_place(), "string"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::Locality;
    use proptest::prelude::*;
    use serde_json::Value;

    fn read(json: &str) -> (PeeringToken, Option<String>) {
        let (fields, error) = Fields::read(json.as_bytes()).unwrap();
        (PeeringToken::from(&fields), error.map(|e| e.to_string()))
    }

    fn lists(entries: &[&str]) -> Option<Vec<String>> {
        Some(entries.iter().map(|&entry| entry.to_owned()).collect())
    }

    /// Each answer is Go 1.26's.
    #[test]
    fn duplicates_are_read_over_each_other() {
        for (json, expected) in [
            (r#"{"CA":["a"],"ca":["b"]}"#, lists(&["b"])),
            (r#"{"CA":["a"],"CA":[null]}"#, lists(&["a"])),
            (
                r#"{"CA":["a","b"],"CA":["c"],"CA":[null,null]}"#,
                lists(&["c", "b"]),
            ),
            (
                r#"{"CA":["a","b"],"CA":[],"CA":[null,null]}"#,
                lists(&["", ""]),
            ),
            (r#"{"CA":["a"],"CA":null,"CA":[null]}"#, lists(&[""])),
            (r#"{"CA":["a"],"CA":"b"}"#, lists(&["a"])),
            (r#"{"CA":[]}"#, lists(&[])),
            (r#"{"CA":null}"#, None),
            ("{}", None),
            ("null", None),
        ] {
            assert_eq!(read(json).0.ca, expected, "{json}");
        }
        let (token, error) = read(
            r#"{"Remote":{"Partition":"p","Locality":{"Zone":"z"}},"PeerID":"i","PeerID":null,
                "Remote":{"Datacenter":"d","Locality":{"Region":"r"}}}"#,
        );
        assert_eq!(error, None);
        assert_eq!(token.peer_id, "i");
        assert_eq!(token.remote.partition, "p");
        assert_eq!(token.remote.datacenter, "d");
        let locality = token.remote.locality.unwrap();
        assert_eq!((&*locality.region, &*locality.zone), ("r", "z"));
    }

    /// Each answer is Go 1.26's.
    #[test]
    fn the_first_type_error_is_kept_and_reading_goes_on() {
        for (json, expected) in [
            ("[]", "array into Go value of type structs.PeeringToken"),
            ("true", "bool into Go value of type structs.PeeringToken"),
            (
                r#"{"CA":{}}"#,
                "object into Go struct field PeeringToken.CA of type []string",
            ),
            (
                r#"{"CA":["a",["b"]]}"#,
                "array into Go struct field PeeringToken.CA of type string",
            ),
            (
                r#"{"PeerID":1,"CA":1}"#,
                "number into Go struct field PeeringToken.PeerID of type string",
            ),
            (
                r#"{"Remote":{"x":1,"Datacenter":1}}"#,
                "number into Go struct field PeeringTokenRemote.Remote.Datacenter of type string",
            ),
            (
                r#"{"Remote":{"Locality":"x"}}"#,
                "string into Go struct field PeeringTokenRemote.Remote.Locality of type structs.Locality",
            ),
            (
                r#"{"Remote":{"Locality":{"Zone":false}}}"#,
                "bool into Go struct field Locality.Remote.Locality.Zone of type string",
            ),
        ] {
            let (_, error) = read(json);
            assert_eq!(
                error,
                Some(format!("json: cannot unmarshal {expected}")),
                "{json}"
            );
        }
        let (token, _) =
            read(r#"{"PeerID":1,"CA":["a",2,"c"],"ServerName":"n","Remote":{"Locality":1}}"#);
        assert_eq!(token.ca, lists(&["a", "", "c"]));
        assert_eq!(token.server_name, "n");
        assert_eq!(token.remote.locality, Some(Locality::default()));
    }

    /// A value of any kind, most often of the kind that some field has.
    fn any_value() -> impl Strategy<Value = Value> {
        let text = || any::<String>().prop_map(Value::from);
        let leaf = prop_oneof![
            4 => text(),
            1 => Just(Value::Null),
            1 => any::<i64>().prop_map(Value::from),
            1 => any::<bool>().prop_map(Value::from),
        ];
        let keys = Field::ALL.iter().map(|field| field.key());
        let keys = prop::sample::select(keys.chain(["x", "Ca"]).collect::<Vec<_>>());
        leaf.prop_recursive(3, 60, 12, move |value| {
            let object = prop::collection::btree_map(keys.clone(), value.clone(), 0..12);
            prop_oneof![
                prop::collection::vec(value, 0..4).prop_map(Value::from),
                object.prop_map(|entries| entries.into_iter().collect()),
            ]
        })
    }

    /// What a server reads in JSON in which no two keys differ in nothing but case, and whether a value
    /// is of the wrong type: from the values that another reader finds.
    fn expected(json: &Value) -> (PeeringToken, bool) {
        let mut wrong = !json.is_object() && !json.is_null();
        let mut text = |object: &Value, key: &str| {
            let value = &object[key];
            wrong |= !value.is_string() && !value.is_null();
            value.as_str().unwrap_or_default().to_owned()
        };
        let mut token = PeeringToken::new();
        token.server_name = text(json, "ServerName");
        token.peer_id = text(json, "PeerID");
        token.establishment_secret = Secret::new(text(json, "EstablishmentSecret"));
        let remote = &json["Remote"];
        token.remote.partition = text(remote, "Partition");
        token.remote.datacenter = text(remote, "Datacenter");
        let locality = &remote["Locality"];
        if !locality.is_null() {
            let [region, zone] = ["Region", "Zone"].map(|key| text(locality, key));
            token.remote.locality = Some(Locality { region, zone });
        }
        let is_object = |value: &Value| value.is_object() || value.is_null();
        wrong |= !is_object(remote) || !is_object(locality);
        let mut list = |key: &str| {
            let value = &json[key];
            wrong |= !value.is_array() && !value.is_null();
            let entry = |entry: &Value| {
                wrong |= !entry.is_string() && !entry.is_null();
                entry.as_str().unwrap_or_default().to_owned()
            };
            value
                .as_array()
                .map(|list| list.iter().map(entry).collect())
        };
        token.ca = list("CA");
        token.manual_server_addresses = list("ManualServerAddresses");
        token.server_addresses = list("ServerAddresses");
        (token, wrong)
    }

    proptest! {
        #[test]
        fn fields_are_what_another_reader_finds(mut json in any_value()) {
            // `Ca` folds to `CA`, so that only one of the two may stand there.
            let mut renamed = None;
            if let Some(object) = json.as_object_mut()
                && let Some(value) = object.remove("Ca")
            {
                object.remove("CA");
                renamed = Some(value);
            }
            let mut text = json.to_string();
            if let Some(value) = renamed {
                let comma = if text == "{}" { "" } else { "," };
                text.insert_str(1, &format!("\"c\\u0041\":{value}{comma}"));
                json["CA"] = value;
            }
            let (fields, type_error) = Fields::read(text.as_bytes()).unwrap();
            let (token, wrong) = expected(&json);
            prop_assert_eq!(PeeringToken::from(&fields), token);
            prop_assert_eq!(type_error.is_some(), wrong);
        }
    }
}
