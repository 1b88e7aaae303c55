//! What keeps a root and its private key from being the CA of a Consul cluster.

use super::key;
use crate::generate::is_uuid;
use crate::godialect::pem;
use crate::godialect::x509::check_certificate;
use crate::roots::{certificates, holds_private_key, key_name, spiffe_host, without_bom};
use jiff::Timestamp;
use x509_parser::error::X509Error;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::oid_registry::{OID_KEY_TYPE_EC_PUBLIC_KEY, OID_PKCS1_RSAENCRYPTION};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey;
use zeroize::Zeroizing;

/// The least RSA key that Consul makes.
const LEAST_RSA: usize = 2048;

/// What is wrong with a root, its private key or a configuration with both. It prints as what was
/// expected and what was found; [`CaFault::fix`] says what to change. No private key is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CaFault {
    /// Consul reads no certificate in the file: it looks at the first PEM block alone.
    #[error("expected a certificate in PEM, but found {found}")]
    NoCertificate {
        /// What was found.
        found: String,
    },
    /// More than one certificate.
    #[error("expected one certificate, but found {count}")]
    SeveralCertificates {
        /// How many there are.
        count: usize,
    },
    /// A private key in the file of the certificate, which goes to every peer.
    #[error("expected a certificate alone, but found a private key beside it")]
    KeyBesideCertificate,
    /// A key of another kind than EC and RSA, or on a curve that Consul does not know.
    #[error("expected an EC or RSA key in the certificate, but found {found}")]
    KeyType {
        /// The key's kind.
        found: String,
    },
    /// An RSA key that is too short.
    #[error("expected an RSA key of at least {LEAST_RSA} bits, but found {bits}")]
    WeakKey {
        /// The length of its modulus.
        bits: usize,
    },
    /// The basic constraints do not say CA:TRUE.
    #[error("expected basic constraints with CA:TRUE, but found none")]
    NotACa,
    /// The key usage does not let it sign certificates.
    #[error("expected a key usage with keyCertSign, but found one without")]
    NoCertSign,
    /// The key usage does not let it sign CRLs.
    #[error("expected a key usage with cRLSign, but found one without")]
    NoCrlSign,
    /// An extended key usage that is not for servers and clients both.
    #[error(
        "expected no extended key usage, or one for TLS servers and clients, but found another"
    )]
    ExtendedKeyUsage,
    /// No subject key identifier.
    #[error("expected a subject key identifier, but found none")]
    NoSubjectKeyId,
    /// No SPIFFE URI of a cluster among the alternative names, or more than that.
    #[error("expected the one URI spiffe://<cluster ID>.consul, but found {found}")]
    SpiffeUri {
        /// The URIs that there are.
        found: String,
    },
    /// Issued by another certificate.
    #[error("expected a root, which is its own issuer, but found the issuer {issuer}")]
    NotARoot {
        /// The issuer's name.
        issuer: String,
    },
    /// Its own signature on it is wrong.
    #[error("expected a certificate that its own key signed, but found another signature")]
    Signature,
    /// Its validity has not begun.
    #[error("expected a certificate that is valid at {at}, but found one that begins at {begin}")]
    NotYetValid {
        /// The moment that was asked about.
        at: Timestamp,
        /// The first moment of its validity.
        begin: Timestamp,
    },
    /// Its validity has ended.
    #[error("expected a certificate that is valid at {at}, but found one that ended at {end}")]
    Expired {
        /// The moment that was asked about.
        at: Timestamp,
        /// The last moment of its validity.
        end: Timestamp,
    },
    /// Consul reads no private key in the file: it looks at the first PEM block alone.
    #[error("expected a private key in PEM as the first block, but found {found}")]
    NoKey {
        /// What was found.
        found: String,
    },
    /// The private key has a passphrase.
    #[error("expected a private key without a passphrase, but found an encrypted one")]
    EncryptedKey,
    /// A private key that is damaged, or of a kind that Consul does not take.
    #[error("expected an EC or RSA private key, but found another one or a damaged one")]
    UnreadableKey,
    /// The private key belongs to another certificate.
    #[error("expected the certificate's private key, but found that of another")]
    OtherKey,
    /// The configuration's CA provider is not the built-in one.
    #[error("expected the CA provider \"consul\" in the configuration, but found {found}")]
    Provider {
        /// What was found.
        found: String,
    },
    /// The configuration does not turn the mesh's CA on.
    #[error("expected connect.enabled to be true in the configuration, but found false")]
    NotEnabled,
    /// The configuration has no cluster ID, or not that of the root.
    #[error("expected the cluster ID {expected} in the configuration, but found {found}")]
    ClusterId {
        /// That of the root's SPIFFE URI.
        expected: String,
        /// What was found.
        found: String,
    },
    /// The configuration has another certificate than the one given.
    #[error("expected the certificate given in the configuration too, but found another")]
    OtherCertificate,
}

