//! Certificates with any part of them replaced, and the key that signs them.
//!
//! What is wrong on purpose cannot come from a library that writes sound certificates, so that the
//! DER is put together here, element by element.

use crate::source::Source;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::sec1::ToSec1Point;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const NULL: u8 = 0x05;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const UTF8_STRING: u8 = 0x0c;
pub(super) const PRINTABLE_STRING: u8 = 0x13;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// ecdsa-with-SHA256, 1.2.840.10045.4.3.2.
pub(super) const ECDSA_WITH_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
/// id-ecPublicKey, 1.2.840.10045.2.1.
pub(super) const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// The curve P-256, 1.2.840.10045.3.1.7.
pub(super) const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// The extensions of a root, as the last number of 2.5.29.
pub(super) const SUBJECT_KEY_ID: u8 = 14;
pub(super) const KEY_USAGE: u8 = 15;
pub(super) const SUBJECT_ALTERNATIVE_NAME: u8 = 17;
pub(super) const BASIC_CONSTRAINTS: u8 = 19;
pub(super) const AUTHORITY_KEY_ID: u8 = 35;

/// An element with as short a length as there is.
pub(super) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let bytes = content.len().to_be_bytes();
    let leading = bytes.iter().take_while(|&&byte| byte == 0).count();
    let length = match bytes[leading..] {
        [] => vec![0],
        [short @ ..0x80] => vec![short],
        // A length has at most eight bytes.
        ref long => [&[0x80 | long.len() as u8], long].concat(),
    };
    [&[tag], length.as_slice(), content].concat()
}

/// A sequence of elements.
pub(super) fn sequence(elements: &[&[u8]]) -> Vec<u8> {
    element(SEQUENCE, &elements.concat())
}

/// A bit string without unused bits.
pub(super) fn bit_string(bytes: &[u8]) -> Vec<u8> {
    element(BIT_STRING, &[&[0], bytes].concat())
}

/// An algorithm's identifier, given encoded without tag, and its parameters, encoded with it.
pub(super) fn algorithm(identifier: &[u8], parameters: &[u8]) -> Vec<u8> {
    sequence(&[&element(OBJECT_IDENTIFIER, identifier), parameters])
}

/// A name that is a common name alone.
pub(super) fn common_name(text: &str) -> Vec<u8> {
    let kind = element(OBJECT_IDENTIFIER, &[0x55, 0x04, 0x03]);
    let attribute = sequence(&[&kind, &element(UTF8_STRING, text.as_bytes())]);
    sequence(&[&element(SET, &attribute)])
}

/// The extension 2.5.29.`last`.
pub(super) fn extension(last: u8, critical: bool, value: &[u8]) -> Vec<u8> {
    let identifier = element(OBJECT_IDENTIFIER, &[0x55, 0x1d, last]);
    let critical: &[u8] = if critical { &[BOOLEAN, 1, 0xff] } else { &[] };
    sequence(&[&identifier, critical, &element(OCTET_STRING, value)])
}

/// The extension with the one alternative name that a URI is.
pub(super) fn uri_name(uri: &str) -> Vec<u8> {
    let names = sequence(&[&element(0x86, uri.as_bytes())]);
    extension(SUBJECT_ALTERNATIVE_NAME, false, &names)
}

/// A moment as RFC 5280 section 4.1.2.5 wants it: with two digits for a year before 2050, else with
/// four.
pub(super) fn time(at: Timestamp) -> Vec<u8> {
    let (tag, format) = match TimeZone::UTC.to_datetime(at).year() {
        1950..2050 => (UTC_TIME, "%y%m%d%H%M%SZ"),
        _ => (GENERALIZED_TIME, "%Y%m%d%H%M%SZ"),
    };
    element(tag, at.strftime(format).to_string().as_bytes())
}

/// A validity from one moment to the other.
pub(super) fn validity(from: Timestamp, to: Timestamp) -> Vec<u8> {
    sequence(&[&time(from), &time(to)])
}

/// That moment some years on, or before where the number is negative; the moment itself where there
/// is no such year.
pub(super) fn years_from(at: Timestamp, years: i16) -> Timestamp {
    let then = TimeZone::UTC
        .to_datetime(at)
        .checked_add(Span::new().years(years));
    let then = then.and_then(|then| TimeZone::UTC.to_timestamp(then));
    then.unwrap_or(at)
}

/// A key on P-256 that signs as RFC 6979 has it: the same certificate has the same signature.
pub(super) struct Key(SigningKey);

impl Key {
    pub(super) fn new(source: &mut Source) -> Self {
        loop {
            // All but one in 2^32 are below the order of the curve, and no zero.
            if let Ok(key) = SigningKey::from_slice(&source.bytes::<32>()) {
                return Self(key);
            }
        }
    }

