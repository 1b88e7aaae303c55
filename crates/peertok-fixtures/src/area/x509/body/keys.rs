//! Public keys: RSA, DSA and Ed25519, the frame around them all, and algorithms that Go does not
//! know. Keys on curves are in a file of their own.

use super::build::{Case, changed, refused, taken};
use crate::certificate::{
    BIT_STRING, Certificate, EC_PUBLIC_KEY, INTEGER, NULL, OBJECT_IDENTIFIER, P256, SEQUENCE, SET,
    algorithm, bit_string, common_name, element, sequence,
};
use crate::maker::Maker;
use crate::vector::Vector;

/// What Go up to 1.25 says of any bytes that are no point of their curve.
pub(super) const NO_POINT_ONCE: &str = "x509: failed to unmarshal elliptic curve point";

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const DSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

const RSA_PARAMETERS: &str = "x509: RSA key missing NULL parameters";
const RSA_KEY: &str = "x509: invalid RSA public key";
const RSA_MODULUS: &str = "x509: invalid RSA modulus";
const RSA_EXPONENT: &str = "x509: invalid RSA public exponent";
const RSA_NO_MODULUS: &str = "x509: RSA modulus is not a positive number";
const RSA_NO_EXPONENT: &str = "x509: RSA public exponent is not a positive number";
const DSA_KEY: &str = "x509: invalid DSA public key";
const DSA_PARAMETERS: &str = "x509: invalid DSA parameters";
const DSA_SIGN: &str = "x509: zero or negative DSA parameter";
const ED25519_SIZE: &str = "x509: wrong Ed25519 public key size";
const BITS: &str = "x509: malformed subjectPublicKey";

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    let modulus = odd_number(maker, 2048);
    let cases = frames(&maker.key.point()).into_iter();
    let cases = cases.chain(rsa_keys(maker, &modulus));
    let cases = cases.chain(rsa_frames(&modulus));
    let cases = cases.chain(dsa_keys()).chain(dsa_parameters());
    let cases = cases.chain(ed25519(maker)).chain(unknown());
    let issued = cases.map(|case| case.vector(maker, put));
    issued.chain([without_key(maker)]).collect()
}

/// Puts another key into the root, which the cluster's key issues: a root signs itself with its own.
pub(super) fn put(root: &mut Certificate, key: Vec<u8>) {
    root.subject = common_name("pri-2.consul.ca");
    root.key = key;
}

/// A public key with its algorithm, given that, its encoded parameters and the key's bits.
pub(super) fn key(identifier: &[u8], parameters: &[u8], key: &[u8]) -> Vec<u8> {
    sequence(&[&algorithm(identifier, parameters), &bit_string(key)])
}

/// A number of so many bits, encoded with its tag.
fn odd_number(maker: &Maker, bits: usize) -> Vec<u8> {
    let mut source = maker.source(&format!("modulus of {bits} bits"));
    let mut number: Vec<u8> = (0..bits.div_ceil(8)).map(|_| source.byte()).collect();
    let top = 1 << ((bits - 1) % 8);
    number[0] = number[0] & (top - 1) | top;
    if let Some(last) = number.last_mut() {
        *last |= 1;
    }
    if top == 0x80 {
        number.insert(0, 0);
    }
    element(INTEGER, &number)
}

fn without_key(maker: &Maker) -> Vector {
    changed(
        maker,
        "key-absent",
        "No public key: the extensions stand in its place.",
        |root| root.key = Vec::new(),
    )
    .bad_root("x509: malformed spki")
    .unlike("sound")
}

