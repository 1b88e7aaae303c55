//! The reasons of Go's `x509.ParseCertificate` to refuse a certificate, in Go's words.
//!
//! The frame's own messages are here; names, keys and extensions keep theirs beside their rules.

use thiserror::Error;

use super::extensions::ExtensionError;
use super::name::NameError;
use super::public_key::PublicKeyError;

/// Why Go refuses a certificate. It prints exactly as Go's error does.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CertificateError {
    /// A part is missing, has another type or is not encoded as it must be.
    #[error("x509: malformed {0}")]
    Malformed(Field),
    /// A version above 3.
    #[error("x509: invalid version")]
    InvalidVersion,
    /// A serial number below zero.
    #[error("x509: negative serial number")]
    NegativeSerialNumber,
    /// The signature algorithm inside differs from the one outside.
    #[error("x509: inner and outer signature algorithm identifiers don't match")]
    SignatureAlgorithmMismatch,
    /// A time of the validity is missing or of no time type.
    #[error("x509: unsupported time format")]
    UnsupportedTime,
    /// The issuer or the subject is at fault.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The public key is at fault.
    #[error(transparent)]
    PublicKey(#[from] PublicKeyError),
    /// Two extensions have one identifier.
    #[error("x509: certificate contains duplicate extension with OID \"{identifier}\"")]
    DuplicateExtension {
        /// The identifier as numbers with dots between.
        identifier: String,
    },
    /// The content of an extension is at fault.
    #[error(transparent)]
    Extension(#[from] ExtensionError),
    /// Bytes follow the certificate.
    #[error("x509: trailing data")]
    TrailingData,
}

/// A part of the certificate that can be malformed; prints as Go calls it.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Field {
    /// The outermost sequence.
    #[error("certificate")]
    Certificate,
    /// The signed part.
    #[error("tbs certificate")]
    TbsCertificate,
    /// The version number.
    #[error("version")]
    Version,
    /// The serial number.
    #[error("serial number")]
    SerialNumber,
    /// The signature algorithm in the signed part.
    #[error("signature algorithm identifier")]
    InnerSignatureAlgorithm,
    /// The signature algorithm after the signed part.
    #[error("algorithm identifier")]
    OuterSignatureAlgorithm,
    /// The identifier of the signature's or the key's algorithm.
    #[error("OID")]
    Oid,
    /// The parameters of the signature's or the key's algorithm.
    #[error("parameters")]
    Parameters,
    /// The issuer.
    #[error("issuer")]
    Issuer,
    /// The validity.
    #[error("validity")]
    Validity,
    /// A UTCTime of the validity.
    #[error("UTCTime")]
    UtcTime,
    /// A GeneralizedTime of the validity.
    #[error("GeneralizedTime")]
    GeneralizedTime,
    /// The subject, which Go calls an issuer here as well.
    #[error("issuer")]
    Subject,
    /// The public key with its algorithm.
    #[error("spki")]
    PublicKeyInfo,
    /// The algorithm of the public key.
    #[error("public key algorithm identifier")]
    PublicKeyAlgorithm,
    /// The bits of the public key.
    #[error("subjectPublicKey")]
    PublicKey,
    /// The issuer's unique identifier.
    #[error("issuerUniqueID")]
    IssuerUniqueId,
    /// The subject's unique identifier.
    #[error("subjectUniqueID")]
    SubjectUniqueId,
    /// The sequence of extensions.
    #[error("extensions")]
    Extensions,
    /// One extension.
    #[error("extension")]
    Extension,
    /// The identifier of an extension.
    #[error("extension OID field")]
    ExtensionOid,
    /// The critical flag of an extension.
    #[error("extension critical field")]
    ExtensionCritical,
    /// The value of an extension.
    #[error("extension value field")]
    ExtensionValue,
    /// The signature.
    #[error("signature")]
    Signature,
}

impl From<Field> for CertificateError {
    fn from(field: Field) -> Self {
        Self::Malformed(field)
    }
}
