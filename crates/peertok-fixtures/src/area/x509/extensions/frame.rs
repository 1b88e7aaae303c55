//! The frame of the extensions: their list, and identifier, critical flag and value of each.
//!
//! Go frames all of them before it looks into the first.

use super::build::{identifier, with_root};
use crate::certificate::{
    BASIC_CONSTRAINTS, BOOLEAN, KEY_USAGE, OCTET_STRING, SEQUENCE, SET, SUBJECT_KEY_ID,
    UTF8_STRING, element, extension, sequence,
};
use crate::maker::Maker;
use crate::vector::Vector;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [lists, frames, identifiers, lengths, repeated, order]
        .iter()
        .flat_map(|vectors| vectors(maker))
        .collect()
}

/// An extension that nobody knows, 1.3.6.1.4.1.99999.`last`, from its parts.
fn unknown(last: u8, parts: &[&[u8]]) -> Vec<u8> {
    let own = identifier(&[0x2b, 6, 1, 4, 1, 0x86, 0x8d, 0x1f, last]);
    sequence(&[&own, &parts.concat()])
}

fn octets(content: &[u8]) -> Vec<u8> {
    element(OCTET_STRING, content)
}

fn lists(maker: &Maker) -> Vec<Vector> {
    // What stands in place of all extensions.
    let whole = |condition: &str, description: &str, field: Vec<u8>| {
        with_root(maker, condition, description, |root| {
            root.extensions.clear();
            root.after_extensions = field;
        })
    };
    vec![
        whole(
            "extensions-none",
            "A root of version 3 without extensions, and so without the basic constraints of a CA.",
            Vec::new(),
        )
        .finds(&["ca-not-a-ca"]),
        whole(
            "extensions-empty-list",
            "A root whose list of extensions is empty.",
            element(0xa3, &sequence(&[])),
        )
        .finds(&["ca-not-a-ca"]),
        whole(
            "extensions-no-list",
            "A root whose field for extensions has no list in it.",
            vec![0xa3, 0],
        )
        .go_refuses("malformed extensions")
        .unlike("extensions-empty-list"),
        whole(
            "extensions-as-set",
            "A root whose extensions are in a set in place of a sequence.",
            element(0xa3, &element(SET, &[])),
        )
        .go_refuses("malformed extensions")
        .unlike("extensions-empty-list"),
        whole(
            "extensions-cut-off",
            "A root whose list of extensions says that it has a byte more than there is.",
            vec![0xa3, 2, SEQUENCE, 1],
        )
        .go_refuses("malformed extensions")
        .unlike("extensions-empty-list"),
        with_root(
            maker,
            "extensions-bytes-after-list",
            "A byte behind the list of extensions, within their field; Go leaves it alone.",
            |root| {
                let list = element(SEQUENCE, &root.extensions.concat());
                root.extensions.clear();
                root.after_extensions = element(0xa3, &[list, vec![0]].concat());
            },
        ),
    ]
}

