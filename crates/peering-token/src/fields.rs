//! Reading a token's JSON as Go's `json.Unmarshal` reads it into Consul's struct.
//!
//! Beyond what [`godialect::json`] says of Go's reader, three things follow from Go writing
//! into the same struct for every member it meets:
//!
//! - a later duplicate of a member wins, but `null` leaves a text as it was;
//! - an array is read over the one before it: a `null` element keeps the text that stood at its
//!   place, even one that a shorter array in between had cut off;
//! - an object is read into the one before it, so that two `Remote` members are merged.

use crate::members::SECRET_KEY;
use crate::release::Shape;
use crate::token::{Locality, PeeringToken, Remote};
use godialect::json::{Kind, Raw, Reader, SyntaxError, TypeError};
use peertok_secret::Secret;
use std::borrow::Cow;

/// A token's fields as the literals in its JSON: what a text is needed for unescapes it.
#[derive(Default)]
pub struct Fields<'a> {
    /// `CA`
    pub ca: List<'a>,
    /// `ManualServerAddresses`
    pub manual_server_addresses: List<'a>,
    /// `ServerAddresses`
    pub server_addresses: List<'a>,
    /// `ServerName`
    pub server_name: Raw<'a>,
    /// `PeerID`
    pub peer_id: Raw<'a>,
    /// `EstablishmentSecret`
    pub establishment_secret: Raw<'a>,
    /// `Remote.Partition`
    pub partition: Raw<'a>,
    /// `Remote.Datacenter`
    pub datacenter: Raw<'a>,
    /// The region and the zone.
    pub locality: Option<[Raw<'a>; 2]>,
    /// The members seen that tell one shape from another.
    has_manual_or_remote: bool,
    has_locality: bool,
}

/// A list of texts as a Go slice: what was cut off can come back.
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

    /// The texts; none where the list is Go's `nil`.
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

/// A field's place and type in Go's messages.
struct Field {
    place: &'static str,
    kind: &'static str,
}

const fn text(place: &'static str) -> Field {
    Field {
        place,
        kind: "string",
    }
}

const fn list(place: &'static str) -> Field {
    Field {
        place,
        kind: "[]string",
    }
}

const TOKEN: Field = Field {
    place: "value",
    kind: "structs.PeeringToken",
};
const CA: Field = list("struct field PeeringToken.CA");
const MANUAL: Field = list("struct field PeeringToken.ManualServerAddresses");
const SERVERS: Field = list("struct field PeeringToken.ServerAddresses");
const SERVER_NAME: Field = text("struct field PeeringToken.ServerName");
const PEER_ID: Field = text("struct field PeeringToken.PeerID");
const SECRET: Field = text("struct field PeeringToken.EstablishmentSecret");
const REMOTE: Field = Field {
    place: "struct field PeeringToken.Remote",
    kind: "structs.PeeringTokenRemote",
};
const PARTITION: Field = text("struct field PeeringTokenRemote.Remote.Partition");
const DATACENTER: Field = text("struct field PeeringTokenRemote.Remote.Datacenter");
const LOCALITY: Field = Field {
    place: "struct field PeeringTokenRemote.Remote.Locality",
    kind: "structs.Locality",
};
const REGION: Field = text("struct field Locality.Remote.Locality.Region");
const ZONE: Field = text("struct field Locality.Remote.Locality.Zone");

impl<'a> Fields<'a> {
    /// Reads a token's JSON: the fields, and the first member that was not of its type.
    pub fn read(json: &'a [u8]) -> Result<(Self, Option<TypeError>), SyntaxError> {
        Self::read_with(json, &mut |_| None)
    }

    /// Reads as [`Self::read`] does, and asks `known_root` about each `CA` entry before it is read,
    /// as [`Reader::recognise`] does.
    pub fn read_with(
        json: &'a [u8],
        known_root: KnownRoot<'_>,
    ) -> Result<(Self, Option<TypeError>), SyntaxError> {
        let mut fields = Self::default();
        let mut walk = Walk {
            type_error: None,
            known_root,
        };
        let mut reader = Reader::new(json);
        walk.object(&mut reader, &TOKEN, |walk, reader, key| {
            fields.member(walk, reader, key)
        })?;
        reader.finish()?;
        Ok((fields, walk.type_error))
    }

