//! The fields of Go's `x509.Certificate` by which a dialer judges a root.
//!
//! They are read of bytes that [`check_certificate`](super::check_certificate) accepts, and little of
//! what was checked there is checked again.

use super::alternative_name::{DNS, EMAIL, IP, URI};
use super::der::{BitString, Element, Reader, Tag};
use super::extensions::{Extension, read_basic_constraints};
use super::frame::{Version, read_validity, read_version};
use super::name_constraints::{self, read_lists};
use super::public_key::AlgorithmIdentifier;
use crate::release::Dialect;
use std::iter;

/// A certificate as far as its use as a root goes.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// The certificate itself, as DER.
    pub raw: Vec<u8>,
    /// The first and the last moment of its validity, in seconds of Unix time.
    pub validity: Option<[i64; 2]>,
    /// Its public key.
    pub key: Key,
    /// Whether its version has extensions. Without, the fields below are as without any.
    pub has_extensions: bool,
    /// Whether the basic constraints say that it is a CA.
    pub is_ca: bool,
    /// Whether its key usage, if it has one, lets it sign certificates.
    pub may_sign: bool,
    /// Whether its extended key usage, if it has one, is for servers.
    pub is_for_servers: bool,
    /// The DNS names among the alternative names.
    pub dns_names: Vec<String>,
    /// The URIs among the alternative names.
    pub uris: Vec<String>,
    /// The DNS names that the name constraints permit.
    pub permitted_dns_names: Vec<String>,
    /// The DNS names that the name constraints exclude.
    pub excluded_dns_names: Vec<String>,
    /// The last critical extension that Go does not know, its identifier as numbers with dots between.
    pub unknown_critical_extension: Option<String>,
}

/// What a key is, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// RSA, with the bits of its modulus.
    Rsa(usize),
    /// On the curve P-224.
    P224,
    /// Another one that Go has signatures of.
    Other,
    /// Of an algorithm that Go has no signatures of.
    WithoutSignatures,
}

impl Certificate {
    /// Reads a certificate. One that Go refuses may be read or not: then it has no validity, and its
    /// other fields are those of a certificate of version 1.
    pub fn read(raw: Vec<u8>) -> Self {
        let mut certificate = Self::unread();
        if certificate.read_fields(&raw).is_none() {
            certificate = Self::unread();
        }
        certificate.raw = raw;
        certificate
    }

    fn unread() -> Self {
        Self {
            raw: Vec::new(),
            validity: None,
            key: Key::Other,
            has_extensions: false,
            is_ca: false,
            may_sign: true,
            is_for_servers: true,
            dns_names: Vec::new(),
            uris: Vec::new(),
            permitted_dns_names: Vec::new(),
            excluded_dns_names: Vec::new(),
            unknown_critical_extension: None,
        }
    }

    fn read_fields(&mut self, raw: &[u8]) -> Option<()> {
        let go = &Dialect::default();
        let mut tbs = Reader::new(raw)
            .enter(Tag::SEQUENCE)?
            .enter(Tag::SEQUENCE)?;
        let version = read_version(&mut tbs).ok()?;
        let _serial_number = tbs.element(Tag::INTEGER)?;
        let _signature_algorithm = tbs.element(Tag::SEQUENCE)?;
        let _issuer = tbs.element(Tag::SEQUENCE)?;
        self.validity = Some(read_validity(&mut tbs, go).ok()?);
        let _subject = tbs.element(Tag::SEQUENCE)?;
        self.key = Key::read(tbs.enter(Tag::SEQUENCE)?, go)?;
        self.has_extensions = version == Version::V3;
        if !self.has_extensions {
            return Some(());
        }
        for unique_id in [Tag::implicit(1), Tag::implicit(2)] {
            tbs.enter_optional(unique_id)?;
        }
        let Some(mut wrapped) = tbs.enter_optional(Tag::explicit(3))? else {
            return Some(());
        };
        let mut extensions = wrapped.enter(Tag::SEQUENCE)?;
        while !extensions.is_empty() {
            let extension = extensions.enter(Tag::SEQUENCE)?;
            self.read_extension(&Extension::parse(extension, go).ok()?, go)?;
        }
        Some(())
    }