fn frames(maker: &Maker) -> Vec<Vector> {
    let added = |condition: &str, description: &str, extension: Vec<u8>| {
        with_root(maker, condition, description, |root| {
            root.extensions.push(extension);
        })
    };
    let content = octets(b"anything");
    vec![
        added(
            "extension-unknown",
            "An extension that nobody knows.",
            unknown(1, &[&content]),
        ),
        added(
            "extension-unknown-critical",
            "A critical extension that nobody knows: a server takes the token, and dialing fails.",
            unknown(1, &[&[BOOLEAN, 1, 0xff], &content]),
        )
        .finds(&["ca-unusable"])
        .unlike("extension-explicitly-not-critical"),
        added(
            "extension-explicitly-not-critical",
            "An extension that nobody knows, with FALSE written out for critical, as DER forbids.",
            unknown(1, &[&[BOOLEAN, 1, 0], &content]),
        ),
        added(
            "extension-critical-one",
            "An authority key identifier whose critical flag is the byte 01, which is true in BER \
             only.",
            sequence(&[
                &identifier(&[0x55, 0x1d, 35]),
                &[BOOLEAN, 1, 1],
                &octets(&sequence(&[])),
            ]),
        )
        .go_refuses("malformed extension critical field")
        .unlike("authority-key-id-critical"),
        added(
            "extension-critical-empty",
            "An extension whose critical flag has no byte.",
            unknown(1, &[&[BOOLEAN, 0], &content]),
        )
        .go_refuses("malformed extension critical field")
        .unlike("extension-explicitly-not-critical"),
        added(
            "extension-critical-two-bytes",
            "An extension whose critical flag has two bytes.",
            unknown(1, &[&[BOOLEAN, 2, 0xff, 0xff], &content]),
        )
        .go_refuses("malformed extension critical field")
        .unlike("extension-unknown-critical"),
        added(
            "extension-critical-behind-value",
            "An extension whose critical flag is behind its value, where Go does not look.",
            unknown(1, &[&content, &[BOOLEAN, 1, 0xff]]),
        ),
        added(
            "extension-as-set",
            "An extension that is a set in place of a sequence.",
            element(SET, &[]),
        )
        .go_refuses("malformed extension")
        .unlike("extension-unknown"),
        added(
            "extension-cut-off",
            "An extension that says that it has more bytes than there are.",
            vec![SEQUENCE, 1],
        )
        .go_refuses("malformed extension")
        .unlike("extension-empty"),
        added(
            "extension-only-a-tag",
            "A single byte behind the last extension.",
            vec![SEQUENCE],
        )
        .go_refuses("malformed extension")
        .unlike("extension-empty"),
        added(
            "extension-empty",
            "An extension with nothing in it.",
            sequence(&[]),
        )
        .go_refuses("malformed extension OID field")
        .unlike("extension-unknown"),
        added(
            "extension-without-value",
            "An extension with an identifier and nothing else.",
            unknown(1, &[]),
        )
        .go_refuses("malformed extension value field")
        .unlike("extension-empty-value"),
        added(
            "extension-empty-value",
            "An extension that nobody knows, with an empty value.",
            unknown(1, &[&octets(&[])]),
        ),
        added(
            "extension-value-as-text",
            "An extension whose value is a text in place of an octet string.",
            unknown(1, &[&element(UTF8_STRING, b"anything")]),
        )
        .go_refuses("malformed extension value field")
        .unlike("extension-unknown"),
        added(
            "extension-below-key-usage",
            "An extension with the identifier 2.5.29.15.1: that it begins like a known one tells \
             nothing.",
            sequence(&[&identifier(&[0x55, 0x1d, KEY_USAGE, 1]), &octets(&[])]),
        ),
        added(
            "extension-below-key-usage-critical",
            "A critical extension with the identifier 2.5.29.15.1, which Go does not know.",
            sequence(&[
                &identifier(&[0x55, 0x1d, KEY_USAGE, 1]),
                &[BOOLEAN, 1, 0xff],
                &octets(&[]),
            ]),
        )
        .finds(&["ca-unusable"])
        .unlike("extension-below-key-usage"),
    ]
}