/// The frame around a key. The point is one on P-256.
fn frames(point: &[u8]) -> Vec<Case> {
    let p256 = algorithm(EC_PUBLIC_KEY, &element(OBJECT_IDENTIFIER, P256));
    let with_bits = |bits: &[u8]| sequence(&[&p256, bits]);
    vec![
        refused(
            "key-set",
            "A set in place of the sequence that key and algorithm are.",
            element(SET, &[p256.as_slice(), &bit_string(point)].concat()),
            "x509: malformed spki",
            "key-with-trailing-bytes",
        ),
        refused(
            "key-algorithm-set",
            "A set in place of the sequence that the key's algorithm is.",
            sequence(&[&element(SET, &p256[2..]), &bit_string(point)]),
            "x509: malformed public key algorithm identifier",
            "key-with-trailing-bytes",
        ),
        refused(
            "key-algorithm-without-identifier",
            "A key's algorithm without an identifier.",
            sequence(&[&[SEQUENCE, 0], &bit_string(point)]),
            "x509: malformed OID",
            "key-unknown",
        ),
        refused(
            "key-parameters-too-long",
            "A key whose parameters claim to go on beyond its algorithm.",
            key(EC_PUBLIC_KEY, &[OBJECT_IDENTIFIER, 1], point),
            "x509: malformed parameters",
            "key-unknown",
        ),
        refused(
            "key-octets",
            "An octet string in place of the key's bits.",
            with_bits(&element(0x04, point)),
            BITS,
            "key-with-trailing-bytes",
        ),
        refused(
            "key-without-bits",
            "A key's algorithm without a key.",
            with_bits(&[]),
            BITS,
            "key-unknown",
        ),
        refused(
            "key-with-eight-unused-bits",
            "A key with eight unused bits, a whole byte.",
            with_bits(&element(BIT_STRING, &[&[8], point, &[0]].concat())),
            BITS,
            "key-with-an-unused-bit",
        ),
        refused(
            "key-with-an-unused-bit-set",
            "A key with an unused bit that is not zero.",
            with_bits(&element(BIT_STRING, &[1, 0x05])),
            BITS,
            "key-with-an-unused-bit",
        ),
        taken(
            "key-with-an-unused-bit",
            "A key whose last bit is unused: Go moves all bits one down before it reads it.",
            with_bits(&element(BIT_STRING, &shifted(point, 1))),
        ),
        taken(
            "key-with-four-unused-bits",
            "A key whose last four bits are unused: Go moves all bits four down before it reads it.",
            with_bits(&element(BIT_STRING, &shifted(point, 4))),
        ),
        refused(
            "key-with-a-bit-too-many-in-use",
            "The same bits with one unused bit less, so that they are no point.",
            with_bits(&element(
                BIT_STRING,
                &[&[3], &shifted(point, 4)[1..]].concat(),
            )),
            "ecdsa: invalid uncompressed public key",
            "key-with-four-unused-bits",
        )
        .once(NO_POINT_ONCE),
        taken(
            "key-with-trailing-bytes",
            "A NULL behind the key's bits, which nobody reads.",
            with_bits(&[bit_string(point).as_slice(), &[NULL, 0]].concat()),
        ),
    ]
}

/// The content of a bit string whose last bits are unused, with the key moved up by as many. The
/// key's first byte is small.
fn shifted(key: &[u8], bits: u8) -> Vec<u8> {
    let mut content = vec![bits];
    let mut next = key.iter().skip(1).chain([&0]);
    content.extend(key.iter().map(|byte| {
        let next = next.next().copied().unwrap_or_default();
        byte << bits | next >> (8 - bits)
    }));
    content
}

/// An RSA key of modulus and exponent, each encoded with its tag.
fn rsa(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    key(RSA, &[NULL, 0], &sequence(&[modulus, exponent]))
}

const EXPONENT: &[u8] = &[INTEGER, 3, 1, 0, 1];

