//! What a key may be used for, and whose it is: key usage, extended key usage, basic constraints and
//! the identifiers of keys.

use super::build::{identifier, with_extension, with_root};
use crate::certificate::{
    BASIC_CONSTRAINTS, BOOLEAN, INTEGER, KEY_USAGE, OCTET_STRING, SEQUENCE, SUBJECT_KEY_ID,
    UTF8_STRING, element, sequence,
};
use crate::maker::Maker;
use crate::vector::Vector;

const AUTHORITY_KEY_ID: u8 = 35;
const EXTENDED_KEY_USAGE: u8 = 37;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [
        key_usage,
        extended_key_usage,
        basic_constraints,
        path_length,
        key_identifiers,
    ]
    .iter()
    .flat_map(|vectors| vectors(maker))
    .collect()
}

fn key_usage(maker: &Maker) -> Vec<Vector> {
    let usage = |condition: &str, description: &str, value: &[u8]| {
        with_extension(maker, condition, description, KEY_USAGE, value)
    };
    vec![
        with_root(
            maker,
            "key-usage-none",
            "A root without a key usage, which may sign everything.",
            |root| {
                let last = [0x55, 0x1d, KEY_USAGE];
                let is_other = |extension: &Vec<u8>| !extension[4..].starts_with(&last);
                root.extensions.retain(is_other);
            },
        ),
        usage(
            "key-usage-cert-sign",
            "A key usage that is keyCertSign alone.",
            &[3, 2, 2, 0x04],
        ),
        usage(
            "key-usage-crl-sign",
            "A key usage that is cRLSign alone, so that the root signs no server's certificate.",
            &[3, 2, 1, 0x02],
        )
        .finds(&["ca-no-cert-sign"])
        .unlike("key-usage-cert-sign"),
        usage(
            "key-usage-digital-signature",
            "A key usage that is digitalSignature alone, as that of a server is.",
            &[3, 2, 7, 0x80],
        )
        .finds(&["ca-no-cert-sign"])
        .unlike("key-usage-cert-sign"),
        usage(
            "key-usage-decipher-only",
            "A key usage that is decipherOnly alone, the ninth bit and the last that Go reads.",
            &[3, 3, 7, 0x00, 0x80],
        )
        .finds(&["ca-no-cert-sign"])
        .unlike("key-usage-tenth-bit"),
        usage(
            "key-usage-tenth-bit",
            "A key usage with the tenth bit alone, which Go does not read: it takes it for none, and \
             a root with none may sign.",
            &[3, 3, 6, 0x00, 0x40],
        ),
        usage(
            "key-usage-no-bits",
            "A key usage of no bits, which Go takes for none.",
            &[3, 1, 0],
        ),
        usage(
            "key-usage-trailing-zero-bit",
            "keyCertSign and cRLSign with a zero bit behind, which DER leaves out.",
            &[3, 2, 0, 0x06],
        ),
        usage(
            "key-usage-bytes-behind",
            "A byte behind the bits of the key usage; Go leaves it alone.",
            &[3, 2, 1, 0x06, 0],
        ),
        usage("key-usage-empty", "A key usage with nothing in it.", &[])
            .go_refuses("invalid key usage")
            .unlike("key-usage-no-bits"),
        usage(
            "key-usage-no-count",
            "A key usage without the byte that counts the unused bits.",
            &[3, 0],
        )
        .go_refuses("invalid key usage")
        .unlike("key-usage-no-bits"),
        usage(
            "key-usage-unused-without-bits",
            "A key usage of no bits, of which one is unused.",
            &[3, 1, 1],
        )
        .go_refuses("invalid key usage")
        .unlike("key-usage-no-bits"),
        usage(
            "key-usage-unused-bit-set",
            "A key usage whose unused bit is one in place of zero.",
            &[3, 2, 1, 0x07],
        )
        .go_refuses("invalid key usage")
        .unlike("key-usage-trailing-zero-bit"),
        usage(
            "key-usage-seven-unused",
            "A key usage with one bit and seven unused ones, of which the first is set.",
            &[3, 2, 7, 0x40],
        )
        .go_refuses("invalid key usage")
        .unlike("key-usage-digital-signature"),
        usage(
            "key-usage-eight-unused",
            "A key usage with eight unused bits, a whole byte.",
            &[3, 2, 8, 0x00],
        )
        .go_refuses("invalid key usage")
        .unlike("key-usage-digital-signature"),
        usage(
            "key-usage-as-octets",
            "A key usage that is an octet string in place of a bit string.",
            &[OCTET_STRING, 2, 1, 0x06],
        )
        .go_refuses("invalid key usage")
        .unlike("key-usage-cert-sign"),
    ]
}

