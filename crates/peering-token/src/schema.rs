//! The schema of a token: one table of its fields, which reading, writing, redaction, recovery, edits
//! and comparisons all go by.
//!
//! A field that a later release of Consul adds needs one row here, and one field of [`PeeringToken`],
//! [`Remote`] or [`Locality`] for its value. The rows of an object stand in the order in which a server
//! writes them.

use crate::release::Shape;
use crate::token::{AddressList, Locality, PeeringToken, Remote};
use crate::value::{Slot, Value};
use godialect::json::Raw;
use std::fmt;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A string.
    Text,
    /// A list of strings, or `null`.
    List,
    /// An object with fields of its own.
    Object(Struct),
}

struct Row {
    key: &'static str,
    /// The key as a server writes it between two values.
    written_key: &'static str,
    json_path: &'static str,
    go_place: &'static str,
    parent: Struct,
    kind: Kind,
    is_secret: bool,
    since: Shape,
    label: &'static str,
    get: fn(&PeeringToken) -> Option<Value<'_>>,
    slot: fn(&mut PeeringToken) -> Slot<'_>,
    copy: fn(&mut PeeringToken, &PeeringToken),
}

struct Object {
    json_path: &'static str,
    go_type: &'static str,
    fields: &'static [Field],
    /// The fields' keys.
    keys: &'static [&'static str],
    is_optional: bool,
}

