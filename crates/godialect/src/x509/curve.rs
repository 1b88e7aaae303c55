//! Uncompressed points on the four NIST curves.
//!
//! Go takes `04 || x || y` only: the compressed forms and infinity are refused. Up to Go 1.25 it has one
//! message for all faults. Later messages tell a wrong length, a coordinate at or above the field prime, and a point off the curve apart, and the
//! assembly for P-256 (amd64 and arm64 among others) spells one of them differently.
//!
//! Differs from the `sec1` crate, which gives one opaque error; the curve crates do the arithmetic.

use thiserror::Error;

use super::oid::ObjectIdentifier;
use crate::changes::Rule;
use crate::release::Dialect;

/// The curves that Go knows by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Curve {
    /// secp224r1
    P224,
    /// secp256r1, also called prime256v1
    P256,
    /// secp384r1
    P384,
    /// secp521r1
    P521,
}

impl std::fmt::Display for Curve {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::P224 => "P224",
            Self::P256 => "P256",
            Self::P384 => "P384",
            Self::P521 => "P521",
        })
    }
}

/// Why Go takes bytes for no point of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum PointError {
    /// Any of the faults below, up to Go 1.25.
    #[error("x509: failed to unmarshal elliptic curve point")]
    Any,
    /// The first byte is missing or not `04`.
    #[error("ecdsa: invalid uncompressed public key")]
    NotUncompressed,
    /// The wrong number of bytes.
    #[error("invalid {0} point encoding")]
    Length(Curve),
    /// A coordinate is not below the field prime.
    #[error("invalid {curve}{word} encoding", curve = .0, word = element_word(*.0))]
    Coordinate(Curve),
    /// The coordinates do not satisfy the equation.
    #[error("{0} point not on curve")]
    OffCurve(Curve),
}

/// The P-256 of the generic code would say `Element` as well, but no server runs that.
fn element_word(curve: Curve) -> &'static str {
    match curve {
        Curve::P256 => " element",
        Curve::P224 | Curve::P384 | Curve::P521 => "Element",
    }
}

impl Curve {
    pub(super) fn from_identifier(identifier: ObjectIdentifier<'_>) -> Option<Self> {
        match identifier.encoded() {
            [0x2b, 0x81, 0x04, 0x00, 0x21] => Some(Self::P224),
            [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07] => Some(Self::P256),
            [0x2b, 0x81, 0x04, 0x00, 0x22] => Some(Self::P384),
            [0x2b, 0x81, 0x04, 0x00, 0x23] => Some(Self::P521),
            _ => None,
        }
    }

    /// The field prime, big-endian and as long as a coordinate.
    fn prime(self) -> &'static [u8] {
        match self {
            Self::P224 => &P224_PRIME,
            Self::P256 => &P256_PRIME,
            Self::P384 => &P384_PRIME,
            Self::P521 => &P521_PRIME,
        }
    }

    pub(super) fn check_point(self, encoded: &[u8], go: &Dialect) -> Result<(), PointError> {
        self.find_fault(encoded).map_err(|fault| {
            if go.has(Rule::PointFaults) {
                fault
            } else {
                PointError::Any
            }
        })
    }

    fn find_fault(self, encoded: &[u8]) -> Result<(), PointError> {
        let coordinates = encoded
            .strip_prefix(&[0x04])
            .ok_or(PointError::NotUncompressed)?;
        let prime = self.prime();
        let (x, y) = coordinates
            .split_at_checked(prime.len())
            .filter(|(_, y)| y.len() == prime.len())
            .ok_or(PointError::Length(self))?;
        // Slices of one length compare as the big-endian numbers in them.
        if x >= prime || y >= prime {
            return Err(PointError::Coordinate(self));
        }
        let on_curve = match self {
            Self::P224 => p224::PublicKey::from_sec1_bytes(encoded).is_ok(),
            Self::P256 => p256::PublicKey::from_sec1_bytes(encoded).is_ok(),
            Self::P384 => p384::PublicKey::from_sec1_bytes(encoded).is_ok(),
            Self::P521 => p521::PublicKey::from_sec1_bytes(encoded).is_ok(),
        };
        if on_curve {
            Ok(())
        } else {
            Err(PointError::OffCurve(self))
        }
    }
}

/// 2²²⁴ − 2⁹⁶ + 1
#[rustfmt::skip]
const P224_PRIME: [u8; 28] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
];

/// 2²⁵⁶ − 2²²⁴ + 2¹⁹² + 2⁹⁶ − 1
const P256_PRIME: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
];

/// 2³⁸⁴ − 2¹²⁸ − 2⁹⁶ + 2³² − 1
#[rustfmt::skip]
const P384_PRIME: [u8; 48] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
];

/// 2⁵²¹ − 1
const P521_PRIME: [u8; 66] = {
    let mut prime = [0xff; 66];
    prime[0] = 0x01;
    prime
};

#[cfg(test)]
mod tests {
    use super::*;

    /// The point of P-256 whose first coordinate is zero.
    fn zero_point() -> Vec<u8> {
        let y = [
            0x66, 0x48, 0x5c, 0x78, 0x0e, 0x2f, 0x83, 0xd7, 0x24, 0x33, 0xbd, 0x5d, 0x84, 0xa0,
            0x6b, 0xb6, 0x54, 0x1c, 0x2a, 0xf3, 0x1d, 0xae, 0x87, 0x17, 0x28, 0xbf, 0x85, 0x6a,
            0x17, 0x4f, 0x93, 0xf4,
        ];
        [&[0x04][..], &[0; 32], &y].concat()
    }

    #[test]
    fn points() {
        let point = zero_point();
        assert_eq!(Curve::P256.find_fault(&point), Ok(()));
        // The same point again, with the prime added to the zero.
        let mut unreduced = point.clone();
        unreduced[1..33].copy_from_slice(&P256_PRIME);
        let mut compressed = point[..33].to_vec();
        compressed[0] = 0x02;
        for (encoded, message) in [
            (&[][..], "ecdsa: invalid uncompressed public key"),
            (&[0x00], "ecdsa: invalid uncompressed public key"),
            (&compressed, "ecdsa: invalid uncompressed public key"),
            (&[0x04], "invalid P256 point encoding"),
            (&unreduced, "invalid P256 element encoding"),
            (&[&[0x04], &[0; 64][..]].concat(), "P256 point not on curve"),
        ] {
            let result = Curve::P256.find_fault(encoded);
            assert_eq!(
                result.map_err(|error| error.to_string()),
                Err(message.to_owned())
            );
        }
    }

    #[test]
    fn every_curve_has_its_messages() {
        for curve in [Curve::P224, Curve::P384, Curve::P521] {
            let size = curve.prime().len();
            let message = |coordinates: &[u8]| {
                let encoded = [&[0x04], coordinates].concat();
                curve
                    .find_fault(&encoded)
                    .map_err(|error| error.to_string())
            };
            assert_eq!(
                message(&[0]),
                Err(format!("invalid {curve} point encoding"))
            );
            let above = vec![0xff; 2 * size];
            assert_eq!(
                message(&above),
                Err(format!("invalid {curve}Element encoding"))
            );
            let nowhere = vec![0x00; 2 * size];
            assert_eq!(
                message(&nowhere),
                Err(format!("{curve} point not on curve"))
            );
        }
    }
}
