//! Public keys on curves: Go takes uncompressed points on four of them.

use super::build::{Case, refused, taken};
use super::keys::{NO_POINT_ONCE, key, put};
use crate::certificate::{EC_PUBLIC_KEY, NULL, OBJECT_IDENTIFIER, P256, element, sequence};
use crate::maker::Maker;
use crate::vector::Vector;
use p256::elliptic_curve::sec1::ToSec1Point as _;

const COMPRESSED: &str = "ecdsa: invalid uncompressed public key";
const PARAMETERS: &str = "x509: invalid ECDSA parameters";
const CURVE: &str = "x509: unsupported elliptic curve";

const P224: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x21];
const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
const P521: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x23];

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    let point = maker.key.point();
    let cases = p224_keys().into_iter().chain(p256_keys(&point));
    let cases = cases.chain(p384_keys()).chain(p521_keys());
    let cases = cases.chain(forms(&point)).chain(curves(&point));
    cases.map(|case| case.vector(maker, put)).collect()
}

/// A key on the curve of this identifier.
fn on(curve: &[u8], point: &[u8]) -> Vec<u8> {
    key(EC_PUBLIC_KEY, &element(OBJECT_IDENTIFIER, curve), point)
}

/// Bytes that are no point.
fn no_point(
    condition: &'static str,
    description: &'static str,
    key: Vec<u8>,
    reason: &'static str,
    near_miss: &'static str,
) -> Case {
    refused(condition, description, key, reason, near_miss).once(NO_POINT_ONCE)
}

/// The point with the last bit of its second coordinate turned. For one first coordinate there are
/// two points at most, and the sum of their second ones is odd.
fn off_curve(point: &[u8]) -> Vec<u8> {
    let mut point = point.to_vec();
    if let Some(last) = point.last_mut() {
        *last ^= 1;
    }
    point
}

/// The bytes without the last.
fn shorter(point: &[u8]) -> &[u8] {
    &point[..point.len() - 1]
}

fn longer(point: &[u8]) -> Vec<u8> {
    [point, &[0]].concat()
}

/// The point with a first coordinate of nothing but ones, which is above every field's prime.
fn too_great(point: &[u8]) -> Vec<u8> {
    let size = point.len() / 2;
    [&[4], vec![0xff; size].as_slice(), &point[1 + size..]].concat()
}

fn p224_keys() -> Vec<Case> {
    let point = p224::AffinePoint::GENERATOR.to_sec1_point(false);
    let point = point.as_bytes();
    let weak: &[_] = &["ca-weak-key"];
    let no_point = |condition, description, bytes: &[u8], reason| {
        no_point(condition, description, on(P224, bytes), reason, "p224").finds(weak)
    };
    vec![
        taken(
            "p224",
            "A key on the curve P-224: the base point.",
            on(P224, point),
        )
        .finds(weak),
        no_point(
            "p224-off-the-curve",
            "Bytes that are no point of P-224.",
            &off_curve(point),
            "P224 point not on curve",
        ),
        no_point(
            "p224-too-short",
            "A point of P-224 with a byte missing.",
            shorter(point),
            "invalid P224 point encoding",
        ),
        no_point(
            "p224-too-great",
            "A coordinate above the prime of P-224.",
            &too_great(point),
            "invalid P224Element encoding",
        ),
    ]
}

fn p256_keys(point: &[u8]) -> Vec<Case> {
    let no_point = |condition, description, bytes: &[u8], reason, near_miss| {
        no_point(condition, description, on(P256, bytes), reason, near_miss)
    };
    let with_coordinates = |x: &[u8], y: &[u8]| [&[4], x, y].concat();
    vec![
        no_point(
            "p256-off-the-curve",
            "Bytes that are no point of P-256.",
            &off_curve(point),
            "P256 point not on curve",
            "sound",
        ),
        no_point(
            "p256-all-zero",
            "Two coordinates that are zero, which are no point of P-256.",
            &with_coordinates(&[0; 32], &[0; 32]),
            "P256 point not on curve",
            "p256-zero",
        ),
        no_point(
            "p256-too-short",
            "A point of P-256 with a byte missing.",
            shorter(point),
            "invalid P256 point encoding",
            "sound",
        ),
        no_point(
            "p256-too-long",
            "A point of P-256 with a byte behind it.",
            &longer(point),
            "invalid P256 point encoding",
            "sound",
        ),
        no_point(
            "p256-without-coordinates",
            "The byte that announces two coordinates, and none behind it.",
            &[4],
            "invalid P256 point encoding",
            "p256-infinity",
        ),
        no_point(
            "p256-without-the-second-coordinate",
            "The byte that announces two coordinates, and one behind it.",
            &point[..33],
            "invalid P256 point encoding",
            "p256-compressed",
        ),
        taken(
            "p256-zero",
            "The point of P-256 whose first coordinate is zero.",
            on(P256, &with_coordinates(&[0; 32], &SECOND_AT_ZERO)),
        ),
        no_point(
            "p256-zero-and-the-prime",
            "The same point with the prime added to its first coordinate, which is the prime then.",
            &with_coordinates(&P256_PRIME, &SECOND_AT_ZERO),
            "invalid P256 element encoding",
            "p256-zero",
        ),
        no_point(
            "p256-second-coordinate-the-prime",
            "A second coordinate that is the prime.",
            &with_coordinates(&[0; 32], &P256_PRIME),
            "invalid P256 element encoding",
            "p256-all-zero",
        ),
    ]
}