fn identifiers(maker: &Maker) -> Vec<Vector> {
    let named = |condition: &str, description: &str, encoded: &[u8]| {
        with_root(maker, condition, description, |root| {
            let extension = sequence(&[&identifier(encoded), &octets(&[])]);
            root.extensions.push(extension);
        })
    };
    let malformed = "malformed extension OID field";
    vec![
        named(
            "extension-identifier-largest",
            "An extension whose identifier ends in 2147483647, the largest number that Go takes.",
            &[0x2a, 0x87, 0xff, 0xff, 0xff, 0x7f],
        ),
        named(
            "extension-identifier-too-large",
            "An extension whose identifier ends in 2147483648.",
            &[0x2a, 0x88, 0x80, 0x80, 0x80, 0x00],
        )
        .go_refuses(malformed)
        .unlike("extension-identifier-largest"),
        named(
            "extension-identifier-six-bytes",
            "An extension whose identifier has a number of six bytes.",
            &[0x2a, 0x81, 0x80, 0x80, 0x80, 0x80, 0x00],
        )
        .go_refuses(malformed)
        .unlike("extension-identifier-largest"),
        named(
            "extension-identifier-empty",
            "An extension whose identifier has no bytes.",
            &[],
        )
        .go_refuses(malformed)
        .unlike("extension-identifier-one-byte"),
        named(
            "extension-identifier-one-byte",
            "An extension whose identifier is one byte: 1.2.",
            &[0x2a],
        ),
        named(
            "extension-identifier-padded",
            "An extension with the identifier 1.2.1, whose last number has a zero before it.",
            &[0x2a, 0x80, 0x01],
        )
        .go_refuses(malformed)
        .unlike("extension-identifier-zero-within"),
        named(
            "extension-identifier-padded-first",
            "An extension with an identifier whose first number has a zero before it.",
            &[0x80, 0x2a],
        )
        .go_refuses(malformed)
        .unlike("extension-identifier-one-byte"),
        named(
            "extension-identifier-zero-within",
            "An extension with the identifier 1.2.2097153, whose last number has fourteen zero \
             bits in a row within.",
            &[0x2a, 0x81, 0x80, 0x80, 0x01],
        ),
        named(
            "extension-identifier-unfinished",
            "An extension whose identifier ends within a number.",
            &[0x2a, 0x81],
        )
        .go_refuses(malformed)
        .unlike("extension-identifier-one-byte"),
    ]
}

/// The length of an extension, said in ways that DER has and has not.
fn lengths(maker: &Maker) -> Vec<Vector> {
    let said = |condition: &str, description: &str, length: &[u8], filler: usize| {
        with_root(maker, condition, description, |root| {
            // An identifier of three bytes and the head of the value: five bytes before the filler.
            let mut content = identifier(&[0x2a]);
            content.extend(octets(&vec![0; filler]));
            root.extensions
                .push([&[SEQUENCE], length, &content].concat());
        })
    };
    vec![
        said(
            "extension-length-short-largest",
            "An extension of 127 bytes, the most that one byte can say.",
            &[0x7f],
            122,
        ),
        said(
            "extension-length-long-smallest",
            "An extension of 128 bytes, the least for the long form of a length.",
            &[0x81, 0x80],
            123,
        ),
        said(
            "extension-length-long-for-few",
            "An extension whose length of 127 is in the long form.",
            &[0x81, 0x7f],
            122,
        )
        .go_refuses("malformed extension")
        .unlike("extension-length-short-largest"),
        said(
            "extension-length-two-bytes",
            "An extension of 300 bytes, whose length needs two bytes.",
            &[0x82, 0x01, 0x2c],
            // The value needs a long length as well.
            293,
        ),
        said(
            "extension-length-leading-zero",
            "An extension of 128 bytes, whose length has a zero byte before it.",
            &[0x82, 0x00, 0x80],
            123,
        )
        .go_refuses("malformed extension")
        .unlike("extension-length-long-smallest"),
        said(
            "extension-length-indefinite",
            "An extension of indefinite length, as in BER; the byte for it is no length of 128.",
            &[0x80],
            123,
        )
        .go_refuses("malformed extension")
        .unlike("extension-length-short-largest"),
        said(
            "extension-length-five-bytes",
            "An extension whose length is said in five bytes.",
            &[0x85, 0, 0, 0, 0, 0x80],
            123,
        )
        .go_refuses("malformed extension")
        .unlike("extension-length-two-bytes"),
        said(
            "extension-length-largest",
            "An extension that says that it has 4294967295 bytes.",
            &[0x84, 0xff, 0xff, 0xff, 0xff],
            0,
        )
        .go_refuses("malformed extension")
        .unlike("extension-length-two-bytes"),
        with_root(
            maker,
            "extension-tag-number-above-30",
            "Behind the extensions an element whose tag number needs more than one byte.",
            |root| root.extensions.push(vec![0x3f, 0x1f, 0]),
        )
        .go_refuses("malformed extension")
        .unlike("extension-as-set"),
    ]
}

