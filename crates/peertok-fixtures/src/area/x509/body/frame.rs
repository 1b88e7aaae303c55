//! The frame: tags and lengths, as Go's `cryptobyte` reads DER, and what stands around the parts.

use super::build::{changed, recoded};
use crate::certificate::{NULL, SEQUENCE, element};
use crate::maker::Maker;
use crate::vector::Vector;

const CERTIFICATE: &str = "x509: malformed certificate";
const TBS: &str = "x509: malformed tbs certificate";
const ISSUER_ID: &str = "x509: malformed issuerUniqueID";
const TRAILING: &str = "x509: trailing data";

/// The tag of the issuer's unique identifier, which may hold anything.
const UNIQUE: u8 = 0x81;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [whole, outer_lengths, inner_lengths]
        .iter()
        .flat_map(|vectors| vectors(maker))
        .collect()
}

/// The certificate as a whole, and what follows its parts.
fn whole(maker: &Maker) -> Vec<Vector> {
    vec![
        changed(maker, "sound", "A root as Consul makes its own.", |_| {}),
        recoded(
            maker,
            "one-byte",
            "Nothing but the tag of a sequence.",
            |der| der.truncate(1),
        )
        .bad_root(CERTIFICATE)
        .unlike("empty-sequence"),
        recoded(
            maker,
            "empty-sequence",
            "A sequence of nothing in place of the certificate.",
            |der| *der = vec![SEQUENCE, 0],
        )
        .bad_root(TBS)
        .unlike("one-byte"),
        recoded(
            maker,
            "cut-off",
            "The last byte of the certificate missing.",
            |der| der.truncate(der.len() - 1),
        )
        .bad_root(CERTIFICATE)
        .unlike("sound"),
        recoded(
            maker,
            "trailing-byte",
            "A zero byte behind the certificate.",
            |der| der.push(0),
        )
        .bad_root(TRAILING)
        .unlike("trailing-in-the-certificate"),
        recoded(
            maker,
            "trailing-certificate",
            "The certificate twice in one PEM block.",
            |der| der.extend_from_within(..),
        )
        .bad_root(TRAILING)
        .unlike("trailing-in-the-certificate"),
        recoded(
            maker,
            "trailing-in-the-certificate",
            "A NULL behind the signature, within the certificate, which nobody reads.",
            |der| *der = element(SEQUENCE, &[content(der), &[NULL, 0]].concat()),
        ),
        changed(
            maker,
            "trailing-in-the-signed-part",
            "A NULL behind the extensions, within the signed part, which nobody reads.",
            |root| root.after_extensions = vec![NULL, 0],
        ),
        recoded(
            maker,
            "set",
            "A set in place of the sequence that the certificate is.",
            |der| der[0] = 0x31,
        )
        .bad_root(CERTIFICATE)
        .unlike("sound"),
        recoded(
            maker,
            "primitive-sequence",
            "The certificate's tag without the bit for what is constructed.",
            |der| der[0] = 0x10,
        )
        .bad_root(CERTIFICATE)
        .unlike("sound"),
        recoded(
            maker,
            "signed-part-set",
            "A set in place of the sequence that the signed part is.",
            |der| der[4] = 0x31,
        )
        .bad_root(TBS)
        .unlike("sound"),
        recoded(
            maker,
            "signed-part-too-long",
            "A signed part that claims to go on beyond the certificate.",
            |der| {
                // Its length is in two bytes.
                der[6] = 0x7f;
            },
        )
        .bad_root(TBS)
        .unlike("sound"),
        recoded(
            maker,
            "text",
            "Text in place of DER within the base64.",
            |der| *der = b"root of dc1".to_vec(),
        )
        .bad_root(CERTIFICATE)
        .unlike("sound"),
    ]
}

/// The certificate's content without tag and length, which is in two bytes.
fn content(der: &[u8]) -> &[u8] {
    &der[4..]
}

/// Forms of the outermost length.
fn outer_lengths(maker: &Maker) -> Vec<Vector> {
    let with_length = |condition: &str, description: &str, length: fn(u8, u8) -> Vec<u8>| {
        recoded(maker, condition, description, |der| {
            let length = length(der[2], der[3]);
            *der = [&[SEQUENCE], length.as_slice(), content(der)].concat();
        })
        .bad_root(CERTIFICATE)
        .unlike("sound")
    };
    vec![
        with_length(
            "length-with-a-leading-zero",
            "A length in three bytes where two are enough.",
            |high, low| vec![0x83, 0, high, low],
        ),
        with_length(
            "length-of-five-bytes",
            "A length in five bytes, more than 32 bits hold; the last two of them are right.",
            |high, low| vec![0x85, 1, 0, 0, high, low],
        ),
        with_length(
            "length-of-no-bytes",
            "An indefinite length, which BER has and DER has not.",
            |_, _| vec![0x80],
        ),
        with_length(
            "length-beyond-the-end",
            "A length of nearly four gigabytes.",
            |_, _| vec![0x84, 0xff, 0xff, 0xff, 0xff],
        ),
        recoded(
            maker,
            "length-cut-off",
            "A certificate that ends within its length.",
            |der| der.truncate(3),
        )
        .bad_root(CERTIFICATE)
        .unlike("sound"),
        recoded(
            maker,
            "length-indefinite-with-its-end",
            "An indefinite length and the two zero bytes that end such a content.",
            |der| *der = [&[SEQUENCE, 0x80], content(der), &[0, 0]].concat(),
        )
        .bad_root(CERTIFICATE)
        .unlike("sound"),
    ]
}

/// The lengths at which another form begins, at an identifier that may hold anything.
fn inner_lengths(maker: &Maker) -> Vec<Vector> {
    let with_identifier =
        |condition: &str, description: &str, head: &'static [u8], length: usize| {
            changed(maker, condition, description, |root| {
                root.identifiers = [&[UNIQUE], head, &vec![0x2a; length]].concat();
            })
        };
    vec![
        with_identifier(
            "content-of-127-bytes",
            "127 bytes, the most that a length in one byte tells.",
            &[0x7f],
            127,
        ),
        with_identifier(
            "content-of-128-bytes",
            "128 bytes, the least with a length in two bytes.",
            &[0x81, 0x80],
            128,
        ),
        with_identifier(
            "content-of-255-bytes",
            "255 bytes, the most with a length in two bytes.",
            &[0x81, 0xff],
            255,
        ),
        with_identifier(
            "content-of-256-bytes",
            "256 bytes, the least with a length in three bytes.",
            &[0x82, 0x01, 0x00],
            256,
        ),
        with_identifier(
            "content-of-127-bytes-in-the-long-form",
            "127 bytes with a length in two bytes where one is enough.",
            &[0x81, 0x7f],
            127,
        )
        .bad_root(ISSUER_ID)
        .unlike("content-of-127-bytes"),
        with_identifier(
            "content-of-255-bytes-in-the-longer-form",
            "255 bytes with a length in three bytes where two are enough.",
            &[0x82, 0x00, 0xff],
            255,
        )
        .bad_root(ISSUER_ID)
        .unlike("content-of-255-bytes"),
        with_identifier(
            "content-of-128-bytes-in-the-longer-form",
            "128 bytes with a length in three bytes where two are enough.",
            &[0x82, 0x00, 0x80],
            128,
        )
        .bad_root(ISSUER_ID)
        .unlike("content-of-128-bytes"),
    ]
}
