//! The parts of a certificate that can be malformed, under Go's names.

use thiserror::Error;

/// A part of the certificate that can be malformed; prints as Go calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum Field {
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
