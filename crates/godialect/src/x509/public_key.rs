//! Public keys of the algorithms that Go parses while it reads a certificate.
//!
//! RSA, DSA, ECDSA and Ed25519 keys are read, and ML-DSA keys from Go 1.27 on; a key of any other algorithm, X25519 and RSASSA-PSS
//! among them, is kept as bytes and never refused. Sizes are not limited, and neither is what
//! follows the numbers of an RSA or DSA key.
//!
//! Differs from the usual crates: an RSA key needs its NULL parameters to the byte, its exponent
//! must fit 64 bits with the sign, and a bit string with unused bits is shifted instead of refused.

use thiserror::Error;

use super::curve::{Curve, PointError};
use super::der::{BitString, Reader, Tag};
use super::field::Field;
use super::oid::ObjectIdentifier;
use crate::changes::Rule;
use crate::release::Dialect;

/// What Go finds wrong with a public key of an algorithm that it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum PublicKeyError {
    /// The RSA parameters are not exactly an empty NULL.
    #[error("x509: RSA key missing NULL parameters")]
    RsaParameters,
    /// The RSA key is not a sequence.
    #[error("x509: invalid RSA public key")]
    RsaSequence,
    /// The RSA key does not start with an integer.
    #[error("x509: invalid RSA modulus")]
    RsaModulus,
    /// The RSA modulus is not followed by an integer of at most 64 bits.
    #[error("x509: invalid RSA public exponent")]
    RsaExponent,
    /// The RSA modulus is zero or negative.
    #[error("x509: RSA modulus is not a positive number")]
    RsaModulusSign,
    /// The RSA exponent is zero or negative.
    #[error("x509: RSA public exponent is not a positive number")]
    RsaExponentSign,
    /// The ECDSA parameters are missing or no object identifier.
    #[error("x509: invalid ECDSA parameters")]
    EcdsaParameters,
    /// The ECDSA parameters name none of the four NIST curves.
    #[error("x509: unsupported elliptic curve")]
    UnsupportedCurve,
    /// The ECDSA key is no point of its curve.
    #[error(transparent)]
    Point(PointError),
    /// The Ed25519 algorithm has parameters.
    #[error("x509: Ed25519 key encoded with illegal parameters")]
    Ed25519Parameters,
    /// The Ed25519 key has other than 32 bytes.
    #[error("x509: wrong Ed25519 public key size")]
    Ed25519Size,
    /// The ML-DSA algorithm has parameters.
    #[error("x509: ML-DSA key encoded with illegal parameters")]
    MlDsaParameters,
    /// The ML-DSA key does not have the bytes of its algorithm.
    #[error("mldsa: invalid public key length")]
    MlDsaSize,
    /// The DSA key is no integer.
    #[error("x509: invalid DSA public key")]
    DsaInteger,
    /// The DSA parameters are no sequence of three integers.
    #[error("x509: invalid DSA parameters")]
    DsaParameters,
    /// The DSA key or one of its parameters is zero or negative.
    #[error("x509: zero or negative DSA parameter")]
    DsaSign,
}

/// An algorithm and the one element that may follow it; more is not looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct AlgorithmIdentifier<'a> {
    pub(super) algorithm: ObjectIdentifier<'a>,
    /// The whole element, or nothing.
    pub(super) parameters: &'a [u8],
}

impl<'a> AlgorithmIdentifier<'a> {
    pub(super) fn parse(content: &'a [u8], go: &Dialect) -> Result<Self, Field> {
        let mut reader = Reader::new(content);
        let algorithm = ObjectIdentifier::read(&mut reader, go).ok_or(Field::Oid)?;
        let parameters = if reader.is_empty() {
            &[]
        } else {
            reader.any().ok_or(Field::Parameters)?.whole
        };
        Ok(Self {
            algorithm,
            parameters,
        })
    }
}

