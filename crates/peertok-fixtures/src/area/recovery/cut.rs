//! Tokens whose end is lost, cut at each place that tells something.

use super::build::{illegal, padded, vector, with_region};
use crate::maker::Maker;
use crate::vector::{ExpectedMeaning, Vector};
use peering_token::{Shape, Stage, encode_base64};

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [in_members(maker), in_characters(maker), with_damage(maker)].concat()
}

fn truncated(condition: &str, description: &str, text: impl Into<Vec<u8>>) -> Vector {
    let mut vector = vector(condition, description, text);
    vector.meant = Some(ExpectedMeaning::Truncated);
    vector.unlike("whole")
}

/// The first characters that are whole bytes and end at this text of the JSON, or up to two bytes
/// before its end. Three bytes are four characters.
fn up_to(maker: &Maker, condition: &str, text: &str) -> String {
    let token = with_region(maker, condition, "us-west-1", 0);
    let json = token.to_json(Shape::V1_16);
    let end = json.find(text).map_or(json.len(), |at| at + text.len());
    encode_base64(&json.as_bytes()[..end / 3 * 3]).to_string()
}

/// A server reads the base64, and finds that the JSON ends too early.
#[rustfmt::skip]
fn in_members(maker: &Maker) -> Vec<Vector> {
    let id = maker.token("recovery_cut-in-peer-id").peer_id;
    let secret = maker.token("recovery_cut-in-secret").establishment_secret;
    [
        ("cut-in-first-member", "Cut behind the name of the first member.", "{\"CA\":"),
        ("cut-in-root", "Cut within the first root.", "CERTIFICATE-----\\nMIIB"),
        ("cut-in-addresses", "Cut within the second address.", "\"server-2."),
        ("cut-in-server-name", "Cut within the server name.", "\"server.dc1.peer"),
        ("cut-in-peer-id", "Cut within the peer ID.", &id[..18]),
        ("cut-before-secret", "Cut before the secret: all that is needed to dial is there.", "\",\"Establish"),
        ("cut-in-name-of-secret", "Cut within the name of the secret.", "\"EstablishmentSe"),
        ("cut-in-secret", "Cut within the secret.", &secret.expose()[..12]),
        ("cut-before-remote", "Cut before Remote, so that all members of a token of 1.13 are there, and the last brace is not.", "\",\"Remote"),
        ("cut-in-locality", "Cut within the locality.", "\"Region\":\"us-west"),
    ]
    .map(|(condition, description, text)| {
        truncated(condition, description, up_to(maker, condition, text))
            .refused(Stage::Json, "unexpected end of JSON input")
    })
    .to_vec()
}

/// Base64 whose last four characters are not complete: a server gives up at the first of them.
fn in_characters(maker: &Maker) -> Vec<Vector> {
    let cut = |condition: &str, description: &str, padding: usize, lost: usize| {
        let token = padded(maker, condition, padding);
        let left = token.len() - lost;
        truncated(condition, description, &token[..left])
            .refused(Stage::Base64, illegal(left / 4 * 4))
    };
    vec![
        cut(
            "cut-last-character",
            "The last character is missing, and with it the last brace.",
            0,
            1,
        ),
        cut(
            "cut-two-characters",
            "The last two characters are missing.",
            0,
            2,
        ),
        cut(
            "cut-three-characters",
            "The last three characters are missing: what is left of four makes no byte.",
            0,
            3,
        ),
        cut(
            "cut-padding-and-one",
            "The padding and one character more are missing.",
            2,
            3,
        )
        .unlike("padding-missing"),
        {
            let token = padded(maker, "cut-to-nothing-known", 0);
            vector(
                "cut-to-nothing-known",
                "Cut within the name of the first member: nothing tells it from other JSON.",
                &token.as_bytes()[..4],
            )
            .refused(Stage::Json, "unexpected end of JSON input")
            .unlike("cut-in-first-member")
        },
    ]
}

fn with_damage(maker: &Maker) -> Vec<Vector> {
    let half = |condition: &str| {
        let token = padded(maker, condition, 0);
        let half = token.len() / 8 * 4;
        token[..half].to_owned()
    };
    let dots = half("cut-with-dots");
    let json = with_region(maker, "cut-not-encoded", "us-west-1", 0).to_json(Shape::V1_16);
    let twice = encode_base64(half("cut-twice").as_bytes());
    vec![
        truncated(
            "cut-with-dots",
            "Half a token with an ellipsis behind it, as a web page shows what does not fit.",
            format!("{dots}…"),
        )
        .refused(Stage::Base64, illegal(dots.len()))
        .unlike("dots-behind"),
        truncated(
            "cut-in-quotes",
            "Half a token behind a quote.",
            format!("\"{}", half("cut-in-quotes")),
        )
        .refused(Stage::Base64, illegal(0))
        .unlike("double-quotes"),
        truncated(
            "cut-in-envelope",
            "Half a token in the beginning of Consul's envelope.",
            format!("{{\"PeeringToken\":\"{}", half("cut-in-envelope")),
        )
        .refused(Stage::Base64, illegal(0))
        .unlike("envelope-not-closed"),
        truncated(
            "cut-not-encoded",
            "Half of the JSON of a token, without the base64 around it.",
            &json.as_bytes()[..json.len() / 2],
        )
        .refused(Stage::Base64, illegal(0))
        .unlike("not-encoded"),
        truncated(
            "cut-twice",
            "Half a token, put into base64 again.",
            twice.as_bytes(),
        )
        .refused(
            Stage::Json,
            "invalid character 'e' looking for beginning of value",
        )
        .unlike("base64-twice"),
    ]
}