    fn read_extension(&mut self, extension: &Extension<'_>, go: &Dialect) -> Option<()> {
        let mut value = extension.value;
        let is_known = match extension.identifier.encoded() {
            [0x55, 0x1d, 15] => {
                self.may_sign = is_signing(value.bit_string()?);
                true
            }
            [0x55, 0x1d, 17] => {
                let names = value.enter(Tag::SEQUENCE)?;
                self.dns_names = texts(names_in(names), DNS);
                self.uris = texts(names_in(names), URI);
                names_in(names).any(is_known_name)
            }
            [0x55, 0x1d, 19] => {
                self.is_ca = read_basic_constraints(value, go).ok()?;
                true
            }
            // Where Go refuses them there is no dialing at all, and nothing to tell.
            [0x55, 0x1d, 30] if name_constraints::check(value, go).is_err() => true,
            [0x55, 0x1d, 30] => {
                let [permitted, excluded] = read_lists(value)?;
                self.permitted_dns_names = texts(bases_in(permitted), DNS);
                self.excluded_dns_names = texts(bases_in(excluded), DNS);
                let mut bases = bases_in(permitted).chain(bases_in(excluded));
                bases.all(is_known_name)
            }
            [0x55, 0x1d, 37] => {
                self.is_for_servers = is_for_servers(value.enter(Tag::SEQUENCE)?);
                true
            }
            // These say nothing of what a root may do without policies and revocation.
            [0x55, 0x1d, 14 | 31 | 32 | 33 | 35 | 36 | 54] => true,
            // Go refuses a certificate in which it is critical.
            [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x01] => true,
            _ => false,
        };
        if extension.critical && !is_known {
            self.unknown_critical_extension = Some(extension.identifier.to_dotted());
        }
        Some(())
    }
}

impl Key {
    fn read(mut info: Reader<'_>, go: &Dialect) -> Option<Self> {
        const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
        const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
        const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
        /// 1.3.132.0.33, with tag and length.
        const SECP224R1: &[u8] = &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x21];

        let algorithm = info.content(Tag::SEQUENCE)?;
        let algorithm = AlgorithmIdentifier::parse(algorithm, go).ok()?;
        Some(match algorithm.algorithm.encoded() {
            RSA => {
                let key = info.bit_string()?.right_aligned();
                let mut numbers = Reader::new(&key).enter(Tag::SEQUENCE)?;
                Self::Rsa(numbers.integer()?.bits())
            }
            ECDSA if algorithm.parameters == SECP224R1 => Self::P224,
            ECDSA | ED25519 => Self::Other,
            _ => Self::WithoutSignatures,
        })
    }
}

/// Whether a key usage has the bit for signing certificates, or none of the nine that Go knows.
fn is_signing(usage: BitString<'_>) -> bool {
    const CERT_SIGN: usize = 5;
    usage.bit(CERT_SIGN) || !(0..9).any(|index| usage.bit(index))
}

/// Whether purposes include any purpose or that of a TLS server, or are none.
fn is_for_servers(mut purposes: Reader<'_>) -> bool {
    const ANY: &[u8] = &[0x55, 0x1d, 0x25, 0x00];
    const SERVER: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01];
    purposes.is_empty()
        || iter::from_fn(|| purposes.content(Tag::OBJECT_IDENTIFIER))
            .any(|purpose| matches!(purpose, ANY | SERVER))
}

fn is_known_name(name: Element<'_>) -> bool {
    matches!(name.tag, EMAIL | DNS | URI | IP)
}

fn names_in<'a>(mut names: Reader<'a>) -> impl Iterator<Item = Element<'a>> {
    iter::from_fn(move || names.any())
}

/// The names of subtrees.
fn bases_in<'a>(mut subtrees: Reader<'a>) -> impl Iterator<Item = Element<'a>> {
    iter::from_fn(move || subtrees.enter(Tag::SEQUENCE)?.any())
}

/// The texts of the names of that kind.
fn texts<'a>(names: impl Iterator<Item = Element<'a>>, kind: Tag) -> Vec<String> {
    names
        .filter(|name| name.tag == kind)
        .filter_map(|name| str::from_utf8(name.content).ok())
        .map(str::to_owned)
        .collect()
}