/// Makes the table, and the names of its rows.
macro_rules! schema {
    (@kind list) => { (Kind::List, false) };
    (@kind text) => { (Kind::Text, false) };
    (@kind secret) => { (Kind::Text, true) };
    (@kind $object:ident) => { (Kind::Object(Struct::$object), false) };
    ($(
        $(#[$object_doc:meta])*
        $object:ident {
            go: $go:literal, path: $path:literal, optional: $optional:literal,
            get: $get:expr, get_mut: $get_mut:expr,
            $(
                $(#[$doc:meta])*
                $field:ident = $key:literal, $kind:ident, since $since:ident, $label:literal, in $place:ident;
            )*
        }
    )*) => {
        /// A field of a token.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Field {
            $($( $(#[$doc])* $field, )*)*
        }

        /// An object in a token's JSON, by the struct that holds its fields.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Struct {
            $( $(#[$object_doc])* $object, )*
        }

        impl Field {
            /// Every field, object by object.
            pub const ALL: &'static [Self] = &[$($(Self::$field),*),*];
        }

        impl Struct {
            /// Every object, each after the one that it is in.
            pub const ALL: &'static [Self] = &[$(Self::$object),*];
        }

        static ROWS: [Row; Field::ALL.len()] = [$($(
            Row {
                key: $key,
                written_key: concat!(",\"", $key, "\":"),
                json_path: concat!("$", $path, ".", $key),
                go_place: concat!("struct field ", $go, $path, ".", $key),
                parent: Struct::$object,
                kind: schema!(@kind $kind).0,
                is_secret: schema!(@kind $kind).1,
                since: Shape::$since,
                label: $label,
                get: |token| {
                    let object: fn(&PeeringToken) -> Option<&$object> = $get;
                    object(token).map(|object| Value::from(&object.$place))
                },
                slot: |token| {
                    let object: fn(&mut PeeringToken) -> &mut $object = $get_mut;
                    Slot::from(&mut object(token).$place)
                },
                copy: |to, from| {
                    let get: fn(&PeeringToken) -> Option<&$object> = $get;
                    let get_mut: fn(&mut PeeringToken) -> &mut $object = $get_mut;
                    if let Some(from) = get(from) {
                        get_mut(to).$place.clone_from(&from.$place);
                    } else if get(to).is_some() {
                        get_mut(to).$place = Default::default();
                    }
                },
            },
        )*)*];

        static OBJECTS: [Object; Struct::ALL.len()] = [$(
            Object {
                json_path: concat!("$", $path),
                go_type: concat!("structs.", $go),
                fields: &[$(Field::$field),*],
                keys: &[$($key),*],
                is_optional: $optional,
            },
        )*];
    };
}

schema! {
    /// The token itself.
    PeeringToken {
        go: "PeeringToken", path: "", optional: false,
        get: |token| Some(token), get_mut: |token| token,
        /// The acceptor's root certificates, in PEM.
        Ca = "CA", list, since V1_13, "root", in ca;
        /// Addresses given by hand. Where there are any, only they are dialed.
        ManualServerAddresses = "ManualServerAddresses", list, since V1_14, "manual", in manual_server_addresses;
        /// The acceptor's servers or mesh gateways.
        ServerAddresses = "ServerAddresses", list, since V1_13, "server", in server_addresses;
        /// The name that the acceptor's servers show in TLS.
        ServerName = "ServerName", text, since V1_13, "server name", in server_name;
        /// The ID of the peering in the acceptor's state.
        PeerId = "PeerID", text, since V1_13, "peer ID", in peer_id;
        /// The secret that the dialer redeems once.
        EstablishmentSecret = "EstablishmentSecret", secret, since V1_13, "secret", in establishment_secret;
        /// Where the acceptor is.
        Remote = "Remote", Remote, since V1_14, "remote", in remote;
    }

    /// Where the acceptor is.
    Remote {
        go: "PeeringTokenRemote", path: ".Remote", optional: false,
        get: |token| Some(&token.remote), get_mut: |token| &mut token.remote,
        /// The admin partition.
        Partition = "Partition", text, since V1_14, "partition", in partition;
        /// The datacenter.
        Datacenter = "Datacenter", text, since V1_14, "datacenter", in datacenter;
        /// The locality of the acceptor's servers.
        Locality = "Locality", Locality, since V1_16, "locality", in locality;
    }

    /// A locality. It may be `null`, and a server leaves its empty fields out.
    Locality {
        go: "Locality", path: ".Remote.Locality", optional: true,
        get: |token| token.remote.locality.as_ref(),
        get_mut: |token| token.remote.locality.get_or_insert_default(),
        /// The region.
        Region = "Region", text, since V1_16, "region", in region;
        /// The zone.
        Zone = "Zone", text, since V1_16, "zone", in zone;
    }
}

/// For each field, how many fields of its kind stand before it in the table.
const RANKS: [usize; Field::ALL.len()] = {
    let mut ranks = [0; Field::ALL.len()];
    let (mut at, mut counts) = (0, [0; 3]);
    while at < ranks.len() {
        let kind = ROWS[at].kind.number();
        ranks[at] = counts[kind];
        counts[kind] += 1;
        at += 1;
    }
    ranks
};

impl Kind {
    const fn number(self) -> usize {
        match self {
            Self::Text => 0,
            Self::List => 1,
            Self::Object(_) => 2,
        }
    }

    /// How many fields of this kind there are.
    pub(crate) const fn count(self) -> usize {
        let (mut at, mut count) = (0, 0);
        while at < ROWS.len() {
            if ROWS[at].kind.number() == self.number() {
                count += 1;
            }
            at += 1;
        }
        count
    }
}

impl Field {
    #[inline]
    fn row(self) -> &'static Row {
        // There is a row for each.
        &ROWS[self as usize]
    }

    /// The key in the JSON, such as `Datacenter`.
    #[must_use]
    #[inline]
    pub fn key(self) -> &'static str {
        self.row().key
    }

    /// The name among all fields, such as `Remote.Datacenter`.
    #[must_use]
    pub fn name(self) -> &'static str {
        let path = self.json_path();
        path.strip_prefix("$.").unwrap_or(path)
    }

    /// The JSON path, such as `$.Remote.Datacenter`.
    #[must_use]
    pub fn json_path(self) -> &'static str {
        self.row().json_path
    }

    /// What people are shown, such as `datacenter`.
    #[must_use]
    pub fn label(self) -> &'static str {
        self.row().label
    }

    /// What the field holds.
    #[must_use]
    #[inline]
    pub fn kind(self) -> Kind {
        self.row().kind
    }

    /// The object that the field is in.
    #[must_use]
    pub fn parent(self) -> Struct {
        self.row().parent
    }

    /// The oldest shape that has the field.
    #[must_use]
    #[inline]
    pub fn since(self) -> Shape {
        self.row().since
    }

    /// Whether the value must not be shown.
    #[must_use]
    #[inline]
    pub fn is_secret(self) -> bool {
        self.row().is_secret
    }

    /// The key in its quotes, with the comma before it and the colon behind it.
    pub(crate) fn written_key(self) -> &'static str {
        self.row().written_key
    }

    /// The place in Go's type errors.
    pub(crate) fn go_place(self) -> &'static str {
        self.row().go_place
    }

    /// How many fields of the same kind stand before it in the table.
    #[inline]
    pub(crate) fn rank(self) -> usize {
        RANKS[self as usize]
    }

    /// The field's value in a token, if the object that it is in is there.
    pub(crate) fn get(self, token: &PeeringToken) -> Option<Value<'_>> {
        (self.row().get)(token)
    }

    /// The place of the field's value, in an object that is made where it is missing.
    pub(crate) fn slot(self, token: &mut PeeringToken) -> Slot<'_> {
        (self.row().slot)(token)
    }

    /// Copies the field's value.
    pub(crate) fn copy(self, to: &mut PeeringToken, from: &PeeringToken) {
        (self.row().copy)(to, from);
    }

    /// The field that Go means by the place in a type error.
    pub(crate) fn at_go_place(place: &str) -> Option<Self> {
        let mut fields = Self::ALL.iter().copied();
        fields.find(|field| field.go_place() == place)
    }
}