impl CaFault {
    /// The fault's name, in lower case with dashes.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NoCertificate { .. } => "no-certificate",
            Self::SeveralCertificates { .. } => "several-certificates",
            Self::KeyBesideCertificate => "key-beside-certificate",
            Self::KeyType { .. } => "key-type",
            Self::WeakKey { .. } => "weak-key",
            Self::NotACa => "not-a-ca",
            Self::NoCertSign => "no-cert-sign",
            Self::NoCrlSign => "no-crl-sign",
            Self::ExtendedKeyUsage => "extended-key-usage",
            Self::NoSubjectKeyId => "no-subject-key-id",
            Self::SpiffeUri { .. } => "spiffe-uri",
            Self::NotARoot { .. } => "not-a-root",
            Self::Signature => "signature",
            Self::NotYetValid { .. } => "not-yet-valid",
            Self::Expired { .. } => "expired",
            Self::NoKey { .. } => "no-key",
            Self::EncryptedKey => "encrypted-key",
            Self::UnreadableKey => "unreadable-key",
            Self::OtherKey => "other-key",
            Self::Provider { .. } => "provider",
            Self::NotEnabled => "not-enabled",
            Self::ClusterId { .. } => "cluster-id",
            Self::OtherCertificate => "other-certificate",
        }
    }

    /// What to change.
    #[must_use]
    pub fn fix(&self) -> &'static str {
        match self {
            Self::NoCertificate { .. } => {
                "give the root as one CERTIFICATE block; openssl x509 -inform der -in FILE converts DER"
            }
            Self::SeveralCertificates { .. } => {
                "keep the root alone: Consul looks at the first certificate, and serves the whole file as the root"
            }
            Self::KeyBesideCertificate => {
                "take the private key out of the file: the certificate goes to every peer; openssl x509 -in FILE prints it alone"
            }
            Self::KeyType { .. } => {
                "make the root anew with a key on P-256, P-384, P-521 or P-224, or an RSA key"
            }
            Self::WeakKey { .. } => "make the root anew with a longer key",
            Self::NotACa => "make the root anew with basicConstraints=critical,CA:TRUE",
            Self::NoCertSign | Self::NoCrlSign => {
                "make the root anew with keyUsage=critical,digitalSignature,keyCertSign,cRLSign"
            }
            Self::ExtendedKeyUsage => "make the root anew without an extended key usage",
            Self::NoSubjectKeyId => "make the root anew with subjectKeyIdentifier=hash",
            Self::SpiffeUri { .. } => {
                "make the root anew with subjectAltName=URI:spiffe://<cluster ID>.consul, the cluster ID a UUID in lower case"
            }
            Self::NotARoot { .. } => "give the root at the end of the chain, with its own key",
            Self::Signature => {
                "take the certificate from where it was made once more: this one was altered"
            }
            Self::NotYetValid { .. } => {
                "set the clock, or make the root anew with an earlier begin"
            }
            Self::Expired { .. } => "set the clock, or make the root anew",
            Self::NoKey { .. } => {
                "give the key as one PEM block with nothing before it: Consul looks at the first one alone, so that EC PARAMETERS have to go; openssl pkey -in FILE writes it so"
            }
            Self::EncryptedKey => "take the passphrase off: openssl pkey -in FILE asks for it",
            Self::UnreadableKey => {
                "give an EC or RSA key as openssl pkey -in FILE writes it; Consul signs with no other kind"
            }
            Self::OtherKey => "give the private key that was made with this certificate",
            Self::Provider { .. } => "set connect.ca_provider to \"consul\"",
            Self::NotEnabled => "set connect.enabled to true",
            Self::ClusterId { .. } => {
                "set connect.ca_config.cluster_id to that of the root's SPIFFE URI"
            }
            Self::OtherCertificate => {
                "make both the same: peers trust the certificate, servers use the one in their configuration"
            }
        }
    }
}

