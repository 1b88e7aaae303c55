//! The reasons of Go's `x509.ParseCertificate` to refuse a certificate, in Go's words.
//!
//! The frame's own messages are here; names, keys and extensions keep theirs beside their rules.

use thiserror::Error;

use super::extensions::ExtensionError;
use super::field::Field;
use super::name::NameError;
use super::public_key::PublicKeyError;

/// Why Go refuses a certificate. It prints exactly as Go's error does.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum Reason {
    /// A part is missing, has another type or is not encoded as it must be.
    #[error("x509: malformed {0}")]
    Malformed(#[from] Field),
    /// A version above 3.
    #[error("x509: invalid version")]
    InvalidVersion,
    /// A serial number below zero.
    #[error("x509: negative serial number")]
    NegativeSerialNumber,
    /// The signature algorithm inside differs from the one outside.
    #[error("x509: inner and outer signature algorithm identifiers don't match")]
    SignatureAlgorithmMismatch,
    /// A UTCTime that `time.Parse` does not read, in its words: up to Go 1.18.
    #[error("{0}")]
    UnparsedTime(String),
    /// A time of the validity is missing or of no time type.
    #[error("x509: unsupported time format")]
    UnsupportedTime,
    /// The issuer or the subject is at fault.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The public key is at fault.
    #[error(transparent)]
    PublicKey(#[from] PublicKeyError),
    /// The extensions are at fault.
    #[error(transparent)]
    Extension(#[from] ExtensionError),
    /// Bytes follow the certificate.
    #[error("x509: trailing data")]
    TrailingData,
}