/// RSA keys by their numbers.
fn rsa_keys(maker: &Maker, modulus: &[u8]) -> Vec<Case> {
    let weak: &[_] = &["ca-weak-key"];
    let of_bits = |condition, description, bits| {
        taken(
            condition,
            description,
            rsa(&odd_number(maker, bits), EXPONENT),
        )
    };
    // Without the zero byte before it, it is a negative number.
    let negative = element(INTEGER, &modulus[5..]);
    let even = [&modulus[..modulus.len() - 1], &[0x2a]].concat();
    vec![
        of_bits("rsa-2048", "An RSA key of 2048 bits.", 2048),
        of_bits("rsa-2047", "An RSA key of 2047 bits.", 2047).finds(weak),
        of_bits(
            "rsa-1024",
            "An RSA key of 1024 bits, the least that Go verifies with.",
            1024,
        )
        .finds(weak),
        of_bits(
            "rsa-1023",
            "An RSA key of 1023 bits, with which Go verifies nothing.",
            1023,
        )
        .finds(weak),
        taken(
            "rsa-modulus-one",
            "An RSA key whose modulus is 1, the least that Go reads.",
            rsa(&[INTEGER, 1, 1], EXPONENT),
        )
        .finds(weak),
        refused(
            "rsa-modulus-zero",
            "An RSA key whose modulus is 0.",
            rsa(&[INTEGER, 1, 0], EXPONENT),
            RSA_NO_MODULUS,
            "rsa-modulus-one",
        )
        .finds(weak),
        refused(
            "rsa-modulus-negative",
            "An RSA key whose modulus lacks the zero byte before it, and is negative.",
            rsa(&negative, EXPONENT),
            RSA_NO_MODULUS,
            "rsa-2048",
        ),
        taken(
            "rsa-modulus-even",
            "An RSA key whose modulus is even, and so no product of two primes.",
            rsa(&even, EXPONENT),
        ),
        taken(
            "rsa-exponent-one",
            "An RSA key whose exponent is 1, the least that Go reads.",
            rsa(modulus, &[INTEGER, 1, 1]),
        ),
        refused(
            "rsa-exponent-zero",
            "An RSA key whose exponent is 0.",
            rsa(modulus, &[INTEGER, 1, 0]),
            RSA_NO_EXPONENT,
            "rsa-exponent-one",
        ),
        refused(
            "rsa-exponent-negative",
            "An RSA key whose exponent is -1.",
            rsa(modulus, &[INTEGER, 1, 0xff]),
            RSA_NO_EXPONENT,
            "rsa-exponent-one",
        ),
        taken(
            "rsa-exponent-greatest",
            "An RSA key with the greatest exponent that Go reads, of 63 bits.",
            rsa(
                modulus,
                &element(INTEGER, &[&[0x7f][..], &[0xff; 7]].concat()),
            ),
        ),
        refused(
            "rsa-exponent-too-great",
            "An RSA key with an exponent of 64 bits.",
            rsa(modulus, &element(INTEGER, &[0, 0x80, 0, 0, 0, 0, 0, 0, 1])),
            RSA_EXPONENT,
            "rsa-exponent-greatest",
        ),
        refused(
            "rsa-both-zero",
            "An RSA key of two zeros, of which the modulus is told.",
            rsa(&[INTEGER, 1, 0], &[INTEGER, 1, 0]),
            RSA_NO_MODULUS,
            "rsa-exponent-zero",
        )
        .finds(weak),
    ]
}

