//! Members that stand more than once. Go reads each over the one before: the last text wins, `null`
//! leaves a text as it was, an object is merged, and an element that is `null` keeps the text that
//! stood at its place, even one that a shorter list in between had cut off.

use super::build::written;
use crate::maker::Maker;
use crate::vector::Vector;
use peering_token::Stage;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [texts(maker), lists(maker), objects(maker)].concat()
}

fn texts(maker: &Maker) -> Vec<Vector> {
    let twice = |condition, description, key: &str, value: &str| {
        written(maker, condition, description, |token| token.and(key, value))
            .finds(&["duplicate-field"])
            .unlike("unknown-twice")
    };
    vec![
        twice(
            "peer-id-twice",
            "Two peer IDs: the last counts, which is no UUID.",
            "PeerID",
            "\"a\"",
        )
        .finds(&["duplicate-field", "peer-id-not-uuid"]),
        twice(
            "peer-id-twice-empty",
            "Two peer IDs: the last counts, which is empty.",
            "PeerID",
            "\"\"",
        )
        .refused(Stage::PeerId, "peering token peer ID value is empty"),
        twice(
            "peer-id-then-null",
            "A peer ID and then null, which leaves it.",
            "PeerID",
            "null",
        ),
        twice(
            "server-name-twice-empty",
            "Two server names: the last counts, which is empty.",
            "ServerName",
            "\"\"",
        )
        .refused(
            Stage::ServerName,
            "peering token server name value is empty",
        ),
        twice(
            "server-name-then-null",
            "A server name and then null, which leaves it.",
            "ServerName",
            "null",
        ),
        twice(
            "secret-twice-empty",
            "Two secrets: the last counts, which is empty.",
            "EstablishmentSecret",
            "\"\"",
        )
        .finds(&["duplicate-field", "secret-missing"]),
        twice(
            "secret-then-null",
            "A secret and then null, which leaves it.",
            "EstablishmentSecret",
            "null",
        ),
        twice(
            "peer-id-twice-other-case",
            "Two peer IDs, the last with its key in lower case: it counts all the same.",
            "peerid",
            "\"\"",
        )
        .refused(Stage::PeerId, "peering token peer ID value is empty")
        .finds(&["duplicate-field", "field-case"]),
        twice(
            "server-name-thrice",
            "Three server names, the second empty: the last counts.",
            "ServerName",
            r#""","ServerName":"server.dc1.consul""#,
        )
        .finds(&["duplicate-field", "server-name-legacy"]),
    ]
}