/// id-kp, 1.3.6.1.5.5.7.3, and the purpose's number.
fn purpose(last: u8) -> Vec<u8> {
    identifier(&[0x2b, 6, 1, 5, 5, 7, 3, last])
}

fn extended_key_usage(maker: &Maker) -> Vec<Vector> {
    let usage = |condition: &str, description: &str, purposes: &[&[u8]]| {
        let value = sequence(purposes);
        with_extension(maker, condition, description, EXTENDED_KEY_USAGE, &value)
    };
    let (server, client) = (purpose(1), purpose(2));
    let any = identifier(&[0x55, 0x1d, 37, 0]);
    let own = identifier(&[0x2b, 6, 1, 4, 1, 0x86, 0x8d, 0x1f, 1]);
    let invalid = "invalid extended key usages";
    vec![
        usage(
            "purpose-server",
            "A root for the certificates of servers alone.",
            &[&server],
        ),
        usage(
            "purpose-client",
            "A root for the certificates of clients alone: dialing fails.",
            &[&client],
        )
        .finds(&["ca-unusable"])
        .unlike("purpose-client-and-server"),
        usage(
            "purpose-client-and-server",
            "A root for the certificates of clients and of servers.",
            &[&client, &server],
        ),
        usage(
            "purpose-any",
            "A root for the certificates of clients and for any other.",
            &[&client, &any],
        ),
        usage(
            "purpose-unknown",
            "A root for a purpose that nobody knows.",
            &[&own],
        )
        .finds(&["ca-unusable"])
        .unlike("purpose-any"),
        usage(
            "purpose-none",
            "A root with a list of no purposes, which Go takes for any.",
            &[],
        ),
        usage(
            "purpose-as-text",
            "A root for servers and for a purpose that is a text in place of an identifier.",
            &[&server, &element(UTF8_STRING, b"server")],
        )
        .go_refuses(invalid)
        .unlike("purpose-server"),
        usage(
            "purpose-empty-identifier",
            "A root for servers and for a purpose that is an empty identifier.",
            &[&server, &identifier(&[])],
        )
        .go_refuses(invalid)
        .unlike("purpose-unknown"),
        usage(
            "purpose-too-large",
            "A root for servers and for a purpose with a number above 2147483647.",
            &[&server, &identifier(&[0x2a, 0x88, 0x80, 0x80, 0x80, 0x00])],
        )
        .go_refuses(invalid)
        .unlike("purpose-unknown"),
        with_extension(
            maker,
            "purpose-without-list",
            "An extended key usage that is the purpose itself, without a list around it.",
            EXTENDED_KEY_USAGE,
            &server,
        )
        .go_refuses(invalid)
        .unlike("purpose-server"),
        with_root(
            maker,
            "purpose-server-critical",
            "A root for the certificates of servers alone, and critical; Go knows the extension.",
            |root| root.put_extension(EXTENDED_KEY_USAGE, true, &sequence(&[&server])),
        ),
    ]
}

