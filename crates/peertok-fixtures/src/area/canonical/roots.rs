//! Roots as the CA providers of Consul issue them, element by element: the built-in one, Vault and
//! AWS.

use crate::certificate::{
    AUTHORITY_KEY_ID, BASIC_CONSTRAINTS, BOOLEAN, Certificate, EC_PUBLIC_KEY, ECDSA_WITH_SHA256,
    INTEGER, KEY_USAGE, Key, NULL, OBJECT_IDENTIFIER, OCTET_STRING, P256, PRINTABLE_STRING, SET,
    SUBJECT_ALTERNATIVE_NAME, SUBJECT_KEY_ID, algorithm, bit_string, element, extension, sequence,
    validity,
};
use crate::maker::Maker;
use crate::source::Source;
use base16ct::lower::encode_string as hex;
use godialect::pem::encode_certificate;
use jiff::{SignedDuration, Timestamp};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};

/// An RSA key of 2048 bits, in PKCS #8. It is the same for every seed: making one takes seconds.
const RSA_KEY: &[u8] = include_bytes!("rsa.der");
/// sha256WithRSAEncryption, 1.2.840.113549.1.1.11.
const SHA256_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
/// rsaEncryption, 1.2.840.113549.1.1.1.
const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

/// digitalSignature, keyCertSign and cRLSign; and the same without the first.
const ALL_USES: &[u8] = &[0x03, 2, 1, 0x86];
const CA_USES: &[u8] = &[0x03, 2, 1, 0x06];

/// A root, and the key that signs with it.
pub(super) struct Root {
    certificate: Certificate,
    key: RootKey,
}

/// A root's key.
pub(super) enum RootKey {
    Ec(Box<Key>),
    Rsa,
}

impl RootKey {
    /// A key on P-256, of its own for each label.
    pub(super) fn ec(maker: &Maker, label: &str) -> Self {
        Self::Ec(Box::new(Key::new(
            &mut maker.source(&format!("key of {label}")),
        )))
    }

    /// The public key as certificates have it.
    fn public(&self) -> Vec<u8> {
        match self {
            Self::Ec(key) => sequence(&[
                &algorithm(EC_PUBLIC_KEY, &element(OBJECT_IDENTIFIER, P256)),
                &bit_string(&key.point()),
            ]),
            Self::Rsa => sequence(&[
                &algorithm(RSA_ENCRYPTION, &element(NULL, &[])),
                &bit_string(&rsa(|key| key.public_key().as_ref().to_vec())),
            ]),
        }
    }

    /// The bits of the public key alone.
    fn bits(&self) -> Vec<u8> {
        match self {
            Self::Ec(key) => key.point(),
            Self::Rsa => rsa(|key| key.public_key().as_ref().to_vec()),
        }
    }

    fn algorithm(&self) -> Vec<u8> {
        match self {
            Self::Ec(_) => algorithm(ECDSA_WITH_SHA256, &[]),
            Self::Rsa => algorithm(SHA256_WITH_RSA, &element(NULL, &[])),
        }
    }

    fn sign(&self, certificate: &Certificate) -> Vec<u8> {
        match self {
            Self::Ec(key) => certificate.der(key),
            Self::Rsa => {
                let signed = certificate.signed_part();
                let signature = bit_string(&rsa(|key| {
                    // PKCS #1 v1.5 has no randomness in it; ring wants some to hide the key.
                    let mut signature = vec![0; key.public().modulus_len()];
                    let random = SystemRandom::new();
                    let done = key.sign(&RSA_PKCS1_SHA256, &random, &signed, &mut signature);
                    debug_assert!(done.is_ok(), "the key is whole");
                    signature
                }));
                sequence(&[&signed, &certificate.algorithm, &signature])
            }
        }
    }
}

/// What the RSA key gives; nothing where ring does not take the key, which its test rules out.
fn rsa(give: impl FnOnce(&RsaKeyPair) -> Vec<u8>) -> Vec<u8> {
    RsaKeyPair::from_pkcs8(RSA_KEY).map_or_else(|_| Vec::new(), |key| give(&key))
}

impl Root {
    /// The root as a `CA` entry.
    pub(super) fn entry(&self) -> String {
        encode_certificate(&self.key.sign(&self.certificate))
    }

    /// Valid from and to so many days from the moment at which dates are judged.
    pub(super) fn valid(mut self, maker: &Maker, from: i64, to: i64) -> Self {
        self.certificate.validity = validity(days_from(maker.at, from), days_from(maker.at, to));
        self
    }

    /// With another host in its SPIFFE URI.
    pub(super) fn of_trust_domain(mut self, trust_domain: &str) -> Self {
        let names = element(0x86, format!("spiffe://{trust_domain}").as_bytes());
        self.put(SUBJECT_ALTERNATIVE_NAME, false, &sequence(&[&names]));
        self
    }

    fn put(&mut self, last: u8, critical: bool, value: &[u8]) {
        self.certificate.put_extension(last, critical, value);
    }
}