fn lists(maker: &Maker) -> Vec<Vector> {
    let over = |condition, description, lists: &[&str]| {
        written(maker, condition, description, |token| {
            let token = token.put("ServerAddresses", lists[0]);
            let others = lists[1..].iter();
            others.fold(token, |token, list| token.and("ServerAddresses", list))
        })
        .finds(&["duplicate-field"])
    };
    let refused = |vector: Vector, address: &str| {
        let message = format!("{address} is not a valid peering server address");
        vector.refused(Stage::Addresses, message)
    };
    let empty = "peering token server addresses value is empty";
    vec![
        over(
            "list-twice",
            "Two lists of addresses, the first with a bad one: the last counts.",
            &[r#"["bad"]"#, r#"["a:8503"]"#],
        )
        .unlike("list-element-kept"),
        over(
            "list-twice-shorter",
            "A list of two and then one of one, which cuts the bad one off.",
            &[r#"["a:8503","bad"]"#, r#"["b:8503"]"#],
        )
        .unlike("list-element-back"),
        refused(
            over(
                "list-twice-longer",
                "A list of one and then one of two, whose second is bad.",
                &[r#"["a:8503"]"#, r#"["b:8503","bad"]"#],
            ),
            "bad",
        )
        .unlike("list-twice-shorter"),
        refused(
            over(
                "list-element-kept",
                "A list and then one with null at the place of a bad address, which keeps it.",
                &[r#"["a:8503","bad"]"#, r#"["b:8503",null]"#],
            ),
            "bad",
        )
        .unlike("list-twice-shorter"),
        refused(
            over(
                "list-element-back",
                "A shorter list cuts a bad address off, and null in a longer one brings it back.",
                &[r#"["a:8503","bad"]"#, r#"["b:8503"]"#, "[null,null]"],
            ),
            "bad",
        )
        .unlike("list-twice-shorter"),
        refused(
            over(
                "list-element-gone",
                "An empty list in between: null brings nothing back.",
                &[r#"["bad"]"#, "[]", "[null]"],
            ),
            "",
        )
        .unlike("list-element-kept"),
        refused(
            over(
                "list-element-gone-null",
                "The value null in between: null in a list brings nothing back.",
                &[r#"["bad"]"#, "null", "[null]"],
            ),
            "",
        )
        .unlike("list-element-kept"),
        over(
            "list-element-good-kept",
            "A list and then one with null, which keeps a good address.",
            &[r#"["a:8503"]"#, "[null]"],
        )
        .unlike("server-addresses-of-null"),
        over(
            "list-then-null",
            "A list and then null, which empties it.",
            &[r#"["a:8503"]"#, "null"],
        )
        .refused(Stage::Addresses, empty)
        .unlike("peer-id-then-null"),
        over(
            "list-then-empty",
            "A list and then an empty one.",
            &[r#"["a:8503"]"#, "[]"],
        )
        .refused(Stage::Addresses, empty)
        .finds(&["duplicate-field", "not-canonical"])
        .unlike("list-twice"),
        written(
            maker,
            "ca-twice",
            "Two lists of roots, the first with one that is none: the last counts.",
            |token| {
                let json = token.json();
                let json = String::from_utf8_lossy(&json);
                let root = json
                    .split(r#""CA":"#)
                    .nth(1)
                    .and_then(|rest| rest.split(']').next());
                let list = format!("{}]", root.unwrap_or_default());
                token.put("CA", r#"["no root"]"#).and("CA", list)
            },
        )
        .finds(&["duplicate-field"])
        .unlike("ca-twice-null"),
        written(
            maker,
            "ca-twice-null",
            "A list of a text that is no root, and then one with null, which keeps it.",
            |token| token.put("CA", r#"["no root"]"#).and("CA", "[null]"),
        )
        .refused(
            Stage::Ca,
            "peering token invalid CA: no PEM-encoded data found",
        )
        .finds(&["duplicate-field"])
        .unlike("ca-twice"),
        written(
            maker,
            "ca-then-null",
            "Roots and then null, which leaves none.",
            |token| token.and("CA", "null"),
        )
        .finds(&["duplicate-field", "no-ca"])
        .unlike("ca-twice"),
        written(
            maker,
            "manual-twice",
            "Two lists of manual addresses, the last empty: the servers' are dialed.",
            |token| {
                token
                    .put("ManualServerAddresses", r#"["bad"]"#)
                    .and("manualserveraddresses", "null")
            },
        )
        .finds(&["duplicate-field", "field-case"])
        .unlike("manual-server-addresses-of-null")
        .since(14),
    ]
}

fn objects(maker: &Maker) -> Vec<Vector> {
    let remotes = |condition, description, first: &str, second: &str| {
        written(maker, condition, description, |token| {
            token.put("Remote", first).and("Remote", second)
        })
        .finds(&["duplicate-field"])
        .since(14)
    };
    // An old dialer knows no locality, so that a finding tells whether there is one.
    let locality = |condition, description, first: &str, second: &str| {
        let remote = format!(
            r#"{{"Partition":"","Datacenter":"dc1","Locality":{first},"Locality":{second}}}"#
        );
        written(maker, condition, description, |token| {
            token.put("Remote", remote)
        })
        .dialed_by(15)
        .finds(&["duplicate-field", "locality-old-server"])
    };
    vec![
        remotes("remote-merged", "Two Remote: the second has no partition, and that of the first stays.",
            r#"{"Partition":"a","Datacenter":"dc2"}"#, r#"{"Datacenter":"dc1","Locality":null}"#)
            .finds(&["duplicate-field", "partition-set"])
            .unlike("remote-replaced"),
        remotes("remote-replaced", "Two Remote: the second has an empty partition, which counts.",
            r#"{"Partition":"a","Datacenter":"dc2"}"#, r#"{"Partition":"","Datacenter":"dc1"}"#)
            .unlike("remote-merged"),
        remotes("remote-then-null", "Remote and then null, which leaves it.",
            r#"{"Partition":"a","Datacenter":"dc1"}"#, "null")
            .finds(&["duplicate-field", "partition-set"])
            .unlike("remote-null"),
        remotes("datacenter-of-second", "Two Remote: the datacenter of the second counts, which is not that of the server name.",
            r#"{"Partition":"","Datacenter":"dc1"}"#, r#"{"Datacenter":"dc2"}"#)
            .finds(&["datacenter-mismatch", "duplicate-field"])
            .unlike("remote-replaced"),
        locality("locality-twice", "Two Locality, each with one member: both stay.",
            r#"{"Region":"a"}"#, r#"{"Zone":"b"}"#),
        locality("locality-then-null", "A locality and then null, which takes it away.",
            r#"{"Region":"a"}"#, "null")
            .finds(&["duplicate-field"])
            .unlike("locality-twice"),
        locality("locality-then-object", "A locality that is null and then one that is not.",
            "null", "{}")
            .unlike("locality-then-null"),
    ]
}
