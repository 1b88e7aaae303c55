//! The peer ID and the secret, which are UUIDs of 36 characters. A server only looks whether there
//! is a peer ID.

use super::build::changed;
use crate::maker::Maker;
use crate::vector::Vector;
use peering_token::{Secret, Stage};

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [missing(maker), forms(maker), secrets(maker)].concat()
}

fn missing(maker: &Maker) -> Vec<Vector> {
    let empty = "peering token peer ID value is empty";
    vec![
        changed(maker, "peer-id-empty", "No peer ID.", |token| {
            token.peer_id.clear();
        })
        .refused(Stage::PeerId, empty)
        .unlike("peer-id-blank"),
        changed(
            maker,
            "peer-id-empty-without-ca",
            "Neither a peer ID, a server name nor a CA: of these only the peer ID has to be there.",
            |token| {
                token.peer_id.clear();
                token.server_name.clear();
                token.ca = None;
            },
        )
        .refused(Stage::PeerId, empty)
        .finds(&["no-ca"])
        .unlike("server-name-empty-without-ca"),
        changed(
            maker,
            "peer-id-and-secret-empty",
            "Neither a peer ID nor a secret.",
            |token| {
                token.peer_id.clear();
                token.establishment_secret = Secret::default();
            },
        )
        .refused(Stage::PeerId, empty)
        .finds(&["secret-missing"])
        .unlike("secret-empty"),
        changed(
            maker,
            "secret-empty",
            "No secret, for which a server does not look.",
            |token| {
                token.establishment_secret = Secret::default();
            },
        )
        .finds(&["secret-missing"])
        .unlike("secret-blank"),
        changed(
            maker,
            "secret-blank",
            "A secret that is a blank.",
            |token| {
                token.establishment_secret = Secret::new(" ".to_owned());
            },
        )
        .finds(&["secret-not-uuid"])
        .unlike("secret-empty"),
    ]
}

/// What a UUID turns into, for the peer ID.
fn forms(maker: &Maker) -> Vec<Vector> {
    let changed_id = |condition, description, change: fn(&str) -> String| {
        changed(maker, condition, description, |token| {
            token.peer_id = change(&token.peer_id);
        })
    };
    let other = "peer-id-not-uuid";
    vec![
        changed_id("peer-id", "A peer ID as a server makes it.", str::to_owned)
            .unlike("peer-id-short"),
        changed_id(
            "peer-id-upper-case",
            "A peer ID in upper case, which is a UUID, but not as a server writes it.",
            |_| "ABCDEF01-2345-6789-ABCD-EF0123456789".to_owned(),
        )
        .finds(&["not-canonical"])
        .unlike("peer-id"),
        changed_id(
            "peer-id-blank",
            "A peer ID that is a blank, which is not empty.",
            |_| " ".to_owned(),
        )
        .finds(&[other])
        .unlike("peer-id-empty"),
        changed_id(
            "peer-id-short",
            "The last digit of the peer ID is missing.",
            |id| id[..35].to_owned(),
        )
        .finds(&[other])
        .unlike("peer-id"),
        changed_id("peer-id-long", "One digit more behind the peer ID.", |id| {
            format!("{id}0")
        })
        .finds(&[other])
        .unlike("peer-id"),
        changed_id(
            "peer-id-no-hyphens",
            "The peer ID without its hyphens.",
            |id| id.replace('-', ""),
        )
        .finds(&[other])
        .unlike("peer-id"),
        changed_id(
            "peer-id-hyphen-moved",
            "A hyphen of the peer ID one place on, and its length as before.",
            |id| format!("{}{}-{}", &id[..8], &id[9..10], &id[10..]),
        )
        .finds(&[other])
        .unlike("peer-id"),
        changed_id(
            "peer-id-last-hyphen-moved",
            "The last hyphen of the peer ID one place back.",
            |id| format!("{}-{}{}", &id[..22], &id[22..23], &id[24..]),
        )
        .finds(&[other])
        .unlike("peer-id"),
        changed_id(
            "peer-id-letter",
            "A letter in the peer ID that is no digit.",
            |id| format!("g{}", &id[1..]),
        )
        .finds(&[other])
        .unlike("peer-id"),
        changed_id("peer-id-braces", "The peer ID in braces.", |id| {
            format!("{{{id}}}")
        })
        .finds(&[other])
        .unlike("peer-id"),
        changed_id("peer-id-urn", "The peer ID as a URN.", |id| {
            format!("urn:uuid:{id}")
        })
        .finds(&[other])
        .unlike("peer-id"),
        changed_id("peer-id-line-end", "A line end behind the peer ID.", |id| {
            format!("{id}\n")
        })
        .finds(&[other])
        .unlike("peer-id"),
        changed_id(
            "peer-id-zeros",
            "A peer ID of zeros, which is a UUID.",
            |_| "00000000-0000-0000-0000-000000000000".to_owned(),
        )
        .unlike("peer-id-short"),
    ]
}

fn secrets(maker: &Maker) -> Vec<Vector> {
    let secret = |condition, description, change: fn(&str) -> String| {
        changed(maker, condition, description, |token| {
            let changed = change(token.establishment_secret.expose());
            token.establishment_secret = Secret::new(changed);
        })
    };
    let other = "secret-not-uuid";
    vec![
        secret(
            "secret-upper-case",
            "A secret in upper case, which is a UUID, but not as a server writes it.",
            |_| "ABCDEF01-2345-6789-ABCD-EF0123456789".to_owned(),
        )
        .finds(&["not-canonical"])
        .unlike("peer-id"),
        secret(
            "secret-short",
            "The last digit of the secret is missing.",
            |secret| secret[..35].to_owned(),
        )
        .finds(&[other])
        .unlike("secret-upper-case"),
        secret(
            "secret-redacted",
            "In place of the secret stands what peertok shows for it.",
            |_| "<redacted, sha256:1a2b3c4d>".to_owned(),
        )
        .finds(&[other])
        .unlike("peer-id"),
        secret("secret-asterisks", "The secret is masked.", |secret| {
            "*".repeat(secret.len())
        })
        .finds(&[other])
        .unlike("peer-id"),
        changed(
            maker,
            "secret-is-peer-id",
            "The secret is the peer ID once more: no server looks at that before it dials.",
            |token| {
                token.establishment_secret = Secret::new(token.peer_id.clone());
            },
        ),
    ]
}
