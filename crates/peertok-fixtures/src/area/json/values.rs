//! What Go takes for a token's JSON though no server writes it so, and what `null` does.

use super::build::{rewritten, written};
use crate::maker::Maker;
use crate::vector::Vector;
use peering_token::Stage;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [
        accepted(maker),
        nulls(maker),
        nulls_in_lists(maker),
        empty_lists(maker),
    ]
    .concat()
}

fn accepted(maker: &Maker) -> Vec<Vector> {
    vec![
        rewritten(
            maker,
            "sound",
            "The JSON as a server writes it.",
            str::to_owned,
        ),
        rewritten(
            maker,
            "blanks-everywhere",
            "Each kind of blank at each place where JSON allows one.",
            blanks_everywhere,
        )
        .finds(&["not-canonical"])
        .unlike("sound"),
        rewritten(
            maker,
            "blanks-as-in-python",
            "A blank behind each colon and comma, as Python writes them.",
            |json| json.replace(",\"", ", \"").replace("\":", "\": "),
        )
        .finds(&["not-canonical"])
        .unlike("blanks-in-text"),
        written(
            maker,
            "blanks-in-text",
            "Blanks in a text alone, behind a quote that is escaped.",
            |token| {
                token.put(
                    "Remote",
                    r#"{"Partition":"a \" , : b","Datacenter":"dc1","Locality":null}"#,
                )
            },
        )
        .finds(&["partition-set"])
        .unlike("blanks-as-in-python")
        .since(14),
        rewritten(
            maker,
            "indented",
            "Each member on a line of its own, indented.",
            |json| {
                json.replace("{\"", "{\n  \"")
                    .replace(",\"", ",\n  \"")
                    .replace("}}", "\n}\n}\n")
            },
        )
        .finds(&["not-canonical"]),
        written(
            maker,
            "sorted",
            "The members in alphabetical order, as jq -S writes them.",
            |token| token.sorted(),
        )
        .finds(&["not-canonical"])
        .unlike("sound"),
        rewritten(
            maker,
            "slashes-escaped",
            "Each slash is escaped, as PHP does: those of the root and one in Remote.",
            |json| {
                json.replacen("\"Partition\":\"", "\"Partition\":\"a/b", 1)
                    .replace('/', "\\/")
            },
        )
        .finds(&["not-canonical", "partition-set"])
        .since(14),
        rewritten(
            maker,
            "root-line-ends-escaped",
            "The line ends of the root are written by their numbers.",
            |json| json.replace("\\n", "\\u000a"),
        )
        .finds(&["not-canonical"])
        .unlike("sound"),
        written(
            maker,
            "numbers",
            "A member that no server knows, with numbers of every form, one too large for a float.",
            |token| token.and("Note", "[0,-0,10,-1.50,0.5e-10,1E+2,1e999,9,90]"),
        )
        .finds(&["unknown-field"]),
        written(
            maker,
            "literals",
            "A member that no server knows, with every literal.",
            |token| token.and("Note", r#"[true,false,null,"",[],{},{"a":[{}]}]"#),
        )
        .finds(&["unknown-field"]),
    ]
}

/// Puts blanks around every bracket, brace, comma and colon that is no part of a text.
fn blanks_everywhere(json: &str) -> String {
    let mut spaced = String::new();
    // No text of the token has a quote in it.
    for (index, part) in json.split('"').enumerate() {
        let is_text = index % 2 == 1;
        if index > 0 {
            spaced.push('"');
        }
        if is_text {
            spaced.push_str(part);
            continue;
        }
        for character in part.chars() {
            match character {
                '[' | ']' | '{' | '}' | ',' | ':' => {
                    spaced.push_str(" \t");
                    spaced.push(character);
                    spaced.push_str("\r\n");
                }
                other => spaced.push(other),
            }
        }
    }
    spaced
}

/// `null` is of no type: a text and an object stay as they were, a list and `Locality` are emptied.
fn nulls(maker: &Maker) -> Vec<Vector> {
    let null = |condition, description, key| {
        written(maker, condition, description, |token| {
            token.put(key, "null")
        })
    };
    let in_remote = |condition, description, remote: &str| {
        written(maker, condition, description, |token| {
            token.put("Remote", remote)
        })
        .finds(&["not-canonical"])
    };
    vec![
        null("ca-null", "No list of roots.", "CA")
            .finds(&["no-ca"])
            .unlike("sound"),
        null(
            "server-addresses-null",
            "No list of addresses, and none of manual ones.",
            "ServerAddresses",
        )
        .refused(
            Stage::Addresses,
            "peering token server addresses value is empty",
        )
        .unlike("sound"),
        null(
            "server-name-null",
            "The server name is null, which leaves it empty.",
            "ServerName",
        )
        .refused(
            Stage::ServerName,
            "peering token server name value is empty",
        )
        .finds(&["not-canonical"])
        .unlike("establishment-secret-null"),
        null(
            "peer-id-null",
            "The peer ID is null, which leaves it empty.",
            "PeerID",
        )
        .refused(Stage::PeerId, "peering token peer ID value is empty")
        .finds(&["not-canonical"])
        .unlike("establishment-secret-null"),
        null(
            "establishment-secret-null",
            "The secret is null, for which a server does not look.",
            "EstablishmentSecret",
        )
        .finds(&["not-canonical", "secret-missing"])
        .unlike("peer-id-null"),
        null("remote-null", "Remote is null.", "Remote")
            .finds(&["not-canonical"])
            .since(14),
        in_remote(
            "partition-null",
            "The partition is null.",
            r#"{"Partition":null,"Datacenter":"dc1","Locality":null}"#,
        )
        .since(14),
        in_remote(
            "datacenter-null",
            "The datacenter is null.",
            r#"{"Partition":"","Datacenter":null,"Locality":null}"#,
        )
        .since(14),
        in_remote(
            "region-null",
            "The region is null.",
            r#"{"Partition":"","Datacenter":"dc1","Locality":{"Region":null,"Zone":"a"}}"#,
        )
        .since(16),
        in_remote(
            "zone-null",
            "The zone is null.",
            r#"{"Partition":"","Datacenter":"dc1","Locality":{"Region":"a","Zone":null}}"#,
        )
        .since(16),
    ]
}

fn nulls_in_lists(maker: &Maker) -> Vec<Vector> {
    let null = |condition, description, key| {
        written(maker, condition, description, |token| {
            token.put(key, "[null]")
        })
    };
    vec![
        null(
            "ca-of-null",
            "The only root is null, which makes it an empty text.",
            "CA",
        )
        .refused(
            Stage::Ca,
            "peering token invalid CA: no PEM-encoded data found",
        )
        .finds(&["not-canonical"])
        .unlike("ca-null"),
        null(
            "server-addresses-of-null",
            "The only address is null, which makes it an empty text.",
            "ServerAddresses",
        )
        .refused(Stage::Addresses, " is not a valid peering server address")
        .finds(&["not-canonical"])
        .unlike("server-addresses-null"),
        null(
            "manual-server-addresses-of-null",
            "The only manual address is null.",
            "ManualServerAddresses",
        )
        .refused(Stage::Addresses, " is not a valid peering server address")
        .finds(&["not-canonical", "server-addresses-shadowed"])
        .unlike("manual-server-addresses-empty")
        .since(14),
    ]
}

fn empty_lists(maker: &Maker) -> Vec<Vector> {
    let empty = |condition, description, key| {
        written(maker, condition, description, |token| token.put(key, "[]"))
    };
    vec![
        empty("ca-empty", "An empty list of roots in place of null.", "CA")
            .finds(&["no-ca", "not-canonical"])
            .unlike("sound"),
        empty(
            "manual-server-addresses-empty",
            "An empty list of manual addresses in place of null.",
            "ManualServerAddresses",
        )
        .finds(&["not-canonical"])
        .unlike("sound")
        .since(14),
        empty(
            "server-addresses-empty",
            "An empty list of addresses.",
            "ServerAddresses",
        )
        .refused(
            Stage::Addresses,
            "peering token server addresses value is empty",
        )
        .finds(&["not-canonical"])
        .unlike("manual-server-addresses-empty"),
    ]
}