/// The greater of the two second coordinates that are a square root of P-256's last coefficient, so
/// that with a zero they make a point.
const SECOND_AT_ZERO: [u8; 32] = [
    0x66, 0x48, 0x5c, 0x78, 0x0e, 0x2f, 0x83, 0xd7, 0x24, 0x33, 0xbd, 0x5d, 0x84, 0xa0, 0x6b, 0xb6,
    0x54, 0x1c, 0x2a, 0xf3, 0x1d, 0xae, 0x87, 0x17, 0x28, 0xbf, 0x85, 0x6a, 0x17, 0x4f, 0x93, 0xf4,
];

/// 2²⁵⁶ − 2²²⁴ + 2¹⁹² + 2⁹⁶ − 1
const P256_PRIME: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
];

fn p384_keys() -> Vec<Case> {
    let point = p384::AffinePoint::GENERATOR.to_sec1_point(false);
    let point = point.as_bytes();
    let no_point = |condition, description, bytes: &[u8], reason| {
        no_point(condition, description, on(P384, bytes), reason, "p384")
    };
    vec![
        taken(
            "p384",
            "A key on the curve P-384: the base point.",
            on(P384, point),
        ),
        no_point(
            "p384-off-the-curve",
            "Bytes that are no point of P-384.",
            &off_curve(point),
            "P384 point not on curve",
        ),
        no_point(
            "p384-too-long",
            "A point of P-384 with a byte behind it.",
            &longer(point),
            "invalid P384 point encoding",
        ),
        no_point(
            "p384-too-great",
            "A coordinate above the prime of P-384.",
            &too_great(point),
            "invalid P384Element encoding",
        ),
    ]
}

fn p521_keys() -> Vec<Case> {
    let point = p521::AffinePoint::GENERATOR.to_sec1_point(false);
    let point = point.as_bytes();
    // 2⁵²¹ − 1 is the prime.
    let prime = [&[0x01], [0xff; 65].as_slice()].concat();
    let no_point = |condition, description, bytes: &[u8], reason| {
        no_point(condition, description, on(P521, bytes), reason, "p521")
    };
    vec![
        taken(
            "p521",
            "A key on the curve P-521: the base point.",
            on(P521, point),
        ),
        no_point(
            "p521-off-the-curve",
            "Bytes that are no point of P-521.",
            &off_curve(point),
            "P521 point not on curve",
        ),
        no_point(
            "p521-without-leading-zeros",
            "A point of P-521 whose coordinates lack the zero byte before them.",
            &[&point[..1], &point[2..67], &point[68..]].concat(),
            "invalid P521 point encoding",
        ),
        no_point(
            "p521-first-coordinate-the-prime",
            "A first coordinate that is the prime of P-521.",
            &[&[4], prime.as_slice(), &point[67..]].concat(),
            "invalid P521Element encoding",
        ),
        no_point(
            "p521-key-of-p256",
            "A point of P-256 under the name of P-521.",
            &[&[4], [0; 32].as_slice(), &SECOND_AT_ZERO].concat(),
            "invalid P521 point encoding",
        ),
    ]
}

/// Forms of a point other than the uncompressed one. The point is on P-256.
fn forms(point: &[u8]) -> Vec<Case> {
    let no_point = |condition, description, bytes: &[u8]| {
        no_point(condition, description, on(P256, bytes), COMPRESSED, "sound")
    };
    let odd = point.last().is_some_and(|last| last % 2 == 1);
    vec![
        no_point(
            "p256-compressed",
            "A point of P-256 in the compressed form, the usual one elsewhere.",
            &[&[2 | u8::from(odd)], &point[1..33]].concat(),
        ),
        no_point(
            "p256-hybrid",
            "A point of P-256 in the form of both, compressed and not.",
            &[&[6 | u8::from(odd)], &point[1..]].concat(),
        ),
        no_point(
            "p256-infinity",
            "The point at infinity, one zero byte.",
            &[0],
        ),
        no_point("p256-of-no-bytes", "A key on P-256 of no bytes.", &[]),
        no_point(
            "p256-without-its-first-byte",
            "The coordinates of a point of P-256 without the byte before them.",
            &[&[0x2a], &point[2..]].concat(),
        ),
    ]
}

/// What names the curve. The point is on P-256.
fn curves(point: &[u8]) -> Vec<Case> {
    let with = |parameters: &[u8]| key(EC_PUBLIC_KEY, parameters, point);
    vec![
        refused(
            "curve-absent",
            "A key on a curve that is not named.",
            with(&[]),
            PARAMETERS,
            "sound",
        ),
        refused(
            "curve-null",
            "A key on a curve with a NULL for its name.",
            with(&[NULL, 0]),
            PARAMETERS,
            "sound",
        ),
        refused(
            "curve-explicit",
            "A key whose curve is given by numbers in place of a name.",
            with(&sequence(&[&[2, 1, 1]])),
            PARAMETERS,
            "sound",
        ),
        refused(
            "curve-malformed",
            "A key on a curve whose name does not end.",
            with(&element(OBJECT_IDENTIFIER, &[0x2a, 0x86])),
            PARAMETERS,
            "curve-unknown",
        ),
        refused(
            "curve-secp256k1",
            "A key on Bitcoin's curve, which Go does not know.",
            on(&[0x2b, 0x81, 0x04, 0x00, 0x0a], point),
            CURVE,
            "sound",
        ),
        refused(
            "curve-unknown",
            "A key on a curve that nobody knows, 2.999.",
            on(&[0x88, 0x37], point),
            CURVE,
            "curve-malformed",
        ),
        refused(
            "curve-unknown-and-no-point",
            "A key of no bytes on a curve that nobody knows: the curve is told.",
            on(&[0x88, 0x37], &[]),
            CURVE,
            "p256-of-no-bytes",
        ),
    ]
}
