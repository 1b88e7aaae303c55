//! The base64 around a token: Go's `base64.StdEncoding`, which leaves line ends out wherever they
//! stand, wants the padding, and names the byte at which it gives up.

mod build;
mod padding;
mod stray;

use self::build::vector;
use crate::maker::Maker;
use crate::vector::{Area, Vector};
use peering_token::{Stage, encode_base64};

pub(crate) fn vectors(maker: &Maker) -> Vec<Vector> {
    let themes = [padding::vectors, stray::vectors, alphabet, little];
    themes.iter().flat_map(|theme| theme(maker)).collect()
}

const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Sets the bits of the last character that are no part of a byte.
fn with_bits(text: &str, padding: usize, bits: usize) -> Vec<u8> {
    let mut text = text.as_bytes().to_vec();
    let last = text.len() - padding - 1;
    let value = ALPHABET.iter().position(|&letter| letter == text[last]);
    text[last] = ALPHABET[value.unwrap_or_default() | bits];
    text
}

fn alphabet(maker: &Maker) -> Vec<Vector> {
    // Of ASCII, tilde and question mark make a plus sign and a slash, where they end a group.
    let special = |condition: &str, description: &str, change: fn(&str) -> String| {
        let mut vector = maker.changed(Area::Base64, condition, description, |token| {
            token.remote.partition = "~~~???".to_owned();
        });
        let text = String::from_utf8_lossy(&vector.token);
        let changed = change(&text);
        let mut both = text.bytes().zip(changed.bytes());
        let at = both.position(|(one, other)| one != other);
        vector.token = changed.into_bytes();
        match at {
            None => vector.finds(&["partition-set"]),
            Some(at) => vector
                .refused(
                    Stage::Base64,
                    format!("failed to decode token: illegal base64 data at input byte {at}"),
                )
                .unlike("plus-and-slash"),
        }
        .since(14)
    };
    vec![
        special(
            "plus-and-slash",
            "The plus sign and the slash of the alphabet.",
            str::to_owned,
        ),
        special(
            "url-safe",
            "The alphabet for URLs, which has a hyphen and an underscore in their place.",
            |text| text.replace('+', "-").replace('/', "_"),
        ),
        special("hyphen", "A hyphen in place of the plus sign.", |text| {
            text.replacen('+', "-", 1)
        }),
        special(
            "underscore",
            "An underscore in place of the slash.",
            |text| text.replacen('/', "_", 1),
        ),
        special(
            "plus-as-blank",
            "A blank in place of the plus sign, as a form decodes it.",
            |text| text.replacen('+', " ", 1),
        ),
        vector(
            maker,
            "trailing-bits-two",
            "Before two padding characters, the four bits that are no part of a byte are set.",
            2,
            |text| with_bits(&text, 2, 0b1111),
        )
        .finds(&["not-canonical"])
        .unlike("padding-two"),
        vector(
            maker,
            "trailing-bits-one",
            "Before one padding character, the two bits that are no part of a byte are set.",
            1,
            |text| with_bits(&text, 1, 0b11),
        )
        .finds(&["not-canonical"])
        .unlike("padding-one"),
        vector(
            maker,
            "trailing-bit",
            "Before two padding characters, one bit that is no part of a byte is set.",
            2,
            |text| with_bits(&text, 2, 1),
        )
        .finds(&["not-canonical"])
        .unlike("padding-two"),
    ]
}

/// Where there is next to nothing, and where there is too much.
fn little(maker: &Maker) -> Vec<Vector> {
    let plain = |condition, description, token: &str| {
        Vector::new(Area::Base64, condition, description, token)
    };
    let at_0 = "failed to decode token: illegal base64 data at input byte 0";
    vec![
        plain("empty", "No token.", "")
            .refused(
                Stage::Request,
                "PeeringToken is required in the payload when establishing a peering.",
            )
            .unlike("line-ends-alone"),
        plain(
            "line-ends-alone",
            "Line ends and nothing else: there is no JSON in them.",
            "\r\n\n",
        )
        .refused(Stage::Json, "unexpected end of JSON input")
        .unlike("line-end-first"),
        plain("padding-alone", "Padding and nothing else.", "====").refused(Stage::Base64, at_0),
        plain("letter-alone", "One letter.", "e").refused(Stage::Base64, at_0),
        vector(
            maker,
            "twice",
            "Base64 of base64, as a Kubernetes Secret has it: in place of JSON there is a token.",
            1,
            |text| encode_base64(text.as_bytes()).to_string(),
        )
        .refused(
            Stage::Json,
            "invalid character 'e' looking for beginning of value",
        )
        .unlike("padding-one"),
    ]
}
