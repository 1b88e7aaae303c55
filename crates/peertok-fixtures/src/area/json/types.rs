//! Members of another type than Consul has for them. Go keeps the first such error and goes on, so
//! that an error of syntax anywhere comes before it.

use super::build::written;
use crate::maker::Maker;
use crate::vector::Vector;
use peering_token::Stage;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    let mut vectors: Vec<_> = MEMBERS
        .iter()
        .flat_map(|member| member.vectors(maker))
        .collect();
    vectors.extend(precedence(maker));
    vectors
}

/// A member, as it is in Consul's struct.
struct Member {
    /// What the names of its vectors have for it.
    slug: &'static str,
    key: &'static str,
    /// Where Go's messages place it.
    place: &'static str,
    kind: Kind,
    /// The first release 1.x that knows it.
    since: u32,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Text,
    List,
    Object(&'static str),
}

const fn member(
    slug: &'static str,
    key: &'static str,
    place: &'static str,
    kind: Kind,
    since: u32,
) -> Member {
    Member {
        slug,
        key,
        place,
        kind,
        since,
    }
}

const REMOTE: Kind = Kind::Object("structs.PeeringTokenRemote");
const LOCALITY: Kind = Kind::Object("structs.Locality");

#[rustfmt::skip]
static MEMBERS: [Member; 12] = [
    member("ca", "CA", "PeeringToken.CA", Kind::List, 13),
    member("manual-server-addresses", "ManualServerAddresses", "PeeringToken.ManualServerAddresses", Kind::List, 14),
    member("server-addresses", "ServerAddresses", "PeeringToken.ServerAddresses", Kind::List, 13),
    member("server-name", "ServerName", "PeeringToken.ServerName", Kind::Text, 13),
    member("peer-id", "PeerID", "PeeringToken.PeerID", Kind::Text, 13),
    member("establishment-secret", "EstablishmentSecret", "PeeringToken.EstablishmentSecret", Kind::Text, 13),
    member("remote", "Remote", "PeeringToken.Remote", REMOTE, 14),
    member("partition", "Partition", "PeeringTokenRemote.Remote.Partition", Kind::Text, 14),
    member("datacenter", "Datacenter", "PeeringTokenRemote.Remote.Datacenter", Kind::Text, 14),
    member("locality", "Locality", "PeeringTokenRemote.Remote.Locality", LOCALITY, 16),
    member("region", "Region", "Locality.Remote.Locality.Region", Kind::Text, 16),
    member("zone", "Zone", "Locality.Remote.Locality.Zone", Kind::Text, 16),
];

/// A value of each kind, with what Go calls it.
const VALUES: [(&str, &str); 5] = [
    ("object", r#"{"a":[1,{"b":"c"}]}"#),
    ("array", r#"[["a"],{"b":null}]"#),
    ("string", r#""a""#),
    ("number", "8503"),
    ("bool", "false"),
];

impl Member {
    fn vectors(&self, maker: &Maker) -> Vec<Vector> {
        let (expected, right) = match self.kind {
            Kind::Text => ("string", "string"),
            Kind::List => ("[]string", "array"),
            Kind::Object(name) => (name, "object"),
        };
        let mut vectors = Vec::new();
        for (found, value) in VALUES {
            let (slug, key) = (self.slug, self.key);
            if found != right {
                let condition = format!("{slug}-{found}");
                let description = format!("In place of {key} there is another type: {found}.");
                vectors.push(self.vector(maker, &condition, &description, value, found, expected));
            }
            if self.kind == Kind::List && found != "string" {
                let condition = format!("{slug}-of-{found}");
                let description =
                    format!("The list {key} has an element of another type: {found}.");
                let list = format!(r#"[null,{value}]"#);
                vectors.push(self.vector(maker, &condition, &description, &list, found, "string"));
            }
        }
        vectors
    }

    fn vector(
        &self,
        maker: &Maker,
        condition: &str,
        description: &str,
        value: &str,
        found: &str,
        expected: &str,
    ) -> Vector {
        let place = self.place;
        let message = format!(
            "json: cannot unmarshal {found} into Go struct field {place} of type {expected}"
        );
        written(maker, condition, description, |token| match self.key {
            key @ ("Partition" | "Datacenter" | "Locality") => {
                token.put("Remote", format!(r#"{{"{key}":{value}}}"#))
            }
            key @ ("Region" | "Zone") => {
                token.put("Remote", format!(r#"{{"Locality":{{"{key}":{value}}}}}"#))
            }
            key => token.put(key, value),
        })
        .refused(Stage::Json, message)
        .unlike(&match self.slug {
            // Servers write null there.
            "manual-server-addresses" | "locality" => "sound".to_owned(),
            slug => format!("{slug}-null"),
        })
        .since(self.since)
    }
}

fn precedence(maker: &Maker) -> Vec<Vector> {
    let message = |found, place, kind| {
        format!("json: cannot unmarshal {found} into Go struct field {place} of type {kind}")
    };
    let peer_id = message("number", "PeeringToken.PeerID", "string");
    vec![
        written(
            maker,
            "two-types",
            "Two members of another type: the first in the text is told, not the first in Consul's struct.",
            |token| token.without("CA").put("PeerID", "1").and("CA", "1"),
        )
        .refused(Stage::Json, &*peer_id)
        .unlike("two-types-reversed"),
        written(
            maker,
            "two-types-reversed",
            "The same two members, the other way round.",
            |token| token.put("CA", "1").put("PeerID", "1"),
        )
        .refused(Stage::Json, message("number", "PeeringToken.CA", "[]string"))
        .unlike("two-types"),
        written(
            maker,
            "two-types-in-list",
            "Two elements of another type: the first is told.",
            |token| token.put("ServerAddresses", r#"["a:8503",1,{}]"#),
        )
        .refused(
            Stage::Json,
            message("number", "PeeringToken.ServerAddresses", "string"),
        )
        .unlike("server-addresses-of-object"),
        written(
            maker,
            "type-then-syntax",
            "A member of another type, and far behind it a fault of syntax, which Go finds first.",
            |token| token.put("CA", "1").and("Note", "tru"),
        )
        .refused(
            Stage::Json,
            "invalid character '}' in literal true (expecting 'e')",
        )
        .unlike("two-types"),
        written(
            maker,
            "type-then-bad-root",
            "A member of another type behind a root that is none: the JSON comes first.",
            |token| token.put("CA", r#"["no root"]"#).put("PeerID", "1"),
        )
        .refused(Stage::Json, &*peer_id)
        .unlike("peer-id-null"),
        written(
            maker,
            "type-behind-remote",
            "A member of another type behind Remote: Go names it without Remote.",
            |token| token.without("PeerID").and("PeerID", "1"),
        )
        .refused(Stage::Json, &*peer_id)
        .unlike("peer-id-null"),
        written(
            maker,
            "type-behind-locality",
            "A member of Remote of another type behind Locality: Go names it without Locality.",
            |token| token.put("Remote", r#"{"Locality":{"Zone":"a"},"Partition":1}"#),
        )
        .refused(
            Stage::Json,
            message("number", "PeeringTokenRemote.Remote.Partition", "string"),
        )
        .unlike("partition-null")
        .since(16),
        written(
            maker,
            "type-under-other-case",
            "A member of another type under a key in lower case: Go names it as Consul does.",
            |token| token.put("PeerID", "1").respell("PeerID", "peerid"),
        )
        .refused(Stage::Json, &*peer_id)
        .unlike("lower-case"),
        written(
            maker,
            "type-then-right",
            "A member of another type, and the same again with a text: the error stays.",
            |token| token.put("PeerID", "1").and("PeerID", "\"a\""),
        )
        .refused(Stage::Json, &*peer_id)
        .unlike("peer-id-twice"),
        written(
            maker,
            "number-beyond-float",
            "A number that no float holds, where a text is expected: a number like any other.",
            |token| token.put("PeerID", "-1.5e999"),
        )
        .refused(Stage::Json, &*peer_id)
        .unlike("numbers"),
    ]
}