    fn member(
        &mut self,
        walk: &mut Walk<'_>,
        reader: &mut Reader<'a>,
        key: Raw<'a>,
    ) -> Result<(), SyntaxError> {
        if key.folds_to("CA") {
            walk.list(reader, &CA, &mut self.ca, |walk, rest| {
                (walk.known_root)(rest)
            })
        } else if key.folds_to("ManualServerAddresses") {
            self.has_manual_or_remote = true;
            walk.list(
                reader,
                &MANUAL,
                &mut self.manual_server_addresses,
                |_, _| None,
            )
        } else if key.folds_to("ServerAddresses") {
            walk.list(reader, &SERVERS, &mut self.server_addresses, |_, _| None)
        } else if key.folds_to("ServerName") {
            walk.text(reader, &SERVER_NAME, &mut self.server_name)
        } else if key.folds_to("PeerID") {
            walk.text(reader, &PEER_ID, &mut self.peer_id)
        } else if key.folds_to(SECRET_KEY) {
            walk.text(reader, &SECRET, &mut self.establishment_secret)
        } else if key.folds_to("Remote") {
            self.has_manual_or_remote = true;
            walk.object(reader, &REMOTE, |walk, reader, key| {
                self.remote_member(walk, reader, key)
            })
        } else {
            reader.skip()
        }
    }

    fn remote_member(
        &mut self,
        walk: &mut Walk<'_>,
        reader: &mut Reader<'a>,
        key: Raw<'a>,
    ) -> Result<(), SyntaxError> {
        if key.folds_to("Partition") {
            walk.text(reader, &PARTITION, &mut self.partition)
        } else if key.folds_to("Datacenter") {
            walk.text(reader, &DATACENTER, &mut self.datacenter)
        } else if key.folds_to("Locality") {
            self.has_locality = true;
            if reader.peek()? == Kind::Null {
                self.locality = None;
                return reader.skip();
            }
            let [region, zone] = self.locality.get_or_insert_default();
            walk.object(reader, &LOCALITY, |walk, reader, key| {
                if key.folds_to("Region") {
                    walk.text(reader, &REGION, region)
                } else if key.folds_to("Zone") {
                    walk.text(reader, &ZONE, zone)
                } else {
                    reader.skip()
                }
            })
        } else {
            reader.skip()
        }
    }

    /// The oldest shape that has all the members seen.
    pub fn shape(&self) -> Shape {
        match (self.has_locality, self.has_manual_or_remote) {
            (true, _) => Shape::V1_16,
            (false, true) => Shape::V1_14,
            (false, false) => Shape::V1_13,
        }
    }

    /// Whether `json`, of which these fields are, is what a server of their shape writes: the JSON of
    /// [`PeeringToken::to_json`], to the byte.
    pub fn are_written_as(&self, json: &[u8]) -> bool {
        let shape = self.shape();
        let mut rest = Rest(json);
        let is_written = rest.list("{\"CA\":", &self.ca)
            && (shape < Shape::V1_14
                || rest.list(",\"ManualServerAddresses\":", &self.manual_server_addresses))
            && rest.list(",\"ServerAddresses\":", &self.server_addresses)
            && rest.text(",\"ServerName\":", self.server_name)
            && rest.text(",\"PeerID\":", self.peer_id)
            && rest.text(",\"EstablishmentSecret\":", self.establishment_secret)
            && (shape < Shape::V1_14
                || rest.text(",\"Remote\":{\"Partition\":", self.partition)
                    && rest.text(",\"Datacenter\":", self.datacenter)
                    && (shape < Shape::V1_16 || rest.locality(self.locality))
                    && rest.starts_with(b"}"));
        is_written && rest.0 == b"}"
    }
}