/// Checks the key, if Go knows its algorithm.
pub(super) fn check(
    identifier: AlgorithmIdentifier<'_>,
    key: BitString<'_>,
    go: &Dialect,
) -> Result<(), PublicKeyError> {
    const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    const DSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01];
    const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

    const ML_DSA: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03];

    let check_key = match identifier.algorithm.encoded() {
        RSA => check_rsa,
        DSA => check_dsa,
        ECDSA => check_ecdsa,
        ED25519 => check_ed25519,
        other => match other.strip_prefix(ML_DSA) {
            Some([17]) => check_ml_dsa::<1312>,
            Some([18]) => check_ml_dsa::<1952>,
            Some([19]) => check_ml_dsa::<2592>,
            _ => return Ok(()),
        },
    };
    check_key(identifier.parameters, &key.right_aligned(), go)
}

fn check_rsa(parameters: &[u8], key: &[u8], _: &Dialect) -> Result<(), PublicKeyError> {
    const NULL: [u8; 2] = [0x05, 0x00];

    if parameters != NULL {
        return Err(PublicKeyError::RsaParameters);
    }
    let mut numbers = Reader::new(key)
        .enter(Tag::SEQUENCE)
        .ok_or(PublicKeyError::RsaSequence)?;
    let modulus = numbers.integer().ok_or(PublicKeyError::RsaModulus)?;
    let exponent = numbers
        .integer()
        .filter(|exponent| exponent.to_i64().is_some())
        .ok_or(PublicKeyError::RsaExponent)?;
    if !modulus.is_positive() {
        return Err(PublicKeyError::RsaModulusSign);
    }
    if !exponent.is_positive() {
        return Err(PublicKeyError::RsaExponentSign);
    }
    Ok(())
}

fn check_ecdsa(parameters: &[u8], key: &[u8], go: &Dialect) -> Result<(), PublicKeyError> {
    let identifier = ObjectIdentifier::read(&mut Reader::new(parameters), go)
        .ok_or(PublicKeyError::EcdsaParameters)?;
    let curve = Curve::from_identifier(identifier).ok_or(PublicKeyError::UnsupportedCurve)?;
    curve.check_point(key, go).map_err(PublicKeyError::Point)
}

fn check_ed25519(parameters: &[u8], key: &[u8], _: &Dialect) -> Result<(), PublicKeyError> {
    const KEY_SIZE: usize = 32;

    if !parameters.is_empty() {
        return Err(PublicKeyError::Ed25519Parameters);
    }
    // Whether the bytes are a point is left to the verification of a signature.
    if key.len() != KEY_SIZE {
        return Err(PublicKeyError::Ed25519Size);
    }
    Ok(())
}

fn check_ml_dsa<const KEY_SIZE: usize>(
    parameters: &[u8],
    key: &[u8],
    go: &Dialect,
) -> Result<(), PublicKeyError> {
    let fault = if !parameters.is_empty() {
        PublicKeyError::MlDsaParameters
    } else if key.len() != KEY_SIZE {
        PublicKeyError::MlDsaSize
    } else {
        return Ok(());
    };
    if go.has(Rule::MlDsaKeys) {
        return Err(fault);
    }
    Ok(())
}