/// A root of the built-in CA: it was made ten days ago and is valid for ten years of 365 days.
pub(super) fn of_consul(maker: &Maker, label: &str, key: RootKey) -> Root {
    let name = common_name(maker, label, "consul");
    // The built-in CA counts: the root is among its first certificates.
    let serial = maker
        .source(&format!("serial of {label}"))
        .one_of(&[7_u8, 9, 11, 13])
        .to_owned();
    let identifier = digest(&SHA256, &key.public());
    let names = element(0x86, format!("spiffe://{}", maker.trust_domain).as_bytes());
    let extensions = vec![
        extension(KEY_USAGE, true, ALL_USES),
        extension(BASIC_CONSTRAINTS, true, &is_ca()),
        key_id(identifier.as_ref()),
        authority_id(identifier.as_ref()),
        extension(SUBJECT_ALTERNATIVE_NAME, false, &sequence(&[&names])),
    ];
    root(maker, label, &[serial], &printable(&name), key, extensions).valid(maker, -10, 3640)
}

/// A root that Vault made for Consul: Vault puts the common name among the DNS names too, and signs
/// as it was told to, with nothing but the uses of a CA.
pub(super) fn of_vault(maker: &Maker, label: &str) -> Root {
    let key = RootKey::ec(maker, label);
    let name = common_name(maker, label, "vault");
    let uri = format!("spiffe://{}", maker.trust_domain);
    let names = [
        element(0x82, name.as_bytes()),
        element(0x86, uri.as_bytes()),
    ]
    .concat();
    let identifier = digest(&SHA1_FOR_LEGACY_USE_ONLY, &key.bits());
    let extensions = vec![
        extension(KEY_USAGE, true, CA_USES),
        extension(BASIC_CONSTRAINTS, true, &is_ca()),
        key_id(identifier.as_ref()),
        authority_id(identifier.as_ref()),
        extension(SUBJECT_ALTERNATIVE_NAME, false, &sequence(&[&names])),
    ];
    let serial = long_serial(&mut maker.source(&format!("serial of {label}")));
    root(maker, label, &serial, &printable(&name), key, extensions).valid(maker, -10, 3640)
}

/// A root that was in Vault before Consul was: it knows nothing of a trust domain.
pub(super) fn of_operator(maker: &Maker, label: &str) -> Root {
    let key = RootKey::ec(maker, label);
    let identifier = digest(&SHA1_FOR_LEGACY_USE_ONLY, &key.bits());
    let extensions = vec![
        extension(KEY_USAGE, true, CA_USES),
        extension(BASIC_CONSTRAINTS, true, &is_ca()),
        key_id(identifier.as_ref()),
        authority_id(identifier.as_ref()),
    ];
    let serial = long_serial(&mut maker.source(&format!("serial of {label}")));
    let name = printable("Vault Root");
    root(maker, label, &serial, &name, key, extensions).valid(maker, -100, 7200)
}

/// The certificate that such a root issued for the CA that Consul uses.
pub(super) fn of_intermediate(maker: &Maker, label: &str, issuer: &Root) -> String {
    let mut issued = of_operator(maker, label);
    let identifier = digest(&SHA1_FOR_LEGACY_USE_ONLY, &issuer.key.bits());
    issued.certificate.subject = printable("Vault Intermediate");
    issued.certificate.issuer = issuer.certificate.subject.clone();
    let authority = authority_id_value(identifier.as_ref());
    issued.put(AUTHORITY_KEY_ID, false, &authority);
    encode_certificate(&issuer.key.sign(&issued.certificate))
}

/// A root of AWS Private CA: an organization in its name, and its uses behind the identifier.
pub(super) fn of_aws(maker: &Maker, label: &str) -> Root {
    let key = RootKey::ec(maker, label);
    let identifier = digest(&SHA1_FOR_LEGACY_USE_ONLY, &key.bits());
    let extensions = vec![
        extension(BASIC_CONSTRAINTS, true, &is_ca()),
        key_id(identifier.as_ref()),
        extension(KEY_USAGE, true, ALL_USES),
    ];
    let name = sequence(&[
        &attribute(6, "US"),
        &attribute(10, "Example Corporation"),
        &attribute(3, &common_name(maker, label, "aws")),
    ]);
    let serial = long_serial(&mut maker.source(&format!("serial of {label}")));
    root(maker, label, &serial, &name, key, extensions).valid(maker, -10, 3640)
}

fn root(
    maker: &Maker,
    label: &str,
    serial: &[u8],
    name: &[u8],
    key: RootKey,
    extensions: Vec<Vec<u8>>,
) -> Root {
    let certificate = Certificate {
        serial: element(INTEGER, serial),
        algorithm: key.algorithm(),
        issuer: name.to_vec(),
        subject: name.to_vec(),
        key: key.public(),
        extensions,
        ..maker.certificate(label)
    };
    Root { certificate, key }
}