fn basic_constraints(maker: &Maker) -> Vec<Vector> {
    let constraints = |condition: &str, description: &str, fields: &[&[u8]]| {
        let value = sequence(fields);
        with_extension(maker, condition, description, BASIC_CONSTRAINTS, &value)
    };
    vec![
        constraints(
            "ca-not-critical",
            "Basic constraints of a CA that are not critical, as RFC 5280 wants them to be.",
            &[&[BOOLEAN, 1, 0xff]],
        ),
        constraints(
            "ca-unsaid",
            "Basic constraints that do not say CA, which makes none.",
            &[],
        )
        .finds(&["ca-not-a-ca"])
        .unlike("ca-not-critical"),
        constraints(
            "ca-false",
            "Basic constraints that say FALSE for CA, which DER leaves out.",
            &[&[BOOLEAN, 1, 0]],
        )
        .finds(&["ca-not-a-ca"])
        .unlike("ca-not-critical"),
        constraints(
            "ca-one",
            "Basic constraints that say 01 for CA, which is true in BER only.",
            &[&[BOOLEAN, 1, 1]],
        )
        .go_refuses("invalid basic constraints")
        .unlike("ca-not-critical"),
        constraints(
            "ca-as-octets",
            "Basic constraints with an octet string in place of the truth about CA: Go sees neither a \
             CA nor a fault.",
            &[&[OCTET_STRING, 1, 0xff]],
        )
        .finds(&["ca-not-a-ca"])
        .unlike("ca-not-critical"),
        constraints(
            "ca-and-bytes-behind",
            "Basic constraints of a CA with a text behind; Go leaves it alone.",
            &[&[BOOLEAN, 1, 0xff], &element(UTF8_STRING, b"and more")],
        ),
        constraints(
            "ca-behind-path-length",
            "Basic constraints whose path length comes before the truth about CA, which Go then does \
             not see.",
            &[&[INTEGER, 1, 0], &[BOOLEAN, 1, 0xff]],
        )
        .finds(&["ca-not-a-ca"])
        .unlike("path-length-zero"),
        with_extension(
            maker,
            "ca-without-sequence",
            "Basic constraints that are the truth about CA itself, without a sequence around it.",
            BASIC_CONSTRAINTS,
            &[BOOLEAN, 1, 0xff],
        )
        .go_refuses("invalid basic constraints")
        .unlike("ca-not-critical"),
        with_extension(
            maker,
            "ca-cut-off",
            "Basic constraints that end within the truth about CA.",
            BASIC_CONSTRAINTS,
            &[SEQUENCE, 2, BOOLEAN, 1],
        )
        .go_refuses("invalid basic constraints")
        .unlike("ca-not-critical"),
    ]
}

