//! What is long, deep or many.

use crate::certificate::{INTEGER, element};
use crate::maker::Maker;
use crate::vector::{Area, Vector};
use peering_token::{PeeringToken, Shape, Stage, encode_base64};

/// How many of what there are many of.
const MANY: usize = 1_000;
/// How long a long text is.
const LONG: usize = 10_000;
/// How many roots are many.
const ROOTS: usize = 20;

pub(crate) fn vectors(maker: &Maker) -> Vec<Vector> {
    [depth, members, texts, addresses, roots, certificates]
        .iter()
        .flat_map(|vectors| vectors(maker))
        .collect()
}

fn changed(
    maker: &Maker,
    condition: &str,
    description: &str,
    change: impl FnOnce(&mut PeeringToken),
) -> Vector {
    maker.changed(Area::Limits, condition, description, change)
}

/// A vector whose token is the sound one with a change of its JSON.
fn rewritten(
    maker: &Maker,
    condition: &str,
    description: &str,
    change: impl FnOnce(&str) -> String,
) -> Vector {
    let token = maker.token(&format!("limits_{condition}"));
    let json = change(&token.to_json(Shape::default()));
    let token = encode_base64(json.as_bytes());
    Vector::new(Area::Limits, condition, description, token.as_bytes())
}

/// The JSON with more members behind its own.
fn with_members(json: &str, members: &str) -> String {
    let open = json.strip_suffix('}').unwrap_or(json);
    format!("{open},{members}}}")
}

