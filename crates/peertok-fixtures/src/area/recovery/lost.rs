//! Tokens that cannot be mended: characters in them were lost or changed.

use super::build::{illegal, padded, vector, with_region};
use crate::maker::Maker;
use crate::vector::{ExpectedMeaning, Vector};
use peering_token::{Shape, Stage, encode_base64};

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [without_start(maker), altered(maker)].concat()
}

fn told(
    condition: &str,
    description: &str,
    text: impl Into<Vec<u8>>,
    told: &'static str,
) -> Vector {
    let mut vector = vector(condition, description, text);
    vector.meant = Some(ExpectedMeaning::Lookalike(told));
    vector
}

fn without_start(maker: &Maker) -> Vec<Vector> {
    let told = |condition: &str, description: &str, text: String| {
        told(condition, description, text, "token-without-start")
    };
    let whole = |condition: &str| padded(maker, condition, 0);
    let first = whole("without-first-character");
    let line = whole("without-first-line");
    let quoted = whole("without-start-in-quotes");
    vec![
        told(
            "without-first-character",
            "The first character was not copied: all others are in another place of their four.",
            first[1..].to_owned(),
        )
        .refused(Stage::Base64, illegal(first.len() - 4))
        .unlike("whole"),
        told(
            "without-first-four",
            "The first four characters were not copied: the base64 is read, and begins within a name.",
            // The first three bytes are `{"C`.
            whole("without-first-four")[4..].to_owned(),
        )
        .refused(
            Stage::Json,
            "invalid character 'A' looking for beginning of value",
        )
        .unlike("without-first-character"),
        told(
            "without-first-line",
            "The first line of 64 characters was not copied, and the base64 begins within a certificate.",
            // The tag of the certificate's version makes the `g`.
            line[64..].to_owned(),
        )
        .refused(
            Stage::Json,
            "invalid character 'g' looking for beginning of value",
        )
        .unlike("wrapped"),
        told(
            "without-start-in-quotes",
            "A token without its first two characters, in quotes.",
            format!("'{}'", &quoted[2..]),
        )
        .refused(Stage::Base64, illegal(0))
        .unlike("single-quotes"),
    ]
}

fn altered(maker: &Maker) -> Vec<Vector> {
    let told = |condition: &str, description: &str, text: String| {
        told(condition, description, text, "token-altered")
    };
    let lost = padded(maker, "character-lost", 0);
    let twice = padded(maker, "character-twice", 0);
    let middle = lost.len() / 2;
    let json = |condition: &str| {
        let token = with_region(maker, condition, "us-west-1", 0);
        token.to_json(Shape::V1_16).to_string()
    };
    let bracket = json("bracket-changed").replace(":8503\"],", ":8503\"m,");
    let quote = json("quote-lost").replace("\"ServerName\":\"", "\"ServerName\":");
    vec![
        told(
            "character-lost",
            "A character in the middle is missing.",
            format!("{}{}", &lost[..middle], &lost[middle + 1..]),
        )
        .refused(Stage::Base64, illegal(lost.len() - 4))
        .unlike("whole"),
        told(
            "character-twice",
            "A character in the middle is there twice.",
            format!("{}{}", &twice[..=middle], &twice[middle..]),
        )
        .refused(Stage::Base64, illegal(twice.len()))
        .unlike("whole"),
        told(
            "bracket-changed",
            "The bracket behind the addresses became a letter.",
            encode_base64(bracket.as_bytes()).to_string(),
        )
        .refused(Stage::Json, "invalid character 'm' after array element")
        .unlike("whole"),
        told(
            "quote-lost",
            "The quote before the server name is missing.",
            encode_base64(quote.as_bytes()).to_string(),
        )
        .refused(
            Stage::Json,
            "invalid character 's' looking for beginning of value",
        )
        .unlike("whole"),
    ]
}