fn check_dsa(parameters: &[u8], key: &[u8], _: &Dialect) -> Result<(), PublicKeyError> {
    let public = Reader::new(key)
        .integer()
        .ok_or(PublicKeyError::DsaInteger)?;
    let read_parameters = || {
        let mut numbers = Reader::new(parameters).enter(Tag::SEQUENCE)?;
        Some([numbers.integer()?, numbers.integer()?, numbers.integer()?])
    };
    let parameters = read_parameters().ok_or(PublicKeyError::DsaParameters)?;
    let positive = public.is_positive() && parameters.iter().all(|number| number.is_positive());
    if positive {
        Ok(())
    } else {
        Err(PublicKeyError::DsaSign)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Sample, element};

    const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    const DSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01];
    const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
    const X25519: &[u8] = &[0x2b, 0x65, 0x6e];
    const NULL: &[u8] = &[0x05, 0x00];

    #[test]
    fn rsa() {
        for (parameters, key, message) in [
            (
                NULL,
                &[0x30, 0x06, 0x02, 0x01, 0x0f, 0x02, 0x01, 0x03][..],
                "",
            ),
            (&[], &[], "x509: RSA key missing NULL parameters"),
            (NULL, &[], "x509: invalid RSA public key"),
            (NULL, &[0x30, 0x02, 0x02, 0x00], "x509: invalid RSA modulus"),
            (
                NULL,
                &[0x30, 0x03, 0x02, 0x01, 0x00],
                "x509: invalid RSA public exponent",
            ),
            (
                NULL,
                &[0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00],
                "x509: RSA modulus is not a positive number",
            ),
            (
                NULL,
                &[0x30, 0x06, 0x02, 0x01, 0x0f, 0x02, 0x01, 0xff],
                "x509: RSA public exponent is not a positive number",
            ),
            (
                NULL,
                &[
                    0x30, 0x0e, 0x02, 0x01, 0x0f, 0x02, 0x09, 0x00, 0x80, 0, 0, 0, 0, 0, 0, 0,
                ],
                "x509: invalid RSA public exponent",
            ),
        ] {
            assert_eq!(Sample::with_key(RSA, parameters, key).message(), message);
        }
    }

    #[test]
    fn a_key_with_unused_bits_is_shifted() {
        // 30 06 02 01 0f 02 01 03, one bit up.
        let shifted = [0x60, 0x0c, 0x04, 0x02, 0x1e, 0x04, 0x02, 0x06];
        let mut sample = Sample::with_key(RSA, NULL, &shifted);
        assert_eq!(sample.message(), "x509: invalid RSA public key");
        let unused_bits = sample.key.len() - shifted.len() - 1;
        sample.key[unused_bits] = 1;
        assert_eq!(sample.message(), "");
    }

    #[test]
    fn dsa() {
        let parameters = |q| element(0x30, &[0x02, 0x01, 0x17, 0x02, 0x01, q, 0x02, 0x01, 0x02]);
        for (parameters, key, message) in [
            (parameters(11), &[0x02, 0x01, 0x05][..], ""),
            (vec![], &[], "x509: invalid DSA public key"),
            (vec![], &[0x02, 0x01, 0x05], "x509: invalid DSA parameters"),
            (
                parameters(0),
                &[0x02, 0x01, 0x05],
                "x509: zero or negative DSA parameter",
            ),
        ] {
            assert_eq!(Sample::with_key(DSA, &parameters, key).message(), message);
        }
    }

    #[test]
    fn ecdsa() {
        let p256 = element(0x06, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]);
        for (parameters, message) in [
            (&[][..], "x509: invalid ECDSA parameters"),
            (NULL, "x509: invalid ECDSA parameters"),
            (&[0x06, 0x01, 0x2a], "x509: unsupported elliptic curve"),
            (&p256, "ecdsa: invalid uncompressed public key"),
        ] {
            assert_eq!(Sample::with_key(ECDSA, parameters, &[]).message(), message);
        }
    }

    #[test]
    fn ed25519_and_an_unknown_neighbour() {
        assert_eq!(Sample::with_key(ED25519, &[], &[0; 32]).message(), "");
        assert_eq!(
            Sample::with_key(ED25519, NULL, &[0; 32]).message(),
            "x509: Ed25519 key encoded with illegal parameters"
        );
        assert_eq!(
            Sample::with_key(ED25519, &[], &[0; 31]).message(),
            "x509: wrong Ed25519 public key size"
        );
        assert_eq!(Sample::with_key(X25519, NULL, &[]).message(), "");
    }

    #[test]
    fn the_algorithm_is_framed() {
        assert_eq!(
            Sample::with_key(&[], &[], &[]).message(),
            "x509: malformed OID"
        );
        assert_eq!(
            Sample::with_key(ED25519, &[0x05], &[]).message(),
            "x509: malformed parameters"
        );
    }
}