/// Says what keeps a root, with its private key if that is given, from being the CA of a Consul
/// cluster at this moment. Without a fault the list is empty.
#[must_use]
pub fn check_root(
    certificate_pem: &[u8],
    private_key_pem: Option<&[u8]>,
    at: Timestamp,
) -> Vec<CaFault> {
    let mut faults = Vec::new();
    let der = certificate(certificate_pem, &mut faults);
    let read = der
        .as_deref()
        .and_then(|der| Some(X509Certificate::from_der(der).ok()?.1));
    if let Some(read) = &read {
        check_certificate_key(read, &mut faults);
        check_extensions(read, &mut faults);
        check_issuer(read, &mut faults);
        check_dates(read, at, &mut faults);
    } else if der.is_some() {
        faults.push(CaFault::NoCertificate {
            found: "one that only Consul can read".to_owned(),
        });
    }
    if let Some(pem) = private_key_pem {
        match private_key(pem) {
            Err(fault) => faults.push(fault),
            Ok(public) => {
                if let Some(read) = &read
                    && *read.public_key().subject_public_key.data != *public
                {
                    faults.push(CaFault::OtherKey);
                }
            }
        }
    }
    faults
}

/// The certificate, as DER, if Consul can read it.
fn certificate(file: &[u8], faults: &mut Vec<CaFault>) -> Option<Vec<u8>> {
    let no_certificate = |found: String| CaFault::NoCertificate { found };
    let mut der = Vec::new();
    let Some(block) = pem::next_block(file, 0, &mut der) else {
        let found = match file {
            [0x30, 0x81..=0x84, ..] => "DER",
            _ if file.trim_ascii().is_empty() => "nothing",
            _ => "no PEM block",
        };
        faults.push(no_certificate(found.to_owned()));
        return None;
    };
    if block.label != b"CERTIFICATE" {
        faults.push(no_certificate(label(block.label)));
        return None;
    }
    if let Err(error) = check_certificate(&der) {
        faults.push(no_certificate(format!("one that it refuses: {error}")));
        return None;
    }
    if holds_private_key(file) {
        faults.push(CaFault::KeyBesideCertificate);
    }
    let mut count = 1;
    let mut other = Vec::new();
    let mut from = block.end;
    while let Some(block) = pem::next_block(file, from, &mut other) {
        count += usize::from(block.label == b"CERTIFICATE");
        from = block.end;
    }
    if count > 1 {
        faults.push(CaFault::SeveralCertificates { count });
    }
    Some(der)
}

/// A PEM block's label for people.
fn label(label: &[u8]) -> String {
    let label = label.get(..64).unwrap_or(label);
    format!("a block {:?}", String::from_utf8_lossy(label))
}

fn check_certificate_key(certificate: &X509Certificate<'_>, faults: &mut Vec<CaFault>) {
    let info = certificate.public_key();
    let found = key_name(certificate);
    let algorithm = &info.algorithm.algorithm;
    let is_rsa = *algorithm == OID_PKCS1_RSAENCRYPTION;
    let is_ec = *algorithm == OID_KEY_TYPE_EC_PUBLIC_KEY && found.starts_with("EC P-");
    if !is_rsa && !is_ec {
        faults.push(CaFault::KeyType { found });
    } else if let Ok(PublicKey::RSA(key)) = info.parsed()
        && key.key_size() < LEAST_RSA
    {
        let bits = key.key_size();
        faults.push(CaFault::WeakKey { bits });
    }
}

