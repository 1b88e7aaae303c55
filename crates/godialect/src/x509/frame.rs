//! A certificate from its first byte to its last, but for names, keys and extensions.

use super::der::{self, Reader, Tag};
use super::field::Field;
use super::public_key::{self, AlgorithmIdentifier};
use super::reason::Reason;
use super::{extensions, name, time, time_error};
use crate::changes::Rule;
use crate::release::Dialect;

/// Checks a whole certificate.
pub(super) fn check(der: &[u8], go: &Dialect) -> Result<(), Reason> {
    let mut input = Reader::new(der);
    let mut certificate = input.enter(Tag::SEQUENCE).ok_or(Field::Certificate)?;
    let mut tbs = certificate
        .enter(Tag::SEQUENCE)
        .ok_or(Field::TbsCertificate)?;

    let version = read_version(&mut tbs)?;
    let serial_number = tbs.integer().ok_or(Field::SerialNumber)?;
    if serial_number.is_negative() && go.has(Rule::NonNegativeSerialNumber) {
        return Err(Reason::NegativeSerialNumber);
    }
    check_signature_algorithm(&mut tbs, &mut certificate, go)?;
    let issuer = tbs.content(Tag::SEQUENCE).ok_or(Field::Issuer)?;
    name::check(issuer, go)?;
    read_validity(&mut tbs, go)?;
    let subject = tbs.content(Tag::SEQUENCE).ok_or(Field::Subject)?;
    name::check(subject, go)?;
    check_public_key(&mut tbs, go)?;
    if version != Version::V1 {
        skip_unique_id(&mut tbs, 1, go).ok_or(Field::IssuerUniqueId)?;
        skip_unique_id(&mut tbs, 2, go).ok_or(Field::SubjectUniqueId)?;
    }
    if version == Version::V3 {
        let wrapped = tbs
            .enter_optional(Tag::explicit(3))
            .ok_or(Field::Extensions)?;
        if let Some(wrapped) = wrapped {
            extensions::check(wrapped, go)?;
        }
    }

    certificate.bit_string().ok_or(Field::Signature)?;
    if !input.is_empty() {
        return Err(Reason::TrailingData);
    }
    Ok(())
}

/// Skips the unique identifier of this tag number, if one stands next.
fn skip_unique_id(tbs: &mut Reader<'_>, number: u8, go: &Dialect) -> Option<()> {
    let [primitive, constructed] = [Tag::implicit(number), Tag::explicit(number)];
    let tag = if tbs.next_is(constructed) && !go.has(Rule::PrimitiveUniqueIdentifiers) {
        constructed
    } else if tbs.next_is(primitive) && go.has(Rule::PrimitiveUniqueIdentifiers) {
        primitive
    } else {
        return Some(());
    };
    tbs.content(tag).map(|_| ())
}

/// What a version lets a certificate hold after its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// Nothing that Go reads.
    V1,
    /// The unique identifiers.
    V2,
    /// The unique identifiers and the extensions.
    V3,
}

pub(super) fn read_version(tbs: &mut Reader<'_>) -> Result<Version, Reason> {
    let wrapped = tbs.enter_optional(Tag::explicit(0)).ok_or(Field::Version)?;
    let Some(mut wrapped) = wrapped else {
        return Ok(Version::V1);
    };
    let number = wrapped.integer().and_then(der::Integer::to_i64);
    match number.filter(|_| wrapped.is_empty()) {
        None | Some(..0) => Err(Field::Version.into()),
        Some(0) => Ok(Version::V1),
        Some(1) => Ok(Version::V2),
        Some(2) => Ok(Version::V3),
        // Go adds one before it compares, and the largest number wraps round to a negative one.
        Some(i64::MAX) => Ok(Version::V1),
        Some(3..) => Err(Reason::InvalidVersion),
    }
}

/// The algorithm stands before the issuer and again after the signed part, the same to the byte.
fn check_signature_algorithm(
    tbs: &mut Reader<'_>,
    certificate: &mut Reader<'_>,
    go: &Dialect,
) -> Result<(), Reason> {
    let inner = tbs
        .content(Tag::SEQUENCE)
        .ok_or(Field::InnerSignatureAlgorithm)?;
    let outer = certificate
        .content(Tag::SEQUENCE)
        .ok_or(Field::OuterSignatureAlgorithm)?;
    if inner != outer {
        return Err(Reason::SignatureAlgorithmMismatch);
    }
    // Go knows what the algorithm means or calls it unknown; neither is an error.
    AlgorithmIdentifier::parse(inner, go)?;
    Ok(())
}

/// The two moments of a validity, in seconds of Unix time.
pub(super) fn read_validity(tbs: &mut Reader<'_>, go: &Dialect) -> Result<[i64; 2], Reason> {
    let mut validity = tbs.enter(Tag::SEQUENCE).ok_or(Field::Validity)?;
    let mut moments = [0; 2];
    for moment in &mut moments {
        *moment = if validity.next_is(Tag::UTC_TIME) {
            let text = validity.content(Tag::UTC_TIME).ok_or(Field::UtcTime)?;
            match time::utc_time(text, go) {
                Some(moment) => moment,
                None => return Err(utc_time_fault(text, go)),
            }
        } else if validity.next_is(Tag::GENERALIZED_TIME) {
            let text = validity.content(Tag::GENERALIZED_TIME);
            text.and_then(|text| time::generalized_time(text, go))
                .ok_or(Field::GeneralizedTime)?
        } else {
            return Err(Reason::UnsupportedTime);
        };
    }
    Ok(moments)
}

