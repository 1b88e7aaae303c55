//! The unique identifiers of issuer and subject, which hardly any certificate has.

use super::build::{Case, refused, taken};
use crate::certificate::{Certificate, bit_string, element};
use crate::maker::Maker;
use crate::vector::Vector;

const ISSUER: &str = "x509: malformed issuerUniqueID";
const SUBJECT: &str = "x509: malformed subjectUniqueID";

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    let put = |root: &mut Certificate, part| root.identifiers = part;
    let in_version_2 = |root: &mut Certificate, part| {
        root.version = vec![0xa0, 3, 2, 1, 1];
        put(root, part);
    };
    let in_version_1 = |root: &mut Certificate, part| {
        root.version = Vec::new();
        put(root, part);
    };
    let cases = cases().into_iter().map(|case| case.vector(maker, put));
    cases
        .chain([
            refused(
                "issuer-id-too-long-in-version-2",
                "An identifier of the issuer that claims to go on beyond the signed part, in \
                 version 2.",
                [0x81, 0x82, 0x7f, 0xff],
                ISSUER,
                "issuer-id-too-long-in-version-1",
            )
            .vector(maker, in_version_2),
            taken(
                "issuer-id-too-long-in-version-1",
                "An identifier of the issuer that claims to go on beyond the signed part, in version \
                 1, which has none.",
                [0x81, 0x82, 0x7f, 0xff],
            )
            .vector(maker, in_version_1),
        ])
        .collect()
}

fn cases() -> Vec<Case> {
    let issuer = element(0x81, &[0, 0x2a]);
    let subject = element(0x82, &[0, 0x2b]);
    vec![
        taken(
            "issuer-id",
            "A unique identifier of the issuer.",
            issuer.clone(),
        ),
        taken(
            "subject-id",
            "A unique identifier of the subject.",
            subject.clone(),
        ),
        taken(
            "both-ids",
            "Unique identifiers of issuer and subject.",
            [issuer.clone(), subject.clone()].concat(),
        ),
        taken(
            "ids-of-no-bytes",
            "Identifiers of no bytes, which are no bit strings; nobody looks into them.",
            [0x81, 0, 0x82, 0],
        ),
        refused(
            "issuer-id-too-long",
            "An identifier of the issuer that claims to go on beyond the signed part.",
            [0x81, 0x82, 0x7f, 0xff],
            ISSUER,
            "issuer-id",
        ),
        refused(
            "subject-id-too-long",
            "An identifier of the subject that claims to go on beyond the signed part.",
            [0x82, 0x82, 0x7f, 0xff],
            SUBJECT,
            "subject-id",
        ),
        refused(
            "subject-id-too-long-behind-issuer-id",
            "A sound identifier of the issuer, and one of the subject that claims to go on beyond \
             the signed part.",
            [issuer.as_slice(), &[0x82, 0x82, 0x7f, 0xff]].concat(),
            SUBJECT,
            "both-ids",
        ),
        taken(
            "ids-in-the-wrong-order",
            "The subject's identifier before the issuer's: Go reads the first, and takes what \
             follows for none of the parts that it knows, the basic constraints among them.",
            [subject, issuer.clone()].concat(),
        )
        .finds(&["ca-not-a-ca"]),
        taken(
            "issuer-id-twice",
            "Two identifiers of the issuer, the second of which ends what Go reads.",
            issuer.repeat(2),
        )
        .finds(&["ca-not-a-ca"]),
        taken(
            "issuer-id-explicit",
            "An identifier of the issuer around a whole bit string, which ends what Go reads.",
            element(0xa1, &bit_string(&[0x2a])),
        )
        .finds(&["ca-not-a-ca"]),
    ]
}