/// Prints [`Field::name`].
impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Struct {
    #[inline]
    fn object(self) -> &'static Object {
        // There is one for each.
        &OBJECTS[self as usize]
    }

    /// The fields of the object, in the order in which a server writes them.
    #[must_use]
    #[inline]
    pub fn fields(self) -> &'static [Field] {
        self.object().fields
    }

    /// The JSON path, such as `$.Remote`.
    #[must_use]
    pub fn json_path(self) -> &'static str {
        self.object().json_path
    }

    /// Whether the object may be `null`, in which case it has no fields. A server leaves the empty
    /// fields of such an object out.
    #[must_use]
    #[inline]
    pub fn is_optional(self) -> bool {
        self.object().is_optional
    }

    /// The field that holds the object; the token itself is in none.
    #[must_use]
    pub fn field(self) -> Option<Field> {
        let mut fields = Field::ALL.iter().copied();
        fields.find(|field| field.kind() == Kind::Object(self))
    }

    /// The field that a server reads under this key, whatever its case.
    #[must_use]
    pub fn find(self, key: Raw<'_>) -> Option<Field> {
        self.find_from(0, key).map(|(_, field)| field)
    }

    /// As [`Self::find`], beginning with the field at this index, where the next key's field is most
    /// of the time. Gives the index too.
    #[inline]
    pub(crate) fn find_from(self, first: usize, key: Raw<'_>) -> Option<(usize, Field)> {
        let Object { fields, keys, .. } = self.object();
        let mut index = first;
        for _ in *keys {
            if index >= keys.len() {
                index = 0;
            }
            if key.folds_to(keys[index]) {
                return Some((index, fields[index]));
            }
            index += 1;
        }
        None
    }

    /// Go's name of the type.
    pub(crate) fn go_type(self) -> &'static str {
        self.object().go_type
    }
}

impl AddressList {
    /// The field that holds the list.
    #[must_use]
    pub fn field(self) -> Field {
        match self {
            Self::Manual => Field::ManualServerAddresses,
            Self::Server => Field::ServerAddresses,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_places_follow_from_the_table() {
        for (number, &field) in Field::ALL.iter().enumerate() {
            assert_eq!(field as usize, number);
            assert_eq!(Field::at_go_place(field.go_place()), Some(field));
            assert!(field.parent().fields().contains(&field));
            let around = field.parent().json_path();
            assert_eq!(field.json_path(), format!("{around}.{}", field.key()));
            if let Kind::Object(object) = field.kind() {
                assert_eq!(object.json_path(), field.json_path());
                assert_eq!(object.field(), Some(field));
            }
        }
        assert_eq!(Field::Zone.name(), "Remote.Locality.Zone");
        let secrets = Field::ALL.iter().filter(|field| field.is_secret());
        assert!(secrets.eq(&[Field::EstablishmentSecret]));
        assert_eq!(Struct::PeeringToken.field(), None);
    }

    /// A field is never older than the object that it is in.
    #[test]
    fn objects_are_as_old_as_their_fields() {
        for field in Field::ALL {
            let around = field.parent().field();
            assert!(around.is_none_or(|around| around.since() <= field.since()));
        }
    }

    /// The table in `docs/formats.md` has a row for each field that is no object with a name of its own.
    #[test]
    fn the_documented_table_is_this_one() {
        let page = include_str!("../../../docs/formats.md");
        let rows = page
            .lines()
            .skip_while(|line| !line.starts_with("| field "));
        let rows = rows.skip(2).take_while(|line| line.starts_with("| "));
        let documented: Vec<_> = rows
            .map(|row| {
                row.split(" | ")
                    .take(3)
                    .map(|cell| cell.trim_matches(['|', ' ', '`']))
                    .collect::<Vec<_>>()
            })
            .collect();
        let expected: Vec<_> = Field::ALL
            .iter()
            .filter(|field| **field != Field::Remote)
            .map(|field| {
                let kind = match field.kind() {
                    Kind::Text => "string",
                    Kind::List => "list",
                    Kind::Object(_) => "object",
                };
                vec![field.name(), field.since().name(), kind]
            })
            .collect();
        assert_eq!(documented, expected);
    }
}
