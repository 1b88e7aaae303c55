//! Go's `x509.ParseCertificate`: would a Consul server read these bytes as a certificate?
//!
//! Go reads a certificate from the front and stops at the first thing it does not like, except that
//! all extensions are framed before any is looked into, and that bytes after the certificate are
//! told last. It reads what it needs: a version 1 certificate may hold anything after its key, and
//! bytes after a value inside a sequence are mostly left alone.
//!
//! Differs from `x509-parser` and `x509-cert`: those are stricter here (trailing bytes, times,
//! string types) and looser there (negative serial numbers, points off the curve, URIs, name
//! constraints). Neither has Go's messages.

mod alternative_name;
mod certificate;
mod curve;
mod der;
mod domain;
mod extensions;
mod field;
mod frame;
mod ip_address;
mod name;
mod name_constraints;
mod oid;
mod public_key;
mod reason;
#[cfg(test)]
mod sample;
mod time;
mod time_error;
mod uri;

pub use certificate::{Certificate, Key};

use crate::release::Dialect;
use reason::Reason;

/// Checks whether Go's `x509.ParseCertificate` accepts these bytes (DER).
///
/// # Errors
///
/// Go's reason to reject them.
///
/// ```
/// let error = godialect::x509::check_certificate(&[0x30, 0x00]).unwrap_err();
/// assert_eq!(error.to_string(), "x509: malformed tbs certificate");
/// ```
pub fn check_certificate(der: &[u8]) -> Result<(), CertificateError> {
    Dialect::default().check_certificate(der)
}

impl Dialect {
    /// As [`check_certificate`], in this release.
    ///
    /// # Errors
    ///
    /// The reason of this release to reject them.
    pub fn check_certificate(&self, der: &[u8]) -> Result<(), CertificateError> {
        frame::check(der, self).map_err(CertificateError)
    }
}

/// Why Go rejects a certificate. It prints exactly what Go's error prints.
///
/// Which checks Go makes, and in how many steps, changes from release to release, so the reason is
/// a message and nothing to match on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct CertificateError(Reason);
