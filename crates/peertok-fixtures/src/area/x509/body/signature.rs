//! The signature: Go reads it as a bit string, and never checks that of a root.

use super::build::{Case, changed, refused, taken};
use crate::certificate::{BIT_STRING, Certificate, bit_string, common_name, element};
use crate::maker::Maker;
use crate::vector::Vector;

const SIGNATURE: &str = "x509: malformed signature";

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    // Of one that another CA issued nobody can tell whether the signature is right.
    let put = |root: &mut Certificate, part| {
        root.subject = common_name("pri-2.consul.ca");
        root.signature = Some(part);
    };
    let cases = cases().into_iter().map(|case| case.vector(maker, put));
    cases.chain(checked(maker)).collect()
}

fn cases() -> Vec<Case> {
    vec![
        refused(
            "signature-absent",
            "No signature.",
            [],
            SIGNATURE,
            "signature-empty",
        ),
        refused(
            "signature-octets",
            "An octet string in place of the signature's bits.",
            element(0x04, &[0, 0x2a]),
            SIGNATURE,
            "signature-of-one-byte",
        ),
        taken(
            "signature-of-one-byte",
            "A signature of one byte.",
            bit_string(&[0x2a]),
        ),
        refused(
            "signature-of-no-bytes",
            "A bit string without the byte that tells how many bits are unused.",
            element(BIT_STRING, &[]),
            SIGNATURE,
            "signature-empty",
        ),
        taken(
            "signature-with-unused-bits",
            "A signature whose last seven bits are unused, and zero.",
            element(BIT_STRING, &[7, 0x80]),
        ),
        refused(
            "signature-with-eight-unused-bits",
            "A signature with eight unused bits, a whole byte.",
            element(BIT_STRING, &[8, 0x80, 0]),
            SIGNATURE,
            "signature-with-unused-bits",
        ),
        refused(
            "signature-with-unused-bits-set",
            "A signature whose unused bits are not zero.",
            element(BIT_STRING, &[7, 0xc0]),
            SIGNATURE,
            "signature-with-unused-bits",
        ),
        refused(
            "signature-with-the-first-unused-bit-set",
            "A signature with one unused bit, which is set.",
            element(BIT_STRING, &[1, 0x81]),
            SIGNATURE,
            "signature-with-unused-bits",
        ),
        refused(
            "signature-empty-with-unused-bits",
            "A signature of no bits, some of which are unused.",
            element(BIT_STRING, &[1]),
            SIGNATURE,
            "signature-empty",
        ),
        refused(
            "signature-too-long",
            "A signature that claims to go on beyond the certificate.",
            [BIT_STRING, 0x82, 0x7f, 0xff],
            SIGNATURE,
            "signature-of-one-byte",
        ),
    ]
}

/// Signatures of a root over itself.
fn checked(maker: &Maker) -> Vec<Vector> {
    let wrong = |condition: &str, description: &str, change: fn(&mut Certificate)| {
        changed(maker, condition, description, change)
            .finds(&["ca-signature"])
            .unlike("sound")
    };
    vec![
        wrong(
            "signature-empty",
            "A signature of no bits, which Go takes, since it does not check it.",
            |root| root.signature = Some(bit_string(&[])),
        ),
        wrong(
            "signature-wrong",
            "A signature that is well-formed, and not that of this root.",
            |root| {
                let number = element(0x02, &[0x2a; 32]);
                let signature = element(0x30, &number.repeat(2));
                root.signature = Some(bit_string(&signature));
            },
        ),
        changed(
            maker,
            "signature-malformed-and-trailing-data",
            "No signature, and a byte behind the certificate, which is told last.",
            |root| {
                root.subject = common_name("pri-2.consul.ca");
                root.signature = Some(Vec::new());
                root.trailing = vec![0];
            },
        )
        .bad_root(SIGNATURE)
        .unlike("trailing-byte"),
    ]
}