/// How deep JSON may be: Go takes 10,000 objects and arrays in each other, the token among them.
fn depth(maker: &Maker) -> Vec<Vector> {
    let nested = |condition: &str, description: &str, open: &str, close: &str, depth: usize| {
        let value = format!("{}0{}", open.repeat(depth), close.repeat(depth));
        rewritten(maker, condition, description, |json| {
            with_members(json, &format!(r#""X-Nested":{value}"#))
        })
    };
    vec![
        nested(
            "depth-of-10000",
            "An unknown member with 9,999 arrays in each other, so that the JSON is as deep as Go \
             allows.",
            "[",
            "]",
            9_999,
        )
        .finds(&["unknown-field"]),
        nested(
            "depth-of-10001-arrays",
            "An unknown member with 10,000 arrays in each other.",
            "[",
            "]",
            10_000,
        )
        .refused(Stage::Json, "invalid character '[' exceeded max depth")
        .unlike("depth-of-10000"),
        nested(
            "depth-of-10001-objects",
            "An unknown member with 10,000 objects in each other.",
            r#"{"":"#,
            "}",
            10_000,
        )
        .refused(Stage::Json, "invalid character '{' exceeded max depth")
        .unlike("depth-of-10000"),
        rewritten(
            maker,
            "arrays-side-by-side",
            "An unknown member with 20,002 arrays beside each other, every other one empty: none is deep.",
            |json| {
                let arrays = vec!["[],[0]"; 10_001].join(",");
                with_members(json, &format!(r#""X-Nested":[{arrays}]"#))
            },
        )
        .finds(&["unknown-field"]),
    ]
}

/// Many members, and few.
fn members(maker: &Maker) -> Vec<Vector> {
    vec![
        Vector::new(
            Area::Limits,
            "smallest",
            "The least that a server takes: a peer ID and an address, of a character each and a port.",
            encode_base64(br#"{"PeerID":"p","ServerAddresses":["a:1"]}"#).as_bytes(),
        )
        .finds(&["no-ca", "not-canonical", "peer-id-not-uuid", "secret-missing"])
        .unlike("one-root"),
        rewritten(
            maker,
            "many-members",
            "A thousand members that Consul does not know.",
            |json| {
                let members: Vec<String> = (0..MANY).map(|n| format!(r#""X-{n}":{n}"#)).collect();
                with_members(json, &members.join(","))
            },
        )
        .finds(&["unknown-field"]),
        rewritten(
            maker,
            "one-member-many-times",
            "The same peer ID a thousand times more.",
            |json| {
                let id = maker.token("limits_one-member-many-times").peer_id;
                with_members(json, &vec![format!(r#""PeerID":"{id}""#); MANY].join(","))
            },
        )
        .finds(&["duplicate-field"])
        .unlike("many-members"),
        rewritten(
            maker,
            "long-member-name",
            "A member that Consul does not know, with a name of 10,000 characters.",
            |json| with_members(json, &format!(r#""X-{}":0"#, "x".repeat(LONG - 2))),
        )
        .finds(&["unknown-field"])
        .unlike("one-root"),
        rewritten(
            maker,
            "long-number",
            "A member that Consul does not know, with a number of 10,000 digits.",
            |json| with_members(json, &format!(r#""X-Number":{}"#, "7".repeat(LONG))),
        )
        .finds(&["unknown-field"]),
        rewritten(
            maker,
            "many-blanks",
            "10,000 blanks before the last brace.",
            |json| {
                let open = json.strip_suffix('}').unwrap_or(json);
                format!("{open}{}}}", " ".repeat(LONG))
            },
        )
        .finds(&["not-canonical"])
        .unlike("one-root"),
        {
            let mut vector = changed(
                maker,
                "many-line-ends",
                "A line end behind each character of the base64.",
                |_| {},
            );
            vector.token = vector.token.iter().flat_map(|&byte| [byte, b'\n']).collect();
            vector.finds(&["not-canonical"]).unlike("one-root")
        },
    ]
}

/// Long texts where a server does not look at them.
fn texts(maker: &Maker) -> Vec<Vector> {
    let long = "a".repeat(LONG);
    vec![
        changed(
            maker,
            "long-server-name",
            "A server name of more than 10,000 characters, which no certificate can have.",
            |token| token.server_name = format!("server.dc1.peering.{long}.consul"),
        )
        .finds(&["server-name-shape"])
        .unlike("one-root"),
        changed(
            maker,
            "long-peer-id",
            "A peer ID of 10,000 characters.",
            |token| token.peer_id.clone_from(&long),
        )
        .finds(&["peer-id-not-uuid"])
        .unlike("one-root"),
        changed(
            maker,
            "long-secret",
            "A secret of 10,000 characters.",
            |token| token.establishment_secret = peering_token::Secret::new(long.clone()),
        )
        .finds(&["secret-not-uuid"])
        .unlike("one-root"),
        changed(
            maker,
            "long-datacenter",
            "A datacenter of 10,000 characters.",
            |token| token.remote.datacenter.clone_from(&long),
        )
        .finds(&["datacenter-mismatch"])
        .unlike("one-root")
        .since(14),
        changed(
            maker,
            "long-address",
            "An address with a host of 10,000 characters, which a server takes and no one can dial.",
            |token| token.server_addresses = Some(vec![format!("{long}:8503")]),
        )
        .finds(&["address-host-invalid"])
        .unlike("one-root"),
        changed(
            maker,
            "long-address-without-port",
            "An address of 10,000 characters without a port, which the answer quotes whole.",
            |token| token.server_addresses = Some(vec![long.clone()]),
        )
        .refused(
            Stage::Addresses,
            format!("{long} is not a valid peering server address"),
        )
        .unlike("long-address"),
        changed(
            maker,
            "long-port",
            "A port with 10,000 zeros before it, which is a number like any other.",
            |token| {
                let port = format!("{}8503", "0".repeat(LONG));
                token.server_addresses = Some(vec![format!("server-1.dc1.internal:{port}")]);
            },
        ),
        ]
}

/// Many addresses.
fn addresses(maker: &Maker) -> Vec<Vector> {
    let many = || -> Vec<String> {
        let numbers = 1..=MANY;
        numbers
            .map(|n| format!("server-{n}.dc1.internal:8503"))
            .collect()
    };
    vec![
        changed(maker, "many-addresses", "A thousand addresses.", |token| {
            token.server_addresses = Some(many())
        }),
        changed(
            maker,
            "many-addresses-and-a-bad-one",
            "A thousand addresses and one more whose port is too great, which is told.",
            |token| {
                let bad = "server-0.dc1.internal:65536".to_owned();
                token.server_addresses = Some([many(), vec![bad]].concat());
            },
        )
        .refused(
            Stage::Addresses,
            "server-0.dc1.internal:65536 is not a valid peering server address",
        )
        .unlike("many-addresses"),
        changed(
            maker,
            "one-address-many-times",
            "The same address a thousand times.",
            |token| {
                token.server_addresses = Some(vec!["server-1.dc1.internal:8503".to_owned(); MANY]);
            },
        )
        .finds(&["address-duplicate"])
        .unlike("many-addresses"),
    ]
}

/// Many roots.
fn roots(maker: &Maker) -> Vec<Vector> {
    let many: Vec<String> = (0..ROOTS)
        .map(|n| maker.entry(&maker.certificate(&format!("limits_root-{n}"))))
        .collect();
    let with = |condition: &str, description: &str, entries: &[&str]| {
        maker.with_roots(Area::Limits, condition, description, entries)
    };
    let entries: Vec<&str> = many.iter().map(String::as_str).collect();
    let root = maker.root.as_str();
    vec![
        with("one-root", "One root, as most tokens have.", &[root]),
        with(
            "many-roots",
            "Twenty roots, each in an entry of its own.",
            &entries,
        ),
        with(
            "many-roots-and-an-empty-one",
            "Twenty roots and an entry without any text.",
            &[entries.as_slice(), &[""]].concat(),
        )
        .bad_root("no PEM-encoded data found")
        .unlike("many-roots"),
        with(
            "many-roots-in-an-entry",
            "Twenty roots in one entry.",
            &[&many.concat()],
        )
        .finds(&["ca-extra-certificate"])
        .unlike("many-roots"),
        with(
            "one-root-many-times",
            "The same root twenty times.",
            &[root; ROOTS],
        )
        .finds(&["ca-duplicate"])
        .unlike("many-roots"),
        with(
            "much-text-before-a-root",
            "10,000 lines of text before a root.",
            &[&format!("{}{root}", "-\n".repeat(LONG))],
        ),
        with(
            "many-begins-before-a-root",
            "A thousand BEGIN lines without END before a root.",
            &[&format!("{}{root}", "-----BEGIN X-----\n".repeat(MANY))],
        ),
    ]
}

/// Large certificates.
fn certificates(maker: &Maker) -> Vec<Vector> {
    // Nobody looks into a unique identifier.
    let padded = |label: &str, length: usize| {
        let mut root = maker.certificate(label);
        root.identifiers = element(0x81, &vec![0; length]);
        maker.entry(&root)
    };
    let serial = {
        let mut root = maker.certificate("limits_long-serial-number");
        root.serial = element(INTEGER, &[0x55; LONG]);
        maker.entry(&root)
    };
    let with = |condition: &str, description: &str, entries: &[&str]| {
        maker.with_roots(Area::Limits, condition, description, entries)
    };
    let large = padded("limits_large-root-twice", 6_000);
    vec![
        with(
            "large-root",
            "A certificate of more than 65,536 bytes, whose length takes four bytes.",
            &[&padded("limits_large-root", 65_536)],
        ),
        with(
            "large-root-twice",
            "A certificate of more than 6,000 bytes, twice.",
            &[&large, &large],
        )
        .finds(&["ca-duplicate"])
        .unlike("large-root"),
        with(
            "long-serial-number",
            "A certificate with a serial number of 10,000 bytes.",
            &[&serial],
        ),
    ]
}