fn repeated(maker: &Maker) -> Vec<Vector> {
    let twice = |condition: &str, description: &str, encoded: &[u8], dotted: &str| {
        with_root(maker, condition, description, |root| {
            let extension = sequence(&[&identifier(encoded), &octets(&[])]);
            root.extensions.extend([extension.clone(), extension]);
        })
        .go_refuses(duplicate(dotted))
        .unlike("extensions-many")
    };
    // The root's own extensions and one for each of these numbers.
    let many = |condition: &str, description: &str, places: &[u8]| {
        with_root(maker, condition, description, |root| {
            let all = places.iter();
            root.extensions
                .extend(all.map(|last| unknown(*last, &[&octets(&[])])));
        })
    };
    let forty: Vec<u8> = (0..40).collect();
    let and_again = |last: u8| [forty.as_slice(), &[last]].concat();
    vec![
        with_root(
            maker,
            "extension-twice",
            "A key usage twice, the same both times.",
            |root| {
                let key_usage = extension(KEY_USAGE, true, &[3, 2, 1, 6]);
                root.extensions.push(key_usage);
            },
        )
        .go_refuses(duplicate("2.5.29.15"))
        .unlike("extensions-many"),
        twice(
            "extension-twice-from-0",
            "An extension with the identifier 0.39 twice; first and second number share a byte.",
            &[39],
            "0.39",
        ),
        twice(
            "extension-twice-from-1",
            "An extension with the identifier 1.0.5 twice.",
            &[40, 5],
            "1.0.5",
        ),
        twice(
            "extension-twice-below-2",
            "An extension with the identifier 1.39 twice.",
            &[79],
            "1.39",
        ),
        twice(
            "extension-twice-from-2",
            "An extension with the identifier 2.0.0 twice.",
            &[80, 0],
            "2.0.0",
        ),
        twice(
            "extension-twice-long-number",
            "An extension with the identifier 2.999.16385 twice, whose numbers need more than a \
             byte.",
            &[0x88, 0x37, 0x81, 0x80, 0x01],
            "2.999.16385",
        ),
        many(
            "extensions-many",
            "Forty extensions that nobody knows, each another.",
            &forty,
        ),
        many(
            "extensions-many-first-twice",
            "Forty extensions, of which the first comes once more at the end.",
            &and_again(0),
        )
        .go_refuses(duplicate("1.3.6.1.4.1.99999.0"))
        .unlike("extensions-many"),
        many(
            "extensions-many-last-twice",
            "Forty extensions, of which the last comes twice in a row.",
            &and_again(39),
        )
        .go_refuses(duplicate("1.3.6.1.4.1.99999.39"))
        .unlike("extensions-many"),
    ]
}

fn duplicate(dotted: &str) -> String {
    format!("certificate contains duplicate extension with OID \"{dotted}\"")
}

/// Which of two faults is told.
fn order(maker: &Maker) -> Vec<Vector> {
    // The basic constraints come first in a root, then the subject key identifier.
    let bad_content = extension(BASIC_CONSTRAINTS, true, &[]);
    let after_it = |condition: &str, description: &str, more: Vec<u8>| {
        with_root(maker, condition, description, |root| {
            root.extensions = vec![bad_content.clone(), more];
        })
    };
    vec![
        after_it(
            "extension-order-contents",
            "Basic constraints and a subject key identifier, both empty: the first is told.",
            extension(SUBJECT_KEY_ID, false, &[]),
        )
        .go_refuses("invalid basic constraints")
        .unlike("extension-order-content-then-frame"),
        after_it(
            "extension-order-content-then-frame",
            "Empty basic constraints before an extension without identifier: the frame is told.",
            sequence(&[]),
        )
        .go_refuses("malformed extension OID field")
        .unlike("extension-order-contents"),
        after_it(
            "extension-order-content-then-duplicate",
            "Empty basic constraints twice: that they come twice is told.",
            bad_content.clone(),
        )
        .go_refuses(duplicate("2.5.29.19"))
        .unlike("extension-order-contents"),
    ]
}
