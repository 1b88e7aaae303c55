//! Padding: what is missing, what is too much, and what stands behind it.

use super::build::{corrupt, cut, vector};
use crate::maker::Maker;
use crate::vector::Vector;
use peering_token::Stage;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [padding(maker), behind_padding(maker)].concat()
}

fn padding(maker: &Maker) -> Vec<Vector> {
    vec![
        vector(
            maker,
            "padding-none",
            "Base64 without padding, since the last group of four is full.",
            0,
            |text| text,
        ),
        vector(
            maker,
            "padding-one",
            "Base64 that ends in one padding character.",
            1,
            |text| text,
        ),
        vector(
            maker,
            "padding-two",
            "Base64 that ends in two padding characters.",
            2,
            |text| text,
        ),
        corrupt(
            maker,
            "padding-two-left-out",
            "Both padding characters are left out; Go names the byte at which the last group began.",
            2,
            |text| (cut(&text, 2).to_owned(), text.len() - 4),
        )
        .unlike("padding-two"),
        corrupt(
            maker,
            "padding-one-left-out",
            "The one padding character is left out; Go names the byte at which the last group began.",
            1,
            |text| (cut(&text, 1).to_owned(), text.len() - 4),
        )
        .unlike("padding-one"),
        corrupt(
            maker,
            "padding-half",
            "One of two padding characters is left out; Go names the end of the text.",
            2,
            |text| (cut(&text, 1).to_owned(), text.len() - 1),
        )
        .unlike("padding-two"),
        corrupt(
            maker,
            "padding-half-line-end",
            "One of two padding characters is left out, and a line end follows the other.",
            2,
            |text| (format!("{}\n", cut(&text, 1)), text.len()),
        )
        .unlike("line-end-last"),
        corrupt(
            maker,
            "one-character-left",
            "The text ends behind the first character of a group, which makes no byte.",
            0,
            |text| (cut(&text, 3).to_owned(), text.len() - 4),
        )
        .unlike("padding-none"),
        corrupt(
            maker,
            "left-out-line-end-within",
            "The padding is left out, and a line end stands in the last group: Go counts back from the end without it.",
            1,
            |text| {
                let (whole, last) = cut(&text, 1).split_at(text.len() - 3);
                (format!("{whole}\n{last}"), text.len() - 3)
            },
        )
        .unlike("padding-one-left-out"),
        corrupt(
            maker,
            "left-out-line-end-last",
            "The padding is left out, and a line end follows: Go counts back from the end without it.",
            2,
            |text| (format!("{}\n", cut(&text, 2)), text.len() - 3),
        )
        .unlike("line-end-last"),
        corrupt(
            maker,
            "padding-behind-full-group",
            "A padding character behind a full group.",
            0,
            |text| (format!("{text}="), text.len()),
        )
        .unlike("padding-none"),
        corrupt(
            maker,
            "padding-behind-one",
            "A padding character behind the first character of a group.",
            0,
            |text| (format!("{text}e="), text.len() + 1),
        )
        .unlike("padding-two"),
        corrupt(
            maker,
            "padding-in-the-middle",
            "A padding character in place of one in the middle, at the beginning of a group.",
            0,
            |text| (format!("{}={}", &text[..40], &text[41..]), 40),
        )
        .unlike("padding-none"),
        corrupt(
            maker,
            "padding-escaped",
            "The padding is percent-encoded, as in a URL.",
            2,
            |text| (format!("{}%3D%3D", cut(&text, 2)), text.len() - 2),
        )
        .unlike("padding-two"),
    ]
}

fn behind_padding(maker: &Maker) -> Vec<Vector> {
    vec![
        corrupt(
            maker,
            "padding-three",
            "A third padding character.",
            2,
            |text| (format!("{text}="), text.len()),
        )
        .unlike("padding-two"),
        corrupt(
            maker,
            "padding-two-for-one",
            "A second padding character, where one is due.",
            1,
            |text| (format!("{text}="), text.len()),
        )
        .unlike("padding-one"),
        corrupt(
            maker,
            "letter-for-padding",
            "A letter in place of the second padding character: Go names the byte before it.",
            2,
            |text| (format!("{}A", cut(&text, 1)), text.len() - 2),
        )
        .unlike("padding-two"),
        corrupt(
            maker,
            "letter-for-padding-line-end",
            "The same behind a line end: Go names the byte before the letter, which is that line end.",
            2,
            |text| (format!("{}\nA", cut(&text, 1)), text.len() - 1),
        )
        .unlike("line-end-within-padding"),
        corrupt(
            maker,
            "data-behind-two",
            "One more group behind two padding characters.",
            2,
            |text| (format!("{text}AAAA"), text.len()),
        )
        .unlike("line-end-last"),
        corrupt(
            maker,
            "data-behind-one",
            "One more group behind one padding character.",
            1,
            |text| (format!("{text}AAAA"), text.len()),
        )
        .unlike("line-end-last"),
        corrupt(
            maker,
            "data-behind-line-ends",
            "One more group behind the padding and two line ends.",
            2,
            |text| (format!("{text}\r\nAAAA"), text.len() + 2),
        )
        .unlike("line-end-last-crlf"),
        corrupt(
            maker,
            "blank-behind-padding",
            "A blank behind the padding.",
            2,
            |text| (format!("{text} "), text.len()),
        )
        .unlike("line-end-last"),
        corrupt(
            maker,
            "two-tokens-padded",
            "The token twice on one line: the second begins behind the padding of the first.",
            1,
            |text| (format!("{text}{text}"), text.len()),
        )
        .unlike("two-tokens"),
        vector(
            maker,
            "two-tokens",
            "The token twice on one line, without padding between: the base64 is sound, but two JSON texts are in it.",
            0,
            |text| format!("{text}{text}"),
        )
        .refused(Stage::Json, "invalid character '{' after top-level value")
        .unlike("padding-none"),
    ]
}