fn path_length(maker: &Maker) -> Vec<Vector> {
    let length = |condition: &str, description: &str, digits: &[u8]| {
        let value = sequence(&[&[BOOLEAN, 1, 0xff], &element(INTEGER, digits)]);
        with_extension(maker, condition, description, BASIC_CONSTRAINTS, &value)
    };
    let refused = |condition: &str, description: &str, digits: &[u8], near_miss: &str| {
        length(condition, description, digits)
            .go_refuses("invalid basic constraints")
            .unlike(near_miss)
    };
    vec![
        length(
            "path-length-zero",
            "A root with the path length 0, which signs servers but no CA.",
            &[0],
        ),
        length(
            "path-length-largest",
            "A root with the path length 9223372036854775807, the largest that Go takes.",
            &[0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        ),
        refused(
            "path-length-too-large",
            "A root with the path length 9223372036854775808.",
            &[0, 0x80, 0, 0, 0, 0, 0, 0, 0],
            "path-length-largest",
        ),
        refused(
            "path-length-nine-bytes",
            "A root with a path length of nine bytes, of which the first is no zero.",
            &[1, 0, 0, 0, 0, 0, 0, 0, 0],
            "path-length-largest",
        ),
        refused(
            "path-length-negative",
            "A root with the path length -1.",
            &[0xff],
            "path-length-zero",
        ),
        refused(
            "path-length-empty",
            "A root with a path length of no bytes.",
            &[],
            "path-length-zero",
        ),
        refused(
            "path-length-padded",
            "A root with the path length 127 and a zero byte before it.",
            &[0, 0x7f],
            "path-length-needed-zero",
        ),
        length(
            "path-length-needed-zero",
            "A root with the path length 128, which needs a zero byte before it.",
            &[0, 0x80],
        ),
        {
            let value = sequence(&[&[INTEGER, 1, 0]]);
            with_extension(
                maker,
                "path-length-without-ca",
                "A path length in basic constraints that make no CA.",
                BASIC_CONSTRAINTS,
                &value,
            )
            .finds(&["ca-not-a-ca"])
            .unlike("path-length-zero")
        },
    ]
}

fn key_identifiers(maker: &Maker) -> Vec<Vector> {
    let subject = |condition: &str, description: &str, value: &[u8]| {
        with_extension(maker, condition, description, SUBJECT_KEY_ID, value)
    };
    let authority = |condition: &str, description: &str, value: &[u8]| {
        with_extension(maker, condition, description, AUTHORITY_KEY_ID, value)
    };
    let critical = |condition: &str, description: &str, last: u8, name: &str, near_miss: &str| {
        with_root(maker, condition, description, |root| {
            root.put_extension(last, true, &[]);
        })
        .go_refuses(format!("{name} incorrectly marked critical"))
        .unlike(near_miss)
    };
    let (of_subject, of_authority) = ("subject key identifier", "authority key identifier");
    vec![
        subject(
            "subject-key-id-empty-octets",
            "A subject key identifier of no bytes.",
            &[OCTET_STRING, 0],
        ),
        subject(
            "subject-key-id-bytes-behind",
            "A byte behind the subject key identifier; Go leaves it alone.",
            &[OCTET_STRING, 1, 7, 0],
        ),
        subject(
            "subject-key-id-empty",
            "A subject key identifier with nothing in it.",
            &[],
        )
        .go_refuses("invalid subject key identifier")
        .unlike("subject-key-id-empty-octets"),
        subject(
            "subject-key-id-bare",
            "A subject key identifier as bare bytes, without an octet string around them.",
            b"0123456789abcdefghij",
        )
        .go_refuses("invalid subject key identifier")
        .unlike("subject-key-id-empty-octets"),
        critical(
            "subject-key-id-critical",
            "A critical subject key identifier, which is empty too; that it is critical is told.",
            SUBJECT_KEY_ID,
            of_subject,
            "subject-key-id-empty",
        ),
        authority(
            "authority-key-id",
            "An authority key identifier.",
            &sequence(&[&element(0x80, b"the issuer's key")]),
        ),
        authority(
            "authority-key-id-empty-sequence",
            "An authority key identifier that identifies nothing.",
            &sequence(&[]),
        ),
        authority(
            "authority-key-id-serial-only",
            "An authority key identifier with a serial number alone, cut off; Go does not look at \
             it.",
            &[SEQUENCE, 2, 0x82, 9],
        ),
        authority(
            "authority-key-id-cut-off",
            "An authority key identifier whose key is cut off.",
            &[SEQUENCE, 2, 0x80, 9],
        )
        .go_refuses("invalid authority key identifier")
        .unlike("authority-key-id-serial-only"),
        authority(
            "authority-key-id-octets",
            "An authority key identifier as an octet string, as the subject's is.",
            &element(OCTET_STRING, b"the issuer's key"),
        )
        .go_refuses("invalid authority key identifier")
        .unlike("authority-key-id"),
        critical(
            "authority-key-id-critical",
            "A critical authority key identifier, which is empty too; that it is critical is told.",
            AUTHORITY_KEY_ID,
            of_authority,
            "authority-key-id-empty-sequence",
        ),
    ]
}
