//! What may be wrong with a root, its private key or a configuration that has both.

use crate::finding::Level;
use jiff::Timestamp;

/// The least RSA key that Consul makes.
pub(super) const LEAST_RSA: usize = 2048;

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
    /// A private key in the file of the certificate, which is served to everybody.
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
    /// No key usage at all, which lets the key do anything; Consul's own roots have one.
    #[error("expected a key usage with keyCertSign and cRLSign, but found none")]
    NoKeyUsage,
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
            Self::NoKeyUsage => "no-key-usage",
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

    /// How much it matters. With a warning the servers of Consul 1.20 start, sign and verify all the
    /// same; others that look at their certificates, or peertok itself, may not.
    #[must_use]
    pub fn level(&self) -> Level {
        match self {
            Self::SeveralCertificates { .. }
            | Self::WeakKey { .. }
            | Self::NoKeyUsage
            | Self::NoCrlSign
            | Self::NoSubjectKeyId
            | Self::SpiffeUri { .. }
            | Self::NotARoot { .. }
            | Self::Signature => Level::Warning,
            _ => Level::Error,
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
                "keep the root alone: Consul signs with the first certificate, and everybody trusts all of them"
            }
            Self::KeyBesideCertificate => {
                "take the private key out of the file, which is served to everybody; openssl x509 -in FILE prints the certificate alone"
            }
            Self::KeyType { .. } => {
                "make the root anew with a key on P-256, P-384, P-521 or P-224, or an RSA key"
            }
            Self::WeakKey { .. } => "make the root anew with a longer key",
            Self::NotACa => "make the root anew with basicConstraints=critical,CA:TRUE",
            Self::NoKeyUsage | Self::NoCertSign | Self::NoCrlSign => {
                "make the root anew with keyUsage=critical,digitalSignature,keyCertSign,cRLSign"
            }
            Self::ExtendedKeyUsage => "make the root anew without an extended key usage",
            Self::NoSubjectKeyId => "make the root anew with subjectKeyIdentifier=hash",
            Self::SpiffeUri { .. } => {
                "make the root anew with subjectAltName=URI:spiffe://<cluster ID>.consul, the cluster ID a UUID in lower case; without it, peertok generate needs --cluster-id"
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
                "give the key as the only PEM block, since Consul looks at the first one alone; openssl pkey -in FILE leaves EC PARAMETERS out"
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_says_what_was_expected_and_what_to_change() {
        let fault = CaFault::WeakKey { bits: 1024 };
        assert_eq!(
            fault.to_string(),
            "expected an RSA key of at least 2048 bits, but found 1024"
        );
        assert_eq!(fault.name(), "weak-key");
        assert_eq!(fault.level(), Level::Warning);
        assert_eq!(fault.fix(), "make the root anew with a longer key");
    }
}