/// RSA keys by their frame.
fn rsa_frames(modulus: &[u8]) -> Vec<Case> {
    let numbers = sequence(&[modulus, EXPONENT]);
    vec![
        refused(
            "rsa-without-parameters",
            "An RSA key without the NULL that its algorithm has to have.",
            key(RSA, &[], &numbers),
            RSA_PARAMETERS,
            "rsa-2048",
        ),
        refused(
            "rsa-with-other-parameters",
            "An RSA key with a number for the NULL that its algorithm has to have.",
            key(RSA, &[INTEGER, 1, 0], &numbers),
            RSA_PARAMETERS,
            "rsa-2048",
        ),
        refused(
            "rsa-with-a-null-of-one-byte",
            "An RSA key with a NULL that is not empty.",
            key(RSA, &[NULL, 1, 0], &numbers),
            RSA_PARAMETERS,
            "rsa-with-bytes-behind-the-null",
        ),
        taken(
            "rsa-with-bytes-behind-the-null",
            "An RSA key with a byte behind the NULL of its algorithm, which nobody reads.",
            key(RSA, &[NULL, 0, 0xff], &numbers),
        ),
        refused(
            "rsa-without-key",
            "An RSA key of no bits.",
            key(RSA, &[NULL, 0], &[]),
            RSA_KEY,
            "rsa-2048",
        ),
        refused(
            "rsa-without-sequence",
            "The two numbers of an RSA key without the sequence around them.",
            key(RSA, &[NULL, 0], &[modulus, EXPONENT].concat()),
            RSA_KEY,
            "rsa-2048",
        ),
        refused(
            "rsa-without-numbers",
            "An RSA key without numbers.",
            key(RSA, &[NULL, 0], &[SEQUENCE, 0]),
            RSA_MODULUS,
            "rsa-without-exponent",
        ),
        refused(
            "rsa-without-exponent",
            "An RSA key without an exponent.",
            rsa(modulus, &[]),
            RSA_EXPONENT,
            "rsa-2048",
        ),
        refused(
            "rsa-modulus-not-minimal",
            "An RSA key whose modulus has a zero byte too many before it.",
            rsa(&element(INTEGER, &[&[0], &modulus[4..]].concat()), EXPONENT),
            RSA_MODULUS,
            "rsa-2048",
        ),
        taken(
            "rsa-with-bytes-behind-the-numbers",
            "An RSA key with a third number, and a byte behind the three, which nobody reads.",
            key(
                RSA,
                &[NULL, 0],
                &[&sequence(&[modulus, EXPONENT, EXPONENT]), &[0xff][..]].concat(),
            ),
        ),
    ]
}

/// A small number, encoded with its tag.
const fn small(number: u8) -> [u8; 3] {
    [INTEGER, 1, number]
}

/// DSA keys, with which Go verifies nothing.
fn dsa_keys() -> Vec<Case> {
    let parameters = sequence(&[&small(23), &small(11), &small(2)]);
    let dsa = |bits: &[u8]| key(DSA, &parameters, bits);
    let cases = [
        taken(
            "dsa",
            "A DSA key, with which Go verifies nothing.",
            dsa(&small(5)),
        ),
        taken(
            "dsa-with-bytes-behind",
            "A DSA key with a byte behind its number, which nobody reads.",
            dsa(&[INTEGER, 1, 5, 0xff]),
        ),
        refused(
            "dsa-of-no-bits",
            "A DSA key of no bits.",
            dsa(&[]),
            DSA_KEY,
            "dsa",
        ),
        refused(
            "dsa-octets",
            "A DSA key with an octet string for its number.",
            dsa(&[0x04, 1, 5]),
            DSA_KEY,
            "dsa",
        ),
        refused(
            "dsa-zero",
            "A DSA key that is zero.",
            dsa(&small(0)),
            DSA_SIGN,
            "dsa",
        ),
        refused(
            "dsa-negative",
            "A DSA key that is -1.",
            dsa(&small(0xff)),
            DSA_SIGN,
            "dsa",
        ),
    ];
    cases.map(|case| case.finds(&["ca-unusable"])).into()
}