/// Why a release does not read the content of a UTCTime.
fn utc_time_fault(text: &[u8], go: &Dialect) -> Reason {
    if go.has(Rule::UtcTimeMalformed) {
        return Field::UtcTime.into();
    }
    time_error::of_utc_time(text).map_or(Field::UtcTime.into(), Reason::UnparsedTime)
}

fn check_public_key(tbs: &mut Reader<'_>, go: &Dialect) -> Result<(), Reason> {
    let mut info = tbs.enter(Tag::SEQUENCE).ok_or(Field::PublicKeyInfo)?;
    let algorithm = info
        .content(Tag::SEQUENCE)
        .ok_or(Field::PublicKeyAlgorithm)?;
    let algorithm = AlgorithmIdentifier::parse(algorithm, go)?;
    let key = info.bit_string().ok_or(Field::PublicKey)?;
    Ok(public_key::check(algorithm, key, go)?)
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Sample, element};

    type Change = fn(&mut Sample);

    #[test]
    fn sound_certificates() {
        assert_eq!(Sample::default().message(), "");
        let generalized = element(0x18, b"20500101000000+0100");
        let accepted = Sample {
            validity: element(
                0x30,
                &[generalized.clone(), generalized, vec![0xff]].concat(),
            ),
            after_key: vec![0x81, 0x00, 0x82, 0x00, 0xa3, 0x02, 0x30, 0x00, 0xff],
            ..Sample::default()
        };
        assert_eq!(accepted.message(), "");
    }

    #[test]
    fn parts_are_named() {
        let replace = |change: Change| {
            let mut sample = Sample::default();
            change(&mut sample);
            sample.message()
        };
        let cases: &[(Change, &str)] = &[
            (|s| s.version[1] = 0x7f, "version"),
            (|s| s.version = vec![0xa0, 0x00], "version"),
            (|s| s.serial = vec![0x02, 0x00], "serial number"),
            (|s| s.algorithm[0] = 0x31, "signature algorithm identifier"),
            (|s| s.outer_algorithm[0] = 0x31, "algorithm identifier"),
            (|s| s.issuer = vec![0x31, 0x00], "issuer"),
            (|s| s.validity[0] = 0x31, "validity"),
            (|s| s.validity[4] = b'x', "UTCTime"),
            (|s| s.validity[2] = 0x18, "GeneralizedTime"),
            (|s| s.subject = vec![0x31, 0x00], "issuer"),
            (|s| s.key[0] = 0x31, "spki"),
            (|s| s.key[2] = 0x31, "public key algorithm identifier"),
            (|s| s.key[7] = 0x04, "subjectPublicKey"),
            (|s| s.after_key = vec![0x81, 0x01], "issuerUniqueID"),
            (|s| s.after_key = vec![0x82, 0x01], "subjectUniqueID"),
            (|s| s.after_key = vec![0xa3, 0x00], "extensions"),
            (|s| s.signature = vec![0x03, 0x00], "signature"),
        ];
        for (change, part) in cases {
            assert_eq!(replace(*change), format!("x509: malformed {part}"));
        }
        let other_cases: &[(Change, &str)] = &[
            (|s| s.version[4] = 0x03, "x509: invalid version"),
            (|s| s.serial[2] = 0xff, "x509: negative serial number"),
            (
                |s| s.outer_algorithm[4] = 0x2b,
                "x509: inner and outer signature algorithm identifiers don't match",
            ),
            (|s| s.validity[2] = 0x16, "x509: unsupported time format"),
            (|s| s.trailing = vec![0x00], "x509: trailing data"),
            (
                |s| (s.trailing, s.signature) = (vec![0x00], vec![]),
                "x509: malformed signature",
            ),
        ];
        for (change, message) in other_cases {
            assert_eq!(replace(*change), *message);
        }
        assert_eq!(
            super::check(&[], &super::Dialect::default()).map_err(|error| error.to_string()),
            Err("x509: malformed certificate".to_owned())
        );
    }

    #[test]
    fn old_versions_hold_anything_after_the_key() {
        for (version, after_key, message) in [
            (0, 0x81, ""),
            (0, 0xa3, ""),
            (1, 0x81, "x509: malformed issuerUniqueID"),
            (1, 0xa3, ""),
            (2, 0xa3, "x509: malformed extensions"),
        ] {
            let sample = Sample {
                version: vec![0xa0, 0x03, 0x02, 0x01, version],
                after_key: vec![after_key, 0x7f],
                ..Sample::default()
            };
            assert_eq!(sample.message(), message, "{version} {after_key:x}");
        }
    }

    #[test]
    fn the_largest_version_wraps_round() {
        let mut sample = Sample {
            version: [&[0xa0, 0x0a, 0x02, 0x08, 0x7f][..], &[0xff; 7]].concat(),
            after_key: vec![0xa3, 0x7f],
            ..Sample::default()
        };
        assert_eq!(sample.message(), "");
        sample.version[11] = 0xfe;
        assert_eq!(sample.message(), "x509: invalid version");
        sample.version[4] = 0x80;
        assert_eq!(sample.message(), "x509: malformed version");
    }
}
