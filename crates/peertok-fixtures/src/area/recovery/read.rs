//! What looks damaged and is read by a server, so that nothing is mended; and what is neither read
//! nor mended.

use super::build::{illegal, padded, vector};
use crate::maker::Maker;
use crate::text::lines;
use crate::vector::Vector;
use peering_token::{Stage, encode_base64};

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [read(maker), not_mended(maker)].concat()
}

fn read(maker: &Maker) -> Vec<Vector> {
    let not_canonical = ["not-canonical"];
    let envelope = |condition: &str| {
        let token = padded(maker, condition, 0);
        encode_base64(format!("{{\"PeeringToken\":\"{token}\"}}").as_bytes()).to_string()
    };
    vec![
        vector(
            "whole",
            "A token that nothing happened to.",
            padded(maker, "whole", 2),
        ),
        vector(
            "line-end-behind",
            "A line end behind the token, as echo writes it.",
            padded(maker, "line-end-behind", 2) + "\r\n",
        )
        .finds(&not_canonical),
        vector(
            "wrapped",
            "Lines of 76 characters, as base64 without -w0 makes them: a server leaves line ends out.",
            lines(&padded(maker, "wrapped", 1), 76, "\n"),
        )
        .finds(&not_canonical),
        vector(
            "wrapped-in-padding",
            "A line end between the two = at the end.",
            padded(maker, "wrapped-in-padding", 2).replace("==", "=\n="),
        )
        .finds(&not_canonical),
        vector(
            "envelope-in-base64",
            "Consul's envelope in base64: to a server that is a token with an unknown member, and nothing else.",
            envelope("envelope-in-base64"),
        )
        .refused(
            Stage::Addresses,
            "peering token server addresses value is empty",
        )
        .finds(&["no-ca", "secret-missing", "unknown-field"])
        .unlike("whole"),
    ]
}

/// Refused, and nothing is told of it.
fn not_mended(maker: &Maker) -> Vec<Vector> {
    let id = |condition: &str| maker.source(&format!("recovery_{condition}")).uuid();
    let one = padded(maker, "two-tokens", 0);
    let other = padded(maker, "two-tokens, the other", 0);
    vec![
        vector(
            "member-of-wrong-type",
            "A number in place of the peer ID: that was no accident on the way.",
            encode_base64(format!("{{\"PeerID\":1,\"ServerName\":\"{}\"}}", id("type")).as_bytes())
                .to_string(),
        )
        .refused(
            Stage::Json,
            "json: cannot unmarshal number into Go struct field PeeringToken.PeerID of type string",
        )
        .unlike("whole"),
        vector(
            "two-tokens",
            "Two tokens in one text, of which nothing tells which is meant.",
            format!("west: {one}, east: {other}."),
        )
        .refused(Stage::Base64, illegal("west".len()))
        .unlike("text-around"),
        vector("nonsense", "A word with an exclamation mark.", "nonsense!")
            .refused(Stage::Base64, illegal("nonsense".len()))
            .unlike("whole"),
        vector(
            "other-base64",
            "Base64 of a text that is no token.",
            encode_base64(format!("a peer is {}", id("other-base64")).as_bytes()).to_string(),
        )
        .refused(
            Stage::Json,
            "invalid character 'a' looking for beginning of value",
        )
        .unlike("whole"),
    ]
}