/// `pri-<number in base 36>.<provider>.ca.<start of the cluster ID>.consul`.
fn common_name(maker: &Maker, label: &str, provider: &str) -> String {
    let mut source = maker.source(&format!("name of {label}"));
    let digits: Vec<char> = ('0'..='9').chain('a'..='z').collect();
    let number: String = (0..8).map(|_| *source.one_of(&digits)).collect();
    let cluster = maker.trust_domain.get(..8).unwrap_or_default();
    format!("pri-{number}.{provider}.ca.{cluster}.consul")
}

fn printable(common_name: &str) -> Vec<u8> {
    sequence(&[&attribute(3, common_name)])
}

/// The attribute 2.5.4.`last` of a name.
fn attribute(last: u8, text: &str) -> Vec<u8> {
    let kind = element(OBJECT_IDENTIFIER, &[0x55, 0x04, last]);
    let value = element(PRINTABLE_STRING, text.as_bytes());
    element(SET, &sequence(&[&kind, &value]))
}

fn is_ca() -> Vec<u8> {
    sequence(&[&[BOOLEAN, 1, 0xff]])
}

fn key_id(identifier: &[u8]) -> Vec<u8> {
    extension(SUBJECT_KEY_ID, false, &element(OCTET_STRING, identifier))
}

fn authority_id(identifier: &[u8]) -> Vec<u8> {
    extension(AUTHORITY_KEY_ID, false, &authority_id_value(identifier))
}

fn authority_id_value(identifier: &[u8]) -> Vec<u8> {
    sequence(&[&element(0x80, identifier)])
}

/// A random number of 20 bytes that is positive and has no zero before it.
fn long_serial(source: &mut Source) -> [u8; 20] {
    let mut serial: [u8; 20] = source.bytes();
    serial[0] = 0x40 | serial[0] & 0x3f;
    serial
}

fn days_from(at: Timestamp, days: i64) -> Timestamp {
    let then = at.checked_add(SignedDuration::from_hours(24 * days));
    then.unwrap_or(at)
}

/// The entries in the order in which a server has them: by root ID, which is the SHA-1 sum of the
/// certificate.
pub(super) fn by_id(roots: &[Root]) -> Vec<String> {
    let with_id = |root: &Root| {
        let der = root.key.sign(&root.certificate);
        let id = digest(&SHA1_FOR_LEGACY_USE_ONLY, &der);
        (hex(id.as_ref()), encode_certificate(&der))
    };
    let mut entries: Vec<_> = roots.iter().map(with_id).collect();
    entries.sort();
    entries.into_iter().map(|(_, entry)| entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;
    use peering_token::PeeringToken;
    use x509_parser::prelude::{FromDer, X509Certificate};

    /// The tags of DER in their order, those within octet strings included, and the content of all
    /// that says what something is: versions, object identifiers, booleans, key usages.
    fn shape(der: &[u8]) -> String {
        let mut out = String::new();
        let mut rest = der;
        while let [tag, length, after @ ..] = rest {
            let (length, after) = match length {
                0x81 => (usize::from(after[0]), &after[1..]),
                0x82 => (
                    usize::from(u16::from_be_bytes([after[0], after[1]])),
                    &after[2..],
                ),
                short => (usize::from(*short), after),
            };
            let (content, after) = after.split_at(length);
            rest = after;
            out.push_str(&match *tag {
                // The names of an alternative name, and what looks like an element in octets.
                OCTET_STRING if content.len() != 32 && content.len() != 20 => {
                    format!("04({})", shape(content))
                }
                constructed if constructed & 0x20 != 0 => {
                    format!("{constructed:02x}({})", shape(content))
                }
                BOOLEAN | OBJECT_IDENTIFIER | NULL => format!("{tag:02x}:{} ", hex(content)),
                0x03 if content.len() < 4 => format!("03:{} ", hex(content)),
                other => format!("{other:02x} "),
            });
        }
        out
    }

    fn der(entry: &str) -> Vec<u8> {
        x509_parser::pem::parse_x509_pem(entry.as_bytes())
            .unwrap()
            .1
            .contents
    }

    /// The roots of a real server, after its CA was rotated from EC to RSA.
    #[test]
    fn the_built_in_ca_is_followed_element_by_element() {
        let maker = Maker::new(&Settings::default());
        let minted = include_bytes!("../../../../../fixtures/consul/alpha-rotated.token");
        let minted = PeeringToken::decode(minted).unwrap().ca.unwrap();
        let keys = [RootKey::Rsa, RootKey::ec(&maker, "x")];
        for (minted, key) in minted.iter().zip(keys) {
            let made = of_consul(&maker, "x", key).entry();
            assert_eq!(shape(&der(&made)), shape(&der(minted)));
        }
    }

    #[test]
    fn every_root_signed_itself() {
        let maker = Maker::new(&Settings::default());
        for root in [
            of_consul(&maker, "a", RootKey::Rsa),
            of_consul(&maker, "b", RootKey::ec(&maker, "b")),
            of_vault(&maker, "c"),
            of_operator(&maker, "d"),
            of_aws(&maker, "e"),
        ] {
            let der = der(&root.entry());
            let (rest, certificate) = X509Certificate::from_der(&der).unwrap();
            assert!(rest.is_empty());
            certificate.verify_signature(None).unwrap();
        }
    }
}