    /// The point, uncompressed.
    pub(super) fn point(&self) -> Vec<u8> {
        let point = self.0.verifying_key().as_affine().to_sec1_point(false);
        point.as_bytes().to_vec()
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: Signature = self.0.sign(message);
        signature.to_der().as_bytes().to_vec()
    }
}

/// The parts of a certificate, each encoded with its tag.
#[derive(Clone)]
pub(super) struct Certificate {
    pub(super) version: Vec<u8>,
    pub(super) serial: Vec<u8>,
    pub(super) algorithm: Vec<u8>,
    pub(super) issuer: Vec<u8>,
    pub(super) validity: Vec<u8>,
    pub(super) subject: Vec<u8>,
    pub(super) key: Vec<u8>,
    /// What stands between key and extensions: the unique identifiers.
    pub(super) identifiers: Vec<u8>,
    /// Each extension; without any, the whole part is left out.
    pub(super) extensions: Vec<Vec<u8>>,
    /// What follows the extensions within the signed part.
    pub(super) after_extensions: Vec<u8>,
    /// The algorithm outside of the signed part, where it is another than inside.
    pub(super) outer_algorithm: Option<Vec<u8>>,
    /// The signature, where it is not the right one.
    pub(super) signature: Option<Vec<u8>>,
    /// What follows the certificate.
    pub(super) trailing: Vec<u8>,
}

impl Certificate {
    /// A root as Consul makes its own: self-signed on P-256, valid from a year before the moment to
    /// nine years after, with the trust domain in a SPIFFE URI.
    pub(super) fn root(key: &Key, trust_domain: &str, serial: [u8; 8], at: Timestamp) -> Self {
        let name = common_name("pri-1.consul.ca");
        let point = key.point();
        let identifier = digest(&SHA1_FOR_LEGACY_USE_ONLY, &point);
        let identifier = element(OCTET_STRING, identifier.as_ref());
        let is_ca = sequence(&[&[BOOLEAN, 1, 0xff]]);
        // A serial number is positive, and its first byte is no zero before a small one.
        let serial = [&[0x40 | serial[0] & 0x3f], &serial[1..]].concat();
        Self {
            version: vec![0xa0, 3, INTEGER, 1, 2],
            serial: element(INTEGER, &serial),
            algorithm: algorithm(ECDSA_WITH_SHA256, &[]),
            issuer: name.clone(),
            validity: validity(years_from(at, -1), years_from(at, 9)),
            subject: name,
            key: sequence(&[
                &algorithm(EC_PUBLIC_KEY, &element(OBJECT_IDENTIFIER, P256)),
                &bit_string(&point),
            ]),
            identifiers: Vec::new(),
            extensions: vec![
                extension(BASIC_CONSTRAINTS, true, &is_ca),
                extension(SUBJECT_KEY_ID, false, &identifier),
                // keyCertSign and cRLSign.
                extension(KEY_USAGE, true, &[BIT_STRING, 2, 1, 0x06]),
                uri_name(&format!("spiffe://{trust_domain}")),
            ],
            after_extensions: Vec::new(),
            outer_algorithm: None,
            signature: None,
            trailing: Vec::new(),
        }
    }

    /// The extension 2.5.29.`last` in place of the one that is there, or behind the others.
    pub(super) fn put_extension(&mut self, last: u8, critical: bool, value: &[u8]) {
        let new = extension(last, critical, value);
        let begin = &element(OBJECT_IDENTIFIER, &[0x55, 0x1d, last]);
        let is_it = |extension: &Vec<u8>| extension[2..].starts_with(begin);
        match self
            .extensions
            .iter_mut()
            .find(|extension| is_it(extension))
        {
            Some(old) => *old = new,
            None => self.extensions.push(new),
        }
    }

    /// The part that is signed.
    pub(super) fn signed_part(&self) -> Vec<u8> {
        let extensions = if self.extensions.is_empty() {
            Vec::new()
        } else {
            element(0xa3, &element(SEQUENCE, &self.extensions.concat()))
        };
        sequence(&[
            &self.version,
            &self.serial,
            &self.algorithm,
            &self.issuer,
            &self.validity,
            &self.subject,
            &self.key,
            &self.identifiers,
            &extensions,
            &self.after_extensions,
        ])
    }

    /// The certificate in DER.
    pub(super) fn der(&self, key: &Key) -> Vec<u8> {
        let signed = self.signed_part();
        let outer = self.outer_algorithm.as_ref().unwrap_or(&self.algorithm);
        let signature = match &self.signature {
            Some(signature) => signature.clone(),
            None => bit_string(&key.sign(&signed)),
        };
        [
            sequence(&[&signed, outer, &signature]),
            self.trailing.clone(),
        ]
        .concat()
    }
}
