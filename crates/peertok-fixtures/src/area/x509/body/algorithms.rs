//! The algorithm of the signature, which stands twice, and the object identifier in it.

use super::build::{Case, changed, refused, taken};
use crate::certificate::{
    ECDSA_WITH_SHA256, NULL, OBJECT_IDENTIFIER, SEQUENCE, SET, algorithm, element, sequence,
};
use crate::maker::Maker;
use crate::vector::Vector;

const MISMATCH: &str = "x509: inner and outer signature algorithm identifiers don't match";
const OID: &str = "x509: malformed OID";
const PARAMETERS: &str = "x509: malformed parameters";

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    let both = identifiers().into_iter().chain(parameters());
    let both = both.map(|case| case.vector(maker, |root, part| root.algorithm = part));
    both.chain(inner_and_outer(maker)).collect()
}

/// The two places, which have to hold the same.
fn inner_and_outer(maker: &Maker) -> Vec<Vector> {
    let ecdsa = element(OBJECT_IDENTIFIER, ECDSA_WITH_SHA256);
    let sound = sequence(&[&ecdsa]);
    let outer = |condition: &str, description: &str, outer: Vec<u8>| {
        changed(maker, condition, description, |root| {
            root.outer_algorithm = Some(outer);
        })
    };
    vec![
        changed(
            maker,
            "algorithm-inside-set",
            "A set in place of the sequence that the signature's algorithm is, in the signed part.",
            |root| {
                root.algorithm = element(SET, &ecdsa);
                root.outer_algorithm = Some(sound.clone());
            },
        )
        .bad_root("x509: malformed signature algorithm identifier")
        .unlike("algorithm-outside-set"),
        changed(
            maker,
            "algorithm-inside-absent",
            "No algorithm of the signature in the signed part: the issuer stands in its place, and \
             differs from what is outside.",
            |root| {
                root.algorithm = Vec::new();
                root.outer_algorithm = Some(sound.clone());
            },
        )
        .bad_root(MISMATCH)
        .unlike("sound"),
        outer(
            "algorithm-outside-set",
            "A set in place of the sequence that the signature's algorithm is, outside of the signed \
             part.",
            element(SET, &ecdsa),
        )
        .bad_root("x509: malformed algorithm identifier")
        .unlike("algorithm-inside-set"),
        outer(
            "algorithm-outside-absent",
            "No algorithm of the signature outside of the signed part.",
            Vec::new(),
        )
        .bad_root("x509: malformed algorithm identifier")
        .unlike("sound"),
        outer(
            "algorithms-differ",
            "Another algorithm outside of the signed part than inside, 2.999.",
            algorithm(&[0x88, 0x37], &[]),
        )
        .bad_root(MISMATCH)
        .unlike("algorithm-unknown"),
        outer(
            "algorithms-differ-in-parameters",
            "The same algorithm outside of the signed part, with parameters that say nothing.",
            algorithm(ECDSA_WITH_SHA256, &[NULL, 0]),
        )
        .bad_root(MISMATCH)
        .unlike("algorithm-with-null"),
        changed(
            maker,
            "algorithms-differ-and-are-malformed",
            "Algorithms without identifiers that differ: they are compared before they are read.",
            |root| {
                root.algorithm = vec![SEQUENCE, 0];
                root.outer_algorithm = Some(vec![SEQUENCE, 2, NULL, 0]);
            },
        )
        .bad_root(MISMATCH)
        .unlike("algorithm-empty"),
    ]
}