/// What is left of a text that is held against what a server writes.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    /// Whether this comes next, which then is left no more.
    fn starts_with(&mut self, expected: &[u8]) -> bool {
        let rest = self.0.strip_prefix(expected);
        rest.is_some_and(|rest| {
            self.0 = rest;
            true
        })
    }

    fn text(&mut self, before: &str, text: Raw<'a>) -> bool {
        self.starts_with(before.as_bytes())
            && self.starts_with(b"\"")
            && self.starts_with(text.literal())
            && self.starts_with(b"\"")
            && text.is_as_written()
    }

    fn list(&mut self, before: &str, list: &List<'a>) -> bool {
        if !self.starts_with(before.as_bytes()) {
            return false;
        }
        if !list.present {
            return self.starts_with(b"null");
        }
        let mut entries = (0..).zip(list.entries());
        self.starts_with(b"[")
            && entries.all(|(index, &entry)| self.text(if index > 0 { "," } else { "" }, entry))
            && self.starts_with(b"]")
    }

    /// An empty member is left out.
    fn locality(&mut self, locality: Option<[Raw<'a>; 2]>) -> bool {
        let Some([region, zone]) = locality else {
            return self.starts_with(b",\"Locality\":null");
        };
        let comma = if region.is_empty() || zone.is_empty() {
            ""
        } else {
            ","
        };
        self.starts_with(b",\"Locality\":{")
            && (region.is_empty() || self.text("\"Region\":", region))
            && self.starts_with(comma.as_bytes())
            && (zone.is_empty() || self.text("\"Zone\":", zone))
            && self.starts_with(b"}")
    }
}

impl From<&Fields<'_>> for PeeringToken {
    fn from(fields: &Fields<'_>) -> Self {
        let text = |literal: Raw<'_>| literal.unescape().into_owned();
        Self {
            ca: fields.ca.owned(),
            manual_server_addresses: fields.manual_server_addresses.owned(),
            server_addresses: fields.server_addresses.owned(),
            server_name: text(fields.server_name),
            peer_id: text(fields.peer_id),
            establishment_secret: Secret::new(text(fields.establishment_secret)),
            remote: Remote {
                partition: text(fields.partition),
                datacenter: text(fields.datacenter),
                locality: fields.locality.map(|[region, zone]| Locality {
                    region: text(region),
                    zone: text(zone),
                }),
            },
        }
    }
}

/// Gets what follows the opening quote of a `CA` entry, and gives the length of the literal there if
/// that is known.
pub type KnownRoot<'k> = &'k mut dyn FnMut(&[u8]) -> Option<usize>;

/// A walk over a token's JSON that keeps the first type error and goes on.
struct Walk<'k> {
    type_error: Option<TypeError>,
    known_root: KnownRoot<'k>,
}

impl Walk<'_> {
    fn object<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        field: &Field,
        mut member: impl FnMut(&mut Self, &mut Reader<'a>, Raw<'a>) -> Result<(), SyntaxError>,
    ) -> Result<(), SyntaxError> {
        match reader.peek()? {
            Kind::Object => reader.object(|reader, key| member(self, reader, key)),
            found => self.mismatch(reader, found, field.place, field.kind),
        }
    }

    fn list<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        field: &Field,
        list: &mut List<'a>,
        known: impl Fn(&mut Self, &[u8]) -> Option<usize>,
    ) -> Result<(), SyntaxError> {
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
                    match reader.recognise(|rest| known(self, rest))? {
                        Some(known) => *slot = known,
                        None => self.text(reader, &text(field.place), slot)?,
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
            found => self.mismatch(reader, found, field.place, field.kind),
        }
    }

    fn text<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        field: &Field,
        text: &mut Raw<'a>,
    ) -> Result<(), SyntaxError> {
        match reader.peek()? {
            Kind::String => {
                *text = reader.string()?;
                Ok(())
            }
            found => self.mismatch(reader, found, field.place, field.kind),
        }
    }

    /// Skips a value of the wrong type. `null` is of no type, and leaves the field as it is.
    fn mismatch(
        &mut self,
        reader: &mut Reader<'_>,
        found: Kind,
        place: &'static str,
        kind: &'static str,
    ) -> Result<(), SyntaxError> {
        if found != Kind::Null {
            self.type_error
                .get_or_insert_with(|| TypeError::new(found, place, kind));
        }
        reader.skip()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