fn dsa_parameters() -> Vec<Case> {
    let dsa = |parameters: &[u8]| key(DSA, parameters, &small(5));
    let numbers = |p, q, g| dsa(&sequence(&[&small(p), &small(q), &small(g)]));
    let cases = [
        refused(
            "dsa-without-parameters",
            "A DSA key without parameters.",
            dsa(&[]),
            DSA_PARAMETERS,
            "dsa",
        ),
        refused(
            "dsa-with-null",
            "A DSA key with a NULL for its parameters.",
            dsa(&[NULL, 0]),
            DSA_PARAMETERS,
            "dsa",
        ),
        refused(
            "dsa-without-numbers",
            "A DSA key whose parameters are none.",
            dsa(&[SEQUENCE, 0]),
            DSA_PARAMETERS,
            "dsa",
        ),
        refused(
            "dsa-with-one-number",
            "A DSA key with one parameter of three.",
            dsa(&sequence(&[&small(23)])),
            DSA_PARAMETERS,
            "dsa",
        ),
        refused(
            "dsa-with-two-numbers",
            "A DSA key with two parameters of three.",
            dsa(&sequence(&[&small(23), &small(11)])),
            DSA_PARAMETERS,
            "dsa",
        ),
        taken(
            "dsa-with-four-numbers",
            "A DSA key with a fourth parameter, which nobody reads.",
            dsa(&sequence(&[&small(23), &small(11), &small(2), &small(0)])),
        ),
        refused(
            "dsa-p-zero",
            "A DSA key whose first parameter is zero.",
            numbers(0, 11, 2),
            DSA_SIGN,
            "dsa",
        ),
        refused(
            "dsa-q-negative",
            "A DSA key whose second parameter is -1.",
            numbers(23, 0xff, 2),
            DSA_SIGN,
            "dsa",
        ),
        refused(
            "dsa-g-zero",
            "A DSA key whose third parameter is zero.",
            numbers(23, 11, 0),
            DSA_SIGN,
            "dsa",
        ),
    ];
    cases.map(|case| case.finds(&["ca-unusable"])).into()
}

fn ed25519(maker: &Maker) -> Vec<Case> {
    let bytes: [u8; 33] = maker.source("an Ed25519 key").bytes();
    vec![
        taken(
            "ed25519",
            "An Ed25519 key, or 32 bytes that may be none: nobody looks.",
            key(ED25519, &[], &bytes[..32]),
        ),
        refused(
            "ed25519-of-31-bytes",
            "An Ed25519 key of 31 bytes.",
            key(ED25519, &[], &bytes[..31]),
            ED25519_SIZE,
            "ed25519",
        ),
        refused(
            "ed25519-of-33-bytes",
            "An Ed25519 key of 33 bytes.",
            key(ED25519, &[], &bytes),
            ED25519_SIZE,
            "ed25519",
        ),
        refused(
            "ed25519-of-no-bytes",
            "An Ed25519 key of no bytes.",
            key(ED25519, &[], &[]),
            ED25519_SIZE,
            "ed25519",
        ),
        refused(
            "ed25519-with-null",
            "An Ed25519 key with a NULL, which other algorithms have.",
            key(ED25519, &[NULL, 0], &bytes[..32]),
            "x509: Ed25519 key encoded with illegal parameters",
            "ed25519",
        ),
    ]
}

/// Algorithms that Go does not know, whose keys it does not read.
fn unknown() -> Vec<Case> {
    let cases = [
        taken(
            "key-unknown",
            "A key of an algorithm that nobody knows, 2.999, and of no bits.",
            key(&[0x88, 0x37], &[], &[]),
        ),
        taken(
            "key-x25519",
            "An X25519 key, which agrees on secrets and signs nothing; that it has a NULL does not \
             matter.",
            key(&[0x2b, 0x65, 0x6e], &[NULL, 0], &[0x2a; 32]),
        ),
        taken(
            "key-ed448",
            "An Ed448 key, which Go does not know.",
            key(&[0x2b, 0x65, 0x71], &[], &[0x2a; 57]),
        ),
        taken(
            "key-rsa-pss",
            "An RSA key that is for RSASSA-PSS alone, which Go does not know.",
            key(
                &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a],
                &[],
                &[0x2a; 8],
            ),
        ),
        taken(
            "key-ml-dsa-65",
            "An ML-DSA-65 key, which no quantum computer is to break and Go does not know.",
            key(
                &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x12],
                &[],
                &[0x2a; 64],
            ),
        ),
    ];
    cases.map(|case| case.finds(&["ca-unusable"])).into()
}