/// Identifiers of the algorithm. None of them but the sound one is known, which is no reason to
/// refuse a root.
fn identifiers() -> Vec<Case> {
    let named = |identifier: &[u8]| algorithm(identifier, &[]);
    vec![
        taken(
            "algorithm-unknown",
            "A signature's algorithm that nobody knows, 2.999.",
            named(&[0x88, 0x37]),
        ),
        refused(
            "algorithm-empty",
            "An algorithm without an identifier.",
            [SEQUENCE, 0],
            OID,
            "algorithm-unknown",
        ),
        refused(
            "algorithm-without-identifier",
            "Parameters in place of the algorithm's identifier.",
            sequence(&[&[NULL, 0]]),
            OID,
            "algorithm-with-null",
        ),
        refused(
            "identifier-of-no-bytes",
            "An identifier of no bytes.",
            named(&[]),
            OID,
            "identifier-of-one-byte",
        ),
        taken(
            "identifier-of-one-byte",
            "The identifier 0.0, of one zero byte.",
            named(&[0]),
        ),
        taken(
            "identifier-greatest-first-number",
            "The identifier 2.2147483567, whose first two numbers together are 31 bits.",
            named(&[0x87, 0xff, 0xff, 0xff, 0x7f]),
        ),
        refused(
            "identifier-first-number-too-great",
            "The identifier 2.2147483568, whose first two numbers together are 32 bits.",
            named(&[0x88, 0x80, 0x80, 0x80, 0x00]),
            OID,
            "identifier-greatest-first-number",
        ),
        taken(
            "identifier-greatest-number",
            "The identifier 1.2.2147483647, whose last number is 31 bits.",
            named(&[0x2a, 0x87, 0xff, 0xff, 0xff, 0x7f]),
        ),
        refused(
            "identifier-number-too-great",
            "The identifier 1.2.2147483648, whose last number is 32 bits.",
            named(&[0x2a, 0x88, 0x80, 0x80, 0x80, 0x00]),
            OID,
            "identifier-greatest-number",
        ),
        refused(
            "identifier-number-of-six-bytes",
            "An identifier with a number in six bytes.",
            named(&[0x2a, 0x81, 0x80, 0x80, 0x80, 0x80, 0x00]),
            OID,
            "identifier-greatest-number",
        ),
        refused(
            "identifier-padded-at-first",
            "An identifier whose first number begins with a byte that says nothing.",
            named(&[0x80, 0x2a]),
            OID,
            "identifier-of-one-byte",
        ),
        refused(
            "identifier-padded-later",
            "An identifier whose last number begins with a byte that says nothing.",
            named(&[0x2a, 0x80, 0x01]),
            OID,
            "identifier-with-zeros-within",
        ),
        taken(
            "identifier-with-zeros-within",
            "An identifier with a number whose second byte says nothing, but is not the first.",
            named(&[0x2a, 0x81, 0x80, 0x01]),
        ),
        refused(
            "identifier-cut-off",
            "An identifier whose last number does not end.",
            named(&[0x2a, 0x81]),
            OID,
            "identifier-with-zeros-within",
        ),
        refused(
            "identifier-cut-off-behind-zeros",
            "An identifier whose last number does not end, and whose last byte says nothing.",
            named(&[0x2a, 0x81, 0x80]),
            OID,
            "identifier-with-zeros-within",
        ),
        refused(
            "identifier-cut-off-at-first",
            "An identifier whose only number does not end.",
            named(&[0x81]),
            OID,
            "identifier-of-one-byte",
        ),
        refused(
            "identifier-relative",
            "A relative object identifier in place of the algorithm's.",
            sequence(&[&element(0x0d, ECDSA_WITH_SHA256)]),
            OID,
            "sound",
        ),
    ]
}

/// What follows the identifier.
fn parameters() -> Vec<Case> {
    let with = |parameters: &[u8]| algorithm(ECDSA_WITH_SHA256, parameters);
    vec![
        taken(
            "algorithm-with-null",
            "Parameters that say nothing, which ECDSA should not have.",
            with(&[NULL, 0]),
        ),
        taken(
            "algorithm-with-any-parameters",
            "Parameters of a tag that means nothing there.",
            with(&[0x9e, 1, 0]),
        ),
        taken(
            "algorithm-with-trailing-bytes",
            "A byte behind the parameters, which nobody reads.",
            with(&[NULL, 0, 0xff]),
        ),
        refused(
            "parameters-without-length",
            "Parameters that are a tag alone.",
            with(&[NULL]),
            PARAMETERS,
            "algorithm-with-null",
        ),
        refused(
            "parameters-too-long",
            "Parameters that claim to go on beyond the algorithm.",
            with(&[NULL, 1]),
            PARAMETERS,
            "algorithm-with-null",
        ),
        refused(
            "parameters-with-tag-31",
            "Parameters whose tag goes on in a second byte, which Go's reader does not know.",
            with(&[[0x9f, 0x1f, 30].as_slice(), &[0; 30]].concat()),
            PARAMETERS,
            "algorithm-with-any-parameters",
        ),
    ]
}