fn check_extensions(certificate: &X509Certificate<'_>, faults: &mut Vec<CaFault>) {
    let mut is_ca = false;
    let (mut cert_sign, mut crl_sign) = (false, false);
    let mut for_tls = true;
    let mut has_key_id = false;
    let mut uris = Vec::new();
    let mut domain = None;
    for extension in certificate.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::BasicConstraints(constraints) => is_ca = constraints.ca,
            ParsedExtension::KeyUsage(usage) => {
                (cert_sign, crl_sign) = (usage.key_cert_sign(), usage.crl_sign());
            }
            ParsedExtension::ExtendedKeyUsage(usage) => {
                for_tls = usage.any || usage.server_auth && usage.client_auth;
            }
            ParsedExtension::SubjectKeyIdentifier(identifier) => {
                has_key_id = !identifier.0.is_empty();
            }
            ParsedExtension::SubjectAlternativeName(names) => {
                domain = spiffe_host(&names.general_names);
                uris.extend(names.general_names.iter().filter_map(|name| match name {
                    GeneralName::URI(uri) => Some(*uri),
                    _ => None,
                }));
            }
            _ => {}
        }
    }
    if !is_ca {
        faults.push(CaFault::NotACa);
    }
    if !cert_sign {
        faults.push(CaFault::NoCertSign);
    }
    if !crl_sign {
        faults.push(CaFault::NoCrlSign);
    }
    if !for_tls {
        faults.push(CaFault::ExtendedKeyUsage);
    }
    if !has_key_id {
        faults.push(CaFault::NoSubjectKeyId);
    }
    let cluster_id = domain
        .as_deref()
        .and_then(|host| host.strip_suffix(".consul"));
    let is_trust_domain = |uri: &str| {
        cluster_id.is_some_and(|id| is_uuid(id) && uri == format!("spiffe://{id}.consul"))
    };
    if !matches!(&uris[..], [only] if is_trust_domain(only)) {
        let found = match uris.is_empty() {
            true => "none".to_owned(),
            false => uris.join(", "),
        };
        faults.push(CaFault::SpiffeUri { found });
    }
}

/// The cluster's ID in the SPIFFE URI of a root, in lower case.
pub(super) fn cluster_id(root: &str) -> Option<String> {
    let der = certificates(root);
    let (_, read) = X509Certificate::from_der(der.first()?).ok()?;
    let names = read.subject_alternative_name().ok()??;
    let host = spiffe_host(&names.value.general_names)?;
    host.strip_suffix(".consul").map(ToOwned::to_owned)
}

fn check_issuer(certificate: &X509Certificate<'_>, faults: &mut Vec<CaFault>) {
    if certificate.subject().as_raw() != certificate.issuer().as_raw() {
        let issuer = certificate.issuer().to_string();
        faults.push(CaFault::NotARoot { issuer });
    } else if matches!(
        certificate.verify_signature(None),
        // What ring has no algorithm for is left alone.
        Err(X509Error::SignatureVerificationError)
    ) {
        faults.push(CaFault::Signature);
    }
}

fn check_dates(certificate: &X509Certificate<'_>, at: Timestamp, faults: &mut Vec<CaFault>) {
    let moment = |seconds| Timestamp::from_second(seconds).ok();
    let validity = certificate.validity();
    if let Some(begin) = moment(validity.not_before.timestamp())
        && at < begin
    {
        faults.push(CaFault::NotYetValid { at, begin });
    }
    if let Some(end) = moment(validity.not_after.timestamp())
        && at > end
    {
        faults.push(CaFault::Expired { at, end });
    }
}

/// The public key of a private key's file, in the form that a certificate has it in.
fn private_key(file: &[u8]) -> Result<Vec<u8>, CaFault> {
    let mut der = Zeroizing::new(Vec::with_capacity(file.len()));
    let Some(block) = pem::next_block(file, 0, &mut der) else {
        let found = match without_bom(file).trim_ascii().is_empty() {
            true => "nothing",
            false => "no PEM block",
        };
        let found = found.to_owned();
        return Err(CaFault::NoKey { found });
    };
    match block.label {
        b"ENCRYPTED PRIVATE KEY" => Err(CaFault::EncryptedKey),
        b"EC PRIVATE KEY" | b"RSA PRIVATE KEY" | b"PRIVATE KEY" => {
            // Headers of old say how a key is encrypted.
            let unreadable = match block.has_headers {
                true => CaFault::EncryptedKey,
                false => CaFault::UnreadableKey,
            };
            key::public_key(block.label, &der).ok_or(unreadable)
        }
        other => Err(CaFault::NoKey {
            found: label(other),
        }),
    }
}
