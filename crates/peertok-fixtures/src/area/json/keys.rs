//! Keys: which member Go finds under each, and what is missing where it finds none.

use super::build::written;
use crate::maker::Maker;
use crate::vector::Vector;
use peering_token::Stage;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [
        unknown(maker),
        folded(maker),
        misspelled(maker),
        missing(maker),
    ]
    .concat()
}

fn unknown(maker: &Maker) -> Vec<Vector> {
    let unknown = |condition, description, key: &str, value: &str| {
        written(maker, condition, description, |token| token.and(key, value))
            .finds(&["unknown-field"])
    };
    let in_remote = |condition, description, remote: &str| {
        written(maker, condition, description, |token| {
            token.put("Remote", remote)
        })
        .finds(&["unknown-field"])
    };
    vec![
        unknown(
            "unknown",
            "A member that no server knows, as a later release may write one.",
            "Note",
            "\"a\"",
        )
        .unlike("lower-case"),
        unknown(
            "unknown-deep",
            "An unknown member whose own members have Consul's names.",
            "Note",
            r#"{"PeerID":1,"Remote":[{"CA":{}}],"CA":"}"}"#,
        )
        .unlike("peer-id-number"),
        unknown(
            "unknown-twice",
            "The same unknown member twice, which nobody reads.",
            "Note",
            r#"1,"Note":2"#,
        )
        .unlike("peer-id-twice"),
        unknown("key-empty", "A member with an empty key.", "", "1"),
        unknown(
            "key-longer",
            "A key that begins as one of Consul's does.",
            "CAs",
            "1",
        )
        .unlike("ca-number"),
        unknown(
            "key-shorter",
            "A key that one of Consul's begins with.",
            "Peer",
            "1",
        )
        .unlike("peer-id-number"),
        unknown(
            "key-escaped-quote",
            "An unknown key with an escaped quote in it.",
            r#"a\"b"#,
            "1",
        ),
        in_remote(
            "unknown-in-remote",
            "An unknown member in Remote, which has the name of one outside.",
            r#"{"Partition":"","Datacenter":"dc1","Locality":null,"PeerID":1}"#,
        )
        .unlike("peer-id-number")
        .since(14),
        in_remote(
            "unknown-in-locality",
            "An unknown member in Locality, which has the name of one outside.",
            r#"{"Partition":"","Datacenter":"dc1","Locality":{"Region":"a","Partition":1}}"#,
        )
        .unlike("partition-number")
        .since(16),
        unknown(
            "remote-member-outside",
            "A member of Remote outside of it.",
            "Partition",
            "1",
        )
        .unlike("partition-number"),
    ]
}

/// Go finds a member whatever the case of its key.
fn folded(maker: &Maker) -> Vec<Vector> {
    const KEYS: [&str; 7] = [
        "CA",
        "ManualServerAddresses",
        "ServerAddresses",
        "ServerName",
        "PeerID",
        "EstablishmentSecret",
        "Remote",
    ];
    let respelled = |condition, description, key: &str, with: &str| {
        written(maker, condition, description, |token| {
            token.respell(key, with)
        })
    };
    let all = |condition, description, spell: fn(&str) -> String| {
        let spell_all =
            |token, key: &&str| crate::written::Written::respell(token, key, spell(key));
        written(maker, condition, description, |token| {
            KEYS.iter().fold(token, spell_all)
        })
        .finds(&["field-case"])
        .unlike("sound")
    };
    vec![
        all(
            "lower-case",
            "All keys in lower case.",
            str::to_ascii_lowercase,
        ),
        all(
            "upper-case",
            "All keys in upper case.",
            str::to_ascii_uppercase,
        ),
        written(
            maker,
            "lower-case-in-remote",
            "The keys in Remote and Locality in lower case.",
            |token| {
                token.put(
                    "Remote",
                    r#"{"partition":"","datacenter":"dc1","locality":{"region":"a","zone":"b"}}"#,
                )
            },
        )
        .finds(&["field-case"])
        .since(16),
        respelled(
            "long-s",
            "A long s (U+017F) in a key, which folds to an s.",
            "ServerName",
            "\u{17f}erverName",
        )
        .finds(&["field-case"])
        .unlike("dotless-i"),
        respelled(
            "long-s-escaped",
            "Long s in a key, by their numbers.",
            "ServerAddresses",
            r"ServerAddre\u017f\u017fes",
        )
        .finds(&["field-case"]),
        respelled(
            "key-escaped",
            "A key with a letter by its number, which is the same key.",
            "CA",
            r"\u0043A",
        )
        .finds(&["not-canonical"])
        .unlike("sound"),
        respelled(
            "kelvin-sign",
            "A Kelvin sign (U+212A) in a key: it folds to a k, and no member has one.",
            "PeerID",
            "\u{212a}PeerID",
        )
        .refused(Stage::PeerId, "peering token peer ID value is empty")
        .finds(&["unknown-field"])
        .unlike("long-s"),
        respelled(
            "dotless-i",
            "A dotless i (U+0131) in a key, which folds to no other letter.",
            "PeerID",
            "Peer\u{131}d",
        )
        .refused(Stage::PeerId, "peering token peer ID value is empty")
        .finds(&["unknown-field"])
        .unlike("lower-case"),
        respelled(
            "dotted-i",
            "A dotted I (U+0130) in a key, which folds to no other letter.",
            "PeerID",
            "Peer\u{130}D",
        )
        .refused(Stage::PeerId, "peering token peer ID value is empty")
        .finds(&["unknown-field"])
        .unlike("lower-case"),
        respelled(
            "fullwidth-key",
            "A key in fullwidth letters.",
            "CA",
            "\u{ff23}\u{ff21}",
        )
        .finds(&["no-ca", "unknown-field"])
        .unlike("lower-case"),
    ]
}

/// What is spelled otherwise than in case is unknown, and the member itself is missing.
fn misspelled(maker: &Maker) -> Vec<Vector> {
    let respelled = |condition, description, key: &str, with: &str| {
        written(maker, condition, description, |token| {
            token.respell(key, with)
        })
        .finds(&["unknown-field"])
        .unlike("lower-case")
    };
    vec![
        respelled(
            "misspelled-addresses",
            "A key with a letter left out: there are no addresses.",
            "ServerAddresses",
            "ServerAdresses",
        )
        .refused(
            Stage::Addresses,
            "peering token server addresses value is empty",
        ),
        respelled(
            "snake-case",
            "A key with an underscore: there is no server name.",
            "ServerName",
            "server_name",
        )
        .refused(
            Stage::ServerName,
            "peering token server name value is empty",
        ),
        respelled(
            "key-blank",
            "A key with a blank at its end: there is no peer ID.",
            "PeerID",
            "PeerID ",
        )
        .refused(Stage::PeerId, "peering token peer ID value is empty"),
        respelled(
            "misspelled-secret",
            "A key with a letter left out: there is no secret.",
            "EstablishmentSecret",
            "EstablismentSecret",
        )
        .finds(&["secret-missing", "unknown-field"]),
        respelled(
            "singular-ca",
            "A key for the root of another format: there is no CA.",
            "CA",
            "CAPem",
        )
        .finds(&["no-ca", "unknown-field"]),
    ]
}

/// A server writes all members, so that a token without one is not its own.
fn missing(maker: &Maker) -> Vec<Vector> {
    let without = |condition, description, key| {
        written(maker, condition, description, |token| token.without(key))
            .finds(&["not-canonical"])
            .unlike("sound")
    };
    vec![
        without(
            "without-ca",
            "No member CA, which a server writes as null.",
            "CA",
        )
        .finds(&["no-ca", "not-canonical"]),
        without(
            "without-manual-server-addresses",
            "No member ManualServerAddresses.",
            "ManualServerAddresses",
        )
        .since(14),
        without(
            "without-server-addresses",
            "No member ServerAddresses.",
            "ServerAddresses",
        )
        .refused(
            Stage::Addresses,
            "peering token server addresses value is empty",
        ),
        without("without-server-name", "No member ServerName.", "ServerName").refused(
            Stage::ServerName,
            "peering token server name value is empty",
        ),
        without("without-peer-id", "No member PeerID.", "PeerID")
            .refused(Stage::PeerId, "peering token peer ID value is empty"),
        without(
            "without-establishment-secret",
            "No member EstablishmentSecret.",
            "EstablishmentSecret",
        )
        .finds(&["not-canonical", "secret-missing"]),
        without(
            "without-remote",
            "No member Remote, though there are manual addresses.",
            "Remote",
        )
        .since(14),
        written(
            maker,
            "without-datacenter",
            "No datacenter in Remote.",
            |token| token.put("Remote", r#"{"Partition":"","Locality":null}"#),
        )
        .finds(&["not-canonical"])
        .unlike("sound")
        .since(14),
        written(
            maker,
            "locality-empty-texts",
            "A locality with empty texts, which a server leaves out.",
            |token| {
                token.put(
                    "Remote",
                    r#"{"Partition":"","Datacenter":"dc1","Locality":{"Region":"","Zone":""}}"#,
                )
            },
        )
        .finds(&["not-canonical"])
        .unlike("locality-empty")
        .since(16),
        written(
            maker,
            "locality-empty",
            "A locality without members.",
            |token| {
                token.put(
                    "Remote",
                    r#"{"Partition":"","Datacenter":"dc1","Locality":{}}"#,
                )
            },
        )
        .unlike("locality-empty-texts")
        .since(16),
    ]
}
